// How the commands of the digits example end: with an exit code, and with one line where something is wrong. Knows nothing of what they do.
import { CotangentError } from '../src/error.ts';
import { isLeft, type Either } from '../src/fp.ts';

/** The value, or its error thrown, for `ended` to tell. */
export function given<T>(value: Either<CotangentError, T>): T {
  if (isLeft(value)) throw value.left;
  return value.right;
}

/** The exit code of a command: its own, or 2 for what the command line or files got wrong, or 1 for what went wrong later, said in one line. */
export async function ended(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof CotangentError && ['options', 'data'].includes(error.code) ? 2 : 1;
  }
}
