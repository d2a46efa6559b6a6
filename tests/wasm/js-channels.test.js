/** Channels between C and JavaScript. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { compilers, moduleOf, turn, withApp } from './support.js';

const options = { fixture: 'js_channels', host: { choose: (numbers) => numbers } };
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** All that a channel has. */
async function all(channel) {
  const elements = [];
  for await (const element of channel) elements.push(element);
  return elements;
}

/** What a promise came to, as text. */
const outcome = (promise) => promise.then(String, (error) => error.code ?? error);

const types = {
  bool: ['bool', [true, false]],
  char: ['char', [-128, 127]],
  uint8: ['unsigned char', [0, 255]],
  int16: ['short', [-32768, 32767]],
  uint16: ['unsigned short', [0, 65535]],
  int: ['int', [0, -(2 ** 31), 2 ** 31 - 1]],
  unsigned: ['unsigned', [0, 2 ** 32 - 1]],
  int64: ['long long', [0n, -(2n ** 63n), 2n ** 63n - 1n]],
  uint64: ['unsigned long long', [0n, 2n ** 64n - 1n]],
  float: ['float', [0.5, NaN, -Infinity]],
  double: ['double', [0.1, -0, Number.MAX_VALUE]],
  text: ['char *', ['', 'äöü', 'x'.repeat(10_000)]],
  bytes: ['lull_bytes', [Uint8Array.of(), Uint8Array.of(1, 2, 3), new Uint8Array(5000).fill(7)]],
  ref: ['lull_ref', [undefined, { a: 1 }, Symbol.iterator, 0]],
};

for (const cc of compilers) {
  for (const [name, [type, values]] of Object.entries(types)) {
    test(`${cc}: elements of type ${type} go to C and come back`, () => withApp({ ...options, cc }, async (app) => {
      for (const capacity of [0, 2]) {
        const [to, from] = [app.channel(type, { capacity }), await app.call[`open_${name}`](capacity)];
        const passed = app.call[`pass_${name}`](to, from);
        const received = all(from);
        for (const value of values) await to.send(value);
        to.close();
        assert.deepEqual(await received, values);
        await passed;
      }
    }));
  }
}

test('elements that nobody receives are freed with the channel', () => withApp(options, async (app) => {
  for (const [type, values] of Object.values(types)) {
    const channel = app.channel(type, { capacity: values.length });
    for (const value of values) await channel.send(value);
    if (type === 'lull_ref') assert.equal(app.stats().references, values.length);
    channel[dispose]();
    assert.equal(app.stats().references, 0);
  }
  await app.channel('lull_ref', { capacity: 1 }).send({}); // which close() frees
}));

test('elements that C drops, or that a task is killed with, are freed', async () => {
  const blocks = [];
  for (const times of [1, 40]) {
    await withApp(options, async (app) => {
      for (let i = 0; i < times; i++) {
        const [texts, values] = [app.channel('char *', { capacity: 1 }), app.channel('lull_ref', { capacity: 1 })];
        await texts.send('x'.repeat(60_000));
        await app.call.drop_texts(texts);
        await values.send({});
        await app.call.kill_the_receiver(texts, values);
        await texts.send('y'.repeat(60_000)); // left inside
        texts[dispose]();
        values[dispose]();
        assert.equal(app.stats().references, 0);
      }
      blocks.push(app.stats().memory);
    });
  }
  assert.equal(blocks[0], blocks[1]); // 40 leaks of 60 KB would have grown it
});

test('who waits to receive, of either language, is served in order', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const order = [];
  const note = (who) => (result) => order.push(`${who}: ${result.value ?? result}`);
  const waits = [channel.receive().then(note('js 1'))];
  waits.push(app.call.receive(channel).then(note('c 1')));
  await turn();
  waits.push(channel.receive().then(note('js 2')));
  waits.push(app.call.receive(channel).then(note('c 2')));
  await turn();
  waits.push(channel.receive().then(note('js 3')));
  await Promise.all([1, 2, 3, 4, 5].map((n) => channel.send(n)));
  await Promise.all(waits);
  assert.deepEqual(order.sort(), ['c 1: 2', 'c 2: 4', 'js 1: 1', 'js 2: 3', 'js 3: 5']);
}));

for (const capacity of [0, 2]) {
  test(
    `who waits to send, of either language, is served in order: capacity ${capacity}`,
    () => withApp(options, async (app) => {
      const channel = app.channel('int', { capacity });
      const sent = [];
      for (let n = 1; n <= 6; n += 2) {
        sent.push(channel.send(n), app.call.send(channel, n + 1));
        await turn();
      }
      const received = [];
      for (let i = 0; i < 3; i++) received.push((await channel.receive()).value, await app.call.receive(channel));
      assert.deepEqual(received, [1, 2, 3, 4, 5, 6]);
      await Promise.all(sent);
    }),
  );
}

test('send resolves when somebody has taken the value', () => withApp(options, async (app) => {
  const channel = app.channel('int', { capacity: 1 });
  const taken = [];
  const sent = [1, 2, 3].map((n) => channel.send(n).then(() => taken.push(n)));
  await turn();
  assert.deepEqual(taken, [1]);
  assert.deepEqual(await channel.receive(), { value: 1, done: false });
  await turn();
  assert.deepEqual(taken, [1, 2]);
  assert.equal(await app.call.receive(channel), 2);
  assert.equal(await app.call.receive(channel), 3);
  await Promise.all(sent);
}));

test('a select of C takes part, and takes one element only', () => withApp(options, async (app) => {
  const [a, b] = [app.channel('int'), app.channel('int')];
  const chosen = app.call.select_first(a, b);
  await turn();
  const sent = b.send(2);
  assert.equal(await chosen, 12);
  await sent;
  const left = a.send(1);
  assert.deepEqual(await a.receive(), { value: 1, done: false });
  await left;
}));

test(
  'a signal ends a wait with its very reason, and nothing is sent or received',
  () => withApp(options, async (app) => {
    const [numbers, objects] = [app.channel('int'), app.channel('lull_ref')];
    for (const wait of [
      (signal) => numbers.receive({ signal }),
      (signal) => numbers.send(5, { signal }),
      (signal) => objects.send({}, { signal }),
    ]) {
      const controller = new AbortController();
      const [reason, waiting] = [{}, wait(controller.signal)];
      await turn();
      controller.abort(reason);
      assert.equal(await waiting.catch((error) => error), reason);
      const aborted = wait(AbortSignal.abort(new RangeError('before')));
      await assert.rejects(aborted, { name: 'RangeError', message: 'before' });
    }
    assert.equal(app.stats().references, 0);
    const [sent, received] = [numbers.send(7), numbers.receive()];
    assert.deepEqual(await received, { value: 7, done: false });
    await sent;
  }),
);

test('what was handed over before the signal aborts is received', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  await channel.send(1);
  controller.abort();
  assert.deepEqual(await received, { value: 1, done: false });
}));

test('a wait that is over has left its signal', () => withApp(options, async (app) => {
  const { signal } = new AbortController();
  const channel = app.channel('int');
  const received = channel.receive({ signal });
  const listening = getEventListeners(signal, 'abort').length;
  await channel.send(1, { signal });
  assert.deepEqual(await received, { value: 1, done: false });
  assert.deepEqual([listening, getEventListeners(signal, 'abort').length], [1, 0]);
  channel[dispose]();
}));

test('a signal whose reason is that of a closed channel still rejects', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const other = app.channel('int');
  other.close();
  const reason = await other.send(1).catch((error) => error);
  const controller = new AbortController();
  const received = channel.receive({ signal: controller.signal });
  controller.abort(reason);
  assert.equal(await received.catch((error) => error), reason);
}));

test('close ends the waits on both sides', () => withApp(options, async (app) => {
  for (const close of [(channel) => channel.close(), (channel) => channel[dispose]()]) {
    const [receiving, sending] = [app.channel('int'), app.channel('lull_ref', { capacity: 1 })];
    const receivers = [receiving.receive(), outcome(app.call.receive(receiving))];
    const senders = [1, 2, 3].map((n) => outcome(sending.send(n)));
    await turn();
    close(receiving);
    close(sending);
    assert.deepEqual(await receivers[0], { value: undefined, done: true });
    assert.equal(await receivers[1], 'ERR_LULL_CLOSED');
    assert.deepEqual(await Promise.all(senders), ['undefined', 'ERR_LULL_CLOSED', 'ERR_LULL_CLOSED']);
    const error = { name: 'LullError', code: 'ERR_LULL_CLOSED', message: 'the channel is closed' };
    await assert.rejects(receiving.send(1), error);
    assert.deepEqual(await receiving.receive(), { value: undefined, done: true });
    close(receiving);
  }
}));

test('what is in a closed channel is received first', () => withApp(options, async (app) => {
  const channel = app.channel('int', { capacity: 3 });
  for (const n of [1, 2, 3]) await channel.send(n);
  channel.close();
  assert.deepEqual(await all(channel), [1, 2, 3]);
}));

test('leaving the iteration leaves the channel open', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const counted = app.call.count(channel);
  for await (const n of channel) if (n === 3) break;
  assert.deepEqual(await channel.receive(), { value: 4, done: false });
  channel[dispose]();
  assert.equal(await counted, 4);
}));

test(
  'once its end has been received, by C or by JavaScript, a channel is freed',
  () => withApp(options, async (app) => {
    const warm = app.channel('int');
    warm.close();
    await app.call.sum(warm);
    const before = app.stats().allocations;
    for (const end of [
      async (channel) => { for await (const n of channel) assert.equal(n, 1); },
      async (channel) => assert.equal(await app.call.sum(channel), 1),
    ]) {
      const channel = app.channel('int', { capacity: 1 });
      await channel.send(1);
      channel.close();
      await end(channel);
      assert.equal(app.stats().allocations, before);
      await assert.rejects(app.call.sum(channel), {
        name: 'TypeError',
        message: "sum: argument 1, 'numbers' (LULL_CHAN(int)), must be a channel of int of this app, "
          + 'not an object (released Channel of int)',
      });
    }
  }),
);

test('a closed channel that has not been read to its end can be handed to C', () => withApp(options, async (app) => {
  const channel = app.channel('int', { capacity: 1 });
  channel.close();
  assert.equal(await app.call.sum(channel), 0);
}));

test('a task keeps the channels that it was given until it ends', () => withApp(options, async (app, clock) => {
  const channel = app.channel('int', { capacity: 2 });
  await channel.send(3);
  await channel.send(4);
  const tasks = [1, 2].map(() => app.spawn('sum', [channel], { delay: 10 }));
  channel[dispose]();
  tasks[1].kill();
  await assert.rejects(tasks[1].result, { code: 'ERR_LULL_KILLED' });
  assert.equal(await clock.until(tasks[0].result), 7);
}));

test('a channel is freed with the last task that was given it', () => withApp(options, async (app, clock) => {
  const pass = async () => {
    const channel = app.channel('int', { capacity: 2 });
    await channel.send(3);
    const tasks = [1, 2].map(() => app.spawn('wait_with', [channel]));
    channel[dispose]();
    tasks[0].kill();
    await clock.until(Promise.allSettled(tasks.map(({ result }) => result)));
    return app.stats().allocations;
  };
  assert.equal(await pass(), await pass());
}));

test('C keeps what it retains', () => withApp(options, async (app) => {
  const channel = app.channel('int', { capacity: 1 });
  await app.call.keep(channel);
  await channel.send(9);
  channel[dispose]();
  assert.equal(await app.call.receive_kept(), 9);
  await app.call.forget_kept();
}));

test('a channel that comes back is the same object', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  assert.equal(await app.call.same(channel), channel);
  const [first, second] = await all(app.stream('channels', [channel]));
  assert.equal(first, channel);
  assert.notEqual(second, channel);
  await second.send(1);
}));

test('host functions take and give channels', async () => {
  let other;
  const seen = [];
  const choose = async (numbers) => {
    seen.push(numbers);
    return other;
  };
  await withApp({ ...options, host: { choose } }, async (app) => {
    other = app.channel('int', { capacity: 1 });
    await other.send(2);
    assert.equal(await app.call.let_choose(), 2);
    assert.deepEqual(await seen[0].receive(), { value: 1, done: false }); // C has released it, JavaScript has not
    other = app.channel('double');
    await assert.rejects(app.call.let_choose(), {
      name: 'TypeError',
      message: 'host function choose (LULL_CHAN(int)) must return a channel of int of this app, '
        + 'not an object (Channel of double)',
    });
  });
});

test('a channel of other elements is refused', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  await assert.rejects(app.call.as_double(channel), {
    code: 'ERR_LULL_INVAL',
    message: 'C has handed over a channel of other elements as a LULL_CHAN(double)',
  });
  await assert.rejects(app.call.as_unsigned(channel), { code: 'ERR_LULL_INVAL' });
  await assert.rejects(app.call.failing_open(), { code: 'ERR_LULL_NOMEM' });
  await assert.rejects(app.call.pass_double(channel, channel), {
    name: 'TypeError',
    message: "pass_double: argument 1, 'in' (LULL_CHAN(double)), must be a channel of double of this app, "
      + 'not an object (Channel of int)',
  });
  await assert.rejects(app.call.sum(5), {
    message: "sum: argument 1, 'numbers' (LULL_CHAN(int)), must be a channel of int of this app, not 5",
  });
}));

test("another app's channel is refused", () => withApp(options, (app) => withApp(options, async (other) => {
  await assert.rejects(app.call.sum(other.channel('int')), {
    name: 'TypeError',
    message: /must be a channel of int of this app/,
  });
})));

test('wrong elements, types and options are TypeErrors', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const name = 'TypeError';
  await assert.rejects(channel.send('1'), {
    name,
    message: 'send: the element (int) must be an integer from -2147483648 to 2147483647, not "1"',
  });
  await assert.rejects(channel.send(1, { signal: 5 }), {
    name,
    message: "send: option 'signal' must be an AbortSignal, not 5",
  });
  await assert.rejects(channel.receive({ signal: 5 }), {
    name,
    message: "receive: option 'signal' must be an AbortSignal, not 5",
  });
  assert.throws(() => app.channel('float *'), {
    name,
    message: /^channel: the type must be one of bool, .*lull_ref, not "float \*"$/,
  });
  assert.throws(() => app.channel('const char *'), TypeError);
  assert.throws(() => app.channel('int', { capacity: -1 }), {
    name,
    message: "channel: option 'capacity' must be an integer, not negative, not -1",
  });
  assert.throws(() => app.channel('int', { capacity: 2 ** 30 }), { code: 'ERR_LULL_NOMEM' });
}));

test(
  'a task that waits at a channel of JavaScript is not stuck; one that waits elsewhere is',
  () => withApp(options, async (app) => {
    const channel = app.channel('int');
    const received = app.call.receive(channel);
    let idle = false;
    const idling = app.idle().then(() => { idle = true; });
    await turn();
    assert.equal(idle, false);
    await channel.send(1);
    await Promise.all([received, idling]);

    channel.receive(); // no task
    const lost = app.spawn('wait_for_nobody');
    await assert.rejects(app.idle(), { code: 'ERR_LULL_DEADLOCK' });
    await lost.cancel();
    await app.idle();

    await app.call.keep(channel);
    channel[dispose]();
    await app.call.forget_kept();
  }),
);

test('close of the app ends the waits of JavaScript', async () => {
  let waits, channel;
  await withApp(options, async (app) => {
    channel = app.channel('lull_ref');
    const full = app.channel('char *');
    waits = [channel.receive().then(({ done }) => done), outcome(full.send('text'))];
    await app.close();
    assert.throws(() => app.channel('int'), {
      code: 'ERR_LULL_CLOSED',
      message: 'cannot make a channel: the app is closed',
    });
  });
  assert.deepEqual(await Promise.all(waits), [true, 'ERR_LULL_CLOSED']);
  assert.deepEqual(await channel.receive(), { value: undefined, done: true });
  assert.equal(await outcome(channel.send(1)), 'ERR_LULL_CLOSED');
  channel.close();
  channel[dispose]();
});

test('as a readable web stream, C is held back until it is read from', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const counted = app.call.count(channel);
  const reader = channel.readable.getReader();
  await turn();
  assert.deepEqual(await reader.read(), { value: 1, done: false });
  assert.deepEqual(await reader.read(), { value: 2, done: false });
  await turn();
  await reader.cancel(); // closes it
  assert.equal(await counted, 2);
}));

test('as a writable web stream, JavaScript is held back until C receives', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const writer = channel.writable.getWriter();
  const written = writer.write(5);
  let ready = false;
  writer.ready.then(() => { ready = true; });
  await turn();
  assert.equal(ready, false);
  assert.equal(await app.call.receive(channel), 5);
  await written;
  await turn();
  assert.equal(ready, true);
  const total = app.call.sum(channel);
  await writer.write(6);
  await writer.close();
  assert.equal(await total, 6);
}));

test('pipes run through C', () => withApp(options, async (app) => {
  const [to, from] = [app.channel('char *', { capacity: 2 }), app.channel('char *')];
  const passed = app.call.pass_text(to, from);
  const words = ['one', 'two', 'three', 'four', 'five'];
  const piped = ReadableStream.from?.(words) ?? new ReadableStream({
    start(controller) {
      for (const word of words) controller.enqueue(word);
      controller.close();
    },
  });
  const received = [];
  await Promise.all([
    piped.pipeTo(to.writable),
    from.readable.pipeTo(new WritableStream({ write(word) { received.push(word); } })),
    passed,
  ]);
  assert.deepEqual(received, words);
}));

test('a pipe that is aborted closes the channel; one to a closed channel fails', () => withApp(options, async (app) => {
  const channel = app.channel('int');
  const writer = channel.writable.getWriter();
  const written = writer.write(1).catch((error) => error);
  await turn();
  const reason = new RangeError('enough');
  await writer.abort(reason);
  assert.equal(await written, reason);
  assert.deepEqual(await channel.receive(), { value: undefined, done: true });

  const closed = app.channel('int');
  closed.close();
  await assert.rejects(closed.writable.getWriter().write(1), { code: 'ERR_LULL_CLOSED' });
}));

test('a module that lets no channel cross has none of this', async () => {
  const module = await moduleOf('generators');
  assert.deepEqual(WebAssembly.Module.exports(module).filter(({ name }) => name.startsWith('lull_channel')), []);
});
