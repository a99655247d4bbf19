// and, or, xor, not on bools and on the bits of integers, and the three shifts.
// Floor 2. Shifts by the width or more (a negative amount is a large one) give 0, or the sign for the arithmetic right shift, as in XLA.
import { dtypeInfo, type DType } from '../dtype/dtype.ts';
import type { Primitive, ScalarOp } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { noParams, type Accepts } from './define.ts';
import { between, elementwise } from './elementwise.ts';

/** JavaScript's operators work on 32 bits; what is stored in a narrower dtype keeps the low ones. */
const onBits = (
  name: ScalarOp, arity: 1 | 2, accepts: Accepts, bits: (a: number, b: number, dtype: DType) => number,
  more: { readonly commutative?: boolean; readonly zeroPreserving?: boolean },
): Primitive => elementwise({
  name, op: name, arity, accepts, ulp: 0, ...more,
  domains: accepts === 'integer' ? [between(-100, 100), between(0, 40)] : [between(-100, 100), between(-100, 100)],
  scalar: { float: () => NaN, integer: bits },
  jvp: () => null,
});

export const andP = onBits('and', 2, 'integer or bool', (a, b) => a & b, { commutative: true, zeroPreserving: true });
export const orP = onBits('or', 2, 'integer or bool', (a, b) => a | b, { commutative: true, zeroPreserving: true });
export const xorP = onBits('xor', 2, 'integer or bool', (a, b) => a ^ b, { commutative: true, zeroPreserving: true });
export const notP = onBits('not', 1, 'integer or bool', (a, _b, dtype) => dtype === 'bool' ? 1 - a : ~a, {});

const widthOf = (dtype: DType): number => 8 * dtypeInfo[dtype].bytes;
const beyond = (amount: number, dtype: DType): boolean => amount < 0 || amount >= widthOf(dtype);

export const shiftLeftP = onBits('shiftLeft', 2, 'integer', (a, s, dtype) => beyond(s, dtype) ? 0 : a << s, { zeroPreserving: true });
export const shiftRightLogicalP = onBits('shiftRightLogical', 2, 'integer',
  (a, s, dtype) => beyond(s, dtype) ? 0 : (widthOf(dtype) === 8 ? a & 255 : a) >>> s, { zeroPreserving: true });
/** The top bit is the sign, of unsigned dtypes too. */
export const shiftRightArithmeticP = onBits('shiftRightArithmetic', 2, 'integer', (a, s, dtype) => {
  const unused = 32 - widthOf(dtype);
  const signed = (a << unused) >> unused;
  return beyond(s, dtype) ? signed >> 31 : signed >> s;
}, { zeroPreserving: true });

export const and = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(andP, [x, y], noParams);
export const or = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(orP, [x, y], noParams);
export const xor = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(xorP, [x, y], noParams);
export const not = (x: AnyTensor): AnyTensor => bind1(notP, [x], noParams);
export const shiftLeft = (x: AnyTensor, amount: AnyTensor): AnyTensor => bind1(shiftLeftP, [x, amount], noParams);
export const shiftRightLogical = (x: AnyTensor, amount: AnyTensor): AnyTensor => bind1(shiftRightLogicalP, [x, amount], noParams);
export const shiftRightArithmetic = (x: AnyTensor, amount: AnyTensor): AnyTensor => bind1(shiftRightArithmeticP, [x, amount], noParams);
