/**
 * The host library for Node: what the headers `lull_files.h`, `lull_net.h`, `lull_stdin.h`, `lull_fetch.h` and
 * `lull_websocket.h` declare, and document for C. Descriptors are positive integers.
 *
 * @module lull/host
 */

import type { Readable } from 'node:stream';
import type { Host } from '../../js/lull.js';
import type { Fetch, Sockets } from '../../js/hostlib/index.js';

export { fetcher, websocket } from '../../js/hostlib/index.js';

/** Declared by lull_files.h. */
type Files = {
  /** Open a file; `mode` as in fopen. Returns a descriptor. */
  lull_file_open: (path: string, mode: string) => number;
  /** From 1 to `most` bytes; none at the end. */
  lull_file_read: (file: number, most: number) => Uint8Array;
  /** Write all of the bytes. */
  lull_file_write: (file: number, bytes: Uint8Array) => void;
  /** Close a file: lull_file_close. */
  lull_file__close: (file: number) => void;
  /** The metadata of a file: the bytes of a `struct lull_file_info`. */
  lull_file__stat: (path: string) => Uint8Array;
  /** The names in a folder, sorted, each followed by a NUL, in UTF-8. */
  lull_file_readdir: (path: string) => Uint8Array;
};

/** Declared by lull_net.h. */
type Net = {
  /** Listen on a port; `null` for all addresses. Returns a descriptor. */
  lull_tcp_listen: (host: string | null, port: number, backlog: number) => number;
  /** Wait for a connection. Returns its descriptor. */
  lull_tcp_accept: (listener: number) => number;
  /** Connect to a port of a host. Returns a descriptor. */
  lull_tcp_connect: (host: string, port: number) => number;
  /** From 1 to `most` bytes; none once the peer has ended. */
  lull_tcp_read: (connection: number, most: number) => Uint8Array;
  /** Write all of the bytes. */
  lull_tcp_write: (connection: number, bytes: Uint8Array) => void;
  /** End this side's data. */
  lull_tcp_shutdown: (connection: number) => void;
  /** Close a connection or a listener: lull_tcp_close. */
  lull_tcp__close: (descriptor: number) => void;
  /** The port on this side. */
  lull_tcp_port: (descriptor: number) => number;
  /** The peer's address and port; empty if it is gone. */
  lull_tcp_peer: (connection: number) => string;
};

/** Declared by lull_stdin.h. */
type Stdin = {
  /** A line with its newline, of up to `most` bytes; none at the end. */
  lull_stdin_line: (most: number) => Uint8Array;
  /** From 1 to `most` bytes; none at the end. */
  lull_stdin_read: (most: number) => Uint8Array;
};

/**
 * The host functions of lull_files.h, on Node's promise-backed files: `load(…, { host: { ...files() } })`. Make one set
 * of each kind for each app: what the set has open is closed with the app.
 */
export declare function files(): Host<Files>;

/** The host functions of lull_net.h, on Node's sockets. */
export declare function net(): Host<Net>;

/** The host functions of lull_stdin.h, on the process's standard input or another stream. */
export declare function stdin(stream?: Readable): Host<Stdin>;

/** The whole library: `load(…, { host: nodeHost() })`. */
export declare function nodeHost(): Host<Files & Net & Stdin & Fetch & Sockets>;
