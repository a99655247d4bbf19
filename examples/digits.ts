// The main example, `npm start`: trains a typed network on handwritten digits and writes a report (see --help). This page is the order of things; its
// parts stand beside it: networks (digits-models), learning (digits-learn), examples (digits-data), the report (digits-report).
import { pathToFileURL } from 'node:url';
import { dim, getBackend, io, nn, zeros } from 'cotangent';
import { CotangentError } from '../src/error.ts';
import { ended, given } from './digits-command.ts';
import { loadDigits, type Digits } from './digits-data.ts';
import { computeOn } from './digits-device.ts';
import { learn, probabilities, type Lesson } from './digits-learn.ts';
import { recipes, withModel, type Images } from './digits-models.ts';
import { parseStart, startHelp, type Settings, type StartCommand } from './digits-options.ts';
import { guesses, reportOf } from './digits-report.ts';
import { findRun, metadataOf, newDirectory, type Config, type Files } from './digits-run.ts';

/** A run that is about to begin, or to go on. */
interface Run { readonly config: Config; readonly files: Files; readonly digits: Digits; readonly resumed: boolean; readonly load: number }

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** What a new run is, and what one is that goes on. */
async function begin(asked: Exclude<StartCommand, { readonly kind: 'help' }>): Promise<{ readonly settings: Settings; readonly files: Files; readonly before: Config | null }> {
  if (asked.kind === 'new') {
    if (asked.backend !== null) await computeOn(asked.backend);
    return { settings: asked.settings, files: given(newDirectory(asked.out, asked.settings.model, new Date())), before: null };
  }
  const { config, files } = given(await findRun(asked.from));
  await computeOn(asked.backend ?? config.backend);
  return { settings: { ...config, ...asked.changed }, files, before: config };
}

/** The run that is asked for, with its examples; nothing is written yet. */
async function prepare(asked: Exclude<StartCommand, { readonly kind: 'help' }>): Promise<Run> {
  const { settings: { model, data, epochs, batch, lr, seed }, files, before } = await begin(asked);
  const started = performance.now();
  const digits = given(await loadDigits(data, seed));
  const config: Config = { format: 1, model, data, epochs, batch, lr, seed, backend: getBackend(), examples: digits.name, training: digits.training.count, classes: digits.classes };
  if (before !== null && (before.training !== config.training || before.classes !== config.classes)) {
    throw new CotangentError('data', `${files.directory}: began with ${before.training} examples of ${before.classes} classes, now there are ${config.training} of ${config.classes}; --data PATH says where the old ones are`);
  }
  return { config, files, digits, resumed: before !== null, load: seconds(started) };
}

/** Trains, judges, reports; the exit code. */
const carryOut = ({ config, files, digits, resumed, load }: Run): Promise<number> => withModel(config.model, dim('classes', config.classes), async (network) => {
  const like: Images<number> = zeros([1, 28, 28, 1]);
  const summary = nn.summary(network, like);
  const batch = Math.min(config.batch, config.training);
  const steps = config.epochs * Math.floor(config.training / batch);
  console.log(`${config.examples}: ${config.training} to learn from, ${digits.validation.count} set aside, ${digits.test.count} to be judged by, ${config.classes} classes`);
  console.log(`${recipes[config.model].about}: ${summary.parameters} parameters; ${config.epochs} epochs of ${Math.floor(config.training / batch)} steps, ${batch} examples a step, learning rate up to ${config.lr}, seed ${config.seed}, backend ${config.backend}`);
  await io.writeFile(files.config, `${JSON.stringify(config, null, 2)}\n`);

  const started = performance.now();
  let first = 0;
  const fit: Lesson['fit'] = {
    checkpoint: { path: files.checkpoint, metadata: metadataOf(config) }, metricsFile: files.metrics, resume: resumed ? files.checkpoint : null,
    onStep: () => { if (first === 0) first = seconds(started); },
  };
  const learned = await learn(network, { digits, settings: config, fit });
  const judging = performance.now();
  const verdict = { test: digits.test, classes: config.classes, probabilities: await probabilities(network, learned, digits.test) };
  const times = { load, first, training: learned.seconds, judging: seconds(judging) };
  const metrics = given(io.readJsonLines(given(io.readText(await io.readFile(files.metrics), files.metrics)), { name: files.metrics }));
  await io.writeFile(files.report, await reportOf({ config, network: summary, verdict, metrics, step: learned.step, steps, made: learned.losses.length, times }));

  const stopped = learned.step < steps;
  if (stopped) console.log(`stopped after step ${learned.step} of ${steps}; to go on: npm start -- --resume ${files.directory}`);
  console.log(`${learned.losses.length} steps in ${learned.seconds.toFixed(1)} s; ${files.directory} has report.html, metrics.jsonl, checkpoint.safetensors and config.json`);
  const right = guesses(verdict).filter(({ guess, truth }) => guess === truth).length;
  console.log(`test accuracy ${(100 * right / digits.test.count).toFixed(2)} %`);
  return stopped ? 130 : 0;
});

export const main = (argv: readonly string[]): Promise<number> => ended(async () => {
  const asked = given(parseStart(argv));
  if (asked.kind === 'help') { console.log(startHelp); return 0; }
  return carryOut(await prepare(asked));
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
