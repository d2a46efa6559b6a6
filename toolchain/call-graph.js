/**
 * The functions of a linked module that may suspend. Direct calls are those of the module. An indirect call reaches the
 * functions in the table that have its signature and, where facts tell the C types (call-facts.js), its type: a
 * function calls through the types of its source, and of the functions that the compiler has inlined. Functions without
 * facts call, and are called, by their signatures alone. See D123.
 */

import { SUFFIX } from './call-facts.js';
import { castTypes } from './function-casts.js';

/** @import { Facts, FunctionFacts } from './call-facts.js' */
/** @import { Cast } from './function-casts.js' */

/**
 * @typedef {object} Called a function of the module
 * @property {Set<string>} calls
 * @property {Set<string>} through the signatures of its indirect calls
 * @property {string} signature
 * @property {string} source its name in the sources: Binaryen renames the second function of a name
 */

/**
 * @typedef {object} Program
 * @property {Map<string, Called>} functions
 * @property {string[]} table the functions in it
 * @property {Facts[]} facts
 * @property {string[]} roots the functions that suspend by themselves
 * @property {(name: string) => boolean} never functions that do not suspend, whatever they call
 * @property {(name: string) => boolean} foreign functions without facts that anything may call: not the C library's;
 *   by their names in the sources
 */

/** @typedef {{ by: string, through?: string }} Reason a function suspends because of another; `through` a type */

/** The functions that the linker names otherwise than their sources. */
const RENAMED = new Map([['main', '__main_argc_argv'], ['__original_main', '__main_void']]);

/**
 * The functions of stdio, whose indirect calls are those of a FILE: of the C library's own, unless a program makes one
 * by fopencookie.
 */
const STDIO = new RegExp(`^(${[
  '__stdio_\\w+', '__fflush_unlocked', '__overflow', '__uflow', '__toread', '__towrite', '__fwritex', '__shgetc',
  '__shlim', '__fseeko(_unlocked)?', '__ftello(_unlocked)?',
  'f(flush|close|read|write|seek|tell|puts|gets)o?(_unlocked)?',
  'v?f?(print|scan)f', '__small_v?f?printf', 'setvbuf', 'freopen', 'getdelim', 'ungetc', 'close_file',
].join('|')})$`);
const COOKIE = 'fopencookie';
/** Those of them that write. The functions of a FILE that read and write have one signature. */
const WRITES =
  /^(__(fflush_unlocked|overflow|towrite|fwritex|small_v?f?printf)|f(flush|write|puts)(_unlocked)?|v?f?printf)$/;
/** The functions of a FILE that read. */
const READ = /^(__wrap_)?__stdio_read$/;

/** Functions that are called only in appearance, to be linked: see lull__never in src/base/compiler.h. */
const IN_APPEARANCE = /^lull__(stray_jump$|used_)/;

/** In place of a signature: all of them. */
const ANY = '*';
/** In place of a function that suspends: the author of the caller says so. */
export const SAID = 'LULL_MAY_SUSPEND';

const UNTYPED = -1;
const METHOD = -2;

/** A function of a source. */
class Node {
  /** The signatures through which its calls, inlined ones too, may suspend. @type {Map<string, Reason>} */
  open = new Map();
  /** @type {'may' | 'never' | undefined} */
  says;
  /** The functions into which it is inlined. @type {Node[]} */
  users = [];
}

export class CallGraph {
  /** Why a function may suspend. @type {Map<string, Reason>} */
  may = new Map();
  #program;
  /** @type {Map<string, string[]>} */
  #callers = new Map();
  /** The nodes of a name, in all sources. @type {Map<string, Node[]>} */
  #nodes = new Map();
  /** The numbers of the module's functions that have a name in their sources. @type {Map<string, number>} */
  #namesakes = new Map();
  /** The types of functions, by their names. @type {Map<string, Set<string>>} */
  #types = new Map();
  /** The nodes that call through a type, by it; '' for any. @type {Map<string, Node[]>} */
  #through = new Map();
  /** The functions in the table. @type {Set<string>} */
  #table;
  /** By signature, the reason for which an indirect call of unknown type suspends. @type {Map<string, Reason>} */
  #hot = new Map();
  /** The same of the functions that have no facts. @type {Map<string, Reason>} */
  #hotUnknown = new Map();
  /** The same for functions that write. @type {Map<string, Reason>} */
  #hotWritten = new Map();
  #hasCookies;
  /** @type {Cast[]} */
  casts = [];
  /** The types to which functions of a type are cast, by it. @type {Map<string, string[]>} */
  #castTypes;
  /** The functions that do not suspend, as their authors say. @type {Set<string>} */
  never = new Set();
  /** @type {Node[]} */
  #mayFunctions = [];
  /** @type {Set<string>} */
  #mayTypes = new Set();
  /** @type {Set<string>} */
  #neverTypes = new Set();

  /** @param {Program} program */
  constructor(program) {
    this.#program = program;
    this.#table = new Set(program.table);
    this.#hasCookies = program.functions.has(COOKIE);
    for (const [name, { calls, source }] of program.functions) {
      this.#namesakes.set(source, (this.#namesakes.get(source) ?? 0) + 1);
      for (const callee of calls) {
        if (IN_APPEARANCE.test(callee)) continue;
        const callers = this.#callers.get(callee);
        if (callers) callers.push(name);
        else this.#callers.set(callee, [name]);
      }
    }
    program.facts.forEach((facts, source) => this.#read(facts, source));
    for (const name of program.functions.keys()) {
      const says = !this.#mayLackFacts(name) && this.#nodesOf(name).every(({ says }) => says === 'never');
      if (says) this.never.add(name);
    }
    this.casts = program.facts.flatMap(({ casts }) => casts);
    const types = new Set([...this.#types.values()].flatMap((own) => [...own]).concat(...this.#through.keys()));
    this.#castTypes = castTypes(types, this.casts);
    for (const node of this.#mayFunctions) openNode(node, ANY, { by: SAID });
    for (const type of this.#mayTypes) {
      for (const node of this.#through.get(type) ?? []) openNode(node, ANY, { by: SAID, through: type });
    }
    for (const root of program.roots) this.#suspends(root, { by: '' });
  }

  /** @param {Facts} facts @param {number} source */
  #read({ types, functions, declared, may, never }, source) {
    // A type of C++ that only its source knows has a number there.
    const names = types.map((type) => (type.startsWith('!') ? `${source}${type}` : type));
    const nodes = functions.map(() => new Node());
    for (const type of may) this.#mayTypes.add(names[type]);
    for (const type of never) this.#neverTypes.add(names[type]);
    functions.forEach(({ name, type, through, inlined, says }, at) => {
      const node = nodes[at];
      node.says = says;
      if (says === 'may') this.#mayFunctions.push(node);
      add(this.#nodes, name, node);
      this.#addType(name, type === UNTYPED ? '' : type === METHOD ? '*' : names[type]);
      for (const callee of inlined) nodes[callee].users.push(node);
      for (const type of through) add(this.#through, type < 0 ? '' : names[type], node);
    });
    for (const [name, type] of declared) this.#addType(name, type < 0 ? '' : names[type]);
  }

  /** @param {string} name @param {string} type */
  #addType(name, type) {
    const types = this.#types.get(name);
    if (types) types.add(type);
    else this.#types.set(name, new Set([type]));
  }

  /** @param {string} name in the module */
  #sourceOf(name) {
    return this.#program.functions.get(name)?.source ?? name;
  }

  /** Whether a function may be without facts, as another of the same name has them. @param {string} name */
  #mayLackFacts(name) {
    const source = this.#sourceOf(name);
    const known = this.#nodesOf(name).length;
    return known === 0 || (this.#namesakes.get(source) ?? 0) > known || this.#program.foreign(source);
  }

  /** @param {string} name @returns {Node[]} */
  #nodesOf(name) {
    const source = this.#sourceOf(name);
    for (let known = RENAMED.get(source) ?? source; ; known = known.replace(SUFFIX, '')) {
      const nodes = this.#nodes.get(known);
      if (nodes) return nodes;
      if (!SUFFIX.test(known)) return [];
    }
  }

  /**
   * The types through which a function of the table is called; '' for any, '*' for calls of unknown type alone.
   *
   * @param {string} name
   * @returns {Iterable<string>}
   */
  #typesOf(name) {
    const source = this.#sourceOf(name);
    const known = [...this.#types.get(RENAMED.get(source) ?? source) ?? []];
    const isForeign = this.#program.foreign(source);
    const nodes = this.#nodesOf(name).length;
    if (known.length === 0) return nodes > 0 || isForeign ? [''] : ['*'];
    const types = known.flatMap((type) => [type, ...(this.#castTypes.get(type) ?? [])]);
    return nodes > 0 && isForeign ? [...types, ''] : types;
  }

  /** @param {string} name @param {Reason} reason */
  #suspends(name, reason) {
    /** @type {[string, Reason][]} */
    const queue = [[name, reason]];
    for (const [name, reason] of queue) {
      if (this.may.has(name) || this.#program.never(name) || this.never.has(name)) continue;
      this.may.set(name, reason);
      for (const caller of this.#callers.get(name) ?? []) queue.push([caller, { by: name }]);
      if (this.#table.has(name)) queue.push(...this.#reached(name));
    }
  }

  /**
   * What else suspends, since a function of the table does.
   *
   * @param {string} name
   * @returns {[string, Reason][]}
   */
  #reached(name) {
    const { signature } = /** @type {Called} */ (this.#program.functions.get(name));
    const open = (/** @type {string} */ type) => {
      if (this.#neverTypes.has(type)) return;
      for (const node of this.#through.get(type) ?? []) openNode(node, signature, { by: name, through: type });
    };
    const types = [...this.#typesOf(name)];
    if (types.includes('')) for (const type of this.#through.keys()) open(type);
    else [...types, ''].forEach(open);
    const reason = { by: name, through: '' };
    if (!this.#hot.has(signature)) this.#hot.set(signature, reason);
    const mayBeOfFile = this.#mayLackFacts(name);
    if (mayBeOfFile && !this.#hotUnknown.has(signature)) this.#hotUnknown.set(signature, reason);
    if (mayBeOfFile && !READ.test(name) && !this.#hotWritten.has(signature)) this.#hotWritten.set(signature, reason);
    return this.#newlyOpen(signature);
  }

  /** @param {string} signature @returns {[string, Reason][]} */
  #newlyOpen(signature) {
    /** @type {[string, Reason][]} */
    const found = [];
    for (const [name, { through }] of this.#program.functions) {
      if (this.may.has(name) || !through.has(signature)) continue;
      const reason = this.#reasonFor(name, signature);
      if (reason) found.push([name, reason]);
    }
    return found;
  }

  /** @param {string} name @param {string} signature @returns {Reason | undefined} */
  #reasonFor(name, signature) {
    const reason = this.#nodesOf(name).map(({ open }) => open.get(signature) ?? open.get(ANY)).find(Boolean);
    if (reason || !this.#mayLackFacts(name)) return reason;
    const source = this.#sourceOf(name);
    if (!STDIO.test(source) || this.#hasCookies || this.#program.foreign(source)) return this.#hot.get(signature);
    return (WRITES.test(source) ? this.#hotWritten : this.#hotUnknown).get(signature);
  }

  /** Whether a function in the table that has this signature may suspend. @param {string} signature */
  suspends(signature) {
    return this.#hot.has(signature);
  }

  /**
   * Whether an indirect call of a function may suspend.
   *
   * @param {string} name
   * @param {string} signature
   */
  isOpen(name, signature) {
    return this.#hot.has(signature) && this.#reasonFor(name, signature) !== undefined;
  }
}

/**
 * @param {Node} first
 * @param {string} signature
 * @param {Reason} reason
 */
function openNode(first, signature, reason) {
  const queue = [first];
  for (const node of queue) {
    if (node.open.has(signature) || node.says === 'never') continue;
    node.open.set(signature, reason);
    queue.push(...node.users);
  }
}

/**
 * @template T
 * @param {Map<string, T[]>} lists
 * @param {string} key
 * @param {T} item
 */
function add(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
