/**
 * The host library for pages: what the headers `lull_frame.h`, `lull_dom.h`, `lull_canvas.h`, `lull_store.h`,
 * `lull_fetch.h` and `lull_websocket.h` declare, and document for C. Descriptors are positive integers.
 *
 * @module lull/host/web
 */

import type { Files, Host } from '../../js/lull.js';
import type { Fetch, Sockets } from '../../js/hostlib/index.js';

export { fetcher, websocket } from '../../js/hostlib/index.js';

/** Declared by lull_frame.h. */
type Frames = {
  /** Wait for the next animation frame: lull_frame. */
  lull_next_frame: () => void;
};

/** Declared by lull_dom.h. */
type Dom = {
  /** Listen to an element (CSS selector), `window` or `document`; buffer up to `most` events. Returns a descriptor. */
  lull_dom_listen: (target: string, type: string, most: number) => number;
  /** Wait for the next event. */
  lull_dom_next: (listener: number) => unknown;
  /** A member of an event, such as `clientX` or `target.value`; NaN if it is not a number. */
  lull_dom_number: (event: unknown, member: string) => number;
  /** A member of an event as text; empty if there is none. */
  lull_dom_text: (event: unknown, member: string) => string;
  /** Stop listening. */
  lull_dom_close: (listener: number) => void;
};

/** Declared by lull_canvas.h. */
type Canvas = {
  /** Make C's collected calls: lull_canvas_draw. */
  lull_canvas__calls: (target: string, calls: Uint8Array) => void;
  /** Put pixels on a canvas: lull_canvas_pixels. */
  lull_canvas__pixels: (target: string, pixels: Uint8Array, width: number) => void;
};

/** Declared by lull_store.h. */
type Store = {
  /** A block; empty if there is none of that name. */
  lull_store_get: (store: string, name: string) => Uint8Array;
  /** Store a block, replacing one of the same name. */
  lull_store_put: (store: string, name: string, block: Uint8Array) => void;
  /** Remove the block of that name, if there is one. */
  lull_store_remove: (store: string, name: string) => void;
};

/** The host functions of lull_frame.h, on the page's animation frames. Make one set of each kind for each app. */
export declare function frames(): Host<Frames>;

/** The host functions of lull_dom.h. Listeners are closed with the app. */
export declare function dom(): Host<Dom>;

/** The host functions of lull_canvas.h, on canvases of the page. */
export declare function canvas(): Host<Canvas>;

/** The host functions of lull_store.h, on IndexedDB. */
export declare function store(): Host<Store>;

/** Files in memory that a folder of the browser keeps. */
export interface StoredFiles extends Files {
  /** Resolves when the folder has what the tree has now. Rejects with the first failure: the others are saved. */
  save(): Promise<void>;
}

/**
 * The files of a folder, for `wasi.files` of `load`: of the origin's private file system
 * (`navigator.storage.getDirectory()`), or one that the user has chosen. Changes are saved when C closes or syncs a
 * file, and when names change, and the app's `close` waits until they are.
 */
export declare function storedFiles(folder: FileSystemDirectoryHandle): Promise<StoredFiles>;

/** The whole library: `load(…, { host: browserHost() })`. */
export declare function browserHost(): Host<Frames & Dom & Canvas & Store & Fetch & Sockets>;
