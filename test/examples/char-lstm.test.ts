// The LSTM example: it learns a text, writes in its words, and writing step by step is reading at once.
import { expect, test } from 'vitest';
import { jit, nn, np, scan, zeros } from 'cotangent';
import { main } from '../../examples/char-lstm.ts';
import { textOf } from '../../examples/text.ts';

const text = (await textOf(undefined)).slice(0, 560);
const { losses, params, model, letters, samples } = await main({ text, steps: 150, units: 64, output: null });

test('the loss falls far below that of letters by their frequency', () => {
  const counts = letters.vocabulary.map(letter => text.split(letter).length - 1);
  const entropy = counts.reduce((sum, n) => sum - n / text.length * Math.log(n / text.length), 0);
  expect(losses[0]).toBeGreaterThan(entropy);
  expect(losses.at(-1)).toBeLessThan(entropy / 4);
});

test('what it writes is made of the words of the text', () => {
  const words = new Set(text.split(/\s+/));
  const written = (samples[0] ?? '').slice(12, -12).split(/\s+/).slice(1);
  expect(written.length).toBeGreaterThan(25);
  expect(written.filter(word => words.has(word)).length / written.length).toBeGreaterThan(0.6);
});

test('step by step the logits are those of the whole window', async () => {
  const ids = letters.encode(text.slice(0, 50));
  const blank: nn.LstmState<[number]> = { h: zeros([64]), c: zeros([64]) };
  const steps = jit((p: typeof params) => scan((state, id) => {
    const [logits, next] = model.step(p, state, id);
    return [next, logits];
  }, blank, ids)[1])(params);
  expect(await np.max(np.abs(steps.sub(nn.apply(model.read, params, ids.expandDims(0)).squeeze(0)))).item()).toBeLessThan(1e-4);
});
