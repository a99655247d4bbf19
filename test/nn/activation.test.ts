// Activations against their definitions in plain numbers, their derivatives against central differences, and the edges of the floats.
import { describe, expect, test } from 'vitest';
import type { Float } from '../../src/dtype/dtype.ts';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as nn from '../../src/nn/index.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { grad } from '../../src/transform/grad.ts';
import { make, numbers } from './tensors.ts';

type Activation = <S extends readonly number[], D extends Float>(x: Tensor<S, D>) => Tensor<S, D>;
const cdf = (x: number): number => {
  // Simpson's rule for the normal density from 0 to x.
  const n = 2000;
  let s = 0;
  for (let i = 0; i <= n; i++) s += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((x * i / n) ** 2) / 2);
  return 0.5 + s * x / n / 3 / Math.sqrt(2 * Math.PI);
};
const cases: readonly (readonly [string, Activation, (x: number) => number])[] = [
  ['relu', nn.relu, x => Math.max(x, 0)],
  ['leakyRelu', x => nn.leakyRelu(x, { slope: 0.2 }), x => x > 0 ? x : 0.2 * x],
  ['gelu', nn.gelu, x => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  ['gelu, exact', x => nn.gelu(x, { approximate: false }), x => x * cdf(x)],
  ['tanh', nn.tanh, x => Math.tanh(x)],
  ['sigmoid', nn.sigmoid, x => 1 / (1 + Math.exp(-x))],
  ['silu', nn.silu, x => x / (1 + Math.exp(-x))],
  ['softplus', nn.softplus, x => Math.log(1 + Math.exp(x))],
];
const points = [-3, -1.5, -0.7, -0.1, 0.2, 0.9, 1.7, 3];
const sum = <S extends readonly number[], D extends Float>(x: Tensor<S, D>): Scalar<D> => reduceSum(x, x.shape.map((_, i) => i)) as Scalar<D>;
const slope = (f: Activation, at: readonly number[]): number[] => numbers(grad((x: Tensor<[number], 'f64'>) => sum(f(x)))(make([at.length], at, 'f64')));
const value = (f: Activation, at: readonly number[], dtype: Float = 'f64'): number[] => numbers(f(make([at.length], at, dtype)));

describe.each(cases)('%s', (_name, f, definition) => {
  test('is what its definition says, in f64 and f32', () => {
    value(f, points).forEach((y, i) => { expect(Math.abs(y - definition(points[i] ?? NaN))).toBeLessThan(1e-12); });
    value(f, points, 'f32').forEach((y, i) => { expect(Math.abs(y - definition(points[i] ?? NaN))).toBeLessThan(1e-6); });
  });
  test('has the derivative of its definition', () => {
    const h = 1e-5;
    slope(f, points).forEach((d, i) => {
      const x = points[i] ?? NaN;
      expect(Math.abs(d - (definition(x + h) - definition(x - h)) / (2 * h))).toBeLessThan(1e-8);
    });
  });
  test('passes NaN through, and is finite with a finite slope far from 0', () => {
    expect(value(f, [NaN])).toEqual([NaN]);
    const far = [-1e38, -1e20, -1e4, -89, -88, 88, 89, 1e4, 1e20, 1e38];
    expect(value(f, far, 'f32').every(Number.isFinite)).toBe(true);
    expect(slope(f, far).every(Number.isFinite)).toBe(true);
    const x = make([10], far);
    const first = (v: Tensor<[10]>): Scalar => sum(f(v));
    expect(numbers(grad(first)(x)).every(Number.isFinite)).toBe(true);
    expect(numbers(grad((v: Tensor<[10]>): Scalar => sum(grad(first)(v)))(x)).every(Number.isFinite)).toBe(true);
  });
});

describe('at the edges', () => {
  test('slopes at 0', () => {
    expect([nn.relu, nn.softplus, nn.sigmoid, nn.gelu, nn.silu].flatMap(f => slope(f, [0]))).toEqual([0, 0.5, 0.25, 0.5, 0.5]);
    expect(slope(x => nn.leakyRelu(x), [0])).toEqual([0.01]);
  });
  test('infinities', () => {
    expect(value(nn.relu, [-Infinity, Infinity])).toEqual([0, Infinity]);
    expect(value(nn.softplus, [-Infinity, Infinity])).toEqual([0, Infinity]);
    expect(value(nn.sigmoid, [-Infinity, Infinity])).toEqual([0, 1]);
    expect(slope(nn.softplus, [-1000, 1000])).toEqual([0, 1]);
  });
});

describe('softmax and logSoftmax', () => {
  const x = make([2, 3], [1, 2, 3, -1, 0, 5], 'f64');
  const softmax = (row: readonly number[]): number[] => { const s = row.reduce((a, v) => a + Math.exp(v), 0); return row.map(v => Math.exp(v) / s); };
  const expectClose = (got: readonly number[], want: readonly number[]): void => { expect(got.length).toBe(want.length); got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN))).toBeLessThan(1e-14); }); };
  test('along the last axis, or another', () => {
    expectClose(numbers(nn.softmax(x)), [...softmax([1, 2, 3]), ...softmax([-1, 0, 5])]);
    const columns = [softmax([1, -1]), softmax([2, 0]), softmax([3, 5])];
    expectClose(numbers(nn.softmax(x, { axis: 0 })), [0, 1].flatMap(r => columns.map(c => c[r] ?? NaN)));
    expectClose(numbers(nn.softmax(x, { axis: -2 })), [0, 1].flatMap(r => columns.map(c => c[r] ?? NaN)));
    expectClose(numbers(nn.logSoftmax(x)), [...softmax([1, 2, 3]), ...softmax([-1, 0, 5])].map(Math.log));
  });
  test('do not overflow', () => {
    expect(numbers(nn.softmax(make([2], [1e4, -1e4])))).toEqual([1, 0]);
    expect(numbers(nn.logSoftmax(make([2], [1e4, -1e4])))).toEqual([0, -2e4]);
    expect(numbers(nn.softmax(make([2], [0, -Infinity])))).toEqual([1, 0]);
  });
  test('refuse an axis that there is not', () => { expect(() => nn.softmax(x, { axis: 2 })).toThrow('softmax: axis 2 is out of range for f64[2,3]'); });
});
