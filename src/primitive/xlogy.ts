// xlogy and xlog1py: x log(y) and x log(1 + y), 0 where x is 0, as entropies and likelihoods want them. Floor 2.
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, addTangents, div, mul } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { eq } from './comparison.ts';
import { noParams } from './define.ts';
import { between, elementwise, everywhere, positive } from './elementwise.ts';
import { log, log1p } from './exponential.ts';
import { and } from './logical.ts';
import { select } from './select.ts';

/** x / y, 0 for 0 / 0: what is constantly 0 for x = 0 does not change with y. */
function quotient(x: AnyTensor, y: AnyTensor): AnyTensor {
  const zero = constantLike(0, x);
  return div(x, select(and(eq(x, zero), eq(y, zero)), constantLike(1, y), y));
}

export const xlogyOf = (x: number, y: number): number => x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
export const xlog1pyOf = (x: number, y: number): number => x === 0 && !Number.isNaN(y) ? 0 : x * Math.log1p(y);

/** x log(y): 0 for x = 0 and every y but NaN. */
export const xlogyP = elementwise({
  name: 'xlogy', op: 'xlogy', arity: 2, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [everywhere, positive],
  scalar: { float: xlogyOf },
  jvp: ([x, y], [s, t]) => x === undefined || y === undefined ? null : addTangents(s ? mul(s, log(y)) : null, t ? mul(t, quotient(x, y)) : null),
});
/** x log(1 + y), accurate for small y: 0 for x = 0 and every y but NaN. */
export const xlog1pyP = elementwise({
  name: 'xlog1py', op: 'xlog1py', arity: 2, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [everywhere, between(-0.8, 3)],
  scalar: { float: xlog1pyOf },
  jvp: ([x, y], [s, t]) => x === undefined || y === undefined ? null
    : addTangents(s ? mul(s, log1p(y)) : null, t ? mul(t, quotient(x, add(y, constantLike(1, y)))) : null),
});

export const xlogy = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(xlogyP, [x, y], noParams);
export const xlog1py = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(xlog1pyP, [x, y], noParams);
