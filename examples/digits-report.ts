// What a run came to, as report.html: curves, confusions, the worst mistakes, time, the network. Knows nothing of training.
import { fromData, nn, plot, type data } from 'cotangent';
import type { Config } from './digits-run.ts';
import { recipes } from './digits-models.ts';

/** What the test part says of a network. */
export interface Verdict {
  readonly test: data.Examples;
  /** A row for each image of the test part. */
  readonly probabilities: Float32Array;
  readonly classes: number;
}
/** An image and what was thought of it. */
export interface Guess { readonly image: number; readonly truth: number; readonly guess: number; readonly sure: number; readonly loss: number }

/** The most probable class of each image. */
export function guesses({ test, probabilities, classes }: Verdict): readonly Guess[] {
  return Array.from(test.y, (truth, image) => {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    const sure = Math.max(...row);
    return { image, truth, guess: row.indexOf(sure), sure, loss: -Math.log(Math.max(row[truth] ?? 0, 1e-30)) };
  });
}

/** What took how long, in seconds. */
export interface Times { readonly load: number; readonly first: number; readonly training: number; readonly judging: number }

/** What a report tells of. */
export interface Outcome {
  readonly config: Config;
  readonly network: nn.Summary;
  readonly verdict: Verdict;
  /** The lines of metrics.jsonl, of the whole run. */
  readonly metrics: readonly { readonly [name: string]: unknown }[];
  readonly step: number;
  readonly steps: number;
  /** Steps that were made this time: fewer where the run was resumed. */
  readonly made: number;
  readonly times: Times;
}

const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;
const seconds = (s: number): string => s < 0.9995 ? `${(1000 * s).toFixed(0)} ms` : `${s.toFixed(s < 9.95 ? 2 : 1)} s`;
const count = (n: number): string => n.toLocaleString('en-US');

/** The numbers of one name in the metrics, and the steps where they were taken. */
function series(metrics: Outcome['metrics'], name: string, at: string): readonly plot.Series[] {
  const points = metrics.flatMap(record => typeof record['step'] === 'number' && typeof record[at] === 'number' ? [[record['step'], record[at]] as const] : []);
  return points.length === 0 ? [] : [{ name, x: points.map(([x]) => x), y: points.map(([, y]) => y) }];
}

const worstMost = 36;
async function worst({ test }: Verdict, mistakes: readonly Guess[]): Promise<plot.Section> {
  if (mistakes.length === 0) return { title: 'Worst mistakes', text: 'There are none: every test image was recognised.' };
  const shown = [...mistakes].sort((a, b) => b.loss - a.loss).slice(0, worstMost);
  const pixels = new Float32Array(shown.length * 784);
  shown.forEach(({ image }, k) => pixels.set(test.x.subarray(image * 784, (image + 1) * 784), k * 784));
  const svg = await plot.imageGrid(fromData(pixels, [shown.length, 28, 28]), { labels: shown.map(({ truth, guess, sure }) => `${truth} \u2192 ${guess} (${percent(sure, 0)})`), range: [0, 1], columns: Math.min(9, shown.length), scale: 3 });
  const of = shown.length < mistakes.length ? `The worst ${shown.length} of ${mistakes.length}` : mistakes.length === 1 ? 'The only one' : `All ${mistakes.length}`;
  return { title: 'Worst mistakes', text: `${of}, those first whose true class was thought least probable. Below each: what it is \u2192 what it was taken for, and how probable that was thought.`, figures: [{ svg }] };
}

async function confusions(all: readonly Guess[], classes: number): Promise<readonly plot.Section[]> {
  const n: number = all.length;
  const ids = (of: (g: Guess) => number) => fromData(Int32Array.from(all, of), [n]);
  const matrix = nn.confusionMatrix(ids(g => g.guess), ids(g => g.truth), classes);
  const { precision, recall, f1 } = nn.precisionRecallF1(matrix);
  const [p, r, f] = [await precision.data(), await recall.data(), await f1.data()];
  const per = (scores: ArrayLike<number>, k: number): string => percent(scores[k] ?? Number.NaN, 1);
  return [{
    title: 'What was taken for what',
    figures: [{ svg: await plot.confusionMatrix(matrix), caption: 'Test images by true class (rows) and predicted class (columns).' }],
  }, {
    title: 'Each class',
    text: 'Precision: of the images taken for the class, the share that is of it. Recall: of the images of the class, the share that was found. F1: their harmonic mean.',
    table: {
      head: ['class', 'images', 'precision', 'recall', 'F1'],
      rows: Array.from({ length: classes }, (_, k) => [String(k), all.filter(g => g.truth === k).length, per(p, k), per(r, k), per(f, k)]),
    },
  }];
}

/** The command that makes the run again. */
export const command = ({ model, data: path, epochs, batch, lr, seed, backend }: Config): string =>
  `npm start -- --model ${model}${path === null ? '' : ` --data ${path}`} --epochs ${epochs} --batch ${batch} --lr ${lr} --seed ${seed} --backend ${backend}`;

/** The report as HTML. */
export async function reportOf({ config, network, verdict, metrics, step, steps, made, times }: Outcome): Promise<string> {
  const all = guesses(verdict);
  const mistakes = all.filter(g => g.guess !== g.truth);
  const accuracy = 1 - mistakes.length / all.length;
  const loss = [...series(metrics, 'training', 'loss').map(s => ({ ...s, smoothing: 0.95 })), ...series(metrics, 'validation', 'validationLoss')];
  const validation = series(metrics, 'validation', 'validationAccuracy');
  const rate = made / times.training;
  const curves: plot.Figure[] = [];
  if (loss.length > 0) curves.push({ svg: await plot.curves(loss, { title: 'Loss', xLabel: 'step', yLabel: 'cross-entropy', yScale: 'log', width: 900 }), caption: 'Training: of each step, with its exponential mean; images are moved a little before they are learned from. Validation: a tenth of the examples, set aside, not moved.' });
  if (validation.length > 0) curves.push({ svg: await plot.curves(validation, { title: 'Validation accuracy', xLabel: 'step', width: 900, height: 260 }), caption: 'After each epoch. Nothing is chosen by the test part: it is looked at once, at the end.' });
  return plot.report({
    title: `Digits: ${recipes[config.model].about}, ${percent(accuracy)} right`,
    summary: {
      'test accuracy': percent(accuracy), mistakes: `${count(mistakes.length)} of ${count(all.length)}`, model: recipes[config.model].about, parameters: count(network.parameters),
      steps: step < steps ? `${count(step)} of ${count(steps)} (stopped)` : count(step), 'training time': seconds(times.training), 'steps a second': rate.toFixed(rate < 10 ? 1 : 0), examples: config.examples,
    },
    sections: [
      ...(curves.length > 0 ? [{ title: 'Learning', figures: curves }] : []),
      ...await confusions(all, verdict.classes),
      await worst(verdict, mistakes),
      {
        title: 'Time',
        table: {
          head: ['what', 'time'],
          rows: [
            ['drawing or reading the examples', seconds(times.load)], ['first step, tracing and compiling included', seconds(times.first)],
            [`${count(made)} steps of ${config.batch} images, validation included`, seconds(times.training)],
            ['a step on average', seconds(times.training / Math.max(1, made))], [`judging ${count(all.length)} test images`, seconds(times.judging)],
          ],
        },
      },
      {
        title: 'Network',
        text: 'For one image; a multiplication and an addition count as two operations.',
        table: {
          head: ['layer', 'output', 'parameters', 'operations'],
          rows: [...network.layers.map(l => [`${'\u00a0\u00a0\u00a0'.repeat(l.path.split('/').length - 1)}${l.path.split('/').at(-1) ?? ''}`, l.output.map(s => `[${s.join(', ')}]`).join(' '), count(l.parameters), count(l.flops)]), ['all', '', count(network.parameters), count(network.flops)]],
        },
      },
      { title: 'This run again', text: `${command(config)}\n\nThe same settings give the same bits on the same backend.` },
    ],
  });
}
