/**
 * The guard of the C stack: every change of its pointer that makes room checks that there is room. A frame starts with
 *
 *     pointer = frame = pointer - size
 *
 * and a variable part of it likewise, with a size that is known at run time. The room is what lies between a limit that
 * moves, the end of the saved frames, and the pointer: addresses have no sign here, and a size may be so large that the
 * new pointer wraps around and comes out above the old one.
 *
 *     if (pointer - limit < size) overflow()
 *     if (frame - limit > pointer - limit) overflow()      where the size is not constant, or the frame is aligned
 *
 * What gives room back needs no check. See D49.
 */
import { children } from './asyncify-frames.js';
import { rewrite } from './expressions.js';

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {object} names
 * @param {string} names.pointer the global that is the C stack pointer
 * @param {string} names.limit the global that is its limit
 * @param {string} names.overflow the function that an overflow calls, which traps
 * @param {Set<number>} names.restores expressions that need no check: see catches.js
 */
export function checkStack(binaryen, module, { pointer, limit, overflow, restores }) {
  const { GlobalSet, GlobalGet, Binary, Const, getExpressionId: id, i32: type, none } = binaryen;
  const { i32, global, local } = module;
  const get = (/** @type {string} */ name) => global.get(name, type);
  const room = () => i32.sub(get(pointer), get(limit));
  const unless = (/** @type {number} */ exceeded) => module.if(exceeded, module.call(overflow, [], none));

  /** The constant size of a frame, if the value makes one of the pointer itself. @param {number} value */
  const sizeOf = (value) => {
    const made = id(value) === binaryen.LocalSetId ? binaryen.LocalSet.getValue(value) : value;
    if (id(made) !== binaryen.BinaryId || Binary.getOp(made) !== binaryen.SubInt32) return undefined;
    const [from, size] = [Binary.getLeft(made), Binary.getRight(made)];
    const fromPointer = id(from) === binaryen.GlobalGetId && GlobalGet.getName(from) === pointer;
    return fromPointer && id(size) === binaryen.ConstId ? Const.getValueI32(size) : undefined;
  };

  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    const body = binaryen.Function.getBody(reference);
    if (!body) continue;
    const setters = new Setters(binaryen, body);
    const checked = rewrite(binaryen, body, (expression) => {
      if (id(expression) === binaryen.BlockId) setters.read(expression);
      if (id(expression) !== binaryen.GlobalSetId || GlobalSet.getName(expression) !== pointer) return 0;
      if (restores.has(expression)) return 0;
      const value = GlobalSet.getValue(expression);
      const size = sizeOf(value);
      if (size !== undefined) return module.block(null, [unless(i32.lt_u(room(), i32.const(size))), expression], none);
      if (!makesRoom(binaryen, setters.origin(expression, value), setters)) return 0;
      const frame = binaryen._BinaryenFunctionAddVar(reference, type);
      const beyond = i32.gt_u(i32.sub(local.get(frame, type), get(limit)), room());
      return module.block(null, [
        local.set(frame, value), unless(beyond), global.set(pointer, local.get(frame, type)),
      ], none);
    });
    binaryen.Function.setBody(reference, checked);
  }
}

/** Locals may be copies of each other in a circle. */
const COPIES_MAX = 16;

/** What the locals of a function are set to. Code that is not optimized passes each stack pointer through some. */
class Setters {
  #binaryen;
  /** The values of the locals that are set once; of the others, 0. @type {Map<number, number>} */
  #values = new Map();
  /**
   * For a statement, the last value of the local that it uses, which was set in the same block.
   *
   * @type {Map<number, number>}
   */
  #before = new Map();

  /**
   * @param {any} binaryen
   * @param {number} body
   */
  constructor(binaryen, body) {
    this.#binaryen = binaryen;
    this.#eachSet(body, (local, value) => this.#values.set(local, this.#values.has(local) ? 0 : value));
  }

  /**
   * @param {number} expression
   * @param {(local: number, value: number) => void} visit
   */
  #eachSet(expression, visit) {
    const { LocalSet, LocalSetId, getExpressionId: id } = this.#binaryen;
    rewrite(this.#binaryen, expression, (part) => {
      if (id(part) === LocalSetId) visit(LocalSet.getIndex(part), LocalSet.getValue(part));
      return 0;
    });
  }

  /** Read a block's statements, before they are rewritten. @param {number} block */
  read(block) {
    const binaryen = this.#binaryen;
    const { GlobalSet, LocalGet, LocalSet, getExpressionId: id } = binaryen;
    /** @type {Map<number, number>} */
    const last = new Map();
    for (const statement of children(this.#binaryen, block)) {
      if (id(statement) === binaryen.GlobalSetId && id(GlobalSet.getValue(statement)) === binaryen.LocalGetId) {
        const value = last.get(LocalGet.getIndex(GlobalSet.getValue(statement)));
        if (value) this.#before.set(statement, value);
      }
      this.#eachSet(statement, (local) => last.delete(local));
      if (id(statement) === binaryen.LocalSetId) last.set(LocalSet.getIndex(statement), LocalSet.getValue(statement));
    }
  }

  /**
   * The expression that made the value that a statement uses.
   *
   * @param {number} statement 0 for any
   * @param {number} value
   * @returns {number}
   */
  origin(statement, value) {
    const { LocalGet, LocalGetId, getExpressionId: id } = this.#binaryen;
    let known = this.#before.get(statement);
    for (let copies = 0; copies < COPIES_MAX; copies++) {
      value = known ?? value;
      known = id(value) === LocalGetId ? this.#values.get(LocalGet.getIndex(value)) : 0;
      if (!known) break;
    }
    return value;
  }
}

/**
 * Whether a new stack pointer is below the old one: something is subtracted from it, and perhaps it is aligned.
 *
 * @param {any} binaryen
 * @param {number} value
 * @param {Setters} setters
 * @returns {boolean}
 */
function makesRoom(binaryen, value, setters) {
  const { Binary, Const, LocalSet, getExpressionId: id } = binaryen;
  if (id(value) === binaryen.LocalSetId) return makesRoom(binaryen, LocalSet.getValue(value), setters);
  if (id(value) !== binaryen.BinaryId) return false;
  const [operator, left, right] = [Binary.getOp(value), Binary.getLeft(value), Binary.getRight(value)];
  if (operator === binaryen.AndInt32) {
    return [left, right].some((part) => makesRoom(binaryen, setters.origin(0, part), setters));
  }
  const negative = id(right) === binaryen.ConstId && Const.getValueI32(right) < 0;
  return operator === binaryen.SubInt32 || (operator === binaryen.AddInt32 && negative);
}
