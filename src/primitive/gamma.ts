// lgamma, digamma, polygamma and zeta: the logarithm of the gamma function, its derivatives, and the Hurwitz zeta function that they are.
// Floor 2.
import type { Domain, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, addTangents, mul, neg } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { noParams } from './define.ts';
import { between, elementwise } from './elementwise.ts';
import { family } from './family.ts';
import { digammaOf, logGamma, polygammaOf } from './gammaFunction.ts';
import { hurwitzZetaDerivative } from './hurwitzZeta.ts';

const awayFromPoles: Domain = { intervals: [[0.4, 5], [-1.7, -1.3]] };

/** log |Gamma(x)|: infinite at 0, the negative integers and the infinities. */
export const lgammaP = elementwise({
  name: 'lgamma', op: 'lgamma', arity: 1, accepts: 'float', ulp: 4, domains: [awayFromPoles],
  scalar: { float: logGamma },
  jvp: ([x], [t]) => t && x ? mul(t, digamma(x)) : null,
});
/** The derivative of lgamma: NaN at 0 and the negative integers. */
export const digammaP = elementwise({
  name: 'digamma', op: 'digamma', arity: 1, accepts: 'float', ulp: 4, domains: [awayFromPoles],
  scalar: { float: digammaOf },
  jvp: ([x], [t]) => t && x ? mul(t, polygamma(1, x)) : null,
});

type OrderParams = { readonly order: number };
/** The derivative of order n >= 1 of digamma: at 0 and the negative integers infinite for odd n, NaN for even n. */
export const polygammaP: Primitive<OrderParams> = family<OrderParams>({
  name: 'polygamma', op: 'polygamma', arity: 1, ulp: 4, least: { order: 1 }, domains: [awayFromPoles],
  scalar: ({ order }) => x => polygammaOf(order, x),
  jvp: ([x], [t], { order }) => t && x ? mul(t, polygamma(order + 1, x)) : null,
  sample: draw => ({ order: draw.int(1, 3) }),
});
/**
 * zeta(s, q), the sum of (q + k)^-s over k >= 0 for s > 1, and its derivatives of an order with respect to s: infinite at s = 1, NaN below.
 * For q <= 0 only integers s have a value, infinite (even) or NaN (odd) at q = 0, -1, -2, ...
 */
export const zetaP: Primitive<OrderParams> = family<OrderParams>({
  name: 'zeta', op: 'zeta', arity: 2, ulp: 4, least: { order: 0 }, domains: [between(1.5, 6), between(0.5, 4)],
  scalar: ({ order }) => (s, q) => hurwitzZetaDerivative(order, s, q),
  jvp([s, q], [ds, dq], { order }) {
    if (s === undefined || q === undefined) return null;
    const at = (n: number, exponent: AnyTensor): AnyTensor => bind1(zetaP, [exponent, q], { order: n });
    // The derivative by q is -s zeta(s + 1, q), of which the derivatives by s follow Leibniz's rule.
    const next = add(s, constantLike(1, s));
    const byQ = (t: AnyTensor): AnyTensor => neg(mul(t, order === 0 ? mul(s, at(0, next)) : add(mul(s, at(order, next)), mul(constantLike(order, s), at(order - 1, next)))));
    return addTangents(ds ? mul(ds, at(order + 1, s)) : null, dq ? byQ(dq) : null);
  },
  sample: draw => ({ order: draw.int(0, 1) }),
});

export const lgamma = (x: AnyTensor): AnyTensor => bind1(lgammaP, [x], noParams);
export const digamma = (x: AnyTensor): AnyTensor => bind1(digammaP, [x], noParams);
/** The derivative of that order of digamma; of order 0 digamma itself. */
export const polygamma = (order: number, x: AnyTensor): AnyTensor => order === 0 ? digamma(x) : bind1(polygammaP, [x], { order });
export const zeta = (s: AnyTensor, q: AnyTensor): AnyTensor => bind1(zetaP, [s, q], { order: 0 });
