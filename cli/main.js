/** The command line: one of the commands runs, on a system, and its errors are printed there. */
import { parseArgs } from 'node:util';
import { tellApart } from './commands/compiler-arguments.js';
import { failureOf } from './commands/failure-of.js';
import { Failure } from '../toolchain/failure.js';
import { lullVersion } from '../node/toolchain/packages.js';

/** @import { NodeSystem } from '../node/toolchain/system.js' */

/**
 * The arguments of a command.
 *
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @typedef {object} Arguments
 * @property {ReturnType<typeof parseArgs<{ options: Options }>>['values']} values
 * @property {string[]} positionals
 * @property {string[]} rest  everything after --
 * @property {string[]} given  the compiler's arguments, of a command that compiles
 */

/**
 * A command: `run` resolves with the status to exit with.
 *
 * @typedef {object} Command
 * @property {string} summary
 * @property {string} help
 * @property {NonNullable<import('node:util').ParseArgsConfig['options']>} options
 * @property {string} [afterDashes] the kind of arguments after --
 * @property {boolean} [compiles] whether it takes a compiler's arguments, too
 * @property {(args: Arguments<any>, system: NodeSystem) => Promise<number>} [run]
 * @property {(argv: string[], system: NodeSystem) => Promise<number>} [runRaw] in place of `run`, for a command line of
 *   another kind
 * @property {boolean} [hidden] whether it is lull's own
 */

/**
 * Lazy-loaded: `lull run` of a cached program starts without Binaryen and the compilers.
 *
 * @type {Record<string, () => Promise<Command>>}
 */
const commands = {
  init: () => import('./commands/init.js'),
  build: () => import('./commands/build.js'),
  run: () => import('./commands/run.js'),
  types: () => import('./commands/types.js'),
  doctor: () => import('./commands/doctor.js'),
  cc: async () => (await import('./commands/cc.js')).cc,
  'c++': async () => (await import('./commands/cc.js')).cxx,
  ar: async () => (await import('./commands/cc.js')).ar,
  ranlib: async () => (await import('./commands/cc.js')).ranlib,
  nm: async () => (await import('./commands/cc.js')).nm,
  cmake: () => import('./commands/cmake.js'),
  meson: () => import('./commands/meson.js'),
  cflags: () => import('./commands/cflags.js'),
  server: () => import('./commands/server.js'),
  module: async () => (await import('./commands/run.js')).module,
};

/**
 * Run a command.
 *
 * @param {string[]} argv
 * @param {NodeSystem} system
 * @returns {Promise<number>} the status to exit with
 */
export async function main(argv, system) {
  try {
    return await start(argv, system);
  } catch (error) {
    const { message, status } = failureOf(error);
    if (message) system.progress.print(`lull: ${message}\n`);
    return status;
  }
}

/**
 * @param {string[]} argv
 * @param {NodeSystem} system
 */
async function start([name, ...argv], system) {
  /** @param {string} text */
  const print = (text) => {
    system.output(new TextEncoder().encode(text.endsWith('\n') ? text : `${text}\n`));
    return 0;
  };
  if (name === '--version') return print(lullVersion);
  if (name === '--help' || name === '-h') return print(await help());
  if (name === undefined) throw new Failure(`which command?\n\n${await help()}`.trimEnd(), 2);
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith('-') ? 'option' : 'command';
    throw new Failure(`there is no ${what} '${name}'. Try: lull --help`, 2);
  }
  const command = await commands[name]();
  const { runRaw, run } = command;
  if (runRaw) return /^(--help|-h)$/.test(argv[0] ?? '') ? print(command.help) : runRaw(argv, system);
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const before = argv.slice(0, end);
  const { own, given } = command.compiles ? tellApart(before, command.options) : { own: before, given: [] };
  const { values, positionals } = parse(name, command, own);
  if (values.help || !run) return print(command.help);
  return run({ values, positionals, given, rest: argv.slice(end + 1) }, system);
}

/**
 * @param {string} name
 * @param {Command} command
 * @param {string[]} args
 */
function parse(name, command, args) {
  try {
    const options = { ...command.options, help: { type: /** @type {const} */ ('boolean'), short: 'h' } };
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Its first sentence names the option; the others are about parseArgs' own conventions.
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const [sentence] = message.split(/\. |\n/);
    const isUnknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    const hint = isUnknown && command.afterDashes ? `; ${command.afterDashes} come after --` : '';
    throw new Failure(`${sentence}${hint}. Try: lull ${name} --help`, 2);
  }
}

async function help() {
  const lines = [];
  for (const [name, load] of Object.entries(commands)) {
    const { summary, hidden } = await load();
    if (!hidden) lines.push(`  ${name.padEnd(10)}${summary}`);
  }
  return `Usage: lull COMMAND ...

Microthreads written in C on the JavaScript event loop.

Commands:
${lines.join('\n')}

lull COMMAND --help describes a command. lull --version prints the version.
`;
}
