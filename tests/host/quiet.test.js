/** A promise that nobody has taken is not an uncaught error when its task is cancelled; a failure is one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { turn, withApp } from '../wasm/support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

/** The rejections that nobody has handled meanwhile. */
async function unhandled(body) {
  const reasons = [];
  const note = (reason) => reasons.push(reason);
  const others = process.rawListeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  try {
    await body();
    await turn();
    await turn();
  } finally {
    process.removeListener('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
  }
  return reasons.map(({ message }) => message);
}

const ways = { 'close()': (app) => app.close(), 'cancel()': (app) => app.cancel() };

for (const [way, end] of Object.entries(ways)) {
  describe(`at ${way}`, () => {
    const quiet = (begin) => async () => {
      assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
        begin(app);
        await turn();
        await end(app);
        await turn();
      })), []);
    };

    test('a call that nobody awaits is quiet', quiet((app) => { app.call.sleep(5); }));
    test('a call that has not begun is quiet', quiet((app) => {
      app.spawn('sleep', [5], { delay: 1000 });
    }));
    test('a pending next() is quiet', quiet((app) => {
      const stream = app.stream('texts', [1, 1]);
      stream.next();
      stream.next();
    }));
    test('a pending send() is quiet', quiet((app) => { app.channel('int').send(1); }));
    test('a pending receive() is quiet', quiet((app) => { app.channel('int').receive(); }));
  });
}

test('a send to a channel that is closed meanwhile is quiet', async () => {
  assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
    const channel = app.channel('int');
    channel.send(1);
    channel.close();
    await turn();
  })), []);
});

test('the failure of a call that nobody awaits is reported, once', async () => {
  assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
    app.call.fail_with_text(3);
    await turn();
  })), ['xxx']);
});

test('the failure of a stream that nobody reads is reported, once', async () => {
  assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
    app.stream('failing', [0]);
    await turn();
  })), ['after 0']);
});

test('the failure of a stream is its reader\'s, also of one that reads on later', async () => {
  assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
    const stream = app.stream('failing', [1]);
    assert.deepEqual(await stream.next(), { value: 0, done: false });
    await turn();
    await turn();
    await assert.rejects(stream.next(), /after 1/);
  })), []);
});

test('the failure of a stream whose task\'s result somebody awaits is that one\'s', async () => {
  assert.deepEqual(await unhandled(() => withApp(options, async (app) => {
    await assert.rejects(app.stream('failing', [0]).task.result, /after 0/);
  })), []);
});
