// The template of products against the reference: plain, transposed and batched products, convolutions and both of their gradients, edges of
// tiles, sums in parts, vectors, epilogues. And which candidate is taken where nothing was measured. The named tiles have a file of their own.
import { describe, expect, it } from 'vitest';
import { directName } from '../../kernels/wgsl/direct.ts';
import { lanesName, lanesOf } from '../../kernels/wgsl/gemv.ts';
import { tileName, tiles, type Tile } from '../../kernels/wgsl/gemm.ts';
import { productOf } from '../../kernels/wgsl/product.ts';
import { tiledCandidate } from '../../kernels/wgsl/productTemplate.ts';
import type { Limits, Problem } from '../../kernels/wgsl/template.ts';
import { problemOf } from '../../kernels/wgsl/templates.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { optimise } from '../../src/pass/passes.ts';
import { add, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../../src/primitive/broadcast.ts';
import { convGeneral } from '../../src/primitive/conv.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { max } from '../../src/primitive/extremum.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { vjp, type T } from '../trace/language.ts';
import { check, checkProgram, given, named, product, seed, ways, type Case, type Choose } from './products.ts';

/** Heads stand between: rows and batches of operands and result are not neighbours in memory. */
const heads: Case = [[2, 5, 3, 8], [2, 7, 3, 8], (x, y) => [dotGeneral(x, y, { lhsContract: [3], rhsContract: [3], lhsBatch: [0, 2], rhsBatch: [0, 2] })]];
const image: Case = [[2, 9, 8, 4], [3, 3, 4, 8], (x, w) => {
  const params = { strides: [2, 1], lhsDilation: [1, 1], rhsDilation: [1, 2], padding: [[1, 1], [2, 1]] as const, featureGroups: 1, batchGroups: 1, lhs: [0, 3, 1, 2], rhs: [3, 2, 0, 1], out: [0, 3, 1, 2] };
  const [y, pull] = vjp((p: T, q: T) => convGeneral(p, q, params) as T, x as T, w as T);
  return [y, ...pull(y) as readonly T[]];
}];
/** So small that small operands have several tiles, whole ones and edges. */
const small: Tile = { rows: 8, columns: 8, depth: 8, rowsEach: 4, columnsEach: 4, prefetch: false };
const tiled = (tile: Tile, parts = 1): Choose => (_p, e) => tiledCandidate(e, { tile, parts });

describe('products', () => {
  // Each way to read an operand, by vectors and by elements, with sums that end within a step and at its end.
  it.each([[false, 0], [false, 1], [true, 2], [true, 3]] as const)('small tiles, prefetch %j, of operands that are stored any way, %i', async (prefetch, k) => {
    const dice = new Dice(seed + k);
    const t = { ...small, prefetch };
    const [edge, even] = [(): number => 2 + dice.below(18), (): number => 4 + 4 * dice.below(5)];
    const cases = ways.map(([a, b], i) => (i + k) % 2 === 0 ? product(even(), even(), 8 + 4 * dice.below(5), a, b) : product(edge(), edge(), edge(), a, b));
    await check(cases, tiled(t), new RegExp(tileName(t)));
  }, 60_000);
  it('steps wait for each other: none stages what another invocation still multiplies', async () => {
    const wide = { ...small, rows: 16, columns: 16 };
    for (const prefetch of [false, true]) await check([product(16, 16, 24, false, false)], tiled({ ...wide, prefetch }), /16x16x8/);
  }, 60_000);
  it('what is contiguous in fours but does not begin with one is read by elements', async () => {
    const params = { strides: [1], lhsDilation: [1], rhsDilation: [1], padding: [[0, 0]] as const, featureGroups: 1, batchGroups: 1, lhs: [0, 2, 1], rhs: [2, 1, 0], out: [0, 2, 1] };
    for (const [n, window] of [[19, 4], [20, 5]] as const) await check([[[1, n, 1], [window, 1, 8], (x, w) => [convGeneral(x, w, params)]]], tiled(small), /8x8x8/);
  }, 60_000);
  it('batches, heads', async () => {
    const dice = new Dice(seed);
    await check([product(9, 6, 11, dice.below(2) === 0, dice.below(2) === 0, [3]), product(8, 12, 16, dice.below(2) === 0, dice.below(2) === 0, [2, 2]), heads], tiled(small), new RegExp(tileName(small)));
  }, 60_000);
  it('in registers', async () => {
    const dice = new Dice(seed);
    const extent = (): number => 2 + dice.below(40);
    await check([...ways.map(([a, b]) => product(extent(), extent(), extent(), a, b)), product(5, 7, 9, false, true, [3]), heads,
      [[9, 40, 30], [30, 40, 7], (x, y) => [dotGeneral(x, y, { lhsContract: [1, 2], rhsContract: [1, 0], lhsBatch: [], rhsBatch: [] })]]], named(directName), /in registers/);
  }, 60_000);
  it('convolutions and both of their gradients', async () => {
    await check([image], tiled(small), new RegExp(tileName(small)), 3);
  }, 60_000);
  it('sums in parts: of equal length, and where the last is shorter', async () => {
    const exact = await check([product(8, 12, 32, false, false)], tiled(small, 4), /8x8x8/, 2);
    expect(exact[0]?.shader.groups).toBe(8);
    const rest = await check([product(9, 7, 37, false, true, [2])], tiled({ ...small, prefetch: true }, 3), /8x8x8/, 2);
    // Five steps of eight in three parts of two.
    expect(rest[0]?.shader.groups).toBe(2 * 2 * 3);
  }, 60_000);
  it.each(lanesOf.map((l, i) => [lanesName(l), i] as const))('matrices times %s', async (name, i) => {
    const dice = new Dice(seed + i);
    const [m, k, even] = [2 + dice.below(40), 5 + dice.below(300), 4 * (1 + dice.below(90))];
    const vector = (lhs: readonly number[], rhs: readonly number[], l: number, r: number): Case => [lhs, rhs, (x, y) => [dotGeneral(x, y, { lhsContract: [l], rhsContract: [r], lhsBatch: [], rhsBatch: [] })]];
    const batched: Case = [[2, m, k], [2, k], (x, y) => [dotGeneral(x, y, { lhsContract: [2], rhsContract: [1], lhsBatch: [0], rhsBatch: [0] })]];
    await check([vector([m, even], [even], 1, 0), vector([m, k], [k], 1, 0), vector([k], [k, m], 0, 0), batched], named(name), new RegExp(name));
  }, 60_000);
  it('bias, activation and residual are part of the store, in one part or in several, and where the product is kept', async () => {
    const [x, w, bias, like] = [aval([6, 20], 'f32'), aval([20, 12], 'f32'), aval([16], 'f32'), aval([12, 6], 'f32')];
    const chain = (keeps: boolean): Jaxpr => stage('chain', [x, w, bias, like], ([a, b, c, d]) => {
      const p = dotGeneral(given(a), given(b), { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
      const y = max(add(p, broadcastInDim(slice(given(c), [1], [13]), [6, 12], [1])), constantLike(0, p));
      return [sub(transpose(given(d), [1, 0]), y), ...keeps ? [p] : []];
    }).jaxpr;
    await checkProgram(chain(false), tiled(small), /./, 1);
    await checkProgram(chain(true), tiled(small), /./, 1);
    await checkProgram(chain(false), tiled(small, 2), /./, 2);
    await checkProgram(chain(true), named(directName), /./, 1);
    // An operand that the epilogue reads, too, and a result that takes the place of an operand.
    const own = stage('own', [aval([8, 8], 'f32')], ([a]) => {
      const y = neg(given(a));
      return [mul(add(dotGeneral(y, y, { lhsContract: [1], rhsContract: [1], lhsBatch: [], rhsBatch: [] }), y), constantLike(0.5, y))];
    }).jaxpr;
    await checkProgram(own, tiled(small), /8x8x8/, 1);
    const vector = stage('vector', [aval([40, 70], 'f32'), aval([70], 'f32'), aval([40], 'f32')], ([a, b, c]) => [add(dotGeneral(given(a), given(b), { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] }), given(c))]).jaxpr;
    await checkProgram(vector, p => p.preferred, /vector/, 1);
  }, 60_000);
  it('of what is carried and sliced by a loop', async () => {
    const jaxpr = stage('loop', [aval([3, 8, 8], 'f32'), aval([8, 8], 'f32')], ([xs, w]) => {
      const body = stage('body', [aval([8, 8], 'f32'), aval([8, 8], 'f32')], ([c, x]) => [dotGeneral(given(x), given(c), { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] }), given(c)]).jaxpr;
      return bind(scanP, [given(w), given(xs)], { jaxpr: body, numConsts: 0, numCarry: 1, length: 3, reverse: false, unroll: 1 });
    }).jaxpr;
    // Even turns and odd ones.
    await checkProgram(jaxpr, tiled(small), /8x8x8/, 2);
  }, 60_000);
});

const large: Limits = { workgroupBytes: 32768, invocations: 256, bindings: 8, bindingBytes: 2 ** 27 };
/** What the template makes of the last contraction of a program. */
function problem([lhs, rhs, f]: Case, limits = large): Problem | null {
  const { jaxpr } = stage('product', [aval(lhs, 'f32'), aval(rhs, 'f32')], ([x, y]) => f(given(x), given(y)));
  const e = [...optimise(jaxpr).eqns].reverse().find(x => x.primitive.lowering.kind === 'contraction');
  return e === undefined ? null : problemOf(e, limits);
}
const preferred = (m: number, n: number, k: number, limits = large): string | null => problem(product(m, n, k, false, false), limits)?.preferred?.name ?? null;
describe('which candidate is taken', () => {
  it('the largest tile that fills the machine; parts of the sum where none does; none for what is tiny', () => {
    expect([[4096, 4096, 4096], [1024, 2048, 64], [1024, 1024, 1024], [512, 512, 512], [64, 64, 8192], [16, 4096, 4096], [33, 40, 100], [3, 900, 900], [9, 9, 9]].map(([m = 0, n = 0, k = 0]) => preferred(m, n, k))).toEqual([
      '128x128x16 8x8', '128x128x16 8x8', '128x64x16 8x4', '32x32x16 4x4', '32x32x16 4x4 split 32', '32x32x16 4x4', '32x32x16 4x4', null, null,
    ]);
  });
  it('of a matrix and a vector the one that reads along the contiguous axis', () => {
    const vector = (lhs: readonly number[], rhs: readonly number[], l: number, r: number): string | undefined => problem([lhs, rhs, (x, y) => [dotGeneral(x, y, { lhsContract: [l], rhsContract: [r], lhsBatch: [], rhsBatch: [] })]])?.preferred?.name;
    expect([vector([100, 300], [300], 1, 0), vector([300, 100], [300], 0, 0), vector([300], [300, 100], 0, 0), vector([100, 8], [8], 1, 0)]).toEqual(['vector 4x64', 'vector 64x4', 'vector 64x4', undefined]);
  });
  it('a device with little memory or few invocations has fewer candidates', () => {
    const names = (limits: Limits): readonly string[] => problem(product(256, 256, 16, false, false), limits)?.candidates.map(c => c.name) ?? [];
    expect(names(large)).toEqual([...tiles.map(tileName), directName]);
    expect(names({ ...large, invocations: 128 })).toEqual(tiles.filter(t => t.rows === 32).map(tileName).concat(directName));
    expect(names({ ...large, workgroupBytes: 20_000 })).toEqual(tiles.filter(t => t.rows + t.columns <= 192).map(tileName).concat(directName));
    expect(names({ ...large, workgroupBytes: 2000 })).toEqual([directName]);
    expect(preferred(4096, 4096, 64, { ...large, workgroupBytes: 6000 })).toBe('32x32x16 4x4');
    // Parts of the sum need room.
    expect(preferred(64, 64, 8192, { ...large, bindingBytes: 2 ** 17 })).toBe('32x32x16 4x4 split 8');
  });
  it('classes tell apart what is read in another way, and round extents', () => {
    const of = (c: Case): string | undefined => problem(c)?.shapeClass;
    expect(of(product(1000, 496, 300, false, false))).toBe(of(product(1024, 512, 300, false, false)));
    const plain = of(product(512, 512, 512, false, false));
    for (const other of [product(512, 512, 512, true, false), product(512, 512, 512, false, true), product(512, 512, 510, false, false), product(512, 512, 512, false, false, [2]), image]) expect(of(other)).not.toBe(plain);
  });
  it('what has no rows and no columns, or nothing to add, is no product', () => {
    expect(productOf([{ extent: 4, a: 1, b: 1, c: 0 }])).toBeNull();
    expect(productOf([{ extent: 4, a: 3, b: 0, c: 5 }, { extent: 5, a: 0, b: 1, c: 1 }])).toBeNull();
    expect(productOf([{ extent: 4, a: 3, b: 0, c: 5 }, { extent: 5, a: 0, b: 1, c: 1 }, { extent: 0, a: 1, b: 5, c: 0 }])).toBeNull();
    expect(productOf([{ extent: 4, a: 3, b: 0, c: 5 }, { extent: 5, a: 0, b: 1, c: 1 }, { extent: 3, a: 1, b: 5, c: 0 }])?.rows.length).toBe(1);
  });
});
