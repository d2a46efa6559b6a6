/** A clang of the machine, with wasi-libc: the quickest compiler, where somebody has installed all of it. See D102. */
import { isCplusplus } from './arguments.js';
import { outputOf } from './facts-analysis.js';
import { EXCEPTIONS, withExceptions } from './exceptions.js';
import { Failure } from './failure.js';
import { makeThrow } from './library-throws.js';
import { marked } from './mark-object.js';
import { CPLUSPLUS, findParts, lacking } from './native-parts.js';
import { folderOf, resolve } from './paths.js';
import { DEFINES, FIRST_FORM, FIXED, FOR_SETJMP, linkerArguments } from './wasi-libc.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Parts } from './native-parts.js'
 * @import { Program, Programs, System } from './system.js'
 */

/** Tells it from the npm compiler's: see D92. */
const TARGET = '--target=wasm32-native-wasip1';

/** Features of every supported engine. New versions enable them by default, old ones do not. */
const FEATURES = ['-mmutable-globals', '-mnontrapping-fptoint', '-msign-ext'];

/** Before this version, code with it keeps `_Thread_local` (of errno), which the linker refuses without threads. */
const BULK_MEMORY = { since: 16, flag: '-mbulk-memory' };

/** The first version that has the later form of exceptions, and so the flag. */
const TWO_FORMS = 20;

/** The variables of the environment that clang reads. */
const OF_COMPILER = /^(CPATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|CCC_.*|SOURCE_DATE_EPOCH)$/;

const fixed = [...FIXED, ...FEATURES];

/**
 * @param {System} system
 * @param {Programs} programs of the system
 * @param {Program[]} clangs at least one
 * @returns {Compiler}
 */
export function native(system, programs, clangs) {
  /** @type {Promise<Parts> | undefined} */
  let found;
  const parts = () => (found ??= findParts(system, programs, clangs));

  /** @param {string} program @param {string[]} args @param {import('./system.js').Bytes} [stdin] */
  const start = (program, args, stdin) => programs.run(program, args, programs.env, stdin).catch((error) => {
    throw new Failure(`cannot run ${program}: ${error.message}`);
  });

  /**
   * The folders of headers. Clang's own list ends with the headers of the machine's C library.
   *
   * @param {Parts} parts
   */
  const headersOf = ({ headers, cplusplus }) => [
    '-nostdlibinc', ...(cplusplus ? [`-cxx-isystem${cplusplus.headers}`] : []),
    // After the C++ library's, which include C's.
    `-idirafter${resolve(system.runtime.include, '../wasi-libc')}`, `-idirafter${headers}`,
  ];

  return {
    name: 'native',
    libc: 'wasi-libc',
    fixed,
    variables: Object.entries(programs.env).filter(([name]) => OF_COMPILER.test(name)).flat().map(String),
    processors: programs.processors,
    colors: '-fcolor-diagnostics',
    version: async () => (await parts()).version,

    async flags() {
      const found = await parts();
      // Without a root, build systems would find the libraries of the machine.
      return [TARGET, `--sysroot=${found.archives}`, ...DEFINES, FOR_SETJMP, ...headersOf(found)];
    },

    async compile(args, stdin) {
      const found = await parts();
      const cplusplus = isCplusplus(args);
      if (cplusplus && !found.cplusplus) throw lacking(found, [CPLUSPLUS]);
      const run = await start(found.clang, [
        TARGET, ...fixed,
        ...(found.major >= BULK_MEMORY.since ? [BULK_MEMORY.flag] : []),
        ...(found.major >= TWO_FORMS ? FIRST_FORM : []),
        ...headersOf(found), ...withExceptions(args, cplusplus ? EXCEPTIONS : undefined),
      ], stdin);
      const object = run.status === 0 && args.includes('-c') ? outputOf(args) : undefined;
      const contents = object && system.read(object);
      if (contents) await system.write(object, marked(contents, 'wasi-libc'));
      return run;
    },

    tool: async (name, args) => start((await parts()).tools[name], args),

    /** By the linker itself: clang would have any wasm-opt on the path take the names out. */
    async link(items, flags, output) {
      const { linker, archives, builtins, cplusplus } = await parts();
      const temporary = folderOf(output);
      if (cplusplus && flags.includes(EXCEPTIONS)) {
        const archive = system.read(`${cplusplus.archives}/libc++.a`);
        if (archive && makeThrow(archive)) await system.write(`${temporary}/libc++.a`, archive);
      }
      return start(linker, linkerArguments({
        folders: [temporary, ...(cplusplus ? [cplusplus.archives] : []), archives],
        start: `${archives}/crt1-reactor.o`,
        builtins,
        cplusplus: cplusplus !== undefined,
      }, items, output, system.folder));
    },
  };
}
