// The types of channel elements in TypeScript, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The types of C that the elements of a channel may have, and what they are in JavaScript. */
export interface ElementTypes {
  bool: boolean;
  _Bool: boolean;
  char: number;
  'signed char': number;
  int8_t: number;
  'unsigned char': number;
  uint8_t: number;
  short: number;
  'signed short': number;
  int16_t: number;
  'unsigned short': number;
  uint16_t: number;
  int: number;
  signed: number;
  int32_t: number;
  long: number;
  'signed long': number;
  ssize_t: number;
  ptrdiff_t: number;
  intptr_t: number;
  unsigned: number;
  uint32_t: number;
  'unsigned long': number;
  size_t: number;
  uintptr_t: number;
  'long long': bigint;
  'signed long long': bigint;
  int64_t: bigint;
  intmax_t: bigint;
  'unsigned long long': bigint;
  uint64_t: bigint;
  uintmax_t: bigint;
  float: number;
  double: number;
  'char *': string;
  lull_bytes: Uint8Array;
  lull_ref: unknown;
}
