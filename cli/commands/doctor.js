/** `lull doctor`: which compilers and engines are installed. */
import { chooseCompiler, findClang, findEmcc, findNative, install } from '../../toolchain/compiler.js';
import { Failure } from '../../toolchain/failure.js';
import { chooseWasmOpt, findWasmOpt } from '../../toolchain/wasm-opt.js';
import { lullVersion } from '../../node/toolchain/packages.js';
import { ask } from '../client/client.js';
import { inWords } from './server.js';

/**
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { WasmOpt } from '../../toolchain/wasm-opt.js'
 * @import { Arguments } from '../main.js'
 */

export const summary = 'show which compilers and engines are installed, and what is missing';

export const help = `Usage: lull doctor

Show the installed compilers and engines with their versions, and the commands that install
what is missing. The status is 0 if lull can build here, else 1.
`;

export const options = {};

/**
 * @param {Arguments<typeof options>} _
 * @param {NodeSystem} system
 */
export async function run(_, system) {
  const { env } = system.programs;
  const [emcc, clang, binaryen] = [findEmcc(system), findClang(system), system.findPackage('binaryen')];
  const [emccVersion, clangVersion] = [await emcc?.version().catch(() => undefined), await clang?.version()];
  const native = await findNative(system)?.version().catch((error) => textOf(error));
  const compiles = Boolean(emccVersion ?? clangVersion);
  /** @param {string} command */
  const absent = (command) => (compiles ? `none (not needed; ${command})` : missing(command));
  const rows = [
    ['lull', lullVersion],
    ['node', process.version],
    ['JSPI', 'Suspending' in WebAssembly ? 'yes' : 'no (lull does not need it)'],
    ['emcc', emccVersion ?? (emcc ? `$EMCC or $EMSDK names one that does not run` : absent(install.emcc))],
    ['clang', clangVersion ?? absent(install.clang)],
    ['native', native ?? `none (not needed; ${install.native})`],
    ['binaryen', binaryen?.version ?? missing(install.binaryen)],
    ['wasm-opt', describe(await findWasmOpt(system), env)],
    ['server', inWords(await ask('state', env), env)],
  ];
  for (const [name, text] of rows) process.stdout.write(`${name.padEnd(10)}${text}\n`);

  try {
    const chosen = chooseCompiler(system);
    await chooseWasmOpt(system); // throws if the user's choice does not work
    const able = await chosen.version().then(() => binaryen !== undefined, () => false);
    process.stdout.write(able ? `lull build uses ${chosen.name}.\n` : 'lull cannot build here.\n');
    return able ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`lull cannot build here: ${error.message}\n`);
    return 1;
  }
}

/** @param {unknown} error @returns {string} */
function textOf(error) {
  if (!(error instanceof Failure)) throw error;
  return error.message;
}

/**
 * @param {WasmOpt | undefined} wasmOpt
 * @param {Record<string, string | undefined>} env
 */
function describe(wasmOpt, env) {
  if (wasmOpt) return wasmOpt.unfit ? `not used: ${wasmOpt.unfit}` : `${wasmOpt.version} (${wasmOpt.path})`;
  return env.LULL_WASM_OPT === 'off' ? 'off, by LULL_WASM_OPT' : 'none (not needed; a native one makes builds faster)';
}

/** @param {string} command */
const missing = (command) => `missing: ${command}`;
