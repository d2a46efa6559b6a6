/** The first demo: particles, as C tasks and as async functions of JavaScript. */
import { load } from 'lull';
import { browserHost } from 'lull/host/web';

const WIDTH = 720, HEIGHT = 400, CELL = 8;

/** @param {string} id */
const byId = (id) => /** @type {any} */ (document.getElementById(id));

const number = new Intl.NumberFormat('en');

/** The slider is logarithmic: 20 steps are a factor of ten. @param {number} step */
const countAt = (step) => {
  const exact = 10 ** (step / 20);
  const digits = 10 ** Math.max(0, Math.floor(step / 20) - 1);
  return Math.round(exact / digits) * digits;
};

/** The colours from cold to hot, as pixels: red, green, blue, alpha. */
function palette() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const stops = dark
    ? [[20, 23, 27], [92, 40, 28], [222, 98, 38], [255, 190, 110], [255, 246, 226]]
    : [[243, 239, 231], [240, 205, 172], [224, 120, 50], [150, 48, 14], [58, 18, 22]];
  const colours = new Uint8Array(256 * 4);
  for (let heat = 0; heat < 256; heat++) {
    const place = (heat / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [a, b] = [stops[from][channel], stops[from + 1][channel]];
      colours[heat * 4 + channel] = a + (b - a) * (place - from);
    }
    colours[heat * 4 + 3] = 255;
  }
  return colours;
}

/* ---- The same with async functions: particles.c, line by line ---------------------------------------------------- */

class AsyncParticles {
  #wind = new Float32Array((WIDTH / CELL) * (HEIGHT / CELL) * 2);
  #heat = new Uint8Array(WIDTH * HEIGHT);
  #image = new ImageData(WIDTH, HEIGHT);
  #frame = nextFrame();
  #wanted = 0;
  count = 0;
  switches = 0;

  constructor(/** @type {HTMLCanvasElement} */ canvas, /** @type {Uint8Array} */ colours) {
    this.#paint(canvas, new Uint32Array(colours.buffer));
  }

  /** @param {number} wanted */
  populate(wanted) {
    this.#wanted = wanted;
    while (this.count < wanted) this.#particle(this.count++);
  }

  /** @param {number} index */
  async #particle(index) {
    let x = Math.random() * WIDTH, y = Math.random() * HEIGHT, age = Math.random() * 400;
    const speed = 0.4 + Math.random() * 1.2;
    while (index < this.#wanted) {
      const at = ((y / CELL | 0) * (WIDTH / CELL) + (x / CELL | 0)) * 2;
      x += this.#wind[at] * speed;
      y += this.#wind[at + 1] * speed;
      if (++age > 400 || x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
        x = Math.random() * WIDTH;
        y = Math.random() * HEIGHT;
        age = 0;
      }
      this.#plot(x | 0, y | 0);
      this.switches++;
      await this.#frame;
    }
    this.count = Math.min(this.count, index);
  }

  /** @param {number} x @param {number} y */
  #plot(x, y) {
    const { count } = this;
    const size = count < 200 ? 5 : count < 5000 ? 3 : count < 40000 ? 2 : 1;
    const warmth = count < 200000 ? 200 : 90;
    for (let row = y; row < y + size && row < HEIGHT; row++) {
      for (let column = x; column < x + size && column < WIDTH; column++) {
        this.#heat[row * WIDTH + column] = Math.min(255, this.#heat[row * WIDTH + column] + warmth);
      }
    }
  }

  async #paint(/** @type {HTMLCanvasElement} */ canvas, /** @type {Uint32Array} */ colours) {
    const pixels = new Uint32Array(this.#image.data.buffer);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    for (;;) {
      await this.#frame;
      this.#frame = nextFrame();
      if (!this.#wanted) continue;
      this.#blow(performance.now() / 1000);
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = colours[this.#heat[i]];
        this.#heat[i] = this.#heat[i] * 7 / 8;
      }
      context.putImageData(this.#image, 0, 0);
    }
  }

  /** @param {number} time */
  #blow(time) {
    for (let row = 0, at = 0; row < HEIGHT / CELL; row++) {
      for (let column = 0; column < WIDTH / CELL; column++) {
        const x = column * 0.09, y = row * 0.11;
        this.#wind[at++] = 1.6 * Math.sin(y * 1.3 + time * 0.31 + 1.7 * Math.sin(x * 0.8 - time * 0.2));
        this.#wind[at++] = 1.6 * Math.sin(x * 1.1 - time * 0.27 + 1.9 * Math.sin(y * 0.7 + time * 0.17));
      }
    }
  }
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/* ---- The page --------------------------------------------------------------------------------------------------- */

export async function startParticles() {
  const canvas = byId('sky'), slider = byId('count'), notice = byId('million-notice');
  const app = await load('particles.wasm', { host: browserHost(), budget: 12 });
  const empty = app.stats().memory;
  let painter = app.spawn('paint', ['#sky', palette()]);
  painter.result.catch(() => {});
  let usesC = true;
  /** @type {AsyncParticles | undefined} */
  let others;
  /** @type {any} the task that spawns or ends particles */
  let populating;
  const reduced = matchMedia('(prefers-reduced-motion: reduce)');

  async function apply() {
    const wanted = countAt(Number(slider.value));
    byId('count-shown').value = number.format(wanted);
    slider.setAttribute('aria-valuetext', `${number.format(wanted)} tasks`);
    await populating?.cancel();
    populating = app.spawn('populate', [usesC ? wanted : 0]);
    populating.result.catch(() => {}); // the next one takes over
    others?.populate(usesC ? 0 : wanted);
  }

  /** @param {boolean} choosesC */
  async function choose(choosesC) {
    if (usesC === choosesC) return;
    usesC = choosesC;
    byId('engine-c').setAttribute('aria-pressed', String(usesC));
    byId('engine-js').setAttribute('aria-pressed', String(!usesC));
    if (usesC) {
      painter = app.spawn('paint', ['#sky', palette()]);
      painter.result.catch(() => {});
    } else {
      await painter.cancel();
      others ??= new AsyncParticles(canvas, palette());
    }
    await apply();
  }

  slider.addEventListener('input', apply);
  byId('engine-c').addEventListener('click', () => choose(true));
  byId('engine-js').addEventListener('click', () => choose(false));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', async () => {
    if (!usesC) return;
    await painter.cancel();
    painter = app.spawn('paint', ['#sky', palette()]);
    painter.result.catch(() => {});
  });
  if (reduced.matches) slider.value = '20';
  await apply();

  let frames = 0;
  const count = () => {
    frames++;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  let before = { switches: 0, time: performance.now() };
  setInterval(() => {
    const stats = app.stats();
    const tasks = usesC ? stats.tasks : others?.count ?? 0;
    const switches = usesC ? stats.switches : others?.switches ?? 0;
    const now = performance.now();
    const seconds = (now - before.time) / 1000;
    const rate = Math.max(0, switches - before.switches) / seconds;
    // Memory grows in steps, which says nothing about few tasks; a page cannot measure that of JavaScript.
    const bytes = usesC && tasks > 20_000 ? number.format(Math.round((stats.memory - empty) / tasks)) : '–';
    const row = byId(usesC ? 'figures-c' : 'figures-js');
    const frame = `${(1000 * seconds / Math.max(1, frames)).toFixed(1)} ms`;
    const cells = [number.format(tasks), number.format(Math.round(rate)), bytes, frame];
    cells.forEach((text, i) => { row.cells[i + 1].textContent = text; });
    byId('figures-c').setAttribute('aria-current', String(usesC));
    byId('figures-js').setAttribute('aria-current', String(!usesC));
    notice.textContent = populating?.status === 'waiting' || populating?.status === 'ready'
      ? `making ${byId('count-shown').value} …` : '';
    before = { switches, time: now };
    frames = 0;
  }, 500);
}
