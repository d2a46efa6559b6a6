/** C++ on the command line: every header, the standard library, exceptions. */
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

const THROWS = `#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>
struct Loud { ~Loud() { std::cout << "destroyed" << std::endl; } };
int parse(const std::string &text);
int main(int argc, char **argv) {
  std::optional<int> number;
  try { number = parse("x"); } catch (const std::exception &) { sleep(0); std::cout << "caught" << std::endl; }
  Loud loud;
  return number.value_or(argc) == 1 ? parse(argv[0][0] ? "y" : "1") : 2;
}
`;
const PARSE = `#include <stdexcept>
#include <string>
int parse(const std::string &text) {
  if (text.find_first_not_of("0123456789") != text.npos) throw std::invalid_argument("'" + text + "' is no number");
  return std::stoi(text);
}
`;

for (const cc of compilers) {
  const env = { LULL_CC: cc };
  test(`${cc}: the linker names an absent function as its source does`, {
    skip: cc === 'emcc' && 'its linker takes them for imports, which have other names',
  }, async (t) => {
    const cwd = folderWith(t, { 'a.cc': 'int absent(int);\nint main() { return absent(1); }\n' });
    const { status, stderr } = await lull(['build', 'a.cc', '-o', 'a.wasm', '--cc', cc], { cwd });
    assert.equal(status, 1);
    assert.match(stderr, /undefined symbol: absent\(int\)/);
  });

  /** @param {string} cwd @param {string} line */
  const does = async (cwd, line) =>
    assert.deepEqual(await lull(line.split(' '), { cwd, env }), { stdout: '', stderr: '', status: 0 });

  test(`${cc}: every function of every header is there in C++14, without a warning`, async (t) => {
    assert.ok(functions.length > 150, `only ${functions.length} functions found`);
    const cwd = folderWith(t, { 'all.cc': EVERYTHING });
    await does(cwd, 'c++ -std=c++14 -Wall -Wextra -Werror -pedantic -fno-exceptions -c all.cc');
    await does(cwd, 'c++ all.o -o all.wasm');
  });

  test(`${cc}: an exception out of an archive is caught, and one that leaves main is named`, async (t) => {
    const cwd = folderWith(t, { 'main.cc': THROWS, 'parse.cc': PARSE });
    for (const name of ['main', 'parse']) await does(cwd, `c++ -std=c++17 -fexceptions -c ${name}.cc`);
    await does(cwd, 'ar rcs libparse.a parse.o');
    await does(cwd, 'c++ main.o libparse.a -o main');
    assert.deepEqual(await lull(['run', 'main'], { cwd }), {
      stdout: 'caught\ndestroyed\n', stderr: "lull: 'y' is no number\n", status: 1,
    });
  });

  test(`${cc}: the linker says everything once`, async (t) => {
    const cwd = folderWith(t, {
      'a.cc': '#include <lull.h>\nextern "C" int odd(int);\nint named(int n) { return odd(n); }\n'
        + 'LULL_TASK(int, run, (int, n)) { return named(n); }\n',
      'b.c': 'void odd(void);\nvoid odd(void) {}\n',
    });
    const { stderr, status } = await lull(['build', 'a.cc', 'b.c', '-o', 'a.wasm'], { cwd, env });
    assert.equal(status, 0, stderr);
    assert.equal(stderr.split('function signature mismatch: odd').length - 1, 1, stderr);
  });

  test(`${cc}: -fno-exceptions refuses to throw`, async (t) => {
    const cwd = folderWith(t, { 'parse.cc': PARSE });
    const { stderr, status } = await lull(['c++', '-fno-exceptions', '-c', 'parse.cc'], { cwd, env });
    assert.equal(status, 1);
    assert.match(stderr, /cannot use 'throw' with exceptions disabled/);
  });
}
