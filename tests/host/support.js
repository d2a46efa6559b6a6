/** What the tests of the host library share. */
import assert from 'node:assert/strict';
import { nodeHost } from '../../node/hostlib/index.js';
import { turn, withApp } from '../wasm/support.js';

/**
 * The functions of tests/wasm/fixtures/host_library.c, in an app that may leave nothing behind.
 *
 * @param {(app: any, clock: any) => Promise<void>} body
 * @param {Record<string, (...args: any[]) => any>} [own] host functions in place of the library's
 * @param {string} [cc]
 */
export const withLibrary = (body, own = {}, cc) =>
  withApp({ fixture: 'host_library', cc, host: { ...nodeHost(), ...own } }, body);

/** @param {Uint8Array} bytes */
export const textOf = (bytes) => new TextDecoder().decode(bytes);

/** @param {string} text */
export const bytesOf = (text) => new TextEncoder().encode(text);

/** Spawn a task, and go on when it waits in the host. */
export async function waiting(/** @type {any} */ app, /** @type {string} */ name, /** @type {unknown[]} */ args) {
  const task = app.spawn(name, args);
  await until(() => app.tasks().some(({ id, waitingOn }) => id === task.id && waitingOn?.startsWith('lull_')));
  return task;
}

/** Milliseconds, for a machine that does much else. */
const LONGEST = 300_000;

/** Go on when something is true, turn by turn of the event loop. */
export async function until(/** @type {() => unknown} */ condition) {
  const end = performance.now() + LONGEST;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not so within ${LONGEST} ms: ${condition}`);
    await turn();
  }
}

/** Cancel a task, which ends with that. */
export async function cancelled(/** @type {any} */ task) {
  task.cancel();
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}
