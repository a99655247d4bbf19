// The perceptron and why it needs a hidden layer, on one page: `npx tsx examples/xor.ts`. Rosenblatt's rule finds a line between two
// classes wherever there is one; for "exactly one of two" there is none (Minsky, Papert, "Perceptrons", 1969). A hidden layer bends the
// plane first, and the gradient of the loss says how (Rumelhart, Hinton, Williams, 1986). Everything is written for one example, one
// network; `vmap` makes it a function of many, `scan` repeats it.
// Shapes: 4 questions of 2 bits, H hidden units, K networks.
import { pathToFileURL } from 'node:url';
import { jit, nn, np, optim, random, scan, tensor, valueAndGrad, vmap, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

/** The four questions, and what each function answers. */
export const questions = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
export const answers = { and: tensor([0, 0, 0, 1]), or: tensor([0, 1, 1, 1]), xor: tensor([0, 1, 1, 0]) };

interface Neuron { readonly w: Tensor<[2]>; readonly b: Scalar }
/** 1 on one side of the line x w + b = 0, 0 on the other. */
const fires = ({ w, b }: Neuron, x: Tensor<[2]>): Scalar => x.dot(w).add(b).greater(0).astype('f32');

/** Rosenblatt, 1958: a mistake (-1 or 1; 0 is none) moves the line by the example that it was made on. */
const learn = (neuron: Neuron, [x, answer]: readonly [Tensor<[2]>, Scalar]): [Neuron, Scalar] => {
  const mistake = answer.sub(fires(neuron, x));
  return [{ w: neuron.w.add(x.mul(mistake)), b: neuron.b.add(mistake) }, mistake.abs()];
};

/** How many mistakes a perceptron makes in each epoch. */
export const perceptron = jit((answer: Tensor<[4]>): Tensor<[12]> => {
  const epoch = (neuron: Neuron): [Neuron, Scalar] => {
    const [next, mistakes] = scan(learn, neuron, [questions, answer]);
    return [next, mistakes.sum()];
  };
  const [, mistakes] = scan(epoch, { w: zeros([2]), b: zeros([]) }, null, { length: 12 });
  return mistakes;
});

/** Log odds that the answer is 1: a line again, but through what `hidden` units make of the plane. */
const network = <H extends number>(hidden: H) => nn.seq(nn.dense(hidden, { init: nn.initializers.normal(1) }), nn.tanh, nn.dense(1));

/** Gradient descent with momentum from random weights: the loss at each step, and the probabilities at the end. */
export const train = (hidden: number, steps: number) => (key: Key): { readonly losses: Tensor<[number]>; readonly probabilities: Tensor<[4]> } => {
  const net = network(hidden);
  const params = nn.init(net, key, questions);
  const rule = optim.sgd(0.3, { momentum: 0.9 });
  const logits = (p: typeof params): Tensor<[4]> => np.squeeze(nn.apply(net, p, questions), 1);
  const loss = (p: typeof params): Scalar => nn.binaryCrossEntropy(logits(p), answers.xor);
  const [[last], losses] = scan(([p, s]) => {
    const [value, gradient] = valueAndGrad(loss)(p);
    const [updates, next] = rule.update(gradient, s, p);
    return [[optim.applyUpdates(p, updates), next], value];
  }, [params, rule.init(params)], null, { length: steps });
  return { losses, probabilities: nn.sigmoid(logits(last)) };
};
/** The share of `count` networks that learn XOR, all trained at once. */
export const successes = async (hidden: number, { count, steps }: { readonly count: number; readonly steps: number }): Promise<number> => {
  const { probabilities } = jit(vmap(train(hidden, steps)))(random.splitBatch(random.key(0), count)); // [K, 4]
  const right = np.all(np.equal(np.round(probabilities), answers.xor), { axis: 1 });
  return right.astype('f32').mean().item();
};

async function main(): Promise<void> {
  console.log('mistakes of a perceptron, epoch by epoch');
  for (const [name, answer] of Object.entries(answers)) console.log(`  ${name.padEnd(4)} ${(await perceptron(answer).js()).join(' ')}`);
  console.log('one network of 4 hidden units learns xor');
  const { losses, probabilities } = jit(train(4, 300))(random.key(1));
  for (const k of [0, 9, 99, 299]) console.log(`  step ${String(k + 1).padStart(3)}  loss ${(await losses.take(k).item()).toFixed(4)}`);
  console.log(`  P(1) for 00, 01, 10, 11: ${(await probabilities.js()).map(p => p.toFixed(3)).join('  ')}`);
  console.log('how many of 200 learn it, from different weights');
  for (const hidden of [1, 2, 3, 4, 8]) {
    const share = await successes(hidden, { count: 200, steps: 300 });
    console.log(`  ${hidden} hidden unit${hidden === 1 ? ' ' : 's'}  ${(100 * share).toFixed(1).padStart(5)} %`);
  }
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
