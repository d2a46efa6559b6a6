/** Whether two types are the same, `any` being only itself. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `expect<Expected>()(value)`: the value has this type, no wider and no narrower one. */
export declare function expect<Expected>(): <Actual>(
  value: Actual,
  ...same: Same<Expected, Actual> extends true ? [] : [never]
) => void;
