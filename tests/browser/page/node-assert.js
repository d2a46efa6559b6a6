/** node:assert/strict for a page, as far as the tests of the wasm build use it. */

const show = (value) => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? `${member}n` : member));
  } catch {
    return String(value);
  }
};

function fail(message = 'failed') {
  throw message instanceof Error ? message : new Error(message);
}

const ok = (value, message) => value || fail(message ?? `${show(value)} is not true`);
const equal = (actual, expected, message) =>
  Object.is(actual, expected) || fail(`${message ?? 'not equal'}: ${show(actual)}, not ${show(expected)}`);
const notEqual = (actual, other, message) => Object.is(actual, other) && fail(message ?? `${show(actual)}`);
const match = (text, pattern, message) =>
  (typeof text === 'string' && pattern.test(text)) || fail(message ?? `${show(text)} does not match ${pattern}`);

const keysOf = (value) => [
  ...Object.keys(value),
  ...Object.getOwnPropertySymbols(value).filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)),
];

/** As deepStrictEqual: the same prototypes, the same own members, errors by their names and messages besides. */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  if (a instanceof Error && (a.name !== b.name || a.message !== b.message || !same(a.cause, b.cause))) return false;
  if (a instanceof Date && a.getTime() !== b.getTime()) return false;
  if (a instanceof Map || a instanceof Set) return a.size === b.size && same([...a], [...b]);
  const keys = keysOf(a);
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

const deepEqual = (actual, expected, message) =>
  same(actual, expected) || fail(`${message ?? 'not deeply equal'}: ${show(actual)}, not ${show(expected)}`);

/** Whether what was thrown is what was expected: a class, a pattern, a function, or an object of members. */
function checkThrown(thrown, expected) {
  if (expected === undefined) return;
  if (expected instanceof RegExp) {
    match(String(thrown), expected);
  } else if (typeof expected === 'function') {
    const isClass = expected.prototype !== undefined && (expected === Error || expected.prototype instanceof Error);
    if (isClass ? !(thrown instanceof expected) : expected(thrown) !== true) {
      fail(`what was thrown is not what was expected: ${show(thrown)}\n${thrown?.stack}`);
    }
  } else {
    for (const [name, wanted] of Object.entries(expected)) {
      const actual = thrown?.[name];
      if (wanted instanceof RegExp && typeof actual === 'string') match(actual, wanted);
      else deepEqual(actual, wanted, `the ${name} of what was thrown`);
    }
  }
}

function throws(run, expected) {
  let thrown;
  try {
    run();
  } catch (error) {
    thrown = { error };
  }
  if (!thrown) fail('nothing was thrown');
  checkThrown(thrown.error, expected);
}

async function rejects(promise, expected) {
  let rejected;
  try {
    await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    rejected = { error };
  }
  if (!rejected) fail('the promise was not rejected');
  checkThrown(rejected.error, expected);
}

export default Object.assign(ok, { ok, fail, equal, notEqual, match, deepEqual, throws, rejects });
