/** Generators of C: for await in JavaScript, lull_next in C. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { compilers, turn, withApp } from './support.js';

const noted = [];
const options = { fixture: 'generators', host: { note: (what) => { noted.push(what); } } };

/** @param {AsyncIterable<unknown>} stream */
async function all(stream) {
  const elements = [];
  for await (const element of stream) elements.push(element);
  return elements;
}

for (const cc of compilers) {
  for (const level of ['0', '2', 's', '3']) {
    describe(`${cc} -O${level}`, () => {
      const built = { ...options, cc, level };

      test('for await gets all elements, then the end', () => withApp(built, async (app) => {
        assert.deepEqual(await all(app.stream('countdown', [3])), [3, 2, 1]);
        assert.deepEqual(await all(app.stream('nothing')), []);
        assert.deepEqual(await all(app.stream('from_a_depth', [500])), Array.from({ length: 500 }, (_, i) => i));
      }));

      test('C gets all elements, then the end', () => withApp(built, async (app) => {
        assert.equal(await app.call.sum(100), 5050);
        assert.equal(await app.call.sum_of_first(100), 4950);
      }));
    });
  }
}

test('elements of other types', () => withApp(options, async (app) => {
  assert.deepEqual(await all(app.stream('lines', [3])), ['line 0', 'line 1', 'line 2']);
  assert.deepEqual(await all(app.stream('halves', [4])), [0, 0.5, 1, 1.5]);
}));

test('a generator that waits is waited for', () => withApp(options, async (app, clock) => {
  assert.deepEqual(await clock.until(all(app.stream('slow_countdown', [3]))), [3, 2, 1]);
  assert.equal(clock.now(), 3000);
}));

test('a generator is one element ahead, and waits for a reader', () => withApp(options, async (app) => {
  const stream = app.stream('endless');
  await turn();
  assert.deepEqual(
    app.tasks().map(({ name, status, waitingOn }) => [name, status, waitingOn]),
    [['endless', 'waiting', 'a reader']],
  );
  const before = app.stats().switches;
  await turn();
  assert.equal(app.stats().switches, before);
  assert.deepEqual([(await stream.next()).value, (await stream.next()).value], [0, 1]);
  await stream.return();
}));

test('the task goes on to its next element before next() returns', () => withApp(options, async (app) => {
  const stream = app.stream('endless');
  await turn();
  const before = app.stats().switches;
  stream.next();
  assert.equal(app.stats().switches, before + 1);
  await stream.return();
}));

test('with a highWaterMark, a generator is as many elements ahead', () => withApp(options, async (app) => {
  noted.length = 0;
  const stream = app.stream('countdown', [5], { highWaterMark: 3 });
  await turn();
  assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['a reader']);
  assert.deepEqual([(await stream.next()).value, (await stream.next()).value], [5, 4]);
  await turn();
  assert.deepEqual(noted, []); // it makes more once the last is taken
  assert.equal((await stream.next()).value, 3);
  assert.deepEqual(noted, ['countdown over']);
  assert.deepEqual(await all(stream), [2, 1]);
}));

test('a highWaterMark changes neither the order nor the end', () => withApp(options, async (app) => {
  for (const highWaterMark of [1, 2, 7, 100]) {
    assert.deepEqual(await all(app.stream('countdown', [4], { highWaterMark })), [4, 3, 2, 1]);
    assert.deepEqual(await all(app.stream('lines', [3], { highWaterMark })), ['line 0', 'line 1', 'line 2']);
    assert.deepEqual(await all(app.stream('nothing', [], { highWaterMark })), []);
    const failing = app.stream('failing', [3], { highWaterMark });
    const read = [(await failing.next()).value, (await failing.next()).value, (await failing.next()).value];
    assert.deepEqual(read, [0, 1, 2]);
    await assert.rejects(failing.next(), { message: 'no more than 3' });
    assert.deepEqual(await failing.next(), { value: undefined, done: true });
  }
}));

test('leaving a stream drops the elements that nobody has asked for', () => withApp(options, async (app) => {
  const stream = app.stream('endless', [], { highWaterMark: 8 });
  assert.equal((await stream.next()).value, 0);
  await stream.return();
  assert.deepEqual(await stream.next(), { value: undefined, done: true });
}));

test('a generator that waits is ahead as far as its time allows', () => withApp(options, async (app, clock) => {
  const stream = app.stream('slow_countdown', [3], { highWaterMark: 3 });
  assert.equal((await clock.until(stream.next())).value, 3);
  assert.equal(clock.now(), 1000);
  assert.deepEqual(await clock.until(all(stream)), [2, 1]);
  assert.equal(clock.now(), 3000);
}));

test('a reader that reads on and on leaves the event loop its turns', () => {
  const clock = new VirtualClock({ tick: 1 });
  return withApp({ ...options, clock }, async (app) => {
    let turned = false;
    setImmediate(() => { turned = true; });
    for await (const n of app.stream('endless')) {
      if (turned) break;
      assert.ok(n < 10_000, 'the event loop has not had its turn');
    }
  });
});

test('two streams that are read in turns', () => withApp(options, async (app) => {
  const streams = [app.stream('endless'), app.stream('countdown', [9])];
  const read = [];
  for (let i = 0; i < 6; i++) read.push((await streams[i % 2].next()).value);
  assert.deepEqual(read, [0, 9, 1, 8, 2, 7]);
  await streams[0].return();
}));

test('leaving the loop early ends the task and runs its defers', () => withApp(options, async (app) => {
  noted.length = 0;
  for await (const n of app.stream('endless')) {
    if (n === 5) break;
  }
  assert.deepEqual(noted, ['endless over']);
  assert.equal(app.stats().tasks, 0);
}));

test('an error inside reaches the reader after the elements before it', () => withApp(options, async (app) => {
  const elements = [];
  await assert.rejects(async () => {
    for await (const n of app.stream('failing', [3])) elements.push(n);
  }, { code: 'ERR_LULL_FAILED', message: 'no more than 3' });
  assert.deepEqual(elements, [0, 1, 2]);
}));

test('an error inside reaches a reader in C', () => withApp(options, async (app) => {
  await assert.rejects(app.call.sum_of_failing(3), { code: 'ERR_LULL_FAILED', message: 'no more than 3' });
}));

test('several readers get an element each, in order', () => withApp(options, async (app) => {
  const stream = app.stream('countdown', [3]);
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => stream.next()));
  assert.deepEqual(
    results.map(({ value, done }) => [value, done]),
    [
      [3, false],
      [2, false],
      [1, false],
      [undefined, true],
      [undefined, true],
    ],
  );
}));

test('readers that wait when the stream is left are told its end', () => withApp(options, async (app) => {
  const stream = app.stream('slow_countdown', [3]);
  const next = stream.next();
  await turn();
  await Promise.all([stream.return(), assert.rejects(next, { code: 'ERR_LULL_CANCELED' })]);
  assert.deepEqual(await stream.next(), { value: undefined, done: true });
}));

test('a signal ends it with its reason', () => withApp(options, async (app) => {
  const controller = new AbortController();
  const elements = all(app.stream('slow_countdown', [3], { signal: controller.signal }));
  await turn();
  controller.abort('enough');
  assert.equal(await elements.catch((error) => error), 'enough');
}));

test('as a web stream, with backpressure', () => withApp(options, async (app) => {
  const reader = app.stream('countdown', [3]).readable().getReader();
  assert.deepEqual(await reader.read(), { value: 3, done: false });
  assert.deepEqual(await reader.read(), { value: 2, done: false });
  assert.deepEqual(await reader.read(), { value: 1, done: false });
  assert.deepEqual(await reader.read(), { value: undefined, done: true });
  const left = app.stream('endless').readable();
  await left.cancel();
  assert.equal(app.stats().tasks, 0);
}));

test('close ends a stream that nobody reads', () => withApp(options, async (app) => {
  app.stream('endless');
  await turn();
  await app.close();
}));

test('close frees a generator that C has forgotten', () => withApp(options, async (app) => {
  assert.equal(await app.call.forget(), 0);
}));

test('wrong names and arguments are TypeErrors', () => withApp(options, async (app) => {
  assert.throws(() => app.stream('count', [1]), {
    name: 'TypeError',
    message: /^this module has no generator 'count'; it has countdown, /,
  });
  assert.throws(() => app.stream('countdown', []), {
    name: 'TypeError',
    message: 'countdown(int from) takes 1 argument, not 0',
  });
  assert.throws(() => app.spawn('countdown', [1]), {
    name: 'TypeError',
    message: /^this module has no task 'countdown'/,
  });
}));

test('what is wrong with a call is said of stream(), not of spawn()', () => withApp(options, async (app) => {
  const refused = (/** @type {unknown[]} */ args, /** @type {string} */ message) =>
    assert.throws(() => app.stream('countdown', ...args), { name: 'TypeError', message });
  refused([3], "stream('countdown', args): args must be an array, not 3");
  refused([[3], { delay: -1 }], "stream('countdown'): option 'delay' must be milliseconds, not negative, not -1");
  refused([[3], { stackSize: 1 }], "stream('countdown'): option 'stackSize' must be at least 1024 bytes, not 1");
  refused([[3], { signal: 'stop' }], "stream('countdown'): option 'signal' must be an AbortSignal, not \"stop\"");
  const wanted = "stream('countdown'): option 'highWaterMark' must be an integer above 0, not";
  for (const value of [0, 1.5, NaN, Infinity]) refused([[3], { highWaterMark: value }], `${wanted} ${value}`);
  refused([[3], { highWaterMark: '2' }], `${wanted} "2"`);
  const unknown = "stream('countdown') has no option 'highwaterMark'; did you mean 'highWaterMark'?";
  refused([[3], { highwaterMark: 2 }], unknown);
}));
