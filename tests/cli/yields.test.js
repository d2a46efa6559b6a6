/** --fuel=yield: a task that loops for long without a wait lets the others run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { VirtualClock } from '../../js/testing.js';
import { allCompilers, compilers, folderWith, lull } from './support.js';

const sourceOf = (/** @type {string} */ name) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** @param {import('node:test').TestContext} t @param {string} name @param {string[]} args */
async function built(t, name, ...args) {
  const cwd = folderWith(t, { [name]: sourceOf(name) });
  const { status, stderr } = await lull(['build', name, '-o', 'program.wasm', ...args], { cwd });
  assert.equal(status, 0, stderr);
  return WebAssembly.compile(readFileSync(join(cwd, 'program.wasm')));
}

const FLAG = `
#include <pthread.h>
#include <stdio.h>

static volatile int ready;

static void *set(void *argument)
{
    ready = 1;
    return argument;
}

int main(void)
{
    pthread_t id;
    pthread_create(&id, NULL, set, NULL);
    while (!ready) continue;
    pthread_join(id, NULL);
    puts("ready");
}
`;

const CPLUSPLUS = `
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

static std::atomic<int> ready{0}, ended{0};

struct Counts {
    ~Counts() { for (int before = ended++; ended == before;) continue; }
};

int main()
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) threads.emplace_back([i] {
        try {
            Counts counts;
            while (ready.load() <= i) continue;
            throw std::runtime_error("over");
        } catch (const std::runtime_error &) {
            while (ready.load() < 4) continue; // an exception is held meanwhile
        }
    });
    std::thread setter([] { for (int i = 0; i < 4; i++) { ready++; while (ended.load() <= i) continue; } });
    for (std::thread &thread : threads) thread.join();
    setter.join();
    std::printf("%d\\n", ended.load());
}
`;

for (const cc of allCompilers) {
  for (const level of ['-O0', '-O2']) {
    test(`threads of ${cc} ${level} that spin on a flag let the others run`, async (t) => {
      const module = await built(t, 'yields.c', '--fuel=yield', level, '--cc', cc);
      const app = await load(module, { clock: new VirtualClock() });
      assert.equal(await app.call.threads_spin(), 4);
      assert.equal(await app.call.atomics_spin(), 30);
      await app.close();
    });
  }
}

for (const cc of compilers) {
  test(`with ${cc}, a task yields`, async (t) => {
    const module = await built(t, 'yields.c', '--fuel=yield', '--cc', cc);

    await t.test('to the event loop, and to other tasks', async () => {
      const app = await load(module);
      assert.equal(await app.call.task_spins(), 1);
      const results = await Promise.all([app.call.recurses(3000), app.call.recurses(3000)]);
      assert.deepEqual(results, [820, 820]);
      await app.close();
    });

    await t.test('many times, as is seen in its slices', async () => {
      const app = await load(module);
      let slices = 0;
      await app.observe({ afterSlice: ({ status }) => { slices += Number(status === 'ready'); } });
      assert.equal(await app.call.recurses(3000), 820);
      assert.ok(slices > 10, `${slices} slices`);
      await app.close();
    });

    await t.test('and has its errno and its variables again', async () => {
      const app = await load(module);
      const results = [1, 2, 3].map((number) => app.call.keeps_its_own(number));
      assert.deepEqual(await Promise.all(results), [1, 1, 1]);
      await app.close();
    });

    await t.test('not where nothing may suspend', async () => {
      const app = await load(module);
      assert.deepEqual(await Promise.all([app.call.waits_slowly(), app.call.waits_slowly()]), [5, 5]);
      assert.equal(app.exports.grind_outside(), 1);
      await app.close();
    });

    await t.test('so that maxRunTime does not end it', async () => {
      const app = await load(module, { maxRunTime: 1000, clock: new VirtualClock({ tick: 10 }) });
      assert.equal(await app.call.recurses(3000), 820);
      await app.close();
    });

    await t.test('and ends if it is cancelled and goes on for long', async () => {
      const app = await load(module);
      const spins = app.spawn('spins_for_ever');
      const other = app.call.recurses(10);
      assert.equal(await other, 820);
      spins.cancel();
      await assert.rejects(spins.result, { code: 'ERR_LULL_KILLED' });
      assert.equal(await app.call.count_deferred(), 1);
      await app.close();
    });
  });

  test(`with ${cc}, an allocator of the program's own is not interrupted`, async (t) => {
    const app = await load(await built(t, 'allocator.c', '--fuel=yield', '--cc', cc));
    let slices = 0;
    await app.observe({ afterSlice: () => { slices++; } });
    assert.deepEqual(await Promise.all([app.call.allocates(10), app.call.allocates(10)]), [0, 0]);
    assert.ok(slices > 20, `${slices} slices`);
    await app.close();
  });

  test(`a thread of ${cc} that spins without it is named, with advice`, async (t) => {
    const app = await load(await built(t, 'yields.c', '--fuel', '--cc', cc), {
      maxRunTime: 1000, clock: new VirtualClock({ tick: 10 }), report() {},
    });
    await assert.rejects(app.call.threads_spin(), {
      code: 'ERR_LULL_OVERRUN',
      message: "task 1 'threads_spin' trapped: it held the event loop for more than 1000 ms, in threads_spin(). A loop "
        + 'that waits for another task has to let it run: by lull_pause(0), sched_yield() or a condition variable, or '
        + 'with --fuel=yield of lull build',
    });
    await app.close({ timeout: 0 });
  });

  test(`lull run, lull cc and archives of ${cc} take --fuel=yield`, async (t) => {
    const cwd = folderWith(t, { 'flag.c': FLAG, 'set.c': FLAG.replace('main', 'run'), 'main.c': 'int run(void); '
      + 'int main(void) { return run(); }' });
    const env = { LULL_CC: cc };
    assert.equal((await lull(['run', '--fuel=yield', 'flag.c'], { cwd, env })).stdout, 'ready\n');
    for (const args of [
      ['cc', '--fuel=yield', '-O1', 'flag.c', '-o', 'flag'],
      ['cc', '-O1', '-c', 'set.c', '-o', 'set.o'], ['ar', 'rcs', 'libset.a', 'set.o'],
      ['cc', '--fuel=yield', 'main.c', '-L.', '-lset', '-o', 'archived'],
    ]) {
      const { status, stderr } = await lull(args, { cwd, env });
      assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
    }
    for (const program of ['flag', 'archived']) {
      assert.equal((await lull(['run', program], { cwd, env })).stdout, 'ready\n', program);
    }
  });
}

test('lull run --fuel names the function that spins', async (t) => {
  const cwd = folderWith(t, { 'flag.c': FLAG });
  const { status, stderr } = await lull(['run', '--fuel', 'flag.c'], { cwd });
  assert.match(stderr, /^lull: task 1 'main' trapped: it held the event loop for more than 2000 ms, in main\(\)\. A /);
  assert.equal(status, 1);
});

test('another word after --fuel= is refused', async (t) => {
  const cwd = folderWith(t, { 'flag.c': FLAG });
  const { status, stderr } = await lull(['run', '--fuel=some', 'flag.c'], { cwd });
  assert.equal(stderr, "lull: --fuel is followed by nothing or by =yield, not by 'some'\n");
  assert.equal(status, 2);
});

const skip = !compilers.includes('clang') && 'there is no clang';
test('threads of C++ yield, also in handlers and destructors', { skip }, async (t) => {
  const cwd = folderWith(t, { 'program.cc': CPLUSPLUS });
  const { stdout, stderr } = await lull(['run', '--fuel=yield', '-O2', 'program.cc', '--cc', 'clang'], { cwd });
  assert.equal(stdout, '4\n', stderr);
});
