// Random programs of all dtypes in which nothing depends on rounding: exact arithmetic on small numbers, conversions, views, reductions.
import { dtypes, isFloat, isInt, roundTo, allocate, type DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, div, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { takeAlongAxis } from '../../src/primitive/alongAxis.ts';
import { argmax } from '../../src/primitive/argmax.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { ge, lt } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cummax, cumsum } from '../../src/primitive/cumulative.ts';
import { dynamicSlice, dynamicUpdateSlice } from '../../src/primitive/dynamicSlice.ts';
import { max, min } from '../../src/primitive/extremum.ts';
import { gather, scatterAdd, type IndexMode } from '../../src/primitive/gather.ts';
import { iota } from '../../src/primitive/iota.ts';
import { and, not, or, shiftLeft, shiftRightArithmetic, shiftRightLogical, xor } from '../../src/primitive/logical.ts';
import { reduceMax, reduceMin } from '../../src/primitive/reduce.ts';
import { reduceWindowMax, reduceWindowSum } from '../../src/primitive/reduceWindow.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { rem, round } from '../../src/primitive/rounding.ts';
import { scatterMax, scatterSet } from '../../src/primitive/scatter.ts';
import { select } from '../../src/primitive/select.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { sort } from '../../src/primitive/sort.ts';
import { threefry2x32 } from '../../src/primitive/threefry.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import type { WindowParams } from '../../src/primitive/window.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice, type RandomProgram } from './randomPrograms.ts';

const dims = [1, 2, 3, 4, 5, 8, 9, 17, 35];

/** `known`: the dtypes that the backend has. */
export function mixedProgram(seed: number, length = 14, known: readonly DType[] = dtypes): RandomProgram {
  const dice = new Dice(seed);
  const shape = range(1 + dice.below(3)).map(() => dice.pick(dims, 3));
  const among = (...ds: readonly DType[]): readonly DType[] => ds.filter(d => known.includes(d));
  const dtype = (): DType => dice.pick(known, 'f32');
  const avals = range(2 + dice.below(3)).map((): Aval => ({ shape, dtype: dtype() }));
  const { jaxpr } = stage('mixed', avals, args => {
    const values: AnyTensor[] = [...args];
    const any = (): AnyTensor => dice.pick(values.slice(-6), values[0] ?? literal(0, { shape: [], dtype: 'f32' }));
    /** Another value of the shape and dtype of x. */
    const like = (x: AnyTensor): AnyTensor => {
      const y = dice.pick(values.filter(v => v.shape.join() === x.shape.join()), x);
      return convert(y, x.dtype);
    };
    const number = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? convert(x, dice.pick(among('u8', 'i8', 'f64', 'f16'), 'u8')) : x;
    const integer = (x: AnyTensor): AnyTensor => isInt(x.dtype) ? x : convert(x, dice.pick(among('u8', 'i8', 'i32', 'u32'), 'i32'));
    /** Floats stay small integers, which every dtype adds and multiplies exactly. */
    const small = (x: AnyTensor): AnyTensor => isFloat(x.dtype) ? rem(round(x), constantLike(11, x)) : x;
    const axis = (x: AnyTensor): number => dice.below(x.shape.length);
    /** On an empty axis every index lies outside. */
    const mode = (x: AnyTensor): IndexMode => x.shape.includes(0) ? 'fill' : dice.pick<IndexMode>(['fill', 'zero', 'clip', 'promise'], 'fill');
    /** Small integers, some of which lie outside. */
    const places = (x: AnyTensor, like?: readonly number[]): AnyTensor => {
      const shape = like ?? range(dice.below(3)).map(() => dice.pick([1, 2, 3, 5, 16, 17], 3));
      const found = values.find(v => v.shape.join() === shape.join() && dice.below(2) === 0);
      const spread = reshape(iota([Math.max(1, sizeOf(shape))], 'i32', 0), sizeOf(shape) === 0 ? [1] : shape);
      const numbers = found === undefined ? mul(spread, constantLike(1 + dice.below(5), spread)) : convert(found, 'i32');
      if (sizeOf(shape) === 0) return constant(0, shape, 'i32');
      return sub(rem(numbers, constantLike(Math.max(2, ...x.shape) + 2, numbers)), constantLike(1, numbers));
    };
    const starts = (x: AnyTensor): readonly AnyTensor[] => x.shape.map(n => dice.below(2) === 0 ? constant(dice.below(n + 3) - 1, [], 'i32') : sub(reduceMax(places(x, [3]), [0]), constant(2, [], 'i32')));
    const changed = (x: AnyTensor, f: typeof scatterSet): AnyTensor => {
      if (x.shape.length === 0) return x;
      const along = axis(x);
      const indices = places(x);
      const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
      const updates = sizeOf(shape) === sizeOf(x.shape) ? reshape(like(x), shape) : convert(iota([sizeOf(shape)], 'i32', 0), x.dtype);
      return f(x, indices, reshape(updates, shape), { axis: along, mode: mode(x) });
    };
    const windows = (x: AnyTensor): WindowParams => {
      const each = (lo: number, n: number): number[] => x.shape.map(() => lo + dice.below(n));
      return { window: each(1, dice.pick([2, 3, 9], 3)), strides: each(1, 3), padding: x.shape.map(() => [dice.below(3), dice.below(3)] as const), baseDilation: each(1, 2), windowDilation: each(1, 2) };
    };
    const choices: ((x: AnyTensor) => AnyTensor)[] = [
      x => convert(x, dtype()), x => convert(x, dtype()), x => convert(x, dtype()),
      x => { const a = small(number(x)); return add(a, small(like(a))); }, x => { const a = small(number(x)); return sub(a, small(like(a))); },
      x => { const a = small(number(x)); return mul(a, small(like(a))); }, x => neg(number(x)),
      x => { const a = number(x); return max(a, like(a)); }, x => { const a = number(x); return min(a, like(a)); }, x => { const a = number(x); return max(a, constantLike(0, a)); },
      x => { const a = integer(x); return div(a, like(a)); }, x => { const a = integer(x); return rem(a, like(a)); },
      x => { const a = integer(x); return and(a, like(a)); }, x => { const a = integer(x); return or(a, like(a)); }, x => { const a = integer(x); return xor(a, not(like(a))); },
      x => { const a = integer(x); return shiftLeft(a, like(a)); }, x => { const a = integer(x); return shiftRightLogical(a, constantLike(dice.below(9), a)); },
      x => { const a = integer(x); return shiftRightArithmetic(a, constantLike(dice.below(9), a)); },
      x => ge(x, like(x)), x => select(lt(x, like(x)), x, like(x)),
      x => transpose(x, range(x.shape.length).reverse()), x => x.shape.length === 0 ? x : reverse(x, [axis(x)]),
      x => { const start = x.shape.map(n => dice.below(n)); return slice(x, start, x.shape.map((n, i) => (start[i] ?? 0) + 1 + dice.below(n - (start[i] ?? 0))), x.shape.map(() => 1 + dice.below(2))); },
      x => pad(x, literal(1, { shape: [], dtype: x.dtype }), x.shape.map(() => dice.below(4)), x.shape.map(() => dice.below(3)), x.shape.map(() => dice.below(2))),
      x => x.shape.length === 0 ? x : concatenate([x, x], axis(x)),
      x => reduceSum(small(number(x)), range(x.shape.length).filter(() => dice.below(2) === 0)),
      x => reduceMax(x, range(x.shape.length).filter(() => dice.below(2) === 0)), x => reduceMin(x, range(x.shape.length).filter(() => dice.below(2) === 0)),
      x => x.shape.length === 0 ? x : select(lt(x, broadcastInDim(reduceMax(x, [x.shape.length - 1]), x.shape, range(x.shape.length - 1))), x, like(x)),
      // Elements at computed places, changes of elements, running values, orders and windows.
      x => x.shape.length === 0 ? x : gather(x, places(x), { axis: axis(x), mode: mode(x) }),
      x => x.shape.length < 2 ? x : takeAlongAxis(x, places(x, x.shape), axis(x), mode(x)),
      x => changed(x, scatterSet), x => changed(x, scatterMax), x => changed(small(number(x)), scatterAdd),
      x => dynamicSlice(x, starts(x), x.shape.map(n => dice.below(n + 1))),
      x => { const y = slice(like(x), x.shape.map(() => 0), x.shape.map(n => 1 + dice.below(n))); return dynamicUpdateSlice(x, y, starts(x)); },
      x => x.shape.length === 0 || x.shape.includes(0) ? x : argmax(x, axis(x), dice.pick(among('i32', 'u32', 'u8'), 'i32')),
      x => x.shape.length === 0 ? x : cummax(x, { axis: axis(x), reverse: dice.below(2) === 0 }),
      x => x.shape.length === 0 ? x : cumsum(small(number(x)), { axis: axis(x), reverse: dice.below(2) === 0 }),
      x => x.shape.length === 0 ? x : dice.pick(sort(x, [like(x)], axis(x)), x),
      x => reduceWindowMax(x, windows(x)), x => reduceWindowSum(small(number(x)), windows(x)),
      x => dice.pick(optimizationBarrier([x, like(x)]), x),
      x => { const a = convert(integer(x), 'u32'); return dice.pick(threefry2x32(a, constantLike(7, a), a, constantLike(9, a)), a); },
      x => x.shape.length === 0 ? x : iota(x.shape, dice.pick(among('i32', 'u32', 'u8', 'i8', 'f64', 'f16', 'f32'), 'i32'), axis(x)),
    ];
    for (let k = 0; k < length; k++) {
      const y = dice.pick(choices, x => x)(any());
      if (sizeOf(y.shape) > 0 && sizeOf(y.shape) <= 20_000 && y.shape.length <= 4) values.push(y);
    }
    return values.slice(-1 - dice.below(3));
  });
  const inputs = avals.map((a, i): NDArray => {
    const data = allocate(a.dtype, sizeOf(a.shape));
    for (let k = 0; k < data.length; k++) data[k] = roundTo(a.dtype, isFloat(a.dtype) ? Math.sin(12.9898 * (k + 1) + i + seed) * 9 : dice.below(2 ** 24) - 2 ** 23);
    return { ...a, data };
  });
  return { jaxpr, inputs };
}
