// The transformer block: attention and a network of two dense layers, each around an identity; and its step for generation. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import { describe } from '../trace/describe.ts';
import { handleOf } from '../trace/handle.ts';
import { CotangentError } from '../error.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { foldIn, type Key } from '../random/key.ts';
import type { Check } from '../shape/check.ts';
import type { Div, DivMod, IsLiteral, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { gelu } from './activation.ts';
import { multiHeadAttention, type AttentionMasks, type MultiHeadAttentionParams } from './attention.ts';
import { dense, type DenseParams } from './dense.ts';
import { dropout } from './dropout.ts';
import { expectInput } from './expect.ts';
import { multiHeadAttentionStep, type AttentionCache } from './memory.ts';
import { composed, inLayer, meet, named, type AnyLayer, type Net, type Random } from './net.ts';
import { layerNormOf, type LayerNormParams } from './normalize.ts';
import { newRun, type Run } from './run.ts';

/** Parameters of a transformer block of width W, with H heads and F hidden features. */
export interface TransformerBlockParams<W extends number, H extends number, F extends number, D extends Float = 'f32'> {
  readonly attention: MultiHeadAttentionParams<W, H, Div<W, H>, D>;
  readonly attentionNorm: LayerNormParams<W, D>;
  readonly hidden: DenseParams<W, F, D>;
  readonly mlpNorm: LayerNormParams<W, D>;
  readonly out: DenseParams<F, W, D>;
}
/** What a transformer block may be told. */
export interface TransformerBlockOptions<Rate extends number | undefined, D extends Float> extends AttentionMasks {
  /** How much of each branch is dropped in training. Default: nothing, and no key is needed. */
  readonly dropout?: Rate;
  /** Of the hidden layer. Default gelu. */
  readonly activation?: (x: Tensor<Shape, D>) => Tensor<Shape, D>;
  /** `before` each branch (the default: deep networks train without warm-up), or `after` the sum, as at first. */
  readonly norm?: 'before' | 'after';
  /** See `multiHeadAttention`. */
  readonly rotary?: boolean | number;
  /** Of the parameters, the input and the output. Default f32. */
  readonly dtype?: D;
}
type Drops<Rate> = [Rate] extends [undefined] ? [] : [Random, Random];
type Divides<W extends number, H extends number, K> = IsLiteral<W, K> extends true ? DivMod<W, H>[1] extends 0 ? H : `transformerBlock: ${W} features do not divide into ${H} heads` : H;

const names = ['attentionNorm', 'attention', 'mlpNorm', 'hidden', 'out'] as const;
type Name = (typeof names)[number];
const partOf = (params: unknown, name: Name): unknown => {
  if (typeof params !== 'object' || params === null || !(name in params)) throw new CotangentError('tree', `transformerBlock: its parameters ${name} are missing from ${describe(params)}; make parameters with nn.init`);
  return Reflect.get(params, name);
};

/**
 * A transformer block of [..., T, width]: x + attention(norm(x)), then x + out(activation(hidden(norm(x)))). It keeps its input's type, so
 * that `repeat` makes a deep network of it. Vaswani et al., 2017; norms before the branches: Xiong et al., "On layer normalization in the
 * transformer architecture", 2020.
 *
 * @param hidden features between the two dense layers; four times the width is usual.
 * @throws `shape` where the heads do not divide the width.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const gpt = nn.seq(nn.embedding(50, 32), nn.learnedPositions(16), nn.repeat(2, nn.transformerBlock(32, 4, 128, { causal: true })), nn.layerNorm, nn.dense(50));
 * const ids = zeros([2, 10], 'i32');
 * const params = nn.init(gpt, random.key(0), ids);
 * params[2].hidden.w.shape; // -> [2, 32, 128]
 * nn.apply(gpt, params, ids).shape; // -> [2, 10, 50]
 */
export const transformerBlock = <const W extends number, const H extends number, const F extends number, const Rate extends number | undefined = undefined, D extends Float = 'f32', K = unknown>(
  width: W, heads: Check<Divides<W, H, K>, H, K>, hidden: F, options: TransformerBlockOptions<Rate, D> = {},
): (<S extends Shape>(x: Tensor<[...S, W], NoInfer<D>>) => Net<TransformerBlockParams<W, H, F, NoInfer<D>>, Tensor<[...S, W], NoInfer<D>>, Drops<Rate>>) => {
  optionsOf('transformerBlock', options, { dropout: 'any', activation: 'function', norm: ['before', 'after'], rotary: 'any', dtype: 'dtype', causal: 'flag', mask: 'any', keyLengths: 'any' });
  const count: number = typed(heads);
  const { dropout: rate, activation = gelu, norm = 'before', rotary = false, dtype, ...masks } = options;
  const type: Float = dtype ?? 'f32';
  const parts: { readonly [N in Name]: AnyLayer } = {
    attentionNorm: layerNormOf(width, { dtype: type }), attention: multiHeadAttention(count, { dtype: type, rotary, ...masks }),
    mlpNorm: layerNormOf(width, { dtype: type }), hidden: dense(hidden, { dtype: type }), out: dense(width, { dtype: type }),
  };
  const drop: AnyLayer | null = rate === undefined ? null : dropout(rate);
  const branches: readonly (readonly Name[])[] = [['attentionNorm', 'attention'], ['mlpNorm', 'hidden', 'out']];
  const layer: AnyLayer = named('transformerBlock', (x: AnyTensor) => {
    expectInput('transformerBlock', x, width, type);
    /** Runs each part in its turn, as `each` says, between the identities. */
    const through = (each: (name: Name, h: unknown, i: number) => unknown, dropped: (h: unknown, i: number) => unknown): AnyTensor => {
      let i = 0;
      return branches.reduce<AnyTensor>((h, branch, b) => {
        const [first, ...rest] = branch as readonly [Name, ...Name[]];
        const order = norm === 'before' ? branch : rest;
        const y = order.reduce<unknown>((v, name) => {
          const made = each(name, v, i++);
          return name === 'hidden' ? activation(typed(made)) : made;
        }, h);
        const sum = add(h, handleOf(typed(dropped(y, b)), 'transformerBlock'));
        return norm === 'before' ? sum : typed(each(first, sum, i++));
      }, handleOf(x, 'transformerBlock'));
    };
    return composed({
      start(key: Key) {
        const params: { [name: string]: unknown } = {};
        through((name, h, i) => inLayer(name, () => {
          const spec = meet(parts[name], h);
          params[name] = spec.start(foldIn(key, i)).params;
          return spec.run(params[name], newRun('evaluate', [], null));
        }), h => h);
        return { params, states: [] };
      },
      run: (params: unknown, run: Run) => through(
        (name, h, i) => inLayer(name, () => {
          const inner = run.at(i, name);
          const y = meet(parts[name], h).run(partOf(params, name), inner);
          inner.observe?.({ path: inner.path, kind: parts[name].name, params: partOf(params, name), input: h, output: y });
          return y;
        }),
        (h, b) => drop === null ? h : meet(drop, h).run(null, run.at(names.length + b, 'dropout'))),
    });
  });
  return typed(layer);
};

/** What a step of a block may be told: as the block was told. */
export interface TransformerStepOptions<D extends Float> {
  readonly activation?: (x: Tensor<Shape, D>) => Tensor<Shape, D>;
  readonly rotary?: boolean | number;
}
/**
 * One step of generation with the parameters of a `transformerBlock` (causal, norms before): the next positions x, [..., T, width], with a cache of what came
 * before ({@link multiHeadAttentionStep}). For repeated blocks, `scan` it over stacked parameters and caches.
 *
 * @returns [y, the cache with the new positions].
 * @throws `shape` where cache, parameters and input do not go together.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const params = nn.init(nn.transformerBlock(8, 2, 32, { causal: true }), random.key(0), zeros([1, 4, 8]));
 * const [y, cache] = nn.transformerBlockStep(params, nn.attentionCache([1], 16, 2, 4), zeros([1, 3, 8]));
 * y.shape; // -> [1, 3, 8]
 * cache.length; // -> 3
 */
export const transformerBlockStep = <S extends Shape, T extends number, W extends number, L extends number, H extends number, F extends number, D extends Float>(
  params: TransformerBlockParams<W, H, F, D>, cache: AttentionCache<S, L, H, Div<W, H>, D>, x: Tensor<[...NoInfer<S>, T, NoInfer<W>], NoInfer<D>>, options: TransformerStepOptions<D> = {},
): [y: Tensor<[...S, T, W], D>, cache: AttentionCache<S, L, H, Div<W, H>, D>] => {
  const { activation = gelu, rotary = false } = optionsOf('transformerBlockStep', options, { activation: 'function', rotary: 'any' });
  const v = handleOf(x, 'transformerBlockStep');
  const width = v.shape.at(-1) ?? 0;
  const dtype: Float = typed(v.dtype);
  const through = (layer: AnyLayer, name: Name, h: AnyTensor): AnyTensor => inLayer(name, () => typed(meet(layer, h).run(partOf(params, name), newRun('apply', [], null))));
  const normed = (name: 'attentionNorm' | 'mlpNorm', h: AnyTensor): AnyTensor => through(layerNormOf(width, { dtype }), name, h);
  const step = multiHeadAttentionStep as (...args: readonly unknown[]) => readonly [AnyTensor, unknown];
  const [attended, next] = step(partOf(params, 'attention'), cache, normed('attentionNorm', v), { rotary });
  const h = add(v, attended);
  const features = handleOf(typed(Reflect.get(partOf(params, 'hidden') as object, 'b')), 'transformerBlockStep').shape[0] ?? 0;
  const inner: AnyTensor = activation(typed(through(dense(features, { dtype }), 'hidden', normed('mlpNorm', h))));
  return typed([add(h, through(dense(width, { dtype }), 'out', inner)), next]);
};
