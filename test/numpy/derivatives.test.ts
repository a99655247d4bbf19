// What np composes from primitives, differentiated: gradients and Hessians against central differences in float64, and batches
// against examples one by one.
import { describe, expect, it } from 'vitest';
import { fromData, grad, hessian, jit, np, setBackend, tensor, vmap, type Scalar, type Tensor } from '../../src/index.ts';

await setBackend('reference');

type V = Tensor<[6], 'f64'>;
type F = (x: V) => Scalar<'f64'>;
const w = fromData(Float64Array.from([0.3, -1.2, 0.7, 1.9, -0.4, 0.8]), [6]);
const m = fromData(Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)), [2, 6]);
const ids = tensor([5, -1, 0, 0], 'i32');
const weighted = (y: V): Scalar<'f64'> => np.sum(np.multiply(np.multiply(y, y), w));
const matrix = (x: V): Tensor<[2, 3], 'f64'> => np.reshape(x, [2, 3]);

/** Positive points keep logarithms and roots inside their domains. */
const positive = [0.31, 0.77, 1.13, 1.58, 2.21, 0.94];
const anywhere = [-1.31, 0.77, 1.13, -0.58, 2.21, -0.94];
const cases: readonly (readonly [name: string, f: F, point: readonly number[]])[] = [
  ['power by a number', (x) => np.sum(np.multiply(np.power(x, 3), w)), anywhere],
  ['power by a fraction', (x) => np.sum(np.multiply(np.power(x, 2.5), w)), positive],
  ['power by a tensor', (x) => np.sum(np.power(x, np.add(x, 1))), positive],
  ['divide and reciprocal', (x) => np.sum(np.add(np.divide(w, x), np.reciprocal(np.square(x)))), positive],
  ['remainder and floorDivide', (x) => np.sum(np.multiply(np.add(np.remainder(x, 0.4), np.floorDivide(x, 0.7)), w)), anywhere],
  ['maximum, minimum, abs, sign', (x) => np.sum(np.multiply(np.add(np.maximum(x, w), np.minimum(np.abs(x), np.sign(w))), x)), anywhere],
  ['logaddexp', (x) => np.sum(np.multiply(np.logaddexp(np.multiply(x, 3), w), w)), anywhere],
  ['logaddexp of equals', (x) => np.sum(np.logaddexp(x, np.multiply(x, x))), [1, 1, 1, 1, 1, 1]],
  ['log2, log10, log1p, expm1', (x) => np.sum(np.add(np.multiply(np.log2(x), np.log10(x)), np.multiply(np.log1p(x), np.expm1(x)))), positive],
  ['tan, sin, cos, tanh', (x) => np.sum(np.add(np.tan(np.multiply(x, 0.3)), np.multiply(np.sin(x), np.multiply(np.cos(x), np.tanh(x))))), anywhere],
  ['clip and where', (x) => np.sum(np.multiply(np.where(np.greater(x, 0), np.clip(x, -0.5, 1.5), np.multiply(x, x)), w)), anywhere],
  ['var and std', (x) => np.add(np.var(np.multiply(x, w)), np.std(matrix(x), { axis: 1, ddof: 1 }).sum()), anywhere],
  ['mean, prod, max, min', (x) => np.sum(np.multiply(np.add(np.mean(matrix(x), { axis: 0 }), np.prod(matrix(x), { axis: 0 })), np.subtract(np.max(matrix(x), { axis: 0 }), np.min(x)))), anywhere],
  ['logsumexp', (x) => np.sum(np.multiply(np.logsumexp(np.multiply(matrix(x), 3), { axis: 1 }), np.slice(w, [[0, 2]]))), anywhere],
  ['cumsum and cumprod', (x) => np.sum(np.multiply(np.cumsum(x), np.cumprod(x))), positive],
  ['einsum and matmul', (x) => np.sum(np.square(np.einsum('ij,kj,j->ik', m, m, np.matmul(np.outer(x, w), x)))), anywhere],
  ['einsum of a diagonal', (x) => np.sum(np.multiply(np.einsum('ii->i', np.outer(np.square(x), x)), w)), anywhere],
  ['dot, inner, tensordot', (x) => np.multiply(np.dot(x, w), np.add(np.inner(x, x), np.sum(np.tensordot(matrix(x), matrix(x), [[1], [1]])))), anywhere],
  ['take and oneHot', (x) => np.sum(np.multiply(np.square(np.take(x, ids)), np.matmul(np.oneHot(ids, 6, 'f64'), w))), anywhere],
  ['concatenate, stack, split', (x) => {
    const [a, b] = np.split(np.square(x), 2);
    return np.sum(np.multiply(np.concatenate([b, np.multiply(a, x.slice([[0, 3]]))]), np.reshape(np.stack([a, b], 1), [6])));
  }, anywhere],
  ['slice, pad, flip', (x) => weighted(np.pad(np.slice(np.flip(np.square(x)), [[0, null, 2]]), [[1, 0, 1]], { constantValues: 2 })), anywhere],
  ['transpose, moveaxis, swapaxes, squeeze, broadcastTo', (x) => np.sum(np.multiply(
    np.squeeze(np.moveaxis(np.expandDims(np.transpose(matrix(x)), 0), 0, -1)), np.swapaxes(np.broadcastTo(np.mean(matrix(x), { axis: 0 }), [2, 3]), 0, 1))), anywhere],
];

describe.each(cases)('%s', (_name, f, point) => {
  const x = fromData(Float64Array.from(point), [6]);
  const at = (values: readonly number[]): number => f(fromData(Float64Array.from(values), [6])).itemSync();
  const moved = (i: number, h: number): number[] => point.map((v, k) => (k === i ? v + h : v));
  it('its gradient is that of central differences, jitted too', () => {
    const want = point.map((_, i) => (at(moved(i, 1e-5)) - at(moved(i, -1e-5))) / 2e-5);
    const close = want.map((v) => expect.closeTo(v, 5) as number);
    expect(grad(f)(x).jsSync()).toEqual(close);
    expect(jit(grad(f))(x).jsSync()).toEqual(close);
  });
  it('its Hessian is symmetric, and that of differences of gradients', () => {
    const g = (values: readonly number[]): number[] => grad(f)(fromData(Float64Array.from(values), [6])).jsSync();
    const h = hessian(f)(x).jsSync();
    point.forEach((_, i) => {
      const [up, down] = [g(moved(i, 1e-5)), g(moved(i, -1e-5))];
      expect(h[i]).toEqual(up.map((v, k) => expect.closeTo((v - (down[k] ?? NaN)) / 2e-5, 3)));
      h[i]?.forEach((v, k) => { expect(v).toBeCloseTo(h[k]?.[i] ?? NaN, 9); });
    });
  });
  it('a batch is its examples, gradients included', () => {
    const rows = [point, [...point].reverse(), point.map((v) => v * 0.9)];
    const batch = fromData(Float64Array.from(rows.flat()), [3, 6]);
    const one = (row: readonly number[]): V => fromData(Float64Array.from(row), [6]);
    expect(vmap(f)(batch).jsSync()).toEqual(rows.map((row) => expect.closeTo(f(one(row)).itemSync(), 9)));
    expect(vmap(grad(f))(batch).jsSync()).toEqual(rows.map((row) => grad(f)(one(row)).jsSync().map((v) => expect.closeTo(v, 9))));
  });
});
