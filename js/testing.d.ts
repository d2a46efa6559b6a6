/**
 * For tests of programs that use lull.
 *
 * @module lull/testing
 */

import type { Clock } from './lull.js';

/**
 * A clock that moves on request: `load(…, { clock: new VirtualClock() })`. Timers fire only in `advance` and `until`,
 * in the order of their deadlines; equal deadlines fire in the order of arming.
 */
export declare class VirtualClock implements Clock {
  /** `tick`: milliseconds that pass with each call of `now`. */
  constructor(options?: { tick?: number });
  /** How many timers are armed. */
  readonly armed: number;
  /** When the next timer fires; Infinity if none is armed. */
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
  /** Let time pass until the promise settles. Rejects if nothing is left that could settle it. */
  until<T>(promise: PromiseLike<T>): Promise<T>;
}
