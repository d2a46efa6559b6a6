/**
 * Binaryen's wasm-opt as a program of the machine. It is native, and takes all processors: the long passes take a
 * fraction of the time that the npm package needs. See D103.
 */
import { Failure } from './failure.js';

/** @import { Bytes, Run, System } from './system.js' */

/** The oldest version whose Asyncify is known to do all that lull needs: before, it aborts on exceptions. */
const OLDEST = 125;

/** The npm package's own is JavaScript, and slower than the package in this process. */
const OF_NPM = /[\\/]node_modules[\\/]/;

/** The way out where one does not work. */
export const WITHOUT = 'LULL_WASM_OPT=off in the environment does without it';

/**
 * @typedef {object} WasmOpt
 * @property {string} path
 * @property {string} version
 * @property {string} [unfit] why lull does not use it
 * @property {(bytes: Uint8Array, args: string[], lists: Record<string, string>) => Promise<Bytes>} run rewrite a
 *   module; `lists` are arguments of passes that may be too long for a command line
 */

/**
 * The wasm-opt of $LULL_WASM_OPT, else of $EMSDK, else the first native one on the path.
 *
 * @param {System} system
 * @returns {Promise<WasmOpt | undefined>} undefined if there is none, or none is wanted
 */
export async function findWasmOpt({ programs, withFolder, write, read }) {
  const { LULL_WASM_OPT: given, EMSDK } = programs?.env ?? {};
  if (!programs || given === 'off') return undefined;
  const found = given
    ? programs.find(given) ?? { path: given }
    : (EMSDK && programs.find(`${EMSDK}/upstream/bin/wasm-opt`))
      || programs.find('wasm-opt', ({ home }) => !OF_NPM.test(`${home}/`));
  if (!found) return undefined;
  const { path } = found;
  const { version, unfit } = judge(path, await programs.run(path, ['--version'], programs.env).catch(() => undefined));

  return {
    path,
    version,
    unfit,
    run: (bytes, args, lists) => withFolder(async (folder) => {
      const [input, output] = [`${folder}/before.wasm`, `${folder}/after.wasm`];
      await write(input, new Uint8Array(bytes));
      const all = [input, '-o', output, ...args];
      for (const [name, list] of Object.entries(lists)) {
        await write(`${folder}/${name}`, new TextEncoder().encode(list));
        all.push(`--pass-arg=${name}@@${folder}/${name}`);
      }
      const { status, stderr } = await programs.run(path, all, programs.env);
      const made = status === 0 && read(output);
      if (!made) throw new Failure(`${path} failed; ${WITHOUT}\n${new TextDecoder().decode(stderr)}`);
      return made;
    }),
  };
}

/**
 * @param {string} path
 * @param {Run} [asked] for its version
 */
function judge(path, asked) {
  const version = asked && /version (\d+)/.exec(new TextDecoder().decode(asked.stdout))?.[1];
  if (!version) return { version: 'unknown', unfit: `${path} does not run, or does not tell its version` };
  if (Number(version) >= OLDEST) return { version };
  return { version, unfit: `${path} has version ${version}, and lull needs ${OLDEST} or later` };
}

/**
 * The wasm-opt of a build. One that is unfit is passed over, unless the user has named it.
 *
 * @param {System} system
 * @returns {Promise<WasmOpt | undefined>}
 */
export async function chooseWasmOpt(system) {
  const found = await findWasmOpt(system);
  if (!found?.unfit) return found;
  if (system.programs?.env.LULL_WASM_OPT) throw new Failure(`LULL_WASM_OPT: ${found.unfit}`);
  return undefined;
}
