/**
 * The memory limit: how far the memory may grow is a variable of the module, which `load` can lower (maxMemory). Every
 * growth goes through a function that looks at it. A refused one is what malloc of both C libraries expects: it returns
 * NULL. See D86.
 */
import { rewrite } from './expressions.js';

/** The exported global: the most pages of 64 KB. */
const LIMIT = 'lull_memory_limit';
const GROW = 'lull__grow_memory';
/** As many pages as 32 bits address. The memory's own maximum counts besides. */
const MOST = 0x10000;

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {Iterable<{ function: number, body: number }>} functions
 */
export function limitMemory(binaryen, module, functions) {
  const { i32, memory } = module;
  for (const { function: reference, body } of functions) {
    if (!body) continue;
    const limited = rewrite(binaryen, body, (part) =>
      binaryen.getExpressionId(part) === binaryen.MemoryGrowId
        ? module.call(GROW, [binaryen.MemoryGrow.getDelta(part)], binaryen.i32)
        : 0);
    if (limited !== body) binaryen.Function.setBody(reference, limited);
  }
  module.addGlobal(LIMIT, binaryen.i32, true, i32.const(MOST));
  module.addGlobalExport(LIMIT, LIMIT);
  const pages = module.local.get(0, binaryen.i32);
  const left = i32.sub(module.global.get(LIMIT, binaryen.i32), memory.size('0'));
  const grown = memory.grow(module.local.get(0, binaryen.i32), '0');
  module.addFunction(GROW, binaryen.createType([binaryen.i32]), binaryen.i32, [],
    module.if(i32.gt_u(pages, left), i32.const(-1), grown));
}
