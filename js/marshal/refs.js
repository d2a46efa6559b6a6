/** The JavaScript values that C holds, by small integers: references, which C's code counts, and tickets. See D21. */

const REF_MAX = 2 ** 31 - 1;

/**
 * The values behind lull_ref. 0 is undefined. A number is not used again before all others have been, so that one that
 * was given back is that of nothing: it can be retained and released without effect.
 */
export class Refs {
  /** @type {Map<number, { value: unknown, count: number }>} */
  #held = new Map();
  #last = 0;

  /** How many are held. */
  get size() {
    return this.#held.size;
  }

  /** The held values and their counts, by reference. */
  held() {
    return [...this.#held];
  }

  /**
   * A new reference.
   *
   * @param {unknown} value
   * @returns {number}
   */
  add(value) {
    do this.#last = this.#last === REF_MAX ? 1 : this.#last + 1;
    while (this.#held.has(this.#last));
    this.#held.set(this.#last, { value, count: 1 });
    return this.#last;
  }

  /** @param {number} ref */
  get(ref) {
    return this.#held.get(ref)?.value;
  }

  /** @param {number} ref */
  retain(ref) {
    const held = this.#held.get(ref);
    if (held) held.count++;
  }

  /** @param {number} ref */
  release(ref) {
    const held = this.#held.get(ref);
    if (held && --held.count === 0) this.#held.delete(ref);
  }

  /**
   * Release a reference, and return its value.
   *
   * @param {number} ref
   */
  take(ref) {
    const value = this.get(ref);
    this.release(ref);
    return value;
  }
}

/** What the runtime hands back once, and C's code never sees: the first free index, which is the fastest. */
export class Tickets {
  /** @type {unknown[]} */
  #values = [undefined];
  /** @type {number[]} */
  #free = [];

  /** All that are held. @returns {unknown[]} */
  held() {
    return this.#values.filter((value) => value !== undefined);
  }

  /**
   * @param {object} value
   * @returns {number}
   */
  add(value) {
    const ticket = this.#free.pop() ?? this.#values.length;
    this.#values[ticket] = value;
    return ticket;
  }

  /** @param {number} ticket */
  get(ticket) {
    return this.#values[ticket];
  }

  /** @param {number} ticket */
  release(ticket) {
    if (this.#values[ticket] === undefined) return; // a second time
    this.#values[ticket] = undefined;
    this.#free.push(ticket);
  }
}
