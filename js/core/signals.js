/** AbortSignals: one listener for a signal and an app, however many tasks and waits the signal stops. */
export class Signals {
  /** @type {Map<AbortSignal, { stops: Set<() => void>, listener: () => void }>} */
  #followed = new Map();

  /**
   * Call `stop` when the signal aborts, which it has not yet.
   *
   * @param {AbortSignal} signal
   * @param {() => void} stop called again if it finds no room on the stack
   * @returns {() => void} a function that ends this; throws what the signal throws
   */
  follow(signal, stop) {
    const { stops, listener } = this.#followed.get(signal) ?? this.#listen(signal);
    stops.add(stop);
    return () => {
      if (!stops.delete(stop) || stops.size) return;
      this.#followed.delete(signal);
      signal.removeEventListener('abort', listener);
    };
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    /** @type {Set<() => void>} */
    const stops = new Set();
    const stopAll = () => stops.forEach((stop) => stop());
    const listener = () => {
      try {
        stopAll();
      } catch { // the stack has no room
        Promise.resolve().then(stopAll);
      }
    };
    const followed = { stops, listener };
    signal.addEventListener('abort', listener);
    this.#followed.set(signal, followed);
    return followed;
  }
}
