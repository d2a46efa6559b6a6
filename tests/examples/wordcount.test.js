/** The main job: examples/wordcount.c counts as wc does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLine, compilers, hasTool } from './support.js';

const hasWc = hasTool('wc');

const contents = {
  'empty.txt': '',
  'one.txt': 'a single line without an end',
  'blank.txt': '\n \t\n\v\f\r\n',
  'words.txt': 'one two\nthree  four\tfive\n',
  // Words with bytes beyond ASCII; versions of wc differ on words of nothing else.
  'latin.bin': Buffer.from('gr\xfc\xdfe a\0b\n\xe4x', 'latin1'),
  // Larger than a block, with words that cross from one block into the next.
  'large.txt': `${'word '.repeat(50_000)}\n`.repeat(4),
};

for (const [compiler, condition] of compilers) {
  describe(`wordcount, built with ${compiler}`, condition, () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'lull-wordcount-'));
      for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
    });
    after(() => rmSync(folder, { recursive: true }));

    /** @param {string[]} args */
    const wordcount = (...args) => spawnSync(
      process.execPath,
      commandLine('wordcount', compiler, args),
      { cwd: folder, encoding: 'utf8' },
    );
    /** @param {string[]} args */
    const wc = (...args) =>
      spawnSync('wc', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });

    test('prints what wc prints for many files', { skip: hasWc ? false : 'there is no GNU wc' }, () => {
      const names = Object.keys(contents);
      const { stdout, stderr, status } = wordcount(...names);
      assert.equal(stdout, wc(...names).stdout);
      assert.equal(stderr, '');
      assert.equal(status, 0);
    });

    test('prints what wc prints for one file', { skip: hasWc ? false : 'there is no GNU wc' }, () => {
      for (const name of Object.keys(contents)) assert.equal(wordcount(name).stdout, wc(name).stdout);
    });

    test('a missing file is an error row and status 1, and the others are counted', () => {
      const { stdout, stderr, status } = wordcount('words.txt', 'missing.txt', 'one.txt');
      assert.equal(stderr, "wordcount: missing.txt: ENOENT: no such file or directory, open 'missing.txt'\n");
      assert.match(stdout, /words\.txt\n.*one\.txt\n.*total\n$/);
      assert.match(stdout, /^ *2 +5 +25 words\.txt$/m);
      assert.equal(status, 1);
    });

    test('a folder is an error row', () => {
      const { stderr, status } = wordcount('.', 'words.txt');
      assert.match(stderr, /^wordcount: \.: EISDIR/);
      assert.equal(status, 1);
    });

    test('a file that is not read within the timeout is an error row', () => {
      const { stdout, stderr, status } = wordcount('--timeout', '0', 'words.txt', 'one.txt');
      assert.equal(stderr, 'wordcount: words.txt: not read within 0 s\nwordcount: one.txt: not read within 0 s\n');
      assert.match(stdout, /^0 0 0 total$/m);
      assert.equal(status, 1);
    });

    test('a wrong command line is answered with the usage, and status 2', () => {
      for (const args of [[], ['--timeout'], ['--timeout', 'soon', 'one.txt'], ['--nonsense', 'one.txt']]) {
        const { stderr, status } = wordcount(...args);
        assert.match(stderr, /^usage: wordcount /);
        assert.equal(status, 2);
      }
    });
  });
}
