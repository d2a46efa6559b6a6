/**
 * workerd: a worker with the tests of the wasm build, bundled. What they use of node:test is in tests/foreign/,
 * node:assert is workerd's own, and lull's entry is that for workerd. As it compiles no bytes, all fixtures are in the
 * worker's configuration: which those are, it is asked first.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { fixture } from '../wasm/fixture.js';
import { engines, missing, root, suite } from './engines.js';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** Files that are not run in workerd. */
const LEFT_OUT_FILES = {
  'frames.test.js': 'reads the code of a module, whatever runs it',
};

/** Tests that are not run in workerd, and why. */
const LEFT_OUT = Object.fromEntries(Object.entries({
  'it loads modules, no bytes': [
    'from bytes',
    'from an ArrayBuffer',
    'from a response',
    'from a response that does not say its type',
    'from a data: URL',
    'a response that is no success is named',
    'a source that is none is a TypeError',
    'a module that lull did not build is refused',
    'a module of another version is refused',
    'a declaration with a type that cannot cross is refused, and the types that can are listed',
    'an export that looks like a declaration but is none is refused',
  ].map((name) => `load.test.js › ${name}`),
  'it has no node:vm': ['realms.test.js › bytes of another context, to C'],
  'it has no files': [
    'load.test.js › from a path and a file: URL',
    'load.test.js › a missing file is what the file system says',
  ],
  'it has no threads': [
    'errors.test.js › where there is no reportError it is an unhandled rejection',
    'errors.test.js › a result that nobody handles is an unhandled rejection',
  ],
  'it has no process': ['close.test.js › close leaves no timer of the host that would keep the process'],
  'it does not say who listens to a signal': ['js-channels.test.js › a wait that is over has left its signal'],
}).flatMap(([reason, names]) => names.map((name) => [name, reason])));

const files = suite.filter((path) => !Object.hasOwn(LEFT_OUT_FILES, basename(path)));

const replaced = new Map(Object.entries({
  'node:test': here('../foreign/node-test.js'),
  './fixture.js': here('workerd/fixture.js'),
  '../../node/index.js': here('../../web/workerd.js'),
}));

/** What workerd has of Node. */
const BUILT_IN = ['node:assert/strict', 'node:events'];

/** @param {string[]} keys of the fixtures @returns {import('esbuild').Plugin} */
const forWorkerd = (keys) => ({
  name: 'for workerd',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) => {
      if (replaced.has(path)) return { path: replaced.get(path) };
      if (path.endsWith('node/clock.js')) return { path: here('../browser/page/clock.js') };
      if (BUILT_IN.includes(path) || path.endsWith('.wasm')) return { path, external: true };
      if (path === 'fixtures' || path === 'tests') return { path, namespace: 'made' };
      // What only tests that are left out use.
      return path.startsWith('node:') ? { path, namespace: 'absent' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
    onLoad({ filter: /^fixtures$/, namespace: 'made' }, () => ({
      contents: `${keys.map((_, i) => `import module${i} from './${i}.wasm';`).join('\n')}
        export default new Map([${keys.map((key, i) => `[${JSON.stringify(key)}, module${i}]`).join()}]);`,
    }));
    onLoad({ filter: /^tests$/, namespace: 'made' }, () => ({
      contents: files.map((path) => `import ${JSON.stringify(`begin:${path}`)}; import ${JSON.stringify(path)};`)
        .join('\n'),
      resolveDir: root,
    }));
    onResolve({ filter: /^begin:/ }, ({ path }) => ({ path, namespace: 'begin' }));
    onLoad({ filter: /.*/, namespace: 'begin' }, ({ path }) => ({
      contents: `import { begin } from 'node:test'; begin(${JSON.stringify(basename(path))});`,
      resolveDir: root,
    }));
  },
});

/** @param {number} fixtures how many */
const configuration = (fixtures) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .tests)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const tests :Workerd.Worker = (
  compatibilityDate = "2026-09-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
${Array.from({ length: fixtures }, (_, i) => `    (name = "${i}.wasm", wasm = embed "${i}.wasm"),\n`).join('')}  ],
);
`;

/**
 * Run the tests with these fixtures.
 *
 * @param {string[]} keys
 * @returns {Promise<{ results: { name: string, skip?: string, error?: string }[], wanted: string[] }>}
 */
async function runWith(keys) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-workerd-'));
  try {
    await build({
      entryPoints: [here('workerd/worker.js')],
      outfile: join(folder, 'worker.js'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      ignoreAnnotations: true, // package.json says that lull has no side effects; tests have
      conditions: ['workerd'],
      define: { 'WebAssembly.compile': 'moduleItself' },
      inject: [here('workerd/fixture.js')],
      plugins: [forWorkerd(keys)],
      logLevel: 'warning',
    });
    for (const [i, key] of keys.entries()) {
      const [name, options] = JSON.parse(key);
      writeFileSync(join(folder, `${i}.wasm`), await fixture(name, { ...options, cc: 'clang' }));
    }
    writeFileSync(join(folder, 'config.capnp'), configuration(keys.length));
    return await ask(join(folder, 'config.capnp'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} config */
async function ask(config) {
  const child = spawn(String(engines.workerd), ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  try {
    const ended = new Promise((resolve, reject) => {
      child.on('error', reject).on('exit', (status) => reject(new Error(`workerd ended with ${status}`)));
    });
    const control = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdio[3]) });
    const port = new Promise((resolve) => control.on('line', (line) => resolve(JSON.parse(line).port)));
    const url = `http://127.0.0.1:${await Promise.race([port, ended])}/`;
    const answer = await Promise.race([fetch(url, { method: 'POST', body: JSON.stringify(LEFT_OUT) }), ended]);
    assert.ok(answer.ok, `${answer.status} ${answer.statusText}`);
    return await answer.json();
  } finally {
    child.removeAllListeners('exit').kill();
  }
}

test('the tests of wasm pass in workerd', { skip: missing('workerd'), timeout: 7_200_000 }, async (t) => {
  /** @type {string[]} */
  let keys = [];
  let { results, wanted } = await runWith(keys);
  while (wanted.length) {
    keys = [...keys, ...wanted];
    ({ results, wanted } = await runWith(keys));
  }
  const names = results.map(({ name }) => name);
  assert.deepEqual(Object.keys(LEFT_OUT).filter((name) => !names.includes(name)), [], 'left out, but not there');
  const passed = results.filter(({ skip, error }) => !skip && !error).length;
  t.diagnostic(`${passed} tests`);
  for (const { name, skip, error } of results) {
    await t.test(name, { skip }, () => assert.ok(!error, error));
  }
  assert.ok(passed >= 300, `only ${passed} tests`);
});
