/** lull_frame on the frames of a real page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ETIMEDOUT } from '../../js/marshal/status.js';

/** @import { Page } from './browsers.js' */

/** @param {() => { name: string, open: () => Promise<Page>, origin: string }} given */
export function testFrames(given) {
  const open = async (options = {}) => {
    const { open: openPage, origin } = given();
    const page = await openPage();
    await page.goto(`${origin}/page/`);
    await page.evaluate(async (given) => {
      const global = /** @type {any} */ (globalThis);
      while (!global.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
      const { load, browserHost } = global.lull;
      global.app = await load('/fixture/frame.wasm', { host: browserHost(), ...given });
    }, options);
    return page;
  };

  test('tasks run once in each frame, before it is drawn', async () => {
    const page = await open();
    const { woken, late } = await page.evaluate(async () => {
      const { app } = /** @type {any} */ (globalThis);
      let late = 0;
      const call = app.call.wait_frames(60);
      await app.call.frame_status();
      // Asked for after the tasks' own frame, and so called after it: a microtask later, its tasks have run.
      for (let frame = 0; frame < 58; frame++) {
        const before = app.exports.woken();
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await null;
        if (app.exports.woken() !== before + 1) late++;
      }
      await call;
      const woken = app.exports.woken();
      await app.close();
      return { woken, late };
    });
    await page.close();
    assert.equal(woken, 60);
    assert.equal(late, 0, `in ${late} of 58 frames, tasks did not run before it was drawn`);
  });

  test('a thousand tasks have one request for a frame', async () => {
    const page = await open({ budget: 1e6 }); // so that a slow machine runs all of them in the frame, too
    const { requests, sum } = await page.evaluate(async () => {
      const { app } = /** @type {any} */ (globalThis);
      const { requestAnimationFrame: request } = globalThis;
      let requests = 0;
      globalThis.requestAnimationFrame = (run) => {
        requests++;
        return request(run);
      };
      const sum = await app.call.many_wait(1000, 3);
      globalThis.requestAnimationFrame = request;
      await app.close();
      return { requests, sum };
    });
    await page.close();
    assert.deepEqual({ requests, sum }, { requests: 3, sum: 3000 });
  });

  test('in a page that nobody sees, tasks wait for frames until it is seen, and limits of waits pass', async () => {
    const page = await open();
    await page.hide();
    const { woken, status } = await page.evaluate(async () => {
      const global = /** @type {any} */ (globalThis);
      const { app } = global;
      while (document.visibilityState !== 'hidden') await new Promise((resolve) => setTimeout(resolve, 5));
      global.waiting = app.call.wait_frames(60);
      let status = 0;
      // Firefox has a frame in a second even so.
      while (status === 0 && app.exports.woken() < 30) status = await app.call.frame_within(0.1);
      return { woken: app.exports.woken(), status };
    });
    assert.equal(status, ETIMEDOUT);
    assert.ok(woken < 30, `${woken} frames`);
    await page.show();
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).waiting), 60);
    await page.close();
  });
}
