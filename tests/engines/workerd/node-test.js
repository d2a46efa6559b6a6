/** node:test for a worker, as far as the tests of the wasm build use it: register, then run one after the other. */

/** How long one test may take, in milliseconds. */
const LONGEST = 120_000;

const registered = [];
let path = [];
let skipped = false;

const withOptions = (options, body) => (typeof options === 'function' ? [{}, options] : [options, body]);

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

/** Begin a file of tests. @param {string} file */
export const begin = (file) => { path = [file]; };

async function runOne({ name, skip, body }) {
  if (skip) return { name, skip };
  const afters = [];
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${LONGEST} ms`)), LONGEST);
  });
  try {
    await Promise.race([body({ after: (act) => afters.push(act), diagnostic() {} }), late]);
    return { name };
  } catch (error) {
    return { name, error: `${error}\n${error?.stack}` };
  } finally {
    clearTimeout(timer);
    for (const act of afters) await act();
  }
}

/** What came of each test. `leftOut` says by name why one is not run. */
export async function run(leftOut) {
  const results = [];
  addEventListener('unhandledrejection', ({ reason }) =>
    results.push({ name: 'a rejection that nobody handled', error: String(reason) }));
  for (const one of registered) results.push(await runOne({ ...one, skip: one.skip || leftOut[one.name] }));
  return results;
}
