/** lull/host/web on a real page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE, withServer } from '../host/websocket-server.js';

/** @import { Page } from './browsers.js' */

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testHost(given) {
  /**
   * A test with an app in the page, that must leave nothing behind.
   *
   * @param {string} name
   * @param {(app: any) => Promise<unknown>} body in the page
   * @param {unknown} expected
   */
  const testOnPage = (name, body, expected) => test(name, () => checkOnPage(body, undefined, expected));

  /**
   * @param {(app: any, argument: any) => Promise<unknown>} body
   * @param {unknown} argument
   * @param {unknown} expected
   */
  async function checkOnPage(body, argument, expected) {
    const { open, origin } = given();
    const page = await open();
    await page.goto(`${origin}/page/`);
    const found = await page.evaluate(/** @type {any} */ (new Function('argument', `return (async () => {
      while (!globalThis.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
      const { load, browserHost } = globalThis.lull;
      const host = browserHost();
      const app = await load('/fixture/web_host.wasm', { host });
      let result;
      try {
        result = await (${body})(app, argument);
      } finally {
        await app.close();
      }
      app.exports.lull_stats();
      const left = new Float64Array(app.exports.memory.buffer, app.exports.lull_mailbox(), 4)[3];
      return { result, left, references: app.stats().references };
    })()`)), argument);
    await page.close();
    assert.deepEqual(found, { result: expected, left: 0, references: 0 });
  }

  testOnPage('a task takes the events of an element, in order', async (app) => {
    await app.call.listen('#button', 'click', 10);
    const button = /** @type {HTMLElement} */ (document.querySelector('#button'));
    const waiting = app.call.next_text('type');
    button.click();
    button.dispatchEvent(new MouseEvent('click', { clientX: 7 }));
    button.dispatchEvent(new MouseEvent('click', { clientX: 8 }));
    const seen = [await waiting, await app.call.next_number('clientX'), await app.call.next_number('clientX')];
    button.click();
    seen.push(await app.call.next_text('target.id'));
    button.click();
    seen.push(await app.call.next_text('target.nothing'));
    await app.call.unlisten();
    return seen;
  }, ['click', 7, 8, 'button', '']);

  testOnPage('of more events than are kept, the oldest are dropped', async (app) => {
    await app.call.listen('window', 'resize', 2);
    for (const detail of [1, 2, 3]) dispatchEvent(new UIEvent('resize', { detail }));
    const seen = [await app.call.next_number('detail'), await app.call.next_number('detail')];
    await app.call.unlisten();
    return seen;
  }, [2, 3]);

  testOnPage('a task that is cancelled takes no event with it', async (app) => {
    await app.call.listen('document', 'visibilitychange', 10);
    const task = app.spawn('next_text', ['type']);
    await Promise.resolve();
    await task.cancel();
    const error = await task.result.catch((/** @type {any} */ thrown) => thrown.code);
    const next = app.call.next_text('type');
    document.dispatchEvent(new Event('visibilitychange'));
    const seen = [error, await next];
    await app.call.unlisten();
    return seen;
  }, ['ERR_LULL_CANCELED', 'visibilitychange']);

  testOnPage('a listener that is closed ends the wait, as does an element that is not there', async (app) => {
    await app.call.listen('#button', 'click', 1);
    const waiting = app.call.next_text('type').catch((/** @type {any} */ error) => error.code);
    await Promise.resolve();
    await app.call.unlisten();
    const missing = await app.call.listen('#nobody', 'click', 1).catch((/** @type {any} */ error) => error.message);
    return [await waiting, missing];
  }, ['ERR_LULL_CLOSED', "lull_dom_listen: '#nobody' matches nothing on this page"]);

  testOnPage('the calls of a canvas arrive together, and are those that were made', async (app) => {
    await app.call.draw('#canvas');
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#canvas'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const at = (/** @type {number} */ x, /** @type {number} */ y) => [...context.getImageData(x, y, 1, 1).data];
    const text = context.getImageData(22, 2, 14, 18).data.filter((value, i) => i % 4 === 3 && value > 200).length;
    return [at(2, 2), at(10, 10), at(39, 29), text > 20];
  }, [[255, 0, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0], true]);

  testOnPage('pixels are put on a canvas', async (app) => {
    await app.call.put_pixels('#canvas');
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#canvas'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const missing = await app.call.put_pixels('#button').catch((/** @type {any} */ error) => error.message);
    return [[...context.getImageData(39, 29, 1, 1).data], missing];
  }, [[0, 255, 0, 255], "lull_canvas: '#button' matches no canvas on this page"]);

  testOnPage('a block outlives what has stored it, until it is removed', async (app) => {
    const { load, browserHost } = /** @type {any} */ (globalThis).lull;
    await app.call.keep('a name', Uint8Array.of(1, 2, 3));
    const other = await load('/fixture/web_host.wasm', { host: browserHost() });
    const found = [...await other.call.look_up('a name')];
    await other.close();
    await app.call.keep('a name', Uint8Array.of(4));
    const replaced = [...await app.call.look_up('a name')];
    await app.call.forget('a name');
    return [found, replaced, [...await app.call.look_up('a name')]];
  }, [[1, 2, 3], [4], []]);

  testOnPage('a change that is cancelled is not made', async (app) => {
    await app.call.keep('kept', Uint8Array.of(1));
    const task = app.spawn('keep', ['kept', Uint8Array.of(2)]);
    await Promise.resolve();
    await task.cancel();
    const error = await task.result.catch((/** @type {any} */ thrown) => thrown.code);
    const kept = [...await app.call.look_up('kept')];
    await app.call.forget('kept');
    return [error, kept];
  }, ['ERR_LULL_CANCELED', [1]]);

  testOnPage('a response is read in pieces, and its request times out', async (app) => {
    const pieces = await app.call.pieces('/page/large.txt', 60);
    const late = await app.call.pieces('/page/never.txt', 0.05).catch((/** @type {any} */ error) => error.code);
    return [pieces >= 25, late];
  }, [true, 'ERR_LULL_TIMEDOUT']);

  test('messages go through a WebSocket and back, a wait for one times out, and its close is told why', async () => {
    /** @type {string[]} */
    const closes = [];
    await withServer((/** @type {any} */ peer) => {
      peer.onFrame = (/** @type {number} */ opcode, /** @type {Buffer} */ data) => {
        if (opcode === CLOSE) closes.push(`${data.readUInt16BE(0)} ${data.subarray(2)}`);
        else peer.send(opcode, data);
      };
    }, (url) => checkOnPage(async (app, url) => {
      await app.call.connect_to(url);
      const answer = new TextDecoder().decode(await app.call.answer_to('grüß dich'));
      const late = await app.call.next_message(0.05).catch((/** @type {any} */ error) => error.code);
      const again = new TextDecoder().decode(await app.call.answer_to('again'));
      const waiting = app.call.next_message(60).catch((/** @type {any} */ error) => error.code);
      await app.call.hang_up();
      return [answer, late, again, await waiting];
    }, url, ['grüß dich', 'ERR_LULL_TIMEDOUT', 'again', 'ERR_LULL_CLOSED']));
    assert.deepEqual(closes, ['1000 done']);
  });
}
