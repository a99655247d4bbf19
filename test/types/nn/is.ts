// Asserts that the type of a value is exactly the one stated; checked by the compiler alone.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export declare const is: <T>() => <U>(value: U & (Equal<T, U> extends true ? unknown : { readonly expected: T; readonly got: U })) => void;
