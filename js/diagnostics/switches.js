/**
 * The needs of modules with other switches than Asyncify. Their bytes are read here, because an engine that
 * lacks it compiles none of them. See D121.
 */
import { SWITCH_PREFIX } from '../marshal/protocol.js';
import { interfaceOf } from './interface.js';

/** The smallest module with the type of a stack. */
export const STACK_SWITCHING = [0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 2, 96, 0, 0, 93, 0];

/** Of each switch, whether the engine supports it, and the advice where it does not. */
const NEEDS = {
  stacks: {
    supported: () => WebAssembly.validate(new Uint8Array(STACK_SWITCHING)),
    missing: 'this engine has no stack switching of WebAssembly, or has it switched off: Node 26 has it with '
      + '--experimental-wasm-wasmfx, Chromium 156 with --js-flags=--wasm-wasmfx. A build with --switch asyncify runs '
      + 'everywhere, and one with --switch stacks,asyncify takes what the engine has',
  },
  jspi: {
    supported: () => 'Suspending' in WebAssembly,
    missing: 'this engine has no promise integration of WebAssembly (JSPI): Node 24, Chrome 137, Firefox 153 and '
      + 'Safari 27 have it. A build with --switch asyncify runs everywhere, and one with --switch jspi,asyncify takes '
      + 'what the engine has',
  },
};

/**
 * @param {string} name of a switch
 * @returns {string | undefined} why the engine cannot run modules with it
 */
export function lackFor(name) {
  const needs = Object.hasOwn(NEEDS, name) ? NEEDS[/** @type {keyof typeof NEEDS} */ (name)] : undefined;
  return needs && !needs.supported() ? needs.missing : undefined;
}

/**
 * The switch of a module.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function switchOf(bytes) {
  const mark = interfaceOf(bytes)?.exports.find(({ name }) => name.startsWith(SWITCH_PREFIX));
  return mark ? mark.name.slice(SWITCH_PREFIX.length) : 'asyncify';
}

/**
 * The content of an address again, of which a stream did not compile, where a switch may be the reason.
 *
 * @param {unknown} address
 * @returns {Promise<BufferSource | undefined>}
 */
export async function contentAgain(address) {
  if (!Object.keys(NEEDS).some(lackFor) || typeof address !== 'string' || !address) return undefined;
  return fetch(address).then((response) => response.arrayBuffer()).catch(() => undefined);
}
