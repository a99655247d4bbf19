// reduceWindowSum, reduceWindowMax, reduceWindowMin: reductions over the windows of a tensor, from which pooling is made.
// Floor 2. Padding takes no part: it counts as 0 for sums, and is never the extremum.
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import type { Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { Draw, NDArray, Primitive, Sample } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1, stage } from '../trace/scope.ts';
import { div } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { at, expectCount, expectDType, operand, pure, type Accepts } from './define.ts';
import { selectAndGatherAdd } from './selectWindow.ts';
import { batchedWindows, drawWindows, transposedWindows, visitWindows, windowCounts, type WindowParams } from './window.ts';
import { foldedWindows } from './windowPrograms.ts';

function windowedAval(inputs: readonly Aval[], p: WindowParams, name: string, which: Accepts): Aval {
  expectCount(inputs, 1, name);
  const x = operand(inputs, 0, name);
  expectDType(x, which, name);
  return { shape: windowCounts(x.shape, p, name), dtype: x.dtype };
}

function sampleWindows(draw: Draw): Sample<WindowParams> {
  const { shape, params } = drawWindows(draw);
  return { operands: [{ aval: { shape, dtype: draw.float() } }], params };
}

const folding = (inputs: readonly Aval[], p: WindowParams, fold: 'add' | 'max' | 'min', name: string): Jaxpr =>
  stage(name, inputs, ([x]) => x === undefined ? [] : [foldedWindows(x, p, fold, name)], { numbers: 'literals' }).jaxpr;

/** Calls `fold` on each window; sums and extrema of floats are taken in float64 and rounded once. */
function foldWindows(x: NDArray, out: NDArray, p: WindowParams, start: number, fold: (a: number, b: number) => number): void {
  visitWindows(x.shape, out.shape, p, (o, places, n) => {
    let value = start;
    for (let i = 0; i < n; i++) value = fold(value, x.data[places[i] ?? 0] ?? 0);
    out.data[o] = value;
  });
}

/** The sum of each window. XLA's ReduceWindow with add. */
export const reduceWindowSumP: Primitive<WindowParams> = {
  name: 'reduceWindowSum',
  properties: { ...pure, zeroPreserving: true },
  type: (inputs, p) => [windowedAval(inputs, p, 'reduceWindowSum', 'number')],
  evaluate(inputs, p, outputs) {
    const x = at(inputs, 0);
    foldWindows(x, at(outputs, 0), p, 0, isFloat(x.dtype) ? (a, b) => a + b : (a, b) => (a + b) | 0);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], p) => [t ? reduceWindowSum(t, p) : null],
    batch: ([x], _batched, p) => ({ outputs: x === undefined ? [] : [reduceWindowSum(x, batchedWindows(p))], batched: [true] }),
  },
  linear: {
    transpose([ct], [x], p) {
      if (!ct || x === undefined || x.known !== null) return [null];
      return [reduceWindowSum(ct, transposedWindows(x.aval.shape, ct.shape, p))];
    },
    linearIn: () => [[0]],
  },
  lowering: { kind: 'decomposition', program: (p, inputs) => folding(inputs, p, 'add', 'reduceWindowSum') },
  sample: sampleWindows,
  ulp: 4,
};

/** reduceWindowMax and reduceWindowMin, which differ in the order alone. */
function windowExtremum(name: 'reduceWindowMax' | 'reduceWindowMin', monoid: 'max' | 'min'): Primitive<WindowParams> {
  const neutral = (d: DType): number => isFloat(d) ? (monoid === 'max' ? -Infinity : Infinity) : monoid === 'max' ? dtypeInfo[d].min : dtypeInfo[d].max;
  const fold = monoid === 'max' ? Math.max : Math.min;
  const record: Primitive<WindowParams> = {
    name,
    properties: pure,
    type: (inputs, p) => [windowedAval(inputs, p, name, 'any')],
    evaluate(inputs, p, outputs) {
      const x = at(inputs, 0);
      foldWindows(x, at(outputs, 0), p, neutral(x.dtype), (a, b) => fold(a, b));
    },
    rules: {
      kind: 'flat',
      jvp: ([x], [t], p) => [t && x ? selectAndGatherAdd(t, x, { ...p, monoid }) : null],
      batch: ([x], _batched, p) => ({ outputs: x === undefined ? [] : [bind1(record, [x], batchedWindows(p))], batched: [true] }),
    },
    linear: null,
    lowering: { kind: 'decomposition', program: (p, inputs) => folding(inputs, p, monoid, name) },
    sample: sampleWindows,
    ulp: 0,
  };
  return record;
}
/** The greatest element of each window; NaN if one is NaN; of a window of padding alone -inf or the least value. XLA's ReduceWindow with max. */
export const reduceWindowMaxP = windowExtremum('reduceWindowMax', 'max');
/** The least element of each window; NaN if one is NaN; of a window of padding alone inf or the greatest value. XLA's ReduceWindow with min. */
export const reduceWindowMinP = windowExtremum('reduceWindowMin', 'min');

export const reduceWindowSum = (x: AnyTensor, p: WindowParams): AnyTensor => bind1(reduceWindowSumP, [x], p);
export const reduceWindowMax = (x: AnyTensor, p: WindowParams): AnyTensor => bind1(reduceWindowMaxP, [x], p);
export const reduceWindowMin = (x: AnyTensor, p: WindowParams): AnyTensor => bind1(reduceWindowMinP, [x], p);
/** The mean of the elements of each window that are not padding; NaN where there is none. */
export const reduceWindowMean = (x: AnyTensor, p: WindowParams): AnyTensor => div(reduceWindowSum(x, p), reduceWindowSum(constantLike(1, x), p));
