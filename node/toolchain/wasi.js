/** Runs the WASI programs of the toolchain on the files of this machine. */
import { ConsoleStdout, File, OpenFile, WASI, wasi } from '@bjorn3/browser_wasi_shim';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { Failure } from '../../toolchain/failure.js';
import { directory } from '../wasi-files.js';
import { use } from './cache.js';

/** @import { Run } from '../../toolchain/system.js' */

/** By their URLs: compiling one takes longer than most of its runs. @type {Map<string, Promise<WebAssembly.Module>>} */
const programs = new Map();

/** @param {string} url of a file */
async function compiled(url) {
  const known = programs.get(url);
  if (known) return known;
  const module = readFile(fileURLToPath(url)).then((bytes) => WebAssembly.compile(bytes));
  programs.set(url, module);
  return module;
}

/**
 * Run a WASI program to its end. It has all files of the machine, and no environment.
 *
 * @param {string} url of the program's file
 * @param {string[]} args after its name
 * @param {Uint8Array} [input] its stdin
 * @returns {Promise<Run>}
 */
export async function runWasi(url, args, input = new Uint8Array()) {
  const module = await compiled(url);
  const [stdout, stderr] = [new Output(), new Output()];
  const stdin = new OpenFile(new File(input));
  const fds = [stdin, stdout.fd, stderr.fd, ...roots()];
  const program = new WASI(['', ...args.map(guestPath)], [], fds, { debug: false });
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: program.wasiImport });
  try {
    const status = program.start(/** @type {any} */ (instance));
    return { status, stdout: stdout.bytes(), stderr: stderr.bytes() };
  } catch (error) {
    // A defect of the program: its messages tell where.
    throw new Failure(`${Buffer.from(stderr.bytes())}${args[0]} failed: ${/** @type {Error} */ (error).message}`);
  }
}

/** The bytes written to one stream. */
class Output {
  /** @type {Uint8Array[]} */
  #chunks = [];

  fd = new ConsoleStdout((chunk) => this.#chunks.push(chunk.slice()));

  bytes() {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}

/** The whole file system, as a POSIX program sees it. */
const roots = () => {
  const onWindows = process.platform === 'win32';
  const drives = onWindows ? [...'CDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:`) : [''];
  return drives.filter((drive) => existsSync(`${drive}/`)).map((drive) => {
    const root = directory(`${drive}/`, `/${drive}`);
    const stat = root.path_filestat_get.bind(root);
    // These files of Linux describe this process: the program would take its own descriptors for this one's.
    root.path_filestat_get = (lookup, path) =>
      path.startsWith('proc/self/') ? { ret: wasi.ERRNO_NOENT, filestat: null } : stat(lookup, path);
    return root;
  });
};

/** A path of Windows that an argument is or ends in, as `roots` has it. @param {string} argument */
const guestPath = (argument) =>
  (process.platform === 'win32'
    ? argument.replace(/(?<![A-Za-z])[A-Z]:[\\/].*/, (path) => `/${path.replaceAll('\\', '/')}`)
    : argument);

/** The end of the name of a file that Brotli has compressed. */
const PACKED = '.br';

/**
 * The folder with the files of an archive, of tar or of one file by Brotli: in the cache, where it is unpacked once, or
 * in a folder of this process where the cache cannot be written.
 *
 * @param {string} cache its folder
 * @param {string} url of the archive
 * @param {string} name of the folder, which changes with the contents
 */
export async function unpacked(cache, url, name) {
  const folder = join(cache, name);
  if (isFilled(folder)) {
    await use(folder).catch(() => {}); // a cache may be there to be read only
    return folder;
  }
  /** @type {string} */
  let made;
  try {
    await mkdir(cache, { recursive: true });
    made = await mkdtemp(`${folder}.`);
  } catch {
    return ownUnpacked(url);
  }
  await unpack(url, made);
  await rm(folder, { recursive: true, force: true }); // emptied
  // Renamed when it is complete, so that no other process sees half of it.
  await rename(made, folder).catch(async (error) => {
    await rm(made, { recursive: true });
    if (!isFilled(folder)) throw error; // else another process was first
  });
  return folder;
}

/** @param {string} folder */
const isFilled = (folder) => existsSync(folder) && readdirSync(folder).length > 0;

/** By their URLs. @type {Map<string, Promise<string>>} */
const own = new Map();

/** @param {string} url */
function ownUnpacked(url) {
  const known = own.get(url);
  if (known) return known;
  const folder = mkdtemp(join(tmpdir(), 'lull-')).then(async (made) => {
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    await unpack(url, made);
    return made;
  });
  own.set(url, folder);
  return folder;
}

/**
 * @param {string} url
 * @param {string} folder
 */
async function unpack(url, folder) {
  const archive = fileURLToPath(url);
  if (archive.endsWith(PACKED)) {
    const bytes = await promisify(brotliDecompress)(await readFile(archive));
    return writeFile(join(folder, basename(archive, PACKED)), bytes);
  }
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]).catch(({ message }) => {
    throw new Failure(`cannot unpack ${archive}: ${message}`);
  });
}
