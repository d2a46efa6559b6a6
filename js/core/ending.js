/** A promise and the functions that settle it. C has a ticket of it until the end of a task, or of a wait. */
/** @import { Type } from '../marshal/signature.js' */

export class Ending {
  /** @type {readonly number[] | undefined} the references among the task's arguments */
  refs;
  /** @type {(() => number) | undefined} takes an element of a stream; returns 0 to make the task wait */
  emit;
  /** @type {any} a function of a value */
  resolve;
  /** @type {any} a function of an error and its status; undefined where the stack has ended here: it has rejected */
  reject;
  /** @type {Promise<any>} */
  promise = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  /** @param {string} [name] of the task @param {Type} [result] of C */
  constructor(name, result) {
    this.name = /** @type {string} */ (name);
    this.result = /** @type {Type} */ (result);
  }

  /** One stays: with the last, V8 drops the code for the class. See D128. */
  static kept = new Ending();
}
