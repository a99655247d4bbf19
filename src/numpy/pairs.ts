// Functions of two operands beside those of arithmetic.ts: signs and magnitudes put together, extrema that pass over NaN, number theory. Floor 7.
import { floatOnly, intOnly } from '../dtype/agree.ts';
import { isFloat, type Float, type Int } from '../dtype/dtype.ts';
import type { AnyTensor, Elementwise, Operand, Second, SecondFloat, Tensor } from '../ir/tensor.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import * as bits from '../primitive/bits.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq, lt, ne } from '../primitive/comparison.ts';
import { bitcast, convert } from '../primitive/convert.ts';
import * as extremum from '../primitive/extremum.ts';
import { shiftLeft } from '../primitive/logical.ts';
import { pow } from '../primitive/power.ts';
import { abs, rem } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { whileLoop } from '../transform/control.ts';
import { divide, floorDivide, remainder, type Binary } from './arithmetic.ts';
import { logSumOfTwo } from './logSum.ts';
import type { Shift } from './logic.ts';
import { signbit } from './magnitude.ts';
import { aligned, combined, ofFloats, stretched } from './operands.ts';
import { any } from './reduce.ts';
import { typed } from './typed.ts';

export { divide as trueDivide, remainder as mod };

/** Of two float operands, at least one a tensor, which broadcast. */
type OfFloats<Name extends string> = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: SecondFloat<X, Y, Name, K>) => Elementwise<X, Y, K>;

/**
 * The remainder of the division that truncates: it has the sign of the dividend.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * fmod(tensor([7, -7]), 3); // -> [1, -1]
 */
export const fmod: Binary = (a, b) => combined('fmod', rem, a, b);

/**
 * [the quotient rounded down, the remainder], as `floorDivide` and `remainder`.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * divmod(tensor([7, -7], 'i32'), 2); // -> [[3, -4], [1, 1]]
 */
export const divmod = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>): [Elementwise<X, Y, K>, Elementwise<X, Y, K>] => [floorDivide(a, b), remainder(a, b)];

const overNaN = (name: string, f: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (a: Operand, b: unknown): never =>
  combined(name, (x, y) => isFloat(x.dtype) ? select(ne(x, x), y, select(ne(y, y), x, f(x, y))) : f(x, y), a, b);

/**
 * The greater of two operands; of a number and NaN the number.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * fmax(tensor([1, NaN, NaN]), tensor([2, 2, NaN])); // -> [2, 2, NaN]
 */
export const fmax: Binary = overNaN('fmax', extremum.max);

/**
 * The lesser of two operands; of a number and NaN the number.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * fmin(tensor([1, NaN, NaN]), tensor([2, 2, NaN])); // -> [1, 2, NaN]
 */
export const fmin: Binary = overNaN('fmin', extremum.min);

/**
 * The magnitude of the first operand with the sign of the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * copysign(tensor([1, -2]), tensor([-0, 3])); // -> [-1, 2]
 */
export const copysign: OfFloats<'copysign'> = ofFloats('copysign', (x, y) => select(eq(negativeBit(x), negativeBit(y)), x, neg(x)));
const negativeBit = (x: AnyTensor): AnyTensor => signbit(typed(x));

/**
 * The number of the dtype that follows the first operand towards the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * nextafter(tensor([1]), 2); // -> [1.0000001]
 */
export const nextafter: OfFloats<'nextafter'> = ofFloats('nextafter', bits.nextAfter);

/**
 * 0 where the first operand is negative, 1 where it is positive, the second one where it is 0. Its derivative in the first is 0.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * heaviside(tensor([-2, 0, 3]), 0.5); // -> [0, 0.5, 1]
 */
export const heaviside: OfFloats<'heaviside'> = ofFloats('heaviside', (x, y) => {
  const zero = constantLike(0, x);
  const sided = select(lt(x, zero), zero, constantLike(1, x));
  return select(eq(x, zero), y, select(ne(x, x), constantLike(NaN, x), sided));
});

/**
 * `log2(2^a + 2^b)` without overflow.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * logaddexp2(tensor([0, 1000]), tensor([0, 1000])); // -> [1, 1001]
 */
export const logaddexp2: OfFloats<'logaddexp2'> = ofFloats('logaddexp2', (x, y) => {
  const ln2 = constantLike(Math.LN2, x);
  return div(logSumOfTwo(mul(x, ln2), mul(y, ln2)), ln2);
});

/**
 * `x 2^exponent`, with integer exponents that broadcast with `x`.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the exponents are no integers.
 * @example
 * ldexp(tensor([1, 0.75]), tensor([3, 2], 'i32')); // -> [8, 3]
 */
export const ldexp = <S extends Shape, D extends Float>(x: Tensor<S, D>, exponent: Tensor<NoInfer<S>, 'i32'> | Tensor<[], 'i32'>): Tensor<S, D> => {
  const handle = handleOf(x, 'ldexp');
  const given = handleOf(exponent, 'ldexp');
  floatOnly('ldexp', handle.dtype);
  intOnly('ldexp', given.dtype);
  const wanted = stretched(convert(given, 'i32'), handle.shape);
  const bound = (y: AnyTensor, most: number): AnyTensor => extremum.max(extremum.min(y, constantLike(most, y)), constantLike(-most, y));
  // In factors that are normal numbers, so that neither they nor what lies between overflows before the result does.
  const most = handle.dtype === 'f64' ? 1000 : 120;
  let rest = bound(wanted, 3 * most);
  let result: AnyTensor = handle;
  for (let step = 0; step < 3; step++) {
    const part = bound(rest, most);
    rest = sub(rest, part);
    result = mul(result, powerOfTwo(part, handle));
  }
  return typed(result);
};
/** 2 to integer powers between those of the normal numbers, to the bit. */
function powerOfTwo(exponent: AnyTensor, like: AnyTensor): AnyTensor {
  if (like.dtype === 'f64') return pow(constantLike(2, like), convert(exponent, 'f64'));
  const field = shiftLeft(add(exponent, constantLike(127, exponent)), constantLike(23, exponent));
  return convert(bitcast(field, 'f32'), like.dtype);
}

/** Euclid's algorithm on all elements at once, until the last one is done. */
function greatestDivisor(x: AnyTensor, y: AnyTensor): AnyTensor {
  intOnly('gcd', x.dtype);
  type Pair = [Tensor<Shape, Int>, Tensor<Shape, Int>];
  const start: Pair = [typed(abs(x)), typed(abs(y))];
  const [divisor] = whileLoop(([, b]: Pair) => any(b), ([a, b]: Pair): Pair => {
    const done = eq(b, constantLike(0, b));
    return [typed(select(done, a, b)), typed(select(done, b, rem(a, select(done, constantLike(1, b), b))))];
  }, start);
  return divisor;
}

/**
 * The greatest common divisor of integers, 0 of two zeros.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are no integers.
 * @example
 * gcd(tensor([12, 18, 0], 'i32'), 8); // -> [4, 2, 8]
 */
export const gcd: Shift = (a, b) => combined('gcd', greatestDivisor, a, b);

/**
 * The least common multiple of integers, 0 where one is 0.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are no integers.
 * @example
 * lcm(tensor([4, 6, 0], 'i32'), 6); // -> [12, 6, 0]
 */
export const lcm: Shift = (a, b) => combined('lcm', (x, y) => {
  const divisor = greatestDivisor(x, y);
  const zero = constantLike(0, divisor);
  const safe = select(eq(divisor, zero), constantLike(1, divisor), divisor);
  return mul(div(abs(x), safe), abs(y));
}, a, b);

/**
 * Tensors and numbers as tensors of one shape.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * broadcastArrays(tensor([1, 2]), tensor([[3], [4]]))[0]; // -> [[1, 2], [1, 2]]
 */
export const broadcastArrays = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>): [Elementwise<X, Y, K>, Elementwise<X, Y, K>] => typed(aligned('broadcastArrays', [a, typed(b)]));
