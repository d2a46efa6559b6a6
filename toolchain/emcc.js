/** Emscripten's compiler, a program of the machine. */
import { isCplusplus, wordsOf } from './arguments.js';
import { EXCEPTIONS, withExceptions } from './exceptions.js';
import { Failure } from './failure.js';
import { resolve } from './paths.js';
import { THREAD_LOCAL } from './thread-local.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Program, Programs, System } from './system.js'
 */

/** Features of every supported engine. New versions of Emscripten enable them by default, old ones do not. */
const features = ['-mmutable-globals', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext'];

/** setjmp by exceptions of WebAssembly. See D95. */
const jumps = ['-sSUPPORT_LONGJMP=wasm'];

/** Flags of every source. */
const fixed = [...features, ...jumps, ...THREAD_LOCAL, '-Wno-unused-command-line-argument'];

/** What the user's flags may change: they come later. */
const defaults = ['-sTOTAL_STACK=64KB', '-sALLOW_MEMORY_GROWTH', '-sMAXIMUM_MEMORY=4GB'];

/**
 * No -O at the link: it would run Binaryen, which could inline functions that Asyncify has to find; instrument.js
 * optimizes. Emscripten 3.1.6 takes every import for an undefined symbol, so the linker allows all of them, and
 * missing-symbols.js tells them apart.
 */
const linkFlags = [
  '-O0', '--profiling-funcs', '--no-entry', '-sSTANDALONE_WASM', '-sASSERTIONS=0',
  '-Wl,--export=__stack_pointer', '-Wl,--stack-first',
  '-sERROR_ON_UNDEFINED_SYMBOLS=0', '-sWARN_ON_UNDEFINED_SYMBOLS=0',
];

/** emcc has a maximum of its own for the linker, which it would take instead of this one. */
const MAX_MEMORY = /^-Wl,--max-memory=/;

/** The variables of the environment that it reads. */
const OF_COMPILER = /^(_?EM|CPATH$|C_INCLUDE_PATH$|CPLUS_INCLUDE_PATH$|CCC_)/;

/** Debian keeps the modules that its Emscripten needs where only Debian's own Node looks. */
const DEBIAN_MODULES = '/usr/share/nodejs';

/**
 * @param {System} system
 * @param {Programs} programs of the system
 * @param {Program} program
 * @returns {Compiler}
 */
export function emcc(system, programs, { path: command, home }) {
  /** Behind the headers of the C library: some versions lack these. */
  const headers = ['-idirafter', resolve(system.runtime.include, '../emscripten')];

  /**
   * @param {string[]} args
   * @param {import('./system.js').Bytes} [stdin]
   * @param {string} [program]
   */
  async function start(args, stdin, program = command) {
    const onDebian = system.list(DEBIAN_MODULES).length > 0;
    const env = onDebian ? { NODE_PATH: DEBIAN_MODULES, ...programs.env } : programs.env;
    return programs.run(program, args, env, stdin).catch((error) => {
      throw new Failure(`cannot run ${program}: ${error.message}`);
    });
  }

  /** Of the compiler within: build systems that know Emscripten expect programs of another kind. */
  async function clangVersion() {
    const { status, stdout, stderr } = await start(['-v']);
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const lines = text.split('\n').filter((line) => /^((\S+ )?clang version|Target:|Thread model:)/.test(line));
    return { status, stdout: new TextEncoder().encode(`${lines.join('\n')}\n`), stderr: new Uint8Array() };
  }

  return {
    name: 'emcc',
    libc: 'emscripten',
    fixed,
    variables: Object.entries(programs.env).filter(([name]) => OF_COMPILER.test(name)).flat().map(String),
    processors: programs.processors,
    colors: '-fdiagnostics-color=always',
    imports: ['emscripten_notify_memory_growth'],

    async version() {
      if (!home) throw new Failure(`there is no ${command}`);
      // Twenty times as fast as asking emcc, which starts Python; each run of a cached program needs it.
      const beside = system.read(`${home}/emscripten-version.txt`);
      if (beside) return new TextDecoder().decode(beside).trim().replaceAll('"', '');
      const { stdout } = await start(['--version']);
      return /^emcc .*?(\d+\.\d+\.\d+\S*)/m.exec(new TextDecoder().decode(stdout))?.[1] ?? 'of an unknown version';
    },

    async flags() {
      const { stdout } = await start(['--cflags']);
      const flags = wordsOf(new TextDecoder().decode(stdout));
      return [
        '--target=wasm32-unknown-emscripten', ...flags.filter((flag) => /^(--sysroot=|-D)/.test(flag)), ...headers,
      ];
    },

    async compile(args, stdin) {
      if (args.includes('--version')) return clangVersion();
      return start([...fixed, ...headers, ...withExceptions(args, isCplusplus(args) ? EXCEPTIONS : undefined)], stdin);
    },

    tool: (name, args) => start(args, undefined, command.replace(/emcc(?=(\.\w+)?$)/, `em${name}`)),

    link(items, flags, output) {
      const given = [...items.flat(), ...flags].map((argument) => argument.replace(MAX_MEMORY, '-sMAXIMUM_MEMORY='));
      return start([...defaults, ...jumps, ...given, ...linkFlags, '-o', output]);
    },
  };
}
