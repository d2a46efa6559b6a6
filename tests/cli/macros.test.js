/** Mistakes in the macros of lull_boundary.h: each is one line, which names the rule. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const noPair = "is not '(type, argument)'. Each argument has its own parentheses and a comma; where there are none, "
  + 'nothing follows the name';

/** @param {string} macro */
const formOf = (macro) => `${macro} takes a type, a name, and each argument as '(type, argument)': `
  + `${macro}(int, add, (int, a), (int, b))`;

/** A line of C, and its messages. @type {[string, ...string[]][]} */
const MISTAKES = [
  ['LULL_TASK(int, a, int n) { return n; }', `a: 'int n' ${noPair}`],
  ['LULL_TASK(int, b, (void)) { return 1; }', `b: '(void)' ${noPair}`],
  ['LULL_TASK(int, c, (int n), (int, m)) { return n + m; }', `c: '(int n)' ${noPair}`],
  ['LULL_TASK(int, d, int, n) { return n; }', `d: 'int' ${noPair}`, `d: 'n' ${noPair}`],
  ['LULL_TASK(int, e,) { return 1; }', `e: '' ${noPair}`],
  ['LULL_TASK_SHARED(int, f, int n) { return n; }', `f: 'int n' ${noPair}`],
  ['LULL_GENERATOR(int, g, int n) { lull_emit(n); }', `g: 'int n' ${noPair}`],
  ['LULL_GENERATOR_SHARED(int, h, (int)) { lull_emit(1); }', `h: '(int)' ${noPair}`],
  ['LULL_HOST(int, i, (int, n), double x)', `i: 'double x' ${noPair}`],
  [`LULL_TASK(int, j${', (int, n)'.repeat(9)}) { return n; }`, 'j has more than eight arguments: give it lull_bytes'],
  ['LULL_TASK(k, (int, n)) { return n; }',
    "'(int, n)' is no name, which follows the type of the result: (type, name, ...)"],
  ...['LULL_TASK(int, l, (struct point, p)) { return p.x; }',
    'LULL_TASK(struct point, m) { struct point p = {1, 2}; return p; }', 'LULL_HOST(struct point, o)',
    'LULL_GENERATOR(struct point, q) { struct point p = {1, 2}; lull_emit(p); }',
  ].map((line) => /** @type {[string, string]} */ ([line, "the type 'struct point' cannot cross to JavaScript. "
    + 'lull_boundary.h lists those that can; a struct crosses as its members, or as lull_bytes'])),
  ['LULL_TASK(LULL_CHAN(struct point), r, (LULL_CHAN(int), c)) { return c; }',
    "a channel that JavaScript has cannot have elements of type 'struct point'; of text, it is a LULL_CHAN(char *)"],
];

/** Lines of which C does not get as far as these rules. */
const FORMLESS = [
  'LULL_TASK(int) { return 1; }', 'LULL_TASK() { return 1; }', 'LULL_TASK(, a, (int, n)) { return n; }',
  'LULL_TASK((int), b, (int, n)) { return n; }', 'LULL_TASK(int, "c", (int, n)) { return n; }', 'LULL_HOST(int)',
  'LULL_GENERATOR(int) { lull_emit(1); }', 'LULL_GENERATOR_SHARED((int), d) { lull_emit(1); }',
];

for (const cc of compilers) {
  for (const language of ['c', 'cc']) {
    test(`${cc}: mistakes in the macros are one line each: ${language}`, async (t) => {
      const lines = ['#include <lull.h>', 'struct point { int x, y; };', ...MISTAKES.map(([line]) => line)];
      const name = `app.${language}`;
      const cwd = folderWith(t, { [name]: `${lines.join('\n')}\n` });
      const { stderr, status } = await lull(['cc', '-ferror-limit=0', '-c', name], { cwd, env: { LULL_CC: cc } });
      const errors = stderr.matchAll(/^app\.\w+:(\d+):\d+: error: lull: (.*)\n/gm);
      const said = [...errors].map(([, line, text]) => [+line, text]);
      assert.deepEqual(said, MISTAKES.flatMap(([, ...messages], i) => messages.map((message) => [i + 3, message])));
      assert.equal(stderr.match(/\n/g)?.length, said.length, stderr);
      assert.notEqual(status, 0);
    });

    test(`${cc}: a macro without a type or a name is one line, which has the form: ${language}`, async (t) => {
      const name = `app.${language}`;
      for (const line of FORMLESS) {
        const cwd = folderWith(t, { [name]: `#include <lull.h>\n${line}\n` });
        const { stderr } = await lull(['cc', '-c', name], { cwd, env: { LULL_CC: cc } });
        const place = /^app\.\w+:2:\d+: error: lull: /.exec(stderr)?.[0];
        assert.equal(stderr, `${place}${formOf(line.slice(0, line.indexOf('(')))}\n`);
      }
    });

    test(`${cc}: an error of C beside a macro stays as it is: ${language}`, async (t) => {
      const name = `app.${language}`;
      const cwd = folderWith(t, { [name]: '#include <lull.h>\nint x =\nLULL_TASK(int, f, (int, n)) { return n; }\n' });
      const { stderr } = await lull(['cc', '-c', name], { cwd, env: { LULL_CC: cc } });
      assert.match(stderr, /^app\.\w+:\d+:\d+: error: (?!lull)/);
    });
  }
}
