// The GPT example: it learns a text, and writing with a cache is writing without one.
import { expect, test } from 'vitest';
import { jit, nn, np, random, tensor, type Scalar } from 'cotangent';
import { main } from '../../examples/gpt.ts';
import { textOf } from '../../examples/text.ts';

const text = (await textOf(undefined)).slice(0, 560);
const { losses, params, model, letters, sample } = await main({ text, steps: 60, output: null });

test('the loss falls far below that of letters by their frequency', () => {
  const counts = letters.vocabulary.map(letter => text.split(letter).length - 1);
  const entropy = counts.reduce((sum, n) => sum - n / text.length * Math.log(n / text.length), 0);
  expect(losses[0]).toBeGreaterThan(entropy);
  expect(losses.at(-1)).toBeLessThan(entropy / 2);
});

test('place by place the logits with a cache are those of the whole window', async () => {
  const ids = letters.encode(text.slice(0, 40)).expandDims(0);
  const whole = nn.apply(model.read, params, ids);
  const step = jit(model.step);
  let { logits, caches } = model.start(params, ids.slice([':', [0, 10]]));
  for (let t = 9; ; t++) {
    const difference: Scalar = logits.sub(whole.take(t, { axis: 1 })).abs().max();
    expect(await difference.item()).toBeLessThan(1e-5);
    if (t === 39) break;
    ({ logits, caches } = step(params, caches, ids.take(t + 1, { axis: 1 })));
  }
});

test('with a cache it writes what it writes without', async () => {
  const prompt = letters.encode(text.slice(0, 20)).expandDims(0);
  // Of one choice only: the likeliest, at every temperature.
  const written = await model.write(params, random.key(0), prompt, 20, 1, tensor(0.5)).js();
  const read = jit((ids: typeof prompt) => np.argmax(np.take(nn.apply(model.read, params, ids), -1, { axis: 1 }), { axis: 1 }));
  let ids = prompt;
  for (let k = 0; k < 20; k++) ids = np.concatenate([ids, read(ids).expandDims(1)], 1);
  expect(written.flat()).toEqual((await ids.js()).flat().slice(20));
});

test('a seed means a text', async () => {
  const once = await sample(1);
  expect(once).toHaveLength(32 + 8 * 32);
  expect(await sample(1)).toBe(once);
  expect(await sample(0.1)).not.toBe(once);
});
