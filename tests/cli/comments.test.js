/** The comments of C that become those of the TypeScript declarations. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { system } from '../../node/toolchain/system.js';
import { commentsIn } from '../../toolchain/comments.js';
import { folderWith } from './support.js';

/**
 * The text about `f` in a file that ends with its declaration.
 *
 * @param {Parameters<typeof folderWith>[0]} t
 * @param {string} before
 * @param {string} [declaration]
 */
function commentOn(t, before, declaration = 'LULL_TASK(int, f, (int, n))') {
  const folder = folderWith(t, { 'a.c': `${before}${declaration} { return 0; }\n` });
  return commentsIn(system, [join(folder, 'a.c')], []).get('f');
}

/** @type {[string, string, string][]} */
const counted = [
  ['a block', '/* About f. */\n', 'About f.'],
  ["a block that begins its declaration's own line", '/* About f. */ ', 'About f.'],
  ['a block of several lines', 'int x;\n\n/*\n * About f.\n *\n * More.\n */\n', 'About f.\n\nMore.'],
  ['a block without stars', '/* About f.\n   More. */\n', 'About f.\nMore.'],
  ['a block that is indented, as in #if', '#if 1\n  /** About f. */\n  ', 'About f.'],
  ['lines', '// About f.\n// More.\n', 'About f.\nMore.'],
  ['lines with CR LF', '// About f.\r\n// More.\r\n', 'About f.\nMore.'],
  ['the lines below a gap', '// A heading.\n\n// About f.\n', 'About f.'],
  ['the lines below code with a comment', 'int x; // about x\n// About f.\n', 'About f.'],
  ['the last of two blocks', '/* A heading. */\n/* About f. */\n', 'About f.'],
  ['a block below text that looks like one', 'char *x = "/*";\n/* About f. */\n', 'About f.'],
  ['a block below a quote in a comment', "// don't\n\n/* About f. */\n", 'About f.'],
];
for (const [what, before, text] of counted) {
  test(`${what} directly before a declaration is about it`, (t) => assert.equal(commentOn(t, before), text));
}

/** @type {[string, string][]} */
const others = [
  ['a block that trails another declaration', 'LULL_HOST(int, one, (int, a)); /* trails */\n'],
  ['a block that trails a macro', '#define X 1 /* about X */\n'],
  ['a line that trails code', 'int x; // about x\n'],
  ['a block that trails code for several lines', 'int x; /* about x\n/* and more */\n'],
  ["a block that trails the code behind another's end", '/* of\n   x */ int x; /* about x */\n'],
  ['a block with a blank line below it', '/* A heading. */\n\n'],
  ['a block with a blank line of spaces below it', '/* A heading. */ \n \t\n'],
  ['a block with a blank line of CR LF below it', '/* A heading. */\r\n\r\n'],
  ['lines with a blank line below them', '// A heading.\n\n'],
  ['a comment in text', 'char *x = "\\\n/* no comment */"\n;'],
  ['a comment before other code', '/* about x */\nint x;\n'],
  ['an empty comment', '/**/\n'],
];
for (const [what, before] of others) {
  test(`${what} is not about the next declaration`, (t) => assert.ok(!commentOn(t, before)));
}

test('a comment reaches each kind of declaration, whose type may have parentheses', (t) => {
  for (const macro of ['TASK', 'TASK_SHARED', 'GENERATOR', 'GENERATOR_SHARED', 'HOST']) {
    for (const type of ['int', 'const char *', 'LULL_CHAN(int)']) {
      assert.equal(commentOn(t, '/* About f. */\n', `LULL_${macro}(${type}, f, (int, n))`), 'About f.');
    }
  }
});

test('what frames a block goes, also where it is indented or tagged, and what its text indents stays', (t) => {
  assert.equal(commentOn(t, '/** Adds.\n *  @param n one\n *  @returns it */\n'), 'Adds.\n@param n one\n@returns it');
  assert.equal(commentOn(t, '/**\n *  Adds.\n *    - one\n */\n'), 'Adds.\n  - one');
  assert.equal(commentOn(t, '/**\n * Adds.\n *  @param n one\n */\n'), 'Adds.\n@param n one');
  assert.equal(commentOn(t, '//  Adds.\n//    - one\n'), 'Adds.\n  - one');
});
