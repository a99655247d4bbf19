// The LeNet example: it has the parameters of the paper's layers, and a short training is worth much more than guessing.
import { expect, test } from 'vitest';
import { nn, zeros } from 'cotangent';
import { lenet, main } from '../../examples/lenet.ts';

test('every weight of the layers', () => {
  expect(nn.summary(lenet, zeros([1, 28, 28, 1])).parameters).toBe(6 * 26 + 16 * (6 * 25 + 1) + 401 * 120 + 121 * 84 + 85 * 10);
});

test('learns digits, and says so', async () => {
  let said = '';
  const { before, after } = await main({ count: 640, epochs: 4, output: { write: (text: string) => { said += text; } } });
  expect(before).toBeLessThan(0.25);
  expect(after).toBeGreaterThan(0.7);
  expect(said).toContain(`${(100 * after).toFixed(1)} % after\nthe mistake that it was surest of: this `);
  // Fourteen rows of the picture, none wider than the image.
  const rows = said.slice(said.indexOf(' is a ')).split('\n').slice(1);
  expect([rows.length, Math.max(...rows.map(row => row.length))]).toEqual([15, 28]);
});
