// embedding: a table of vectors, looked up by integer ids. Floor 7.
import { agree, intOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { gather } from '../primitive/gather.ts';
import type { DrawOptions } from '../random/uniform.ts';
import { foldIn } from '../random/key.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFeatures, expectFloat, parameter, parameterOf, started } from './expect.ts';
import { normal, type Initializer } from './initializers.ts';
import type { TakesIds } from './misfit.ts';
import { composed, inLayer, meet, named, network, type AnyLayer, type Effects, type Net } from './net.ts';
import { newRun } from './run.ts';

/** Parameters of an embedding: one row for each id. */
export interface EmbeddingParams<V extends number, E extends number, D extends Float = 'f32'> { readonly w: Tensor<[V, E], D> }

/** What an embedding may be told. */
export interface EmbeddingOptions<D extends Float = 'f32'> extends DrawOptions<D> {
  /** How the rows start. Default normal with variance 1 / features. */
  readonly init?: Initializer;
}

/**
 * A layer from ids of any shape to a vector for each: row `id` of a table of `vocabulary` rows. An id outside 0 ... vocabulary - 1 gives
 * NaN and has no gradient. The rows are drawn normal with variance 1 / features.
 *
 * @throws `dtype` where the ids are no integers.
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const ids = tensor([[0, 3, 3]], 'i32');
 * const layer = nn.embedding(4, 8);
 * nn.apply(layer, nn.init(layer, random.key(0), ids), ids).shape; // -> [1, 3, 8]
 */
export const embedding = <const V extends number, const E extends number, D extends Float = 'f32'>(vocabulary: V, features: E, options: EmbeddingOptions<D> = {}): (<S extends Shape, I extends DType>(ids: Tensor<S, I>) => Net<EmbeddingParams<V, E, NoInfer<D>>, Tensor<[...S, E], NoInfer<D>>, TakesIds<'embedding'>[I]>) => {
  const { dtype, init } = optionsOf('embedding', options, { init: 'function', dtype: 'dtype' });
  expectFeatures('embedding', vocabulary);
  expectFeatures('embedding', features);
  const rows = init ?? normal(Math.sqrt(1 / features));
  const layer: AnyLayer = named('embedding', (ids: AnyTensor) => {
    intOnly('embedding', handleOf(ids, 'embedding').dtype);
    return network({
      init: key => ({ w: started('embedding', rows, key, [vocabulary, features], dtype ?? 'f32') }),
      apply: (params: unknown) => gather(parameterOf('embedding', params, 'w', [vocabulary, features]), ids, { axis: 0 }),
    });
  });
  return typed(layer);
};

/**
 * Logits of an embedding's ids for vectors [..., features]: products with all rows, the table used a second time.
 * Press, Wolf, "Using the output embedding to improve language models", 2017.
 *
 * @throws `shape` where the vectors are not as wide as the rows.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.unembed({ w: tensor([[1, 0], [0, 2]]) }, tensor([3, 4])); // -> [3, 8]
 */
export const unembed = <V extends number, E extends number, S extends Shape, D extends Float>(params: EmbeddingParams<V, E, D>, x: Tensor<[...S, NoInfer<E>], NoInfer<D>>): Tensor<[...S, V], D> => {
  const v = expectFloat('unembed', x);
  const w = parameter('unembed', params, 'w');
  const last = v.shape.length - 1;
  if (last < 0 || w.shape.length !== 2 || w.shape[1] !== v.shape[last]) throw new ShapeError(`unembed: vectors ${show(v.shape)} do not fit a table ${show(w.shape)}`);
  agree(v.dtype, w.dtype);
  return typed(dotGeneral(v, w, { lhsContract: [last], rhsContract: [1], lhsBatch: [], rhsBatch: [] }));
};

/** Parameters of a tied embedding: the table, and those of what stands between its two uses. */
export interface TiedParams<V extends number, E extends number, P> {
  readonly body: P;
  readonly embedding: EmbeddingParams<V, E>;
}
/**
 * A layer from ids to logits of the next: embedded, through `body`, and back by the same table ({@link unembed}).
 *
 * @throws `dtype` where the ids are no integers, `shape` where the body changes the width.
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const net = nn.tied(50, 8, nn.layerNormOf(8));
 * const ids = tensor([[0, 3, 3]], 'i32');
 * nn.apply(net, nn.init(net, random.key(0), ids), ids).shape; // -> [1, 3, 50]
 */
export function tied<const V extends number, const E extends number, S extends Shape, P, F extends Effects>(vocabulary: V, features: E, body: (h: Tensor<[...S, E]>) => Net<P, Tensor<[...NoInfer<S>, NoInfer<E>]>, F>, options?: EmbeddingOptions): (ids: Tensor<S, Int>) => Net<TiedParams<V, E, P>, Tensor<[...S, V]>, F>;
export function tied(vocabulary: number, features: number, body: AnyLayer, options: EmbeddingOptions = {}): AnyLayer {
  optionsOf('tied', options, { init: 'function', dtype: 'dtype' });
  const table = embedding(vocabulary, features, options);
  return named('tied', (ids: Tensor<Shape, Int>) => {
    const spec = meet(table, ids);
    return composed({
      start(key) {
        const params = spec.start(foldIn(key, 0)).params;
        const inner = meet(body, spec.run(params, newRun('evaluate', [], null))).start(foldIn(key, 1));
        return { params: { body: inner.params, embedding: params }, states: inner.states };
      },
      run(params, run) {
        const part = (name: 'body' | 'embedding'): unknown => typeof params === 'object' && params !== null ? Reflect.get(params, name) : params;
        const h = spec.run(part('embedding'), run);
        const y = inLayer('body', () => meet(body, h).run(part('body'), run.at(1, 'body')));
        return unembed(typed(part('embedding')), typed(y));
      },
    });
  });
}
