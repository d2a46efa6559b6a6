/**
 * The guard of the frames that Asyncify saves: each has to fit below the C stack. An instrumented function, as the pass
 * leaves it, ends in a tail that saves its frame when the stack unwinds, and begins with a head that restores it when
 * the stack rewinds. `end` is the end of the saved frames, in the memory that `__asyncify_data` points to:
 *
 *     if (rewinding) { end -= N; local = load(end + …); … }
 *     index = block { if (rewinding) { end -= 4; index = load(end) } … }
 *     store(end, index); end += 4; store(end + …, local); …; end += N
 *
 * A function leaves the block to unwind; `index` says which of its calls suspended. All of it is known by this shape,
 * not by labels, which a module loses when it is written. The guard makes `end` a global, the limit of the C stack, so
 * that the C stack cannot grow into saved frames; and it adds a check to the tail, so that frames cannot grow into the
 * C stack:
 *
 *     if (stack pointer - end < 4 + N) trap; store(end, index); …
 *
 * See D51.
 */
import { rewrite } from './expressions.js';

const DATA = '__asyncify_data';

/** The size of the saved index. */
export const INDEX_SIZE = 4;

const UNKNOWN = 'lull: this version of Binaryen saves frames in a way that lull does not know';

/**
 * Whether an expression is the address of `end`.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {boolean}
 */
export const isData = ({ getExpressionId: id, GlobalGetId, GlobalGet }, expression) =>
  id(expression) === GlobalGetId && GlobalGet.getName(expression) === DATA;

/**
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @param {Iterable<number>} bodies of its functions
 * @param {string} limit the global that becomes `end`
 * @param {string} pointer the global that is the C stack pointer
 * @param {(frame: Frame) => number} shrink may rewrite a frame; returns its size with the index
 */
export function guardFrames(binaryen, module, bodies, limit, pointer, shrink) {
  const { i32, global } = module;
  let found = false;
  for (const body of bodies) {
    const frame = findFrame(binaryen, body);
    if (frame) {
      found = true;
      const size = shrink(frame);
      const room = i32.sub(global.get(pointer, binaryen.i32), global.get(limit, binaryen.i32));
      const check = module.if(i32.lt_u(room, i32.const(size)), module.unreachable());
      if (size) binaryen.Block.insertChildAt(frame.block, frame.tail, check);
    }
    const saves = body && moveEnd(binaryen, module, body, limit);
    if (saves && !frame) throw new Error(UNKNOWN); // it would save one without the check
  }
  if (!found) throw new Error('lull: nothing in this module can suspend: was it linked without the runtime?');
}

/**
 * Keep `end` in the global.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} body
 * @param {string} limit
 * @returns {boolean} whether the function saves a frame: all others move the end down, if at all
 */
function moveEnd(binaryen, module, body, limit) {
  const { Load, Store, getExpressionId: id } = binaryen;
  let saves = false;
  /** @param {number} expression @returns {number} */
  const moved = (expression) => rewrite(binaryen, expression, (part) => {
    if (id(part) === binaryen.LoadId && isData(binaryen, Load.getPtr(part))) {
      return module.global.get(limit, binaryen.i32);
    }
    if (id(part) === binaryen.StoreId && isData(binaryen, Store.getPtr(part))) {
      saves ||= moves(binaryen, part) >= 0;
      return module.global.set(limit, moved(Store.getValue(part)));
    }
    return 0;
  });
  moved(body);
  return saves;
}

/**
 * The code of a function that saves and restores its frame.
 *
 * @typedef {object} Frame
 * @property {number} size N above, the size of the saved locals; 0 if there are none
 * @property {number} block the block with the tail
 * @property {number} tail the position of the tail's first statement in it
 * @property {number} indexMoved the position of the store `end += 4`; 0 before it is found
 * @property {number} saved the store `end += N`; 0 if there is none
 * @property {number[]} saves the stores of the locals
 * @property {number} head the block that begins with the store `end -= N`; 0 if there is none
 * @property {number[]} restores the loads of the locals
 * @property {boolean} plain whether all locals are restored by plain loads
 * @property {string} label that of the block which the function leaves to unwind; empty if nothing branches to it
 * @property {number} unwind the innermost block at the beginning of that block
 */

/**
 * @param {any} binaryen
 * @param {number} body
 * @returns {Frame | null} null for a function that is not instrumented
 */
function findFrame(binaryen, body) {
  const { Block, If, LocalSet, Load, getExpressionId: id } = binaryen;
  if (!body || id(body) !== binaryen.BlockId) return null;
  /** @type {Frame} */
  const frame = {
    size: 0,
    block: 0,
    tail: 0,
    indexMoved: 0,
    saved: 0,
    saves: [],
    head: 0,
    restores: [],
    plain: true,
    label: '',
    unwind: 0,
  };
  /** @param {number} block */
  const visit = (block) => {
    for (const [position, child] of children(binaryen, block).entries()) {
      const next = position + 1 < Block.getNumChildren(block) ? Block.getChildAt(block, position + 1) : 0;
      if (id(child) === binaryen.BlockId) {
        visit(child);
      } else if (!frame.unwind && id(child) === binaryen.IfId && id(If.getIfTrue(child)) === binaryen.BlockId) {
        const [first, ...others] = children(binaryen, If.getIfTrue(child));
        if (!moves(binaryen, first)) continue;
        frame.head = If.getIfTrue(child);
        frame.restores = others.map((other) => (id(other) === binaryen.LocalSetId ? LocalSet.getValue(other) : 0));
        frame.plain = frame.restores.every(
          (load) => load && id(load) === binaryen.LoadId && !isData(binaryen, Load.getPtr(load)),
        );
      } else if (
        id(child) === binaryen.LocalSetId &&
        id(LocalSet.getValue(child)) === binaryen.BlockId &&
        next && id(next) === binaryen.StoreId && isAtEnd(binaryen, next)
      ) {
        frame.unwind = LocalSet.getValue(child);
        frame.label = Block.getName(frame.unwind) ?? '';
        while (id(Block.getChildAt(frame.unwind, 0)) === binaryen.BlockId) {
          frame.unwind = Block.getChildAt(frame.unwind, 0);
        }
        [frame.block, frame.tail] = [block, position + 1];
      } else if (block === frame.block && id(child) === binaryen.StoreId) {
        const moved = moves(binaryen, child);
        if (frame.indexMoved && moved) [frame.saved, frame.size] = [child, moved];
        else if (frame.indexMoved) frame.saves.push(child);
        else if (moved) frame.indexMoved = position;
      }
    }
  };
  visit(body);
  if (!frame.unwind) return null;
  if (!frame.indexMoved) throw new Error(UNKNOWN);
  return frame;
}

/**
 * The children of a block.
 *
 * @param {any} binaryen
 * @param {number} block
 * @returns {number[]}
 */
export const children = ({ Block }, block) =>
  Array.from({ length: Block.getNumChildren(block) }, (_, i) => Block.getChildAt(block, i));

/**
 * By how much an expression moves `end`; 0 if it does not.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {number}
 */
export function moves(binaryen, expression) {
  const { Store, Binary, Const, getExpressionId: id } = binaryen;
  if (id(expression) !== binaryen.StoreId || !isData(binaryen, Store.getPtr(expression))) return 0;
  const value = Store.getValue(expression);
  if (id(value) !== binaryen.BinaryId) return 0;
  const by = Const.getValueI32(Binary.getRight(value));
  return Binary.getOp(value) === binaryen.AddInt32 ? by : -by; // the optimizer writes + 64 as - -64, which is shorter
}

/**
 * Whether an expression loads or stores the index, which is at the end of the saved frames.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {boolean}
 */
export function isAtEnd(binaryen, expression) {
  const { Load, Store, getExpressionId: id } = binaryen;
  const access = { [binaryen.LoadId]: Load, [binaryen.StoreId]: Store }[id(expression)];
  if (!access || access.getOffset(expression) !== 0 || access.getBytes(expression) !== INDEX_SIZE) return false;
  const end = access.getPtr(expression);
  return id(end) === binaryen.LoadId && isData(binaryen, Load.getPtr(end));
}
