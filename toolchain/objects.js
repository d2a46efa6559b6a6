/**
 * Objects by the contents of their sources, so that a build compiles only changed files. Those contents are
 * known twice: by the lines of the preprocessor (sources.js), which also name the files that are not there yet; and,
 * once a source is compiled, by the compiler, exactly. See D98.
 */
import { compileWithFacts } from './facts-analysis.js';
import { resolve } from './paths.js';
import { readSources } from './sources.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, Run, System } from './system.js'
 */

/** Flags on which an object depends as they stand, and those that name files which the preprocessor reads. */
const KNOWN = new RegExp(`^-(${[
  'c', 'x', '[DUIO].*', 'isystem', 'iquote', 'idirafter', 'include', 'imacros', 'g(?!split).*', 'W(?![ap],).*',
  'std=.*',
  'f(?!profile|plugin|pass-plugin|save|module|time|crash|sanitize.*=.*/|auto|thin|memory-p|coverage|syntax).*',
  'm(?!llvm).*', 'w', 'pedantic.*', 'ansi', 'nostdinc.*',
].join('|')})$`);

/** Macros that change by themselves. */
const OF_THE_TIME = /__(DATE|TIME|TIMESTAMP)__/;

/** A compiler that has not succeeded: nothing is kept. */
class Unsuccessful extends Error {
  /** @param {Run} run */
  constructor(run) {
    super();
    this.run = run;
  }
}

/** @typedef {(system: System, compiler: Compiler, args: string[], stdin?: Bytes) => Promise<Run>} Compile */

/** @typedef {{ files: string[], messages: Uint8Array, object: Uint8Array }} Compiled and the files that were read */

/**
 * Compile a source, unless there is an object of the same.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string[]} args flags
 * @param {string} file
 * @param {string} output the object
 * @param {Compile} [compile]
 * @returns {Promise<Run>}
 */
export async function compileOnce(system, compiler, args, file, output, compile = compileWithFacts) {
  const all = ['-c', ...args, file, '-o', output];
  const scan = () => readSources(system, [file], args);
  const sources = scan();
  const changing = [...sources.values()].some((bytes) => OF_THE_TIME.test(new TextDecoder('latin1').decode(bytes)));
  if (changing || !args.every((flag) => !flag.startsWith('-') || KNOWN.test(flag))) {
    return compile(system, compiler, all);
  }

  /** @type {Promise<Compiled> | undefined} */
  let made;
  const make = () => (made ??= compileAndList(system, compiler, compile, all, `${output}.d`).then((compiled) => {
    // Saved meanwhile: the object may be of either.
    if (!isSame(sources, scan())) throw new Unsuccessful(compiled.run);
    return compiled;
  }));
  const parts = [
    'object', compile.name, ...system.code(), system.runtime.version, compiler.name, await compiler.version(),
    ...compiler.fixed,
    ...(compiler.variables ?? []),
    system.folder, ...args, file, ...[...sources].flat(),
  ];
  try {
    const others = textOf(await system.cached([...parts, 'files'], async () =>
      bytesOf((await make()).files.filter((path) => !sources.has(path)).join('\n')))).split('\n').filter(Boolean);
    const contents = others.flatMap((path) => [path, system.read(path) ?? 'none']);
    const { files, messages, object } = unpack(
      await system.cached([...parts, ...contents], async () => pack(await make())));
    // A header that the lines do not name includes others now than it did when it was first seen.
    system.noticed?.(files);
    const isKnown = files.every((path) => sources.has(path) || others.includes(path));
    if (!isKnown && !made) return await compile(system, compiler, all);
    if (!made) await system.write(output, new Uint8Array(object));
    return { status: 0, stdout: new Uint8Array(), stderr: messages };
  } catch (error) {
    if (error instanceof Unsuccessful) return error.run;
    throw error;
  }
}

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Compile} compile
 * @param {string[]} args
 * @param {string} list where to write it
 * @returns {Promise<Compiled & { run: Run }>}
 */
async function compileAndList(system, compiler, compile, args, list) {
  const run = await compile(system, compiler, [...args, '-MD', '-MF', list]);
  const object = system.read(args[args.length - 1]);
  const files = system.read(list);
  if (run.status !== 0 || !object || !files) throw new Unsuccessful(run);
  return {
    run,
    object,
    messages: new Uint8Array([...run.stdout, ...run.stderr]),
    files: dependenciesIn(textOf(files)).map((path) => resolve(system.folder, path)),
  };
}

/**
 * The files in a rule of make.
 *
 * @param {string} rule
 * @returns {string[]}
 */
export function dependenciesIn(rule) {
  const names = rule.replace(/\\\r?\n/g, ' ').match(/(?:\\[ #]|\$\$|\S)+/g) ?? [];
  const first = names.findIndex((name) => name.endsWith(':')) + 1;
  return names.slice(first).map((name) => name.replace(/\\([ #])/g, '$1').replaceAll('$$', '$'));
}

/**
 * @param {Map<string, Bytes>} a
 * @param {Map<string, Bytes>} b
 */
const isSame = (a, b) => a.size === b.size
  && [...a].every(([path, bytes]) => textOf(bytes) === textOf(b.get(path) ?? new Uint8Array()));

/** @param {Compiled} compiled */
function pack({ files, messages, object }) {
  const head = bytesOf(JSON.stringify({ files, messages: messages.length }));
  const packed = new Uint8Array(4 + head.length + messages.length + object.length);
  new DataView(packed.buffer).setUint32(0, head.length);
  packed.set(head, 4);
  packed.set(messages, 4 + head.length);
  packed.set(object, 4 + head.length + messages.length);
  return packed;
}

/**
 * @param {Bytes} packed
 * @returns {Compiled}
 */
function unpack(packed) {
  const start = 4 + new DataView(packed.buffer, packed.byteOffset).getUint32(0);
  const { files, messages } = JSON.parse(textOf(packed.subarray(4, start)));
  return { files, messages: packed.subarray(start, start + messages), object: packed.subarray(start + messages) };
}

/** @param {Uint8Array} bytes */
const textOf = (bytes) => new TextDecoder().decode(bytes);

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text);
