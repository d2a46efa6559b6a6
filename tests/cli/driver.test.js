/** `lull cc` and the tools around it, as build systems use them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { missing, run } from './foreign.js';
import { allCompilers, cache, compilers, folderWith, lull } from './support.js';

/** The address of a file, in JavaScript. @param {string} path */
function source(path) {
  return JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
}

const FILES = {
  'src/main.c': '#include <stdio.h>\n#include "../inc/twice.h"\nint main(int argc, char **argv) {\n'
    + '  printf("%s %d\\n", argc > 1 ? argv[1] : "none", twice(N));\n  return argc;\n}\n',
  'src/twice.c': '#include "../inc/twice.h"\nint twice(int n) { return 2 * n; }\n',
  'inc/twice.h': 'int twice(int n);\n',
};

/** A program of two objects that appends to a file, of a folder that answers with promises. */
const NOTES = {
  Makefile: 'notes.wasm: main.o notes.o\n\t$(CC) $(CFLAGS) $^ -o $@\nmain.o notes.o: notes.h\n',
  'notes.h': 'int note(const char *path, const char *text);\n',
  'notes.c': '#include <stdio.h>\n#include "notes.h"\nint note(const char *path, const char *text) {\n'
    + '  FILE *file = fopen(path, "a");\n  if (!file) return 1;\n'
    + '  return fputs(text, file) < 0 || fclose(file) != 0;\n}\n',
  'main.c': '#include "notes.h"\nint main(void) {\n'
    + '  return note("/store/notes", "two\\n") || note("/store/notes", "three\\n");\n}\n',
  'main.mjs': `
import { nodeClock } from ${source('node/clock.js')};
import { load } from ${source('node/index.js')};
import { SlowFolder } from ${source('tests/wasm/slow-folder.js')};
const store = new SlowFolder(nodeClock);
store.set('notes', 'one\\n');
const app = await load('notes.wasm', { posix: { folders: { '/store': store } } });
console.log(await app.run(['notes']));
await app.close();
console.log(store.text('notes'));
`,
};

/** The functions of the runtime, by the heads of their definitions. */
const posix = new URL('../../src/posix/', import.meta.url);
const FUNCTIONS = readdirSync(posix).filter((name) => name.endsWith('.c')).flatMap((name) =>
  [...readFileSync(new URL(name, posix), 'utf8').matchAll(/^LULL__(?:THREADS|WRAPPED)\([^,\n]+, (\w+)[,)]/gm)]
    .map(([, found]) => found));
assert.ok(FUNCTIONS.length > 100);

for (const cc of allCompilers) {
  const env = { LULL_CC: cc };
  /** @param {string} cwd @param {string} line @param {string} [input] */
  const tool = (cwd, line, input) => lull(line.split(' '), { cwd, env, input });
  /** @param {string} cwd @param {string} line */
  const does = async (cwd, line) => assert.deepEqual(await tool(cwd, line), { stdout: '', stderr: '', status: 0 });

  test(`${cc}: objects, an archive and an executable, which runs like a native program`, async (t) => {
    const cwd = folderWith(t, FILES);
    await does(cwd, 'cc -O1 -DN=21 -c src/main.c -o main.o');
    await does(cwd, 'cc -O1 -c src/twice.c');
    await does(cwd, 'ar rcs libtwice.a twice.o');
    await does(cwd, 'ranlib libtwice.a');
    assert.match((await tool(cwd, 'nm libtwice.a')).stdout, /T twice$/m);
    assert.equal((await tool(cwd, 'ar t libtwice.a')).stdout, 'twice.o\n');
    await does(cwd, 'cc -O1 main.o -L. -ltwice -o prog');
    assert.ok(statSync(join(cwd, 'prog')).mode & 0o100);
    const ran = await promisify(execFile)(join(cwd, 'prog'), ['a b'], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
    }).catch((error) => error);
    assert.deepEqual([ran.stdout, ran.stderr, ran.code], ['a b 42\n', '', 2]);
    // It is one file.
    mkdirSync(join(cwd, 'installed'));
    renameSync(join(cwd, 'prog'), join(cwd, 'installed', 'prog'));
    assert.deepEqual(readdirSync(cwd).sort(), ['inc', 'installed', 'libtwice.a', 'main.o', 'src', 'twice.o']);
    const again = await lull(['run', 'installed/prog', '--', 'c'], { cwd });
    assert.deepEqual(again, { stdout: 'c 42\n', stderr: '', status: 2 });
  });

  test(`${cc}: configure finds the functions of threads and signals, for which it asks by another type`, async (t) => {
    const asked = FUNCTIONS.map((name) => [`char ${name}();\n`, `  if (${name}()) return 1;\n`]);
    const cwd = folderWith(t, {
      'conftest.c': `${asked.map(([declared]) => declared).join('')}int main() {\n`
        + `${asked.map(([, called]) => called).join('')}  return 0;\n}\n`,
    });
    const { status, stderr } = await tool(cwd, 'cc -w conftest.c -o conftest');
    assert.equal(status, 0, stderr);
  });

  test(`${cc}: an executable finds files as a native program: below the current folder, above it, by full names`,
    async (t) => {
      const cwd = folderWith(t, {
        'look.c': readFileSync(new URL('look.c', import.meta.url)), 'above.txt': 'above', 'in/here.txt': 'here',
        'in/deep/below.txt': 'below',
      });
      await does(cwd, 'cc -O1 look.c -o look');
      const folder = join(cwd, 'in');
      const args = [
        'here.txt', './deep/../here.txt', 'deep/below.txt', '../above.txt', join(cwd, 'above.txt'),
        `${folder}/../above.txt`, 'none', '@deep', 'below.txt', '../here.txt', '@../..', 'above.txt', '@none',
        '@above.txt', `@${folder}`, 'here.txt',
      ];
      const { stdout } = await promisify(execFile)('../look', args, {
        cwd: folder, env: { ...process.env, XDG_CACHE_HOME: cache },
      });
      assert.deepEqual(stdout.trimEnd().split('\n'), [
        folder, 'here', 'here', 'below', 'above', 'above', 'above', 'No such file or directory',
        join(folder, 'deep'), 'below', 'here', cwd, 'above',
        'No such file or directory', 'Not a directory', folder, 'here',
      ]);
      // Under `lull run`, there is the current folder alone.
      const run = await lull(['run', '../look', '--', ...args.slice(0, 4)], { cwd: folder });
      const outside = run.stdout.replace('Capabilities insufficient', 'No such file or directory'); // wasi-libc of 2022
      assert.equal(outside, `${folder}\nhere\nhere\nbelow\nNo such file or directory\n`);
    });

  test(`${cc}: a linked .wasm has its JavaScript and its types`, async (t) => {
    const cwd = folderWith(t, { 'app.c': '#include <lull.h>\nLULL_TASK(int, twice, (int, n)) { return 2 * n; }\n' });
    await does(cwd, 'cc -c app.c');
    await does(cwd, 'cc app.o -o app.wasm');
    assert.match(readFileSync(join(cwd, 'app.d.ts'), 'utf8'), /twice\(n: number\): number;/);
    assert.ok(existsSync(join(cwd, 'app.js')));
  });

  test(`${cc}: a makefile whose compiler has --async-files: its program waits for files behind promises`, {
    skip: missing('make'),
  }, async (t) => {
    const cwd = folderWith(t, NOTES);
    const tools = fileURLToPath(new URL('../../cli/tools', import.meta.url));
    const made = await run(cwd, ['make', 'CC=lull-cc.js --async-files', 'CFLAGS=-O1'], {
      LULL_CC: cc, PATH: `${tools}:${process.env.PATH}`,
    });
    assert.equal(made.status, 0, made.stderr);
    const { stdout, stderr } = await run(cwd, [process.execPath, 'main.mjs']);
    assert.deepEqual([stdout, stderr], ['0\none\ntwo\nthree\n\n', '']);
  });

  test(`${cc}: dependencies of make, the preprocessor, and a source from stdin`, async (t) => {
    const cwd = folderWith(t, FILES);
    await does(cwd, 'cc -DN=1 -MMD -MP -c src/main.c -o main.o');
    assert.match(readFileSync(join(cwd, 'main.d'), 'utf8'), /^main\.o: src\/main\.c [^\n]*src\/\.\.\/inc\/twice\.h/);
    assert.match((await tool(cwd, 'cc -E -DN=7 src/main.c')).stdout, /twice\(7\)/);
    const piped = await tool(cwd, 'cc -x c -c - -o piped.o', 'int f(void) { return 1; }\n');
    assert.deepEqual(piped, { stdout: '', stderr: '', status: 0 });
    assert.ok(existsSync(join(cwd, 'piped.o')));
    assert.match((await tool(cwd, 'cc -E -', 'x = __LINE__\n')).stdout, /^x = 1$/m);
  });

  test(`${cc}: an error has its path as typed, and the compiler's status`, async (t) => {
    const cwd = folderWith(t, { 'src/bad.c': 'int f(void) { return nowhere; }\n' });
    const { stdout, stderr, status } = await tool(cwd, 'cc -c src/../src/bad.c');
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^src\/\.\.\/src\/bad\.c:1:22: error: /m);
  });

  test(`${cc}: an undefined function is reported with the user's file`, async (t) => {
    const cwd = folderWith(t, { 'a.c': 'int nowhere(int);\nint main(void) { return nowhere(1); }\n' });
    const { stderr, status } = await tool(cwd, 'cc a.c -o a');
    assert.equal(status, 1);
    assert.match(stderr, /undefined symbol: nowhere/);
    assert.match(stderr, /\ba\.c\b/);
    assert.ok(!stderr.includes('0-a.c'), stderr);
    assert.ok(!existsSync(join(cwd, 'a')));
  });

  test(`${cc}: a missing object is named, and a source from stdin is linked`, async (t) => {
    const cwd = folderWith(t, { 'a.c': 'int main(void) { return 0; }\n' });
    const { stderr, status } = await tool(cwd, 'cc a.c missing.o -o a');
    assert.equal(status, 1);
    assert.match(stderr, /missing\.o.*(no such file|No such file|does not exist)|cannot open .*missing\.o/);
    const piped = await tool(cwd, 'cc -x c - -o piped', 'int main(void) { return 0; }\n');
    assert.deepEqual(piped, { stdout: '', stderr: '', status: 0 });
  });

  test(`${cc}: questions are answered`, async (t) => {
    const cwd = folderWith(t);
    assert.match((await tool(cwd, 'cc -dumpmachine')).stdout, /^wasm32-/);
    assert.match((await tool(cwd, 'cc --version')).stdout, /^(\S+ )?clang version/);
    assert.match((await tool(cwd, 'cc -Wl,--version')).stdout, /^LLD \d/);
    const target = {
      emcc: 'wasm32-unknown-emscripten', clang: 'wasm32-wasip1', native: 'wasm32-native-wasip1',
    }[cc];
    const asked = await lull(['cc', `--target=${target}`, '-dumpmachine'], { cwd, env: { LULL_CC: 'neither' } });
    assert.match(asked.stdout, cc === 'emcc' ? /emscripten/ : /wasi/);
    assert.deepEqual(await tool(cwd, 'cc -O2'), { stdout: '', stderr: 'lull: no input files\n', status: 1 });
  });

  test(`${cc}: a C++ program of the standard library is linked by itself`, async (t) => {
    const cwd = folderWith(t, {
      'a.cc': '#include <algorithm>\n#include <cstdio>\n#include <map>\n#include <string>\n#include <vector>\n'
        + 'int main() {\n  std::map<std::string, int> m{{"b", 2}, {"a", 1}};\n  std::vector<int> v{3, 1, 2};\n'
        + '  std::sort(v.begin(), v.end());\n  for (auto &[k, n] : m) std::printf("%s%d ", k.c_str(), n);\n'
        + '  std::printf("%d%d%d\\n", v[0], v[1], v[2]);\n}\n',
    });
    const ran = await lull(['run', '--cc', cc, '-std=c++17', 'a.cc'], { cwd });
    assert.deepEqual(ran, { stdout: 'a1 b2 123\n', stderr: '', status: 0 });
  });

  test(`${cc}: run takes several files, flags and --dir`, async (t) => {
    const cat = '#include <stdio.h>\nint main(int c, char **v) {\n  char line[9] = "none";\n'
      + '  FILE *f = fopen(v[1], "r");\n  if (f) fgets(line, 9, f);\n  return puts(line) < 0;\n}\n';
    const cwd = folderWith(t, { ...FILES, 'data/x': 'seen\n', 'cat.c': cat });
    const ran = await lull(['run', '--cc', cc, 'src/main.c', 'src/twice.c', '-DN=4', '--', 'hi'], { cwd });
    assert.deepEqual(ran, { stdout: 'hi 8\n', stderr: '', status: 2 });
    const path = join(cwd, 'data', 'x');
    const outside = { cwd: join(cwd, 'src') };
    assert.equal((await lull(['run', '--cc', cc, '../cat.c', '--', path], outside)).stdout, 'none\n');
    assert.equal((await lull(['run', '--cc', cc, '--dir', '/', '../cat.c', '--', path], outside)).stdout, 'seen\n\n');
  });
}

test('objects of another compiler are refused by name', {
  skip: compilers.length > 1 ? false : 'there is one compiler',
}, async (t) => {
  const cwd = folderWith(t, {
    'f.c': 'int f(void) { return 1; }\n', 'main.c': 'int f(void);\nint main(void) { return f(); }\n',
  });
  const [first, ...others] = allCompilers;
  const tool = (/** @type {string} */ cc, /** @type {string} */ line) =>
    lull(line.split(' '), { cwd, env: { LULL_CC: cc } });
  assert.equal((await tool(first, 'cc -c f.c')).status, 0);
  assert.equal((await tool(first, 'ar rc libf.a f.o')).status, 0);
  for (const other of others) {
    for (const [given, name] of [['f.o', 'f.o'], ['libf.a', 'libf.a (f.o)'], ['-L . -lf', './libf.a (f.o)']]) {
      const { stderr, status } = await tool(other, `cc main.c ${given} -o main`);
      assert.equal(status, 1);
      assert.ok(stderr.startsWith(`lull: ${name} was compiled by `), stderr);
      assert.match(stderr, / this build uses .*: compile it again, or choose its compiler with --cc or LULL_CC\n$/);
    }
  }
  assert.equal((await tool(first, 'cc main.c -L. -lf -o main')).status, 0);
});

test('objects of the native compiler are refused by name', {
  skip: compilers.length && process.platform === 'linux' ? false : 'there is no compiler',
}, async (t) => {
  const cwd = folderWith(t, { 'f.c': 'int f(void) { return 1; }\n', 'main.c': 'int main(void) { return 0; }\n' });
  for (const [format, start] of [['ELF', '7f454c46'], ['Mach-O', 'cffaedfe'], ['COFF', '6486'], ['COFF', '64aa']]) {
    // An archive of one member, by hand: ar looks into its members.
    const object = Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(60)]);
    const header = `!<arch>\n${'f.o/'.padEnd(48)}${String(object.length).padEnd(10)}\`\n`;
    writeFileSync(join(cwd, 'f.o'), object);
    writeFileSync(join(cwd, 'libf.a'), Buffer.concat([Buffer.from(header), object]));
    for (const [given, name] of [['f.o', 'f.o'], ['libf.a', 'libf.a (f.o)']]) {
      assert.deepEqual(await lull(['cc', 'main.c', given, '-o', 'main'], { cwd }), {
        stdout: '', status: 1,
        stderr: `lull: ${name} is an object of a native program (${format}): make clean, and compile it with lull cc\n`,
      });
    }
  }
});

test('a program without main() is no executable, and one without anything to call is a warning', {
  skip: compilers.length ? false : 'there is no compiler',
}, async (t) => {
  const cwd = folderWith(t, { 'f.c': 'int f(void) { return 1; }\n' });
  assert.deepEqual(await lull(['cc', 'f.c', '-o', 'f'], { cwd }),
    { stdout: '', stderr: 'lull: undefined symbol: main\n', status: 1 });
  assert.ok(!existsSync(join(cwd, 'f')) && !existsSync(join(cwd, 'f.wasm')));
  const { stderr, status } = await lull(['build', 'f.c', '-o', 'f.wasm'], { cwd });
  assert.equal(status, 0);
  assert.equal(stderr, 'lull: warning: this program has no LULL_TASK, no LULL_GENERATOR and no main(): '
    + 'JavaScript has nothing to call\n');
});

test('a program linked to /dev/null is checked, and written nowhere', {
  skip: compilers.length ? false : 'there is no compiler',
}, async (t) => {
  const cwd = folderWith(t, { 'a.c': 'int main(void) { return 0; }\n' });
  const { mode, rdev } = statSync('/dev/null');
  for (const line of ['cc a.c -o /dev/null', 'cc -c a.c -o /dev/null']) {
    assert.deepEqual(await lull(line.split(' '), { cwd }), { stdout: '', stderr: '', status: 0 });
  }
  const after = statSync('/dev/null');
  assert.deepEqual([after.mode, after.rdev], [mode, rdev]);
  assert.ok(!existsSync('/dev/null.wasm'));
});

test('the libraries of the npm compiler are unpacked anew where they are missing, and elsewhere where they cannot be', {
  skip: compilers.includes('clang') ? false : 'there is no clang',
}, async (t) => {
  const cwd = folderWith(t, { 'a.c': '#include <stdio.h>\nint main(void) { return 0; }\n', file: '' });
  const env = { LULL_CC: 'clang', XDG_CACHE_HOME: join(cwd, 'cache') };
  const does = async () => assert.deepEqual(await lull(['cc', '-c', 'a.c'], { cwd, env }),
    { stdout: '', stderr: '', status: 0 });
  await does();
  const [folder] = readdirSync(join(cwd, 'cache', 'lull'));
  rmSync(join(cwd, 'cache', 'lull', folder), { recursive: true });
  mkdirSync(join(cwd, 'cache', 'lull', folder));
  await does();
  assert.deepEqual(readdirSync(join(cwd, 'cache', 'lull')), [folder]);
  env.XDG_CACHE_HOME = join(cwd, 'file'); // no folder can be made in a file
  await does();
});
