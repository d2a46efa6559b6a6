/** The files chunk: files in memory, and the calls of WASI about files. Lazy-loaded for modules that open any. */
export { fileCalls } from './calls.js';
export { Files, addFiles } from './files.js';
export { Memory } from './memory.js';
