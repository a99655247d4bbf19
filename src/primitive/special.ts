// erf, erfc and erfinv: the error function and its like. Floor 2. Knows arithmetic and the exponential.
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { mul, neg } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { noParams } from './define.ts';
import { between, elementwise } from './elementwise.ts';
import { complementaryErrorFunction, errorFunction, inverseErrorFunction } from './errorFunction.ts';
import { exp } from './exponential.ts';

const twoOverSqrtPi = 2 / Math.sqrt(Math.PI);

/** The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erfP = elementwise({
  name: 'erf', op: 'erf', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: errorFunction },
  jvp: ([x], [t]) => t && x ? mul(t, mul(constantLike(twoOverSqrtPi, x), exp(neg(mul(x, x))))) : null,
});
/** 1 - erf(x), which keeps its digits where erf is nearly 1. */
export const erfcP = elementwise({
  name: 'erfc', op: 'erfc', arity: 1, accepts: 'float', ulp: 4,
  scalar: { float: complementaryErrorFunction },
  jvp: ([x], [t]) => t && x ? mul(t, mul(constantLike(-twoOverSqrtPi, x), exp(neg(mul(x, x))))) : null,
});
/** The inverse of erf on [-1, 1], infinite at its ends and NaN outside. */
export const erfinvP = elementwise({
  name: 'erfinv', op: 'erfinv', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 8, domains: [between(-0.9, 0.9)],
  scalar: { float: inverseErrorFunction },
  jvp: (_x, [t], out) => t ? mul(t, mul(constantLike(1 / twoOverSqrtPi, out), exp(mul(out, out)))) : null,
});

export const erf = (x: AnyTensor): AnyTensor => bind1(erfP, [x], noParams);
export const erfc = (x: AnyTensor): AnyTensor => bind1(erfcP, [x], noParams);
export const erfinv = (x: AnyTensor): AnyTensor => bind1(erfinvP, [x], noParams);
