/** The types that cross beyond numbers: those of memory-codecs.js, and channels. */
import { codecs } from '../marshal/codecs.js';
import { memoryCodecs } from '../marshal/memory-codecs.js';
import { parseType, typesOf } from '../marshal/signature.js';
import { ELEMENT_SIZES } from './element-sizes.js';

/** @import { Codec } from '../marshal/codecs.js' */
/** @import { Signatures, Type } from '../marshal/signature.js' */

/** By the name of a C type. */
const all = new Map([...codecs, ...memoryCodecs]);

/** The bytes of an element of a channel, by its codec. */
const sizes = new Map(Object.entries(ELEMENT_SIZES).map(([name, size]) => [all.get(name), size]));

/** @param {Type} element @returns {number} bytes */
export const sizeOf = ({ codec }) => sizes.get(codec) ?? 0;

/** The names of the types that elements of channels can have. */
export const elementNames = [...all].filter(([, codec]) => sizes.has(codec)).map(([name]) => name);

/**
 * The codec of a type LULL_CHAN(…): its values are channels of the instance's `values.channels`.
 *
 * @param {Type} element
 * @returns {Codec}
 */
const channelOf = (element) => Object.setPrototypeOf(/** @type {Codec} */ ({
  element,
  wanted: `a channel of ${element.text} of this app`,
  fits: (value, { channels }) => channels.fits(value, element),
  raw: (channel) => channel.handle,
  argument: ({ channels }, raw) => channels.share(element, raw),
  take: ({ channels, memory }, at) => channels.take(element, memory.i64[at >>> 3]),
  write({ memory }, at, channel) { memory.i64[at >>> 3] = channel.handle; },
}), null);

/**
 * @param {string} text as C writes it
 * @returns {Type}
 */
export function typeOf(text) {
  const type = parseType(text);
  type.codec ??= /** @type {Codec} */ (memoryCodecs.get(type.text));
  const element = /^LULL_CHAN\((.*)\)$/.exec(type.text)?.[1];
  if (element && sizeOf(typeOf(element))) type.codec = channelOf(typeOf(element));
  return type;
}

/**
 * Give the types in a module's signatures the codecs that the core lacks.
 *
 * @param {Signatures} signatures
 */
export function addCodecs({ tasks, generators, host }) {
  for (const type of [...tasks, ...generators, ...host].flatMap(typesOf)) type.codec ??= typeOf(type.text).codec;
}
