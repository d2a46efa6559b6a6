/** The host functions of src/include/lull_fetch.h, on the engine's `fetch`. */
import { LullError } from '../marshal/errors.js';
import { ECLOSED } from '../marshal/status.js';
import { Bytes } from './bytes.js';
import { tableOf } from './descriptors.js';
import { HostThenable } from './event-queue.js';

/** @import { HostContext } from '../lull.js' */
/** @import { Descriptors } from './descriptors.js' */

class FetchResponse {
  /** @param {Response} response */
  constructor(response) {
    this.response = response;
    this.bytes = new Bytes();
    this.bytes.wanted = () => this.#pull();
    this.#reader = response.body?.getReader();
  }

  #reader;
  #pulling = false;

  /** Read the next chunk of the body. One read at a time; its result goes to the first waiting call. */
  #pull() {
    if (this.#pulling) return;
    this.#pulling = true;
    const piece = this.#reader?.read() ?? Promise.resolve({ done: true, value: undefined });
    piece.then(({ done, value }) => {
      this.#pulling = false;
      if (done) this.bytes.close();
      else if (value.length) this.bytes.put(value);
      else this.#pull();
    }, (error) => this.bytes.close(error));
  }

  destroy() {
    this.bytes.close(new LullError(ECLOSED));
    this.#reader?.cancel().catch(() => {}); // it has failed, so there is nothing to cancel
  }
}

/** One set for each app, which has descriptors of its own. */
export function fetcher(/** @type {unknown[]} */ ...given) {
  return fetchBy((url, request) => fetch(url, request), tableOf('fetcher', given));
}

/**
 * The functions, by another `fetch`.
 *
 * @param {(url: string, request: RequestInit) => Promise<Response>} send
 * @param {Descriptors} descriptors
 */
export function fetchBy(send, descriptors) {
  /** @param {number} response */
  const responseOf = (response) => descriptors.get(response, FetchResponse);

  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {string | null} method
     * @param {string} url
     * @param {string | null} headers
     * @param {Uint8Array} body
     */
    lull_fetch(method, url, headers, body) {
      const wait = new HostThenable(this);
      const request = { method: method ?? 'GET', headers: linesOf(headers), signal: this.signal };
      send(url, body.length ? { ...request, body: /** @type {BodyInit} */ (body) } : request).then((response) => {
        const answer = new FetchResponse(response);
        if (this.settled) answer.destroy(); // the call was cancelled
        else wait.resolve(descriptors.add(answer));
      }, (error) => wait.reject(withCause(error)));
      return wait;
    },

    /** @param {number} response */
    lull_fetch_status(response) {
      return responseOf(response).response.status;
    },

    /**
     * @param {number} response
     * @param {string} name
     */
    lull_fetch_header(response, name) {
      return responseOf(response).response.headers.get(name) ?? '';
    },

    /**
     * @this {HostContext}
     * @param {number} response
     * @param {number} most
     */
    lull_fetch_read(response, most) {
      return responseOf(response).bytes.read(this, most);
    },

    /** @param {number} response */
    lull_fetch__close(response) {
      responseOf(response).destroy();
      descriptors.remove(response);
    },
  });
}

/**
 * @param {string | null} text lines of `name: value`
 * @returns {[string, string][]}
 */
function linesOf(text) {
  const lines = (text ?? '').split(/\r?\n/).filter((line) => line !== '');
  return lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon < 0) throw new TypeError(`lull_fetch: this header has no colon: ${line}`);
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

/**
 * Node's message is "fetch failed" alone; add the cause.
 *
 * @param {unknown} error
 */
function withCause(error) {
  const { name, message, cause } = Object(error);
  const why = cause?.message || cause?.code;
  return name === 'TypeError' && why ? new TypeError(`${message}: ${why}`, { cause: error }) : error;
}
