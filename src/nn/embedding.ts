// embedding: a table of vectors, looked up by integer ids. Floor 7.
import { intOnly } from '../dtype/agree.ts';
import type { Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { gather } from '../primitive/gather.ts';
import { normal } from '../random/normal.ts';
import type { DrawOptions } from '../random/uniform.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFeatures, parameter } from './expect.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';

/** Parameters of an embedding: one row for each id. */
export interface EmbeddingParams<V extends number, E extends number, D extends Float = 'f32'> { readonly w: Tensor<[V, E], D> }

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
export const embedding = <const V extends number, const E extends number, D extends Float = 'f32'>(vocabulary: V, features: E, { dtype }: DrawOptions<D> = {}): (<S extends Shape>(ids: Tensor<S, Int>) => Net<EmbeddingParams<V, E, NoInfer<D>>, Tensor<[...S, E], NoInfer<D>>>) => {
  expectFeatures('embedding', vocabulary);
  expectFeatures('embedding', features);
  const layer: AnyLayer = named('embedding', (ids: AnyTensor) => {
    intOnly('embedding', handleOf(ids, 'embedding').dtype);
    return network({
      init: key => {
        const x = normal(key, [vocabulary, features], { dtype: dtype ?? 'f32' });
        return { w: mul(x, constantLike(Math.sqrt(1 / features), x)) };
      },
      apply: (params: unknown) => gather(parameter('embedding', params, 'w'), ids, { axis: 0 }),
    });
  });
  return typed(layer);
};
