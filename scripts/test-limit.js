/**
 * A limit for each test: one that hangs, even in a loop that never ends, is named, and its process is killed. For
 * `node --import`, in processes of tests.
 */
import { afterEach, beforeEach } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Seconds without the begin or the end of a test, on a machine that does much else; more where tests run suites. */
const LIMIT = Number(process.env.LULL_TEST_LIMIT)
  || (/tests.(engines|native|model)/.test(process.argv[1]) ? 7200 : 1800);

const MOST = 1000;

/** In shared memory, since a loop lets no message pass: a count, and what is done, as UTF-16 behind its length. */
const shared = new SharedArrayBuffer(8 + 2 * MOST);
const count = new Int32Array(shared, 0, 2);
const text = new Uint16Array(shared, 8);

/** @param {string} what */
function note(what) {
  const length = Math.min(what.length, MOST);
  for (let i = 0; i < length; i++) text[i] = what.charCodeAt(i);
  count[1] = length;
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
}

/** Runs in the worker. @param {SharedArrayBuffer} memory @param {number} seconds @param {number} pid */
function watch(memory, seconds, pid) {
  const count = new Int32Array(memory, 0, 2);
  for (;;) {
    if (Atomics.wait(count, 0, Atomics.load(count, 0), seconds * 1000) !== 'timed-out') continue;
    const what = String.fromCharCode(...new Uint16Array(memory, 8, count[1]));
    require('node:fs').writeSync(2, `\nIt hangs, for ${seconds} s without another test: ${what}\n`);
    process.kill(pid, 'SIGKILL');
  }
}

/** The parent of `node --test` runs no test itself. */
if (process.env.NODE_TEST_CONTEXT || !process.execArgv.includes('--test')) {
  note(`the loading of ${process.argv[1]}`);
  const source = `const { workerData } = require('node:worker_threads'); (${watch})(...workerData);`;
  new Worker(source, { eval: true, execArgv: [], workerData: [shared, LIMIT, process.pid] }).unref();
  beforeEach((/** @type {any} */ { name }) => note(name));
  afterEach((/** @type {any} */ { name }) => note(`after ${name}`));
}
