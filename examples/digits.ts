// Trains a typed network on handwritten digits: `npm start`, or `npm start -- --data PATH` (see --help).
// One page: the data, the network, the loss, one jitted step, the loop. Everything is pure but the lines it prints.
import { data, dim, fromData, jit, nn, np, optim, random, valueAndGrad, zeros, type Dim, type Scalar, type Tensor } from 'cotangent';
import { isLeft, right } from '../src/fp.ts';
import { decodeDigits } from '../src/io/node.ts';
import { helpText, parseDigitsCommand, progressLine, type DigitsRun } from './digits-options.ts';

type Images<N extends number> = Tensor<[N, Dim<'pixels'>]>;
type Labels<N extends number> = Tensor<[N], 'i32'>;

async function train(run: DigitsRun, digits: data.Dataset): Promise<void> {
  // How many there are is known when the data are: named dims keep them apart all the same.
  const pixels = dim('pixels', digits.features);
  const hidden = dim('hidden', run.hidden);
  const classes = dim('classes', digits.classes);
  const batch = dim('batch', Math.min(run.batch, digits.train.count));
  const examples = <const Part extends string>(part: Part, { x, y, count }: data.Examples): { images: Images<Dim<Part>>; labels: Labels<Dim<Part>> } => {
    const n = dim(part, count);
    return { images: fromData(x, [n, pixels]), labels: fromData(y, [n]) };
  };
  const training = examples('training', digits.train);
  const test = examples('test', digits.test);

  const network = nn.seq(nn.dense(hidden), nn.relu, nn.dense(hidden), nn.relu, nn.dense(classes));
  const [paramsKey, orderKey] = random.split(random.key(run.seed));
  let params = nn.init(network, paramsKey, zeros([batch, pixels]));
  type Params = typeof params;
  // The learning rate falls in a straight line to 0 at the last step.
  const adam = optim.adam(k => np.multiply(np.subtract(1, np.divide(np.astype(k, 'f32'), run.steps)), run.lr));
  let state = adam.init(params);

  const loss = <N extends number>(p: Params, images: Images<N>, labels: Labels<N>): Scalar => nn.crossEntropy(nn.apply(network, p, images), labels);
  // The old parameters and the old state are donated: their memory becomes that of the new ones.
  const step = jit((p: Params, s: typeof state, ids: Labels<Dim<'batch'>>): [Params, typeof state, Scalar] => {
    const [value, gradient] = valueAndGrad(loss)(p, np.take(training.images, ids, { axis: 0 }), np.take(training.labels, ids, { axis: 0 }));
    const [updates, next] = adam.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, value];
  }, { donate: [0, 1] });
  const accuracy = jit((p: Params): Scalar => nn.accuracy(nn.apply(network, p, test.images), test.labels));

  console.log(`${digits.name}: ${digits.train.count} to learn from, ${digits.test.count} to be judged by, ${pixels} pixels, ${classes} classes`);
  console.log(`network ${pixels}-${hidden}-${hidden}-${classes}: ${nn.countParameters(params)} parameters; Adam, learning rate ${run.lr} falling to 0, ${batch} examples a step, seed ${run.seed}`);

  const perEpoch = Math.floor(digits.train.count / batch);
  const every = Math.min(500, Math.ceil(run.steps / 10));
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  let order: Int32Array = new Int32Array();
  for (let k = 0; k < run.steps; k++) {
    const at = k % perEpoch;
    if (at === 0) order = await random.permutation(random.foldIn(orderKey, k / perEpoch), digits.train.count).data();
    let value: Scalar;
    [params, state, value] = step(params, state, fromData(order.slice(at * batch, (at + 1) * batch), [batch]));
    if ((k + 1) % every === 0 || k + 1 === run.steps) {
      const shown = await value.item();
      if (!Number.isFinite(shown)) throw new Error(`the loss is ${shown} at step ${k + 1}; try a smaller --lr`);
      console.log(progressLine({ step: k + 1, steps: run.steps, loss: shown, accuracy: await accuracy(params).item(), seconds: seconds() }));
    }
  }
  const reached = 100 * await accuracy(params).item();
  console.log(`test accuracy ${reached.toFixed(2)} % after ${run.steps} steps in ${seconds().toFixed(1)} s (${(run.steps / seconds()).toFixed(0)} steps/s)`);
}

/** The exit code: 2 for what the command line or the data got wrong, in one line. */
async function main(argv: readonly string[]): Promise<number> {
  const command = parseDigitsCommand(argv);
  if (isLeft(command)) return refuse(command.left.message);
  if (command.right.kind === 'help') { console.log(helpText); return 0; }
  const run = command.right;
  const digits = run.data === undefined ? right(data.drawnDataset({ train: 6000, test: 2000, seed: run.seed })) : await decodeDigits(run.data, { seed: run.seed });
  if (isLeft(digits)) return refuse(digits.left.message);
  await train(run, digits.right);
  return 0;
}
function refuse(message: string): number {
  console.error(message);
  return 2;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
