/** A walk through Binaryen's expressions, which can replace them. */

/** The parts of expressions, by kind; a list is written as its count and its items. Of others, C has none. */
const PARTS = {
  Block: ['NumChildren ChildAt'], If: ['Condition', 'IfTrue', 'IfFalse'], Loop: ['Body'],
  Break: ['Condition', 'Value'], Switch: ['Condition', 'Value'],
  Call: ['NumOperands OperandAt'], CallIndirect: ['NumOperands OperandAt', 'Target'],
  Return: ['Value'], Drop: ['Value'],
  LocalSet: ['Value'], GlobalSet: ['Value'], Load: ['Ptr'], Store: ['Ptr', 'Value'],
  Unary: ['Value'], Binary: ['Left', 'Right'], Select: ['Condition', 'IfTrue', 'IfFalse'],
  Try: ['Body', 'NumCatchBodies CatchBodyAt'], Throw: ['NumOperands OperandAt'],
  MemoryGrow: ['Delta'], MemoryCopy: ['Dest', 'Source', 'Size'], MemoryFill: ['Dest', 'Value', 'Size'],
  MemoryInit: ['Dest', 'Offset', 'Size'],
  AtomicRMW: ['Ptr', 'Value'], AtomicCmpxchg: ['Ptr', 'Expected', 'Replacement'],
  AtomicWait: ['Ptr', 'Expected', 'Timeout'], AtomicNotify: ['Ptr', 'NotifyCount'],
  SIMDExtract: ['Vec'], SIMDReplace: ['Vec', 'Value'], SIMDShuffle: ['Left', 'Right'], SIMDShift: ['Vec', 'Shift'],
  SIMDTernary: ['A', 'B', 'C'], SIMDLoad: ['Ptr'], SIMDLoadStoreLane: ['Ptr', 'Vec'],
  TableGet: ['Index'], TableSet: ['Index', 'Value'], TableGrow: ['Value', 'Delta'],
  RefIsNull: ['Value'], TupleMake: ['NumOperands OperandAt'], TupleExtract: ['Tuple'],
};

/**
 * @param {any} binaryen
 * @param {number} expression
 * @param {(expression: number) => number} replace returns the replacement of an expression, or 0 to walk into it
 * @returns {number} the expression, or its replacement
 */
export function rewrite(binaryen, expression, replace) {
  const replaced = replace(expression);
  if (replaced) return replaced;
  const kind = kinds(binaryen).get(binaryen.getExpressionId(expression));
  for (const [part, item] of kind?.parts ?? []) {
    const { api } = /** @type {Kind} */ (kind);
    for (let i = 0, count = item ? api[`get${part}`](expression) : 1; i < count; i++) {
      const position = item ? [i] : [];
      const before = api[`get${item ?? part}`](expression, ...position);
      const after = before && rewrite(binaryen, before, replace);
      if (after !== before) api[`set${item ?? part}`](expression, ...position, after);
    }
  }
  return expression;
}

/** @typedef {{ api: any, parts: string[][] }} Kind */
/** @type {Map<number, Kind>} by Binaryen's numbers */
const byId = new Map();

/** @param {any} binaryen */
function kinds(binaryen) {
  if (byId.size === 0) {
    for (const [name, parts] of Object.entries(PARTS)) {
      byId.set(binaryen[`${name}Id`], { api: binaryen[name], parts: parts.map((part) => part.split(' ')) });
    }
  }
  return byId;
}
