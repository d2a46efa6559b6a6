/** Emscripten as a compiler. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Failure } from './failure.js';
import { runtime } from './packages.js';
import { runtimeLevel, runtimeObject } from './runtime.js';
import { isObject } from './sources.js';

/** @import { BuildOptions, Compiler } from './compiler.js' */

/** What every engine of ours has. New Emscriptens have it by default, old ones do not. */
const features = ['-mmutable-globals', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext'];

/**
 * No -O at the link: it would run Binaryen, which could inline what Asyncify must find as it is; instrument.js
 * optimizes. Emscripten 3.1.6 takes every import for an undefined symbol; so it is told to allow them all, and
 * checkImports tells them apart.
 */
const linkFlags = [
  '-O0', '--profiling-funcs', '--no-entry', '-sSTANDALONE_WASM', '-sASSERTIONS=0', '-sTOTAL_STACK=64KB',
  '-sALLOW_MEMORY_GROWTH', '-sMAXIMUM_MEMORY=4GB', '-Wl,--export=__stack_pointer', '-Wl,--stack-first',
  '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0',
];

/** What a standalone module of Emscripten imports of `env` by itself. */
const known = ['emscripten_notify_memory_growth'];

/**
 * Emscripten's compiler.
 *
 * @param {string} command
 * @returns {Compiler}
 */
export function emcc(command) {
  return {
    name: 'emcc',

    async version() {
      if (!existsSync(command)) throw new Failure(`there is no ${command}`);
      // Twenty times as fast as asking, which starts Python; every run of a cached program needs it.
      const beside = join(dirname(realpathSync(command)), 'emscripten-version.txt');
      return existsSync(beside) ? readFileSync(beside, 'utf8').trim().replaceAll('"', '') : askVersion(command);
    },

    async compile(options) {
      const { files, level, flags, progress } = options;
      const folder = await mkdtemp(join(tmpdir(), 'lull-'));
      const color = progress.stream.isTTY ? ['-fdiagnostics-color=always'] : [];
      const compileFlags = (/** @type {string} */ at) =>
        ['-c', `-O${at}`, ...features, `-I${runtime.include}`, ...color, '-Wno-unused-command-line-argument'];
      try {
        const sources = files.filter((file) => !isObject(file));
        const objects = sources.map((file, i) => join(folder, `${i}-${basename(file)}.o`));
        await eachOfFew(sources, (file, i) => {
          progress.show(`compiling ${file}`);
          return call(command, [...compileFlags(level), ...flags, file, '-o', objects[i]], progress);
        });

        const last = join(folder, 'runtime.o');
        await writeFile(last, await runtimeObject(this, progress, async () => {
          await call(command, [...compileFlags(runtimeLevel), ...runtime.flags, runtime.source, '-o', last], progress);
          return readFile(last);
        }));

        progress.show('linking');
        const output = join(folder, 'program.wasm');
        await call(
          command,
          [...objects, ...files.filter(isObject), last, ...flags, ...linkFlags, '-o', output],
          progress,
        );
        const wasm = await readFile(output);
        await checkImports(wasm, sources, objects);
        return wasm;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Run emcc, and pass on what it prints in one piece, so that two at a time do not mix.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {BuildOptions['progress']} progress
 * @returns {Promise<void>}
 */
function call(command, args, progress) {
  return new Promise((resolve, reject) => {
    const child = start(command, args);
    /** @type {Buffer[]} */
    const printed = [];
    child.stdout.on('data', (data) => printed.push(data));
    child.stderr.on('data', (data) => printed.push(data));
    child.on('error', (error) => reject(new Failure(`cannot run ${command}: ${error.message}`)));
    child.on('close', (status) => {
      if (printed.length > 0) progress.print(Buffer.concat(printed));
      if (status === 0) resolve();
      else reject(new Failure('', status ?? 1));
    });
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function start(command, args) {
  // Debian keeps the modules that its Emscripten needs where only Debian's own Node looks.
  const debian = '/usr/share/nodejs';
  const env = existsSync(debian) ? { NODE_PATH: debian, ...process.env } : process.env;
  // On Windows, emcc is a batch file.
  return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
}

/**
 * @param {string} command
 * @returns {Promise<string>}
 */
async function askVersion(command) {
  let text = '';
  const child = start(command, ['--version']);
  child.stdout.on('data', (data) => (text += data));
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  return /\d+\.\d+\.\d+\S*/.exec(text)?.[0] ?? 'of an unknown version';
}

/**
 * Name what is left undefined, and who uses it.
 *
 * @param {Uint8Array<ArrayBuffer>} wasm
 * @param {string[]} sources
 * @param {string[]} objects
 */
async function checkImports(wasm, sources, objects) {
  const missing = (await importsOfEnv(wasm)).filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const used = await Promise.all(objects.map(async (file) => importsOfEnv(await readFile(file))));
  const lines = missing.map((name) => {
    const users = sources.filter((_, i) => used[i].includes(name));
    return `error: undefined symbol: ${name} (used by ${users.join(', ') || 'a library'})`;
  });
  throw new Failure(lines.join('\n'));
}

/** @param {Uint8Array<ArrayBuffer>} wasm */
async function importsOfEnv(wasm) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(wasm));
  return imports.filter(({ module, kind }) => module === 'env' && kind === 'function').map(({ name }) => name);
}

/**
 * Call `act` for each item, as many at a time as there are processors. After a failure no other is begun.
 *
 * @template T
 * @param {T[]} items
 * @param {(item: T, index: number) => Promise<void>} act
 */
async function eachOfFew(items, act) {
  const left = items.entries();
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    for (const [i, item] of left) {
      await act(item, i).catch((error) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failures.length > 0) throw failures[0];
}
