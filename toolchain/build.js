/** A build: from C files to a module that lull loads. */
import { parseArguments } from './arguments.js';
import { install } from './compiler.js';
import { checkEntries } from './entries.js';
import { Failure } from './failure.js';
import { link } from './link.js';
import { chooseWasmOpt } from './wasm-opt.js';

/**
 * @import { Arguments } from './arguments.js'
 * @import { Compiler } from './compiler.js'
 * @import { Report } from './suspend-report.js'
 * @import { Fuel } from './fuel.js'
 * @import { Switch } from './switches.js'
 * @import { Bytes, System } from './system.js'
 */

/**
 * @typedef {object} BuildOptions
 * @property {boolean} [debug]          keep the functions' names
 * @property {boolean} [executable]     refuse a program without main()
 * @property {Fuel} [fuel]              count what the program does: see fuel.js
 * @property {Switch} [switch]          by which its tasks suspend
 * @property {(report: Report) => void} [report]  gets what is instrumented, and why
 * @property {boolean} [compactFrames]  off only to prove that the result is correct without
 */

/**
 * @param {System} system
 * @param {Compiler} compiler of this system
 * @param {BuildOptions & { args: string[] }} options `args` are files and flags, as a C compiler takes them; without
 *   -O, nothing is optimized
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export const build = (system, compiler, { args, ...options }) =>
  buildFrom(system, compiler, parseArguments(args, system.read), options);

/**
 * @param {System} system
 * @param {Compiler} compiler of this system
 * @param {Arguments} args
 * @param {BuildOptions} [given]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function buildFrom(system, compiler, args, given = {}) {
  const { fuel = args.fuel, switch: kind = args.switches[0], executable = false, report, ...options } = given;
  // Look for it first: the compiler takes seconds.
  const found = system.findPackage('binaryen');
  if (!found) throw new Failure(`Binaryen is missing. Install it:\n    ${install.binaryen}`);
  const wasmOpt = await chooseWasmOpt(system);

  const counted = fuel ? { own: new Set(), yields: fuel === 'yield' } : undefined;
  /** @type {Set<string>} */
  const foreign = new Set();
  const { wasm: linked, sources } = await link(system, compiler, args, foreign, counted, kind);
  await checkEntries(system, linked, executable);
  const parts = [
    system.runtime.version, ...system.code(), found.version, wasmOpt?.version ?? '', args.level,
    JSON.stringify([options, fuel, kind, args.instrumentAll]), ...counted?.own ?? [], 'foreign', ...foreign, linked,
  ];
  // Build systems link the same program again and again, and an edit of a comment changes nothing here. See D98.
  const make = async () => {
    system.progress.show('instrumenting and optimizing');
    const [{ default: binaryen }, { instrument }] = await Promise.all([import(found.url), import('./instrument.js')]);
    return instrument(binaryen, linked, {
      optimize: args.level, fuel: counted, wasmOpt, switch: kind, foreign, sources, all: args.instrumentAll, report,
      ...options,
    });
  };
  return report ? make() : system.cached(parts, make);
}

/**
 * A module for each of the switches, in their order.
 *
 * @param {System} system
 * @param {Compiler} compiler of this system
 * @param {Arguments} args
 * @param {BuildOptions} [options]
 * @returns {Promise<{ kind: Switch, wasm: Bytes }[]>}
 */
export async function buildEach(system, compiler, args, options) {
  const modules = [];
  for (const kind of args.switches) {
    modules.push({ kind, wasm: await buildFrom(system, compiler, args, { ...options, switch: kind }) });
  }
  return modules;
}
