// igamma and igammac, the regularised incomplete gamma functions, and the density that is their derivative. Floor 2.
// The three are closed under differentiation with respect to both operands, to any order.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, mul, neg, sub } from './arithmetic.ts';
import { noParams } from './define.ts';
import { between, elementwise } from './elementwise.ts';
import { family } from './family.ts';
import { gammaDensityDerivative, lowerGammaDerivative, upperGamma } from './incompleteGammaFunction.ts';

const domains = [between(0.3, 5), between(0.2, 7)];

type ShapeOrder = { readonly order: number };
/** igamma(a, x) = P(a, x), and its derivatives of an order with respect to a. NaN for negative operands and at a = x = 0. */
export const igammaP: Primitive<ShapeOrder> = family<ShapeOrder>({
  name: 'igamma', op: 'igamma', arity: 2, ulp: 4, least: { order: 0 }, domains,
  scalar: ({ order }) => (a, x) => lowerGammaDerivative(order, a, x),
  jvp: ([a, x], [s, t], { order }) => a === undefined || x === undefined ? null
    : addTangents(s ? mul(s, igammaGradA(a, x, order + 1)) : null, t ? mul(t, gammaDensity(a, x, order)) : null),
  sample: draw => ({ order: draw.int(0, 1) }),
});
/** igammac(a, x) = Q(a, x) = 1 - P(a, x). */
export const igammacP = elementwise({
  name: 'igammac', op: 'igammac', arity: 2, accepts: 'float', ulp: 4, domains,
  scalar: { float: upperGamma },
  jvp([a, x], [s, t]) {
    if (a === undefined || x === undefined) return null;
    const rise = addTangents(s ? mul(s, igammaGradA(a, x)) : null, t ? mul(t, gammaDensity(a, x)) : null);
    return rise && neg(rise);
  },
});
type DensityParams = { readonly order: number; readonly shift: number };
/**
 * The derivative of an order with respect to a of (a - 1) ... (a - shift) x^(a - 1 - shift) exp(-x) / Gamma(a); without shift the density of
 * the gamma distribution of shape a. Finite at x = 0 wherever that is.
 */
export const gammaDensityP: Primitive<DensityParams> = family<DensityParams>({
  name: 'gammaDensity', op: 'gammaDensity', arity: 2, ulp: 4, least: { order: 0, shift: 0 }, domains,
  scalar: ({ order, shift }) => (a, x) => gammaDensityDerivative(order, shift, a, x),
  jvp([a, x], [s, t], { order, shift }) {
    if (a === undefined || x === undefined) return null;
    const byX = t ? mul(t, sub(gammaDensity(a, x, order, shift + 1), gammaDensity(a, x, order, shift))) : null;
    return addTangents(s ? mul(s, gammaDensity(a, x, order + 1, shift)) : null, byX);
  },
  sample: draw => ({ order: draw.int(0, 1), shift: draw.int(0, 1) }),
});

export const igamma = (a: AnyTensor, x: AnyTensor): AnyTensor => bind1(igammaP, [a, x], { order: 0 });
export const igammac = (a: AnyTensor, x: AnyTensor): AnyTensor => bind1(igammacP, [a, x], noParams);
/** The derivative of igamma with respect to a, of an order. */
export const igammaGradA = (a: AnyTensor, x: AnyTensor, order = 1): AnyTensor => bind1(igammaP, [a, x], { order });
/** x^(a - 1) exp(-x) / Gamma(a), and what follows from it. */
export const gammaDensity = (a: AnyTensor, x: AnyTensor, order = 0, shift = 0): AnyTensor => bind1(gammaDensityP, [a, x], { order, shift });
