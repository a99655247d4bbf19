// The types of functions that are differentiated: the function itself, or the words for what is wrong with its result or its arguments. Types only;
// at run time `grad.ts`, `jacobian.ts` and `arguments.ts` say the same. How a parameter can be both stands in `bodyTypes.ts`.
import type { Float, Int } from '../dtype/dtype.ts';
import type { Scalar, Tensor } from '../ir/tensor.ts';
import type { Check } from '../shape/check.ts';
import type { Fits, Same } from '../shape/same.ts';
import type { TakesMessage, Word } from './agreement.ts';
import type { Result, Tree } from './bodyTypes.ts';
import type { ArgumentAt, DTypeIn } from './types.ts';

/** A loss of `A`: `F`, or what is wrong with its result `R`, with `aux` beside it where `Aux` is true, or with the arguments at `I`. */
export type Loss<Name extends string, A extends readonly unknown[], I, Aux, R, F, K = unknown> = [R] extends [never] ? F : Same<R, Tree, K> extends true ? F :
  R extends Result ? unknown extends R ? F
    : Check<Either<Aux extends true ? PairMessage<Name, R, K> : ScalarMessage<Name, R, K>, Either<PlainMessage<Name, A, K>, FloatlessMessage<Name, A, I, K>>>, F, K>
  : never;
/** A function whose results have derivatives. */
export type Differentiable<Name extends string, A extends readonly unknown[], I, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Check<Either<FloatMessage<Name, R, K>, Either<PlainMessage<Name, A, K>, FloatlessMessage<Name, A, I, K>>>, F, K> : never;
/** A function that takes `Takes` where it is given `A`. */
export type Applied<Name extends string, A extends readonly unknown[], Takes, R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Check<Same<A, readonly unknown[], K> extends true ? never : TakesMessage<`${Name}: the argument`, Takes, A, K>, F, K> : never;
type Either<First, Second> = [First] extends [never] ? Second : First;

type ScalarMessage<Name extends string, R, K> =
  Fits<R, Scalar<Float>, K> extends true ? never
  : R extends Tensor<infer S, infer _D>
    ? Same<S['length'], 0, K> extends true ? NoDerivative<Name, R, K> : `${Name}: the function returns ${Word<R, K>}, not a scalar; sum or mean it, or use ${Name extends 'hessian' ? 'jacfwd of jacrev' : 'vjp or jacrev'}`
  : R extends number ? `${Name}: the function returns a number, not a tensor; wrap it: tensor(...)`
  : R extends Promise<unknown> ? `${Name}: the function returns a promise; a program is staged at once, so read values outside the transform`
  : R extends readonly unknown[] ? `${Name}: the function returns ${Word<R, K>}, not a scalar; for [value, aux] give { hasAux: true }, else use vjp or jacrev`
  : `${Name}: the function returns ${R extends object ? 'an object' : Word<R, K>}, not a scalar; use vjp or jacrev`;
type PairMessage<Name extends string, R, K> = R extends readonly [infer V, infer _Aux] ? ScalarMessage<Name, V, K> : `${Name}: with hasAux the function must return [value, aux]`;
type FloatMessage<Name extends string, R, K> = R extends Tensor<infer _S, infer D> ? Fits<D, Int | 'bool', K> extends true ? NoDerivative<Name, R, K> : never : never;
type NoDerivative<Name extends string, R, K> = `${Name}: the function returns ${Word<R, K>}, which has no derivative; use astype to a float dtype`;

type Plain = number | string | boolean | bigint | symbol | ((...args: never[]) => unknown);
/** What is wrong with an argument that is no tensor, without which the function cannot be called. */
export type PlainMessage<Name extends string, A extends readonly unknown[], K = unknown, Index extends readonly unknown[] = []> =
  A extends readonly [infer X, ...infer Rest]
    ? Same<X, never, K> extends true ? PlainMessage<Name, Rest, K, [...Index, 0]>
    : Fits<X, Plain, K> extends true ? `${Name}: argument ${Index['length']} is ${Word<X, K>}, not a tensor; wrap it: tensor(...), or close over it`
    : PlainMessage<Name, Rest, K, [...Index, 0]>
  : never;

type FloatlessMessage<Name extends string, A extends readonly unknown[], I, K> =
  I extends number ? Floatless<Name, ArgumentAt<A, I>, I, K> : I extends readonly number[] ? { [J in keyof I]: Floatless<Name, ArgumentAt<A, I[J] & number>, I[J] & number, K> }[number] : never;
type Floatless<Name extends string, P, I extends number, K> =
  [DTypeIn<P>] extends [infer D] ? Same<D, never, K> extends true ? never : Fits<D, Int | 'bool', K> extends true
    ? `${Name}: argument ${I} has no floating point leaf${P extends Tensor<infer _S, infer _D> ? ` (${Word<P, K>})` : ''}; differentiate with respect to floats, or astype first` : never : never;

/** The argument positions to differentiate at, or the words for one that does not exist. */
export type Argnums<Name extends string, A extends readonly unknown[], I, K = unknown> = Check<OutOfRange<Name, A, I>, I, K>;
type OutOfRange<Name extends string, A extends readonly unknown[], I> =
  number extends A['length'] ? never : number extends I ? never
  : I extends number ? (Exists<A, `${I}`> extends true ? never : `${Name}: argnums ${I} is out of range for ${A['length']} arguments`)
  : I extends readonly [infer First, ...infer Rest] ? Either<OutOfRange<Name, A, First>, OutOfRange<Name, A, Rest>> : never;
type Exists<A extends readonly unknown[], I extends string> = I extends keyof A ? true : I extends `-${infer N}` ? N extends '0' ? false : N extends keyof A | `${A['length']}` ? true : false : false;

/** The options of `grad` for the positions `I`, with `aux` where `Aux` is true. */
export interface LossOptions<I, Aux> {
  /** Which arguments to differentiate with respect to: one index, or several (the result is then a tuple). Default 0. */
  readonly argnums?: I;
  /** The function returns `[value, aux]`; aux is passed through. */
  readonly hasAux?: Aux;
}
/** What stands beside the value in `[value, aux]`. */
export type AuxOf<R> = R extends readonly [infer _Value, infer Aux] ? Aux : never;
export type ValueOf<R> = R extends readonly [infer Value, infer _Aux] ? Value : never;
