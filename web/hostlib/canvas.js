/** The host functions of src/include/lull_canvas.h: C's collected calls, made on a canvas of the page. */
import { tableOf } from '../../js/hostlib/descriptors.js';
import { CALLS } from './canvas-calls.js';

/** @param {string} target */
function contextOf(target) {
  const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector(target));
  const context = canvas?.getContext?.('2d'); // an element of another realm, too
  if (!context) throw new Error(`lull_canvas: '${target}' matches no canvas on this page`);
  return context;
}

export function canvas(/** @type {unknown[]} */ ...given) {
  tableOf('canvas', given);
  const decoder = new TextDecoder();
  return {
    /**
     * @param {string} target
     * @param {Uint8Array} bytes
     */
    lull_canvas__calls(target, bytes) {
      const context = /** @type {Record<string, any>} */ (/** @type {unknown} */ (contextOf(target)));
      const numbers = new Float64Array(bytes.slice().buffer);
      for (let at = 0; at < numbers.length;) {
        const [member, count, hasText, isProperty] = CALLS[numbers[at]];
        const values = /** @type {any[]} */ ([...numbers.subarray(at + 1, at + 1 + count)]);
        at += 1 + count;
        if (hasText) {
          const length = numbers[at++];
          values.unshift(decoder.decode(bytes.subarray(at * 8, at * 8 + length)));
          at += Math.ceil(length / 8);
        }
        if (isProperty) context[member] = values[0];
        else context[member](...values);
      }
    },

    /**
     * @param {string} target
     * @param {Uint8Array} pixels
     * @param {number} width
     */
    lull_canvas__pixels(target, pixels, width) {
      const { buffer, byteOffset, length } = pixels;
      const clamped = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (buffer), byteOffset, length);
      contextOf(target).putImageData(new ImageData(clamped, width), 0, 0);
    },
  };
}
