/**
 * `npm run bench -- --peers`: whole programs in lull and in other runtimes, of those that are installed. Each run is a
 * process of its own, and the peers take turns. The figures are medians.
 */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { system } from '../node/toolchain/system.js';
import { build } from '../toolchain/build.js';
import { median } from './heavy.js';
import * as httpd from './httpd.js';
import { nodeWithStacks } from './switches.js';

const file = (/** @type {string} */ name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const run = promisify(execFile);

/** Rounds of each program. */
const ROUNDS = 3;
/** Milliseconds after which a program is given up. */
const LONGEST = 120_000;
/** Milliseconds from the start of the last sleeper until all sleep. */
const SETTLING = 500;
/** Characters of a program's errors, of which the first line is shown. */
const MOST_SAID = 1000;

/**
 * @typedef {object} Program
 * @property {string} what
 * @property {string} unit of its figure
 * @property {number} size
 */

/** The rows of the table. @type {Record<string, Program>} */
export const programs = {
  skynet: { what: 'a tree of 1,111,111 tasks sums a million numbers: the first run', unit: 'ms', size: 1e6 },
  sleepers: { what: 'a million tasks asleep: to wake them all, when the time has come', unit: 'ms', size: 1e6 },
  'sleepers-memory': { what: 'resident memory of each', unit: 'B', size: 1e6 },
  ring: { what: 'a token goes through 503 tasks, each with a channel, per hop', unit: 'ns', size: 1e6 },
  pingpong: { what: 'two tasks answer each other over channels of capacity 0, per answer', unit: 'ns', size: 1e6 },
  awaits: { what: 'C awaits a settled promise of JavaScript', unit: 'ns', size: 1e6 },
  http: { what: 'requests per second, 64 connections: more is better', unit: '/s', size: 0 },
};

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string[]} programs
 * @property {string} [note] on differences of its programs
 * @property {(folder: string, tools: Tools) => Promise<string[]>} make the command, to which program and size are added
 * @property {(command: string[]) => Promise<number[]>} [http] the figures of its server
 * @property {(tools: Tools) => string | undefined} lacks the package to install; undefined where all is there
 */

/**
 * @typedef {object} Tools of this machine
 * @property {(command: string) => string | undefined} version the first line of its output; undefined without it
 * @property {(path: string) => boolean} has
 * @property {string} emcc
 * @property {string | undefined} node26
 */

const NATIVE = ['-std=gnu11', '-O2'];
const TASKS = ['skynet', 'sleepers', 'sleepers-memory', 'ring', 'pingpong'];
const SWITCHES = ['skynet', 'ring', 'pingpong'];
const NAKED = 'no scheduler, channels or timers: coroutines switch to each other by name';
/** The first Emscripten with -sJSPI. */
const JSPI_SINCE = 4;

/** @type {Tools} */
const here = {
  version(command) {
    const { error, status, stdout } = spawnSync(command, [command === 'go' ? 'version' : '--version'],
      { encoding: 'utf8' });
    return error || status ? undefined : stdout.split('\n')[0];
  },
  has: existsSync,
  emcc: process.env.EMCC || 'emcc',
  node26: nodeWithStacks(),
};

/** @param {Tools} tools */
const emccMajor = (tools) => Number(/ (\d+)\.\d+\.\d+/.exec(tools.version(tools.emcc) ?? '')?.[1]);

/** @param {Tools} tools */
const lacksEmcc = (tools) => (tools.version(tools.emcc) ? undefined
  : `there is no ${tools.emcc} (apt install emscripten, or EMCC=…/emcc)`);

/** The script beside Go's wasm. @param {Tools} tools */
function goScript(tools) {
  if (!tools.version('go')) return undefined;
  const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  return ['lib', 'misc'].map((folder) => join(root, folder, 'wasm/wasm_exec.js')).find(tools.has);
}

/** Coroutines of the machine. @param {string} define @param {string[]} libraries */
const native = (define, ...libraries) => async (/** @type {string} */ folder) => {
  const program = join(folder, define);
  await run('gcc', [...NATIVE, `-D${define}=1`, file('coroutines.c'), '-o', program, ...libraries]);
  return [program];
};

/** @param {string} source @param {(tools: Tools) => string} node @param {string[]} flags */
const emscripten = (source, node, ...flags) => async (/** @type {string} */ folder, /** @type {Tools} */ tools) => {
  const program = join(folder, `${source.replace('.c', '')}${flags.join('')}.cjs`);
  const fixed = ['-std=gnu11', '-O3', '-sINITIAL_MEMORY=64MB', '-sENVIRONMENT=node', '-sEXIT_RUNTIME=1'];
  await run(tools.emcc, [...fixed, ...flags, file(source), '-o', program]);
  return [node(tools), program];
};
const thisNode = () => process.execPath;

/** @type {Peer[]} */
export const peers = [
  {
    name: 'async functions, Node’s timers, http',
    programs: [...TASKS, 'awaits', 'http'],
    note: '`pingpong` has a slot for a value, in which no sender waits',
    lacks: () => undefined,
    make: async () => [process.execPath, '--max-old-space-size=8192', file('javascript.js')],
    http: () => httpd.measure(undefined),
  },
  {
    name: 'Go, native',
    programs: [...TASKS, 'http'],
    lacks: (tools) => (tools.version('go') ? undefined : 'there is no go (apt install golang-go)'),
    async make(folder) {
      const program = join(folder, 'go');
      await run('go', ['build', '-o', program, file('main.go')], { env: { ...process.env, GO111MODULE: 'off' } });
      return [program];
    },
    http: serveAndMeasure,
  },
  {
    name: 'Go, wasm',
    programs: TASKS,
    lacks: (tools) => (!tools.version('go') ? 'there is no go (apt install golang-go)' : goScript(tools) ? undefined
      : 'this go lacks wasm_exec.js (apt install golang-misc)'),
    async make(folder, tools) {
      const program = join(folder, 'go.wasm');
      await run('go', ['build', '-o', program, file('main.go')],
        { env: { ...process.env, GO111MODULE: 'off', GOOS: 'js', GOARCH: 'wasm' } });
      return [process.execPath, file('go.js'), /** @type {string} */ (goScript(tools)), program];
    },
  },
  {
    name: 'Emscripten’s fibers',
    programs: SWITCHES,
    note: NAKED,
    lacks: lacksEmcc,
    make: emscripten('coroutines.c', thisNode, '-sASYNCIFY'),
  },
  {
    name: 'Emscripten’s Asyncify',
    programs: ['awaits'],
    note: 'one stack',
    lacks: lacksEmcc,
    make: emscripten('awaits.c', thisNode, '-sASYNCIFY'),
  },
  {
    name: 'Emscripten’s JSPI',
    programs: ['awaits'],
    note: 'one stack; in Node 26',
    lacks: (tools) => lacksEmcc(tools)
      ?? (emccMajor(tools) < JSPI_SINCE ? `${tools.emcc} is older than ${JSPI_SINCE}; EMCC names another` : undefined)
      ?? (tools.node26 ? undefined : 'it needs Node 26 (./build.sh engines installs it)'),
    make: emscripten('awaits.c', (tools) => /** @type {string} */ (tools.node26), '-sJSPI'),
  },
  {
    name: 'ucontext, native',
    programs: SWITCHES,
    note: NAKED,
    lacks: (tools) => (tools.version('gcc') ? undefined : 'there is no gcc (apt install gcc)'),
    make: native('PEER_UCONTEXT'),
  },
  {
    name: 'Boost.Context, native',
    programs: SWITCHES,
    note: NAKED,
    lacks: (tools) => (!tools.version('gcc') ? 'there is no gcc (apt install gcc)'
      : tools.has('/usr/include/boost/context') ? undefined
        : 'there is no Boost.Context (apt install libboost-context-dev)'),
    make: native('PEER_BOOST', '-lboost_context'),
  },
];

/**
 * Run a program: its figure, and for sleepers the resident bytes of the night.
 *
 * @param {string[]} command
 * @param {string} name
 * @param {number} size
 * @returns {Promise<{ figure: number, resident?: number }>}
 */
export async function runProgram(command, name, size) {
  const [program, ...args] = command;
  const child = spawn(program, [...args, name, String(size)],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { // a dump of Go's has a paragraph for each goroutine
    if (said.length < MOST_SAID) said += text;
  });
  let figure, resident, left = Infinity;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('asleep ')) {
      left = Number(line.slice(7));
      resident = await settledMemory(/** @type {number} */ (child.pid));
    } else if (line.startsWith('figure ')) figure = Number(line.slice(7));
  }
  const [status, signal] = await ended;
  if (status !== 0 || figure === undefined) {
    throw new Error(`${name} ${size} ended with ${signal ?? status}: ${said.trim().split('\n')[0]}`);
  }
  if (left < SETTLING) {
    throw new Error(`${name} ${size} had a night too short: ${left} ms were left when the last fell asleep`);
  }
  return { figure, resident };
}

/** Resident bytes of a process, once all of its tasks have had time to run to their waits. @param {number} pid */
async function settledMemory(pid) {
  await new Promise((resolve) => { setTimeout(resolve, SETTLING); });
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return undefined; // no Linux
  }
}

/** @param {string[]} command */
async function serveAndMeasure([program, ...args]) {
  const child = spawn(program, [...args, 'http', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    return await httpd.measureServer(child);
  } finally {
    child.kill();
  }
}

/**
 * Of `peers` those that are there, and the sentences of the others.
 *
 * @param {Peer[]} all
 * @param {Tools} tools
 */
export function installed(all, tools) {
  const lacks = all.map((peer) => ({ peer, lack: peer.lacks(tools) }));
  return {
    there: lacks.filter(({ lack }) => !lack).map(({ peer }) => peer),
    skipped: lacks.filter(({ lack }) => lack).map(({ peer, lack }) => `${peer.name} is skipped: ${lack}`),
  };
}

/** @typedef {{ program: string, unit: string, peer: string, value: number, spread: number[] }} Row of the figures */

/**
 * The figures as a table of Markdown: a column for each peer, and their notes.
 *
 * @param {Row[]} rows
 */
export function markdown(rows) {
  const columns = [...new Set(rows.map(({ peer }) => peer))];
  const cell = (/** @type {Row | undefined} */ row) =>
    (!row ? '' : row.value < 10 ? row.value.toFixed(1) : Math.round(row.value).toLocaleString('en'));
  const lines = Object.entries(programs).flatMap(([name, { unit, what }]) => {
    const mine = rows.filter(({ program }) => program === name);
    const cells = columns.map((peer) => cell(mine.find((row) => row.peer === peer)));
    return mine.length ? [`| ${name} | ${unit} | ${cells.join(' | ')} | ${what} |`] : [];
  });
  const notes = peers.flatMap(({ name, note }) => (note && columns.includes(name) ? [`- ${name}: ${note}`] : []));
  return [`| | | ${columns.join(' | ')} | |`, `|---|---|${columns.map(() => '---:|').join('')}---|`, ...lines,
    ...(notes.length ? ['', ...notes] : [])].join('\n');
}

/**
 * @param {Parameters<typeof build>[1]} compiler
 * @param {{ chosen: Set<string> }} options the chosen programs
 * @returns {Promise<Row[]>}
 */
export async function measurePeers(compiler, { chosen }) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-peers-'));
  try {
    return await measureIn(folder, compiler, chosen);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * lull as one of the peers.
 *
 * @param {Parameters<typeof build>[1]} compiler
 * @returns {Peer}
 */
export const lull = (compiler) => ({
  name: 'lull',
  programs: [...TASKS, 'awaits', 'http'],
  lacks: () => undefined,
  async make(folder) {
    const module = join(folder, 'lull.wasm');
    writeFileSync(module, await build(system, compiler, { args: [file('../cases.c'), file('lull.c'), '-O3'] }));
    return [process.execPath, file('lull.js'), module];
  },
  http: async () => httpd.measure(await httpdModule(compiler)),
});

/** @param {string} text */
const lastLine = (text) => text.trim().split('\n').at(-1);

/** @param {string} folder @param {Parameters<typeof build>[1]} compiler @param {Set<string>} chosen */
async function measureIn(folder, compiler, chosen) {
  const { there, skipped } = installed([lull(compiler), ...peers], here);
  for (const sentence of skipped) console.error(`bench: ${sentence}`);
  /** @type {{ peer: Peer, command: string[] }[]} */
  const made = [];
  /** Peers without room for the sleepers. @type {Set<Peer>} */
  const sleepless = new Set();
  for (const peer of there) {
    if (!peer.programs.some((name) => chosen.has(name))) continue;
    try {
      made.push({ peer, command: await peer.make(folder, here) });
    } catch (error) {
      const { message, stderr } = /** @type {Error & { stderr?: string }} */ (error);
      console.error(`bench: ${peer.name} is skipped, since it cannot be built: ${lastLine(stderr || message)}`);
    }
  }
  const httpMissing = httpd.missing();
  if (chosen.has('http') && httpMissing) console.error(`bench: http is skipped: ${httpMissing}`);
  const rows = [];
  for (const name of Object.keys(programs)) {
    if (!chosen.has(name) || (name === 'http' && httpMissing)) continue;
    const asked = made.filter(({ peer }) => peer.programs.includes(name)
      && !(name === 'sleepers-memory' && sleepless.has(peer)));
    /** @type {number[][]} */
    const values = asked.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [at, { peer, command }] of asked.entries()) {
        if (values[at].length < round) continue; // it has failed
        try {
          values[at].push(await measureOne(name, peer, command));
        } catch (error) {
          if (name === 'sleepers') sleepless.add(peer);
          console.error(`bench: ${name} of ${peer.name} is left out: ${/** @type {Error} */ (error).message}`);
        }
      }
    }
    for (const [at, { peer }] of asked.entries()) {
      const finite = values[at].filter(Number.isFinite);
      if (!finite.length) continue;
      const { unit } = programs[name], spread = [Math.min(...finite), Math.max(...finite)];
      rows.push({ program: name, unit, peer: peer.name, value: median(finite), spread });
    }
  }
  return rows;
}

/** Runs of the sleepers for the row of their memory. @type {Map<Peer, Awaited<ReturnType<typeof runProgram>>[]>} */
const nights = new Map();

/** Sleepers beside which the memory of a process is that of its runtime. */
const FEW = 1000;

/** @param {string} name @param {Peer} peer @param {string[]} command */
async function measureOne(name, peer, command) {
  const { size } = programs[name];
  if (name === 'http') return (await /** @type {Required<Peer>} */ (peer).http(command))[0];
  if (name === 'sleepers-memory') {
    const few = await runProgram(command, 'sleepers', FEW);
    const many = nights.get(peer)?.pop() ?? await runProgram(command, 'sleepers', size);
    return (Number(many.resident) - Number(few.resident)) / (size - FEW);
  }
  const ran = await runProgram(command, name, size);
  if (name === 'sleepers') nights.set(peer, [...nights.get(peer) ?? [], ran]);
  return ran.figure;
}

/** @type {Promise<Uint8Array> | undefined} */
let served;

/** @param {Parameters<typeof build>[1]} compiler */
const httpdModule = (compiler) => served ??= build(system, compiler, {
  args: [fileURLToPath(new URL('../examples/httpd.c', import.meta.url)), '-O3'],
});
