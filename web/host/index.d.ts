import type { Host } from '../../core/lull.js';

/**
 * The host functions of a page, for `load(…, { host: web() })`: those of lull_frame.h. One set for each app.
 */
export declare function web(): ReturnType<typeof frames>;

/** Those of lull_frame.h. */
export declare function frames(): Host<{ lull_next_frame: () => void }>;
