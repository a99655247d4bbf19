// The variational autoencoder: its bound where it can be computed by hand, and that learning gets beyond pixels that know nothing of each other.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { full, random, tree } from 'cotangent';
import { elbo, main, redraw, start, type Params } from '../../examples/vae.ts';

test('of a network without weights the bound is that of its biases', async () => {
  const { encoder: [body, , [mean, logVariance]], decoder } = tree.map(w => w.mul(0), start(random.key(0)));
  const params: Params = { decoder, encoder: [body, null, [{ ...mean, b: full([16], 1.5) }, { ...logVariance, b: full([16], -1) }]] };
  const bound = await elbo(params, random.uniform(random.key(1), [3, 784]), random.key(2)).data();
  for (const value of bound) expect(value).toBeCloseTo(-784 * Math.log(2) - 16 * 0.5 * (1.5 ** 2 + Math.exp(-1) + 1 - 1), 2);
});

test('learns more than how dark each pixel is on average, and draws what it was shown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-vae-'));
  const { params, test: images, baseline, bound } = await main({ train: 1000, test: 100, epochs: 16, out: join(folder, 'digits.svg') });
  const svg = readFileSync(join(folder, 'digits.svg'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(svg.split('data:image/png').length - 1).toBe(50);
  // -255 and -225.
  expect(bound).toBeGreaterThan(baseline + 15);
  const error = await redraw(params, images).sub(images.reshape([100, 28, 28])).square().mean().item();
  const spread = await images.sub(images.mean({ axis: 0 })).square().mean().item();
  // 0.028 and 0.050.
  expect(error).toBeLessThan(0.75 * spread);
});
