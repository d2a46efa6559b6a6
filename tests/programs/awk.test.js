/** The one true awk: bison and a makefile that runs a program of its own. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourcesOf } from './sources.js';
import { natively, shell } from './support.js';

/** Pipes and system() need processes; random numbers are each C library's own. */
const OTHERWISE = /[^|]\|[^|]|system|rand/;

/** How many of its test programs are run: each starts Node. */
const MOST = 60;

test('awk by its makefile: its test programs print the same as natively', async (t) => {
  const folder = sourcesOf(t, 'original-awk', ['gcc', 'bison']);
  if (!folder) return;
  await natively(folder, 'make && mv a.out native && make clean');
  await shell(folder, 'make CC="lull-cc -O2" HOSTCC="lull-cc"');
  const tests = join(folder, 'testdir');
  const programs = readdirSync(tests).filter((name) => /^[pt]\.\w+$/.test(name)
    && !OTHERWISE.test(readFileSync(join(tests, name), 'latin1'))).sort();
  assert.ok(programs.length > 100, `${programs.length} programs`);
  for (let i = 0; i < MOST; i++) {
    const name = programs[Math.floor(i * programs.length / MOST)];
    const data = name.startsWith('p') ? 'test.countries test.countries' : 'test.data';
    const line = (/** @type {string} */ awk) => `${awk} -f ${name} ${data} 2>&1; echo "status $?"`;
    assert.equal(await shell(tests, line('../a.out')), await shell(tests, line('../native')), name);
  }
});
