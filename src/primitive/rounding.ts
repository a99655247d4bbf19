// sign, abs, floor, ceil, round, isFinite, rem: piecewise linear functions, whose derivatives are constant between their steps.
// Floor 2. Knows arithmetic alone.
import type { Primitive, ScalarOp } from '../ir/primitive.ts';
import { roundHalfEven } from '../dtype/dtype.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, div, divisionByZero, mul, neg, sub } from './arithmetic.ts';
import { at, noParams } from './define.ts';
import { awayFromZero, between, elementwise } from './elementwise.ts';

/** -1, 0 or 1 with the sign of the operand; zeros and NaN are themselves. */
export const signP = elementwise({
  name: 'sign', op: 'sign', arity: 1, accepts: 'number', zeroPreserving: true, ulp: 0, domains: [awayFromZero],
  scalar: { float: a => Math.sign(a) },
  jvp: () => null,
});
/** The magnitude; of the least integer of a signed dtype it is that integer again. abs'(0) = 0. */
export const absP = elementwise({
  name: 'abs', op: 'abs', arity: 1, accepts: 'number', zeroPreserving: true, ulp: 0, domains: [awayFromZero],
  scalar: { float: a => Math.abs(a) },
  jvp: ([x], [t]) => t && x ? mul(t, sign(x)) : null,
});

const step = (name: ScalarOp, scalar: (a: number) => number): Primitive => elementwise({
  name, op: name, arity: 1, accepts: 'float', zeroPreserving: true, ulp: 0, domains: [between(-4, 4)],
  scalar: { float: scalar },
  jvp: () => null,
});
export const floorP = step('floor', a => Math.floor(a));
export const ceilP = step('ceil', a => Math.ceil(a));
/** To the nearest integer, halves to the even one. */
export const roundP = step('round', roundHalfEven);

/** False for infinities and NaN. */
export const isFiniteP = elementwise({
  name: 'isFinite', op: 'isFinite', arity: 1, accepts: 'float', result: 'bool', ulp: 0,
  scalar: { float: a => Number.isFinite(a) ? 1 : 0 },
  jvp: () => null,
});

/** The remainder of the division that truncates, with the sign of the dividend. Of integers, x rem 0 is x. XLA's Rem. */
export const remP = elementwise({
  name: 'rem', op: 'rem', arity: 2, accepts: 'number', ulp: 0, domains: [between(-5, 5), awayFromZero],
  scalar: { float: (a, b) => a % b, integer: (a, b) => b === 0 ? a : a % b },
  jvp(x, [s, t], out) {
    if (!t) return s ?? null;
    // d/dy = -trunc(x / y). The quotient rounded in floats may reach the next integer where the remainder did not;
    // (x - out) / y is that integer up to rounding, so the derivative belongs to the value.
    const quotient = round(div(sub(at(x, 0), out), at(x, 1)));
    return addTangents(s, neg(mul(t, quotient)));
  },
  violations: divisionByZero,
});

export const sign = (x: AnyTensor): AnyTensor => bind1(signP, [x], noParams);
export const abs = (x: AnyTensor): AnyTensor => bind1(absP, [x], noParams);
export const floor = (x: AnyTensor): AnyTensor => bind1(floorP, [x], noParams);
export const ceil = (x: AnyTensor): AnyTensor => bind1(ceilP, [x], noParams);
export const round = (x: AnyTensor): AnyTensor => bind1(roundP, [x], noParams);
export const isFinite = (x: AnyTensor): AnyTensor => bind1(isFiniteP, [x], noParams);
export const rem = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(remP, [x, y], noParams);
