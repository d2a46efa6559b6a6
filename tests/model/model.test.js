/**
 * Random programs do the same on the model of lull's contracts and with lull itself: in wasm, and natively under
 * sanitizers. LULL_RUNS programs are made from LULL_SEED. What differs is shrunk to a short program.
 */
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { execute } from './interpreter.js';
import { encode, print, programs } from './program.js';
import { NativeRuntime, WasmRuntime } from './runtimes.js';
import { compare } from './trace.js';

const seed = Number(process.env.LULL_SEED ?? 20070304);
const numRuns = Number(process.env.LULL_RUNS ?? 20_000);

/** @param {WasmRuntime | NativeRuntime} runtime */
async function check(runtime) {
  const property = fc.asyncProperty(programs, async (program) => {
    try {
      compare(await runtime.run(encode(program)), execute(program));
    } catch (error) {
      runtime.reset();
      throw error;
    }
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns });
  if (!failed) return;
  const again = `Again: LULL_SEED=${seed} LULL_RUNS=${numRuns} node --test tests/model/model.test.js`;
  const message = errorInstance instanceof Error ? errorInstance.message : errorInstance;
  throw new Error(['lull and its model differ in this program:', print(/** @type {any} */ (counterexample)[0]), message, again].join('\n\n'));
}

describe(`lull does what its model does in ${numRuns} random programs`, () => {
  test('in wasm', async () => {
    const runtime = new WasmRuntime();
    await runtime.build();
    await check(runtime);
    await runtime.close();
  });

  const skip = process.env.LULL_TEST_SWITCH ? 'native programs have one switch' : NativeRuntime.compiler ? false : 'no clang and no gcc with sanitizers is installed';
  test('natively, under sanitizers', { skip }, async () => {
    const runtime = new NativeRuntime();
    after(() => runtime.close());
    runtime.build();
    runtime.prepare(fc.sample(programs, { seed, numRuns }).map(encode));
    await check(runtime);
  });
});
