/** The parts of the host library that a module imports, for `lull run`; other parts are not loaded. */
import { Descriptors } from '../../js/hostlib/descriptors.js';
import { limitHosts, limitedFetch } from './limit-hosts.js';

/** @import { Permitted } from '../../js/posix/permitted.js' */

/**
 * What a program may use.
 *
 * @typedef {{ folders: string[], network: Permitted | undefined }} Permissions `network` undefined: all of it
 */

/**
 * The parts, by the prefix of their functions.
 *
 * @type {[RegExp, (descriptors: Descriptors, permissions: Permissions) => Promise<object>][]}
 */
const libraries = [
  [/\blull_file_/, async (descriptors, { folders }) => {
    const [{ files }, { within }] = await Promise.all([import('./files.js'), import('./within.js')]);
    return within(folders, files(descriptors));
  }],
  [/\blull_tcp_/, async (descriptors, { network }) =>
    limitHosts(network, (await import('./net.js')).net(descriptors))],
  [/\blull_stdin_/, async () => (await import('./stdin.js')).stdin()],
  [/\blull_fetch/, async (descriptors, { network }) =>
    (await import('../../js/hostlib/fetch.js')).fetchBy(limitedFetch(network), descriptors)],
  [/\blull_websocket_/, async (descriptors, { network }) =>
    limitHosts(network, (await import('../../js/hostlib/websocket.js')).websocket(descriptors))],
];

/**
 * @param {WebAssembly.Module} module
 * @param {Permissions} permissions
 * @returns {Promise<Record<string, (...args: any[]) => any>>}
 */
export async function hostLibraryFor(module, permissions) {
  const descriptors = new Descriptors();
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const used = libraries.filter(([pattern]) => names.some((name) => pattern.test(name)));
  return Object.assign({}, ...(await Promise.all(used.map(([, load]) => load(descriptors, permissions)))));
}
