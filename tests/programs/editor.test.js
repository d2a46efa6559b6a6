/** Programs that rule a terminal, in a real one: an editor, and a prompt that edits its line itself. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { redisServer } from './servers.js';
import { sourcesOf } from './sources.js';
import { shell } from './support.js';
import { noTerminal, terminal } from './terminal.js';

test('dte by its makefile: it edits a file, in windows of two sizes', { skip: noTerminal }, async (t) => {
  const folder = sourcesOf(t, 'dte', ['tmux', 'make']);
  if (!folder) return;
  await shell(folder, 'make -j2 CC=lull-cc AR=lull-ar TERMINFO_DISABLE=1 ICONV_DISABLE=1');
  const work = join(folder, 'work');
  mkdirSync(work);
  writeFileSync(join(work, 'notes.txt'), 'first line\nsecond line\n');
  const { type, until, resize } = await terminal(t, work, 'HOME=$PWD ../dte notes.txt');
  await until(/^ 1:notes\.txt *\nfirst line\nsecond line\n~\n.* 1,1 .*All$/s);
  await type("End ' changed' Enter 'another line'");
  await until(/first line changed\nanother line\nsecond line\n.* 2,13 .*All$/s);
  await type('C-s');
  await resize(50, 10);
  await until(/^ 1:notes\.txt *\n(?:.*\n){7} notes.txt .* All$/);
  await type('C-q');
  await until(/it ended with 0$/);
  assert.equal(readFileSync(join(work, 'notes.txt'), 'utf8'), 'first line changed\nanother line\nsecond line\n');
});

test('redis-cli by its makefile: a line that keys edit, its history and its hints', { skip: noTerminal }, async (t) => {
  const folder = sourcesOf(t, 'redis', ['tmux', 'make', 'redis-server']);
  if (!folder) return;
  const { port } = await redisServer(t, folder);
  const tools = 'CC=lull-cc AR=lull-ar RANLIB=lull-ranlib MALLOC=libc';
  await shell(folder, `make -C deps hiredis linenoise hdr_histogram ${tools}`);
  await shell(folder, `make -j2 -C src redis-cli ${tools} OPTIMIZATION=-O1`);
  const { type, until } = await terminal(t, join(folder, 'src'), `HOME=$PWD ./redis-cli -p ${port}`);
  await until(/:\d+>$/);
  await type("'set greeting helxlo' BSpace BSpace BSpace 'lo' Enter");
  await until(/> set greeting hello\nOK\n.*>$/s);
  await type("'get greet'");
  await until(/> get greet$/);
  await type("'ing' Enter");
  await until(/\n"hello"\n.*>$/s);
  await type('Up Up');
  await until(/> set greeting hello \[NX\|XX\]/);
  await type('C-c');
  await until(/it ended with \d+$/);
});
