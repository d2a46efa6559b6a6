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
  now(): number;
  arm(run: () => void, delay: number): unknown;
  disarm(timer: unknown): void;
  soon(run: () => void): void;
  later(run: () => void): void;
  /** Let so many milliseconds pass. */
  advance(milliseconds: number): Promise<void>;
  /** Let time pass until the promise settles; rejects where nothing is left that could settle it. */
  until<T>(promise: PromiseLike<T>): Promise<T>;
}
