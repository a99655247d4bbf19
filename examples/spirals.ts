// A multilayer perceptron on spirals, on one page: `npx tsx examples/spirals.ts [--out FOLDER]`. Three arms wind around each other: a
// linear model is right about half of the points, two hidden layers follow the arms. The training step stands here in full; pictures of
// what was learnt are written where --out says.
// Shapes: examples N, each of 2 coordinates and one of 3 classes.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, io, jit, nn, optim, plot, random, valueAndGrad, type Scalar, type Tensor } from 'cotangent';

const classes = 3;
/** Any network from points to logits. `P`, its parameters, are whatever it says they are. */
type Classifier<P> = <N extends number>(x: Tensor<[N, 2]>) => nn.Net<P, Tensor<[N, typeof classes]>>;

export const linear = nn.dense(classes);
export const mlp = nn.seq(nn.dense(64), nn.relu, nn.dense(64), nn.relu, nn.dense(classes));

const [learnKey, unseenKey, initKey] = random.split(random.key(0), 3);
const examples = data.spirals(learnKey, 600, { classes, noise: 0.03 });
const unseen = data.spirals(unseenKey, 300, { classes, noise: 0.03 });

/** Trains a network, with Adam on all examples at once. */
export async function train<P>(net: Classifier<P>, steps: number) {
  let params = nn.init(net, initKey, examples.x);
  const rule = optim.adam(optim.cosineDecaySchedule(0.02, steps));
  let state = rule.init(params);

  const loss = (p: P): Scalar => nn.crossEntropy(nn.apply(net, p, examples.x), examples.y);
  // One program: the loss, its gradient, the update. The memory of the old parameters becomes that of the new ones.
  const step = jit((p: P, s: typeof state) => {
    const [value, gradient] = valueAndGrad(loss)(p);
    const [updates, next] = rule.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, value] as const;
  }, { donate: [0, 1] });

  const losses: number[] = [];
  for (let k = 0; k < steps; k++) {
    let value: Scalar;
    [params, state, value] = step(params, state);
    losses.push(await value.item());
  }
  const logits = <N extends number>(x: Tensor<[N, 2]>) => nn.apply(net, params, x);
  return { losses, logits, parameters: nn.countParameters(params), accuracy: await nn.accuracy(logits(unseen.x), unseen.y).item() };
}

/** Trains both and tells how they fare; writes pictures into the folder `out`. */
export async function main({ steps = 500, out }: { readonly steps?: number; readonly out?: string | undefined } = {}) {
  const line = await train(linear, steps);
  const bent = await train(mlp, steps);
  for (const [name, { losses, accuracy, parameters }] of [['linear', line], ['mlp', bent]] as const) {
    const shown = [losses[0], losses[Math.floor(losses.length / 10)], losses.at(-1)].map(value => value?.toFixed(4));
    console.log(`${name.padEnd(7)} ${String(parameters).padStart(5)} parameters  loss ${shown.join(' -> ')}  ${(100 * accuracy).toFixed(1)} % of unseen points right`);
  }
  if (out !== undefined) {
    const write = async (name: string, svg: Promise<string>): Promise<void> => io.writeFile(join(out, `spirals-${name}.svg`), await svg);
    await write('linear', plot.decisionBoundary(line.logits, { ...examples, title: 'a linear model' }));
    await write('mlp', plot.decisionBoundary(bent.logits, { ...examples, title: 'two hidden layers of 64' }));
    await write('loss', plot.curves([{ name: 'linear', y: line.losses }, { name: 'mlp', y: bent.losses }], { yScale: 'log', title: 'loss' }));
    console.log(`pictures in ${out}`);
  }
  return { line, bent };
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(parseArgs({ options: { out: { type: 'string' } } }).values);
