/*
 * The protocol: what C and JavaScript agree on, in one table. C uses it as it stands; scripts/generate-protocol.js
 * makes JavaScript's half of it (`npm run generate`), and the suite checks that this is up to date.
 *
 * Each LULL__…_MAP(XX) calls XX once for each row. The numbers of rows that state none count from 0. See D76.
 */
#ifndef LULL_PROTOCOL_H
#define LULL_PROTOCOL_H

/* The version of the interface. It goes up with every change after which one half does not understand the other. */
#define LULL__ABI_VERSION 1

/* The names of a module's exports: after a prefix comes the version, the name of a switch, or a C declaration. */
#define LULL__ABI_PREFIX "lull abi "
#define LULL__SWITCH_PREFIX "lull switch " /* without one, it is Asyncify */
#define LULL__TASK_PREFIX "lull task "
#define LULL__GENERATOR_PREFIX "lull generator "
#define LULL__MAIN_NAME "lull main"
/* The module from which host functions are imported. */
#define LULL__HOST_MODULE "lull host"
/* The module of the functions by which modules with the switch on JSPI go to stacks of the engine. */
#define LULL__JSPI_MODULE "lull jspi"
/* The result of a run of such a module, in place of a delay, while a slice is in flight: see src/port/switch_jspi.c. */
#define LULL__IN_FLIGHT -2

/*
 * The statuses: name, number, text. JavaScript has LULL_ECANCELED as the code ERR_LULL_CANCELED, and so on.
 */
#define LULL_STATUS_MAP(XX)                                                                                            \
    XX(ECANCELED, -1, "canceled")                                                                                      \
    XX(ETIMEDOUT, -2, "timed out")                                                                                     \
    XX(EFAILED, -3, "failed")                                                                                          \
    XX(ETRAP, -4, "trapped")                                                                                           \
    XX(ESTACK, -5, "stack overflow")                                                                                   \
    XX(ENOMEM, -6, "out of memory")                                                                                    \
    XX(EDEADLOCK, -7, "deadlock")                                                                                      \
    XX(ECLOSED, -8, "closed")                                                                                          \
    XX(EABI, -9, "not a module of this version of lull")                                                               \
    XX(ESRCH, -10, "no such task, future or group")                                                                    \
    XX(EINVAL, -11, "invalid argument")                                                                                \
    XX(ENOSUSPEND, -12, "cannot suspend here")                                                                         \
    XX(EBUSY, -13, "not in a state for that")                                                                          \
    XX(EKILLED, -14, "killed")                                                                                         \
    XX(EOVERRUN, -15, "held the event loop for too long")

/* The smallest stack that one can ask for, in bytes. */
#define LULL_STACK_MIN 1024

/* The states of a task: name, and the status that JavaScript has for it. */
#define LULL__STATE_MAP(XX)                                                                                            \
    XX(READY, "ready")     /* in the ready queue, suspended */                                                         \
    XX(FRESH, "ready")     /* in the ready queue, to start at the top of its stack */                                  \
    XX(WAITING, "waiting") /* for `waiting_on`, or for its first run */                                                \
    XX(ENDED, "done")      /* its body has ended; perhaps still in the ready queue, where the loop finds out */        \
    XX(READY_SWAPPED_OUT, "ready") /* as READY, with its part of the shared stack moved away: shared_stack.c */        \
    XX(RUNNING, "running")         /* its C code is on the machine stack, and it does not wait */

/*
 * What JavaScript is notified of: that a task or a wait has ended; that no task waits for a host call any longer; a
 * failure that nobody receives. And, while somebody observes, the events: name, and the observer's method.
 */
#define LULL__NOTICE_MAP(XX)                                                                                           \
    XX(SETTLED)                                                                                                        \
    XX(ABANDONED)                                                                                                      \
    XX(UNHANDLED)
#define LULL__EVENT_MAP(XX)                                                                                            \
    XX(TASK_SPAWNED, "taskSpawned")                                                                                    \
    XX(BEFORE_SLICE, "beforeSlice")                                                                                    \
    XX(AFTER_SLICE, "afterSlice") /* of the task of the last BEFORE_SLICE; LULL_ESRCH where that is gone */            \
    XX(TASK_ENDED, "taskEnded")

/* What a value owns until it is received: the value of a future, an element of a channel. */
#define LULL__OWNED_MAP(XX)                                                                                            \
    XX(NOTHING)                                                                                                        \
    XX(MEMORY)                                                                                                         \
    XX(REF)

/*
 * The types that cross; LULL__TYPE_MAP(XX, with) calls XX(with, …) for each. The columns: the type in C; its codec in
 * js/marshal/codecs.js, by the first type that has it; other names of the same type; its size in bytes; the type in
 * TypeScript; and whether it may be an argument, a result, an element of a channel.
 */
#define LULL__TYPE_MAP(XX, with)                                                                                       \
    XX(with, void, void, "", 0, "void", 0, 1, 0)                                                                       \
    XX(with, bool, bool, "_Bool", 1, "boolean", 1, 1, 1)                                                               \
    XX(with, char, char, "", 1, "number", 1, 1, 1)                                                                     \
    XX(with, signed char, char, "int8_t", 1, "number", 1, 1, 1)                                                        \
    XX(with, unsigned char, unsigned char, "uint8_t", 1, "number", 1, 1, 1)                                            \
    XX(with, short, short, "signed short, int16_t", 2, "number", 1, 1, 1)                                              \
    XX(with, unsigned short, unsigned short, "uint16_t", 2, "number", 1, 1, 1)                                         \
    XX(with, int, int, "signed, int32_t", 4, "number", 1, 1, 1)                                                        \
    XX(with, long, int, "signed long, ssize_t, ptrdiff_t, intptr_t", 4, "number", 1, 1, 1)                             \
    XX(with, unsigned, unsigned, "uint32_t", 4, "number", 1, 1, 1)                                                     \
    XX(with, unsigned long, unsigned, "size_t, uintptr_t", 4, "number", 1, 1, 1)                                       \
    XX(with, long long, long long, "signed long long, int64_t, intmax_t", 8, "bigint", 1, 1, 1)                        \
    XX(with, unsigned long long, unsigned long long, "uint64_t, uintmax_t", 8, "bigint", 1, 1, 1)                      \
    XX(with, float, float, "", 4, "number", 1, 1, 1)                                                                   \
    XX(with, double, double, "", 8, "number", 1, 1, 1)                                                                 \
    XX(with, const char *, const char *, "", 4, "string", 1, 1, 0)                                                     \
    XX(with, char *, char *, "", 4, "string", 1, 1, 1)                                                                 \
    XX(with, lull_bytes, lull_bytes, "", 8, "Uint8Array", 1, 1, 1)                                                     \
    XX(with, lull_ref, lull_ref, "", 4, "unknown", 1, 1, 1)

/* A handle has the index of its slot in so many low bits, and the generation of the slot above. */
#define LULL__INDEX_BITS 24

/*
 * What C leaves in the mailbox, as numbers of 64 bits (double), in this order: a task's description, the counts of an
 * instance, and the task that failed.
 */
#define LULL__TASK_MAP(XX)                                                                                             \
    XX(id)                                                                                                             \
    XX(parent) /* 0: the host */                                                                                       \
    XX(state)  /* see LULL__STATE_MAP */                                                                               \
    XX(slices)                                                                                                         \
    XX(stack_size) /* bytes */                                                                                         \
    XX(name)       /* a pointer to text */                                                                             \
    XX(waiting_on) /* likewise; NULL: to be resumed by anybody */                                                      \
    XX(yieldable)  /* what that is the name of; NULL */
#define LULL__STATS_MAP(XX)                                                                                            \
    XX(tasks)                                                                                                          \
    XX(spawned)                                                                                                        \
    XX(switches)                                                                                                       \
    XX(allocations)                                                                                                    \
    XX(timers)
#define LULL__FAILURE_MAP(XX)                                                                                          \
    XX(id)   /* 0: no task */                                                                                          \
    XX(name) /* a pointer to text */

/*
 * The members of structs that JavaScript reads or writes: its name there, struct, member, offset in words of 32 bits.
 */
#define LULL__LAYOUT_MAP(XX)                                                                                           \
    XX(ERROR_CODE, lull__error, public.code, 0)                                                                        \
    XX(ERROR_MESSAGE, lull__error, public.message, 1)                                                                  \
    XX(ERROR_THROWN, lull__error, thrown, 3)                                                                           \
    XX(ERROR_CAUSE, lull__error, cause, 4)                                                                             \
    XX(ERROR_JOINT, lull__error, joint, 5)                                                                             \
    XX(ERROR_JOINT_COUNT, lull__error, joint_count, 6)                                                                 \
    XX(YIELDABLE_NAME, lull_yieldable, name, 2)                                                                        \
    XX(BYTES_DATA, lull_bytes, data, 0)                                                                                \
    XX(BYTES_LENGTH, lull_bytes, length, 1)                                                                            \
    XX(MAILBOX_CURSOR, union lull__mailbox, cursor, 0)

/* The names of the runtime's own yieldables, as dumps have them. */
#define LULL__WAIT_FUTURE "future"
#define LULL__WAIT_JOIN "join"
#define LULL__WAIT_GROUP "group"
#define LULL__WAIT_MUTEX "mutex"
#define LULL__WAIT_READ_LOCK "read lock"
#define LULL__WAIT_WRITE_LOCK "write lock"
#define LULL__WAIT_CONDITION "condition"
#define LULL__WAIT_SEMAPHORE "semaphore"
#define LULL__WAIT_EVENT "event"
#define LULL__WAIT_BARRIER "barrier"
#define LULL__WAIT_WAIT_GROUP "wait group"
#define LULL__WAIT_ONCE "once"
#define LULL__WAIT_PAUSE "pause"
#define LULL__WAIT_RECEIVE "a channel's element"
#define LULL__WAIT_SEND "room in a channel"
#define LULL__WAIT_FIRST_RUN "its first run"
#define LULL__WAIT_READER "a reader"
#define LULL__WAIT_FRAME "the next frame"
#define LULL__WAIT_ALL "all of several"
#define LULL__WAIT_ANY "any of several"
#define LULL__WAIT_FIRST "the first of several"
#define LULL__WAIT_ONE "one of several"
#define LULL__WAIT_UNNAMED "yieldable" /* of a yieldable without a name */

/*
 * What the deadlock report says of them: the name, the text for the wait, and the text where tasks hold it, with % for
 * these tasks. "": the name itself.
 */
#define LULL__WAIT_MAP(XX)                                                                                             \
    XX(LULL__WAIT_FUTURE, "a future", "a future that the end of % settles")                                            \
    XX(LULL__WAIT_JOIN, "", "the end of %")                                                                            \
    XX(LULL__WAIT_GROUP, "a group's children", "a group's children, %")                                                \
    XX(LULL__WAIT_MUTEX, "a mutex", "")                                                                                \
    XX(LULL__WAIT_READ_LOCK, "a lock to read", "")                                                                     \
    XX(LULL__WAIT_WRITE_LOCK, "a lock to write", "")                                                                   \
    XX(LULL__WAIT_CONDITION, "a condition", "")                                                                        \
    XX(LULL__WAIT_SEMAPHORE, "a semaphore", "")                                                                        \
    XX(LULL__WAIT_EVENT, "an event", "")                                                                               \
    XX(LULL__WAIT_BARRIER, "a barrier", "")                                                                            \
    XX(LULL__WAIT_WAIT_GROUP, "a wait group", "")                                                                      \
    XX(LULL__WAIT_ONCE, "what is done once", "what % does once")                                                       \
    XX(LULL__WAIT_PAUSE, "the end of an endless pause", "")                                                            \
    XX(LULL__WAIT_RECEIVE, "", "the next element of %")

/*
 * The calls of a canvas: name, member of CanvasRenderingContext2D, how many numbers it takes, whether it takes a text
 * before them, and whether it is a property.
 */
#define LULL__CANVAS_MAP(XX)                                                                                           \
    XX(CLEAR_RECT, clearRect, 4, NO_TEXT, METHOD)                                                                      \
    XX(FILL_RECT, fillRect, 4, NO_TEXT, METHOD)                                                                        \
    XX(STROKE_RECT, strokeRect, 4, NO_TEXT, METHOD)                                                                    \
    XX(BEGIN_PATH, beginPath, 0, NO_TEXT, METHOD)                                                                      \
    XX(CLOSE_PATH, closePath, 0, NO_TEXT, METHOD)                                                                      \
    XX(MOVE_TO, moveTo, 2, NO_TEXT, METHOD)                                                                            \
    XX(LINE_TO, lineTo, 2, NO_TEXT, METHOD)                                                                            \
    XX(ARC, arc, 5, NO_TEXT, METHOD)                                                                                   \
    XX(FILL, fill, 0, NO_TEXT, METHOD)                                                                                 \
    XX(STROKE, stroke, 0, NO_TEXT, METHOD)                                                                             \
    XX(SAVE, save, 0, NO_TEXT, METHOD)                                                                                 \
    XX(RESTORE, restore, 0, NO_TEXT, METHOD)                                                                           \
    XX(TRANSLATE, translate, 2, NO_TEXT, METHOD)                                                                       \
    XX(ROTATE, rotate, 1, NO_TEXT, METHOD)                                                                             \
    XX(SCALE, scale, 2, NO_TEXT, METHOD)                                                                               \
    XX(LINE_WIDTH, lineWidth, 1, NO_TEXT, PROPERTY)                                                                    \
    XX(GLOBAL_ALPHA, globalAlpha, 1, NO_TEXT, PROPERTY)                                                                \
    XX(FILL_STYLE, fillStyle, 0, TEXT, PROPERTY)                                                                       \
    XX(STROKE_STYLE, strokeStyle, 0, TEXT, PROPERTY)                                                                   \
    XX(FONT, font, 0, TEXT, PROPERTY)                                                                                  \
    XX(FILL_TEXT, fillText, 2, TEXT, METHOD)

/*
 * Sockets of POSIX: the module of their imports; the families of addresses; the size of an address's text; the options
 * of sockets that the host has.
 */
#define LULL__POSIX_MODULE "lull posix"
#define LULL__ADDRESS_TEXT 256
#define LULL__FILE_PENDING 65536 /* the numbers of operations on files begin here: see D119 */
#define LULL__FAMILY_NONE 0
#define LULL__FAMILY_UNIX 1
#define LULL__FAMILY_NAME 2 /* the text is a name */
#define LULL__FAMILY_IPV4 4
#define LULL__FAMILY_IPV6 6
#define LULL__SOCKET_OPTION_MAP(XX)                                                                                    \
    XX(KEEPALIVE)                                                                                                      \
    XX(KEEPIDLE) /* seconds */                                                                                         \
    XX(NODELAY)                                                                                                        \
    XX(BROADCAST)                                                                                                      \
    XX(REUSEADDR)                                                                                                      \
    XX(REUSEPORT)                                                                                                      \
    XX(V6ONLY)                                                                                                         \
    XX(RCVBUF)                                                                                                         \
    XX(SNDBUF)                                                                                                         \
    XX(TTL)                                                                                                            \
    XX(MULTICAST_TTL)                                                                                                  \
    XX(MULTICAST_LOOP)                                                                                                 \
    XX(LINGER) /* set: seconds, -1 for none; read: one more */                                                         \
    XX(ERROR)                                                                                                          \
    XX(ACCEPTCONN)
#define LULL__NUMBERED_OPTION(name) LULL__SOCKET_##name,
enum { LULL__SOCKET_OPTION_MAP(LULL__NUMBERED_OPTION) };

/* The states of a description that JavaScript sets, and how it is to receive or send: name, number. */
#define LULL__STATE_BIT_MAP(XX)                                                                                        \
    XX(READABLE, 1)   /* a read does not wait */                                                                       \
    XX(WRITABLE, 2)   /* a write does not wait */                                                                      \
    XX(BROKEN, 4)     /* there is no reader, or the connection has failed */                                           \
    XX(HUNG_UP, 8)    /* there is neither a reader nor a writer */                                                     \
    XX(FINISHED, 16)  /* there is no writer */                                                                         \
    XX(CONNECTED, 64) /* of an external: a read that is not ready would wait, and so would a write */
#define LULL__HOW_MAP(XX)                                                                                              \
    XX(DONT_WAIT, 1)                                                                                                   \
    XX(PEEK, 2)     /* leave the bytes in place */                                                                     \
    XX(FILL, 4)     /* wait until all is there */                                                                      \
    XX(OVERFILL, 8) /* never wait: take more than there is room for */                                                 \
    XX(NO_SIGNAL, 16)
#define LULL__NUMBERED_BIT(name, number) LULL__##name = (number),
enum { LULL__STATE_BIT_MAP(LULL__NUMBERED_BIT) LULL__HOW_MAP(LULL__NUMBERED_BIT) };

/* The error numbers of the C libraries, which are WASI's, as far as JavaScript has them by name: name, number. */
#define LULL__POSIX_ERROR_MAP(XX)                                                                                      \
    XX(EACCES, 2)                                                                                                      \
    XX(EADDRINUSE, 3)                                                                                                  \
    XX(EADDRNOTAVAIL, 4)                                                                                               \
    XX(EAFNOSUPPORT, 5)                                                                                                \
    XX(EAGAIN, 6)                                                                                                      \
    XX(EALREADY, 7)                                                                                                    \
    XX(EBADF, 8)                                                                                                       \
    XX(ECONNABORTED, 13)                                                                                               \
    XX(ECONNREFUSED, 14)                                                                                               \
    XX(ECONNRESET, 15)                                                                                                 \
    XX(EDESTADDRREQ, 17)                                                                                               \
    XX(EFAULT, 21)                                                                                                     \
    XX(EHOSTUNREACH, 23)                                                                                               \
    XX(EINPROGRESS, 26)                                                                                                \
    XX(EINVAL, 28)                                                                                                     \
    XX(EIO, 29)                                                                                                        \
    XX(EISCONN, 30)                                                                                                    \
    XX(EMFILE, 33)                                                                                                     \
    XX(EMSGSIZE, 35)                                                                                                   \
    XX(ENAMETOOLONG, 37)                                                                                               \
    XX(ENETDOWN, 38)                                                                                                   \
    XX(ENETUNREACH, 40)                                                                                                \
    XX(ENFILE, 41)                                                                                                     \
    XX(ENOBUFS, 42)                                                                                                    \
    XX(ENOENT, 44)                                                                                                     \
    XX(ENOMEM, 48)                                                                                                     \
    XX(ENOPROTOOPT, 50)                                                                                                \
    XX(ENOSYS, 52)                                                                                                     \
    XX(ENOTCONN, 53)                                                                                                   \
    XX(ENOTDIR, 54)                                                                                                    \
    XX(EPERM, 63)                                                                                                      \
    XX(EPIPE, 64)                                                                                                      \
    XX(EPROTO, 65)                                                                                                     \
    XX(ETIMEDOUT, 73)
/* The same, of child processes. */
#define LULL__PROCESS_ERROR_MAP(XX)                                                                                    \
    XX(E2BIG, 1)                                                                                                       \
    XX(ELOOP, 32)                                                                                                      \
    XX(ENOEXEC, 45)                                                                                                    \
    XX(ESRCH, 71)

/* Kinds of descriptors of a child process. */
#define LULL__STDIO_MAP(XX)                                                                                            \
    XX(NONE)                                                                                                           \
    XX(HOST)  /* one of the host's, by its number */                                                                   \
    XX(INPUT) /* an external, to which C writes */                                                                     \
    XX(OUTPUT)
#define LULL__NUMBERED_STDIO(name) LULL__STDIO_##name,
enum { LULL__STDIO_MAP(LULL__NUMBERED_STDIO) };

/* The mode of a terminal: name, number. */
#define LULL__TERMINAL_MAP(XX)                                                                                         \
    XX(TERMINAL_LINES, 1)   /* input comes by lines, which keys edit */                                                \
    XX(TERMINAL_ECHO, 2)    /* the terminal shows it */                                                                \
    XX(TERMINAL_SIGNALS, 4) /* keys send signals */                                                                    \
    XX(TERMINAL_RETURNS, 8) /* the return key is a newline */                                                          \
    XX(TERMINAL_OUTPUT, 16) /* a newline goes to the begin of the line */                                              \
    XX(TERMINAL_FLUSH, 32)  /* drop the input that has not been read */
enum { LULL__TERMINAL_MAP(LULL__NUMBERED_BIT) };

/* The signals that a host sends, by their place: the numbers of the C libraries differ. */
#define LULL__SIGNAL_MAP(XX)                                                                                           \
    XX(SIGHUP)                                                                                                         \
    XX(SIGINT)                                                                                                         \
    XX(SIGQUIT)                                                                                                        \
    XX(SIGUSR1)                                                                                                        \
    XX(SIGUSR2)                                                                                                        \
    XX(SIGPIPE)                                                                                                        \
    XX(SIGALRM)                                                                                                        \
    XX(SIGTERM)                                                                                                        \
    XX(SIGCHLD)                                                                                                        \
    XX(SIGCONT)                                                                                                        \
    XX(SIGTSTP)                                                                                                        \
    XX(SIGTTIN)                                                                                                        \
    XX(SIGTTOU)                                                                                                        \
    XX(SIGURG)                                                                                                         \
    XX(SIGXCPU)                                                                                                        \
    XX(SIGXFSZ)                                                                                                        \
    XX(SIGVTALRM)                                                                                                      \
    XX(SIGWINCH)                                                                                                       \
    XX(SIGIO)
/* The others that a child process gets: their places follow. */
#define LULL__CHILD_SIGNAL_MAP(XX)                                                                                     \
    XX(SIGABRT)                                                                                                        \
    XX(SIGBUS)                                                                                                         \
    XX(SIGFPE)                                                                                                         \
    XX(SIGILL)                                                                                                         \
    XX(SIGKILL)                                                                                                        \
    XX(SIGPROF)                                                                                                        \
    XX(SIGSEGV)                                                                                                        \
    XX(SIGSTOP)                                                                                                        \
    XX(SIGSYS)                                                                                                         \
    XX(SIGTRAP)

#endif
