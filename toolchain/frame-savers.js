/**
 * Functions that save frames (asyncify-frames.js): in place of a store for each local, a function passes its locals to
 * these, which check that they fit below the C stack. Locals of one type are next to one another in the frame:
 *
 *     if (stack pointer - end < 4 + N) trap; store(end, index); store(end + 4 + …, local); …; end += N + 4
 *     save(index, local, …); …
 *
 * And a function of all moves the end back, where the stack rewinds. This is optimization alone, after that of
 * compact-frames.js. See D124.
 */
import { children } from './asyncify-frames.js';

/**
 * @import { Frame } from './asyncify-frames.js'
 * @import { FramesEnd } from './frames-end.js'
 */

/** The most locals that one of them saves. */
const MOST = 12;

/** The fewest: to save fewer, and to restore them, takes less time in place. */
const LEAST = 3;

/** The bytes of all locals are a multiple of these. */
const UNIT = 4;

/** The beginning of their names. */
const SAVE = 'lull__save_';
const MOVE = `${SAVE}none`;

export class FrameSavers {
  #binaryen;
  #module;
  #end;
  #limit;
  #pointer;
  /** @type {Set<string>} */
  #made = new Set();

  /**
   * @param {any} binaryen
   * @param {any} module
   * @param {FramesEnd} end
   * @param {object} globals
   * @param {string} globals.limit the end of the saved frames
   * @param {string} globals.pointer the C stack pointer
   */
  constructor(binaryen, module, end, { limit, pointer }) {
    this.#binaryen = binaryen;
    this.#module = module;
    this.#end = end;
    this.#limit = limit;
    this.#pointer = pointer;
  }

  /**
   * Have functions save a frame.
   *
   * @param {Frame} frame
   * @param {number} size of it with its index, if that is saved
   * @returns {number} the size to check; 0 if the functions check it
   */
  save(frame, size) {
    const { i32, i64, f32, f64, Block, Load, LocalGet, LocalGetId, NopId, Store } = this.#binaryen;
    const { getExpressionId: id, getExpressionType: type } = this.#binaryen;
    const { block, tail, saves, restores, plain } = frame;
    const parts = children(this.#binaryen, block);
    const moved = parts.indexOf(frame.saved);
    const loads = new Map(restores.map((load) => [Load.getOffset(load), load]));
    const isLocal = (/** @type {number} */ store) => id(Store.getValue(store)) === LocalGetId;
    const isKnown = (/** @type {number} */ store) => {
      const load = loads.get(Store.getOffset(store));
      return isLocal(store) && load !== undefined && type(load) === type(Store.getValue(store));
    };
    if (!plain || moved < 0 || !saves.every(isKnown)) return size;
    const known = new Set([...saves, parts[tail], parts[frame.indexMoved], frame.saved]);
    const isReplaced = (/** @type {number} */ part) => known.has(part) || id(part) === NopId;
    const bytes = saves.reduce((sum, store) => sum + Store.getBytes(store), 0);
    if (!parts.slice(tail, moved + 1).every(isReplaced) || bytes !== frame.size) return size;
    const ofTypes = [i32, i64, f32, f64].map((of) => saves.filter((store) => type(Store.getValue(store)) === of));
    const sorted = ofTypes.flat();
    const index = size > frame.size ? [parts[tail]] : [];
    if (sorted.length !== restores.length || sorted.length !== saves.length) return size;
    if (!index.every(isLocal) || sorted.length + index.length < LEAST) return size;

    const places = sorted.map((store) => ({ load: loads.get(Store.getOffset(store)), bytes: Store.getBytes(store) }));
    let offset = Math.min(...sorted.map((store) => Store.getOffset(store)));
    for (const { load, bytes } of places) {
      Load.setOffset(load, offset);
      offset += bytes;
    }
    const calls = [[...index, ...ofTypes[0]], ...ofTypes.slice(1)].flatMap((stores) => {
      const locals = stores.map((store) => LocalGet.getIndex(Store.getValue(store)));
      const kind = stores.length > 0 ? type(Store.getValue(stores[0])) : i32;
      return Array.from({ length: Math.ceil(locals.length / MOST) }, (_, i) => this.#call(kind,
        locals.slice(i * MOST, (i + 1) * MOST).map((local) => this.#module.local.get(local, kind))));
    });
    while (Block.getNumChildren(block) > 0) Block.removeChildAt(block, Block.getNumChildren(block) - 1);
    for (const part of [...parts.slice(0, tail), ...calls, ...parts.slice(moved + 1)]) Block.appendChild(block, part);
    if (frame.head) this.#moveBack(frame.head);
    return 0;
  }

  /** Keep the passes from inlining these functions. */
  keep() {
    if (this.#made.size === 0) return;
    this.#binaryen.setPassArgument('no-inline', `${SAVE}*`);
    this.#module.runPasses(['no-inline']);
  }

  /** @param {number} type @param {number[]} values */
  #call(type, values) {
    const b = this.#binaryen;
    const { i32, global, local } = this.#module;
    const kind = ['i32', 'i64', 'f32', 'f64'].find((kind) => b[kind] === type) ?? '';
    const count = values.length;
    const name = `${SAVE}${count}_${kind}`;
    if (!this.#made.has(name)) {
      this.#made.add(name);
      const bytes = type === b.i64 || type === b.f64 ? 8 : 4;
      const end = () => local.get(count, b.i32);
      const room = i32.sub(global.get(this.#pointer, b.i32), local.tee(count, global.get(this.#limit, b.i32), b.i32));
      this.#module.addFunction(name, b.createType(Array(count).fill(type)), b.none, [b.i32], this.#module.block(null, [
        this.#module.if(i32.lt_u(room, i32.const(count * bytes)), this.#module.unreachable()),
        ...values.map((_, at) => this.#module[kind].store(at * bytes, 1, end(), local.get(at, type))),
        global.set(this.#limit, i32.add(end(), i32.const(count * bytes))),
      ]));
    }
    return this.#module.call(name, values, b.none);
  }

  /** Have a function move the end, as a frame is restored. @param {number} head the block that begins with it */
  #moveBack(head) {
    const { Block, Load, LocalSet, LocalSetId, LoadId, getExpressionId: id } = this.#binaryen;
    const [moved, first] = children(this.#binaryen, head);
    const size = -this.#end.moves(moved);
    const load = first && id(first) === LocalSetId ? LocalSet.getValue(first) : 0;
    if (size <= 0 || size % UNIT || !load || id(load) !== LoadId) return;
    const pointer = Load.getPtr(load);
    if (this.#end.isLoad(pointer)) Load.setPtr(load, this.#moveBy(size));
    else if (id(pointer) === LocalSetId && this.#end.isLoad(LocalSet.getValue(pointer))) {
      LocalSet.setValue(pointer, this.#moveBy(size));
    } else {
      return;
    }
    Block.setChildAt(head, 0, this.#module.nop());
  }

  /** @param {number} size @returns {number} the end, once it is moved */
  #moveBy(size) {
    const { i32 } = this.#binaryen;
    const { global, local, i32: numbers } = this.#module;
    if (!this.#made.has(MOVE)) {
      this.#made.add(MOVE);
      const end = numbers.sub(global.get(this.#limit, i32), numbers.mul(local.get(0, i32), numbers.const(UNIT)));
      this.#module.addFunction(MOVE, i32, i32, [], this.#module.block(null, [
        global.set(this.#limit, local.tee(0, end, i32)), local.get(0, i32),
      ], i32));
    }
    return this.#module.call(MOVE, [numbers.const(size / UNIT)], i32);
  }
}
