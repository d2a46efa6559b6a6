/**
 * The facts about calls in a source, read from the LLVM IR that the compiler writes before all passes. With
 * -fsanitize=cfi-icall, each function names its C type (`!type`), and a test before each indirect call
 * (`llvm.type.test`) names the type through which it calls. Clang names types as C++ mangles them. See D123.
 */
import { hasPrototype } from './mangled-type.js';

/**
 * @import { Cast } from './function-casts.js'
 * @import { Inlined } from './inlining.js'
 */

/**
 * @typedef {object} Facts of one source
 * @property {string[]} types that the others name by their numbers
 * @property {FunctionFacts[]} functions
 * @property {[name: string, type: number][]} declared functions of other sources
 * @property {Cast[]} casts between types of functions
 * @property {number[]} may the types through which a call counts as one that suspends: LULL_MAY_SUSPEND_TYPE
 * @property {number[]} never likewise: LULL_NEVER_SUSPENDS_TYPE
 */

/**
 * @typedef {object} FunctionFacts
 * @property {string} name
 * @property {number} type -1 if it lists no parameters, and -2 of a method, which has none that calls test
 * @property {boolean} taken whether its address is used
 * @property {number[]} through the types of its indirect calls; -1 for calls that could be of any
 * @property {number[]} inlined the functions of the source whose code is inlined into it
 * @property {'may' | 'never'} [says] its author: LULL_MAY_SUSPEND, LULL_NEVER_SUSPENDS
 */

/** The annotations of src/include/lull.h, and the functions that stand for the types there. */
const SAYS = { 'lull may suspend': 'may', 'lull never suspends': 'never' };
const SAID_OF_TYPES = /^lull__(may_suspend|never_suspends)_type_/;

/** What compilers put behind the names of functions that they have cloned or split. */
export const SUFFIX =
  /\.(llvm\.\d+|specialized\.\d+|cold(\.\d+)?|part\.\d+|constprop\.\d+|resume|destroy|cleanup|\d+)$/;

/** Symbols, plain or in quotes; values of a function likewise, with a percent sign. */
const SYMBOL = /@("[^"]*"|[-\w$.]+)/g;
const CALLEE = /([@%])("[^"]*"|[-\w$.]+)\(/;
const CALL = /^\s*(?:(%\S+) = )?(?:tail |musttail |notail )?(?:call|invoke|callbr) /;
const CAST = /^\s*(%\S+) = bitcast .* (%("[^"]*"|[-\w$.]+)) to /;
const CAST_CALLEE = /\bbitcast \([^@]*@("[^"]*"|[-\w$.]+) to [^@%]*\)\(/;
const TEST = /@llvm\.type\.test\(\S+ (%[-\w$.]+|@\S+|bitcast .*?), metadata (!\d+|!"[^"]*")\)/;
const HEAD = /^(define|declare) /;
const GLOBAL = /^@("[^"]*"|[-\w$.]+) = (.*)$/;
const TYPE_NODE = /^(!\d+) = !\{i64 0, (!\d+|!"[^"]*")\}/;
const TYPES = /!type (!\d+)/g;

/** Globals that keep symbols, and do not call them. */
const KEEPING = /^llvm\.(used|compiler\.used|global\.annotations|metadata)/;
/** With the sign before them if they are names. */
const STRINGS = /[@%!]?"[^"]*"/g;
const RESUMES = /^llvm\.coro\.(resume|destroy)/;

/** @param {string} name in quotes, its bytes that are not printable ASCII are numbers */
function plain(name) {
  if (!name.startsWith('"')) return name;
  const bytes = name.slice(1, -1).replace(/\\([\dA-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** A label, and the end of a block with one successor or none. */
const LABEL = /^("[^"]*"|[-\w$.]+):/;
const END = /^\s+(?:br label %("[^"]*"|[-\w$.]+)|unreachable\b)/;
/** Calls that end the program. */
const ABORT = /^(abort|llvm\.(trap|ubsantrap))$/;
const INTRINSIC = /^llvm\./;
const BLOCKS_MAX = 8;

/** In place of the label of the block that follows: the program aborts. */
const ABORTED = '!';

/** @typedef {{ calls: (string | undefined)[], aborts: boolean, end: string }} Block its calls, through types or, as
 *   undefined, of functions; and the label of the only block that follows */

/** @returns {Block} */
const newBlock = () => ({ calls: [], aborts: false, end: '' });

/** What a function's lines say, until all of its source are read. */
class Lines {
  /** @param {string} name @param {string | undefined} typeNode */
  constructor(name, typeNode) {
    this.name = name;
    this.typeNode = typeNode;
    /** @type {Set<string>} mangled, or '' for any */
    this.through = new Set();
    /** The places of the functions that are inlined into it. @type {Set<number>} */
    this.inlined = new Set();
    /** The block that is read. @type {Block} */
    this.block = newBlock();
    /** By their labels. @type {Map<string, Block>} */
    this.blocks = new Map([['the first', this.block]]);
    /** The types that values were tested for, by the values. @type {Map<string, string>} */
    this.tested = new Map();
    /** @type {Map<string, string>} */
    this.castFrom = new Map();
  }

  /** @param {string} type mangled, or '' for any */
  callThrough(type) {
    this.block.calls.push(type);
  }

  /** @param {string} name */
  call(name) {
    if (ABORT.test(name)) this.block.aborts = true;
    else if (!INTRINSIC.test(name)) this.block.calls.push(undefined);
  }

  /** @param {string} line */
  read(line) {
    const label = LABEL.exec(line)?.[1];
    if (label !== undefined) this.blocks.set(label, this.block = newBlock());
    const end = END.exec(line);
    if (end) this.block.end = end[1] ?? (this.block.aborts ? ABORTED : ''); // else the last call does not return
  }

  /** The end of the function: leave out the calls after which the program aborts. */
  close() {
    for (const { calls, end } of this.blocks.values()) {
      const last = calls.findLastIndex((call) => call === undefined);
      calls.forEach((type, at) => {
        const aborts = at > last && this.#aborts(end, 0);
        if (type !== undefined && !aborts) this.through.add(type);
      });
    }
  }

  /** @param {string} end @param {number} depth @returns {boolean} */
  #aborts(end, depth) {
    if (end === ABORTED) return true;
    const next = this.blocks.get(end);
    return next !== undefined && depth < BLOCKS_MAX && next.calls.length === 0 && this.#aborts(next.end, depth + 1);
  }

  /** @param {string} value */
  origin(value) {
    let at = value;
    for (let from = this.castFrom.get(at); from; from = this.castFrom.get(at)) at = from;
    return at;
  }
}

/**
 * @param {string} text LLVM IR
 * @param {Inlined[]} inlined
 * @param {Cast[]} casts from the compiler's warnings
 * @returns {Facts | undefined} undefined where a function is inlined that is not in the text
 */
export function factsOfIR(text, inlined, casts) {
  /** @type {Map<string, Lines>} */
  const defined = new Map();
  /** @type {Map<string, string | undefined>} */
  const declared = new Map();
  /** @type {Map<string, string>} */
  const nodes = new Map();
  /** @type {Map<string, string>} */
  const aliases = new Map();
  /** @type {Set<string>} */
  const taken = new Set();
  /** @type {Map<string, string>} */
  const strings = new Map();
  let annotations = '';
  /** @type {Lines | undefined} */
  let current;

  const take = (/** @type {string} */ part) => {
    for (const [, name] of part.matchAll(SYMBOL)) taken.add(plain(name));
  };

  for (const given of text.split('\n')) {
    if (current) {
      if (given === '}') {
        current.close();
        current = undefined;
        continue;
      }
      current.read(given);
      if (given.includes('@') || given.includes('(') || given.includes('bitcast')) readLine(current, given, take);
      continue;
    }
    if (HEAD.test(given)) {
      const [, name] = /@("[^"]*"|[-\w$.]+)\(/.exec(given) ?? [];
      if (name === undefined) continue;
      const [typeNode] = [...given.matchAll(TYPES)].map(([, node]) => node);
      if (given.startsWith('declare')) declared.set(plain(name), typeNode);
      else defined.set(plain(name), current = new Lines(plain(name), typeNode));
      continue;
    }
    const [, global, rest] = GLOBAL.exec(given) ?? [];
    if (global !== undefined) {
      const name = plain(global);
      const string = / c"([^"]*)"/.exec(rest)?.[1];
      if (string !== undefined) strings.set(name, string.replace(/\\00$/, ''));
      else if (name === 'llvm.global.annotations') annotations = rest;
      else if (/\balias\b/.test(rest)) aliases.set(name, plain([...rest.matchAll(SYMBOL)].at(-1)?.[1] ?? ''));
      else if (!KEEPING.test(name)) take(rest);
      continue;
    }
    const [, node, type] = TYPE_NODE.exec(given) ?? [];
    if (node !== undefined) nodes.set(node, type);
  }
  for (const [name, of] of aliases) {
    const lines = defined.get(of);
    if (!lines) continue;
    const { typeNode, through, inlined: into } = lines;
    defined.set(name, Object.assign(new Lines(name, typeNode), { through, inlined: into }));
  }
  return facts({ defined, declared, nodes, taken, inlined, casts, says: saysOf(annotations, strings) });
}

/**
 * @param {Lines} lines of the function
 * @param {string} given
 * @param {(part: string) => void} take
 */
function readLine(lines, given, take) {
  const line = given.replace(STRINGS, (string) => (string.startsWith('"') ? '""' : string));
  const cast = CAST.exec(line);
  if (cast) lines.castFrom.set(cast[1], cast[2]);
  if (!CALL.test(line)) return take(line);
  const test = TEST.exec(line);
  if (test) {
    lines.tested.set(lines.origin(test[1]), test[2].replace(/^!"|"$/g, ''));
    return undefined;
  }
  const castCallee = CAST_CALLEE.exec(line);
  const callee = CALLEE.exec(line);
  if (castCallee && (!callee || castCallee.index < callee.index)) {
    lines.call(plain(castCallee[1]));
    return take(line.slice(castCallee.index + castCallee[0].length));
  }
  if (!callee) return /\basm\b/.test(line) ? take(line) : lines.callThrough('');
  const [whole, sigil, name] = callee;
  take(line.slice(callee.index + whole.length));
  if (/\basm\b/.test(line.slice(0, callee.index))) return undefined;
  if (sigil === '%') lines.callThrough(lines.tested.get(lines.origin(`%${name}`)) ?? '');
  else if (RESUMES.test(name)) lines.callThrough('');
  else lines.call(plain(name));
  return undefined;
}

/**
 * What the authors of functions say about them.
 *
 * @param {string} annotations
 * @param {Map<string, string>} strings
 * @returns {Map<string, 'may' | 'never'>}
 */
function saysOf(annotations, strings) {
  /** @type {Map<string, 'may' | 'never'>} */
  const says = new Map();
  for (const part of annotations.split(/\}, \{|\[\{/)) {
    const [of, string] = [...part.matchAll(SYMBOL)].map(([, name]) => plain(name));
    const said = SAYS[/** @type {keyof typeof SAYS} */ (strings.get(string ?? ''))];
    if (said) says.set(of, /** @type {'may' | 'never'} */ (said));
  }
  return says;
}

/**
 * @param {object} read
 * @param {Map<string, Lines>} read.defined
 * @param {Map<string, string | undefined>} read.declared
 * @param {Map<string, string>} read.nodes
 * @param {Set<string>} read.taken
 * @param {Inlined[]} read.inlined
 * @param {Cast[]} read.casts
 * @param {Map<string, 'may' | 'never'>} read.says
 * @returns {Facts | undefined}
 */
function facts({ defined, declared, nodes, taken, inlined, casts, says }) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  const numberOf = (/** @type {string} */ type) => {
    if (!type || !hasPrototype(type)) return -1;
    if (!numbers.has(type)) numbers.set(type, numbers.size);
    return /** @type {number} */ (numbers.get(type));
  };
  const typeOf = (/** @type {string | undefined} */ node) =>
    (node === undefined ? -2 : numberOf((nodes.get(node) ?? '').replace(/^!"|"$/g, '')));
  const places = new Map([...defined.keys()].map((name, place) => [name, place]));
  const placeOf = (/** @type {string} */ name) => {
    for (let known = name; ; known = known.replace(SUFFIX, '')) {
      const place = places.get(known);
      if (place !== undefined || !SUFFIX.test(known)) return place;
    }
  };
  const all = [...defined.values()];
  for (const { callee, caller } of inlined) {
    const [from, to] = [placeOf(callee), placeOf(caller)];
    if (from === undefined || to === undefined) return undefined;
    all[to].inlined.add(from);
  }
  const functions = all.map(({ name, typeNode, through, inlined }) => ({
    name,
    type: typeOf(typeNode),
    taken: taken.has(name),
    through: [...new Set([...through].map(numberOf))],
    inlined: [...inlined],
    ...(says.has(name) ? { says: says.get(name) } : {}),
  }));
  const ofTypes = [...declared].filter(([name]) => SAID_OF_TYPES.test(name));
  const saidOf = (/** @type {string} */ what) =>
    ofTypes.filter(([name]) => name.startsWith(`lull__${what}_`)).map(([, node]) => typeOf(node));
  return {
    functions,
    declared: [...declared]
      .filter(([name]) => taken.has(name) && !SAID_OF_TYPES.test(name) && !name.startsWith('llvm.'))
      .map(([name, node]) => [name, typeOf(node)]),
    casts,
    may: saidOf('may_suspend'),
    never: saidOf('never_suspends'),
    types: [...numbers.keys()],
  };
}
