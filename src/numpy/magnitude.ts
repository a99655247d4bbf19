// Functions of one tensor beside those of elementwise.ts: other names, powers and roots, signs, rounding towards zero, NaN replaced. Floor 7.
import { floatOnly } from '../dtype/agree.ts';
import { dtypeInfo, isFloat, type DType, type Float, type Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, div, mul } from '../primitive/arithmetic.ts';
import * as bessel from '../primitive/bessel.ts';
import { nextAfter, populationCount } from '../primitive/bits.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, lt, ne } from '../primitive/comparison.ts';
import { bitcast, convert } from '../primitive/convert.ts';
import { exp } from '../primitive/exponential.ts';
import { and, or } from '../primitive/logical.ts';
import { cbrt as cubeRoot, pow } from '../primitive/power.ts';
import { abs as magnitudeOf, ceil, floor as floorOf, round as rounded } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { abs, round, type FloatFunction, type FloatPredicate, type Unchanged } from './elementwise.ts';
import { onFloats } from './operands.ts';
import { typed } from './typed.ts';

export { abs as absolute };

/**
 * The magnitude of each element, of floats only.
 *
 * @example
 * fabs(tensor([-1.5, 2])); // -> [1.5, 2]
 */
export const fabs: FloatFunction = onFloats('fabs', magnitudeOf);

/**
 * Each element as it is.
 *
 * @example
 * positive(tensor([-1, 2])); // -> [-1, 2]
 */
export const positive: Unchanged = x => typed(handleOf(x, 'positive'));
export { positive as copy };

/**
 * 2 to the power of each element.
 *
 * @example
 * exp2(tensor([0, 3, -1])); // -> [1, 8, 0.5]
 */
export const exp2: FloatFunction = onFloats('exp2', x => pow(constantLike(2, x), x));

/**
 * The cube root, of negative elements too. Its derivative at 0 is infinite.
 *
 * @example
 * cbrt(tensor([8, -27])); // -> [2, -3]
 */
export const cbrt: FloatFunction = onFloats('cbrt', cubeRoot);

/**
 * The integer next to each element towards zero. Its derivative is 0.
 *
 * @example
 * trunc(tensor([1.7, -1.7])); // -> [1, -1]
 */
export const trunc: FloatFunction = onFloats('trunc', x => select(lt(x, constantLike(0, x)), ceil(x), floorOf(x)));
export { trunc as fix };

/**
 * The nearest integer, halves to the even one. Its derivative is 0.
 *
 * @example
 * rint(tensor([0.5, 1.5, 2.4])); // -> [0, 2, 2]
 */
export const rint: FloatFunction = onFloats('rint', rounded);
export { round as around };

/**
 * [the fraction, the integer part] of each element, both with its sign.
 *
 * @example
 * modf(tensor([1.5, -2.25])); // -> [[0.5, -0.25], [1, -2]]
 */
export const modf = <S extends Shape, D extends Float>(x: Tensor<S, D>): [Tensor<S, D>, Tensor<S, D>] => {
  const whole = trunc(x);
  // An infinity has no fraction; subtracting it from itself would make one.
  const [handle, part]: readonly [AnyTensor, AnyTensor] = [handleOf(x, 'modf'), whole];
  const infinite = eq(magnitudeOf(handle), constantLike(Infinity, handle));
  return [typed(select(infinite, constantLike(0, handle), add(handle, mul(part, constantLike(-1, part))))), whole];
};

/** The dtype of integers as wide as a float's bits; f16 is asked as f32, which keeps the sign. */
const bitsOf = (x: AnyTensor): AnyTensor => bitcast(x.dtype === 'f32' ? x : convert(x, 'f32'), 'i32');
/**
 * Where the sign bit is set: of negative numbers and of -0. The sign of a NaN is not kept by all backends.
 *
 * @example
 * signbit(tensor([-1, 0, -0])); // -> [true, false, true]
 */
export const signbit: FloatPredicate = onFloats('signbit', x => {
  const bits = bitsOf(x);
  return lt(bits, constantLike(0, bits));
});

/**
 * Which elements are positive infinity.
 *
 * @example
 * isposinf(tensor([Infinity, -Infinity, 1])); // -> [true, false, false]
 */
export const isposinf: FloatPredicate = onFloats('isposinf', x => eq(x, constantLike(Infinity, x)));

/**
 * Which elements are negative infinity.
 *
 * @example
 * isneginf(tensor([Infinity, -Infinity, 1])); // -> [false, true, false]
 */
export const isneginf: FloatPredicate = onFloats('isneginf', x => eq(x, constantLike(-Infinity, x)));

/** What stands for NaN and the infinities; by default 0 and the least and greatest finite numbers of the dtype. */
export interface NanToNumOptions { readonly nan?: number; readonly posinf?: number; readonly neginf?: number }
/**
 * The elements with NaN and infinities replaced by numbers; integers are as they are. Where an element was replaced the derivative is 0.
 *
 * @throws `dtype` where the dtype cannot hold a replacement.
 * @example
 * nanToNum(tensor([1, NaN, Infinity]), { posinf: 9 }); // -> [1, 0, 9]
 */
export const nanToNum = <S extends Shape, D extends DType>(x: Tensor<S, D>, options: NanToNumOptions = {}): Tensor<S, D> => {
  const handle = handleOf(x, 'nanToNum');
  if (!isFloat(handle.dtype)) return typed(handle);
  const { min, max } = dtypeInfo[handle.dtype];
  const { nan = 0, posinf = max, neginf = min } = optionsOf('nanToNum', options, { nan: 'any', posinf: 'any', neginf: 'any' });
  const replaced = (y: AnyTensor, where: AnyTensor, by: number): AnyTensor => select(where, constantLike(by, y), y);
  const known = replaced(handle, ne(handle, handle), nan);
  const below = replaced(known, eq(handle, constantLike(Infinity, handle)), posinf);
  return typed(replaced(below, eq(handle, constantLike(-Infinity, handle)), neginf));
};

/**
 * The modified Bessel function of the first kind of order 0.
 *
 * @example
 * i0(tensor([0, 1])); // -> [1, 1.2660658]
 */
export const i0: FloatFunction = onFloats('i0', x => mul(exp(magnitudeOf(x)), bessel.besselI0e(x)));

/**
 * How many bits are set, of the magnitude where integers are signed. u8.
 *
 * @example
 * bitwiseCount(tensor([0, 7, -7], 'i32')); // -> [0, 3, 3]
 */
export const bitwiseCount = <S extends Shape>(x: Tensor<S, Int>): Tensor<S, 'u8'> => {
  const handle = handleOf(x, 'bitwiseCount');
  return typed(convert(populationCount(dtypeInfo[handle.dtype].signed ? magnitudeOf(handle) : handle), 'u8'));
};

/** [the mantissa, the exponent]. */
export type Parts<S extends Shape, D extends Float> = [Tensor<S, D>, Tensor<S, 'i32'>];
/**
 * [mantissa, exponent] with `x = mantissa 2^exponent` and 0.5 <= |mantissa| < 1; of zeros, infinities and NaN the element itself and 0. f32 and
 * f16 only, since their bits are read.
 *
 * @throws `dtype` for f64.
 * @example
 * frexp(tensor([8, 0.75])); // -> [[0.5, 0.75], [4, 0]]
 */
export const frexp = <S extends Shape, D extends 'f32' | 'f16'>(x: Tensor<S, D>): Parts<S, D> => {
  const handle = handleOf(x, 'frexp');
  floatOnly('frexp', handle.dtype);
  const wide = convert(handle, 'f32');
  const c = (value: number): AnyTensor => constant(value, handle.shape, 'i32');
  // Subnormal numbers are lifted into the normal range first.
  const small = lt(magnitudeOf(wide), constantLike(2 ** -126, wide));
  const lifted = select(small, mul(wide, constantLike(2 ** 24, wide)), wide);
  const bits = bitcast(lifted, 'i32');
  const field = exponentField(bits);
  const none = or(eq(wide, constantLike(0, wide)), or(ne(wide, wide), eq(magnitudeOf(wide), constantLike(Infinity, wide))));
  const exponent = add(field, select(small, c(-126 - 24), c(-126)));
  const mantissa = bitcast(or(and(bits, c(0x807fffff | 0)), c(126 << 23)), 'f32');
  return [typed(convert(select(none, wide, mantissa), handle.dtype)), typed(select(none, c(0), exponent))];
};
/** The bits of the exponent of an f32, as they are stored. */
const exponentField = (bits: AnyTensor): AnyTensor => div(and(bits, constantLike(0x7f800000, bits)), constantLike(1 << 23, bits));

/**
 * The distance from each element to the next number of its dtype, away from 0, with its sign.
 *
 * @example
 * spacing(tensor([1, -1])); // -> [1.1920929e-7, -1.1920929e-7]
 */
export const spacing: FloatFunction = onFloats('spacing', x => {
  const zero = constantLike(0, x);
  const infinity = constantLike(Infinity, x);
  const away = select(lt(x, zero), constantLike(-Infinity, x), infinity);
  return add(nextAfter(x, away), mul(x, constantLike(-1, x)));
});
