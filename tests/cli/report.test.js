/** `lull build --report`: what may suspend, and why. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const SOURCE = `
#include <lull.h>
#include <stdlib.h>

struct reader { int (*read)(struct reader *, int); int (*count)(const struct reader *, int); };

static int waits(struct reader *reader, int n) { (void)reader; lull_check(lull_pause(0)); return n; }
static int counts(const struct reader *reader, int n) { return reader->read ? n : 0; }
static struct reader one = {waits, counts};
struct reader *readers[] = {&one};
int (*any)(void *, int) = (int (*)(void *, int))counts;

/* For the last words. */
void (*last)(int);

__attribute__((noinline)) int reads(struct reader *reader) { return reader->read(reader, 3) + 1; }
__attribute__((noinline)) int adds(struct reader *reader) { return reader->count(reader, 3) + 1; }
__attribute__((noinline, noreturn)) void ends(void) { last(1); abort(); }

LULL_TASK(int, run, (int, n))
{
    if (n < 0) ends();
    return reads(readers[n]) + adds(readers[n]);
}
`;

for (const cc of compilers) {
  test(`${cc}: a report names what is instrumented, by which calls, and the types`, async (t) => {
    const folder = folderWith(t, { 'a.c': SOURCE });
    const { status, stdout, stderr } = await lull(
      ['build', 'a.c', '-o', 'a.wasm', '--cc', cc, '--report=json'], { cwd: folder });
    assert.equal(status, 0, stderr);
    const { instrumented, types, casts, added } = JSON.parse(stdout);
    if (cc === 'clang') { // of version 16 or later
      assert.deepEqual(casts, [{
        from: 'int (*)(const struct reader *, int)', to: 'int (*)(void *, int)', at: 'a.c:11:27',
      }]);
    }
    const { why } = instrumented.find((/** @type {any} */ { name }) => name === 'reads');
    assert.equal(why[0], 'by int (*)(reader *, int) waits');
    const names = instrumented.map((/** @type {any} */ { name }) => name);
    assert.ok(!names.includes('adds') && !names.includes('ends'), names.join());
    const reached = types.find((/** @type {any} */ { type }) => type === 'int (*)(reader *, int)');
    assert.deepEqual(reached?.reached, ['waits']);
    assert.ok(added > 0);

    const text = await lull(['build', 'a.c', '-o', 'a.wasm', '--cc', cc, '--report'], { cwd: folder });
    assert.match(text.stdout, /^\d+ of \d+ functions are instrumented/);
    assert.match(text.stdout, /\d+  reads: by int \(\*\)\(reader \*, int\) waits/);
    const wasm = readFileSync(join(folder, 'a.wasm')).length;
    const all = await lull(['build', 'a.c', '-o', 'a.wasm', '--cc', cc, '--instrument', 'all'], { cwd: folder });
    assert.equal(all.status, 0, all.stderr);
    assert.ok(readFileSync(join(folder, 'a.wasm')).length > wasm);
  });
}

test('--report and --instrument refuse what they do not know', async () => {
  const { stderr } = await lull(['build', 'a.c', '-o', 'a.wasm', '--report=xml']);
  assert.match(stderr, /--report is followed by nothing or by =json, not by 'xml'/);
  const other = await lull(['build', 'a.c', '-o', 'a.wasm', '--instrument', 'some']);
  assert.match(other.stderr, /--instrument is followed by lean or all, not by 'some'/);
});

test('--report is refused where no function is instrumented, or each is', async () => {
  for (const [flags, message] of /** @type {const} */ ([
    [['--switch', 'stacks'], /^lull: --report says by which .*, and with --switch stacks none is\n$/],
    [['--switch', 'stacks,jspi'], /and with --switch stacks,jspi none is\n$/],
    [['--instrument', 'all'], /and with --instrument all types do not matter\n$/],
    [['--fuel=yield'], /and with --fuel=yield types do not matter\n$/],
  ])) {
    const { status, stderr } = await lull(['build', 'a.c', '-o', 'a.wasm', '--report', ...flags]);
    assert.equal(status, 2);
    assert.match(stderr, message);
  }
});
