/**
 * The host library for Node: what the headers `lull_files.h`, `lull_net.h`, `lull_stdin.h`, `lull_fetch.h` and
 * `lull_websocket.h` declare, and document for C. Descriptors are positive integers.
 *
 * @module lull/host
 */

import type { Readable } from 'node:stream';
import type { Host } from '../../core/lull.js';

/** What lull_files.h declares. */
type Files = {
  /** Open a file; `mode` as C's fopen has it. A descriptor. */
  lull_file_open: (path: string, mode: string) => number;
  /** From 1 to `most` bytes; none at the end. */
  lull_file_read: (file: number, most: number) => Uint8Array;
  /** Write all of the bytes. */
  lull_file_write: (file: number, bytes: Uint8Array) => void;
  /** Close a file: lull_file_close. */
  lull_file__close: (file: number) => void;
  /** What is at a path: the bytes of a `struct lull_file_info`. */
  lull_file__stat: (path: string) => Uint8Array;
  /** The names in a folder, sorted, each with a NUL behind it, in UTF-8. */
  lull_file_readdir: (path: string) => Uint8Array;
};

/** What lull_net.h declares. */
type Net = {
  /** Listen at a port; `null` for all addresses. A descriptor. */
  lull_tcp_listen: (host: string | null, port: number, backlog: number) => number;
  /** Wait for a connection. Its descriptor. */
  lull_tcp_accept: (listener: number) => number;
  /** Connect to a port of a host. A descriptor. */
  lull_tcp_connect: (host: string, port: number) => number;
  /** From 1 to `most` bytes; none where the other side has ended. */
  lull_tcp_read: (connection: number, most: number) => Uint8Array;
  /** Write all of the bytes. */
  lull_tcp_write: (connection: number, bytes: Uint8Array) => void;
  /** Send the end. */
  lull_tcp_shutdown: (connection: number) => void;
  /** Close a connection or a listener: lull_tcp_close. */
  lull_tcp__close: (descriptor: number) => void;
  /** The port on this side. */
  lull_tcp_port: (descriptor: number) => number;
  /** The address and port of the other side; empty where it has gone. */
  lull_tcp_peer: (connection: number) => string;
};

/** What lull_stdin.h declares. */
type Stdin = {
  /** A line with its end, of up to `most` bytes; none at the end. */
  lull_stdin_line: (most: number) => Uint8Array;
  /** From 1 to `most` bytes; none at the end. */
  lull_stdin_read: (most: number) => Uint8Array;
};

/** What lull_fetch.h declares. */
type Fetch = {
  /** Make a request; `headers` are lines. A descriptor of the response. */
  lull_fetch: (method: string | null, url: string, headers: string | null, body: Uint8Array) => number;
  /** The status of a response. */
  lull_fetch_status: (response: number) => number;
  /** A header of a response; empty where it has none of that name. */
  lull_fetch_header: (response: number, name: string) => string;
  /** From 1 to `most` bytes of the body; none at its end. */
  lull_fetch_read: (response: number, most: number) => Uint8Array;
  /** Drop a response: lull_fetch_close. */
  lull_fetch__close: (response: number) => void;
};

/** What lull_websocket.h declares. */
type Sockets = {
  /** Connect; `protocols` are names with a comma between them. A descriptor. */
  lull_websocket_connect: (url: string, protocols: string | null) => number;
  /** Send a message of text. */
  lull_websocket_send_text: (socket: number, text: string) => void;
  /** Send a message of bytes. */
  lull_websocket_send: (socket: number, bytes: Uint8Array) => void;
  /** Wait for a message. */
  lull_websocket_receive: (socket: number) => Uint8Array;
  /** Whether the message that was last received is text. */
  lull_websocket_is_text: (socket: number) => boolean;
  /** Close a connection: lull_websocket_close. */
  lull_websocket__close: (socket: number, code: number, reason: string | null) => void;
};

/**
 * The host functions of lull_files.h, on Node's promise-backed files: `load(…, { host: { ...files() } })`. One set for
 * each app, as of all the others: what it has open at the app's end is closed with it.
 */
export declare function files(): Host<Files>;

/** The host functions of lull_net.h, on Node's sockets. */
export declare function net(): Host<Net>;

/** The host functions of lull_stdin.h, on the process's standard input, or another stream. */
export declare function stdin(stream?: Readable): Host<Stdin>;

/** The host functions of lull_fetch.h, on `fetch`. */
export declare function fetcher(): Host<Fetch>;

/** The host functions of lull_websocket.h, on the engine's `WebSocket`. */
export declare function websocket(): Host<Sockets>;

/** All of them: `load(…, { host: host() })`. */
export declare function host(): Host<Files & Net & Stdin & Fetch & Sockets>;
