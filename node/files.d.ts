import type { Host } from '../core/lull.js';

/**
 * The host functions of lull_files.h, on Node's promise-backed files: `load(…, { host: { ...files() } })`. One set for
 * each app.
 */
export declare function files(): Host<{
  lull_file_open: (path: string, mode: string) => number;
  lull_file_read: (file: number, most: number) => Uint8Array;
  lull_file_write: (file: number, bytes: Uint8Array) => void;
  lull_file_close: (file: number) => void;
}>;
