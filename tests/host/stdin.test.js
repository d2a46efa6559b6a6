/** Standard input for C. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stdin } from '../../node/hostlib/index.js';
import { compilers } from '../wasm/support.js';
import { cancelled, textOf, waiting, withLibrary } from './support.js';

process.env.LULL_SERVER = 'off'; // of the command below
const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));

/** @param {(app: any, input: PassThrough) => Promise<void>} body @param {string} [cc] */
function withInput(body, cc) {
  const input = new PassThrough();
  return withLibrary((app) => body(app, input), stdin(input), cc);
}

for (const cc of compilers) {
  test(`${cc}: lines, however they come`, () => withInput(async ({ call }, input) => {
    const line = async () => textOf(await call.stdin_line(100));
    input.write('one\ntw');
    assert.equal(await line(), 'one\n');
    const second = line();
    input.write('o\n\nthr');
    assert.equal(await second, 'two\n');
    assert.equal(await line(), '\n');
    input.end('ee');
    assert.equal(await line(), 'three');
    assert.equal(await line(), '');
    assert.equal(await line(), '');
  }, cc));
}

test('a line that is too long comes in pieces', () => withInput(async ({ call }, input) => {
  input.end('abcdefg\nh\n');
  const lines = [];
  for (let line; (line = textOf(await call.stdin_line(3)));) lines.push(line);
  assert.deepEqual(lines, ['abc', 'def', 'g\n', 'h\n']);
}));

test('bytes and lines can be mixed', () => withInput(async ({ call }, input) => {
  input.end('head\nbody');
  assert.equal(textOf(await call.stdin_line(100)), 'head\n');
  assert.equal(textOf(await call.stdin_read(2)), 'bo');
  assert.equal(textOf(await call.stdin_read(100)), 'dy');
  assert.equal(textOf(await call.stdin_read(100)), '');
}));

test('a line that comes after a cancelled call is for the next one', () => withInput(async (app, input) => {
  input.write('beg');
  await cancelled(await waiting(app, 'stdin_line', [100]));
  input.write('un\n');
  assert.equal(textOf(await app.call.stdin_line(100)), 'begun\n');
}));

test('an error of the input is an error, after what came before it', () => withInput(async ({ call }, input) => {
  input.write('some');
  assert.equal(textOf(await call.stdin_read(2)), 'so');
  input.destroy(new Error('the disk has gone'));
  assert.equal(textOf(await call.stdin_read(100)), 'me');
  await assert.rejects(call.stdin_read(100), { message: 'the disk has gone' });
}));

test('0 bytes to read are an error', () => withInput(async ({ call }) => {
  await assert.rejects(call.stdin_line(0), { code: 'EINVAL' });
}));

test('an input that is a directory fails as the system says, and is not at its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lull-stdin-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'program.c');
  writeFileSync(file, `
#include <lull_stdin.h>
#include <stdio.h>
int main(void)
{
    lull_bytes bytes;
    int status = lull_stdin_read(100, &bytes);
    printf("%s: %s\\n", lull_err_name(status), status ? lull_last_error()->message : "");
    status = lull_stdin_line(100, &bytes);
    printf("%s: %s\\n", lull_err_name(status), status ? lull_last_error()->message : "");
}
`);
  const directory = openSync(folder, 'r');
  after(() => closeSync(directory));
  const args = [cli, 'run', file, '--cc', compilers[0]];
  const child = spawn(process.execPath, args, { stdio: [directory, 'pipe', 'inherit'] });
  const line = 'LULL_EFAILED: EISDIR: illegal operation on a directory, read\n';
  assert.equal(await text(child.stdout), line + line);
});

test('under lull run, other tasks go on meanwhile, and what is not read does not keep the program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lull-stdin-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'program.c');
  writeFileSync(file, `
#include <lull_stdin.h>
#include <stdio.h>
#include <stdlib.h>
static lull_value tick(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) lull_check(lull_pause(0.001));
    printf("ticked\\n");
    fflush(stdout);
    return 0;
}
int main(void)
{
    lull_spawn(tick, NULL);
    lull_bytes line;
    lull_check(lull_stdin_line(100, &line));
    printf("read %s", (char *)line.data);
    free(line.data);
}
`);
  const args = [cli, 'run', file, '--cc', compilers[0]];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  after(() => child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ticked');
  child.stdin.write('a line\nand the pipe stays open');
  const exit = once(child, 'exit');
  assert.equal((await lines.next()).value, 'read a line');
  assert.deepEqual(await exit, [0, null]);
});
