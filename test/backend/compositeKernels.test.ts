// Kernels that a backend registers for composites against the decompositions of the composites: every name, both rungs, random shapes with
// 0, 1 and primes, special values, rows that see nothing. And what they are for: nothing of size queries x keys in memory.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { attentionKernels, attentionTiles, type AttentionTiles } from '../../kernels/wasm/attention.ts';
import { bestRung, WasmBackend } from '../../src/backend/wasm/backend.ts';
import { compositeKernels } from '../../src/backend/wasm/composites.ts';
import { compileProgram } from '../../src/backend/wasm/program.ts';
import { allocate, isFloat, roundTo, type DType } from '../../src/dtype/dtype.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import { bodiesOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { compositeName, withKernels, type CompositeKernels } from '../../src/pass/compositeKernels.ts';
import { crossEntropy, crossEntropySoft, logSoftmax, logsumexp, softmax } from '../../src/primitive/composites.ts';
import { gelu } from '../../src/primitive/compositesActivation.ts';
import { attention, type AttentionOptions } from '../../src/primitive/compositesAttention.ts';
import { layerNorm, rmsNorm } from '../../src/primitive/compositesNorm.ts';
import { stage } from '../../src/trace/scope.ts';
import { vjp, vmap, type T } from '../trace/language.ts';
import { Dice } from './randomPrograms.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const none: CompositeKernels = new Map();
/** Tiles so small that small operands are cut. */
const tiny: readonly AttentionTiles[] = [
  { whole: 0, bytes: 64, fewest: 1, most: 3, bands: 4 },
  { whole: 0, bytes: 1000, fewest: 2, most: 5, bands: 2 },
  { whole: 0, bytes: 4, fewest: 4, most: 4, bands: 1 },
];
const rungs = [{ name: 'simd', fma: false } as const, ...(bestRung().fma ? [bestRung()] : [])];

/** The names of composites in a program, those in nested bodies included. */
const namesIn = (j: Jaxpr): readonly string[] => j.eqns.flatMap(e => [...[compositeName(e)].flatMap(n => n ?? []), ...bodiesOf(e.params).flatMap(namesIn)]);
function run(backend: WasmBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): readonly NDArray[] {
  const buffers = inputs.map(x => backend.upload(x.data, aval(x.shape, x.dtype)));
  const outs = backend.compile(jaxpr).run(buffers, buffers.map(() => false));
  const values = jaxpr.outputs.map((o, i): NDArray => { const b = outs[i]; if (b === undefined) expect.fail('a result is missing'); return { ...o.aval, data: backend.downloadSync(b, o.aval) }; });
  for (const b of new Set([...buffers, ...outs])) backend.release(b);
  return values;
}

/** A program that holds composites, and values for its inputs. `exact`: how many results, from the first, must be the same bits. */
interface Subject { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[]; readonly exact: number; readonly what: string }
const specials = [NaN, Infinity, -Infinity, 0, -0, 1e30, -1e-30];
function drawn(a: Aval, dice: Dice, special: boolean): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  for (let i = 0; i < data.length; i++) {
    const x = special && isFloat(a.dtype) && dice.below(30) === 0 ? dice.pick(specials, 0) : (dice.below(4001) - 2000) / 1000;
    data[i] = a.dtype === 'bool' ? Number(dice.below(4) > 0) : roundTo(a.dtype, isFloat(a.dtype) ? x : dice.below(9));
  }
  return { ...a, data };
}
const extents = [0, 1, 2, 3, 4, 5, 7, 8, 13, 17];
/** Attention and its pullback with respect to some of its operands; sometimes mapped over an axis that not all operands have. */
function attentionSubject(dice: Dice, special: boolean): Subject {
  const extent = (): number => dice.pick(extents, 3);
  const dtype = dice.pick<DType>(['f32', 'f32', 'f32', 'f64', 'f16'], 'f32');
  const lead = Array.from({ length: dice.below(3) }, () => dice.pick([1, 2, 3], 2));
  const [t, h, d, f] = [extent(), dice.pick([1, 2, 3], 2), extent(), extent()];
  const s = dice.below(2) === 0 ? t : extent();
  const some = (n: number): number => dice.below(2) === 0 ? n : 1;
  const masked = dice.below(2) === 0;
  const maskShape = [...lead.map(some), some(h), some(t), some(s)].slice(dice.below(lead.length + 3));
  const options: AttentionOptions = { causal: dice.below(2) === 0, ...dice.below(2) === 0 ? { scale: 0.7 } : {} };
  const lengths = dice.below(3) === 0;
  const own: readonly Aval[] = [
    aval([...lead, t, h, d], dtype), aval([...lead, s, h, d], dtype), aval([...lead, s, h, f], dtype),
    ...masked ? [aval(maskShape, 'bool')] : [], ...lengths ? [aval(lead, dice.pick<DType>(['i32', 'u8'], 'i32'))] : [],
  ];
  const call = ([q, k, v, ...rest]: readonly T[]): T => {
    if (q === undefined || k === undefined || v === undefined) expect.fail('operands are missing');
    const [mask, keyLengths] = [masked ? rest[0] : undefined, lengths ? rest[rest.length - 1] : undefined];
    return attention(q, k, v, { ...options, mask, keyLengths }) as T;
  };
  const mapped = dice.below(3) === 0;
  const axes = own.map((_, i) => mapped && (i < 3 ? dice.below(4) > 0 : dice.below(2) === 0) ? 0 : null);
  const over = axes.some(a => a === 0);
  const avals = own.map((a, i) => axes[i] === 0 ? aval([2, ...a.shape], a.dtype) : a);
  const f1 = (...xs: readonly T[]): T => over ? vmap((...ys: readonly T[]) => call(ys), { inAxes: axes })(...xs) as T : call(xs);
  const wanted = dice.pick<readonly number[]>([[0, 1, 2], [0, 1, 2], [1], [0, 2]], [0, 1, 2]);
  const out = stage('out', avals, xs => [f1(...xs as readonly T[])]).jaxpr.outputs[0]?.aval ?? expect.fail('no result');
  const all = [...avals, out];
  const program = (xs: readonly AnyTensor[]): readonly AnyTensor[] => {
    const operands = xs.slice(0, -1).map(x => x as T);
    const [y, pull] = vjp((...some3: readonly T[]) => f1(...operands.map((x, i) => { const k = wanted.indexOf(i); return k < 0 ? x : some3[k] ?? x; })), ...wanted.map(i => operands[i] ?? expect.fail('no operand')));
    const back = pull(xs.at(-1) as T) as readonly T[] | T;
    // The call itself is a composite of its own.
    return [f1(...operands), y as T, ...Array.isArray(back) ? back as T[] : [back as T]];
  };
  const { jaxpr } = stage('subject', all, program);
  return { jaxpr, inputs: all.map(a => drawn(a, dice, special)), exact: 2, what: `${JSON.stringify({ ...options, wanted, axes })} ${all.map(a => `${a.dtype}[${a.shape.join()}]`).join(' ')}` };
}
/** A program for each name that has a kernel. */
const subjects: { readonly [name: string]: (dice: Dice, special: boolean) => Subject } = {
  attention: attentionSubject, 'attention.forward': attentionSubject, 'attention.backward': attentionSubject,
};

const unitOf: { readonly [D in DType]?: number } = { f64: 2 ** -50, f32: 2 ** -21, f16: 2 ** -10 };
function expectSame(got: readonly NDArray[], want: readonly NDArray[], { exact, what }: Subject, context: string): void {
  got.forEach((g, i) => {
    const w = want[i] ?? expect.fail('a result is missing');
    const sizes = Array.from(w.data, x => Math.abs(Number(x))).filter(x => Number.isFinite(x));
    const largest = Math.max(1, ...sizes);
    for (let k = 0; k < g.data.length; k++) {
      const [a, b] = [Number(g.data[k]), Number(w.data[k])];
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      // Rows of f32 are the same sums in the same order. Products of f64, and gradients of keys and values, are summed in another order:
      // at most 17 terms, whose cancelled parts are of the size of the largest result.
      const bound = i < exact && g.dtype === 'f32' ? 0 : 34 * (unitOf[g.dtype] ?? 0) * largest;
      if (!(Math.abs(a - b) <= bound)) expect.fail(`result ${i}, element ${k}: ${a} by the kernel, ${b} by the decomposition, bound ${bound}\n${context} ${what}`);
    }
  });
}

describe('kernels of composites', () => {
  it('each name that is registered has a program here that holds it', () => {
    expect([...compositeKernels.keys()].sort()).toEqual(Object.keys(subjects).sort());
    for (const [name, make] of Object.entries(subjects)) expect(namesIn(make(new Dice(1), false).jaxpr)).toContain(name);
  });
  it.each(rungs.map(r => [r.name, r] as const))('mean what the decompositions mean, on rung %s', (_name, rung) => {
    const decomposed = new WasmBackend({ rung, kernels: none });
    const tiled = tiny.map(tiles => new WasmBackend({ rung, kernels: attentionKernels(tiles) }));
    const used = new Map<string, number>();
    const dice = new Dice(seed);
    for (const make of new Set(Object.values(subjects))) {
      for (let i = 0; i < 40; i++) {
        const subject = make(dice, i % 4 === 3);
        const backend = tiled[i % tiled.length] ?? decomposed;
        withKernels(subject.jaxpr, backend.kernels, n => { used.set(n, (used.get(n) ?? 0) + 1); });
        expectSame(run(backend, subject.jaxpr, subject.inputs), run(decomposed, subject.jaxpr, subject.inputs), subject, `SEED=${seed} program ${i}`);
      }
    }
    for (const name of compositeKernels.keys()) expect(used.get(name) ?? 0, name).toBeGreaterThan(10);
  }, 60_000);
  it('stand in for nothing that batching has given axes to in another way', () => {
    const [q, k] = [aval([2, 3, 4, 1, 2], 'f32'), aval([3, 4, 1, 2], 'f32')];
    const { jaxpr } = stage('shared', [q, k], ([x, y]) => [vmap((a: T) => attention(a, y as T, y as T) as T)(x as T) as T]);
    const seen: string[] = [];
    withKernels(jaxpr, attentionKernels({ ...attentionTiles, whole: 0 }), n => { seen.push(n); });
    expect([namesIn(jaxpr), seen]).toEqual([['attention'], []]);
  });
  it('stand in for nothing whose mask was batched fewer times than its queries: which of the axes is the mask\'s is not known', () => {
    const [x, m] = [aval([2, 2, 3, 1, 2], 'f32'), aval([2, 3, 3], 'bool')];
    const { jaxpr } = stage('masks', [x, m], ([a, b]) => {
      const masked = (q: T, mask: T): T => attention(q, q, q, { mask }) as T;
      return [vmap((q: T) => vmap(masked)(q, b as T) as T)(a as T) as T];
    });
    const seen: string[] = [];
    withKernels(jaxpr, attentionKernels({ ...attentionTiles, whole: 0 }), n => { seen.push(n); });
    expect([namesIn(jaxpr), seen]).toEqual([['attention'], []]);
  });
  it('small attention is its decomposition', () => {
    const x = aval([2, 64, 4, 32], 'f32');
    const { jaxpr } = stage('small', [x], ([a]) => a === undefined ? [] : [attention(a, a, a, { causal: true })]);
    expect(withKernels(jaxpr, compositeKernels)).toBe(jaxpr);
  });
  it('a kernel that maps other operands or results is refused', () => {
    const x = aval([2, 2, 1, 2], 'f32');
    const { jaxpr } = stage('wrong', [x], ([a]) => a === undefined ? [] : [attention(a, a, a)]);
    const wrong: CompositeKernels = new Map([['attention', () => stage('none', [x, x, x], () => []).jaxpr]]);
    expect(() => withKernels(jaxpr, wrong)).toThrow('the kernel of attention maps f32[2,2,1,2] f32[2,2,1,2] f32[2,2,1,2], the composite');
  });
});

describe('attention in tiles', () => {
  const arenaOf = (n: number, options: AttentionOptions, kernels: CompositeKernels): number => {
    const x = aval([1, n, 2, 16], 'f32');
    const { jaxpr } = stage('both', [x, x, x, x], ([a, b, c, ct]) => {
      const [, pull] = vjp((q: T, k: T, v: T) => attention(q, k, v, options) as T, a as T, b as T, c as T);
      return pull(ct as T) as readonly T[];
    });
    return compileProgram(jaxpr, rungs[0] ?? bestRung(), undefined, kernels).arenaBytes;
  };
  it.each([[{}], [{ causal: true }]])('the memory of %j, forward and backward, grows with the length, not with its square', options => {
    const [a, b, c] = [1024, 2048, 4096].map(n => arenaOf(n, options, compositeKernels));
    expect((b ?? 0) / (a ?? 1)).toBeLessThan(2.1);
    expect((c ?? 0) / (b ?? 1)).toBeLessThan(2.1);
    // Less than the scores of one head alone.
    expect(c ?? 0).toBeLessThan(4096 * 4096 * 4 / 4);
    expect(arenaOf(2048, options, none) / arenaOf(1024, options, none)).toBeGreaterThan(3.5);
  });
  // A share of 0 of what is infinite is NaN: a key that no query of a band sees is left out of its products, not out of its results.
  it('the first infinite query, the last infinite key or value leave the trace that the decomposition leaves', () => {
    const x = aval([1, 4, 1, 1], 'f32');
    const { jaxpr } = stage('both', [x, x, x, x], ([a, b, c, ct]) => {
      const [y, pull] = vjp((q: T, k: T, v: T) => attention(q, k, v, { causal: true }) as T, a as T, b as T, c as T);
      return [y as T, ...pull(ct as T) as readonly T[]];
    });
    // Two queries of four in a band, so that two keys lie behind the first.
    const banded = new WasmBackend({ kernels: attentionKernels({ whole: 0, bytes: 64, fewest: 1, most: 2, bands: 2 }) });
    const decomposed = new WasmBackend({ kernels: none });
    // The operand, the place of what is infinite, and the result and place of the NaN that it leaves.
    for (const [which, place, result, trace] of [[0, 0, 2, 3], [1, 3, 1, 0], [2, 3, 0, 0]] as const) {
      const inputs = [1, 2, 3, 4].map((n, i): NDArray => ({ ...x, data: Float32Array.from([n, -n, 1 / n, 0.5], (w, k) => i === which && k === place ? Infinity : w) }));
      const want = run(decomposed, jaxpr, inputs);
      expect(want[result]?.data[trace]).toBeNaN();
      expectSame(run(banded, jaxpr, inputs), want, { jaxpr, inputs, exact: 1, what: `Infinity at ${place} of operand ${which}` }, 'bands');
    }
  });
  it('explain names it', () => {
    const x = aval([1, 1024, 1, 8], 'f32');
    const { jaxpr } = stage('long', [x], ([a]) => a === undefined ? [] : [attention(a, a, a)]);
    expect(new WasmBackend().explain(jaxpr)[0]).toBe('attention has a program of its own');
  });
});

describe('composites that are one kernel', () => {
  const [x, v, ids] = [aval([64, 200], 'f32'), aval([200], 'f32'), aval([64], 'i32')];
  const table: { readonly [name: string]: readonly [avals: readonly Aval[], f: (xs: readonly T[]) => AnyTensor, backward: number] } = {
    softmax: [[x], ([a]) => softmax(given(a)), 1], logSoftmax: [[x], ([a]) => logSoftmax(given(a)), 1], logsumexp: [[x], ([a]) => logsumexp(given(a), [-1]), 1],
    crossEntropy: [[x, ids], ([a, b]) => crossEntropy(given(a), given(b)), 1], crossEntropySoft: [[x, x], ([a, b]) => crossEntropySoft(given(a), given(b)), 1],
    gelu: [[x], ([a]) => gelu(given(a)), 1],
    // Cotangents of scale and bias are sums across the rows.
    layerNorm: [[x, v, v], ([a, b, c]) => layerNorm(given(a), given(b), given(c)), 2], rmsNorm: [[x, v], ([a, b]) => rmsNorm(given(a), given(b)), 2],
  };
  const given = (a: T | undefined): T => a ?? expect.fail('no operand');
  it.each(Object.entries(table))('%s: forward no value but the result is written, and what the gradient takes', (name, [avals, f, kernels]) => {
    const forward = compileProgram(stage(name, avals, xs => [f(xs)]).jaxpr, bestRung());
    expect([forward.steps.map(s => s.kind), forward.arenaBytes]).toEqual([['kernel'], 0]);
    const floats = avals.flatMap((a, i) => isFloat(a.dtype) ? [i] : []);
    const both = stage(name, [...avals, ...forward.jaxpr.outputs.map(o => o.aval)], xs => {
      const [, pull] = vjp((...ys: readonly T[]) => f(avals.map((_, i) => { const k = floats.indexOf(i); return given(k < 0 ? xs[i] : ys[k]); })) as T, ...floats.map(i => given(xs[i])));
      const back = pull(given(xs.at(-1))) as readonly T[] | T;
      return Array.isArray(back) ? back as T[] : [back as T];
    }).jaxpr;
    const backward = compileProgram(both, bestRung());
    expect(backward.steps.map(s => s.kind)).toEqual(Array.from({ length: kernels }, () => 'kernel'));
    if (kernels === 1) expect(backward.arenaBytes).toBe(0);
  });
});
