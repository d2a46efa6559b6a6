// The calls of a canvas, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/**
 * By number: the member of CanvasRenderingContext2D, how many numbers it takes, and whether it takes a text before them
 * and is a property.
 *
 * @type {ReadonlyArray<readonly [member: string, numbers: number, hasText: boolean, isProperty: boolean]>}
 */
export const CALLS = [
  ['clearRect', 4, false, false],
  ['fillRect', 4, false, false],
  ['strokeRect', 4, false, false],
  ['beginPath', 0, false, false],
  ['closePath', 0, false, false],
  ['moveTo', 2, false, false],
  ['lineTo', 2, false, false],
  ['arc', 5, false, false],
  ['fill', 0, false, false],
  ['stroke', 0, false, false],
  ['save', 0, false, false],
  ['restore', 0, false, false],
  ['translate', 2, false, false],
  ['rotate', 1, false, false],
  ['scale', 2, false, false],
  ['lineWidth', 1, false, true],
  ['globalAlpha', 1, false, true],
  ['fillStyle', 0, true, true],
  ['strokeStyle', 0, true, true],
  ['font', 0, true, true],
  ['fillText', 2, true, false],
];
