// The types of functions that are handed to loops and branches: the function itself, or the words for what is wrong with it, which the compiler
// then prints in one line at the function. Types only.
import type { Tensor } from '../ir/tensor.ts';
import type { Check } from '../shape/check.ts';
import type { Fits, Same } from '../shape/same.ts';
import type { BranchMessage, CarryMessage, CombineMessage, TakesMessage, Word } from './agreement.ts';
import type { Stacked, UnstackTree } from './types.ts';

// How a parameter can be a function and a message at once, and generic functions stay generic: TypeScript asks the constraint of a conditional type
// for the one signature that it needs, and the constraint of one that begins with `R extends ...` is what it says of R's own constraint. So each
// type here gives its last-but-one parameter `F`, the plain function, for `R = Result` and for unknown parts of it. What R is by default becomes the
// contextual type of the function's result: there `Tree` says that lists are tuples. A function that returns never (it throws) is any function.

/** Whatever a function returns: the constraint that makes the types here answer before the result is known. */
export type Result = unknown;
/** Anything at all, with a hint that array literals are tuples. Everything fits, lest a mistake in another argument is reported at the function. */
export type Tree = readonly [] | TreeList | TreeRecord | NonNullable<unknown> | null | undefined;
// Interfaces, not a tuple and a record: what is computed of a tree stops at them.
interface TreeList { readonly 0: Tree; readonly [index: number]: Tree }
interface TreeRecord { readonly [key: string]: Tree }

/** The body of a scan: `F`, or what is wrong with the carry `CA` or the slice `XA` that it takes, where it gets `C` and a slice of `X`, or with its result. */
export type ScanBody<Name extends string, C, CA, X, XA, R, F, K = unknown> = [R] extends [never] ? F :
  R extends readonly [infer Leaving, infer _Y]
    ? unknown extends Leaving ? F : Check<Either<Given<`${Name}: the carry`, CA, C, C, K>, Either<Given<`${Name}: a slice of xs`, XA, UnstackTree<X>, X, K>, CarryMessage<Name, CA, Leaving, K>, K>, K>, F, K>
    : unknown extends R ? F : `${Name}: the function must return [carry, y]`;
/** What is wrong with a parameter of type `A` that gets `B`, once it is known from what. */
type Given<Words extends string, A, B, From, K> = Same<From, unknown, K> extends true ? never : TakesMessage<Words, A, B, K>;
type Either<First, Second, K> = Same<First, never, K> extends true ? Second : First;
/** The body of another loop, whose result is the carry. */
export type LoopBody<Name extends string, C, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Same<C, R, K> extends true ? F : Check<CarryMessage<Name, C, R, K>, F, K> : never;
/** A branch, beside the first one. */
export type Branch<Name extends string, First extends string, A, Second extends string, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Same<A, R, K> extends true ? F : Check<BranchMessage<Name, First, A, Second, R, K>, F, K> : never;
/** The branches of a switch: each is held against the first. Beyond the fourth, the compiler says so in its own words. */
export type Branches<A extends readonly unknown[], R, R1, R2, R3, K = unknown> =
  readonly [(...operands: A) => R, Other<A, R, 1, R1, K>?, Other<A, R, 2, R2, K>?, Other<A, R, 3, R3, K>?, ...((...operands: A) => NoInfer<R>)[]];
type Other<A extends readonly unknown[], First, I extends number, R, K> = Branch<'switchCase', 'branch 0', First, `branch ${I}`, R, (...operands: A) => R, K>;
/** An operation that combines two `A` into one. */
export type Combination<Name extends string, A, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Same<A, R, K> extends true ? F : Check<CombineMessage<Name, A, R, K>, F, K> : never;
/** The condition of a loop. */
export type Condition<Name extends string, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Fits<R, Tensor<[], 'bool'>, K> extends true ? F : `${Name}: the condition returns ${Word<R, K>}, it must be a bool scalar` : never;

/** The second results of a scan's body, stacked. */
export type StackedResults<R, N extends number, K = unknown> = R extends readonly [infer _, infer Y] ? Same<Y, Tree, K> extends true ? never : Stacked<Y, N> : never;

/** The predicate of a branch: a bool of rank 0, or the words. */
export type Predicate<Q, K = unknown> =
  [Q] extends [Tensor<[], 'bool'>] ? Q
  : [Q] extends [number | boolean] ? `cond: the predicate is ${Word<Q, K>}, not a tensor; wrap it: tensor(...)`
  : `cond: the predicate is ${Word<Q, K>}, it must be a bool scalar`;
/** A bound of a loop: a number, or a tensor that holds one. */
export type Bound<B, K = unknown> = Fits<B, number | Tensor<[], 'i32'>, K> extends true ? B : `foriLoop: a bound is ${Word<B, K>}, it must be a number or i32[]`;
