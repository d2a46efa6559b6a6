/** `node lull.js MODULE CASE SIZE`: a program of bench/peers.js in lull. */
import { readFileSync } from 'node:fs';
import { load } from '../../node/index.js';
import { host } from '../cases.js';
import { run } from './program.js';

const next = (/** @type {number} */ n) => Promise.resolve(n + 1);
const app = await load(readFileSync(process.argv[2]), { host: { ...host, next }, stackSize: 4096 });
const call = /** @type {Record<string, (...args: number[]) => Promise<any>>} */ (/** @type {unknown} */ (app.call));
await run({
  skynet: (leaves) => call.skynet(leaves),
  async sleepers(count, night) {
    const morning = performance.now() + night * 1e3;
    await call.fall_asleep(count, night);
    console.log(`asleep ${morning - performance.now()}`);
    return call.wake_up();
  },
  ring: (hops) => call.ring(hops),
  pingpong: (messages) => call.pingpong(messages),
  awaits: (times) => call.awaits(times),
});
await app.close();
