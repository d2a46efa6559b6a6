/** The benchmarks measure something: each case, and what it is compared with, runs, here a few times only. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cases, host } from '../../bench/cases.js';
import { heavyCases, sleepAndWake } from '../../bench/heavy.js';
import { loadJspi } from '../../bench/jspi.js';
import { loaded, posixCases } from '../../bench/posix.js';
import { fresh, freshRows, repeatedRows, rounds } from '../../bench/switch-cases.js';
import { load } from '../../node/index.js';
import { build } from '../../toolchain/build.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { system } from '../../node/toolchain/system.js';

const FEW = 2000;

const compiler = chooseCompiler(system, process.env.LULL_TEST_COMPILER);
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = (file) => build(system, compiler, { args: [`${root}bench/${file}`, '-O3'] });
const wasm = await built('cases.c');
const posixWasm = built('posix.c');
const app = await load(wasm, { host, stackSize: 4096 });
const jspi = await loadJspi();

for (const { name, run, baselines } of cases(/** @type {any} */ (app), jspi)) {
  test(`${name} does ${baselines.length > 1 ? 'what its baselines do' : 'what its baseline does'}`, async () => {
    const { switches } = app.stats();
    const result = await run(FEW);
    assert.ok(app.stats().switches > switches);
    assert.equal(app.stats().tasks, 0);
    for (const baseline of baselines) {
      const expected = await baseline.run(FEW);
      if (typeof result === 'number' || Array.isArray(result)) assert.deepEqual(result, expected, baseline.name);
    }
  });
}

for (const { name, figures, run, runBaseline } of heavyCases) {
  test(`${name} and its baseline have a figure for each of ${figures.length}`, async () => {
    for (const values of [await run(app.call, 10_000), await runBaseline(10_000)]) {
      assert.equal(values.length, figures.length);
      for (const [at, { unit }] of figures.entries()) assert.ok(unit === 'B' || values[at] > 0, `${values}`);
    }
    assert.equal(app.stats().tasks, 0);
  });
}

test('the figures of sleepers are of a night in which all were asleep at once', async () => {
  const nights = [];
  const sleepers = 1000, napping = 10;
  const fallAsleep = async (count, seconds) => {
    if (count === napping) return;
    nights.push(seconds);
    if (nights.length === 1) await sleep(seconds * 1000 + 50);
  };
  const [, start, woken] = await sleepAndWake(fallAsleep, async () => nights.length, sleepers);
  assert.equal(nights.length, 2);
  assert.ok(nights[1] > nights[0] && start < nights[0] * 1000, `${start}`);
  assert.equal(woken, 2000);
});

for (const { name, figures, run, runBaseline, measure = (sent) => sent } of posixCases) {
  test(`${name} and its baseline have a figure for each of ${figures.length}`, async () => {
    for (const side of [run, runBaseline]) {
      const posix = await loaded(await posixWasm);
      const values = await measure(await side(posix.call, 100), 0.1);
      assert.equal(values.length, figures.length);
      for (const [at, { unit }] of figures.entries()) assert.ok(unit === 'B' || values[at] > 0, `${values}`);
      await posix.close();
    }
  });
}

test('a name that no case has is refused before anything is measured', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}bench/run.js`, '--only', 'pause,void'], {
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^--only: no case begins with 'void'; there are pause, .*sleep-1m, .*httpd/m);
});

test('--switches beside --switch, or with a case that is not in its table, is refused with a sentence', () => {
  const run = (...args) => spawnSync(process.execPath, [`${root}bench/run.js`, '--browser', 'chromium', ...args], {
    encoding: 'utf8',
  });
  const both = run('--switches', '--switch', 'jspi');
  assert.equal(both.status, 2);
  assert.match(both.stderr, /^--switches: with all of them, --switch has no meaning; leave one of the two out$/m);
  const unknown = run('--switches', '--only', 'mutex');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /^--only: no case begins with 'mutex'; there are pause, .*qsort, .*first-call$/m);
});

test('the table of switches has a figure for each row that is measured in processes of their own', async () => {
  const module = await build(system, compiler, { args: [`${root}bench/cases.c`, `${root}bench/compute.c`, '-O3'] });
  const opened = await load(module, { host });
  const measure = rounds(opened);
  for (const { name } of repeatedRows) assert.ok(await measure(name) > 0, name);
  await opened.close();
  const figures = await fresh(() => load(module, { host }), () => process.memoryUsage.rss());
  assert.deepEqual(Object.keys(figures).sort(), freshRows.map(({ name }) => name).sort());
});
