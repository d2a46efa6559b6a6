// The texts of waits, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/**
 * By the name of a wait: the text for it, and the text where tasks hold it, with % for these tasks; '' for the text of
 * any other wait.
 *
 * @type {Readonly<Record<string, readonly [thing: string, held: string]>>}
 */
export const WAITS = {
  'future': ['a future', 'a future that the end of % settles'],
  'join': ['', 'the end of %'],
  'group': ['a group\'s children', 'a group\'s children, %'],
  'mutex': ['a mutex', ''],
  'read lock': ['a lock to read', ''],
  'write lock': ['a lock to write', ''],
  'condition': ['a condition', ''],
  'semaphore': ['a semaphore', ''],
  'event': ['an event', ''],
  'barrier': ['a barrier', ''],
  'wait group': ['a wait group', ''],
  'once': ['what is done once', 'what % does once'],
  'pause': ['the end of an endless pause', ''],
  'a channel\'s element': ['', 'the next element of %'],
};
