// Where tokens stand: sinusoidal tables, learnt positions, rotations of queries and keys. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import type { Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { cos, exp, sin } from '../primitive/exponential.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import type { DrawOptions } from '../random/uniform.ts';
import { show, type Dims, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFeatures, expectFloat, expectInput, parameterOf, started } from './expect.ts';
import { normal, type Initializer } from './initializers.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';

/** position / base^(2 i / width) for `length` positions (from `offset` on) and i up to half the width: [length, width / 2] in f32 or wider. */
function angles(length: number, width: number, base: number, offset: AnyTensor | null, dtype: Float): AnyTensor {
  const half = width / 2;
  const wide: Float = dtype === 'f64' ? 'f64' : 'f32';
  const position = convert(iota([length, half], 'i32', 0), wide);
  const from = offset === null ? position : add(position, broadcastInDim(convert(offset, wide), [length, half], []));
  const index = convert(iota([length, half], 'i32', 1), wide);
  return mul(from, exp(mul(index, constantLike(-2 * Math.log(base) / width, index))));
}
function expectEven(name: string, width: number): void {
  if (width % 2 !== 0) throw new ShapeError(`${name}: ${width} features do not divide into pairs`);
}

/**
 * The table [length, width] of sines and cosines: sin(position / 10000^(2 i / width)) in place 2 i, the cosine in place 2 i + 1.
 * Vaswani et al., "Attention is all you need", 2017, section 3.5.
 *
 * @throws `shape` where the width is odd.
 * @example
 * import { nn } from 'cotangent';
 * nn.sinusoidalTable(2, 4); // -> [[0, 1, 0, 1], [0.841471, 0.5403023, 0.00999983, 0.99995]]
 */
export const sinusoidalTable = <const L extends number, const W extends number, D extends Float = 'f32'>(length: L, width: W, options: DrawOptions<D> = {}): Tensor<Dims<readonly [L, W]>, NoInfer<D>> => {
  const { dtype } = optionsOf('sinusoidalTable', options, { dtype: 'dtype' });
  expectFeatures('sinusoidalTable', length);
  expectFeatures('sinusoidalTable', width);
  expectEven('sinusoidalTable', width);
  const angle = angles(length, width, 10_000, null, dtype ?? 'f32');
  const pairs = concatenate([sin(angle), cos(angle)].map(v => reshape(v, [length, width / 2, 1])), 2);
  return typed(convert(reshape(pairs, [length, width]), dtype ?? 'f32'));
};

/** x + table, along the last two axes. */
const lifted = (x: AnyTensor, table: AnyTensor): AnyTensor => add(x, broadcastInDim(table, x.shape, [x.shape.length - 2, x.shape.length - 1]));
function lengthOf(name: string, x: AnyTensor): number {
  const length = x.shape.at(-2);
  if (length === undefined) throw new ShapeError(`${name}: input ${show(x.shape)} must be [..., length, features]`);
  return length;
}
/**
 * A layer: [..., length, features] plus the sinusoidal table ({@link sinusoidalTable}).
 *
 * @example
 * import { nn, zeros } from 'cotangent';
 * nn.sinusoidal(zeros([1, 1, 4])); // -> [[[0, 1, 0, 1]]]
 */
export const sinusoidal = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => {
  const v = expectFloat('sinusoidal', x);
  return typed(lifted(v, sinusoidalTable(lengthOf('sinusoidal', v), v.shape.at(-1) ?? 0, { dtype: typed(v.dtype) })));
};

/** Parameters of learnt positions: one row for each. */
export interface PositionParams<L extends number, W extends number, D extends Float = 'f32'> { readonly w: Tensor<[L, W], D> }
/**
 * A layer: [..., length, features] plus a learnt row for each position, up to `longest`. Rows start normal with deviation 0.02.
 *
 * @throws `shape` where the input is longer.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * nn.init(nn.learnedPositions(512), random.key(0), zeros([1, 10, 32])).w.shape; // -> [512, 32]
 */
export const learnedPositions = <const L extends number, D extends Float = 'f32'>(longest: L, options: DrawOptions<D> & { readonly init?: Initializer } = {}): (<S extends Shape, W extends number>(x: Tensor<[...S, W], NoInfer<D>>) => Net<PositionParams<L, W, NoInfer<D>>, Tensor<[...S, W], NoInfer<D>>>) => {
  const { dtype, init = normal(0.02) } = optionsOf('learnedPositions', options, { dtype: 'dtype', init: 'function' });
  expectFeatures('learnedPositions', longest);
  const layer: AnyLayer = named('learnedPositions', (x: AnyTensor) => {
    const width = expectInput('learnedPositions', x, null, dtype ?? 'f32');
    const length = lengthOf('learnedPositions', x);
    if (length > longest) throw new ShapeError(`learnedPositions: the input ${show(x.shape)} has ${length} positions, there are ${longest}`);
    return network({
      init: key => ({ w: started('learnedPositions', init, key, [longest, width], dtype ?? 'f32') }),
      apply: (params: unknown) => lifted(x, sliceAxis(parameterOf('learnedPositions', params, 'w', [longest, width]), 0, 0, length)),
    });
  });
  return typed(layer);
};

/** What a rotation may be told. */
export interface RotaryOptions {
  /** Of the wavelengths. Default 10000. */
  readonly base?: number;
  /** The position of the first token: an integer scalar. Default 0. */
  readonly offset?: Tensor<[], Int>;
}
/**
 * Queries or keys [..., length, heads, depth], turned by their positions: element i and element i + depth / 2 are a pair that turns by
 * position / base^(2 i / depth), so that products depend on distances alone. Su et al., "RoFormer", 2021; halves as in GPT-NeoX and Llama.
 *
 * @throws `shape` where the depth is odd or there is no axis of positions.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.rotary(tensor([[[1, 0]], [[1, 0]]])); // -> [[[1, 0]], [[0.5403023, 0.841471]]]
 */
export const rotary = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: RotaryOptions = {}): Tensor<S, D> => {
  const { base = 10_000, offset } = optionsOf('rotary', options, { base: 'number', offset: 'any' });
  const v = expectFloat('rotary', x);
  const rank = v.shape.length;
  const [length, depth] = [v.shape.at(-3), v.shape.at(-1)];
  if (rank < 3 || length === undefined || depth === undefined) throw new ShapeError(`rotary: input ${show(v.shape)} must be [..., length, heads, depth]`);
  if (!(base > 0)) throw new CotangentError('options', `rotary: base ${base} is not positive`);
  expectEven('rotary', depth);
  const angle = angles(length, depth, base, offset === undefined ? null : handleOf(offset, 'rotary'), typed(v.dtype));
  const half = v.shape.map((n, i) => i === rank - 1 ? n / 2 : n);
  const along = (t: AnyTensor): AnyTensor => broadcastInDim(convert(t, v.dtype), half, [rank - 3, rank - 1]);
  const [c, s] = [along(cos(angle)), along(sin(angle))];
  const [a, b] = [sliceAxis(v, rank - 1, 0, depth / 2), sliceAxis(v, rank - 1, depth / 2, depth)];
  return typed(concatenate([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], rank - 1));
};
