// Generic dims, ranks and dtypes: functions over them need no casts, survive transforms, and are exact where they are called.
import { grad, jit, np, vmap, zeros, type DType, type Float, type Scalar, type Shape, type Tensor } from '../../../src/index.ts';
import { is } from '../rules/eq.ts';

// ---- generic dims
export const linear = <N extends number, I extends number, O extends number>(x: Tensor<[N, I]>, w: Tensor<[I, O]>, b: Tensor<[O]>): Tensor<[N, O]> => np.add(np.matmul(x, w), b);
is<Tensor<[32, 10]>>()(linear(zeros([32, 784]), zeros([784, 10]), zeros([10])));
export const gram = <N extends number, D extends number>(x: Tensor<[N, D]>): Tensor<[N, N]> => np.matmul(x, np.transpose(x));
export const gramByEinsum = <N extends number, D extends number>(x: Tensor<[N, D]>): Tensor<[N, N]> => np.einsum('id,jd->ij', x, x);
export const gramFluent = <N extends number, D extends number>(x: Tensor<[N, D]>): Tensor<[N, N]> => x.matmul(x.transpose());
export const distances = <N extends number, M extends number>(x: Tensor<[N, 3]>, y: Tensor<[M, 3]>): Tensor<[N, M]> =>
  np.sum(np.square(np.subtract(np.expandDims(x, 1), np.expandDims(y, 0))), { axis: -1 });
is<Tensor<[4, 5]>>()(distances(zeros([4, 3]), zeros([5, 3])));
export const rows = <N extends number>(x: Tensor<[N, 28, 28]>): Tensor<[N, 784]> => np.reshape(x, [x.shape[0], -1]);
export const picked = <N extends number>(x: Tensor<[N, 10]>, ids: Tensor<[N], 'i32'>): Tensor<[N]> => np.sum(np.multiply(x, np.oneHot(ids, 10)), { axis: -1 });
export const paired = <N extends number>(x: Tensor<[N]>): Tensor<[N, 2]> => np.stack([x, x], -1);
export const both = <N extends number>(x: Tensor<[N, 2]>): Tensor<[N, 4]> => np.concatenate([x, x], 1);
export const halves = <N extends number>(x: Tensor<[N, 8]>): [Tensor<[N, 4]>, Tensor<[N, 4]>] => np.split(x, 2, 1);
export const chosen = <N extends number>(x: Tensor<[N]>): Tensor<[N]> => np.where(np.less(x, 0), 0, x);
export const bounded = <N extends number>(x: Tensor<[N]>): Tensor<[N]> => np.clip(x, 0, null);
export const standard = <N extends number, F extends number>(x: Tensor<[N, F]>): Tensor<[N, F]> =>
  np.divide(np.subtract(x, np.mean(x, { axis: 0 })), np.add(np.std(x, { axis: 0 }), 1e-6));
export const softmax = <N extends number, C extends number>(x: Tensor<[N, C]>): Tensor<[N, C]> => {
  const e = np.exp(np.subtract(x, np.max(x, { axis: -1, keepdims: true })));
  return np.divide(e, np.sum(e, { axis: -1, keepdims: true }));
};
export const heads = <B extends number, T extends number>(x: Tensor<[B, T, 64]>): Tensor<[B, 4, T, 16]> => np.transpose(np.reshape(x, [x.shape[0], x.shape[1], 4, 16]), [0, 2, 1, 3]);

// ---- generic ranks
export const bias = <S extends Shape>(x: Tensor<[...S, 3]>, b: Tensor<[3]>): Tensor<[...S, 3]> => np.add(x, b);
export const project = <S extends Shape, I extends number>(x: Tensor<[...S, I]>, w: Tensor<[I, 8]>): Tensor<[...S, 8]> => np.matmul(x, w);
export const centred = <S extends Shape, F extends number>(x: Tensor<[...S, F]>): Tensor<[...S, F]> => np.subtract(x, np.mean(x, { axis: -1, keepdims: true }));
export const norm = <S extends Shape, F extends number>(x: Tensor<[...S, F]>): Tensor<[...S]> => np.sqrt(np.sum(np.square(x), { axis: -1 }));
export const flat = <S extends Shape>(x: Tensor<[...S, 2, 3]>): Tensor<[...S, 3, 2]> => np.swapaxes(x, -1, -2);
export const same = <S extends Shape>(x: Tensor<S>, y: Tensor<S>): Tensor<S> => np.maximum(np.add(x, y), 0);
export const widened = <S extends Shape>(x: Tensor<S>): Tensor<[...S, 1]> => np.expandDims(x, -1);
export const scalar = <S extends Shape>(x: Tensor<S>): Scalar => np.mean(np.square(x));
export const looked = <S extends Shape>(table: Tensor<[100, 8]>, ids: Tensor<S, 'i32'>): Tensor<[...S, 8]> => np.take(table, ids, { axis: 0 });
is<Tensor<[4, 5, 3]>>()(bias(zeros([4, 5, 3]), zeros([3])));
is<Tensor<[4, 5]>>()(norm(zeros([4, 5, 3])));

// ---- generic dtypes
export const total = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<[], D> => np.sum(np.square(x));
export const twice = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => np.add(x, x);
export const meanOf = <S extends Shape, D extends Float>(x: Tensor<[...S, 3], D>): Tensor<[...S], D> => x.mean({ axis: -1 });
export const layer = <S extends Shape, D extends Float>(x: Tensor<[...S, 3], D>, w: Tensor<[3, 4], D>): Tensor<[...S, 4], D> => x.matmul(w).add(1).tanh();
is<Tensor<[], 'f64'>>()(total(zeros([3], 'f64')));

// ---- through transforms
const loss = <N extends number>(p: { w: Tensor<[3, 4]>; b: Tensor<[4]> }, x: Tensor<[N, 3]>, y: Tensor<[N, 4]>): Scalar =>
  np.mean(np.square(np.subtract(np.add(np.matmul(x, p.w), p.b), y)));
is<{ w: Tensor<[3, 4]>; b: Tensor<[4]> }>()(grad(loss)({ w: zeros([3, 4]), b: zeros([4]) }, zeros([5, 3]), zeros([5, 4])));
is<{ w: Tensor<[3, 4]>; b: Tensor<[4]> }>()(jit(grad(loss))({ w: zeros([3, 4]), b: zeros([4]) }, zeros([7, 3]), zeros([7, 4])));
is<Tensor<[6]>>()(vmap((x: Tensor<[3]>) => np.sum(x))(zeros([6, 3])));
is<Tensor<[6, 3]>>()(vmap(grad((x: Tensor<[3]>) => np.sum(np.tanh(x))))(zeros([6, 3])));
// Plain functions of np are functions of tensors: they pass point-free.
is<Tensor<[2, 3]>>()(jit(np.tanh)(zeros([2, 3])));
is<Tensor<[3]>>()(vmap((x: Tensor<[2]>) => np.tanh(x).sum())(zeros([3, 2])));
