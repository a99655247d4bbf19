// How a network learns digits, and how it is judged: the page about deep learning among those of the digits example.
// One function for every network, whatever its parameters, states and draws are. Knows nothing of command lines or reports.
import { data, jit, nn, optim, random, train, zeros, type Key, type Scalar } from 'cotangent';
import { sourceOf, type Batch, type Digits } from './digits-data.ts';
import { recipes, type Classifier, type Images } from './digits-models.ts';
import type { Settings } from './digits-options.ts';

/** What training wants besides the network. */
export interface Lesson {
  readonly digits: Digits;
  readonly settings: Settings;
  /** Options of `train.fit` about files and the terminal. */
  readonly fit: Pick<train.FitOptions<unknown, unknown, readonly optim.StateKind[], unknown, unknown>, 'checkpoint' | 'metricsFile' | 'output' | 'onStep' | 'signal'> & { readonly resume: string | null };
}

/** An image of the right shape; its values do not matter. */
const like: Images<number> = zeros([1, 28, 28, 1]);

/** Trains a network: cross-entropy of images that are moved a little, AdamW, a learning rate that rises for a tenth of the run and falls to 0. */
export async function learn<P, C extends number, E extends nn.Effects>(network: Classifier<P, C, E>, { digits, settings, fit: { resume, ...files } }: Lesson): Promise<Learned<P, E>> {
  const { seed, epochs, batch, lr } = settings;
  const [paramsKey, orderKey, runKey] = random.split(random.key(seed), 3);
  const batches = data.batches(digits.training, { size: Math.min(batch, digits.training.count), last: 'drop', key: orderKey });
  const steps = epochs * batches.length;
  return train.fit({
    ...files, ...(resume === null ? {} : { resume }),
    params: nn.init(network, paramsKey, like),
    state: nn.initState(network, like),
    batches, epochs, key: runKey,
    loss: (params: P, { x, y }: Batch<number>, key: Key, state: nn.States<E>): readonly [Scalar, nn.States<E>] => {
      const [moveKey, networkKey] = random.split(key);
      const moved = data.randomAffine(moveKey, x, { rotate: 8, scale: 0.08, shift: 1.5, shear: 8 });
      const [logits, next] = nn.applyTrain(network, params, state, moved, networkKey);
      return [nn.crossEntropy(logits, y), next];
    },
    optimizer: optim.adamw(optim.warmupCosineDecaySchedule(lr / 10, lr, Math.ceil(steps / 10), steps), { weightDecay: recipes[settings.model].weightDecay }),
    validation: {
      batches: data.batches(digits.validation, { size: 500, last: 'keep' }),
      metrics: (params, { x, y }, state) => {
        const logits = nn.applyEval(network, params, state, x);
        return { validationLoss: nn.crossEntropy(logits, y), validationAccuracy: nn.accuracy(logits, y) };
      },
    },
  });
}

/** What a classifier has learned. */
export interface Learned<P, E extends nn.Effects> extends train.Progress {
  readonly params: P;
  readonly state: nn.States<E>;
  readonly ended: 'done' | 'early' | 'stopped';
  readonly seconds: number;
  readonly losses: Float32Array;
}

/** The probabilities of the classes of each image, row by row. */
export async function probabilities<P, C extends number, E extends nn.Effects>(network: Classifier<P, C, E>, { params, state }: Pick<Learned<P, E>, 'params' | 'state'>, images: data.Examples): Promise<Float32Array> {
  const classify = jit((p: P, s: nn.States<E>, x: Images<number>) => nn.softmax(nn.applyEval(network, p, s, x)));
  const rows: Float32Array[] = [];
  for await (const { x } of data.batches(sourceOf(images), { size: 500, last: 'keep' })) rows.push(await classify(params, state, x).data());
  const all = new Float32Array(rows.reduce((n, row) => n + row.length, 0));
  rows.reduce((at, row) => { all.set(row, at); return at + row.length; }, 0);
  return all;
}
