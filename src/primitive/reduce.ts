// reduceMax, reduceMin, reduceProd: reductions that are not linear (reduceSum stands in broadcast.ts).
// Floor 2. An empty axis gives the neutral element: -inf or the dtype's least value, its opposite, 1.
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { Domain, Draw, NDArray, Primitive, Sample, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { add, div, mul } from './arithmetic.ts';
import { broadcastInDim, constant, constantLike, reducedAval, reduceSum, reduceWith } from './broadcast.ts';
import { eq } from './comparison.ts';
import { convert } from './convert.ts';
import { at, pure } from './define.ts';
import { reshape } from './reshape.ts';
import { select } from './select.ts';
import { pad, sliceAxis } from './slice.ts';

type ReduceParams = { readonly axes: readonly number[] };

const reducedCount = (x: AnyTensor, axes: readonly number[]): number => sizeOf(axes.map(a => at(x.shape, a)));
/** Gives the reduced axes back by repetition. */
const restore = (reduced: AnyTensor, shape: readonly number[], axes: readonly number[]): AnyTensor =>
  broadcastInDim(reduced, shape, range(shape.length).filter(i => !axes.includes(i)));

function sampleReduction(draw: Draw, domain: Domain): Sample<ReduceParams> {
  const shape = draw.shape(3);
  return { operands: [{ aval: { shape, dtype: draw.float() }, domain }], params: { axes: range(shape.length).filter(() => draw.bool()) } };
}

/** reduceMax and reduceMin, which differ in the order alone. On bool they are any and all. */
function extremumReduction(name: 'reduceMax' | 'reduceMin', monoid: 'max' | 'min'): Primitive<ReduceParams> {
  const sign = monoid === 'max' ? 1 : -1;
  const neutral = (d: DType): number => isFloat(d) ? -sign * Infinity : monoid === 'max' ? dtypeInfo[d].min : dtypeInfo[d].max;
  const record: Primitive<ReduceParams> = {
    name,
    properties: pure,
    type: (inputs, { axes }) => [reducedAval(inputs, axes, name, 'any')],
    evaluate(inputs, { axes }, outputs) {
      const x = at(inputs, 0);
      const start = neutral(x.dtype);
      reduceWith(x, axes, at(outputs, 0), (data, from, n) => extremumOf(data, from, n, start, sign));
    },
    rules: {
      kind: 'flat',
      jvp([x], [t], { axes }, [out]) {
        if (!t || x === undefined || out === undefined || reducedCount(x, axes) === 0) return [null];
        // Ties share equally. Where the result is NaN nothing equals it, and 0 / 0 passes the NaN on.
        const attained = eq(x, restore(out, x.shape, axes));
        const total = reduceSum(select(attained, t, constantLike(0, t)), axes);
        return [div(total, reduceSum(convert(attained, x.dtype), axes))];
      },
      batch: ([x], _batched, { axes }) => ({ outputs: x === undefined ? [] : [bind1(record, [x], { axes: axes.map(a => a + 1) })], batched: [true] }),
    },
    linear: null,
    lowering: { kind: 'reduction', monoid, axes: ({ axes }) => axes },
    sample: draw => sampleReduction(draw, { intervals: [[-2, 2]] }),
    ulp: 0,
  };
  return record;
}

/** The extremum of a run; NaN where one of its elements is NaN. */
function extremumOf(data: ArrayLike<number>, start: number, n: number, neutral: number, sign: number): number {
  let best = neutral;
  for (let i = start; i < start + n; i++) {
    const v = data[i] ?? NaN;
    if (v !== v) return NaN;
    if (sign * v > sign * best) best = v;
  }
  return best;
}

/** The greatest element over `axes` (strictly increasing); NaN if one is NaN. XLA's Reduce with max. */
export const reduceMaxP = extremumReduction('reduceMax', 'max');
/** The least element over `axes` (strictly increasing); NaN if one is NaN. XLA's Reduce with min. */
export const reduceMinP = extremumReduction('reduceMin', 'min');

/** The product over `axes` (strictly increasing). Integers wrap. XLA's Reduce with mul. */
export const reduceProdP: Primitive<ReduceParams> = {
  name: 'reduceProd',
  properties: pure,
  type: (inputs, { axes }) => [reducedAval(inputs, axes, 'reduceProd')],
  evaluate(inputs, { axes }, outputs) { productOf(at(inputs, 0), axes, at(outputs, 0)); },
  rules: {
    kind: 'flat',
    jvp([x], [t], { axes }) {
      if (!t || x === undefined || reducedCount(x, axes) === 0) return [null];
      return [productTangent(x, t, axes)];
    },
    batch: ([x], _batched, { axes }) => ({ outputs: x === undefined ? [] : [reduceProd(x, axes.map(a => a + 1))], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'reduction', monoid: 'mul', axes: ({ axes }) => axes },
  sample: draw => sampleReduction(draw, { intervals: [[-2, -0.3], [0.3, 2]] }),
  ulp: 4,
};

function productOf(x: NDArray, axes: readonly number[], out: NDArray): void {
  const times = isFloat(x.dtype) ? (a: number, b: number) => a * b : Math.imul;
  reduceWith(x, axes, out, (data, start, n) => {
    let product = 1;
    for (let i = start; i < start + n; i++) product = times(product, data[i] ?? 0);
    return product;
  });
}

/**
 * The tangent of a product, by halving each axis: (ab)' = a'b + ab' on pairs of halves, log2(n) times. Nothing is divided, so zeros
 * are harmless, and each step is a polynomial that can be differentiated again.
 */
function productTangent(x: AnyTensor, t: AnyTensor, axes: readonly number[]): TangentOf {
  let primal = x;
  let tangent = t;
  for (const axis of axes) {
    for (let n = at(primal.shape, axis); n > 1; n = at(primal.shape, axis)) {
      const half = Math.ceil(n / 2);
      const lower = (y: AnyTensor): AnyTensor => sliceAxis(y, axis, 0, half);
      // An odd length lacks one partner: the factor 1, whose tangent is 0.
      const upper = (y: AnyTensor, filler: number): AnyTensor => {
        const rest = sliceAxis(y, axis, half, n);
        return pad(rest, constant(filler, [], y.dtype), y.shape.map(() => 0), y.shape.map((_, i) => i === axis ? 2 * half - n : 0));
      };
      const [a, da, b, db] = [lower(primal), lower(tangent), upper(primal, 1), upper(tangent, 0)];
      tangent = add(mul(da, b), mul(a, db));
      primal = mul(a, b);
    }
  }
  return reshape(tangent, x.shape.filter((_, i) => !axes.includes(i)));
}

export const reduceMax = (x: AnyTensor, axes: readonly number[]): AnyTensor => axes.length === 0 ? x : bind1(reduceMaxP, [x], { axes });
export const reduceMin = (x: AnyTensor, axes: readonly number[]): AnyTensor => axes.length === 0 ? x : bind1(reduceMinP, [x], { axes });
export const reduceProd = (x: AnyTensor, axes: readonly number[]): AnyTensor => axes.length === 0 ? x : bind1(reduceProdP, [x], { axes });
