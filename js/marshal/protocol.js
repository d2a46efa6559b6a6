// What JavaScript has of the protocol, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

/** The version of the interface between the C runtime and this JavaScript. */
export const ABI_VERSION = 1;

/** The names of exports and imports. */
export const ABI_PREFIX = 'lull abi ';
export const SWITCH_PREFIX = 'lull switch ';
export const TASK_PREFIX = 'lull task ';
export const GENERATOR_PREFIX = 'lull generator ';
export const MAIN_NAME = 'lull main';
export const HOST_MODULE = 'lull host';
export const JSPI_MODULE = 'lull jspi';
export const IN_FLIGHT = -2;
export const POSIX_MODULE = 'lull posix';

/** The smallest stack that one can ask for, in bytes. */
export const STACK_MIN = 1024;

/** The low bits of a handle: the index of its slot. */
export const INDEX_BITS = 24;

/** The events that observers are notified of. */
export const EVENT_TASK_SPAWNED = 0;
export const EVENT_BEFORE_SLICE = 1;
export const EVENT_AFTER_SLICE = 2;
export const EVENT_TASK_ENDED = 3;

/** What a value owns. */
export const OWNS_NOTHING = 0;
export const OWNS_MEMORY = 1;
export const OWNS_REF = 2;

/** Among the numbers in the mailbox: a task's description. */
export const TASK_ID = 0;
export const TASK_PARENT = 1;
export const TASK_STATE = 2;
export const TASK_SLICES = 3;
export const TASK_STACK_SIZE = 4;
export const TASK_NAME = 5;
export const TASK_WAITING_ON = 6;
export const TASK_YIELDABLE = 7;

/** Likewise: the counts of an instance. */
export const STATS_TASKS = 0;
export const STATS_SPAWNED = 1;
export const STATS_SWITCHES = 2;
export const STATS_ALLOCATIONS = 3;
export const STATS_TIMERS = 4;

/** Likewise: the task that failed. */
export const FAILURE_ID = 0;
export const FAILURE_NAME = 1;

/** Members of C's structs, by their offset in words of 32 bits. */
export const ERROR_CODE = 0;
export const ERROR_MESSAGE = 1;
export const ERROR_THROWN = 3;
export const ERROR_CAUSE = 4;
export const ERROR_JOINT = 5;
export const ERROR_JOINT_COUNT = 6;
export const YIELDABLE_NAME = 2;
export const BYTES_DATA = 0;
export const BYTES_LENGTH = 1;
export const MAILBOX_CURSOR = 0;

/** What C notifies of: these, and from FIRST_EVENT on, the events. */
export const NOTICE_SETTLED = 0;
export const NOTICE_ABANDONED = 1;
export const NOTICE_UNHANDLED = 2;
export const FIRST_EVENT = 3;

/** The status of a task, by its state. */
export const STATES = /** @type {const} */ (['ready', 'ready', 'waiting', 'done', 'ready', 'running']);

/** The methods of an observer, by event. */
export const EVENTS = /** @type {const} */ (['taskSpawned', 'beforeSlice', 'afterSlice', 'taskEnded']);

/**
 * The types that cross, by the names of their codecs.
 *
 * @typedef {'void'
 *   | 'bool'
 *   | 'char'
 *   | 'unsigned char'
 *   | 'short'
 *   | 'unsigned short'
 *   | 'int'
 *   | 'unsigned'
 *   | 'long long'
 *   | 'unsigned long long'
 *   | 'float'
 *   | 'double'
 *   | 'const char *'
 *   | 'char *'
 *   | 'lull_bytes'
 *   | 'lull_ref'} CodecName
 */

/** Other names of these types. @type {Partial<Record<CodecName, string>>} */
export const ALIASES = {
  bool: '_Bool',
  char: 'signed char, int8_t',
  'unsigned char': 'uint8_t',
  short: 'signed short, int16_t',
  'unsigned short': 'uint16_t',
  int: 'signed, int32_t, long, signed long, ssize_t, ptrdiff_t, intptr_t',
  unsigned: 'uint32_t, unsigned long, size_t, uintptr_t',
  'long long': 'signed long long, int64_t, intmax_t',
  'unsigned long long': 'uint64_t, uintmax_t',
};
