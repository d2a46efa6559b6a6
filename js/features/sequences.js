/** The sequences chunk: channels and generators. Lazy-loaded for modules with any of them, beside the features. */
export { Channels } from './channel.js';
export { Stream } from './stream.js';
