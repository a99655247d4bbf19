// L-BFGS and its line searches, Muon: where they arrive, what they leave alone, in training, mistakes. Their trajectories stand in trajectories.test.ts.
import { describe, expect, it } from 'vitest';
import { data, grad, jit, nn, np, optim, random, setBackend, tensor, train, valueAndGrad, zeros, type AnyTensor, type Scalar, type Tensor } from '../../src/index.ts';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
type Point = Tensor<[2], 'f64'>;
const point = (x: number, y: number): Point => tensor([x, y], 'f64') as unknown as Point;
const rosenbrock = (p: Point): Scalar<'f64'> => {
  const [x, y] = [np.take(p, 0), np.take(p, 1)] as unknown as [Scalar<'f64'>, Scalar<'f64'>];
  return np.add(np.square(np.subtract(1, x)), np.multiply(np.square(np.subtract(y, np.square(x))), 100)) as Scalar<'f64'>;
};
function descend<Ks extends readonly optim.StateKind[]>(rule: optim.Optimizer<Ks>, from: Point, steps: number): { readonly values: number[]; readonly at: number[] } {
  const step = jit((p: Point, s: optim.StatesOf<Ks, Point>) => {
    const [value, g] = valueAndGrad(rosenbrock)(p);
    const [updates, next] = rule.update(g as never, s as never, p, { value, valueFn: rosenbrock } as never);
    return [optim.applyUpdates(p, updates as never), next, value] as const;
  });
  const values: number[] = [];
  let p = from;
  let s = rule.init(from);
  for (let k = 0; k < steps; k++) {
    const [q, t, value] = step(p, s);
    [p, s] = [q, t as typeof s];
    values.push(value.itemSync());
  }
  return { values, at: numbers(p) };
}

describe('lbfgs', () => {
  it('is at the bottom of Rosenbrock\'s valley after 40 steps, and every step goes down', () => {
    const { values, at } = descend(optim.lbfgs(), point(-1.2, 1), 40);
    expect(Math.hypot((at[0] ?? NaN) - 1, (at[1] ?? NaN) - 1)).toBeLessThan(1e-8);
    // At the bottom what is left is rounding.
    values.slice(1).forEach((v, k) => { expect(v).toBeLessThanOrEqual(Math.max(values[k] ?? NaN, 1e-15)); });
  });
  it('leaves integers alone, computes without the value, and takes no step where the loss is no number', () => {
    const params = { a: tensor([3, 4]), n: tensor(2, 'i32') };
    const f = (p: typeof params): Scalar => np.sum(np.square(p.a));
    const rule = optim.lbfgs();
    const g = { a: grad((a: typeof params.a) => np.sum(np.square(a)))(params.a), n: null };
    const [with_] = rule.update(g, rule.init(params), params, { value: f(params), valueFn: f });
    const [without] = rule.update(g, rule.init(params), params, { valueFn: f });
    expect(without.n).toBe(null);
    expect(numbers(without.a)).toEqual(numbers(with_.a));
    for (const search of [optim.scaleByZoomLinesearch(), optim.scaleByBacktrackingLinesearch()]) {
      const [u] = optim.chain(optim.sgd(1), search).update(tensor(1), optim.chain(optim.sgd(1), search).init(tensor(0)), tensor(0), { value: tensor(0), valueFn: x => np.log(np.subtract(np.multiply(x, 0), 1)) });
      expect(Math.abs(u.itemSync())).toBe(0);
    }
  });
  it('mistakes', () => {
    const x = tensor([1, 2]);
    const rule = optim.lbfgs();
    expect(() => rule.update(x, rule.init(x), x)).toThrow('scaleByZoomLinesearch: needs the loss; call update(grads, state, params, { value, valueFn: loss })');
    expect(() => optim.scaleByLbfgs({ memorySize: 0 })).toThrow('scaleByLbfgs: memorySize 0 is not an integer of at least 1');
    expect(() => optim.scaleByZoomLinesearch({ increaseFactor: 1 })).toThrow('scaleByZoomLinesearch: increaseFactor 1 is not above 1');
    expect(() => optim.scaleByZoomLinesearch({ maxLearningRate: 0 })).toThrow('scaleByZoomLinesearch: maxLearningRate 0 is not positive');
    expect(() => optim.scaleByBacktrackingLinesearch({ decreaseFactor: 1 })).toThrow('scaleByBacktrackingLinesearch: decreaseFactor 1 is not in (0, 1)');
  });
});

describe('muon', () => {
  it('makes singular values of a matrix near 1, tall and wide', () => {
    for (const shape of [[3, 5], [5, 3]] as const) {
      const g = random.normal(random.key(2), shape, { dtype: 'f64' });
      const rule = optim.scaleByMuon();
      const [u] = rule.update(g, rule.init(g), g);
      const m = (np.divide(u, Math.sqrt(Math.max(1, shape[1] / shape[0]))) as Tensor<readonly [number, number], 'f64'>).jsSync();
      const rows = shape[0] < shape[1] ? m : (m[0] ?? []).map((_, j) => m.map(row => row[j] ?? NaN));
      // The quintic leaves singular values between 0.68 and 1.13 (Jordan, 2024): so the mean of their squares, which the rows' lengths tell, lies between.
      const squares = rows.map(row => row.reduce((a, v) => a + v * v, 0));
      const mean = squares.reduce((a, v) => a + v, 0) / 3;
      expect(mean).toBeGreaterThan(0.46);
      expect(mean).toBeLessThan(1.28);
    }
  });
  it('refuses what is no matrix, and coefficients that are none', () => {
    const rule = optim.scaleByMuon();
    expect(() => rule.update(tensor([1, 2]), rule.init(tensor([1, 2])), tensor([1, 2]))).toThrow('scaleByMuon: f32[2] is no matrix; optim.muon gives such parameters to Adam, and so does optim.partition');
    expect(() => optim.scaleByMuon({ nsCoeffs: [1, 2] as never })).toThrow('scaleByMuon: nsCoeffs are the three numbers of a x + b x^3 + c x^5; write [3.4445, -4.775, 2.0315]');
  });
});

describe('in train.fit', () => {
  const examples = data.source({ x: tensor([[0], [1], [2], [3]]), y: tensor([[1], [3], [5], [7]]) });
  const line = nn.dense(1);
  const params = nn.init(line, random.key(0), zeros([4, 1]));
  const run = <Ks extends readonly optim.StateKind[]>(optimizer: optim.Optimizer<Ks>, steps: number) => train.fit({
    params, optimizer, steps, output: null, batches: data.batches(examples, { size: 4, last: 'drop' }), loss: (p, { x, y }) => nn.squaredError(nn.apply(line, p, x), y),
  });
  it('rules that look at the loss are given it: line searches, Newton, plateaus, Polyak', async () => {
    expect((await run(optim.lbfgs(), 8)).loss).toBeLessThan(1e-8);
    expect((await run(optim.newtonCg(), 4)).loss).toBeLessThan(1e-8);
    expect((await run(optim.polyakSgd(), 60)).loss).toBeLessThan(1e-2);
    const { optimizer: [, plateau] } = await run(optim.chain(optim.sgd(0), optim.reduceOnPlateau({ patience: 2, factor: 0.5 })), 8);
    // Nothing moves: after the first loss every second one lowers the scale.
    expect(await plateau.scale.item()).toBe(0.125);
  });
});
