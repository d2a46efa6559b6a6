/** One switch in a process of Node: it measures each round that its parent, switches.js, asks for. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lackFor } from '../js/diagnostics/switches.js';
import { load } from '../node/index.js';
import { host } from './cases.js';
import { fresh, rounds } from './switch-cases.js';

const self = fileURLToPath(import.meta.url);

/**
 * @param {string} node
 * @param {string} name of the switch
 * @param {string} wasm a file
 */
export function startProcess(node, name, wasm) {
  const child = fork(self, [name, wasm], {
    execPath: node, execArgv: ['--expose-gc', '--experimental-wasm-wasmfx', '--no-warnings'],
  });
  const ended = once(child, 'exit').then(([status, signal]) => {
    throw new Error(`${name}: its process ended with ${status ?? signal}`);
  });
  ended.catch(() => {});
  return {
    /** @param {string} what a case, 'lack' or 'fresh' @returns {Promise<any>} */
    async ask(what) {
      child.send(what);
      const [answer] = await Promise.race([once(child, 'message'), ended]);
      if (answer.failure) throw new Error(`${name}: ${what}: ${answer.failure}`);
      return answer.value;
    },
    async close() {
      child.kill();
    },
  };
}

/** @param {string} name @param {string} wasm */
function answers(name, wasm) {
  const opened = () => load(readFileSync(wasm), { host });
  /** @type {((name: string) => Promise<number>) | undefined} */
  let measure;
  return async (/** @type {string} */ what) => {
    if (what === 'lack') return lackFor(name) ?? null;
    if (what === 'fresh') {
      return fresh(opened, () => {
        /** @type {any} */ (globalThis).gc();
        return process.memoryUsage.rss();
      });
    }
    measure ??= rounds(await opened());
    return measure(what);
  };
}

if (process.argv[1] === self && process.send) {
  const [, , name, wasm] = process.argv;
  const answer = answers(name, wasm);
  process.on('message', (/** @type {string} */ what) => answer(what).then(
    (value) => process.send?.({ value }),
    (error) => process.send?.({ failure: String(error) }),
  ));
}
