/** The baseline on JSPI: jspi.c as a bare module, if the engine has JSPI. */
import { readFileSync } from 'node:fs';
import { findPackage } from '../node/toolchain/packages.js';

const { Suspending, promising } = /** @type {any} */ (WebAssembly);

/** @returns {Promise<Record<string, (n: number) => Promise<number>> | undefined>} */
export async function loadJspi() {
  const clang = findPackage('@yowasp/clang');
  if (!Suspending || !clang) return undefined;
  const { commands } = await import(clang.url);
  const source = readFileSync(new URL('jspi.c', import.meta.url), 'utf8');
  const args = ['--target=wasm32', '-O3', '-nostdlib', '-Wl,--no-entry', 'jspi.c', '-o', 'jspi.wasm'];
  const { 'jspi.wasm': bytes } = await commands.clang(args, { 'jspi.c': source }, { fetchProgress: () => {} });
  const settled = new Suspending((/** @type {number} */ n) => Promise.resolve(n));
  const sum = (/** @type {number} */ a, /** @type {number} */ b) => a + b;
  const { instance } = await WebAssembly.instantiate(bytes, { host: { settled, sum } });
  const { add_one, await_many, sum_many } = /** @type {any} */ (instance.exports);
  return { add_one: promising(add_one), await_many: promising(await_many), sum_many: async (times) => sum_many(times) };
}
