/** From sources, objects and archives to one module, which is not instrumented yet. */
import { Failure } from './failure.js';
import { FUEL_FLAGS, functionsOfObject } from './fuel.js';
import { LONG_DOUBLE, usesLongDoubles } from './long-double.js';
import { refuseMissing } from './missing-symbols.js';
import { nameOf, resolve } from './paths.js';
import { runtimeLevel, runtimeObject } from './runtime.js';

/**
 * @import { Arguments, Input } from './arguments.js'
 * @import { Compiler } from './compiler.js'
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
 * @param {Set<string>} [own] for a program that counts fuel: gets the names of its own functions
 * @returns {Promise<Bytes>} the module with its names
 */
export const link = (system, compiler, { inputs, flags, link: linked }, own) => system.withFolder(async (folder) => {
  const { progress, runtime } = system;
  const common = alwaysGiven(system, compiler);
  /** The names that the user knows, by those of temporary files, and by full ones. @type {[string, string][]} */
  const names = [];

  /** @param {Run} run */
  const check = ({ status, stdout, stderr }) => {
    let text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    for (const [path, name] of names) text = text.replaceAll(path, name);
    if (text) progress.print(text);
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
    const input = file === '-' ? await system.input() : undefined;
    check(await compiler.compile(
      ['-c', ...flags, ...common, ...(given ? ['-x', given] : []), file, '-o', path], input));
  });
  /** @type {Map<string, Bytes>} */
  const objects = new Map();
  for (const [{ file, language }, path] of paths) {
    const contents = language ? objectOf(path, file) : system.read(path);
    if (contents && !file.endsWith('.a')) objects.set(file, contents); // the linker reports a missing file
  }
  if (own) {
    for (const object of objects.values()) for (const name of await functionsOfObject(object)) own.add(name);
  }

  const ours = `${folder}/lull-runtime.o`;
  names.push([ours, 'the runtime of lull']);
  await system.write(ours, await runtimeObject(system, compiler, async () => {
    check(await compiler.compile(
      ['-c', `-O${runtimeLevel}`, ...common, ...runtime.flags, runtime.source, '-o', ours]));
    return objectOf(ours, runtime.source);
  }));

  progress.show('linking');
  const output = `${folder}/program.wasm`;
  const items = linked.flatMap((item) => (Array.isArray(item) ? [item] : [[/** @type {string} */ (paths.get(item))]]));
  check(await compiler.link([
    ...items, [ours],
    ...(own ? FUEL_FLAGS : []).map((flag) => [flag]),
    ...(compiler.name === 'clang' && usesLongDoubles(objects.values()) ? [[LONG_DOUBLE]] : []),
  ], flags, output));
  const wasm = objectOf(output, inputs.map(({ file }) => file).join(' '));
  if (compiler.imports) await refuseMissing(wasm, compiler.imports, objects);
  return wasm;
});

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
