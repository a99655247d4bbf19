// Attention in one kernel forward and three backward: each named tile against the reference, with masks, lengths and edges; rows that see nothing;
// what is infinite; which tile is taken; the same bits on every run.
import { afterAll, describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { attentionTileName, attentionTiles } from '../../kernels/wgsl/attentionTiles.ts';
import { byShape, chosenBy, type Choose } from '../../kernels/wgsl/templates.ts';
import type { Candidate, Limits } from '../../kernels/wgsl/template.ts';
import { DeviceBench } from '../../src/backend/webgpu/bench.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { compileProgram, type CompiledProgram, type Limits as ProgramLimits } from '../../src/backend/webgpu/program.ts';
import { problemsIn } from '../../src/backend/webgpu/trials.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { attention, type AttentionOptions } from '../../src/primitive/compositesAttention.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { vjp, vmap, type T } from '../trace/language.ts';
import { directName } from '../../kernels/wgsl/direct.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
interface Case { readonly operands: readonly Aval[]; readonly options: AttentionOptions; readonly masked?: boolean; readonly lengths?: boolean }
/** Attention and its pullback. */
function program({ operands, options, masked = false, lengths = false }: Case, backward = true): Jaxpr {
  const [q, , v] = operands;
  const out = aval([...(q?.shape ?? []).slice(0, -1), v?.shape.at(-1) ?? 0], q?.dtype ?? 'f32');
  return stage('both', backward ? [...operands, out] : operands, xs => {
    const [a, b, c] = xs.slice(0, 3).map(x => x as T);
    const extra = { ...masked ? { mask: xs[3] as T } : {}, ...lengths ? { keyLengths: xs[masked ? 4 : 3] as T } : {} };
    if (a === undefined || b === undefined || c === undefined) return [];
    const f = (p: T, k: T, w: T): T => attention(p, k, w, { ...options, ...extra }) as T;
    if (!backward) return [f(a, b, c)];
    const [y, pull] = vjp(f, a, b, c);
    return [y as T, ...pull(xs.at(-1) as T) as readonly T[]];
  }).jaxpr;
}
function drawn(a: Aval, dice: Dice, most = 1): NDArray {
  if (a.dtype === 'bool') return { ...a, data: Uint8Array.from({ length: sizeOf(a.shape) }, () => Number(dice.below(4) > 0)) };
  if (a.dtype === 'i32') return { ...a, data: Int32Array.from({ length: sizeOf(a.shape) }, () => dice.below(most + 1)) };
  return { ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, () => (dice.below(2001) - 1000) / 1000) };
}
const choosing = (name: string): Choose => p => p.candidates.find(c => c.name === (p.template === 'attention' ? name : directName)) ?? null;
const dispatches = (backend: WebGpuBackend, jaxpr: Jaxpr): readonly string[] => dispatchesOf(backend.compile(jaxpr).program.commands).map(d => d.name);
const heads = (n: number, h: number, width: number, batch: readonly number[] = [2]): Aval => aval([...batch, n, h, width], 'f32');


/** The device of all tests that run kernels of attention in one tile. */
const smallest = attentionTiles.find(t => t.rows === 16 && t.columns === 16) ?? expect.fail('no tile');
const name = attentionTileName(smallest);
// Sums of at most 70 products of numbers up to 1, and exponentials of 2 ulp.
const bound = 5e-6;

describe('attention in tiles', async () => {
  const backend = await softwareBackend({ choose: choosing(name) });
  afterAll(() => { backend.device.gpu.destroy(); });
  const check = async (c: Case, special: (inputs: readonly NDArray[]) => void = () => undefined): Promise<void> => {
    const jaxpr = program(c);
    const dice = new Dice(seed);
    expect(dispatches(backend, jaxpr).filter(d => d.startsWith('attention ')).length).toBe(4);
    const inputs = jaxpr.inputs.map(x => drawn(x.aval, dice, 35));
    special(inputs);
    await expectLikeReference(backend, jaxpr, inputs, bound, () => `SEED=${seed}`);
  };
  it.each(attentionTiles.map((t, i) => [attentionTileName(t), t, i] as const))('%s: one kernel forward, three backward', async (tile, t, i) => {
    const own = await softwareBackend({ choose: choosing(tile) });
    const dice = new Dice(seed + i);
    // Several tiles of queries and of keys, and edges of both.
    const quads = t.rowsEach === 1 ? 33 + dice.below(25) : 1 + dice.below(5);
    const x = heads(t.rows + 5, 1, 4 * quads, [2]);
    const jaxpr = program({ operands: [x, x, { ...x, shape: [...x.shape.slice(0, -1), 1 + dice.below(20)] }], options: { causal: true } });
    expect(dispatches(own, jaxpr)).toEqual(['saving', 'backward', 'backward', 'backward'].map((half, k) => `attention ${half} ${tile}${['', ', levels', ', queries', ', keys and values'][k] ?? ''}`));
    const inputs = jaxpr.inputs.map(v => drawn(v.aval, dice));
    // Sums of as many products as a row has numbers.
    const within = bound * Math.max(1, 4 * quads / 70);
    await expectLikeReference(own, jaxpr, inputs, within, () => `SEED=${seed}`);
    // The last key and value of one example, which no query of the first tiles sees, and its first query and cotangent, which see no key of the last:
    // the last two each alone, where nothing else hides their trace, then all.
    const put = (into: readonly NDArray[], i: number): void => { const data = into[i]?.data; if (data !== undefined) data[i === 1 || i === 2 ? data.length / 2 - 1 : 0] = [-Infinity, Infinity, NaN, Infinity][i] ?? 0; };
    for (const some of [[0], [3], [0, 1, 2, 3]]) {
      const those = inputs.map(v => ({ ...v, data: v.data.slice() }));
      for (const i of some) put(those, i);
      await expectLikeReference(own, jaxpr, those, within, () => `SEED=${seed}`);
    }
    own.device.gpu.destroy();
  }, 60_000);
  it('of other keys, with a mask for each example and lengths; some queries see nothing, and something infinite is not seen', async () => {
    const c: Case = { operands: [heads(19, 2, 12), heads(35, 2, 12), heads(35, 2, 7), aval([2, 1, 19, 35], 'bool'), aval([2], 'i32')], options: { scale: 0.7 }, masked: true, lengths: true };
    await check(c, inputs => {
      inputs[3]?.data.fill(0, 0, 2 * 35);
      // A length of nothing at all.
      inputs[4]?.data.set([0, 33]);
      // Of the second example, keys behind the last that is seen.
      inputs[1]?.data.fill(Infinity, (2 * 35 - 1) * 24, 2 * 35 * 24);
    });
  }, 60_000);
  it('whole tiles, of which every query sees every key; scores of several sizes', async () => {
    const x = heads(32, 1, 16, []);
    await check({ operands: [x, x, x], options: { scale: 1 } }, inputs => { inputs[0]?.data.forEach((v, i, all) => { all[i] = v * ([1, 4, 1e-20][Math.floor(i / 16) % 3] ?? 1); }); });
  }, 60_000);
  it('of examples that vmap made, with one mask for all, and of what a loop slices', async () => {
    const x = heads(9, 1, 8, []);
    const mask = aval([9, 9], 'bool');
    const batched = stage('vmap', [x, x, x, mask].map((a, i) => i < 3 ? { ...a, shape: [3, ...a.shape] } : a), ([q, k, v, m]) => [vmap((a: T, b: T, c: T, d: T) => attention(a, b, c, { mask: d }) as T, { inAxes: [0, 0, 0, null] })(q as T, k as T, v as T, m as T)]).jaxpr;
    const body = stage('body', [x, x], ([c, q]) => [attention(q as T, c as T, c as T) as T, c as T]).jaxpr;
    const loop = stage('loop', [x, { ...x, shape: [3, ...x.shape] }], ([c, qs]) => bind(scanP, [c as T, qs as T], { jaxpr: body, numConsts: 0, numCarry: 1, length: 3, reverse: false, unroll: 1 })).jaxpr;
    for (const jaxpr of [batched, loop]) {
      const dice = new Dice(seed);
      expect(dispatches(backend, jaxpr).filter(d => d.startsWith('attention result')).length).toBeGreaterThan(0);
      await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(v => drawn(v.aval, dice)), bound, () => `SEED=${seed}`);
    }
  }, 60_000);
  it('the bench tells kernels that compute something else from those that are right', async () => {
    if (!runsKernels) return;
    const x = heads(9, 1, 8, []);
    const limits: ProgramLimits = { maxBindings: 8, maxBindingBytes: 2 ** 27, nativeHalf: false, scheduling: plainScheduling, template: chosenBy(large, choosing(name)) };
    for (const backward of [false, true]) {
      const verify = (c: Candidate | null): Promise<boolean> => {
        const [found] = problemsIn(program({ operands: [x, x, x], options: {} }, backward), {
          ...limits, template: e => { const p = limits.template(e); return p === null || c === null ? p : { problem: { ...p.problem, candidates: [c] }, candidate: c }; },
        }).filter(p => p.problem.template === 'attention' && p.problem.shapeClass.startsWith(backward ? 'backward' : 'result'));
        return DeviceBench.with(backend, found?.trial ?? expect.fail('no equation'), b => b.verify({ name }));
      };
      expect([await verify(null), await verify({ name, emit: () => [] })]).toEqual([true, false]);
    }
  }, 60_000);
});

const large: Limits = { workgroupBytes: 49152, invocations: 256, bindings: 10, bindingBytes: 2 ** 32 };
const compiled = (c: Case, limits = large, backward = true): CompiledProgram => compileProgram(program(c, backward), {
  maxBindings: 8, maxBindingBytes: 2 ** 32, nativeHalf: false, scheduling: plainScheduling, template: chosenBy(limits, byShape),
});
const named = (c: Case, limits = large): readonly string[] => dispatchesOf(compiled(c, limits).commands).map(d => d.name).filter(n => n.startsWith('attention '));
const self = (n: number, width: number, examples = 1): Case => { const x = heads(n, 8, width, [examples]); return { operands: [x, x, x], options: { causal: true } }; };
describe('which tile is taken', () => {
  it('the largest that fills the machine, and whose rows stay in registers; none for a few queries', () => {
    expect([self(1024, 64), self(256, 64), self(1024, 128), self(100, 32, 16), self(7, 64)].map(c => named(c)[0])).toEqual([
      'attention saving 64x32 4 each', 'attention saving 16x32 2 each', 'attention saving 32x32 2 each', 'attention saving 64x32 4 each', undefined,
    ]);
    expect([self(1024, 129), self(1024, 256), self(1024, 257)].map(c => named(c)[0])).toEqual(['attention saving 8x16 1 each', 'attention saving 8x16 1 each', undefined]);
  });
  it('what fits in the memory of a workgroup, and as many values as a kernel binds', () => {
    expect([16384, 32768, 49152].map(workgroupBytes => named(self(1024, 64), { ...large, workgroupBytes }))).toEqual([
      ['attention saving 16x32 2 each', 'attention backward 16x16 2 each, levels', 'attention backward 16x16 2 each, queries', 'attention backward 16x16 2 each, keys and values'],
      ['attention saving 32x32 2 each', 'attention backward 32x32 2 each, levels', 'attention backward 32x32 2 each, queries', 'attention backward 32x32 2 each, keys and values'],
      ['attention saving 64x32 4 each', 'attention backward 32x32 2 each, levels', 'attention backward 32x32 2 each, queries', 'attention backward 32x32 2 each, keys and values'],
    ]);
    expect([16384, 32768].map(workgroupBytes => [128, 256].map(width => named(self(1024, width), { ...large, workgroupBytes }).map(n => n.split(' ').slice(1, 3).join(' '))[1] ?? null))).toEqual([
      ['backward 4x16', null], ['backward 16x16', 'backward 4x16'],
    ]);
    const { operands: [x = aval([], 'f32')] } = self(64, 64);
    const masked: Case = { operands: [x, x, x, aval([64, 64], 'bool')], options: {}, masked: true };
    expect([8, 9].map(bindings => named(masked, { ...large, bindings }).map(n => n.split(' ')[1]))).toEqual([['saving'], ['saving', 'backward', 'backward', 'backward']]);
  });
  it('memory grows with the length, not with its square', () => {
    const [a = 0, b = 0] = [16384, 32768].map(n => compiled(self(n, 64)).arenaBytes);
    expect(b / a).toBeLessThan(2.1);
    // Three numbers for each query of each head, and what forward keeps.
    expect(b).toBeLessThan(8 * 32768 * 64 * 4);
  });
});
