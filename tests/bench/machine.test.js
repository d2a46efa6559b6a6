/** A run of the benchmarks says whether the machine is busy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyBecause, machine, unevenness } from '../../bench/machine.js';

test('a machine is busy by its load, or by a loop that takes different times', () => {
  assert.equal(busyBecause({ load: 0.9, processors: 2, uneven: 1.1 }), undefined);
  assert.equal(busyBecause({ load: 4, processors: 2, uneven: 1.1 }), 'a load of 4.0 on 2 processors');
  assert.equal(busyBecause({ load: 0.1, processors: 2, uneven: 1.5 }), 'a fixed loop took up to 1.50 times its least');
  assert.match(busyBecause({ load: 4, processors: 2, uneven: 1.5 }) ?? '', /load.*; a fixed loop/);
});

test('a single slow loop is no unevenness, and every fourth is', () => {
  const fast = Array(24).fill(10);
  assert.equal(unevenness([...fast, 30]), 1);
  assert.equal(unevenness([...fast.slice(0, 18), 20, 20, 20, 20, 20, 20]), 2);
});

test('the figures have the machine beside them', () => {
  const { processor, processors, load, uneven } = machine();
  assert.ok(processor.length > 0 && processors >= 1 && load >= 0 && uneven >= 1);
});
