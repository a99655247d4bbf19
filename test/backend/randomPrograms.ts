// Random float32 programs of views, elementwise operations, reductions and products, bounded by tanh so that errors stay small.
import type { Aval } from '../../src/ir/aval.ts';
import { range, sizeOf } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, div, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { ge, lt } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cumlogsumexp, cumsum } from '../../src/primitive/cumulative.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { exp, logistic, tanh } from '../../src/primitive/exponential.ts';
import { max, min } from '../../src/primitive/extremum.ts';
import { gather, scatterAdd, type IndexMode } from '../../src/primitive/gather.ts';
import { iota } from '../../src/primitive/iota.ts';
import { linearRecurrence } from '../../src/primitive/linearRecurrence.ts';
import { reduceMax, reduceMin } from '../../src/primitive/reduce.ts';
import { reduceWindowMax, reduceWindowSum } from '../../src/primitive/reduceWindow.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { select } from '../../src/primitive/select.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import type { WindowParams } from '../../src/primitive/window.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';

export class Dice {
  #state: number;
  constructor(seed: number) { this.#state = seed >>> 0; }
  /** A natural number below n. */
  below(n: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 2246822519) + 3266489917) >>> 0;
    return ((this.#state ^ (this.#state >>> 13)) >>> 0) % Math.max(1, n);
  }
  pick<A>(xs: readonly A[], fallback: A): A { return xs[this.below(xs.length)] ?? fallback; }
}
const dims = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33];

export interface RandomProgram { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[] }
export function randomProgram(seed: number, length = 12): RandomProgram {
  const dice = new Dice(seed);
  const dim = (): number => dice.pick(dims, 3);
  const shapes = range(2 + dice.below(2)).map(() => range(1 + dice.below(3)).map(dim));
  const avals = shapes.map((shape): Aval => ({ shape, dtype: 'f32' }));
  const { jaxpr } = stage('random', avals, args => {
    const values: AnyTensor[] = [...args];
    const any = (): AnyTensor => dice.pick(values.slice(-5), values[0] ?? literal(0, { shape: [], dtype: 'f32' }));
    /** Another value at the shape of x: reduced or repeated as needed. */
    const like = (x: AnyTensor): AnyTensor => {
      const same = values.filter(v => v.shape.join() === x.shape.join());
      if (same.length > 0 && dice.below(4) > 0) return dice.pick(same, x);
      const y = any();
      const scalar = tanh(reduceSum(y, range(y.shape.length)));
      const row = values.find(v => v.shape.length === 1 && v.shape[0] === x.shape.at(-1));
      return row !== undefined && x.shape.length > 0 && dice.below(2) === 0 ? broadcastInDim(row, x.shape, [x.shape.length - 1]) : broadcastInDim(scalar, x.shape, []);
    };
    const spread = (x: AnyTensor): AnyTensor => { const n = dice.pick([1, 3, 5, 16], 3); const i = iota([n], 'i32', 0); return sub(mul(i, constantLike(1 + dice.below(3), i)), constantLike(x.shape.length, i)); };
    /** Every window holds an element, so that no extremum is infinite. */
    const windowsOf = (x: AnyTensor): WindowParams => {
      const window = x.shape.map(n => 1 + dice.below(Math.min(n, dice.pick([2, 3, 8], 2))));
      return { window, strides: x.shape.map(() => 1 + dice.below(3)), padding: window.map(n => [dice.below(n), dice.below(n)] as const), baseDilation: x.shape.map(() => 1), windowDilation: x.shape.map(() => 1) };
    };
    const someAxes = (x: AnyTensor): number[] => range(x.shape.length).filter(() => dice.below(2) === 0);
    for (let k = 0; k < length; k++) {
      const x = any();
      const rank = x.shape.length;
      const zeros = range(rank).map(() => 0);
      const choices: (() => AnyTensor)[] = [
        () => add(x, like(x)), () => sub(x, like(x)), () => mul(x, like(x)), () => max(x, like(x)), () => min(x, like(x)), () => neg(x),
        () => tanh(mul(x, constantLike(1.5, x))), () => exp(neg(mul(x, x))), () => logistic(x), () => max(x, constantLike(0, x)),
        () => div(x, add(constantLike(2, x), mul(x, x))),
        // Decisions are taken on positions: on values they would fall differently where rounding does.
        () => rank === 0 ? x : select(lt(iota(x.shape, 'i32', dice.below(rank)), constant(dice.below(4), x.shape, 'i32')), like(x), mul(x, constantLike(0.5, x))),
        () => rank === 0 ? x : convert(ge(iota(x.shape, 'i32', dice.below(rank)), constant(dice.below(4), x.shape, 'i32')), 'f32'),
        () => rank === 0 ? x : convert(div(add(iota(x.shape, 'i32', dice.below(rank)), constant(5, x.shape, 'i32')), constant(1 + dice.below(3), x.shape, 'i32')), 'f32'),
        () => transpose(x, dice.below(2) === 0 ? range(rank).reverse() : [...range(rank).slice(1), ...range(rank).slice(0, 1)]),
        () => reverse(x, someAxes(x)),
        () => reshape(x, dice.pick([[sizeOf(x.shape)], [...x.shape].reverse(), [1, ...x.shape], [...x.shape.slice(0, -2), x.shape.slice(-2).reduce((a, b) => a * b, 1)]], [sizeOf(x.shape)])),
        () => { const start = x.shape.map(n => dice.below(n)); return slice(x, start, x.shape.map((n, i) => (start[i] ?? 0) + 1 + dice.below(n - (start[i] ?? 0))), x.shape.map(() => 1 + dice.below(2))); },
        () => pad(x, literal(dice.below(3) * 0.25, { shape: [], dtype: 'f32' }), x.shape.map(n => dice.below(4) - (n > 2 ? 1 : 0)), x.shape.map(() => dice.below(3)), dice.below(3) === 0 ? x.shape.map(() => dice.below(2)) : zeros),
        () => rank === 0 ? x : concatenate([x, x, neg(x)].slice(0, 2 + dice.below(2)), dice.below(rank)),
        () => tanh(reduceSum(x, someAxes(x))), () => reduceMax(x, someAxes(x)), () => reduceMin(x, someAxes(x)),
        () => rank === 0 ? x : sub(x, broadcastInDim(reduceMax(x, [rank - 1]), x.shape, range(rank - 1))),
        () => { if (rank === 0) return x; const e = exp(sub(x, broadcastInDim(reduceMax(x, [rank - 1]), x.shape, range(rank - 1)))); return div(e, broadcastInDim(reduceSum(e, [rank - 1]), x.shape, range(rank - 1))); },
        () => rank < 1 ? x : tanh(dotGeneral(x, x, { lhsContract: [rank - 1], rhsContract: [rank - 1], lhsBatch: range(rank - 1).slice(0, 1), rhsBatch: range(rank - 1).slice(0, 1) })),
        () => rank < 2 ? x : tanh(dotGeneral(x, transpose(x, [...range(rank - 2), rank - 1, rank - 2]), { lhsContract: [rank - 1], rhsContract: [rank - 2], lhsBatch: range(rank - 2), rhsBatch: range(rank - 2) })),
        // Places that positions name: running values, elements, windows.
        () => rank === 0 ? x : tanh(cumsum(x, { axis: dice.below(rank), reverse: dice.below(2) === 0 })),
        () => rank === 0 ? x : tanh(cumlogsumexp(x, { axis: dice.below(rank), reverse: dice.below(2) === 0 })),
        () => rank === 0 ? x : linearRecurrence(tanh(like(x)), x, { axis: dice.below(rank), reverse: false }),
        () => rank === 0 ? x : gather(x, spread(x), { axis: dice.below(rank), mode: dice.pick<IndexMode>(['zero', 'clip'], 'clip') }),
        () => { if (rank === 0) return x; const axis = dice.below(rank); const i = spread(x); const y = gather(x, i, { axis, mode: 'clip' }); return tanh(scatterAdd(x, i, tanh(y), { axis, mode: 'fill' })); },
        () => x.shape.length === 0 ? x : tanh(reduceWindowSum(x, windowsOf(x))), () => rank === 0 ? x : reduceWindowMax(x, windowsOf(x)),
        () => rank === 0 ? x : mul(x, convert(iota(x.shape, 'i32', dice.below(rank)), 'f32')),
      ];
      const y = dice.pick(choices, () => x)();
      if (sizeOf(y.shape) <= 60_000 && y.shape.length <= 5) values.push(dice.below(3) === 0 ? tanh(y) : y);
    }
    const out = values.slice(-1 - dice.below(3));
    return out;
  });
  const inputs = avals.map((a, i): NDArray => ({ ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, (_, k) => Math.sin(12.9898 * (k + 1) + i + seed) * 1.3) }));
  return { jaxpr, inputs };
}
