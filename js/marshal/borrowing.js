/** Host functions that borrow C's bytes: they get a view of its memory, which is valid until they return. See D120. */

/** A symbol that every copy of lull has: a host library may be another copy's. */
const BORROWS = Symbol.for('lull.borrows');

/**
 * Have a host function borrow its bytes.
 *
 * @template {Function} T
 * @param {T} run
 * @returns {T}
 */
export const borrowing = (run) => Object.assign(run, { [BORROWS]: true });

/** Whether a host function does. @param {any} run @returns {boolean} */
export const borrows = (run) => run[BORROWS] === true;
