/**
 * Catches a longjmp() that finds no setjmp() on the stack of its task: an exception of WebAssembly, which would pass
 * through the loop, and be an object without a message to JavaScript. Where the loop enters a task, the task now fails:
 *
 *     try entry(argument) catch longjmp { lull__used_stray_jump(); 0 }
 *
 * See D99.
 */
import { rewrite } from './expressions.js';

/** The function of src/hostlib/setjmp.c that is called then. It is exported if the program calls longjmp. */
const STRAY = 'lull_stray_jump';
/** The function of the C library that throws. */
const JUMP = '__wasm_longjmp';

/**
 * What longjmp() throws; undefined if the module has none.
 *
 * @param {any} binaryen
 * @param {any} module before it is optimized
 * @returns {string | undefined}
 */
export function jumpTag(binaryen, module) {
  const reference = module.getFunction(JUMP);
  /** @type {string | undefined} */
  let tag;
  rewrite(binaryen, reference && binaryen.Function.getBody(reference), (part) => {
    if (part && binaryen.getExpressionId(part) === binaryen.ThrowId) tag = binaryen.Throw.getTag(part);
    return 0;
  });
  return tag;
}

/**
 * @param {any} binaryen
 * @param {any} module after Asyncify
 * @param {string} tag
 * @param {string[]} entering the functions that enter tasks
 */
export function catchStrayJumps(binaryen, module, tag, entering) {
  const { i32, i64, createType } = binaryen;
  const found = module.getExport(STRAY);
  if (!found) return;
  const stray = binaryen.getExportInfo(found).value;
  const argument = createType([i32]);
  for (const name of entering) {
    const reference = module.getFunction(name);
    rewrite(binaryen, binaryen.Function.getBody(reference), (part) => {
      if (binaryen.getExpressionId(part) !== binaryen.CallIndirectId) return 0;
      const { CallIndirect } = binaryen;
      if (CallIndirect.getParams(part) !== argument || CallIndirect.getResults(part) !== i64) return 0;
      const caught = module.block(null, [
        module.drop(module.i32.pop()), module.call(stray, [], binaryen.none), module.i64.const(0n),
      ], i64);
      return module.try(null, part, [tag], [caught], null);
    });
  }
  module.removeExport(STRAY);
}
