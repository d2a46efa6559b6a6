/**
 * The frames that Asyncify saves. An instrumented function, as the pass leaves it, ends in a tail that saves its frame
 * when the stack unwinds, and begins with a head that restores it when the stack rewinds (`end` is the end of the saved
 * frames, in the memory that `__asyncify_data` points to):
 *
 *     if (rewinding) { end -= N; local = load(end + …); … }
 *     index = block $__asyncify_unwind { if (rewinding) { end -= 4; index = load(end) } … }
 *     store(end, index); end += 4; store(end + …, local); …; end += N
 *
 * Here, `end` becomes a global, the limit of the C stack: what frames take is no longer the C stack's. Both become one
 * step each, because each has to wait for the one before; and the tail checks that the frame fits below the C stack:
 *
 *     if (rewinding) { end -= N + 4; local = load(end + 4 + …); …; index = load(end) }
 *     index = block $__asyncify_unwind { … }
 *     if (end + N + 4 > stack pointer) trap; store(end, index); store(end + 4 + …, local); …; end += N + 4
 *
 * `index` says which of the function's calls it was that suspended; where there is only one, it is left out.
 */

import { rewrite } from './expressions.js';

const DATA = '__asyncify_data';
const UNWIND = '__asyncify_unwind';
const INDEX_SIZE = 4;

/**
 * @param {any} binaryen
 * @param {number} expression
 * @returns {boolean}
 */
const isData = ({ getExpressionId: id, GlobalGetId, GlobalGet }, expression) =>
  id(expression) === GlobalGetId && GlobalGet.getName(expression) === DATA;

/**
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @param {Iterable<number>} bodies of its functions
 * @param {string} limit the global that is to be `end`
 * @param {string} pointer the global that is the C stack pointer
 */
export function guardFrames(binaryen, module, bodies, limit, pointer) {
  const { i32, global } = module;
  let found = false;
  for (const body of bodies) {
    const frame = findFrame(binaryen, body);
    if (frame) {
      found = true;
      const size = frame.size + (dropIndex(binaryen, module, frame) ? 0 : INDEX_SIZE);
      if (size > frame.size) compact(binaryen, module, frame);
      const end = i32.add(global.get(limit, binaryen.i32), i32.const(size));
      const check = module.if(i32.gt_u(end, global.get(pointer, binaryen.i32)), module.unreachable());
      if (size) binaryen.Block.insertChildAt(frame.block, frame.tail, check);
    }
    if (body) moveEnd(binaryen, module, body, limit);
  }
  if (!found) throw new Error('lull: nothing in this module can suspend: was it linked without the runtime?');
}

/**
 * Have the head and the tail of a function keep `end` in the global.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} body
 * @param {string} limit
 */
function moveEnd(binaryen, module, body, limit) {
  const { Load, Store, getExpressionId: id } = binaryen;
  /** @param {number} expression @returns {number} */
  const moved = (expression) => rewrite(binaryen, expression, (part) => {
    if (id(part) === binaryen.LoadId && isData(binaryen, Load.getPtr(part))) {
      return module.global.get(limit, binaryen.i32);
    }
    if (id(part) === binaryen.StoreId && isData(binaryen, Store.getPtr(part))) {
      return module.global.set(limit, moved(Store.getValue(part)));
    }
    return 0;
  });
  moved(body);
}

/**
 * Where a function saves and restores its frame.
 * @typedef {object} Frame
 * @property {number} size of its locals: N above; 0 where it saves none
 * @property {number} block of which the tail is a part
 * @property {number} tail the position of its first statement there
 * @property {number} indexMoved the position of the store `end += 4`; 0 before that is found
 * @property {number} saved the store `end += N`; 0 where there is none
 * @property {number[]} saves the stores of the locals
 * @property {number} head the block that begins with the store `end -= N`; 0 where there is none
 * @property {number[]} restores the loads of the locals
 * @property {boolean} plain the locals are restored by plain loads
 * @property {number} unwind the innermost block at the beginning of `__asyncify_unwind`
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
    unwind: 0,
  };
  /** @param {number} block */
  const visit = (block) => {
    for (const [position, child] of children(binaryen, block).entries()) {
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
        Block.getName(LocalSet.getValue(child)) === UNWIND
      ) {
        frame.unwind = LocalSet.getValue(child);
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
  if (!frame.indexMoved) {
    throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
  }
  return frame;
}

/**
 * @param {any} binaryen
 * @param {number} block
 * @returns {number[]}
 */
const children = ({ Block }, block) =>
  Array.from({ length: Block.getNumChildren(block) }, (_, i) => Block.getChildAt(block, i));

/**
 * By how much a store moves the end of the frames; 0 for another.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {number}
 */
function moves(binaryen, expression) {
  const { Store, Binary, Const, getExpressionId: id } = binaryen;
  if (id(expression) !== binaryen.StoreId || !isData(binaryen, Store.getPtr(expression))) return 0;
  const value = Store.getValue(expression);
  if (id(value) !== binaryen.BinaryId) return 0;
  const by = Const.getValueI32(Binary.getRight(value));
  return Binary.getOp(value) === binaryen.AddInt32 ? by : -by; // + 64 is written as - -64, which is shorter
}

/**
 * Make one step of saving the frame, and one of restoring it. Where the pass has made expressions of some of these, as
 * it does in small functions, the two steps stay.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {Frame} frame
 * @returns {boolean} whether it did
 */
function compact(binaryen, module, { block, indexMoved, saved, saves, head, restores, plain, unwind }) {
  const { Store, Load, Binary, Block, Const, If, getExpressionId: id } = binaryen;
  if (!saved || !head || !plain || restores.length > saves.length) return false;
  const rewinds = Block.getChildAt(unwind, 0);
  const restoresIndex = id(rewinds) === binaryen.IfId ? If.getIfTrue(rewinds) : 0;
  if (!restoresIndex || id(restoresIndex) !== binaryen.BlockId) return false;
  const [indexRestored, ...others] = children(binaryen, restoresIndex);
  if (moves(binaryen, indexRestored) !== -INDEX_SIZE) return false;

  for (const store of saves) Store.setOffset(store, Store.getOffset(store) + INDEX_SIZE);
  for (const load of restores) Load.setOffset(load, Load.getOffset(load) + INDEX_SIZE);
  for (const store of [saved, Block.getChildAt(head, 0)]) {
    const by = Binary.getRight(Store.getValue(store));
    Const.setValueI32(by, Const.getValueI32(by) + Math.sign(Const.getValueI32(by)) * INDEX_SIZE);
  }
  Block.setChildAt(block, indexMoved, module.nop());
  for (const other of others) Block.appendChild(head, other);
  Block.setChildAt(unwind, 0, module.nop());
  return true;
}

/**
 * Leave the index out where it is always 0, because only one call suspends. What the function does with it folds away
 * in the optimization that follows.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {Frame} frame
 * @returns {boolean} whether it did
 */
function dropIndex(binaryen, module, { block, tail, indexMoved }) {
  const { Block, LocalSet, Store, getExpressionId: id } = binaryen;
  const [call, saved] = [Block.getChildAt(block, tail - 1), Block.getChildAt(block, tail)];
  if (!hasOneCall(binaryen, LocalSet.getValue(call)) || !isAtEnd(binaryen, saved)) return false;
  let [moved, restores] = [0, 0];
  rewrite(binaryen, call, (part) => {
    if (id(part) === binaryen.StoreId && isData(binaryen, Store.getPtr(part))) moved++;
    if (id(part) === binaryen.BlockId && moves(binaryen, Block.getChildAt(part, 0)) === -INDEX_SIZE) restores = part;
    return 0;
  });
  if (moved !== 1 || !restores) return false; // the locals are restored there, too
  const restored = Block.getChildAt(restores, 1);
  if (isAtEnd(binaryen, restored)) {
    Block.setChildAt(restores, 1, module.i32.const(0));
  } else if (id(restored) === binaryen.LocalSetId && isAtEnd(binaryen, LocalSet.getValue(restored))) {
    LocalSet.setValue(restored, module.i32.const(0));
  } else {
    return false;
  }
  Block.setChildAt(restores, 0, module.nop());
  Block.setChildAt(block, tail, module.nop());
  Block.setChildAt(block, indexMoved, module.nop());
  return true;
}

/**
 * Whether only one call of a function suspends. Every such call leaves the block by a branch that carries its index;
 * the last may just flow out of it.
 *
 * @param {any} binaryen
 * @param {number} block `__asyncify_unwind`
 * @returns {boolean}
 */
function hasOneCall(binaryen, block) {
  const last = binaryen.Block.getChildAt(block, binaryen.Block.getNumChildren(block) - 1);
  if (binaryen.getExpressionType(last) !== binaryen.unreachable) return false;
  const [label, ...branches] = binaryen.emitText(block).split(`$${UNWIND}`).slice(1);
  return (
    label !== undefined &&
    branches.length === 1 &&
    /\(br(_if)? $/.test(label) &&
    /^\s*\(i32\.const 0\)/.test(branches[0])
  );
}

/**
 * Whether a load or a store is one of the index: at the end of the saved frames.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {boolean}
 */
function isAtEnd(binaryen, expression) {
  const { Load, Store, getExpressionId: id } = binaryen;
  const access = { [binaryen.LoadId]: Load, [binaryen.StoreId]: Store }[id(expression)];
  if (!access || access.getOffset(expression) !== 0 || access.getBytes(expression) !== INDEX_SIZE) return false;
  const end = access.getPtr(expression);
  return id(end) === binaryen.LoadId && isData(binaryen, Load.getPtr(end));
}
