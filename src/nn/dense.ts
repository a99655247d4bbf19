// dense: the fully connected layer. Floor 7.
import { DTypeError, ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim } from '../primitive/broadcast.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { foldIn } from '../random/key.ts';
import { show, type Shape } from '../shape/dim.ts';
import { matmul } from '../shape/matmul.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf } from '../trace/handle.ts';
import { biasIn, biasStart, weightKinds, type Biased, type BiasOptions } from './bias.ts';
import { expectFeatures, expectInput, parameter, started } from './expect.ts';
import { lecunNormal, type Initializer } from './initializers.ts';
import type { Takes } from './misfit.ts';
import { named, network, type Net } from './net.ts';

/** Parameters of a dense layer: weights [inputs, features] and a bias. */
export interface DenseParams<I extends number, O extends number, D extends Float = 'f32'> {
  readonly w: Tensor<[I, O], D>;
  readonly b: Tensor<[O], D>;
}

/** x w, or x w + b, over the last axis. */
function affine(x: AnyTensor, w: AnyTensor, b: AnyTensor | null, features: number): AnyTensor {
  const shape = matmul(x.shape, w.shape);
  if (w.shape.length !== 2 || w.shape[1] !== features) throw new ShapeError(`dense: its parameter w is ${showAval(avalOf(w))}, the layer wants ${show([x.shape.at(-1) ?? 0, features])}; make parameters with nn.init`);
  if (b !== null && (b.shape.length !== 1 || b.shape[0] !== shape.at(-1))) throw new ShapeError(`dense: weights ${showAval(avalOf(w))} want a bias of ${shape.at(-1)}, got ${showAval(avalOf(b))}`);
  if (x.dtype !== w.dtype || (b !== null && x.dtype !== b.dtype)) throw new DTypeError(`dense: dtypes differ: the input is ${x.dtype}, the parameters are ${w.dtype}${b === null ? '' : ` and ${b.dtype}`} (use astype)`);
  const last = x.shape.length - 1;
  const product = dotGeneral(x, w, { lhsContract: [last], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
  return b === null ? product : add(product, broadcastInDim(b, shape, [last]));
}

/** What a dense layer may be told. */
export interface DenseOptions<D extends Float = 'f32', B extends boolean = true> extends BiasOptions<B> {
  /** Of the parameters, the input and the output. Default f32. */
  readonly dtype?: D;
  /** How weights start. Default LeCun normal; see `nn.initializers`. */
  readonly init?: Initializer;
}

/**
 * A fully connected layer: x w + b over the last axis, with any axes before it. Weights are drawn LeCun normal, the bias is zero; with
 * `bias: false` there is none, and the parameters are `{ w }`.
 *
 * @throws `shape` where the input has no axis or another width than the weights, or the weights are those of a layer of another width.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const params = nn.init(nn.dense(10), random.key(0), zeros([32, 784]));
 * params.w.shape; // -> [784, 10]
 * nn.init(nn.dense(2, { bias: false, init: nn.initializers.ones }), random.key(0), zeros([1, 3])); // -> { w: [[1, 1], [1, 1], [1, 1]] }
 */
export const dense = <const O extends number, D extends Float = 'f32', B extends boolean = true>(features: O, options: DenseOptions<D, B> = {}): (<S extends Shape, I extends number, E extends DType>(x: Tensor<[...S, I], E>) => Net<Biased<DenseParams<I, O, NoInfer<D>>, B>, Tensor<[...S, O], NoInfer<D>>, Takes<'dense', D>[E]>) =>
  typed(denseLayer(features, null, optionsOf('dense', options, { ...weightKinds })));

/**
 * As `dense`, with the input width stated: for places where it must be known before the network meets a tensor, as in `residual`.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * nn.init(nn.denseFrom(784, 10), random.key(0), zeros([32, 784])).b.shape; // -> [10]
 */
export const denseFrom = <const I extends number, const O extends number, D extends Float = 'f32', B extends boolean = true>(inputs: I, features: O, options: DenseOptions<D, B> = {}): (<S extends Shape>(x: Tensor<[...S, I], NoInfer<D>>) => Net<Biased<DenseParams<I, O, NoInfer<D>>, B>, Tensor<[...S, O], NoInfer<D>>>) =>
  typed(denseLayer(features, inputs, optionsOf('denseFrom', options, { ...weightKinds })));

function denseLayer(features: number, inputs: number | null, { dtype = 'f32', init = lecunNormal, ...told }: DenseOptions<Float, boolean>): (x: AnyTensor) => Net<unknown, unknown> {
  expectFeatures('dense', features);
  if (inputs !== null) expectFeatures('denseFrom', inputs);
  const bias = biasStart('dense', told);
  return named('dense', x => {
    const width = expectInput('dense', x, inputs, dtype);
    return network({
      init(key) {
        const w = started('dense', init, key, [width, features], dtype);
        return bias === null ? { w } : { w, b: started('dense', bias, foldIn(key, 1), [features], dtype) };
      },
      apply: (params: unknown) => affine(x, parameter('dense', params, 'w'), biasIn('dense', params, bias), features),
    });
  });
}
