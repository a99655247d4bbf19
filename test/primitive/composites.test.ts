// Composites with pairs: every law about programs on each of them, what they keep for the backward pass, names that survive vmap, and
// values and derivatives where functions saturate.
import { describe, expect, test } from 'vitest';
import { programWith } from '../../laws/program.ts';
import { showReport } from '../../laws/report.ts';
import { bytesOf } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { peakBytes } from '../../src/ir/liveness.ts';
import { crossEntropy, crossEntropySoft, logSoftmax, logsumexp, softmax } from '../../src/primitive/composites.ts';
import { binaryCrossEntropy, gelu, silu, softplus } from '../../src/primitive/compositesActivation.ts';
import { attention, type AttentionOptions } from '../../src/primitive/compositesAttention.ts';
import { batchNorm, batchNormGiven, layerNorm, rmsNorm } from '../../src/primitive/compositesNorm.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { add, f64, grad, hessian, i32, jit, jvp, list, makeJaxpr, mul, num, sum, tensor, vmap, type T } from '../trace/language.ts';
import { expectClose, slopes } from '../transform/close.ts';

/** Numbers in [-2, 2] that follow from a seed. */
const drawn = (n: number, seed: number): number[] => Array.from({ length: n }, (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed + i * i * 0.37));
const random = (shape: readonly number[], seed: number, dtype: 'f64' | 'f32' | 'f16' = 'f64'): T =>
  tensor(drawn(shape.reduce((a, b) => a * b, 1), seed), dtype, shape);
const bools = (values: readonly number[], shape: readonly number[]): T => tensor(values, 'bool', shape);
const T1 = (f: (...xs: readonly T[]) => unknown) => (...xs: readonly T[]): T => handleOf(f(...xs) as T);

interface Subject { readonly f: (...xs: readonly T[]) => unknown; readonly at: readonly T[] }
const seen = [1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1];
const q = random([2, 3, 2, 2], 1);
const k = random([2, 4, 2, 2], 2);
const v = random([2, 4, 2, 3], 3);
const attended = (options: AttentionOptions = {}) => T1((a, b, c) => attention(a as T, b as T, c as T, options));
const subjects: { readonly [name: string]: Subject } = {
  softmax: { f: T1(x => softmax(x as T, 0)), at: [random([3, 2], 1)] },
  logSoftmax: { f: T1(x => logSoftmax(x as T)), at: [random([2, 3], 2)] },
  logsumexp: { f: T1(x => logsumexp(x as T, [0, 2])), at: [random([2, 3, 2], 3)] },
  gelu: { f: T1(x => gelu(x as T)), at: [random([7], 4)] },
  'gelu, exact': { f: T1(x => gelu(x as T, false)), at: [random([7], 4)] },
  silu: { f: T1(x => silu(x as T)), at: [random([7], 4)] },
  softplus: { f: T1(x => softplus(x as T)), at: [random([7], 5)] },
  binaryCrossEntropy: { f: T1((x, t) => binaryCrossEntropy(x as T, t as T)), at: [random([2, 3], 6), f64([[0.2, 0, 1], [0.5, 1, 0.9]])] },
  crossEntropy: { f: T1(x => crossEntropy(x as T, i32([1, 0, 3]))), at: [random([3, 4], 16)] },
  crossEntropySoft: { f: T1((x, t) => crossEntropySoft(x as T, t as T)), at: [random([2, 3], 6), f64([[0.2, 0.3, 0.5], [0.25, 1, 0.9]])] },
  layerNorm: { f: T1((x, s, b) => layerNorm(x as T, s as T, b as T)), at: [random([3, 4], 7), random([4], 8), random([4], 9)] },
  rmsNorm: { f: T1((x, s) => rmsNorm(x as T, s as T)), at: [random([3, 4], 10), random([4], 11)] },
  batchNorm: { f: (x, s, b) => batchNorm(x as T, s as T, b as T, [0, 1]).map(y => handleOf(y)), at: [random([3, 2, 2], 12), random([2], 13), random([2], 14)] },
  'batchNorm, features before space': { f: (x, s, b) => batchNorm(x as T, s as T, b as T, [-1, 0]).map(y => handleOf(y)), at: [random([2, 2, 3], 12), random([2], 13), random([2], 14)] },
  batchNormGiven: { f: T1((x, s, b, m, w) => batchNormGiven(x as T, s as T, b as T, m as T, w as T, [0])), at: [random([3, 2], 15), random([2], 16), random([2], 17), random([2], 18), f64([0.5, 2])] },
  attention: { f: attended(), at: [q, k, v] },
  'attention, causal': { f: attended({ causal: true, scale: 0.3 }), at: [q, k, v] },
  'attention, mask': { f: attended({ mask: bools(seen, [3, 4]) }), at: [q, k, v] },
  'attention, lengths': { f: attended({ causal: true, keyLengths: i32([4, 2]) }), at: [q, k, v] },
  'attention, mask and lengths that leave queries blind': { f: attended({ mask: bools([0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0], [1, 3, 4]), keyLengths: i32([4, 1]) }), at: [q, k, v] },
};
describe('the laws of programs', () => {
  let judged = 0;
  let of = 0;
  test.each(Object.entries(subjects))('%s', (name, { f, at }) => {
    const report = programWith({ runs: 3, seed: 11 }, f, ...at);
    judged += report.share.judged;
    of += report.share.of;
    console.log(`${name}: ${showReport(report)}`);
    expect(report.runs).toBe(3);
  }, 60_000);
  test('finite differences could judge most derivatives', () => {
    console.log(`composites: judged ${judged} of ${of}`);
    expect(of).toBeGreaterThan(100);
    expect(judged / of).toBeGreaterThan(0.95);
  });
});

const total = (f: (...xs: readonly T[]) => unknown) => (...xs: readonly T[]): T => {
  const y = f(...xs);
  return (Array.isArray(y) ? y as T[] : [y as T]).map(t => sum(mul(t, t))).reduce((a, b) => add(a, b));
};
const names = (j: Jaxpr): string[] => j.eqns.flatMap(e => typeof e.params['name'] === 'string' ? [e.params['name']] : []);

describe('pairs', () => {
  const paired = ['softmax', 'logSoftmax', 'logsumexp', 'crossEntropy', 'crossEntropySoft', 'gelu', 'silu', 'softplus', 'binaryCrossEntropy', 'layerNorm', 'rmsNorm', 'batchNorm', 'attention', 'attention, lengths'];
  /** The name in programs: what stands before the comma, which is how the subject is varied. */
  const operation = (subject: string): string => subject.split(',')[0] ?? subject;
  test.each(paired)('%s: reverse mode is its own, under vmap and jit too', name => {
    const { f, at } = subjects[name] ?? { f: () => { throw new Error('no subject'); }, at: [] };
    const composed = (g: (...xs: readonly T[]) => unknown, xs: readonly T[]): string[] => names(makeJaxpr(g as never)(...xs).jaxpr);
    const gradient = grad(total(f));
    const own = [`${operation(name)}.forward`, operation(name)];
    expect(composed(gradient, at)).toEqual(own);
    const lifted = at.map(x => tensor([...list(x), ...list(x).map(e => 0.9 * e)], 'f64', [2, ...x.shape]));
    expect(composed(vmap(gradient), lifted)).toEqual(own);
    expect(composed(grad((...xs: readonly T[]) => sum(vmap(total(f))(...xs))), lifted)).toEqual(own);
    const shared = at.map((_, i) => i === 0 ? 0 : null);
    const [x, ...rest] = [lifted[0] ?? f64(0), ...at.slice(1)];
    expect(composed(vmap(gradient, { inAxes: shared }), [x, ...rest])).toEqual(own);
    expect(list(jit(gradient)(...at))).toEqual(list(gradient(...at)));
  });
  test.each(paired)('%s: the pullback agrees with forward mode, and the second derivative with differences', name => {
    const { f, at: [x, ...rest] } = subjects[name] ?? { f: () => 0, at: [] };
    if (x === undefined) throw new Error('no subject');
    const one = (y: T): T => total(f)(y, ...rest);
    expectClose(grad(one)(x), slopes(one, x), 1e-7);
    const along = random(x.shape, 30);
    const directional = (y: T): T => sum(mul(grad(one)(y), along));
    expectClose(grad(directional)(x), slopes(directional, x), 1e-6);
    expectClose(jvp(grad(one), [x], [along])[1], [...list(grad(directional)(x))], 1e-10);
  });
});

/** What the forward half of a composite hands to the backward half, besides its results and what it was given. */
function kept(f: (...xs: readonly T[]) => unknown, xs: readonly T[], name: string): { readonly bytes: number; readonly all: number; readonly largest: number } {
  const { jaxpr } = makeJaxpr(grad(total(f), { argnums: xs.map((_, i) => i) }) as never)(...xs);
  const e = jaxpr.eqns.find(one => one.params['name'] === `${name}.forward`);
  if (e === undefined) throw new Error(`no ${name}.forward`);
  const sizes = e.outputs.map(o => bytesOf(o.aval));
  const inputs = e.inputs.reduce((n, i) => n + bytesOf(i.aval), 0);
  const result = sizes[0] ?? 0;
  const all = sizes.reduce((a, b) => a + b, 0);
  return { bytes: all - inputs - result, all, largest: Math.max(...sizes) };
}
describe('what is kept for the backward pass', () => {
  test('attention: the result and two numbers a query, which grow with the length; nothing grows with its square', () => {
    const [heads, depth] = [2, 8];
    const at = (n: number): { readonly bytes: number; readonly all: number; readonly largest: number } => {
      const x = random([1, n, heads, depth], 1, 'f32');
      return kept(attended({ causal: true }), [x, x, x], 'attention');
    };
    const [small, large] = [at(64), at(512)];
    console.log(`attention, ${heads} heads of depth ${depth}, f32: kept ${small.bytes} bytes at length 64, ${large.bytes} at 512 (weights would be ${4 * heads * 64 * 64} and ${4 * heads * 512 * 512}); with inputs and result ${large.all}`);
    expect(large.bytes).toBe(8 * small.bytes);
    expect(large.bytes).toBe(4 * 512 * heads * (depth + 2));
    expect(large.largest).toBe(4 * 512 * heads * depth);
  });
  test('attention: a mask and key lengths are kept as they are given, nothing is made of them', () => {
    const [n, heads, depth] = [32, 2, 8];
    const x = random([3, n, heads, depth], 1, 'f32');
    const mask = bools(Array.from({ length: n * n }, (_, i) => i % 3 > 0 ? 1 : 0), [n, n]);
    const { bytes, largest } = kept((a, b, c) => attention(a as T, b as T, c as T, { mask, keyLengths: i32([4, n, 0]) }), [x, x, x], 'attention');
    expect(bytes).toBe(3 * 4 * n * heads * (depth + 2));
    expect(largest).toBe(3 * 4 * n * heads * depth);
  });
  test('attention: between the halves of a deep network nothing of size length x length is alive', () => {
    const n = 128;
    const x = random([n, 1, 4], 1, 'f32');
    const deep = (layers: number) => (y: T): T => { let h = y; for (let i = 0; i < layers; i++) h = handleOf(attention(h, h, h, { causal: true })); return sum(mul(h, h)); };
    const peak = (layers: number): number => peakBytes(makeJaxpr(grad(deep(layers)))(x).jaxpr);
    const each = (peak(12) - peak(4)) / 8;
    console.log(`attention: a further layer of length ${n}, one head of depth 4, costs ${each} bytes at the peak; its weights would be ${4 * n * n}`);
    expect(each).toBeLessThanOrEqual(4 * n * (4 + 2) + 4 * n);
  });
  test.each([['gelu', 0], ['silu', 0], ['softplus', 0], ['binaryCrossEntropy', 0]])('%s: its inputs alone', (name, bytes) => {
    const { f, at } = subjects[name] ?? { f: () => 0, at: [] };
    expect(kept(f, at, name).bytes).toBe(bytes);
  });
  test('norms: inputs and statistics', () => {
    const small = (name: string): number => { const { f, at } = subjects[name] ?? { f: () => 0, at: [] }; return kept(f, at, name).bytes; };
    // Mean and inverse deviation a row less the bias, which is not kept; the inverse root a row.
    expect(small('layerNorm')).toBe(8 * (2 * 3 - 4));
    expect(small('rmsNorm')).toBe(8 * 3);
    // Beside y: mean and variance as results, mean and inverse as residuals, less the bias.
    expect(small('batchNorm')).toBe(8 * (2 * 2 + 2 * 2 - 2));
    expect(small('logsumexp')).toBe(8 * 2 * 3);
    // The greatest logit and the sum of a row, beside the inputs.
    expect(small('crossEntropySoft')).toBe(8 * 2 * 2);
    expect(small('crossEntropy')).toBe(8 * 2 * 3);
    expect(small('logSoftmax')).toBe(8 * 2 * 2);
  });
});

describe('at the edges', () => {
  const pulled = (f: (x: T) => unknown, x: T): number[] => list(grad((y: T) => sum(handleOf(f(y) as T)))(x));
  test('softplus and silu: exact slopes of every order at 0 and far from it', () => {
    expect(pulled(softplus, f64([-1000, 0, 1000]))).toEqual([0, 0.5, 1]);
    const third = grad(grad(grad((x: T) => handleOf(softplus(x)))));
    expectClose([num(grad(grad((x: T) => handleOf(softplus(x))))(f64(0))), num(third(f64(0)))], [0.25, 0]);
    // Forward mode differentiates the decomposition, to all orders.
    const forward = (f: (x: T) => T) => (x: T): T => jvp(f, [x], [f64(1)])[1];
    expectClose([0, 1, 2, 3].map(n => num(Array.from({ length: n }).reduce<(x: T) => T>(g => forward(g), x => handleOf(softplus(x)))(f64(0)))), [Math.LN2, 0.5, 0.25, 0]);
    expectClose(pulled(silu, f64([-1000, 0, 1000])), [0, 0.5, 1], 0);
    expectClose(pulled(silu, tensor([-1e38, 1e38])), [0, 1], 0);
    expectClose(pulled(silu, f64([-40])), [Math.exp(-40) * (1 - 40)], 1e-15);
  });
  test('the logistic loss keeps its digits where the target is right by a wide margin', () => {
    const slopeOf = (x: number, t: number): number => num(grad((y: T) => handleOf(binaryCrossEntropy(y, f64(t))))(f64(x)));
    expect(slopeOf(50, 1)).toBeCloseTo(-Math.exp(-50), 30);
    expect(slopeOf(-50, 0)).toBeCloseTo(Math.exp(-50), 30);
    expectClose([slopeOf(1000, 0), slopeOf(-1000, 1), slopeOf(1000, 1)], [1, -1, 0], 0);
    expect(num(grad((t: T) => handleOf(binaryCrossEntropy(f64(3), t)))(f64(0.4)))).toBe(-3);
  });
  test('logsumexp: large, infinite and missing elements', () => {
    const one = (x: T): T => handleOf(logsumexp(x, [0]));
    expect(num(one(f64([1000, 1000])))).toBeCloseTo(1000 + Math.LN2, 12);
    expect(pulled(one, f64([1000, 1000]))).toEqual([0.5, 0.5]);
    expect(pulled(one, f64([-Infinity, 0]))).toEqual([0, 1]);
    expect([num(one(f64([-Infinity, -Infinity]))), ...pulled(one, f64([-Infinity, -Infinity]))]).toEqual([-Infinity, 0, 0]);
    expect(num(one(tensor([], 'f64', [0])))).toBe(-Infinity);
    // Weights add up to 1 to the last place however large the shift is.
    expectClose(pulled(one, tensor([1e6, 1e6 - 1, 1e6 - 2], 'f32')).reduce((a, b) => a + b), 1, 2e-7);
  });
  test('f16 is computed in f32: squares and scores may pass 65504', () => {
    const x = tensor([300, -300, 300, 300], 'f16', [1, 4]);
    const unit = tensor([1, 1, 1, 1], 'f16');
    const none = tensor([0, 0, 0, 0], 'f16');
    expect(list(handleOf(rmsNorm(x, unit)))).toEqual([1, -1, 1, 1]);
    expectClose(list(handleOf(layerNorm(x, unit, none))), [0.577, -1.732, 0.577, 0.577], 2e-3);
    const q16 = tensor([400, 400, 0, 0], 'f16', [1, 1, 4]);
    expect(handleOf(attention(q16, q16, q16)).dtype).toBe('f16');
    expect(list(grad((y: T) => sum(handleOf(attention(y, q16, q16))))(q16))).toEqual([0, 0, 0, 0]);
  });
  test('attention: a query that sees nothing gives zeros and takes no gradient', () => {
    const mask = bools([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], [3, 4]);
    const f = (a: T, b: T, c: T): T => handleOf(attention(a, b, c, { mask }));
    expect(list(f(q, k, v)).slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
    const [dq, dk, dv] = grad<[T, T, T]>(total(f as never), { argnums: [0, 1, 2] })(q, k, v);
    expect(list(dq).slice(0, 4)).toEqual([0, 0, 0, 0]);
    for (const d of [dq, dk, dv]) expect(list(d).every(Number.isFinite)).toBe(true);
    expect(list(handleOf(attention(q, tensor([], 'f64', [2, 0, 2, 2]), tensor([], 'f64', [2, 0, 2, 3]))))).toEqual(Array(36).fill(0));
  });
  test('attention: scores as large as they come', () => {
    const big = mul(q, 1e4);
    const f = (a: T): T => handleOf(attention(a, k, v, { causal: true }));
    expect(list(f(big)).every(Number.isFinite)).toBe(true);
    expect(list(grad(total(f as never))(big)).every(Number.isFinite)).toBe(true);
    expect(list(hessian((a: T) => sum(f(a)))(random([2, 3, 2, 2], 4))).every(Number.isFinite)).toBe(true);
  });
});
