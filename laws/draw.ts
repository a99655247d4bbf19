// Choices: the records' `Draw` over a list of raw natural numbers. Total: every list, the empty one too, is a list of choices, so every
// shrink of it is again a well-typed sample. Knows nothing of records.
import type { DType, Float } from '../src/dtype/dtype.ts';
import type { Draw } from '../src/ir/primitive.ts';

/** Raw number 0 is the simplest choice: the first of each list. */
const dims = [2, 1, 3, 2, 3, 1, 4, 0, 3, 2, 5, 1] as const;
const ranks = [1, 2, 0, 2, 3, 1, 2, 3] as const;
const integers: readonly [DType, ...DType[]] = ['i32', 'u32', 'i32', 'u8', 'i8'];

/**
 * A `Draw` that reads its choices from raw natural numbers, one after another; when they run out, each further choice is the simplest.
 *
 * @param raw natural numbers, for instance from `fc.array(fc.nat())`.
 * @param dtype what `float()` gives: the dtype in which derivatives are judged.
 * @example
 * import { Choices } from 'cotangent/laws';
 * const draw = new Choices([7, 1]);
 * draw.int(0, 4); // -> 2
 * draw.bool(); // -> true
 * draw.int(3, 9); // -> 3
 */
export class Choices implements Draw {
  readonly #raw: readonly number[];
  readonly #dtype: Float;
  #next = 0;
  #lastDim = 2;
  constructor(raw: readonly number[], dtype: Float = 'f64') {
    this.#raw = raw;
    this.#dtype = dtype;
  }
  /** The next raw number. */
  natural(): number { return this.#raw[this.#next++] ?? 0; }
  int(lo: number, hi: number): number { return hi <= lo ? lo : lo + this.natural() % (hi - lo + 1); }
  pick<A>(xs: readonly [A, ...A[]]): A { return xs[this.natural() % xs.length] ?? xs[0]; }
  bool(): boolean { return this.natural() % 2 === 1; }
  dim(): number {
    const n = this.natural();
    // Equal dims are where axes are confused: one in five repeats the one before.
    return this.#lastDim = n % 5 === 4 ? this.#lastDim : dims[Math.floor(n / 5) % dims.length] ?? 2;
  }
  shape(maxRank = 3): number[] {
    const rank = Math.min(maxRank, ranks[this.natural() % ranks.length] ?? 1);
    return Array.from({ length: Math.max(0, rank) }, () => this.dim());
  }
  float(): DType { return this.#dtype; }
  integer(): DType { return this.pick(integers); }
}
