/** `lull/host`, the host library of Node. Each function makes a set of host functions for one app. */
import { tableOf } from '../../js/hostlib/descriptors.js';
import { fetcher } from '../../js/hostlib/fetch.js';
import { websocket } from '../../js/hostlib/websocket.js';
import { files } from './files.js';
import { net } from './net.js';
import { stdin } from './stdin.js';

export { fetcher, files, net, stdin, websocket };

/**
 * The whole library, with one table of descriptors.
 *
 * @type {typeof import('./index.js').nodeHost}
 */
export function nodeHost(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('nodeHost', given);
  return {
    ...files(descriptors),
    ...net(descriptors),
    ...stdin(),
    ...fetcher(descriptors),
    ...websocket(descriptors),
  };
}
