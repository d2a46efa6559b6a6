/** Programs on the search path of this machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The paths of the programs of a name, in the order of the search path.
 *
 * @param {string} name
 * @param {Record<string, string | undefined>} [env]
 */
export const allOnPath = (name, env = process.env) =>
  (env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, name)).filter(isExecutable);

/**
 * The path of a program; undefined if it is not on the search path.
 *
 * @param {string} name
 * @param {Record<string, string | undefined>} [env]
 */
export const onPath = (name, env = process.env) => allOnPath(name, env).at(0);
