// Attention to something else than the input: across two sequences, and to what came before, kept in a cache for generation. Floor 7.
import { DTypeError, ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range, sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import { le } from '../primitive/comparison.ts';
import * as composites from '../primitive/compositesAttention.ts';
import { dynamicUpdateSlice } from '../primitive/dynamicSlice.ts';
import { iota } from '../primitive/iota.ts';
import { select } from '../primitive/select.ts';
import type { DrawOptions } from '../random/uniform.ts';
import { show, type Div, type Dims, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { knownNumber, numberInput } from '../trace/handle.ts';
import { expectHeads, mixed, projections, startOf, turned, type AttentionMasks, type MultiHeadAttentionParams } from './attention.ts';
import { expectFeatures, expectFloat, expectInput, parameter } from './expect.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';

/** What cross-attention may be told. */
export interface CrossAttentionOptions<D extends Float> extends Omit<AttentionMasks, 'causal'> {
  /** Of the parameters, the inputs and the output. Default f32. */
  readonly dtype?: D;
}
/**
 * A layer on a pair: every position of the first, [..., T, width], attends to those of the second, [..., S, width], which has the same
 * width. Parameters are those of `multiHeadAttention`. Vaswani et al., "Attention is all you need", 2017.
 *
 * @throws `shape` where the heads do not divide the width, or the two do not go together.
 * @example
 * import { nn, random, zeros, type Tensor } from 'cotangent';
 * const pair: [Tensor<[2, 3, 8]>, Tensor<[2, 5, 8]>] = [zeros([2, 3, 8]), zeros([2, 5, 8])];
 * const layer = nn.crossAttention(2);
 * nn.apply(layer, nn.init(layer, random.key(0), pair), pair).shape; // -> [2, 3, 8]
 */
export const crossAttention = <const H extends number, D extends Float = 'f32'>(heads: H, options: CrossAttentionOptions<D> = {}): (<B extends Shape, T extends number, S extends number, W extends number>(pair: readonly [Tensor<[...B, T, W], NoInfer<D>>, Tensor<[...NoInfer<B>, S, NoInfer<W>], NoInfer<D>>]) => Net<MultiHeadAttentionParams<W, H, Div<W, H>, NoInfer<D>>, Tensor<[...B, T, W], NoInfer<D>>>) => {
  const { dtype, ...masks } = optionsOf('crossAttention', options, { dtype: 'dtype', mask: 'any', keyLengths: 'any' });
  expectFeatures('crossAttention', heads);
  const layer: AnyLayer = named('crossAttention', ([x, memory]: readonly [AnyTensor, AnyTensor]) => {
    const type: Float = dtype ?? 'f32';
    const width = expectInput('crossAttention', x, null, type);
    expectInput('crossAttention', memory, width, type);
    expectHeads('crossAttention', x, heads);
    expectHeads('crossAttention', memory, heads);
    return network({
      init: key => startOf(key, width, heads, type),
      apply(params: unknown) {
        const [q, k, v] = projections(x, memory, params, heads);
        return mixed(composites.attention(q, k, v, masks), params, width);
      },
    });
  });
  return typed(layer);
};

/** Keys and values of the positions so far, and how many there are. */
export interface AttentionCache<S extends Shape, L extends number, H extends number, E extends number, D extends Float = 'f32'> {
  readonly keys: Tensor<[...S, L, H, E], D>;
  readonly values: Tensor<[...S, L, H, E], D>;
  readonly length: Scalar<'i32'>;
}
/**
 * A cache with room for `longest` positions and nothing in it.
 *
 * @param batch the axes before the positions.
 * @param depth of one head: the width over the heads, as a literal; TypeScript knows `32 / 4` as a number only.
 * @example
 * import { nn } from 'cotangent';
 * nn.attentionCache([2], 16, 4, 8).keys.shape; // -> [2, 16, 4, 8]
 */
export const attentionCache = <const S extends Shape, const L extends number, const H extends number, const E extends number, D extends Float = 'f32'>(batch: S, longest: L, heads: H, depth: E, options: DrawOptions<D> = {}): AttentionCache<Dims<S>, L, H, E, NoInfer<D>> => {
  const { dtype } = optionsOf('attentionCache', options, { dtype: 'dtype' });
  for (const n of [longest, heads, depth]) expectFeatures('attentionCache', n);
  const empty = constant(0, [...batch, longest, heads, depth], dtype ?? 'f32');
  return typed({ keys: empty, values: empty, length: constant(0, [], 'i32') });
};

/**
 * One step of generation with the parameters of `multiHeadAttention`: the next T positions x, [..., T, width], attend to themselves and to all
 * before them, whose keys and values are in the cache. What comes out equals what causal attention gives at these positions. Under jit, where
 * the length of the cache is not known, a result for which there is no room is NaN.
 *
 * @param options `rotary` as the layer had it.
 * @returns [y, the cache with the new positions].
 * @throws `shape` where cache, parameters and input do not go together, or the cache, of a length that is known, has no room.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const params = nn.init(nn.multiHeadAttention(2, { causal: true }), random.key(0), zeros([1, 4, 8]));
 * const [y, cache] = nn.multiHeadAttentionStep(params, nn.attentionCache([1], 16, 2, 4), zeros([1, 1, 8]));
 * y.shape; // -> [1, 1, 8]
 * cache.length; // -> 1
 */
export const multiHeadAttentionStep = <S extends Shape, T extends number, W extends number, L extends number, H extends number, E extends number, D extends Float>(
  params: MultiHeadAttentionParams<W, H, E, D>, cache: AttentionCache<S, L, H, E, D>, x: Tensor<[...NoInfer<S>, T, NoInfer<W>], NoInfer<D>>, options: { readonly rotary?: boolean | number } = {},
): [y: Tensor<[...S, T, W], D>, cache: AttentionCache<S, L, H, E, D>] => {
  const { rotary = false } = optionsOf('multiHeadAttentionStep', options, { rotary: 'any' });
  const name = 'multiHeadAttentionStep';
  const v = expectFloat(name, x);
  const kept = (which: 'keys' | 'values' | 'length'): AnyTensor => parameter(`${name}: the cache`, cache, which);
  const [keys, values, length] = [kept('keys'), kept('values'), kept('length')];
  const [longest, heads, depth] = keys.shape.slice(-3);
  const batch = keys.shape.slice(0, -3);
  const steps = v.shape.at(-2) ?? 0;
  if (longest === undefined || heads === undefined || depth === undefined || !sameShape([...batch, steps, heads * depth], v.shape)) throw new ShapeError(`${name}: a cache of keys ${show(keys.shape)} does not fit the input ${show(v.shape)}`);
  if (!sameShape(keys.shape, values.shape) || length.dtype !== 'i32' || length.shape.length !== 0) throw new ShapeError(`${name}: the cache's keys, values and length are ${show(keys.shape)}, ${show(values.shape)} and ${showAval(length)}; make it with nn.attentionCache`);
  if (keys.dtype !== v.dtype) throw new DTypeError(`${name}: dtypes differ: a cache of ${keys.dtype} and an input of ${v.dtype} (use astype)`);
  const before = knownNumber(length);
  const free = longest - Math.max(0, before ?? 0);
  if (steps > free) throw new ShapeError(`${name}: the cache has room for ${longest} positions${before === null ? '' : ` and holds ${before}`}, ${steps} more ${steps === 1 ? 'does' : 'do'} not fit; make a longer one: nn.attentionCache(batch, longest, heads, depth)`);
  const [q, k, u] = projections(v, v, params, heads);
  const offset: Scalar<'i32'> = typed(length);
  const starts = range(keys.shape.length).map(i => i === batch.length ? length : constant(0, [], 'i32'));
  const [allKeys, allValues] = [dynamicUpdateSlice(keys, turned(k, rotary, offset), starts), dynamicUpdateSlice(values, u, starts)];
  // Query t stands at position length + t, and sees what is not behind it.
  const place = [steps, longest];
  const seen = le(iota(place, 'i32', 1), add(iota(place, 'i32', 0), broadcastInDim(length, place, [])));
  const y = mixed(composites.attention(turned(q, rotary, offset), allKeys, allValues, { mask: seen }), params, heads * depth);
  const caches = { keys: allKeys, values: allValues };
  // Where the length is known it stays known, so that the call that has no room is the one that says so.
  if (before !== null) return typed([y, { ...caches, length: numberInput(before + steps, 'i32') }]);
  const next = add(length, constantLike(steps, length));
  const room = broadcastInDim(le(next, constantLike(longest, next)), y.shape, []);
  return typed([select(room, y, constantLike(NaN, y)), { ...caches, length: next }]);
};
