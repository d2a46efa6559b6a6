/** lull/host/web: all host functions of a page. */
import { frames } from './frames.js';

export { frames };

/** One set for each app. */
export const web = () => ({ ...frames() });
