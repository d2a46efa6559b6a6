// The statuses in TypeScript, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

export declare const ECANCELED: number;
export declare const ETIMEDOUT: number;
export declare const EFAILED: number;
export declare const ETRAP: number;
export declare const ESTACK: number;
export declare const ENOMEM: number;
export declare const EDEADLOCK: number;
export declare const ECLOSED: number;
export declare const EABI: number;
export declare const ESRCH: number;
export declare const EINVAL: number;
export declare const ENOSUSPEND: number;
export declare const EBUSY: number;
export declare const EKILLED: number;
export declare const EOVERRUN: number;
/** The code of an error: `ERR_LULL_CANCELED` for LULL_ECANCELED, and so on. */
export type ErrorCode =
  | 'ERR_LULL_CANCELED'
  | 'ERR_LULL_TIMEDOUT'
  | 'ERR_LULL_FAILED'
  | 'ERR_LULL_TRAP'
  | 'ERR_LULL_STACK'
  | 'ERR_LULL_NOMEM'
  | 'ERR_LULL_DEADLOCK'
  | 'ERR_LULL_CLOSED'
  | 'ERR_LULL_ABI'
  | 'ERR_LULL_SRCH'
  | 'ERR_LULL_INVAL'
  | 'ERR_LULL_NOSUSPEND'
  | 'ERR_LULL_BUSY'
  | 'ERR_LULL_KILLED'
  | 'ERR_LULL_OVERRUN';
export declare const STATUSES: ReadonlyArray<readonly [code: ErrorCode, text: string]>;
