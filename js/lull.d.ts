/**
 * lull: C tasks as async functions. Times are in milliseconds.
 *
 * @module lull
 */

import type { ElementTypes } from './marshal/element-types.js';
import type { ErrorCode } from './marshal/status.js';

export type { ErrorCode };

/**
 * The host's event loop, as an instance uses it. Tests put a virtual one in its place: VirtualClock of lull/testing.
 */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Call once after so many milliseconds. */
  arm(run: () => void, delay: number): unknown;
  /** Not to call what `arm` got, with what that returned. */
  disarm(timer: unknown): void;
  /** Call after what JavaScript is doing now: a microtask. */
  soon(run: () => void): void;
  /** Call after the host's own events: a macrotask. */
  later(run: () => void): void;
}

// WebAssembly.Module is an empty interface, which a number fits, too.
/** What `load` takes: a compiled module, its bytes, a response, or where to get it; in Node a path, too. */
export type Source = (WebAssembly.Module & object) | BufferSource | Response | URL | string;

/** Functions by their names. */
export type Functions = Record<string, (...args: any[]) => any>;

/** What a module offers and needs. `lull build` and `lull types` write one for each program. */
export interface Program {
  /** What LULL_TASK declares. */
  tasks: Functions;
  /** What LULL_GENERATOR declares. */
  streams: Functions;
  /** What LULL_HOST declares. */
  host: Functions;
}

/** Which task, for messages. */
export interface TaskName {
  /** 1 for the instance's first task, 2 for its second, and so on. */
  readonly id: number;
  /** The function's, where its SpawnOptions did not name it. */
  readonly name: string;
}

/** What C, or the runtime, has to say against something. A JavaScript error that C passes on stays itself. */
export declare class LullError extends Error {
  /** `status`: a code, or the number that C has for it; the message is the code's own where none is given. */
  constructor(
    status: ErrorCode | number,
    message?: string,
    details?: { cause?: unknown; errors?: unknown[]; task?: TaskName },
  );
  /**
   * `AbortError` for ERR_LULL_CANCELED, `TimeoutError` for ERR_LULL_TIMEDOUT, as the platform has them; else
   * `LullError`.
   */
  readonly name: string;
  /** `ERR_LULL_CANCELED` for LULL_ECANCELED, and so on. */
  readonly code: ErrorCode;
  /** The task that failed, where one did. */
  readonly task?: TaskName;
  /**
   * What failed, where several did: the children of a group, or all that lull_await_any waited for. `cause` is the
   * first.
   */
  readonly errors?: readonly unknown[];
  /** Of ERR_LULL_DEADLOCK, where `idle` rejects with it: what each task that is left waits for. */
  readonly waits?: readonly TaskWait[];
}

/** A wait, and who could end it. */
export interface Wait {
  /** As in TaskInfo. */
  readonly waitingOn: string | null;
  /**
   * The tasks that its end depends on: who holds the lock, whose end is waited for, the children of the group, the
   * generator. Empty where anybody could end it, or nobody.
   */
  readonly holders: readonly TaskName[];
  /** Where it is for several things: those of them that have not happened. `holders` has those of all of them. */
  readonly cases?: readonly Wait[];
}

/** What a task waits for. */
export interface TaskWait extends Wait, TaskName {}

/** `this` of a host function. */
export interface HostContext {
  /** The calling task; undefined once it no longer waits. */
  readonly task: TaskName | undefined;
  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes; for the same reason. */
  readonly signal: AbortSignal;
  /** Whether the call has ended: it is settled, or its task no longer waits. Cheaper than `signal`. */
  readonly settled: boolean;
  /**
   * Let the task run in this turn of the event loop, even if the budget is used up. Call it before settling, from a
   * callback that must not be missed, such as an animation frame.
   */
  runInThisTurn(): void;
}

/** JavaScript's side of what LULL_HOST declares. */
export type Host<H extends Functions> = string extends keyof H
  ? Record<string, (this: HostContext, ...args: any[]) => any>
  : {
      [K in keyof H]: (
        this: HostContext,
        ...args: Parameters<H[K]>
      ) => ReturnType<H[K]> | PromiseLike<ReturnType<H[K]>>;
    };

/** What a module sees of a system, if it imports WASI. */
export interface WasiOptions {
  /** The command line, for what reads it by WASI: `main` gets the arguments of `run`. */
  args?: readonly string[];
  /** The environment's variables. */
  env?: Readonly<Record<string, string | undefined>>;
  /** File descriptors of `@bjorn3/browser_wasi_shim`: stdin, stdout, stderr, then open folders. */
  fds?: readonly any[];
}

/** The options of `load` that are the same for each program. */
export interface CommonLoadOptions {
  /** How long tasks may hold the host's event loop before it gets its turn; 8. */
  budget?: number;
  /** Bytes of stack for a task that does not say; 16384. */
  stackSize?: number;
  /** Where a task's failure goes that nobody waits for; by default where the host reports uncaught errors. */
  report?: (error: unknown) => void;
  /** For a module that imports WASI. */
  wasi?: WasiOptions;
  /**
   * Call host functions in the asynchronous context (AsyncLocalStorage) in which their task was called: for Node and
   * hosts that have its `node:async_hooks`; false.
   */
  keepContext?: boolean;
  /** Whether the process may end while tasks only sleep: in Node and hosts that have its timers; false. */
  unref?: boolean;
  /** The event loop: tests pass a virtual one. */
  clock?: Clock;
}

/** The options of `load`. The host functions may be left out where the program needs none. */
export type LoadOptions<P extends Program = Program> = CommonLoadOptions &
  ({} extends P['host']
    ? {
        /** The host functions by their names in C. */
        host?: Host<P['host']>;
      }
    : {
        /** The host functions by their names in C. */
        host: Host<P['host']>;
      });

/** How far a task has come. */
export type Status = 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** A task at one moment. */
export interface TaskInfo extends TaskName {
  /** The id of the task that spawned it; null where JavaScript did. */
  readonly parent: number | null;
  /** How far it has come. */
  readonly status: Status;
  /** What it waits for: `pause`, `join`, `future`, or the name of a host function or of a yieldable. */
  readonly waitingOn: string | null;
  /** How often it ran. */
  readonly slices: number;
  /** The size of its stack. */
  readonly stackBytes: number;
}

/** The options of `spawn` and `stream`. */
export interface SpawnOptions {
  /** For messages and dumps; the function's name. */
  name?: string;
  /** Until its first run. */
  delay?: number;
  /** Bytes, at least 1024; the instance's default. */
  stackSize?: number;
  /** Until its waits fail, as in a scope around all that it does: the result then rejects with a TimeoutError. */
  timeout?: number;
  /** Cancels the task when it aborts: the result then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A task that JavaScript spawned. Not a thenable: an async function that returned one would unwrap it. */
export interface Task<T> extends TaskName, AsyncDisposable {
  /** How far it has come. */
  readonly status: Status;
  /** What its function returns; rejects with what it fails with. */
  readonly result: Promise<T>;
  /**
   * Cancel it: its waits fail, so that it cleans up and ends, and the result rejects with the reason. Resolves when it
   * has ended, however.
   */
  cancel(reason?: unknown): Promise<void>;
  /**
   * Fail the wait that it is in, once, with this error. Throws ERR_LULL_BUSY where it is in none, ERR_LULL_SRCH where
   * it has ended.
   */
  throw(error: unknown): void;
  /** End it without running it any further, but for what it deferred. */
  kill(): void;
}

/** The elements of a generator. Its task runs until it has one that nobody has asked for yet. */
export interface Stream<T> extends AsyncIterableIterator<T> {
  /** The task that runs it. */
  readonly task: Task<void>;
  /** Leave it: the task is cancelled. Resolves when that has ended. */
  return(value?: any): Promise<IteratorResult<T>>;
  /** The same as a web stream. */
  readable(): ReadableStream<T>;
}

/** The types of C that the elements of a channel may have. */
export type ElementType = keyof ElementTypes;

/** What they are in JavaScript. */
export type ElementOf<K extends ElementType> = ElementTypes[K];

/** A channel of C (LULL_CHAN). Who waits at it, in C and in JavaScript, is served first come, first served. */
export interface Channel<T> extends AsyncIterable<T, void>, Disposable {
  /**
   * Resolves when a receiver or the channel has taken the value. Rejects with `ERR_LULL_CLOSED`, or with the signal's
   * reason: then it was not sent.
   */
  send(value: T, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Resolves with the next value; with `done` where the channel is closed and has none left. Rejects with the signal's
   * reason: then nothing was received.
   */
  receive(options?: { signal?: AbortSignal }): Promise<IteratorResult<T, void>>;
  /** Nothing more is sent. What is in it can still be received. */
  close(): void;
  /** The same as a web stream, which receives when it is read from. Cancelling it disposes of the channel. */
  readonly readable: ReadableStream<T>;
  /** The same as a web stream. Closing or aborting it closes the channel. */
  readonly writable: WritableStream<T>;
}

/** Figures of an instance. */
export interface Stats {
  /** That have not ended. */
  readonly tasks: number;
  /** Ever. */
  readonly spawned: number;
  /** How often a task was given the processor. */
  readonly switches: number;
  /** That are armed: of tasks that sleep, and of timeouts. */
  readonly timers: number;
  /** Blocks of memory that the runtime holds. */
  readonly allocations: number;
  /** JavaScript values that C holds. */
  readonly references: number;
  /** Bytes of the instance's memory. */
  readonly memory: number;
}

/**
 * Is told what happens to tasks, as it happens. It may spawn tasks, and cancel others, but a failure of its own is
 * reported, and changes nothing.
 */
export interface Observer {
  /** A task is there. It has not run yet. */
  taskSpawned?(task: TaskInfo): void;
  /** A task is about to run until it waits or ends. */
  beforeSlice?(task: TaskInfo): void;
  /** It has. Gets what beforeSlice got. */
  afterSlice?(task: TaskInfo): void;
  /** Its status is `done`, `failed` or `cancelled`. */
  taskEnded?(task: TaskInfo): void;
}

/** A module that runs: one instance, with its own memory and tasks. */
export interface App<P extends Program = Program> extends AsyncDisposable {
  /** The tasks as async functions. */
  readonly call: {
    readonly [K in keyof P['tasks']]: (...args: Parameters<P['tasks'][K]>) => Promise<ReturnType<P['tasks'][K]>>;
  };
  /** The same with options, and a handle. Throws a TypeError for wrong arguments. */
  spawn<K extends keyof P['tasks'] & string>(
    name: K,
    args?: Parameters<P['tasks'][K]>,
    options?: SpawnOptions,
  ): Task<ReturnType<P['tasks'][K]>>;
  /** Run a generator. Leaving the iteration early cancels its task. Throws a TypeError for wrong arguments. */
  stream<K extends keyof P['streams'] & string>(
    name: K,
    args?: Parameters<P['streams'][K]>,
    options?: SpawnOptions,
  ): Stream<ReturnType<P['streams'][K]>>;
  /**
   * Make a channel, for a module with LULL_CHAN. `capacity` is how many values it holds; 0: sender and receiver meet.
   */
  channel<K extends ElementType>(type: K, options?: { capacity?: number }): Channel<ElementOf<K>>;
  /** Run the program's main() as a task. Resolves with its exit status. */
  run(argv: readonly string[]): Promise<number>;
  /** The tasks that have not ended. */
  tasks(): TaskInfo[];
  /** How many there are and were, and what they take. */
  stats(): Stats;
  /**
   * Be told what happens to tasks from now on: resolves with a function that ends it. What is not observed costs
   * nothing.
   */
  observe(observer: Observer): Promise<() => void>;
  /** Cancel all tasks. */
  cancel(): void;
  /** Resolves when no task is left. Rejects with `ERR_LULL_DEADLOCK` where those that are left can never run again. */
  idle(): Promise<void>;
  /** Cancel all tasks, wait until they have ended, kill those that have not in time (5000), and free everything. */
  close(options?: { timeout?: number }): Promise<void>;
  /** The module's exports: its memory, and the functions that it exports by itself. Those cannot suspend. */
  readonly exports: WebAssembly.Exports;
}

/** Load a module that lull has built. */
export declare function load<P extends Program = Program>(
  source: Source | Promise<Response>,
  options?: LoadOptions<P>,
): Promise<App<P>>;
