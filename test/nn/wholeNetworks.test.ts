// grad and hessian of an MLP and of a transformer block, in f64 over whole parameter trees, against central differences to 1e-6.
import { describe, expect, test } from 'vitest';
import { fromData, grad, hessian, jit, nn, np, random, tensor, tree, zeros, type AnyTensor, type Scalar } from 'cotangent';
import { transformer } from '../../examples/transformer-block.ts';

type Loss<P> = (p: P) => Scalar<'f64'>;
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const tensors = <P>(params: P): AnyTensor[] => tree.leaves(params) as AnyTensor[];
const flat = <P>(params: P): number[] => tensors(params).flatMap(numbers);

/** The tree with other numbers in its leaves. */
function withNumbers<P>(params: P, values: readonly number[]): P {
  let at = 0;
  const leaves = tensors(params).map(x => { const n = numbers(x).length; at += n; return fromData(Float64Array.from(values.slice(at - n, at)), [...x.shape]); });
  return tree.unflatten(tree.structure(params), leaves) as P;
}
/** Central differences of a function of many numbers with many results: column j holds the derivatives by number j. */
function differences(f: (x: readonly number[]) => readonly number[], x: readonly number[], h: number): number[][] {
  return x.map((_, j) => {
    const moved = (by: number): readonly number[] => f(x.map((v, i) => i === j ? v + by : v));
    const [above, below] = [moved(h), moved(-h)];
    return above.map((v, i) => (v - (below[i] ?? NaN)) / (2 * h));
  });
}
/** The largest difference between two lists, in units of 1 + the magnitude of what is expected. */
function furthest(got: readonly number[], want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  return Math.max(...got.map((v, i) => { const w = want[i] ?? NaN; return Math.abs(v - w) / (1 + Math.abs(w)); }));
}

/** Block [a][b] of a Hessian over trees, as one square matrix. */
function matrix(blocks: readonly AnyTensor[], sizes: readonly number[]): number[][] {
  const rows: number[][] = [];
  sizes.forEach((size, a) => {
    const row = sizes.map((_, b) => numbers(blocks[a * sizes.length + b] ?? zeros([0])));
    for (let i = 0; i < size; i++) rows.push(row.flatMap((block, b) => block.slice(i * (sizes[b] ?? 0), (i + 1) * (sizes[b] ?? 0))));
  });
  return rows;
}

function expectDerivatives<P>(loss: Loss<P>, params: P): void {
  const x = flat(params);
  const value = jit(loss);
  const slope = jit(grad(loss));
  const g = flat(slope(params));
  expect(Math.max(...g.map(Math.abs))).toBeGreaterThan(1e-2);
  expect(furthest(g, differences(v => [value(withNumbers(params, v)).itemSync()], x, 1e-5).flat())).toBeLessThan(1e-6);
  const second = tree.leaves(hessian(loss)(params)) as AnyTensor[];
  const h = matrix(second, tensors(params).map(leaf => numbers(leaf).length));
  expect(Math.max(...h.flat().map(Math.abs))).toBeGreaterThan(1e-2);
  const columns = differences(v => flat(slope(withNumbers(params, v))), x, 1e-5);
  expect(furthest(h.flat(), h.flatMap((_, i) => columns.map(column => column[i] ?? NaN)))).toBeLessThan(1e-6);
}

const key = random.key(12);

describe('grad and hessian agree with finite differences', () => {
  test('an MLP', () => {
    const net = nn.seq(nn.dense(5, { dtype: 'f64' }), nn.tanh, nn.layerNorm, nn.dense(4, { dtype: 'f64' }), nn.silu, nn.dense(3, { dtype: 'f64' }));
    const x = random.normal(random.foldIn(key, 1), [6, 4], { dtype: 'f64' });
    const labels = tensor([0, 2, 1, 1, 0, 2], 'i32');
    const params = nn.init(net, key, x);
    expectDerivatives((p: typeof params) => nn.crossEntropy(nn.apply(net, p, x), labels), params);
  });
  test('a regression with relu, away from its kink', () => {
    const net = nn.seq(nn.dense(6, { dtype: 'f64' }), nn.relu, nn.residual(nn.seq(nn.denseFrom(6, 6, { dtype: 'f64' }), nn.softplus)), nn.dense(2, { dtype: 'f64' }));
    const x = random.normal(random.foldIn(key, 2), [5, 3], { dtype: 'f64' });
    const target = np.sin(random.normal(random.foldIn(key, 3), [5, 2], { dtype: 'f64' }));
    const params = nn.init(net, key, x);
    expectDerivatives((p: typeof params) => nn.squaredError(nn.apply(net, p, x), target), params);
  });
  test('a transformer of one block', () => {
    const net = transformer({ vocabulary: 5, time: 3, width: 4, heads: 2, depth: 2, hidden: 5, dtype: 'f64' });
    const ids = tensor([[0, 3, 1], [4, 4, 2]], 'i32');
    const next = tensor([[3, 1, 0], [4, 2, 2]], 'i32');
    const params = nn.init(net, key, ids);
    expect(nn.countParameters(params)).toBe(20 + 12 + 8 + 64 + 8 + 49 + 8 + 25);
    expectDerivatives((p: typeof params) => nn.crossEntropy(nn.apply(net, p, ids), next), params);
  });
});

describe('the transformer', () => {
  const net = transformer({ vocabulary: 5, time: 3, width: 4, heads: 2, depth: 2, hidden: 5, dtype: 'f64' });
  const params = nn.init(net, key, zeros([1, 3], 'i32'));
  test('does not look ahead', () => {
    const a = nn.apply(net, params, tensor([[0, 3, 1]], 'i32')).jsSync()[0];
    const b = nn.apply(net, params, tensor([[0, 3, 4]], 'i32')).jsSync()[0];
    expect(a?.slice(0, 2)).toEqual(b?.slice(0, 2));
    expect(a?.[2]).not.toEqual(b?.[2]);
  });
  test('looks back, and knows where it is', () => {
    const last = (ids: readonly [number, number, number]): number[] | undefined => nn.apply(net, params, fromData(Int32Array.from(ids), [1, 3])).jsSync()[0]?.[2];
    expect(last([0, 3, 1])).not.toEqual(last([2, 3, 1]));
    expect(last([0, 3, 1])).not.toEqual(last([3, 0, 1]));
  });
});
