// The cells of a CSV file, one after the other, straight from its bytes (RFC 4180; LF, CRLF and CR end a row).
// Floor 7, browser-safe. The scanner under csv.ts: it knows quotes and separators, nothing of numbers or headers.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** A guard against files that are no tables: nobody puts a longer text into one cell. */
const longestCell = 2 ** 20;

/** What stands behind a cell. */
export type CellEnd = 'cell' | 'row' | 'file';

/**
 * Walks over the cells of CSV bytes. After `next()`, `start` and `end` bound the cell's raw bytes (without the outer
 * quotes), `row` and `column` count from 1, and `after` says what follows. Every call moves on, so a walk takes at most
 * one call per byte. A byte-order mark at the start is skipped.
 */
export class CellScanner {
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;
  row = 1;
  column = 0;
  quoted = false;
  after: CellEnd = 'cell';
  readonly #separator: number;
  readonly #decoder = new TextDecoder();
  #position: number;

  constructor(bytes: Uint8Array, separator: number) {
    this.bytes = bytes;
    this.#separator = separator;
    this.#position = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** `true` if nothing is left to read. A line end at the very end of the file starts no further row. */
  get finished(): boolean { return this.after === 'file' || this.#position >= this.bytes.length && this.after !== 'cell'; }

  /** Moves to the next cell. Returns what is wrong with it, or undefined. Call only while not `finished`. */
  next(): string | undefined {
    if (this.after === 'row') {
      this.row++;
      this.column = 0;
    }
    this.column++;
    this.quoted = this.bytes[this.#position] === quote;
    const broken = this.quoted ? this.#quotedCell() : this.#plainCell();
    return broken ?? (this.end - this.start > longestCell ? `is longer than ${longestCell} bytes` : undefined);
  }

  #plainCell(): string | undefined {
    const { bytes } = this;
    this.start = this.#position;
    let position = this.start;
    for (; position < bytes.length; position++) {
      const byte = bytes[position];
      if (byte === this.#separator || byte === lineFeed || byte === carriageReturn) break;
      if (byte === quote) return 'has a quote inside; quote the whole cell and double the quotes in it';
    }
    this.end = position;
    this.#close(position);
    return undefined;
  }

  #quotedCell(): string | undefined {
    const { bytes } = this;
    this.start = this.#position + 1;
    let position = this.start;
    for (; position < bytes.length; position++) {
      if (bytes[position] !== quote) continue;
      if (bytes[position + 1] !== quote) break;
      position++; // a doubled quote stands for one and closes nothing
    }
    if (position >= bytes.length) return 'has an opening quote that is never closed';
    this.end = position;
    return this.#close(position + 1) ? undefined : 'has text after its closing quote';
  }

  /** Reads the separator or line end at `position`; `false` if neither stands there. */
  #close(position: number): boolean {
    const { bytes } = this;
    const byte = bytes[position];
    this.#position = position + 1;
    if (position >= bytes.length) this.after = 'file';
    else if (byte === this.#separator) this.after = 'cell';
    else if (byte === lineFeed) this.after = 'row';
    else if (byte === carriageReturn) {
      this.after = 'row';
      if (bytes[position + 1] === lineFeed) this.#position++;
    } else return false;
    return true;
  }

  /** The cell as text, quotes undone. */
  text(): string {
    const raw = this.#decoder.decode(this.bytes.subarray(this.start, this.end));
    return this.quoted ? raw.replaceAll('""', '"') : raw;
  }
}
