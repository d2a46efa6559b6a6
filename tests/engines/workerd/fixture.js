/** The fixtures of the tests of the wasm build, as a worker has them: modules that its configuration names. */
import modules from 'fixtures';

/** Those that tests have asked for and that were not there, as arguments of the real `fixture`. */
export const wanted = new Set();

export const compilers = ['clang'];
export const compiler = 'clang';
export const ownStacksOnly = false;

/** … and their frames are compacted. */
export const compactFramesOnly = false;

export const asyncifyOnly = false;
export const stacksOnly = 'the switch is that on asyncify';
export const jspiOnly = stacksOnly;
export const noFlightsOnly = false;

export const clangOnly = false;

export function fixture(...how) {
  const key = JSON.stringify(how);
  if (!modules.has(key)) wanted.add(key);
  return Promise.resolve(modules.get(key));
}

/** In place of WebAssembly.compile, which workerd does not allow: these are modules already. */
export const moduleItself = (module) => Promise.resolve(module);
