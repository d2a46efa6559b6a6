/** A promise with what settles it, as Promise.withResolvers makes one, which not all engines of our floor have. */

/**
 * Nothing else is in the closure of its promise: a call of a task that had its own work in there took a fifth longer.
 *
 * @template T
 */
export function deferred() {
  /** @type {(value: T) => void} */
  let resolve;
  /** @type {(error: unknown) => void} */
  let reject;
  /** @type {Promise<T>} */
  const promise = new Promise((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  // @ts-ignore they are set: the promise calls the function at once
  return { promise, resolve, reject };
}
