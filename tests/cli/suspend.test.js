/** The functions of a program that may suspend, where its sources and its objects leave a doubt. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { compilers, folderWith, lull } from './support.js';

/** A source that waits in one function, and calls another through a pointer of its type. */
const OPS = 'struct ops { int (*go)(struct ops *, int); };\n';
const CALLS = '__attribute__((noinline)) static int run_it(struct ops *o, int n) { return o->go(o, n) + 1; }\n';
const WAITS = 'static int go(struct ops *o, int n) { (void)o; lull_check(lull_pause(0.001)); return 2 * n; }\n';
const RETURNS = 'static int go(struct ops *o, int n) { (void)o; return n; }\n';
const OTHER = 'int other_run(struct ops *o, int n) { return run_it(o, n); }\n';
const TASK = 'LULL_TASK(int, run, (int, n)) { return run_it(n < 0 ? &mine : other(), n); }\n';

/**
 * The result of the program's task `run` with 3.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 * @param {string} cc
 * @param {string[]} [args]
 */
async function resultOf(t, files, cc, args = Object.keys(files)) {
  const cwd = folderWith(t, files);
  const { status, stderr } = await lull(['build', ...args, '-o', 'a.wasm', '--cc', cc], { cwd });
  assert.equal(status, 0, stderr);
  const app = await load(join(cwd, 'a.wasm'));
  t.after(() => app.close());
  return app.call.run(3);
}

for (const cc of compilers) {
  test(`${cc}: functions of one name in two sources are told apart`, async (t) => {
    assert.equal(await resultOf(t, {
      'a.c': `#include <lull.h>\n${OPS}${CALLS}${RETURNS}static struct ops mine = {go};\n`
        + `struct ops *other(void);\n${TASK}`,
      'b.c': `#include <lull.h>\n${OPS}${WAITS}static struct ops theirs = {go};\n`
        + `struct ops *other(void) { return &theirs; }\n${CALLS}${OTHER}`,
    }, cc), 7);
  });

  test(`${cc}: LULL_NEVER_SUSPENDS is about one of two functions of a name`, async (t) => {
    const says = CALLS.replace('__attribute__((noinline))', 'LULL_NEVER_SUSPENDS');
    assert.equal(await resultOf(t, {
      'a.c': `#include <lull.h>\n${OPS}${CALLS}${WAITS}static struct ops mine = {go};\n`
        + 'struct ops *other(void) { return &mine; }\nint other_run(struct ops *o, int n);\n'
        + `${TASK.replace('return ', 'if (n == 9) return other_run(&mine, n); return ')}`,
      'b.c': `#include <lull.h>\n${OPS}${says}${OTHER}`,
    }, cc), 7);
  });

  test(`${cc}: a function of an object without facts is none of stdio, whatever its name is`, async (t) => {
    const main = `#include <lull.h>\n${OPS}${WAITS}static struct ops mine = {go};\n`
      + 'int close_file(struct ops *o, int n);\nLULL_TASK(int, run, (int, n)) { return close_file(&mine, n); }\n';
    const cwd = folderWith(t, { 'file.c': `${OPS}int close_file(struct ops *o, int n) { return o->go(o, n) + 1; }\n` });
    const made = await lull(['cc', '-c', 'file.c', '-o', 'file.o', '--instrument=all'], { cwd, env: { LULL_CC: cc } });
    assert.equal(made.status, 0, made.stderr);
    assert.equal(await resultOf(t, { 'a.c': main }, cc, ['a.c', join(cwd, 'file.o')]), 7);
  });

  test(`${cc}: a task waits in a function that is called through a pointer which does not return`, async (t) => {
    const result = resultOf(t, { 'a.c': `#include <lull.h>
static _Noreturn void leaves(int *n) { lull_check(lull_pause(0.001)); lull_fail(7, "%d of C", *n); }
typedef void (*last)(int *) __attribute__((noreturn));
static volatile last leave = (last)leaves;
__attribute__((noinline)) static int ends(int *n) { leave(n); }
LULL_TASK(int, run, (int, n)) { return ends(&n); }
` }, cc);
    await assert.rejects(result, { message: '3 of C' });
  });

  test(`${cc}: a function is called through the type to which it is converted without a cast`, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
typedef int (*any)(void *);
static int waits(int *n) { lull_check(lull_pause(0.001)); return *n; }
static volatile any initialized = waits;
static any returned(void) { return waits; }
__attribute__((noinline)) static int called(any by, void *n) { volatile int one = 1; return by(n) + one; }
LULL_TASK(int, run, (int, n)) { return called(initialized, &n) + called(returned(), &n) + called(waits, &n); }
` }, cc, ['a.c', '-Wno-incompatible-function-pointer-types']), 12);
  });

  test(`${cc}: a function is called through pointers with qualifiers to which it is converted`, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
static int waits(int *n) { lull_check(lull_pause(0.001)); return *n; }
static int (*const table[])(void *) = {waits};
static const struct { int (*const volatile go)(char *); } ops = {waits};
static volatile int at;
LULL_TASK(int, run, (int, n)) { return table[at](&n) + ops.go((char *)&n); }
` }, cc, ['a.c', '-Wno-incompatible-function-pointer-types']), 6);
  });

  test(`${cc}: a function is called through the type to which it comes by a void pointer`, async (t) => {
    const files = { 'a.c': `#include <lull.h>
typedef int (*any)(char *);
static int waits(int *n) { lull_check(lull_pause(0.001)); return *n; }
static const void *volatile initialized = waits;
static void *returned(void) { return waits; }
__attribute__((noinline)) static int called(const void *by, void *n) {
  volatile int one = 1;
  any go = by;
  return go(n) + one;
}
LULL_TASK(int, run, (int, n)) { void *assigned; assigned = waits;
  return called(initialized, &n) + called(returned(), &n) + called(assigned, &n) + called(waits, &n); }
` };
    assert.equal(await resultOf(t, files, cc), 16);
    const args = ['build', 'a.c', '-o', 'a.wasm', '--cc', cc, '--report'];
    const { stdout } = await lull(args, { cwd: folderWith(t, files) });
    assert.match(stdout, /a\.c:4:\d+: int \(\*\)\(int \*\) to void \*\n/);
    assert.match(stdout, /a\.c:8:\d+: void \* to int \(\*\)\(char \*\)\n/);
  });

  test(`${cc}: a function of an enum is called through the type of its integer`, {
    skip: cc === 'emcc' && 'its Clang may be of before version 16, which does not tell of such conversions',
  }, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
enum color { RED, GREEN };
static int waits(enum color is) { lull_check(lull_pause(0.001)); return (int)is; }
static int (*volatile by)(unsigned) = waits;
LULL_TASK(int, run, (int, n)) { return by((unsigned)n); }
` }, cc), 3);
  });

  test(`${cc}: a function is called through a type to which it comes by another`, {
    skip: cc === 'emcc' && 'its Clang may be of before version 16, which does not tell of such casts',
  }, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
typedef void (*anything)(void);
typedef int (*any)(void *);
static int waits(int *n) { lull_check(lull_pause(0.001)); return *n; }
static volatile anything kept = (anything)waits;
__attribute__((noinline)) static int called(void *n) { volatile int one = 1; return ((any)kept)(n) + one; }
LULL_TASK(int, run, (int, n)) { return called(&n); }
` }, cc, ['a.c', '-w']), 4);
  });

  for (const says of ['TYPE', 'METHOD']) {
    test(`${cc}: in C++, LULL_MAY_SUSPEND is about a ${says.toLowerCase()}`, async (t) => {
      const source = `#include <lull.h>
struct place { int n; };
typedef int (*any)(void *);
static int waits(place *at) { lull_check(lull_pause(0.001)); return at->n; }
static int reads(void *at) { return static_cast<place *>(at)->n; }
static volatile any by = reads;
#ifdef TYPE
LULL_MAY_SUSPEND_TYPE(any);
#define METHOD
#else
#define METHOD LULL_MAY_SUSPEND
#endif
struct caller {
  METHOD __attribute__((noinline)) int call(place *at) { volatile int one = 1; return by(at) + one; }
};
LULL_TASK(int, run, (int, n)) {
  place at{n};
  int (*given)(place *) = waits;
  __builtin_memcpy((void *)&by, &given, sizeof given);
  return caller().call(&at);
}
`;
      assert.equal(await resultOf(t, { 'a.cc': source }, cc, ['a.cc', `-D${says}`]), 4);
      const none = resultOf(t, { 'a.cc': source.replace('LULL_MAY_SUSPEND_TYPE(any);', '') }, cc,
        ['a.cc', '-g', '-DTYPE']);
      await assert.rejects(none, { message: /called by caller::call\(place\*\), through/ });
    });
  }

  test(`${cc}: --report names the functions of C++ as their sources do`, async (t) => {
    const cwd = folderWith(t, { 'a.cc': `#include <lull.h>
namespace far { __attribute__((noinline)) int away(int n) { volatile int k = n; lull_check(lull_pause(0)); return k; } }
LULL_TASK(int, run, (int, n)) { return far::away(n) + 1; }
` });
    const { status, stdout, stderr } = await lull(['build', 'a.cc', '-o', 'a.wasm', '--cc', cc, '--report'], { cwd });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /\d+  far::away\(int\): lull/);
  });

  test(`${cc}: calls through pointers suspend where their function is inlined, and nowhere else`, async (t) => {
    const source = `#include <lull.h>
struct ops { int (*go)(struct ops *, int); int (*count)(const struct ops *, int); };
static int waits(struct ops *o, int n) { (void)o; lull_check(lull_pause(0.001)); return 2 * n; }
static int counts(const struct ops *o, int n) { return o->go ? n : 0; }
struct ops one = {waits, counts}, *volatile ops = &one;
static inline int goes(struct ops *o, int n) { return o->go(o, n) + 1; }
__attribute__((always_inline)) static inline int goes_always(struct ops *o, int n) { return o->go(o, n) + 1; }
static int applied(int (*to)(struct ops *, int), struct ops *o, int n) { return to(o, n) + 1; }
__attribute__((noinline)) static int far(struct ops *o, int n) { return o->go(o, n) + n; }
__attribute__((noinline)) static int by_inlined(struct ops *o, int n) { return goes(o, n) + goes_always(o, n); }
__attribute__((noinline)) static int by_constant(struct ops *o, int n) { return applied(goes, o, n); }
int only_counts(struct ops *o, int n);
__attribute__((noinline)) int only_counts(struct ops *o, int n)
{
    volatile int kept = o->count(o, n) + 1;
    return n < 0 ? far(o, n) : kept + o->count(o, kept);
}
__attribute__((noinline)) static int counts_alone(struct ops *o, int n) { return o->count(o, n) + 1; }
LULL_TASK(int, run, (int, n)) { return by_inlined(ops, n) + by_constant(ops, n) + counts_alone(ops, n); }
LULL_TASK(int, other, (int, n)) { return only_counts(ops, n); }
`;
    assert.equal(await resultOf(t, { 'a.c': source }, cc, ['a.c', '-O2']), 26);
    const cwd = folderWith(t, { 'a.c': source });
    const { stdout } = await lull(['build', 'a.c', '-O2', '-o', 'a.wasm', '--cc', cc, '--report=json'], { cwd });
    const names = JSON.parse(stdout).instrumented.map((/** @type {any} */ { name }) => name);
    assert.ok(names.includes('by_inlined') && names.includes('far') && !names.includes('counts_alone'), names.join());
  });

  test(`${cc}: a function waits in a call that is inlined into it, under each of its names`, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
${OPS}${WAITS}static struct ops one = {go}, *volatile mine = &one;
static inline int run_it(struct ops *o, int n) { return o->go(o, n) + 1; }
int named(struct ops *o, int n);
LULL_TASK(int, run, (int, n)) { return named(mine, n); }
__attribute__((noinline)) int own(struct ops *o, int n) { return run_it(o, n); }
int named(struct ops *o, int n) __attribute__((alias("own")));
` }, cc, ['a.c', '-O2']), 7);
  });

  test(`${cc}: a function with letters beyond ASCII in its name is known by its type`, {
    skip: cc === 'emcc' && 'its Binaryen may be of a version that writes other names for such ones',
  }, async (t) => {
    assert.equal(await resultOf(t, { 'a.c': `#include <lull.h>
${OPS}static int größe(struct ops *o, int n) { (void)o; lull_pause(0.001); return 2 * n; }
static struct ops one = {größe}, *volatile mine = &one;
${CALLS}LULL_TASK(int, run, (int, n)) { return run_it(mine, n); }
` }, cc), 7);
  });

  test(`${cc}: a function of an object of -flto is called through pointers like any other`, async (t) => {
    const cwd = folderWith(t, { 'b.c': `#include <lull.h>
${OPS}static int go(struct ops *o, int n) { (void)o; lull_pause(0.001); return 2 * n; }
static struct ops theirs = {go};
struct ops *other(void);
struct ops *other(void) { return &theirs; }
` });
    const made = await lull(['cc', '-O2', '-flto', '-c', 'b.c', '-o', 'b.o'], { cwd, env: { LULL_CC: cc } });
    assert.equal(made.status, 0, made.stderr);
    const source = `#include <lull.h>\n${OPS}struct ops *other(void);\n${CALLS}`
      + 'LULL_TASK(int, run, (int, n)) { return run_it(other(), n); }\n';
    assert.equal(await resultOf(t, { 'a.c': source }, cc, ['a.c', join(cwd, 'b.o')]), 7);
  });

  test(`${cc}: tail calls stay where nothing suspends, and are calls elsewhere`, async (t) => {
    const cwd = folderWith(t, { 'a.c': `#include <lull.h>
#define TAIL __attribute__((musttail)) return
typedef int (*waiting)(int, int);
static int waits(int n, int sum) { lull_pause(0.0001); return sum + n; }
static waiting volatile by = waits;
static int through(int n, int sum) { lull_pause(0); waiting f = by; TAIL f(n, sum); }
__attribute__((noinline)) static int odd(int n, int sum);
__attribute__((noinline)) static int even(int n, int sum) { if (!n) TAIL through(7, sum); TAIL odd(n - 1, sum + 1); }
static int odd(int n, int sum) { lull_pause(0); TAIL even(n - 1, sum + 10); }
LULL_TASK(int, suspends, (int, n)) { return even(n, 0); }
LULL_NEVER_SUSPENDS static int never(int n, int sum) { TAIL even(n, sum); }
LULL_TASK(int, in_spite, (int, n)) { return never(n, 0); }

typedef long long (*step)(const char *, int, long long);
static long long add(const char *, int, long long);
static long long sub(const char *at, int n, long long sum);
static long long (*const steps[])(const char *, int, long long) = {add, sub};
#define NEXT TAIL steps[(int)at[n & 3]](at, n - 1, sum)
static long long add(const char *at, int n, long long sum) { sum += 3; if (!n) return sum; NEXT; }
static long long sub(const char *at, int n, long long sum) { sum -= 1; if (!n) return sum; NEXT; }
LULL_TASK(int, runs, (int, n)) { return (int)add((const char[]){0, 1, 0, 1}, n, 0); }
__attribute__((noinline)) static void down(int *n, int *sum);
__attribute__((noinline)) static void up(int *n, int *sum) { if (--*n > 0) TAIL down(n, sum); }
static void down(int *n, int *sum) { ++*sum; TAIL up(n, sum); }
LULL_TASK(int, direct, (int, n)) { int sum = 0; up(&n, &sum); return sum; }
` });
    const { status, stderr } = await lull(
      ['build', 'a.c', '-o', 'a.wasm', '--cc', cc, '-mtail-call'], { cwd });
    assert.equal(status, 0, stderr);
    const app = await load(join(cwd, 'a.wasm'));
    t.after(() => app.close());
    assert.equal(await app.call.suspends(20), 117);
    await assert.rejects(app.call.in_spite(2), { message: /LULL_NEVER_SUSPENDS/ });
    assert.equal(await app.call.runs(1000000), 1000003);
    assert.equal(await app.call.direct(1000000), 999999);
  });

  test(`${cc}: main() suspends by its own type, like any other function`, async (t) => {
    const cwd = folderWith(t, { 'a.c': `#include <lull.h>
static int counts(void *p) { return p != 0; }
static int (*volatile count)(void *) = counts;
__attribute__((noinline)) static int counted(void *p) { volatile int one = 1; return count(p) + one; }
int main(void) { lull_check(lull_pause(0)); return counted(0) - 1; }
` });
    const { status, stdout, stderr } = await lull(
      ['build', 'a.c', '-O2', '-o', 'a.wasm', '--cc', cc, '--report=json'], { cwd });
    assert.equal(status, 0, stderr);
    const names = JSON.parse(stdout).instrumented.map((/** @type {any} */ { name }) => name);
    assert.ok(!names.includes('counted'), names.join());
  });
}
