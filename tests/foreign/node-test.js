/**
 * node:test for hosts that have none, as far as the tests of the wasm build use it: register, then run one after the
 * other. See D11.
 */

/** How long one test may take, in milliseconds. */
const LONGEST = 600_000;

const registered = [];
let path = [];

const withOptions = (options, body) => (typeof options === 'function' ? [{}, options] : [options, body]);

let skipped = false;

export function describe(name, ...rest) {
  const [{ skip }, body] = withOptions(...rest);
  const before = [path, skipped];
  path = [...path, name];
  skipped ||= skip;
  body();
  [path, skipped] = before;
}

export function test(name, ...rest) {
  const [{ skip }, body] = withOptions(...rest);
  registered.push({ name: [...path, name].join(' › '), skip: skipped || skip, body });
}

export const it = test;

/** Begin a file of tests, where several are in one bundle. @param {string} file */
export const begin = (file) => { path = [file]; };

const within = (milliseconds, promise) => {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

async function runOne({ name, skip, body }, leftOut) {
  const reason = skip || leftOut[name];
  if (reason) return { name, skip: reason };
  const afters = [];
  const diagnostics = [];
  const context = { after: (act) => afters.push(act), diagnostic: (text) => diagnostics.push(text) };
  const start = performance.now();
  let error;
  try {
    await within(LONGEST, Promise.resolve(body(context)));
  } catch (thrown) {
    error = `${thrown}\n${thrown?.stack ?? ''}`;
  }
  for (const act of afters) await act();
  return { name, error, diagnostics, milliseconds: performance.now() - start };
}

/** What came of each test. `leftOut` says by name why one is not run. */
export async function run(leftOut) {
  const results = [];
  const onerror = ({ reason, error }) =>
    results.push({ name: 'an error that nobody handled', error: String(reason ?? error) });
  addEventListener('unhandledrejection', onerror);
  addEventListener('error', onerror);
  for (const one of registered.splice(0)) results.push(await runOne(one, leftOut));
  return results;
}
