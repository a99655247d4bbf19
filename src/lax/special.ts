// lax: the special, trigonometric and bit primitives under JAX's names. Operands have one shape and one dtype. Floor 7.
import type { Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { div, neg } from '../primitive/arithmetic.ts';
import * as bessel from '../primitive/bessel.ts';
import * as beta from '../primitive/beta.ts';
import * as bits from '../primitive/bits.ts';
import { constantLike } from '../primitive/broadcast.ts';
import * as gammas from '../primitive/gamma.ts';
import * as hyperbolic from '../primitive/hyperbolic.ts';
import * as incomplete from '../primitive/incompleteGamma.ts';
import * as power from '../primitive/power.ts';
import * as special from '../primitive/special.ts';
import * as trigonometric from '../primitive/trigonometric.ts';
import type { Shape } from '../shape/dim.ts';

type OnFloats = <S extends Shape, D extends Float>(x: Tensor<S, D>) => Tensor<S, D>;
type OnIntegers = <S extends Shape, D extends Int>(x: Tensor<S, D>) => Tensor<S, D>;
type OfTwo = <S extends Shape, D extends Float>(x: Tensor<S, D>, y: Tensor<NoInfer<S>, NoInfer<D>>) => Tensor<S, D>;
type OfThree = <S extends Shape, D extends Float>(x: Tensor<S, D>, y: Tensor<NoInfer<S>, NoInfer<D>>, z: Tensor<NoInfer<S>, NoInfer<D>>) => Tensor<S, D>;
const of = (f: (x: AnyTensor) => AnyTensor) => (x: AnyTensor): never => typed(f(x));
const ofTwo = (f: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (x: AnyTensor, y: AnyTensor): never => typed(f(x, y));

/**
 * The tangent, of radians.
 *
 * @example
 * lax.tan(tensor([0])); // -> [0]
 */
export const tan: OnFloats = of(trigonometric.tan);

/**
 * The inverse sine.
 *
 * @example
 * lax.asin(tensor([1])); // -> [1.5707964]
 */
export const asin: OnFloats = of(trigonometric.asin);

/**
 * The inverse cosine.
 *
 * @example
 * lax.acos(tensor([1])); // -> [0]
 */
export const acos: OnFloats = of(trigonometric.acos);

/**
 * The inverse tangent.
 *
 * @example
 * lax.atan(tensor([1])); // -> [0.7853982]
 */
export const atan: OnFloats = of(trigonometric.atan);

/**
 * The hyperbolic sine.
 *
 * @example
 * lax.sinh(tensor([1])); // -> [1.1752012]
 */
export const sinh: OnFloats = of(hyperbolic.sinh);

/**
 * The hyperbolic cosine.
 *
 * @example
 * lax.cosh(tensor([0])); // -> [1]
 */
export const cosh: OnFloats = of(hyperbolic.cosh);

/**
 * The inverse hyperbolic sine.
 *
 * @example
 * lax.asinh(tensor([0])); // -> [0]
 */
export const asinh: OnFloats = of(hyperbolic.asinh);

/**
 * The inverse hyperbolic cosine.
 *
 * @example
 * lax.acosh(tensor([1])); // -> [0]
 */
export const acosh: OnFloats = of(hyperbolic.acosh);

/**
 * The inverse hyperbolic tangent.
 *
 * @example
 * lax.atanh(tensor([0])); // -> [0]
 */
export const atanh: OnFloats = of(hyperbolic.atanh);

/**
 * The angle of the point (x, y) with the first axis; the first operand is y.
 *
 * @example
 * lax.atan2(tensor([1]), tensor([1])); // -> [0.7853982]
 */
export const atan2: OfTwo = ofTwo(trigonometric.atan2);

/**
 * The cube root.
 *
 * @example
 * lax.cbrt(tensor([-8])); // -> [-2]
 */
export const cbrt: OnFloats = of(power.cbrt);

/**
 * The square of each element.
 *
 * @example
 * lax.square(tensor([3])); // -> [9]
 */
export const square: <S extends Shape, D extends Float | Int>(x: Tensor<S, D>) => Tensor<S, D> = of(x => power.integerPow(x, 2));

/**
 * One divided by each element.
 *
 * @example
 * lax.reciprocal(tensor([4])); // -> [0.25]
 */
export const reciprocal: OnFloats = of(x => power.integerPow(x, -1));

/**
 * 2 to the power of each element.
 *
 * @example
 * lax.exp2(tensor([3])); // -> [8]
 */
export const exp2: OnFloats = of(x => power.pow(constantLike(2, x), x));

/**
 * `1 - erf(x)`, accurate where that is small.
 *
 * @example
 * lax.erfc(tensor([0])); // -> [1]
 */
export const erfc: OnFloats = of(special.erfc);

/**
 * The logarithm of the magnitude of the gamma function.
 *
 * @example
 * lax.lgamma(tensor([4])); // -> [1.7917595]
 */
export const lgamma: OnFloats = of(gammas.lgamma);

/**
 * The derivative of `lgamma`.
 *
 * @example
 * lax.digamma(tensor([1])); // -> [-0.57721566]
 */
export const digamma: OnFloats = of(gammas.digamma);

/**
 * The derivative of `digamma` of an order that is a constant. JAX takes a tensor of orders; here it is a number, so that all of its derivatives exist.
 *
 * @throws `value` where the order is no natural number.
 * @example
 * lax.polygamma(1, tensor([1])); // -> [1.6449341]
 */
export const polygamma = <S extends Shape, D extends Float>(order: number, x: Tensor<S, D>): Tensor<S, D> => typed(gammas.polygamma(order, x));

/**
 * The Hurwitz zeta function `sum over k of (q + k)^-s`.
 *
 * @example
 * lax.zeta(tensor([2]), tensor([1])); // -> [1.6449341]
 */
export const zeta: OfTwo = ofTwo(gammas.zeta);

/**
 * The regularised lower incomplete gamma function P(a, x).
 *
 * @example
 * lax.igamma(tensor([1]), tensor([1])); // -> [0.63212055]
 */
export const igamma: OfTwo = ofTwo(incomplete.igamma);

/**
 * The regularised upper incomplete gamma function Q(a, x).
 *
 * @example
 * lax.igammac(tensor([1]), tensor([1])); // -> [0.36787945]
 */
export const igammac: OfTwo = ofTwo(incomplete.igammac);

/**
 * The derivative of `igamma(a, x)` with respect to a.
 *
 * @example
 * lax.igammaGradA(tensor([1]), tensor([1])); // -> [-0.4317297]
 */
export const igammaGradA: OfTwo = ofTwo((a, x) => incomplete.igammaGradA(a, x));

/**
 * The derivative of a sample of a gamma distribution with respect to its shape a, at the sample x: how x moves so that P(a, x) stays.
 *
 * @example
 * lax.randomGammaGrad(tensor([1]), tensor([1])); // -> [1.173563]
 */
export const randomGammaGrad: OfTwo = ofTwo((a, x) => neg(div(incomplete.igammaGradA(a, x), incomplete.gammaDensity(a, x))));

/**
 * The regularised incomplete beta function I_x(a, b).
 *
 * @example
 * lax.betainc(tensor([1]), tensor([1]), tensor([0.25])); // -> [0.25]
 */
export const betainc: OfThree = (a, b, x) => typed(beta.betainc(a, b, x));

/**
 * The modified Bessel function of order 0 times exp(-|x|).
 *
 * @example
 * lax.besselI0e(tensor([0])); // -> [1]
 */
export const besselI0e: OnFloats = of(bessel.besselI0e);

/**
 * The modified Bessel function of order 1 times exp(-|x|).
 *
 * @example
 * lax.besselI1e(tensor([0])); // -> [0]
 */
export const besselI1e: OnFloats = of(bessel.besselI1e);

/**
 * The number of the dtype that follows the first operand towards the second.
 *
 * @example
 * lax.nextafter(tensor([1]), tensor([2])); // -> [1.0000001]
 */
export const nextafter: OfTwo = ofTwo(bits.nextAfter);

/**
 * How many bits are set.
 *
 * @example
 * lax.populationCount(tensor([7], 'i32')); // -> [3]
 */
export const populationCount: OnIntegers = of(bits.populationCount);

/**
 * How many bits are clear above the highest one that is set.
 *
 * @example
 * lax.clz(tensor([1], 'i32')); // -> [31]
 */
export const clz: OnIntegers = of(bits.clz);

/**
 * As if each element had been stored in a float of fewer bits: ties to even, infinite beyond the range, 0 below it.
 *
 * @throws `value` where there is no bit for the exponent.
 * @example
 * lax.reducePrecision(tensor([1.2345]), 8, 3); // -> [1.25]
 */
export const reducePrecision = <S extends Shape, D extends Float>(x: Tensor<S, D>, exponentBits: number, mantissaBits: number): Tensor<S, D> => typed(bits.reducePrecision(x, { exponentBits, mantissaBits }));
