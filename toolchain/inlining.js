/**
 * The functions that the compiler has inlined into others: with their code, their indirect calls are there. LLVM's
 * inliner records each: https://llvm.org/docs/Remarks.html. See D123.
 */

/** Flags for the record. @param {string} file */
export const recordInlining = (file) => [
  '-fsave-optimization-record=yaml', `-foptimization-record-file=${file}`, '-foptimization-record-passes=^inline$',
];

/** A user's own record would replace it. */
export const OWN_RECORD = /^-f(save-)?optimization-record/;

/** @typedef {{ callee: string, caller: string }} Inlined by their names in the object */

const DONE = /^--- !Passed\n/;
const NAMES = /^ {2}- (Callee|Caller): +(.*)$/gm;

/**
 * @param {string} record
 * @returns {Inlined[]}
 */
export const inlinedIn = (record) => record.split(/^(?=--- !)/m).filter((part) => DONE.test(part)).map((part) => {
  const names = new Map([...part.matchAll(NAMES)].map(([, role, name]) => [role, plain(name)]));
  return { callee: names.get('Callee') ?? '', caller: names.get('Caller') ?? '' };
});

/** @param {string} name as YAML has it */
const plain = (name) => (name.startsWith("'") ? name.slice(1, -1).replaceAll("''", "'")
  : name.startsWith('"') ? JSON.parse(name) : name);
