/** The table of ratios by engine. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const script = file('bench/engines.js');
const run = (...args) => promisify(execFile)(process.execPath, [script, ...args]);

const figure = (name, ratio) => ({ name, unit: 'ns', baseline: 'await null', value: 1, baselineValue: 2, ratio });

/** @param {(folder: string) => Promise<void>} body */
async function inFolder(body) {
  const folder = await mkdtemp(join(tmpdir(), 'lull-engines-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('figures of two engines stand side by side, and are kept', () => inFolder(async (folder) => {
  const [raw, one, two] = ['raw.json', 'one.json', 'two.json'].map((name) => join(folder, name));
  await writeFile(one, JSON.stringify({ cases: [figure('pause', 0.5), figure('call', 4.333), figure('httpd', 1)] }));
  await writeFile(two, JSON.stringify({ cases: [figure('pause', 0.25)] }));
  await run(raw, `Node=${one}`);
  const { stdout } = await run(raw, `Bun=${two}`);
  assert.equal(stdout, [
    '| case | baseline | Node | Bun |',
    '|---|---|---:|---:|',
    '| pause | await null | 0.50 | 0.25 |',
    '| call | await null | 4.3 |  |',
    '',
  ].join('\n'));
  assert.deepEqual(Object.keys(JSON.parse(await readFile(raw, 'utf8'))), ['Node', 'Bun']);
}));

test('without a file, or with one that has no figures, it says so', () => inFolder(async (folder) => {
  await assert.rejects(run(), { code: 2, stderr: /^bench: which file\? / });
  const empty = join(folder, 'empty.json');
  await writeFile(empty, '{}');
  const raw = join(folder, 'raw.json');
  await assert.rejects(run(raw, `Node=${empty}`), { code: 2, stderr: /^bench: .*empty\.json has no figures of/ });
  await assert.rejects(run(raw, 'Node=none.json'), { code: 2, stderr: /^bench: none\.json cannot be read: ENOENT/ });
  await writeFile(raw, 'figures');
  await assert.rejects(run(raw), { code: 2, stderr: /^bench: .*raw\.json is no file of bench\/engines\.js/ });
}));

test('the table of docs/performance.md is that of its raw figures', async () => {
  const { stdout } = await run(file('docs/engines.json'));
  const document = await readFile(file('docs/performance.md'), 'utf8');
  assert.ok(document.includes(stdout), 'node bench/engines.js docs/engines.json prints another one');
});
