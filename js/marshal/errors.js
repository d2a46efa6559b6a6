/** Errors: LullError, and how errors cross between C and JavaScript. See D15. */
import { ECANCELED, EFAILED, EKILLED, ETIMEDOUT, STATUSES } from './status.js';

/** @import { ErrorCode } from './status.js' */

const codes = STATUSES.map(([code]) => code);

/** An error raised by C code or by the runtime. `cause` is the JavaScript error, if there was one. */
export class LullError extends Error {
  /**
   * @param {number | ErrorCode} status a LULL_E… of C, or its code here
   * @param {string} [message] the status's text
   * @param {{ cause?: unknown, errors?: unknown[], task?: { id: number, name: string } }} [details]
   */
  constructor(status, message, { cause, errors, task } = {}) {
    const [code, text] = STATUSES[typeof status === 'string' ? codes.indexOf(status) : -1 - status]
      ?? [codes[-1 - EFAILED], `status ${status}`];
    super(message || text, cause === undefined ? undefined : { cause });
    /** @type {ErrorCode} */
    this.code = code;
    /** The task that failed, if one did. */
    this.task = task;
    /** The failures, if there are several. */
    this.errors = errors;
  }

  /** The platform's names for the errors of signals and timeouts. */
  get name() {
    return { ERR_LULL_CANCELED: 'AbortError', ERR_LULL_TIMEDOUT: 'TimeoutError' }[/** @type {string} */ (this.code)]
      ?? 'LullError';
  }
}

/**
 * The status that C sees for an error of JavaScript: by its code, since a LullError may be another copy's of lull.
 *
 * @param {unknown} error
 * @returns {number}
 */
export function statusOf(error) {
  try {
    const { code, name } = Object(error);
    // By its code, not its class: it may be of another copy of lull in this process.
    return -1 - codes.indexOf(code) || (name === 'TimeoutError' ? ETIMEDOUT : EFAILED);
  } catch {
    return EFAILED; // reading the error threw another
  }
}

/**
 * The message of whatever was thrown.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  try {
    const { message } = Object(error); // also of another realm's error
    return typeof message === 'string' ? message : String(error);
  } catch {
    return 'an error that has no text';
  }
}

/**
 * Whether somebody ended the task on purpose. As in C, that is not an uncaught error.
 *
 * @param {number} status
 */
export const isExpected = (status) => status === ECANCELED || status === EKILLED;

/**
 * The error for a value of C that JavaScript cannot have, as a text that is longer than its strings can be.
 *
 * @param {string} what
 * @param {unknown} cause
 */
export const unconvertible = (what, cause) =>
  new LullError(EFAILED, `${what} cannot be converted: ${messageOf(cause)}`, { cause });
