/**
 * The features chunk: text, bytes and JavaScript values, host functions, generators, channels and main(). Lazy-loaded
 * for modules with any of them.
 */
export { encodeArguments } from '../marshal/arguments.js';
export { Channels } from './channel.js';
export { hostImports } from './host-calls.js';
export { runMain } from './run-main.js';
export { Stream } from './stream.js';
export { addCodecs } from './types.js';
