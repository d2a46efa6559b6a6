/** `--compare` says which cases changed beyond the noise of the rounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, figuresOf, report } from '../../bench/compare.js';

/** @param {string} name @param {number[]} [spread] @param {string} [unit] */
const figure = (name, spread, unit = 'ns') =>
  ({ name, unit, baseline: 'other', ratio: spread ? (spread[0] + spread[1]) / 2 : 1, spread });

/** @param {ReturnType<typeof figure>[]} before @param {ReturnType<typeof figure>[]} now */
const changes = (before, now) => compare(before, now).map(({ change }) => change);

test('a case has changed where the rounds of both runs are farther apart than those of either run', () => {
  const before = [figure('a', [1, 1.2]), figure('b', [1, 1.2]), figure('c', [1, 1.2])];
  const now = [figure('a', [1.5, 1.6]), figure('b', [0.6, 0.7]), figure('c', [1.1, 2])];
  assert.deepEqual(changes(before, now), ['slower', 'faster', 'same']);
});

test('rounds that lie beside those of the older run by chance, as every tenth pair of three rounds does, are noise', () => {
  assert.deepEqual(changes([figure('a', [1, 1.2])], [figure('a', [1.3, 1.4])]), ['same']);
  assert.deepEqual(changes([figure('a', [1, 1.1])], [figure('a', [0.6, 0.9])]), ['same']);
});

test('of figures per second, or per frame, more is faster', () => {
  for (const unit of ['/s', '/frame']) {
    assert.deepEqual(changes([figure('a', [1, 1.2], unit)], [figure('a', [1.5, 1.6], unit)]), ['faster']);
  }
});

test('a spread that JSON could not write is none', () => {
  const [infinite] = JSON.parse(JSON.stringify([figure('a', [1, Infinity])]));
  assert.deepEqual(changes([infinite], [figure('a', [3, 4])]), ['unknown']);
});

test('cases that are new, gone, or without a spread are told apart', () => {
  const before = [figure('gone', [1, 2]), figure('old')], now = [figure('new', [1, 2]), figure('old', [1, 2])];
  assert.deepEqual(changes(before, now), ['new', 'unknown', 'gone']);
});

test('a case with two baselines is compared with each', () => {
  const one = figure('a', [1, 2]), other = { ...figure('a', [5, 6]), baseline: 'another' };
  assert.deepEqual(changes([other, one], [one, other]), ['same', 'same']);
});

test('the report has a line for each case that changed, and counts the others', () => {
  const before = [figure('a', [1, 1.2]), figure('b', [1, 2])], now = [figure('a', [1.5, 1.7]), figure('b', [1, 2])];
  const lines = report(compare(before, now)).split('\n');
  assert.match(lines[1], /^a \/ other +1\.10 \(1\.00 to 1\.20\) -> 1\.60 \(1\.50 to 1\.70\) {2}slower$/);
  assert.equal(lines[2], '1 of 2 are as before');
  assert.match(report(compare(before, before)), /\nnothing; 2 of 2 are as before$/);
});

test('a file has figures only where its cases have ratios', () => {
  assert.equal(figuresOf('no JSON'), undefined);
  assert.equal(figuresOf('null'), undefined);
  assert.equal(figuresOf('{"cases": []}'), undefined);
  assert.equal(figuresOf('{"cases": [{"name": "a"}]}'), undefined);
  const read = figuresOf('{"cases": [{"name": "a", "ratio": 2}, {"name": "b", "ratio": null}]}');
  assert.deepEqual(read, [{ name: 'a', ratio: 2 }]);
});
