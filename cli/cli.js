#!/usr/bin/env node
/** The command `lull`: it parses the command line, runs one of its commands, and prints errors. */
import { getSystemErrorMap, parseArgs } from 'node:util';
import { tellApart } from './commands/compiler-arguments.js';
import { Failure } from '../toolchain/failure.js';
import { lullVersion } from '../node/toolchain/packages.js';

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
 * @property {(args: Arguments<any>) => Promise<number>} [run]
 * @property {(argv: string[]) => Promise<number>} [runRaw] in place of `run`, for a command line of another kind
 */

/**
 * Lazy-loaded: `lull run` of a cached program starts without Binaryen and the compilers.
 *
 * @type {Record<string, () => Promise<Command>>}
 */
const commands = {
  build: () => import('./commands/build.js'),
  run: () => import('./commands/run.js'),
  types: () => import('./commands/types.js'),
  doctor: () => import('./commands/doctor.js'),
  cc: async () => (await import('./commands/cc.js')).cc,
  'c++': async () => (await import('./commands/cc.js')).cxx,
  ar: async () => (await import('./commands/cc.js')).ar,
  ranlib: async () => (await import('./commands/cc.js')).ranlib,
  nm: async () => (await import('./commands/cc.js')).nm,
};

/** @param {string[]} argv */
async function main([name, ...argv]) {
  if (name === '--version') return print(lullVersion);
  if (name === '--help' || name === '-h') return print(await help());
  if (name === undefined) throw new Failure(`which command?\n\n${await help()}`.trimEnd(), 2);
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith('-') ? 'option' : 'command';
    throw new Failure(`there is no ${what} '${name}'. Try: lull --help`, 2);
  }
  const command = await commands[name]();
  const { runRaw, run } = command;
  if (runRaw) return /^(--help|-h)$/.test(argv[0] ?? '') ? print(command.help) : runRaw(argv);
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const before = argv.slice(0, end);
  const { own, given } = command.compiles ? tellApart(before, command.options) : { own: before, given: [] };
  const { values, positionals } = parse(name, command, own);
  if (values.help || !run) return print(command.help);
  return run({ values, positionals, given, rest: argv.slice(end + 1) });
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
  for (const [name, load] of Object.entries(commands)) lines.push(`  ${name.padEnd(10)}${(await load()).summary}`);
  return `Usage: lull COMMAND ...

Microthreads written in C on the JavaScript event loop.

Commands:
${lines.join('\n')}

lull COMMAND --help describes a command. lull --version prints the version.
`;
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

/**
 * An error of the system is a user error, too; any other error is a bug and keeps its stack.
 *
 * @param {unknown} error
 */
function failureOf(error) {
  if (error instanceof Failure) return error;
  const { errno, path, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  if (known) return new Failure(`${path ?? syscall}: ${known[1]}`);
  throw error;
}

process.stdout.on('error', (error) => {
  // A reader may stop early, as in `lull --help | head -1`.
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') {
    process.stderr.write(`lull: stdout: ${failureOf(error).message}\n`);
  }
  process.exit(1);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { message, status } = failureOf(error);
  if (message) process.stderr.write(`lull: ${message}\n`);
  process.exitCode = status;
}
