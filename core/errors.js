/** Errors: LullError, and how errors cross between C and JavaScript. */
import { EFAILED, ETIMEDOUT, STATUSES } from './status.js';

/** @import { ErrorCode } from './status.js' */

const byStatus = new Map(STATUSES.map(([status, code, text]) => [status, { code, text }]));
const byCode = new Map(STATUSES.map(([status, code]) => [/** @type {string} */ (code), status]));

/** What C, or the runtime, has to say against something. `cause` is the JavaScript error where there was one. */
export class LullError extends Error {
  /**
   * @param {number | ErrorCode} status a LULL_E… of C, or its code here
   * @param {string} [message] the status's text
   * @param {{ cause?: unknown, task?: { id: number, name: string } }} [details]
   */
  constructor(status, message, { cause, task } = {}) {
    const known = byStatus.get(typeof status === 'string' ? byCode.get(status) ?? EFAILED : status) ?? { code: /** @type {ErrorCode} */ ('ERR_LULL_FAILED'), text: `status ${status}` };
    super(message || known.text, cause === undefined ? undefined : { cause });
    /** @type {ErrorCode} */
    this.code = known.code;
    /** The task that failed, where one did. */
    this.task = task;
  }

  get name() {
    return 'LullError';
  }
}

/**
 * The status that C sees for an error of JavaScript.
 *
 * @param {unknown} error
 * @returns {number}
 */
export function statusOf(error) {
  try {
    if (error instanceof LullError) return byCode.get(error.code) ?? EFAILED;
    return Object(error).name === 'TimeoutError' ? ETIMEDOUT : EFAILED;
  } catch {
    return EFAILED; // it does not like to be looked at
  }
}

/**
 * What an error says, whatever was thrown.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'an error that has no text';
  }
}
