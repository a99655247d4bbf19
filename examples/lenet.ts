// LeNet-5 on one page: `npx tsx examples/lenet.ts`. LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
// recognition", 1998. A convolution looks for a small pattern everywhere with the same few weights; pooling forgets where exactly it was;
// so there are ever fewer places with ever more features, until plain layers decide. (`npm start` is the whole job: real data, resuming,
// a report.) Training is `train.fit`, which takes any loss, optimiser and batches.
// Shapes: examples N; images are [N, height, width, channels].
import { pathToFileURL } from 'node:url';
import { data, fromData, nn, np, optim, random, train, zeros, type Tensor } from 'cotangent';

/** From images to logits of the ten digits. Hover over it: its parameters follow from its layers; a layer that does not fit is told so. */
export const lenet = <N extends number>(images: Tensor<[N, 28, 28, 1]>) => nn.from(
  images, //                               [N, 28, 28,  1]
  nn.conv(6, 5, { padding: 'same' }), //   [N, 28, 28,  6]   150 weights, used at 784 places
  nn.tanh,
  nn.avgPool(2), //                        [N, 14, 14,  6]
  nn.conv(16, 5), //                       [N, 10, 10, 16]
  nn.tanh,
  nn.avgPool(2), //                        [N,  5,  5, 16]
  nn.flatten, //                           [N, 400]
  nn.dense(120),
  nn.tanh,
  nn.dense(84),
  nn.tanh,
  nn.dense(10), //                         [N, 10]
)(images);

/** Drawn digits as tensors. */
const tensors = ({ x, y, count }: data.Examples) => ({ x: fromData(x, [count, 28, 28, 1]), y: fromData(y, [count]) });

/** A picture of a digit in characters, two rows of pixels a line. */
async function picture(image: Tensor<[28, 28]>): Promise<string> {
  const halved = await image.reshape([14, 2, 28]).mean({ axis: 1 }).js();
  return halved.map(row => row.map(ink => ' .:-=+*#%@'[Math.min(9, Math.floor(10 * ink))]).join('')).join('\n');
}

interface Settings { readonly count?: number; readonly epochs?: number; readonly output?: train.Stream | null }
/** Learns from `count` digits and is judged by a thousand others: the share that is right before and after. */
export async function main({ count = 8000, epochs = 5, output = process.stdout }: Settings = {}) {
  const drawn = data.drawnDataset({ train: count, test: 1000 });
  const [examples, unseen] = [tensors(drawn.train), tensors(drawn.test)];
  const [initKey, orderKey] = random.split(random.key(0));
  const batches = data.batches(data.source(examples), { size: 64, last: 'drop', key: orderKey });

  output?.write(`${String(nn.summary(lenet, zeros([1, 28, 28, 1])))}\n`);

  const params = nn.init(lenet, initKey, examples.x);
  const trained = await train.fit({
    params, batches, epochs, output,
    loss: (p, { x, y }) => nn.crossEntropy(nn.apply(lenet, p, x), y),
    optimizer: optim.adam(optim.cosineDecaySchedule(3e-3, epochs * batches.length)),
  });

  const logits = (p: typeof params) => nn.apply(lenet, p, unseen.x); // [1000, 10]
  const accuracy = (p: typeof params): Promise<number> => nn.accuracy(logits(p), unseen.y).item();
  const [before, after] = [await accuracy(params), await accuracy(trained.params)];

  const probabilities = nn.softmax(logits(trained.params));
  const guess = probabilities.argmax({ axis: 1 });
  const sureness = np.where(np.equal(guess, unseen.y), 0, probabilities.max({ axis: 1 }));
  const worst = await sureness.argmax().item();
  const [answer, guessed] = [await unseen.y.take(worst).item(), await guess.take(worst).item()];
  output?.write(`accuracy on unseen digits ${(100 * before).toFixed(1)} % before, ${(100 * after).toFixed(1)} % after\n`);
  if (after < 1) {
    const image = unseen.x.take(worst, { axis: 0 }).squeeze();
    output?.write(`the mistake that it was surest of: this ${answer} is a ${guessed}\n${await picture(image)}\n`);
  }
  return { before, after };
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
