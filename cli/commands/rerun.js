/** A program that runs in a process of its own, and is ended for the next one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** @import { ChildProcess } from 'node:child_process' */

/** How long a program may take to end, in milliseconds, before the next signal. */
const PATIENCE = 1000;

export class Rerun {
  /** @type {ChildProcess | undefined} */
  #child;

  constructor() {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, async () => {
        // With Ctrl-C, the terminal has told it, too; a second one ends it at once.
        await this.end(signal === 'SIGINT' && process.stdin.isTTY ? [] : [signal]);
        process.exit(128 + constants.signals[signal]);
      });
    }
  }

  /** Run this command without --watch. @returns a sentence about it */
  start() {
    const [cli, ...argv] = process.argv.slice(1);
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const args = argv.filter((argument, index) => index > end || argument !== '--watch');
    const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
    this.#child = child;
    child.once('exit', (status, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      process.stderr.write(`lull: ended with ${signal ?? `status ${status}`}; waiting for changes\n`);
    });
    return 'running';
  }

  /**
   * End the program, in the end in any case: C code that never waits takes no signal.
   *
   * @param {NodeJS.Signals[]} [first]
   */
  async end(first = ['SIGTERM']) {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    /** @type {NodeJS.Signals[]} */
    const signals = [...first, 'SIGTERM', 'SIGKILL'];
    const next = () => child.kill(signals.shift());
    if (first.length > 0) next();
    const timer = setInterval(next, PATIENCE);
    await ended;
    clearInterval(timer);
  }
}
