/**
 * The seam between the toolchain and its platform: the files, packages, cache and programs that a build may use. Node's
 * is node/toolchain/system.js; a page would have one over a map of files, without `programs`. The toolchain touches its
 * platform through this alone.
 *
 * Paths are absolute or relative to `folder`, and have slashes on every platform. See D73.
 */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * @typedef {object} System
 * @property {string} folder the current folder, as an absolute path
 * @property {Runtime} runtime
 * @property {() => Uint8Array[]} code the toolchain's own code, on which all results depend
 * @property {(path: string) => Bytes | undefined} read the contents of a file; undefined if there is none at this path
 * @property {(folder: string) => string[]} list the names of the files in a folder; none if there is no such folder
 * @property {(name: string) => Package | undefined} findPackage
 * @property {(name: string) => boolean} dependsOn whether the package.json of the current folder, or of one above,
 *   names this package
 * @property {(key: string, value: string) => Promise<string | undefined>} remember keep a text under a key, and return
 *   the one that was there
 * @property {(parts: Iterable<string | Uint8Array>, make: () => Promise<Bytes>) => Promise<Bytes>} cached what `make`
 *   returns, or returned earlier for equal parts
 * @property {<T>(use: (folder: string) => Promise<T>) => Promise<T>} withFolder make a temporary folder, and remove it
 *   after `use`
 * @property {(path: string, contents: Bytes, options?: { executable: boolean }) => Promise<void>} write
 * @property {(url: string, args: string[], stdin?: Bytes) => Promise<Run>} wasi run a WASI program to its end, on the
 *   system's files
 * @property {(url: string, name: string) => Promise<string>} unpacked the folder with the files of an archive; the name
 *   changes with the contents
 * @property {Progress} progress
 * @property {(bytes: Uint8Array) => void} output write to stdout
 * @property {() => Promise<Bytes>} input all of stdin
 * @property {(files: string[]) => void} [noticed] called with the files that a compiler says it has read
 * @property {Programs} [programs] absent where no program can be run
 */

/**
 * The C runtime of lull.
 *
 * @typedef {object} Runtime
 * @property {string} version of lull
 * @property {string} include the folder of the public headers
 * @property {() => Promise<string>} source the file to compile with each program, in the folder of the headers that
 *   are its own
 * @property {string} script the beginning of an executable: it runs the module behind it in the same file
 */

/**
 * An npm package: the URL to import it from, and its version.
 *
 * @typedef {{ url: string, version: string }} Package
 */

/**
 * The user's view of a build.
 *
 * @typedef {object} Progress
 * @property {boolean} colors whether compilers should color their messages
 * @property {(text: string) => void} show say what is being done; the next text replaces this one
 * @property {(text: string | Uint8Array) => void} print print a compiler's messages
 */

/**
 * The programs of a machine.
 *
 * @typedef {object} Programs
 * @property {Record<string, string | undefined>} env
 * @property {number} processors how many to run at a time
 * @property {(name: string, accepts?: (program: Program) => boolean) => Program | undefined} find find a program by its
 *   path, or by its name on the search path: the first one that is accepted
 * @property {RunProgram} run run a program to its end; rejects if it cannot be started
 */

/**
 * @callback RunProgram
 * @param {string} program its path
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @param {Bytes} [stdin]
 * @returns {Promise<Run>}
 */

/** @typedef {{ path: string, home: string }} Program where a program is, and the folder that it is installed in */

/** @typedef {{ status: number, stdout: Uint8Array, stderr: Uint8Array }} Run an exit status, and the printed bytes */

export {};
