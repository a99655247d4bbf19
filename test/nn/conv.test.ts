// Convolutional layers and pooling: values against plain loops, parameters, misfits named at their layer, and LeNet-5 against finite
// differences; its f32 form on every backend against the reference.
import { afterAll, describe, expect, test } from 'vitest';
import { backends, fromData, getBackend, grad, jit, lax, nn, np, random, setBackend, tensor, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
import { expectGradient, expectTreesAgree } from './differences.ts';

const before = getBackend();
afterAll(async () => { await setBackend(before); });
await setBackend('reference');

const key = random.key(0);
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const draw = <const S extends readonly number[]>(shape: S, seed = 1) => random.normal(random.foldIn(key, seed), shape, { dtype: 'f64' });
function expectClose(got: AnyTensor, want: readonly number[], tolerance = 1e-12): void {
  const a = numbers(got);
  expect(a.length).toBe(want.length);
  a.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(tolerance); });
}

type AnyConv = (v: AnyTensor) => nn.Net<{ readonly w: AnyTensor }, AnyTensor, nn.Effects>;
interface Windows { readonly stride?: readonly number[]; readonly low?: readonly number[]; readonly out: readonly number[]; readonly dilation?: readonly number[]; readonly groups?: number }
/** A convolution in plain loops: [n, h, w, c] by [kh, kw, c / groups, o], zeros outside. */
function plain(x: AnyTensor, w: AnyTensor, { stride = [1, 1], low = [0, 0], out, dilation = [1, 1], groups = 1 }: Windows): number[] {
  const [n = 0, h = 0, wide = 0, c = 0] = x.shape;
  const [kh = 0, kw = 0, cg = 0, o = 0] = w.shape;
  const [a, b] = [numbers(x), numbers(w)];
  const result: number[] = [];
  for (let e = 0; e < n; e++) for (let i = 0; i < (out[0] ?? 0); i++) for (let j = 0; j < (out[1] ?? 0); j++) for (let f = 0; f < o; f++) {
    let sum = 0;
    for (let p = 0; p < kh; p++) for (let q = 0; q < kw; q++) for (let d = 0; d < cg; d++) {
      const [y, z] = [i * (stride[0] ?? 1) + p * (dilation[0] ?? 1) - (low[0] ?? 0), j * (stride[1] ?? 1) + q * (dilation[1] ?? 1) - (low[1] ?? 0)];
      if (y < 0 || z < 0 || y >= h || z >= wide) continue;
      const channel = Math.floor(f / (o / groups)) * cg + d;
      sum += (a[((e * h + y) * wide + z) * c + channel] ?? NaN) * (b[((p * kw + q) * cg + d) * o + f] ?? NaN);
    }
    result.push(sum);
  }
  return result;
}

describe('conv', () => {
  const x = draw([2, 6, 7, 4]);
  const cases: readonly (readonly [name: string, layer: unknown, windows: Windows])[] = [
    ['stride and padding', nn.conv(3, [3, 2], { stride: [2, 1], padding: [[1, 0], [2, 1]], dtype: 'f64' }), { stride: [2, 1], low: [1, 2], out: [3, 9] }],
    ['same', nn.conv(3, 3, { padding: 'same', dtype: 'f64' }), { low: [1, 1], out: [6, 7] }],
    ['dilation', nn.conv(3, 2, { dilation: 3, dtype: 'f64' }), { dilation: [3, 3], out: [3, 4] }],
    ['groups', nn.conv(6, 3, { groups: 2, dtype: 'f64' }), { groups: 2, out: [4, 5] }],
    ['depthwise', nn.depthwiseConv(2, 3, { dtype: 'f64' }), { groups: 4, out: [4, 5] }],
  ];
  test.each(cases)('%s', (_name, layer, windows) => {
    const anyLayer = layer as (v: typeof x) => nn.Net<nn.ConvParams<readonly number[], number, 'f64'>, Tensor<readonly number[], 'f64'>>;
    const params = nn.init(anyLayer, key, x);
    const features = params.b.shape[0];
    const b = draw([features], 3);
    const want = plain(x, params.w, windows);
    const bias = numbers(b);
    expectClose(nn.apply(anyLayer, { w: params.w, b }, x), want.map((v, i) => v + (bias[i % features] ?? NaN)));
    expect(numbers(params.b).every(v => v === 0)).toBe(true);
  });
  test('without a bias: the same numbers as with a bias of 0, and a kernel alone', () => {
    const line = draw([2, 5, 3]);
    const volume = draw([1, 3, 4, 5, 2]);
    const pairs: readonly (readonly [bare: unknown, biased: unknown, image: AnyTensor])[] = [
      [nn.conv(3, 2, { bias: false, dtype: 'f64' }), nn.conv(3, 2, { dtype: 'f64' }), line],
      [nn.conv(4, 3, { bias: false, dtype: 'f64', groups: 2 }), nn.conv(4, 3, { dtype: 'f64', groups: 2 }), x],
      [nn.conv(3, 2, { bias: false, dtype: 'f64' }), nn.conv(3, 2, { dtype: 'f64' }), volume],
      [nn.depthwiseConv(2, 3, { bias: false, dtype: 'f64' }), nn.depthwiseConv(2, 3, { dtype: 'f64' }), x],
      [nn.convTranspose(3, 3, { bias: false, dtype: 'f64', stride: 2 }), nn.convTranspose(3, 3, { dtype: 'f64', stride: 2 }), x],
    ];
    for (const [bare, biased, image] of pairs) {
      const params = nn.init(bare as AnyConv, key, image);
      expect(Object.keys(params)).toEqual(['w']);
      expect(numbers(params.w)).toEqual(numbers(nn.init(biased as AnyConv, key, image).w));
      expect(numbers(nn.apply(bare as AnyConv, params, image))).toEqual(numbers(nn.apply(biased as AnyConv, { w: params.w, b: zeros([params.w.shape.at(-1) ?? 0], 'f64') } as { readonly w: AnyTensor }, image)));
    }
    expectClose(nn.apply(nn.conv(6, 3, { bias: false, groups: 2, dtype: 'f64' }), { w: draw([3, 3, 2, 6], 4) }, x), plain(x, draw([3, 3, 2, 6], 4), { groups: 2, out: [4, 5] }));
    expect(() => nn.conv(2, 3, { bias: false, biasInit: nn.initializers.ones })).toThrow('conv: biasInit starts a bias, and bias: false leaves it out; give one of them');
    const withBias = { w: zeros([3, 3, 3, 6]), b: zeros([6]) };
    expect(() => nn.apply(nn.conv(6, 3, { bias: false }), withBias, zeros([1, 9, 9, 3]))).toThrow('conv: its parameters hold a bias b, and the layer is told bias: false; make parameters with nn.init');
    expect(() => nn.apply(nn.conv(6, 3, { bias: false }) as AnyConv, { w: zeros([3, 3, 3, 6], 'f64') }, zeros([1, 9, 9, 3]))).toThrow('conv: dtypes differ: the input is f32, the parameters are f64 (use astype)');
  });
  test('one and three spatial axes', () => {
    const line = draw([1, 5, 2]);
    const w = draw([3, 2, 4]);
    expectClose(lax.convGeneral(line, w), plain(np.reshape(line, [1, 5, 1, 2]), np.reshape(w, [3, 1, 2, 4]), { out: [3, 1] }));
    const layer = nn.conv(2, [1, 3, 2], { dtype: 'f64' });
    const volume = draw([1, 1, 4, 5, 2]);
    const params = nn.init(layer, key, volume);
    expectClose(nn.apply(layer, params, volume), plain(np.reshape(volume, [1, 4, 5, 2]), np.reshape(params.w, [3, 2, 2, 2]), { out: [2, 4] }));
  });
  test('features first', () => {
    const w = draw([3, 3, 4, 5]);
    const first = lax.convGeneral(np.transpose(x, [0, 3, 1, 2]), np.transpose(w, [3, 2, 0, 1]), { layout: 'NCHW', padding: 1 });
    expectClose(np.transpose(first, [0, 2, 3, 1]), plain(x, w, { low: [1, 1], out: [6, 7] }));
  });
  test('transposed: the adjoint of a strided convolution with the kernel turned and its features exchanged', () => {
    const w = draw([4, 4, 3, 2]);
    const small = draw([1, 3, 3, 3], 2);
    const large = draw([1, 6, 6, 2], 3);
    const up = lax.convTranspose(small, w, { strides: 2 });
    expect(up.shape).toEqual([1, 6, 6, 2]);
    const turned = np.transpose(np.flip(w, [0, 1]), [0, 1, 3, 2]);
    const down = lax.convGeneral(large, turned, { strides: 2, padding: 'same' });
    const dot = (a: AnyTensor, b: AnyTensor): number => numbers(a).reduce((s, v, i) => s + v * (numbers(b)[i] ?? NaN), 0);
    expect(dot(up, large)).toBeCloseTo(dot(small, down), 10);
    const layer = nn.convTranspose(2, 4, { stride: 2, dtype: 'f64' });
    expectClose(nn.apply(layer, { w, b: zeros([2], 'f64') }, small), numbers(up));
  });
  test('kernels start with variance 1 / fan-in', () => {
    const w = numbers(nn.init(nn.conv(64, 5, { groups: 2 }), key, zeros([1, 9, 9, 32])).w);
    expect(Math.abs(5 * 5 * 16 * w.reduce((s, v) => s + v * v, 0) / w.length - 1)).toBeLessThan(0.05);
  });
  test('under vmap: an ensemble of kernels, and images beside the batch', () => {
    const layer = nn.conv(3, 3, { dtype: 'f64' });
    const kernels = draw([2, 3, 3, 4, 3], 7);
    const b = zeros([2, 3], 'f64');
    const each = vmap((w: Tensor<[3, 3, 4, 3], 'f64'>, c: Tensor<[3], 'f64'>) => nn.apply(layer, { w, b: c }, x))(kernels, b);
    const one = nn.apply(layer, { w: np.squeeze(np.slice(kernels, [[1, 2]]), 0), b: zeros([3], 'f64') }, x);
    expectClose(np.slice(each, [[1, 2]]), numbers(one));
  });
});

describe('pooling', () => {
  const x = tensor([[[[1], [2], [3]], [[4], [5], [6]], [[7], [8], [NaN]]]], 'f64');
  const y = tensor([[[[1], [2], [3]], [[4], [5], [6]], [[7], [8], [9]]]], 'f64');
  test('windows overlap, padding takes no part', () => {
    expect(numbers(nn.maxPool(2, { stride: 1 })(x))).toEqual([5, 6, 8, NaN]);
    expect(numbers(nn.avgPool(2, { stride: 1 })(y))).toEqual([3, 4, 6, 7]);
    expect(numbers(nn.avgPool(2, { padding: 'same' })(y))).toEqual([3, 4.5, 7.5, 9]);
    expect(numbers(nn.maxPool(3, { stride: 2, padding: 1 })(y))).toEqual([5, 6, 8, 9]);
    expect(numbers(nn.avgPool(2, { dilation: 2, stride: 1 })(y))).toEqual([5]);
  });
  test('over all of space', () => {
    expect([numbers(nn.globalAvgPool(y)), numbers(nn.globalMaxPool(y))]).toEqual([[5], [9]]);
    expect(nn.globalAvgPool(zeros([2, 3, 4, 5, 6])).shape).toEqual([2, 6]);
  });
  test('adaptive, as PyTorch cuts', () => {
    const line = tensor([[[0], [1], [2], [3], [4], [5], [6]]], 'f64');
    expectClose(nn.adaptiveAvgPool(3)(line), [1, 3, 5]);
    expectClose(nn.adaptiveAvgPool(1)(line), [3]);
    expectClose(nn.adaptiveAvgPool(7)(line), [0, 1, 2, 3, 4, 5, 6]);
    expectClose(nn.adaptiveAvgPool(9)(line), [0, 0.5, 1.5, 2.5, 3, 3.5, 4.5, 5.5, 6]);
    expectClose(nn.adaptiveAvgPool([1, 2])(y), [4.5, 5.5]);
  });
  test('adaptive over two and three axes: every window in plain loops', () => {
    // torch.nn.AdaptiveAvgPool2d and AdaptiveMaxPool2d: along an axis of n, window i of m is [floor(i n / m), ceil((i + 1) n / m)).
    const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
    const cuts = (n: number, m: number): number[][] => range(m).map(i => range(Math.ceil((i + 1) * n / m)).slice(Math.floor(i * n / m)));
    const wanted = (v: AnyTensor, [a, b, c]: readonly [number, number, number], fold: (window: number[]) => number): number[] => {
      const [n = 0, d = 0, h = 0, w = 0, f = 0] = v.shape;
      const data = numbers(v);
      return range(n).flatMap(e => cuts(d, a).flatMap(I => cuts(h, b).flatMap(J => cuts(w, c).flatMap(L => range(f).map(k =>
        fold(I.flatMap(i => J.flatMap(j => L.map(l => data[(((e * d + i) * h + j) * w + l) * f + k] ?? NaN)))))))));
    };
    const mean = (window: number[]): number => window.reduce((p, q) => p + q, 0) / window.length;
    const volume = draw([2, 3, 7, 5, 2]);
    for (const size of [[1, 1, 1], [2, 3, 4], [3, 7, 5], [5, 2, 8]] as const) {
      expect(numbers(nn.adaptiveMaxPool(size)(volume))).toEqual(wanted(volume, size, window => Math.max(...window)));
      expectClose(nn.adaptiveAvgPool(size)(volume), wanted(volume, size, mean));
    }
    const flat = draw([2, 7, 5, 3]);
    const deep = np.reshape(flat, [2, 1, 7, 5, 3]);
    expect(numbers(nn.adaptiveMaxPool([3, 2])(flat))).toEqual(wanted(deep, [1, 3, 2], window => Math.max(...window)));
    expect(numbers(jit(nn.adaptiveMaxPool(2))(flat))).toEqual(wanted(deep, [1, 2, 2], window => Math.max(...window)));
    expect(numbers(vmap(nn.adaptiveMaxPool([3, 2]))(np.reshape(flat, [2, 1, 7, 5, 3])))).toEqual(numbers(nn.adaptiveMaxPool([3, 2])(flat)));
  });
  test('adaptive: what is not finite stays in its windows', () => {
    const line = tensor([[[NaN], [1], [2], [-Infinity], [Infinity]]], 'f64');
    expect(numbers(nn.adaptiveMaxPool(3)(line))).toEqual([NaN, 2, Infinity]);
    expect(numbers(nn.adaptiveAvgPool(5)(line))).toEqual([NaN, 1, 2, -Infinity, Infinity]);
    expect(numbers(nn.adaptiveAvgPool(2)(tensor([[[1], [3], [5], [NaN]]], 'f64')))).toEqual([2, NaN]);
    expect(() => (nn.adaptiveMaxPool as (n: number) => (x: AnyTensor) => AnyTensor)(0)(zeros([1, 4, 2]))).toThrow('adaptivePool: size 0 on axis 1 of [1, 4, 2] is not positive');
  });
  test('gradients: the greatest take it, equal ones share it, means spread it', () => {
    const ties = tensor([[[1], [1], [0], [3]]], 'f64');
    const total = (f: (v: typeof ties) => AnyTensor) => (v: typeof ties): Scalar<'f64'> => np.sum(f(v) as Tensor<readonly number[], 'f64'>) as Scalar<'f64'>;
    expect(numbers(grad(total(nn.maxPool(2)))(ties))).toEqual([0.5, 0.5, 0, 1]);
    expect(numbers(grad(total(nn.avgPool(2)))(ties))).toEqual([0.5, 0.5, 0.5, 0.5]);
    expectClose(grad(total(nn.adaptiveAvgPool(3)))(ties), [0.5, 1, 1, 0.5]);
    // Windows [1, 1], [1, 0], [0, 3].
    expectClose(grad(total(nn.adaptiveMaxPool(3)))(ties), [0.5, 1.5, 0, 1]);
  });
  test('flatten', () => { expect(nn.flatten(zeros([2, 3, 4])).shape).toEqual([2, 12]); });
});

describe('mistakes are named at their layer', () => {
  // What an untyped caller may pass.
  const start = (net: unknown, x: AnyTensor): unknown => nn.init(net as (x: AnyTensor) => nn.Net<unknown, unknown>, key, x);
  const lenet = nn.seq(nn.conv(6, 5), nn.relu, nn.maxPool(2), nn.conv(16, 5), nn.flatten, nn.dense(10));
  test.each([
    [() => start(lenet, zeros([1, 12, 12, 1])), 'layer conv_1: conv: window 5 does not fit into axis 1 of [1, 4, 4, 6]', 'shape'],
    [() => start(lenet, zeros([1, 12])), 'layer conv_0: conv: input [1, 12] must be [n, ...space, c]', 'shape'],
    [() => start(lenet, zeros([1, 12, 12, 1], 'f64')), 'layer conv_0: conv: the layer has dtype f32, the input f64 (use astype, or the option dtype)', 'dtype'],
    [() => start(nn.seq(nn.conv(6, [3, 3, 3]), nn.relu), zeros([1, 9, 9, 1])), 'layer conv_0: conv: input [1, 9, 9, 1] has 2 spatial axes, kernel [3, 3, 3, 1, 6] has 3', 'shape'],
    [() => start(nn.seq(nn.conv(6, 3, { groups: 2 }), nn.relu), zeros([1, 9, 9, 3])), 'layer conv_0: conv: input [1, 9, 9, 3] has 3 channels, kernel [3, 3, 1, 6] wants 1 x 2 groups', 'shape'],
    [() => start(nn.seq(nn.maxPool(5), nn.relu), zeros([1, 4, 4, 3])), 'layer maxPool_0: pool: window 5 does not fit into axis 1 of [1, 4, 4, 3]', 'shape'],
    [() => start(nn.seq(nn.globalAvgPool, nn.relu), zeros([4, 3])), 'layer globalAvgPool_0: globalAvgPool: input [4, 3] must be [n, ...space, c]', 'shape'],
    [() => start(nn.seq(nn.avgPool(2), nn.relu), zeros([1, 4, 4, 3], 'i32')), 'layer avgPool_0: avgPool: i32 is no float dtype (use astype)', 'dtype'],
    [() => start(nn.seq(nn.flatten, nn.relu), zeros([])), 'layer flatten_0: flatten: the input is a scalar; it needs a first axis of examples', 'shape'],
    [() => nn.conv(0, 3), 'conv: 0 is not a number of features; give a positive integer', 'value'],
  ])('%#', (run, message, code) => {
    expect(run).toThrow(expect.objectContaining({ message, code }) as Error);
  });
  test('parameters of another layer', () => {
    const layer = nn.conv(6, 3) as unknown as (x: AnyTensor) => nn.Net<unknown, AnyTensor>;
    const x = zeros([1, 9, 9, 3]);
    expect(() => nn.apply(layer, { w: zeros([3, 3, 4, 6]), b: zeros([6]) }, x)).toThrow('conv: input [1, 9, 9, 3] has 3 channels, kernel [3, 3, 4, 6] wants 4');
    expect(() => nn.apply(layer, { w: zeros([3, 3, 3, 6]), b: zeros([5]) }, x)).toThrow('conv: kernel f32[3,3,3,6] wants a bias of 6, got f32[5]');
    expect(() => nn.apply(layer, { w: zeros([3, 3, 3, 6], 'f64'), b: zeros([6]) }, x)).toThrow('conv: dtypes differ: the input is f32, the parameters are f64 and f32 (use astype)');
  });
});

/** LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998. */
const lenet5 = <D extends 'f32' | 'f64'>(dtype: D) => nn.seq(
  nn.conv(6, 5, { padding: 'same', dtype }), nn.tanh, nn.avgPool(2), nn.conv(16, 5, { dtype }), nn.tanh, nn.avgPool(2),
  nn.flatten, nn.dense(120, { dtype }), nn.tanh, nn.dense(84, { dtype }), nn.tanh, nn.dense(10, { dtype }),
);
describe('LeNet-5', () => {
  const labels = tensor([3, 8], 'i32');
  test('differentiates: against finite differences in f64', () => {
    const net = lenet5('f64');
    const x = draw([2, 28, 28, 1], 5);
    const params = nn.init(net, key, x);
    expect(nn.countParameters(params)).toBe(61706);
    expectGradient('LeNet-5', (p: typeof params) => nn.crossEntropy(nn.apply(net, p, x), labels), params, { directions: 4, coordinates: 12 });
  }, 120_000);
  test('with relu and max-pooling, too', () => {
    const net = nn.seq(nn.conv(4, 5, { dtype: 'f64' }), nn.relu, nn.maxPool(2), nn.conv(6, 3, { stride: 2, dtype: 'f64' }), nn.relu, nn.flatten, nn.dense(10, { dtype: 'f64' }));
    const x = draw([2, 16, 16, 1], 6);
    const params = nn.init(net, key, x);
    expectGradient('a small CNN with relu and max-pooling', (p: typeof params) => nn.crossEntropy(nn.apply(net, p, x), labels), params, { directions: 6, coordinates: 24 });
  }, 60_000);
  test.each(backends().filter(name => name === 'wasm'))('in f32 on %s, value and gradient are those of the reference', async name => {
    const net = lenet5('f32');
    const data = Float32Array.from({ length: 2 * 784 }, (_, i) => Math.sin(i * i));
    const run = async (backend: string): Promise<{ readonly value: number; readonly gradient: unknown }> => {
      await setBackend(backend);
      const x = fromData(data, [2, 28, 28, 1]);
      const y = tensor([3, 8], 'i32');
      const params = nn.init(net, random.key(0), x);
      const loss = (p: typeof params): Scalar => nn.crossEntropy(nn.apply(net, p, x), y);
      return { value: jit(loss)(params).itemSync(), gradient: await hostOf(jit(grad(loss))(params)) };
    };
    const want = await run('reference');
    const got = await run(name);
    await setBackend('reference');
    expect(Math.abs(got.value - want.value)).toBeLessThan(1e-5);
    expectTreesAgree(got.gradient, want.gradient, 1e-4);
  }, 60_000);
});

/** The tree with its numbers on no backend. */
async function hostOf(params: unknown): Promise<unknown> {
  const { tree } = await import('cotangent');
  return tree.unflatten(tree.structure(params), (tree.leaves(params) as Tensor<readonly number[]>[]).map(x => fromData(x.dataSync(), [...x.shape])));
}
