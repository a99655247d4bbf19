// What programs mean, the same on every backend: each line a rule and its outcome, run alone, under jit, and inside a larger program.
// A backend joins by its name in `backends`.
import { afterAll, describe, expect, it } from 'vitest';
import {
  checked, fromData, full, getBackend, grad, jit, np, setBackend, tensor, zeros, type AnyTensor, type DType, type Shape, type Tensor,
} from '../../src/index.ts';
import { f32, i32, lines, type Any, type F, type I } from './semantics.ts';

/** The backends that must agree to the letter. */
const backends = ['reference', 'wasm'] as const;

const elements = (x: AnyTensor): number[] => Array.from(x.dataSync(), Number);
const read = (x: AnyTensor): { readonly dtype: DType; readonly data: readonly number[] } => ({ dtype: x.dtype, data: elements(x) });
const before = getBackend();
afterAll(async () => { await setBackend(before); });

describe.each(backends)('%s', backend => {
  const on = async <R>(f: () => R): Promise<R> => { await setBackend(backend); return f(); };
  it.each(lines.map(one => [one.rule, one] as const))('%s', async (_rule, { operands, run, want, dtype }) => {
    await on(() => {
      // A tensor that a backend has taken stays with it.
      const fresh = (): AnyTensor[] => operands.map(x => fromData(x.dataSync(), x.shape, x.dtype));
      const direct = read(run(fresh()));
      expect(direct.data).toEqual(want);
      if (dtype !== undefined) expect(direct.dtype).toBe(dtype);
      // Compiled, and between other equations, which may be fused with it.
      const compiled = jit((xs: Any[]): AnyTensor => run(xs));
      expect(read(compiled(fresh())).data).toEqual(want);
    });
  });

  it('an index outside is the first violation of a checked function, thrown at the read', async () => {
    await on(() => {
      const safe = checked((x: F, i: I) => np.take(x, i));
      expect(() => elements(safe(f32(1, 2), i32(0, 7)))).toThrow(/index 7 is outside/);
    });
  });

  // ---- dtypes ----------------------------------------------------------------------------------------------------------------
  it('f32 is the default', async () => { await on(() => { expect([tensor([1]).dtype, zeros([1]).dtype, full([1], 2).dtype]).toEqual(['f32', 'f32', 'f32']); }); });
  it('f64 keeps its digits', async () => { await on(() => { expect(elements(np.add(fromData(Float64Array.of(0.1), [1]), 0.2))).toEqual([0.1 + 0.2]); }); });
  it('data are arrays of their dtype', async () => {
    await on(() => {
      expect(np.add(tensor([1], 'f16'), 1).dataSync()).toBeInstanceOf(Float32Array);
      expect(np.add(tensor([250], 'u8'), 10).dataSync()).toBeInstanceOf(Uint8Array);
      expect(np.add(tensor([1], 'i8'), 1).dataSync()).toBeInstanceOf(Int8Array);
    });
  });
  it('bool is read as true and false', async () => { await on(() => { expect(np.logicalNot(tensor([true, false])).jsSync()).toEqual([false, true]); }); });
  it('nothing is promoted, and nothing is silently narrowed', async () => {
    await on(() => {
      const untyped = np.add as (a: AnyTensor, b: AnyTensor | number) => AnyTensor;
      expect(() => untyped(f32(1), i32(1))).toThrow('dtypes differ: f32 vs i32 (use astype)');
      expect(() => untyped(i32(1), 0.5)).toThrow('add: the number 0.5 is not a value of i32');
      expect(() => fromData(Float64Array.of(2 ** 40), [1], 'i32')).toThrow('the number 1099511627776 is not a value of i32');
    });
  });
  it('a gradient has the dtype of its parameter', async () => {
    await on(() => {
      for (const dtype of ['f32', 'f64', 'f16'] as const) expect(grad((x: Tensor<Shape, typeof dtype>) => np.astype(np.sum(np.square(x)), 'f32'))(np.astype(tensor([1, 2]), dtype)).dtype).toBe(dtype);
    });
  });
  it('subnormal results are themselves or zero', async () => {
    await on(() => { for (const v of elements(np.multiply(f32(1e-30), 1e-10))) expect([Math.fround(Math.fround(1e-30) * Math.fround(1e-10)), 0]).toContain(v); });
  });
});
