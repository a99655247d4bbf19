// The command line of the digits example and the line it prints while it trains: two pure functions.
// Knows nothing of tensors, files or the process.

import { CotangentError } from '../src/error.ts';
import type { Either } from '../src/fp.ts';
import { left, right } from '../src/fp.ts';

/** What the command line asks for. */
export interface DigitsRun {
  /** A directory of MNIST files or a CSV file; undefined: digits that the program draws itself. */
  readonly data: string | undefined;
  readonly steps: number;
  readonly batch: number;
  /** The learning rate. */
  readonly lr: number;
  readonly seed: number;
  /** The width of the hidden layers. */
  readonly hidden: number;
}

/** A command line that was understood. */
export type DigitsCommand = { readonly kind: 'help' } | ({ readonly kind: 'run' } & DigitsRun);

/** What is trained when nothing is said. */
export const defaultRun: DigitsRun = { data: undefined, steps: 500, batch: 128, lr: 3e-3, seed: 0, hidden: 128 };

/** The text of `--help`. */
export const helpText = `Trains a typed network on handwritten digits.

  npm start -- [--data PATH] [--steps N] [--batch N] [--lr X] [--seed N] [--hidden N]

  --data PATH   a directory with MNIST's IDX files, or a CSV file with the label in the last column,
                packed with gzip or not (default: digits that the program draws itself)
  --steps N     steps of the optimiser (default ${defaultRun.steps})
  --batch N     examples in a step (default ${defaultRun.batch})
  --lr X        learning rate (default ${defaultRun.lr})
  --seed N      seed of the data, the split, the parameters and the batches (default ${defaultRun.seed})
  --hidden N    width of the hidden layers (default ${defaultRun.hidden})
  --help        this text`;

const problem = (what: string): Either<CotangentError, never> => left(new CotangentError('options', `${what} (see --help)`));

const whole = (least: number, most: number) => (text: string): number | string => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : `a whole number from ${least} to ${most}`;
};

const positive = (text: string): number | string => {
  const value = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value > 0 && value < Infinity ? value : 'a positive number';
};

/** For each flag with a number: the number, or what was expected instead of the text. */
const numbers = {
  steps: whole(1, 100_000_000),
  batch: whole(1, 1_000_000),
  lr: positive,
  seed: whole(0, 0xffff_ffff),
  hidden: whole(1, 65_536),
} satisfies Record<Exclude<keyof DigitsRun, 'data'>, (text: string) => number | string>;

type NumberFlag = keyof typeof numbers;

const isNumberFlag = (flag: string): flag is NumberFlag => Object.hasOwn(numbers, flag);

const flags = ['data', ...Object.keys(numbers), 'help'].map((flag) => `--${flag}`).join(' ');

/**
 * Reads the arguments after `npm start --`. A value may also follow its flag after `=`; where a flag is given twice, the last one counts.
 *
 * Left, code `options`: an unknown flag or argument, a flag without its value, a value that is malformed or out of range.
 *
 * @example
 * parseDigitsCommand(['--steps', '200', '--lr=0.01']); // Right { kind: 'run', steps: 200, lr: 0.01, ... }
 */
export const parseDigitsCommand = (argv: readonly string[]): Either<CotangentError, DigitsCommand> => {
  if (argv.includes('--help') || argv.includes('-h')) return right({ kind: 'help' });
  let run = defaultRun;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    if (!argument.startsWith('--')) return problem(`unexpected argument ${JSON.stringify(argument)}; flags: ${flags}`);
    const equals = argument.indexOf('=');
    const flag = argument.slice(2, equals < 0 ? undefined : equals);
    if (flag !== 'data' && !isNumberFlag(flag)) return problem(`unknown flag ${JSON.stringify(`--${flag}`)}; flags: ${flags}`);
    const value = equals < 0 ? argv[++at] : argument.slice(equals + 1);
    if (value === undefined || value === '' || (equals < 0 && value.startsWith('--'))) {
      return problem(`--${flag} needs a value: --${flag} ${flag === 'data' ? 'PATH' : String(defaultRun[flag])}`);
    }
    if (flag === 'data') {
      run = { ...run, data: value };
      continue;
    }
    const read = numbers[flag](value);
    if (typeof read === 'string') return problem(`--${flag} must be ${read}, got ${JSON.stringify(value)}`);
    run = { ...run, [flag]: read };
  }
  return right({ kind: 'run', ...run });
};

/** What is known of a training run after a step. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** The share of test examples that are classified right, in [0, 1]; undefined while it was not measured. */
  readonly accuracy: number | undefined;
  /** Since the start, in seconds. */
  readonly seconds: number;
}

/** Seconds as people say them: `0.8 s`, `42 s`, `3 min 05 s`, `2 h 07 min`. */
const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const [minutes, rest] = [Math.floor(rounded / 60), rounded % 60];
  if (minutes < 60) return `${minutes} min ${String(rest).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
};

/**
 * One line of progress, its columns aligned from line to line: step, loss, test accuracy, steps per second, time left.
 *
 * @example
 * progressLine({ step: 200, steps: 1000, loss: 0.3124, accuracy: 0.941, seconds: 0.5 });
 * // 'step  200/1000  loss 0.3124  test 94.10 %  400 steps/s  2.0 s left'
 */
export const progressLine = ({ step, steps, loss, accuracy, seconds }: Progress): string => {
  const rate = seconds > 0 ? step / seconds : 0;
  const parts = [
    `step ${String(step).padStart(String(steps).length)}/${steps}`,
    `loss ${loss.toFixed(4)}`,
    accuracy === undefined ? 'test    -   ' : `test ${(100 * accuracy).toFixed(2).padStart(5)} %`,
  ];
  if (rate > 0) {
    parts.push(`${rate < 99.5 ? rate.toPrecision(2) : rate.toFixed(0)} steps/s`);
    parts.push(step < steps ? `${duration((steps - step) / rate)} left` : `done in ${duration(seconds)}`);
  }
  return parts.join('  ');
};
