// What Cotangent uses of fp-ts, in one place. Floor 0: knows nothing else of this project.
// fp-ts has no `exports` map, so `fp-ts/Either` fails in Node's ESM loader: the full paths `fp-ts/lib/X.js` stay in here.

export type { Either } from 'fp-ts/lib/Either.js';
export type { Monoid } from 'fp-ts/lib/Monoid.js';
export { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
export type { Category3 } from 'fp-ts/lib/Category.js';
export type { Strong3 } from 'fp-ts/lib/Strong.js';
