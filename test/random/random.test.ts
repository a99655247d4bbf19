// Keys and draws against what JAX 0.10.2 returns, and under every transform.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import * as random from '../../src/random/index.ts';
import { grad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import { vmap } from '../../src/transform/vmap.ts';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { make, numbers } from '../nn/tensors.ts';

interface Golden { readonly shape: readonly number[]; readonly data: readonly number[] }
const golden: { readonly [seed: string]: { readonly [name: string]: Golden } } =
  JSON.parse(readFileSync(new URL('../fixtures/prng/jax_0.10.2_prng_golden.json', import.meta.url), 'utf8'));
const seeds = Object.keys(golden).filter(name => /^\d+$/.test(name));
const want = (seed: string, name: string): Golden => golden[seed]?.[name] ?? { shape: [], data: [] };

/** How many float32 numbers lie between two. */
function ulps(a: number, b: number): number {
  const order = (x: number): number => { const [bits = 0] = new Int32Array(Float32Array.of(x).buffer); return bits < 0 ? -(2 ** 31) - bits : bits; };
  return Math.abs(order(a) - order(b));
}

test('the fixture holds the seeds that it is known to hold', () => { expect(seeds).toEqual(['0', '1', '42', '2147483647']); });

describe.each(seeds)('with seed %s, as JAX has it', seed => {
  const key = random.key(Number(seed));
  const expectSame = (x: AnyTensor, name: string): void => {
    expect([[...x.shape], numbers(x)]).toEqual([want(seed, name).shape, want(seed, name).data]);
  };
  test('key, split, foldIn', () => {
    expectSame(key, 'key_data');
    expect(random.split(key).flatMap(numbers)).toEqual(want(seed, 'split2').data);
    expect(random.split(key, 3).flatMap(k => random.split(k).flatMap(numbers)).length).toBe(12);
    expect(random.split(key, 6).flatMap(numbers)).toEqual(want(seed, 'split_3x2').data);
    expect(numbers(random.splitBatch(key, 6))).toEqual(want(seed, 'split_3x2').data);
    expectSame(random.foldIn(key, 7), 'fold_in_7');
    expectSame(random.foldIn(key, make([], 7, 'i32')), 'fold_in_7');
  });
  test('bits and uniform, to the bit', () => {
    expectSame(random.bits(key, [5]), 'bits_5');
    expectSame(random.bits(key, [2, 3]), 'bits_2x3');
    expectSame(random.bits(key, [5], { dtype: 'u8' }), 'bits_u8_5');
    expectSame(random.uniform(key, [5]), 'uniform_5');
  });
  test('permutation, to the bit', () => {
    expectSame(random.permutation(key, 10), 'permutation_10');
    const letters = make([10], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(numbers(random.permutation(key, letters))).toEqual(want(seed, 'permutation_10').data.map(i => 10 * i));
  });
  test('uniform between bounds, to one rounding of its largest values (JAX fuses the product and the sum)', () => {
    const { data } = want(seed, 'uniform_-2_3');
    const got = numbers(random.uniform(key, [data.length], { minval: -2, maxval: 3 }));
    got.forEach((x, i) => { expect(Math.abs(x - (data[i] ?? NaN))).toBeLessThanOrEqual(2 ** -22); });
  });
  test.each([
    ['normal_5', (n: number) => random.normal(key, [n]), 4],
    ['truncated_normal_-1_2', (n: number) => random.truncatedNormal(key, -1, 2, [n]), 8],
  ] as const)('%s, to a few units in the last place', (name, draw, few) => {
    const { data } = want(seed, name);
    const got = numbers(draw(data.length));
    expect(got.length).toBeGreaterThan(0);
    got.forEach((x, i) => { expect(ulps(x, data[i] ?? NaN), `${x} vs ${data[i]}`).toBeLessThanOrEqual(few); });
  });
});

describe('draws of every float dtype', () => {
  const key = random.key(3);
  const n = 20_000;
  test.each(['f32', 'f64', 'f16'] as const)('%s', dtype => {
    const u = numbers(random.uniform(key, [n], { dtype }));
    expect(random.uniform(key, [2], { dtype }).dtype).toBe(dtype);
    expect(Math.min(...u)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...u)).toBeLessThan(1);
    // Standard errors of the mean: 0.002 and 0.007.
    expect(Math.abs(u.reduce((a, b) => a + b) / n - 0.5)).toBeLessThan(0.01);
    const x = numbers(random.normal(key, [n], { dtype }));
    expect(x.every(Number.isFinite)).toBe(true);
    expect(Math.abs(x.reduce((a, b) => a + b) / n)).toBeLessThan(0.035);
    expect(Math.abs(x.reduce((a, b) => a + b * b, 0) / n - 1)).toBeLessThan(0.05);
    const t = numbers(random.truncatedNormal(key, -0.5, 1.5, [n], { dtype }));
    expect([Math.min(...t) >= -0.5, Math.max(...t) <= 1.5, Math.max(...t) > 1.4]).toEqual([true, true, true]);
  });
  test('f64 has 52 random bits', () => {
    const [x = 0] = numbers(random.uniform(key, [1], { dtype: 'f64' }));
    expect(x * 2 ** 52).toBe(Math.floor(x * 2 ** 52));
    expect(x * 2 ** 32).not.toBe(Math.floor(x * 2 ** 32));
  });
  test('any shape: scalars, empty ones, rank 4', () => {
    expect(random.normal(key, []).shape).toEqual([]);
    expect(numbers(random.uniform(key, [3, 0]))).toEqual([]);
    expect(numbers(random.uniform(key, [2, 3, 1, 2]))).toEqual(numbers(random.uniform(key, [12])));
    expect(numbers(random.uniform(key, [2, 2], { dtype: 'f64' }))).toEqual(numbers(random.uniform(key, [4], { dtype: 'f64' })));
  });
});

describe('permutations', () => {
  test.each([0, 1, 2, 1000, 5000])('of %d elements lose none', n => {
    const got = numbers(random.permutation(random.key(9), n));
    expect([...got].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    if (n > 2) expect(got).not.toEqual([...got].sort((a, b) => a - b));
  });
  test('move whole slices along any axis', () => {
    const x = make([2, 3], [0, 1, 2, 10, 11, 12]);
    const order = numbers(random.permutation(random.key(4), 3));
    expect(numbers(random.permutation(random.key(4), x, { axis: -1 }))).toEqual([...order, ...order.map(i => i + 10)]);
    expect(() => random.permutation(random.key(4), x, { axis: 2 })).toThrow('axis 2 is out of range for [2, 3]');
  });
  test('every order of three is equally likely', () => {
    const orders = numbers(vmap((k: random.Key) => random.permutation(k, 3))(random.splitBatch(random.key(8), 6000)));
    const count = new Map<string, number>();
    for (let i = 0; i < orders.length; i += 3) { const name = orders.slice(i, i + 3).join(); count.set(name, (count.get(name) ?? 0) + 1); }
    // 1000 of each are expected, with a standard deviation of 29.
    expect([...count.values()].every(c => Math.abs(c - 1000) < 130)).toBe(true);
    expect(count.size).toBe(6);
  });
});

describe('under transforms', () => {
  const key = random.key(11);
  test('jit draws the same', () => {
    const draw = (k: random.Key): Tensor<[4]> => random.normal(random.split(k)[1], [4]);
    expect(numbers(jit(draw)(key))).toEqual(numbers(draw(key)));
    const seeded = jit((seed: Scalar<'i32'>) => random.key(seed));
    expect(numbers(seeded(make([], 42, 'i32')))).toEqual([0, 42]);
  });
  test('vmap over keys is the map', () => {
    const draws = numbers(vmap((k: random.Key) => random.normal(random.foldIn(k, 3), [4]))(random.splitBatch(key, 3)));
    expect(draws).toEqual(random.split(key, 3).flatMap(k => numbers(random.normal(random.foldIn(k, 3), [4]))));
  });
  test('grad passes through what is drawn; a key has no gradient', () => {
    const f = (x: Tensor<[3]>, k: random.Key): Scalar => reduced(mul(x, random.normal(k, [3])));
    expect(numbers(grad(f)(make([3], 1), key))).toEqual(numbers(random.normal(key, [3])));
    const both = grad((p: { x: Tensor<[3]>; k: random.Key }): Scalar => f(p.x, p.k))({ x: make([3], 1), k: key });
    expect(both.k).toBe(null);
    const shuffledGrad = grad((x: Tensor<[3]>): Scalar => reduced(mul(random.permutation(key, x), make([3], [1, 2, 3]))))(make([3], 1));
    expect(numbers(shuffledGrad).sort((a, b) => a - b)).toEqual([1, 2, 3]);
  });
  test('a loop that folds in its step is one program', () => {
    resetStatistics();
    for (let step = 2; step < 40; step++) random.uniform(random.foldIn(key, step), [2]).dataSync();
    expect(statistics.compiled).toBeLessThanOrEqual(1);
  });
});

describe('mistakes', () => {
  test.each([
    [() => random.key(0.5), 'random.key: the seed 0.5 is not a safe integer'],
    [() => random.split(random.key(0), -1), 'random.split: -1 keys cannot be made; give a natural number'],
    [() => random.foldIn(random.key(0), 2 ** 32), 'random.foldIn: 4294967296 is not an integer of 32 bits'],
    [() => random.uniform(random.key(0), [2], { minval: 1, maxval: 0 }), 'random.uniform: minval 1 is not below maxval 0'],
    [() => random.truncatedNormal(random.key(0), 1, 1, [2]), 'random.truncatedNormal: the bound 1 is not below 1'],
    [() => random.permutation(random.key(0), 1.5), 'random.permutation: 1.5 is not a natural number'],
    [() => random.uniform(random.key(0), [2], { minval: make([3], 0) }), 'cannot broadcast [3] with [2]: 3 vs 2'],
    [() => random.uniform(random.key(0), [2], { minval: make([2], 0, 'f64') as never }), "random.uniform: a bound is f64[2], the draws are f32; use astype, or give { dtype: 'f64' }"],
    [() => random.bernoulli(random.key(0), 1.5, [2]), 'random.bernoulli: p 1.5 is not in [0, 1]'],
    [() => random.bernoulli(random.key(0), NaN, [2]), 'random.bernoulli: p NaN is not in [0, 1]'],
    [() => random.bernoulli(random.key(0), make([3], 0.5), [2] as never), 'cannot broadcast [3] with [2]: 3 vs 2'],
    [() => random.randint(random.key(0), [2], 5, 5), 'random.randint: maxval 5 is not above minval 5'],
    [() => random.randint(random.key(0), [2], 0.5, 5), 'random.randint: minval 0.5 is no integer of i32'],
    [() => random.randint(random.key(0), [2], 0, 300, { dtype: 'u8' }), 'random.randint: maxval 300 is no integer in u8 or one above'],
    [() => random.randint(random.key(0), [2], 0, 3, { dtype: 'f32' as never }), 'random.randint: draws integers, not f32; use random.uniform'],
    [() => random.choice(random.key(0), 3, [4], { replace: false }), 'random.choice: 4 elements cannot be chosen from 3 without replacement'],
    [() => random.choice(random.key(0), 3, [4], { p: make([2], 0.5) }), 'random.choice: p is f32[2], there are 3 elements'],
    [() => random.choice(random.key(0), 0, [4]), 'random.choice: there is nothing to choose from'],
    [() => random.categorical(random.key(0), make([2, 0], [])), 'random.categorical: f32[2,0] has no categories along axis -1'],
    [() => random.categorical(random.key(0), make([2, 3], 0), { shape: [5] }), 'random.categorical: the shape [5] does not end in [2], that of the logits without axis -1'],
    [() => random.categorical(random.key(0), make([3], 0), { shape: [4], replace: false }), 'random.categorical: 4 draws without replacement from 3 categories'],
    [() => random.gamma(random.key(0), 0), 'random.gamma: a 0 is not a positive number'],
    [() => random.beta(random.key(0), 1, -1), 'random.beta: b -1 is not a positive number'],
    [() => random.gamma(random.key(0), make([2], 1), [2], { dtype: 'f64' }), 'random.gamma: a parameter is f32[2], but dtype is f64; give the parameter that dtype by astype'],
    [() => random.gamma(random.key(0), make([2], 1, 'i32') as never), 'random.gamma: a parameter is i32[2]; use astype to a float dtype'],
    [() => random.poisson(random.key(0), -1), 'random.poisson: lam -1 is not a number of at least 0'],
    [() => random.geometric(random.key(0), 0), 'random.geometric: p 0 is not in (0, 1]'],
    [() => random.triangular(random.key(0), 0, 2, 1, [2]), 'random.triangular: left 0, mode 2, right 1 are not in order'],
    [() => random.dirichlet(random.key(0), make([], 1) as never), 'random.dirichlet: alpha is f32[], it needs an axis of categories'],
    [() => random.multivariateNormal(random.key(0), make([2], 0), make([3, 3], 0) as never), 'random.multivariateNormal: the mean is f32[2], so the factor must be [..., 2, 2], got f32[3,3]'],
    [() => random.rademacher(random.key(0), [2], { dtype: 'u32' as never }), 'random.rademacher: u32 has no -1'],
    // @ts-expect-error a tensor is no key
    [() => random.normal(make([2], 0), [2]), 'random.normal: a key is u32[2], got f32[2]; make one with random.key(seed)'],
    // @ts-expect-error integers are drawn as bits
    [() => random.uniform(random.key(0), [2], { dtype: 'i32' }), 'random.uniform: draws floats, not i32; use random.bits for integers'],
    // @ts-expect-error integers are drawn as bits
    [() => random.normal(random.key(0), [2], { dtype: 'i32' }), 'random.normal: draws floats, not i32; draw f32 and use astype'],
  ])('%o', (wrong, words) => { expect(wrong).toThrow(words); });
  test('negative seeds and large ones keep their 64 bits', () => {
    expect(numbers(random.key(-1))).toEqual([4294967295, 4294967295]);
    expect(numbers(random.key(2 ** 40 + 5))).toEqual([256, 5]);
  });
});

const reduced = (x: AnyTensor): Scalar => {
  const sum: AnyTensor = reduceSum(x, [0]);
  return sum as Scalar;
};
