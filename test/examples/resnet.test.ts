// The residual example: with the identity a deep network learns at once, without it the same network hardly does; its state is what it should be.
import { expect, test } from 'vitest';
import { nn, np, zeros } from 'cotangent';
import { resnet, run } from '../../examples/resnet.ts';

test('the states are typed: one for each batch norm, stacked in the loops', () => {
  const state = nn.initState(resnet(3, 1), zeros([1, 16, 16, 1]));
  const shapes: readonly (readonly number[])[] = state.map(({ mean }) => mean.shape);
  expect(shapes).toEqual([[16], [3, 16], [3, 16], [32], [32], [3, 32], [3, 32]]);
});

test('the identity is what lets depth learn', async () => {
  const settings = { blocks: 3, count: 512, epochs: 3, output: null };
  const residual = await run(1, settings);
  const plain = await run(0, settings);
  expect(residual.parameters).toBe(plain.parameters);
  const last = ({ losses }: { readonly losses: Float32Array }): number => losses.slice(-10).reduce((sum, loss) => sum + loss / 10, 0);
  expect(last(residual)).toBeLessThan(1);
  expect(last(plain)).toBeGreaterThan(1.3 * last(residual));
  expect(residual.accuracy).toBeGreaterThan(0.6);
  // The running statistics have left 0 and 1.
  expect(await np.all(np.notEqual(residual.state[0].variance, 1)).item()).toBe(true);
});
