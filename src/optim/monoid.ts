// Optimisers as a monoid: one after the other, and the one that changes nothing. Floor 7.
import type { Monoid } from '../fp.ts';
import { chain, type Optimizer, type StateKind } from './optimizer.ts';

/**
 * fp-ts's `Monoid` of optimisers: `concat` is `chain`, `empty` leaves updates as they are. States are flat, so both laws hold for them too.
 * The kinds of the states are forgotten; where they matter use `chain`.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const { concat, empty } = optim.monoid;
 * const rule = concat(concat(empty, optim.scale(2)), optim.scale(3));
 * rule.update([tensor(1)], rule.init([tensor(0)]), [tensor(0)])[0]; // -> [6]
 */
export const monoid: Monoid<Optimizer<readonly StateKind[]>> = {
  empty: chain(),
  concat: (first, second) => chain(first, second),
};
