/** C++ on the command line: every header. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const include = new URL('../../src/include/', import.meta.url);
const headers = readdirSync(include).filter((name) => name.endsWith('.h') && name !== 'lull_protocol.h');

/** Every function of the public headers; those that C has as macros are in tests/wasm/fixtures/cplusplus.cc. */
const functions = [...new Set(headers.flatMap((name) => {
  const text = readFileSync(new URL(name, include), 'utf8').replace(/\/\*.*?\*\//gs, '').replace(/^#.*(\\\n.*)*/gm, '');
  return [...text.matchAll(/\b(lull_(?!_|\w*__)\w+)\(|LULL_HOST\([\w *]+, (lull_(?!\w*__)\w+)/g)]
    .map(([, plain, host]) => plain ?? host);
}))].filter((name) => !['lull_boundary', 'lull_spawn', 'lull_emit'].includes(name));

const EVERYTHING = `${headers.map((name) => `#include <${name}>\n`).join('')}
struct Function { const void *address; };
template <typename F> static Function of(F *function) { return {reinterpret_cast<const void *>(function)}; }
int main() {
  const Function all[] = {${functions.map((name) => `of(&${name})`).join(', ')}};
  for (volatile const Function &each : all) if (!each.address) return 1;
  lull_task tasks[] = {lull_spawn([](void *) { return lull_value{1}; }, nullptr), 0};
  return lull_join(tasks[0], nullptr);
}
`;

for (const cc of compilers) {
  const env = { LULL_CC: cc };
  /** @param {string} cwd @param {string} line */
  const does = async (cwd, line) =>
    assert.deepEqual(await lull(line.split(' '), { cwd, env }), { stdout: '', stderr: '', status: 0 });

  test(`${cc}: every function of every header is there in C++14, without a warning`, async (t) => {
    assert.ok(functions.length > 150, `only ${functions.length} functions found`);
    const cwd = folderWith(t, { 'all.cc': EVERYTHING });
    await does(cwd, 'c++ -std=c++14 -Wall -Wextra -Werror -pedantic -fno-exceptions -c all.cc');
    await does(cwd, 'c++ all.o -o all.wasm');
  });
}
