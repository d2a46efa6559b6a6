/**
 * Binaryen's passes on a module. Those that take long are run by a wasm-opt, where there is one: the module goes there
 * and comes back as a binary with its names. All others, and all of them without one, are run in this process.
 * See D103.
 */

/** @import { WasmOpt } from './wasm-opt.js' */

/** The options of wasm-opt for the features that C compilers use. */
const FEATURES = {
  Atomics: 'threads', MutableGlobals: 'mutable-globals', NontrappingFPToInt: 'nontrapping-float-to-int',
  SIMD128: 'simd', BulkMemory: 'bulk-memory', SignExt: 'sign-ext', ExceptionHandling: 'exception-handling',
  TailCall: 'tail-call', ReferenceTypes: 'reference-types', Multivalue: 'multivalue', RelaxedSIMD: 'relaxed-simd',
  ExtendedConst: 'extended-const', MultiMemory: 'multimemory', FP16: 'fp16', BulkMemoryOpt: 'bulk-memory-opt',
  CallIndirectOverlong: 'call-indirect-overlong', WideArithmetic: 'wide-arithmetic',
};

/**
 * LLVM has done the inlining that pays. More would make functions too large for the engines to inline at run time. See
 * D63.
 */
const INLINED_MAX = 4;

/** Arguments of Asyncify. */
const ASYNCIFY = { 'asyncify-ignore-imports': '1', 'asyncify-propagate-addlist': '1' };

/** The levels of optimizing and of shrinking. @param {string} level @returns {[number, number]} */
const levelsOf = (level) =>
  // Asyncify saves fewer locals of optimized code, so level 0 is level 1 here.
  [{ 0: 1, 1: 1, s: 2, z: 2 }[level] ?? Number(level), { s: 1, z: 2 }[level] ?? 0];

export class Passes {
  /** Another one after each of the long passes. @type {any} */
  module;
  #binaryen;
  #level;
  #wasmOpt;
  /** Patterns of functions. @type {string[]} */
  #notInlined = [];

  /**
   * @param {any} binaryen whose settings are these until the next has its own
   * @param {Uint8Array} bytes a module with a name section
   * @param {string} level '0' to '3', 's' or 'z'
   * @param {WasmOpt} [wasmOpt]
   */
  constructor(binaryen, bytes, level, wasmOpt) {
    this.#binaryen = binaryen;
    this.#wasmOpt = wasmOpt;
    this.#level = level;
    this.module = binaryen.readBinary(bytes);
    this.#set();
    binaryen.setDebugInfo(true);
    binaryen.setOneCallerInlineMaxSize(INLINED_MAX);
    binaryen.clearPassArguments();
  }

  #set(levels = levelsOf(this.#level)) {
    const [optimize, shrink] = levels;
    this.#binaryen.setOptimizeLevel(optimize);
    this.#binaryen.setShrinkLevel(shrink);
  }

  /** Keep functions from being inlined. @param {string[]} patterns of their names */
  notInlined(patterns) {
    this.#notInlined.push(...patterns);
    this.#mark(patterns);
  }

  /** @param {string[]} patterns */
  #mark(patterns) {
    for (const pattern of patterns) {
      this.#binaryen.setPassArgument('no-inline', pattern);
      this.module.runPasses(['no-inline']);
    }
  }

  /** All passes that Binaryen has for the level. */
  async optimize() {
    if (!this.#wasmOpt) return this.module.optimize();
    const marks = this.#notInlined.flatMap((pattern) => ['--no-inline', `--pass-arg=no-inline@${pattern}`]);
    return this.#byWasmOpt([...marks, `-O${this.#level}`], {});
  }

  /** @param {Record<string, string>} lists its arguments */
  async asyncify(lists) {
    if (this.#wasmOpt) {
      const [optimize, shrink] = levelsOf(this.#level);
      return this.#byWasmOpt([
        `--optimize-level=${optimize}`, `--shrink-level=${shrink}`, '--asyncify',
        ...Object.entries(ASYNCIFY).map(([name, value]) => `--pass-arg=${name}@${value}`),
      ], lists);
    }
    for (const [name, value] of Object.entries({ ...ASYNCIFY, ...lists })) this.#binaryen.setPassArgument(name, value);
    this.module.runPasses(['asyncify']);
  }

  /**
   * @param {string[]} passes
   * @param {Record<string, string>} lists
   */
  async #byWasmOpt(passes, lists) {
    const features = this.module.getFeatures();
    const has = this.#binaryen.Features;
    const before = this.#written();
    const after = await /** @type {WasmOpt} */ (this.#wasmOpt).run(before, [
      '-g', '--mvp-features',
      ...Object.entries(FEATURES).flatMap(([name, option]) => (features & has[name] ? `--enable-${option}` : [])),
      '--no-stack-ir',
      `--one-caller-inline-max-function-size=${INLINED_MAX}`,
      ...passes,
    ], lists);
    this.module = this.#binaryen.readBinary(after);
    this.module.setFeatures(features);
    this.#mark(this.#notInlined); // a binary has no such marks
  }

  /** The module's bytes; it ends with that. */
  #written() {
    this.#set([0, 0]); // at other levels, Binaryen writes rearranged code, which comes back as other expressions
    try {
      return this.module.emitBinary();
    } finally {
      this.#set();
      this.dispose();
    }
  }

  dispose() {
    this.module?.dispose();
    this.module = undefined;
  }
}
