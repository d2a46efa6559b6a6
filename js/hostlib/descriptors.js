/**
 * Descriptors: small integers that stand for C's open files, sockets and the like, which are closed with the app.
 * See D37, D38.
 */

/** @import { App } from '../core/app.js' */

/** What a descriptor stands for. @typedef {{ destroy(): void }} Resource */

const MOST = 2 ** 31 - 1;

/** The table that each host function uses. @type {WeakMap<Function, Descriptors>} */
const tables = new WeakMap();

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

  destroyAll() {
    for (const resource of this.#open.values()) resource.destroy();
    this.#open.clear();
  }

  /**
   * Record that these functions use this table.
   *
   * @template {Record<string, Function>} T
   * @param {T} functions
   * @returns {T}
   */
  usedBy(functions) {
    for (const one of Object.values(functions)) tables.set(one, this);
    return functions;
  }
}

/**
 * Make an app close, at its end, the descriptors that its host functions have open.
 *
 * @param {App} app
 * @param {Record<string, unknown>} [host]
 */
export function closeDescriptorsWith(app, host = {}) {
  const used = new Set(Object.values(host).flatMap((one) => tables.get(/** @type {Function} */ (one)) ?? []));
  if (used.size === 0) return app;
  const close = app.close.bind(app);
  app.close = (options) => close(options).finally(() => used.forEach((table) => table.destroyAll()));
  return app;
}

/**
 * An error in the form of a system error.
 *
 * @param {string} code
 * @param {string} message
 */
export const systemError = (code, message) => Object.assign(new Error(`${code}: ${message}`), { code });
