import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const everyType = `#include <lull.h>
LULL_HOST(char *, fetch_text, (const char *, url))
LULL_HOST(void, say, (lull_ref, what))
LULL_TASK(bool, numbers, (char, a), (unsigned, b), (float, c), (double, d), (int64_t, e), (unsigned long long, f))
{
    return a + b + c + d + e + f;
}
LULL_TASK(const char *, text, (const char *, in)) { char *s; return fetch_text(in, &s) + say(0) ? "" : 0; }
LULL_TASK(lull_bytes, bytes, (lull_bytes, data)) { return data; }
LULL_TASK(lull_ref, reference, (lull_ref, value)) { return lull_ref_retain(value); }
LULL_TASK(void, nothing) { }
LULL_TASK(LULL_CHAN(double), scalar_channels,
          (LULL_CHAN(unsigned int), a), (LULL_CHAN(bool), b), (LULL_CHAN(int64_t), c))
{
    return a + b + c;
}
LULL_TASK(void, other_channels, (LULL_CHAN(char *), a), (LULL_CHAN(lull_bytes), b), (LULL_CHAN(lull_ref), c))
{
    lull_chan_close(a + b + c);
}
LULL_GENERATOR(LULL_CHAN(int), opened, (LULL_CHAN(short), a)) { lull_emit(a); }
`;

const golden = `// Written by lull from the .wasm file.
/* eslint-disable */
import type { App, Channel, LoadOptions } from 'lull';

export interface Program {
  tasks: {
    numbers(a: number, b: number, c: number, d: number, e: bigint, f: bigint): boolean;
    text(in_: string): string | null;
    bytes(data: Uint8Array): Uint8Array;
    reference(value: unknown): unknown;
    nothing(): void;
    scalar_channels(a: Channel<number>, b: Channel<boolean>, c: Channel<bigint>): Channel<number>;
    other_channels(a: Channel<string, string | null>, b: Channel<Uint8Array>, c: Channel<unknown>): void;
  };
  streams: {
    opened(a: Channel<number>): Channel<number>;
  };
  host: {
    fetch_text(url: string | null): string;
    say(what: unknown): void;
  };
}

export declare function load(options: LoadOptions<Program>): Promise<App<Program>>;
`;

for (const cc of compilers) {
  test(`${cc}: types prints every type from the .wasm alone, as build wrote it`, async (t) => {
    const cwd = folderWith(t, { 'a.c': everyType });
    assert.deepEqual(await lull(['build', 'a.c', '-o', 'a.wasm', '--cc', cc], { cwd }), {
      stdout: '',
      stderr: '',
      status: 0,
    });
    const { stdout } = await lull(['types', 'a.wasm'], { cwd });
    assert.equal(stdout, golden);
    assert.equal(readFileSync(join(cwd, 'a.d.ts'), 'utf8'), golden);
    await lull(['types', 'a.wasm', '-o', 'b.d.ts'], { cwd });
    assert.equal(readFileSync(join(cwd, 'b.d.ts'), 'utf8'), golden);
  });
}

test('options are optional for a program that needs nothing of the host', async (t) => {
  const cwd = folderWith(t, { 'a.c': '#include <lull.h>\nLULL_TASK(void, f) { }\n' });
  await lull(['build', 'a.c', '-o', 'a.wasm'], { cwd });
  const types = readFileSync(join(cwd, 'a.d.ts'), 'utf8');
  assert.match(types, /import type \{ App, LoadOptions \}[^]*host: \{\};[^]*load\(options\?: LoadOptions<Program>\)/);
});

test('a file that is missing is named', async (t) => {
  assert.deepEqual(await lull(['types', 'a.wasm'], { cwd: folderWith(t) }), {
    stdout: '', stderr: 'lull: a.wasm: no such file or directory\n', status: 1,
  });
});

test('a channel of what cannot be an element is a compile-time error', async (t) => {
  for (const type of ['const char *', 'void *']) {
    const source = `#include <lull.h>\nLULL_TASK(void, f, (LULL_CHAN(${type}), c)) { (void)c; }\n`;
    const cwd = folderWith(t, { 'a.c': source });
    const { stderr, status } = await lull(['build', 'a.c', '-o', 'a.wasm'], { cwd });
    assert.equal(status, 1);
    assert.ok(stderr.includes(`'${type}'`) && stderr.includes('lull: '), stderr);
  }
});
