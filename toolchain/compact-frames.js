/**
 * A faster and smaller form of the frames that Asyncify saves (asyncify-frames.js). Saving and restoring take one step
 * each in place of two, because the second would wait for the first:
 *
 *     if (rewinding) { end -= N + 4; local = load(end + 4 + …); …; index = load(end) }
 *     index = block { … }
 *     store(end, index); store(end + 4 + …, local); …; end += N + 4
 *
 * And `index` is left out if only one call of the function can suspend.
 *
 * This is optimization alone: modules are correct without it. It depends on the exact form that one version of Binaryen
 * gives a function, and leaves functions of any other form as they are. See D46, D47.
 */
import { children } from './asyncify-frames.js';
import { rewrite } from './expressions.js';
import { INDEX_SIZE } from './frames-end.js';

/**
 * @import { Frame } from './asyncify-frames.js'
 * @import { FramesEnd } from './frames-end.js'
 */

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {FramesEnd} end
 * @param {Frame} frame
 * @returns {number} the size of the frame, with its index if that is still saved
 */
export function compactFrame(binaryen, module, end, frame) {
  if (dropIndex(binaryen, module, end, frame)) return frame.size;
  mergeSteps(binaryen, module, end, frame);
  return frame.size + INDEX_SIZE;
}

/**
 * Merge the two steps of saving, and the two of restoring. In small functions, where the pass has made these steps a
 * part of other expressions, they stay.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {FramesEnd} end
 * @param {Frame} frame
 */
function mergeSteps(binaryen, module, end, { block, indexMoved, saved, saves, head, restores, plain, unwind }) {
  const { Store, Load, Binary, Block, Const, If, getExpressionId: id } = binaryen;
  if (!saved || !head || !plain || restores.length > saves.length) return;
  const rewinds = Block.getChildAt(unwind, 0);
  const restoresIndex = id(rewinds) === binaryen.IfId ? If.getIfTrue(rewinds) : 0;
  if (!restoresIndex || id(restoresIndex) !== binaryen.BlockId) return;
  const [indexRestored, ...others] = children(binaryen, restoresIndex);
  if (end.moves(indexRestored) !== -INDEX_SIZE) return;

  for (const store of saves) Store.setOffset(store, Store.getOffset(store) + INDEX_SIZE);
  for (const load of restores) Load.setOffset(load, Load.getOffset(load) + INDEX_SIZE);
  for (const store of [saved, Block.getChildAt(head, 0)]) {
    const by = Binary.getRight(Store.getValue(store));
    Const.setValueI32(by, Const.getValueI32(by) + Math.sign(Const.getValueI32(by)) * INDEX_SIZE);
  }
  Block.setChildAt(block, indexMoved, module.nop());
  for (const other of others) Block.appendChild(head, other);
  Block.setChildAt(unwind, 0, module.nop());
}

/**
 * Leave out an index that is always 0, because only one call suspends. The optimization that follows folds the code
 * that uses it.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {FramesEnd} end
 * @param {Frame} frame
 * @returns {boolean} whether it was left out
 */
function dropIndex(binaryen, module, end, { block, tail, indexMoved, label }) {
  const { Block, LocalSet, Store, getExpressionId: id } = binaryen;
  const call = Block.getChildAt(block, tail - 1);
  if (!hasOneCall(binaryen, LocalSet.getValue(call), label)) return false;
  let [moved, restores] = [0, 0];
  rewrite(binaryen, call, (part) => {
    if (end.isStore(part)) moved++;
    if (id(part) === binaryen.BlockId && end.moves(Block.getChildAt(part, 0)) === -INDEX_SIZE) restores = part;
    return 0;
  });
  if (moved !== 1 || !restores) return false; // it restores the locals there, too
  const restored = Block.getChildAt(restores, 1);
  if (end.isIndex(restored)) {
    Block.setChildAt(restores, 1, module.i32.const(0));
  } else if (id(restored) === binaryen.LocalSetId && end.isIndex(LocalSet.getValue(restored))) {
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
 * Whether only one call of a function suspends. Each such call leaves the block by a branch with its index, but the
 * last one may just reach the block's end.
 *
 * @param {any} binaryen
 * @param {number} block
 * @param {string} label of the block
 * @returns {boolean}
 */
function hasOneCall(binaryen, block, label) {
  const { Block, Break, Switch, Const, getExpressionId: id } = binaryen;
  const last = Block.getChildAt(block, Block.getNumChildren(block) - 1);
  if (binaryen.getExpressionType(last) !== binaryen.unreachable) return false;
  let [branches, first] = [0, false];
  rewrite(binaryen, block, (part) => {
    if (id(part) === binaryen.BreakId && Break.getName(part) === label) {
      const index = Break.getValue(part);
      branches++;
      first = id(index) === binaryen.ConstId && Const.getValueI32(index) === 0;
    } else if (id(part) === binaryen.SwitchId) {
      branches += [Switch.getDefaultName(part), ...Switch.getNames(part)].filter((name) => name === label).length;
    }
    return 0;
  });
  return branches === 1 && first;
}
