/** From sources, objects and archives to one module, which is not instrumented yet. */
import { objectsIn } from './archive.js';
import { compileAlone, compileWithFacts, usesFacts } from './facts-analysis.js';
import { hasFacts } from './facts-section.js';
import { keepFileWaits } from './descriptors.js';
import { inUsersWords } from './diagnostics.js';
import { EXCEPTIONS, usesExceptions, withExceptions } from './exceptions.js';
import { Failure } from './failure.js';
import { refuseForeign } from './foreign-objects.js';
import { flagsFor } from './fuel.js';
import { LONG_DOUBLE, usesLongDoubles } from './long-double.js';
import { refuseMissing } from './missing-symbols.js';
import { functionsOfObject, namesOf } from './object-file.js';
import { compileOnce } from './objects.js';
import { nameOf, resolve } from './paths.js';
import { runtimeObject, runtimeParts } from './runtime.js';
import { isModule } from './sections.js';

/**
 * @import { Arguments, Input } from './arguments.js'
 * @import { Compiler } from './compiler.js'
 * @import { Counted } from './fuel.js'
 * @import { Switch } from './switches.js'
 * @import { Bytes, Run, System } from './system.js'
 */

/**
 * The flags of every source.
 *
 * @param {System} system
 * @param {Compiler} compiler
 */
export const alwaysGiven = ({ runtime, progress }, compiler) => [
  `-I${runtime.include}`, ...(progress.colors ? [compiler.colors] : []),
];

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Arguments} args
 * @param {Set<string>} foreign gets the names of functions that are not the C library's, and have no facts about calls
 * @param {Counted} [counted] for a program that counts fuel: gets the names of its own functions, to which those of
 *   its archives belong where tasks yield
 * @param {Switch} [kind] of switch
 * @returns {Promise<{ wasm: Bytes, sources: Map<number, string> }>} the module; the functions by their names in facts
 */
export const link = (system, compiler, args, foreign, counted, kind) => system.withFolder(async (folder) => {
  const { inputs, flags, link: order, asyncFiles } = args;
  const withFacts = usesFacts(args);
  const compile = withFacts ? compileWithFacts : compileAlone;
  const { progress } = system;
  const common = alwaysGiven(system, compiler);
  /** The names that the user knows, by those of temporary files, and by full ones. @type {[string, string][]} */
  const names = [];

  /** @param {Run} run */
  const check = ({ status, stdout, stderr }) => {
    let text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    for (const [path, name] of names) text = text.replaceAll(path, name);
    if (text) progress.print(inUsersWords(text));
    if (status !== 0) throw new Failure('', status);
  };

  /** @param {string} object @param {string} file */
  const objectOf = (object, file) => {
    const contents = system.read(object);
    if (!contents) throw new Failure(`${compiler.name} wrote no object file for ${file}`); // such as -fsyntax-only
    return contents;
  };

  /** The files of the linker, by the user's. @type {Map<Input, string>} */
  const paths = new Map(inputs.map((input, i) => [
    input, input.language ? `${folder}/${i}-${nameOf(input.file)}.o` : input.file]));
  await eachInParallel([...paths], compiler.processors, async ([{ file, language, given }, path]) => {
    names.push([language ? path : resolve(system.folder, path), file]);
    if (!language) return;
    progress.show(`compiling ${file}`);
    const args = [...flags, ...common, ...(given ? ['-x', given] : [])];
    check(await (file === '-'
      ? compile(system, compiler, ['-c', ...args, file, '-o', path], await system.input())
      : compileOnce(system, compiler, args, file, path, compile)));
  });
  /** @type {Map<string, Bytes>} */
  const objects = new Map();
  /** Those that this build has not compiled. @type {Map<string, Bytes>} */
  const given = new Map();
  for (const [{ file, language }, path] of paths) {
    const contents = language ? objectOf(path, file) : system.read(path);
    if (!contents) continue; // the linker reports a missing one
    if (!language) given.set(file, contents);
    if (!file.endsWith('.a')) objects.set(file, contents);
  }
  for (const file of librariesOf(system, order)) given.set(file, objectOf(file, file));
  let [hasMangled, hasUnread] = [false, false];
  if (withFacts) {
    for (const { contents } of [...objects, ...given].flatMap(([, file]) => objectsIn(file))) {
      const names = functionsOfObject(contents);
      hasMangled ||= names.some((name) => MANGLED.test(name));
      hasUnread ||= !isModule(contents); // of -flto: the linker makes its functions
      if (!hasFacts(contents)) names.forEach((name) => foreign.add(name));
    }
  }
  if (counted) {
    const ofArchives = counted.yields ? [...given].filter(([file]) => file.endsWith('.a')) : [];
    const members = ofArchives.flatMap(([, archive]) => objectsIn(archive).map(({ contents }) => contents));
    for (const object of [...objects.values(), ...members]) {
      for (const name of functionsOfObject(object)) counted.own.add(name);
    }
  }

  const throws = usesExceptions([...objects.values(), ...given.values()]);
  /** @type {string[]} */
  const ours = [];
  /** @type {string[]} */
  const wrapped = [];
  for (const part of await runtimeParts(system.runtime, compiler, throws, kind)) {
    const object = `${folder}/lull-${part.name}.o`;
    names.push([object, 'the runtime of lull']);
    const contents = await runtimeObject(system, compiler, part, object, async (args) =>
      check(await compiler.compile([...common, ...args])));
    await system.write(object, contents);
    if (ours.length === 0) refuseForeign(given, contents, compiler.name);
    ours.push(object);
    wrapped.push(...functionsOfObject(contents).flatMap(replacedBy));
  }

  progress.show('linking');
  const output = `${folder}/program.wasm`;
  const items = order.flatMap((item) => (Array.isArray(item) ? [item] : [[/** @type {string} */ (paths.get(item))]]));
  const linked = (/** @type {string[]} */ names) => compiler.link([
    ...items, ...ours.map((object) => [object]), ...wrapped.map((name) => [`-Wl,--wrap=${name}`]),
    ...[...names, ...(counted ? flagsFor(counted) : []), ...(asyncFiles ? keepFileWaits : [])].map((flag) => [flag]),
    ...(compiler.libc === 'wasi-libc' && usesLongDoubles(objects.values()) ? [[LONG_DOUBLE]] : []),
  ], withExceptions(flags, throws ? EXCEPTIONS : undefined), output);
  const module = async (/** @type {string[]} */ names, isAgain = false) => {
    const run = await linked(names);
    if (!isAgain || run.status !== 0) check(run); // the messages are those of before
    return objectOf(output, inputs.map(({ file }) => file).join(' '));
  };
  const wasm = await module([]);
  if (compiler.imports) await refuseMissing(wasm, compiler.imports, objects);
  const sources = namesOf(hasMangled ? await module(AS_IN_FACTS, true) : wasm);
  if (hasUnread) sources.forEach((name) => foreign.add(name));
  return { wasm, sources };
});

/** Facts have the names of C++ as compilers mangle them. Users have them as its sources do, in errors and modules. */
const AS_IN_FACTS = ['-Wl,--no-demangle'];
const MANGLED = /^_Z/;

const REPLACEMENT = '__wrap_';

/**
 * The function of a C library in whose place the linker puts one of the runtime, by its convention for names.
 * See D105.
 *
 * @param {string} name
 */
const replacedBy = (name) => (name.startsWith(REPLACEMENT) ? [name.slice(REPLACEMENT.length)] : []);

/**
 * The user's archives that the linker finds by their names: those of -l in the folders of -L.
 *
 * @param {System} system
 * @param {Arguments['link']} items
 * @returns {string[]}
 */
function librariesOf(system, items) {
  const flags = items.filter((item) => Array.isArray(item));
  const valuesOf = (/** @type {string} */ name) => flags.flatMap(([option, value]) =>
    (option.startsWith(name) ? [option.slice(name.length) || value] : []));
  const folders = valuesOf('-L');
  return valuesOf('-l').flatMap((name) => {
    const path = (/** @type {string} */ folder) => `${folder}/lib${name}.a`;
    const folder = folders.find((candidate) => system.read(path(candidate)));
    return folder === undefined ? [] : [path(folder)];
  });
}

/**
 * Call `act` for each item, up to `most` at a time. After a failure, no further call begins.
 *
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @param {(item: T) => Promise<void>} act
 */
async function eachInParallel(items, most, act) {
  const left = items.values();
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    for (const item of left) {
      await act(item).catch((error) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  if (failures.length > 0) throw failures[0];
}
