// The two networks that teach each other: the judge knows the clouds, and the generator's points come nearer to them.
import { expect, test } from 'vitest';
import { random, zeros } from 'cotangent';
import { judge, main, real } from '../../examples/gan.ts';

test('the judge finds real points good, and all clouds covered; one place in the middle is neither', async () => {
  const { good, covered } = judge(real(random.key(1), 2000));
  // Of a normal distribution in the plane exp(-9/2) = 1.1 % lies beyond three deviations.
  expect(Math.abs(await good.item() - (1 - Math.exp(-4.5)))).toBeLessThan(0.01);
  expect(await covered.item()).toBe(1);
  const middle = judge(zeros([100, 2]));
  expect([await middle.good.item(), await middle.covered.item()]).toEqual([0, 0]);
});

test('learns to make such points', async () => {
  const before = await main({ steps: 1, batch: 64 });
  const after = await main({ steps: 1000, batch: 64 });
  expect(before.good).toBeLessThan(0.05);
  // 1 % and 43 %; training is a game, and small differences grow.
  expect(after.good).toBeGreaterThan(0.2);
  expect(after.covered).toBeGreaterThanOrEqual(0.25);
});
