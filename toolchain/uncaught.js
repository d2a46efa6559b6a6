/**
 * Catches the exceptions that leave tasks, where these are entered. They would pass through the loop, and be objects
 * without a message to JavaScript; so the task fails:
 *
 *     try entry(argument) catch C++ { lull__uncaught(exception); 0 } catch longjmp { lull__stray_jump(); 0 }
 *
 * See D93, D95.
 */
import { rewrite } from './expressions.js';

/** The export of src/cplusplus/uncaught.cc. */
const UNCAUGHT = 'lull uncaught';
/** The function of the C library that throws a jump, and the one of src/hostlib/setjmp.c for a jump to nowhere. */
const JUMP = '__wasm_longjmp';
const STRAY = 'lull__stray_jump';

/** @typedef {{ tag: string, failed: () => number }} Catch the tag, and the code that then fails the task */

/**
 * @param {any} binaryen
 * @param {any} module before it is optimized
 * @param {() => Iterable<string>} entering the functions that switch: those that enter tasks do so by their only
 *   indirect calls
 */
export function catchUncaught(binaryen, module, entering) {
  const { i64 } = binaryen;
  const catches = [...exceptionsOf(binaryen, module), ...jumpsOf(binaryen, module)];
  if (catches.length === 0) return;
  for (const name of entering()) {
    const reference = module.getFunction(name);
    const body = rewrite(binaryen, binaryen.Function.getBody(reference), (part) => {
      if (binaryen.getExpressionId(part) !== binaryen.CallIndirectId) return 0;
      return module.try(null, part, catches.map(({ tag }) => tag),
        catches.map(({ failed }) => module.block(null, [failed(), module.i64.const(0n)], i64)));
    });
    binaryen.Function.setBody(reference, body);
  }
}

/**
 * Exceptions of C++, in a program that has them.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {Catch[]}
 */
function exceptionsOf(binaryen, module) {
  const { Try, getExpressionId: id, none } = binaryen;
  const found = module.getExport(UNCAUGHT);
  if (!found) return [];
  const handler = binaryen.getExportInfo(found).value;
  module.removeExport(UNCAUGHT);
  /** The tag of C++, which the handler catches. @type {string} */
  let tag = '';
  rewrite(binaryen, binaryen.Function.getBody(module.getFunction(handler)), (part) => {
    if (id(part) === binaryen.TryId && Try.getNumCatchTags(part) > 0) tag ||= Try.getCatchTagAt(part, 0);
    return 0;
  });
  if (!tag) throw new Error(`lull: ${handler} catches nothing: was it compiled without exceptions?`);
  return [{ tag, failed: () => module.call(handler, [module.i32.pop()], none) }];
}

/**
 * Jumps to where no function waits for them, in a program that calls longjmp.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {Catch[]}
 */
function jumpsOf(binaryen, module) {
  const [jump, stray] = [module.getFunction(JUMP), module.getFunction(STRAY)];
  if (!jump || !stray) return [];
  /** @type {string} */
  let tag = '';
  rewrite(binaryen, binaryen.Function.getBody(jump), (part) => {
    if (binaryen.getExpressionId(part) === binaryen.ThrowId) tag = binaryen.Throw.getTag(part);
    return 0;
  });
  if (!tag) throw new Error(`lull: ${JUMP} throws nothing: this C library jumps in a way that lull does not know`);
  return [{
    tag,
    failed: () => module.block(null, [module.drop(module.i32.pop()), module.call(STRAY, [], binaryen.none)]),
  }];
}
