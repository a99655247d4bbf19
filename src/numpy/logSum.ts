// log(exp(x) + exp(y)) on primitives, for logaddexp and logaddexp2. Floor 7.
import type { AnyTensor } from '../ir/tensor.ts';
import { add, sub } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq, ge } from '../primitive/comparison.ts';
import { exp, expm1, log1p } from '../primitive/exponential.ts';
import { max } from '../primitive/extremum.ts';
import { and } from '../primitive/logical.ts';
import { isFinite } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { stopGradient } from '../primitive/stopGradient.ts';

/** Without overflow, accurate where one operand is far below the other, and smooth to every order. Of one shape and float dtype. */
export function logSumOfTwo(x: AnyTensor, y: AnyTensor): AnyTensor {
  const zero = constantLike(0, x);
  const greater = stopGradient(max(x, y));
  // NaN stays; infinities would be subtracted from themselves.
  const shift = select(and(eq(greater, greater), isFinite(greater)), greater, zero);
  const [a, b] = [sub(x, shift), sub(y, shift)];
  // exp(a) + exp(b) - 1, where the greater of a and b is 0: its share is taken by expm1, so the lesser one's digits survive.
  const excess = select(ge(x, y), add(expm1(a), exp(b)), add(exp(a), expm1(b)));
  return add(log1p(excess), shift);
}
