/** What executes programs with lull itself: a wasm module in this process, and a native program under sanitizers. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as statuses from '../../js/marshal/status.js';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { build } from '../../toolchain/build.js';
import { system } from '../../node/toolchain/system.js';
import { findClang, findEmcc } from '../../toolchain/compiler.js';
import { chooseWasmOpt } from '../../toolchain/wasm-opt.js';
import { SWITCHES } from '../../toolchain/switches.js';
import { allocationsOf } from '../wasm/support.js';
import { sources } from '../native/sources.js';
import { reportEvents } from './interpreter.js';

/** @import { Switch } from '../../toolchain/switches.js' */

const root = fileURLToPath(new URL('../..', import.meta.url));
const interpreter = join(root, 'tests/model/interpreter.c');

/* ---- wasm ------------------------------------------------------------------------------------------------------- */

/** How long the host waits between the things that it does, in milliseconds: as interpreter.c has it. */
const BETWEEN = 1_000_000;

/** One instance for all programs, as long as they leave it as it was. */
export class WasmRuntime {
  /** @type {any} */
  #module;
  /** @type {any} */
  #app;
  #clock = new VirtualClock();
  /** @type {any[]} */
  #reports = [];

  async build() {
    const compiler = /** @type {any} */ (findClang(system) ?? findEmcc(system));
    const sources = ['src', 'toolchain'].flatMap((name) =>
      readdirSync(join(root, name), { encoding: 'utf8', recursive: true })
        .filter((file) => /\.(c|h|js)$/.test(file)).sort().map((file) => join(root, name, file)));
    const contents = [interpreter, ...sources].map((file) => readFileSync(file));
    const wasmOpt = (await chooseWasmOpt(system))?.version ?? '';
    const kind = /** @type {Switch} */ (process.env.LULL_TEST_SWITCH ?? 'asyncify');
    const parts = [compiler.name, await compiler.version(), wasmOpt, kind, ...contents];
    // It uses the runtime's own headers, so it has the runtime's flags.
    const options = { args: [interpreter, '-O2', `-I${join(root, 'src')}`, ...SWITCHES[kind].flags], switch: kind };
    this.#module = await WebAssembly.compile(await system.cached(parts, () => build(system, compiler, options)));
  }

  /** @param {Int16Array} program @returns {Promise<number[]>} its trace */
  async run(program) {
    this.#app ??= await load(this.#module, { clock: this.#clock, report: (error) => this.#reports.push(error) });
    const { exports } = this.#app;
    this.#reports = [];
    new Int16Array(exports.memory.buffer, exports.input()).set(program);
    exports.begin();
    do await this.#clock.advance(BETWEEN);
    while (exports.step());
    const { tasks } = this.#app.stats();
    if (tasks) throw new Error(`${tasks} tasks are left`);
    const [count] = new Int32Array(exports.memory.buffer, exports.trace(), 1);
    const trace = new Int32Array(exports.memory.buffer, exports.trace() + 4, count);
    return [...trace, ...reportEvents(this.#reports.map(reportOf))];
  }

  /** Start anew: a program has not done what it should. */
  async reset() {
    this.#app = undefined;
    this.#clock = new VirtualClock();
  }

  /** The end of all programs: nothing may be left. */
  async close() {
    if (!this.#app) return;
    const app = this.#app;
    await this.reset();
    await app.close();
    const left = allocationsOf(app);
    if (left) throw new Error(`${left} allocations are left`);
  }
}

/** @param {any} error @returns {[name: string, status: number, message: number]} */
function reportOf(error) {
  const status = /** @type {any} */ (statuses)[error.code.replace('ERR_LULL_', 'E')];
  return [error.task?.name ?? '', status, error.message[0] === '#' ? parseInt(error.message.slice(1), 10) : 0];
}

/* ---- native ----------------------------------------------------------------------------------------------------- */

const flags = [
  '-std=c11', '-D_GNU_SOURCE', '-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all',
  '-DSTACK_SIZE=((size_t)64<<10)', '-I', join(root, 'src/include'), '-I', join(root, 'src'),
];

/** A process for many programs at once; or for one, to see what it does alone. */
export class NativeRuntime {
  #folder = mkdtempSync(join(tmpdir(), 'lull-model-'));
  #file = join(this.#folder, 'interpreter');
  /** @type {Map<string, number[]>} by program */
  #traces = new Map();

  /** The compiler to build it with; undefined where there is none with sanitizers. */
  static compiler = ['clang', 'gcc'].find((name) => {
    const options = /** @type {const} */ ({ input: 'int main(void) { return 0; }', encoding: 'utf8' });
    return spawnSync(name, ['-fsanitize=address,undefined', '-x', 'c', '-', '-o', '/dev/null'], options).status === 0;
  });

  build() {
    const args = [...flags, interpreter, ...sources, '-o', this.#file];
    const { status, stderr } = spawnSync(/** @type {string} */ (NativeRuntime.compiler), args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  /** Run many programs, as far as that goes. @param {Int16Array[]} programs */
  prepare(programs) {
    const { traces } = this.#execute(programs);
    traces.forEach((trace, i) => this.#traces.set(textOf(programs[i]), trace));
  }

  /** @param {Int16Array} program @returns {number[]} its trace */
  run(program) {
    const known = this.#traces.get(textOf(program));
    if (known) return known;
    const { traces: [trace], complaint } = this.#execute([program]);
    if (complaint) throw new Error(complaint);
    return trace;
  }

  /** @param {Int16Array[]} programs */
  #execute(programs) {
    const input = Buffer.concat(programs.flatMap((program) => [Uint16Array.of(program.byteLength), program].map((part) => Buffer.from(part.buffer))));
    const { stdout, stderr, status, signal, error } = spawnSync(this.#file, { input, maxBuffer: 1 << 30, env: { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=4' }, timeout: 120_000 + programs.length * 100 });
    const traces = [];
    for (let at = 0; at + 4 <= stdout.length;) {
      const end = at + 4 + 4 * stdout.readInt32LE(at);
      if (end > stdout.length) break;
      traces.push([...new Int32Array(stdout.buffer.slice(stdout.byteOffset + at + 4, stdout.byteOffset + end))]);
      at = end;
    }
    return { traces, complaint: status === 0 ? '' : `${error?.message ?? ''} ${signal ?? `status ${status}`}\n${stderr}` };
  }

  reset() {}

  close() {
    rmSync(this.#folder, { recursive: true });
  }
}

/** @param {Int16Array} program */
const textOf = (program) => Buffer.from(program.buffer).toString('latin1');
