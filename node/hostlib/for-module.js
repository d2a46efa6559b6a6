/** The parts of the host library that a module imports, for `lull run`; other parts are not loaded. */
import { Descriptors } from '../../js/hostlib/descriptors.js';

/** The parts, by the prefix of their functions. @type {[RegExp, (descriptors: Descriptors) => Promise<object>][]} */
const libraries = [
  [/\blull_file_/, async (descriptors) => {
    const [{ files }, { within }] = await Promise.all([import('./files.js'), import('./within.js')]);
    return within('.', files(descriptors));
  }],
  [/\blull_tcp_/, async (descriptors) => (await import('./net.js')).net(descriptors)],
  [/\blull_stdin_/, async () => (await import('./stdin.js')).stdin()],
  [/\blull_fetch/, async (descriptors) => (await import('../../js/hostlib/fetch.js')).fetcher(descriptors)],
  [/\blull_websocket_/, async (descriptors) => (await import('../../js/hostlib/websocket.js')).websocket(descriptors)],
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<Record<string, (...args: any[]) => any>>}
 */
export async function hostLibraryFor(module) {
  const descriptors = new Descriptors();
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const used = libraries.filter(([pattern]) => names.some((name) => pattern.test(name)));
  return Object.assign({}, ...(await Promise.all(used.map(([, load]) => load(descriptors)))));
}
