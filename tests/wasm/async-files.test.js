/** Files in a folder that answers with promises: the tasks that use them wait, and the others run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { SlowFolder } from './slow-folder.js';
import { compilers, moduleOf, withApp } from './support.js';

const FLAGS = ['--async-files'];
const SCENES = ['stdio', 'positions', 'folders', 'listings'];
const EAGAIN = 6;
const EINTR = 27;
const EIO = 29;
const ENOENT = 44;
const ENOSPC = 51;

const sumOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

for (const cc of compilers) {
  const withStore = (body, { delay = 1, flags = FLAGS, ...options } = {}) => () => {
    const clock = new VirtualClock();
    const store = new SlowFolder(clock, delay);
    return withApp({ fixture: 'async_files', cc, flags, clock, posix: { folders: { '/store': store } }, ...options },
      async (app, _, reports) => body({ app, call: app.call, clock, store, reports }))
      .then(() => assert.equal(store.writers, 0, 'files that are still being written'));
  };

  for (const flags of [FLAGS, [...FLAGS, '-DWITH_TABLE']]) {
    const table = flags.length > 1 ? ' with a table of descriptors' : '';
    for (const name of flags.length > 1 ? [...SCENES, 'pipes', 'writes_beside_stdio'] : SCENES) {
      test(`${cc}: files behind promises${table}: ${name}`, withStore(async ({ call, clock, store }) => {
        assert.equal(await clock.until(call[name]()), 0, 'the line that failed');
        assert.equal(store.items.size, 0, 'files after the task');
      }, { flags }));
    }
  }

  test(`${cc}: files behind promises at -O0`, withStore(async ({ call, clock }) => {
    assert.equal(await clock.until(call.positions()), 0, 'the line that failed');
    assert.equal(await clock.until(call.stdio()), 0, 'the line that failed');
  }, { level: '0' }));

  test(`${cc}: two tasks that read take the time of one, and others run meanwhile`, withStore(
    async ({ app, call, clock, store }) => {
      store.set('a', 'text');
      store.set('b', 'more text');
      const counting = app.spawn('counts', []);
      const alone = clock.now();
      assert.equal(await clock.until(call.reads('/store/a')), 4);
      const one = clock.now() - alone;
      const together = clock.now();
      assert.deepEqual(await clock.until(Promise.all([call.reads('/store/a'), call.reads('/store/b')])), [4, 9]);
      assert.equal(clock.now() - together, one);
      assert.ok(one >= 200, `${one} ms`);
      counting.cancel();
      assert.ok(await clock.until(counting.result) >= 2 * one / 10 - 2);
    },
    { delay: 100 },
  ));

  test(`${cc}: a wait for a file has the name of its function, and is no deadlock`, withStore(
    async ({ app, clock, store }) => {
      store.set('a', 'text');
      const reading = app.spawn('reads', ['/store/a']);
      const seen = new Set();
      for (let time = 0; time < 400; time += 50) {
        await clock.advance(50);
        for (const task of app.tasks()) seen.add(task.waitingOn);
      }
      assert.equal(await clock.until(reading.result), 4);
      const text = [...seen].join();
      assert.ok(text.includes('open') && text.includes('read'), text);
    },
    { delay: 100 },
  ));

  test(`${cc}: a cancelled wait is EINTR, and its answer is dropped`, withStore(
    async ({ app, call, clock, store }) => {
      store.set('a', 'text');
      const reading = app.spawn('reads', ['/store/a']);
      await clock.advance(50);
      reading.cancel();
      assert.equal(await clock.until(reading.result), -EINTR);
      assert.equal(await clock.until(call.reads('/store/a')), 4);
    },
    { delay: 100 },
  ));

  test(`${cc}: a task that is killed in a read keeps no file open`, withStore(async ({ call, clock, store }) => {
    assert.equal(await clock.until(call.closes_after_a_kill()), 0, 'the line that failed');
    assert.equal(store.text('a'), 'abcdef', 'saved by the close');
  }, { flags: [...FLAGS, '-DWITH_TABLE'] }));

  test(`${cc}: close ends what waits, and saves what is written`, withStore(async ({ app, clock, store }) => {
    const text = 'x'.repeat(3000);
    const writing = app.spawn('prints_without_end', [text]);
    await clock.until(writing.result);
    await clock.until(app.close());
    assert.equal(store.text('a'), text);
  }, { delay: 100 }));

  test(`${cc}: close in the midst of a call leaves nothing behind`, withStore(async ({ app, clock, store }) => {
    store.set('a', 'text');
    const tasks = [
      app.spawn('reads', ['/store/a']), app.spawn('saves', ['new']), app.spawn('listings', []), app.spawn('stdio', []),
    ];
    await clock.advance(250);
    const ended = Promise.allSettled(tasks.map(({ result }) => result));
    await clock.until(app.close());
    await ended;
    await clock.advance(1000); // the store ends what it has begun
  }, { delay: 100 }));

  test(`${cc}: what main leaves in a FILE is there after close`, withStore(async ({ app, clock, store }) => {
    assert.equal(await clock.until(app.run(['main'])), 0);
    await clock.until(app.close());
    assert.equal(store.text('a'), 'printed by main');
  }, { delay: 100 }));

  test(`${cc}: tasks that read one FILE lose nothing`, withStore(async ({ call, clock, store }) => {
    const text = Array.from({ length: 9000 }, (_, index) => `${index}\n`).join('');
    store.set('a', text);
    assert.equal(await clock.until(call.opens_shared('/store/a', 'r')), 0);
    const sums = await clock.until(Promise.all([call.sums_bytes(), call.sums_bytes(), call.sums_bytes()]));
    assert.equal(sumOf(sums), sumOf([...text].map((letter) => letter.charCodeAt(0))));
    assert.equal(await clock.until(call.closes_shared()), 0);
  }));

  test(`${cc}: tasks that write one FILE lose nothing`, withStore(async ({ call, clock, store }) => {
    assert.equal(await clock.until(call.opens_shared('/store/a', 'w')), 0);
    await clock.until(Promise.all([call.prints_lines(2000), call.prints_lines(2000), call.prints_lines(2000)]));
    assert.equal(await clock.until(call.closes_shared()), 0);
    const printed = Array.from({ length: 2000 }, (_, index) => `${index + 1}\n`).join('').repeat(3);
    assert.equal([...store.text('a')].sort().join(''), [...printed].sort().join(''));
  }));

  test(`${cc}: a store's failures are error numbers, and those of no file are reported`, withStore(
    async ({ call, clock, store, reports }) => {
      store.failing = { write: 'QuotaExceededError' };
      assert.equal(await clock.until(call.saves('text')), ENOSPC);
      assert.notEqual(await clock.until(call.puts_file('/store/b', 'text')), 0, 'the result of fclose');
      store.failing = { get: Object.assign(new Error('not there'), { code: 'ENOENT' }) };
      assert.equal(await clock.until(call.reads('/store/a')), -ENOENT);
      const failure = new Error('the network is down');
      store.failing = { get: failure };
      assert.equal(await clock.until(call.reads('/store/a')), -EIO);
      assert.equal(reports.pop(), failure);
      store.failing = {};
      assert.equal(await clock.until(call.saves('text')), 0);
      assert.equal(store.text('a'), 'text');
    },
  ));

  test(`${cc}: close rejects where a file cannot be saved`, async () => {
    const clock = new VirtualClock();
    const store = new SlowFolder(clock);
    const module = await moduleOf('async_files', { cc, flags: FLAGS });
    const app = await load(module, { clock, posix: { folders: { '/store': store } } });
    await clock.until(app.call.prints_without_end('text'));
    store.failing = { close: 'QuotaExceededError' };
    await assert.rejects(clock.until(app.close()), { name: 'QuotaExceededError' });
  });

  test(`${cc}: outside of a task, open is EAGAIN and a report`, withStore(async ({ app, clock, reports }) => {
    assert.equal(app.exports.opens_outside(), EAGAIN);
    assert.match(reports.pop().message, /^open\(\) cannot wait here/);
    await clock.advance(10);
  }));

  test(`${cc}: without such a folder, --async-files changes nothing`, withStore(async ({ app, call, clock }) => {
    assert.equal(await clock.until(call.puts_file('/a', 'text')), 0);
    assert.equal(await clock.until(call.reads('/a')), 4);
    assert.deepEqual(app.files.list(), ['/a']);
  }, { posix: {} }));

  test(`${cc}: load refuses such a folder for a module without --async-files`, () =>
    assert.rejects(withStore(() => {}, { flags: [] })(), { name: 'TypeError', message: /--async-files/ }));
}

test('what is no folder, or no path, is a TypeError that names it', async () => {
  const loading = (folders) => withApp({ fixture: 'async_files', flags: FLAGS, posix: { folders } }, () => {});
  const folder = new SlowFolder(new VirtualClock());
  await assert.rejects(loading({ '/store': {} }), {
    name: 'TypeError',
    message: "load: option 'posix': the folder \"/store\" must be a FileSystemDirectoryHandle, as from "
      + 'navigator.storage.getDirectory(), not an object (Object)',
  });
  for (const path of ['store', '/', '']) {
    await assert.rejects(loading({ [path]: folder }), {
      name: 'TypeError',
      message: `load: option 'posix': the path of a folder must be an absolute one, such as '/store', not "${path}"`,
    });
  }
});
