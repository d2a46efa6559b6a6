/** The JavaScript values that C holds references to, by small integers: lull_ref. 0 is undefined. See D21. */
export class Refs {
  /** @type {unknown[]} */
  #values = [undefined];
  /** @type {number[]} */
  #counts = [0];
  /** @type {number[]} */
  #free = [];

  /** How many are held. */
  get size() {
    return this.#values.length - 1 - this.#free.length;
  }

  /** The held values and their counts. @returns {{ ref: number, value: unknown, count: number }[]} */
  held() {
    return this.#counts.flatMap((count, ref) => (ref && count ? [{ ref, value: this.#values[ref], count }] : []));
  }

  /**
   * A new reference.
   *
   * @param {unknown} value
   * @returns {number}
   */
  add(value) {
    const ref = this.#free.pop() ?? this.#values.length;
    this.#values[ref] = value;
    this.#counts[ref] = 1;
    return ref;
  }

  /** @param {number} ref */
  get(ref) {
    return this.#values[ref];
  }

  /** @param {number} ref */
  retain(ref) {
    this.#counts[ref]++;
  }

  /** @param {number} ref */
  release(ref) {
    // An extra release changes nothing.
    if (ref === 0 || !(this.#counts[ref] > 0) || --this.#counts[ref] > 0) return;
    this.#values[ref] = undefined;
    this.#free.push(ref);
  }

  /**
   * Release a reference, and return its value.
   *
   * @param {number} ref
   */
  take(ref) {
    const value = this.#values[ref];
    this.release(ref);
    return value;
  }
}
