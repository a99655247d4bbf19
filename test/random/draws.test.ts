// Draws against what JAX 0.10.2 gives for the same keys: integers and booleans to the bit, floats to a few units in the last place of their
// logarithms and powers. Distributions themselves are tested in distributions.test.ts.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import * as random from '../../src/random/index.ts';
import { jit } from '../../src/transform/jit.ts';
import { vmap } from '../../src/transform/vmap.ts';
import { make, numbers } from '../nn/tensors.ts';

interface Golden { readonly shape: readonly number[]; readonly data: readonly number[] }
const golden: { readonly [seed: string]: { readonly [name: string]: Golden } } =
  JSON.parse(readFileSync(new URL('../fixtures/prng/jax_0.10.2_draws.json', import.meta.url), 'utf8'));
const seeds = Object.keys(golden).filter(name => /^\d+$/.test(name));

const logits = make([2, 4], [0.1, 1, -2, 0.5, 2, 0.3, 0, -1]);
const p = make([5], [0.1, 0.4, 0.2, 0.25, 0.05]);
const exact: { readonly [name: string]: (k: random.Key) => AnyTensor } = {
  bernoulli: k => random.bernoulli(k, 0.3, [20]), bernoulliTensor: k => random.bernoulli(k, make([3], [0.2, 0.5, 0.9]), [4, 3]), rademacher: k => random.rademacher(k, [20]),
  randint: k => random.randint(k, [20], -5, 17), randintWide: k => random.randint(k, [8], -(2 ** 31), 2 ** 31 - 1), randintU32: k => random.randint(k, [8], 3, 4e9, { dtype: 'u32' }),
  randintU8: k => random.randint(k, [12], 3, 200, { dtype: 'u8' }), randintI8: k => random.randint(k, [12], -100, 101, { dtype: 'i8' }),
  randintTensor: k => random.randint(k, [3, 2], make([2], [0, 10], 'i32'), make([2], [5, 1000], 'i32')),
  permutationRows: k => random.permutation(k, make([6, 2], Array.from({ length: 12 }, (_, i) => i))),
  choice: k => random.choice(k, 10, [12]), choiceNoReplace: k => random.choice(k, 10, [7], { replace: false }), choiceP: k => random.choice(k, 5, [12], { p }), choicePNoReplace: k => random.choice(k, 5, [3], { p, replace: false }),
  categorical: k => random.categorical(k, logits), categoricalAxis0: k => random.categorical(k, logits, { axis: 0 }), categoricalShape: k => random.categorical(k, logits, { shape: [5, 2] }),
  categoricalNoReplace: k => random.categorical(k, logits, { shape: [3, 2], replace: false }), geometric: k => random.geometric(k, 0.2, [12]),
  poisson: k => random.poisson(k, 4, [12]), poissonLarge: k => random.poisson(k, 60, [12]), poissonMixed: k => random.poisson(k, make([5], [0, 0.5, 9.9, 10, 1000]), [3, 5]),
};
/** With the relative error that the formula makes of errors of an ulp in log, erfinv, tan and pow; sums of two magnitudes are judged by the greater. */
const close: { readonly [name: string]: readonly [draw: (k: random.Key) => AnyTensor, ulps: number] } = {
  exponential: [k => random.exponential(k, [12]), 4], gumbel: [k => random.gumbel(k, [12]), 8], laplace: [k => random.laplace(k, [12]), 4], logistic: [k => random.logistic(k, [12]), 8],
  cauchy: [k => random.cauchy(k, [12]), 16], maxwell: [k => random.maxwell(k, [12]), 8], lognormal: [k => random.lognormal(k, 0.5, [12]), 8], pareto: [k => random.pareto(k, 3, [12]), 4],
  weibullMin: [k => random.weibullMin(k, 2, 1.5, [12]), 8], triangular: [k => random.triangular(k, -1, 0.5, 2, [12]), 8], wald: [k => random.wald(k, 1.5, [12]), 64], doubleSidedMaxwell: [k => random.doubleSidedMaxwell(k, 0.5, 2, [12]), 8],
  gamma: [k => random.gamma(k, 2.5, [12]), 16], gammaSmall: [k => random.gamma(k, 0.3, [12]), 16], gammaTensor: [k => random.gamma(k, make([3], [0.01, 1, 100]), [3, 3]), 64], loggamma: [k => random.loggamma(k, 0.02, [12]), 16],
  beta: [k => random.beta(k, 2, 3, [12]), 16], dirichlet: [k => random.dirichlet(k, make([3], [0.3, 1, 2.5]), [4]), 32], chisquare: [k => random.chisquare(k, 3, [12]), 16], t: [k => random.t(k, 5, [12]), 16], f: [k => random.f(k, 5, 7, [12]), 16],
  multivariateNormal: [k => random.multivariateNormal(k, make([2], [1, 2]), make([2, 2], [1, 0, 0.5, 2]), [4]), 8],
  uniformTensor: [k => random.uniform(k, [3, 2], { minval: make([2], [0, -4]), maxval: make([2], [1, 8]) }), 4],
};
test('every value of the fixture is asked for', () => {
  for (const seed of seeds) expect([...Object.keys(exact), ...Object.keys(close)].sort()).toEqual(Object.keys(golden[seed] ?? {}).sort());
  expect(seeds).toEqual(['0', '7', '12345']);
});
describe.each(seeds)('with seed %s, as JAX has it', seed => {
  const key = random.key(Number(seed));
  const want = (name: string): Golden => golden[seed]?.[name] ?? { shape: [], data: [] };
  test.each(Object.entries(exact))('%s, to the bit', (name, draw) => {
    const x = draw(key);
    expect([[...x.shape], numbers(x)]).toEqual([want(name).shape, want(name).data]);
  });
  test.each(Object.entries(close))('%s, to a few units in the last place', (name, [draw, few]) => {
    const x = draw(key);
    expect([...x.shape]).toEqual(want(name).shape);
    const got = numbers(x);
    // An error of a result that is a difference is relative to what was subtracted, about 1 here.
    got.forEach((v, i) => {
      const w = want(name).data[i] ?? NaN;
      const distance = Math.abs(v - w) / (2 ** -23 * Math.max(Math.abs(w), name === 'gammaTensor' || name === 'dirichlet' || name === 'gammaSmall' ? 1e-30 : 1));
      expect(distance, `${v} vs ${w}`).toBeLessThanOrEqual(few);
    });
  });
});
describe('under transforms', () => {
  const all = { ...exact, ...Object.fromEntries(Object.entries(close).map(([name, [draw]]) => [name, draw] as const)) };
  test.each(Object.entries(all))('%s: jit draws the same, vmap over keys is the map', (_name, draw) => {
    const key = random.key(5);
    expect(numbers(jit(draw)(key))).toEqual(numbers(draw(key)));
    const keys = random.splitBatch(key, 2);
    const batched = numbers(vmap((k: random.Key) => draw(k) as ReturnType<typeof random.normal<[number]>>)(keys));
    expect(batched).toEqual(random.split(key, 2).flatMap(k => numbers(draw(k))));
  });
});
