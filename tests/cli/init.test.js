/** `lull init`: the files that it writes, and those that it leaves alone. tests/package runs the project. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderWith, lull } from './support.js';

test('init names each file that it writes, and the next step', async (t) => {
  const cwd = folderWith(t);
  const { stdout, stderr, status } = await lull(['init', 'My App'], { cwd });
  assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  const named = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name);
  const written = readdirSync(join(cwd, 'My App'), { encoding: 'utf8', recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).length;
  assert.equal(named.length, written);
  for (const name of named) assert.ok(existsSync(join(cwd, 'My App', name)), name);
  assert.match(stdout, /^Next: cd 'My App' && npm install && npm test$/m);
  assert.equal(JSON.parse(readFileSync(join(cwd, 'My App/package.json'), 'utf8')).name, 'my-app');
});

test('init leaves a folder alone that has one of its files', async (t) => {
  const cwd = folderWith(t, { 'package.json': '{}', 'src/greet.c': 'int mine;\n', other: '' });
  assert.deepEqual(await lull(['init'], { cwd }), {
    stdout: '',
    stderr: 'lull: . has src/greet.c, package.json, and lull init changes no file. Nothing is written\n',
    status: 1,
  });
  assert.deepEqual(readdirSync(cwd).sort(), ['other', 'package.json', 'src']);
  assert.equal(readFileSync(join(cwd, 'package.json'), 'utf8'), '{}');
});

test('init writes beside files that are none of its own', async (t) => {
  const cwd = folderWith(t, { 'src/other.c': 'int other;\n' });
  assert.equal((await lull(['init'], { cwd })).status, 0);
  assert.equal(readFileSync(join(cwd, 'src/other.c'), 'utf8'), 'int other;\n');
});
