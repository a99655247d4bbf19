// sinh, cosh, asinh, acosh, atanh: the hyperbolic functions beside tanh. Floor 2.
// No derivative squares its operand, so that none overflows where the function itself is finite.
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { noParams } from './define.ts';
import { between, elementwise } from './elementwise.ts';
import { sqrt } from './power.ts';

export const sinhP = elementwise({
  name: 'sinh', op: 'sinh', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.sinh(a) },
  jvp: ([x], [t]) => t && x ? mul(t, cosh(x)) : null,
});
export const coshP = elementwise({
  name: 'cosh', op: 'cosh', arity: 1, accepts: 'float', ulp: 4,
  scalar: { float: a => Math.cosh(a) },
  jvp: ([x], [t]) => t && x ? mul(t, sinh(x)) : null,
});
export const asinhP = elementwise({
  name: 'asinh', op: 'asinh', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.asinh(a) },
  // cosh(asinh x) is sqrt(1 + x^2).
  jvp: (_x, [t], out) => t ? div(t, cosh(out)) : null,
});
/** NaN below 1, where it is infinitely steep. */
export const acoshP = elementwise({
  name: 'acosh', op: 'acosh', arity: 1, accepts: 'float', ulp: 4, domains: [between(1.2, 4)],
  scalar: { float: a => Math.acosh(a) },
  jvp([x], [t]) {
    if (!t || x === undefined) return null;
    const one = constantLike(1, x);
    return div(t, mul(sqrt(sub(x, one)), sqrt(add(x, one))));
  },
});
/** Infinite at -1 and 1, NaN outside. */
export const atanhP = elementwise({
  name: 'atanh', op: 'atanh', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [between(-0.8, 0.8)],
  scalar: { float: a => Math.atanh(a) },
  jvp([x], [t]) {
    if (!t || x === undefined) return null;
    const one = constantLike(1, x);
    return div(t, mul(sub(one, x), add(one, x)));
  },
});

export const sinh = (x: AnyTensor): AnyTensor => bind1(sinhP, [x], noParams);
export const cosh = (x: AnyTensor): AnyTensor => bind1(coshP, [x], noParams);
export const asinh = (x: AnyTensor): AnyTensor => bind1(asinhP, [x], noParams);
export const acosh = (x: AnyTensor): AnyTensor => bind1(acoshP, [x], noParams);
export const atanh = (x: AnyTensor): AnyTensor => bind1(atanhP, [x], noParams);
