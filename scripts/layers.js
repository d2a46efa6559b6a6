/**
 * The layers of the sources: what each folder is for, and what it may use. tests/structure/layers.test.js holds the
 * sources to it, and the map of CONTRIBUTING.md is made from it. See D69.
 */

/**
 * @typedef {object} Layer
 * @property {string} path a folder, with the folders in it that are not layers themselves; or one file
 * @property {string} purpose
 * @property {string[]} uses the layers just below; it may use all that those may use, too
 * @property {true} [node] it may import Node's own modules
 */

/** Of each language, from the bottom up. @type {Layer[]} */
export const layers = [
  { path: 'src/wasi-libc', uses: [], purpose: 'Headers in front of those of wasi-libc.' },
  { path: 'src/emscripten', uses: [], purpose: 'Headers that some versions of Emscripten lack.' },
  { path: 'src/include', uses: [], purpose: 'The public headers, which are the manual.' },
  { path: 'src/port', uses: ['src/include'], purpose: 'The platform under the runtime, and the stack switch.' },
  { path: 'src/base', uses: ['src/port'], purpose: 'Data structures that know no task.' },
  { path: 'src/sched', uses: ['src/base'], purpose: 'Tasks, the ready queue, the one wait, scopes, the loop.' },
  { path: 'src/waitables', uses: ['src/sched'], purpose: 'What a task can wait for, built on the scheduler.' },
  { path: 'src/boundary', uses: ['src/waitables'], purpose: 'C and JavaScript call each other.' },
  { path: 'src/posix', uses: ['src/boundary'], purpose: 'The C library\'s waits as waits of tasks.' },
  { path: 'src/hostlib', uses: ['src/posix'], purpose: 'The C halves of the host libraries.' },
  { path: 'src/runtime.c', uses: ['src/hostlib'], purpose: 'All of them as one translation unit.' },

  { path: 'js/marshal', uses: [], purpose: 'Values, on their way between JavaScript and the memory of an instance.' },
  { path: 'js/core', uses: ['js/marshal'], purpose: 'An instance and its app: what every module needs.' },
  { path: 'js/files', uses: ['js/marshal'], purpose: 'Files of programs, in memory and as WASI has them.' },
  { path: 'js/posix', uses: ['js/core'], purpose: 'The sockets of C: what platforms share.' },
  { path: 'js/features', uses: ['js/files', 'js/posix'], purpose: 'Loaded for the modules that use them.' },
  { path: 'js/diagnostics', uses: ['js/features'], purpose: 'Loaded when something has to be explained.' },
  { path: 'js/load.js', uses: ['js/diagnostics'], purpose: 'From a module to an app.' },
  { path: 'js/testing.js', uses: ['js/core'], purpose: 'A virtual clock for tests of applications.' },
  { path: 'js/hostlib', uses: ['js/core'], purpose: 'The host libraries: what platforms share.' },
  { path: 'web/hostlib', uses: ['js/hostlib', 'js/files'], purpose: 'The host libraries of pages.' },
  { path: 'web', uses: ['js/load.js', 'js/hostlib'], purpose: 'The entries for browsers and for workerd.' },
  { path: 'node/posix', uses: ['js/posix'], node: true, purpose: 'The sockets of C on Node\'s network.' },
  { path: 'node/hostlib', uses: ['js/hostlib', 'node/posix'], node: true, purpose: 'The host libraries of Node.' },
  { path: 'node', uses: ['web', 'node/posix'], node: true, purpose: 'The entry for Node.' },
  { path: 'toolchain', uses: ['js/diagnostics'], purpose: 'From C to a WebAssembly module.' },
  { path: 'node/toolchain', uses: ['toolchain', 'node'], node: true, purpose: 'Node as platform of the toolchain.' },
  { path: 'cli/client', uses: ['node/toolchain'], node: true, purpose: 'The client of the compile server.' },
  { path: 'cli', uses: ['cli/client', 'node', 'node/hostlib'], node: true, purpose: 'The command `lull`.' },
  { path: 'cli/server', uses: ['cli'], node: true, purpose: 'The compile server.' },
];

/** The folders that are no layers. @type {{ path: string, purpose: string }[]} */
export const otherFolders = [
  { path: 'src/cplusplus', purpose: 'The part of the runtime that is C++, for programs with exceptions.' },
  { path: 'web/demo', purpose: 'The demo page. Its screenshots are in `build/screenshots` after `tests/browser`.' },
  { path: 'examples', purpose: 'Programs for readers; `third_party` in it is code of others, unchanged.' },
  { path: 'docs', purpose: 'The documents; `reference` makes the API reference.' },
  { path: 'bench', purpose: 'Benchmarks, each with a baseline without lull.' },
  { path: 'scripts', purpose: 'What `npm run` and `build.sh` call.' },
  { path: 'tests/native', purpose: 'C tests, under sanitizers and valgrind, with a virtual clock.' },
  { path: 'tests/wasm', purpose: 'Modules in Node; `all.js` runs every file in one process.' },
  { path: 'tests/model', purpose: 'Random programs, on which lull and a model of its contracts must agree.' },
  { path: 'tests/browser', purpose: '`tests/wasm` in three browsers; the demo page; docs/browsers.md; the chat.' },
  { path: 'tests/engines', purpose: 'The same in other versions of Node, in Deno, Bun and workerd.' },
  { path: 'tests/foreign', purpose: 'Stands in for `node:test` where that is missing: pages and workerd.' },
  { path: 'tests/host', purpose: 'The host libraries of Node.' },
  { path: 'tests/cli', purpose: 'The command.' },
  { path: 'tests/types', purpose: 'What TypeScript accepts and rejects in programs that use lull.' },
  { path: 'tests/package', purpose: 'The package as npm packs it.' },
  { path: 'tests/programs', purpose: 'Real programs, unmodified, built by their own build systems.' },
  { path: 'tests/bundlers', purpose: 'What bundlers make of it.' },
  { path: 'tests/examples', purpose: 'The examples.' },
  { path: 'tests/docs', purpose: 'The documents: links, names, snippets, and the rules of docs/semantics.md.' },
  { path: 'tests/structure', purpose: 'The layers, and the graph of the sources.' },
  { path: 'tests/bench', purpose: 'The benchmarks: work equal to that of their baselines, options, reports.' },
];
