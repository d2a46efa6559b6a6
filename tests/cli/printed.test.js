/** What C printed is seen, when and wherever it was printed. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const program = `#include <lull.h>
#include <stdio.h>
LULL_TASK(void, say, (const char *, text)) { printf("%s", text); }
LULL_TASK(void, lines, (int, n))
{
    for (int i = 0; i < n; i++) printf("line %d\\n", i);
    for (;;) lull_check(lull_pause(1));
}
LULL_TASK(void, traps) { printf("before"); __builtin_trap(); }
LULL_TASK(void, writes) { FILE *file = fopen("out.txt", "w"); fprintf(file, "in a file"); }
LULL_TASK(void, prompt) { printf("name? "); lull_check(lull_pause(1000)); }
LULL_HOST(void, note, (const char *, text))
LULL_TASK(void, both) { printf("one\\n"); lull_check(note("two")); printf("three\\n"); }
`;
const index = JSON.stringify(new URL('../../node/index.js', import.meta.url).href);
const web = JSON.stringify(new URL('../../web/index.js', import.meta.url).href);
const files = JSON.stringify(new URL('../../node/wasi-files.js', import.meta.url).href);
const loads = `import { load } from ${index};
import fs from 'node:fs';
const host = { note: (text) => { fs.writeSync(1, text + '\\n'); } };
const app = await load('./program.wasm', { host, report() {} });
`;

for (const cc of compilers) {
  test(`what C printed with ${cc} is seen`, async (t) => {
    const cwd = folderWith(t, { 'program.c': program });
    const { status, stderr } = await lull(['build', 'program.c', '-o', 'program.wasm', '--cc', cc], { cwd });
    assert.equal(status, 0, stderr);
    /** @param {string} script */
    const printed = (script) => {
      const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd, encoding: 'utf8', timeout: 60_000,
      });
      assert.equal(run.status, 0, run.stderr);
      return run.stdout;
    };

    await t.test('without a newline, at the end', () =>
      assert.equal(printed(`${loads} await app.call.say('the end'); await app.close();`), 'the end'));

    await t.test('without close()', () =>
      assert.equal(printed(`${loads} await app.call.say('the end');`), 'the end'));

    await t.test('before a trap', () =>
      assert.equal(printed(`${loads} await app.call.traps().catch(() => {}); await app.close();`), 'before'));

    await t.test('by lines, in order with what JavaScript prints', () =>
      assert.equal(printed(`${loads} await app.call.both(); await app.close();`), 'one\ntwo\nthree\n'));

    await t.test('in a file that is left open', () =>
      assert.equal(printed(`${loads}
        import { directory, standardStreams } from ${files};
        const fds = [...standardStreams(), directory('.', '.')];
        const other = await load('./program.wasm', { host, wasi: { fds } });
        await other.call.writes();
        await other.close();
        console.log(fs.readFileSync('out.txt', 'utf8'));`), 'in a file\n'));

    await t.test('on the console of a page, without a newline at close()', () =>
      assert.equal(printed(`
        import { load } from ${web};
        import fs from 'node:fs';
        const app = await load(WebAssembly.compile(fs.readFileSync('program.wasm')), { host: { note() {} } });
        await app.call.say('a');
        await app.call.say('b\\nc');
        await app.close();`), 'ab\nc\n'));

    await t.test('before the task waits, a prompt for example', async () => {
      const script = `${loads} await app.call.prompt();`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd });
      t.after(() => child.kill());
      const [data] = await once(child.stdout, 'data');
      assert.equal(String(data), 'name? ');
    });
  });
}
