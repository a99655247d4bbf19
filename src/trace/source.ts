// Where a user's line is found: stack captures, formatted only when asked for.
// Floor 1: knows nothing of programs.
import type { Source } from '../ir/jaxpr.ts';

/** Frames of the library itself are skipped: they lie under this folder (`src`, or `dist/src` when built). */
const own = import.meta.url.replace(/trace\/source\.[jt]s.*$/, '');
const ownLaws = own.replace(/src\/$/, 'laws/');
const stripFile = (url: string): string => url.replace(/^file:\/\//, '');

class CapturedSource implements Source {
  readonly #error: Error;
  #line: string | null = null;
  constructor(error: Error) { this.#error = error; }
  get line(): string { return this.#line ??= userLine(this.#error.stack ?? ''); }
}

/** The first line of a stack that is not the library's own, `path:line:column`. */
export function userLine(stack: string): string {
  const frames = stack.split('\n').map(l => l.trim()).filter(l => /:\d+:\d+\)?$/.test(l));
  const outside = frames.find(l => !l.includes(own) && !l.includes(stripFile(own)) && !l.includes(stripFile(ownLaws)) && !l.includes('node:internal'));
  const frame = outside ?? frames.at(-1);
  // A path may hold parentheses: it starts where the first thing that looks like one does.
  const found = frame?.match(/((?:file:\/\/|https?:\/\/|[A-Za-z]:[\\/]|\/).*?:\d+:\d+)\)?$/);
  return found?.[1] === undefined ? 'unknown line' : stripFile(found[1]);
}

/** Frames looked at: a capture costs about 0.45 microseconds each, and the library's own above a user's line are at most ten. */
const frames = 14;

/** Captures the caller's stack (about 7 microseconds); the user's line in it is looked for when `line` is read. */
export function captureSource(): Source {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const error = new Error();
  Error.stackTraceLimit = limit;
  return new CapturedSource(error);
}

export const fixedSource = (line: string): Source => ({ line });
