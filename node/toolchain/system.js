/** Node as the platform of the toolchain. */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { cached } from './cache.js';
import { isExecutable, onPath } from './executables.js';
import { findPackage, runtime } from './packages.js';
import { TerminalProgress } from './progress.js';

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

  run: (program, args, env) => new Promise((resolve, reject) => {
    // A batch file needs a shell.
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: onWindows });
    /** @type {Buffer[]} */
    const printed = [];
    child.stdout.on('data', (data) => printed.push(data));
    child.stderr.on('data', (data) => printed.push(data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, printed: Buffer.concat(printed) }));
  }),

  async withFolder(use) {
    const folder = await mkdtemp(join(tmpdir(), 'lull-'));
    try {
      return await use(withSlashes(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  write: (path, contents) => writeFile(path, contents),
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
  progress: new TerminalProgress(),
  programs: programsOf(process.env),
};
