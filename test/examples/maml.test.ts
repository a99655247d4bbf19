// Learning to learn: the gradient goes through the inner gradient step, and parameters learnt by it fit a new wave after one.
import { expect, test } from 'vitest';
import { grad, jvp, random, tree } from 'cotangent';
import { after, before, main, start, waves, type Params } from '../../examples/maml.ts';

test('the derivative of the loss after a step is one: the same forwards and backwards, and a difference quotient', async () => {
  const [key, other] = random.split(random.key(2));
  const [p, direction] = [start(key), start(other)];
  const tasks = waves(random.key(3), 4);
  const [value, forwards] = jvp((q: Params) => after(q, tasks), [p], [direction]);
  const slope = await forwards.item();
  const along = (h: number): Promise<number> => after(tree.map((w, d) => w.add(d.mul(h)), p, direction), tasks).item();
  expect(await value.item()).toBeCloseTo(await along(0), 4);
  expect(await tree.vdot(grad(after)(p, tasks), direction).item()).toBeCloseTo(slope, 4);
  // -29.066 and -29.065; without the inner step it is -2.
  expect(Math.abs((await along(1e-3) - await along(-1e-3)) / 2e-3 - slope)).toBeLessThan(0.02 * Math.abs(slope));
  expect(Math.abs(await tree.vdot(grad(before)(p, tasks), direction).item() - slope)).toBeGreaterThan(10);
});

test('one step does more for parameters that were learnt for it', async () => {
  const { ordinary, meta } = await main({ steps: 1000, tasks: 10 });
  // 3.0 to 1.7, and 3.2 to 3.5.
  expect(meta.after).toBeLessThan(0.75 * meta.before);
  expect(meta.after).toBeLessThan(0.75 * ordinary.after);
});
