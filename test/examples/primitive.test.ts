// The example of a primitive of one's own: its rules hold, they are the rules that are used, the planted slip is found, the network learns.
import { expect, test } from 'vitest';
import { grad, jit, np, tensor, vmap, type Scalar, type Tensor } from 'cotangent';
import { difference, differences, judged, learn, primitive, slipped, snake } from '../../examples/primitive.ts';

const x = tensor([0.5, -1, 2, 0.25], 'f64');

test('values and slopes, plain, jitted and mapped', async () => {
  const want = (await x.js()).map(v => 1 + Math.sin(2 * v));
  const slope = grad((v: typeof x): Scalar<'f64'> => np.sum(snake(v)));
  for (const got of [slope(x), jit(slope)(x), vmap(grad((v: Scalar<'f64'>) => snake(v)))(x)]) (await got.js()).forEach((g, i) => expect(g).toBeCloseTo(want[i] ?? NaN, 12));
  expect(await difference(x).js()).toEqual([0.5, -1.5, 3, -1.75]);
  expect(await vmap((v: typeof x) => difference(v))(np.stack([x, x])).js()).toEqual([[0.5, -1.5, 3, -1.75], [0.5, -1.5, 3, -1.75]]);
});

test('the gradient of differences', async () => {
  const w = tensor([1, 2, 3, 4], 'f64');
  const slope = grad((v: Tensor<[4], 'f64'>): Scalar<'f64'> => np.sum(np.multiply(difference(v), w)));
  expect(await slope(x).js()).toEqual([-1, -1, -1, 4]);
});

test('the laws hold; of the wrong rule they say what is wrong', () => {
  expect(judged(primitive, 10, 1)).toMatch(/^snake: every law holds for 10 random programs; (\d+) of \1 derivatives judged by differences$/u);
  expect(judged(differences, 10, 1)).toMatch(/^difference: every law holds for 10 random programs; /u);
  expect(judged(slipped, 10, 1)).toMatch(/^law 1 does not hold for slippedSnake: jvp agrees with finite differences\n/u);
});

test('the network learns the wave', async () => {
  const [first, later] = [await learn(snake, 0), await learn(snake, 150)];
  expect(later[0]).toBeLessThan(0.1 * first[0]);
});
