/**
 * The switch on the engine's stacks, as the build makes it: no function is instrumented. The instructions of
 * WebAssembly's stack switching are in a few functions, which C calls. They are assembled here, and copied into the
 * module when all passes are over: none of these has to know the instructions. The other side is
 * src/port/switch_stacks.c. See D121.
 */
import { exported, importedFrom } from './functions.js';
import { graft } from './graft.js';

/** @import { Passes } from './passes.js' */
/** @import { Globals, InstrumentOptions } from './instrument.js' */

/** The function of C at the bottom of each stack, which calls the task's. */
const BODY = 'lull stack body';

/** How many stacks at rest are kept. */
const KEPT = 256;

/**
 * The functions that C imports, by the names of the imports. A stack is a continuation without parameters and results:
 * with these, V8 14.6 fails here and there, as it does at the instruction `switch`.
 *
 * - `bottom` calls C's body again and again, and is at rest meanwhile. An exception, `leave`, ends the body early: it
 *   passes through the frames of C, none of which catches it (catches.js).
 * - `stack_enter` goes to a stack, and comes back when this suspends or rests: both are the same here, and C knows.
 *
 * @param {(name: string) => string} $ the identifier for a name
 */
const text = ($) => `(module
  (type $start (func))
  (type $stack (cont $start))
  (import "lull" "body" (func ${$(BODY)}))
  (tag ${$('suspend')} (type $start))
  (tag ${$('leave')} (type $start))
  (table ${$('stacks')} 1 (ref null $stack))
  (global ${$('resting')} (mut i32) (i32.const 0))
  (elem declare func ${$('bottom')})

  (func ${$('bottom')} (type $start)
    (loop $again
      (block $left (try_table (catch ${$('leave')} $left) (call ${$(BODY)})))
      (if (i32.ge_u (global.get ${$('resting')}) (i32.const ${KEPT})) (then (return)))
      (global.set ${$('resting')} (i32.add (global.get ${$('resting')}) (i32.const 1)))
      (suspend ${$('suspend')})
      (br $again)))

  (func ${$('stack_enter')} (param $slot i32) (param $starts i32)
    (local $stack (ref null $stack))
    (local.set $stack (table.get ${$('stacks')} (local.get $slot)))
    (if (ref.is_null (local.get $stack))
      (then (local.set $stack (cont.new $stack (ref.func ${$('bottom')}))))
      (else (if (local.get $starts)
        (then (global.set ${$('resting')} (i32.sub (global.get ${$('resting')}) (i32.const 1)))))))
    (table.set ${$('stacks')} (local.get $slot)
      (block $stays (result (ref null $stack))
        (resume $stack (on ${$('suspend')} $stays) (local.get $stack))
        (ref.null $stack))))

  (func ${$('stack_suspend')} (suspend ${$('suspend')}))

  (func ${$('stack_leave')} (throw ${$('leave')}))

  (func ${$('stack_drop')} (param $slot i32)
    (table.set ${$('stacks')} (local.get $slot)
      (block $stays (result (ref null $stack))
        (resume_throw $stack ${$('leave')} (on ${$('suspend')} $stays) (table.get ${$('stacks')} (local.get $slot)))
        (ref.null $stack))))

  (func ${$('stack_forget')} (param $slot i32)
    (table.set ${$('stacks')} (local.get $slot) (ref.null $stack)))

  (func ${$('stack_room')} (param $slots i32) (result i32)
    (i32.ne (i32.const -1)
      (table.grow ${$('stacks')} (ref.null $stack)
        (i32.sub (local.get $slots) (table.size ${$('stacks')})))))
)`;

/**
 * The function that calls tasks, by its only indirect call.
 *
 * @param {any} binaryen
 * @param {any} module
 */
export const entering = (binaryen, module) => [exported(binaryen, module, BODY)];

/** @returns {string[]} */
export const notInlined = () => [];

/**
 * Nothing: the functions of the program stay as they are.
 *
 * @param {any} _binaryen
 * @param {Passes} _passes
 * @param {Set<string>} [_never]
 */
export async function instrument(_binaryen, _passes, _never) {}

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {Globals} globals
 * @param {InstrumentOptions} _options
 * @returns {{ never3: string, complete: () => void }} a global that is never 3; and the last step
 */
export function define(binaryen, module, { limit }, _options) {
  return {
    never3: limit, // the addresses of stacks are aligned
    complete() {
      const body = exported(binaryen, module, BODY);
      module.removeExport(BODY);
      const names = importedFrom(binaryen, module, 'lull build').set(BODY, body);
      const { Features: has } = binaryen;
      const features = module.getFeatures();
      // Engines refuse modules with exceptions of both forms.
      if (features & has.ExceptionHandling) module.runPasses(['translate-to-exnref']);
      module.setFeatures(features | has.ReferenceTypes | has.ExceptionHandling | has.GC | has.StackSwitching);
      graft(binaryen, module, text((name) => `$"${names.get(name) ?? `lull ${name}`}"`));
    },
  };
}
