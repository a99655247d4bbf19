// Dtypes that meet: two tensors agree or are refused; a number takes the tensor's dtype, or is refused, never narrowed.
import { describe, expect, test } from 'vitest';
import { adopt, agree, floatOnly, intOnly, sumDType } from '../../src/dtype/agree.ts';
import { dtypes } from '../../src/dtype/dtype.ts';
import { DTypeError } from '../../src/error.ts';

test('only equal dtypes agree', () => {
  for (const d of dtypes) {
    for (const e of dtypes) {
      if (d === e) expect(agree(d, e)).toBe(d);
      else expect(() => agree(d, e)).toThrow(new DTypeError(`dtypes differ: ${d} vs ${e} (use astype)`));
    }
  }
});

describe('a number beside a tensor', () => {
  test.each([
    [1.5, 'f32'], [Number.NaN, 'f16'], [Number.POSITIVE_INFINITY, 'f64'], [-0, 'f32'], [1e300, 'f32'],
    [2147483647, 'i32'], [-2147483648, 'i32'], [4294967295, 'u32'], [255, 'u8'], [-128, 'i8'], [1, 'bool'], [0, 'bool'],
  ] as const)('%d is taken over by %s', (value, d) => {
    expect(adopt(value, d)).toBe(value);
  });
  test.each([
    [1.5, 'i32', '1.5 is not an i32 (use astype)'],
    [Number.NaN, 'i32', 'NaN is not an i32 (use astype)'],
    [2147483648, 'i32', '2147483648 is not an i32 (use astype)'],
    [-1, 'u32', '-1 is not a u32 (use astype)'],
    [256, 'u8', '256 is not a u8 (use astype)'],
    [-129, 'i8', '-129 is not an i8 (use astype)'],
    [2, 'bool', '2 is not a bool (use astype)'],
  ] as const)('%d is refused by %s', (value, d, message) => {
    expect(() => adopt(value, d)).toThrow(new DTypeError(message));
  });
});

test('operations on floats or on integers alone', () => {
  expect(dtypes.filter((d) => accepts(() => floatOnly('exp', d)))).toEqual(['f32', 'f64', 'f16']);
  expect(dtypes.filter((d) => accepts(() => intOnly('take', d)))).toEqual(['i32', 'u32', 'u8', 'i8']);
  expect(() => floatOnly('exp', 'bool')).toThrow(new DTypeError('exp: bool is no float dtype (use astype)'));
  expect(() => intOnly('take', 'f32')).toThrow(new DTypeError('take: f32 is no integer dtype (use astype)'));
});
function accepts(f: () => unknown): boolean {
  try {
    f();
    return true;
  } catch (error) {
    if (error instanceof DTypeError) return false;
    throw error;
  }
}

test('sums of small integers and of bools have room', () => {
  expect(dtypes.map(sumDType)).toEqual(['f32', 'f64', 'f16', 'i32', 'u32', 'u32', 'i32', 'i32']);
});
