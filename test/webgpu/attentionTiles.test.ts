// Attention in one kernel forward and three backward: each named tile against the reference, with masks, lengths and edges; rows that see nothing;
// what is infinite; which tile is taken; the same bits on every run.
import { afterAll, describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { attentionTileName, attentionTiles } from '../../kernels/wgsl/attentionTiles.ts';
import { byShape, chosenBy, problemOf, type Choose } from '../../kernels/wgsl/templates.ts';
import type { Limits, Problem } from '../../kernels/wgsl/template.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { compileProgram } from '../../src/backend/webgpu/program.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { attention, type AttentionOptions } from '../../src/primitive/compositesAttention.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { vjp, type T } from '../trace/language.ts';
import { directName } from '../../kernels/wgsl/direct.ts';
import { expectLikeReference, run, softwareBackend } from './harness.ts';
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

const cases: { readonly [name: string]: Case } = {
  'of itself, causal': { operands: [heads(37, 2, 20), heads(37, 2, 20), heads(37, 2, 20)], options: { causal: true } },
  'of other keys, with a mask for each example and lengths': { operands: [heads(19, 2, 12), heads(35, 2, 12), heads(35, 2, 7), aval([2, 1, 19, 35], 'bool'), aval([2], 'i32')], options: { scale: 0.7 }, masked: true, lengths: true },
  'of whole tiles': { operands: [heads(64, 1, 16, []), heads(64, 1, 16, []), heads(64, 1, 32, [])], options: {} },
};

describe('attention in tiles', () => {
  it.each(attentionTiles.map((t, i) => [attentionTileName(t), i] as const))('%s', async (name, i) => {
    const backend = await softwareBackend({ choose: choosing(name) });
    const dice = new Dice(seed + i);
    for (const [what, c] of Object.entries(cases)) {
      const jaxpr = program(c);
      expect(dispatches(backend, jaxpr).filter(d => d.startsWith('attention ')), what).toEqual(['saving', 'backward', 'backward', 'backward'].map((half, k) => `attention ${half} ${name}${['', ', levels', ', queries', ', keys and values'][k] ?? ''}`));
      // Sums of at most 64 products of numbers up to 1, and an exponential of 2 ulp.
      await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(x => drawn(x.aval, dice, 35)), 5e-6, () => `SEED=${seed} ${what}`);
    }
    backend.device.gpu.destroy();
  }, 120_000);
});
