/**
 * Pack lull as npm does, but for the comments and the layout of its JavaScript, which are for readers of the
 * repository: the types of users are in the .d.ts. Names stay where users' programs run, for traces and profiles.
 * Zopfli compresses it.
 * Usage: npm run pack FOLDER, which gets the tarball to publish. See D33.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipAsync } from '@gfx/zopfli';
import { transformSync } from 'esbuild';

const [target] = process.argv.slice(2);
if (!target) throw new Error('where to? npm run pack FOLDER');
const folder = mkdtempSync(join(tmpdir(), 'lull-pack-'));
const npm = (/** @type {string} */ cwd, /** @type {string[]} */ ...args) =>
  execFileSync('npm', ['pack', '--silent', ...args], { cwd, encoding: 'utf8' }).trim();
/** The parts that users' programs do not run. */
const OF_BUILDS = /^(toolchain|cli|node[\\/]toolchain)[\\/]/;

/**
 * Lines have some width, so that the trace of an error tells where it is; more where names do not tell, either.
 *
 * @param {string} code
 * @param {boolean} minifyIdentifiers
 */
const short = (code, minifyIdentifiers) => transformSync(code, {
  charset: 'utf8', legalComments: 'none', minifySyntax: true, minifyWhitespace: true, minifyIdentifiers,
  lineLimit: minifyIdentifiers ? 1000 : 400, format: 'esm',
}).code;
/** As in npm's own tarballs: 1985-10-26. */
const LONG_AGO = new Date(499162500e3);

try {
  const whole = npm(fileURLToPath(new URL('../', import.meta.url)), '--pack-destination', folder);
  execFileSync('tar', ['-xzf', whole], { cwd: folder });
  const root = join(folder, 'package');
  const files = readdirSync(root, { encoding: 'utf8', recursive: true }).filter((name) =>
    statSync(join(root, name)).isFile());
  for (const name of files) {
    const path = join(root, name);
    if (name.endsWith('.js')) writeFileSync(path, short(readFileSync(path, 'utf8'), OF_BUILDS.test(name)));
    utimesSync(path, LONG_AGO, LONG_AGO);
  }
  // Files of a kind are beside each other, which compresses better.
  const keys = new Map(files.map((name) => [`${extname(name)} ${name}`, `package/${name}`]));
  const order = [...keys.keys()].sort().map((key) => keys.get(key));
  const tar = execFileSync('tar', [
    '--create', '--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--no-recursion', '--files-from=-',
  ], { cwd: folder, input: order.join('\n'), maxBuffer: 2 ** 30 });
  writeFileSync(join(resolve(target), basename(whole)), await gzipAsync(tar, { numiterations: 15 }));
} finally {
  rmSync(folder, { recursive: true });
}
