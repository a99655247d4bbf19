// The regression example: gradients are those of the textbook, both searches end at the one optimum, and that is near the truth.
import { expect, test } from 'vitest';
import { grad, nn, np, random } from 'cotangent';
import { descent, draw, logisticLoss, newton, squaredLoss, truth, type Params } from '../../examples/regression.ts';

const { plane, coin } = draw(random.key(0));
const far = async (a: Params, b: Params): Promise<number> => Math.max(await a.w.sub(b.w).abs().max().item(), await a.b.sub(b.b).abs().item());

test('the gradients are X\' (prediction - y) / N, twice for squares', async () => {
  const { x, y } = coin;
  const exact = x.matmul(truth.w).add(truth.b);
  for (const [loss, residual] of [[squaredLoss, exact.sub(y).mul(2)], [logisticLoss, nn.sigmoid(exact).sub(y)]] as const) {
    expect(await far(grad(loss)(truth, coin), { w: np.matmul(residual, x).div(500), b: residual.mean() })).toBeLessThan(1e-6);
  }
});

test('one step of Newton solves least squares, where gradient descent goes, near the truth', async () => {
  const solved = newton(squaredLoss, plane, { steps: 1 });
  expect(await far(solved, descent(squaredLoss, plane, { steps: 100, rate: 0.1 }))).toBeLessThan(1e-5);
  // Three standard errors, 0.3 / sqrt(500) each.
  expect(await far(solved, truth)).toBeLessThan(3 * 0.3 / Math.sqrt(500));
});

test('six steps of Newton solve logistic regression, where gradient descent goes', async () => {
  const solved = newton(logisticLoss, coin, { steps: 6 });
  expect(await far(solved, descent(logisticLoss, coin, { steps: 1000, rate: 0.5 }))).toBeLessThan(1e-3);
  const slope = grad(logisticLoss)(solved, coin);
  expect(await slope.w.abs().max().item()).toBeLessThan(1e-6);
  expect(await logisticLoss(solved, coin).item()).toBeLessThan(await logisticLoss(truth, coin).item());
});
