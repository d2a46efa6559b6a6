/** examples/pipeline.c writes what base64 prints, in the same memory for a file of any size. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLine, compilers, hasTool } from './support.js';

const MB = 1e6;
const BLOCK = 57 * 1024;

/** What base64 of GNU prints. */
const base64 = (/** @type {Buffer} */ bytes) => bytes.toString('base64').replace(/.{1,76}/g, '$&\n');

/**
 * Has the process say at its end how much memory was ever live: what was left after a collection, every so often. The
 * resident set has garbage, too, and how much of that depends on the machine.
 */
const saysMemory = [
  '--expose-gc',
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    let most = 0;
    const look = () => {
      gc();
      gc(); // the first one frees buffers on other threads: this one waits for them
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external);
    };
    setInterval(look, 50).unref();
    process.on('exit', () => { look(); console.error('live', most); });`)}`,
];

for (const [compiler, condition] of compilers) {
  describe(`pipeline, built with ${compiler}`, condition, () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'lull-pipeline-'));
    });
    after(() => rmSync(folder, { recursive: true }));

    const file = (/** @type {string} */ name) => join(folder, name);
    /** @param {string[]} args */
    const pipeline = (...args) => spawnSync(
      process.execPath,
      [...saysMemory, ...commandLine('pipeline', compiler, args)],
      { cwd: folder, encoding: 'utf8' },
    );

    /** Encode so many million bytes, and say in which memory that was done. */
    function memoryFor(/** @type {number} */ megabytes) {
      assert.equal(pipeline('--make', String(megabytes), 'in').status, 0);
      assert.equal(statSync(file('in')).size, megabytes * MB);
      const { stderr, status } = pipeline('in', 'out');
      assert.equal(status, 0, stderr);
      const summary = new RegExp(
        '^pipeline: (\\d+) bytes in, (\\d+) bytes out, [\\d.]+ s, \\d+ MB/s, ' +
        '(\\d+) blocks in 4 buffers, (\\d+) bytes of memory\nlive (\\d+)\n$',
      );
      const counts = summary.exec(stderr) ?? assert.fail(stderr);
      const [bytesIn, bytesOut, blocks, wasm, live] = counts.slice(1).map(Number);
      assert.equal(bytesIn, megabytes * MB);
      assert.equal(bytesOut, statSync(file('out')).size);
      assert.equal(blocks, Math.ceil(bytesIn / BLOCK));
      return { wasm, live };
    }

    test('200 MB need the memory of 20 MB, and come out as base64 prints them', (t) => {
      const [small, large] = [memoryFor(20), memoryFor(200)];
      t.diagnostic(`20 MB: ${JSON.stringify(small)}, 200 MB: ${JSON.stringify(large)}`);
      assert.ok(Math.abs(large.wasm - small.wasm) <= 1 * MB, 'memory of wasm');
      assert.ok(large.live - small.live <= 16 * MB, 'memory of the process');
      if (!hasTool('base64')) return t.diagnostic('there is no GNU base64: not compared');
      const compared = spawnSync('sh', ['-c', 'base64 in | cmp - out'], { cwd: folder, encoding: 'utf8' });
      assert.equal(compared.stdout + compared.stderr, '');
      assert.equal(compared.status, 0);
    });

    for (const size of [0, 1, 2, 3, 57, 58, BLOCK, 6 * BLOCK + 1]) {
      test(`${size} bytes`, () => {
        const bytes = Buffer.from(Array.from({ length: size }, (_, i) => i * i + (i >> 8)));
        writeFileSync(file('few'), bytes);
        assert.equal(pipeline('few', 'out').status, 0);
        assert.equal(readFileSync(file('out'), 'latin1'), base64(bytes));
      });
    }

    test('blocks that end anywhere, as those of a pipe do', () => {
      const bytes = Buffer.from(Array.from({ length: 3 * BLOCK }, (_, i) => i % 251));
      writeFileSync(file('piped'), bytes);
      const words = commandLine('pipeline', compiler, ['/dev/stdin', 'out']).map((word) => `'${word}'`);
      const command = `dd if=piped bs=1000 status=none | '${process.execPath}' ${words.join(' ')}`;
      const { stderr, status } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.equal(readFileSync(file('out'), 'latin1'), base64(bytes));
    });

    describe('an error is a row and status 1:', () => {
      const rows = {
        'a missing input': [['missing', 'out'], "missing: ENOENT: no such file or directory, open 'missing'"],
        'a folder as input': [['.', 'out'], '.: EISDIR: illegal operation on a directory, read'],
        'an output in no folder': [['few', 'no/out'], "no/out: ENOENT: no such file or directory, open 'no/out'"],
        'an output that is the input': [['few', 'few'], 'few: the output is the input'],
        'a file that cannot be made': [
          ['--make', '1', 'no/in'],
          "no/in: ENOENT: no such file or directory, open 'no/in'",
        ],
      };
      before(() => writeFileSync(file('few'), 'a few bytes'));

      for (const [what, [args, row]] of Object.entries(rows)) {
        test(what, () => {
          const { stdout, stderr, status } = pipeline(...args);
          assert.equal(stderr.replace(/live \d+\n$/, ''), `pipeline: ${row}\n`);
          assert.equal(stdout, '');
          assert.equal(status, 1);
          assert.equal(readFileSync(file('few'), 'utf8'), 'a few bytes');
        });
      }

      test('an output that is full', { skip: process.platform === 'linux' ? false : 'there is no /dev/full' }, () => {
        const { stderr, status } = pipeline('few', '/dev/full');
        assert.match(stderr, /^pipeline: \/dev\/full: ENOSPC: no space left on device, write\n/);
        assert.equal(status, 1);
      });
    });

    test('--help prints the usage', () => {
      const { stdout, status } = pipeline('--help');
      assert.match(stdout, /^usage: pipeline IN OUT\n/);
      assert.equal(status, 0);
    });

    test('a wrong command line is answered with the usage, and status 2', () => {
      for (const args of [
        [],
        ['in'],
        ['--nonsense', 'out'],
        ['a', 'b', 'c'],
        ['--make', 'much', 'in'],
        ['--make', '0', 'in'],
      ]) {
        const { stderr, status } = pipeline(...args);
        assert.match(stderr, /^usage: pipeline /);
        assert.equal(status, 2);
      }
    });
  });
}
