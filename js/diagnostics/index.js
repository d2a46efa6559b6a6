/** The diagnostics chunk: explanations of failures, and observers. Lazy-loaded when one of them is needed. */
export { deadlock } from './deadlock.js';
export { warnOfLeaks } from './leaks.js';
export { refuse, refuseModule, refuseText, refuseWasi } from './load-error.js';
export { observe } from './observe.js';
