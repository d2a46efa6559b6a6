/** The features chunk: host functions, generators, channels and main(). Lazy-loaded for modules with any of them. */
export { addChannelCodecs, Channels } from './channel.js';
export { hostImports } from './host-calls.js';
export { runMain } from './run-main.js';
export { Stream } from './stream.js';
