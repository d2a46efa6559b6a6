/**
 * The command line of a C compiler, as GCC and Clang have it, taken apart as far as a driver has to know. Unknown flags
 * go to the compiler.
 */
import { Failure } from './failure.js';
import { LinkerWords } from './linker-options.js';
import { DEFAULT, switchesOf } from './switches.js';

/** Options whose value is the next argument, where it is not joined to them. */
const WITH_VALUE = new Set(`
  -o -x -I -L -D -U -l -T -u -z -e -A -B -include -imacros -isystem -iquote -idirafter -isysroot -iprefix -iwithprefix
  -iwithprefixbefore -MF -MT -MQ -MJ -Xlinker -Xclang -Xpreprocessor -Xassembler -mllvm -target -arch -framework --param
  --sysroot --switch
`.trim().split(/\s+/));

/** The value that makes `-s` a flag of Emscripten; alone, it strips the program. */
const SETTING = /^[A-Z][A-Z\d_]*(=|$)/;

/** Flags of the linker. */
const OF_LINKER = /^-(L.*|l.*|Xlinker|T|u|z|e|nostdlib|nodefaultlibs|nostartfiles)$/;

/** Flags without an effect in WebAssembly. */
const WITHOUT_EFFECT = new RegExp(`^-(${[
  's', 'static.*', 'rdynamic', 'pthread', 'pie', 'no-pie', 'f(no-)?(PIC|pic|PIE|pie)', 'pipe', 'target', '-target=.*',
  'fcf-protection.*', 'fstack-clash-protection', 'm(arch|cpu|tune)=(native|x86-64.*|armv.*)', 'm32',
].join('|')})$`);

/** Flags that a module cannot follow, and the reasons. @type {[RegExp, string][]} */
const REFUSED = [
  [/^-(shared|dynamiclib)$/, 'there are no shared libraries in a module of WebAssembly. Make an archive, and link the '
    + 'program with it: configure --disable-shared, cmake -DBUILD_SHARED_LIBS=OFF'],
  [/^-m64$/, 'pointers have 32 bits in a module of lull. Leave the flag out'],
  [/^-fsanitize=(address|thread|memory|leak|hwaddress)\b/,
    'this sanitizer needs a native program. Build natively for it'],
  [/^(-pg|--?coverage|-fprofile-(arcs|generate)|-ftest-coverage)$/,
    'profiles are written by native programs alone. Build natively for them'],
];

/** Flags that end the work before linking, by the last result. @type {Record<string, Stop>} */
const STOPS = {
  '-c': 'object', '-S': 'assembly', '-E': 'text', '-M': 'text', '-MM': 'text', '-fsyntax-only': 'nothing',
  '-emit-ast': 'nothing',
};

/** Without it, compilers take atomics for plain variables, and read a flag once, before its loop. See D118. */
const ATOMICS = '-matomics';

/** Questions that a compiler answers without files. */
const QUESTION = /^(--version|--help|-help|-v|-V|-qversion|-dump(machine|version|specs|fullversion)|-?-print-.*|-###)$/;

const LANGUAGES = {
  c: /\.(c|i)$/,
  'c++': /\.(cc|cp|cpp|cxx|CPP|c\+\+|C|ii)$/,
  assembler: /\.[sS]$/,
};

/**
 * @import { Fuel } from './fuel.js'
 * @import { Switch } from './switches.js'
 */

/** @typedef {'text' | 'assembly' | 'object' | 'nothing' | 'module'} Stop the last result */

/**
 * @typedef {object} Input a file of the program
 * @property {string} file
 * @property {string} [language] of a source; objects, archives and libraries have none
 * @property {string} [given] the language that -x gave it
 */

/**
 * @typedef {object} Arguments
 * @property {Stop} stop
 * @property {string} [stoppedBy] the flag that ends the work before linking
 * @property {boolean} question whether there are no files, and the compiler is asked about itself
 * @property {boolean} asksLinker whether there are no files, and the linker is asked for its version
 * @property {Input[]} inputs in their order
 * @property {string[]} flags of the compiler, each with its value behind it
 * @property {(Input | string[])[]} link the linker's arguments in their order: files, and flags with their values
 * @property {string} [output]
 * @property {string} level of optimization
 * @property {boolean} debug
 * @property {Fuel} [fuel] of lull's own --fuel
 * @property {boolean} asyncFiles of lull's own --async-files
 * @property {Switch[]} switches of lull's own --switch
 * @property {boolean} instrumentAll of lull's own --instrument
 */

/**
 * @param {string[]} argv
 * @param {(path: string) => Uint8Array | undefined} read a file
 * @returns {Arguments}
 */
export function parseArguments(argv, read) {
  /** @type {Arguments} */
  const parsed = {
    stop: 'module', question: false, asksLinker: false, inputs: [], flags: [], link: [], level: '0', debug: false,
    asyncFiles: false, instrumentAll: false, switches: DEFAULT,
  };
  /** @type {string | undefined} */
  let given;
  let asked = false;
  const linker = new LinkerWords();
  const all = expand(argv, read);
  for (let i = 0; i < all.length; i++) {
    const argument = all[i];
    if (argument === '-' || !argument.startsWith('-')) {
      const language = given ?? languageOf(argument);
      const input = { file: argument, language, given };
      parsed.inputs.push(input);
      parsed.link.push(input);
      continue;
    }
    const isSetting = argument === '-s' && SETTING.test(all[i + 1]);
    const separate = WITH_VALUE.has(argument) || isSetting;
    if (separate && i + 1 === all.length) throw new Failure(`${argument} is followed by nothing`, 2);
    const parts = separate ? [argument, all[++i]] : [argument];
    const value = separate ? parts[1] : argument.slice(2);
    const reason = REFUSED.find(([flag]) => flag.test(argument))?.[1];
    if (reason) throw new Failure(`${argument}: ${reason}`, 2);
    if (QUESTION.test(argument)) asked = true;
    if (/^-o/.test(argument)) parsed.output = value;
    else if (/^-x/.test(argument)) given = value === 'none' ? undefined : value;
    else if (Object.hasOwn(STOPS, argument)) {
      parsed.stop = STOPS[argument];
      parsed.stoppedBy = argument;
      parsed.flags.push(argument);
    } else if (argument.startsWith('-Wl,')) {
      const words = linker.known(argument.split(',').slice(1));
      if (words.some((word) => /^(--version|-v)$/.test(word))) parsed.asksLinker = true;
      if (words.length > 0) parsed.link.push([['-Wl', ...words].join(',')]);
    } else if (argument === '--async-files') {
      parsed.asyncFiles = true;
    } else if (/^--switch(=|$)/.test(argument)) {
      parsed.switches = switchesOf(argument === '--switch' ? value : argument.slice('--switch='.length));
    } else if (argument.startsWith('--instrument=')) {
      parsed.instrumentAll = isAll(argument.slice('--instrument='.length));
    } else if (/^--fuel(=|$)/.test(argument)) {
      parsed.fuel = fuelOf(argument);
      if (parsed.fuel === 'yield') parsed.flags.push(ATOMICS);
    } else if (OF_LINKER.test(argument)) {
      if (argument !== '-z' || linker.known(parts).length > 0) parsed.link.push(parts);
    } else if (isSetting || !WITHOUT_EFFECT.test(argument)) {
      if (/^-O/.test(argument)) parsed.level = levelOf(argument.slice(2));
      if (/^-g(?!0)/.test(argument)) parsed.debug = true;
      parsed.flags.push(...parts);
    }
  }
  parsed.asksLinker &&= parsed.inputs.length === 0;
  parsed.question = asked && parsed.inputs.length === 0;
  return parsed;
}

/** @param {string} argument @returns {Fuel} */
function fuelOf(argument) {
  if (argument === '--fuel') return true;
  if (argument === '--fuel=yield') return 'yield';
  throw new Failure(`--fuel is followed by nothing or by =yield, not by '${argument.slice(7)}'`, 2);
}

/** @param {string} value of --instrument */
function isAll(value) {
  if (value === 'all') return true;
  if (value === 'lean') return false;
  throw new Failure(`--instrument is followed by lean or all, not by '${value}'`, 2);
}

/** @param {string} level as GCC has it */
function levelOf(level) {
  const known = { '': '1', g: '1', fast: '3', s: 's', z: 'z' }[level];
  if (known) return known;
  if (!/^\d+$/.test(level)) throw new Failure(`-O is followed by 0, 1, 2, 3, s or z, not by '${level}'`, 2);
  return String(Math.min(Number(level), 3));
}

/**
 * The target that the arguments ask for, which decides about the compiler.
 *
 * @param {string[]} argv
 */
export const targetOf = (argv) => argv.map((argument, index) =>
  (argument === '-target' ? argv[index + 1] : /^--target=(.*)$/s.exec(argument)?.[1])).findLast((target) => target);

/** @param {string} file */
export const languageOf = (file) => Object.entries(LANGUAGES).find(([, pattern]) => pattern.test(file))?.[0];

/**
 * Whether a compiler's arguments for one source say that it is C++.
 *
 * @param {string[]} args
 */
export const isCplusplus = (args) => args.some((argument, i) =>
  (argument === 'c++' && args[i - 1] === '-x') || (!argument.startsWith('-') && languageOf(argument) === 'c++'));

/**
 * The arguments, with those of files in place of `@file`. A file has them between spaces, and quotes and backslashes
 * keep these, as in GCC. An argument whose file is missing is kept, as there, too.
 *
 * @param {string[]} argv
 * @param {(path: string) => Uint8Array | undefined} read
 * @returns {string[]}
 */
function expand(argv, read) {
  return argv.flatMap((argument) => {
    const contents = argument.startsWith('@') ? read(argument.slice(1)) : undefined;
    return contents ? expand(wordsOf(new TextDecoder().decode(contents)), read) : argument;
  });
}

/** @param {string} text @returns {string[]} */
export const wordsOf = (text) => [...text.matchAll(/(?:"(?:\\[^]|[^"\\])*"|'[^']*'|\\[^]|[^\s"'\\])+/g)].map(([word]) =>
  word.replace(/"((?:\\[^]|[^"\\])*)"|'([^']*)'|\\([^])/g, (_, double, single, escaped) =>
    double?.replace(/\\([^])/g, '$1') ?? single ?? escaped));
