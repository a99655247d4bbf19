// Every tile of the product template against the reference: transposed and batched products, convolutions, edges of tiles.
import { afterAll, describe, expect, it } from 'vitest';
import { directName } from '../../kernels/wgsl/direct.ts';
import { gemmOf, gemmTiles } from '../../kernels/wgsl/gemm.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { lax, np } from '../../src/index.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';

const untyped = <F>(f: unknown): F => f as F;
const einsum = untyped<(s: string, ...xs: readonly AnyTensor[]) => AnyTensor>(np.einsum);
const conv = untyped<(x: AnyTensor, k: AnyTensor, options: object) => AnyTensor>(lax.convGeneral);
const products: readonly (readonly [name: string, lhs: readonly number[], rhs: readonly number[], f: (x: AnyTensor, y: AnyTensor) => AnyTensor])[] = [
  ['tn', [19, 66], [19, 37], (x, y) => einsum('km,kn->mn', x, y)],
  ['long sums of two loops', [9, 40, 30], [30, 40, 7], (x, y) => einsum('mij,jin->mn', x, y)],
  ['heads', [2, 5, 3, 8], [2, 7, 3, 8], (x, y) => einsum('bihd,bjhd->bhij', x, y)],
];
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Sixteenths: products and sums of them are exact in float32, in whatever order. */
const values = (shape: readonly number[], dice: Dice): NDArray => ({ shape, dtype: 'f32', data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => (dice.below(33) - 16) / 16) });

describe.each([...gemmTiles.map(t => [t.name, t] as const), [directName, 'registers'] as const])('tile %s', async (name, tile) => {
  const backend = await softwareBackend({ tile: () => tile });
  afterAll(() => { backend.device.gpu.destroy(); });
  const check = async (lhs: readonly number[], rhs: readonly number[], f: (x: AnyTensor, y: AnyTensor) => AnyTensor): Promise<void> => {
    const dice = new Dice(seed);
    const { jaxpr } = stage('product', [lhs, rhs].map(shape => ({ shape, dtype: 'f32' as const })), ([x, y]) => [f(x ?? expect.fail('no operand'), y ?? expect.fail('no operand'))]);
    const inputs = [values(lhs, dice), values(rhs, dice)];
    expect(dispatchesOf(backend.compile(jaxpr).program.commands).some(d => d.name.includes(name))).toBe(true);
    await expectLikeReference(backend, jaxpr, inputs, 0, () => `seed ${seed}\n${printJaxpr(jaxpr)}`);
  };
  it.each(products)('%s', async (_what, lhs, rhs, f) => { await check(lhs, rhs, f); });
  it('convolutions', async () => {
    await check([2, 9, 8, 3], [3, 3, 3, 5], (x, k) => conv(x, k, { strides: [2, 1], padding: 'same' }));
  });
});
describe('which contractions are products', () => {
  it('those with rows and columns', () => {
    expect(gemmOf([{ extent: 4, a: 1, b: 0, c: 0 }])).toBeNull();
    expect(gemmOf([{ extent: 4, a: 3, b: 0, c: 5 }, { extent: 5, a: 0, b: 1, c: 1 }, { extent: 3, a: 1, b: 5, c: 0 }])?.rows.length).toBe(1);
  });
});
