/** `node javascript.js CASE SIZE`: a program of bench/peers.js in async functions, with Node's timers. */
import { skynetOfPromises } from '../heavy.js';
import { run } from './program.js';

const RING = 503;

/** @param {number} count @param {number} night */
async function sleepers(count, night) {
  const morning = performance.now() + night * 1e3;
  const sleeper = () => new Promise((resolve) => { setTimeout(resolve, morning - performance.now()); });
  const all = Array.from({ length: count }, async () => { await sleeper(); });
  console.log(`asleep ${morning - performance.now()}`);
  await Promise.all(all);
  return (performance.now() - morning) / 1e3;
}

/** Room for one value, and one receiver. */
class Slot {
  /** @type {number | undefined} */
  value;
  /** @type {((value: number) => void) | undefined} */
  receiver;

  /** @param {number} value */
  send(value) {
    if (this.receiver) this.receiver(value);
    else this.value = value;
    this.receiver = undefined;
  }

  /** @returns {Promise<number>} */
  receive() {
    const { value } = this;
    this.value = undefined;
    return value === undefined ? new Promise((resolve) => { this.receiver = resolve; }) : Promise.resolve(value);
  }
}

/** @param {Slot} from @param {Slot} to */
async function passOn(from, to) {
  let token;
  do {
    token = (await from.receive()) - 1;
    to.send(token);
  } while (token > 0);
}

/** @param {number} hops */
async function ring(hops) {
  const slots = Array.from({ length: RING }, () => new Slot());
  const all = slots.map((slot, at) => passOn(slot, slots[(at + 1) % RING]));
  slots[0].send(hops);
  await Promise.all(all);
}

/** @param {number} messages */
async function pingpong(messages) {
  const to = new Slot(), from = new Slot();
  const other = passOn(to, from);
  let value = messages;
  while (value > 0) {
    to.send(value);
    value = await from.receive();
  }
  await other;
}

/** @param {number} times */
async function awaits(times) {
  let n = 0;
  for (let i = 0; i < times; i++) n = await Promise.resolve(n + 1);
  return n;
}

await run({ skynet: (leaves) => skynetOfPromises(leaves), sleepers, ring, pingpong, awaits });
