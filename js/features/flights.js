/**
 * Flights: slices that go on in a microtask of their own, in modules with the switch on JSPI. This is its JavaScript
 * half, which goes to the stacks of the engine; src/port/switch_jspi.c is the other. See D122.
 */
import { IN_FLIGHT, JSPI_MODULE } from '../marshal/protocol.js';

/** @import { Instance } from '../core/instance.js' */

/** The exception that ends a stack of the engine: it passes through the frames of C. */
const LEFT = { toString: () => 'a task has left its stack' };

/** @type {any} */
const { Suspending, promising } = WebAssembly;

/** Whether the engine's stack goes on when its promise is resolved, or ends. */
const [GOES_ON, ENDS] = [0, 1];

/**
 * Give a module its imports for flights, where the engine has JSPI.
 *
 * @param {Instance} instance
 * @param {WebAssembly.Imports} imports
 */
export function fly(instance, imports) {
  if (Suspending) imports[JSPI_MODULE] = new Flights(instance).imports();
}

class Flights {
  /** @param {Instance} instance */
  constructor(instance) {
    this.#instance = instance;
    const { run, fail } = instance;
    this.#runOnce = /** @type {() => number} */ (run.bind(instance));
    instance.run = () => this.#run(() => (this.#isOn ? IN_FLIGHT : this.#runOnce())) ?? this.#landed();
    instance.fail = (cause) => {
      fail.call(instance, cause);
      for (const resolve of this.#resolvers.splice(0)) resolve?.(ENDS);
      this.#tellWaiting(); // no flight lands any more
    };
  }

  #instance;
  /** Without a flight before. Returns the time of the next run, or IN_FLIGHT. @type {() => number} */
  #runOnce;
  /** Runs C on a new stack of the engine, once there are exports. @type {(() => Promise<void>) | undefined} */
  #start;
  /** Of the suspended stacks, by their slots. @type {(Promise<number> | undefined)[]} */
  #promises = [];
  /** @type {(((how: number) => void) | undefined)[]} */
  #resolvers = [];
  #isOn = false;
  /** Called when no flight is on, or none lands any more. @type {(() => void)[]} */
  #waiting = [];

  /** C's imports. */
  imports() {
    let slot = 0;
    const executor = (/** @type {(how: number) => void} */ resolve) => { this.#resolvers[slot] = resolve; };
    return {
      start: () => {
        const start = (this.#start ??= promising(this.#instance.exports['lull stack body']));
        start().catch(this.#trapped);
      },
      suspend: new Suspending((/** @type {number} */ at) => {
        slot = at;
        return (this.#promises[at] = new Promise(executor));
      }),
      // The engine's reaction to the promise is the first. So the run goes on right after the slice, before any other
      // microtask: also where the slice has trapped.
      resume: (/** @type {number} */ at) => {
        this.#promises[at]?.then(this.#land);
        this.#settle(at, GOES_ON);
      },
      leave: () => { throw LEFT; },
      drop: (/** @type {number} */ at) => this.#settle(at, ENDS),
      forget: (/** @type {number} */ at) => { this.#promises[at] = this.#resolvers[at] = undefined; },
    };
  }

  /**
   * @param {number} at
   * @param {number} how
   */
  #settle(at, how) {
    const resolve = this.#resolvers[at];
    this.#promises[at] = this.#resolvers[at] = undefined;
    resolve?.(how);
  }

  /** @returns {Promise<void>} */
  #landed() {
    return new Promise((resolve) => { this.#waiting.push(resolve); });
  }

  #tellWaiting() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /**
   * @param {() => number} run
   * @returns {number | undefined} undefined: it is in flight
   */
  #run(run) {
    const next = run();
    this.#isOn = next === IN_FLIGHT;
    if (!this.#isOn) return next;
    this.#instance.pump.queued = true; // until it lands: also where the pump has begun another run meanwhile
  }

  /** Go on with a run that was in flight. @param {() => number} run */
  #goOn(run) {
    const instance = this.#instance;
    if (instance.ended) return;
    try {
      const next = this.#run(run);
      if (next === undefined) return;
      this.#tellWaiting();
      instance.pump.queued = false;
      instance.pump.over(next);
    } catch (error) {
      instance.fail(error);
    }
  }

  #land = () => this.#goOn(() => {
    const { exports, exited } = this.#instance;
    try {
      const next = exports.lull_land(exited);
      if (!exited || next === IN_FLIGHT) return next;
    } catch (error) { // the end of a wait has trapped
      this.#instance.trapped(error);
    }
    return this.#runOnce();
  });

  /**
   * A stack has ended by an error. For C, the slice has been over before.
   *
   * @param {unknown} error
   */
  #trapped = (error) => {
    if (error === LEFT || this.#instance.ended) return;
    this.#goOn(() => {
      this.#instance.trapped(error);
      return this.#runOnce();
    });
  };
}
