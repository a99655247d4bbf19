// Random bits and uniform numbers: what all other draws are made of. Equal to JAX's to the bit.
// Floor 7: programs of tensors.
import { listed } from '../shape/dim.ts';
import { CotangentError, DTypeError } from '../error.ts';
import { isFloat, roundTo, type DType, type Float } from '../dtype/dtype.ts';
import { showAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { stretched } from '../numpy/operands.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike, numberLike } from '../primitive/broadcast.ts';
import { lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { expectShape } from '../primitive/axes.ts';
import { max } from '../primitive/extremum.ts';
import { iota } from '../primitive/iota.ts';
import { and, shiftRightLogical, xor } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { randomBits, threefry2x32 } from '../primitive/threefry.ts';
import { broadcastTo } from '../shape/broadcast.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf, handleOf } from '../trace/handle.ts';
import { expectKey, wordsOf, type Key } from './key.ts';

/** What every draw of floats may be told. */
export interface DrawOptions<D extends Float = 'f32'> {
  /** Default f32. */
  readonly dtype?: D;
}

/**
 * Random bits: every value of the dtype is equally likely.
 *
 * @example
 * import { random } from 'cotangent';
 * random.bits(random.key(0), [3]); // -> [4070199207, 4202968722, 1427181096]
 */
export function bits<const S extends Shape, D extends 'u32' | 'u8' = 'u32'>(key: Key, shape: S, options?: { readonly dtype?: D }): Tensor<Dims<S>, NoInfer<D>>;
export function bits(key: Key, shape: Shape, options: { readonly dtype?: 'u32' | 'u8' } = {}): AnyTensor {
  const { dtype = 'u32' } = optionsOf('random.bits', options, { dtype: 'dtype' });
  return randomBits(expectKey(key, 'random.bits'), [...shape], dtype);
}

const shifted = (x: AnyTensor, by: number): AnyTensor => shiftRightLogical(x, constantLike(by, x));
const scaled = (x: AnyTensor, by: number): AnyTensor => mul(x, constantLike(by, x));

/** The bits of a float of the dtype in [0, 1) from two random words: below the binary point, as many as the mantissa has. */
export function unitFromWords(words: readonly [AnyTensor, AnyTensor], dtype: DType): AnyTensor {
  const [high, low] = words;
  if (dtype === 'f64') return scaled(add(scaled(convert(high, 'f64'), 2 ** 20), convert(shifted(low, 12), 'f64')), 2 ** -52);
  return unitFromBits(xor(high, low), dtype);
}
function unitFromBits(bits: AnyTensor, dtype: DType): AnyTensor {
  switch (dtype) {
    case 'f32': return scaled(convert(shifted(bits, 9), 'f32'), 2 ** -23);
    case 'f16': return scaled(convert(shifted(and(bits, constantLike(0xffff, bits)), 6), 'f16'), 2 ** -10);
    default: throw new DTypeError(`random.uniform: draws floats, not ${dtype}; use random.bits for integers`);
  }
}
/**
 * Uniform on [0, 1): as many random bits as the mantissa has, below the binary point. The same values as bits put into the mantissa of
 * a number in [1, 2), less 1, since both are exact.
 */
export function unitUniform(key: Key, shape: Shape, dtype: DType): AnyTensor {
  const at = [...listed('random', 'shape', shape)];
  if (dtype !== 'f64') return unitFromBits(randomBits(key, at), dtype);
  // Both words of the encrypted counter: 32 bits above, 20 of the 32 bits below.
  expectShape(at, 'random.uniform');
  const counters = reshape(iota([sizeOf(at)], 'u32', 0), at);
  const [k0, k1] = wordsOf(key, at);
  return unitFromWords(threefry2x32(k0, k1, constant(0, at, 'u32'), counters), dtype);
}
/** Uniform between two numbers of the dtype, as JAX computes it. */
export function uniformBetween(key: Key, shape: Shape, dtype: Float, minval: number, maxval: number): AnyTensor {
  const u = unitUniform(key, shape, dtype);
  const { least, span } = boundsOf(minval, maxval, dtype);
  return max(constantLike(least, u), add(mul(u, constantLike(span, u)), constantLike(least, u)));
}

/** Bounds of a uniform draw, rounded to the dtype as JAX rounds them. */
export interface Bounds { readonly least: number; readonly span: number }
export function boundsOf(minval: number, maxval: number, dtype: DType): Bounds {
  const least = roundTo(dtype, minval);
  return { least, span: roundTo(dtype, roundTo(dtype, maxval) - least) };
}

/** What `uniform` may be told. */
export interface UniformOptions<D extends Float = 'f32'> extends DrawOptions<D> {
  /** The least value: a number, or a tensor that broadcasts to the shape. Default 0. */
  readonly minval?: number | Tensor<Shape, NoInfer<D>>;
  /** What all values lie below (up to rounding). Default 1. */
  readonly maxval?: number | Tensor<Shape, NoInfer<D>>;
}

/**
 * Uniform numbers in [minval, maxval). Gradients with respect to bounds that are tensors are those of minval + u (maxval - minval).
 *
 * @throws `value` when the number `minval` is above the number `maxval`, `shape` where a bound does not broadcast to the shape.
 * @example
 * import { random } from 'cotangent';
 * random.uniform(random.key(0), [3]); // -> [0.947667, 0.97857988, 0.33229148]
 */
export function uniform<const S extends Shape, D extends Float = 'f32'>(key: Key, shape: S, options?: UniformOptions<D>): Tensor<Dims<S>, NoInfer<D>>;
export function uniform(key: Key, shape: Shape, options: UniformOptions<Float> = {}): AnyTensor {
  const { dtype = 'f32', minval = 0, maxval = 1 } = optionsOf('random.uniform', options, { minval: 'any', maxval: 'any', dtype: 'dtype' });
  expectKey(key, 'random.uniform');
  const u = unitUniform(key, shape, dtype);
  if (typeof minval === 'number' && typeof maxval === 'number') {
    if (!(minval <= maxval)) throw new CotangentError('value', `random.uniform: minval ${minval} is not below maxval ${maxval}`);
    if (minval === 0 && maxval === 1) return u;
    const { least, span } = boundsOf(minval, maxval, dtype);
    const number = (value: number): AnyTensor => numberLike(value, avalOf(u), 'random.uniform');
    return max(number(least), add(mul(u, number(span)), number(least)));
  }
  const bound = (b: number | AnyTensor): AnyTensor => {
    if (typeof b === 'number') return numberLike(b, avalOf(u), 'random.uniform');
    const x = handleOf(b, 'random.uniform');
    if (x.dtype !== dtype) throw new DTypeError(`random.uniform: a bound is ${showAval(x.aval)}, the draws are ${dtype}; use astype, or give { dtype: '${x.dtype}' }`);
    broadcastTo(x.shape, u.shape);
    return stretched(x, u.shape);
  };
  const [least, most] = [bound(minval), bound(maxval)];
  const y = add(mul(u, sub(most, least)), least);
  // Kept above the bound, where rounding leads below it; its derivative is that of the sum.
  return select(lt(y, least), least, y);
}

/** Refuses dtypes that a draw of floats does not have: a run-time check for untyped callers. */
export function expectFloat(dtype: DType, where: string): void {
  if (!isFloat(dtype)) throw new DTypeError(`${where}: draws floats, not ${dtype}; draw f32 and use astype`);
}
