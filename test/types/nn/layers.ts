// Types of networks: parameters inferred from layers, batch and rank open, named and unknown dims, dtypes, generic functions.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { grad } from '../../../src/transform/grad.ts';
import { jit } from '../../../src/transform/jit.ts';
import { zeros } from '../../../src/numpy/create.ts';
import { multiply } from '../../../src/numpy/arithmetic.ts';
import { is } from './is.ts';

const key = random.key(0);
declare const n: number;
declare const B: Dim<'batch'>;
declare const T: Dim<'time'>;

const mlp = nn.seq(nn.dense(128), nn.relu, nn.dense(10));
const p = nn.init(mlp, key, zeros([32, 784]));
is<[nn.DenseParams<784, 128>, null, nn.DenseParams<128, 10>]>()(p);
is<Tensor<[784, 128]>>()(p[0].w);
is<Tensor<[10]>>()(p[2].b);
is<Tensor<[32, 10]>>()(nn.apply(mlp, p, zeros([32, 784])));
is<Tensor<[5, 32, 10]>>()(nn.apply(mlp, p, zeros([5, 32, 784])));
is<Tensor<[10]>>()(nn.apply(mlp, p, zeros([784])));
is<Tensor<[Dim<'batch'>, 10]>>()(nn.apply(mlp, p, zeros([B, 784])));
is<Tensor<[number, 10]>>()(nn.apply(mlp, p, zeros([n, 784])));
const wide = nn.seq(nn.dense(128, { dtype: 'f64' }), nn.relu, nn.layerNorm, nn.dense(10, { dtype: 'f64' }));
is<Tensor<[2, 10], 'f64'>>()(nn.apply(wide, nn.init(wide, key, zeros([2, 784], 'f64')), zeros([2, 784], 'f64')));

// Without a bias the parameters are the weights alone, and where it is not known, either.
declare const either: boolean;
is<{ readonly w: Tensor<[784, 10]> }>()(nn.init(nn.dense(10, { bias: false }), key, zeros([32, 784])));
is<nn.DenseParams<784, 10>>()(nn.init(nn.dense(10, { bias: true }), key, zeros([32, 784])));
is<{ readonly w: Tensor<[784, 10]> } | nn.DenseParams<784, 10>>()(nn.init(nn.dense(10, { bias: either }), key, zeros([32, 784])));
is<{ readonly w: Tensor<[4, 3], 'f64'> }>()(nn.init(nn.denseFrom(4, 3, { bias: false, dtype: 'f64' }), key, zeros([2, 4], 'f64')));
const bare = nn.seq(nn.dense(8, { bias: false }), nn.layerNorm, nn.dense(2));
is<[{ readonly w: Tensor<[4, 8]> }, nn.LayerNormParams<8>, nn.DenseParams<8, 2>]>()(nn.init(bare, key, zeros([1, 4])));
is<Tensor<[3, 2]>>()(nn.apply(bare, nn.init(bare, key, zeros([1, 4])), zeros([3, 4])));

// Transformers: residual, layer norm, embedding.
const block = nn.residual(nn.seq(nn.layerNormOf(768), nn.dense(3072), nn.gelu, nn.dense(768)));
const gpt = nn.seq(nn.embedding(50257, 768), block, nn.layerNorm, nn.dense(50257));
const gp = nn.init(gpt, key, zeros([B, T], 'i32'));
is<Tensor<[50257, 768]>>()(gp[0].w);
is<Tensor<[768, 3072]>>()(gp[1][1].w);
is<Tensor<[768]>>()(gp[2].scale);
is<Tensor<[Dim<'batch'>, Dim<'time'>, 50257]>>()(nn.apply(gpt, gp, zeros([B, T], 'i32')));
is<Tensor<[2, 3, 4], 'f64'>>()(nn.apply(nn.embedding(9, 4, { dtype: 'f64' }), { w: zeros([9, 4], 'f64') }, zeros([2, 3], 'i32')));

// Plain functions are layers: generic ones in seq, untyped ones in from.
const square = <S extends readonly number[]>(x: Tensor<S>): Tensor<S> => multiply(x, x);
const withSquare = nn.seq(nn.dense(8), square, nn.dense(4), nn.tanh, nn.softmax);
is<Tensor<[2, 4]>>()(nn.apply(withSquare, nn.init(withSquare, key, zeros([2, 3])), zeros([2, 3])));
const closed = nn.from(zeros([2, 3]), nn.dense(8), x => multiply(x, x), nn.dense(5));
is<Tensor<[2, 5]>>()(nn.apply(closed, nn.init(closed, key, zeros([2, 3])), zeros([2, 3])));
is<Tensor<[2, 3]>>()(nn.apply(nn.residual(nn.relu), null, zeros([2, 3])));
is<Tensor<[2, 3]>>()(nn.relu(zeros([2, 3])));
is<Tensor<[2, 3], 'f64'>>()(nn.softmax(zeros([2, 3], 'f64'), { axis: 0 }));

// Generic losses stay generic through grad and jit.
const loss = <N extends number>(q: typeof p, x: Tensor<[N, 784]>, y: Tensor<[N], 'i32'>): Scalar => nn.crossEntropy(nn.apply(mlp, q, x), y);
const g = jit(grad(loss))(p, zeros([8, 784]), zeros([8], 'i32'));
is<Tensor<[784, 128]>>()(g[0].w);
is<null>()(g[1]);
export const regression = <N extends number>(q: typeof p, x: Tensor<[N, 784]>, y: Tensor<[N, 10]>): Scalar => nn.squaredError(nn.apply(mlp, q, x), y);
export const generic = <N extends number, M extends number>(x: Tensor<[N, M, 784]>): Tensor<[N, M, 10]> => nn.apply(mlp, p, x);
export const ranks = <S extends readonly number[]>(x: Tensor<[...S, 10]>, y: Tensor<[...S, 10]>, ids: Tensor<S, 'i32'>): Scalar[] =>
  [nn.squaredError(x, y), nn.crossEntropy(x, ids), nn.crossEntropy(x, y), nn.binaryCrossEntropy(x, y), nn.accuracy(x, ids)];

// Losses.
is<Tensor<[]>>()(nn.squaredError(zeros([32, 10]), zeros([32, 10])));
is<Tensor<[32, 10]>>()(nn.squaredError(zeros([32, 10]), zeros([32, 10]), { reduction: 'none' }));
is<Tensor<[], 'f64'>>()(nn.squaredError(zeros([32, 10], 'f64'), zeros([32, 10], 'f64'), { reduction: 'sum' }));
is<Tensor<[32]>>()(nn.crossEntropy(zeros([32, 10]), zeros([32], 'i32'), { reduction: 'none' }));
is<Tensor<[2, 32]>>()(nn.crossEntropy(zeros([2, 32, 10]), zeros([2, 32, 10]), { reduction: 'none' }));
is<Tensor<[]>>()(nn.crossEntropy(zeros([10]), zeros([], 'u8')));
is<Tensor<[]>>()(nn.accuracy(zeros([B, 10]), zeros([B], 'i32')));
// What is unknown is checked at run time.
is<Tensor<[]>>()(nn.squaredError(zeros([n, 10]), zeros([32, 10])));
is<Tensor<[]>>()(nn.squaredError(zeros([32, 10]), zeros([32, n])));
is<Tensor<[]>>()(nn.crossEntropy(zeros([n, 10]), zeros([n], 'i32')));
declare const anything: Tensor<readonly number[]>;
is<Tensor<[]>>()(nn.squaredError(anything, zeros([3])));
is<Tensor<[]>>()(nn.squaredError(zeros([3]), anything));

// A network of one's own.
const scaled = <N extends number>(x: Tensor<[N, 3]>) => nn.network({ init: () => zeros([3]), apply: (scale: Tensor<[3]>) => multiply(x, scale) });
is<[Tensor<[3]>, null]>()(nn.init(nn.seq(scaled, nn.relu), key, zeros([2, 3])));
export const anyFloat = <D extends 'f32' | 'f64'>(a: Tensor<[3], D>): Scalar<D> => nn.squaredError(a, a);
