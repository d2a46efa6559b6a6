/** The host functions of src/include/lull_canvas.h: C's collected calls, made on a canvas of the page. */

/** @typedef {CanvasRenderingContext2D} Context */

/** The calls in the order of src/hostlib/canvas.c: how many numbers each has, and what it does. A text comes last. */
const CALLS = /** @type {[numbers: number, call: (context: Context, ...rest: any[]) => void, text?: true][]} */ ([
  [4, (context, x, y, width, height) => context.clearRect(x, y, width, height)],
  [4, (context, x, y, width, height) => context.fillRect(x, y, width, height)],
  [4, (context, x, y, width, height) => context.strokeRect(x, y, width, height)],
  [0, (context) => context.beginPath()],
  [0, (context) => context.closePath()],
  [2, (context, x, y) => context.moveTo(x, y)],
  [2, (context, x, y) => context.lineTo(x, y)],
  [5, (context, x, y, radius, start, end) => context.arc(x, y, radius, start, end)],
  [0, (context) => context.fill()],
  [0, (context) => context.stroke()],
  [0, (context) => context.save()],
  [0, (context) => context.restore()],
  [2, (context, x, y) => context.translate(x, y)],
  [1, (context, angle) => context.rotate(angle)],
  [2, (context, x, y) => context.scale(x, y)],
  [1, (context, width) => { context.lineWidth = width; }],
  [1, (context, alpha) => { context.globalAlpha = alpha; }],
  [0, (context, style) => { context.fillStyle = style; }, true],
  [0, (context, style) => { context.strokeStyle = style; }, true],
  [0, (context, font) => { context.font = font; }, true],
  [2, (context, x, y, text) => context.fillText(text, x, y), true],
]);

/** @param {string} target */
function contextOf(target) {
  const canvas = document.querySelector(target);
  const context = canvas instanceof HTMLCanvasElement ? canvas.getContext('2d') : null;
  if (!context) throw new Error(`lull_canvas: '${target}' matches no canvas on this page`);
  return context;
}

export function canvas() {
  const decoder = new TextDecoder();
  return {
    /**
     * @param {string} target
     * @param {Uint8Array} bytes
     */
    lull_canvas__calls(target, bytes) {
      const context = contextOf(target);
      const numbers = new Float64Array(bytes.slice().buffer);
      for (let at = 0; at < numbers.length;) {
        const [count, call, hasText] = CALLS[numbers[at]];
        const rest = /** @type {any[]} */ ([...numbers.subarray(at + 1, at + 1 + count)]);
        at += 1 + count;
        if (hasText) {
          const length = numbers[at++];
          rest.push(decoder.decode(bytes.subarray(at * 8, at * 8 + length)));
          at += Math.ceil(length / 8);
        }
        call(context, ...rest);
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
