// The distributions of draws: Kolmogorov-Smirnov against distribution functions in plain numbers, moments, dtypes, gradients along quantiles.
import { describe, expect, test } from 'vitest';
import type { Float } from '../../src/dtype/dtype.ts';
import type { AnyTensor, Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as np from '../../src/numpy/index.ts';
import { errorFunction } from '../../src/primitive/errorFunction.ts';
import { incompleteBeta } from '../../src/primitive/incompleteBetaFunction.ts';
import { lowerGamma } from '../../src/primitive/incompleteGammaFunction.ts';
import * as random from '../../src/random/index.ts';
import { grad } from '../../src/transform/grad.ts';
import { hessian } from '../../src/transform/jacobian.ts';
import { make, numbers } from '../nn/tensors.ts';

const n = 4000;
const size = [n] as const;
/** The greatest distance between the share of draws below a point and the distribution function, times sqrt(n). 1.95 is passed once in a thousand. */
function distance(x: readonly number[], cdf: (v: number) => number): number {
  const sorted = [...x].sort((a, b) => a - b);
  return Math.sqrt(sorted.length) * Math.max(...sorted.map((v, i) => Math.max(Math.abs(cdf(v) - i / sorted.length), Math.abs((i + 1) / sorted.length - cdf(v)))));
}
const normal = (v: number): number => 0.5 * (1 + errorFunction(v / Math.SQRT2));
const student = (v: number, df: number): number => { const tail = 0.5 * incompleteBeta(df / 2, 0.5, df / (df + v * v)); return v > 0 ? 1 - tail : tail; };
const maxwell = (v: number): number => lowerGamma(1.5, v * v / 2);
const wald = (v: number, m: number): number => normal((v / m - 1) / Math.sqrt(v)) + Math.exp(2 / m) * normal(-(v / m + 1) / Math.sqrt(v));
type Case = readonly [draw: (k: random.Key, dtype: 'f32' | 'f64') => AnyTensor, cdf: (v: number) => number];
const cases: { readonly [name: string]: Case } = {
  uniform: [(k, dtype) => random.uniform(k, size, { dtype, minval: -1, maxval: 3 }), v => (v + 1) / 4],
  normal: [(k, dtype) => random.normal(k, size, { dtype }), normal],
  truncatedNormal: [(k, dtype) => random.truncatedNormal(k, -1, 2, size, { dtype }), v => (normal(v) - normal(-1)) / (normal(2) - normal(-1))],
  exponential: [(k, dtype) => random.exponential(k, size, { dtype }), v => -Math.expm1(-v)],
  laplace: [(k, dtype) => random.laplace(k, size, { dtype }), v => v < 0 ? Math.exp(v) / 2 : 1 - Math.exp(-v) / 2],
  gumbel: [(k, dtype) => random.gumbel(k, size, { dtype }), v => Math.exp(-Math.exp(-v))],
  logistic: [(k, dtype) => random.logistic(k, size, { dtype }), v => 1 / (1 + Math.exp(-v))],
  cauchy: [(k, dtype) => random.cauchy(k, size, { dtype }), v => 0.5 + Math.atan(v) / Math.PI],
  maxwell: [(k, dtype) => random.maxwell(k, size, { dtype }), maxwell],
  doubleSidedMaxwell: [(k, dtype) => random.doubleSidedMaxwell(k, 1, 2, size, { dtype }), v => { const w = (v - 1) / 2; return w > 0 ? 0.5 + maxwell(w) / 2 : 0.5 - maxwell(w) / 2; }],
  lognormal: [(k, dtype) => random.lognormal(k, 0.5, size, { dtype }), v => normal(Math.log(v) / 0.5)],
  pareto: [(k, dtype) => random.pareto(k, 3, size, { dtype }), v => 1 - v ** -3],
  rayleigh: [(k, dtype) => random.rayleigh(k, 2, size, { dtype }), v => -Math.expm1(-v * v / 8)],
  weibullMin: [(k, dtype) => random.weibullMin(k, 2, 1.5, size, { dtype }), v => -Math.expm1(-((v / 2) ** 1.5))],
  triangular: [(k, dtype) => random.triangular(k, -1, 0.5, 2, size, { dtype }), v => v < 0.5 ? (v + 1) ** 2 / 4.5 : 1 - (2 - v) ** 2 / 4.5],
  wald: [(k, dtype) => random.wald(k, 1.5, size, { dtype }), v => wald(v, 1.5)],
  'gamma 2.5': [(k, dtype) => random.gamma(k, 2.5, size, { dtype }), v => lowerGamma(2.5, v)],
  'gamma 0.3': [(k, dtype) => random.gamma(k, 0.3, size, { dtype }), v => lowerGamma(0.3, v)],
  'gamma 1000': [(k, dtype) => random.gamma(k, 1000, size, { dtype }), v => lowerGamma(1000, v)],
  'loggamma 0.01': [(k, dtype) => random.loggamma(k, 0.01, size, { dtype }), v => v < -100 ? Math.exp(0.01 * v) / 0.9943258512 : lowerGamma(0.01, Math.exp(v))],
  'beta 2 3': [(k, dtype) => random.beta(k, 2, 3, size, { dtype }), v => incompleteBeta(2, 3, v)],
  'beta 0.2 0.1': [(k, dtype) => random.beta(k, 0.2, 0.1, size, { dtype: dtype === 'f32' ? 'f64' : dtype }), v => incompleteBeta(0.2, 0.1, v)],
  'the first of dirichlet': [(k, dtype) => np.take(random.dirichlet(k, make([3], [0.5, 1, 2], dtype), size), 0, { axis: 1 }), v => incompleteBeta(0.5, 3, v)],
  chisquare: [(k, dtype) => random.chisquare(k, 3, size, { dtype }), v => lowerGamma(1.5, v / 2)],
  t: [(k, dtype) => random.t(k, 5, size, { dtype }), v => student(v, 5)],
  f: [(k, dtype) => random.f(k, 5, 7, size, { dtype }), v => incompleteBeta(2.5, 3.5, 5 * v / (5 * v + 7))],
};
describe.each(['f32', 'f64'] as const)('%s follows its distribution function', dtype => {
  test.each(Object.entries(cases))('%s', (_name, [draw, cdf]) => {
    const x = draw(random.key(2024), dtype);
    expect([...x.shape]).toEqual([n]);
    const d = distance(numbers(x), cdf);
    expect(d).toBeLessThan(1.95);
    // Equal numbers, or draws on a grid, would be too close or too far.
    expect(d).toBeGreaterThan(0.3);
  });
});
test('the distance tells a wrong distribution', () => {
  expect(distance(numbers(random.gamma(random.key(1), 2.5, size)), v => lowerGamma(2.7, v))).toBeGreaterThan(1.95);
});

/** Shares of integers against probabilities: chi-square per degree of freedom, for cells of at least 20 expected. */
function chiSquare(x: readonly number[], probability: (k: number) => number, upTo: number): number {
  let [sum, cells] = [0, 0];
  for (let k = 0; k <= upTo; k++) {
    const want = probability(k) * x.length;
    if (want < 20) continue;
    const got = x.filter(v => v === k).length;
    sum += (got - want) ** 2 / want;
    cells++;
  }
  return sum / (cells - 1);
}
const factorial = (k: number): number => k <= 1 ? 1 : k * factorial(k - 1);
describe('integers', () => {
  const key = random.key(78);
  test.each([
    ['poisson 4', random.poisson(key, 4, size), (k: number) => Math.exp(-4) * 4 ** k / factorial(k), 15],
    ['poisson 25', random.poisson(key, 25, size), (k: number) => Math.exp(-25 + k * Math.log(25)) / factorial(k), 60],
    ['geometric', random.geometric(key, 0.3, size), (k: number) => k === 0 ? 0 : 0.3 * 0.7 ** (k - 1), 20],
    ['randint', random.randint(key, size, 0, 10), () => 0.1, 9],
    ['choice with probabilities', random.choice(key, 4, size, { p: make([4], [1, 2, 3, 4]) }), (k: number) => (k + 1) / 10, 3],
    ['categorical', random.categorical(key, make([3], [0, 1, 2]), { shape: size }), (k: number) => Math.exp(k) / (1 + Math.E + Math.E ** 2), 2],
  ] as const)('%s', (_name, x, probability, upTo) => {
    // 2.5 for 3 to 30 degrees of freedom is passed less than six times in a hundred to once in a hundred thousand.
    expect(chiSquare(numbers(x), probability, upTo)).toBeLessThan(2.5);
    expect(numbers(x).every(Number.isInteger)).toBe(true);
  });
  test('bernoulli and rademacher', () => {
    const share = (x: readonly number[]): number => x.filter(v => v === 1).length / n;
    expect(Math.abs(share(numbers(random.bernoulli(key, 0.2, size))) - 0.2)).toBeLessThan(0.02);
    expect(Math.abs(share(numbers(random.rademacher(key, size))) - 0.5)).toBeLessThan(0.025);
    expect(new Set(numbers(random.rademacher(key, size, { dtype: 'f16' })))).toEqual(new Set([-1, 1]));
  });
  test('the whole range of a dtype, and one value', () => {
    expect(new Set(numbers(random.randint(key, size, 0, 256, { dtype: 'u8' }))).size).toBe(256);
    expect(new Set(numbers(random.randint(key, size, -(2 ** 31), 2 ** 31)).map(v => v < 0)).size).toBe(2);
    expect(numbers(random.randint(key, [3], 5, 6))).toEqual([5, 5, 5]);
    expect(numbers(random.randint(key, [2], make([2], [7, 7], 'i32'), 3))).toEqual([7, 7]);
  });
  test('large and strange rates', () => {
    const large = numbers(random.poisson(key, 1e6, [100]));
    expect(Math.abs(large.reduce((a, b) => a + b) / 100 - 1e6)).toBeLessThan(400);
    expect(numbers(random.poisson(key, make([3], [0, -1, NaN])))).toEqual([0, -1, -1]);
    expect(numbers(random.gamma(key, make([3], [0, -0.5, NaN])))).toEqual([NaN, NaN, NaN]);
    expect(numbers(random.bernoulli(key, make([3], [0, 1, NaN])))).toEqual([0, 1, 0]);
  });
  test('a choice without replacement has each element once', () => {
    const x = make([5, 2], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    const rows = random.choice(key, x, [5], { replace: false });
    expect([...numbers(rows)].sort((a, b) => a - b)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(random.choice(key, x, [2, 3]).shape).toEqual([2, 3, 2]);
    expect([...numbers(random.choice(key, 5, [5], { replace: false, p: make([5], [5, 1, 1, 1, 1]) }))].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('f16', () => {
  const draws: readonly (readonly [string, (k: random.Key, o: { readonly dtype: Float }) => AnyTensor, number, number])[] = [
    ['exponential', (k, o) => random.exponential(k, size, o), 1, 1], ['laplace', (k, o) => random.laplace(k, size, o), 0, 2], ['logistic', (k, o) => random.logistic(k, size, o), 0, Math.PI ** 2 / 3],
    ['gumbel', (k, o) => random.gumbel(k, size, o), 0.5772, Math.PI ** 2 / 6], ['gamma', (k, o) => random.gamma(k, 3, size, o), 3, 3], ['beta', (k, o) => random.beta(k, 2, 3, size, o), 0.4, 0.04],
  ];
  test.each(draws)('%s has its mean and variance', (_name, draw, mean, variance) => {
    const x = draw(random.key(5), { dtype: 'f16' });
    expect(x.dtype).toBe('f16');
    const values = numbers(x);
    expect(values.every(Number.isFinite)).toBe(true);
    const m = values.reduce((a, b) => a + b) / n;
    // Five standard errors of the mean, and a tenth of the variance (f16 has 2^10 uniform numbers).
    expect(Math.abs(m - mean)).toBeLessThan(5 * Math.sqrt(variance / n) + 0.002);
    expect(Math.abs(values.reduce((a, b) => a + (b - m) ** 2, 0) / n / variance - 1)).toBeLessThan(0.12);
  });
});

describe('gradients along the quantile', () => {
  type F64 = Tensor<[number], 'f64'>;
  const shapes = [0.05, 0.3, 0.9, 1, 2.5, 10, 300];
  /** x(a) where P(a, x) stays what it was, by bisection. */
  function quantile(a: number, p: number, near: number): number {
    let [low, high] = [0, near * 4 + 10];
    for (let i = 0; i < 200; i++) { const mid = (low + high) / 2; if (lowerGamma(a, mid) < p) low = mid; else high = mid; }
    return (low + high) / 2;
  }
  test.each(shapes)('gamma of shape %d', a => {
    const draw = (x: F64): F64 => random.gamma(random.key(3), x);
    const at = make([4], a, 'f64') as F64;
    const x = numbers(draw(at));
    const slopes = numbers(grad((v: F64): Scalar<'f64'> => np.sum(draw(v)))(at));
    const h = 1e-5 * a;
    x.forEach((v, i) => {
      const p = lowerGamma(a, v);
      if (p < 1e-8 || p > 1 - 1e-8) return;
      const want = (quantile(a + h, p, v) - quantile(a - h, p, v)) / (2 * h);
      expect(Math.abs((slopes[i] ?? NaN) - want), `a ${a}, x ${v}: ${slopes[i]} vs ${want}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(want)));
    });
    const logs = numbers(grad((w: F64): Scalar<'f64'> => np.sum(random.loggamma(random.key(3), w)))(at));
    const logSamples = numbers(random.loggamma(random.key(3), at));
    logs.forEach((s, i) => {
      const v = Math.exp(logSamples[i] ?? NaN);
      const p = lowerGamma(a, v);
      if (p < 1e-8 || p > 1 - 1e-8) return;
      const want = (Math.log(quantile(a + h, p, v)) - Math.log(quantile(a - h, p, v))) / (2 * h);
      expect(Math.abs(s - want)).toBeLessThan(1e-5 * Math.max(1, Math.abs(want)));
    });
  });
  test('where the numbers are too small for the density, in every float', () => {
    for (const dtype of ['f32', 'f64', 'f16'] as const) {
      const slopes = numbers(grad((a: Tensor<[64], typeof dtype>): Scalar<typeof dtype> => np.sum(random.loggamma(random.key(8), a)))(make([64], 0.01, dtype)));
      expect(slopes.every(s => Number.isFinite(s) && s > 0), dtype).toBe(true);
      const direct = numbers(grad((a: Tensor<[64], typeof dtype>): Scalar<typeof dtype> => np.sum(random.gamma(random.key(8), a)))(make([64], 0.01, dtype)));
      expect(direct.every(s => Number.isFinite(s) && s >= 0), dtype).toBe(true);
    }
  });
  test('means move as they must: beta, dirichlet, chisquare, uniform, lognormal, wald', () => {
    const slope = (f: (x: Scalar<'f64'>) => AnyTensor, x: number): number => numbers(grad((v: Scalar<'f64'>): Scalar<'f64'> => np.mean(f(v) as Tensor<[number], 'f64'>))(make([], x, 'f64')))[0] ?? NaN;
    const k = random.key(21);
    expect(Math.abs(slope(a => random.beta(k, a, 3, size), 2) - 3 / 25)).toBeLessThan(0.01);
    expect(Math.abs(slope(b => random.beta(k, 2, b, size), 3) + 2 / 25)).toBeLessThan(0.01);
    expect(Math.abs(slope(df => random.chisquare(k, df, size), 4) - 1)).toBeLessThan(0.05);
    expect(Math.abs(slope(b => random.uniform(k, size, { dtype: 'f64', minval: 0, maxval: b }), 4) - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(slope(s => random.lognormal(k, s, size), 0.5) - 0.5 * Math.exp(0.125))).toBeLessThan(0.05);
    const first = grad((alpha: Tensor<[3], 'f64'>): Scalar<'f64'> => np.mean(np.take(random.dirichlet(k, alpha, size), 0, { axis: 1 })))(make([3], [1, 2, 3], 'f64'));
    [5 / 36, -1 / 36, -1 / 36].forEach((want, i) => { expect(Math.abs((numbers(first)[i] ?? NaN) - want)).toBeLessThan(0.01); });
  });
  test('a second derivative is the derivative of the first', () => {
    const f = (a: Scalar<'f64'>): Scalar<'f64'> => random.gamma(random.key(5), a);
    const h = 1e-4;
    const at = (a: number): number => numbers(f(make([], a, 'f64')))[0] ?? NaN;
    const x = at(2.5);
    const p = lowerGamma(2.5, x);
    const second = (quantile(2.5 + h, p, x) - 2 * x + quantile(2.5 - h, p, x)) / h ** 2;
    expect(Math.abs((numbers(hessian(f)(make([], 2.5, 'f64')))[0] ?? NaN) - second)).toBeLessThan(1e-5);
  });
});
