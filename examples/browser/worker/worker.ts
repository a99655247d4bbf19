// The worker in which everything is computed. Here, because a step of a program in WebAssembly is one long call: in slices between
// the page's own events it would still hold them up for as long as the longest step (compiling the first one takes a tenth of a second and more),
// while strokes have to follow the pen. Commands come as messages and are obeyed between steps; what there is to show goes back.
import { backends, data, getBackend, plot, setBackend, type Scalar } from 'cotangent';
import { isCommand, type Command, type Model, type Report, type Settings } from '../messages.ts';
import { drawnExamples, filedExamples, type Examples } from './examples.ts';
import { history } from './history.ts';
import { batch, learnerOf, type Learner } from './network.ts';

/** How many steps lie between two looks at the test digits, how many of those are shown, and how often the page is told, in milliseconds. */
const [judgedEvery, shown, toldEvery, drawnEvery] = [20, 20, 100, 250];
/** The steps of one slice run without a look at messages. On a GPU they are queued in no time: a few, then their losses are awaited together. */
const slice = { milliseconds: 12, steps: 8 } as const;

interface Run {
  readonly model: Model;
  readonly seed: number;
  readonly examples: Examples;
  readonly learner: Learner;
  readonly losses: ReturnType<typeof history>;
  readonly testLosses: ReturnType<typeof history>;
  readonly accuracies: ReturnType<typeof history>;
  step: number;
  first: number | null;
}
let run: Run | null = null;
let files: ReadonlyMap<string, Uint8Array> = new Map();
let rate = 2e-3;
let running = false;
let room = { width: 480, height: 220 };
/** The loop in progress. */
let loop: Promise<void> = Promise.resolve();

const tell = (report: Report): void => { postMessage(report); };
const wordsOf = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error);
  return /the device was lost/.test(words) ? 'the graphics device went away, and the network with it: press Reset to begin anew' : words;
};

const channel = new MessageChannel();
let resume: (() => void) | null = null;
channel.port1.onmessage = () => { resume?.(); };
/** Lets messages in. A timer would wait four milliseconds. */
const turn = (): Promise<void> => new Promise(resolve => { resume = resolve; channel.port2.postMessage(null); });

async function curves({ losses, testLosses, accuracies, step }: Run): Promise<void> {
  const both = { ...room, xLabel: 'step', xRange: [0, Math.max(100, step)] } as const;
  const batches = losses.x.length > 0 ? [{ name: 'batches, smoothed', x: losses.x, y: losses.y, smoothing: 0.9 }] : [];
  const drawn = [{ name: 'test digits', x: testLosses.x, y: testLosses.y }, ...batches];
  const least = Math.min(...drawn.flatMap(({ y }) => y));
  const loss = await plot.curves(drawn, { ...both, title: 'Loss', yScale: 'log', yRange: [Math.min(0.1, Math.max(least, 1e-6)), 3] });
  const accuracy = await plot.curves([{ name: 'test digits', x: accuracies.x, y: accuracies.y.map(y => 100 * y) }], { ...both, title: 'Test accuracy, %', yRange: [0, 100] });
  tell({ kind: 'curves', loss: plot.withoutStyle(loss), accuracy: plot.withoutStyle(accuracy) });
}

/** Looks at the test digits: the loss, the accuracy, and the first of them to be shown. */
async function judge(now: Run): Promise<void> {
  const { learner, examples: { test } } = now;
  const probabilities = await learner.probabilities(test.images);
  const guesses = new Int32Array(test.labels.length);
  const confidence = new Float32Array(test.labels.length);
  let [right, loss] = [0, 0];
  test.labels.forEach((label, row) => {
    const of = probabilities.subarray(10 * row, 10 * row + 10);
    const guess = of.reduce((best, p, k) => p > (of[best] ?? 0) ? k : best, 0);
    [guesses[row], confidence[row]] = [guess, of[guess] ?? 0];
    right += guess === label ? 1 : 0;
    loss -= Math.log(Math.max(of[label] ?? 0, 1e-7)) / test.labels.length;
  });
  now.accuracies.add(now.step, right / test.labels.length);
  now.testLosses.add(now.step, loss);
  const images = Uint8Array.from(test.images.subarray(0, shown * 784), v => Math.round(255 * v));
  tell({ kind: 'judged', step: now.step, judged: { images, labels: test.labels.slice(0, shown), guesses: guesses.slice(0, shown), confidence: confidence.slice(0, shown) } });
}

/** Steps per second over the last second or so. */
function pace(): (step: number) => number {
  const marks: (readonly [time: number, step: number])[] = [];
  return step => {
    const now = performance.now();
    marks.push([now, step]);
    while (marks.length > 2 && now - (marks[0]?.[0] ?? now) > 1000) marks.shift();
    const [time, from] = marks[0] ?? [now, step];
    return now > time ? 1000 * (step - from) / (now - time) : 0;
  };
}

async function train(now: Run): Promise<void> {
  const began = performance.now();
  const perSecond = pace();
  perSecond(now.step);
  let [told, drawn] = [-Infinity, -Infinity];
  while (running && run === now) {
    const start = performance.now();
    const losses: Scalar[] = [];
    do {
      const { images, labels } = now.examples.next(batch);
      losses.push(now.learner.learn(images, labels, rate));
      now.step++;
    } while (now.first !== null && losses.length < slice.steps && now.step % judgedEvery !== 0 && performance.now() - start < slice.milliseconds);
    const values = await Promise.all(losses.map(loss => loss.item()));
    values.forEach((value, k) => {
      const step = now.step - values.length + k + 1;
      if (!Number.isFinite(value)) throw new Error(`the loss is ${value} at step ${step}: reset, and try a lower learning rate`);
      now.losses.add(step, value);
    });
    now.first ??= performance.now() - began;
    if (now.step % judgedEvery === 0) await judge(now);
    const time = performance.now();
    if (time - told > toldEvery) { told = time; progress(now, perSecond(now.step)); }
    if (time - drawn > drawnEvery) { drawn = time; await curves(now); }
    await turn();
  }
  if (run === now) { progress(now, 0); await curves(now); }
}
function progress(now: Run, perSecond: number): void {
  const last = now.losses.y.slice(-20);
  tell({
    kind: 'progress', step: now.step, rate: perSecond, first: now.first, accuracy: now.accuracies.y.at(-1) ?? null,
    loss: last.length === 0 ? null : last.reduce((sum, y) => sum + y, 0) / last.length,
  });
}

/** Trains until told otherwise. What fails is told; where the best backend fails at once, another one is taken, and that is told, too. */
async function keepTraining(now: Run, settings: Settings): Promise<void> {
  try { await train(now); } catch (error) {
    const backend = getBackend();
    if (settings.backend !== 'auto' || backend === 'wasm' || now.first !== null || !backends().includes('wasm')) {
      running = false;
      tell({ kind: 'problem', message: wordsOf(error) });
      tell({ kind: 'paused' });
      return;
    }
    const other = { ...settings, backend: 'wasm' };
    await keepTraining(await begin(other, `${backend} could not run this network, so wasm does: ${wordsOf(error)}`), other);
  }
}

let settings: Settings = { model: 'lenet', seed: 1, backend: 'auto' };
async function begin({ model, seed, backend }: Settings, note: string | null = null): Promise<Run> {
  await setBackend(backend);
  const given = files.size === 0 ? drawnExamples(seed) : await filedExamples(files, seed);
  if (typeof given === 'string') tell({ kind: 'problem', message: given });
  const examples = typeof given === 'string' ? drawnExamples(seed) : given;
  if (typeof given === 'string') files = new Map();
  const learner = learnerOf(model, seed);
  const now: Run = { model, seed, examples, learner, losses: history(2000), testLosses: history(1000), accuracies: history(1000), step: 0, first: null };
  run = now;
  tell({ kind: 'ready', backend: getBackend(), backends: backends(), parameters: learner.parameters, data: examples.name, note });
  await judge(now);
  progress(now, 0);
  await curves(now);
  return now;
}
/** Ends the loop in progress. */
async function stop(): Promise<void> {
  running = false;
  await loop;
}
async function reset(): Promise<void> {
  await stop();
  tell({ kind: 'paused' });
  try { await begin(settings); } catch (error) {
    if (settings.backend === 'auto') throw error;
    settings = { ...settings, backend: 'auto' };
    await begin(settings, wordsOf(error));
  }
}

async function answer(strokes: readonly (readonly number[])[]): Promise<void> {
  if (run === null) return;
  const image = data.drawStrokes(strokes, { centre: run.examples.centre });
  const probabilities = await run.learner.probabilities(Float32Array.from(image, v => v / 255));
  tell({ kind: 'answer', image, probabilities });
}

async function obey(command: Command): Promise<void> {
  switch (command.kind) {
    case 'reset':
      ({ settings } = command);
      return reset();
    case 'data':
      files = new Map(command.files.map(({ name, bytes }) => [name, new Uint8Array(bytes)]));
      return reset();
    case 'run':
      if (!command.running) return stop();
      if (run === null || running) return;
      running = true;
      loop = keepTraining(run, settings);
      return;
    case 'rate':
      ({ rate } = command);
      return;
    case 'room':
      room = { width: command.width, height: command.height };
      return run === null ? undefined : curves(run);
    case 'strokes':
      return answer(command.strokes);
    default: command satisfies never;
  }
}

/** One command after the other. */
let obeyed: Promise<void> = Promise.resolve();
addEventListener('message', ({ data: command }: MessageEvent<unknown>) => {
  if (!isCommand(command)) return;
  obeyed = obeyed.then(() => obey(command)).catch((error: unknown) => { tell({ kind: 'problem', message: wordsOf(error) }); });
});
tell({ kind: 'style', sheet: plot.styleSheet });
