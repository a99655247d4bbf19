// The physics-informed network: its judge solves the equation, and training comes near it.
import { expect, test } from 'vitest';
import { linspace, np, random, tensor, vmap } from 'cotangent';
import { burgers, exact, main } from '../../examples/pinn.ts';

test('the closed solution is one: nothing is left of the equation, and the values at the start and at the walls hold', async () => {
  const [x, t] = random.split(random.key(1));
  const left = vmap(burgers(exact))(random.uniform(x, [64], { minval: -1, maxval: 1 }), random.uniform(t, [64], { minval: 0.1 }));
  // Terms of up to 50 cancel, in f32.
  expect(await np.max(left.abs()).item()).toBeLessThan(1e-3);
  expect(await exact(tensor(1), tensor(0.5)).abs().item()).toBeLessThan(1e-6);
  const first = vmap(exact, { inAxes: [0, null] })(linspace(-1, 1, 9), tensor(0));
  expect(await np.max(first.add(np.sin(linspace(-Math.PI, Math.PI, 9))).abs()).item()).toBeLessThan(1e-6);
});

test('training comes near it', async () => {
  const lines: string[] = [];
  // 0.026; untrained 0.67.
  expect((await main({ steps: 600, points: 64, log: line => { lines.push(line); } })).error).toBeLessThan(0.06);
  expect(lines).toHaveLength(11);
});
