/** The host functions of src/include/lull_dom.h: the events of a page. */
import { tableOf } from '../../js/hostlib/descriptors.js';
import { EventQueue } from '../../js/hostlib/event-queue.js';
import { LullError } from '../../js/marshal/errors.js';
import { ECLOSED } from '../../js/marshal/status.js';

/** @import { HostContext } from '../../js/lull.js' */

/** @extends {EventQueue<Event>} */
class Listener extends EventQueue {
  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {number} most
   */
  constructor(target, type, most) {
    super();
    this.#most = most;
    target.addEventListener(type, (event) => this.#queue(event), { signal: this.#gone.signal });
  }

  #most;
  #gone = new AbortController();

  /** @param {Event} event */
  #queue(event) {
    if (this.items.length === this.#most) this.items.shift();
    this.put(event);
  }

  take() {
    return this.items.shift();
  }

  destroy() {
    this.#gone.abort();
    this.close(new LullError(ECLOSED));
  }
}

/** @param {string} target */
function find(target) {
  if (target === 'window') return globalThis;
  if (target === 'document') return document;
  const element = document.querySelector(target);
  if (!element) throw new Error(`lull_dom_listen: '${target}' matches nothing on this page`);
  return element;
}

/**
 * @param {any} event
 * @param {string} path
 */
const memberOf = (event, path) => path.split('.').reduce((value, name) => value?.[name], event);

/** One set for each app, which has descriptors of its own. */
export function dom(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('dom', given);
  return descriptors.usedBy({
    /**
     * @param {string} target
     * @param {string} type
     * @param {number} most
     */
    lull_dom_listen(target, type, most) {
      if (most < 1) throw new RangeError(`lull_dom_listen: at least 1 event must be kept, not ${most}`);
      return descriptors.add(new Listener(find(target), type, most));
    },

    /**
     * @this {HostContext}
     * @param {number} listener
     */
    lull_dom_next(listener) {
      return descriptors.get(listener, Listener).next(this);
    },

    /**
     * @param {unknown} event
     * @param {string} member
     */
    lull_dom_number: (event, member) => Number(memberOf(event, member)),

    /**
     * @param {unknown} event
     * @param {string} member
     */
    lull_dom_text(event, member) {
      const value = memberOf(event, member);
      return value === undefined || value === null ? '' : String(value);
    },

    /** @param {number} listener */
    lull_dom_close(listener) {
      descriptors.get(listener, Listener).destroy();
      descriptors.remove(listener);
    },
  });
}
