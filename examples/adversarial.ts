// Adversarial examples on one page: a classifier is trained, and then the same gradient is taken with respect to the image instead of the
// parameters. A step along its sign that people hardly see makes the network wrong; the same step along random signs does not.
// `npx tsx examples/adversarial.ts --out fooled.svg`. Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2015.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, fromData, grad, io, jit, nn, np, optim, plot, random, tensor, train, vmap, zeros, type Scalar, type Tensor } from 'cotangent';

const pixels = 784;
type Images<N extends number> = Tensor<[N, typeof pixels]>;
type Labels<N extends number> = Tensor<[N], 'i32'>;

const net = nn.seq(nn.dense(128), nn.relu, nn.dense(128), nn.relu, nn.dense(10));
export const start = (seed: number) => nn.init(net, random.key(seed), zeros([1, pixels]));
export type Params = ReturnType<typeof start>;

export const loss = <N extends number>(p: Params, x: Images<N>, y: Labels<N>): Scalar => nn.crossEntropy(nn.apply(net, p, x), y);
export const accuracy = <N extends number>(p: Params, x: Images<N>, y: Labels<N>): Scalar => nn.accuracy(nn.apply(net, p, x), y);

/** The images moved by epsilon, each pixel up or down as the direction says, and kept between black and white. */
const moved = <N extends number>(x: Images<N>, direction: Images<N>, epsilon: Scalar): Images<N> => np.clip(x.add(np.sign(direction).mul(epsilon)), 0, 1);
/** Moved to where, to first order, the loss grows most among all moves of no pixel by more than epsilon. */
export const attacked = <N extends number>(p: Params, x: Images<N>, y: Labels<N>, epsilon: Scalar): Images<N> => moved(x, grad(loss, { argnums: 1 })(p, x, y), epsilon);

export interface Settings { readonly train: number; readonly test: number; readonly epochs: number; readonly out?: string | undefined; readonly log?: (line: string) => void }
export interface Row { readonly epsilon: number; readonly attacked: number; readonly random: number }

/** The test accuracy under attacks of growing strength, and under noise of the same strength. */
export async function main({ epochs, out, log = () => {}, ...counts }: Settings): Promise<readonly Row[]> {
  const drawn = data.drawnDataset(counts);
  const part = ({ x, y, count }: data.Examples) => ({ x: fromData(x, [count, pixels]), y: fromData(y, [count]) });
  const [learning, test] = [part(drawn.train), part(drawn.test)];
  const { params } = await train.fit({
    params: start(0), epochs, output: null, optimizer: optim.adam(2e-3),
    batches: data.batches(data.source(learning), { size: 100, last: 'drop', key: random.key(1) }),
    loss: (p: Params, { x, y }) => loss(p, x, y),
    onEpoch: ({ epoch, loss: value }) => log(`epoch ${epoch}  loss ${value.toFixed(4)}`),
  });

  // One program for the whole table: both accuracies as functions of epsilon, mapped over a list of them.
  const epsilons = tensor([0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2]);
  const noise = random.normal(random.key(2), test.x.shape);
  const accuracies = jit(vmap((epsilon: Scalar) => ({
    attacked: accuracy(params, attacked(params, test.x, test.y, epsilon), test.y),
    random: accuracy(params, moved(test.x, noise, epsilon), test.y),
  })));
  const [table, strengths] = [accuracies(epsilons), await epsilons.data()];
  const [byAttack, byNoise] = [await table.attacked.data(), await table.random.data()];
  const rows = Array.from(strengths, (epsilon, i) => ({ epsilon, attacked: byAttack[i] ?? NaN, random: byNoise[i] ?? NaN }));
  log('epsilon  accuracy under attack  under noise of that strength');
  for (const row of rows) log(`${row.epsilon.toFixed(2)}     ${(100 * row.attacked).toFixed(1).padStart(5)} %                ${(100 * row.random).toFixed(1).padStart(5)} %`);

  if (out !== undefined) {
    const shown = attacked(params, test.x, test.y, tensor(0.1)).slice([[0, 20], ':']);
    const guesses = await nn.apply(net, params, shown).argmax({ axis: 1 }).data();
    const labels = Array.from(guesses, (guess, i) => `${drawn.test.y[i]} → ${guess}`);
    await io.writeFile(out, await plot.imageGrid(shown.reshape([20, 28, 28]), { title: 'Digits moved by 0.1, and what they are taken for', labels, columns: 5, scale: 3 }));
    log(`wrote ${out}`);
  }
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  await main({ train: 4000, test: 1000, epochs: 8, out, log: console.log });
}
