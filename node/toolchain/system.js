/** Node as the platform of the toolchain. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cacheFolder, cached, remember } from './cache.js';
import { allOnPath, isExecutable } from './executables.js';
import { dependsOn, findPackage, runtimeOf, toolchainCode } from './packages.js';
import { TerminalProgress } from './progress.js';
import { runWasi, unpacked } from './wasi.js';

/** @import { Programs, System } from '../../toolchain/system.js' */

const onWindows = process.platform === 'win32';

/** @param {string} path */
const withSlashes = (path) => (onWindows ? path.replaceAll('\\', '/') : path);

/**
 * The surroundings of the process that asks for a build.
 *
 * @typedef {object} Surroundings
 * @property {string} folder the current one
 * @property {Record<string, string | undefined>} env
 * @property {Output} stdout
 * @property {Output} stderr
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} input all of stdin
 * @property {string} [temporary] the folder for temporary ones
 */

/** @typedef {{ isTTY?: boolean, write: (text: string | Uint8Array) => unknown }} Output a stream to print on */

/**
 * @param {Record<string, string | undefined>} env
 * @param {{ folder?: string }} [surroundings]
 * @returns {Programs}
 */
export const programsOf = (env, surroundings = {}) => ({
  env,
  processors: availableParallelism(),

  find(name, accepts = () => true) {
    const file = onWindows && !extname(name) ? `${name}.bat` : name; // as emcc is
    const given = resolve(surroundings.folder ?? '.', file);
    const paths = /[\\/]/.test(name) ? [given].filter(isExecutable) : allOnPath(file, env);
    return paths.map((path) => ({ path, home: dirname(realpathSync(path)) })).find(accepts);
  },

  async run(program, args, env, stdin) {
    // A batch file needs a shell.
    const child = spawn(program, args, { cwd: surroundings.folder, env, stdio: 'pipe', shell: onWindows });
    child.stdin.on('error', () => {}).end(stdin); // a program may close stdin unread
    const printed = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const [status] = await once(child, 'close');
    const [stdout, stderr] = await printed;
    return { status: status ?? 1, stdout, stderr };
  },
});

/** @param {string} path */
const statOf = (path) => statSync(path, { throwIfNoEntry: false });

/**
 * The system as somebody's process sees it.
 *
 * @param {Surroundings} surroundings
 */
export function systemOf(surroundings) {
  const { env, stdout, stderr } = surroundings;
  const at = (/** @type {string} */ path) => resolve(surroundings.folder, path);
  /** @type {System['unpacked']} */
  const fromArchive = (url, name) => unpacked(cacheFolder(env), url, name);

  /** @satisfies {System} */
  const system = {
    get folder() {
      return withSlashes(surroundings.folder);
    },
    runtime: runtimeOf(fromArchive),
    code: toolchainCode,
    /** @param {string} path */
    read(path) {
      try {
        // Devices are left alone: reading one may never end.
        return statOf(at(path))?.isFile() ? readFileSync(at(path)) : undefined;
      } catch (error) {
        throw Object.assign(/** @type {Error} */ (error), { path }); // as the user knows it
      }
    },
    list: (/** @type {string} */ folder) => (statOf(at(folder))?.isDirectory() ? readdirSync(at(folder)) : []),
    findPackage: (/** @type {string} */ name) => findPackage(name, surroundings.folder),
    dependsOn: (/** @type {string} */ name) => dependsOn(name, surroundings.folder),
    /** @type {System['remember']} */
    remember: (key, value) => remember(cacheFolder(env), key, value),
    /** @type {System['cached']} */
    cached: (parts, make) => cached(cacheFolder(env), parts, make),
    /**
     * @template T
     * @param {(folder: string) => Promise<T>} use
     */
    async withFolder(use) {
      const folder = await mkdtemp(join(surroundings.temporary ?? tmpdir(), 'lull-'));
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
      await writeFile(at(path), contents).catch((error) => {
        throw Object.assign(error, { path });
      });
      if (options?.executable) await chmod(at(path), 0o777 & ~process.umask());
    },
    wasi: runWasi,
    unpacked: fromArchive,
    progress: new TerminalProgress(stderr),
    output: (/** @type {Uint8Array} */ bytes) => { stdout.write(bytes); },
    input: surroundings.input,
    programs: programsOf(env, surroundings),
  };
  return system;
}

/** This process's. */
export const system = systemOf({
  get folder() {
    return process.cwd();
  },
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  input: async () => new Uint8Array(await buffer(process.stdin)),
});

/** @typedef {ReturnType<typeof systemOf>} NodeSystem */
