/** Files of a program that is given no folder: in memory, as POSIX has them, and seen by JavaScript. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleStdout, File, OpenFile, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { compilers, withApp } from './support.js';

const SCENES = [
  'stdio', 'reads_and_writes', 'ways_to_open', 'numbers', 'folders', 'renames', 'unlinked_files', 'states', 'listings',
  'symbolic_links', 'temporary_files', 'maps', 'only_what_was_given',
];

const text = (bytes) => new TextDecoder().decode(bytes);

for (const cc of compilers) {
  for (const level of ['0', '2']) {
    for (const name of SCENES) {
      test(`${cc} -O${level}: files in memory: ${name.replaceAll('_', ' ')}`, () =>
        withApp({ fixture: 'files', cc, level }, async (app, clock) => {
          assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
          assert.deepEqual(app.files.list(), [], 'files after the task');
        }));
    }
  }
}

const withFiles = (files, body) => () => withApp({ fixture: 'files', wasi: { files } }, body);

test('C reads the files that JavaScript gives, and JavaScript those that C writes', withFiles(
  { '/data/in.txt': 'Grüße', '/data/in.bin': new Uint8Array([0, 255, 7]) },
  async ({ call, files }, clock) => {
    assert.equal(await clock.until(call.copies('data/in.txt', '/out.txt')), 0);
    assert.equal(await clock.until(call.copies('/data/in.bin', '/tmp/out.bin')), 0);
    assert.equal(text(files.read('/out.txt')), 'Grüße');
    assert.deepEqual(files.read('/tmp/out.bin'), new Uint8Array([0, 255, 7]));
    assert.deepEqual(files.list(), ['/data/in.bin', '/data/in.txt', '/out.txt', '/tmp/out.bin']);
    assert.deepEqual(files.list('/tmp'), ['/tmp/out.bin']);
    files.write('/new/folder/in.txt', 'more');
    assert.equal(await clock.until(call.copies('/new/folder/in.txt', '/out.txt')), 0);
    assert.equal(text(files.read('/out.txt')), 'more');
    files.remove('/new');
    files.remove('/out.txt');
    assert.deepEqual(files.list(), ['/data/in.bin', '/data/in.txt', '/tmp/out.bin']);
  },
));

test('what JavaScript reads is a copy, and so is what it writes', withFiles({}, async ({ files }) => {
  const given = new Uint8Array([1, 2, 3]);
  files.write('/a', given);
  given[0] = 9;
  files.read('/a')[1] = 9;
  assert.deepEqual(files.read('/a'), new Uint8Array([1, 2, 3]));
}));

test('a file that grows by small writes keeps its contents', withFiles({}, async ({ call, files }, clock) => {
  assert.equal(await clock.until(call.writes_much('/a', 3000)), 0);
  const bytes = files.read('/a');
  assert.equal(bytes.length, 3000 * 1024);
  assert.ok(bytes.every((byte, index) => byte === (index >>> 10) % 256));
}));

test('each app has files of its own, and those of another where it is given them', withFiles({}, async (app, clock) => {
  app.files.write('/shared.txt', 'shared');
  await withApp({ fixture: 'files', wasi: { files: app.files } }, async (other, its) => {
    assert.equal(await its.until(other.call.copies('/shared.txt', '/copy.txt')), 0);
  });
  assert.equal(text(app.files.read('/copy.txt')), 'shared');
  await withApp({ fixture: 'files' }, async (other) => assert.deepEqual(other.files.list(), []));
}));

test('files that are not there, and folders in their place, are errors with the codes of Node', withFiles(
  { '/folder/file': '' },
  async ({ files }) => {
    for (const [act, code, message] of [
      [() => files.read('/missing'), 'ENOENT', 'ENOENT: cannot read /missing: nothing is there'],
      [() => files.read('/folder'), 'EISDIR', 'EISDIR: cannot read /folder: it is a folder'],
      [() => files.read('/folder/file/x'), 'ENOTDIR', 'ENOTDIR: cannot read /folder/file/x: a file is no folder'],
      [() => files.write('/folder', ''), 'EISDIR', 'EISDIR: cannot write /folder: it is a folder'],
      [() => files.write('/folder/file/x', ''), 'ENOTDIR', 'ENOTDIR: cannot write /folder/file/x: a file is no folder'],
      [() => files.remove('/missing'), 'ENOENT', 'ENOENT: cannot remove /missing: nothing is there'],
      [() => files.remove('/'), 'EBUSY', 'EBUSY: cannot remove /: this folder stays'],
      [() => files.list('/missing'), 'ENOENT', 'ENOENT: cannot list /missing: nothing is there'],
    ]) assert.throws(act, { code, message });
    assert.deepEqual(files.list(), ['/folder/file']);
  },
));

test('wrong paths and contents are TypeErrors that name them', withFiles({}, async ({ files }) => {
  const path = "an absolute path without NUL, such as '/input.txt'";
  for (const [act, message] of [
    [() => files.read('a.txt'), `files: the path to read must be ${path}, not "a.txt"`],
    [() => files.read(7), `files: the path to read must be ${path}, not 7`],
    [() => files.write('/a\0', ''), `files: the path to write must be ${path}, not "/a\\u0000"`],
    [() => files.write('/a', 7), 'the contents of "/a" must be a string or a Uint8Array, not 7'],
    [() => files.write('/a'), 'the contents of "/a" must be a string or a Uint8Array, not undefined'],
  ]) assert.throws(act, { name: 'TypeError', message });
}));

test('load refuses files that are none', async () => {
  const paths = "an object with the contents of files by their paths, such as { '/input.txt': 'text' }";
  for (const [files, message] of [
    ['text', "load: option 'wasi': option 'files' must be an object of texts and bytes by path, not \"text\""],
    [new Map(), `load: option 'wasi': option 'files' must be ${paths}, not an object (Map)`],
    [[], `load: option 'wasi': option 'files' must be ${paths}, not an object (Array)`],
    [{ 'a.txt': '' }, "files: the path to write must be an absolute path without NUL, such as '/input.txt', not "
      + '"a.txt"'],
    [{ '/a.txt': null }, 'the contents of "/a.txt" must be a string or a Uint8Array, not null'],
  ]) {
    await assert.rejects(withApp({ fixture: 'files', wasi: { files } }, () => {}), { name: 'TypeError', message });
  }
});

/** Streams, and a folder. */
const folder = () => {
  const print = ConsoleStdout.lineBuffered(() => {});
  return [new OpenFile(new File([])), print, print, new PreopenDirectory('/data', [])];
};

test('a program that is given folders has these alone', async () => {
  await withApp({ fixture: 'files', wasi: { fds: folder() } }, async (app, clock) => {
    assert.equal(app.files, undefined);
    assert.notEqual(await clock.until(app.call.stdio()), 0);
  });
  await withApp({ fixture: 'files', wasi: { fds: folder().slice(0, 3) } }, async (app, clock) => {
    assert.equal(await clock.until(app.call.stdio()), 0);
  });
  await assert.rejects(withApp({ fixture: 'files', wasi: { fds: folder(), files: {} } }, () => {}), {
    name: 'TypeError',
    message: "load: option 'wasi': leave out 'files', or the folders in 'fds': a program has one or the other",
  });
});

test('a program that opens no files has none', () => withApp({ fixture: 'empty' }, async (app) => {
  assert.equal(app.files, undefined);
}));
