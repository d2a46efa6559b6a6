/**
 * The frames that Asyncify saves. An instrumented function, as the pass leaves it, ends in a tail that saves its frame when
 * the stack unwinds, and begins with a head that restores it when the stack rewinds (`end` is the end of the saved frames,
 * in the memory that `__asyncify_data` points to):
 *
 *     if (rewinding) { end -= N; local = load(end + …); … }
 *     index = block $__asyncify_unwind { if (rewinding) { end -= 4; index = load(end) } … }
 *     store(end, index); end += 4; store(end + …, local); …; end += N
 *
 * Here, both become one step each, because each is a trip through memory that the next has to wait for, and the tail checks that
 * it stayed within the limit:
 *
 *     if (rewinding) { end -= N + 4; local = load(end + 4 + …); … }
 *     index = block $__asyncify_unwind { if (rewinding) index = load(end); … }
 *     store(end, index); store(end + 4 + …, local); …; end = checked(end + N + 4)
 */

const DATA = '__asyncify_data';
const INDEX_SIZE = 4;

/**
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @param {Iterable<number>} bodies of its functions
 * @returns {number} the largest frame, in bytes
 */
export function guardFrames(binaryen, module, bodies) {
  const { i32 } = module;
  const data = () => module.global.get(DATA, binaryen.i32);
  module.addFunction('lull__frames_checked', binaryen.i32, binaryen.i32, [], module.block(null, [
    module.if(i32.gt_u(module.local.get(0, binaryen.i32), i32.load(4, 4, data())), module.unreachable()),
    module.local.get(0, binaryen.i32),
  ], binaryen.i32));

  let largest = 0;
  for (const body of bodies) {
    const frame = findFrame(binaryen, body);
    if (!frame) continue;
    const last = compact(binaryen, module, frame);
    binaryen.Store.setValue(last, module.call('lull__frames_checked', [binaryen.Store.getValue(last)], binaryen.i32));
    largest = Math.max(largest, INDEX_SIZE + frame.size);
  }
  if (!largest) throw new Error('lull: nothing in this module can suspend: was it linked without the runtime?');
  return largest;
}

/**
 * Where a function saves and restores its frame.
 * @typedef {object} Frame
 * @property {number} size of its locals: N above; 0 where it saves none
 * @property {number} indexMoved the store `end += 4`, in `block` at `position`
 * @property {number} block
 * @property {number} position
 * @property {number} saved the store `end += N`; 0 where there is none
 * @property {number[]} saves the stores of the locals
 * @property {number} restored the store `end -= N`; 0 where there is none
 * @property {number[]} restores the loads of the locals
 * @property {boolean} plain the locals are restored by plain loads
 * @property {number} indexRestore what `__asyncify_unwind` begins with: most often the `if` around `end -= 4`
 */

/**
 * @param {any} binaryen
 * @param {number} body
 * @returns {Frame | null} null for a function that is not instrumented
 */
function findFrame(binaryen, body) {
  const { Block, Store, Binary, Const, GlobalGet, If, LocalSet, getExpressionId: id } = binaryen;
  if (!body || id(body) !== binaryen.BlockId) return null;
  const isData = (/** @type {number} */ e) => id(e) === binaryen.GlobalGetId && GlobalGet.getName(e) === DATA;
  /** By how much a store moves the end of the frames, with this operation; undefined for another. */
  const moves = (/** @type {number} */ e, /** @type {number} */ operation) => {
    if (id(e) !== binaryen.StoreId || !isData(Store.getPtr(e))) return undefined;
    const value = Store.getValue(e);
    return id(value) === binaryen.BinaryId && Binary.getOp(value) === operation ? Const.getValueI32(Binary.getRight(value)) : undefined;
  };
  const children = (/** @type {number} */ e) => Array.from({ length: Block.getNumChildren(e) }, (_, i) => Block.getChildAt(e, i));

  const frame = { size: 0, indexMoved: 0, block: 0, position: 0, saved: 0, saves: /** @type {number[]} */ ([]), restored: 0, restores: /** @type {number[]} */ ([]), indexRestore: 0, plain: true };
  let instrumented = false;
  const visit = (/** @type {number} */ block) => {
    for (const [position, child] of children(block).entries()) {
      if (id(child) === binaryen.BlockId) visit(child);
      if (id(child) === binaryen.IfId && !instrumented) {
        const then = If.getIfTrue(child);
        if (id(then) !== binaryen.BlockId) continue;
        for (const inner of children(then)) {
          const load = id(inner) === binaryen.LocalSetId ? LocalSet.getValue(inner) : 0;
          if (moves(inner, binaryen.SubInt32) !== undefined) frame.restored = inner;
          else if (frame.restored && load && id(load) === binaryen.LoadId && !isData(binaryen.Load.getPtr(load))) frame.restores.push(load);
          else if (frame.restored) frame.plain = false;
        }
      } else if (id(child) === binaryen.LocalSetId && id(LocalSet.getValue(child)) === binaryen.BlockId && Block.getName(LocalSet.getValue(child)) === '__asyncify_unwind') {
        instrumented = true;
        frame.indexRestore = firstIf(LocalSet.getValue(child));
      } else if (instrumented && id(child) === binaryen.StoreId) {
        const moved = moves(child, binaryen.AddInt32);
        if (moved === undefined) {
          if (frame.indexMoved) frame.saves.push(child);
        } else if (!frame.indexMoved) {
          Object.assign(frame, { indexMoved: child, block, position });
        } else {
          [frame.saved, frame.size] = [child, moved];
        }
      }
    }
  };
  /** @param {number} block @returns {number} */
  const firstIf = (block) => {
    const first = Block.getChildAt(block, 0);
    return id(first) === binaryen.BlockId ? firstIf(first) : first;
  };
  visit(body);
  if (!instrumented) return null;
  if (!frame.indexMoved) throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
  return frame;
}

/**
 * Make one step of saving the frame, and one of restoring it.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {Frame} frame
 * @returns {number} the store that moves the end of the frames when they are saved
 */
function compact(binaryen, module, frame) {
  const { Store, Load, Binary, Block, Const } = binaryen;
  if (!frame.saved) return frame.indexMoved; // nothing but the index
  const then = restoresIndex(binaryen, frame.indexRestore);
  // Where the pass has made expressions of these, as it does in small functions, the two steps stay.
  if (!then || !frame.plain || !frame.restored || frame.restores.length > frame.saves.length) return frame.saved;
  const setSize = (/** @type {number} */ store) => Const.setValueI32(Binary.getRight(Store.getValue(store)), frame.size + INDEX_SIZE);
  for (const store of frame.saves) Store.setOffset(store, Store.getOffset(store) + INDEX_SIZE);
  for (const load of frame.restores) Load.setOffset(load, Load.getOffset(load) + INDEX_SIZE);
  setSize(frame.saved);
  setSize(frame.restored);
  Block.setChildAt(frame.block, frame.position, module.nop());
  Block.setChildAt(then, 0, module.nop()); // end -= 4
  return frame.saved;
}

/**
 * The block that begins with `end -= 4`; 0 where the expression is something else than the `if` around that.
 *
 * @param {any} binaryen
 * @param {number} expression
 * @returns {number}
 */
function restoresIndex({ If, Block, Store, Binary, Const, GlobalGet, IfId, BlockId, StoreId, GlobalGetId, BinaryId, SubInt32, getExpressionId: id }, expression) {
  if (id(expression) !== IfId || id(If.getIfTrue(expression)) !== BlockId) return 0;
  const block = If.getIfTrue(expression);
  const store = Block.getChildAt(block, 0);
  if (id(store) !== StoreId || id(Store.getPtr(store)) !== GlobalGetId || GlobalGet.getName(Store.getPtr(store)) !== DATA) return 0;
  const value = Store.getValue(store);
  return id(value) === BinaryId && Binary.getOp(value) === SubInt32 && Const.getValueI32(Binary.getRight(value)) === INDEX_SIZE ? block : 0;
}
