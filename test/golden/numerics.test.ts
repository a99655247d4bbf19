// Functions and their slopes where formulas are 0 / 0, overflow or leave their domain: the same on every backend, alone and under jit, in both widths.
import { afterAll, describe, expect, it } from 'vitest';
import { fromData, getBackend, grad, jit, np, setBackend, type Float, type Shape, type Tensor } from '../../src/index.ts';
import { lines, type T } from './numerics.ts';

const backends = ['reference', 'wasm'] as const;
const before = getBackend();
afterAll(async () => { await setBackend(before); });
describe.each(backends)('on %s', name => {
  const expectAll = (got: Tensor<Shape, Float>, want: readonly number[], what: string): void => {
    const ulp = got.dtype === 'f64' ? 2 ** -51 : 2 ** -22;
    const data = Array.from(got.dataSync(), Number);
    expect(data.length).toBe(want.length);
    const wrong = data.filter((g, i) => {
      const w = want[i] ?? NaN;
      return !(Object.is(g, w) || g === w || Math.abs(g - w) <= ulp * Math.abs(w));
    });
    expect({ what, dtype: got.dtype, wrong, data, want }).toEqual({ what, dtype: got.dtype, wrong: [], data, want });
  };
  it.each(lines)('%s', async (_name, f, at, want, slopes) => {
    await setBackend(name);
    for (const dtype of ['f32', 'f64'] as const) {
      const x: T = fromData(Float64Array.from(at), [at.length], dtype);
      const slope = grad((v: T): Tensor<[], Float> => np.sum(f(v)));
      expectAll(f(x), want, 'value');
      expectAll(jit(f)(x), want, 'jitted value');
      expectAll(slope(x), slopes, 'slope');
      expectAll(jit(slope)(x), slopes, 'jitted slope');
    }
  });
});
