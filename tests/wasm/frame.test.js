/** lull_frame: tasks that wait for the frames of a page, which here come when the test says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frames } from '../../web/hostlib/animation-frame.js';
import { hostClock } from '../../js/core/clock.js';
import { VirtualClock } from '../../js/testing.js';
import { unrefClock } from '../../node/clock.js';
import { compilers, turn, withApp } from './support.js';

/** A page: what has asked for its next frame, and that frame. */
function page() {
  const asked = [];
  return {
    asked,
    host: { lull_next_frame: () => ({ then: (resolve, reject) => asked.push({ resolve, reject }) }) },
    async frame() {
      await turn();
      for (const { resolve } of asked.splice(0)) resolve();
      await turn();
    },
  };
}

/** @param {(app: any, page: ReturnType<typeof page>, clock: any) => Promise<void>} body */
const withPage = (body, options = {}) => {
  const given = page();
  return withApp({ fixture: 'frame', host: given.host, ...options }, (app, clock) => body(app, given, clock));
};

for (const cc of compilers) {
  test(`${cc}: a task waits for one frame after the other`, () => withPage(async (app, { frame }) => {
    const call = app.call.wait_frames(3);
    await turn();
    for (const expected of [1, 2, 3]) {
      assert.equal(app.exports.woken(), expected - 1);
      await frame();
      assert.equal(app.exports.woken(), expected);
    }
    assert.equal(await call, 3);
  }, { cc }));
}

test('ten thousand tasks ask for a frame once', () => withPage(async (app, { asked, frame }) => {
  const call = app.call.many_wait(10_000, 3);
  for (let i = 0; i < 3; i++) {
    await turn();
    assert.equal(asked.length, 1);
    await frame();
  }
  assert.equal(await call, 30_000);
}));

test('those who wait run in the order in which they began to', () => withPage(async (app, { frame }) => {
  const order = [];
  const calls = [1, 2, 3].map((n) => app.call.wait_frames(1).then(() => order.push(n)));
  await frame();
  await Promise.all(calls);
  assert.deepEqual(order, [1, 2, 3]);
}));

test('a frame is not asked for where nobody waits', () => withPage(async (app, { asked, frame }) => {
  const call = app.call.wait_frames(1);
  await frame();
  await call;
  assert.equal(asked.length, 0);
}));

test('a task that is cancelled leaves the frame to the others', () => withPage(async (app, { frame }) => {
  const task = app.spawn('wait_frames', [1]);
  const other = app.call.wait_frames(1);
  await turn();
  await task.cancel();
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
  await frame();
  assert.equal(await other, 1);
}));

test('the wait can be limited', () => withPage(async (app, { frame }, clock) => {
  assert.equal(await clock.until(app.call.frame_within(0.5)), -2);
  const call = app.call.frame_within(0.5);
  await frame();
  assert.equal(await call, 0);
}));

test('a page that cannot give a frame fails the wait, and the next one asks again', () => {
  let tries = 0;
  const lull_next_frame = () => {
    if (++tries === 1) throw new Error('no frames here');
  };
  return withApp({ fixture: 'frame', host: { lull_next_frame } }, async (app) => {
    await assert.rejects(app.call.wait_frames(1), { message: 'no frames here' });
    assert.equal(await app.call.frame_status(), 0);
  });
});

test('tasks() says that a task waits for a frame', () => withPage(async (app, { frame }) => {
  const call = app.call.wait_frames(1);
  await turn();
  assert.equal(app.tasks()[0].waitingOn, 'the next frame');
  await frame();
  await call;
}));

test('waiting for a frame is no deadlock', () => withPage(async (app, { frame }) => {
  const call = app.call.wait_frames(1);
  const idle = app.idle();
  await frame();
  await call;
  await idle;
}));

test('a frame that comes after close meets nobody', async () => {
  const late = page();
  await withApp({ fixture: 'frame', host: late.host }, async (app) => {
    app.spawn('wait_frames', [1]).result.catch(() => {});
    await turn();
  });
  await late.frame();
});

for (const [name, base] of Object.entries({ host: hostClock, unref: unrefClock, virtual: new VirtualClock() })) {
  test(`tasks run in the turn of a frame, beyond the budget of a run, with the ${name} clock`, async () => {
    const requests = [];
    const { requestAnimationFrame } = globalThis;
    globalThis.requestAnimationFrame = (run) => requests.push(run);
    let time = 0;
    /** The macrotasks, while they are held back. */
    let held;
    const clock = {
      now: () => time++,
      arm: (run, delay) => base.arm(run, delay),
      disarm: (timer) => base.disarm(timer),
      soon: (run) => base.soon(run),
      later: (run) => (held ? held.push(run) : hostClock.later(run)),
    };
    try {
      await withApp({ fixture: 'frame', host: frames(), clock, budget: 0.5 }, async (app) => {
        const call = app.call.wait_frames(2);
        for (const expected of [1, 2]) {
          while (requests.length === 0) await turn();
          held = [];
          app.spawn('wait_frames', [1], { delay: 1000 }); // looks at the clock: the budget is used up
          for (const run of requests.splice(0)) run();
          for (let i = 0; i < 4; i++) await null;
          assert.equal(app.exports.woken(), expected);
          for (const run of held.splice(0)) hostClock.later(run);
          held = undefined;
        }
        assert.equal(await call, 2);
      });
    } finally {
      globalThis.requestAnimationFrame = requestAnimationFrame;
    }
  });
}
