/** The features chunk: text, bytes, JavaScript values, host functions and main(). Lazy-loaded for modules with any. */
export { encodeArguments } from '../marshal/arguments.js';
export { hostImports } from './host-calls.js';
export { runMain } from './run-main.js';
export { addCodecs } from './types.js';
