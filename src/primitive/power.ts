// sqrt, rsqrt, cbrt, integerPow, pow: powers. Floor 2. Knows arithmetic, comparisons, select and the logarithm.
import { CotangentError } from '../error.ts';
import { isFloat } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, div, mul, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { eq, ge } from './comparison.ts';
import { at, expectCount, expectDType, noParams, operand } from './define.ts';
import { awayFromZero, elementwise, elementwiseProperties, everywhere, positive } from './elementwise.ts';
import { log } from './exponential.ts';
import { and } from './logical.ts';
import { select } from './select.ts';

/** The square root: NaN below 0. Its derivative at 0 is infinite. */
export const sqrtP = elementwise({
  name: 'sqrt', op: 'sqrt', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 3, domains: [positive],
  scalar: { float: a => Math.sqrt(a) },
  jvp: (_x, [t], out) => t ? div(mul(t, constantLike(0.5, out)), out) : null,
});
/** 1 / sqrt(x). */
export const rsqrtP = elementwise({
  name: 'rsqrt', op: 'rsqrt', arity: 1, accepts: 'float', ulp: 2, domains: [positive],
  scalar: { float: a => 1 / Math.sqrt(a) },
  jvp: ([x], [t], out) => t && x ? mul(t, mul(constantLike(-0.5, out), div(out, x))) : null,
});

/** The real cube root, of negative numbers too. Its derivative at 0 is infinite. */
export const cbrtP = elementwise({
  name: 'cbrt', op: 'cbrt', arity: 1, accepts: 'float', zeroPreserving: true, ulp: 4, domains: [awayFromZero],
  scalar: { float: a => Math.cbrt(a) },
  jvp: (_x, [t], out) => t ? div(t, mul(constantLike(3, out), mul(out, out))) : null,
});

type IntegerPowParams = { readonly exponent: number };

/**
 * x to a constant integer power. Of integer dtypes the exponent must not be negative, and products wrap. x^0 is 1 for every x.
 * The bound holds for the exponents of the samples; repeated multiplication loses half a unit per factor.
 */
export const integerPowP: Primitive<IntegerPowParams> = {
  name: 'integerPow',
  properties: elementwiseProperties,
  type(inputs, { exponent }) {
    expectCount(inputs, 1, 'integerPow');
    const x = operand(inputs, 0, 'integerPow');
    expectDType(x, 'number', 'integerPow');
    if (!Number.isSafeInteger(exponent)) throw new CotangentError('value', `integerPow: the exponent ${exponent} of ${showAval(x)} is not an integer; use pow`);
    if (exponent < 0 && !isFloat(x.dtype)) throw new CotangentError('value', `integerPow: ${showAval(x)} has no integer power ${exponent}; use astype on it`);
    return [x];
  },
  evaluate(inputs, { exponent }, outputs) {
    const { data: x, dtype } = at(inputs, 0);
    const { data } = at(outputs, 0);
    const power = isFloat(dtype) ? floatPower(exponent) : (a: number) => wrappingPower(a, exponent);
    for (let i = 0; i < data.length; i++) data[i] = power(x[i] ?? 0);
  },
  rules: {
    kind: 'flat',
    jvp([x], [t], { exponent }) {
      if (!t || x === undefined || exponent === 0) return [null];
      if (exponent === 1) return [t];
      return [mul(t, mul(constantLike(exponent, x), integerPow(x, exponent - 1)))];
    },
    batch: ([x], _batched, params) => ({ outputs: x === undefined ? [] : [bind1(integerPowP, [x], params)], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'scalar', op: 'integerPow' },
  sample(draw) {
    const exponent = draw.int(-3, 5);
    return { operands: [{ aval: { shape: draw.shape(), dtype: draw.float() }, domain: exponent < 0 ? awayFromZero : everywhere }], params: { exponent } };
  },
  ulp: 6,
};
/** Squares and reciprocals are exactly rounded; the rest is within a unit of the last place. */
function floatPower(n: number): (a: number) => number {
  switch (n) {
    case 2: return a => a * a;
    case -1: return a => 1 / a;
    default: return a => a ** n;
  }
}
/** Repeated squaring in 32 bits; what is stored keeps the low ones. */
function wrappingPower(a: number, n: number): number {
  let result = 1;
  for (let base = a, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** `x ** exponent` for an integer constant; does nothing, and records nothing, where it is 1. */
export function integerPow(x: AnyTensor, exponent: number): AnyTensor {
  return exponent === 1 ? x : bind1(integerPowP, [x], { exponent });
}

/**
 * x to the power y, as C's pow: 1 where x is 1 or y is 0, whatever the other one is; NaN for a negative x and a fractional y.
 * Where the function has a finite derivative, so has the rule: pow(x, 2) at 0, pow(0, y) for y > 0, pow(x, 0) everywhere.
 */
export const powP = elementwise({
  name: 'pow', op: 'pow', arity: 2, accepts: 'float', ulp: 16, domains: [positive, everywhere],
  scalar: { float: powerOf },
  jvp([x, y], [s, t], out) {
    if (x === undefined || y === undefined) return null;
    const zero = constantLike(0, x);
    const one = constantLike(1, x);
    const atZero = eq(x, zero);
    // y x^(y - 1), whose factors are 0 and infinite at x = y = 0: there 1 stands for x, and the product is 0 to every order.
    const byBase = s ? mul(s, mul(y, pow(select(and(atZero, eq(y, zero)), one, x), sub(y, one)))) : null;
    // x^y log x tends to 0 with x for y > 0; the convention at y = 0 is JAX's.
    const byExponent = t ? mul(t, mul(out, log(select(and(atZero, ge(y, zero)), one, x)))) : null;
    return addTangents(byBase, byExponent);
  },
});
/** JavaScript has NaN for 1 ** NaN and for (+-1) ** +-Infinity; IEEE 754 has 1. */
export function powerOf(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b;
}

export const sqrt = (x: AnyTensor): AnyTensor => bind1(sqrtP, [x], noParams);
export const rsqrt = (x: AnyTensor): AnyTensor => bind1(rsqrtP, [x], noParams);
export const cbrt = (x: AnyTensor): AnyTensor => bind1(cbrtP, [x], noParams);
export const pow = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(powP, [x, y], noParams);
