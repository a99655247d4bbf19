// betainc, the regularised incomplete beta function, and the density that is its derivative. Floor 2.
// The two are closed under differentiation with respect to all three operands, to any order.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, mul, sub } from './arithmetic.ts';
import { between } from './elementwise.ts';
import { family } from './family.ts';
import { betaDensityDerivative, incompleteBetaDerivative } from './incompleteBetaFunction.ts';

const domains = [between(0.5, 4), between(0.5, 4), between(0.05, 0.95)];

type ShapeOrders = { readonly orderA: number; readonly orderB: number };
/** betainc(a, b, x) = I_x(a, b), and its derivatives with respect to a and b. NaN unless a, b >= 0 and 0 <= x <= 1. */
export const betaincP: Primitive<ShapeOrders> = family<ShapeOrders>({
  name: 'betainc', op: 'betainc', arity: 3, ulp: 4, least: { orderA: 0, orderB: 0 }, domains,
  scalar: ({ orderA, orderB }) => (a, b, x) => incompleteBetaDerivative(orderA, orderB, a, b, x),
  jvp([a, b, x], [r, s, t], { orderA, orderB }) {
    if (a === undefined || b === undefined || x === undefined) return null;
    const byA = r ? mul(r, bind1(betaincP, [a, b, x], { orderA: orderA + 1, orderB })) : null;
    const byB = s ? mul(s, bind1(betaincP, [a, b, x], { orderA, orderB: orderB + 1 })) : null;
    const byX = t ? mul(t, bind1(betaDensityP, [a, b, x], { orderA, orderB, shiftA: 0, shiftB: 0 })) : null;
    return addTangents(addTangents(byA, byB), byX);
  },
  sample: draw => ({ orderA: draw.int(0, 1), orderB: draw.int(0, 1) }),
});
type DensityParams = { readonly orderA: number; readonly orderB: number; readonly shiftA: number; readonly shiftB: number };
/**
 * The derivative of orders with respect to a and b of (a - 1) ... (a - shiftA) (b - 1) ... (b - shiftB) x^(a - 1 - shiftA)
 * (1 - x)^(b - 1 - shiftB) / B(a, b); without shifts the density of the beta distribution. Finite at x = 0 and 1 wherever that is.
 */
export const betaDensityP: Primitive<DensityParams> = family<DensityParams>({
  name: 'betaDensity', op: 'betaDensity', arity: 3, ulp: 4, least: { orderA: 0, orderB: 0, shiftA: 0, shiftB: 0 }, domains,
  scalar: ({ orderA, orderB, shiftA, shiftB }) => (a, b, x) => betaDensityDerivative(orderA, orderB, shiftA, shiftB, a, b, x),
  jvp([a, b, x], [r, s, t], params) {
    if (a === undefined || b === undefined || x === undefined) return null;
    const like = (change: Partial<DensityParams>): AnyTensor => bind1(betaDensityP, [a, b, x], { ...params, ...change });
    const byX = t ? mul(t, sub(like({ shiftA: params.shiftA + 1 }), like({ shiftB: params.shiftB + 1 }))) : null;
    return addTangents(addTangents(r ? mul(r, like({ orderA: params.orderA + 1 })) : null, s ? mul(s, like({ orderB: params.orderB + 1 })) : null), byX);
  },
  sample: draw => ({ orderA: draw.int(0, 1), orderB: draw.int(0, 1), shiftA: draw.int(0, 1), shiftB: draw.int(0, 1) }),
});

export const betainc = (a: AnyTensor, b: AnyTensor, x: AnyTensor): AnyTensor => bind1(betaincP, [a, b, x], { orderA: 0, orderB: 0 });
/** x^(a - 1) (1 - x)^(b - 1) / B(a, b). */
export const betaDensity = (a: AnyTensor, b: AnyTensor, x: AnyTensor): AnyTensor => bind1(betaDensityP, [a, b, x], { orderA: 0, orderB: 0, shiftA: 0, shiftB: 0 });
