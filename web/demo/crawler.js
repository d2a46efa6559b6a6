/** The second demo: a crawler, with a lane for each task that shows what the task waits for. */
import { load } from 'lull';
import { browserHost } from 'lull/host/web';

/** @param {string} id */
const byId = (id) => /** @type {any} */ (document.getElementById(id));

/** The seconds that a lane spans. */
const SPAN = 12;

/** The class of a lane's segment, by what the task waits for. @type {[RegExp, string][]} */
const KINDS = [[/semaphore|first run/, '--turn'], [/fetch/, '--net'], [/pause/, '--pause']];

/** @param {string | null} waitingOn */
const kindOf = (waitingOn) => KINDS.find(([pattern]) => pattern.test(waitingOn ?? ''))?.[1] ?? '--turn';

/** A fetch whose responses are delayed, so that there is something to see. Cancellation is not delayed. */
function slowFetch() {
  const host = browserHost();
  const { lull_fetch } = host;
  return {
    ...host,
    /** @this {any} @param {string} method @param {string} url @param {string} headers @param {Uint8Array} body */
    async lull_fetch(method, url, headers, body) {
      const { signal } = this;
      await new Promise((resolve, reject) => {
        const late = url.includes('slow') ? 9000 : 150 + Math.random() ** 2 * 1300; // only one times out
        const timer = setTimeout(resolve, late);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
      return lull_fetch.call(this, method, url, headers, body);
    },
  };
}

class Lane {
  /** @param {any} info @param {number} now @param {(lane: Lane) => void} cancel */
  constructor(info, now, cancel) {
    this.id = info.id;
    /** @type {{ from: number, kind: string, to?: number }[]} */
    this.spans = [];
    /** @type {number[]} the times of its slices */
    this.slices = [];
    this.seen = 0;
    this.element = document.createElement('div');
    this.element.className = 'lane';
    this.url = info.name;
    this.name = info.name.replace('site/', '');
    const name = Object.assign(document.createElement('b'), { textContent: this.name.replace('.html', '') });
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('aria-hidden', 'true');
    this.button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Cancel' });
    this.button.setAttribute('aria-label', `Cancel ${this.name}`);
    this.button.addEventListener('click', () => cancel(this));
    this.element.append(name, this.canvas, this.button);
    this.update(info, now);
  }

  /** @param {any} info @param {number} now */
  update(info, now) {
    const kind = kindOf(info.waitingOn);
    const last = this.spans.at(-1);
    if (last?.kind !== kind || last.to !== undefined) {
      if (last) last.to ??= now;
      this.spans.push({ from: now, kind });
    }
    if (info.slices > this.seen) this.slices.push(now);
    this.seen = info.slices;
  }

  /** @param {string} how @param {number} now */
  end(how, now) {
    if (this.over) return;
    this.over = true;
    const last = this.spans.at(-1);
    if (last) last.to ??= now;
    const end = Object.assign(document.createElement('span'), { className: 'end', textContent: how });
    this.button.replaceWith(end);
    this.ended = end;
  }

  /** @type {HTMLElement | undefined} */
  ended;

  /** @param {string} how */
  say(how) {
    if (this.ended) this.ended.textContent = how;
  }

  over = false;

  /** @param {number} start @param {number} now @param {CSSStyleDeclaration} style */
  draw(start, now, style) {
    const { canvas } = this;
    const ratio = devicePixelRatio;
    const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.clearRect(0, 0, width, height);
    const left = Math.max(start, now - SPAN * 1000);
    const at = (/** @type {number} */ time) => ((time - left) / (SPAN * 1000)) * width;
    for (const { from, to = now, kind } of this.spans) {
      context.fillStyle = style.getPropertyValue(kind);
      context.fillRect(at(from), 0, Math.max(1, at(to) - at(from)), height);
    }
    context.fillStyle = style.getPropertyValue('--slice');
    for (const slice of this.slices) context.fillRect(at(slice) - ratio, 0, 2 * ratio, height);
  }
}

export async function startCrawler() {
  const app = await load('crawler.wasm', { host: slowFetch(), report() {} });
  const lanesElement = byId('lanes'), status = byId('crawl-status'), all = byId('crawl-cancel'), go = byId('crawl');
  /** @type {Map<number, Lane>} */
  let lanes = new Map();
  /** @type {any} */
  let crawl;
  let start = 0;

  /** @param {Lane} lane */
  const cancel = async (lane) => {
    await app.call.cancel(lane.url);
    lane.end('cancelled', performance.now());
  };

  const frame = () => {
    const now = performance.now();
    const live = app.tasks().filter((/** @type {any} */ info) => info.name.startsWith('site/'));
    for (const info of live) {
      const lane = lanes.get(info.id);
      if (lane) {
        lane.update(info, now);
      } else {
        const made = new Lane(info, now, cancel);
        lanes.set(info.id, made);
        lanesElement.append(made.element);
      }
    }
    const ids = new Set(live.map((/** @type {any} */ info) => info.id));
    const style = getComputedStyle(document.documentElement);
    for (const lane of lanes.values()) {
      if (!ids.has(lane.id) && !lane.over) {
        lane.end('', now);
        app.call.outcome(lane.url).then((/** @type {number} */ code) => lane.say(outcome(code)));
      }
      lane.draw(start, now, style);
    }
    const ended = [...lanes.values()].filter((lane) => lane.over).length;
    const seconds = ((now - start) / 1000).toFixed(1);
    if (crawl) {
      status.textContent = `${ended} of ${lanes.size} pages done, ${seconds} s`;
      requestAnimationFrame(frame);
    }
  };

  go.addEventListener('click', async () => {
    lanes = new Map();
    lanesElement.replaceChildren();
    start = performance.now();
    crawl = app.spawn('crawl', ['site/index.html']);
    go.disabled = true;
    all.disabled = false;
    requestAnimationFrame(frame);
    const how = await crawl.result.then(() => 'Done', () => 'Cancelled');
    frame();
    crawl = undefined;
    go.disabled = false;
    all.disabled = true;
    status.textContent = `${how}: ${lanes.size} pages, ${((performance.now() - start) / 1000).toFixed(1)} s`;
  });
  all.addEventListener('click', () => crawl?.cancel());
}

/** @type {Record<number, string>} by the outcome from C: an HTTP status, or a status of lull */
const OUTCOMES = { 200: 'done', '-1': 'cancelled', '-2': 'timed out' };

/** @param {number} status */
const outcome = (status) => OUTCOMES[status] ?? (status > 0 ? String(status) : 'failed');
