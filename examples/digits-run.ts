// A run's directory: where its files stand, what its settings are, how it is found again. Knows nothing of networks.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'cotangent';
import { CotangentError } from '../src/error.ts';
import { isLeft, left, right, type Either } from '../src/fp.ts';
import { modelNames } from './digits-models.ts';
import type { Settings } from './digits-options.ts';

/** What is known of a run besides its tensors. It stands in `config.json` and in the checkpoint, which is thus complete by itself. */
export interface Config extends Settings {
  readonly format: 1;
  readonly backend: string;
  /** What the examples are, for people. */
  readonly examples: string;
  /** How many there are to learn from. */
  readonly training: number;
  readonly classes: number;
}

/** The files of a run. */
export interface Files { readonly directory: string; readonly checkpoint: string; readonly metrics: string; readonly report: string; readonly config: string }

export const filesIn = (directory: string): Files => ({
  directory, checkpoint: join(directory, 'checkpoint.safetensors'), metrics: join(directory, 'metrics.jsonl'), report: join(directory, 'report.html'), config: join(directory, 'config.json'),
});

/** The texts of a checkpoint. */
export const metadataOf = (config: Config): { readonly digits: string } => ({ digits: JSON.stringify(config) });

const problem = (what: string): Either<CotangentError, never> => left(new CotangentError('data', what));

const isConfig = (x: unknown): x is Config => {
  if (typeof x !== 'object' || x === null) return false;
  const field = (name: keyof Config): unknown => Reflect.get(x, name);
  const natural = (name: keyof Config): boolean => { const v = field(name); return Number.isSafeInteger(v) && Number(v) >= 0; };
  const path = field('data');
  return field('format') === 1 && modelNames.some(name => name === field('model')) && (path === null || typeof path === 'string') && typeof field('backend') === 'string'
    && typeof field('examples') === 'string' && typeof field('lr') === 'number' && (['epochs', 'batch', 'seed', 'training', 'classes'] as const).every(natural);
};

/** A run that was found: its settings, how far it came, and the bytes of its checkpoint. */
export interface Found { readonly config: Config; readonly files: Files; readonly step: number; readonly bytes: Uint8Array }

/**
 * The run whose checkpoint, or directory with one, is given.
 *
 * Left, code `data`: there is none, it cannot be read, is damaged, or is a checkpoint of something else.
 */
export async function findRun(path: string): Promise<Either<CotangentError, Found>> {
  const inDirectory = existsSync(path) && statSync(path).isDirectory();
  const files = filesIn(inDirectory ? path : join(path, '..'));
  const checkpoint = inDirectory ? files.checkpoint : path;
  let bytes: Uint8Array;
  try { bytes = await io.readFile(checkpoint); } catch (error) { return problem(error instanceof Error ? error.message : String(error)); }
  const read = io.readSafetensors(bytes, checkpoint);
  if (isLeft(read)) return read;
  const { metadata } = read.right;
  let config: unknown = null;
  try { config = JSON.parse(metadata['digits'] ?? 'null'); } catch { /* Then it is none. */ }
  if (!isConfig(config)) return problem(`${checkpoint}: was not written by npm start (its settings are missing)`);
  return right({ config, files: { ...files, checkpoint }, step: Number(metadata['step']), bytes });
}

/** The day and the time as part of a name that sorts. */
const stamp = (now: Date): string => now.toISOString().slice(0, 19).replace(/:/g, '-');

/** The directory of a new run. Left where there is a run in it already: nothing is written over. */
export function newDirectory(out: string | null, model: string, now: Date): Either<CotangentError, Files> {
  const files = filesIn(out ?? join('runs', `${stamp(now)}-${model}`));
  return existsSync(files.checkpoint) ? problem(`${files.directory}: holds a run already; --resume ${files.directory} goes on with it, another --out begins a new one`) : right(files);
}
