/**
 * The bundlers, with what docs/building.md says: each bundles a program that uses the package as it is packed, and the
 * bundle is run. A fence after `<!-- bundler: NAME -->` has a file, whose name is in its first line; the command
 * follows. See D5.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { addCompiler, addPackages, printed, program, project, run } from '../package/support.js';

const packages = fileURLToPath(new URL('node_modules', import.meta.url));
const markdown = readFileSync(new URL('../../docs/building.md', import.meta.url), 'utf8');
const recipes = [
  ...markdown.matchAll(/^<!-- bundler: (\w+) -->\n+```js\n\/\/ (\S+)\n(.*?)^```\n\n {4}\$ (?:npx )?([^\n]*)$/gms),
].map(([, name, file, contents, command]) => ({ name, file, contents, command }));

/** A page's server, for a program in Node: fetch has what lies in the folder of the bundle. */
const server = `import { readFile } from 'node:fs/promises';
globalThis.fetch = async (url) =>
  new Response(await readFile(new URL(url)), { headers: { 'content-type': 'application/wasm' } });
`;

/** @type {Promise<string> | undefined} */
let built;

/** A project with the program built, once. */
function builtProject() {
  built ??= (async () => {
    const folder = await project(program);
    addCompiler(folder);
    await run(folder, join(folder, 'node_modules/.bin/lull'), ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang']);
    for (const name of ['@yowasp', 'binaryen']) rmSync(join(folder, 'node_modules', name), { recursive: true });
    addPackages(folder, packages);
    return folder;
  })();
  return built;
}

test('docs/building.md has all four', () =>
  assert.deepEqual(recipes.map(({ name }) => name), ['vite', 'webpack', 'esbuild', 'rollup']));

const leftOut = !existsSync(packages) && 'there is no bundler here (./build.sh engines installs them)';

for (const { name, file, contents, command } of recipes) {
  test(`${name} makes a bundle that runs`, { skip: leftOut }, async () => {
    const folder = await builtProject();
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    writeFileSync(join(folder, file), contents);
    const [program, ...args] = command.split(' ');
    await run(folder, program, args, { PATH: `${join(packages, '.bin')}${delimiter}${process.env.PATH}` });

    // Away from what it was made of, and with the name of its entry, which Vite makes of the contents.
    const out = join(folder, `${name}-elsewhere`);
    renameSync(join(folder, 'dist'), out);
    const files = readdirSync(out, { recursive: true }).map(String);
    assert.equal(files.filter((path) => path.endsWith('.wasm')).length, 1, files.join());
    const entry = files.find((path) => /(^|\/)main[^/]*\.m?js$/.test(path));
    assert.ok(entry, files.join());
    writeFileSync(join(out, 'server.mjs'), server);
    writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
    const started = ['--import', pathToFileURL(join(out, 'server.mjs')).href, join(out, entry)];
    assert.equal(await run(out, process.execPath, started), printed);
  });
}
