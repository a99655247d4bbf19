// Bits of numbers in every dtype: counts, neighbours, fewer digits. Golden values from JAX 0.10.
import { describe, expect, it } from 'vitest';
import { aval } from '../../src/ir/aval.ts';
import { clzP, nextAfterP, populationCountP, reducePrecisionP } from '../../src/primitive/bits.ts';
import { applyTo, on, vector } from './elementwiseHarness.ts';

const inf = Infinity;

describe('populationCount and clz', () => {
  it('count in the width of the dtype', () => {
    expect(on(populationCountP, 'i32', [0, 1, -1, 7, -2147483648, 0x55555555])).toEqual([0, 1, 32, 3, 1, 16]);
    expect(on(populationCountP, 'u32', [0, 4294967295, 2147483648])).toEqual([0, 32, 1]);
    expect(on(populationCountP, 'i8', [0, -1, 7, -128])).toEqual([0, 8, 3, 1]);
    expect(on(populationCountP, 'u8', [255, 170])).toEqual([8, 4]);
    expect(on(clzP, 'i32', [0, 1, -1, 7, 65536])).toEqual([32, 31, 0, 29, 15]);
    expect(on(clzP, 'u32', [0, 4294967295, 1])).toEqual([32, 0, 31]);
    expect(on(clzP, 'i8', [0, -1, 7])).toEqual([8, 0, 5]);
    expect(on(clzP, 'u8', [0, 255, 16])).toEqual([8, 0, 3]);
  });
  it('refuse floats and bools', () => {
    expect(() => populationCountP.type([aval([2], 'bool')], {})).toThrow('populationCount: takes integer dtypes, got bool[2] (use astype)');
    expect(() => clzP.type([aval([2], 'f32')], {})).toThrow('clz: takes integer dtypes, got f32[2] (use astype)');
  });
});

describe('nextAfter', () => {
  const max = Number.MAX_VALUE;
  it('in float64', () => {
    expect(on(nextAfterP, 'f64', [0, 0, -0, 1, 1, inf, -inf, inf, max, -max, 5e-324, NaN, 1, 1], [1, -1, 0, inf, 0, 0, 0, inf, inf, -inf, -1, 1, NaN, 1]))
      .toEqual([5e-324, -5e-324, 0, 1 + 2 ** -52, 1 - 2 ** -53, max, -max, inf, inf, -inf, 0, NaN, NaN, 1]);
    expect(on(nextAfterP, 'f64', [-1, -1, 2 ** -1022, 2 ** -1022, 3e-320], [0, -2, 0, 1, 0])).toEqual([-1 + 2 ** -53, -1 - 2 ** -52, 2 ** -1022 - 5e-324, 2 ** -1022 + 5e-324, 3e-320 - 5e-324]);
  });
  it('of float32, whose numbers lie wider, in wide mode too', () => {
    const want = [2 ** -149, 1 + 2 ** -23, 1 - 2 ** -24, 3.4028234663852886e38, inf, 2 ** -126 - 2 ** -149, -8 + 2 ** -21];
    const args = [[0, 1, 1, inf, 3.4028234663852886e38, 2 ** -126, -8], [1, 2, 0, 0, inf, 0, 1]] as const;
    expect(on(nextAfterP, 'f32', ...args)).toEqual(want);
    expect([...applyTo(nextAfterP, args.map(xs => vector('f32', xs, 'wide')), {}, 'wide').data]).toEqual(want);
  });
  it('of float16', () => {
    expect(on(nextAfterP, 'f16', [0, 1, 1, 65504, inf, 2 ** -14], [1, 2, 0, inf, 0, 0])).toEqual([2 ** -24, 1 + 2 ** -10, 1 - 2 ** -11, inf, 65504, 2 ** -14 - 2 ** -24]);
  });
  it('there and back is where it was, by every binade', () => {
    const xs = Array.from({ length: 2000 }, (_, i) => 1.37 ** (i - 1000)).filter(x => x > 1e-300 && x < 1e300);
    const up = on(nextAfterP, 'f64', xs, xs.map(() => inf));
    expect(on(nextAfterP, 'f64', up, up.map(() => 0))).toEqual(xs);
    // Half way between neighbours there is nothing.
    up.forEach((u, i) => { const x = xs[i] ?? NaN; expect([x, u]).toContain((x + u) / 2); expect(u).toBeGreaterThan(x); });
  });
});

describe('reducePrecision', () => {
  const reduced = (dtype: 'f32' | 'f64', exponentBits: number, mantissaBits: number, xs: readonly number[]): number[] =>
    [...applyTo(reducePrecisionP, [vector(dtype, xs)], { exponentBits, mantissaBits }).data];
  const f = Math.fround;
  it('to half precision: overflow, ties to even, no subnormals', () => {
    expect(reduced('f32', 5, 10, [1, 1.3, 1e-40, 3e38, 65520, 65519, -1e-45, NaN, inf, -inf, -0]))
      .toEqual([1, f(1.2998047), 0, inf, inf, 65504, -0, NaN, inf, -inf, -0]);
    expect(reduced('f32', 5, 10, [6e-5, -1e-6, 2 ** -14, 6.1034e-5])).toEqual([0, -0, 2 ** -14, 2 ** -14]);
    expect(reduced('f64', 5, 10, [1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -40])).toEqual([1, 1 + 2 ** -9, 1 + 2 ** -10]);
  });
  it('to bfloat16, whose range is that of float32', () => {
    expect(reduced('f32', 8, 7, [1, 1.3, 3e38, 1.2e-38])).toEqual([1, 1.296875, f(3.0040553e38), f(1.2030450e-38)]);
    expect(reduced('f32', 8, 7, [3.4028234663852886e38])).toEqual([inf]);
    expect(reduced('f32', 8, 7, [1e-40])).toEqual([f(9.1835496e-41)]);
  });
  it('to next to nothing', () => {
    expect(reduced('f64', 3, 0, [1.75, 1.25, 3, 5, 1])).toEqual([2, 1, 2, 4, 1]);
    expect(reduced('f64', 3, 1, [0.25, 0.3, 0.2, 0.24, 0.125, 6, 7, 8, 16])).toEqual([0.25, 0.25, 0, 0.25, 0, 6, 8, 8, inf]);
    expect(reduced('f64', 1, 10, [1, 1.5, 2, 3])).toEqual([0, 0, inf, inf]);
  });
  it('to what it is already', () => {
    const xs = [1, 1.3, 5e-324, 1e300, -2.5e-320];
    expect(reduced('f64', 11, 52, xs)).toEqual(xs);
    expect(reduced('f64', 12, 60, xs)).toEqual(xs);
    // The last two bits of a subnormal number are bits like others.
    expect(reduced('f64', 11, 50, [3 * 5e-324, 5e-324, -5e-324])).toEqual([4 * 5e-324, 0, -0]);
  });
  it('refuses formats that there are not', () => {
    expect(() => reducePrecisionP.type([aval([], 'f32')], { exponentBits: 0, mantissaBits: 3 })).toThrow('reducePrecision: exponentBits is 0, not an integer from 1 on');
    expect(() => reducePrecisionP.type([aval([], 'f32')], { exponentBits: 5, mantissaBits: -1 })).toThrow('reducePrecision: mantissaBits is -1, not an integer from 0 on');
  });
});
