/** A mistake in the options of `npm run bench` gets a sentence, before anything is measured. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { choose, NAMES, readOptions, USAGE } from '../../bench/options.js';

const script = fileURLToPath(new URL('../../bench/run.js', import.meta.url));
const readme = fileURLToPath(new URL('../../README.md', import.meta.url));

for (const [args, sentence] of /** @type {[string[], string][]} */ ([
  [['--jsn', 'x'], "bench: Unknown option '--jsn'; --help lists the options"],
  [['--json'], "bench: Option '--json <value>' argument missing; --help lists the options"],
  [['pause'], "bench: Unexpected argument 'pause'; --help lists the options"],
  [['--json', '/nowhere/x'],
    '--json: /nowhere/x cannot be written; give a file in a folder that exists, or - for stdout'],
  [['--json', '/'], '--json: / is a folder; give a file'],
  [['--compare', '/nowhere/x'], '--compare: /nowhere/x cannot be read; give a file that --json wrote'],
  [['--compare', readme], `--compare: ${readme} has no figures of cases; give a file that --json wrote`],
  [['--browser', 'lynx'], '--browser: chromium or firefox, not lynx'],
  [['--scale=12'], "--scale: a power of ten from 3 to 7, not '12'"],
  [['--scale', '--browser', 'firefox'], '--scale: --browser has no meaning beside it; leave one of the two out'],
  [['--peers', '--switches'], '--peers: --switches has no meaning beside it; leave one of the two out'],
])) {
  test(`bench ${args.join(' ')} is refused with a sentence`, () => {
    assert.throws(() => readOptions(args), { name: 'Failure', message: sentence, status: 2 });
  });
}

test('--help names every option', () => {
  for (const name of Object.keys(NAMES)) assert.match(USAGE, new RegExp(`--${name}(?!\\w)`));
});

test('--scale alone is up to a million tasks', () => {
  assert.equal(readOptions(['--scale']).scale, 6);
  assert.equal(readOptions(['--scale=7']).scale, 7);
  assert.equal(readOptions([]).scale, undefined);
});

test('--only chooses by the beginnings of names', () => {
  assert.deepEqual([...choose('call,b', ['call', 'call-1', 'a', 'b'])], ['call', 'call-1', 'b']);
  assert.deepEqual([...choose(undefined, ['a', 'b'])], ['a', 'b']);
  assert.throws(() => choose('c', ['a', 'b']), { message: "--only: no case begins with 'c'; there are a, b" });
});

test('the command prints the sentence without a stack, also of what the toolchain refuses', () => {
  for (const [args, sentence] of /** @type {[string[], string][]} */ ([
    [['--jsn'], "bench: Unknown option '--jsn'; --help lists the options\n"],
    [['--cc', 'nonsense'], "--cc is emcc, clang or native, not 'nonsense'\n"],
  ])) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    assert.deepEqual({ status, stdout, stderr }, { status: 2, stdout: '', stderr: sentence });
  }
});
