/** `lull run`: a program is built, unless it is in the cache, and runs. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArguments } from '../../toolchain/arguments.js';
import { build, buildFrom } from '../../toolchain/build.js';
import { chooseCompiler, sayChange } from '../../toolchain/compiler.js';
import { Failure } from '../../toolchain/failure.js';
import { isObject, readSources } from '../../toolchain/sources.js';
import { chooseWasmOpt } from '../../toolchain/wasm-opt.js';
import { ABI_VERSION } from '../../js/marshal/protocol.js';
import { readSignatures } from '../../js/marshal/signature.js';
import { LOAD } from '../../js/core/options.js';
import { LOOPBACK, isEntry } from '../../js/posix/permitted.js';
import { lackFor } from '../../js/diagnostics/switches.js';
import { lullVersion } from '../../node/toolchain/packages.js';
import { served } from '../client/client.js';
import {
  RUN_LEVEL, archivesOf, asyncFilesFlag, fuelFlag, instrumentFlag, switchFlag, withFiles,
} from './compiler-arguments.js';
import { enable } from './engine.js';
import { isBuilt, moduleIn, readGiven } from './given-files.js';
import { Rerun } from './rerun.js';
import { Signals, statusOf } from './signals.js';
import { watch } from './watch.js';

/**
 * @import { PosixOptions } from '../../js/lull.js'
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { Switch } from '../../toolchain/switches.js'
 * @import { Arguments } from '../main.js'
 */

export const summary = 'run a C program, or a .wasm of lull, on the event loop';

export const help = `Usage: lull run FILE...|FILE.wasm [options] [compiler flags] [-- arguments]

Run main() as the first task, and exit with its status. The program gets the arguments
after --, the environment, stdin, stdout, stderr, the files below the current directory, by
fopen and by lull_file_open alike, and the network of the loopback, by socket and by
lull_net.h alike. Of the machine's other files it has only devices: /dev/null, zero, full,
random, urandom, tty, stdin, stdout and stderr. A refusal says which option is missing.

C and C++ files, objects and archives are built first, as lull build does it, unless the
cache has a build of the same sources. The cache is $XDG_CACHE_HOME/lull, by default
~/.cache/lull.

Signals run the handlers that the program has for them. Without one, the first Ctrl-C cancels
all tasks, so that they can clean up; the second ends the program. The status is 130. SIGTERM
and SIGHUP do the same, with the statuses 143 and 129. C code that never waits cannot be
interrupted: kill the process. Where nobody reads stdout any more, as with | head -1, the next
output ends the program, with the status 141.

An uncaught failure of a task is reported; the other tasks continue, and the status is at
least 1. A deadlock is reported with what each task waits for, and which task holds it; the
status is 13.

Options:
  -O0 ... -O3, -Os, -Oz   the optimization level, by default -O1
  --fuel             a task that holds the event loop for more than two seconds ends, with the
                     name of its function
  --fuel=yield       such a task lets the others run; see lull build --help
  --instrument all   as in lull build --help
  --async-files      build it as lull build --async-files does; the files of lull run itself
                     are all read and written at once
  --switch NAME      asyncify, stacks or jspi, or as stacks,asyncify the first that this Node can
                     run; see lull build --help. What Node 26 has experimentally is switched on
  --max-stacks N     with --switch stacks or jspi: how many tasks there may be at a time that have
                     begun, by default 16000; the next one ends with LULL_ENOMEM
  --cc COMPILER      emcc, clang or native; see lull build --help
  --dir DIRECTORY    in place of the current directory, the program gets the files below
                     this one, too; may be given several times, and be /
  --allow-net[=HOST:PORT,...]
                     the program gets the network; or of it these hosts and ports: a name,
                     an address, [::1]:80, :8080. Without it, the loopback alone
  --allow-run[=NAME,...]
                     the program may start other programs, by posix_spawn, popen and system:
                     all, or those that PATH finds by these names, or at these paths. popen
                     and system need sh. They are not held to what this program may do
  -A, --allow-all    all files, the network, and other programs
  --watch            build and run again whenever a file changes that was read; what runs is
                     ended as by SIGTERM. Until Ctrl-C
  --stats            at the end, print the numbers of tasks and switches on stderr
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = {
  cc: { type: 'string' },
  'allow-all': { type: 'boolean', short: 'A' },
  'allow-net': { type: 'string', multiple: true },
  'allow-run': { type: 'string', multiple: true },
  'async-files': { type: 'boolean' },
  dir: { type: 'string', multiple: true },
  fuel: { type: 'string' },
  'max-stacks': { type: 'string' },
  instrument: { type: 'string' },
  stats: { type: 'boolean' },
  switch: { type: 'string' },
  watch: { type: 'boolean' },
};

export const afterDashes = 'arguments of the program';

export const compiles = true;

/** Milliseconds that a task may run with --fuel. */
const RUN_TIME = 2000;

/** The exit status of a deadlock: Node's own for a promise that never settles. */
const DEADLOCK = 13;

/**
 * @param {Arguments<typeof options>} args
 * @param {NodeSystem} system
 */
export async function run({ values, given, rest }, system) {
  const args = [RUN_LEVEL, ...fuelFlag(values.fuel), ...asyncFilesFlag(values['async-files']),
    ...instrumentFlag(values.instrument),
    ...withFiles(given, existsSync)];
  const parsed = parseArguments([...args, ...switchFlag(values.switch)], system.read);
  const files = parsed.inputs.map(({ file }) => file);
  const [file] = files;
  if (!file) throw new Failure('which program? lull run FILE.c|FILE.wasm [-- arguments]', 2);
  const { stoppedBy, output } = parsed;
  if (stoppedBy) throw new Failure(`lull run runs a program; for ${stoppedBy} there is lull cc`, 2);
  if (output !== undefined) throw new Failure(`lull run writes no file; for -o ${output} there is lull build`, 2);
  const built = await isBuilt(file);
  const other = parsed.inputs.findIndex(({ file: name, language }, index) =>
    index > 0 && (built || !(language || isObject(name))));
  if (other > 0) {
    const all = files.slice(other).join(' ');
    throw new Failure(`${afterDashes} come after --: lull run ${files.slice(0, other).join(' ')} -- ${all}`, 2);
  }
  if (built && parsed.fuel === 'yield') {
    throw new Failure(`--fuel=yield is for sources, and ${file} is built already`, 2);
  }
  const ofBuild = built && /** @type {const} */ (['switch', 'instrument']).find((name) => values[name] !== undefined);
  if (ofBuild) throw new Failure(`--${ofBuild} is for sources, and ${file} is built already`, 2);
  if (!built) {
    const kind = chosen(parsed.switches);
    parsed.switches = [kind];
    args.push(`--switch=${kind}`);
  }
  const all = values['allow-all'];
  const maxStacks = maxStacksOf(values['max-stacks']);
  const dirs = all ? ['/'] : values.dir ?? [];
  const net = all || netOf(values['allow-net'] ?? []);
  const spawn = all || programsOf(values['allow-run'] ?? []);
  for (const dir of dirs) {
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw new Failure(`--dir ${dir}: not a directory`, 2);
  }
  if (values.watch) {
    if (built) throw new Failure(`--watch is for sources, and ${file} is built already`, 2);
    const again = new Rerun();
    return watch(system, [...files, ...archivesOf(system, parsed.link)], parsed.flags, async (on) => {
      await again.end();
      await builtFrom(on, args, parsed, values.cc, false);
      return again.start();
    });
  }
  const module = await (built ? moduleIn(file) : builtFrom(system, args, parsed, values.cc));
  return runMain(module, [file, ...rest], {
    stats: values.stats ?? false, dirs, net, spawn, ...(parsed.fuel === true && { maxRunTime: RUN_TIME }),
    ...maxStacks,
  });
}

/** @param {string} [value] of --max-stacks */
function maxStacksOf(value) {
  if (value === undefined) return {};
  const [fits] = LOAD.maxStacks;
  if (!fits(Number(value))) throw new Failure(`--max-stacks ${value}: not an integer above 0`, 2);
  return { maxStacks: Number(value) };
}

/** The first of these switches that the engine has. @param {Switch[]} switches */
function chosen(switches) {
  const kind = switches.find((name) => {
    enable(name);
    return !lackFor(name);
  });
  if (!kind) throw new Failure(`--switch ${switches.join()}: ${lackFor(switches[0])}`);
  return kind;
}

/**
 * @param {NodeSystem} system
 * @param {string[]} args
 * @param {ReturnType<typeof parseArguments>} parsed
 * @param {string | undefined} cc
 * @param {boolean} [mayServe] whether the compile server may do it
 */
async function builtFrom(system, args, parsed, cc, mayServe = true) {
  const { inputs, flags, link } = parsed;
  const files = inputs.map(({ file }) => file);
  for (const file of files) await readGiven(file); // before a compiler starts
  const compiler = chooseCompiler(system, cc);
  await sayChange(system, compiler, cc);
  const { runtime, code, findPackage, cached, progress } = system;
  const source = await runtime.source();
  const parts = [
    lullVersion, compiler.name, await compiler.version(), findPackage('binaryen')?.version ?? '',
    (await chooseWasmOpt(system))?.version ?? '', ...args,
    ...[...readSources(system, [...files, ...archivesOf(system, link)], flags)].flat(),
    ...[...readSources(system, [source], [`-I${runtime.include}`, `-I${dirname(source)}`])].flat(),
    ...code(),
  ];
  try {
    const wasm = await cached(parts, async () => (mayServe ? await servedBuild(compiler.name, args) : undefined)
      ?? buildFrom(system, compiler, parsed, { debug: true }));
    return await WebAssembly.compile(wasm);
  } finally {
    progress.clear();
  }
}

/** The build of the compile server for `lull run`. */
export const module = {
  summary: '',
  help: '',
  options: {},
  hidden: true,
  /** @param {string[]} argv @param {NodeSystem} system */
  async runRaw([cc, ...args], system) {
    try {
      system.output(await build(system, chooseCompiler(system, cc), { args, debug: true }));
      return 0;
    } finally {
      system.progress.clear();
    }
  },
};

/**
 * @param {string} cc
 * @param {string[]} args
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} undefined if there is no server
 */
async function servedBuild(cc, args) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  const { env, stderr, stdin } = process;
  const stdout = { write: (/** @type {Uint8Array} */ bytes) => chunks.push(bytes) };
  const status = await served(['module', cc, ...args], { env, stdout, stderr, stdin });
  if (status) throw new Failure('', status);
  return status === 0 ? new Uint8Array(Buffer.concat(chunks)) : undefined;
}

/**
 * @param {WebAssembly.Module} module
 * @param {string[]} args
 * @param {{ stats: boolean, dirs: string[], net: true | string[], spawn: true | string[], maxRunTime?: number,
 *   maxStacks?: number }} options
 */
async function runMain(module, args, { stats, dirs, net, spawn, ...limits }) {
  const [{ load }, { hostLibraryFor }, { devices, directory, standardStreams }, ofPosix] = await Promise.all([
    import('../../node/index.js'), import('../../node/hostlib/for-module.js'), import('../../node/wasi-files.js'),
    import('../../node/posix/index.js'),
  ]);
  const { permissionsOf, standardInput, standardTerminal } = ofPosix;
  process.on('uncaughtException', (error) => {
    process.stderr.write(`lull: ${messageOf(error)}\n`);
    process.exit(1);
  });

  const started = performance.now();
  const signals = new Signals();
  const streams = standardStreams({ broken: () => signals.send('SIGPIPE') || process.exit(statusOf('SIGPIPE')) });
  const fds = [...streams, ...foldersFor(directory, dirs), ...devices()];
  let failed = false;
  const report = (/** @type {unknown} */ error) => {
    failed = true;
    process.stderr.write(`lull: ${withTask(error)}\n`);
  };
  const posix = {
    net, spawn, refused: refusedOnce(), stdin: standardInput(), terminal: standardTerminal(), signals: signals.follow,
  };
  const folders = [...(isInPlace(dirs) ? [] : ['.']), ...dirs];
  const host = await hostLibraryFor(module, { folders, network: permissionsOf(posix) });
  refuseOthers(module, host, args[0]);
  const wasi = { args, env: process.env, fds };
  const app = await load(module, { host, posix, wasi, report, ...limits }).catch((error) => {
    throw new Failure(messageOf(error));
  });

  let interrupted = 0;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signals.send(signal)) return;
      if (interrupted) process.exit(interrupted);
      interrupted = statusOf(signal);
      app.cancel();
    });
  }
  try {
    const ended = app.run(args);
    const status = await Promise.race([ended, app.idle().then(() => ended)]);
    return interrupted || status || Number(failed);
  } catch (error) {
    if (interrupted) return interrupted;
    throw new Failure(messageOf(error), Object(error).code === 'ERR_LULL_DEADLOCK' ? DEADLOCK : 1);
  } finally {
    const { spawned, switches } = app.stats();
    await app.close();
    const seconds = (performance.now() - started) / 1000;
    if (stats) {
      process.stderr.write(
        `lull: ${count(spawned, 'task')}, ${count(switches, 'switch', 'es')}, ${seconds.toFixed(3)} s\n`,
      );
    }
  }
}

/**
 * The folders of a program: the current one under both of its names, one after the other, as src/hostlib/folders.c
 * expects them. See D100.
 *
 * @template Folder
 * @param {(path: string, name: string) => Folder} directory
 * @param {string[]} dirs given in place of it
 */
function foldersFor(directory, dirs) {
  const here = [directory('.', '.'), directory('.', process.cwd())];
  const paths = dirs.map((dir) => resolve(dir));
  return [...(isInPlace(dirs) ? [] : here), ...paths.map((path) => directory(path, path))];
}

/** Whether folders stand in place of the current one, which is in none of them. @param {string[]} dirs */
function isInPlace(dirs) {
  const current = process.cwd();
  const isIn = (/** @type {string} */ path) => current === path || current.startsWith(join(path, '/'));
  return dirs.length > 0 && !dirs.some((dir) => isIn(resolve(dir)));
}

/**
 * The hosts and ports of --allow-net, beside the loopback; true: all.
 *
 * @param {string[]} given
 */
function netOf(given) {
  if (given.includes('')) return true;
  const entries = given.flatMap((list) => list.split(','));
  for (const entry of entries) {
    if (!isEntry(entry)) throw new Failure(`--allow-net=${entry}: no host and port, as example.org:80 or [::1]:80`, 2);
  }
  return [LOOPBACK, ...entries];
}

/** The programs of --allow-run; true: all. @param {string[]} given */
const programsOf = (given) => given.includes('') || given.flatMap((list) => list.split(','));

/** What says once of each host and port, and of each program, that the program may not use it. */
function refusedOnce() {
  /** @type {Set<string>} */
  const said = new Set();
  const options = { net: '--allow-net', spawn: '--allow-run' };
  /** @type {Required<PosixOptions>['refused']} */
  const refused = (what, entry, member) => {
    if (said.has(what)) return;
    said.add(what);
    const option = options[member];
    const choice = entry === undefined ? option : `${option}=${entry} or ${option}`;
    process.stderr.write(`lull: ${what} is not allowed; ${choice} allows it\n`);
  };
  return refused;
}

/**
 * Refuse a program with host functions beyond these: load would ask for options that only JavaScript can give.
 *
 * @param {WebAssembly.Module} module
 * @param {Record<string, unknown>} given
 * @param {string} file
 */
function refuseOthers(module, given, file) {
  const { abi, host } = readSignatures(WebAssembly.Module.exports(module), WebAssembly.Module.imports(module));
  const others = host.flatMap(({ name }) => (Object.hasOwn(given, name) ? [] : name));
  if (abi !== ABI_VERSION || others.length === 0) return; // load refuses a module of another version
  const list = new Intl.ListFormat('en-GB').format(others);
  throw new Failure(`${file} needs host functions of its own, ${list}, and lull run provides lull's own host library `
    + 'only: build it with lull build, and load it from JavaScript');
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The message of a failure that a task has without anybody waiting for it.
 *
 * @param {any} error
 */
function withTask(error) {
  const message = messageOf(error);
  if (!error?.task) return message;
  const { id, name } = error.task;
  const who = `task ${id} '${name}'`;
  // Some messages begin with the task, with or without its number.
  const known = [who, `task '${name}'`].find((start) => message.startsWith(start));
  return known ? who + message.slice(known.length) : `${who}: ${message}`;
}

/**
 * @param {number} number
 * @param {string} noun
 * @param {string} [ending] the ending of its plural
 */
const count = (number, noun, ending = 's') => `${number} ${noun}${number === 1 ? '' : ending}`;
