// The types of functions that are differentiated: what they return and are given, or the words for what is wrong. Types only;
// at run time `grad.ts`, `jacobian.ts` and `arguments.ts` say the same. How a parameter can be both stands in `bodyTypes.ts`.
import type { Float, Int } from '../dtype/dtype.ts';
import type { Scalar, Tensor } from '../ir/tensor.ts';
import type { Check } from '../shape/check.ts';
import type { Fits, Same } from '../shape/same.ts';
import type { Differ, Misfit, TakesMessage, Word } from './agreement.ts';
import type { Result } from './bodyTypes.ts';
import type { TangentArgs } from './types.ts';

// Transforms that return functions keep their parameter a plain function, since their type arguments are inferred from the wanted result as well, as in
// `jit(grad(loss))`: the words stand in the result of that function.

/** The result of a loss: `R`, or what is wrong with it, with `aux` beside it where `Aux` is true. */
export type Loss<Name extends string, Aux, R, K = unknown> =
  [R] extends [Scalar<Float>] ? [Aux] extends [true] ? `${Name}: with hasAux the function must return [value, aux]` : R
  : [Aux] extends [true] ? Check<PairMessage<Name, R, K>, R, K> : [Aux] extends [false] ? Check<ScalarMessage<Name, R, K>, R, K> : R;
/** A result that has a derivative. */
export type Differentiable<Name extends string, R, K = unknown> = Check<FloatMessage<Name, R, K>, R, K>;

// What a function is given may be known after its result: arguments are asked as results are in `bodyTypes.ts`.
/** A function that takes `Takes` where it is given `A`. */
export type Applied<Name extends string, A extends readonly unknown[], Takes extends readonly unknown[], R, F, K = unknown> = [R] extends [never] ? F :
  R extends Result ? unknown extends R ? F : Takes extends Result ? readonly unknown[] extends Takes ? F
    : Check<Same<A, readonly unknown[], K> extends true ? never : TakesMessage<`${Name}: the argument`, Takes, A, K>, F, K> : never : never;
/** The tangents `T` of arguments `A`, or what is wrong with them. */
export type Tangents<Name extends string, A extends readonly unknown[], T, K = unknown> = Fits<T, TangentArgs<A>, K> extends true ? T : Check<TangentWords<Name, Differ<TangentArgs<A>, T, '', K>>, T, K>;
type TangentWords<Name extends string, M> = M extends Misfit<string, string, string> ? `${Name}: tangent${M['path'] extends '' ? '' : ` at ${M['path']}`} is ${M['got']}, the value is ${M['want']}` : never;

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

/** The argument positions to differentiate at, or the words for one that does not exist. */
export type Argnums<Name extends string, A extends readonly unknown[], I, K = unknown> = Check<OutOfRange<Name, A, I>, I, K>;
type OutOfRange<Name extends string, A extends readonly unknown[], I> =
  number extends A['length'] ? never : number extends I ? never
  : I extends number ? (Exists<A, `${I}`> extends true ? never : `${Name}: argnums ${I} is out of range for ${A['length']} arguments`)
  : I extends readonly [infer First, ...infer Rest] ? OutOfRange<Name, A, First> | OutOfRange<Name, A, Rest> : never;
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
