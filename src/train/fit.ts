// The training loop: any loss, optimiser and loader; one jitted step, progress, validation, early stopping, checkpoints, and an end that
// loses nothing. Floor 7. What is pure of it stands in step.ts.

import { CotangentError } from '../error.ts';
import type { Scalar } from '../ir/tensor.ts';
import { tensor } from '../numpy/create.ts';
import { typed } from '../numpy/typed.ts';
import type { Loader } from '../data/loader.ts';
import type { Optimizer, StateKind, StatesOf } from '../optim/optimizer.ts';
import { foldIn, key as newKey, type Key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import { isTensor } from '../trace/handle.ts';
import { jit } from '../transform/jit.ts';
import { leavesOf } from '../tree/map.ts';
import { breather } from './breath.ts';
import { reporter, standardOutput, type Status, type Stream } from './progress.ts';
import { loadRun, MetricsFile, saveRun, type Position } from './run.ts';
import type { Loss, StatefulLoss, Variables } from './step.ts';
import { begin, demand, notFinite, ownCopy } from './variables.ts';

/** Numbers that are means over a batch, by name. */
export type Metrics = { readonly [name: string]: Scalar };
/** Metrics as they are told. */
export type MetricValues = { readonly [name: string]: number };

/** How a model is judged on examples that it does not learn from. */
export interface Validation<P, S, T> {
  readonly batches: Loader<T>;
  /** Means over the batch; the validation's are means over its examples. */
  readonly metrics: (params: P, batch: T, state: S) => Metrics;
  /** How many epochs lie between validations. Default 1. */
  readonly every?: number;
}

/** When to stop because nothing improves. The best variables are what `fit` then returns. */
export interface EarlyStopping {
  /** A metric of the validation. */
  readonly metric: string;
  /** Whether less is better. Default `min`. */
  readonly mode?: 'min' | 'max';
  /** How many validations without improvement are borne. Default 5. */
  readonly patience?: number;
  /** What counts as improvement. Default 0. */
  readonly minDelta?: number;
}

/** What callbacks are told after a step or an epoch. */
export interface Progress extends Position {
  readonly loss: number;
  readonly metrics: MetricValues;
}

/** What all runs have. */
export interface FitOptions<P, T, Ks extends readonly StateKind[], S, V> {
  /** The parameters before the first step. They stay as they are: the run has its own. */
  readonly params: P;
  readonly optimizer: Optimizer<Ks>;
  readonly batches: Loader<T>;
  /** How often the examples are gone through. Either this or `steps`. */
  readonly epochs?: number;
  readonly steps?: number;
  /** What the loss draws from: step k gets `foldIn(key, k)`. Default `random.key(0)`. */
  readonly key?: Key;
  readonly validation?: Validation<NoInfer<P>, NoInfer<S>, V>;
  readonly earlyStopping?: EarlyStopping;
  /**
   * A file for checkpoints, replaced atomically every `every` steps (default: each epoch), and when the run ends for any reason. `metadata` are
   * texts that stand in it beside the run's position: what one needs to make the network again, say.
   */
  readonly checkpoint?: { readonly path: string; readonly every?: number; readonly metadata?: { readonly [name: string]: string } };
  /** A checkpoint to go on from, bit by bit: variables, order of the examples, draws. The options must be those of the run it is from. */
  readonly resume?: string;
  /** A file for metrics as lines of JSON. */
  readonly metricsFile?: string;
  /** After each step; an answer of `stop` ends the run. */
  readonly onStep?: (progress: Progress) => void | 'stop';
  /** After each epoch; as `onStep`. */
  readonly onEpoch?: (progress: Progress) => void | 'stop';
  /** Ends the run after the step that is being made. */
  readonly signal?: AbortSignal;
  /** Whether Ctrl-C does the same (a second one ends the program). Default true where there are signals. */
  readonly interrupt?: boolean;
  /** Where progress is shown; null for nowhere. Default the standard output, where there is one. */
  readonly output?: Stream | null;
}

type AnyOptions = FitOptions<unknown, unknown, readonly StateKind[], unknown, unknown> & { readonly loss: unknown; readonly state?: unknown };
/** How a run may end. */
export type Ended = 'done' | 'early' | 'stopped';
/** The end of a run. */
export interface Fitted<P, Ks extends readonly StateKind[], S> extends Position {
  readonly params: P;
  readonly optimizer: StatesOf<Ks, P>;
  readonly state: S;
  /** `done`; `early`: nothing improved; `stopped`: by a callback, a signal or Ctrl-C. */
  readonly ended: Ended;
  readonly loss: number;
  /** Of the last validation, of the best one where it stopped early. */
  readonly metrics: MetricValues;
  /** The loss of every step that this run made. */
  readonly losses: Float32Array;
  readonly validations: readonly (Position & { readonly metrics: MetricValues })[];
  readonly seconds: number;
}

/** How many examples a batch has. */
const countOf = (batch: unknown): number => {
  const first = leavesOf(batch, 'train.fit').find(isTensor);
  return first?.shape[0] ?? 1;
};

type JudgeBatch = (params: unknown, batch: unknown, state: unknown) => Metrics;

async function validate(judge: JudgeBatch, batches: Loader<unknown>, { params, state }: Variables, breathe: () => Promise<void>): Promise<MetricValues> {
  const sums = new Map<string, number>();
  let count = 0;
  for await (const batch of batches) {
    const n = countOf(batch);
    const metrics = Object.entries(judge(params, batch, state));
    const values = await Promise.all(metrics.map(([, value]) => value.item()));
    metrics.forEach(([name], i) => sums.set(name, (sums.get(name) ?? 0) + n * (values[i] ?? Number.NaN)));
    count += n;
    await breathe();
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / count]));
}

/** Whether and how far a value is better than the best so far. */
class Best {
  readonly #options: EarlyStopping;
  #value = Number.NaN;
  #without = 0;
  variables: unknown = null;
  metrics: MetricValues = {};
  constructor(options: EarlyStopping) { this.#options = options; }
  /** Takes a validation up; true where patience is at its end. */
  async judge(metrics: MetricValues, variables: Variables): Promise<boolean> {
    const { metric, mode = 'min', patience = 5, minDelta = 0 } = this.#options;
    const value = metrics[metric];
    if (value === undefined) throw new CotangentError('options', `train.fit: early stopping by ${metric}, the validation has ${Object.keys(metrics).join(', ')}`);
    const gain = mode === 'min' ? this.#value - value : value - this.#value;
    if (Number.isNaN(this.#value) || gain > minDelta) {
      [this.#value, this.#without, this.metrics, this.variables] = [value, 0, metrics, await ownCopy('train.fit', variables)];
      return false;
    }
    return ++this.#without >= patience;
  }
}

/** What runs a program (tsx, some shells) hands Ctrl-C on to it, which has had it from the terminal already: within this time, in ms, it is the same one. */
const sameKeystroke = 500;
/** Ctrl-C as a signal, for the length of a run. A second one ends the program. */
function interruptSignal(wanted: boolean): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  if (!wanted || typeof process === 'undefined' || typeof process.once !== 'function') return { signal: controller.signal, end: () => {} };
  let first = -Infinity;
  const abort = (): void => {
    if (!controller.signal.aborted) { first = performance.now(); controller.abort(); return; }
    if (performance.now() - first < sameKeystroke) return;
    process.removeListener('SIGINT', abort);
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', abort);
  return { signal: controller.signal, end: () => { process.removeListener('SIGINT', abort); } };
}

const natural = (what: string, n: number, least = 0): number => {
  if (!Number.isSafeInteger(n) || n < least) throw new CotangentError('options', `train.fit: ${what} ${n} is no ${least === 0 ? 'natural number' : `integer of at least ${least}`}`);
  return n;
};

/** The options of a run and what they hold, read before anything is made. */
function readOptions(options: AnyOptions): AnyOptions {
  optionsOf('train.fit', options, {
    params: 'any', loss: 'function', optimizer: 'any', state: 'any', batches: 'any', epochs: 'number', steps: 'number', key: 'any', validation: 'any', earlyStopping: 'any',
    checkpoint: 'any', resume: 'text', metricsFile: 'text', onStep: 'function', onEpoch: 'function', signal: 'any', interrupt: 'flag', output: 'any',
  });
  demand('train.fit', { ...options }, ['params', 'loss', 'optimizer', 'batches']);
  const { validation, earlyStopping, checkpoint } = options;
  optionsOf('train.fit: validation', validation, { batches: 'any', metrics: 'function', every: 'number' });
  optionsOf('train.fit: earlyStopping', earlyStopping, { metric: 'text', mode: ['min', 'max'], patience: 'number', minDelta: 'number' });
  optionsOf('train.fit: checkpoint', checkpoint, { path: 'text', every: 'number', metadata: 'any' });
  if (validation !== undefined) {
    demand('train.fit: validation', { ...validation }, ['batches']);
    if (typeof validation.metrics !== 'function') throw new CotangentError('options', 'train.fit: validation: there are no metrics; write metrics: (params, { x, y }) => ({ loss: ... })');
  }
  if (earlyStopping !== undefined && earlyStopping.metric === undefined) throw new CotangentError('options', "train.fit: earlyStopping: there is no metric; name one of the validation's");
  natural('validation.every', validation?.every ?? 1, 1);
  natural('checkpoint.every', checkpoint?.every ?? 1, 1);
  natural('earlyStopping.patience', earlyStopping?.patience ?? 0);
  return options;
}

/**
 * Trains: makes steps of the optimiser on the gradients of a loss, batch by batch.
 *
 * One step is one jitted program whose variables are donated. Where the loss or a gradient is not finite, the run stops with an error
 * that names the equation that made it (`checkNaN`), and the checkpoint has the parameters from before. A signal, Ctrl-C or a callback
 * stops it after a step, with a checkpoint. A resumed run gives the same bits as one that was never stopped.
 *
 * @param options the loss is a function of parameters, batch and key; with `state` it is one of the state, too, and returns
 * `[loss, next state]`.
 * @throws `options` for options that make no run, `nan` where something is not finite, `data` where a checkpoint cannot be read or written.
 * @example
 * import { data, nn, np, optim, random, tensor, train, type Tensor } from 'cotangent';
 * const examples = data.source({ x: tensor([[0], [1], [2], [3]]), y: tensor([[1], [3], [5], [7]]) });
 * const line = nn.dense(1);
 * const fitted = await train.fit({
 *   params: nn.init(line, random.key(0), np.zeros([4, 1])),
 *   loss: (params, { x, y }) => nn.squaredError(nn.apply(line, params, x), y),
 *   optimizer: optim.adam(0.1),
 *   batches: data.batches(examples, { size: 4, last: 'drop' }),
 *   steps: 300,
 *   output: null,
 * });
 * np.round(nn.apply(line, fitted.params, tensor([[10]]))); // -> [[21]]
 */
export function fit<P, T, Ks extends readonly StateKind[], S, V = T>(options: FitOptions<P, T, Ks, S, V> & { readonly state: S; readonly loss: StatefulLoss<NoInfer<P>, NoInfer<T>, NoInfer<S>> }): Promise<Fitted<P, Ks, S>>;
export function fit<P, T, Ks extends readonly StateKind[], V = T>(options: FitOptions<P, T, Ks, null, V> & { readonly loss: Loss<NoInfer<P>, NoInfer<T>> }): Promise<Fitted<P, Ks, null>>;
export async function fit(typedOptions: unknown): Promise<unknown> {
  const options = readOptions(typed(typedOptions));
  // From the beginning: the first step is compiled, and a checkpoint read, before any is made.
  const interrupt = interruptSignal(options.interrupt ?? true);
  try { return await running(options, interrupt.signal); } finally { interrupt.end(); }
}
async function running(options: AnyOptions, interrupted: AbortSignal): Promise<unknown> {
  const { optimizer, batches, validation, earlyStopping, checkpoint, metricsFile } = options;
  const { loss, initial, run } = begin('train.fit', options, optimizer);
  const last = stepsOf(options, batches.length);
  if (earlyStopping !== undefined && validation === undefined) throw new CotangentError('options', 'train.fit: early stopping needs a validation');
  const key = options.key ?? newKey(0);
  const resumed = options.resume === undefined ? null : await loadRun(options.resume, initial);
  let variables = resumed?.variables ?? await ownCopy('train.fit', initial);
  let { step, epoch, batch }: Position = resumed?.position ?? { step: 0, epoch: 0, batch: 0 };
  const file = metricsFile === undefined ? null : new MetricsFile(metricsFile);
  if (resumed !== null) await file?.resume(step);

  const judge = validation === undefined ? null : jit(validation.metrics);
  const best = earlyStopping === undefined ? null : new Best(earlyStopping);
  const stream = options.output === undefined ? standardOutput() : options.output;
  const shown = stream === null ? null : reporter(stream);
  const breathe = breather();
  const first = step;
  const losses = new Float32Array(Math.max(0, last - first));
  const validations: (Position & { metrics: MetricValues })[] = [];
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let metrics: MetricValues = {};
  let value = Number.NaN;
  let ended: Ended = 'done';
  let saved = -1;
  const status = (): Status => ({ step, steps: last, epoch, epochs: Math.ceil(last / batches.length), loss: value, seconds: seconds(), made: step - first, metrics });
  const progress = (): Progress => ({ step, epoch, batch, loss: value, metrics });
  const save = async (): Promise<void> => {
    if (saved === step) return;
    saved = step;
    if (checkpoint !== undefined) await saveRun(checkpoint.path, variables, { step, epoch, batch }, checkpoint.metadata);
    await file?.save();
  };
  /** What is due at the end of an epoch; true where the run is to end. */
  const endEpoch = async (): Promise<boolean> => {
    [epoch, batch] = [epoch + 1, 0];
    let enough = false;
    if (judge !== null && validation !== undefined && epoch % (validation.every ?? 1) === 0) {
      metrics = await validate(judge, validation.batches, variables, breathe);
      validations.push({ step, epoch, batch, metrics });
      file?.add({ step, epoch, ...metrics });
      if (best !== null && await best.judge(metrics, variables)) { ended = 'early'; enough = true; }
    }
    if (options.onEpoch?.(progress()) === 'stop') { ended = 'stopped'; enough = true; }
    if (checkpoint?.every === undefined) await save();
    return enough;
  };

  try {
    training: while (step < last) {
      for await (const examples of batches.epoch(epoch, batch)) {
        const stepped = run(variables, examples, key, tensor(step, 'i32'));
        variables = stepped.variables;
        const [now, finite] = await Promise.all([stepped.loss.item(), stepped.finite.item()]);
        if (!finite) throw await notFinite(`train.fit: step ${step + 1} (epoch ${epoch}, batch ${batch})`, loss, variables, examples, foldIn(key, step), now);
        value = now;
        losses[step - first] = now;
        step++;
        batch++;
        file?.add({ step, epoch, loss: now });
        shown?.show(status(), false);
        await breathe();
        if (options.onStep?.(progress()) === 'stop' || options.signal?.aborted === true || interrupted.aborted) { ended = 'stopped'; break training; }
        if (checkpoint?.every !== undefined && step % checkpoint.every === 0) await save();
        if (step >= last) break;
      }
      if (batch >= batches.length) { if (await endEpoch()) break; }
    }
  } finally {
    // Whatever ended the run: the last good variables are on disk.
    await save();
  }
  const early = isEarly(ended) && best !== null && best.variables !== null;
  if (early) { variables = typed(best.variables); ({ metrics } = best); }
  if (step > first) shown?.show(status(), true);
  return typed({ ...variables, step, epoch, batch, ended, loss: value, metrics, losses: losses.slice(0, step - first), validations, seconds: seconds() });
}

/** Asked in a function of its own: the compiler does not see what `endEpoch` sets. */
const isEarly = (ended: Ended): boolean => ended === 'early';

function stepsOf({ steps, epochs }: { readonly steps?: number; readonly epochs?: number }, perEpoch: number): number {
  if ((steps === undefined) === (epochs === undefined)) throw new CotangentError('options', 'train.fit: give either epochs or steps');
  return steps === undefined ? natural('epochs', epochs ?? 0) * perEpoch : natural('steps', steps);
}
