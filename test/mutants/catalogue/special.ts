// Mistakes in the rules of special functions: error functions, circular and hyperbolic ones, gamma, beta, zeta, Bessel, bits of numbers.
import { mutantsOf, type Mutant } from '../mutant.ts';

export const special: readonly Mutant[] = [
  ...mutantsOf('src/primitive/special.ts', {
    'erf: the exponent is not negative': ['laws.primitive:erf', 'mul(constantLike(twoOverSqrtPi, x), exp(neg(mul(x, x))))', 'mul(constantLike(twoOverSqrtPi, x), exp(mul(x, x)))'],
    'erfc: the sign of the derivative': ['laws.primitive:erfc', 'constantLike(-twoOverSqrtPi, x)', 'constantLike(twoOverSqrtPi, x)'],
    'erfinv: the constant is not inverted': ['laws.primitive:erfinv', 'constantLike(1 / twoOverSqrtPi, out)', 'constantLike(twoOverSqrtPi, out)'],
  }),
  ...mutantsOf('src/primitive/trigonometric.ts', {
    'tan: the derivative forgets the 1': ['laws.primitive:tan', 'mul(t, add(constantLike(1, out), mul(out, out)))', 'mul(t, mul(out, out))'],
    'asin and acos: 1 - x instead of the root': ['laws.primitive:asin', 'sqrt(mul(sub(one, x), add(one, x)))', 'sub(one, x)'],
    'acos: the sign of the derivative': ['laws.primitive:acos', 'neg(div(t, cosineOf(x)))', 'div(t, cosineOf(x))'],
    'atan: 1 - x^2': ['laws.primitive:atan', 'div(t, add(constantLike(1, x), mul(x, x)))', 'div(t, add(constantLike(1, x), x))'],
    'atan2: the sign of the second derivative': ['laws.primitive:atan2', 't ? neg(mul(t, div(v, scale))) : null', 't ? mul(t, div(v, scale)) : null'],
    'atan2: the operands of the derivatives change places': ['laws.primitive:atan2', 's ? mul(s, div(u, scale)) : null', 's ? mul(s, div(v, scale)) : null'],
    'atan2: the scale is differentiated': ['laws.primitive:atan2', 'const scale = mul(r, select', 'const scale = mul(mul(r, r), select'],
    'sinc: the derivative is of the same order': ['laws.primitive:sinc', '{ order: order + 1 }', '{ order }'],
  }),
  ...mutantsOf('src/primitive/hyperbolic.ts', {
    'cosh: the sign of the circular derivative': ['laws.primitive:cosh', 't && x ? mul(t, sinh(x)) : null', 't && x ? mul(t, sinh(sub(constantLike(0, x), x))) : null'],
    'asinh: multiplied by the root': ['laws.primitive:asinh', 'div(t, cosh(out))', 'mul(t, cosh(out))'],
    'acosh: the root of x + 1 alone': ['laws.primitive:acosh', 'mul(sqrt(sub(x, one)), sqrt(add(x, one)))', 'sqrt(add(x, one))'],
    'atanh: 1 + x twice': ['laws.primitive:atanh', 'mul(sub(one, x), add(one, x))', 'mul(add(one, x), add(one, x))'],
  }),
  ...mutantsOf('src/primitive/gamma.ts', {
    'digamma: the derivative is of order 0': ['laws.primitive:digamma', 'polygamma(1, x)', 'polygamma(0, x)'],
    'polygamma: the order is not raised': ['laws.primitive:polygamma', 'polygamma(order + 1, x)', 'polygamma(order, x)'],
    'zeta: the sign of the derivative by q': ['laws.primitive:zeta', 'AnyTensor => neg(mul(t, order === 0', 'AnyTensor => (mul(t, order === 0'],
    'zeta: a term of Leibniz\'s rule is dropped': ['laws.primitive:zeta', 'add(mul(s, at(order, next)), mul(constantLike(order, s), at(order - 1, next)))', 'mul(s, at(order, next))'],
  }),
  ...mutantsOf('src/primitive/incompleteGamma.ts', {
    'igamma: the density of the order before': ['laws.primitive:igamma', 't ? mul(t, gammaDensity(a, x, order)) : null),', 't ? mul(t, gammaDensity(a, x)) : null),'],
    'igammac: the sign of the derivative': ['laws.primitive:igammac', 'return rise && neg(rise);', 'return rise;'],
    'gammaDensity: a term of the product rule is dropped': ['laws.primitive:gammaDensity', 'sub(gammaDensity(a, x, order, shift + 1), gammaDensity(a, x, order, shift))', 'gammaDensity(a, x, order, shift + 1)'],
  }),
  ...mutantsOf('src/primitive/beta.ts', {
    'betainc: derivatives by a and b change places': ['laws.primitive:betainc', '{ orderA: orderA + 1, orderB }', '{ orderA, orderB: orderB + 1 }'],
    'betaDensity: the signs of the product rule': ['laws.primitive:betaDensity', 'sub(like({ shiftA: params.shiftA + 1 }), like({ shiftB: params.shiftB + 1 }))', 'sub(like({ shiftB: params.shiftB + 1 }), like({ shiftA: params.shiftA + 1 }))'],
  }),
  ...mutantsOf('src/primitive/bessel.ts', {
    'besselI0e: the sign of the exponential is dropped': ['laws.primitive:besselI0e', 'sub(besselI1e(x), mul(sign(x), out))', 'sub(besselI1e(x), out)'],
    'besselI1e and besselIe: a neighbour is missing': ['laws.primitive:besselIe', 'add(besselIe(order - 1, x), besselIe(order + 1, x))', 'besselIe(order - 1, x)'],
    'besselI1e and besselIe: the order of the neighbours': ['laws.primitive:besselI1e', 'add(besselIe(order - 1, x), besselIe(order + 1, x))', 'add(besselIe(order, x), besselIe(order + 1, x))'],
  }),
  ...mutantsOf('src/primitive/family.ts', {
    'families: the second operand is read as the first': ['laws.primitive:igamma', 'arity > 1 ? y?.[i] ?? 0 : 0', 'arity > 1 ? x?.[i] ?? 0 : 0'],
  }),
  ...mutantsOf('src/primitive/bits.ts', {
    'nextAfter: moves with the second operand': ['laws.primitive:nextAfter', 'jvp: (_x, [s]) => [s ?? null],', 'jvp: (_x, [, t]) => [t ?? null],'],
    'reducePrecision: the tangent is dropped': ['laws.primitive:reducePrecision', 'jvp: (_x, [t]) => [t ?? null],', 'jvp: () => [null],'],
  }),
];
