// When types are compared: questions that are answered at once, even about type parameters. The root of all shape rules.
// Floor 0: knows nothing of dims or shapes.

// TypeScript leaves a conditional type over a type parameter open until the parameter is known, so inside a generic function
// `add(x: Tensor<[...S, 3]>, y: Tensor<[3]>)` would stay an unanswered question, and be rejected. But inference happens at
// once, and a candidate that misses the constraint of its `infer` is replaced by that constraint: what was inferred tells
// the two apart, without a question about the parameter itself.
//
// At once is also too early: in the body of an alias, about the alias's own parameters. Therefore every rule takes a last
// parameter `K = unknown` and passes it on: as long as `K` is itself a parameter, `Box<...> | Box<K>` is open and nothing is
// answered; where a rule is used, `K` is `unknown` and everything is. Two things follow for who uses the rules:
// an alias of your own over rules takes `K = unknown` too; a signature over naked parameters passes `When<T>` for it.

/** Hides `T`: a conditional type over a box of a type parameter need not wait for the parameter. */
export interface Box<T> { readonly boxed: T }

/** `unknown`, once `T` is known: the `K` of a rule in a signature whose parameters are inferred together with `T`. */
export type When<T> = [T] extends [infer _] ? unknown : never;

interface Exactly<T, Verdict> { readonly in: (x: T) => void; readonly out: T; readonly verdict: Verdict }
/** `true` where two types are identical, else `boolean`; of two different type parameters they are not. */
export type Same<A, B, K = unknown> =
  Box<Exactly<A, true>> extends Box<infer X extends Exactly<B, boolean>> | Box<K> ? X['verdict'] : never;

interface AtMost<T, Verdict> { readonly out: T; readonly verdict: Verdict }
/**
 * `true` where `A` is assignable to `B`, else `boolean`. While `A` is the open answer of a rule, TypeScript judges it by the
 * union of its branches, unless the rule begins with `X extends ...` of a parameter: then by the constraint of `X` alone.
 * So rules that are asked about begin with `[X] extends [...]`.
 */
export type Fits<A, B, K = unknown> =
  Box<AtMost<A, true>> extends Box<infer X extends AtMost<B, boolean>> | Box<K> ? X['verdict'] : never;

/** `A` where it is assignable to `B`, else never. */
export type Only<A, B, K = unknown> =
  Box<AtMost<A, true>> extends Box<infer X extends AtMost<B, boolean>> | Box<K>
    ? X['verdict'] extends true ? X['out'] : never : never;

/**
 * An intermediate result that ends a rule with this answer. Not the bare message: where a message names a type parameter
 * (`${N}`), a conditional type over it would wait.
 */
export interface Stop<Answer> { readonly answer: Answer }
export type AnswerOf<S> = S extends Stop<infer Answer> ? Answer : never;
