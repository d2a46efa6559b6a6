import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cache, compilers, folderWith, lull, start } from './support.js';

const echo = `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) printf("%d: %s\\n", i, argv[i]);
    printf("GREETING=%s\\n", getenv("GREETING"));
    for (int c; (c = getchar()) != EOF;) putchar(c);
    fprintf(stderr, "to stderr\\n");
    return 7;
}
`;

const plain = 'int main(void) { return 5; }\n';

const sleeper = `#include <lull.h>
#include <stdio.h>
int main(void)
{
    puts("asleep");
    fflush(stdout);
    int status = lull_pause(60);
    printf("woken: %s\\n", lull_err_name(status));
    fflush(stdout);
    return 0;
}
`;

for (const cc of compilers) {
  /**
   * @param {string} cwd
   * @param {string[]} args
   * @param {{ input?: string, env?: Record<string, string> }} [options]
   */
  const run = (cwd, args, options = {}) => lull(['run', '--cc', cc, ...args], { cwd, ...options });

  test(`${cc}: run passes arguments, environment and stdin on, and returns the exit status`, async (t) => {
    const cwd = folderWith(t, { 'echo.c': echo });
    const given = { input: 'some\ninput', env: { GREETING: 'hello' } };
    assert.deepEqual(await run(cwd, ['echo.c', '--', 'one', '--two', 'drei ä'], given), {
      stdout: '0: echo.c\n1: one\n2: --two\n3: drei ä\nGREETING=hello\nsome\ninput',
      stderr: 'to stderr\n',
      status: 7,
    });
  });

  test(`${cc}: a main without parameters runs`, async (t) => {
    assert.equal((await run(folderWith(t, { 'plain.c': plain }), ['plain.c'])).status, 5);
  });

  test(`${cc}: a second run does not compile, a changed header does`, async (t) => {
    const cwd = folderWith(t, { 'a.c': '#include "a.h"\nint main(void) { return A; }\n', 'a.h': '#define A 1\n' });
    const built = () => readdirSync(join(cache, 'lull')).filter((name) => name.endsWith('.wasm')).length;
    assert.equal((await run(cwd, ['a.c'])).status, 1);
    const once = built();
    assert.equal((await run(cwd, ['a.c'])).status, 1);
    assert.equal(built(), once);
    const changed = folderWith(t, { 'a.c': '#include "a.h"\nint main(void) { return A; }\n', 'a.h': '#define A 2\n' });
    assert.equal((await run(changed, ['a.c'])).status, 2);
    // The module by its sources, and by the linked program; the object, and the list of its files.
    assert.equal(built(), once + 4);
  });

  test(`${cc}: a compile error ends with the compiler's message and status`, async (t) => {
    const folder = folderWith(t, { 'bad.c': 'int main(void) { return x; }\n' });
    const { stdout, stderr, status } = await run(folder, ['bad.c']);
    assert.deepEqual({ stdout, status }, { stdout: '', status: 1 });
    assert.match(stderr, /^bad\.c:1:25: error:/m);
  });

  for (const [signal, ends] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
    test(`${cc}: ${signal} cancels the tasks, which clean up, and the status is ${ends}`, async (t) => {
      const child = start(['run', '--cc', cc, 'sleeper.c'], { cwd: folderWith(t, { 'sleeper.c': sleeper }) });
      let stdout = '';
      child.stdout.on('data', (data) => {
        if (!stdout) child.kill(signal);
        stdout += data;
      });
      const [status] = await once(child, 'close');
      assert.deepEqual({ stdout, status }, { stdout: 'asleep\nwoken: LULL_ECANCELED\n', status: ends });
    });
  }

  const ticker = `#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *tick(void *unused)
{
    usleep(1000);
    puts("tick");
    fflush(stdout);
    return unused;
}
int main(void)
{
    char line[64];
    pthread_t id;
    pthread_create(&id, NULL, tick, NULL);
    if (fgets(line, sizeof line, stdin)) printf("read: %s", line);
    return 3;
}
`;

  test(`${cc}: other threads run while one waits for stdin, and the end of main() ends the process`, async (t) => {
    const child = start(['run', '--cc', cc, 'ticker.c'], { cwd: folderWith(t, { 'ticker.c': ticker }) });
    let stdout = '';
    child.stdout.on('data', (data) => {
      if (!stdout) child.stdin.write('line\n'); // and it stays open
      stdout += data;
    });
    const [status] = await once(child, 'close');
    assert.deepEqual({ stdout, status }, { stdout: 'tick\nread: line\n', status: 3 });
  });

  test(`${cc}: a program whose output nobody reads any more ends, as by SIGPIPE`, async (t) => {
    const source = '#include <stdio.h>\nint main(void) { for (;;) { puts("again"); fflush(stdout); } }\n';
    const child = start(['run', '--cc', cc, 'endless.c'], { cwd: folderWith(t, { 'endless.c': source }) });
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = await once(child, 'exit');
    assert.equal(status, 141);
  });

  test(`${cc}: fopen and lull_file_open reach what is below the current directory, devices, no others`, async (t) => {
    const source = `#include <lull.h>
#include <lull_files.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *mode = strstr(argv[i], "new") || strstr(argv[i], "null") ? "w" : "r";
        int file, status = lull_file_open(argv[i], mode, &file);
        FILE *stream = fopen(argv[i], mode);
        printf("%s: %s %s\\n", argv[i], status == 0 ? "opened" : "refused", stream ? "opened" : "refused");
    }
    return 0;
}
`;
    const outer = folderWith(t, { 'secret': 'x' });
    const cwd = join(outer, 'inner');
    mkdirSync(cwd);
    for (const [name, text] of [['open.c', source], ['file', 'x']]) writeFileSync(join(cwd, name), text);
    symlinkSync('../secret', join(cwd, 'link'));
    const devices = process.platform === 'win32' ? [] : ['/dev/null', '/dev/zero', '/dev/urandom'];
    const inside = ['file', './file', join(cwd, 'file'), 'new', ...devices];
    const outside = [
      '../secret', join(outer, 'secret'), 'link', '../new',
      '/etc/passwd', '/dev/../etc/passwd', '/dev/mem', '/dev/new',
    ];
    const { stdout } = await run(cwd, ['open.c', '--', ...inside, ...outside]);
    assert.deepEqual(stdout.trim().split('\n'), [
      ...inside.map((path) => `${path}: opened opened`), ...outside.map((path) => `${path}: refused refused`),
    ]);
  });

  test(`${cc}: /dev/null is no terminal`, { skip: process.platform === 'win32' }, async (t) => {
    const source = '#include <fcntl.h>\n#include <unistd.h>\n' +
      'int main(void) { return isatty(open("/dev/null", O_RDWR)) + 2 * isatty(open("/dev/zero", O_RDONLY)); }';
    assert.equal((await run(folderWith(t, { 'a.c': source }), ['a.c'])).status, 0);
  });

  test(`${cc}: a cached program that is cut short, emptied or changed is built anew`, async (t) => {
    const cwd = folderWith(t, { 'plain.c': plain });
    const first = await run(cwd, ['plain.c']);
    const folder = join(cache, 'lull');
    const changed = (bytes) => bytes.map((byte) => byte ^ 1);
    for (const spoil of [(bytes) => bytes.subarray(0, 100), () => Buffer.alloc(0), changed]) {
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.wasm'))) {
        const file = join(folder, name);
        writeFileSync(file, spoil(readFileSync(file)));
      }
      assert.deepEqual(await run(cwd, ['plain.c']), first);
    }
  });

  test(`${cc}: --stats says at the end how much was done`, async (t) => {
    const { stderr } = await run(folderWith(t, { 'plain.c': plain }), ['plain.c', '--stats']);
    assert.match(stderr, /^lull: 1 task, \d+ switch(es)?, \d+\.\d+ s\n$/);
  });

  test(`${cc}: a failure of main is one line, and status 1`, async (t) => {
    const cwd = folderWith(t, {
      'fail.c': '#include <lull.h>\nint main(void) { lull_fail(LULL_EFAILED, "no %s", "luck"); }\n',
    });
    assert.deepEqual(await run(cwd, ['fail.c']), { stdout: '', stderr: 'lull: no luck\n', status: 1 });
  });

  test(`${cc}: run takes a .wasm, and says so where it has no main`, async (t) => {
    const cwd = folderWith(t, { 'plain.c': plain, 'task.c': '#include <lull.h>\nLULL_TASK(void, f) { }\n' });
    await lull(['build', '--cc', cc, 'plain.c', '-o', 'plain.wasm'], { cwd });
    assert.equal((await run(cwd, ['plain.wasm'])).status, 5);
    await lull(['build', '--cc', cc, 'task.c', '-o', 'task.wasm'], { cwd });
    const { stderr, status } = await run(cwd, ['task.wasm']);
    assert.equal(status, 1);
    assert.match(stderr, /^lull: .*main/);
  });
}

for (const cc of compilers) {
  test(`${cc}: stdio reads and writes files below the current directory, by relative and absolute paths`, async (t) => {
    const copy = `#include <stdio.h>
int main(int argc, char **argv)
{
    FILE *in = fopen(argv[1], "r"), *out = fopen(argv[2], "w");
    if (!in || !out) return perror("open"), 1;
    for (int c; (c = getc(in)) != EOF;) putc(c, out);
    return fclose(out);
}
`;
    const cwd = folderWith(t, { 'copy.c': copy, 'in.txt': 'words\n' });
    assert.equal((await run(cwd, 'in.txt', 'sub.txt')).status, 0);
    assert.equal((await run(cwd, join(cwd, 'sub.txt'), join(cwd, 'abs.txt'))).status, 0);
    assert.deepEqual(readdirSync(cwd).sort(), ['abs.txt', 'copy.c', 'in.txt', 'sub.txt']);
    assert.match((await run(cwd, '../in.txt', 'x')).stderr, /^open: /);

    /**
     * @param {string} folder
     * @param {string[]} args
     */
    function run(folder, ...args) {
      return lull(['run', '--cc', cc, 'copy.c', '--', ...args], { cwd: folder });
    }
  });
}

for (const command of ['run', 'types']) {
  for (const [what, contents] of [['an empty file', ''], ['a text', 'no module'], ['HTML', '<!doctype html>']]) {
    test(`lull ${command} says of which file it is that ${what} is no module`, async (t) => {
      assert.deepEqual(await lull([command, 'e.wasm'], { cwd: folderWith(t, { 'e.wasm': contents }) }), {
        stdout: '', stderr: 'lull: e.wasm is not a WebAssembly module\n', status: 1,
      });
    });
  }

  test(`lull ${command} says of a broken module which file it is, and what the engine says`, async (t) => {
    const cwd = folderWith(t, { 'e.wasm': '\0asm\x01\0\0\0\x01' });
    const { stdout, stderr, status } = await lull([command, 'e.wasm'], { cwd });
    assert.deepEqual([stdout, status], ['', 1]);
    assert.match(stderr, /^lull: e\.wasm is not a WebAssembly module: WebAssembly\.compile\(\): /);
  });

  test(`lull ${command} says of which file it is that lull did not build it`, async (t) => {
    assert.deepEqual(await lull([command, 'e.wasm'], { cwd: folderWith(t, { 'e.wasm': '\0asm\x01\0\0\0' }) }), {
      stdout: '', stderr: 'lull: e.wasm was not built by lull\n', status: 1,
    });
  });
}

for (const args of [['run', 'dir.c'], ['run', 'dir.wasm'], ['types', 'dir.wasm'], ['build', 'dir.c', '-o', 'z.wasm']]) {
  test(`lull ${args.join(' ')} names the directory that it cannot read`, async (t) => {
    const cwd = folderWith(t, { [`${args[1]}/file`]: '' });
    assert.deepEqual(await lull(args, { cwd }), {
      stdout: '', stderr: `lull: ${args[1]}: illegal operation on a directory\n`, status: 1,
    });
    assert.deepEqual(readdirSync(cwd), [args[1]]);
  });
}

test('a program that is missing is named', async (t) => {
  assert.deepEqual(await lull(['run', 'none.c'], { cwd: folderWith(t) }), {
    stdout: '', stderr: 'lull: none.c: no such file or directory\n', status: 1,
  });
});

for (const cc of compilers) {
  test(`${cc}: main() has room for what programs put on the stack`, async (t) => {
    const folder = folderWith(t, {
      'room.c': `#include <string.h>
int main(int argc, char **argv)
{
    char room[500000];
    memset(room, argc, sizeof room);
    return room[argc * 1000] == argc ? 3 : 4;
}
`,
    });
    const { stderr, status } = await lull(['run', '--cc', cc, 'room.c'], { cwd: folder });
    assert.deepEqual([stderr, status], ['', 3]);
  });

  test(`${cc}: a program that can never go on says who waits for what, and exits with 13`, async (t) => {
    const folder = folderWith(t, {
      'stuck.c': `#include <lull.h>
int main(void)
{
    lull_future never = lull_future_new();
    return lull_await(never, NULL);
}
`,
    });
    const { stderr, status } = await lull(['run', '--cc', cc, 'stuck.c'], { cwd: folder });
    assert.equal(stderr, `lull: deadlock: 1 task waits, and nothing can run again unless JavaScript calls the program
  task 1 'main' waits for a future
`);
    assert.equal(status, 13);
  });

  test(`${cc}: a program whose tasks hold what the others wait for says who holds what`, async (t) => {
    const folder = folderWith(t, {
      'crosswise.c': `#include <lull.h>
static lull_mutex a, b;
static lull_value other(void *unused)
{
    lull_check(lull_mutex_lock(&b));
    lull_check(lull_mutex_lock(&a));
    return 0;
}
int main(void)
{
    lull_check(lull_mutex_lock(&a));
    lull_spawn(other, NULL, .name = "other");
    lull_check(lull_pause(0));
    lull_check(lull_mutex_lock(&b));
    return 0;
}
`,
    });
    const { stdout, stderr, status } = await lull(['run', '--cc', cc, 'crosswise.c'], { cwd: folder });
    assert.equal(stdout, '');
    assert.equal(stderr, `lull: deadlock: 2 tasks wait, and nothing can run again unless JavaScript calls the program
  task 1 'main' waits for a mutex, held by task 2 'other'
  task 2 'other' waits for a mutex, held by task 1 'main'
  in a circle: 1 'main' -> 2 'other' -> 1 'main'
`);
    assert.equal(status, 13);
  });

  test(`${cc}: a type that cannot cross is named, and nothing is written`, async (t) => {
    const folder = folderWith(t, {
      'typed.c': '#include <lull.h>\ntypedef int number;\nLULL_TASK(number, one)\n{\n    return 1;\n}\n',
    });
    const { stderr, status } = await lull(['build', '--cc', cc, 'typed.c', '-o', 'typed.wasm'], { cwd: folder });
    assert.match(stderr, /^lull: 'number one\(\)' has the type 'number', which lull cannot carry/);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(folder), ['typed.c']);
  });
}

for (const cc of compilers) {
  test(`${cc}: exit() in any task ends the program, and no other task runs on`, async (t) => {
    const folder = folderWith(t, {
      'quit.c': `#include <lull.h>
#include <stdio.h>
#include <stdlib.h>
static lull_value quits(void *unused)
{
    printf("quits");
    exit(9);
    return lull_from_pointer(unused);
}
int main(void)
{
    if (lull_spawn(quits, NULL) < 0) return 1;
    lull_pause(60);
    puts("main runs on");
    return 0;
}
`,
    });
    const { stdout, status } = await lull(['run', '--cc', cc, 'quit.c'], { cwd: folder });
    assert.deepEqual([stdout, status], ['quits', 9]);
  });

  test(`${cc}: a failure that nobody waits for names its task, the others go on, and the status is 1`, async (t) => {
    const folder = folderWith(t, {
      'fails.c': `#include <lull.h>
#include <stdio.h>
static lull_value fails(void *unused)
{
    lull_fail(LULL_EFAILED, "no luck");
    return lull_from_pointer(unused);
}
static lull_value lacks(void *unused)
{
    lull_fail(LULL_ENOMEM, NULL);
    return lull_from_pointer(unused);
}
static lull_value traps(void *unused)
{
    __builtin_trap();
    return lull_from_pointer(unused);
}
int main(void)
{
    if (lull_spawn(fails, NULL) < 0 || lull_spawn(fails, NULL, .name = "the other") < 0) return 2;
    if (lull_spawn(traps, NULL) < 0 || lull_spawn(lacks, NULL) < 0) return 2;
    lull_pause(0);
    puts("main goes on");
    return 0;
}
`,
    });
    const { stdout, stderr, status } = await lull(['run', '--cc', cc, 'fails.c'], { cwd: folder });
    assert.deepEqual([stdout, stderr.split('\n'), status], ['main goes on\n', [
      "lull: task 2 'task': no luck", "lull: task 3 'the other': no luck", "lull: task 4 'task' trapped: unreachable",
      "lull: task 5 'task': out of memory", '',
    ], 1]);
  });

  test(`${cc}: run says of a program with host functions of its own that JavaScript has to load it`, async (t) => {
    const source = `#include <lull.h>
#include <lull_files.h>
LULL_HOST(int, ask, (int, number))
LULL_HOST(void, lull_file_burn, (int, file))
int main(void) { int file; return lull_file_open("a.c", "r", &file) + ask(1, &file) + lull_file_burn(file); }
`;
    const cwd = folderWith(t, { 'a.c': source });
    const { stdout, stderr, status } = await lull(['run', '--cc', cc, 'a.c'], { cwd });
    assert.deepEqual([stdout, status], ['', 1]);
    assert.equal(stderr, "lull: a.c needs host functions of its own, ask and lull_file_burn, and lull run provides "
      + "lull's own host library only: build it with lull build, and load it from JavaScript\n");
    await lull(['build', '--cc', cc, 'a.c', '-o', 'a.wasm'], { cwd });
    assert.ok((await lull(['run', 'a.wasm'], { cwd })).stderr.startsWith('lull: a.wasm needs host functions'));
  });
}
