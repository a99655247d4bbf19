// erf and erfinv against values computed with 50 digits (mpmath).
import { describe, expect, it } from 'vitest';
import { erfinvP, erfP } from '../../src/primitive/special.ts';
import { on } from './elementwiseHarness.ts';

const erfValues: readonly (readonly [number, number])[] = [
  [1e-10, 1.1283791670955126e-10], [0.1, 0.1124629160182849], [0.5, 0.5204998778130465], [0.84375, 0.7672256612323416], [1, 0.8427007929497149],
  [1.25, 0.9229001282564583], [2, 0.9953222650189527], [3, 0.9999779095030014], [4, 0.9999999845827421], [5.5, 0.9999999999999927],
];
const erfinvValues: readonly (readonly [number, number])[] = [
  [1e-10, 8.862269254527581e-11], [0.1, 0.08885599049425769], [0.25, 0.2253120550121781], [0.5, 0.4769362762044699], [0.75, 0.8134198475976185],
  [0.9, 1.1630871536766743], [0.99, 1.8213863677184494], [0.999999, 3.458910737275499], [1 - 2 ** -40, 5.05125408524939], [1 - 2 ** -53, 5.8635847487551676],
];
const expectClose = (got: number | undefined, want: number): void => { expect(Math.abs((got ?? NaN) / want - 1)).toBeLessThan(1e-15); };

describe('erf', () => {
  it('is right to 1e-15, and odd', () => {
    for (const [x, want] of erfValues) {
      expectClose(on(erfP, 'f64', [x])[0], want);
      expect(on(erfP, 'f64', [-x])[0]).toBe(-(on(erfP, 'f64', [x])[0] ?? NaN));
    }
  });
  it('saturates, keeps zeros and NaN', () => {
    expect(on(erfP, 'f64', [6, 1000, -Infinity, -0, NaN])).toEqual([1, 1, -1, -0, NaN]);
  });
  it('never decreases, across the seams of its approximations too', () => {
    const xs = Array.from({ length: 4001 }, (_, i) => i * 0.0016);
    const ys = on(erfP, 'f64', xs);
    for (let i = 1; i < ys.length; i++) expect((ys[i] ?? NaN) >= (ys[i - 1] ?? NaN)).toBe(true);
  });
});

describe('erfinv', () => {
  it('is right to 1e-15, and odd', () => {
    for (const [y, want] of erfinvValues) {
      expectClose(on(erfinvP, 'f64', [y])[0], want);
      expectClose(on(erfinvP, 'f64', [-y])[0], -want);
    }
  });
  it('is infinite at the ends and NaN outside', () => {
    expect(on(erfinvP, 'f64', [1, -1, 1.1, -2, NaN, 0])).toEqual([Infinity, -Infinity, NaN, NaN, NaN, 0]);
    expect(on(erfinvP, 'f64', [-0])).toEqual([-0]);
  });
});
