/** Files for C. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compilers } from '../wasm/support.js';
import { bytesOf, cancelled, textOf, waiting, withLibrary } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'lull-files-'));
after(() => rmSync(folder, { recursive: true }));
const at = (/** @type {string} */ name) => join(folder, name);

const BAD = { code: 'EBADF' };
const SIZE = 0, MODIFIED = 1, KIND = 2, MODE = 3;

for (const cc of compilers) {
  test(`${cc}: what is written can be read`, () => withLibrary(async ({ call }) => {
    const out = await call.file_open(at('note'), 'w');
    await call.file_write(out, bytesOf('one '));
    await call.file_write(out, bytesOf('two'));
    await call.file_close(out);
    const file = await call.file_open(at('note'), 'rb');
    assert.equal(textOf(await call.file_read(file, 5)), 'one t');
    assert.equal(textOf(await call.file_read(file, 5)), 'wo');
    assert.equal((await call.file_read(file, 5)).length, 0);
    await call.file_close(file);
  }, {}, cc));

  test(`${cc}: a file's size, time, kind and permissions`, () => withLibrary(async ({ call }) => {
    writeFileSync(at('known'), 'abc', { mode: 0o640 });
    const known = statSync(at('known'));
    assert.equal(await call.file_stat(at('known'), SIZE), 3);
    assert.equal(await call.file_stat(at('known'), MODIFIED), known.mtimeMs / 1000);
    assert.equal(await call.file_stat(at('known'), KIND), 1);
    assert.equal(await call.file_stat(at('known'), MODE), 0o640);
  }, {}, cc));
}

test('a folder is a folder, also behind a link, and a device is neither', () => withLibrary(async ({ call }) => {
  symlinkSync(folder, at('link'));
  assert.equal(await call.file_stat(folder, KIND), 2);
  assert.equal(await call.file_stat(at('link'), KIND), 2);
  assert.equal(await call.file_stat('/dev/null', KIND), 0);
}));

test('the names in a folder are sorted, each with a NUL behind it', () => withLibrary(async ({ call }) => {
  mkdirSync(at('some'));
  for (const name of ['b', 'a', 'ü', 'c d']) writeFileSync(join(at('some'), name), '');
  assert.equal(textOf(await call.file_readdir(at('some'))), 'a\0b\0c d\0ü\0');
}));

test('an empty folder has no names', () => withLibrary(async ({ call }) => {
  mkdirSync(at('none'));
  assert.equal((await call.file_readdir(at('none'))).length, 0);
}));

test('what is not there is an error with the message of the system', () => withLibrary(async ({ call }) => {
  const missing = (/** @type {string} */ what) => ({
    message: `ENOENT: no such file or directory, ${what} '${at('missing')}'`,
  });
  await assert.rejects(call.file_open(at('missing'), 'r'), missing('open'));
  await assert.rejects(call.file_stat(at('missing'), SIZE), missing('stat'));
  await assert.rejects(call.file_readdir(at('missing')), missing('scandir'));
}));

test('a bad argument is an error, and never a trap', () => withLibrary(async ({ call }) => {
  for (const file of [0, -1, 4711]) {
    await assert.rejects(call.file_read(file, 1), BAD);
    await assert.rejects(call.file_write(file, bytesOf('x')), BAD);
    await assert.rejects(call.file_close(file), BAD);
  }
  await assert.rejects(call.file_open(at('note'), 'sideways'), { code: 'ERR_INVALID_ARG_VALUE' });
  const file = await call.file_open(at('known'), 'r');
  await assert.rejects(call.file_read(file, 0), { code: 'EINVAL' });
  assert.equal(textOf(await call.file_read(file, 0xffffffff)), 'abc');
  await assert.rejects(call.file_write(file, bytesOf('x')), BAD); // it is open for reading
}));

const pipes = process.platform === 'win32' ? 'there are no named pipes' : false;

test('what a cancelled read would have got is the next one\'s', { skip: pipes }, () => withLibrary(async (app) => {
  execFileSync('mkfifo', [at('pipe')]);
  const pipe = openSync(at('pipe'), 'r+');
  const file = await app.call.file_open(at('pipe'), 'r');
  await cancelled(await waiting(app, 'file_read', [file, 100]));
  const next = await waiting(app, 'file_read', [file, 2]);
  writeSync(pipe, 'late');
  assert.equal(textOf(await next.result), 'la');
  assert.equal(textOf(await app.call.file_read(file, 100)), 'te');
  closeSync(pipe);
}));

test('a close ends the wait of another task', { skip: pipes }, () => withLibrary(async (app) => {
  const pipe = openSync(at('pipe'), 'r+');
  const file = await app.call.file_open(at('pipe'), 'r');
  const reading = await waiting(app, 'file_read', [file, 100]);
  const closing = app.call.file_close(file);
  await assert.rejects(reading.result, { code: 'ERR_LULL_CLOSED' });
  writeSync(pipe, 'x'); // the thread that reads has to come back before the system closes
  await closing;
  closeSync(pipe);
}));

test('what is open at the end of the app is closed with it', { skip: process.platform !== 'linux' }, async () => {
  const open = () => Number(execFileSync('sh', ['-c', `ls -l /proc/${process.pid}/fd | grep -c left || true`]));
  await withLibrary(async ({ call }) => {
    await call.file_write(await call.file_open(at('left'), 'w'), bytesOf('all of it'));
    assert.equal(open(), 1);
  });
  while (open()) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(readFileSync(at('left'), 'utf8'), 'all of it');
});
