// tan, asin, acos, atan, atan2, and sinc: the circular functions beside sin and cos. Floor 2.
// Each derivative keeps its digits at the branch points and is finite wherever the function has a finite one.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, addTangents, div, mul, neg, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { gt } from './comparison.ts';
import { noParams } from './define.ts';
import { awayFromZero, between, elementwise } from './elementwise.ts';
import { max } from './extremum.ts';
import { family } from './family.ts';
import { and } from './logical.ts';
import { sqrt } from './power.ts';
import { abs, isFinite } from './rounding.ts';
import { select } from './select.ts';
import { sincDerivative } from './sincFunction.ts';
import { stopGradient } from './stopGradient.ts';

/** sqrt(1 - x^2), with all digits next to -1 and 1. */
function cosineOf(x: AnyTensor): AnyTensor {
  const one = constantLike(1, x);
  return sqrt(mul(sub(one, x), add(one, x)));
}

/** In radians; NaN at the infinities. */
export const tanP = elementwise({
  name: 'tan', op: 'tan', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [between(-1.2, 1.2)],
  scalar: { float: a => Math.tan(a) },
  jvp: (_x, [t], out) => t ? mul(t, add(constantLike(1, out), mul(out, out))) : null,
});
/** In [-pi/2, pi/2]; NaN outside [-1, 1], at whose ends it is infinitely steep. */
export const asinP = elementwise({
  name: 'asin', op: 'asin', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [between(-0.9, 0.9)],
  scalar: { float: a => Math.asin(a) },
  jvp: ([x], [t]) => t && x ? div(t, cosineOf(x)) : null,
});
/** In [0, pi]; NaN outside [-1, 1], at whose ends it is infinitely steep. */
export const acosP = elementwise({
  name: 'acos', op: 'acos', arity: 1, accepts: 'float', ulp: 4, domains: [between(-0.9, 0.9)],
  scalar: { float: a => Math.acos(a) },
  jvp: ([x], [t]) => t && x ? neg(div(t, cosineOf(x))) : null,
});
/** In [-pi/2, pi/2]. */
export const atanP = elementwise({
  name: 'atan', op: 'atan', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4,
  scalar: { float: a => Math.atan(a) },
  jvp: ([x], [t]) => t && x ? div(t, add(constantLike(1, x), mul(x, x))) : null,
});
/** atan2 of one pair of numbers. Some engines lose the sign of an angle that underflows: it is that of y. */
export function atan2Of(y: number, x: number): number {
  const angle = Math.atan2(y, x);
  return angle !== 0 ? angle : y < 0 || Object.is(y, -0) ? -0 : 0;
}
/**
 * atan2(y, x), the angle of the point (x, y) in [-pi, pi]; signs of zeros and infinities count as IEEE 754 says. The derivative, which
 * does not exist at the origin and is 0 there, neither over- nor underflows on the way.
 */
export const atan2P = elementwise({
  name: 'atan2', op: 'atan2', arity: 2, accepts: 'float', ulp: 4, domains: [awayFromZero, awayFromZero],
  scalar: { float: atan2Of },
  jvp([y, x], [s, t]) {
    if (y === undefined || x === undefined) return null;
    // x / (x^2 + y^2) is what it is for any r = |(x, y)| in (x / r) / ((x / r)^2 + (y / r)^2) / r: r is a constant to the derivative.
    const size = stopGradient(max(abs(x), abs(y)));
    const one = constantLike(1, x);
    const r = select(and(gt(size, constantLike(0, x)), isFinite(size)), size, one);
    const [u, v] = [div(x, r), div(y, r)];
    const square = add(mul(u, u), mul(v, v));
    const scale = mul(r, select(gt(square, constantLike(0, x)), square, one));
    return addTangents(s ? mul(s, div(u, scale)) : null, t ? neg(mul(t, div(v, scale))) : null);
  },
});

type SincParams = { readonly order: number };
/** The derivative of that order of sin(pi x) / (pi x), which is 1 at 0: of order 0 NumPy's sinc. All of them are finite everywhere. */
export const sincP: Primitive<SincParams> = family<SincParams>({
  name: 'sinc', op: 'sinc', arity: 1, ulp: 4, least: { order: 0 },
  scalar: ({ order }) => x => sincDerivative(order, x),
  jvp: ([x], [t], { order }) => t && x ? mul(t, bind1(sincP, [x], { order: order + 1 })) : null,
  sample: draw => ({ order: draw.int(0, 2) }),
});

export const tan = (x: AnyTensor): AnyTensor => bind1(tanP, [x], noParams);
export const asin = (x: AnyTensor): AnyTensor => bind1(asinP, [x], noParams);
export const acos = (x: AnyTensor): AnyTensor => bind1(acosP, [x], noParams);
export const atan = (x: AnyTensor): AnyTensor => bind1(atanP, [x], noParams);
export const atan2 = (y: AnyTensor, x: AnyTensor): AnyTensor => bind1(atan2P, [y, x], noParams);
export const sinc = (x: AnyTensor): AnyTensor => bind1(sincP, [x], { order: 0 });
