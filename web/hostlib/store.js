/** The host functions of src/include/lull_store.h: blocks of bytes in IndexedDB, one database for each store. */
import { tableOf } from '../../js/hostlib/descriptors.js';

/** @import { HostContext } from '../../js/lull.js' */

const BLOCKS = 'blocks';

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @param {string} name */
function open(name) {
  const request = indexedDB.open(`lull ${name}`);
  request.onupgradeneeded = () => request.result.createObjectStore(BLOCKS);
  return done(request);
}

/** One set for each app. */
export function store(/** @type {unknown[]} */ ...given) {
  tableOf('store', given);
  /** @type {Map<string, Promise<IDBDatabase>>} */
  const databases = new Map();

  /** @param {string} name */
  function database(name) {
    let opening = databases.get(name);
    if (!opening) {
      opening = open(name);
      databases.set(name, opening);
      opening.then((opened) => {
        // Another page wants to remove the database, or it is gone: the next use opens it again.
        const forget = () => {
          databases.delete(name);
          opened.close();
        };
        opened.onversionchange = forget;
        opened.onclose = forget;
      }, () => databases.delete(name));
    }
    return opening;
  }

  /**
   * @template T
   * @param {AbortSignal} signal
   * @param {string} name
   * @param {IDBTransactionMode} mode
   * @param {(blocks: IDBObjectStore) => IDBRequest<T>} act
   * @returns {Promise<T>}
   */
  async function transact(signal, name, mode, act) {
    const opened = await database(name);
    signal.throwIfAborted();
    const transaction = opened.transaction(BLOCKS, mode);
    return new Promise((resolve, reject) => {
      const abort = () => {
        try {
          transaction.abort();
        } catch {
          // it is already complete
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      const request = act(transaction.objectStore(BLOCKS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? signal.reason);
    });
  }

  return {
    /**
     * @this {HostContext}
     * @param {string} name
     * @param {string} block
     * @returns {Promise<Uint8Array>}
     */
    async lull_store_get(name, block) {
      return (await transact(this.signal, name, 'readonly', (blocks) => blocks.get(block))) ?? new Uint8Array();
    },

    /**
     * @this {HostContext}
     * @param {string} name
     * @param {string} block
     * @param {Uint8Array} bytes
     */
    async lull_store_put(name, block, bytes) {
      await transact(this.signal, name, 'readwrite', (blocks) => blocks.put(bytes, block));
    },

    /**
     * @this {HostContext}
     * @param {string} name
     * @param {string} block
     */
    async lull_store_remove(name, block) {
      await transact(this.signal, name, 'readwrite', (blocks) => blocks.delete(block));
    },
  };
}
