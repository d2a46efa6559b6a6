/** A worker of the compile server: it runs one command after another, and keeps the modules that these load. */
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { systemOf } from '../../node/toolchain/system.js';
import { stampOf } from '../client/protocol.js';
import { main } from '../main.js';

/** @import { Request } from '../client/protocol.js' */

const port = /** @type {NonNullable<typeof parentPort>} */ (parentPort);

/** Gets stdin. @type {((input: Uint8Array<ArrayBuffer>) => void) | undefined} */
let giveInput;

/** Loaded modules by the URLs: an engine loads a URL once. @type {Map<string, string>} */
const loaded = new Map();

/** Thrown in place of using a module whose file has changed since. */
class Stale extends Error {}

/** @param {Request} request */
async function run({ argv, folder, env, isTTY }) {
  let stale = false;
  const printOn = (/** @type {'stdout' | 'stderr'} */ name) => ({
    isTTY: name === 'stderr' && isTTY,
    write(/** @type {string | Uint8Array} */ text) {
      // A copy: the rest of its buffer would be sent, too.
      if (!stale) port.postMessage({ [name]: new Uint8Array(Buffer.from(text)) });
    },
  });
  const system = systemOf({
    folder,
    env,
    stdout: printOn('stdout'),
    stderr: printOn('stderr'),
    temporary: workerData.temporary,
    input: () => new Promise((resolve) => {
      giveInput = resolve;
      port.postMessage({ wantsInput: true });
    }),
  });
  /** @type {typeof system.findPackage} */
  const findPackage = (name) => {
    const found = system.findPackage(name);
    if (!found) return undefined;
    const stamp = `${found.version} ${stampOf(fileURLToPath(found.url))}`;
    stale ||= (loaded.get(found.url) ?? stamp) !== stamp;
    if (stale) throw new Stale(found.url);
    loaded.set(found.url, stamp);
    return found;
  };
  const status = await main(argv, { ...system, findPackage }).catch((error) => {
    system.progress.print(`${error.stack}\n`);
    return 1;
  });
  port.postMessage(stale ? { stale } : { status });
}

port.on('message', ({ request, input }) => {
  if (input) giveInput?.(input);
  else void run(request);
});
