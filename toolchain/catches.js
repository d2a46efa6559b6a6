/**
 * Moves the code that handles an exception out of its `catch`. Asyncify can unwind out of a `try`, but not out of a
 * `catch`, where the engine holds the exception. So a handler takes it, and goes on outside:
 *
 *     try … catch $tag handler end
 *
 * becomes
 *
 *     block $done
 *       block $caught
 *         try … br $done catch $tag local.set $exception br $caught end
 *       end
 *       handler br $done
 *     end
 *
 * and in the handler, `rethrow` is `throw $tag (local.get $exception)`: C++ and longjmp know an exception by this value
 * alone. A `catch_all` is a `catch` of every tag of the module: an error of JavaScript would be the host's, whose
 * exceptions end the task, and pass through C++ as they do through C.
 *
 * So tasks can wait in handlers, and in the destructors that an exception calls. See D93.
 */
import { rewrite } from './expressions.js';

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {string} pointer the global that is the C stack pointer
 * @returns {{ throws: boolean, restores: Set<number> }} whether the module has exceptions; and the expressions
 *   that give back the C stack of the functions which an exception has left
 */
export function moveCatches(binaryen, module, pointer) {
  const { Try, Throw, getExpressionId: id } = binaryen;
  /** @type {Set<string>} */
  const tags = new Set();
  /** @type {number[]} */
  const catching = [];
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    const body = binaryen.Function.getBody(reference);
    let catches = false;
    if (body) {
      rewrite(binaryen, body, (part) => {
        if (id(part) === binaryen.ThrowId) tags.add(Throw.getTag(part));
        if (id(part) !== binaryen.TryId) return 0;
        for (let i = 0; i < Try.getNumCatchTags(part); i++) tags.add(Try.getCatchTagAt(part, i));
        catches = true;
        return 0;
      });
    }
    if (catches) catching.push(reference);
  }
  /** @type {Set<number>} */
  const restores = new Set();
  for (const reference of catching) {
    const mover = new Mover(binaryen, module, reference, [...tags], (handler) => {
      const restore = restoreIn(binaryen, handler, pointer);
      if (restore) restores.add(restore);
    });
    binaryen.Function.setBody(reference, mover.moved(binaryen.Function.getBody(reference)));
  }
  return { throws: tags.size > 0, restores };
}

/**
 * The expression at the beginning of a handler that sets the C stack pointer to its value in this function; 0 for a
 * function that uses no C stack.
 *
 * @param {any} binaryen
 * @param {number} handler
 * @param {string} pointer
 * @returns {number}
 */
function restoreIn(binaryen, handler, pointer) {
  const { GlobalSet, getExpressionId: id } = binaryen;
  let found = 0;
  let over = false;
  rewrite(binaryen, handler, (part) => {
    over ||= [binaryen.CallId, binaryen.CallIndirectId, binaryen.TryId].includes(id(part));
    if (over || found) return part; // no further
    if (id(part) === binaryen.GlobalSetId && GlobalSet.getName(part) === pointer) found = part;
    return 0;
  });
  return found;
}

/** @typedef {{ tag: string, type: number, local: number }} Caught a tag, and the local with its argument */

/** The work on one function. */
class Mover {
  #binaryen;
  #module;
  #function;
  #tags;
  #visit;
  #count = 0;

  /**
   * @param {any} binaryen
   * @param {any} module
   * @param {number} reference the function
   * @param {string[]} tags all that are thrown
   * @param {(handler: number) => void} visit called for each handler before it is moved
   */
  constructor(binaryen, module, reference, tags, visit) {
    this.#binaryen = binaryen;
    this.#module = module;
    this.#function = reference;
    this.#tags = tags;
    this.#visit = visit;
  }

  /** @param {number} type */
  #newLocal(type) {
    return this.#binaryen._BinaryenFunctionAddVar(this.#function, type);
  }

  /**
   * An expression with the handlers in it moved.
   *
   * @param {number} expression
   * @returns {number}
   */
  moved(expression) {
    const binaryen = this.#binaryen;
    return rewrite(binaryen, expression, (part) =>
      (binaryen.getExpressionId(part) === binaryen.TryId && !binaryen.Try.isDelegate(part) ? this.#movedTry(part) : 0));
  }

  /** @param {number} expression a `try` with handlers */
  #movedTry(expression) {
    const [binaryen, module] = [this.#binaryen, this.#module];
    const { Try, none, unreachable, getExpressionType: typeOf } = binaryen;
    const type = typeOf(expression) === unreachable ? none : typeOf(expression);
    const label = `lull catch ${this.#count++}`;
    const done = `${label} done`;
    /** Leave with the value of an expression. @param {number} value */
    const leave = (value) => {
      if (typeOf(value) === unreachable) return [value];
      return typeOf(value) === none ? [value, module.br(done)] : [module.br(done, undefined, value)];
    };

    const inside = this.moved(Try.getBody(expression));
    const named = Array.from({ length: Try.getNumCatchTags(expression) }, (_, i) => Try.getCatchTagAt(expression, i));
    const others = Try.hasCatchAll(expression) ? this.#tags.filter((tag) => !named.includes(tag)) : [];
    if (named.length + others.length === 0) return inside; // nothing is ever thrown
    const body = leave(inside);
    /** The handlers, each with its jumps. */
    const handlers = [...named.map((tag) => [tag]), ...(others.length ? [others] : [])].map((tags, i) => {
      const caught = tags.map((tag) => this.#caught(tag));
      const which = tags.length > 1 ? this.#newLocal(binaryen.i32) : -1;
      this.#visit(Try.getCatchBodyAt(expression, i));
      const handler = this.moved(Try.getCatchBodyAt(expression, i));
      return { caught, which, label: `${label} ${i}`, handler: this.#outside(handler, expression, caught, which) };
    });

    /** @type {string[]} */
    const catchTags = [];
    /** @type {number[]} */
    const catchBodies = [];
    for (const { caught, which, label } of handlers) {
      for (const [i, { tag, type: given, local }] of caught.entries()) {
        catchTags.push(tag);
        catchBodies.push(module.block(null, [
          ...(given === none ? [] : [module.local.set(local, binaryen._BinaryenPop(module.ptr, given))]),
          ...(which < 0 ? [] : [module.local.set(which, module.i32.const(i))]),
          module.br(label),
        ], unreachable));
      }
    }
    let all = [module.try(Try.getName(expression), module.block(null, body), catchTags, catchBodies)];
    for (const { label, handler } of handlers) all = [module.block(label, all, none), ...leave(handler)];
    const whole = module.block(done, all, type);
    return typeOf(expression) === unreachable ? module.block(null, [whole, module.unreachable()], unreachable) : whole;
  }

  /** @param {string} tag @returns {Caught} */
  #caught(tag) {
    const { params } = this.#binaryen.getTagInfo(this.#module.getTag(tag));
    const { none, expandType } = this.#binaryen;
    if (params !== none && expandType(params).length > 1) {
      throw new Error(`lull: exceptions of the tag ${tag} have several values, which no compiler is known to do`);
    }
    return { tag, type: params, local: params === none ? -1 : this.#newLocal(params) };
  }

  /**
   * A handler that is in no `catch`.
   *
   * @param {number} handler
   * @param {number} expression the `try` that it was in
   * @param {Caught[]} caught
   * @param {number} which the local with the index of the caught tag; -1 if there is but one
   * @returns {number}
   */
  #outside(handler, expression, caught, which) {
    const [binaryen, module] = [this.#binaryen, this.#module];
    const { Try, Rethrow, Throw, getExpressionId: id, none, i32 } = binaryen;
    const name = Try.getName(expression);
    /** @param {Caught} caught */
    const again = ({ tag, type, local }) => module.throw(tag, type === none ? [] : [module.local.get(local, type)]);
    const rethrow = () => caught.slice(1).reduce((otherwise, each, i) => module.if(
      module.i32.eq(module.local.get(which, i32), module.i32.const(i + 1)), again(each), otherwise), again(caught[0]));
    return rewrite(binaryen, handler, (part) => {
      if (id(part) === binaryen.PopId) return module.local.get(caught[0].local, caught[0].type);
      if (id(part) === binaryen.RethrowId && Rethrow.getTarget(part) === name) return rethrow();
      if (id(part) !== binaryen.TryId) return 0;
      // The handlers within have been moved: their rests pop exceptions of their own.
      Try.setBody(part, this.#outside(Try.getBody(part), expression, caught, which));
      return part;
    });
  }
}
