import type { Readable } from 'node:stream';
import type { Host } from '../../core/lull.js';

/** What lull_files.h declares. */
type Files = {
  lull_file_open: (path: string, mode: string) => number;
  lull_file_read: (file: number, most: number) => Uint8Array;
  lull_file_write: (file: number, bytes: Uint8Array) => void;
  lull_file_close: (file: number) => void;
  lull_file__stat: (path: string) => Uint8Array;
  lull_file_readdir: (path: string) => Uint8Array;
};

/** What lull_net.h declares. */
type Net = {
  lull_tcp_listen: (host: string | null, port: number, backlog: number) => number;
  lull_tcp_accept: (listener: number) => number;
  lull_tcp_connect: (host: string, port: number) => number;
  lull_tcp_read: (connection: number, most: number) => Uint8Array;
  lull_tcp_write: (connection: number, bytes: Uint8Array) => void;
  lull_tcp_shutdown: (connection: number) => void;
  lull_tcp_close: (descriptor: number) => void;
  lull_tcp_port: (descriptor: number) => number;
  lull_tcp_peer: (connection: number) => string;
};

/** What lull_stdin.h declares. */
type Stdin = {
  lull_stdin_line: (most: number) => Uint8Array;
  lull_stdin_read: (most: number) => Uint8Array;
};

/** What lull_fetch.h declares. */
type Fetch = {
  lull_fetch: (method: string | null, url: string, headers: string | null, body: Uint8Array) => number;
  lull_fetch_status: (response: number) => number;
  lull_fetch_header: (response: number, name: string) => string;
  lull_fetch_read: (response: number, most: number) => Uint8Array;
  lull_fetch_close: (response: number) => void;
};

/** What lull_websocket.h declares. */
type Sockets = {
  lull_websocket_connect: (url: string, protocols: string | null) => number;
  lull_websocket_send_text: (socket: number, text: string) => void;
  lull_websocket_send: (socket: number, bytes: Uint8Array) => void;
  lull_websocket_receive: (socket: number) => Uint8Array;
  lull_websocket_is_text: (socket: number) => boolean;
  lull_websocket_close: (socket: number, code: number, reason: string | null) => void;
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
