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
  const jumps = jumpsOf(binaryen, module, state, index, binaryen._BinaryenFunctionAddVar(reference, binaryen.i32));
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

/**
 * The jumps of one function.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} state
 * @param {number} indexLocal the local that has the index of the call
 * @param {number} kept a local for it that nothing else uses
 */
function jumpsOf(binaryen, module, state, indexLocal, kept) {
  let usesIndex = false;
  let labels = 0;
  /** @type {Map<number, Calls>} */
  const callsOf = new Map();
  /** Whether expressions do nothing. @type {Map<number, boolean>} */
  const skipped = new Map();

  /** Whether all calls that can suspend are known. @param {number} block @param {string} label of it */
  function knows(block, label) {
    const { Block, Break, Const, Switch, SwitchId, BreakId, ConstId, getExpressionId: id } = binaryen;
    const known = new Set();
    rewrite(binaryen, block, (part) => (known.add(testsCall(part)), 0));
    known.delete(-1);
    const { last, count } = callsIn(block);
    if (known.size !== count || last !== count - 1) return false;
    let all = true;
    const isKnown = (/** @type {number} */ value) => id(value) === ConstId && Const.getValueI32(value) < count;
    rewrite(binaryen, block, (part) => {
      if (id(part) === BreakId && Break.getName(part) === label) all &&= isKnown(Break.getValue(part));
      else if (id(part) === SwitchId) all &&= ![Switch.getDefaultName(part), ...Switch.getNames(part)].includes(label);
      return 0;
    });
    const result = Block.getChildAt(block, Block.getNumChildren(block) - 1);
    return all && (binaryen.getExpressionType(result) === binaryen.unreachable || isKnown(result));
  }

  /** Set the kept local. @param {number} restored the statement that loads the index */
  function keepIndex(restored) {
    const { If, LocalSet } = binaryen;
    if (!usesIndex) return;
    const set = children(binaryen, If.getIfTrue(restored))[1];
    LocalSet.setValue(set, module.local.tee(kept, LocalSet.getValue(set), binaryen.i32));
  }

  /**
   * Have a list of statements begin with a jump. While the stack rewinds, it is entered only to come to a call in it,
   * or in what follows it.
   *
   * @param {number} block
   * @param {Target[]} [later] what follows the list in those around it, which begin with it
   */
  function list(block, later = []) {
    const { Block, getExpressionId: id } = binaryen;
    const statements = children(binaryen, block);
    const points = pointsOf(statements);
    const last = points.at(-1);
    const known = last && points.every((point, i) => i === 0 || point.first > points[i - 1].last)
      && statements.slice(0, last.at).every((statement) => skips(statement));
    if (!known) {
      const jump = jumpTo([{ first: 0, name: '' }, ...later]);
      if (jump && later.length > 0) Block.insertChildAt(block, 0, jump);
      return;
    }
    const targets = points.map(({ at, first }) => ({ first, name: at > 0 ? newLabel() : '' }));
    const begins = points[0].at === 0 && id(statements[0]) === binaryen.BlockId;
    const jump = begins ? 0 : jumpTo([...targets, ...later]);
    const isPoint = new Set(points.map(({ at }) => at));
    statements.forEach((statement, at) => {
      if (begins && at === 0) list(statement, [...targets.slice(1), ...later]);
      else Block.setChildAt(block, at, isPoint.has(at) ? entered(statement) : running(statement));
    });
    const parts = children(binaryen, block);
    let before = jump ? [jump] : [];
    let from = 0;
    points.forEach(({ at }, i) => {
      if (at === 0) return;
      before = [module.block(targets[i].name, [...before, ...parts.slice(from, at)], binaryen.none)];
      from = at;
    });
    while (Block.getNumChildren(block) > 0) Block.removeChildAt(block, Block.getNumChildren(block) - 1);
    for (const part of [...before, ...parts.slice(from)]) Block.appendChild(block, part);
  }

  function newLabel() {
    return `lull resume ${labels++}`;
  }

  /**
   * @param {Target[]} targets
   * @returns {number} a statement, or 0
   */
  function jumpTo(targets) {
    const { i32, local } = module;
    const rewinding = module.global.get(state, binaryen.i32);
    if (targets.length === 1) return targets[0].name ? module.br(targets[0].name, rewinding) : 0;
    usesIndex = true;
    const here = newLabel();
    const nameOf = (/** @type {Target} */ { name }) => name || here;
    const index = () => local.get(kept, binaryen.i32);
    const ends = targets.slice(1).map(({ first }) => first);
    const [{ first: base }] = targets;
    const table = ends.flatMap((end, i) =>
      Array.from({ length: end - (i > 0 ? ends[i - 1] : base) }, () => nameOf(targets[i])));
    const lastName = nameOf(/** @type {Target} */ (targets.at(-1)));
    const isTable = table.length + 6 <= STEP * ends.length;
    const jumps = isTable
      ? module.switch(table, lastName, base === 0 ? index() : i32.sub(index(), i32.const(base)))
      : module.block(null, [
        ...ends.map((end, i) => module.br(nameOf(targets[i]), i32.lt_u(index(), i32.const(end)))),
        module.br(lastName),
      ]);
    const jump = module.if(rewinding, jumps);
    return targets[0].name ? jump : module.block(here, [jump], binaryen.none);
  }

  /** @param {number[]} statements @returns {Point[]} */
  function pointsOf(statements) {
    return statements.flatMap((statement, at) => {
      const calls = callsIn(statement);
      return calls.count > 0 ? [{ at, ...calls }] : [];
    });
  }

  /** The calls in an expression that can suspend, by the tests of their indices. @param {number} expression */
  function callsIn(expression) {
    const known = callsOf.get(expression);
    if (known) return known;
    const { BlockId, LoopId, IfId, getExpressionId: id } = binaryen;
    const calls = { first: Infinity, last: -1, count: 0 };
    const add = (/** @type {Calls} */ { first, last, count }) => {
      calls.first = Math.min(calls.first, first);
      calls.last = Math.max(calls.last, last);
      calls.count += count;
    };
    rewrite(binaryen, expression, (part) => {
      if (part !== expression && [BlockId, LoopId, IfId].includes(id(part))) {
        add(callsIn(part));
        return part;
      }
      const test = testsCall(part);
      if (test >= 0) add({ first: test, last: test, count: 1 });
      return 0;
    });
    callsOf.set(expression, calls);
    return calls;
  }

  /**
   * The index that an expression tests for: (running | index == N).
   *
   * @param {number} part
   * @returns {number} -1 if it does not
   */
  function testsCall(part) {
    const { Binary, OrInt32, getExpressionId: id } = binaryen;
    if (id(part) !== binaryen.BinaryId || Binary.getOp(part) !== OrInt32) return -1;
    const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
    if (isRunning(left)) return isIndex(right);
    return isRunning(right) ? isIndex(left) : -1;
  }

  /** @param {number} part */
  function isState(part) {
    const { GlobalGet, getExpressionId: id } = binaryen;
    return id(part) === binaryen.GlobalGetId && GlobalGet.getName(part) === state;
  }

  /** @param {number} part */
  function isRunning(part) {
    const { Unary, EqZInt32, getExpressionId: id } = binaryen;
    return id(part) === binaryen.UnaryId && Unary.getOp(part) === EqZInt32 && isState(Unary.getValue(part));
  }

  /** @param {number} part */
  function isIndex(part) {
    const { Unary, Binary, Const, EqZInt32, EqInt32, getExpressionId: id } = binaryen;
    const isIndex = (/** @type {number} */ get) =>
      id(get) === binaryen.LocalGetId && binaryen.LocalGet.getIndex(get) === indexLocal;
    if (id(part) === binaryen.UnaryId) {
      return Unary.getOp(part) === EqZInt32 && isIndex(Unary.getValue(part)) ? 0 : -1;
    }
    if (id(part) !== binaryen.BinaryId || Binary.getOp(part) !== EqInt32) return -1;
    const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
    return isIndex(left) && id(right) === binaryen.ConstId ? Const.getValueI32(right) : -1;
  }

  /**
   * A condition's value while the stack rewinds to a call elsewhere, where that alone tells.
   *
   * @param {number} part
   * @returns {number | undefined}
   */
  function valueOf(part) {
    const { Unary, Binary, Select, Const, getExpressionId: id, getExpressionType: type } = binaryen;
    if (isState(part)) return REWINDING;
    if (testsCall(part) >= 0) return 0;
    switch (id(part)) {
      case binaryen.ConstId: return type(part) === binaryen.i32 ? Const.getValueI32(part) : undefined;
      case binaryen.UnaryId: {
        if (Unary.getOp(part) !== binaryen.EqZInt32) return undefined;
        const value = valueOf(Unary.getValue(part));
        return value === undefined ? undefined : Number(value === 0);
      }
      case binaryen.SelectId: {
        const [yes, no, which] = [Select.getIfTrue(part), Select.getIfFalse(part), Select.getCondition(part)]
          .map((operand) => valueOf(operand));
        if (which !== undefined) return which ? yes : no;
        return yes === undefined || no === undefined || Boolean(yes) !== Boolean(no) ? undefined : Number(Boolean(yes));
      }
      case binaryen.BinaryId: {
        const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
        const [a, b] = [left, right].map((side) => valueOf(side));
        const tells = isState(left) && id(right) === binaryen.ConstId;
        switch (Binary.getOp(part)) {
          case binaryen.OrInt32: return a || b ? 1 : a === 0 && b === 0 ? 0 : undefined;
          case binaryen.AndInt32: return a === 0 || b === 0 ? 0 : undefined;
          case binaryen.EqInt32: return tells ? Number(a === b) : undefined;
          case binaryen.NeInt32: return tells ? Number(a !== b) : undefined;
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
  function skips(part) {
    const known = skipped.get(part) ?? doesNothing(part);
    skipped.set(part, known);
    return known;
  }

  /** @param {number} part @returns {boolean} */
  function doesNothing(part) {
    const b = binaryen;
    const { If, Loop, Break, LocalSet, Load, Unary, Binary, Select, Drop, getExpressionId: id } = b;
    switch (id(part)) {
      case b.NopId: case b.ConstId: case b.LocalGetId: case b.GlobalGetId: return true;
      case b.UnaryId: return skips(Unary.getValue(part));
      case b.BinaryId: return skips(Binary.getLeft(part)) && skips(Binary.getRight(part));
      case b.LoadId: return skips(Load.getPtr(part));
      case b.DropId: return skips(Drop.getValue(part));
      case b.BlockId: return children(b, part).every((child) => skips(child));
      case b.LoopId: return skips(Loop.getBody(part));
      case b.SelectId: return [Select.getIfTrue(part), Select.getIfFalse(part), Select.getCondition(part)]
        .every((operand) => skips(operand));
      case b.IfId: {
        const value = valueOf(If.getCondition(part));
        return skips(If.getCondition(part)) && (value === 0 || skips(If.getIfTrue(part)))
          && (!If.getIfFalse(part) || Boolean(value) || skips(If.getIfFalse(part)));
      }
      case b.BreakId: {
        const [condition, value] = [Break.getCondition(part), Break.getValue(part)];
        return Boolean(condition) && skips(condition) && valueOf(condition) === 0
          && (!value || skips(value));
      }
      case b.LocalSetId: return skips(LocalSet.getValue(part))
        && keeps(LocalSet.getValue(part), LocalSet.getIndex(part));
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
  function keeps(value, local) {
    const { LocalGet, If, Select, Block, getExpressionId: id } = binaryen;
    const kind = id(value);
    if (kind === binaryen.LocalGetId) return LocalGet.getIndex(value) === local;
    if (kind === binaryen.BlockId) {
      return keeps(Block.getChildAt(value, Block.getNumChildren(value) - 1), local);
    }
    const choice = { [binaryen.IfId]: If, [binaryen.SelectId]: Select }[kind];
    if (!choice) return false;
    const which = valueOf(choice.getCondition(value));
    return (which === 0 || keeps(choice.getIfTrue(value), local))
      && (Boolean(which) || keeps(choice.getIfFalse(value), local));
  }

  /** The statement as it is while the function runs. @param {number} statement @returns {number} */
  function running(statement) {
    return rewrite(binaryen, statement, (part) => (isState(part) ? module.i32.const(RUNNING) : 0));
  }

  /**
   * Rewrite a statement with a call that can suspend.
   *
   * @param {number} part
   * @returns {number} what replaces it
   */
  function entered(part) {
    const { If, Loop, getExpressionId: id } = binaryen;
    const kind = id(part);
    if (kind === binaryen.BlockId) list(part);
    else if (kind === binaryen.LoopId) Loop.setBody(part, bodyOf(Loop.getBody(part)));
    else if (kind !== binaryen.IfId) return enterOnly(part);
    else {
      const condition = If.getCondition(part);
      const arms = [If.getIfTrue(part), If.getIfFalse(part)].filter(Boolean);
      if (testsCall(condition) >= 0) {
        return arms.some((arm) => callsIn(arm).count > 0) ? part : testPlainly(arms[0], UNWINDING);
      }
      if (callsIn(condition).count > 0) return part;
      If.setIfTrue(part, bodyOf(arms[0]));
      if (arms[1]) If.setIfFalse(part, bodyOf(arms[1]));
      If.setCondition(part, testPlainly(condition, REWINDING));
    }
    return part;
  }

  /** Enter the only part of another expression that has calls. @param {number} part */
  function enterOnly(part) {
    const b = binaryen;
    /** @type {number[]} */
    const found = [];
    const isNested = (/** @type {number} */ inner) => inner !== part
      && [b.BlockId, b.LoopId, b.IfId].includes(b.getExpressionId(inner)) && callsIn(inner).count > 0;
    rewrite(b, part, (inner) => (isNested(inner) ? found.push(inner) && inner : 0));
    if (found.length !== 1 || callsIn(found[0]).count < callsIn(part).count) return part;
    return rewrite(b, part, (inner) => (inner === found[0] ? entered(inner) : 0));
  }

  /** Test only whether the state is 0, where it is that or another. @param {number} expression @param {number} other */
  function testPlainly(expression, other) {
    const { Binary, Const, EqInt32, BinaryId, ConstId, getExpressionId: id } = binaryen;
    return rewrite(binaryen, expression, (part) => {
      if (id(part) !== BinaryId || Binary.getOp(part) !== EqInt32) return 0;
      const [left, right] = [Binary.getLeft(part), Binary.getRight(part)];
      return isState(left) && id(right) === ConstId && Const.getValueI32(right) === other ? left : 0;
    });
  }

  /** @param {number} body */
  function bodyOf(body) {
    if (callsIn(body).count === 0) return running(body);
    const { getExpressionId: id, getExpressionType: type } = binaryen;
    const block = id(body) === binaryen.BlockId ? body : module.block(null, [body], type(body));
    list(block);
    return block;
  }

  return { knows, keepIndex, list };
}
