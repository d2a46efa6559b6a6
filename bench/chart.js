/**
 * `node bench/chart.js [FIGURES.json [CHART.svg]]`: draw the figures of `npm run bench -- --scale --json FILE`, for
 * light and dark pages. Without names: those of docs/performance.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rows } from './scale-measures.js';

/** @import { Point } from './scale-measures.js' */

/** Distinguishable for most eyes, on white and on black: a color for each line in light and in dark. */
const COLORS = [
  ['#1f6fb4', '#6cb2f0'], ['#c2410c', '#fb923c'], ['#15803d', '#4ade80'], ['#7e22ce', '#c4a1ff'],
  ['#b91c5c', '#f788b6'], ['#7a5c00', '#e6c34d'], ['#0e7490', '#4dd0e1'], ['#525252', '#c0c0c0'],
];

const WIDTH = 900, HEIGHT = 420, TOP = 40, BOTTOM = 40, LEFT = 52, PANEL = 310, GAP = 62;
const LEGEND = LEFT + 2 * PANEL + GAP + 24;

/** @param {number} number */
const short = (number) => (number >= 1e9 ? `${number / 1e9} G` : number >= 1e6 ? `${number / 1e6} M`
  : number >= 1e3 ? `${number / 1e3} k` : `${number}`);

/** The powers of ten around numbers. @param {number[]} numbers */
function decades(numbers) {
  const logs = numbers.map(Math.log10);
  const low = Math.floor(Math.min(...logs)), high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  return Array.from({ length: high - low + 1 }, (_, at) => low + at);
}

/**
 * A panel with logarithmic axes: a line for each row.
 *
 * @param {string} title
 * @param {number} left
 * @param {Map<string, { x: number, y: number }[]>} lines
 */
function panel(title, left, lines) {
  const all = [...lines.values()].flat();
  if (!all.length) return [];
  const across = decades(all.map(({ x }) => x)), up = decades(all.map(({ y }) => y));
  const place = (/** @type {number[]} */ scale, /** @type {number} */ at, /** @type {number} */ length) =>
    ((at - scale[0]) / (scale.length - 1)) * length;
  const right = (/** @type {number} */ log) => (left + place(across, log, PANEL)).toFixed(1);
  const down = (/** @type {number} */ log) => (HEIGHT - BOTTOM - place(up, log, HEIGHT - TOP - BOTTOM)).toFixed(1);
  const out = [`<text class="title" x="${left}" y="22">${title}</text>`];
  for (const log of up) {
    out.push(`<path class="grid" d="M${left} ${down(log)}h${PANEL}"/>`,
      `<text class="end" x="${left - 6}" y="${(Number(down(log)) + 4).toFixed(1)}">${short(10 ** log)}</text>`);
  }
  for (const log of across) {
    out.push(`<path class="grid" d="M${right(log)} ${TOP}V${HEIGHT - BOTTOM}"/>`,
      `<text class="middle" x="${right(log)}" y="${HEIGHT - BOTTOM + 18}">${short(10 ** log)}</text>`);
  }
  for (const [row, ends] of lines) {
    const at = ends.map(({ x, y }) => [right(Math.log10(x)), down(Math.log10(y))]);
    const color = `c${Object.keys(rows).indexOf(row)}`;
    if (at.length > 1) out.push(`<polyline class="${color}" points="${at.join(' ')}"/>`);
    for (const [x, y] of at) out.push(`<circle class="${color}" cx="${x}" cy="${y}" r="3"/>`);
  }
  return out;
}

/**
 * @param {Point[]} points
 * @returns {string} SVG
 */
export function chart(points) {
  const names = Object.keys(rows).filter((name) => points.some(({ row }) => row === name));
  const lines = (/** @type {'nanoseconds' | 'bytes'} */ what) => new Map(names.map((name) => [name, points
    .filter((one) => one.row === name && Number(one[what]) > 0)
    .map((one) => ({ x: one.tasks, y: Number(one[what]) }))]));
  const styles = (/** @type {number} */ mode) => COLORS.map((colors, at) => `.c${at}{--c:${colors[mode]}}`).join('');
  const legend = names.flatMap((name, at) => {
    const y = TOP + 14 + at * 22, color = `c${Object.keys(rows).indexOf(name)}`;
    return [`<circle class="${color}" cx="${LEGEND}" cy="${y - 4}" r="4"/>`,
      `<text x="${LEGEND + 12}" y="${y}">${name}</text>`];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    '<title>Nanoseconds for an operation, and bytes for a task, by the number of tasks</title>',
    '<style>',
    'svg{--back:#fff;--ink:#1f2328;--grid:#d8dee4}',
    styles(0),
    `@media (prefers-color-scheme: dark){svg{--back:#0d1117;--ink:#e6edf3;--grid:#30363d}${styles(1)}}`,
    'text{font:12px system-ui,sans-serif;fill:var(--ink)}.title{font-weight:600;font-size:13px}',
    '.end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:var(--grid);fill:none}',
    'polyline{fill:none;stroke:var(--c);stroke-width:2}circle{fill:var(--c)}.back{fill:var(--back)}',
    '</style>',
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...panel('ns for an operation, by tasks', LEFT, lines('nanoseconds')),
    ...panel('bytes for a task, by tasks', LEFT + PANEL + GAP, lines('bytes')),
    ...legend,
    '</svg>',
  ].join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const docs = new URL('../docs/', import.meta.url);
  const [from = new URL('scale.json', docs), to = new URL('scale.svg', docs)] = process.argv.slice(2);
  writeFileSync(to, chart(JSON.parse(readFileSync(from, 'utf8')).points));
}
