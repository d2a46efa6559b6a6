/** `node lull.js MODULE CASE SIZE`: a program of bench/peers.js in lull. */
import { readFileSync } from 'node:fs';
import { load } from '../../node/index.js';
import { run } from './program.js';

const host = { asleep: () => console.log('asleep'), next: (/** @type {number} */ n) => Promise.resolve(n + 1) };
const app = await load(readFileSync(process.argv[2]), { host, stackSize: 4096 });
const call = /** @type {Record<string, (...args: number[]) => Promise<any>>} */ (/** @type {unknown} */ (app.call));
await run({
  skynet: (leaves) => call.skynet(leaves),
  sleepers: (count, night) => call.sleepers(count, night),
  ring: (hops) => call.ring(hops),
  pingpong: (messages) => call.pingpong(messages),
  awaits: (times) => call.awaits(times),
});
await app.close();
