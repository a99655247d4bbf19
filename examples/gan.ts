// Two networks that teach each other, on one page: a generator turns noise into points of the plane, a discriminator tells them from points of
// eight clouds on a circle; each has an optimiser of its own, and one jitted step trains both. `npx tsx examples/gan.ts --out clouds.svg`.
// Goodfellow et al., "Generative adversarial nets", 2014, with the generator's loss of its section 3: it maximises log D(G(z)).
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { io, jit, nn, np, onesLike, optim, plot, random, valueAndGrad, zeros, zerosLike, type Key, type Scalar, type Tensor } from 'cotangent';

type Points<N extends number> = Tensor<[N, 2]>;

/** Where the clouds stand, and how wide they are. */
const [clouds, spread, noise] = [8, 0.15, 2] as const;
const angles = np.arange(clouds).astype('f32').mul(2 * Math.PI / clouds);
const centres = np.stack([np.cos(angles), np.sin(angles)], 1).mul(2);
/** Points of the clouds. */
export const real = <N extends number>(key: Key, n: N): Points<N> => {
  const [which, where] = random.split(key);
  return centres.take(random.randint(which, [n], 0, clouds), { axis: 0 }).add(random.normal(where, [n, 2]).mul(spread));
};

const generator = nn.seq(nn.dense(128), nn.relu, nn.dense(128), nn.relu, nn.dense(2));
const discriminator = nn.seq(nn.dense(128), nn.relu, nn.dense(128), nn.relu, nn.dense(1));
const startG = (key: Key) => nn.init(generator, key, zeros([1, noise]));
const startD = (key: Key) => nn.init(discriminator, key, zeros([1, 2]));
type G = ReturnType<typeof startG>;
type D = ReturnType<typeof startD>;

const generate = <N extends number>(g: G, key: Key, n: N): Points<N> => nn.apply(generator, g, random.normal(key, [n, noise]));
/** How badly the discriminator takes points for real, -log D, and for made, -log(1 - D). */
const asReal = <N extends number>(d: D, x: Points<N>): Scalar => { const odds = nn.apply(discriminator, d, x); return nn.binaryCrossEntropy(odds, onesLike(odds)); };
const asMade = <N extends number>(d: D, x: Points<N>): Scalar => { const odds = nn.apply(discriminator, d, x); return nn.binaryCrossEntropy(odds, zerosLike(odds)); };

/** The share of points within three deviations of the nearest cloud, and the share of clouds that get at least a quarter of their due. */
export function judge<N extends number>(x: Points<N>): { readonly good: Scalar; readonly covered: Scalar } {
  const distances = np.sqrt(x.expandDims(1).sub(centres).square().sum({ axis: 2 })); // [N, clouds]
  const near = np.less(distances, 3 * spread);
  const due = x.shape[0] / clouds;
  return { good: np.any(near, { axis: 1 }).astype('f32').mean(), covered: np.greater(near.astype('f32').sum({ axis: 0 }), due / 4).astype('f32').mean() };
}

export interface Settings { readonly steps: number; readonly batch: number; readonly out?: string | undefined; readonly log?: (line: string) => void }

/** Trains both, towards where neither can do better: losses of log 2 and 2 log 2, 0.69 and 1.39. Returns the judgement of 2,000 points that the generator makes. */
export async function main({ steps, batch, out, log = () => {} }: Settings): Promise<{ readonly good: number; readonly covered: number }> {
  const [gKey, dKey, trainKey, judgeKey] = random.split(random.key(0), 4);
  // Gradients of a game turn: little momentum, and steps that become smaller; the discriminator is the quicker one.
  const rate = optim.cosineDecaySchedule(1e-3, steps);
  const [adamG, adamD] = [optim.adam(rate, { b1: 0.5 }), optim.adam(k => rate(k).mul(2), { b1: 0.5 })];
  let [g, d] = [startG(gKey), startD(dKey)];
  let [stateG, stateD] = [adamG.init(g), adamD.init(d)];
  const step = jit((g0: G, d0: D, sG: typeof stateG, sD: typeof stateD, key: Key) => {
    const [realKey, firstKey, secondKey] = random.split(key, 3);
    const made = generate(g0, firstKey, batch);
    const [lossD, gradD] = valueAndGrad((p: D) => asReal(p, real(realKey, batch)).add(asMade(p, made)))(d0);
    const [updatesD, nextD] = adamD.update(gradD, sD, d0);
    const d1 = optim.applyUpdates(d0, updatesD);
    // The generator's gradient goes through the discriminator, which stands still for it.
    const [lossG, gradG] = valueAndGrad((p: G) => asReal(d1, generate(p, secondKey, batch)))(g0);
    const [updatesG, nextG] = adamG.update(gradG, sG, g0);
    return [optim.applyUpdates(g0, updatesG), d1, nextG, nextD, lossG, lossD] as const;
  }, { donate: [0, 1, 2, 3] });

  const points = jit((p: G) => generate(p, judgeKey, 2000));
  for (let k = 1; k <= steps; k++) {
    let lossG: Scalar;
    let lossD: Scalar;
    [g, d, stateG, stateD, lossG, lossD] = step(g, d, stateG, stateD, random.foldIn(trainKey, k));
    if (k % Math.ceil(steps / 10) !== 0) continue;
    const { good, covered } = judge(points(g));
    log(`step ${String(k).padStart(5)}  losses ${(await lossG.item()).toFixed(2)} and ${(await lossD.item()).toFixed(2)}  ${(100 * await good.item()).toFixed(1).padStart(5)} % of the points in ${clouds * await covered.item()} clouds`);
  }
  if (out !== undefined) {
    const [x, y] = [np.concatenate([points(g).slice([[0, 500], ':']), real(judgeKey, 500)], 0), np.repeat(np.arange(2), 500)];
    await io.writeFile(out, await plot.decisionBoundary(z => nn.apply(discriminator, d, z), { title: 'Real points, made ones, and what the discriminator says', x, y, labels: ['made', 'real'] }));
    log(`wrote ${out}`);
  }
  const { good, covered } = judge(points(g));
  return { good: await good.item(), covered: await covered.item() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  await main({ steps: 4000, batch: 256, out, log: console.log });
}
