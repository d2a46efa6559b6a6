/** The network that the options of `load` give. Loaded where they give any. */
import { fstatSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ReadStream, isatty } from 'node:tty';
import { LOOPBACK, Permitted } from '../../js/posix/permitted.js';
import { NodeNetwork } from './network.js';

/** @import { PosixOptions } from '../../js/lull.js' */
/** @import { Network } from '../../js/posix/network.js' */

/**
 * @param {PosixOptions} options
 * @returns {Network}
 */
export function networkFor(options) {
  const network = new NodeNetwork();
  return permissionsOf(options)?.around(network) ?? network;
}

/**
 * @param {PosixOptions} options
 * @returns {Permitted | undefined} undefined: all is permitted
 */
export function permissionsOf({ net, refused = () => {} }) {
  if (net === true) return undefined;
  const entries = net || [];
  const hasPath = (/** @type {string} */ path) => entries.includes(LOOPBACK) && isBelow('.', path);
  return new Permitted(entries, hasPath, refused);
}

/**
 * Whether a socket of Unix at a path is below a folder, through symbolic links.
 *
 * @param {string} folder
 * @param {string} path
 */
function isBelow(folder, path) {
  try {
    const root = realpathSync(folder);
    const asked = resolve(path);
    const isLink = lstatSync(asked, { throwIfNoEntry: false })?.isSymbolicLink();
    const place = isLink ? realpathSync(asked) : join(realpathSync(dirname(asked)), basename(asked));
    return place.startsWith(root === sep ? sep : root + sep);
  } catch {
    return false; // there is no such folder
  }
}

/**
 * The process's standard input, where a read of it may have to wait: a file has what it has, and is read where it is.
 *
 * @returns {NodeJS.ReadStream | undefined}
 */
export function standardInput() {
  try {
    const stats = fstatSync(0);
    return stats.isFIFO() || stats.isSocket() || isatty(0) ? process.stdin : undefined;
  } catch {
    return undefined; // it is closed
  }
}

/** Another stream of the process's terminal: Node's own is over after Ctrl-D, where a terminal goes on. */
function again() {
  try {
    return new ReadStream(0);
  } catch {
    return undefined; // it is gone
  }
}

/**
 * The process's terminal, if one of its three streams is one. Its signals are the process's.
 *
 * @returns {import('../../js/posix/terminal.js').Machine | undefined}
 */
export function standardTerminal() {
  const { stdin, stdout, stderr } = process;
  if (![0, 1, 2].some((fd) => isatty(fd))) return undefined;
  const output = [stdout, stderr].find(({ isTTY }) => isTTY);
  return {
    input: isatty(0) ? stdin : undefined,
    again,
    output: {
      write: (bytes) => output?.write(bytes),
      get rows() { return output?.rows ?? 0; },
      get columns() { return output?.columns ?? 0; },
    },
    signal: (signal) => process.kill(process.pid, signal),
  };
}
