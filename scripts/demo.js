/**
 * The demo page as a folder of static files: `node scripts/demo.js [--serve] [--port N]` builds it in build/web and,
 * with `--serve`, serves it on localhost.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from '../toolchain/build.js';
import { chooseCompiler } from '../toolchain/compiler.js';
import { system } from '../node/toolchain/system.js';
import { serve } from './serve.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const demo = join(root, 'web', 'demo');

/** The pages that the crawler visits, with the links of each. */
const SITE = {
  'index.html': ['tasks.html', 'waiting.html', 'stacks.html', 'errors.html'],
  'tasks.html': ['spawn.html', 'join.html', 'names.html'],
  'waiting.html': ['timers.html', 'futures.html', 'channels.html', 'slow.html'],
  'stacks.html': ['shared.html', 'overflow.html'],
  'errors.html': ['causes.html', 'lost.html', 'index.html'],
  'channels.html': ['select.html', 'waiting.html'],
  'timers.html': ['frames.html'],
  'futures.html': ['races.html'],
  'spawn.html': ['groups.html', 'tasks.html'],
};

/** @param {string} name @param {readonly string[]} links */
const sitePage = (name, links) => `<!doctype html>
<html lang="en"><title>${name}</title>
<p>A page for the crawler of lull's demo.</p>
${links.map((link) => `<p><a href="site/${link}">${link}</a></p>`).join('\n')}
</html>
`;

/**
 * Build the demo page.
 *
 * @param {string} folder
 */
export async function buildDemo(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'site'), { recursive: true });
  cpSync(demo, folder, { recursive: true });
  for (const part of ['js', 'web/hostlib', 'web/index.js', 'web/compile.js']) {
    const target = join(folder, 'lull', part);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, part), target, { recursive: true });
  }
  const shim = fileURLToPath(import.meta.resolve('@bjorn3/browser_wasi_shim'));
  cpSync(dirname(shim), join(folder, 'lull', 'wasi'), { recursive: true });
  const names = new Set([...Object.keys(SITE), ...Object.values(SITE).flat()]);
  for (const name of names) {
    const links = SITE[/** @type {'index.html'} */ (name)] ?? [];
    if (name !== 'lost.html') writeFileSync(join(folder, 'site', name), sitePage(name, links)); // a broken link
  }
  const compiler = chooseCompiler(system);
  for (const name of readdirSync(demo).filter((file) => file.endsWith('.c'))) {
    const wasm = await build(system, compiler, { args: [join(demo, name), '-O3'] });
    writeFileSync(join(folder, name.replace('.c', '.wasm')), wasm);
  }
}

/** The import map of the page, whose hash a Content Security Policy has to allow. @param {string} folder */
export const importMapOf = (folder) =>
  /<script type="importmap">(.*?)<\/script>/s.exec(readFileSync(join(folder, 'index.html'), 'utf8'))?.[1] ?? '';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string' } } });
  const folder = join(root, 'build', 'web');
  await buildDemo(folder);
  console.log('The demo page is in build/web: static files, for any server.');
  if (values.serve) {
    const { origin } = await serve({ '/': folder }, { port: Number(values.port ?? 0) });
    console.log(`It is served at ${origin}/ until Ctrl-C.`);
  }
}
