/**
 * The guard of the frames that Asyncify saves: each has to fit below the C stack. An instrumented function, as the pass
 * leaves it, ends in a tail that saves its frame when the stack unwinds, and begins with a head that restores it when
 * the stack rewinds. `end` is the end of the saved frames, in memory:
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

/** @import { FramesEnd } from './frames-end.js' */

const UNKNOWN = 'lull: this version of Binaryen saves frames in a way that lull does not know';

/**
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @param {Iterable<number>} bodies of its functions
 * @param {FramesEnd} end
 * @param {object} globals
 * @param {string} globals.limit it becomes `end`
 * @param {string} globals.pointer the C stack pointer
 * @param {(frame: Frame) => number} shrink may rewrite a frame; returns its size with the index, or 0 if
 *   another function checks it
 */
export function guardFrames(binaryen, module, bodies, end, { limit, pointer }, shrink) {
  const { i32, global } = module;
  let found = false;
  for (const body of bodies) {
    const frame = findFrame(binaryen, end, body);
    if (frame) {
      found = true;
      const size = shrink(frame);
      const room = i32.sub(global.get(pointer, binaryen.i32), global.get(limit, binaryen.i32));
      const check = module.if(i32.lt_u(room, i32.const(size)), module.unreachable());
      if (size) binaryen.Block.insertChildAt(frame.block, frame.tail, check);
    }
    const saves = body && moveEnd(binaryen, module, body, end, limit);
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
 * @param {FramesEnd} end
 * @param {string} limit
 * @returns {boolean} whether the function saves a frame: all others move the end down, if at all
 */
function moveEnd(binaryen, module, body, end, limit) {
  let saves = false;
  /** @param {number} expression @returns {number} */
  const moved = (expression) => rewrite(binaryen, expression, (part) => {
    if (end.isLoad(part)) return module.global.get(limit, binaryen.i32);
    if (!end.isStore(part)) return 0;
    saves ||= end.moves(part) >= 0;
    return module.global.set(limit, moved(binaryen.Store.getValue(part)));
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
 * @property {string} label of the block that the function leaves to unwind; empty if nothing branches to it
 * @property {number} unwind the innermost block at the beginning of that block
 */

/**
 * @param {any} binaryen
 * @param {FramesEnd} end
 * @param {number} body
 * @returns {Frame | null} null for a function that is not instrumented
 */
export function findFrame(binaryen, end, body) {
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
        if (!end.moves(first)) continue;
        frame.head = If.getIfTrue(child);
        frame.restores = others.map((other) => (id(other) === binaryen.LocalSetId ? LocalSet.getValue(other) : 0));
        frame.plain = frame.restores.every(
          (load) => load && id(load) === binaryen.LoadId && !end.isAddress(Load.getPtr(load)),
        );
      } else if (
        id(child) === binaryen.LocalSetId &&
        id(LocalSet.getValue(child)) === binaryen.BlockId &&
        next && id(next) === binaryen.StoreId && end.isIndex(next)
      ) {
        frame.unwind = LocalSet.getValue(child);
        frame.label = Block.getName(frame.unwind) ?? '';
        while (id(Block.getChildAt(frame.unwind, 0)) === binaryen.BlockId) {
          frame.unwind = Block.getChildAt(frame.unwind, 0);
        }
        [frame.block, frame.tail] = [block, position + 1];
      } else if (block === frame.block && id(child) === binaryen.StoreId) {
        const moved = end.moves(child);
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
