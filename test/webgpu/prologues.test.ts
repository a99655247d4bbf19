// What makes an operand of a product is part of the tile's loads, where nobody else reads it: casts, scales, activations, biases, masks, in
// every way that an operand lies; the same numbers from fewer kernels. And grouped convolutions.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { directName } from '../../kernels/wgsl/direct.ts';
import { lanesName, lanesOf } from '../../kernels/wgsl/gemv.ts';
import type { Tile } from '../../kernels/wgsl/gemm.ts';
import { tiledCandidate } from '../../kernels/wgsl/productTemplate.ts';
import { dispatchesOf, type Dispatch } from '../../src/backend/webgpu/commands.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul, neg } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../../src/primitive/broadcast.ts';
import { convGeneral } from '../../src/primitive/conv.ts';
import { convert } from '../../src/primitive/convert.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { max } from '../../src/primitive/extremum.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { select } from '../../src/primitive/select.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { vjp, type T } from '../trace/language.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';
import { given, named, seed, type Choose } from './products.ts';

const small: Tile = { rows: 8, columns: 8, depth: 8, rowsEach: 4, columnsEach: 4, prefetch: false };
const tiled = (tile: Tile, parts = 1): Choose => (_p, e) => tiledCandidate(e, { tile, parts });
function drawn(a: Aval, dice: Dice): NDArray {
  if (a.dtype === 'bool') return { ...a, data: Uint8Array.from({ length: sizeOf(a.shape) }, () => dice.below(2)) };
  return { ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, () => (dice.below(33) - 16) / 16) };
}
async function check(choose: Choose, operands: readonly Aval[], f: (xs: readonly AnyTensor[]) => readonly AnyTensor[], kernels: number | null): Promise<readonly Dispatch[]> {
  const backend = await softwareBackend({ choose });
  const { jaxpr } = stage('prologue', operands, f, { numbers: 'literals' });
  const dispatches = dispatchesOf(backend.compile(jaxpr).program.commands);
  if (kernels !== null) expect(dispatches.length, dispatches.map(d => d.name).join()).toBe(kernels);
  else expect(dispatches.map(d => d.name).join()).not.toContain('map kernel');
  const dice = new Dice(seed);
  await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(v => drawn(v.aval, dice)), 1e-5, () => `SEED=${seed}\n${dispatches.map(d => d.shader.code).join('\n')}`);
  backend.device.gpu.destroy();
  return dispatches;
}
const matmul = (x: AnyTensor, y: AnyTensor, l = 1, r = 0): AnyTensor => dotGeneral(x, y, { lhsContract: [l], rhsContract: [r], lhsBatch: [], rhsBatch: [] });
const relu = (x: AnyTensor): AnyTensor => max(x, constantLike(0, x));

describe('what makes an operand', () => {
  it.each([[false, false], [true, false]] as const)('is read where the tile is staged: of whole vectors and of edges, first operand turned: %j', async (turned, prefetch) => {
    for (const [m, k, n] of [[16, 24, 8], [9, 21, 13]] as const) {
      await check(tiled({ ...small, prefetch }, m === 16 ? 1 : 2), [aval(turned ? [k, m] : [m, k], 'f32'), aval([k], 'f32'), aval([k, n], 'f16'), aval([k, n], 'bool')], ([x, bias, w, mask]) => {
        const a = relu(add(given(x), broadcastInDim(given(bias), given(x).shape, [turned ? 0 : 1])));
        const b = convert(given(w), 'f32');
        return [matmul(a, select(given(mask), b, constantLike(0, b)), turned ? 0 : 1, 0)];
      }, m === 16 ? 1 : 2);
    }
  }, 60_000);
  it('of a convolution, of batches, and of what a loop slices', async () => {
    const params = { strides: [2, 1], lhsDilation: [1, 1], rhsDilation: [1, 1], padding: [[0, 0], [0, 0]] as const, featureGroups: 1, batchGroups: 1, lhs: [0, 3, 1, 2], rhs: [3, 2, 0, 1], out: [0, 3, 1, 2] };
    await check(tiled(small), [aval([2, 9, 8, 4], 'f32'), aval([3, 3, 4, 8], 'f32')], ([x, w]) => [convGeneral(relu(given(x)), mul(given(w), constantLike(0.5, given(w))), params)], 1);
    await check(tiled(small), [aval([3, 5, 8], 'f32'), aval([3, 8, 5], 'f32')], ([x, y]) => [dotGeneral(relu(given(x)), neg(given(y)), { lhsContract: [2], rhsContract: [1], lhsBatch: [0], rhsBatch: [0] })], 1);
    const body = stage('body', [aval([8, 8], 'f32'), aval([8, 8], 'f32')], ([c, x]) => [matmul(relu(given(x)), given(c)), given(c)]).jaxpr;
    await check(tiled(small), [aval([8, 8], 'f32'), aval([3, 8, 8], 'f32')], ([w, xs]) => bind(scanP, [given(w), given(xs)], { jaxpr: body, numConsts: 0, numCarry: 1, length: 3, reverse: false, unroll: 1 }), null);
  }, 60_000);
  it('of a matrix that is multiplied by a vector; of the vector it is stored', async () => {
    for (const l of lanesOf.slice(0, 2)) await check(named(lanesName(l)), [aval([20, 70], 'f16'), aval([70], 'f32')], ([x, v]) => [matmul(convert(given(x), 'f32'), relu(given(v)))], 2);
  }, 60_000);
  it('is stored where somebody else reads it, where it costs much, lies elsewhere, or each element is read often', async () => {
    const [x, w] = [aval([12, 16], 'f32'), aval([16, 12], 'f32')];
    await check(tiled(small), [x, w], ([a, b]) => { const y = relu(given(a)); return [matmul(y, given(b)), y]; }, 2);
    await check(tiled(small), [x, w], ([a, b]) => { const y = relu(given(a)); return [matmul(y, given(b)), matmul(y, y, 1, 1)]; }, 3);
    await check(named(directName), [x, w], ([a, b]) => [matmul(relu(given(a)), given(b))], 2);
    // A residual is read where results are stored, too: it may not be written over while others read it. It has a buffer of its own.
    const residual = await check(tiled(small), [x, aval([16, 16], 'f32')], ([a, b]) => { const y = matmul(given(a), given(b)); const z = add(matmul(neg(y), given(b)), y); return [matmul(z, z, 1, 1)]; }, 3);
    expect(residual[1]?.shader.bindings.length).toBe(3);
    await check(tiled(small), [aval([8, 8], 'f32'), aval([8, 8], 'f32')], ([a, b]) => [matmul(transpose(relu(given(a)), [1, 0]), given(b))], 1);
  }, 60_000);
});
describe('convolutions in groups', () => {
  const params = (groups: number): Parameters<typeof convGeneral>[2] => ({ strides: [1, 1], lhsDilation: [1, 1], rhsDilation: [1, 1], padding: [[1, 1], [1, 1]], featureGroups: groups, batchGroups: 1, lhs: [0, 3, 1, 2], rhs: [3, 2, 0, 1], out: [0, 3, 1, 2] });
  const both = (groups: number) => ([x, w]: readonly AnyTensor[]): readonly AnyTensor[] => {
    const [y, pull] = vjp((p: T, q: T) => convGeneral(p, q, params(groups)) as T, given(x) as T, given(w) as T);
    return [y as AnyTensor, ...pull(y) as readonly AnyTensor[]];
  };
  it('and both of their gradients run in tiles', async () => {
    const backend = await softwareBackend({ choose: tiled(small) });
    const { jaxpr } = stage('grouped', [aval([2, 5, 6, 8], 'f32'), aval([3, 3, 4, 12], 'f32')], both(2));
    expect(dispatchesOf(backend.compile(jaxpr).program.commands).filter(d => d.name.includes('8x8x8')).length).toBe(3);
    const dice = new Dice(seed);
    await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(v => drawn(v.aval, dice)), 1e-5, () => `SEED=${seed}`);
    backend.device.gpu.destroy();
  }, 60_000);
  it('of one channel each are an invocation a result, forward and for the input; the sums of the kernel are shared', async () => {
    const backend = await softwareBackend({ choose: p => p.preferred });
    const { jaxpr } = stage('depthwise', [aval([2, 5, 6, 8], 'f32'), aval([3, 3, 1, 8], 'f32')], both(8));
    const names = dispatchesOf(backend.compile(jaxpr).program.commands).map(d => d.name).filter(n => n.startsWith('convGeneral'));
    expect(names).toEqual(['convGeneral', expect.stringMatching(/^convGeneral vector/), 'convGeneral']);
    const dice = new Dice(seed);
    await expectLikeReference(backend, jaxpr, jaxpr.inputs.map(v => drawn(v.aval, dice)), 1e-5, () => `SEED=${seed}`);
    backend.device.gpu.destroy();
  }, 60_000);
});
