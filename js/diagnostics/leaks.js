/** The leak warning: JavaScript values that C still holds when its app is closed. See D31. */
import { show } from '../marshal/check.js';

/** @import { Refs } from '../marshal/refs.js' */

/** The most that the warning names. */
const MOST = 20;

/** @param {Refs} refs */
export function warnOfLeaks(refs) {
  const held = refs.held();
  const lines = held.slice(0, MOST).map(([ref, { value, count }]) =>
    `  lull_ref ${ref}: ${show(value)}${count > 1 ? `, ${count} times` : ''}`);
  if (held.length > MOST) lines.push(`  and ${held.length - MOST} more`);
  const values = `${held.length} JavaScript value${held.length > 1 ? 's' : ''}`;
  console.warn(`lull: C still holds ${values} of an app that is closed: `
    + `give each back with lull_ref_release\n${lines.join('\n')}`);
}
