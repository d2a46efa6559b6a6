/** The time from navigation until the first task has run. */
import { load } from '/lull/web/index.js';
import { frames } from '/lull/web/hostlib/animation-frame.js';

const app = await load('/wasm/frame.wasm', { host: frames() });
await app.call.first();
/** @type {any} */ (globalThis).ran(performance.now());
