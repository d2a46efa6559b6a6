/**
 * The end of the saved frames, as Asyncify's code reads and moves it: in memory, at the address in a global. See D103.
 */

/** The size of the saved index. */
export const INDEX_SIZE = 4;

export class FramesEnd {
  #binaryen;
  #data;

  /**
   * @param {any} binaryen
   * @param {string} data the global
   */
  constructor(binaryen, data) {
    this.#binaryen = binaryen;
    this.#data = data;
  }

  /** Whether an expression is the address of the end. @param {number} expression */
  isAddress(expression) {
    const { GlobalGet, GlobalGetId, getExpressionId: id } = this.#binaryen;
    return id(expression) === GlobalGetId && GlobalGet.getName(expression) === this.#data;
  }

  /** Whether an expression loads the end. @param {number} expression */
  isLoad(expression) {
    const { Load, LoadId, getExpressionId: id } = this.#binaryen;
    return id(expression) === LoadId && this.isAddress(Load.getPtr(expression));
  }

  /** Whether an expression stores the end. @param {number} expression */
  isStore(expression) {
    const { Store, StoreId, getExpressionId: id } = this.#binaryen;
    return id(expression) === StoreId && this.isAddress(Store.getPtr(expression));
  }

  /**
   * By how much an expression moves the end; 0 if it does not.
   *
   * @param {number} expression
   * @returns {number}
   */
  moves(expression) {
    const { Store, Binary, BinaryId, Const, AddInt32, getExpressionId: id } = this.#binaryen;
    if (!this.isStore(expression)) return 0;
    const value = Store.getValue(expression);
    if (id(value) !== BinaryId) return 0;
    const by = Const.getValueI32(Binary.getRight(value));
    return Binary.getOp(value) === AddInt32 ? by : -by; // the optimizer writes + 64 as - -64, which is shorter
  }

  /**
   * Whether an expression loads or stores a call index, which is at the end.
   *
   * @param {number} expression
   * @returns {boolean}
   */
  isIndex(expression) {
    const { Load, LoadId, Store, StoreId, getExpressionId: id } = this.#binaryen;
    const access = { [LoadId]: Load, [StoreId]: Store }[id(expression)];
    if (!access || access.getOffset(expression) !== 0 || access.getBytes(expression) !== INDEX_SIZE) return false;
    return this.isLoad(access.getPtr(expression));
  }
}
