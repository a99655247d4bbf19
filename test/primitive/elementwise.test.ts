// Golden semantics of the elementwise records: integers, NaN, infinities, signed zeros, every narrow dtype, exact and wide mode.
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/dtype/dtype.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Draw, Params, Primitive } from '../../src/ir/primitive.ts';
import { addP, divP, mulP, negP, subP } from '../../src/primitive/arithmetic.ts';
import { eqP, geP, gtP, leP, ltP, neP } from '../../src/primitive/comparison.ts';
import { bitcast, bitcastP, convert, convertP } from '../../src/primitive/convert.ts';
import { cosP, exp, expm1P, expP, log1pP, logisticP, logP, sinP, tanhP } from '../../src/primitive/exponential.ts';
import { maxP, minP } from '../../src/primitive/extremum.ts';
import { andP, notP, orP, shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP, xorP } from '../../src/primitive/logical.ts';
import { integerPow, integerPowP, powP, rsqrtP, sqrtP } from '../../src/primitive/power.ts';
import { absP, ceilP, floorP, isFiniteP, remP, roundP, signP } from '../../src/primitive/rounding.ts';
import { clampP, selectP } from '../../src/primitive/select.ts';
import { erfinvP, erfP } from '../../src/primitive/special.ts';
import { stage } from '../../src/trace/scope.ts';
import { applyTo, on, vector } from './elementwiseHarness.ts';

const inf = Infinity;
const MIN = -2147483648;
const MAX = 2147483647;

const records: readonly Primitive[] = [
  negP, addP, subP, mulP, divP, absP, signP, floorP, ceilP, roundP, isFiniteP, remP, expP, expm1P, logP, log1pP, tanhP, logisticP, sinP, cosP,
  erfP, erfinvP, sqrtP, rsqrtP, powP, integerPowP, maxP, minP, eqP, neP, ltP, leP, gtP, geP, andP, orP, xorP, notP,
  shiftLeftP, shiftRightLogicalP, shiftRightArithmeticP, selectP, clampP, convertP, bitcastP,
];

describe('records', () => {
  it('have distinct names that are their scalar instructions', () => {
    expect(new Set(records.map(r => r.name)).size).toBe(45);
    for (const r of records) expect(r.lowering).toEqual({ kind: 'scalar', op: r.name });
    for (const r of records) expect(r.properties.elementwise && r.properties.cheap).toBe(true);
  });

  /** Picks by a fixed rule, so that samples of every kind are seen. */
  const drawFrom = (seed: number): Draw => {
    let state = seed;
    const next = (n: number): number => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state / 2 ** 32 * n); };
    return {
      int: (lo, hi) => lo + next(hi - lo + 1), pick: xs => xs[next(xs.length)] ?? xs[0], bool: () => next(2) === 1,
      shape: () => [next(3), 2], dim: () => next(6), float: () => 'f64', integer: () => 'i32',
    };
  };
  it('give samples that their type rules accept, at a shape that is the operands\'', () => {
    for (const r of records) {
      for (let seed = 0; seed < 40; seed++) {
        const { operands, params } = r.sample(drawFrom(seed));
        const [out] = r.type(operands.map(o => o.aval), params);
        expect(out?.shape, r.name).toEqual(operands[0]?.aval.shape);
      }
    }
  });
  it('are commutative where they say so', () => {
    for (const r of records.filter(p => p.properties.commutative)) {
      const dtype = ['and', 'or', 'xor'].includes(r.name) ? 'i32' : 'f64';
      const [x, y] = [[3, -7, 0, 5], [-2, -7, 9, 5]];
      expect(on(r, dtype, x, y), r.name).toEqual(on(r, dtype, y, x));
    }
  });
  it('map zeros to zeros where they say so', () => {
    for (const r of records.filter(p => p.properties.zeroPreserving)) {
      for (let seed = 0; seed < 10; seed++) {
        const { operands, params } = r.sample(drawFrom(seed));
        const linear = r.linear?.linearIn(operands.length, params)[0] ?? operands.map((_, i) => i);
        const inputs = operands.map((o, i) => vector(o.aval.dtype, [linear.includes(i) || o.aval.dtype === 'bool' ? 0 : 2]));
        expect([...applyTo(r, inputs, params).data].map(v => v + 0), r.name).toEqual([0]);
      }
    }
  });
});

describe('type rules', () => {
  const f32 = aval([3], 'f32');
  const i32 = aval([3], 'i32');
  const bool = aval([3], 'bool');
  it('name the operation, both operands and the remedy', () => {
    expect(() => maxP.type([f32, aval([2], 'f32')], {})).toThrow('max: shapes differ, f32[3] vs f32[2]; primitives do not broadcast (use np)');
    expect(() => powP.type([f32, i32], {})).toThrow('pow: dtypes differ: f32 vs i32 (use astype)');
    expect(() => expP.type([i32], {})).toThrow('exp: takes float dtypes, got i32[3] (use astype)');
    expect(() => andP.type([f32, f32], {})).toThrow('and: takes integers or bools, got f32[3] (use astype)');
    expect(() => shiftLeftP.type([bool, bool], {})).toThrow('shiftLeft: takes integer dtypes, got bool[3]');
    expect(() => absP.type([bool], {})).toThrow('abs: takes number dtypes, got bool[3]');
    expect(() => clampP.type([f32, f32], {})).toThrow('clamp: takes 3 operands, 2 given');
    expect(() => clampP.type([f32, f32, i32], {})).toThrow('clamp: dtypes differ: f32 vs i32');
    expect(() => selectP.type([f32, f32, f32], {})).toThrow('select: the predicate must be bool, got f32[3]');
    expect(() => selectP.type([aval([2], 'bool'), f32, f32], {})).toThrow('select: shapes differ, bool[2] vs f32[3]');
    expect(() => bitcastP.type([f32], { dtype: 'u8' })).toThrow('bitcast: f32[3] to u8: 32 bits vs 8');
    expect(() => bitcastP.type([bool], { dtype: 'u8' })).toThrow('bitcast: bool[3] to u8: bools have no bits');
    expect(() => integerPowP.type([i32], { exponent: -1 })).toThrow('integerPow: i32[3] has no integer power -1');
    expect(() => integerPowP.type([f32], { exponent: 0.5 })).toThrow('integerPow: the exponent 0.5 of f32[3] is not an integer; use pow');
  });
  it('give bool for comparisons of every dtype, the operands\' dtype elsewhere', () => {
    for (const r of [eqP, neP, ltP, leP, gtP, geP]) expect(r.type([i32, i32], {})).toEqual([bool]);
    expect(eqP.type([bool, bool], {})).toEqual([bool]);
    expect(isFiniteP.type([f32], {})).toEqual([bool]);
    expect(selectP.type([bool, i32, i32], {})).toEqual([i32]);
    expect(convertP.type([bool], { dtype: 'f16' })).toEqual([aval([3], 'f16')]);
  });
});

describe('integers', () => {
  it('wrap', () => {
    expect(on(addP, 'i32', [MAX, MIN], [1, -1])).toEqual([MIN, MAX]);
    expect(on(mulP, 'i32', [65537, MAX], [65537, MAX])).toEqual([131073, 1]);
    expect(on(subP, 'u32', [0], [1])).toEqual([4294967295]);
    expect(on(mulP, 'u32', [4294967295], [4294967295])).toEqual([1]);
    expect(on(addP, 'u8', [250], [10])).toEqual([4]);
    expect(on(mulP, 'i8', [100], [3])).toEqual([44]);
    expect(on(negP, 'i32', [MIN, 5])).toEqual([MIN, -5]);
    expect(on(absP, 'i32', [MIN, -5, 5])).toEqual([MIN, 5, 5]);
    expect(on(absP, 'i8', [-128, -7])).toEqual([-128, 7]);
    expect(on(signP, 'u32', [0, 4294967295])).toEqual([0, 1]);
  });
  it('divide and take remainders towards 0, with 0 and MIN / -1 defined', () => {
    expect(on(divP, 'i32', [7, -7, 5, MIN, 41], [2, 2, 0, -1, 41])).toEqual([3, -3, -1, MIN, 1]);
    expect(on(divP, 'u32', [5, 4294967295], [0, 2])).toEqual([4294967295, 2147483647]);
    expect(on(remP, 'i32', [7, -7, 7, -7, 5, MIN, MIN], [3, 3, -3, -3, 0, -1, 0])).toEqual([1, -1, 1, -1, 5, 0, MIN]);
    expect(on(remP, 'u32', [4294967295, 9], [10, 0])).toEqual([5, 9]);
    expect(on(remP, 'u8', [255], [16])).toEqual([15]);
  });
  it('have integer powers that wrap', () => {
    const pow = (dtype: DType, x: number, exponent: number): number | undefined => applyTo(integerPowP, [vector(dtype, [x])], { exponent }).data[0];
    expect(pow('i32', -3, 5)).toBe(-243);
    expect(pow('i32', 3, 21)).toBe(3 ** 21 | 0);
    expect(pow('u32', 4294967295, 2)).toBe(1);
    expect(pow('u8', 3, 6)).toBe(729 & 255);
    expect(pow('i32', 0, 0)).toBe(1);
  });
  it('shift, by the width or more too', () => {
    expect(on(shiftLeftP, 'i32', [1, 1, -1, 3, 1], [31, 32, 4, 40, -1])).toEqual([MIN, 0, -16, 0, 0]);
    expect(on(shiftLeftP, 'u32', [3], [31])).toEqual([2147483648]);
    expect(on(shiftLeftP, 'u8', [255, 255], [4, 8])).toEqual([240, 0]);
    expect(on(shiftRightLogicalP, 'i32', [-1, -1, MIN, 8], [28, 32, 31, 2])).toEqual([15, 0, 1, 2]);
    expect(on(shiftRightLogicalP, 'u32', [4294967295, 4294967295], [0, 31])).toEqual([4294967295, 1]);
    expect(on(shiftRightLogicalP, 'i8', [-1, -1], [1, 8])).toEqual([127, 0]);
    expect(on(shiftRightArithmeticP, 'i32', [-8, -8, 8, MIN, -8], [1, 32, 99, 31, -1])).toEqual([-4, -1, 0, -1, -1]);
    expect(on(shiftRightArithmeticP, 'u32', [4294967295, 2147483647], [4, 40])).toEqual([4294967295, 0]);
    expect(on(shiftRightArithmeticP, 'i8', [-128, -128], [3, 9])).toEqual([-16, -1]);
    expect(on(shiftRightArithmeticP, 'u8', [128], [1])).toEqual([192]);
  });
  it('have bits, and bools are 0 or 1', () => {
    expect(on(andP, 'i32', [12, -1], [10, 7])).toEqual([8, 7]);
    expect(on(orP, 'u32', [2147483648], [1])).toEqual([2147483649]);
    expect(on(xorP, 'i8', [-1], [5])).toEqual([-6]);
    expect(on(notP, 'u32', [0])).toEqual([4294967295]);
    expect(on(notP, 'u8', [1])).toEqual([254]);
    expect(on(notP, 'bool', [0, 1])).toEqual([1, 0]);
    expect(on(xorP, 'bool', [0, 0, 1, 1], [0, 1, 0, 1])).toEqual([0, 1, 1, 0]);
    expect(on(gtP, 'u32', [4294967295], [1])).toEqual([1]);
    expect(on(ltP, 'bool', [0, 1], [1, 1])).toEqual([1, 0]);
  });
});

describe('floats', () => {
  it('compare as IEEE 754 says', () => {
    const [x, y] = [[NaN, 1, -0, inf], [NaN, NaN, 0, inf]];
    expect(on(eqP, 'f32', x, y)).toEqual([0, 0, 1, 1]);
    expect(on(neP, 'f32', x, y)).toEqual([1, 1, 0, 0]);
    expect(on(ltP, 'f32', x, y)).toEqual([0, 0, 0, 0]);
    expect(on(leP, 'f32', x, y)).toEqual([0, 0, 1, 1]);
    expect(on(geP, 'f32', x, y)).toEqual([0, 0, 1, 1]);
    expect(on(gtP, 'f32', [2, inf], [1, -inf])).toEqual([1, 1]);
  });
  it('propagate NaN through max, min and clamp', () => {
    expect(on(maxP, 'f32', [1, NaN, 3, -inf], [2, 0, NaN, inf])).toEqual([2, NaN, NaN, inf]);
    expect(on(minP, 'f32', [1, NaN, 3, -inf], [2, 0, NaN, inf])).toEqual([1, NaN, NaN, -inf]);
    expect(on(clampP, 'f32', [0, 0, 0, NaN, 0, 0], [-1, 0.5, 2, 0, NaN, 0], [1, 1, 1, 1, 1, NaN])).toEqual([0, 0.5, 1, NaN, NaN, NaN]);
    expect(on(clampP, 'i32', [5], [0], [3])).toEqual([3]);
  });
  it('round halves to even and keep the sign of zero', () => {
    expect(on(roundP, 'f32', [0.5, 1.5, 2.5, -0.5, -1.5, -0.2, -0, inf, NaN])).toEqual([0, 2, 2, -0, -2, -0, -0, inf, NaN]);
    expect(on(floorP, 'f32', [-0.5, 0.5, -0])).toEqual([-1, 0, -0]);
    expect(on(ceilP, 'f32', [-0.5, 0.5, -0])).toEqual([-0, 1, -0]);
    expect(on(signP, 'f32', [-3, -0, 0, 2, NaN, -inf])).toEqual([-1, -0, 0, 1, NaN, -1]);
    expect(on(negP, 'f32', [0])).toEqual([-0]);
  });
  it('have remainders with the sign of the dividend', () => {
    expect(on(remP, 'f64', [5.5, -5.5, 5.5, 1, -0], [2, 2, -2, inf, 1])).toEqual([1.5, -1.5, 1.5, 1, -0]);
    expect(on(remP, 'f64', [1, inf, NaN], [0, 2, 1])).toEqual([NaN, NaN, NaN]);
  });
  it('are finite or not', () => {
    expect(on(isFiniteP, 'f32', [0, 3e38, 3.5e38, -inf, NaN])).toEqual([1, 1, 0, 0, 0]);
    expect(on(isFiniteP, 'f16', [65504, 65520])).toEqual([1, 0]);
  });
  it('have the transcendental functions at their limits', () => {
    expect(on(expP, 'f64', [0, 709, 710, -inf])).toEqual([1, 8.218407461554972e307, inf, 0]);
    expect(on(expP, 'f32', [88.7, 88.8])).toEqual([Math.fround(Math.exp(Math.fround(88.7))), inf]);
    expect(on(expP, 'f16', [11, 12])).toEqual([59872, inf]);
    expect(on(expm1P, 'f64', [1e-10, -inf, -0])).toEqual([1.00000000005e-10, -1, -0]);
    expect(on(log1pP, 'f64', [1e-10, -1, -2])).toEqual([9.999999999500001e-11, -inf, NaN]);
    expect(on(logP, 'f64', [0, -1, 1, inf])).toEqual([-inf, NaN, 0, inf]);
    expect(on(tanhP, 'f64', [1e-6, 1000, -1000])).toEqual([9.999999999996666e-7, 1, -1]);
    expect(on(logisticP, 'f64', [0, 1000, -1000, -700, NaN])).toEqual([0.5, 1, 0, 9.85967654375977e-305, NaN]);
    expect(on(sinP, 'f64', [1e6, inf, -0])).toEqual([-0.34999350217129294, NaN, -0]);
    expect(on(cosP, 'f64', [1e6, inf])).toEqual([0.9367521275331447, NaN]);
    expect(on(sinP, 'f32', [1e6])).toEqual([Math.fround(-0.34999350217129294)]);
    expect(on(sqrtP, 'f64', [4, 0, -1, inf])).toEqual([2, 0, NaN, inf]);
    expect(on(rsqrtP, 'f64', [4, 0, -1, inf])).toEqual([0.5, inf, NaN, 0]);
  });
  it('have powers as in C', () => {
    expect(on(powP, 'f64', [0, 0, 2, 1, -1, -2, -2, NaN], [0, -1, 0.5, NaN, inf, 3, 0.5, 0])).toEqual([1, inf, Math.SQRT2, 1, 1, -8, NaN, 1]);
    const power = (x: number, exponent: number): number | undefined => applyTo(integerPowP, [vector('f64', [x])], { exponent }).data[0];
    expect([power(3, 0), power(NaN, 0), power(1.1, 1), power(1.1, 2), power(-2, 3), power(2, -3), power(3, -1), power(-0, 3), power(0, -2)])
      .toEqual([1, 1, 1.1, 1.1 * 1.1, -8, 0.125, 1 / 3, -0, inf]);
  });
  it('select what is chosen, NaN elsewhere included', () => {
    expect([...applyTo(selectP, [vector('bool', [1, 0]), vector('f32', [1, NaN]), vector('f32', [NaN, 2])], {}).data]).toEqual([1, 2]);
    expect([...applyTo(selectP, [vector('bool', [1, 0]), vector('u32', [4294967295, 1]), vector('u32', [7, 8])], {}).data]).toEqual([4294967295, 8]);
  });
});

describe('convert', () => {
  const converted = (from: DType, to: DType, xs: readonly number[], mode: 'exact' | 'wide' = 'exact'): number[] =>
    [...applyTo(convertP, [vector(from, xs, mode)], { dtype: to }, mode).data];
  it('truncates, saturates and turns NaN to 0 from floats to integers', () => {
    expect(converted('f32', 'i32', [2.9, -2.9, 3e9, -3e9, inf, -inf, NaN])).toEqual([2, -2, MAX, MIN, MAX, MIN, 0]);
    expect(converted('f64', 'u32', [-1, 4294967295.9, 5e9])).toEqual([0, 4294967295, 4294967295]);
    expect(converted('f32', 'u8', [-1, 255.5, 300])).toEqual([0, 255, 255]);
    expect(converted('f16', 'i8', [-1000, 127.9, NaN])).toEqual([-128, 127, 0]);
  });
  it('wraps between integers', () => {
    expect(converted('i32', 'u32', [-1])).toEqual([4294967295]);
    expect(converted('u32', 'i32', [4294967295])).toEqual([-1]);
    expect(converted('i32', 'u8', [300, -1])).toEqual([44, 255]);
    expect(converted('u8', 'i8', [200])).toEqual([-56]);
  });
  it('makes everything but 0 true', () => {
    expect(converted('f32', 'bool', [0, -0, 0.1, NaN])).toEqual([0, 0, 1, 1]);
    expect(converted('i32', 'bool', [0, 256])).toEqual([0, 1]);
    expect(converted('bool', 'f32', [0, 1])).toEqual([0, 1]);
  });
  it('rounds to the target dtype, in wide mode too', () => {
    for (const mode of ['exact', 'wide'] as const) {
      expect(converted('f64', 'f32', [0.1], mode)).toEqual([Math.fround(0.1)]);
      expect(converted('f64', 'f16', [0.1, 65520, 2.9e-8], mode)).toEqual([0.0999755859375, inf, 0]);
      expect(converted('i32', 'f32', [16777217], mode)).toEqual([16777216]);
      expect(converted('i32', 'f16', [2049], mode)).toEqual([2048]);
    }
    // Once, not by way of f32: 1 + 2^-11 + 2^-30 is nearer to 1 + 2^-10.
    expect(converted('f64', 'f16', [1 + 2 ** -11 + 2 ** -30])).toEqual([1 + 2 ** -10]);
  });
  it('records nothing where the dtype is the same', () => {
    const { jaxpr } = stage('test', [aval([2], 'f32')], ([x]) => x === undefined ? [] : [bitcast(convert(integerPow(x, 1), 'f32'), 'f32')]);
    expect(jaxpr.eqns).toEqual([]);
    expect(stage('test', [aval([2], 'f32')], ([x]) => x === undefined ? [] : [exp(convert(x, 'f64'))]).jaxpr.eqns.map(e => e.primitive.name)).toEqual(['convert', 'exp']);
  });
});

describe('bitcast', () => {
  const cast = <P extends Params & { readonly dtype: DType }>(from: DType, xs: readonly number[], params: P, mode: 'exact' | 'wide' = 'exact'): number[] =>
    [...applyTo(bitcastP, [vector(from, xs, mode)], params, mode).data];
  it('reads the same bits', () => {
    expect(cast('f32', [1, -2, inf], { dtype: 'u32' })).toEqual([0x3f800000, 0xc0000000, 0x7f800000]);
    expect(cast('f32', [-0], { dtype: 'i32' })).toEqual([MIN]);
    expect(cast('u32', [0x40490fdb], { dtype: 'f32' })).toEqual([Math.fround(Math.PI)]);
    expect(cast('u8', [255], { dtype: 'i8' })).toEqual([-1]);
    expect(cast('i32', [-1], { dtype: 'u32' })).toEqual([4294967295]);
  });
  it('rounds to the source dtype first in wide mode', () => {
    expect(cast('f32', [0.1], { dtype: 'u32' }, 'wide')).toEqual([0x3dcccccd]);
    expect(cast('u32', [0x3dcccccd], { dtype: 'f32' }, 'wide')).toEqual([Math.fround(0.1)]);
  });
});
