/** The cases: work for lull, and the same work for its baselines. */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} what the measured operation
 * @property {number} times the repetitions of a round
 * @property {boolean} [cold] whether the first round after a garbage collection counts
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

/** @param {number} count of functions @param {number} times of all together @param {number} depth */
const awaiting = (count, times, depth) => Promise.all(Array.from({ length: count }, async () => {
  for (let i = 0; i < times / count; i++) {
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
const thousand = (call) => (/** @type {number} */ times) =>
  Promise.all(Array.from({ length: 1000 }, () => call(times / 1000)));

/**
 * Many calls at once, whose memory and tables stay, and then one at a time.
 *
 * @param {(n: number) => Promise<number>} call
 */
const afterBurst = (call) => async (/** @type {number} */ times) => {
  await Promise.all(Array.from({ length: 1000 }, (_, i) => call(i)));
  await oneByOne(call)(times);
};

const TEXT = 'a text of one kilobyte, '.repeat(43).slice(0, 1024);
const encoder = new TextEncoder(), decoder = new TextDecoder();

/** @param {string} text */
const echo = async (text) => decoder.decode(encoder.encode(text));

/** @param {(text: string) => Promise<string>} call */
const echoing = (call) => async (/** @type {number} */ times) => {
  for (let i = 0; i < times; i++) await call(TEXT);
};

/** @param {number} a @param {number} b */
const sum = (a, b) => a + b;

/** The host functions of cases.c. */
export const host = { settled: (/** @type {number} */ n) => Promise.resolve(n), sum };

/** @param {number} times */
async function sumMany(times) {
  let total = 0;
  for (let i = 0; i < times; i++) total = sum(total, i & 1);
  return total;
}

/** @param {number} times */
async function* counting(times) {
  for (let i = 0; i < times; i++) yield i;
}

/** @param {AsyncIterable<number>} elements */
async function drain(elements) {
  let sum = 0;
  for await (const element of elements) sum += element;
  return sum;
}

/** A channel for async functions, as queues of values and resolvers. */
class Queue {
  /** @param {number} capacity */
  constructor(capacity) {
    this.capacity = capacity;
  }

  /** @type {number[]} */
  values = [];
  /** @type {((value: number) => void)[]} */
  receivers = [];
  /** @type {{ value: number, resolve: (value?: undefined) => void }[]} */
  senders = [];

  /** @param {number} value */
  async send(value) {
    const receiver = this.receivers.shift();
    if (receiver) receiver(value);
    else if (this.values.length < this.capacity) this.values.push(value);
    else await new Promise((resolve) => { this.senders.push({ value, resolve }); });
  }

  /** @returns {Promise<number>} */
  async receive() {
    if (this.values.length) {
      const value = /** @type {number} */ (this.values.shift());
      const sender = this.senders.shift();
      if (sender) {
        this.values.push(sender.value);
        sender.resolve();
      }
      return value;
    }
    const sender = this.senders.shift();
    if (!sender) return new Promise((resolve) => { this.receivers.push(resolve); });
    sender.resolve();
    return sender.value;
  }
}

/** A mutex for async functions. An unlock hands it to the next waiter. */
class Mutex {
  #locked = false;
  /** @type {((value?: undefined) => void)[]} */
  #waiters = [];

  async lock() {
    if (this.#locked) await new Promise((resolve) => { this.#waiters.push(resolve); });
    this.#locked = true;
  }

  unlock() {
    const next = this.#waiters.shift();
    if (next) next();
    else this.#locked = false;
  }
}

/** @param {number} times */
async function contendInTurns(times) {
  const mutex = new Mutex();
  await Promise.all([0, 1].map(async () => {
    for (let i = 0; i < times / 2; i++) {
      await mutex.lock();
      if (i === 0) await null;
      mutex.unlock();
    }
  }));
}

/** @param {number} capacity */
const throughQueue = (capacity) => async (/** @type {number} */ times) => {
  const queue = new Queue(capacity);
  const send = async () => {
    for (let i = 0; i < times; i++) await queue.send(i);
  };
  const receive = async () => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum += await queue.receive();
    return sum;
  };
  const [sum] = await Promise.all([receive(), send()]);
  return sum;
};

/**
 * @param {{ call: Record<string, (...args: any[]) => Promise<any>>,
 *   spawn: (name: string) => { cancel: () => Promise<void> },
 *   stream: (name: string, args: unknown[], options?: object) => AsyncIterable<any> }} app of cases.c
 * @param {Record<string, (n: number) => Promise<number>> | undefined} jspi jspi.c, if the engine has JSPI
 * @returns {Case[]}
 */
export function cases(app, jspi) {
  const { call } = app;
  const onJspi = (/** @type {string} */ name, /** @type {(jspi: any) => (times: number) => Promise<unknown>} */ run) =>
    jspi ? [{ name, run: run(jspi) }] : [];
  /** Calls of a task, repeated in this way. @param {(call: any) => (times: number) => Promise<unknown>} way */
  const calls = (way) => ({
    run: way(call.add_one),
    baselines: [
      { name: 'call of an async function', run: way(addOne) },
      ...onJspi('JSPI promising call', ({ add_one }) => way(add_one)),
    ],
  });
  const oneAwait = [
    { name: 'async function, await', run: awaitSettled },
    ...onJspi('JSPI', ({ await_many }) => await_many),
  ];
  return [
    {
      name: 'pause',
      what: 'let another task run: two tasks in turns, per switch',
      times: 1e6,
      run: (times) => call.pause_twice(times / 2),
      baselines: [{ name: 'await null', run: (times) => awaiting(2, times, 0) }],
    },
    {
      name: 'pause-1000',
      what: 'the same, 1000 tasks in turns',
      times: 1e6,
      run: (times) => call.pause_many(1000, times / 1000),
      baselines: [{ name: 'await null, 1000 async functions', run: (times) => awaiting(1000, times, 0) }],
    },
    {
      name: 'pause-depth16',
      what: 'two tasks in turns, 16 calls deep',
      times: 1e5,
      run: (times) => call.pause_deep_twice(times / 2),
      baselines: [{ name: 'await null, 16 async calls deep', run: (times) => awaiting(2, times, 16) }],
    },
    {
      name: 'pause-depth256',
      what: 'two tasks in turns, 256 calls deep',
      times: 1e4,
      run: (times) => call.pause_very_deep_twice(times / 2),
      baselines: [{ name: 'await null, 256 async calls deep', run: (times) => awaiting(2, times, 256) }],
    },
    {
      name: 'channel',
      what: 'hand an int from one task to another: capacity 0',
      times: 3e5,
      run: (times) => call.channel(times, 0),
      baselines: [{ name: 'async functions, resolver queue', run: throughQueue(0) }],
    },
    {
      name: 'channel-64',
      what: 'the same: capacity 64',
      times: 3e5,
      run: (times) => call.channel(times, 64),
      baselines: [{ name: 'async functions, resolver queue', run: throughQueue(64) }],
    },
    {
      name: 'select',
      what: 'receive from the one of two channels that has something',
      times: 2e5,
      run: (times) => call.select_one(times),
      baselines: [{ name: 'async functions, resolver queue', run: throughQueue(0) }],
    },
    {
      name: 'mutex',
      what: 'two tasks lock and unlock a mutex that the other waits for, per handover',
      times: 3e5,
      run: (times) => call.contend(times),
      baselines: [{ name: 'async functions, resolver queue', run: contendInTurns }],
    },
    {
      name: 'generator',
      what: 'for await over the elements of a generator',
      times: 1e5,
      run: (times) => drain(app.stream('count', [times])),
      baselines: [{ name: 'async generator', run: (times) => drain(counting(times)) }],
    },
    {
      name: 'generator-64',
      what: 'the same, up to 64 elements ahead of the reader',
      times: 1e5,
      run: (times) => drain(app.stream('count', [times], { highWaterMark: 64 })),
      baselines: [{ name: 'async generator', run: (times) => drain(counting(times)) }],
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
      ...calls(oneByOne),
    },
    {
      name: 'call-after-burst',
      what: 'the same, after 1000 at once',
      times: 1e5,
      ...calls(afterBurst),
    },
    {
      name: 'call-after-gc',
      what: 'the same, right after a garbage collection',
      times: 1e4,
      cold: true,
      ...calls(oneByOne),
    },
    {
      name: 'call-1000',
      what: 'the same, 1000 calls in flight',
      times: 1e5,
      run: thousand(oneByOne(call.add_one)),
      baselines: [
        { name: 'async function, 1000 in flight', run: thousand(oneByOne(addOne)) },
        ...onJspi('JSPI promising call, 1000 in flight', ({ add_one }) => thousand(oneByOne(add_one))),
      ],
    },
    {
      name: 'call-string',
      what: 'JavaScript calls a C task with a text of 1 KB, which returns it, one at a time',
      times: 3e4,
      run: echoing(call.echo),
      baselines: [{ name: 'async function, to UTF-8 and back', run: echoing(echo) }],
    },
    {
      name: 'host-sync',
      what: 'C calls a function of JavaScript that returns a number',
      times: 3e5,
      run: (times) => call.sum_many(times),
      baselines: [
        { name: 'call of a function', run: sumMany },
        ...onJspi('import of a bare module', ({ sum_many }) => sum_many),
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
      baselines: oneAwait,
    },
    {
      name: 'await-host-1-timer',
      what: 'the same, with another task asleep',
      times: 1e5,
      async run(times) {
        const sleeper = app.spawn('nap');
        const result = await call.await_many(times);
        await sleeper.cancel();
        return result;
      },
      baselines: oneAwait,
    },
  ];
}
