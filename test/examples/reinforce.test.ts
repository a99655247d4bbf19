// The policy gradient: the physics keeps its books, the gradient goes through the loop, and the pole stands longer and longer.
import { expect, test } from 'vitest';
import { grad, jvp, np, random, tensor, tree, type Scalar } from 'cotangent';
import { main, move, start, surrogate, type Params, type State } from '../../examples/reinforce.ts';

test('the energy of cart and pole grows by what the push does, and by nothing else', async () => {
  // Of Lagrange's equations, which the accelerations solve: kinetic (a rod turns with 4/3 m l^2 about its end) and potential.
  const energy = ({ v, angle, spin }: State): Scalar =>
    v.square().mul(1.1 / 2).add(v.mul(spin).mul(np.cos(angle)).mul(0.1 * 0.5)).add(spin.square().mul(0.1 * 0.25 * 4 / 3 / 2)).add(np.cos(angle).mul(0.1 * 9.8 * 0.5));
  const state: State = { x: tensor(0.3), v: tensor(-0.7), angle: tensor(0.4), spin: tensor(1.1) };
  for (const push of [0, 10, -10]) {
    const rate = tree.map((next, now) => next.sub(now).div(0.02), move(state, tensor(push)), state);
    const [, power] = jvp(energy, [state], [rate]);
    // The rate is a difference of numbers near 1 in f32, divided by 0.02.
    expect(await power.item()).toBeCloseTo(push * -0.7, 3);
  }
});

test('the gradient through the loop is the same forwards and backwards', async () => {
  const [key, other] = random.split(random.key(2));
  const [p, direction] = [start(key), start(other)];
  const loss = (q: Params): Scalar => surrogate(q, random.key(3), 5, 30)[0];
  const [, forwards] = jvp(loss, [p], [direction]);
  expect(await forwards.abs().item()).toBeGreaterThan(1e-2);
  expect(await tree.vdot(grad(loss)(p), direction).sub(forwards).abs().item()).toBeLessThan(1e-5);
});

test('the pole stands longer and longer', async () => {
  const lengths = await main({ updates: 12, episodes: 16, steps: 80 });
  const mean = (part: readonly number[]): number => part.reduce((sum, n) => sum + n, 0) / part.length;
  expect(lengths).toHaveLength(12);
  // From 22 steps to 63.
  expect(mean(lengths.slice(-3))).toBeGreaterThan(1.7 * mean(lengths.slice(0, 3)));
});
