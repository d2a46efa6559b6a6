/** Types of the host library that all platforms share. */

import type { Host } from '../lull.js';

/** Declared by lull_fetch.h. */
export type Fetch = {
  /** Make a request; `headers` are lines. Returns a descriptor of the response. */
  lull_fetch: (method: string | null, url: string, headers: string | null, body: Uint8Array) => number;
  /** The status of a response. */
  lull_fetch_status: (response: number) => number;
  /** A header of a response; empty if it has none of that name. */
  lull_fetch_header: (response: number, name: string) => string;
  /** From 1 to `most` bytes of the body; none at its end. */
  lull_fetch_read: (response: number, most: number) => Uint8Array;
  /** Drop a response: lull_fetch_close. */
  lull_fetch__close: (response: number) => void;
};

/** Declared by lull_websocket.h. */
export type Sockets = {
  /** Connect; `protocols` are comma-separated names. Returns a descriptor. */
  lull_websocket_connect: (url: string, protocols: string | null) => number;
  /** Send a message of text. */
  lull_websocket_send_text: (socket: number, text: string) => void;
  /** Send a message of bytes. */
  lull_websocket_send: (socket: number, bytes: Uint8Array) => void;
  /** Wait for a message. */
  lull_websocket_receive: (socket: number) => Uint8Array;
  /** Whether the last received message is text. */
  lull_websocket_is_text: (socket: number) => boolean;
  /** Close a connection: lull_websocket_close. */
  lull_websocket__close: (socket: number, code: number, reason: string | null) => void;
};

/** The host functions of lull_fetch.h, on `fetch`. */
export declare function fetcher(): Host<Fetch>;

/** The host functions of lull_websocket.h, on the engine's `WebSocket`. */
export declare function websocket(): Host<Sockets>;
