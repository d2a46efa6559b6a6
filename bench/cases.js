/** The cases: what lull does, and what does the same without it. */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} what is measured
 * @property {number} times how often a round does it
 * @property {(times: number) => Promise<unknown>} run
 * @property {{ name: string, run: (times: number) => Promise<unknown> }[]} baselines
 */

/** @param {number} depth @returns {Promise<number>} */
async function awaitBelow(depth) {
  if (depth === 0) {
    await null;
    return 0;
  }
  return (await awaitBelow(depth - 1)) ^ 1;
}

/** @param {number} times @param {number} depth */
const twoAwaiting = (times, depth) => Promise.all([0, 1].map(async () => {
  for (let i = 0; i < times / 2; i++) {
    if (depth) await awaitBelow(depth);
    else await null;
  }
}));

/** @param {number} n */
const addOne = async (n) => n + 1;

/** @param {number} times */
async function awaitSettled(times) {
  let sum = 0;
  for (let i = 0; i < times; i++) sum += await Promise.resolve(i);
  return sum;
}

/** @param {(n: number) => Promise<number>} call */
const oneByOne = (call) => async (/** @type {number} */ times) => {
  for (let i = 0; i < times; i++) await call(i);
};

/** @param {(times: number) => Promise<unknown>} call */
const thousand = (call) => (/** @type {number} */ times) => Promise.all(Array.from({ length: 1000 }, () => call(times / 1000)));

/**
 * @param {{ call: Record<string, (...args: any[]) => Promise<any>> }} app of cases.c
 * @param {Record<string, (n: number) => Promise<number>> | undefined} jspi jspi.c, where the engine has JSPI
 * @returns {Case[]}
 */
export function cases({ call }, jspi) {
  const onJspi = (/** @type {string} */ name, /** @type {(jspi: any) => (times: number) => Promise<unknown>} */ run) =>
    jspi ? [{ name, run: run(jspi) }] : [];
  return [
    {
      name: 'pause',
      what: 'let another task run: two tasks in turns, per switch',
      times: 1e6,
      run: (times) => call.pause_twice(times / 2),
      baselines: [{ name: 'await null', run: (times) => twoAwaiting(times, 0) }],
    },
    {
      name: 'pause-depth16',
      what: 'the same, 16 calls deep',
      times: 1e5,
      run: (times) => call.pause_deep_twice(times / 2),
      baselines: [{ name: 'await null, 16 async calls deep', run: (times) => twoAwaiting(times, 16) }],
    },
    {
      name: 'spawn',
      what: 'spawn a task from C, run it, end it',
      times: 5e5,
      run: (times) => call.spawn_many(times),
      baselines: [{ name: 'call of an async function', run: oneByOne(addOne) }],
    },
    {
      name: 'call',
      what: 'JavaScript calls a C task and awaits it, one at a time',
      times: 1e5,
      run: oneByOne(call.add_one),
      baselines: [
        { name: 'call of an async function', run: oneByOne(addOne) },
        ...onJspi('JSPI promising call', ({ add_one }) => oneByOne(add_one)),
      ],
    },
    {
      name: 'await-host',
      what: 'C awaits a settled promise of JavaScript, 1000 tasks at once',
      times: 2e5,
      run: thousand(call.await_many),
      baselines: [
        { name: 'async function, await', run: thousand(awaitSettled) },
        ...onJspi('JSPI, 1000 at once', ({ await_many }) => thousand(await_many)),
      ],
    },
    {
      name: 'await-host-1',
      what: 'the same, one task',
      times: 1e5,
      run: (times) => call.await_many(times),
      baselines: [
        { name: 'async function, await', run: awaitSettled },
        ...onJspi('JSPI', ({ await_many }) => await_many),
      ],
    },
  ];
}
