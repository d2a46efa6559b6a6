/**
 * Runs host functions in the asynchronous context (AsyncLocalStorage) of their task's caller. Lazy-loaded for
 * `keepContext`, which takes an observer. See D30.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** @import { App, HostContext } from '../js/lull.js' */

/** Run in the context in which this was made. @typedef {<T>(run: () => T) => T} Context */

/** Follows the contexts of an app's tasks. Make it before the app, whose host functions it wraps. */
export class ContextFollower {
  /** By the id of a task. @type {Map<number, Context>} */
  #contexts = new Map();

  /**
   * The same function, run in the context of the calling task.
   *
   * @param {(...args: any[]) => any} run
   */
  around = (run) => {
    const contexts = this.#contexts;
    return /** @this {HostContext} */ function (/** @type {any[]} */ ...args) {
      const context = contexts.get(this.task?.id ?? 0);
      return context ? context(() => run.apply(this, args)) : run.apply(this, args);
    };
  };

  /**
   * A task that JavaScript spawns has the context of the call; one that C spawns has that of its parent.
   *
   * @param {Pick<App, 'observe'>} app
   */
  async follow(app) {
    await app.observe({
      taskSpawned: ({ id, parent }) => {
        const inherited = this.#contexts.get(parent ?? 0);
        this.#contexts.set(id, inherited ?? /** @type {Context} */ (AsyncLocalStorage.snapshot()));
      },
      taskEnded: ({ id }) => { this.#contexts.delete(id); },
    });
  }
}
