/** A program of `lull run` in a real terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noTerminal, terminal } from '../programs/terminal.js';
import { lull as command } from '../programs/support.js';
import { compilers, folderWith, lull } from './support.js';

const READS = `#include <stdio.h>
#include <unistd.h>
int main(void) {
  char text[64];
  for (int i = 0; i < 4; i++) {
    ssize_t size = read(0, text, sizeof text);
    printf("<%.*s>\\n", size > 0 ? (int)size - 1 : 0, text);
    fflush(stdout);
  }
}
`;

for (const cc of compilers) {
  test(`${cc}: Ctrl-D in a terminal is the end of one read`, { skip: noTerminal }, async (t) => {
    const cwd = folderWith(t, { 'reads.c': READS });
    const { status, stderr } = await lull(['cc', 'reads.c', '-o', 'reads'], { cwd, env: { LULL_CC: cc } });
    assert.equal(status, 0, stderr);
    const { type, until } = await terminal(t, cwd, `${command} run reads`);
    await type('a Enter');
    await until(/<a>$/);
    await type('C-d');
    await until(/<>$/);
    await type('C-d');
    await until(/<>\n<>$/);
    await type('b Enter');
    assert.match(await until(/it ended with \d+$/), /a\n<a>\n<>\n<>\nb\n<b>\nit ended with 0$/);
  });
}
