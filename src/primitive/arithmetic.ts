// neg, add, sub, mul, div: the field operations, and the sums of tangents that every other family needs.
// Floor 2. Float division by zero follows IEEE 754; integer division follows the semantics table (x / 0 = -1, MIN / -1 = MIN).
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import type { TangentOf, Violation } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { eq } from './comparison.ts';
import { at, noParams } from './define.ts';
import { awayFromZero, elementwise } from './elementwise.ts';

export const negP = elementwise({
  name: 'neg', op: 'neg', arity: 1, accepts: 'number', zeroPreserving: true, ulp: 0,
  scalar: { float: a => -a, integer: a => 0 - a },
  jvp: (_x, [t]) => t ? neg(t) : null,
  linear: { transpose: ([ct]) => [ct ? neg(ct) : null], linearIn: () => [[0]] },
  algebra: { involution: true },
});

export const addP = elementwise({
  name: 'add', op: 'add', arity: 2, accepts: 'number', commutative: true, zeroPreserving: true, ulp: 0.5,
  scalar: { float: (a, b) => a + b },
  jvp: (_x, [s, t]) => addTangents(s, t),
  linear: { transpose: ([ct]) => [ct ?? null, ct ?? null], linearIn: () => [[0, 1]] },
  algebra: { identities: [{ operand: 0, value: -0 }, { operand: 1, value: -0 }] },
});

export const subP = elementwise({
  name: 'sub', op: 'sub', arity: 2, accepts: 'number', zeroPreserving: true, ulp: 0.5,
  scalar: { float: (a, b) => a - b },
  jvp: (_x, [s, t]) => s && t ? sub(s, t) : s ?? (t ? neg(t) : null),
  linear: { transpose: ([ct]) => [ct ?? null, ct ? neg(ct) : null], linearIn: () => [[0, 1]] },
  // x - 0 is x for every x; x + 0 is not, since -0 + 0 is 0.
  algebra: { identities: [{ operand: 1, value: 0 }] },
});

export const mulP = elementwise({
  name: 'mul', op: 'mul', arity: 2, accepts: 'number', commutative: true, zeroPreserving: true, ulp: 0.5,
  scalar: { float: (a, b) => a * b, integer: (a, b) => Math.imul(a, b) },
  jvp: (x, [s, t]) => addTangents(s ? mul(s, at(x, 1)) : null, t ? mul(at(x, 0), t) : null),
  linear: {
    transpose([ct], [a, b]) {
      if (!ct) return [null, null];
      return [b?.known ? mul(ct, b.known) : null, a?.known ? mul(a.known, ct) : null];
    },
    linearIn: () => [[0], [1]],
  },
  algebra: { identities: [{ operand: 0, value: 1 }, { operand: 1, value: 1 }] },
});

export const divP = elementwise({
  name: 'div', op: 'div', arity: 2, accepts: 'number', zeroPreserving: true, ulp: 2.5, domains: [{ intervals: [[-2, 2]] }, awayFromZero],
  scalar: { float: (a, b) => a / b, integer: divideInteger },
  // d(a/b) = da/b - (a/b) db/b: the quotient is at hand, and no square of b can overflow.
  jvp: (x, [s, t], out) => addTangents(s ? div(s, at(x, 1)) : null, t ? neg(mul(t, div(out, at(x, 1)))) : null),
  linear: {
    transpose: ([ct], [, b]) => [ct && b?.known ? div(ct, b.known) : null, null],
    linearIn: () => [[0]],
  },
  algebra: { identities: [{ operand: 1, value: 1 }] },
  violations: divisionByZero,
});

/** Of integers: floats have infinities for it. */
export function divisionByZero([x, y]: readonly AnyTensor[]): readonly Violation[] {
  return x === undefined || y === undefined || isFloat(x.dtype) ? [] : [{ what: 'division of {} by zero', found: eq(y, zerosLike(avalOf(y))), value: x }];
}
/** Truncates; x / 0 has all bits set, MIN / -1 is MIN (it wraps when stored). */
function divideInteger(a: number, b: number, dtype: DType): number {
  if (b === 0) return dtypeInfo[dtype].signed ? -1 : dtypeInfo[dtype].max;
  return Math.trunc(a / b);
}

export const neg = (x: AnyTensor): AnyTensor => bind1(negP, [x], noParams);
export const add = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(addP, [x, y], noParams);
export const sub = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(subP, [x, y], noParams);
export const mul = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(mulP, [x, y], noParams);
export const div = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(divP, [x, y], noParams);

/** The sum of two tangents, either of which may be the symbolic zero. */
export const addTangents = (s: TangentOf | undefined, t: TangentOf | undefined): TangentOf => s && t ? add(s, t) : s ?? t ?? null;
