// Views, reductions and products of random shapes with 0, 1, primes and the edges of vectors, tiles and blocks, on every rung, in memory full of
// garbage. Values are small integers: in whatever order they are added every dtype gives exactly what the reference gives.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { allocate, dtypes, isFloat, roundTo, type DType } from '../../src/dtype/dtype.ts';
import { aval, range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, reduceSum } from '../../src/primitive/broadcast.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { max } from '../../src/primitive/extremum.ts';
import { not, or } from '../../src/primitive/logical.ts';
import { reduceMax, reduceMin } from '../../src/primitive/reduce.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { garbage, runPoisoned } from './poisoned.ts';
import { Dice } from './randomPrograms.ts';
import { rungs } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const extents = [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 23, 24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 67];
const most = 6000;
function shapeOf(dice: Dice, rank: number): number[] {
  const shape = range(rank).map(() => dice.pick(extents, 3));
  while (sizeOf(shape) > most) shape[shape.indexOf(Math.max(...shape))] = dice.pick([1, 2, 3, 5, 7], 1);
  return shape;
}
/** So small that half precision and bytes hold every sum of them. */
function smallIntegers(a: Aval, dice: Dice): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  const rare = data.length > 100;
  for (let i = 0; i < data.length; i++) data[i] = roundTo(a.dtype, a.dtype === 'bool' ? dice.below(2) : rare && dice.below(16) > 0 ? 0 : dice.below(5) - (isFloat(a.dtype) || a.dtype.startsWith('i') ? 2 : 0));
  return { ...a, data };
}
const shuffled = (dice: Dice, n: number): number[] => range(n).map(i => [dice.below(1e6), i] as const).sort((p, q) => p[0] - q[0]).map(p => p[1]);
const someOf = (dice: Dice, n: number): number[] => range(n).filter(() => dice.below(2) === 0);
const views: readonly ((x: AnyTensor, dice: Dice) => AnyTensor)[] = [
  (x, dice) => transpose(x, shuffled(dice, x.shape.length)),
  (x, dice) => transpose(x, shuffled(dice, x.shape.length)),
  (x, dice) => reverse(x, someOf(dice, x.shape.length)),
  (x, dice) => { const start = x.shape.map(n => dice.below(n + 1)); return slice(x, start, x.shape.map((n, i) => (start[i] ?? 0) + dice.below(n - (start[i] ?? 0) + 1)), x.shape.map(() => 1 + dice.below(3))); },
  (x, dice) => sizeOf(x.shape) > most / 2 ? x : pad(x, literal(1, { shape: [], dtype: x.dtype }), x.shape.map(n => dice.below(3) - (n > 2 ? 1 : 0)), x.shape.map(() => dice.below(3)), x.shape.map(() => dice.below(2))),
  (x, dice) => x.shape.length === 0 || sizeOf(x.shape) > most / 2 ? x : concatenate([x, reverse(x, [0]), x].slice(0, 2 + dice.below(2)), dice.below(x.shape.length)),
  (x, dice) => reshape(x, dice.pick([[sizeOf(x.shape)], [...x.shape, 1], [...x.shape].reverse()], [sizeOf(x.shape)])),
];
const twice = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? not(x) : add(x, x);

function program(dice: Dice, d: DType): { readonly jaxpr: ReturnType<typeof stage>['jaxpr']; readonly inputs: readonly NDArray[] } {
  const a: Aval = { shape: shapeOf(dice, dice.below(5)), dtype: d };
  const { jaxpr } = stage('shapes', [a, a], ([x, y]) => {
    if (x === undefined || y === undefined) return [];
    let v: AnyTensor = dice.below(2) === 0 ? x : d === 'bool' ? or(x, y) : add(x, y);
    for (let k = dice.below(3); k > 0; k--) v = dice.pick(views, w => w)(v, dice);
    const axes = someOf(dice, v.shape.length);
    const reduced = [reduceMax(v, axes), reduceMin(v, axes), ...(d === 'bool' ? [] : [reduceSum(v, axes)])];
    // A row, or a column, beside what it was reduced from: what softmax and layer norm are made of.
    const kept = range(v.shape.length).filter(i => !axes.includes(i));
    const beside = (d === 'bool' ? or : max)(v, broadcastInDim(dice.pick(reduced, v), v.shape, kept));
    return [...dice.below(2) === 0 ? [twice(v)] : [], ...reduced, ...dice.below(2) === 0 ? [beside] : [], dice.pick(views, w => w)(reduceMax(beside, axes), dice)];
  }, { numbers: 'literals' });
  return { jaxpr, inputs: [smallIntegers(a, dice), smallIntegers(a, dice)] };
}

/** The same numbers: a zero has no sign here. */
function expectNumbers(got: readonly NDArray[], want: readonly NDArray[], what: () => string): void {
  got.forEach((y, i) => {
    const w = want[i] ?? expect.fail('a result is missing');
    const at = y.data.findIndex((v: number, q: number) => v !== w.data[q]);
    if (at >= 0 || y.shape.join() !== w.shape.join()) expect.fail(`result ${i}, element ${at}: wasm ${y.data[at]}, reference ${w.data[at]}\n${what()}`);
  });
}

describe.each(rungs().map(b => [b.rung.name, b] as const))('shapes on rung %s', (_rung, backend) => {
  it.each(dtypes)('views and reductions of %s equal the reference', d => {
    for (let k = 0; k < 30; k++) {
      const { jaxpr, inputs } = program(new Dice(seed + 7919 * k + dtypes.indexOf(d)), d);
      expectNumbers(runPoisoned(backend, jaxpr, inputs, undefined, garbage[k % 3]), evaluateJaxpr(jaxpr, inputs), () => `seed ${seed}, ${d}, program ${k}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('a guard over two loops is asked to the last element', () => {
    for (const n of [32, 33, 48, 64, 67, 100, 131]) {
      const jaxpr = stage('filled up', [aval([3 * n - 3], 'f32'), aval([n], 'f32')], ([x, row]) => x === undefined || row === undefined ? []
        : [add(reshape(pad(x, literal(1, { shape: [], dtype: 'f32' }), [0], [3], [0]), [3, n]), broadcastInDim(row, [3, n], [1]))], { numbers: 'literals' }).jaxpr;
      const inputs = jaxpr.inputs.map((v, i) => smallIntegers(v.aval, new Dice(seed + i)));
      expectNumbers(runPoisoned(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), () => printJaxpr(jaxpr));
    }
  });
});
