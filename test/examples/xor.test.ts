// The XOR example: a perceptron learns what a line can say and never what it cannot; a hidden layer can; many at once are as one alone.
import { expect, test } from 'vitest';
import { jit, np, random } from 'cotangent';
import { answers, perceptron, successes, train } from '../../examples/xor.ts';

test('a perceptron stops making mistakes where there is a line, and only there', async () => {
  for (const answer of [answers.and, answers.or]) expect((await perceptron(answer).js()).slice(-5)).toEqual([0, 0, 0, 0, 0]);
  for (const mistakes of await perceptron(answers.xor).js()) expect(mistakes).toBeGreaterThan(0);
});

test('a hidden layer learns it', async () => {
  const { losses, probabilities } = jit(train(4, 300))(random.key(1));
  expect(await losses.take(-1).item()).toBeLessThan(0.01);
  expect(await np.round(probabilities).js()).toEqual([0, 1, 1, 0]);
});

test('one unit is no more than a line; eight nearly always suffice', async () => {
  expect(await successes(1, { count: 20, steps: 200 })).toBe(0);
  expect(await successes(8, { count: 20, steps: 200 })).toBeGreaterThan(0.9);
});
