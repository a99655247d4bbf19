// Can a network learn a few examples by heart? What cannot, has a mistake that more data will not mend. Floor 7.

import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { tensor } from '../numpy/create.ts';
import { typed } from '../numpy/typed.ts';
import type { Optimizer, StateKind } from '../optim/optimizer.ts';
import { foldIn, key as newKey, type Key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import { isTensor } from '../trace/handle.ts';
import { grad } from '../transform/grad.ts';
import { jit } from '../transform/jit.ts';
import { structureOf } from '../tree/map.ts';
import { leafPaths, leavesAt, showPath } from '../tree/tree.ts';
import { standardOutput, type Stream } from './progress.ts';
import type { Loss, StatefulLoss } from './step.ts';
import { breather } from './breath.ts';
import { begin, demand, notFinite, ownCopy } from './variables.ts';

/** What is to be learnt by heart, and how. */
export interface OverfitOptions<P, T, Ks extends readonly StateKind[]> {
  /** The parameters before the first step. They stay as they are. */
  readonly params: P;
  readonly optimizer: Optimizer<Ks>;
  /** A few examples, the same ones at every step. */
  readonly batch: T;
  /** How many steps it may take. Default 500. */
  readonly steps?: number;
  /** The loss at which the examples count as learnt. Default: a hundredth of the first one. */
  readonly below?: number;
  /** What the loss draws from: step k gets `foldIn(key, k)`. Default `random.key(0)`. */
  readonly key?: Key;
  /** Where the verdict is written; null for nowhere. Default the standard output, where there is one. */
  readonly output?: Stream | null;
}

/** Whether a network learnt its examples by heart. */
export interface Overfitted {
  readonly learned: boolean;
  /** One line: what happened and, where the examples were not learnt, what to look at. */
  readonly verdict: string;
  /** The loss after the last step. */
  readonly loss: number;
  /** The loss before each step. */
  readonly losses: Float32Array;
  /** Paths of parameters whose gradient was zero throughout, at the first step and at the last one: nothing that is learnt reaches them. */
  readonly unreached: readonly string[];
}

type AnyOptions = OverfitOptions<unknown, unknown, readonly StateKind[]> & { readonly loss: unknown; readonly state?: unknown };
const where = 'train.overfit';

/**
 * Trains on the same few examples, until it knows them by heart or has to say that it cannot. A network, a loss and an optimiser that
 * cannot drive the loss of a handful of examples to about 0 have a mistake: wrong labels, a cut gradient, an output that the loss does not
 * fit, a learning rate out of all proportion. (A. Karpathy, "A recipe for training neural networks", 2019.) Leave dropout and
 * weight decay out here: both stand against learning by heart.
 *
 * @throws `options` for options that make no run, and where the first loss is not positive and `below` is not given; `nan` where
 * something is not finite, with the equation that made it.
 * @example
 * import { nn, optim, random, tensor, train, type Tensor } from 'cotangent';
 * const net = nn.seq(nn.dense(8), nn.tanh, nn.dense(2));
 * const batch = { x: tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), y: tensor([0, 1, 1, 0], 'i32') };
 * const checked = await train.overfit({
 *   params: nn.init(net, random.key(0), batch.x),
 *   loss: (params, { x, y }) => nn.crossEntropy(nn.apply(net, params, x), y),
 *   optimizer: optim.adam(0.05), batch, output: null,
 * });
 * checked.learned; // -> true
 */
export function overfit<P, T, Ks extends readonly StateKind[], S>(options: OverfitOptions<P, T, Ks> & { readonly state: S; readonly loss: StatefulLoss<NoInfer<P>, NoInfer<T>, NoInfer<S>> }): Promise<Overfitted>;
export function overfit<P, T, Ks extends readonly StateKind[]>(options: OverfitOptions<P, T, Ks> & { readonly loss: Loss<NoInfer<P>, NoInfer<T>> }): Promise<Overfitted>;
export async function overfit(typedOptions: unknown): Promise<unknown> {
  optionsOf('train.overfit', typedOptions, { params: 'any', optimizer: 'any', batch: 'any', steps: 'number', below: 'number', key: 'any', output: 'any', state: 'any', loss: 'function' });
  const options: AnyOptions = typed(typedOptions);
  demand(where, { ...options }, ['params', 'loss', 'optimizer', 'batch']);
  const { optimizer, batch, steps = 500, key = newKey(0) } = options;
  if (!Number.isSafeInteger(steps) || steps < 1) throw new CotangentError('options', `${where}: ${steps} steps; a positive integer is wanted`);
  if (options.below !== undefined && !Number.isFinite(options.below)) throw new CotangentError('options', `${where}: below ${options.below}; a finite number is wanted`);
  const { loss, initial, run } = begin(where, options, optimizer);
  let variables = await ownCopy(where, initial);
  const slopes = jit((params: unknown, k: Key, state: unknown): unknown => grad((p: unknown) => loss(p, batch, k, state)[0])(params));
  const still = async (step: number): Promise<readonly string[]> => zerosOf(variables.params, slopes(variables.params, foldIn(key, step), variables.state));
  const atFirst = await still(0);
  const losses: number[] = [];
  const breathe = breather();
  let below = options.below ?? Number.NaN;
  // One more than `steps`: the last one only tells the loss.
  for (let step = 0; step <= steps; step++) {
    const stepped = run(variables, batch, key, tensor(step, 'i32'));
    variables = stepped.variables;
    const [now, finite] = await Promise.all([stepped.loss.item(), stepped.finite.item()]);
    if (!finite) throw await notFinite(`${where}: step ${step + 1}`, loss, variables, batch, foldIn(key, step), now);
    if (step === 0 && options.below === undefined) {
      if (now < 0) throw new CotangentError('options', `${where}: the first loss is ${now}; of a loss that may be negative say what counts as learnt: below`);
      below = now / 100;
    }
    losses.push(now);
    if (now <= below) break;
    await breathe();
  }
  const value = losses.at(-1) ?? Number.NaN;
  const learned = value <= below;
  const unreached = learned ? [] : (await still(losses.length)).filter(path => atFirst.includes(path));
  const verdict = learned
    ? `${where}: learnt: the loss fell from ${short(losses[0])} to ${short(value)} in ${losses.length - 1} steps`
    : `${where}: NOT learnt: after ${steps} steps the loss is ${short(value)}, from ${short(losses[0])}, wanted ${short(below)}: ${reason(losses, unreached)}`;
  const stream = options.output === undefined ? standardOutput() : options.output;
  stream?.write(`${verdict}\n`);
  return { learned, verdict, loss: value, losses: Float32Array.from(losses), unreached };
}

const short = (x = Number.NaN): string => String(Number(x.toPrecision(3)));

const hasNonzero = async (x: AnyTensor): Promise<boolean> => Array.from<unknown>(await x.data()).some(v => Number(v) !== 0);
/** The paths of the parameters whose gradient is zero at every element. */
async function zerosOf(params: unknown, gradient: unknown): Promise<readonly string[]> {
  const structure = structureOf(params, where);
  const paths = leafPaths(structure);
  const still = await Promise.all(leavesAt(structure, gradient, where).map(async (g, i) => {
    if (!isTensor(g)) return [];
    return await hasNonzero(g) ? [] : [showPath(paths[i] ?? [])];
  }));
  return still.flat();
}

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
/** What to look at where the loss does not fall to nothing. */
function reason(losses: readonly number[], unreached: readonly string[]): string {
  if (unreached.length > 0) return `no gradient reaches ${unreached.join(', ')}`;
  const [first = 0, last = 0] = [losses[0], losses.at(-1)];
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  const [late, before] = [mean(losses.slice(-tenth)), mean(losses.slice(-2 * tenth, -tenth))];
  if (last > first) return 'it grew; try a smaller learning rate';
  if (late < 0.98 * before) return 'it is still falling; give it more steps, or a greater learning rate';
  return 'it has stopped falling; look at the labels (do equal examples have different ones?), at what the last layer gives and the loss takes, at dropout and weight decay, and at the width of the network';
}
