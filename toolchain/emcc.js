/** Emscripten's compiler, a program of the machine. */
import { Failure } from './failure.js';
import { FUEL_FLAGS, functionsOfObject } from './fuel.js';
import { nameOf } from './paths.js';
import { runtimeLevel, runtimeObject } from './runtime.js';
import { isObject } from './sources.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, Program, Programs, System } from './system.js'
 */

/** Features of every supported engine. New versions of Emscripten enable them by default, old ones do not. */
const features = ['-mmutable-globals', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext'];

/** What the user's flags may change: they come later. */
const defaults = ['-sTOTAL_STACK=64KB', '-sALLOW_MEMORY_GROWTH', '-sMAXIMUM_MEMORY=4GB'];

/**
 * No -O at the link: it would run Binaryen, which could inline functions that Asyncify has to find; instrument.js
 * optimizes. Emscripten 3.1.6 takes every import for an undefined symbol, so the linker allows all of them, and
 * checkImports tells them apart. The wrapped functions are in src/hostlib.
 */
const linkFlags = [
  '-O0', '--profiling-funcs', '--no-entry', '-sSTANDALONE_WASM', '-sASSERTIONS=0',
  '-Wl,--export=__stack_pointer', '-Wl,--stack-first',
  '-Wl,--wrap=__stdio_write', '-Wl,--wrap=abort', '-Wl,--wrap=raise', '-Wl,--wrap=__syscall_ioctl',
  '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0',
];

/** emcc has a maximum of its own for the linker, which it would take instead of this one. */
const MAX_MEMORY = /^-Wl,--max-memory=/;

/** The imports of `env` that Emscripten adds to a standalone module. */
const known = ['emscripten_notify_memory_growth'];

/** Debian keeps the modules that its Emscripten needs where only Debian's own Node looks. */
const DEBIAN_MODULES = '/usr/share/nodejs';

/**
 * @param {System} system
 * @param {Programs} programs of the system
 * @param {Program} program
 * @returns {Compiler}
 */
export function emcc(system, programs, { path: command, home }) {
  const { progress, runtime } = system;

  /** @param {string[]} args */
  function start(args) {
    const onDebian = system.list(DEBIAN_MODULES).length > 0;
    return programs.run(command, args, onDebian ? { NODE_PATH: DEBIAN_MODULES, ...programs.env } : programs.env);
  }

  /**
   * Run emcc, and print its messages in one piece, so that those of two at a time do not mix.
   *
   * @param {string[]} args
   */
  async function call(args) {
    const { status, printed } = await start(args).catch((error) => {
      throw new Failure(`cannot run ${command}: ${error.message}`);
    });
    if (printed.length > 0) progress.print(printed);
    if (status !== 0) throw new Failure('', status);
  }

  /** @param {string} path of a file that emcc has written */
  const read = (path) => /** @type {Bytes} */ (system.read(path));

  /** @type {Compiler} */
  const compiler = {
    name: 'emcc',

    async version() {
      if (!home) throw new Failure(`there is no ${command}`);
      // Twenty times as fast as asking emcc, which starts Python; each run of a cached program needs it.
      const beside = system.read(`${home}/emscripten-version.txt`);
      if (beside) return new TextDecoder().decode(beside).trim().replaceAll('"', '');
      const { printed } = await start(['--version']);
      return /^emcc .*?(\d+\.\d+\.\d+\S*)/m.exec(new TextDecoder().decode(printed))?.[1] ?? 'of an unknown version';
    },

    compile: ({ files, level, flags, own: ours }) => programs.withFolder(async (folder) => {
      const common = [...features, `-I${runtime.include}`, '-Wno-unused-command-line-argument'];
      if (progress.colors) common.push('-fdiagnostics-color=always');
      const sources = files.filter((file) => !isObject(file));
      const objects = sources.map((file, i) => `${folder}/${i}-${nameOf(file)}.o`);
      await eachInParallel(sources, programs.processors, (file, i) => {
        progress.show(`compiling ${file}`);
        return call(['-c', `-O${level}`, ...common, ...flags, file, '-o', objects[i]]);
      });

      for (const object of ours ? [...objects, ...files.filter((file) => file.endsWith('.o'))] : []) {
        for (const name of await functionsOfObject(read(object))) ours?.add(name);
      }

      const own = `${folder}/runtime.o`;
      await programs.write(own, await runtimeObject(system, compiler, async () => {
        await call(['-c', `-O${runtimeLevel}`, ...common, ...runtime.flags, runtime.source, '-o', own]);
        return read(own);
      }));

      progress.show('linking');
      const output = `${folder}/program.wasm`;
      const given = flags.map((flag) => flag.replace(MAX_MEMORY, '-sMAXIMUM_MEMORY='));
      await call([...objects, ...files.filter(isObject), own, ...defaults, ...given, ...linkFlags,
        ...(ours ? FUEL_FLAGS : []), '-o', output]);
      const wasm = read(output);
      await checkImports(wasm, sources, objects.map(read));
      return wasm;
    }),
  };
  return compiler;
}

/**
 * Report undefined symbols with the sources that use them.
 *
 * @param {Bytes} wasm
 * @param {string[]} sources
 * @param {Bytes[]} objects compiled from the sources
 */
async function checkImports(wasm, sources, objects) {
  const missing = (await importsOfEnv(wasm)).filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const used = await Promise.all(objects.map(importsOfEnv));
  const lines = missing.map((name) => {
    const users = sources.filter((_, i) => used[i].includes(name));
    return `error: undefined symbol: ${name} (used by ${users.join(', ') || 'a library'})`;
  });
  throw new Failure(lines.join('\n'));
}

/** @param {Bytes} wasm */
async function importsOfEnv(wasm) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(wasm));
  return imports.filter(({ module, kind }) => module === 'env' && kind === 'function').map(({ name }) => name);
}

/**
 * Call `act` for each item, up to `most` at a time. After a failure, no further call begins.
 *
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @param {(item: T, index: number) => Promise<void>} act
 */
async function eachInParallel(items, most, act) {
  const left = items.entries();
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    for (const [i, item] of left) {
      await act(item, i).catch((error) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  if (failures.length > 0) throw failures[0];
}
