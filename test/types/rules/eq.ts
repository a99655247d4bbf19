// How type tests assert: `holds<Eq<A, B>>()` compiles when A and B are identical types. Checked by plain tsc, never run.

/** `true`, or the type that was found in place of `B`. */
export type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { readonly found: A };
/** Takes `true` only. */
export declare function holds<T extends true>(claim?: T): void;
/** Takes a value whose type is exactly `T`. */
export declare function is<T>(): <U>(value: U & (Eq<T, U> extends true ? unknown : { readonly expected: T; readonly found: U })) => void;
