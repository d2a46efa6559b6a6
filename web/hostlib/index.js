/** `lull/host/web`, the host library of pages. Each function makes a set of host functions for one app. */
import { tableOf } from '../../js/hostlib/descriptors.js';
import { fetcher } from '../../js/hostlib/fetch.js';
import { websocket } from '../../js/hostlib/websocket.js';
import { canvas } from './canvas.js';
import { dom } from './dom.js';
import { frames } from './animation-frame.js';
import { store } from './store.js';
import { storedFiles } from './stored-files.js';

export { canvas, dom, fetcher, frames, store, storedFiles, websocket };

/**
 * The whole library, with one table of descriptors.
 *
 * @type {typeof import('./index.js').browserHost}
 */
export function browserHost(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('browserHost', given);
  return {
    ...frames(),
    ...dom(descriptors),
    ...canvas(),
    ...store(),
    ...fetcher(descriptors),
    ...websocket(descriptors),
  };
}
