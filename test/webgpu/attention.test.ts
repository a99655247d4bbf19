// Attention in tiles on WebGPU: what it computes, forward and backward, is what its decomposition computes; and nothing of size queries x keys
// stands in memory where scores would be large.
import { afterAll, describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { attentionKernels } from '../../kernels/wasm/attention.ts';
import { byShape, chosenBy } from '../../kernels/wgsl/templates.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { compositeKernels } from '../../src/backend/webgpu/composites.ts';
import { compileProgram, type Limits } from '../../src/backend/webgpu/program.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { CompositeKernels } from '../../src/pass/compositeKernels.ts';
import { attention, type AttentionOptions } from '../../src/primitive/compositesAttention.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { vjp, type T } from '../trace/language.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Attention and its pullback. */
function program(operands: readonly Aval[], options: AttentionOptions): Jaxpr {
  const [q, , v] = operands;
  const out = aval([...(q?.shape ?? []).slice(0, -1), v?.shape.at(-1) ?? 0], 'f32');
  return stage('both', [...operands, out], xs => {
    const [a, b, c] = xs.slice(0, 3).map(x => x as T);
    const mask = operands.length > 3 ? { mask: xs[3] as T } : {};
    if (a === undefined || b === undefined || c === undefined) return [];
    const [y, pull] = vjp((p: T, k: T, w: T) => attention(p, k, w, { ...options, ...mask }) as T, a, b, c);
    return [y as T, ...pull(xs.at(-1) as T) as readonly T[]];
  }).jaxpr;
}
function drawn(a: Aval, dice: Dice): NDArray {
  if (a.dtype === 'bool') return { ...a, data: Uint8Array.from({ length: sizeOf(a.shape) }, () => Number(dice.below(4) > 0)) };
  return { ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, () => (dice.below(2001) - 1000) / 1000) };
}
const [q, k, v] = [aval([2, 7, 2, 4], 'f32'), aval([2, 5, 2, 4], 'f32'), aval([2, 5, 2, 3], 'f32')];

describe('attention in tiles', async () => {
  const backend = await softwareBackend({ composites: attentionKernels({ whole: 0, bytes: 64, fewest: 1, most: 3, bands: 2 }) });
  afterAll(() => { backend.device.gpu.destroy(); });
  it.each<readonly [string, readonly Aval[], AttentionOptions]>([
    ['of itself, causal', [q, q, q], { causal: true }],
    ['of other keys, with a mask', [q, k, v, aval([2, 1, 7, 5], 'bool')], { scale: 0.7 }],
  ])('%s', async (_what, operands, options) => {
    const dice = new Dice(seed);
    const jaxpr = program(operands, options);
    expect(dispatchesOf(backend.compile(jaxpr).program.commands).some(d => d.name === 'turn')).toBe(true);
    await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(x => drawn(x.aval, dice)), 2e-5, () => `SEED=${seed}`);
  }, 60_000);

  const limits = (composites: CompositeKernels): Limits => ({
    maxBindings: 8, maxBindingBytes: 2 ** 32, nativeHalf: false, scheduling: plainScheduling, composites,
    template: chosenBy({ workgroupBytes: 32768, invocations: 256, bindings: 8, bindingBytes: 2 ** 32 }, byShape),
  });
  const arenaOf = (n: number, options: AttentionOptions, composites: CompositeKernels): number => { const x = aval([1, n, 1, 64], 'f32'); return compileProgram(program([x, x, x], options), limits(composites)).arenaBytes; };
  it.each([[{}], [{ causal: true }]])('the memory of %j, forward and backward, grows with the length, not with its square', options => {
    const [a = 0, b = 0] = [16384, 32768].map(n => arenaOf(n, options, compositeKernels));
    // Tiles stay as large as they were.
    expect(b / a).toBeLessThan(2);
    expect(b).toBeLessThan(32768 * 32768 * 4 / 4);
    expect(arenaOf(32768, options, new Map()) / arenaOf(16384, options, new Map())).toBeGreaterThan(3.5);
    // Short sequences are their decompositions.
    expect(arenaOf(1024, options, compositeKernels)).toBe(arenaOf(1024, options, new Map()));
  });
});
