/**
 * Descriptors: small integers that stand for C's open files, sockets and the like, which are closed with the app.
 * See D37.
 */

import { closedBy } from '../core/resources.js';

/** What a descriptor stands for. @typedef {{ destroy(): void }} Resource */

const MOST = 2 ** 31 - 1;

export class Descriptors {
  /** @type {Map<number, Resource>} */
  #open = new Map();
  #last = 0;

  /**
   * A new descriptor. A number is reused only after all others, so that a closed descriptor stays invalid.
   *
   * @param {Resource} resource
   * @returns {number}
   */
  add(resource) {
    do this.#last = (this.#last % MOST) + 1; while (this.#open.has(this.#last));
    this.#open.set(this.#last, resource);
    return this.#last;
  }

  /**
   * @template {Resource} T
   * @template {Resource} [U=T]
   * @param {number} descriptor
   * @param {new (...args: any[]) => T} kind
   * @param {new (...args: any[]) => U} [other] another accepted class
   * @returns {T | U}
   */
  get(descriptor, kind, other) {
    const resource = this.#open.get(descriptor);
    if (!(resource instanceof kind || (other && resource instanceof other))) {
      throw systemError('EBADF', `bad file descriptor ${descriptor}`);
    }
    return resource;
  }

  /** @param {number} descriptor */
  remove(descriptor) {
    this.#open.delete(descriptor);
  }

  #destroyAll = () => {
    for (const resource of this.#open.values()) resource.destroy();
    this.#open.clear();
  };

  /**
   * Have the app of these functions, which use this table, close it.
   *
   * @template {Record<string, Function>} T
   * @param {T} functions
   * @returns {T}
   */
  usedBy(functions) {
    return closedBy(functions, this.#destroyAll);
  }
}

/**
 * The table of a set of host functions.
 *
 * @param {string} maker the function that makes the set
 * @param {unknown[]} given its arguments: nothing, or in lull itself the table that it shares with other sets
 */
export function tableOf(maker, [shared = new Descriptors(), ...others]) {
  if (shared instanceof Descriptors && others.length === 0) return shared;
  throw new TypeError(`${maker}() takes no arguments; options go to load`);
}

/**
 * An error in the form of a system error.
 *
 * @param {string} code
 * @param {string} message
 */
export const systemError = (code, message) => Object.assign(new Error(`${code}: ${message}`), { code });
