// When types are compared: identity that is decided at once, even for type parameters, and the constants that go with it.
// Floor 0, the root of all shape rules. Knows nothing of dims or shapes.

/** Hides `T` from TypeScript's rule that a conditional type over a type parameter waits until the parameter is known. */
export interface Box<T> { readonly boxed: T }

/**
 * Are two types identical? Decided at once, also where a type parameter is compared with a constant or with itself:
 * `Same<N, 1>` is false, `Same<N, N>` is true. `Same<N, M>` of two type parameters waits: they may turn out equal.
 */
export type Same<A, B> = (<T>() => T extends Box<A> ? 1 : 2) extends <T>() => T extends Box<B> ? 1 : 2 ? true : false;

/**
 * Constants that rules compare with. Inside an alias, `Same<A, 1>` would be decided for the alias's own parameter `A`, once
 * and wrongly, when the alias is declared. So every rule that compares takes `K extends Constants = Constants` as its last
 * parameter and writes `Same<A, K['one']>`: while `K` is a parameter nothing is decided, where the rule is used all is.
 */
export interface Constants {
  readonly zero: 0;
  readonly one: 1;
  readonly minus: -1;
  /** A dim that is known at run time only. */
  readonly dyn: number;
  readonly string: string;
  readonly shape: readonly number[];
  /** `Box<X> extends Box<pattern> | Box<K['any']>` always succeeds, with whatever the pattern could infer. */
  readonly any: unknown;
  readonly true: true;
}
