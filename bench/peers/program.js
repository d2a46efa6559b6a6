/** The frame of a program of bench/peers.js in JavaScript: `… CASE SIZE` prints the figure. */

/**
 * @typedef {object} Program each resolves when it is done
 * @property {(leaves: number) => Promise<number>} skynet with the sum
 * @property {(count: number, night: number) => Promise<number>} sleepers prints `asleep` and the milliseconds of the
 *   night that are left; with the seconds since the deadline
 * @property {(hops: number) => Promise<unknown>} ring
 * @property {(messages: number) => Promise<unknown>} pingpong
 * @property {(times: number) => Promise<number>} awaits with their number
 */

/** Seconds until the sleepers wake. @param {number} count */
const night = (count) => 1 + count * 9e-6;

/** @param {Program} program */
export async function run(program) {
  const name = /** @type {keyof Program} */ (process.argv.at(-2)), size = Number(process.argv.at(-1));
  const start = performance.now();
  const result = await program[name](size, night(size));
  const taken = performance.now() - start;
  if (name === 'skynet' && result !== (size * (size - 1)) / 2) throw new Error('skynet: the sum is wrong');
  if (name === 'awaits' && result !== size) throw new Error('awaits: some are missing');
  if (name === 'sleepers') console.log(`figure ${Number(result) * 1e3}`);
  else console.log(`figure ${name === 'skynet' ? taken : (taken * 1e6) / size}`);
}
