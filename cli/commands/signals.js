/** The signals of the process, for the handlers of a C program. See D115. */
import { constants } from 'node:os';

/** @typedef {NodeJS.Signals} Signal */

/** The status of a program that a signal has ended, as shells tell it. @param {Signal} signal */
export const statusOf = (signal) => 128 + constants.signals[signal];

/** Those that do nothing by default, as far as a program may handle them. @type {Signal[]} */
const IGNORED = ['SIGCONT', 'SIGURG', 'SIGWINCH'];

/** Those that end or stop a process by default, beside the three for which tasks are cancelled. @type {Signal[]} */
const ENDING = [
  'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM',
  'SIGIO',
];

export class Signals {
  /** Give the program a signal. Returns whether it acts on it. @type {(signal: Signal) => boolean} */
  send = () => false;

  /** The option of load, called for a program that has to do with signals. @param {(signal: string) => boolean} send */
  follow = (send) => {
    this.send = send;
    for (const signal of [...IGNORED, ...ENDING]) process.on(signal, this.#take);
    const alive = setInterval(() => {}, 2 ** 30); // listeners for signals do not keep Node alive
    return () => {
      clearInterval(alive);
      this.send = () => false;
      for (const signal of [...IGNORED, ...ENDING]) process.off(signal, this.#take);
    };
  };

  /** @param {Signal} signal */
  #take = (signal) => {
    if (this.send(signal) || IGNORED.includes(signal)) return;
    process.off(signal, this.#take);
    process.kill(process.pid, signal);
    process.on(signal, this.#take); // it was stopped, and goes on
  };
}
