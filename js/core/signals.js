/** AbortSignals: one listener for a signal and an app, however many tasks and waits the signal stops. */
export class Signals {
  /** @param {(error: unknown) => void} report gets what a signal throws that is no longer followed */
  constructor(report) {
    this.#report = report;
  }

  #report;
  /** @type {Map<AbortSignal, { stops: Set<() => void>, listener: () => void }>} */
  #followed = new Map();

  /**
   * Call `stop` when the signal aborts, which it has not yet.
   *
   * @param {AbortSignal} signal
   * @param {() => void} stop called again if it finds no room on the stack
   * @returns {() => void} a function that ends this
   */
  follow(signal, stop) {
    const { stops, listener } = this.#followed.get(signal) ?? this.#listen(signal);
    stops.add(stop);
    return () => {
      if (!stops.delete(stop) || stops.size) return;
      this.#followed.delete(signal);
      try {
        signal.removeEventListener('abort', listener);
      } catch (error) {
        this.#report(error); // C may be on the stack: nothing may be thrown through it
      }
    };
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    /** @type {Set<() => void>} */
    const stops = new Set();
    const stopAll = () => stops.forEach((stop) => stop());
    const followed = {
      stops,
      listener() {
        try {
          stopAll();
        } catch { // the stack has no room
          Promise.resolve().then(stopAll);
        }
      },
    };
    signal.addEventListener('abort', followed.listener);
    this.#followed.set(signal, followed);
    return followed;
  }
}
