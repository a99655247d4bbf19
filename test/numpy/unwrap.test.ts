// np.unwrap against the values of NumPy 2.
import { describe, expect, it } from 'vitest';
import { grad, jit, np, tensor } from '../../src/index.ts';

const f64 = 'f64';
const close = (got: unknown, want: readonly number[]): void => { for (const [i, x] of (got as number[]).entries()) expect(x).toBeCloseTo(want[i] ?? NaN, 12); expect((got as number[]).length).toBe(want.length); };
describe('unwrap', () => {
  it('has the values of NumPy', () => {
    close(np.unwrap(tensor([0, 3, 6.5, -6, 13, -1.5], f64)).jsSync(), [0, 3, 0.21681469282041377, 0.28318530717958623, 0.43362938564082754, -1.5]);
    close(np.unwrap(tensor([1, 2, 3, 0, 1, 5], f64), { period: 4 }).jsSync(), [1, 2, 3, 4, 5, 5]);
    expect(np.unwrap(tensor([[1], [2]])).shape).toEqual([2, 1]);
    // Exactly half a period, up and down.
    close(np.unwrap(tensor([0, 2, 4, 2, 0], f64), { period: 4 }).jsSync(), [0, 2, 4, 2, 0]);
    close(np.unwrap(tensor([0, 4, 8], f64), { discont: 5 }).jsSync(), [0, 4, 8]);
    const m = tensor([[0, 4, 8], [1, 7, 2]], f64);
    close(np.ravel(np.unwrap(m, { axis: 0 })).jsSync(), [0, 4, 8, 1, 7, 8.283185307179586]);
    close(np.ravel(np.unwrap(m)).jsSync(), [0, -2.2831853071795862, -4.5663706143591725, 1, 0.7168146928204138, 2]);
  });
  it('is staged and has the derivative of the identity', () => {
    const x = tensor([1, 2, 3, 0.25, 1, 5.5], f64);
    close(jit((y: typeof x) => np.unwrap(y, { period: 4 }))(x).jsSync(), np.unwrap(x, { period: 4 }).jsSync());
    expect(grad((y: typeof x) => np.sum(np.unwrap(y)))(x).shape).toEqual([6]);
    close(grad((y: typeof x) => np.sum(np.unwrap(y, { period: 4 })))(x).jsSync(), [1, 1, 1, 1, 1, 1]);
  });
  it('refuses a period that is none', () => { expect(() => np.unwrap(tensor([1, 2]), { period: 0 })).toThrow('unwrap: the period 0 is not a positive number'); });
});
