/**
 * `npm run bench [-- --json FILE] [-- --only NAMES]`: lull measured against baselines in the same process; with
 * `--switch NAME`, lull's own build on Asyncify is one of them. `--compare OLD.json` says what changed since.
 *
 * Case and baseline take turns, so that changes in the machine's speed affect both, and neither collects the other's
 * garbage. The figures are medians, and the ratio is the median of the ratios of the pairs. Only the ratio carries over
 * to another machine.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from '../toolchain/build.js';
import { chooseCompiler } from '../toolchain/compiler.js';
import { Failure } from '../toolchain/failure.js';
import { enable } from '../cli/commands/engine.js';
import { lackFor } from '../js/diagnostics/switches.js';
import { switchesOf } from '../toolchain/switches.js';
import { lullVersion } from '../node/toolchain/packages.js';
import { system } from '../node/toolchain/system.js';
import { load } from '../node/index.js';
import { fileURLToPath } from 'node:url';
import { measureAlone } from './alone.js';
import { measureIn, pageCases } from './browser.js';
import { cases, host } from './cases.js';
import { compare, report } from './compare.js';
import { heavyCases, median } from './heavy.js';
import * as httpd from './httpd.js';
import { loadJspi } from './jspi.js';
import { machine, machineAfter, warnOf } from './machine.js';
import { choose, readOptions, USAGE } from './options.js';
import { markdown as peersTable, measurePeers, programs } from './peers.js';
import { measurePosix, posixCases } from './posix.js';
import { measureScale, markdown as scaleTable } from './scale.js';
import { rows as scaleRows } from './scale-measures.js';
import { freshRows, repeatedRows } from './switch-cases.js';
import { markdown, measureSwitches, nodeWithStacks } from './switches.js';

const ROUNDS = 7;

const { Bun } = /** @type {any} */ (globalThis);
if (!Bun) setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collectGarbage = Bun ? () => Bun.gc(true) : runInNewContext('gc');

/** A mistake of the user's is a sentence. @param {unknown} error @returns {never} */
function say(error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exit(error.status);
}
process.on('uncaughtException', say);

const runtime = Bun ? `Bun ${Bun.version} (JavaScriptCore)`
  : `Node ${process.versions.node} (V8 ${process.versions.v8})`;
const thisNode = `${runtime}, ${process.platform} ${process.arch}`;

const options = readOptions(process.argv.slice(2));
if (options.help) {
  console.log(USAGE);
  process.exit();
}
if (options.switches && !options.browser && !nodeWithStacks()) {
  console.error('--switches: needs Node 26 or later: this one, or the one of ./build.sh engines');
  process.exit(2);
}
const [kind] = switchesOf(options.switch ?? 'asyncify');
enable(kind);
const lack = lackFor(kind);
if (lack || (options.switch && options.browser)) {
  console.error(`--switch ${kind}: ${lack ?? 'not in a browser'}`);
  process.exit(2);
}
const names = options.scale ? Object.keys(scaleRows) : options.peers ? Object.keys(programs)
  : options.switches ? [...repeatedRows, ...freshRows].map(({ name }) => name) : [
  ...cases(/** @type {any} */ ({ call: {} }), undefined).map(({ name }) => name),
  ...(options.switch ? [] : options.browser ? pageCases
    : [...heavyCases, ...posixCases, httpd].flatMap(({ figures }) => figures.map(({ name }) => name))),
];
const chosen = choose(options.only, names);

const compiler = chooseCompiler(system, options.cc);
const here = machine();
warnOf(here);

/** Write the JSON that is asked for, and the table. @param {object} figures @param {string} table */
function writeFigures(figures, table) {
  const after = machineAfter(here);
  if (after !== here) warnOf(after);
  const json = JSON.stringify({ ...figures, machine: after }, null, 2);
  if (options.json !== undefined && options.json !== '-') writeFileSync(options.json, `${json}\n`);
  console.log(options.json === '-' ? json : table);
}

if (options.scale) {
  const points = await measureScale(await build(system, compiler, {
    args: [fileURLToPath(new URL('scale.c', import.meta.url)), '-O3'],
  }), { power: options.scale, chosen });
  writeFigures({ engine: thisNode, compiler: `${compiler.name} ${await compiler.version()}`, points },
    `${thisNode}; ${here.processor}\n\n${scaleTable(points)}`);
  process.exit();
}
if (options.peers) {
  const rows = await measurePeers(compiler, { chosen });
  writeFigures({ engine: thisNode, peers: rows }, `${thisNode}; ${here.processor}\n\n${peersTable(rows)}`);
  process.exit();
}
if (options.switches) {
  const { engine, table } = await measureSwitches(compiler, { browser: options.browser, chosen });
  writeFigures({ engine, cases: table }, `${engine}\n\n${markdown(table)}`);
  process.exit();
}
/** @param {string} path @param {typeof kind} [on] */
const built = (path, on = kind) => build(system, compiler, {
  args: [fileURLToPath(new URL(path, import.meta.url)), '-O3'], switch: on,
});
const wasm = await built('cases.c');
const app = await load(wasm, { host });
const onAsyncify = kind === 'asyncify' ? undefined : await load(await built('cases.c', 'asyncify'), { host });
const jspi = await loadJspi();

/**
 * Nanoseconds for one of the `times` repetitions of `run`. The first round after a garbage collection does not count:
 * with the last object of a shape, V8 drops the code that it had optimized for that shape.
 *
 * @param {(times: number) => Promise<unknown>} run
 * @param {number} times
 * @param {boolean} [cold] whether it does count
 */
async function time(run, times, cold) {
  collectGarbage();
  if (!cold) await run(times);
  const start = performance.now();
  await run(times);
  return ((performance.now() - start) * 1e6) / times;
}

/**
 * @param {{ name: string, what: string, unit: string, baseline: string }} figure
 * @param {number[][]} pairs lull's figure and the baseline's
 */
function summary(figure, pairs) {
  const ratios = pairs.map(([value, other]) => value / other);
  return {
    ...figure,
    value: median(pairs.map(([value]) => value)),
    baselineValue: median(pairs.map(([, value]) => value)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

const figures = [];
let engine = thisNode;
if (options.browser) {
  const measured = await measureIn(options.browser, compiler, wasm, { chosen: [...chosen], rounds: ROUNDS });
  engine = measured.engine;
  figures.push(...measured.figures.map(({ pairs, ...figure }) => summary(figure, pairs)));
}
const others = onAsyncify ? cases(/** @type {any} */ (onAsyncify), undefined) : [];
const ownCases = options.browser ? [] : cases(/** @type {any} */ (app), jspi);
for (const { name, what, times, cold, run, baselines } of ownCases) {
  if (!chosen.has(name)) continue;
  const other = others.find((one) => one.name === name);
  if (other) baselines.unshift({ name: 'lull on Asyncify', run: other.run });
  for (const { name: baseline, run: runBaseline } of baselines) {
    await time(run, times);
    await time(runBaseline, times);
    const pairs = [];
    for (let round = 0; round < ROUNDS; round++) {
      pairs.push([await time(run, times, cold), await time(runBaseline, times, cold)]);
    }
    figures.push(summary({ name, what, unit: 'ns', baseline }, pairs));
  }
}
await app.close();
await onAsyncify?.close();

/**
 * @param {{ figures: { name: string, what: string, unit: string }[], rounds: number, baseline: string }} measured
 * @param {(wasm: Uint8Array | undefined) => Promise<number[]>} measure
 * @param {Uint8Array} wasm
 */
async function compareAlone({ figures: asked, rounds, baseline }, measure, wasm) {
  /** @type {number[][][]} by round: lull's figures and the baseline's */
  const pairs = [];
  while (pairs.length < rounds) pairs.push([await measure(wasm), await measure(undefined)]);
  asked.forEach((figure, at) => {
    figures.push(summary({ ...figure, baseline }, pairs.map((sides) => sides.map((side) => side[at]))));
  });
}

/** @param {{ figures: { name: string }[] }} measured */
const isAsked = ({ figures: measured }) => !options.browser && measured.some(({ name }) => chosen.has(name));

for (const heavy of heavyCases) {
  if (isAsked(heavy)) await compareAlone(heavy, (side) => measureAlone(heavy.name, side), wasm);
}
const posix = posixCases.filter(isAsked);
if (posix.length) {
  const module = await built('posix.c');
  for (const one of posix) await compareAlone(one, (side) => measurePosix(one, !side, module), module);
}
if (isAsked(httpd)) {
  const missing = httpd.missing();
  if (missing) console.error(`bench: ${httpd.name} is skipped: ${missing}`);
  else await compareAlone(httpd, httpd.measure, await built('../examples/httpd.c'));
}

const versions = {
  lull: lullVersion,
  [compiler.name]: await compiler.version(),
  binaryen: system.findPackage('binaryen')?.version,
};
const row = (/** @type {string[]} */ [name, value, unit, baseline, baselineValue, ratio]) => [
  name.padEnd(20), value.padStart(10), unit.padEnd(6), ' ', baseline.padEnd(34), baselineValue.padStart(10),
  ratio.padStart(7),
].join(' ');
writeFigures({ cases: figures.map(({ what, ...figure }) => figure), engine, versions }, [
  `${engine}; ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}`,
  `medians of ${ROUNDS}, fewer for cases in processes of their own; baselines interleaved\n`,
  row(['case', '', '', 'baseline', '', 'ratio']),
  ...figures.map(({ name, value, unit, baseline, baselineValue, ratio }) =>
    row([name, value.toFixed(1), unit, baseline, baselineValue.toFixed(1), ratio.toFixed(2)])),
  '',
  ...[...new Map(figures.map(({ name, what }) => [name, what]))].map(([name, what]) => `${name.padEnd(20)} ${what}`),
].join('\n'));
if (options.compare) {
  const asked = options.compare.filter(({ name }) => chosen.has(name) || !options.only);
  const said = report(compare(asked, figures));
  if (options.json === '-') console.error(said);
  else console.log(`\n${said}`);
}
