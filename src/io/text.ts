// Text and lines of JSON. Floor 7, browser-safe: bytes in, texts and records out, and back.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import { excerpt, failure } from './failure.ts';

/** The first byte at which bytes stop being UTF-8. */
function firstBad(bytes: Uint8Array): number {
  const holds = (length: number): boolean => {
    try {
      // A character cut off at the end of the piece is no fault yet: `stream` lets it pass.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch { return false; }
  };
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Decodes UTF-8, without its byte order mark.
 *
 * Left, code `data`: bytes that are no UTF-8, and where they begin.
 *
 * @example
 * readText(Uint8Array.of(0x61, 0xc3, 0xa9)); // -> { _tag: 'Right', right: 'aé' }
 */
export const readText = (bytes: Uint8Array, name = 'text'): Either<CotangentError, string> => {
  try {
    return right(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return failure(name, `is no text in UTF-8: byte ${firstBad(bytes)} of ${bytes.length} fits no character`);
  }
};

/** What a line of JSON may hold. */
export type Record = { readonly [key: string]: unknown };

/**
 * A record as a line of JSON, with its line end. Numbers that JSON has not are written as the texts "NaN", "Infinity" and "-Infinity",
 * never as null.
 *
 * @example
 * jsonLine({ step: 1, loss: NaN }); // -> '{"step":1,"loss":"NaN"}\n'
 */
export const jsonLine = (record: Record): string =>
  `${JSON.stringify(record, (_key, value: unknown) => typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)}\n`;

/** Options of `readJsonLines`. */
export interface JsonLinesOptions {
  readonly name?: string;
  /** What becomes of a last line without an end, as a program that was stopped leaves it: `refuse` (default), or `drop`. */
  readonly cut?: 'refuse' | 'drop';
}

/**
 * The records of lines of JSON (https://jsonlines.org); empty lines are passed over.
 *
 * Left, code `data`, naming the line: lines that are no JSON object.
 *
 * @example
 * readJsonLines('{"step":1}\n{"step":2}\n'); // -> { _tag: 'Right', right: [{ step: 1 }, { step: 2 }] }
 */
export const readJsonLines = (text: string, options: JsonLinesOptions = {}): Either<CotangentError, readonly Record[]> => {
  const { name = 'jsonl', cut = 'refuse' } = optionsOf('io.readJsonLines', options, { name: 'text', cut: ['drop', 'refuse'] });
  const records: Record[] = [];
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  if (last.trim() !== '' && cut === 'refuse') lines.push(last);
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const record = parse(line, `${name}: line ${at + 1}`);
    if (isLeft(record)) return record;
    records.push(record.right);
  }
  return right(records);
};

const isRecord = (x: unknown): x is Record => typeof x === 'object' && x !== null && !Array.isArray(x);

function parse(line: string, where: string): Either<CotangentError, Record> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? right(value) : failure(where, `${excerpt(line)} is no JSON object`);
  } catch {
    return failure(where, `${excerpt(line)} is no JSON`);
  }
}
