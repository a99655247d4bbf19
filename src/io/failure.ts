// How a reader says that data is malformed: a Left with an error of code `data` whose message is one line.
// Floor 7, browser-safe. Knows nothing of formats.

import { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { left } from '../fp.ts';

/** What the file said, short enough for a message and without line breaks. */
export const excerpt = (text: string): string => JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}...` : text);

/** `name: what`, as the Left of every decoder. `name` is the file, or what stands for it. */
export const failure = (name: string, what: string): Either<CotangentError, never> =>
  left(new CotangentError('data', `${name}: ${what}`.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')));
