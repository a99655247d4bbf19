// Attention: as a function of queries, keys and values, and as a layer with several heads. Floor 7.
// Heads stand behind lengths, [..., length, heads, depth], as in jax.nn: what a dense layer makes needs a reshape only.
import { agree, type Agree } from '../dtype/agree.ts';
import { DTypeError, ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { range, sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant } from '../primitive/broadcast.ts';
import * as composites from '../primitive/compositesAttention.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { foldIn, type Key } from '../random/key.ts';
import type { Attention, AttentionKeys } from '../shape/attention.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import { show, type Div, type DivMod, type IsLiteral, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFeatures, expectFloat, expectInput, parameter } from './expect.ts';
import { lecunNormal } from './initialize.ts';
import type { Faults, Takes } from './misfit.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';
import { rotary } from './positions.ts';

/** Which keys each query sees. */
export interface AttentionMasks {
  /** Query t sees keys 0 to t only. Default false. */
  readonly causal?: boolean;
  /** `true` where a query sees a key; broadcasts to [..., heads, queries, keys]. */
  readonly mask?: Tensor<Shape, 'bool'>;
  /** How many keys there are in each example: integers of the leading axes' shape. Those after them are not seen. */
  readonly keyLengths?: Tensor<Shape, Int>;
}
/** What attention may be told. */
export interface AttentionOptions extends AttentionMasks {
  /** What the products of queries and keys are multiplied by. Default 1 / sqrt(depth). */
  readonly scale?: number;
}

type KeysRule<X, Y, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, AttentionKeys<A, B, K>, K> : never : never;
type ValuesRule<X, Y, Z, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer _> ? Z extends Tensor<infer C, infer F> ? Both<Agree<D, F, K>, Attention<A, B, C, K>, K> : never : never : never;

/**
 * softmax(queries keys' * scale) values, for each head: queries [..., T, heads, depth], keys [..., S, heads, depth] and values
 * [..., S, heads, features] give [..., T, heads, features]. A query that sees no key gives zeros, with a zero gradient. For the backward
 * pass two numbers a query are kept, not its weights: memory grows with T, not with T * S.
 * Vaswani et al., "Attention is all you need", 2017; Dao et al., "FlashAttention", 2022.
 *
 * @throws `shape` where queries, keys, values or masks do not go together, `dtype` where the dtypes differ.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const x = tensor([[[1, 0]], [[0, 1]]]); // length 2, one head, depth 2
 * nn.attention(x, x, x, { causal: true, scale: 0 }); // -> [[[1, 0]], [[0.5, 0.5]]]
 */
export const attention = <X extends AnyTensor, Y extends AnyTensor, Z extends AnyTensor, K = unknown>(
  queries: X, keys: Check<KeysRule<X, Y, K>, Y, K>, values: Check<ValuesRule<X, Y, Z, K>, Z, K>, options: AttentionOptions = {},
): Tensor<Ok<ValuesRule<X, Y, Z, K>, K>, X['dtype']> => {
  optionsOf('attention', options, { scale: 'number', causal: 'flag', mask: 'any', keyLengths: 'any' });
  const q = expectFloat('attention', queries);
  const [k, v] = [handleOf(typed(keys), 'attention'), handleOf(typed(values), 'attention')];
  agree(q.dtype, k.dtype);
  agree(q.dtype, v.dtype);
  return typed(composites.attention(q, k, v, options));
};

/** A projection [in, heads, depth] with a bias. */
export interface Projection<W extends Shape, B extends Shape, D extends Float = 'f32'> {
  readonly w: Tensor<W, D>;
  readonly b: Tensor<B, D>;
}
/** Parameters of multi-head attention of width W with H heads of depth E. */
export interface MultiHeadAttentionParams<W extends number, H extends number, E extends number, D extends Float = 'f32'> {
  readonly query: Projection<[W, H, E], [H, E], D>;
  readonly key: Projection<[W, H, E], [H, E], D>;
  readonly value: Projection<[W, H, E], [H, E], D>;
  readonly out: Projection<[H, E, W], [W], D>;
}
/** What multi-head attention may be told. */
export interface MultiHeadAttentionOptions<D extends Float> extends AttentionMasks {
  /** Of the parameters, the input and the output. Default f32. */
  readonly dtype?: D;
  /** Turns queries and keys by their positions ({@link rotary}): true, or the base of the wavelengths. Default false. */
  readonly rotary?: boolean | number;
}
type Heads<W extends number, H extends number, K> =
  IsLiteral<W, K> extends true ? DivMod<W, H>[1] extends 0 ? true : `multiHeadAttention: ${W} features do not divide into ${H} heads` : true;

/**
 * A layer: every position of [..., T, width] attends to the others, in `heads` heads of depth width / heads, and the heads are mixed.
 * Projections are drawn LeCun normal, biases start at 0. Vaswani et al., "Attention is all you need", 2017.
 *
 * @throws `shape` where the heads do not divide the width, or the input has no axis of positions.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.multiHeadAttention(4, { causal: true });
 * const params = nn.init(layer, random.key(0), zeros([1, 10, 32]));
 * params.query.w.shape; // -> [32, 4, 8]
 * nn.apply(layer, params, zeros([2, 10, 32])).shape; // -> [2, 10, 32]
 */
export const multiHeadAttention = <const H extends number, D extends Float = 'f32'>(
  heads: H, options: MultiHeadAttentionOptions<D> = {},
): (<S extends Shape, W extends number, E extends DType>(x: Tensor<[...S, W], E>) => Net<MultiHeadAttentionParams<W, H, Div<W, H>, NoInfer<D>>, Tensor<[...S, W], NoInfer<D>>, [...Takes<'multiHeadAttention', D>[E], ...Faults<Heads<W, H, When<W>>, When<W>>]>) => {
  const { dtype, rotary: turns = false, ...masks } = optionsOf('multiHeadAttention', options, { dtype: 'dtype', rotary: 'any', causal: 'flag', mask: 'any', keyLengths: 'any' });
  expectFeatures('multiHeadAttention', heads);
  const layer: AnyLayer = named('multiHeadAttention', (x: AnyTensor) => {
    const type: Float = dtype ?? 'f32';
    const width = expectInput('multiHeadAttention', x, null, type);
    expectHeads('multiHeadAttention', x, heads);
    return network({
      init: (key: Key) => startOf(key, width, heads, type),
      apply(params: unknown) {
        const [q, k, v] = projections(x, x, params, heads);
        return mixed(composites.attention(turned(q, turns), turned(k, turns), v, masks), params, width);
      },
    });
  });
  return typed(layer);
};

/** Initial parameters: projections LeCun normal, biases 0. */
export function startOf(key: Key, width: number, heads: number, dtype: Float): unknown {
  const depth = width / heads;
  const projection = (i: number): unknown => ({
    w: reshape(lecunNormal(foldIn(key, i), [width, width], { dtype }), [width, heads, depth]), b: constant(0, [heads, depth], dtype),
  });
  const out = { w: reshape(lecunNormal(foldIn(key, 3), [width, width], { dtype }), [heads, depth, width]), b: constant(0, [width], dtype) };
  return { query: projection(0), key: projection(1), value: projection(2), out };
}
const partOf = (params: unknown, name: string): unknown => typeof params === 'object' && params !== null ? Reflect.get(params, name) : params;
/** Queries of x, keys and values of the memory, [..., length, heads, depth]. */
export function projections(x: AnyTensor, memory: AnyTensor, params: unknown, heads: number): readonly [AnyTensor, AnyTensor, AnyTensor] {
  const width = x.shape.at(-1) ?? 0;
  const project = (from: AnyTensor, name: 'query' | 'key' | 'value'): AnyTensor => projected(from, partOf(params, name), name, [width, heads, width / heads], 1);
  return [project(x, 'query'), project(memory, 'key'), project(memory, 'value')];
}
/** The heads [..., length, heads, depth] mixed to the width. */
export const mixed = (heads: AnyTensor, params: unknown, width: number): AnyTensor =>
  projected(heads, partOf(params, 'out'), 'out', [heads.shape.at(-2) ?? 0, heads.shape.at(-1) ?? 0, width], 2);
/** Queries or keys turned by their positions, where that is asked for. */
export const turned = (x: AnyTensor, turns: boolean | number, offset?: Tensor<[], 'i32'>): AnyTensor =>
  turns === false ? x : rotary(typed(x), { base: turns === true ? 10_000 : turns, ...offset === undefined ? {} : { offset } });
export function expectHeads(name: string, x: AnyTensor, heads: number): number {
  const width = x.shape.at(-1) ?? 0;
  if (x.shape.length < 2) throw new ShapeError(`${name}: input ${show(x.shape)} must be [..., length, features]`);
  if (width % heads !== 0) throw new ShapeError(`${name}: ${width} features do not divide into ${heads} heads`);
  return width;
}

/** x w + b over the last `contracted` axes of `x`. */
function projected(x: AnyTensor, params: unknown, name: string, shape: readonly number[], contracted: number): AnyTensor {
  const layer = `multiHeadAttention.${name}`;
  const [w, b] = [parameter(layer, params, 'w'), parameter(layer, params, 'b')];
  const made = shape.slice(contracted);
  for (const [p, want] of [[w, shape], [b, made]] as const) {
    if (!sameShape(p.shape, want)) throw new ShapeError(`${layer}: wants parameters of shapes ${show(shape)} and ${show(made)}, got ${showAval(p.aval)}`);
    if (p.dtype !== x.dtype) throw new DTypeError(`${layer}: dtypes differ: the input is ${x.dtype}, a parameter ${p.dtype} (use astype)`);
  }
  const rank = x.shape.length - contracted;
  const product = dotGeneral(x, w, { lhsContract: range(contracted).map(i => rank + i), rhsContract: range(contracted), lhsBatch: [], rhsBatch: [] });
  return add(product, broadcastInDim(b, product.shape, made.map((_, i) => rank + i)));
}
