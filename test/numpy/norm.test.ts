// Norms and hypot where squares overflow, vanish, or have no slope; their derivatives against differences.
import { describe, expect, it } from 'vitest';
import { fromData, grad, hessian, np, setBackend, tensor, zeros, type Tensor } from '../../src/index.ts';

await setBackend('reference');
const f64 = (...xs: readonly number[]): Tensor<number[], 'f64'> => fromData(Float64Array.from(xs), [xs.length] as number[]);

describe('norms', () => {
  it('neither overflow nor vanish', () => {
    expect(np.linalg.norm(tensor([3e30, 4e30])).itemSync() / 1e30).toBeCloseTo(5, 5);
    expect(np.linalg.norm(tensor([3e-30, 4e-30])).itemSync() * 1e30).toBeCloseTo(5, 5);
    expect(np.linalg.norm(f64(Infinity, 1)).itemSync()).toBe(Infinity);
    expect(np.linalg.norm(f64(NaN, 1)).itemSync()).toBeNaN();
    expect(np.linalg.norm(zeros([0])).itemSync()).toBe(0);
  });
  it.each([1, 2, 3, 0.5, Infinity, -Infinity] as const)('of order %d: value and gradient', ord => {
    const x = [0.5, -2, 1.25];
    const plain = (v: readonly number[]): number => {
      const a = v.map(Math.abs);
      return ord === Infinity ? Math.max(...a) : ord === -Infinity ? Math.min(...a) : a.reduce((s, c) => s + c ** ord, 0) ** (1 / ord);
    };
    expect(np.linalg.norm(f64(...x), { ord }).itemSync()).toBeCloseTo(plain(x), 12);
    const slopes = grad((v: Tensor<number[], 'f64'>) => np.linalg.norm(v, { ord }))(f64(...x)).dataSync();
    const h = 1e-6;
    x.forEach((_, i) => {
      const moved = (by: number): number => plain(x.map((v, k) => k === i ? v + by : v));
      expect(slopes[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 7);
    });
  });
  it('at 0 the gradient is 0, of rows one by one', () => {
    expect(grad((v: Tensor<[2]>) => np.linalg.norm(v))(zeros([2])).jsSync()).toEqual([0, 0]);
    expect(grad((v: Tensor<[2]>) => np.linalg.norm(v, { ord: 3 }))(zeros([2])).jsSync()).toEqual([0, 0]);
    expect(grad((v: Tensor<[2, 2]>) => np.sum(np.linalg.norm(v, { axis: 1 })))(tensor([[0, 0], [3, 4]])).jsSync()).toEqual([[0, 0], [Math.fround(0.6), Math.fround(0.8)]]);
    expect(grad((v: Tensor<[2]>) => np.sum(np.hypot(v, v)))(zeros([2])).jsSync()).toEqual([0, 0]);
  });
  it('the Hessian is that of the formula: (I - u u\') / |x|', () => {
    const h = hessian((v: Tensor<[2], 'f64'>) => np.linalg.norm(v))(fromData(Float64Array.of(3, 4), [2])).dataSync();
    [16 / 125, -12 / 125, -12 / 125, 9 / 125].forEach((want, i) => expect(h[i]).toBeCloseTo(want, 12));
  });
});
