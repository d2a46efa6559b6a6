// The types that cross in TypeScript, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The types that cross in TypeScript, by their codecs. */
export const TYPESCRIPT = {
  void: 'void',
  bool: 'boolean',
  char: 'number',
  'unsigned char': 'number',
  short: 'number',
  'unsigned short': 'number',
  int: 'number',
  unsigned: 'number',
  'long long': 'bigint',
  'unsigned long long': 'bigint',
  float: 'number',
  double: 'number',
  'const char *': 'string',
  'char *': 'string',
  lull_bytes: 'Uint8Array',
  lull_ref: 'unknown',
};
