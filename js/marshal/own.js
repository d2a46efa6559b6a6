/** Members of the objects that users pass: an object's own and its class's, but none that every object inherits. */

/**
 * A member, or undefined if only Object.prototype, of whatever realm, has it.
 *
 * @param {any} object
 * @param {string} name
 * @returns {any}
 */
export function memberOf(object, name) {
  const value = object[name];
  if (value === undefined || Object.hasOwn(object, name)) return value;
  let root = object;
  for (let next; (next = Object.getPrototypeOf(root));) root = next;
  return value === root[name] ? undefined : value;
}
