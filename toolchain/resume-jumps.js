/**
 * Jumps to the call that a rewinding function resumes. Asyncify has a rewinding function run through all of its code up
 * to that call, and skips each part by a test of the state, which a running function makes, too:
 *
 *     if (running) { A }  if (running | index == 0) { call }  if (running) { B }  if (condition | rewinding) { … }
 *
 * Here each list of statements begins with a jump to the statement with that call, and has no tests:
 *
 *     { { if (rewinding) jump by index; A }  call; B }  if (condition | rewinding) { … }
 *
 * This is optimization alone: modules are correct without it. It depends on the exact form that one version of Binaryen
 * gives a function, and leaves functions and lists of any other form as they are. See D124.
 */
import { children, findFrame } from './asyncify-frames.js';
import { rewrite } from './expressions.js';

/** @import { FramesEnd } from './frames-end.js' */

const RUNNING = 0;
const UNWINDING = 1;
const REWINDING = 2;

/** The bytes of a jump by a comparison. */
const STEP = 7;

/** @typedef {{ first: number, name: string }} Target of a jump: its first call; and a block to leave, or '' for none */
/** @typedef {{ first: number, last: number, count: number }} Calls by their indices */
/** @typedef {Calls & { at: number }} Point a statement of a list, and the calls in it */

/**
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @param {number} reference a function
 * @param {FramesEnd} end
 * @param {string} state the global of Asyncify's state
 * @returns {boolean} whether it has changed
 */
export function jumpToResumed(binaryen, module, reference, end, state) {
  const body = binaryen.Function.getBody(reference);
  const frame = findFrame(binaryen, end, body);
  if (!frame) return false;
  const restored = binaryen.Block.getChildAt(frame.unwind, 0);
  const index = indexIn(binaryen, restored, end);
  if (index < 0) return false;
  const jumps = new Jumps(binaryen, module, state, index, binaryen._BinaryenFunctionAddVar(reference, binaryen.i32));
  const block = binaryen.LocalSet.getValue(binaryen.Block.getChildAt(frame.block, frame.tail - 1));
  if (!jumps.knows(block, frame.label)) return false;
  binaryen.Block.setChildAt(frame.unwind, 0, module.nop());
  jumps.list(block);
  binaryen.Block.insertChildAt(block, 0, restored);
  jumps.keepIndex(restored);
  return true;
}

/**
 * The local that gets the index.
 *
 * @param {any} binaryen
 * @param {number} restored
 * @param {FramesEnd} end
 */
function indexIn(binaryen, restored, end) {
  const { If, LocalSet, getExpressionId: id } = binaryen;
  if (id(restored) !== binaryen.IfId || id(If.getIfTrue(restored)) !== binaryen.BlockId) return -1;
  const set = children(binaryen, If.getIfTrue(restored))[1];
  return set && id(set) === binaryen.LocalSetId && !LocalSet.isTee(set) && end.isIndex(LocalSet.getValue(set))
    ? LocalSet.getIndex(set) : -1;
}

class Jumps {
  #binaryen;
  #module;
  #state;
  #index;
  #kept;
  #usesIndex = false;
  #labels = 0;
  /** @type {Map<number, Calls>} */
  #calls = new Map();
  /** Whether expressions do nothing. @type {Map<number, boolean>} */
  #skipped = new Map();

  /**
   * @param {any} binaryen
   * @param {any} module
   * @param {string} state
   * @param {number} index the local that has the index of the call
   * @param {number} kept a local for it that nothing else uses
   */
  constructor(binaryen, module, state, index, kept) {
    this.#binaryen = binaryen;
    this.#module = module;
    this.#state = state;
    this.#index = index;
    this.#kept = kept;
  }

  /** Whether all calls that can suspend are known. @param {number} block @param {string} label of it */
  knows(block, label) {
    const { Block, Break, Const, Switch, SwitchId, BreakId, ConstId, getExpressionId: id } = this.#binaryen;
    const known = new Set();
    rewrite(this.#binaryen, block, (part) => (known.add(this.#testsCall(part)), 0));
    known.delete(-1);
    const { last, count } = this.#callsIn(block);
    if (known.size !== count || last !== count - 1) return false;
    let all = true;
    const isKnown = (/** @type {number} */ value) => id(value) === ConstId && Const.getValueI32(value) < count;
    rewrite(this.#binaryen, block, (part) => {
      if (id(part) === BreakId && Break.getName(part) === label) all &&= isKnown(Break.getValue(part));
      else if (id(part) === SwitchId) all &&= ![Switch.getDefaultName(part), ...Switch.getNames(part)].includes(label);
      return 0;
    });
    const result = Block.getChildAt(block, Block.getNumChildren(block) - 1);
    return all && (this.#binaryen.getExpressionType(result) === this.#binaryen.unreachable || isKnown(result));
  }

  /** Set the local of this class. @param {number} restored the statement that loads the index */
  keepIndex(restored) {
    const { If, LocalSet } = this.#binaryen;
    if (!this.#usesIndex) return;
    const set = children(this.#binaryen, If.getIfTrue(restored))[1];
    LocalSet.setValue(set, this.#module.local.tee(this.#kept, LocalSet.getValue(set), this.#binaryen.i32));
  }

  /**
   * Have a list of statements begin with a jump. While the stack rewinds, it is entered only to come to a call in it, or
   * in what follows it.
   *
   * @param {number} block
   * @param {Target[]} [later] what follows the list in those around it, which begin with it
   */
  list(block, later = []) {
    const { Block, getExpressionId: id } = this.#binaryen;
    const statements = children(this.#binaryen, block);
    const points = this.#pointsOf(statements);
    const last = points.at(-1);
    const known = last && points.every((point, i) => i === 0 || point.first > points[i - 1].last)
      && statements.slice(0, last.at).every((statement) => this.#skips(statement));
    if (!known) {
      const jump = this.#jump([{ first: 0, name: '' }, ...later]);
      if (jump && later.length > 0) Block.insertChildAt(block, 0, jump);
      return;
    }
    const targets = points.map(({ at, first }) => ({ first, name: at > 0 ? this.#newLabel() : '' }));
    const begins = points[0].at === 0 && id(statements[0]) === this.#binaryen.BlockId;
    const jump = begins ? 0 : this.#jump([...targets, ...later]);
    const isPoint = new Set(points.map(({ at }) => at));
    statements.forEach((statement, at) => {
      if (begins && at === 0) this.list(statement, [...targets.slice(1), ...later]);
      else Block.setChildAt(block, at, isPoint.has(at) ? this.#entered(statement) : this.#running(statement));
    });
    const parts = children(this.#binaryen, block);
    let before = jump ? [jump] : [];
    let from = 0;
    points.forEach(({ at }, i) => {
      if (at === 0) return;
      before = [this.#module.block(targets[i].name, [...before, ...parts.slice(from, at)], this.#binaryen.none)];
      from = at;
    });
    while (Block.getNumChildren(block) > 0) Block.removeChildAt(block, Block.getNumChildren(block) - 1);
    for (const part of [...before, ...parts.slice(from)]) Block.appendChild(block, part);
  }

  #newLabel() {
    return `lull resume ${this.#labels++}`;
  }

  /**
   * @param {Target[]} targets
   * @returns {number} a statement, or 0
   */
  #jump(targets) {
    const { i32, local } = this.#module;
    const rewinding = this.#module.global.get(this.#state, this.#binaryen.i32);
    if (targets.length === 1) return targets[0].name ? this.#module.br(targets[0].name, rewinding) : 0;
    this.#usesIndex = true;
    const here = this.#newLabel();
    const nameOf = (/** @type {Target} */ { name }) => name || here;
    const index = () => local.get(this.#kept, this.#binaryen.i32);
    const ends = targets.slice(1).map(({ first }) => first);
    const [{ first: base }] = targets;
    const table = ends.flatMap((end, i) =>
      Array.from({ length: end - (i > 0 ? ends[i - 1] : base) }, () => nameOf(targets[i])));
    const lastName = nameOf(/** @type {Target} */ (targets.at(-1)));
    const isTable = table.length + 6 <= STEP * ends.length;
    const jumps = isTable
      ? this.#module.switch(table, lastName, base === 0 ? index() : i32.sub(index(), i32.const(base)))
      : this.#module.block(null, [
        ...ends.map((end, i) => this.#module.br(nameOf(targets[i]), i32.lt_u(index(), i32.const(end)))),
        this.#module.br(lastName),
      ]);
    const jump = this.#module.if(rewinding, jumps);
    return targets[0].name ? jump : this.#module.block(here, [jump], this.#binaryen.none);
  }

  /** @param {number[]} statements @returns {Point[]} */
  #pointsOf(statements) {
    return statements.flatMap((statement, at) => {
      const calls = this.#callsIn(statement);
      return calls.count > 0 ? [{ at, ...calls }] : [];
    });
  }

  /** The calls in an expression that can suspend, by the tests of their indices. @param {number} expression */
  #callsIn(expression) {
    const known = this.#calls.get(expression);
    if (known) return known;
    const { BlockId, LoopId, IfId, getExpressionId: id } = this.#binaryen;
    const calls = { first: Infinity, last: -1, count: 0 };
    const add = (/** @type {Calls} */ { first, last, count }) => {
      calls.first = Math.min(calls.first, first);
      calls.last = Math.max(calls.last, last);
      calls.count += count;
    };
    rewrite(this.#binaryen, expression, (part) => {
      if (part !== expression && [BlockId, LoopId, IfId].includes(id(part))) {
        add(this.#callsIn(part));
        return part;
      }
      const test = this.#testsCall(part);
      if (test >= 0) add({ first: test, last: test, count: 1 });
      return 0;
    });
    this.#calls.set(expression, calls);
    return calls;
  }

  /**
   * The index that an expression tests for: (running | index == N).
   *
   * @param {number} part
   * @returns {number} -1 if it does not
   */
  #testsCall(part) {
    const { Binary, OrInt32, getExpressionId: id } = this.#binaryen;
    if (id(part) !== this.#binaryen.BinaryId || Binary.getOp(part) !== OrInt32) return -1;
    const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
    if (this.#isRunning(left)) return this.#isIndex(right);
    return this.#isRunning(right) ? this.#isIndex(left) : -1;
  }

  /** @param {number} part */
  #isState(part) {
    const { GlobalGet, getExpressionId: id } = this.#binaryen;
    return id(part) === this.#binaryen.GlobalGetId && GlobalGet.getName(part) === this.#state;
  }

  /** @param {number} part */
  #isRunning(part) {
    const { Unary, EqZInt32, getExpressionId: id } = this.#binaryen;
    return id(part) === this.#binaryen.UnaryId && Unary.getOp(part) === EqZInt32 && this.#isState(Unary.getValue(part));
  }

  /** @param {number} part */
  #isIndex(part) {
    const { Unary, Binary, Const, EqZInt32, EqInt32, getExpressionId: id } = this.#binaryen;
    const isIndex = (/** @type {number} */ get) =>
      id(get) === this.#binaryen.LocalGetId && this.#binaryen.LocalGet.getIndex(get) === this.#index;
    if (id(part) === this.#binaryen.UnaryId) {
      return Unary.getOp(part) === EqZInt32 && isIndex(Unary.getValue(part)) ? 0 : -1;
    }
    if (id(part) !== this.#binaryen.BinaryId || Binary.getOp(part) !== EqInt32) return -1;
    const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
    return isIndex(left) && id(right) === this.#binaryen.ConstId ? Const.getValueI32(right) : -1;
  }

  /**
   * A condition's value in a state, where that alone tells.
   *
   * @param {number} part
   * @param {number} state
   * @returns {number | undefined}
   */
  #value(part, state) {
    const { Unary, Binary, Select, Const, getExpressionId: id, getExpressionType: type } = this.#binaryen;
    if (this.#isState(part)) return state;
    if (this.#testsCall(part) >= 0) return Number(state === RUNNING); // where it is another call
    switch (id(part)) {
      case this.#binaryen.ConstId: return type(part) === this.#binaryen.i32 ? Const.getValueI32(part) : undefined;
      case this.#binaryen.UnaryId: {
        if (Unary.getOp(part) !== this.#binaryen.EqZInt32) return undefined;
        const value = this.#value(Unary.getValue(part), state);
        return value === undefined ? undefined : Number(value === 0);
      }
      case this.#binaryen.SelectId: {
        const [yes, no, which] = [Select.getIfTrue(part), Select.getIfFalse(part), Select.getCondition(part)]
          .map((operand) => this.#value(operand, state));
        if (which !== undefined) return which ? yes : no;
        return yes === undefined || no === undefined || Boolean(yes) !== Boolean(no) ? undefined : Number(Boolean(yes));
      }
      case this.#binaryen.BinaryId: {
        const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
        const [a, b] = [left, right].map((side) => this.#value(side, state));
        const isState = this.#isState(left) && id(right) === this.#binaryen.ConstId;
        switch (Binary.getOp(part)) {
          case this.#binaryen.OrInt32: return a || b ? 1 : a === 0 && b === 0 ? 0 : undefined;
          case this.#binaryen.AndInt32: return a === 0 || b === 0 ? 0 : undefined;
          case this.#binaryen.EqInt32: return isState ? Number(a === b) : undefined;
          case this.#binaryen.NeInt32: return isState ? Number(a !== b) : undefined;
        }
      }
    }
    return undefined;
  }

  /**
   * Whether an expression does nothing while the stack rewinds to a call elsewhere, whatever the locals are.
   *
   * @param {number} part
   * @returns {boolean}
   */
  #skips(part) {
    const known = this.#skipped.get(part) ?? this.#doesNothing(part);
    this.#skipped.set(part, known);
    return known;
  }

  /** @param {number} part @returns {boolean} */
  #doesNothing(part) {
    const b = this.#binaryen;
    const { If, Loop, Break, LocalSet, Load, Unary, Binary, Select, Drop, getExpressionId: id } = b;
    switch (id(part)) {
      case b.NopId: case b.ConstId: case b.LocalGetId: case b.GlobalGetId: return true;
      case b.UnaryId: return this.#skips(Unary.getValue(part));
      case b.BinaryId: return this.#skips(Binary.getLeft(part)) && this.#skips(Binary.getRight(part));
      case b.LoadId: return this.#skips(Load.getPtr(part));
      case b.DropId: return this.#skips(Drop.getValue(part));
      case b.BlockId: return children(b, part).every((child) => this.#skips(child));
      case b.LoopId: return this.#skips(Loop.getBody(part));
      case b.SelectId: return [Select.getIfTrue(part), Select.getIfFalse(part), Select.getCondition(part)]
        .every((operand) => this.#skips(operand));
      case b.IfId: {
        const value = this.#value(If.getCondition(part), REWINDING);
        return this.#skips(If.getCondition(part)) && (value === 0 || this.#skips(If.getIfTrue(part)))
          && (!If.getIfFalse(part) || Boolean(value) || this.#skips(If.getIfFalse(part)));
      }
      case b.BreakId: {
        const [condition, value] = [Break.getCondition(part), Break.getValue(part)];
        return Boolean(condition) && this.#skips(condition) && this.#value(condition, REWINDING) === 0
          && (!value || this.#skips(value));
      }
      case b.LocalSetId: return this.#skips(LocalSet.getValue(part))
        && this.#keeps(LocalSet.getValue(part), LocalSet.getIndex(part));
    }
    return false;
  }

  /**
   * Whether the value of a local is its own while the stack rewinds to a call elsewhere.
   *
   * @param {number} value
   * @param {number} local
   * @returns {boolean}
   */
  #keeps(value, local) {
    const { LocalGet, If, Select, Block, getExpressionId: id } = this.#binaryen;
    const kind = id(value);
    if (kind === this.#binaryen.LocalGetId) return LocalGet.getIndex(value) === local;
    if (kind === this.#binaryen.BlockId) {
      return this.#keeps(Block.getChildAt(value, Block.getNumChildren(value) - 1), local);
    }
    const choice = { [this.#binaryen.IfId]: If, [this.#binaryen.SelectId]: Select }[kind];
    if (!choice) return false;
    const which = this.#value(choice.getCondition(value), REWINDING);
    return (which === 0 || this.#keeps(choice.getIfTrue(value), local))
      && (Boolean(which) || this.#keeps(choice.getIfFalse(value), local));
  }

  /** The statement as it is while the function runs. @param {number} statement @returns {number} */
  #running(statement) {
    return rewrite(this.#binaryen, statement, (part) => (this.#isState(part) ? this.#module.i32.const(RUNNING) : 0));
  }

  /**
   * Rewrite a statement with a call that can suspend.
   *
   * @param {number} part
   * @returns {number} what replaces it
   */
  #entered(part) {
    const { If, Loop, getExpressionId: id } = this.#binaryen;
    const kind = id(part);
    if (kind === this.#binaryen.BlockId) this.list(part);
    else if (kind === this.#binaryen.LoopId) Loop.setBody(part, this.#body(Loop.getBody(part)));
    else if (kind !== this.#binaryen.IfId) return this.#enterOnly(part);
    else {
      const condition = If.getCondition(part);
      const arms = [If.getIfTrue(part), If.getIfFalse(part)].filter(Boolean);
      if (this.#testsCall(condition) >= 0) {
        return arms.some((arm) => this.#callsIn(arm).count > 0) ? part : this.#testPlainly(arms[0], UNWINDING);
      }
      if (this.#callsIn(condition).count > 0) return part;
      If.setIfTrue(part, this.#body(arms[0]));
      if (arms[1]) If.setIfFalse(part, this.#body(arms[1]));
      If.setCondition(part, this.#testPlainly(condition, REWINDING));
    }
    return part;
  }

  /** Enter the only part of another expression that has calls. @param {number} part */
  #enterOnly(part) {
    const b = this.#binaryen;
    /** @type {number[]} */
    const found = [];
    const isNested = (/** @type {number} */ inner) => inner !== part
      && [b.BlockId, b.LoopId, b.IfId].includes(b.getExpressionId(inner)) && this.#callsIn(inner).count > 0;
    rewrite(b, part, (inner) => (isNested(inner) ? found.push(inner) && inner : 0));
    if (found.length !== 1 || this.#callsIn(found[0]).count < this.#callsIn(part).count) return part;
    return rewrite(b, part, (inner) => (inner === found[0] ? this.#entered(inner) : 0));
  }

  /** Test only whether the state is 0, where it is that or another. @param {number} expression @param {number} other */
  #testPlainly(expression, other) {
    const { Binary, Const, EqInt32, BinaryId, ConstId, getExpressionId: id } = this.#binaryen;
    return rewrite(this.#binaryen, expression, (part) => {
      if (id(part) !== BinaryId || Binary.getOp(part) !== EqInt32) return 0;
      const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
      return this.#isState(left) && id(right) === ConstId && Const.getValueI32(right) === other ? left : 0;
    });
  }

  /** @param {number} body */
  #body(body) {
    if (this.#callsIn(body).count === 0) return this.#running(body);
    const { getExpressionId: id, getExpressionType: type } = this.#binaryen;
    const block = id(body) === this.#binaryen.BlockId ? body : this.#module.block(null, [body], type(body));
    this.list(block);
    return block;
  }
}
