/** The interface of a module, read from its bytes: as the engine gives that of a compiled one. */

/** @import { Interface } from '../marshal/signature.js' */

const MAGIC = '0,97,115,109,1,0,0,0';
const [IMPORTS, EXPORTS] = [2, 7];
const KINDS = /** @type {const} */ (['function', 'table', 'memory', 'global', 'tag']);

/**
 * @param {Uint8Array} bytes
 * @returns {Interface | undefined} undefined where they are no module, or cut short
 */
export function interfaceOf(bytes) {
  if (Array.from(bytes.subarray(0, 8)).join() !== MAGIC) return undefined;
  let at = 8;
  const number = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const size = number();
    return new TextDecoder().decode(bytes.subarray(at, (at += size)));
  };
  const type = () => {
    const [REF, REF_NULL] = [0x64, 0x63];
    if ([REF, REF_NULL].includes(number())) number();
  };
  const limits = () => {
    const HAS_MAXIMUM = 1;
    const flags = number();
    number();
    if (flags & HAS_MAXIMUM) number();
  };
  const skipType = [number, () => [type(), limits()], limits, () => [type(), number()], () => [number(), number()]];
  /** @template T @param {() => T} read @returns {T[]} */
  const list = (read) => Array.from({ length: number() }, read);
  /** @type {Interface} */
  const found = { exports: [], imports: [] };
  try {
    while (at < bytes.length) {
      const section = number();
      const size = number();
      const end = at + size;
      if (section === IMPORTS) {
        found.imports = list(() => {
          const [module, name, kind] = [text(), text(), number()];
          skipType[kind]();
          return { module, name, kind: /** @type {any} */ (KINDS[kind]) };
        });
      } else if (section === EXPORTS) {
        found.exports = list(() => {
          const [name, kind] = [text(), number()];
          number(); // its index
          return { name, kind: KINDS[kind] };
        });
      }
      at = end;
    }
  } catch {
    return undefined; // cut short
  }
  return found;
}
