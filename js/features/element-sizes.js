// The sizes of channel elements, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The bytes of an element, by its codec. */
export const ELEMENT_SIZES = {
  bool: 1,
  char: 1,
  'unsigned char': 1,
  short: 2,
  'unsigned short': 2,
  int: 4,
  unsigned: 4,
  'long long': 8,
  'unsigned long long': 8,
  float: 4,
  double: 8,
  'char *': 4,
  lull_bytes: 8,
  lull_ref: 4,
};
