/**
 * The sources of real programs, as Debian and npm have them. They are fetched once, into build/programs, and nothing of
 * them is part of this repository.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kept = fileURLToPath(new URL('../../build/programs/', import.meta.url));

/**
 * A copy of a program's sources in a folder of the test's own. Where they cannot be fetched, the test is skipped;
 * `LULL_PROGRAMS=required` makes that a failure.
 *
 * @param {{ after: (act: () => void) => void, skip: (why: string) => void }} t
 * @param {string} source a source package of Debian 12 or, with `@` and its name, of another release; or `npm:` and a
 *   package with its version
 * @param {string[]} [tools] commands that its build needs
 * @returns {string | undefined} the folder, if there is one
 */
export function sourcesOf(t, source, tools = []) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-program-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  try {
    for (const tool of tools) {
      execFileSync('sh', ['-c', `command -v ${tool} || { echo ${tool} is missing >&2; exit 1; }`], { stdio: 'pipe' });
    }
    const archive = archiveOf(source);
    execFileSync('tar', ['-xf', archive, '-C', folder, '--strip-components=1']);
    return folder;
  } catch (error) {
    if (process.env.LULL_PROGRAMS === 'required') throw error;
    t.skip(`${source} cannot be fetched or built here: ${String(error).split('\n').slice(0, 2).join(' ')}`);
    return undefined;
  }
}

/** @param {string} source */
function archiveOf(source) {
  const at = join(kept, source.replace(/[:/@]+/g, '-'));
  if (!existsSync(at)) {
    mkdirSync(kept, { recursive: true });
    const made = mkdtempSync(`${at}.`);
    if (source.startsWith('npm:')) fetchFromNpm(source.slice(4), made);
    else fetchFromDebian(source, made);
    renameSync(made, at);
  }
  const name = readdirSync(at).find((file) => /\.orig\.tar\.\w+$|\.tgz$/.test(file));
  if (!name) throw new Error(`there is no archive in ${at}`);
  return join(at, name);
}

/** @param {string} name @param {string} folder */
const fetchFromNpm = (name, folder) =>
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, name], { stdio: 'pipe' });

/** The mirror from which this machine installs its packages. */
function mirror() {
  const printed = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const found = printed.toString().split('\n').find((url) => /\/debian\/?$/.test(url));
  if (!found) throw new Error('apt-get knows no mirror of Debian');
  return found;
}

/**
 * From a release of Debian, whatever the machine has in its own lists.
 *
 * @param {string} source
 * @param {string} folder
 */
function fetchFromDebian(source, folder) {
  const [name, release = 'bookworm'] = source.split('@');
  const lists = join(kept, `apt-${release}`);
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(lists, part), { recursive: true });
  const sources = join(lists, 'sources.list');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(sources, `deb-src [signed-by=${key}] ${mirror()} ${release} main\n`);
  const own = {
    'Dir::Etc::sourcelist': sources, 'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(lists, 'lists'), 'Dir::Cache': join(lists, 'cache'),
  };
  const options = Object.entries(own).flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  const apt = (/** @type {string[]} */ ...args) =>
    execFileSync('apt-get', [...options, '-qq', ...args], { cwd: folder, stdio: 'pipe' });
  if (!readdirSync(join(lists, 'lists')).some((file) => file.endsWith('Sources') || file.includes('Sources'))) {
    apt('update');
  }
  apt('source', '--download-only', '--tar-only', name);
}
