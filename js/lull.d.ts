/**
 * lull: C tasks as async functions. Times are in milliseconds.
 *
 * @module lull
 */

import type { ElementTypes } from './marshal/element-types.js';
import type { ErrorCode } from './marshal/status.js';

export type { ErrorCode };

/**
 * The platform's clock and event loop, as an instance uses them. Tests may pass a VirtualClock of lull/testing.
 */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Call `run` once, after so many milliseconds. Returns a timer for `disarm`. */
  arm(run: () => void, delay: number): unknown;
  /** Cancel a timer. */
  disarm(timer: unknown): void;
  /** Call in a microtask. */
  soon(run: () => void): void;
  /** Call in a macrotask, after the platform's pending events. */
  later(run: () => void): void;
  /**
   * What makes its timers. When it returns something else than before, as when a test installs or removes fake timers,
   * what is armed and queued may have gone away, and is armed and queued again.
   */
  source?(): unknown;
}

// WebAssembly.Module is an empty interface, which a number fits, too.
/** What `load` takes: a compiled module, its bytes, a response, a blob or a URL; in Node, also a path. */
export type Source = (WebAssembly.Module & object) | BufferSource | Response | Blob | URL | string;

/** Functions by name. */
export type Functions = Record<string, (...args: any[]) => any>;

/** A module's declarations. `lull build` and `lull types` generate one for each program. */
export interface Program {
  /** Declared by LULL_TASK. */
  tasks: Functions;
  /** Declared by LULL_GENERATOR. */
  streams: Functions;
  /** Declared by LULL_HOST. */
  host: Functions;
}

/** Identifies a task in messages. */
export interface TaskName {
  /** 1 for the instance's first task, 2 for its second, and so on. */
  readonly id: number;
  /** The name in its SpawnOptions, or else the function's. */
  readonly name: string;
}

/** An error raised by C code or by the runtime. A JavaScript error that C passes on stays itself. */
export declare class LullError extends Error {
  /** `status`: a code, or its number in C; `message`: by default, the code's text. */
  constructor(
    status: ErrorCode | number,
    message?: string,
    details?: { cause?: unknown; errors?: unknown[]; task?: TaskName },
  );
  /**
   * As on the platform, `AbortError` for ERR_LULL_CANCELED and `TimeoutError` for ERR_LULL_TIMEDOUT; else `LullError`.
   */
  readonly name: string;
  /** `ERR_LULL_CANCELED` for LULL_ECANCELED, and so on. */
  readonly code: ErrorCode;
  /** The task that failed, if one did. */
  readonly task?: TaskName;
  /**
   * The failures, if there are several: of a group's children, or of all that lull_await_any waited for. `cause` is
   * the first.
   */
  readonly errors?: readonly unknown[];
  /** Of an ERR_LULL_DEADLOCK from `idle`: the wait of each remaining task. */
  readonly waits?: readonly TaskWait[];
}

/** A wait, and the tasks that it depends on. */
export interface Wait {
  /** As in TaskInfo. */
  readonly waitingOn: string | null;
  /**
   * The tasks that its end depends on: the holders of the lock, the awaited task, the children of the group, the
   * generator. Empty if any task could end it, or none.
   */
  readonly holders: readonly TaskName[];
  /** Of a wait for several things: those that have not happened. `holders` has the holders of all. */
  readonly cases?: readonly Wait[];
}

/** The wait of a task. */
export interface TaskWait extends Wait, TaskName {}

/** `this` of a host function. */
export interface HostContext {
  /** The calling task; undefined once it no longer waits. */
  readonly task: TaskName | undefined;
  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes; with the same reason. */
  readonly signal: AbortSignal;
  /** Whether the call has ended: it is settled, or its task no longer waits. Cheaper than `signal`. */
  readonly settled: boolean;
  /**
   * Let the task run in this turn of the event loop, even if the budget is used up. Call it before settling, from a
   * callback that must not be missed, such as an animation frame.
   */
  runInThisTurn(): void;
}

/** The host functions, which LULL_HOST declares. */
export type Host<H extends Functions> = string extends keyof H
  ? Record<string, (this: HostContext, ...args: any[]) => any>
  : {
      [K in keyof H]: (
        this: HostContext,
        ...args: Parameters<H[K]>
      ) => ReturnType<H[K]> | PromiseLike<ReturnType<H[K]>>;
    };

/** The system that a module sees through WASI. */
export interface WasiOptions {
  /** The command line in WASI; `main` gets the arguments of `run` instead. */
  args?: readonly string[];
  /** Environment variables. */
  env?: Readonly<Record<string, string | undefined>>;
  /** File descriptors of `@bjorn3/browser_wasi_shim`: stdin, stdout, stderr, then open folders. */
  fds?: readonly any[];
  /**
   * The contents of the program's files by their paths, which are absolute; or the files of another app, to share them.
   * Not with folders in `fds`.
   */
  files?: Readonly<Record<string, string | Uint8Array>> | Files;
}

/**
 * The files of a program in memory. Paths are absolute. Errors have the codes of Node: `ENOENT`, `EISDIR`, `ENOTDIR`.
 */
export interface Files {
  /** The contents of a file: a copy. */
  read(path: string): Uint8Array<ArrayBuffer>;
  /** Make a file, and its folders, or give it other contents. */
  write(path: string, contents: string | Uint8Array): void;
  /** Remove a file, or a folder with everything in it. */
  remove(path: string): void;
  /** The paths of the files in a folder, by default `/`, and in those below it. */
  list(path?: string): string[];
}

/** A connection, as `connect` of PosixOptions opens it. That of workerd's `connect` is one. */
export interface Connection {
  /** The bytes from the other side. */
  readonly readable: ReadableStream<Uint8Array>;
  /** The bytes from C. */
  readonly writable: WritableStream<Uint8Array>;
  /** Resolves when both may be used; absent: at once. */
  readonly opened?: PromiseLike<unknown>;
  /** Called when C has closed its socket. */
  close?(): unknown;
}

/** A stream of bytes: a `ReadableStream` of the platform, or a `Readable` of Node such as `process.stdin`. */
export type ReadableInput =
  | ReadableStream<Uint8Array>
  | NodeReadable;

/** As much of Node's `Readable` as is used. */
export interface NodeReadable {
  /** Listen for `data`, `end` and `error`. */
  on(event: string, listener: (value?: any) => void): unknown;
  /** Let it flow. */
  resume(): unknown;
  /** Stop it. */
  pause(): unknown;
}

/** A terminal for C: xterm.js behind a few lines, or `process.stdin` and `process.stdout`. */
export interface Terminal {
  /**
   * The keys, as bytes. With `setRawMode`, it edits lines, echoes, and sends signals by itself, until C asks for
   * another mode; without, lull does.
   */
  input?: ReadableInput & { setRawMode?(raw: boolean): unknown };
  /** The screen. */
  output: {
    /** Show them. */
    write(bytes: Uint8Array): unknown;
    /** The width, in characters. */
    readonly columns: number;
    /** The height, in lines. */
    readonly rows: number;
    /** With it, a `resize` sends SIGWINCH. */
    on?(event: 'resize', listener: () => void): unknown;
    /** Called at the end, as `on` was. */
    off?(event: 'resize', listener: () => void): unknown;
  };
  /** Called with the signal of a key on which C does not act; by default, all tasks are cancelled. */
  signal?(signal: string): unknown;
}

/**
 * The parts of the system that a module's functions of POSIX reach. By default none: sockets then reach those of the
 * same app, on a loopback in memory.
 */
export interface PosixOptions {
  /**
   * The network of the machine, in Node, Deno and Bun: all of it, or a list of `'example.org:443'`, `'127.0.0.1'`,
   * `':8080'`, `'[::1]:80'`, and `'loopback'`. A name allows its addresses once C has looked it up.
   */
  net?: boolean | readonly string[];
  /**
   * The programs that C may start, by `posix_spawn`, `popen` and `system`, in Node, Deno and Bun: all of them, or a
   * list. A name is a program that the process's own PATH finds, under this name; an entry with a slash is a file.
   * `popen` and `system` need `'sh'`.
   */
  spawn?: boolean | readonly string[];
  /**
   * Called with what C does that `net` or `spawn` does not allow, and the entry that would; undefined where only `true`
   * would. C gets EACCES.
   */
  refused?: (what: string, entry: string | undefined, option: 'net' | 'spawn') => void;
  /**
   * Opens the connections of C's `connect` that are not to the app itself, where there is no `net`. C gets the `code`
   * of its error, or ECONNREFUSED.
   */
  connect?: (to: { hostname: string; port: number }) => Connection | PromiseLike<Connection>;
  /**
   * C's stdin: its tasks wait for it, and the others run. A piece is read when C asks for one. By default, stdin is the
   * first of `wasi.fds`, which is empty if none are given.
   */
  stdin?: ReadableInput;
  /** The terminal of C's stdin, stdout and stderr, unless `stdin` or `wasi.fds` are given for them. */
  terminal?: Terminal;
  /**
   * Called where C has handlers of signals, or waits for some, with a function that sends the program a signal by its
   * name, as `'SIGINT'`; that returns whether the program acts on it. Returns a function that is called at the end.
   */
  signals?: (send: (signal: string) => boolean) => void | (() => void);
  /**
   * Folders that answer with promises, by their paths for C, as `'/store'`: C's tasks wait for their files, and the
   * others run. The result of `navigator.storage.getDirectory()` fits. Needs a module built with --async-files.
   */
  folders?: Readonly<Record<string, FolderHandle>>;
}

/** A folder that answers with promises: what lull uses of a FileSystemDirectoryHandle. */
export interface FolderHandle {
  /** The folder of this name; with `create`, a new one where there is none. */
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FolderHandle>;
  /** The file of this name; with `create`, an empty one where there is none. */
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  /** Remove a file, or an empty folder. */
  removeEntry(name: string): Promise<void>;
  /** Its entries. */
  values(): AsyncIterable<FolderEntry>;
}

/** An entry of a folder. */
export interface FolderEntry {
  /** `'file'` or `'directory'`. */
  readonly kind: string;
  /** Its name in the folder. */
  readonly name: string;
}

/** A file in such a folder: what lull uses of a FileSystemFileHandle. */
export interface FileHandle {
  /** Its contents as they are now. */
  getFile(): Promise<FileContents>;
  /** Begin to write. The file changes when the writer is closed. */
  createWritable(options: { keepExistingData: boolean }): Promise<FileWriter>;
}

/** The contents of a file: as much of the platform's `File` as is used. */
export interface FileContents {
  /** In bytes. */
  readonly size: number;
  /** In milliseconds since 1970. */
  readonly lastModified: number;
  /** The bytes from `start` to before `end`. */
  slice(start: number, end: number): {
    /** The bytes themselves. */
    arrayBuffer(): Promise<ArrayBuffer>;
  };
}

/** Changes such a file, which others see after `close`: what lull uses of a FileSystemWritableFileStream. */
export interface FileWriter {
  /** Write bytes at a position. */
  write(change: { type: 'write'; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>;
  /** Cut or fill it to a size. */
  truncate(size: number): Promise<void>;
  /** Have the file changed. */
  close(): Promise<void>;
}

/** The options of `load` that do not depend on the program. */
export interface CommonLoadOptions {
  /** How long tasks may hold the event loop in one turn; 8. */
  budget?: number;
  /** Default stack of a task, in bytes; 16384. */
  stackSize?: number;
  /** How many tasks there may be at a time. A spawn beyond that is `LULL_ENOMEM` in C, and throws or rejects here. */
  maxTasks?: number;
  /**
   * How many tasks there may be at a time that have begun, in a module built with `--switch stacks` or `--switch jspi`:
   * each has a stack of the engine's, and V8 aborts the process near 32,000. The next one ends with `LULL_ENOMEM`.
   * Without an effect on other modules. Default: 16,000.
   */
  maxStacks?: number;
  /**
   * How much memory the app may have, in bytes: beyond it, C's malloc returns NULL, and spawns reject with
   * ERR_LULL_NOMEM.
   */
  maxMemory?: number;
  /**
   * How long a task may run without waiting, in milliseconds; after that, it ends with ERR_LULL_OVERRUN. Needs a module
   * built with --fuel. With --fuel=yield, tasks end only where they cannot let the others run.
   */
  maxRunTime?: number;
  /** Called with each unhandled failure; by default, the platform reports it as an uncaught error. */
  report?: (error: unknown) => void;
  /** For a module that imports WASI. */
  wasi?: WasiOptions;
  /** For a module that has sockets, starts programs, or reads stdin. */
  posix?: PosixOptions;
  /**
   * Call host functions in the asynchronous context (AsyncLocalStorage) in which their task was called. Needs
   * `node:async_hooks`; false.
   */
  keepContext?: boolean;
  /** Whether the process may exit while tasks only sleep. Needs Node's timers; false. */
  unref?: boolean;
  /** The event loop: tests pass a virtual one. */
  clock?: Clock;
}

/** The options of `load`. `host` is optional if the program needs no host functions. */
export type LoadOptions<P extends Program = Program> = CommonLoadOptions &
  ({} extends P['host']
    ? {
        /** The host functions by name. Those that the program does not declare are ignored. */
        host?: Host<P['host']> & { readonly [other: string]: any };
      }
    : {
        /** The host functions by name. Those that the program does not declare are ignored. */
        host: Host<P['host']> & { readonly [other: string]: any };
      });

/** The state of a task. */
export type Status = 'ready' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** A snapshot of a task. */
export interface TaskInfo extends TaskName {
  /** The id of the task that spawned it; null if JavaScript did. */
  readonly parent: number | null;
  /** Its state. */
  readonly status: Status;
  /** What it waits for: `pause`, `join`, `future`, or the name of a host function or of a yieldable. */
  readonly waitingOn: string | null;
  /** How often it has run. */
  readonly slices: number;
  /** Size of its stack. */
  readonly stackBytes: number;
}

/** The options of `spawn`. */
export interface SpawnOptions {
  /** For messages and dumps; by default, the function's name. */
  name?: string;
  /** Time until its first run; 0. */
  delay?: number;
  /** Bytes, at least 1024; by default, that of `load`. */
  stackSize?: number;
  /** Time until its waits fail, as in a scope around the whole task: the result rejects with a TimeoutError. */
  timeout?: number;
  /** Cancels the task when it aborts: the result rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The options of `stream`. */
export interface StreamOptions extends SpawnOptions {
  /**
   * How many elements the generator may be ahead of its reader; 1. With more, it makes as many in one go as soon as the
   * reader has taken the last.
   */
  highWaterMark?: number;
}

/** A task that JavaScript spawned. Not a thenable: async functions would unwrap it. */
export interface Task<T> extends TaskName, AsyncDisposable {
  /** Its state. */
  readonly status: Status;
  /** Resolves with the function's result; rejects with its failure. */
  readonly result: Promise<T>;
  /**
   * Cancel the task: its waits fail, so that it cleans up and ends, and the result rejects with the reason. Resolves
   * when it has ended, in whatever way.
   */
  cancel(reason?: unknown): Promise<void>;
  /**
   * Fail the task's current wait, once, with this error. Throws ERR_LULL_BUSY if it does not wait, ERR_LULL_SRCH if it
   * has ended.
   */
  throw(error: unknown): void;
  /** End the task without running it any further, except for its deferred functions. */
  kill(): void;
}

/** The elements of a generator, which runs at most `highWaterMark` elements ahead of its reader: one, by default. */
export interface Stream<T> extends AsyncIterableIterator<T> {
  /** The generator's task. */
  readonly task: Task<void>;
  /** Cancel the task. Resolves when it has ended. */
  return(value?: any): Promise<IteratorResult<T>>;
  /** The elements as a web stream. */
  readable(): ReadableStream<T>;
}

/** The C types of channel elements. */
export type ElementType = keyof ElementTypes;

/** Their JavaScript types. */
export type ElementOf<K extends ElementType> = ElementTypes[K];

/** What comes from C where a T goes to C: a text may be NULL there. */
export type Received<T> = [T] extends [string] ? string | null : T;

/**
 * A channel of C (LULL_CHAN). Waiters, in C and in JavaScript, are served in the order of their arrival.
 *
 * @typeParam T what is sent
 * @typeParam R what is received
 */
export interface Channel<T, R = T> extends AsyncIterable<R, void>, Disposable {
  /**
   * Resolves when a receiver or the channel has taken the value. Rejects with `ERR_LULL_CLOSED` or the signal's
   * reason: the value was not sent.
   */
  send(value: T, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Resolves with the next value, or with `done` if the channel is closed and empty. Rejects with the signal's reason:
   * nothing was received.
   */
  receive(options?: { signal?: AbortSignal }): Promise<IteratorResult<R, void>>;
  /** Accept no more values. Those in the channel can still be received. */
  close(): void;
  /** A web stream that receives when it is read. Cancelling it disposes of the channel. */
  readonly readable: ReadableStream<R>;
  /** A web stream that sends. Closing or aborting it closes the channel. */
  readonly writable: WritableStream<T>;
}

/** Statistics of an instance. */
export interface Stats {
  /** Tasks that have not ended. */
  readonly tasks: number;
  /** Tasks spawned so far. */
  readonly spawned: number;
  /** How often tasks have run. */
  readonly switches: number;
  /** Armed timers, of sleeping tasks and of timeouts. */
  readonly timers: number;
  /** Memory blocks that the runtime holds. */
  readonly allocations: number;
  /** JavaScript values that C holds. */
  readonly references: number;
  /** Bytes of the instance's memory. */
  readonly memory: number;
}

/**
 * Notified synchronously of what happens to tasks. It may spawn tasks and cancel others. An error that it throws is
 * reported, and changes nothing.
 */
export interface Observer {
  /** A task was spawned. It has not run yet. */
  taskSpawned?(task: TaskInfo): void;
  /** A task is about to run until it waits or ends. */
  beforeSlice?(task: TaskInfo): void;
  /** The task of beforeSlice has stopped running. Its `status` says why: it is `ready` after a yield, or has ended. */
  afterSlice?(task: TaskInfo): void;
  /** A task has ended. Its status is `done`, `failed` or `cancelled`. */
  taskEnded?(task: TaskInfo): void;
}

/** A running module: one instance, with its own memory and tasks. */
export interface App<P extends Program = Program> extends AsyncDisposable {
  /** The tasks as async functions. */
  readonly call: {
    readonly [K in keyof P['tasks']]: (...args: Parameters<P['tasks'][K]>) => Promise<ReturnType<P['tasks'][K]>>;
  };
  /** Spawn a task with options, and return its handle. Throws a TypeError for wrong arguments. */
  spawn<K extends keyof P['tasks'] & string>(
    name: K,
    args?: Parameters<P['tasks'][K]>,
    options?: SpawnOptions,
  ): Task<ReturnType<P['tasks'][K]>>;
  /** Run a generator. Leaving the iteration early cancels its task. Throws a TypeError for wrong arguments. */
  stream<K extends keyof P['streams'] & string>(
    name: K,
    args?: Parameters<P['streams'][K]>,
    options?: StreamOptions,
  ): Stream<ReturnType<P['streams'][K]>>;
  /**
   * Make a channel, if the module has LULL_CHAN. `capacity`: how many values it holds; 0: sender and receiver meet.
   */
  channel<K extends ElementType>(
    type: K,
    options?: { capacity?: number },
  ): Channel<ElementOf<K>, Received<ElementOf<K>>>;
  /** Run the program's main() as a task. Resolves with its exit status. */
  run(argv: readonly string[]): Promise<number>;
  /** The program's files in memory. Undefined if the module opens none, or `wasi.fds` has folders. */
  readonly files: Files | undefined;
  /** The tasks that have not ended. */
  tasks(): TaskInfo[];
  /** Statistics of the instance. */
  stats(): Stats;
  /**
   * Observe tasks from now on. Resolves with a function that ends the observation. Without observers it costs nothing.
   */
  observe(observer: Observer): Promise<() => void>;
  /** Cancel all tasks. */
  cancel(): void;
  /** Resolves when no task is left. Rejects with `ERR_LULL_DEADLOCK` if the remaining tasks can never run again. */
  idle(): Promise<void>;
  /** Cancel all tasks, wait until they end, kill those that do not within `timeout` (5000), and free everything. */
  close(options?: { timeout?: number }): Promise<void>;
  /** The module's exports: its memory, and its own exported functions, which cannot suspend. */
  readonly exports: WebAssembly.Exports;
}

/** Load a module built by lull. */
export declare function load<P extends Program = Program>(
  source: Source | Promise<Response>,
  options?: LoadOptions<P>,
): Promise<App<P>>;
