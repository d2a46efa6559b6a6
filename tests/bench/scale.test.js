/** `--scale` measures each operation with any number of tasks, and its figures become a table and a chart. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chart } from '../../bench/chart.js';
import { markdown, sizes } from '../../bench/scale.js';
import { measures, point, rows } from '../../bench/scale-measures.js';
import { buildNative, MEASURES } from '../../bench/scale-native.js';
import { load } from '../../node/index.js';
import { system } from '../../node/toolchain/system.js';
import { build } from '../../toolchain/build.js';
import { chooseCompiler } from '../../toolchain/compiler.js';

const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const compiler = chooseCompiler(system, process.env.LULL_TEST_COMPILER);
const module = build(system, compiler, { args: [file('bench/scale.c'), '-O3'] });

for (const [name, { rows: names }] of Object.entries(measures)) {
  test(`${name} has a figure for each of its rows, and leaves no task`, async () => {
    let app;
    const open = async (host) => app = await load(await module, { host, stackSize: 2048 });
    let looks = 0;
    const points = await point(open, name, 200, { operations: 1000, memory: () => 1e6 * looks++ });
    assert.deepEqual(points.map(({ row }) => row), names);
    for (const { tasks, nanoseconds, spread: [least, most] } of points) {
      assert.equal(tasks, 200);
      assert.ok(nanoseconds > 0 && least <= nanoseconds && nanoseconds <= most);
    }
    assert.ok(looks === 2 || name === 'timer-fired', `memory was asked for ${looks} times`);
    assert.equal(app.stats().tasks, 0);
    await app.close();
  });
}

const hasGcc = !spawnSync('gcc', ['--version']).error;

test('the native build, whose cache misses are counted, runs each measure', { skip: !hasGcc }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lull-scale-'));
  try {
    const program = buildNative(folder);
    for (const name of MEASURES) execFileSync(program, [name, '10', '1']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('each row belongs to a measure', () => {
  assert.deepEqual(Object.values(measures).flatMap(({ rows: names }) => names).sort(), Object.keys(rows).sort());
});

test('the sizes go up to the power that is asked for', () => {
  assert.deepEqual(sizes(3), [10, 1e3]);
  assert.deepEqual(sizes(7), [10, 1e3, 1e5, 1e6, 1e7]);
});

const points = [
  { row: 'spawn', tasks: 10, nanoseconds: 60.4, spread: [60, 61] },
  { row: 'spawn', tasks: 1e5, nanoseconds: 7.25, spread: [7, 8], bytes: 1234.5 },
  { row: 'switch', tasks: 10, nanoseconds: 10, spread: [10, 10] },
];

test('the table has a line for each row, and empty cells where nothing was measured', () => {
  assert.deepEqual(markdown(points).split('\n'), [
    '| tasks | 10 | 100,000 | |',
    '|---|---:|---:|---|',
    `| switch | 10 ns |  | ${rows.switch} |`,
    `| spawn | 60 ns | 7.3 ns, 1,235 B | ${rows.spawn} |`,
  ]);
});

test('the chart has a line for each row, and colors for light and dark', () => {
  const svg = chart(points);
  assert.equal(svg.match(/<polyline /g)?.length, 1, 'a line needs two points');
  assert.equal(svg.match(/<circle /g)?.length, 4 + 2, 'a dot for each figure, and in the legend');
  assert.match(svg, /@media \(prefers-color-scheme: dark\)/);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('the chart of docs/ is made of the figures beside it', () => {
  const { points: measured } = JSON.parse(readFileSync(file('docs/scale.json'), 'utf8'));
  assert.equal(readFileSync(file('docs/scale.svg'), 'utf8'), chart(measured), 'run node bench/chart.js');
});
