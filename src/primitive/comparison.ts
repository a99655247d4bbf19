// eq, ne, lt, le, gt, ge: elementwise comparisons, whose results are bool and have no tangents.
// Floor 2. IEEE 754: NaN is unequal to everything, itself included, and -0 equals 0.
import type { Primitive, ScalarOp } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { noParams } from './define.ts';
import { elementwise, tying } from './elementwise.ts';

const comparison = (name: ScalarOp, holds: (a: number, b: number) => boolean, commutative = false): Primitive => elementwise({
  name, op: name, arity: 2, accepts: 'any', result: 'bool', commutative, ulp: 0, domains: [tying, tying],
  scalar: { float: (a, b) => holds(a, b) ? 1 : 0 },
  jvp: () => null,
});

export const eqP = comparison('eq', (a, b) => a === b, true);
export const neP = comparison('ne', (a, b) => a !== b, true);
export const ltP = comparison('lt', (a, b) => a < b);
export const leP = comparison('le', (a, b) => a <= b);
export const gtP = comparison('gt', (a, b) => a > b);
export const geP = comparison('ge', (a, b) => a >= b);

export const eq = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(eqP, [x, y], noParams);
export const ne = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(neP, [x, y], noParams);
export const lt = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(ltP, [x, y], noParams);
export const le = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(leP, [x, y], noParams);
export const gt = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(gtP, [x, y], noParams);
export const ge = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(geP, [x, y], noParams);
