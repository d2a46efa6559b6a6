import { wasi } from '@bjorn3/browser_wasi_shim';
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directory } from '../../node/wasi-files.js';
import { folderWith } from './support.js';

const FOLLOW = 1;
const READ = BigInt(wasi.RIGHTS_FD_READ);
const WRITE = BigInt(wasi.RIGHTS_FD_WRITE);

/**
 * @param {import('@bjorn3/browser_wasi_shim').Fd} root
 * @param {string} path
 * @param {{ lookup?: number, oflags?: number, rights?: bigint, fdflags?: number }} [how]
 */
function open(root, path, { lookup = FOLLOW, oflags = 0, rights = READ | WRITE, fdflags = 0 } = {}) {
  const { ret, fd_obj } = root.path_open(lookup, path, oflags, rights, 0n, fdflags);
  return { ret, fd: /** @type {import('@bjorn3/browser_wasi_shim').Fd} */ (fd_obj) };
}

const text = (/** @type {Uint8Array} */ data) => new TextDecoder().decode(data);
const bytes = (/** @type {string} */ string) => new TextEncoder().encode(string);

test('no path leads out of the directory', (t) => {
  const folder = folderWith(t, { 'secret': 'secret', 'root/sub/file': 'file' });
  const root = directory(join(folder, 'root'), '.');
  symlinkSync('..', join(folder, 'root/up'));
  symlinkSync('../secret', join(folder, 'root/link'));
  symlinkSync('../new', join(folder, 'root/dangling'));
  for (const path of [
    '..',
    '../secret',
    'sub/../../secret',
    'up/secret',
    'link',
    join(folder, 'secret'),
    'up/root/../secret',
  ]) {
    assert.equal(open(root, path).ret, wasi.ERRNO_NOTCAPABLE, path);
    assert.equal(root.path_filestat_get(FOLLOW, path).ret, wasi.ERRNO_NOTCAPABLE, path);
  }
  for (const path of ['../secret', 'up/secret']) {
    assert.equal(root.path_unlink_file(path), wasi.ERRNO_NOTCAPABLE);
    assert.equal(root.path_create_directory(path), wasi.ERRNO_NOTCAPABLE);
    assert.equal(root.path_unlink(path).ret, wasi.ERRNO_NOTCAPABLE);
  }
  assert.equal(open(root, 'dangling', { oflags: wasi.OFLAGS_CREAT }).ret, wasi.ERRNO_LOOP);
  assert.equal(open(root, 'link', { lookup: 0 }).ret, wasi.ERRNO_LOOP);
  assert.equal(open(open(root, 'sub', { rights: READ }).fd, '..', { rights: READ }).ret, wasi.ERRNO_NOTCAPABLE);
});

test('a link that stays inside is followed', (t) => {
  const folder = folderWith(t, { 'sub/file': 'file' });
  symlinkSync('sub/../sub', join(folder, 'link'));
  const root = directory(folder, '.');
  assert.equal(text(open(root, 'link/file', { rights: READ }).fd.fd_read(10).data), 'file');
  assert.equal(root.path_readlink('link').data, 'sub/../sub');
});

test('a file is read, written, sought, appended to and truncated', (t) => {
  const folder = folderWith(t, { file: 'hello' });
  const root = directory(folder, '.');
  const { fd } = open(root, 'file');
  assert.equal(text(fd.fd_read(2).data), 'he');
  assert.equal(fd.fd_tell().offset, 2n);
  fd.fd_write(bytes('LL'));
  assert.equal(text(fd.fd_pread(3, 1n).data), 'eLL');
  assert.equal(fd.fd_pwrite(bytes('J'), 0n).nwritten, 1);
  assert.equal(fd.fd_seek(-1n, wasi.WHENCE_END).offset, 4n);
  assert.equal(text(fd.fd_read(10).data), 'o');
  assert.equal(fd.fd_read(10).data.length, 0);
  assert.equal(fd.fd_seek(-1n, wasi.WHENCE_SET).ret, wasi.ERRNO_INVAL);
  assert.equal(fd.fd_filestat_set_size(3n), 0);
  assert.equal(fd.fd_close(), 0);

  const appending = open(root, 'file', { rights: WRITE, fdflags: wasi.FDFLAGS_APPEND }).fd;
  appending.fd_write(bytes('!'));
  assert.equal(appending.fd_tell().offset, 4n);
  appending.fd_close();
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'JeL!');
});

test('a file is created, exclusively or not, and truncated when it is opened', (t) => {
  const root = directory(folderWith(t, { file: 'old' }), '.');
  assert.equal(open(root, 'new').ret, wasi.ERRNO_NOENT);
  assert.equal(open(root, 'file', { oflags: wasi.OFLAGS_CREAT | wasi.OFLAGS_EXCL }).ret, wasi.ERRNO_EXIST);
  const created = open(root, 'new', { oflags: wasi.OFLAGS_CREAT });
  assert.equal(created.ret, 0);
  created.fd.fd_close();
  const truncated = open(root, 'file', { oflags: wasi.OFLAGS_TRUNC });
  assert.equal(truncated.fd.fd_filestat_get().filestat?.size, 0n);
  truncated.fd.fd_close();
});

test('directories are made, listed, renamed and removed', (t) => {
  const folder = folderWith(t, { 'file': '' });
  const root = directory(folder, '.');
  const rename = (/** @type {string} */ from, /** @type {string} */ to) => {
    const { ret, inode_obj } = root.path_unlink(from);
    return inode_obj ? root.path_link(to, inode_obj, true) : ret;
  };
  assert.equal(root.path_create_directory('a'), 0);
  assert.equal(root.path_create_directory('a'), wasi.ERRNO_EXIST);
  assert.equal(rename('file', 'a/file'), 0);
  assert.equal(rename('none', 'x'), wasi.ERRNO_NOENT);
  assert.equal(rename('a', 'b'), 0);
  assert.equal(root.path_remove_directory('b'), wasi.ERRNO_NOTEMPTY);
  assert.equal(root.path_unlink_file('b'), wasi.ERRNO_ISDIR);
  const listed = open(root, 'b', { oflags: wasi.OFLAGS_DIRECTORY, rights: READ }).fd;
  const names = [];
  for (let cookie = 0n; ; cookie++) {
    const { dirent } = listed.fd_readdir_single(cookie);
    if (!dirent) break;
    names.push(text(dirent.dir_name));
  }
  assert.deepEqual(names, ['.', '..', 'file']);
  assert.equal(root.path_unlink_file('b/file'), 0);
  assert.equal(root.path_remove_directory('b'), 0);
});

test('a filestat is laid out as WASI says', (t) => {
  const root = directory(folderWith(t, { file: 'hello' }), '.');
  root.path_filestat_set_times(FOLLOW, 'file', 5_000_000_000n, 6_000_000_000n, wasi.FSTFLAGS_ATIM | wasi.FSTFLAGS_MTIM);
  const view = new DataView(new ArrayBuffer(64));
  root.path_filestat_get(FOLLOW, 'file').filestat?.write_bytes(view, 0);
  assert.equal(view.getUint8(16), wasi.FILETYPE_REGULAR_FILE);
  assert.deepEqual([32, 40, 48].map((at) => view.getBigUint64(at, true)), [5n, 5_000_000_000n, 6_000_000_000n]);
});
