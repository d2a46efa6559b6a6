import type { Host } from '../../core/lull.js';
import { fetcher, websocket } from '../../node/host/index.js';

export { fetcher, websocket };

/** Those of lull_frame.h. */
export declare function frames(): Host<{ lull_next_frame: () => void }>;

/** Those of lull_dom.h. */
export declare function events(): Host<{
  lull_event_listen: (target: string, type: string, most: number) => number;
  lull_event_next: (listener: number) => unknown;
  lull_event_number: (event: unknown, member: string) => number;
  lull_event_text: (event: unknown, member: string) => string;
  lull_event_close: (listener: number) => void;
}>;

/** Those of lull_canvas.h. */
export declare function canvas(): Host<{
  lull_canvas__calls: (target: string, calls: Uint8Array) => void;
  lull_canvas__pixels: (target: string, pixels: Uint8Array, width: number) => void;
}>;

/** Those of lull_store.h. */
export declare function store(): Host<{
  lull_store_get: (store: string, name: string) => Uint8Array;
  lull_store_put: (store: string, name: string, block: Uint8Array) => void;
  lull_store_remove: (store: string, name: string) => void;
}>;

/** All host functions of a page, for `load(…, { host: web() })`. One set for each app. */
export declare function web(): ReturnType<typeof frames> & ReturnType<typeof events> & ReturnType<typeof canvas>
  & ReturnType<typeof store> & ReturnType<typeof fetcher> & ReturnType<typeof websocket>;
