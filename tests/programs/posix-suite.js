/**
 * The programs of the Open POSIX Test Suite. Each is built in this process, and runs under a virtual clock: sleeps take
 * no time, and a program that never ends is ended, at the same place each time.
 */
import { ConsoleStdout, File, OpenFile, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { systemOf } from '../../node/toolchain/system.js';
import { build } from '../../toolchain/build.js';
import { findNative } from '../../toolchain/compiler.js';

/** @import { Compiler } from '../../toolchain/compiler.js' */

const INTERFACES = 'conformance/interfaces';

/** The families of functions that lull has, by the names of the functions. @type {[string, RegExp][]} */
const FAMILIES = [
  ['Threads', /^pthread_(?!sigmask|kill|atfork)/],
  ['Semaphores', /^sem_/],
  ['Clocks, sleeps and timers', /^(clock|timer_|nanosleep|.*time$)/],
  ['Scheduling', /^sched_/],
  ['Signals', /^(sig|raise|kill|pthread_sigmask|pthread_kill)/],
];

export const families = FAMILIES.map(([name]) => name);

/** @typedef {{ name: string, family: string }} Program `name`: function/assertion-number */

/**
 * @param {string} folder of the suite
 * @returns {Program[]}
 */
export function programsOf(folder) {
  return readdirSync(join(folder, INTERFACES)).sort().flatMap((name) => {
    const family = FAMILIES.find(([, pattern]) => pattern.test(name))?.[0];
    if (!family) return [];
    const files = readdirSync(join(folder, INTERFACES, name)).filter((file) => /^\d+-\d+\.c$/.test(file));
    const numbers = files.map((file) => file.slice(0, -2).split('-').map(Number));
    numbers.sort(([a, b], [c, d]) => a - c || b - d);
    return numbers.map((pair) => ({ name: `${name}/${pair.join('-')}`, family }));
  });
}

/** The suite's own exit statuses. @type {Record<number, string>} */
const STATUSES = { 0: 'passes', 1: 'fails', 2: 'is unresolved', 4: 'is unsupported', 5: 'is untested' };

/**
 * @typedef {object} Outcome
 * @property {string} what 'passes', 'fails', 'is unresolved', 'is unsupported', 'is untested', 'is not built',
 *   'traps', 'waits for ever', 'never ends' or 'never waits'
 * @property {string} why the compiler's first error, or what the program has printed
 */

/**
 * Build a program and run it.
 *
 * @param {string} folder of the suite
 * @param {string} name
 * @returns {Promise<Outcome>}
 */
export async function outcomeOf(folder, name) {
  const system = quietSystem(join(folder, 'cache'));
  const compiler = /** @type {Compiler} */ (findNative(system));
  let wasm;
  try {
    wasm = await build(system, compiler, { args: argumentsFor(folder, name), fuel: true, debug: true });
  } catch (error) {
    const lines = [...system.printed, String(error)].join('').split('\n');
    return { what: 'is not built', why: lines.find((line) => /error:|undefined/.test(line)) ?? lines[0] };
  }
  return run(await WebAssembly.compile(wasm), name);
}

/** A system that keeps what compilers print. @param {string} cache the folder of its cache */
function quietSystem(cache) {
  /** @type {string[]} */
  const printed = [];
  const output = { write: (/** @type {string | Uint8Array} */ text) => printed.push(String(text)) };
  const input = async () => new Uint8Array();
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  return { ...systemOf({ folder: process.cwd(), env, stdout: output, stderr: output, input }), printed };
}

/** @param {string} folder @param {string} name */
function argumentsFor(folder, name) {
  const source = join(folder, INTERFACES, `${name}.c`);
  return [source, '-w', '-D_GNU_SOURCE', `-I${join(folder, 'include')}`, '-lpthread'];
}

/** The date at which each program begins. */
const START = Date.UTC(2026, 0, 1);

/**
 * How often a turn of the event loop may look at the clock before this moves by STEP milliseconds each time, no longer
 * by a microsecond.
 */
const LOOKS = 200;
const STEP = 1;

/** How many turns of the event loop a program has, and how many timers. */
const TURNS = 50_000;

/** A program that looks at its clock sees it move: a loop until a time comes ends. */
class ProgramClock extends VirtualClock {
  #ahead = 0;
  #looks = 0;
  #turns = 0;
  #timers = 0;
  /** What has ended the program. */
  ended = '';
  /** Rejects when it is ended. @type {Promise<never>} */
  limit;
  /** @type {(why: Error) => void} */
  #reject = () => {};

  constructor() {
    super();
    this.limit = new Promise((_, reject) => { this.#reject = reject; });
    this.limit.catch(() => {});
  }

  now() {
    this.#ahead += ++this.#looks > LOOKS ? STEP : 0.001;
    return super.now() + this.#ahead;
  }

  /** @param {() => void} run @param {number} delay */
  arm(run, delay) {
    return super.arm(() => {
      this.#looks = 0;
      if (++this.#timers > TURNS) this.end('never ends');
      if (!this.ended) run();
    }, delay);
  }

  /** @param {() => void} run */
  soon(run) {
    if (!this.ended) super.soon(run);
  }

  /** @param {() => void} run */
  later(run) {
    this.#looks = 0;
    if (++this.#turns > TURNS) this.end('never ends');
    super.later(() => {
      if (!this.ended) run();
    });
  }

  /** Nothing of the program runs after this. @param {string} why */
  end(why) {
    this.ended ||= why;
    this.#reject(new Error(this.ended));
  }
}

/** Virtual milliseconds without a wait: see ProgramClock.now. */
const RUN_TIME = 500;

/**
 * @param {WebAssembly.Module} module
 * @param {string} name
 * @returns {Promise<Outcome>}
 */
async function run(module, name) {
  const clock = new ProgramClock();
  let printed = '';
  const decoder = new TextDecoder();
  const print = (/** @type {Uint8Array} */ bytes) => { printed = (printed + decoder.decode(bytes)).slice(-4000); };
  const console = new ConsoleStdout(print);
  const fds = [new OpenFile(new File([])), console, console, new PreopenDirectory('/tmp', new Map())];
  /** @type {any[]} */
  const reports = [];
  const RealDate = Date;
  globalThis.Date = dateOf(clock);
  try {
    const options = { clock, maxRunTime: RUN_TIME, wasi: { args: [name], fds }, report: (e) => reports.push(e) };
    const app = await load(module, options);
    const status = await clock.until(Promise.race([app.run([name]), clock.limit]));
    if (reports.length > 0) throw reports[0];
    return { what: STATUSES[status] ?? 'traps', why: printed };
  } catch (caught) {
    const error = /** @type {any} */ (caught);
    const first = reports[0] ?? error; // others may wait for the thread that has failed
    const waits = first.code === 'ERR_LULL_DEADLOCK' || /no timer is armed/.test(first.message);
    const what = first.code === 'ERR_LULL_OVERRUN' ? 'never waits' : waits ? 'waits for ever' : clock.ended || 'traps';
    return { what, why: `${first.message}\n${printed}` };
  } finally {
    globalThis.Date = RealDate;
    clock.end('is over');
  }
}

/** Dates of this clock, for WASI. @param {ProgramClock} clock */
function dateOf(clock) {
  const now = () => Math.floor(START + clock.now());
  return /** @type {DateConstructor} */ (/** @type {unknown} */ (class extends Date {
    constructor() {
      super(now());
    }

    static now = now;
  }));
}
