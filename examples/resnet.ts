// A residual network on one page: `npx tsx examples/resnet.ts`. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
// A block adds to its input instead of replacing it, so that a signal, and a gradient, passes through any number of blocks unharmed. The
// page trains the same 36 layers twice, from the same weights: with the identity, and with it multiplied by 0, a plain network.
// Batch norm keeps running statistics. They are no hidden variable of a layer but a value: typed, handed in and handed on.
// Shapes: examples N; images are [N, height, width, channels].
import { pathToFileURL } from 'node:url';
import { data, fromData, nn, optim, random, train, type Tensor } from 'cotangent';

/** What a block adds to its input. */
const branch = <const C extends number, const S extends number>(features: C, stride: S) => nn.seq(
  nn.conv(features, 3, { stride, padding: 'same' }), nn.batchNorm, nn.relu,
  nn.conv(features, 3, { padding: 'same' }), nn.batchNorm,
);

/** From images to the logits of ten digits, by 4 `blocks` + 4 layers with weights; `skip` 1 is a residual network, 0 a plain one. */
export const resnet = (blocks: number, skip: 0 | 1) => {
  const carried = <S extends readonly number[]>(x: Tensor<S>): Tensor<S> => x.mul(skip);
  return <N extends number>(images: Tensor<[N, 16, 16, 1]>) => nn.from(images,
    nn.conv(16, 3, { stride: 2, padding: 'same' }), nn.batchNorm, nn.relu, //     [N, 8, 8, 16]
    // Blocks of one shape are one loop over stacked parameters: neither types nor programs grow with depth.
    nn.repeat(blocks, nn.seq(nn.shortcut(branch(16, 1), carried), nn.relu)),
    branch(32, 2), nn.relu, //  half as many places, twice as many features:      [N, 4, 4, 32]
    nn.repeat(blocks, nn.seq(nn.shortcut(branch(32, 1), carried), nn.relu)),
    nn.globalAvgPool, //                                                          [N, 32]
    nn.dense(10),
  )(images);
};

/** Drawn digits as tensors. */
const tensors = ({ x, y, count }: data.Examples) => ({ x: fromData(x, [count, 16, 16, 1]), y: fromData(y, [count]) });

interface Settings { readonly blocks?: number; readonly count?: number; readonly epochs?: number; readonly output?: train.Stream | null }
/** Trains a network and tells its losses and the share of unseen digits that it gets right. */
export async function run(skip: 0 | 1, { blocks = 8, count = 2000, epochs = 4, output = process.stdout }: Settings = {}) {
  const drawn = data.drawnDataset({ train: count, test: 500, size: 16 });
  const [examples, unseen] = [tensors(drawn.train), tensors(drawn.test)];
  const [initKey, orderKey] = random.split(random.key(0));
  const batches = data.batches(data.source(examples), { size: 32, last: 'drop', key: orderKey });
  const net = resnet(blocks, skip);

  const fitted = await train.fit({
    params: nn.init(net, initKey, examples.x),
    state: nn.initState(net, examples.x),
    // Training normalises by the batch, and hands on the statistics that evaluation will normalise by.
    loss: (params, { x, y }, _key, state) => {
      const [logits, next] = nn.applyTrain(net, params, state, x);
      return [nn.crossEntropy(logits, y), next];
    },
    optimizer: optim.sgd(optim.cosineDecaySchedule(0.05, epochs * batches.length), { momentum: 0.9 }),
    batches, epochs, output,
  });
  const logits = nn.applyEval(net, fitted.params, fitted.state, unseen.x);
  const accuracy = await nn.accuracy(logits, unseen.y).item();
  return { ...fitted, accuracy, parameters: nn.countParameters(fitted.params) };
}

/** Both networks, and how their losses fall. */
async function main(): Promise<void> {
  for (const [name, skip] of [['residual', 1], ['plain', 0]] as const) {
    const { losses, accuracy, parameters } = await run(skip);
    const quarter = Math.floor(losses.length / 4);
    const means = [0, 1, 2, 3].map(k => losses.slice(k * quarter, (k + 1) * quarter).reduce((sum, loss) => sum + loss / quarter, 0).toFixed(3));
    console.log(`${name}: ${parameters} parameters, loss ${means.join(' -> ')}, ${(100 * accuracy).toFixed(1)} % of unseen digits right`);
  }
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
