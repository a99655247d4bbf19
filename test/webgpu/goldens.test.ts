// What programs mean, on WebGPU: the rules and outcomes of the other backends.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checked, fromData, getBackend, grad, jit, np, setBackend, type AnyTensor, type Float, type Shape, type Tensor } from '../../src/index.ts';
import { f32, i32, lines as rules, type Any, type F, type I } from '../golden/semantics.ts';
import { lines as functions, type T } from '../golden/numerics.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

const before = getBackend();
const fresh = new Map<AnyTensor, () => AnyTensor>();
beforeAll(async () => {
  // Read where it can be done at once: a tensor that a backend has taken stays with it.
  for (const { operands } of rules) for (const x of operands) { const data = await x.data(); fresh.set(x, () => fromData(data, x.shape, x.dtype)); }
  await installSoftwareGpu();
  await setBackend('webgpu');
});
afterAll(async () => { await setBackend(before); });

const outcome = async (run: () => AnyTensor): Promise<readonly number[]> => Array.from(await run().data(), Number);
/** What differs; where kernels are only checked there are values, which nothing computed. */
const wrong = (got: readonly number[], want: readonly number[], same: (g: number, w: number) => boolean): readonly string[] => got.length !== want.length ? [`${got.length} values, not ${want.length}`]
  : runsKernels ? got.flatMap((g, i) => same(g, want[i] ?? NaN) ? [] : [`element ${i}: ${g}, not ${want[i]}`]) : [];
describe('goldens on webgpu', () => {
  it.each(rules.map(one => [one.rule, one] as const))('%s', async (_rule, { operands, run, want, dtype }) => {
    const again = (): AnyTensor[] => operands.map(x => fresh.get(x)?.() ?? expect.fail('an operand was not read'));
    const compiled = jit((xs: Any[]): AnyTensor => run(xs));
    for (const program of [() => run(again()), () => compiled(again())]) {
      expect(wrong(await outcome(program), want, Object.is)).toEqual([]);
    }
    if (dtype !== undefined) expect(run(again()).dtype).toBe(dtype);
  });
  it.each(functions)('%s', async (_name, f, at, want, slopes) => {
    const x = (): T => fromData(Float32Array.from(at), [at.length]);
    const slope = (v: T): T => grad((u: T): Tensor<[], Float> => np.sum(f(u)))(v);
    // The bound of the other backends: two units in the last place.
    const near = (g: number, w: number): boolean => Object.is(g, w) || g === w || Math.abs(g - w) <= 2 ** -22 * Math.abs(w);
    const programs: readonly (readonly [string, (v: T) => Tensor<Shape, Float>, readonly number[]])[] = [['value', f, want], ['jitted value', jit(f), want], ['slope', slope, slopes], ['jitted slope', jit(slope), slopes]];
    const told: string[] = [];
    for (const [what, program, expected] of programs) {
      told.push(...wrong(await outcome(() => program(x())), expected, near).map(words => `${what}, ${words}`));
    }
    expect(told).toEqual([]);
  });
  it('an index outside is the first violation of a checked function, told at the read', async () => {
    const safe = checked((x: F, i: I) => np.take(x, i));
    const read = Promise.resolve().then(() => safe(f32(1, 2), i32(0, 7)).data());
    if (runsKernels) await expect(read).rejects.toThrow(/index 7 is outside/); else await read;
  });
});
