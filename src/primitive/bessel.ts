// besselI0e, besselI1e and their like of higher orders: modified Bessel functions of the first kind times exp(-|x|). Floor 2.
// The derivative of each is made of its neighbours (DLMF 10.29.2): nothing is divided by x. At the kink at 0 that of exp(-|x|) counts as 0.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, mul, sub } from './arithmetic.ts';
import { scaledBessel, scaledBessel0, scaledBessel1 } from './besselFunction.ts';
import { constantLike } from './broadcast.ts';
import { noParams } from './define.ts';
import { awayFromZero, elementwise } from './elementwise.ts';
import { family } from './family.ts';
import { sign } from './rounding.ts';

export const besselI0eP = elementwise({
  name: 'besselI0e', op: 'besselI0e', arity: 1, accepts: 'float', ulp: 4, domains: [awayFromZero],
  scalar: { float: scaledBessel0 },
  jvp: ([x], [t], out) => t && x ? mul(t, sub(besselI1e(x), mul(sign(x), out))) : null,
});
export const besselI1eP = elementwise({
  name: 'besselI1e', op: 'besselI1e', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [awayFromZero],
  scalar: { float: scaledBessel1 },
  jvp: ([x], [t], out) => t && x ? mul(t, slope(x, 1, out)) : null,
});
type OrderParams = { readonly order: number };
/** Of order 2 and higher. */
export const besselIeP: Primitive<OrderParams> = family<OrderParams>({
  name: 'besselIe', op: 'besselIe', arity: 1, ulp: 4, least: { order: 2 }, domains: [awayFromZero],
  scalar: ({ order }) => x => scaledBessel(order, x),
  jvp: ([x], [t], { order }, out) => t && x ? mul(t, slope(x, order, out)) : null,
  sample: draw => ({ order: draw.int(2, 4) }),
});
function slope(x: AnyTensor, order: number, out: AnyTensor): AnyTensor {
  const around = mul(constantLike(0.5, x), add(besselIe(order - 1, x), besselIe(order + 1, x)));
  return sub(around, mul(sign(x), out));
}

export const besselI0e = (x: AnyTensor): AnyTensor => bind1(besselI0eP, [x], noParams);
export const besselI1e = (x: AnyTensor): AnyTensor => bind1(besselI1eP, [x], noParams);
/** exp(-|x|) I_n(x) for an integer n >= 0. */
export const besselIe = (order: number, x: AnyTensor): AnyTensor =>
  order === 0 ? besselI0e(x) : order === 1 ? besselI1e(x) : bind1(besselIeP, [x], { order });
