// A variational autoencoder on one page: an encoder q(z | x), a decoder p(x | z), and the evidence lower bound on log p(x), whose gradient
// passes through the draw of z because the draw is written as mean + deviation * noise. It learns to draw digits: from noise, new ones.
// `npx tsx examples/vae.ts --out digits.svg`. Kingma, Welling, "Auto-encoding variational Bayes", 2014.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, fromData, io, jit, nn, np, optim, plot, random, train, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

const [pixels, latent] = [784, 16] as const;
type Images<N extends number> = Tensor<[N, typeof pixels]>;
type Codes<N extends number> = Tensor<[N, typeof latent]>;

/** From an image to mean and log variance of its code: two heads on one body. */
const encoder = nn.seq(nn.dense(256), nn.relu, nn.fanout(nn.dense(latent), nn.dense(latent)));
/** From a code to the log odds of ink at each pixel. */
const decoder = nn.seq(nn.dense(256), nn.relu, nn.dense(pixels));
export const start = (key: Key) => {
  const [e, d] = random.split(key);
  return { encoder: nn.init(encoder, e, zeros([1, pixels])), decoder: nn.init(decoder, d, zeros([1, latent])) };
};
export type Params = ReturnType<typeof start>;

/** The evidence lower bound of each image, in nats: E log p(x | z) - KL(q(z | x) || N(0, 1)), the expectation by one draw. */
export function elbo<N extends number>(p: Params, x: Images<N>, key: Key): Tensor<[N]> {
  const [mean, logVariance] = nn.apply(encoder, p.encoder, x);
  const z = mean.add(logVariance.mul(0.5).exp().mul(random.normal(key, mean.shape)));
  const logLikelihood = nn.binaryCrossEntropy(nn.apply(decoder, p.decoder, z), x, { reduction: 'none' }).sum({ axis: 1 }).neg();
  const divergence = mean.square().add(logVariance.exp()).sub(logVariance).sub(1).sum({ axis: 1 }).mul(0.5);
  return logLikelihood.sub(divergence);
}
/** What the decoder draws for codes, as images. */
const draw = <N extends number>(p: Params, z: Codes<N>): Tensor<[N, 28, 28]> => nn.sigmoid(nn.apply(decoder, p.decoder, z)).reshape([z.shape[0], 28, 28]);
/** What it draws for the mean codes of images: what is left of them after the bottleneck. */
export const redraw = <N extends number>(p: Params, x: Images<N>): Tensor<[N, 28, 28]> => draw(p, nn.apply(encoder, p.encoder, x)[0]);

/** The log likelihood, in nats an image, of the best model without codes: pixels that know nothing of each other. */
const independent = <N extends number, M extends number>(learning: Images<N>, test: Images<M>): Scalar => {
  const ink = np.clip(learning.mean({ axis: 0 }), 1e-3, 1 - 1e-3);
  return test.mul(ink.log()).add(np.subtract(1, test).mul(np.log1p(ink.neg()))).sum({ axis: 1 }).mean();
};

export interface Settings { readonly train: number; readonly test: number; readonly epochs: number; readonly out?: string | undefined; readonly log?: (line: string) => void }

/** Learns the digits that the package draws; returns the bound on images that it has not seen, in nats an image. */
export async function main({ epochs, out, log = () => {}, ...counts }: Settings) {
  const drawn = data.drawnDataset(counts);
  const [learning, test] = [fromData(drawn.train.x, [counts.train, pixels]), fromData(drawn.test.x, [counts.test, pixels])];
  const baseline = await independent(learning, test).item();
  log(`independent pixels: ${baseline.toFixed(1)} nats an image`);

  const [paramsKey, orderKey, noiseKey, judgeKey, drawKey] = random.split(random.key(0), 5);
  const judge = jit((p: Params) => elbo(p, test, judgeKey).mean());
  const { params } = await train.fit({
    params: start(paramsKey), epochs, output: null, optimizer: optim.adam(2e-3), key: noiseKey,
    batches: data.batches(data.source(learning), { size: 100, last: 'drop', key: orderKey }),
    loss: (p: Params, x, key) => elbo(p, x, key).mean().neg(),
    onEpoch: ({ epoch, loss }) => log(`epoch ${String(epoch).padStart(2)}  bound on the last batch ${(-loss).toFixed(1)}`),
  });
  const bound = await judge(params).item();
  log(`bound on new images: ${bound.toFixed(1)} nats an image`);

  if (out !== undefined) {
    const some = test.slice([[0, 10], ':']);
    const images = np.concatenate([some.reshape([10, 28, 28]), redraw(params, some), draw(params, random.normal(drawKey, [30, latent]))], 0);
    await io.writeFile(out, await plot.imageGrid(images, { title: 'Digits, the same redrawn from their codes, and three rows dreamt up', columns: 10, range: [0, 1] }));
    log(`wrote ${out}`);
  }
  return { params, test, baseline, bound };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  await main({ train: 5000, test: 500, epochs: 20, out, log: console.log });
}
