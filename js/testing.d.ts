/**
 * For tests of what lull runs.
 *
 * @module lull/testing
 */

import type { Clock } from './lull.js';

/**
 * For tests: a clock without time of its own, `load(…, { clock: new VirtualClock() })`. Timers fire from `advance` and
 * `until` only, in the order of their deadlines, equal ones in the order in which they were armed.
 */
export declare class VirtualClock implements Clock {
  /** `tick`: milliseconds that pass with each look at the clock. */
  constructor(options?: { tick?: number });
  /** How many timers are armed. */
  readonly armed: number;
  /** When the next timer fires; Infinity where none is armed. */
  readonly deadline: number;
  /** Milliseconds, from 0 on. */
  now(): number;
  /** As the Clock's. */
  arm(run: () => void, delay: number): unknown;
  /** As the Clock's. */
  disarm(timer: unknown): void;
  /** As the Clock's. */
  soon(run: () => void): void;
  /** As the Clock's. */
  later(run: () => void): void;
  /** Let so many milliseconds pass. */
  advance(milliseconds: number): Promise<void>;
  /** Let time pass until the promise settles; rejects where nothing is left that could settle it. */
  until<T>(promise: PromiseLike<T>): Promise<T>;
}
