/** The whole suite, or the test files named on the command line. It reports the steps that lack a tool. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { system } from '../node/toolchain/system.js';
import { engines } from '../tests/engines/engines.js';
import { findNative } from '../toolchain/compiler.js';
import { SWITCHES } from '../toolchain/switches.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

// A compile server could outlive a test. Tests that have one start it themselves, and end it.
process.env.LULL_SERVER = 'off';

// Only some steps have a wasm-opt, so that the machine's own changes nothing.
process.env.LULL_WASM_OPT = 'off';

/**
 * @typedef {object} Step
 * @property {string} what
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 */

/** @param {string} folder @returns {string[]} */
function testsIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testsIn(path);
    return path.endsWith('.test.js') ? [path] : [];
  }).sort();
}

/** @param {string} what @param {string[]} args @param {Record<string, string>} [env] @returns {Step} */
const node = (what, args, env) => ({ what, command: process.execPath, args, env });

// A reporter, because Node's default for a pipe is meant for machines. One file at a time, because the steps run in
// parallel. A limit, so that a test that hangs is named.
const limit = new URL('test-limit.js', import.meta.url).href;
const how = ['--test-reporter=spec', '--test-concurrency=1', '--import', limit];

/**
 * The folders of tests, in the order in which they begin: long ones first, those with wasm fixtures last. Any other
 * folder comes at the end.
 */
const TITLES = new Map(Object.entries({
  cli: 'The command',
  native: 'Native C',
  docs: 'Documents',
  structure: 'Structure',
  types: 'Types of programs',
  examples: 'Examples',
  model: 'Random programs',
  package: 'The package',
  bundlers: 'Bundlers',
  programs: 'Real programs',
  engines: 'Engines',
  browser: 'Browsers',
  bench: 'Benchmarks',
}));

/** The latest Emscripten and its wasm-opt, which scripts/install-emscripten-6.sh installs. */
const [emcc, wasmOpt] = ['emcc', 'wasm-opt'].map((name) =>
  join(process.env.LULL_EMSCRIPTEN_6 ?? '/opt/lull-emscripten-6', name));
const hasEmscripten6 = existsSync(emcc) && existsSync(wasmOpt);
/** @type {Record<string, string>} */
const withWasmOpt = hasEmscripten6 ? { LULL_WASM_OPT: wasmOpt } : {};

/**
 * The environment of steps. In browsers, the engine is tested, for which all compilers are alike, so one compiler is
 * enough: the npm compiler, for every machine. Real programs are large: a wasm-opt halves the time of their builds.
 *
 * @type {Record<string, Record<string, string>>}
 */
const SETTINGS = { browser: { LULL_TEST_COMPILER: 'clang' }, programs: withWasmOpt };

const others = readdirSync('tests').filter((name) => !TITLES.has(name) && name !== 'wasm');

/** @param {string} folder @returns {Step[]} */
function stepOf(folder) {
  const files = existsSync(`tests/${folder}`) ? testsIn(`tests/${folder}`) : [];
  const what = TITLES.get(folder) ?? `Tests of ${folder}`;
  return files.length ? [node(what, ['--test', ...how, ...files], SETTINGS[folder])] : [];
}

/** What makes files from others; with --check, each says whether they are up to date. */
const generators = readdirSync('scripts').filter((name) => name.startsWith('generate-'));

/** @returns {Step[]} */
function stepsWithEmscripten6() {
  const what = 'Wasm, with Emscripten 6 and its wasm-opt';
  if (hasEmscripten6) {
    return [node(what, [...how, 'tests/wasm/all.js'], { LULL_TEST_COMPILER: 'emcc', EMCC: emcc, ...withWasmOpt })];
  }
  return [node(what, ['--eval', "console.log('the wasm tests with Emscripten 6 # there is no Emscripten 6')"])];
}

/**
 * The wasm tests with the clang of this machine.
 *
 * @returns {Promise<Step[]>}
 */
async function stepsWithNative() {
  const what = 'Wasm, with the clang of this machine';
  const complete = await findNative(system)?.version().then(() => true, () => false);
  if (complete) return [node(what, [...how, 'tests/wasm/all.js'], { LULL_TEST_COMPILER: 'native', ...withWasmOpt })];
  const without = "console.log('the wasm tests with native # there is no clang with wasm-ld and wasi-libc')";
  return [node(what, ['--eval', without])];
}

/**
 * The engine for the modules of each switch that not every Node can run, and its flags.
 *
 * @type {Record<string, { engine: keyof typeof engines, flags: string[] }>}
 */
const ENGINES = {
  stacks: { engine: 'node-26', flags: ['--experimental-wasm-wasmfx'] },
  jspi: { engine: 'node-26', flags: [] },
};

/**
 * The command for tests of modules with a switch: LULL_TEST_SWITCH, of which tests/wasm/fixture.js reads more.
 *
 * @param {string} [name] of the switch
 * @returns {{ command: string, flags: string[], missing?: string }}
 */
function engineFor(name) {
  const wanted = ENGINES[name ?? ''];
  if (!wanted) return { command: process.execPath, flags: [] };
  const { engine, flags } = wanted;
  const missing = engines[engine] ? undefined : `there is no ${engine} here (./build.sh engines installs it)`;
  return { command: engines[engine] ?? '', flags, missing };
}

/**
 * The wasm tests and the random programs with each other switch. The engine is tested, so one compiler is enough.
 *
 * @returns {Step[]}
 */
const stepsWithSwitches = () => Object.keys(ENGINES).map((name) => {
  const what = `Wasm and random programs, with the switch on ${name}`;
  const { command, flags, missing } = engineFor(name);
  if (missing) return node(what, ['--eval', `console.log('the tests with --switch ${name} # ${missing}')`]);
  const args = [...flags, ...how, '--test', 'tests/wasm/all.js', ...testsIn('tests/model')];
  const env = { LULL_TEST_SWITCH: name, LULL_TEST_COMPILER: 'clang', LULL_RUNS: '5000', ...withWasmOpt };
  return { what, command, args, env };
});

/** Where users have JSPI: in pages. */
const browsersWithJspi = node('Browsers, with the switch on jspi', [
  '--test', ...how, ...['chromium', 'firefox'].map((name) => `tests/browser/${name}.test.js`),
], { ...SETTINGS.browser, LULL_TEST_SWITCH: 'jspi' });

/** In the order in which they begin. */
const steps = [
  ...generators.map((name) => node(`Made anew: ${name}`, [`scripts/${name}`, '--check'])),
  node('Types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']),
  node('Wasm', [...how, 'tests/wasm/all.js']),
  node('Wasm, with all tasks on the stack that they share', [...how, 'tests/wasm/all.js'], {
    LULL_TEST_STACK: 'shared',
  }),
  node('Wasm, with frames as Asyncify saves them', [...how, 'tests/wasm/all.js'], {
    LULL_TEST_FRAMES: 'plain', LULL_TEST_COMPILER: 'clang',
  }),
  ...stepsWithEmscripten6(),
  ...await stepsWithNative(),
  ...stepsWithSwitches(),
  browsersWithJspi,
  { what: 'Format and lint', command: 'bash', args: ['scripts/lint.sh'] },
  ...[...TITLES.keys(), ...others].flatMap(stepOf),
];

/** A line of output that says what a step leaves out. */
const LEFT_OUT = /^.* # (there is no .*|\S+ is not installed)$|^lint: .* is not installed.*$/gm;

/**
 * Run a step, and print its output when it has ended.
 *
 * @param {Step} step
 * @returns {Promise<{ ok: boolean, leftOut: string[] }>}
 */
async function run({ what, command, args, env = {} }) {
  const start = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  console.log(`\n== ${what} (${Math.round((performance.now() - start) / 1000)} s)\n${stdout}${stderr}`.trimEnd());
  const leftOut = [...stdout.matchAll(LEFT_OUT)].map(([line, reason]) => reason ?? line);
  return { ok: status === 0, leftOut };
}

/**
 * Run the steps, as many at a time as there are processors. After a failure, no further step begins.
 *
 * @param {Step[]} queue
 */
async function runAll(queue) {
  const left = queue.values();
  /** @type {Set<string>} */
  const leftOut = new Set();
  let failed = false;
  const worker = async () => {
    for (const step of left) {
      const result = await run(step);
      result.leftOut.forEach((line) => leftOut.add(line));
      failed ||= !result.ok;
      if (failed) return;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (leftOut.size) console.log(`\nLeft out:\n${[...leftOut].map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = failed ? 1 : 0;
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`test: ${why}`);
  process.exit(2);
}

const { LULL_TEST_SWITCH: wanted } = process.env;
const switches = Object.keys(SWITCHES);
if (wanted && !switches.includes(wanted)) refuse(`LULL_TEST_SWITCH=${wanted}: there are ${switches.join(', ')}`);
const named = process.argv.slice(2).flatMap((path) => {
  if (!existsSync(path)) refuse(`${path} does not exist; name test files, or folders of tests`);
  return statSync(path).isDirectory() ? testsIn(path) : path;
});
if (wanted && !named.length) named.push(...testsIn('tests/wasm'), ...testsIn('tests/model'));
if (named.length) {
  const { command, flags, missing } = engineFor(wanted);
  if (missing) refuse(`LULL_TEST_SWITCH=${wanted}: ${missing}`);
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, [...flags, '--test', ...how, ...named], { stdio: 'inherit' });
    child.on('error', reject).on('close', resolve);
  });
  process.exitCode = status ?? 1;
} else {
  await runAll(steps);
}
