// Random programs of all dtypes in which nothing depends on rounding: exact arithmetic on small numbers, conversions, views, reductions.
import { dtypes, isFloat, isInt, roundTo, allocate, type DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, div, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { ge, lt } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { max, min } from '../../src/primitive/extremum.ts';
import { iota } from '../../src/primitive/iota.ts';
import { and, not, or, shiftLeft, shiftRightArithmetic, shiftRightLogical, xor } from '../../src/primitive/logical.ts';
import { reduceMax, reduceMin } from '../../src/primitive/reduce.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { rem, round } from '../../src/primitive/rounding.ts';
import { select } from '../../src/primitive/select.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice, type RandomProgram } from './randomPrograms.ts';

const dims = [1, 2, 3, 4, 5, 8, 9, 17, 35];

export function mixedProgram(seed: number, length = 14): RandomProgram {
  const dice = new Dice(seed);
  const shape = range(1 + dice.below(3)).map(() => dice.pick(dims, 3));
  const dtype = (): DType => dice.pick(dtypes, 'f32');
  const avals = range(2 + dice.below(3)).map((): Aval => ({ shape, dtype: dtype() }));
  const { jaxpr } = stage('mixed', avals, args => {
    const values: AnyTensor[] = [...args];
    const any = (): AnyTensor => dice.pick(values.slice(-6), values[0] ?? literal(0, { shape: [], dtype: 'f32' }));
    /** Another value of the shape and dtype of x. */
    const like = (x: AnyTensor): AnyTensor => {
      const y = dice.pick(values.filter(v => v.shape.join() === x.shape.join()), x);
      return convert(y, x.dtype);
    };
    const number = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? convert(x, dice.pick<DType>(['u8', 'i8', 'f64', 'f16'], 'u8')) : x;
    const integer = (x: AnyTensor): AnyTensor => isInt(x.dtype) ? x : convert(x, dice.pick<DType>(['u8', 'i8', 'i32', 'u32'], 'i32'));
    /** Floats stay small integers, which every dtype adds and multiplies exactly. */
    const small = (x: AnyTensor): AnyTensor => isFloat(x.dtype) ? rem(round(x), constantLike(11, x)) : x;
    const axis = (x: AnyTensor): number => dice.below(x.shape.length);
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
      x => x.shape.length === 0 ? x : iota(x.shape, dice.pick<DType>(['i32', 'u32', 'u8', 'i8', 'f64', 'f16', 'f32'], 'i32'), axis(x)),
    ];
    for (let k = 0; k < length; k++) {
      const y = dice.pick(choices, x => x)(any());
      if (sizeOf(y.shape) <= 20_000 && y.shape.length <= 4) values.push(y);
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
