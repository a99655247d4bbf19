// argmax and argmin: the index of the first extremum along one axis. Integer results: no derivative.
// Floor 2. The first NaN counts as the extremum; an empty axis has no index and is refused.
import { DTypeError, ShapeError } from '../error.ts';
import { isFloat, isInt, type DType } from '../dtype/dtype.ts';
import { range, showShape } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1, stage } from '../trace/scope.ts';
import { expectAxis } from './axes.ts';
import { broadcastInDim, constantLike, reduceWith } from './broadcast.ts';
import { eq, ne } from './comparison.ts';
import { convert } from './convert.ts';
import { at, expectCount, operand, pure } from './define.ts';
import { iota } from './iota.ts';
import { or } from './logical.ts';
import { reduceMax, reduceMin } from './reduce.ts';
import { select } from './select.ts';

type ArgParams = { readonly axis: number; readonly dtype: DType };

function indexReduction(name: 'argmax' | 'argmin'): Primitive<ArgParams> {
  const sign = name === 'argmax' ? 1 : -1;
  const record: Primitive<ArgParams> = {
    name,
    properties: pure,
    type(inputs, { axis, dtype }) {
      expectCount(inputs, 1, name);
      const x = operand(inputs, 0, name);
      expectAxis(axis, x.shape, name);
      if (x.shape[axis] === 0) throw new ShapeError(`${name}: axis ${axis} of ${showShape(x.shape)} is empty and has no ${name === 'argmax' ? 'greatest' : 'least'} element`, 'axis');
      if (!isInt(dtype)) throw new DTypeError(`${name}: an index is an integer, not ${dtype}; use i32`);
      return [{ shape: x.shape.filter((_, i) => i !== axis), dtype }];
    },
    evaluate(inputs, { axis }, outputs) {
      reduceWith(at(inputs, 0), [axis], at(outputs, 0), (data, start, n) => firstExtremum(data, start, n, sign));
    },
    rules: {
      kind: 'flat',
      jvp: () => [null],
      batch: ([x], _batched, { axis, dtype }) => ({ outputs: x === undefined ? [] : [bind1(record, [x], { axis: axis + 1, dtype })], batched: [true] }),
    },
    linear: null,
    lowering: { kind: 'decomposition', program: ({ axis, dtype }, inputs) => stage(name, inputs, ([x]) => x === undefined ? [] : [firstAttaining(x, axis, dtype, name)], { numbers: 'literals' }).jaxpr },
    sample(draw) {
      const shape = [...draw.shape(1), draw.int(1, 4), ...draw.shape(1)];
      const axis = shape.findIndex(n => n > 0);
      return { operands: [{ aval: { shape, dtype: draw.bool() ? draw.float() : draw.integer() } }], params: { axis, dtype: 'i32' } };
    },
    ulp: 0,
  };
  return record;
}

/** The least index at which the extremum stands; where that is NaN, at which a NaN does. */
function firstAttaining(x: AnyTensor, axis: number, dtype: DType, name: 'argmax' | 'argmin'): AnyTensor {
  const extremum = (name === 'argmax' ? reduceMax : reduceMin)(x, [axis]);
  const attained = eq(x, broadcastInDim(extremum, x.shape, range(x.shape.length).filter(i => i !== axis)));
  const found = isFloat(x.dtype) ? or(attained, ne(x, x)) : attained;
  const index = iota(x.shape, 'i32', axis);
  return convert(reduceMin(select(found, index, constantLike(at(x.shape, axis), index)), [axis]), dtype);
}

function firstExtremum(data: ArrayLike<number>, start: number, n: number, sign: number): number {
  let best = 0;
  for (let i = 0; i < n; i++) {
    const v = data[start + i] ?? NaN;
    if (v !== v) return i;
    if (sign * v > sign * (data[start + best] ?? 0)) best = i;
  }
  return best;
}

/** The index of the first greatest element along an axis; of the first NaN if there is one. XLA's ArgMax. */
export const argmaxP = indexReduction('argmax');
/** The index of the first least element along an axis; of the first NaN if there is one. XLA's ArgMin. */
export const argminP = indexReduction('argmin');

export const argmax = (x: AnyTensor, axis: number, dtype: DType = 'i32'): AnyTensor => bind1(argmaxP, [x], { axis, dtype });
export const argmin = (x: AnyTensor, axis: number, dtype: DType = 'i32'): AnyTensor => bind1(argminP, [x], { axis, dtype });
