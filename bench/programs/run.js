/**
 * `node bench/programs/run.js [--switches] [NAME…]`: real programs built by lull, and by Emscripten without Asyncify
 * and with it: their sizes, and the least of their times, in turns. All have one function that can wait, at any depth.
 * `--switches` has lull build with each of its switches, by the clang of the machine, and runs everything in Node 26.
 *
 * Their sources come from Debian, as for tests/programs. Emscripten is `$EMCC`, else `emcc`.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { system } from '../../node/toolchain/system.js';
import { findEmcc } from '../../toolchain/compiler.js';
import { sourcesOf } from '../../tests/programs/sources.js';
import { nodeWithStacks } from '../switches.js';

const ROUNDS = 7;

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));
const emcc = process.env.EMCC ?? 'emcc';

const { values: { switches }, positionals: wanted } = parseArgs({
  options: { switches: { type: 'boolean' } }, allowPositionals: true,
});
const node = switches ? nodeWithStacks() : process.execPath;
if (!node) {
  console.error('--switches: needs Node 26 or later: this one, or the one of ./build.sh engines');
  process.exit(2);
}

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} source as of tests/programs/sources.js
 * @property {string} flags
 * @property {(folder: string) => string[]} files
 * @property {string[]} [args] of a run
 * @property {(printed: string) => number} seconds
 */

/** @type {Program[]} */
const PROGRAMS = [
  {
    name: 'Lua 5.4',
    source: 'lua5.4',
    flags: '-Isrc',
    files: (folder) => readdirSync(join(folder, 'src'))
      .filter((name) => /\.c$/.test(name) && !/^luac?\.c$/.test(name)).map((name) => `src/${name}`).concat('lua.c'),
    seconds: Number,
  },
  {
    name: 'SQLite 3.40',
    source: 'sqlite3',
    flags: '-I. -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_OMIT_LOAD_EXTENSION -DHAVE_USLEEP '
      + '-include pause.h',
    files(folder) {
      run(folder, 'sh', ['-c', './configure --disable-tcl >/dev/null && make sqlite3.c >/dev/null']);
      return ['sqlite3.c', 'test/speedtest1.c', 'sqlite.c'];
    },
    args: ['--size', '15'],
    seconds: (printed) => Number(/TOTAL\.+\s+([\d.]+)s/.exec(printed)?.[1]),
  },
  {
    name: 'QuickJS 2025-04',
    source: 'quickjs@trixie',
    flags: `-I. -D_GNU_SOURCE -DEMSCRIPTEN -DCONFIG_VERSION='"2025"'`,
    files: () => ['quickjs', 'libregexp', 'libunicode', 'cutils', 'dtoa'].map((name) => `${name}.c`)
      .concat('quickjs.bench.c'),
    seconds: Number,
  },
];

/**
 * @typedef {object} Build
 * @property {string} name
 * @property {(flags: string, files: string, stem: string) => string} command of a shell
 * @property {(stem: string) => string[]} start
 */

const emscripten = `${emcc} -O2 -w -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1MB -sNODERAWFS`;

/** Emscripten 3.1.6 takes a path for a URL where Node has fetch(). */
const WITHOUT_FETCH = ['--import', 'data:text/javascript,delete globalThis.fetch'];

/** @param {string} options @returns {Build} */
const byLull = (options) => ({
  name: `lull ${options}`,
  command: (flags, files, stem) =>
    `'${node}' '${cli}' build ${options} -O2 -w -DWITH_LULL ${flags} ${files} -o ${stem}.wasm`,
  start: (stem) => [cli, 'run', `${stem}.wasm`, '--'],
});

/** @type {Build[]} */
const BUILDS = [
  {
    name: 'emcc',
    command: (flags, files, stem) => `${emscripten} -sSUPPORT_LONGJMP=wasm ${flags} ${files} -o ${stem}.js`,
    start: (stem) => [...WITHOUT_FETCH, `${stem}.js`],
  },
  {
    name: 'emcc -sASYNCIFY',
    command: (flags, files, stem) =>
      `${emscripten} -sASYNCIFY -sASYNCIFY_STACK_SIZE=1048576 -DWITH_ASYNCIFY ${flags} ${files} -o ${stem}.js`,
    start: (stem) => [...WITHOUT_FETCH, `${stem}.js`],
  },
  ...(switches
    ? ['asyncify', 'asyncify --instrument all', 'stacks', 'jspi'].map((kind) => byLull(`--cc native --switch ${kind}`))
    : ['emcc', 'clang'].map((cc) => byLull(`--cc ${cc}`))),
];

/** @param {string} folder @param {string} program @param {string[]} args */
function run(folder, program, args) {
  // Debian's Emscripten finds its modules there.
  const env = { NODE_PATH: '/usr/share/nodejs', ...process.env };
  return execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** @type {(() => void)[]} */
const ended = [];
const t = { after: (/** @type {() => void} */ act) => ended.push(act), skip() {} };
process.env.LULL_PROGRAMS = 'required';
process.env.LULL_SERVER = 'off'; // its folder is not there for the Emscripten of scripts/install-emscripten-6.sh

const isWanted = (/** @type {Program} */ { name }) => !wanted.length || wanted.some((start) => name.startsWith(start));
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
console.log(`Node ${version}, ${emcc} ${await findEmcc(system)?.version()}\n`);
console.log('| Program | Built by | KB | gzipped | of plain | seconds | of plain |\n|---|---|---|---|---|---|---|');
try {
  for (const program of PROGRAMS.filter(isWanted)) {
    const folder = /** @type {string} */ (sourcesOf(t, program.source));
    for (const name of ['pause.h', 'lua.c', 'sqlite.c']) copyFileSync(join(here, name), join(folder, name));
    copyFileSync(join(here, 'quickjs.c'), join(folder, 'quickjs.bench.c'));
    const files = program.files(folder).join(' ');
    BUILDS.forEach(({ command }, i) => run(folder, 'sh', ['-ec', command(program.flags, files, `out${i}`)]));
    /** @type {number[][]} */
    const seconds = BUILDS.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      BUILDS.forEach(({ start }, i) => {
        seconds[i].push(program.seconds(run(folder, node, [...start(`out${i}`), ...program.args ?? []])));
      });
    }
    const sizes = BUILDS.map((_, i) => {
      const wasm = readFileSync(join(folder, `out${i}.wasm`));
      return [wasm.length, gzipSync(wasm, { level: 9 }).length].map((bytes) => bytes / 1000);
    });
    BUILDS.forEach(({ name }, i) => {
      const [least, plain] = [Math.min(...seconds[i]), Math.min(...seconds[0])];
      const [size, packed] = sizes[i];
      console.log(`| ${[program.name, name, size.toFixed(0), packed.toFixed(0), (size / sizes[0][0]).toFixed(2),
        least.toFixed(3), (least / plain).toFixed(2)].join(' | ')} |`);
    });
  }
} finally {
  for (const act of ended) act();
}
