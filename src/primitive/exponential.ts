// exp, expm1, log, log1p, tanh, logistic, sin, cos: the elementary transcendental functions.
// Floor 2. Knows arithmetic alone. Each derivative is written so that it stays accurate, and finite, where the function saturates.
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { noParams } from './define.ts';
import { between, elementwise, positive } from './elementwise.ts';

export const expP = elementwise({
  name: 'exp', op: 'exp', arity: 1, accepts: 'float', ulp: 3,
  scalar: { float: a => Math.exp(a) },
  jvp: (_x, [t], out) => t ? mul(t, out) : null,
});
/** exp(x) - 1, accurate near 0. */
export const expm1P = elementwise({
  name: 'expm1', op: 'expm1', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.expm1(a) },
  // Not out + 1, which has no digits left where out is nearly -1.
  jvp: ([x], [t]) => t && x ? mul(t, exp(x)) : null,
});
/** The natural logarithm: -Infinity at 0, NaN below. */
export const logP = elementwise({
  name: 'log', op: 'log', arity: 1, accepts: 'float', ulp: 3, domains: [positive],
  scalar: { float: a => Math.log(a) },
  jvp: ([x], [t]) => t && x ? div(t, x) : null,
});
/** log(1 + x), accurate near 0. */
export const log1pP = elementwise({
  name: 'log1p', op: 'log1p', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [between(-0.8, 3)],
  scalar: { float: a => Math.log1p(a) },
  jvp: ([x], [t]) => t && x ? div(t, add(x, constantLike(1, x))) : null,
});
export const tanhP = elementwise({
  name: 'tanh', op: 'tanh', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.tanh(a) },
  // (1 - out)(1 + out): one rounding where 1 - out^2 cancels.
  jvp(_x, [t], out) {
    if (!t) return null;
    const one = constantLike(1, out);
    return mul(t, mul(sub(one, out), add(one, out)));
  },
});
/** 1 / (1 + exp(-x)), the sigmoid. */
export const logisticP = elementwise({
  name: 'logistic', op: 'logistic', arity: 1, accepts: 'float', ulp: 4,
  scalar: { float: logisticOf },
  jvp: (_x, [t], out) => t ? mul(t, mul(out, sub(constantLike(1, out), out))) : null,
});
/** Keeps its relative accuracy below, where 1 / (1 + exp(-x)) would underflow too early. */
export function logisticOf(a: number): number {
  if (a >= 0) return 1 / (1 + Math.exp(-a));
  const e = Math.exp(a);
  return e / (1 + e);
}
/** In radians, right for large arguments; NaN at the infinities. */
export const sinP = elementwise({
  name: 'sin', op: 'sin', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.sin(a) },
  jvp: ([x], [t]) => t && x ? mul(t, cos(x)) : null,
});
export const cosP = elementwise({
  name: 'cos', op: 'cos', arity: 1, accepts: 'float', ulp: 4,
  scalar: { float: a => Math.cos(a) },
  jvp: ([x], [t]) => t && x ? neg(mul(t, sin(x))) : null,
});

export const exp = (x: AnyTensor): AnyTensor => bind1(expP, [x], noParams);
export const expm1 = (x: AnyTensor): AnyTensor => bind1(expm1P, [x], noParams);
export const log = (x: AnyTensor): AnyTensor => bind1(logP, [x], noParams);
export const log1p = (x: AnyTensor): AnyTensor => bind1(log1pP, [x], noParams);
export const tanh = (x: AnyTensor): AnyTensor => bind1(tanhP, [x], noParams);
export const logistic = (x: AnyTensor): AnyTensor => bind1(logisticP, [x], noParams);
export const sin = (x: AnyTensor): AnyTensor => bind1(sinP, [x], noParams);
export const cos = (x: AnyTensor): AnyTensor => bind1(cosP, [x], noParams);
