/**
 * The parts of a clang of the machine that lull builds with: wasm-ld, the tools of object files, and the libraries for
 * WebAssembly. Systems have them in different places, so clang is asked for its own folders. See D102.
 */
import { Failure } from './failure.js';
import { resolve } from './paths.js';

/** @import { Program, Programs, System } from './system.js' */

/**
 * @typedef {object} Parts
 * @property {string} clang
 * @property {string} version
 * @property {number} major
 * @property {string} linker
 * @property {Record<'ar' | 'ranlib' | 'nm', string>} tools
 * @property {string} archives the folder with the archives of the C library
 * @property {string} headers the folder with its headers
 * @property {string} builtins the compiler's own library
 * @property {{ archives: string, headers: string } | undefined} cplusplus the same folders of the C++ library
 */

/** The names of wasi-libc's folders, by the names of its target. */
const FOLDERS = ['wasm32-wasip1', 'wasm32-wasi'];

/** Where systems have wasi-libc that their clang does not look for by itself: Arch Linux, Fedora. */
const ROOTS = ['/usr/share/wasi-sysroot', '/usr/wasm32-wasi'];

/** Where a clang's own folder has its library, as Debian and as wasi-sdk have it. */
const BUILTINS = [
  'lib/wasi/libclang_rt.builtins-wasm32.a',
  'lib/wasm32-unknown-wasip1/libclang_rt.builtins.a', 'lib/wasm32-unknown-wasi/libclang_rt.builtins.a',
];

/** The newest and the oldest version that a name such as `clang-19` is tried with. */
const [NEWEST, OLDEST] = [40, 14];

/**
 * The clangs on the path, in the order of preference.
 *
 * @param {Programs} programs
 */
export function clangsOf(programs) {
  const versions = Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => `clang-${NEWEST - i}`);
  return ['clang', ...versions].flatMap((name) => programs.find(name) ?? []);
}

/**
 * The parts of the first clang that has them all.
 *
 * @param {System} system
 * @param {Programs} programs
 * @param {Program[]} clangs at least one
 * @returns {Promise<Parts>}
 */
export async function findParts(system, programs, clangs) {
  /** @type {Failure | undefined} */
  let first;
  for (const clang of clangs) {
    try {
      return await partsOf(system, programs, clang);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      first ??= error;
    }
  }
  throw first;
}

/**
 * @param {System} system
 * @param {Programs} programs
 * @param {Program} program
 * @returns {Promise<Parts>}
 */
async function partsOf(system, programs, { path: clang, home }) {
  /** @param {string[]} args */
  const ask = async (...args) => {
    const { stdout, stderr } = await programs.run(clang, args, programs.env).catch((error) => {
      throw new Failure(`cannot run ${clang}: ${error.message}`);
    });
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  };
  const has = (/** @type {string} */ folder, /** @type {string} */ name) => system.list(folder).includes(name);
  const isFile = (/** @type {string} */ path) => has(resolve(path, '..'), path.slice(path.lastIndexOf('/') + 1));

  const [answer, targets] = await Promise.all([
    ask('--target=wasm32-wasip1', '-v', '-print-search-dirs'), ask('-print-targets')]);
  const version = /clang version (\S+)/.exec(answer)?.[1];
  if (!version) throw new Failure(`${clang} does not say its version`);
  const major = parseInt(version, 10);
  const [own = '', ...libraries] = /^libraries: =(.*)$/m.exec(answer)?.[1].split(':') ?? [];

  const toolOf = (/** @type {string} */ name) =>
    [`${home}/${name}`, `${name}-${major}`, name].map((path) => programs.find(path)).find(Boolean)?.path;
  const roots = [...libraries.map((folder) => resolve(folder, '../..')), ...ROOTS];
  const places = roots.flatMap((root) => FOLDERS.map((name) => ({
    archives: `${root}/lib/${name}`, headers: `${root}/include/${name}`,
  })));
  const libc = places.find(({ archives }) => has(archives, 'crt1-reactor.o'));
  const cplusplus = [
    // That of the same version, where there are several.
    ...FOLDERS.map((name) => ({ archives: `${home}/../lib/${name}`, headers: `${home}/../include/${name}` })),
    ...(libc ? [libc] : []),
  ].map(({ archives, headers }) => ({ archives: resolve(archives, '.'), headers: resolve(headers, 'c++/v1') })).find(
    ({ archives, headers }) => has(archives, 'libc++.a') && has(headers, 'vector'));
  const builtins = BUILTINS.map((name) => `${own}/${name}`).find(isFile);
  const linker = toolOf('wasm-ld');
  const [ar, ranlib, nm] = ['ar', 'ranlib', 'nm'].map((name) => toolOf(`llvm-${name}`));

  const parts = { clang, version, major, linker, ar, ranlib, nm, ...libc, builtins };
  if (!/^\s*wasm32\s/m.test(targets)) throw lacking(parts, [TARGET]);
  if (!linker || !ar || !ranlib || !nm || !libc || !builtins) {
    throw lacking(parts, [
      ...(linker ? [] : [LINKER]), ...(ar && ranlib && nm ? [] : [TOOLS]), ...(libc ? [] : [LIBRARY]),
      ...(builtins ? [] : [OWN_LIBRARY]),
    ]);
  }
  return { clang, version, major, linker, tools: { ar, ranlib, nm }, ...libc, builtins, cplusplus };
}

/** @typedef {{ part: string, packages: string }} Part a part, and Debian's packages for it; N is the version */

const TARGET = { part: 'the target wasm32', packages: 'clang-N' };
const LINKER = { part: 'wasm-ld', packages: 'lld-N' };
const TOOLS = { part: 'llvm-ar, llvm-ranlib and llvm-nm', packages: 'llvm-N' };
const LIBRARY = { part: 'a C library (wasi-libc)', packages: 'wasi-libc' };
const OWN_LIBRARY = { part: 'its own library for wasm32 (compiler-rt)', packages: 'libclang-rt-N-dev-wasm32' };
export const CPLUSPLUS = {
  part: 'a C++ library for wasm32', packages: 'libc++-N-dev-wasm32 libc++abi-N-dev-wasm32',
};

/**
 * @param {{ clang: string, version: string, major: number }} compiler
 * @param {Part[]} parts
 */
export function lacking({ clang, version, major }, parts) {
  const packages = parts.map(({ packages }) => packages.replaceAll('N', String(major))).join(' ');
  return new Failure(`${clang} (${version}) lacks ${parts.map(({ part }) => part).join(', ')}: `
    + `apt-get install ${packages}, or build with --cc clang or --cc emcc`);
}
