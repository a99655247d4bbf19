// The command lines of the digits example, training and prediction: pure functions from arguments to what is asked for.
// Knows nothing of tensors, files or the process.
import { backends, getBackend } from 'cotangent';
import { CotangentError } from '../src/error.ts';
import { isLeft, left, right, type Either } from '../src/fp.ts';
import { modelNames, recipes, type ModelName } from './digits-models.ts';

/** What is trained: what a run is made of, and what makes two of them equal, bit by bit, on one backend. */
export interface Settings {
  readonly model: ModelName;
  /** A directory of MNIST files or a CSV file; null: digits that the program draws itself. */
  readonly data: string | null;
  readonly epochs: number;
  /** Examples in a step. */
  readonly batch: number;
  /** The highest learning rate of the run. */
  readonly lr: number;
  readonly seed: number;
}

/** A command line of `npm start` that was understood. */
export type StartCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'new'; readonly settings: Settings; readonly backend: string | null; readonly out: string | null }
  /** What may be changed of a run that goes on. */
  | { readonly kind: 'resume'; readonly from: string; readonly changed: Partial<Pick<Settings, 'data' | 'epochs'>>; readonly backend: string | null };

/** A command line of `npm run predict` that was understood. */
export type PredictCommand = { readonly kind: 'help' } | { readonly kind: 'predict'; readonly checkpoint: string; readonly image: string; readonly backend: string | null };

const width = Math.max(...modelNames.map(name => name.length));
const computers = `${backends().join(', ')}, or auto for the fastest (default ${getBackend()})`;
/** The text of `npm start -- --help`. */
export const startHelp = `Trains a network on handwritten digits, and writes a report.

  npm start -- [--model NAME] [--data PATH] [--backend NAME] [--epochs N] [--batch N] [--lr X] [--seed N] [--out DIR]
  npm start -- --resume DIR [--epochs N] [--data PATH] [--backend NAME]

  --model NAME    ${modelNames.join(', ')} (default lenet)
  --data PATH     a directory with MNIST's IDX files, or a CSV file with the label in the last column, packed with
                  gzip or not (default: digits that the program draws itself)
  --backend NAME  what computes: ${computers}
  --epochs N      how often the examples are gone through
  --batch N       examples in a step
  --lr X          the highest learning rate; it rises to that in the first tenth of the run, then falls to 0
  --seed N        seed of the drawn digits, the parameters, the order and the augmentation (default 0)
  --out DIR       where report.html, metrics.jsonl, checkpoint.safetensors and config.json go
                  (default runs/ and the date, the time and the model)
  --resume DIR    goes on with the run in DIR as if it had never been stopped; more epochs make it longer
  --help          this text

  Where nothing is said:
${modelNames.map(name => `    ${name.padEnd(width)}  --epochs ${recipes[name].epochs} --batch ${recipes[name].batch} --lr ${recipes[name].lr}`).join('\n')}`;

/** The text of `npm run predict -- --help`. */
export const predictHelp = `Says which digit a picture shows.

  npm run predict -- --checkpoint FILE --image FILE.png [--backend NAME]

  --checkpoint FILE  checkpoint.safetensors of a run of npm start, or the run's directory
  --image FILE.png   a PNG of any size and colour, dark on light or light on dark
  --backend NAME     what computes: ${computers}
  --help             this text`;

const problem = (what: string): Either<CotangentError, never> => left(new CotangentError('options', `${what} (see --help)`));

/** Reads a value: the value, or what was expected instead of the text. */
type Reader<T> = (text: string) => Either<string, T>;

const whole = (least: number, most: number): Reader<number> => (text) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? right(value) : left(`a whole number from ${least} to ${most}`);
};
const positive: Reader<number> = (text) => {
  const value = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value > 0 && value < Infinity ? right(value) : left('a positive number');
};
const anyText: Reader<string> = right;
const model: Reader<ModelName> = (text) => {
  const found = modelNames.find(name => name === text);
  return found === undefined ? left(`one of ${modelNames.join(', ')}`) : right(found);
};

const backend: Reader<string> = text => [...backends(), 'auto'].includes(text) ? right(text) : left(`one of ${[...backends(), 'auto'].join(', ')}`);

interface Flag<T> { readonly example: string; readonly read: Reader<T> }
type Values<F extends { readonly [name: string]: Flag<unknown> }> = { [N in keyof F]?: F[N] extends Flag<infer T> ? T : never };

/** The flags' values by name; null where help is asked for. A value may follow its flag after `=`; of a flag given twice, the last one counts. */
function readFlags<F extends { readonly [name: string]: Flag<unknown> }>(flags: F, argv: readonly string[]): Either<CotangentError, Values<F> | null> {
  if (argv.includes('--help') || argv.includes('-h')) return right(null);
  const known = [...Object.keys(flags), 'help'].map(flag => `--${flag}`).join(' ');
  const values: { [name: string]: unknown } = {};
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    if (!argument.startsWith('--')) return problem(`unexpected argument ${JSON.stringify(argument)}; flags: ${known}`);
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) return problem(`unknown flag ${JSON.stringify(`--${name}`)}; flags: ${known}`);
    const text = equals < 0 ? argv[++at] : argument.slice(equals + 1);
    if (text === undefined || text === '' || (equals < 0 && text.startsWith('--'))) return problem(`--${name} needs a value: --${name} ${flag.example}`);
    const value = flag.read(text);
    if (isLeft(value)) return problem(`--${name} must be ${value.left}, got ${JSON.stringify(text)}`);
    values[name] = value.right;
  }
  // Each value is what its flag's reader made: this is what makes the record one of their types.
  return right(values as Values<F>);
}

const startFlags = {
  model: { example: 'lenet', read: model },
  data: { example: 'PATH', read: anyText },
  backend: { example: 'wasm', read: backend },
  epochs: { example: '10', read: whole(1, 100_000) },
  batch: { example: '64', read: whole(1, 100_000) },
  lr: { example: '0.002', read: positive },
  seed: { example: '0', read: whole(0, 0xffff_ffff) },
  out: { example: 'DIR', read: anyText },
  resume: { example: 'DIR', read: anyText },
};
const predictFlags = {
  checkpoint: { example: 'FILE', read: anyText },
  image: { example: 'FILE.png', read: anyText },
  backend: { example: 'wasm', read: backend },
};

/**
 * Reads the arguments after `npm start --`.
 *
 * Left, code `options`: an unknown flag, one without its value, a value that is malformed or out of range, flags that a resumed run may not change.
 *
 * @example
 * parseStart(['--model', 'mlp', '--epochs=3']); // Right { kind: 'new', settings: { model: 'mlp', epochs: 3, ... }, ... }
 */
export function parseStart(argv: readonly string[]): Either<CotangentError, StartCommand> {
  const read = readFlags(startFlags, argv);
  if (isLeft(read)) return read;
  if (read.right === null) return right({ kind: 'help' });
  const { resume, backend, out, data, epochs, ...rest } = read.right;
  if (resume === undefined) {
    const { model: name = 'lenet', seed = 0, batch, lr } = rest;
    const recipe = recipes[name];
    const settings: Settings = { model: name, data: data ?? null, epochs: epochs ?? recipe.epochs, batch: batch ?? recipe.batch, lr: lr ?? recipe.lr, seed };
    return right({ kind: 'new', settings, backend: backend ?? null, out: out ?? null });
  }
  const fixed = Object.keys({ ...rest, ...(out === undefined ? {} : { out }) })[0];
  if (fixed !== undefined) return problem(`--${fixed} cannot be given with --resume: the run goes on where it is, as it began`);
  const changed = { ...(data === undefined ? {} : { data }), ...(epochs === undefined ? {} : { epochs }) };
  return right({ kind: 'resume', from: resume, changed, backend: backend ?? null });
}

/**
 * Reads the arguments after `npm run predict --`.
 *
 * Left, code `options`: as `parseStart`; a missing checkpoint or image.
 *
 * @example
 * parsePredict(['--checkpoint', 'runs/a', '--image', 'x.png']); // Right { kind: 'predict', checkpoint: 'runs/a', image: 'x.png', backend: null }
 */
export function parsePredict(argv: readonly string[]): Either<CotangentError, PredictCommand> {
  const read = readFlags(predictFlags, argv);
  if (isLeft(read)) return read;
  if (read.right === null) return right({ kind: 'help' });
  const { checkpoint, image, backend } = read.right;
  if (checkpoint === undefined) return problem('which checkpoint? --checkpoint FILE');
  if (image === undefined) return problem('which picture? --image FILE.png');
  return right({ kind: 'predict', checkpoint, image, backend: backend ?? null });
}
