/** A run of the benchmarks says whether the machine is busy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyBecause, machine, machineAfter, unevenness } from '../../bench/machine.js';

test('a machine is busy by its load, or by a loop that takes different times', () => {
  assert.equal(busyBecause({ load: 0.9, processors: 2, uneven: 1.1 }), undefined);
  assert.equal(busyBecause({ load: 4, processors: 2, uneven: 1.1 }), 'a load of 4.0 on 2 processors');
  assert.equal(busyBecause({ load: 0.1, processors: 2, uneven: 1.5 }), 'a fixed loop took up to 1.50 times its least');
  assert.match(busyBecause({ load: 4, processors: 2, uneven: 1.5 }) ?? '', /load.*; a fixed loop/);
});

test('a machine is not busy by the load that the run before has left', () => {
  assert.equal(busyBecause({ load: 1.7, processors: 2, uneven: 1.1, share: 1 }), undefined);
});

test('a machine is busy where a loop waits for a processor, however evenly, and before the load tells', () => {
  assert.equal(busyBecause({ load: 0.9, processors: 2, uneven: 1.1, share: 0.6 }),
    'a fixed loop had a processor for 60 % of its time');
  assert.equal(busyBecause({ load: 0.9, processors: 2, uneven: 1.1, share: 0.97 }), undefined);
});

test('a machine that became busy during the run is busy, and the load of the run itself does not count', () => {
  const quiet = { processor: 'any', processors: 2, load: 0.1, uneven: 1, share: 1 };
  assert.equal(machineAfter(quiet, { ...quiet, load: 1.5 }), quiet);
  const { busy, load } = machineAfter(quiet, { ...quiet, load: 1.5, uneven: 2 });
  assert.equal(busy, 'at the end, a fixed loop took up to 2.00 times its least');
  assert.equal(load, 0.1);
  const loaded = { ...quiet, busy: 'a load' };
  assert.equal(machineAfter(loaded, { ...quiet, uneven: 2 }), loaded);
});

test('a single slow loop is no unevenness, and every fourth is', () => {
  const fast = Array(24).fill(10);
  assert.equal(unevenness([...fast, 30]), 1);
  assert.equal(unevenness([...fast.slice(0, 18), 20, 20, 20, 20, 20, 20]), 2);
});

test('the figures have the machine beside them', () => {
  const { processor, processors, load, uneven, share } = machine();
  assert.ok(processor.length > 0 && processors >= 1 && load >= 0 && uneven >= 1 && share > 0);
});
