/**
 * Two runs of the benchmarks: which cases changed beyond the noise. Ratios to the baseline are compared, since the
 * machine may have been another, or busier. The noise is the spread of the rounds: a gap between two spreads is a
 * change where it is wider than either. A narrower one is chance: with three rounds and no change, every tenth case has
 * one.
 */

/**
 * @typedef {object} Figure of a case, as --json writes it
 * @property {string} name
 * @property {string} unit
 * @property {string} baseline
 * @property {number} ratio
 * @property {number[]} [spread] the lowest and the highest ratio of the rounds
 */

/** @typedef {'slower' | 'faster' | 'same' | 'new' | 'gone' | 'unknown'} Change of a case */

/**
 * The figures in a file of --json. A ratio to a baseline of nothing is no number there, and left out.
 *
 * @param {string} text
 * @returns {Figure[] | undefined} undefined where there are none
 */
export function figuresOf(text) {
  let cases;
  try {
    ({ cases } = JSON.parse(text) ?? {});
  } catch {
    return undefined;
  }
  const isFigure = (/** @type {any} */ one) => typeof one?.name === 'string' && typeof one.ratio === 'number';
  const figures = Array.isArray(cases) ? cases.filter(isFigure) : [];
  return figures.length ? figures : undefined;
}

/** @param {Figure} figure */
const key = ({ name, baseline }) => `${name} / ${baseline}`;

/**
 * @param {Figure | undefined} before
 * @param {Figure | undefined} now
 * @returns {Change}
 */
function change(before, now) {
  if (!before) return 'new';
  if (!now) return 'gone';
  const [least, most] = before.spread ?? [], [leastNow, mostNow] = now.spread ?? [];
  if (![least, most, leastNow, mostNow].every(Number.isFinite)) return 'unknown'; // JSON has null for infinity
  const rise = leastNow - most, fall = least - mostNow;
  if (Math.max(rise, fall) <= Math.max(most - least, mostNow - leastNow)) return 'same';
  const moreIsBetter = now.unit.startsWith('/');
  return rise > 0 === moreIsBetter ? 'faster' : 'slower';
}

/**
 * @param {Figure[]} before
 * @param {Figure[]} now
 * @returns {{ case: string, before?: Figure, now?: Figure, change: Change }[]}
 */
export function compare(before, now) {
  const old = new Map(before.map((figure) => [key(figure), figure]));
  const rows = now.map((figure) => ({ case: key(figure), before: old.get(key(figure)), now: figure }));
  const gone = before.filter((figure) => !now.some((other) => key(other) === key(figure)));
  return [...rows, ...gone.map((figure) => ({ case: key(figure), before: figure, now: undefined }))]
    .map((row) => ({ ...row, change: change(row.before, row.now) }));
}

/** @param {Figure} figure */
const shown = ({ ratio, spread }) =>
  `${ratio.toFixed(2)}${spread ? ` (${spread.map((one) => one.toFixed(2)).join(' to ')})` : ''}`;

/**
 * A comparison as lines.
 *
 * @param {ReturnType<typeof compare>} rows
 * @returns {string}
 */
export function report(rows) {
  const lines = rows.flatMap(({ case: name, before, now, change: how }) => {
    if (how === 'same') return [];
    const figures = [before, now].map((figure) => (figure ? shown(figure) : '-')).join(' -> ');
    const note = { unknown: 'no spread of rounds to tell by' }[/** @type {string} */ (how)] ?? how;
    return [`${name.padEnd(50)} ${figures}  ${note}`];
  });
  const same = rows.length - lines.length;
  return ['Changed beyond the noise, as ratios to the baseline (of all rounds):', ...lines,
    `${lines.length ? '' : 'nothing; '}${same} of ${rows.length} are as before`].join('\n');
}
