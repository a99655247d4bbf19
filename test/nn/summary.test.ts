// nn.summary and the laws of layers as arrows.
import { describe, expect, test } from 'vitest';
import { nn, np, random, setBackend, tensor, zeros, type AnyTensor, type Tensor } from 'cotangent';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const key = random.key(0);

describe('summary', () => {
  const x = zeros([2, 8, 8, 3]);
  const net = nn.from(x, nn.conv(4, 3, { padding: 'same' }), nn.batchNorm, nn.relu,
    nn.residual(nn.from(zeros([2, 8, 8, 4]), nn.conv(4, 1), nn.dropout(0.5))), nn.globalAvgPool, nn.dense(10));
  const s = nn.summary(net, x);
  test('lists layers, shapes, parameters and operations', () => {
    expect(s.layers.map(l => [l.path, l.kind, l.output[0], l.parameters])).toEqual([
      ['conv_0', 'conv', [2, 8, 8, 4], 3 * 3 * 3 * 4 + 4],
      ['batchNorm_0', 'batchNorm', [2, 8, 8, 4], 8],
      ['relu_0', 'relu', [2, 8, 8, 4], 0],
      ['residual_0', 'residual', [2, 8, 8, 4], 4 * 4 + 4],
      ['residual_0/conv_0', 'conv', [2, 8, 8, 4], 4 * 4 + 4],
      ['residual_0/dropout_0', 'dropout', [2, 8, 8, 4], 0],
      ['globalAvgPool_0', 'globalAvgPool', [2, 4], 0],
      ['dense_0', 'dense', [2, 10], 50],
    ]);
    expect(s.parameters).toBe(112 + 8 + 20 + 50);
    expect(s.layers[0]?.input).toEqual([[2, 8, 8, 3]]);
    const flops = (path: string): number | undefined => s.layers.find(l => l.path === path)?.flops;
    // Products count twice, sums of biases once.
    expect(flops('conv_0')).toBe(2 * (2 * 8 * 8 * 4) * 27 + 512);
    expect(flops('residual_0/conv_0')).toBe(2 * 512 * 4 + 512);
    expect(flops('residual_0')).toBe(2 * 512 * 4 + 512 + 512);
    expect(flops('dense_0')).toBe(2 * 20 * 4 + 20);
    expect(s.flops).toBe(s.layers.filter(l => !l.path.includes('/')).reduce((n, l) => n + l.flops, 0));
  });
  test('prints as a table', () => {
    expect(String(s)).toBe([
      'layer            output        parameters   flops',
      '---------------  ------------  ----------  ------',
      'conv_0           [2, 8, 8, 4]         112  28,160',
      'batchNorm_0      [2, 8, 8, 4]           8   2,056',
      'relu_0           [2, 8, 8, 4]           0   1,024',
      'residual_0       [2, 8, 8, 4]          20   5,120',
      '  conv_0         [2, 8, 8, 4]          20   4,608',
      '  dropout_0      [2, 8, 8, 4]           0       0',
      'globalAvgPool_0  [2, 4]                 0       8',
      'dense_0          [2, 10]               50     180',
      '---------------  ------------  ----------  ------',
      'total                                 190  36,548',
    ].join('\n'));
  });
  test('counts loops, and a single layer', () => {
    const one = nn.summary(nn.residual(nn.denseFrom(4, 4)), zeros([1, 4]));
    const ten = nn.summary(nn.repeat(10, nn.residual(nn.denseFrom(4, 4))), zeros([1, 4]));
    expect([ten.parameters, ten.flops]).toEqual([10 * one.parameters, 10 * one.flops]);
    expect(one.layers.map(l => [l.path, l.parameters])).toEqual([['residual', 20]]);
    expect(nn.summary(nn.dense(10), zeros([1, 784])).parameters).toBe(7850);
  });
});

describe('layers form a category with products', () => {
  type Vector = Tensor<[3], 'f64'>;
  const scaled: nn.Layer<Vector, Vector, Vector> = x => nn.network({ init: () => np.ones([3], 'f64'), apply: p => np.multiply(x, p) });
  const moved: nn.Layer<Vector, Vector, Vector> = x => nn.network({ init: () => np.ones([3], 'f64'), apply: p => np.add(x, p) });
  const turned: nn.Layer<Vector, Vector, Vector> = x => nn.network({ init: () => np.ones([3], 'f64'), apply: p => np.subtract(p, np.square(x)) });
  const { compose, id, first, second, map, promap } = nn.layers;
  const arrows = [scaled, moved, turned];
  const points = [tensor([1, -2, 0.5], 'f64') as Vector, tensor([0, 3, 7], 'f64') as Vector];
  const p = tensor([2, -1, 3], 'f64') as Vector;
  const at = (f: nn.Layer<Vector, Vector, Vector>): number[] => points.flatMap(x => numbers(nn.apply(f, p, x)));
  test('identity and associativity, to the bit', () => {
    for (const f of arrows) {
      expect(at(compose(id<Vector, Vector>(), f))).toEqual(at(f));
      expect(at(compose(f, id<Vector, Vector>()))).toEqual(at(f));
      for (const g of arrows) for (const h of arrows) expect(at(compose(h, compose(g, f)))).toEqual(at(compose(compose(h, g), f)));
    }
  });
  test('products: first is a functor, commutes with what it does not touch, and with projections', () => {
    const pairs = points.flatMap(a => points.map((b): [Vector, Vector] => [a, b]));
    const onPairs = (f: nn.Layer<Vector, [Vector, Vector], [Vector, Vector]>): number[] => pairs.flatMap(x => nn.apply(f, p, x).flatMap(numbers));
    for (const f of arrows) for (const g of arrows) {
      expect(onPairs(first(compose(g, f)))).toEqual(onPairs(compose(first<Vector, Vector, Vector, Vector>(g), first<Vector, Vector, Vector, Vector>(f))));
      expect(onPairs(compose(second<Vector, Vector, Vector, Vector>(g), first<Vector, Vector, Vector, Vector>(f)))).toEqual(onPairs(compose(first<Vector, Vector, Vector, Vector>(f), second<Vector, Vector, Vector, Vector>(g))));
    }
    for (const f of arrows) expect(pairs.flatMap(x => numbers(nn.apply(map(first<Vector, Vector, Vector, Vector>(f), ([a]: [Vector, Vector]) => a), p, x)))).toEqual(pairs.flatMap(([a]) => numbers(nn.apply(f, p, a))));
    for (const f of arrows) expect(at(promap(f, (x: Vector) => np.multiply(x, 2), y => np.multiply(y, 3)))).toEqual(points.flatMap(x => numbers(np.multiply(nn.apply(f, p, np.multiply(x, 2)), 3))));
  });
  test('seq is that composition with parameters of its own for each layer; fanout and parallel are its products', () => {
    const [q, r] = [p, tensor([0.5, 4, -1], 'f64') as Vector];
    const x = points[0] ?? p;
    expect(numbers(nn.apply(nn.seq(scaled, nn.seq(moved, turned)), [p, [q, r]], x))).toEqual(numbers(nn.apply(nn.seq(nn.seq(scaled, moved), turned), [[p, q], r], x)));
    expect(numbers(nn.apply(nn.seq(nn.identity, scaled), [null, p], x))).toEqual(numbers(nn.apply(scaled, p, x)));
    expect(numbers(nn.apply(nn.seq(scaled, nn.identity), [p, null], x))).toEqual(numbers(nn.apply(scaled, p, x)));
    const pair: [Vector, Vector] = [x, x];
    expect(nn.apply(nn.fanout(scaled, moved), [p, q], x).map(numbers)).toEqual(nn.apply(nn.parallel(scaled, moved), [p, q], pair).map(numbers));
    expect(numbers(nn.init(nn.layers.compose(scaled, moved), key, x))).toEqual([1, 1, 1]);
  });
});
