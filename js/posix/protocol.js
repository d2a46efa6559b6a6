// The protocol of sockets, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The bytes of an address's text, with its NUL. */
export const ADDRESS_TEXT = 256;

/** The numbers of operations on files, which stand in place of errors, begin here. */
export const FILE_PENDING = 65536;

/** The families of addresses. */
export const FAMILY_NONE = 0;
export const FAMILY_UNIX = 1;
export const FAMILY_NAME = 2;
export const FAMILY_IPV4 = 4;
export const FAMILY_IPV6 = 6;

/** The options of sockets. */
export const SOCKET_KEEPALIVE = 0;
export const SOCKET_KEEPIDLE = 1;
export const SOCKET_NODELAY = 2;
export const SOCKET_BROADCAST = 3;
export const SOCKET_REUSEADDR = 4;
export const SOCKET_REUSEPORT = 5;
export const SOCKET_V6ONLY = 6;
export const SOCKET_RCVBUF = 7;
export const SOCKET_SNDBUF = 8;
export const SOCKET_TTL = 9;
export const SOCKET_MULTICAST_TTL = 10;
export const SOCKET_MULTICAST_LOOP = 11;
export const SOCKET_LINGER = 12;
export const SOCKET_ERROR = 13;
export const SOCKET_ACCEPTCONN = 14;

/** The states of a description. */
export const READABLE = 1;
export const WRITABLE = 2;
export const BROKEN = 4;
export const HUNG_UP = 8;
export const FINISHED = 16;
export const CONNECTED = 64;

/** How to receive or send. */
export const DONT_WAIT = 1;
export const PEEK = 2;
export const FILL = 4;
export const OVERFILL = 8;
export const NO_SIGNAL = 16;

/** Error numbers. @type {Readonly<Record<string, number>>} */
export const ERRORS = {
  EACCES: 2,
  EADDRINUSE: 3,
  EADDRNOTAVAIL: 4,
  EAFNOSUPPORT: 5,
  EAGAIN: 6,
  EALREADY: 7,
  EBADF: 8,
  ECONNABORTED: 13,
  ECONNREFUSED: 14,
  ECONNRESET: 15,
  EDESTADDRREQ: 17,
  EFAULT: 21,
  EHOSTUNREACH: 23,
  EINPROGRESS: 26,
  EINVAL: 28,
  EIO: 29,
  EISCONN: 30,
  EMFILE: 33,
  EMSGSIZE: 35,
  ENAMETOOLONG: 37,
  ENETDOWN: 38,
  ENETUNREACH: 40,
  ENFILE: 41,
  ENOBUFS: 42,
  ENOENT: 44,
  ENOMEM: 48,
  ENOPROTOOPT: 50,
  ENOSYS: 52,
  ENOTCONN: 53,
  ENOTDIR: 54,
  EPERM: 63,
  EPIPE: 64,
  EPROTO: 65,
  ETIMEDOUT: 73,
};

/** Those of child processes. @type {Readonly<Record<string, number>>} */
export const PROCESS_ERRORS = {
  E2BIG: 1,
  ELOOP: 32,
  ENOEXEC: 45,
  ESRCH: 71,
};

/** Kinds of descriptors of a child process. */
export const STDIO_NONE = 0;
export const STDIO_HOST = 1;
export const STDIO_INPUT = 2;
export const STDIO_OUTPUT = 3;
