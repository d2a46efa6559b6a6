/** The devices of a program under `lull run`, by WASI and by lull_files.h: they lead to no file of the machine. */

/** The folder of devices. */
export const FOLDER = '/dev';

const NAMES = ['full', 'null', 'random', 'stderr', 'stdin', 'stdout', 'tty', 'urandom', 'zero'];

/** @param {string} path absolute */
export const isDevice = (path) => NAMES.some((name) => path === `${FOLDER}/${name}`);
