/** The devices that a program has under `lull run`, by WASI and by lull_files.h: they lead to no file of the machine. */
import { existsSync } from 'node:fs';

/** The folder of devices. Windows has none. */
export const FOLDER = '/dev';

export const hasDevices = () => existsSync(`${FOLDER}/null`);

const NAMES = ['full', 'null', 'random', 'stderr', 'stdin', 'stdout', 'tty', 'urandom', 'zero'];

/** @param {string} path absolute */
export const isDevice = (path) => NAMES.some((name) => path === `${FOLDER}/${name}`);
