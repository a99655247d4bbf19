// What is kept of a run on disk: a checkpoint from which it goes on bit by bit, and its metrics as lines of JSON. Floor 7.

import { CotangentError } from '../error.ts';
import { isLeft } from '../fp.ts';
import { loadCheckpoint, readFile, saveCheckpoint, writeFile } from '../io/files.ts';
import { jsonLine, readJsonLines, readText, type Record } from '../io/text.ts';
import type { Variables } from './step.ts';

/** Where a run stands: after `step` steps, before batch `batch` of epoch `epoch`. */
export interface Position {
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
}

const isNatural = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;

/** Writes where a run stands, beside texts of the user's. */
export const saveRun = (path: string, variables: Variables, { step, epoch, batch }: Position, metadata: { readonly [name: string]: string } = {}): Promise<void> =>
  saveCheckpoint(path, variables, { ...metadata, step: String(step), epoch: String(epoch), batch: String(batch) });

/**
 * Reads where a run stood, into variables like those it is resumed with.
 *
 * @throws `data` where the file cannot be read, does not fit, or was not written by a run.
 */
export async function loadRun(path: string, like: Variables): Promise<{ readonly variables: Variables; readonly position: Position }> {
  const { tree: variables, metadata } = await loadCheckpoint(path, like);
  const read = (name: keyof Position): number => {
    const value = Number(metadata[name]);
    if (!isNatural(value)) throw new CotangentError('data', `${path}: holds no ${name} of a run; it was not written by train.fit`);
    return value;
  };
  return { variables, position: { step: read('step'), epoch: read('epoch'), batch: read('batch') } };
}

/** The metrics of a run, in a file that is replaced whole at each `save`. */
export class MetricsFile {
  readonly #path: string;
  #lines: string[] = [];
  constructor(path: string) { this.#path = path; }
  add(record: Record): void { this.#lines.push(jsonLine(record)); }
  save(): Promise<void> { return writeFile(this.#path, this.#lines.join('')); }
  /** Takes up the lines of an earlier part of the run, up to a step. */
  async resume(step: number): Promise<void> {
    let bytes: Uint8Array;
    // A run may be resumed without its metrics: then they begin anew.
    try { bytes = await readFile(this.#path); } catch { return; }
    const text = readText(bytes, this.#path);
    if (isLeft(text)) throw text.left;
    const records = readJsonLines(text.right, { name: this.#path, cut: 'drop' });
    if (isLeft(records)) throw records.left;
    this.#lines = records.right.filter(r => typeof r['step'] === 'number' && r['step'] <= step).map(jsonLine);
  }
}
