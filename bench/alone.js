/**
 * One side of a heavy case, in a process of its own: freed memory stays in a process's resident set, and code that has
 * run stays compiled.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load } from '../node/index.js';
import { host } from './cases.js';
import { heavyCases } from './heavy.js';

const self = fileURLToPath(import.meta.url);

/**
 * Measure one side of a case.
 *
 * @param {string} name the case
 * @param {Uint8Array | undefined} wasm cases.c; undefined for the baseline
 * @returns {Promise<number[]>} its figures
 */
export async function measureAlone(name, wasm) {
  const child = fork(self, { serialization: 'advanced', execArgv: ['--expose-gc', '--max-old-space-size=8192'] });
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`${name}: its process ended with ${status}`);
  });
  child.send({ name, wasm });
  const [figures] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return figures;
}

if (process.argv[1] === self && process.send) {
  const [{ name, wasm }] = await once(process, 'message');
  const { run, runBaseline } = /** @type {import('./heavy.js').HeavyCase} */ (
    heavyCases.find((heavy) => heavy.name === name)
  );
  const app = wasm && (await load(wasm, { host, stackSize: 4096 }));
  process.send(await (app ? run(app.call) : runBaseline()));
  process.exit();
}
