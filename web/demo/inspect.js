/** The third demo: a table of live tasks, with buttons that pause, step and cancel each. */
import { load } from 'lull';

/** @param {string} id */
const byId = (id) => /** @type {any} */ (document.getElementById(id));

class Row {
  paused = false;
  over = false;

  /** @param {any} info @param {Record<'pause' | 'step' | 'cancel', (row: Row) => void>} act */
  constructor(info, act) {
    this.id = info.id;
    this.name = info.name;
    this.element = document.createElement('tr');
    const head = Object.assign(document.createElement('th'), { scope: 'row', textContent: info.name });
    this.cells = Array.from({ length: 5 }, () => document.createElement('td'));
    const controls = document.createElement('td');
    /** @param {string} text @param {() => void} run */
    const button = (text, run) => {
      const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
      made.setAttribute('aria-label', `${text} ${info.name}`);
      made.addEventListener('click', run);
      controls.append(made);
      return made;
    };
    this.pauseButton = button('Pause', () => act.pause(this));
    this.stepButton = button('Step', () => act.step(this));
    this.cancelButton = button('Cancel', () => act.cancel(this));
    this.stepButton.disabled = true;
    this.element.append(head, ...this.cells, controls);
  }

  /** @param {boolean} paused */
  setPaused(paused) {
    this.paused = paused;
    this.pauseButton.textContent = paused ? 'Go on' : 'Pause';
    this.pauseButton.setAttribute('aria-label', `${this.pauseButton.textContent} ${this.name}`);
    this.stepButton.disabled = !paused;
  }

  /** @param {any} info @param {number} ran milliseconds */
  show(info, ran) {
    const [state, waits, stack, slices, time] = this.cells;
    const atGate = this.paused && info.waitingOn === 'event';
    state.className = `state ${this.paused ? 'paused' : info.status}`;
    state.textContent = this.paused ? (atGate ? 'paused' : 'pausing') : info.status;
    waits.textContent = atGate ? 'you' : info.waitingOn ?? '';
    stack.textContent = `${info.stackBytes.toLocaleString('en')} B`;
    slices.textContent = info.slices.toLocaleString('en');
    time.textContent = `${ran.toFixed(1)} ms`;
  }

  end() {
    if (this.over) return;
    this.over = true;
    this.element.className = 'over';
    this.cells[0].className = 'state cancelled';
    this.cells[0].textContent = 'cancelled';
    this.cells[1].textContent = '';
    for (const button of [this.pauseButton, this.stepButton, this.cancelButton]) button.disabled = true;
  }
}

/**
 * The time that each task has run so far, in milliseconds. The clock of a page is coarse, but right on average.
 *
 * @param {any} app
 * @returns {Map<number, number>}
 */
function timesOf(app) {
  const times = new Map();
  let id = 0, began = 0;
  app.observe({
    beforeSlice(/** @type {any} */ info) {
      id = info.id;
      began = performance.now();
    },
    afterSlice() {
      times.set(id, (times.get(id) ?? 0) + performance.now() - began);
    },
  });
  return times;
}

export async function startInspector() {
  const body = /** @type {HTMLTableElement} */ (byId('tasks')).tBodies[0];
  const status = byId('inside-status');
  /** @type {any} */
  let app;
  /** @type {Map<number, Row>} */
  let rows = new Map();
  /** @type {Map<number, number>} */
  let times;

  const act = {
    /** @param {Row} row */
    async pause(row) {
      row.setPaused(!row.paused);
      await app.call.set_paused(row.name, row.paused);
    },
    /** @param {Row} row */
    async step(row) {
      await app.call.step_once(row.name);
      status.textContent = `${row.name} makes a step.`;
    },
    /** @param {Row} row */
    async cancel(row) {
      await app.call.cancel(row.name);
      status.textContent = `${row.name} is cancelled.`;
    },
  };

  const show = () => {
    const live = app.tasks().filter((/** @type {any} */ info) => info.parent !== null);
    for (const info of live) {
      let row = rows.get(info.id);
      if (!row) {
        row = new Row(info, act);
        rows.set(info.id, row);
        body.append(row.element);
      }
      row.show(info, times.get(info.id) ?? 0);
    }
    const ids = new Set(live.map((/** @type {any} */ info) => info.id));
    for (const row of rows.values()) if (!ids.has(row.id)) row.end();
  };

  async function restart() {
    await app?.close();
    app = await load('inspect.wasm', { report() {} });
    times = timesOf(app);
    rows = new Map();
    body.replaceChildren();
    await app.call.start();
    show();
  }

  byId('restart').addEventListener('click', restart);
  await restart();
  setInterval(show, 100);
}
