/** Node as the platform of the toolchain. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cached } from './cache.js';
import { isExecutable, onPath } from './executables.js';
import { findPackage, runtime } from './packages.js';
import { TerminalProgress } from './progress.js';
import { runWasi, unpacked } from './wasi.js';

/** @import { Programs, System } from '../../toolchain/system.js' */

const onWindows = process.platform === 'win32';

/** @param {string} path */
const withSlashes = (path) => (onWindows ? path.replaceAll('\\', '/') : path);

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Programs}
 */
export const programsOf = (env) => ({
  env,
  processors: availableParallelism(),

  find(name) {
    const file = onWindows && !extname(name) ? `${name}.bat` : name; // as emcc is
    const path = /[\\/]/.test(name) ? isExecutable(file) && file : onPath(file, env);
    return path ? { path, home: dirname(realpathSync(path)) } : undefined;
  },

  async run(program, args, env, stdin) {
    // A batch file needs a shell.
    const child = spawn(program, args, { env, stdio: 'pipe', shell: onWindows });
    child.stdin.on('error', () => {}).end(stdin); // a program may close stdin unread
    const printed = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const [status] = await once(child, 'close');
    const [stdout, stderr] = await printed;
    return { status: status ?? 1, stdout, stderr };
  },
});

/** @param {string} path */
const statOf = (path) => statSync(path, { throwIfNoEntry: false });

/** @satisfies {System} */
export const system = {
  get folder() {
    return withSlashes(process.cwd());
  },
  runtime,
  // Devices are left alone: reading one may never end.
  read: (/** @type {string} */ path) => (statOf(path)?.isFile() ? readFileSync(path) : undefined),
  list: (/** @type {string} */ folder) => (statOf(folder)?.isDirectory() ? readdirSync(folder) : []),
  findPackage,
  cached,
  /**
   * @template T
   * @param {(folder: string) => Promise<T>} use
   */
  async withFolder(use) {
    const folder = await mkdtemp(join(tmpdir(), 'lull-'));
    try {
      return await use(withSlashes(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  /**
   * @param {string} path
   * @param {Uint8Array} contents
   * @param {{ executable: boolean }} [options]
   */
  async write(path, contents, options) {
    await writeFile(path, contents);
    if (options?.executable) await chmod(path, 0o777 & ~process.umask());
  },
  wasi: runWasi,
  unpacked,
  progress: new TerminalProgress(),
  output: (/** @type {Uint8Array} */ bytes) => { process.stdout.write(bytes); },
  input: async () => new Uint8Array(await buffer(process.stdin)),
  programs: programsOf(process.env),
};
