/** maxMemory and maxRunTime: an app that wants too much gets a failure, and nothing else of it does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { VirtualClock } from '../../js/testing.js';
import { compilers, folderWith, lull } from './support.js';

const source = readFileSync(new URL('limits.c', import.meta.url), 'utf8');
const MB = 2 ** 20;

const VECTORS = `
#include <lull.h>
#include <wasm_simd128.h>

static volatile v128_t kept;

LULL_TASK(int, grow, (int, pages))
{
    kept = wasm_i32x4_replace_lane(kept, 1, __builtin_wasm_memory_grow(0, pages));
    return wasm_i32x4_extract_lane(kept, 1) < 0 ? -1 : 1;
}
`;

/** A clock that passes by 10 ms each time that it is read: how fast the machine is does not matter. */
const ticking = () => new VirtualClock({ tick: 10 });

/** @param {import('node:test').TestContext} t @param {string} cc @param {string[]} more */
async function built(t, cc, ...more) {
  const cwd = folderWith(t, { 'limits.c': source });
  const { status, stderr } = await lull(['build', 'limits.c', '-o', 'limits.wasm', '--cc', cc, ...more], { cwd });
  assert.equal(status, 0, stderr);
  return WebAssembly.compile(readFileSync(join(cwd, 'limits.wasm')));
}

for (const cc of compilers) {
  test(`memory and run time of a program of ${cc} are limited`, async (t) => {
    const module = await built(t, cc, '--fuel');
    const least = (await load(module)).stats().memory;

    await t.test('malloc has no more than maxMemory, and the app goes on', async () => {
      const maxMemory = least + 8 * MB;
      const app = await load(module, { maxMemory });
      const blocks = await app.call.hoard(64);
      assert.ok(blocks >= 1 && blocks <= maxMemory / MB, `${blocks} blocks`);
      assert.ok(app.stats().memory <= maxMemory, `${app.stats().memory} bytes`);
      assert.equal(await app.call.rounds(3), 3);
      await app.close();
    });

    await t.test('a spawn beyond maxMemory is ERR_LULL_NOMEM', async () => {
      const clock = new VirtualClock();
      const app = await load(module, { maxMemory: least + MB, clock });
      const starving = app.call.starve(1);
      await clock.advance(1);
      const tasks = [];
      assert.throws(() => {
        while (tasks.length < 10_000) tasks.push(app.spawn('rounds', [1], { delay: 1e6 }));
      }, { code: 'ERR_LULL_NOMEM' });
      await clock.until(starving);
      for (const task of tasks) {
        task.result.catch(() => {});
        task.kill();
      }
      assert.equal(await app.call.rounds(3), 3);
      await app.close();
    });

    await t.test('without maxMemory, memory grows', async () => {
      const app = await load(module);
      assert.equal(await app.call.hoard(40), 40);
      await app.close();
    });

    await t.test('less than the module begins with is refused', () =>
      assert.rejects(load(module, { maxMemory: 65536 }), {
        name: 'TypeError',
        message: `load: option 'maxMemory' must be at least ${least}, the bytes with which this module begins, `
          + 'not 65536',
      }));

    await t.test('a task that does not wait ends, with its name and its function; the others go on', async () => {
      const app = await load(module, { maxRunTime: 1000, clock: ticking() });
      const other = app.call.polite(3, 10);
      await assert.rejects(app.call.spin(), {
        code: 'ERR_LULL_OVERRUN',
        message: "task 2 'spin' trapped: it held the event loop for more than 1000 ms, in grind(). A loop that waits "
          + 'for another task has to let it run: by lull_pause(0), sched_yield() or a condition variable, or with '
          + '--fuel=yield of lull build',
      });
      await assert.rejects(app.call.recurse(60), { code: 'ERR_LULL_OVERRUN', message: /in descend\(\)/ });
      assert.equal(await other, 30);
      assert.equal(await app.call.rounds(1000), 1000);
      await assert.rejects(app.call.spin(), { message: /, in grind\(\)$/ }); // no other task to wait for
      await app.close();
    });

    await t.test('a task that waits between may run for longer', async () => {
      const app = await load(module, { maxRunTime: 1000, clock: ticking() });
      const some = 65536 * 50; // half of the limit: each look at the clock is 10 ms. Compilers may unroll the loop
      await assert.rejects(app.call.rounds(some * 40), { code: 'ERR_LULL_OVERRUN' });
      assert.equal(await app.call.polite(40, some), some * 40);
      await app.close();
    });

    await t.test('so does a deferred function, whose failure is reported', async () => {
      const reports = [];
      const app = await load(module, { maxRunTime: 1000, clock: ticking(), report: (error) => reports.push(error) });
      assert.equal(await app.call.defers(), 7);
      await app.idle();
      assert.deepEqual(reports.map(({ code }) => code), ['ERR_LULL_OVERRUN']);
      await app.close();
    });

    await t.test('without maxRunTime, no task is ended', async () => {
      const app = await load(module, { clock: ticking() });
      assert.equal(await app.call.rounds(2e7), 2e7);
      await app.close();
    });
  });

  test(`main() with arguments, and C++, are counted as other functions are, with ${cc}`, async (t) => {
    const sources = {
      'program.c': 'int main(int argc, char **argv) { for (volatile int on = argc; on;) continue; return !argv; }',
      'program.cc': 'static void spin(volatile int *on) { while (*on) continue; }\n'
        + 'int main() { volatile int on = 1; spin(&on); }',
    };
    const cwd = folderWith(t, sources);
    for (const file of Object.keys(sources)) {
      const { status, stderr } = await lull(['build', '--fuel', file, '-o', 'program.wasm', '--cc', cc], { cwd });
      assert.equal(status, 0, stderr);
      const module = await WebAssembly.compile(readFileSync(join(cwd, 'program.wasm')));
      const app = await load(module, { maxRunTime: 1000, clock: ticking() });
      await assert.rejects(app.run([file]), { code: 'ERR_LULL_OVERRUN' });
      await app.close();
    }
  });

  test(`a program of ${cc} without --fuel has nothing of it, and maxRunTime says so`, async (t) => {
    const module = await built(t, cc, '-g');
    await assert.rejects(load(module, { maxRunTime: 50 }), {
      name: 'TypeError',
      message: "load: option 'maxRunTime' needs a module that counts what its functions do: build it with --fuel",
    });
    const entries = [...WebAssembly.Module.exports(module), ...WebAssembly.Module.imports(module)];
    const names = entries.map(({ name }) => name);
    assert.deepEqual(names.filter((name) => /fuel|run_time|overrun/.test(name)), []);
    assert.equal(WebAssembly.Module.customSections(module, 'lull functions').length, 0);
  });

  test(`a memory limit of the user's own flags of ${cc} holds`, async (t) => {
    const app = await load(await built(t, cc, '--', `-Wl,--max-memory=${32 * MB}`));
    const blocks = await app.call.hoard(64);
    assert.ok(blocks > 10 && blocks < 32, `${blocks} blocks`);
    await app.close();
  });
}

// An older Emscripten does not say that a module has vectors.
const skip = !compilers.includes('clang') && 'there is no clang';
test('maxMemory counts memory that grows within an expression of vectors', { skip }, async (t) => {
  const cwd = folderWith(t, { 'vectors.c': VECTORS });
  const args = ['build', '-msimd128', 'vectors.c', '-o', 'vectors.wasm', '--cc', 'clang'];
  const { status, stderr } = await lull(args, { cwd });
  assert.equal(status, 0, stderr);
  const app = await load(readFileSync(join(cwd, 'vectors.wasm')), { maxMemory: 8 * MB });
  assert.equal(await app.call.grow(1), 1);
  assert.equal(await app.call.grow(1000), -1);
  await app.close();
});
