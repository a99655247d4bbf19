// lax.gather and lax.scatter* in full generality against their definition, index by index (XLA's operation semantics), on random dimension numbers.
import { describe, expect, it } from 'vitest';
import { fromData, jvp, lax, np, setBackend, vjp, vmap, type AnyTensor, type Shape, type Tensor } from '../../src/index.ts';
import { Dice } from '../backend/randomPrograms.ts';

await setBackend('reference');

type F64 = Tensor<Shape, 'f64'>;
const size = (s: readonly number[]): number => s.reduce((n, d) => n * d, 1);
const indices = (s: readonly number[]): number[][] => s.reduce<number[][]>((all, d) => all.flatMap(i => Array.from({ length: d }, (_, k) => [...i, k])), [[]]);
const place = (s: readonly number[], index: readonly number[]): number => index.reduce((p, i, axis) => p * (s[axis] ?? 1) + i, 0);
const values = (x: AnyTensor): number[] => Array.from(x.dataSync(), Number);

interface Case {
  readonly shape: readonly number[]; readonly ids: readonly number[]; readonly result: readonly number[]; readonly sizes: readonly number[];
  readonly gather: { readonly offsetDims: readonly number[]; readonly collapsedSliceDims: readonly number[]; readonly startIndexMap: readonly number[]; readonly operandBatchingDims: readonly number[]; readonly startIndicesBatchingDims: readonly number[] };
  readonly index: readonly number[]; readonly mode: 'fill' | 'clip';
}
function drawCase(dice: Dice): Case {
  const some = (n: number): number[] => Array.from({ length: n }, () => 1 + dice.below(3));
  const shuffled = (n: number): number[] => Array.from({ length: n }, (_, i) => [i, dice.below(1000)] as const).sort((a, b) => a[1] - b[1]).map(([i]) => i);
  const shape = some(1 + dice.below(4));
  const axes = shuffled(shape.length);
  const batch = some(dice.below(3));
  const paired = shape.length > 1 && batch.length > 0 && dice.below(3) === 0 ? 1 : 0;
  const operandBatchingDims = axes.slice(0, paired);
  const startIndicesBatchingDims = paired === 1 ? [dice.below(batch.length)] : [];
  if (paired === 1) batch[startIndicesBatchingDims[0] ?? 0] = shape[operandBatchingDims[0] ?? 0] ?? 1;
  const others = axes.slice(paired);
  const startIndexMap = others.filter(() => dice.below(3) > 0);
  const collapsedSliceDims = others.filter(() => dice.below(3) === 0).sort((a, b) => a - b);
  const dropped = [...operandBatchingDims, ...collapsedSliceDims];
  const sizes = shape.map((d, i) => dropped.includes(i) ? 1 : 1 + dice.below(d));
  const window = sizes.filter((_, i) => !dropped.includes(i));
  const rank = batch.length + window.length;
  const offsetDims = shuffled(rank).slice(0, window.length).sort((a, b) => a - b);
  const [w, b] = [[...window], [...batch]];
  const result = Array.from({ length: rank }, (_, i) => (offsetDims.includes(i) ? w : b).shift() ?? 1);
  const ids = [...batch, startIndexMap.length];
  return {
    shape, ids, sizes, result, gather: { offsetDims, collapsedSliceDims, startIndexMap, operandBatchingDims, startIndicesBatchingDims },
    index: Array.from({ length: size(ids) }, () => dice.below(5) - 1), mode: dice.below(2) === 0 ? 'fill' : 'clip',
  };
}
/** The element of the operand that belongs to an index of the result, null outside: XLA's definition. */
function sourceOf({ shape, ids, sizes, gather: g, index, mode }: Case, at: readonly number[]): number | null {
  const batch = at.filter((_, i) => !g.offsetDims.includes(i));
  const offset = at.filter((_, i) => g.offsetDims.includes(i));
  const start = shape.map((_, axis) => {
    const entry = g.startIndexMap.indexOf(axis);
    return entry < 0 ? 0 : index[place(ids, [...batch, entry])] ?? 0;
  });
  const room = shape.map((d, axis) => d - (sizes[axis] ?? 1));
  if (mode === 'fill' && start.some((s, axis) => s < 0 || s > (room[axis] ?? 0))) return null;
  const kept = shape.map((_, axis) => axis).filter(axis => !g.collapsedSliceDims.includes(axis) && !g.operandBatchingDims.includes(axis));
  return place(shape, shape.map((_, axis) => {
    const paired = g.operandBatchingDims.indexOf(axis);
    if (paired >= 0) return batch[g.startIndicesBatchingDims[paired] ?? 0] ?? 0;
    return Math.min(Math.max(start[axis] ?? 0, 0), room[axis] ?? 0) + (kept.includes(axis) ? offset[kept.indexOf(axis)] ?? 0 : 0);
  }));
}
const operands = (c: Case): { readonly x: F64; readonly ids: Tensor<Shape, 'i32'>; readonly updates: F64 } => ({
  x: fromData(Float64Array.from({ length: size(c.shape) }, (_, i) => i + 1), c.shape),
  ids: fromData(Int32Array.from(c.index), c.ids),
  updates: fromData(Float64Array.from({ length: size(c.result) }, (_, i) => (i * 7) % 5 - 1.5), c.result),
});
const scatterDims = ({ gather: g }: Case): { readonly updateWindowDims: readonly number[]; readonly insertedWindowDims: readonly number[]; readonly scatterDimsToOperandDims: readonly number[]; readonly operandBatchingDims: readonly number[]; readonly scatterIndicesBatchingDims: readonly number[] } => ({
  updateWindowDims: g.offsetDims, insertedWindowDims: g.collapsedSliceDims, scatterDimsToOperandDims: g.startIndexMap, operandBatchingDims: g.operandBatchingDims, scatterIndicesBatchingDims: g.startIndicesBatchingDims,
});
const take = (c: Case, x: F64, ids: Tensor<Shape, 'i32'>): F64 => lax.gather(x, ids, c.gather, c.sizes, { mode: c.mode });
const seeds = Array.from({ length: 150 }, (_, i) => i + 1);

describe('general gather and scatter', () => {
  it('gather is its definition', () => {
    for (const seed of seeds) {
      const c = drawCase(new Dice(seed));
      const { x, ids } = operands(c);
      const y = take(c, x, ids);
      expect(y.shape, `seed ${seed}`).toEqual(c.result);
      expect(values(y), `seed ${seed}: ${JSON.stringify(c)}`).toEqual(indices(c.result).map(at => { const from = sourceOf(c, at); return from === null ? NaN : from + 1; }));
    }
  });
  const scatters: readonly (readonly [name: string, scatter: typeof lax.scatterAdd, combine: (a: number, b: number) => number])[] = [
    ['scatter', lax.scatter, (_a: number, b: number): number => b], ['scatterAdd', lax.scatterAdd, (a: number, b: number): number => a + b], ['scatterSub', lax.scatterSub, (a: number, b: number): number => a - b],
    ['scatterMul', lax.scatterMul, (a: number, b: number): number => a * b], ['scatterMin', lax.scatterMin, Math.min], ['scatterMax', lax.scatterMax, Math.max],
  ];
  it.each(scatters)('%s is its definition', (_name, scatter, combine) => {
    for (const seed of seeds) {
      const c = drawCase(new Dice(seed));
      const { x, ids, updates } = operands(c);
      const want = values(x);
      const u = values(updates);
      indices(c.result).forEach((at, i) => { const to = sourceOf(c, at); if (to !== null) want[to] = combine(want[to] ?? 0, u[i] ?? 0); });
      const got = values(scatter(x, ids, updates, scatterDims(c), { mode: c.mode }));
      got.forEach((g, i) => expect(Math.abs(g - (want[i] ?? 0)), `seed ${seed}: ${JSON.stringify(c)}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(g))));
    }
  });
  it('their derivatives are each other: <J t, w> = <t, J\' w>, and a batch is a stack', () => {
    for (const seed of seeds.slice(0, 40)) {
      const c = drawCase(new Dice(seed));
      const { x, ids, updates } = operands(c);
      const f = (t: F64): F64 => take(c, t, ids);
      const [, dy] = jvp(f, [x], [x]);
      const [, pull] = vjp(f, x);
      const inner = (a: F64, b: F64): number => np.sum(np.multiply(a, b)).itemSync();
      const pulled = pull(updates);
      expect(inner(dy, updates)).toBeCloseTo(inner(x, Array.isArray(pulled) ? pulled[0] : pulled), 9);
      const g = (u: F64): F64 => lax.scatterAdd(x, ids, u, scatterDims(c), { mode: c.mode });
      const [, du] = jvp(g, [updates], [updates]);
      const [, back] = vjp(g, updates);
      const returned = back(x);
      expect(inner(du, x)).toBeCloseTo(inner(updates, Array.isArray(returned) ? returned[0] : returned), 9);
      const two = np.stack([ids, np.multiply(ids, -1)]) as Tensor<[number, ...number[]], 'i32'>;
      const batched = vmap((i: Tensor<number[], 'i32'>) => take(c, x, i))(two);
      expect(values(batched)).toEqual([...values(take(c, x, ids)), ...values(take(c, x, np.multiply(ids, -1)))]);
    }
  });
  it.each([
    [() => lax.gather(np.array([[1, 2]]), np.array([[0]], 'i32'), { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0] } as { offsetDims: number[]; collapsedSliceDims: number[]; startIndexMap: number[] }, [2, 2] as number[]), 'gather: a window of 2 does not fit into axis 0 of [1, 2]'],
    [() => lax.gather(np.array([[1, 2]]), np.array([[0]], 'i32'), { offsetDims: [1, 0], collapsedSliceDims: [], startIndexMap: [0] } as { offsetDims: number[]; collapsedSliceDims: number[]; startIndexMap: number[] }, [1, 2] as number[]), 'gather: offset dims [1, 0] are not ascending'],
    [() => lax.gather(np.array([[1, 2]]), np.array([[0]], 'i32'), { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [2] } as { offsetDims: number[]; collapsedSliceDims: number[]; startIndexMap: number[] }, [1, 2] as number[]), 'gather: indexed and batching axes [2] are not different axes of [1, 2]'],
    [() => lax.gather(np.array([1, 2]), np.array([[0]], 'f32') as never, { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] }, [1]), 'gather: f32 is no integer dtype (use astype)'],
  ])('%#: what does not fit is refused by name', (f, message) => { expect(f).toThrow(message); });
});
