/** The cases of bench/cases.js and those of frames, in a page. */
import { cases, host } from '/bench/cases.js';
import { hostClock } from '/lull/js/core/clock.js';
import { frames } from '/lull/web/hostlib/animation-frame.js';
import { load } from '/lull/web/index.js';

/**
 * As in bench/run.js: the first round does not count.
 *
 * @param {(times: number) => Promise<unknown>} run
 * @param {number} times
 */
async function time(run, times) {
  await run(times);
  const start = performance.now();
  await run(times);
  return ((performance.now() - start) * 1e6) / times;
}

/** @param {string[]} chosen names @param {number} rounds */
async function measureCases(chosen, rounds) {
  const app = await load('/wasm/cases.wasm', { host });
  const figures = [];
  for (const { name, what, times, run, baselines } of cases(app, undefined)) {
    if (!chosen.includes(name)) continue;
    for (const { name: baseline, run: runBaseline } of baselines) {
      await time(run, times);
      await time(runBaseline, times);
      const pairs = [];
      while (pairs.length < rounds) pairs.push([await time(run, times), await time(runBaseline, times)]);
      figures.push({ name, what, unit: 'ns', baseline, pairs });
    }
  }
  await app.close();
  return figures;
}

/** Milliseconds of each frame, and lull's share of it, while this many tasks wake in every frame. */
async function measureFrames(tasks, count) {
  let busy = 0;
  const timed = (run) => () => {
    const start = performance.now();
    run();
    busy += performance.now() - start;
  };
  const clock = {
    ...hostClock,
    soon: (run) => hostClock.soon(timed(run)),
    later: (run) => hostClock.later(timed(run)),
  };
  const app = await load('/wasm/frame.wasm', { host: frames(), clock });
  const ended = app.call.wake_all(tasks, count + 30);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  while (app.stats().tasks <= tasks) await frame(); // until all are spawned
  for (let i = 0; i < 5; i++) await frame();
  const [start, before, switches] = [performance.now(), busy, app.stats().switches];
  for (let i = 0; i < count; i++) await frame();
  const wakes = (app.stats().switches - switches) / tasks;
  const result = { frame: (performance.now() - start) / count, lull: (busy - before) / count, wakes: wakes / count };
  await ended;
  await app.close();
  return result;
}

Object.assign(globalThis, { measureCases, measureFrames });
