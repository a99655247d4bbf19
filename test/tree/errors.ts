// What a thrown error is to its reader: its code and its one line.
import { CotangentError, type ErrorCode } from '../../src/error.ts';

/** Calls `f`, which must throw one of the library's errors with a message of one line. */
export function codeAndText(f: () => unknown): [code: ErrorCode, text: string] {
  return readError(caught(f));
}
/** As `codeAndText`, for what fails later. */
export async function rejection(f: () => Promise<unknown>): Promise<[code: ErrorCode, text: string]> {
  let error: unknown;
  try {
    await f();
  } catch (e) { error = e; }
  return readError(error);
}
/** Only the code. */
export const codeOf = (f: () => unknown): ErrorCode => codeAndText(f)[0];

function caught(f: () => unknown): unknown {
  try {
    f();
  } catch (error) { return error; }
  return undefined;
}
function readError(error: unknown): [ErrorCode, string] {
  if (error === undefined) throw new Error('nothing was thrown');
  if (!(error instanceof CotangentError)) throw new Error('not an error of the library was thrown', { cause: error });
  if (error.message.includes('\n')) throw new Error(`the message has several lines: ${error.message}`);
  return [error.code, error.message];
}

/** The line of this call in the calling file, as errors name it: `test/trace/errors.test.ts:12`. `below` counts lines from it. */
export function here(below = 0): string {
  const frame = new Error().stack?.split('\n')[2] ?? '';
  const found = /(test\/[^()]*?):(\d+):\d+\)?$/.exec(frame);
  if (found === null) throw new Error(`no line in ${frame}`);
  return `${found[1]}:${Number(found[2]) + below}`;
}
