/**
 * The frames that Asyncify saves. An instrumented function, as the pass leaves it, ends in a tail that saves its frame when
 * the stack unwinds, and begins with a head that restores it when the stack rewinds (`end` is the end of the saved frames,
 * in the memory that `__asyncify_data` points to):
 *
 *     if (rewinding) { end -= N; local = load(end + …); … }
 *     index = block $__asyncify_unwind { if (rewinding) { end -= 4; index = load(end) } … }
 *     store(end, index); end += 4; store(end + …, local); …; end += N
 *
 * Here, `end` becomes a global, the limit of the C stack: what frames take is no longer the C stack's. Both become one step
 * each, because each has to wait for the one before; and the tail checks that the frame fits below the C stack:
 *
 *     if (rewinding) { end -= N + 4; local = load(end + 4 + …); …; index = load(end) }
 *     index = block $__asyncify_unwind { … }
 *     if (end + N + 4 > stack pointer) trap; store(end, index); store(end + 4 + …, local); …; end += N + 4
 */

const DATA = '__asyncify_data';
const STATE = '__asyncify_state';
const UNWIND = '__asyncify_unwind';
const INDEX_SIZE = 4;

/**
 * @param {any} binaryen
 * @param {number} expression
 * @returns {boolean}
 */
const isData = ({ getExpressionId: id, GlobalGetId, GlobalGet }, expression) => id(expression) === GlobalGetId && GlobalGet.getName(expression) === DATA;

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
    let steps = frame?.size ? 2 : 1;
    if (frame) {
      found = true;
      if (compact(binaryen, module, frame)) steps = 1;
      const end = i32.add(global.get(limit, binaryen.i32), i32.const(INDEX_SIZE + frame.size));
      const check = module.if(i32.gt_u(end, global.get(pointer, binaryen.i32)), module.unreachable());
      binaryen.Block.insertChildAt(frame.block, frame.tail, check);
    }
    if (frame || beginsWithHead(binaryen, body)) moveEnd(binaryen, module, body, limit, steps);
  }
  if (!found) throw new Error('lull: nothing in this module can suspend: was it linked without the runtime?');
}

/** The operands of the expressions of which Asyncify and the optimization of its code make heads and tails. */
const OPERANDS = {
  If: ['Condition', 'IfTrue', 'IfFalse'], Break: ['Condition', 'Value'], LocalSet: ['Value'], GlobalSet: ['Value'], Load: ['Ptr'], Store: ['Ptr', 'Value'],
  Unary: ['Value'], Binary: ['Left', 'Right'], Select: ['Condition', 'IfTrue', 'IfFalse'], Drop: ['Value'], Return: ['Value'],
};

/**
 * Have the head and the tail of a function keep `end` in the global.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} body
 * @param {string} limit
 * @param {number} steps how often the head moves it
 */
function moveEnd(binaryen, module, body, limit, steps) {
  const { Block, Load, Store } = binaryen;
  let seen = 0;
  /** @param {number} expression @returns {number} what to replace it by */
  const moved = (expression) => {
    const kind = binaryen.getExpressionId(expression);
    if (kind === binaryen.LoadId && isData(binaryen, Load.getPtr(expression))) return module.global.get(limit, binaryen.i32);
    if (kind === binaryen.StoreId && isData(binaryen, Store.getPtr(expression))) {
      seen++;
      return module.global.set(limit, moved(Store.getValue(expression)));
    }
    if (kind === binaryen.BlockId) {
      const unwinds = Block.getName(expression) === UNWIND; // what follows the head in it is the function's own
      for (let i = 0; i < Block.getNumChildren(expression) && !(unwinds && seen === steps); i++) {
        Block.setChildAt(expression, i, moved(Block.getChildAt(expression, i)));
      }
    }
    for (const [name, operands] of Object.entries(OPERANDS)) {
      if (kind !== binaryen[`${name}Id`]) continue;
      for (const operand of operands) {
        const child = binaryen[name][`get${operand}`](expression);
        if (child) binaryen[name][`set${operand}`](expression, moved(child));
      }
    }
    return expression;
  };
  moved(body);
}

/**
 * Whether a function without a tail is instrumented all the same: one that ends in a trap, say.
 *
 * @param {any} binaryen
 * @param {number} body
 * @returns {boolean}
 */
function beginsWithHead(binaryen, body) {
  const { Block, If, Binary, GlobalGet, getExpressionId: id } = binaryen;
  if (!body) return false;
  if (id(body) === binaryen.BlockId) return Block.getNumChildren(body) > 0 && beginsWithHead(binaryen, Block.getChildAt(body, 0));
  if (id(body) !== binaryen.IfId || id(If.getCondition(body)) !== binaryen.BinaryId) return false;
  const left = Binary.getLeft(If.getCondition(body));
  return id(left) === binaryen.GlobalGetId && GlobalGet.getName(left) === STATE;
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
  const frame = { size: 0, block: 0, tail: 0, indexMoved: 0, saved: 0, saves: [], head: 0, restores: [], plain: true, unwind: 0 };
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
        frame.plain = frame.restores.every((load) => load && id(load) === binaryen.LoadId && !isData(binaryen, Load.getPtr(load)));
      } else if (id(child) === binaryen.LocalSetId && id(LocalSet.getValue(child)) === binaryen.BlockId && Block.getName(LocalSet.getValue(child)) === UNWIND) {
        frame.unwind = LocalSet.getValue(child);
        while (id(Block.getChildAt(frame.unwind, 0)) === binaryen.BlockId) frame.unwind = Block.getChildAt(frame.unwind, 0);
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
  if (!frame.indexMoved) throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
  return frame;
}

/**
 * @param {any} binaryen
 * @param {number} block
 * @returns {number[]}
 */
const children = ({ Block }, block) => Array.from({ length: Block.getNumChildren(block) }, (_, i) => Block.getChildAt(block, i));

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
 * Make one step of saving the frame, and one of restoring it. Where the pass has made expressions of some of these, as it
 * does in small functions, the two steps stay.
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
