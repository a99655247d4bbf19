// selectAndGatherAdd and selectAndScatterAdd: each other's transposes. The derivative of the extremum of a window, forward and backward.
// Floor 2. Both are linear in their first operand; the second decides which elements are selected, and is constant between ties.
import { DTypeError, ShapeError } from '../error.ts';
import { sameShape, showShape, type Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { Draw, NDArray, Primitive, Sample } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1, stage } from '../trace/scope.ts';
import { alignBatch } from './broadcast.ts';
import { at, expectCount, expectDType, operand, pure } from './define.ts';
import { batchedWindows, drawWindows, visitWindows, windowCounts, type WindowParams } from './window.ts';
import { gatheredExtrema, scatteredExtrema } from './windowPrograms.ts';

export type SelectParams = WindowParams & { readonly monoid: 'max' | 'min' };

function selection(inputs: readonly Aval[], name: string): { readonly values: Aval; readonly by: Aval } {
  expectCount(inputs, 2, name);
  const values = operand(inputs, 0, name);
  const by = operand(inputs, 1, name);
  expectDType(by, 'float', name);
  if (values.dtype !== by.dtype) throw new DTypeError(`${name}: dtypes differ: ${values.dtype} vs ${by.dtype} (use astype)`);
  return { values, by };
}
const batched = ({ monoid, ...windows }: SelectParams): SelectParams => ({ ...batchedWindows(windows), monoid });

const program = (name: string, inputs: readonly Aval[], f: (values: AnyTensor, by: AnyTensor) => AnyTensor): Jaxpr =>
  stage(name, inputs, ([values, by]) => values === undefined || by === undefined ? [] : [f(values, by)], { numbers: 'literals' }).jaxpr;

/** Visits each window with the places of its extremum: none where it is NaN or where the window holds padding alone. */
function visitSelected(by: NDArray, counts: readonly number[], p: SelectParams, visit: (o: number, selected: readonly number[], empty: boolean) => void): void {
  const sign = p.monoid === 'max' ? 1 : -1;
  visitWindows(by.shape, counts, p, (o, places, n) => {
    let best = NaN;
    let selected: number[] = [];
    for (let i = 0; i < n; i++) {
      const place = places[i] ?? 0;
      const v = by.data[place] ?? NaN;
      if (v !== v) { selected = []; break; }
      if (selected.length === 0 || sign * v > sign * best) { best = v; selected = [place]; }
      else if (v === best) selected.push(place);
    }
    visit(o, selected, n === 0);
  });
}

/**
 * The mean of `values` over those elements of each window at which `by` (of the same shape) attains its extremum. NaN where the
 * extremum is NaN, 0 for a window of padding alone.
 */
export const selectAndGatherAddP: Primitive<SelectParams> = {
  name: 'selectAndGatherAdd',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, p) {
    const { values, by } = selection(inputs, 'selectAndGatherAdd');
    if (!sameShape(values.shape, by.shape)) throw new ShapeError(`selectAndGatherAdd: shapes differ, ${showShape(values.shape)} vs ${showShape(by.shape)}`);
    return [{ shape: windowCounts(by.shape, p, 'selectAndGatherAdd'), dtype: by.dtype }];
  },
  evaluate(inputs, p, outputs) {
    const values = at(inputs, 0).data;
    const out = at(outputs, 0);
    visitSelected(at(inputs, 1), out.shape, p, (o, selected, empty) => {
      let sum = 0;
      for (const place of selected) sum += values[place] ?? 0;
      out.data[o] = empty ? 0 : sum / selected.length;
    });
  },
  rules: {
    kind: 'flat',
    jvp: ([, by], [t], p) => [t && by ? selectAndGatherAdd(t, by, p) : null],
    batch(x, mask, p, size) {
      return { outputs: [bind1(selectAndGatherAddP, alignBatch(x, mask, size), batched(p))], batched: [true] };
    },
  },
  linear: {
    transpose: ([ct], [, by], p) => [ct && by?.known ? selectAndScatterAdd(ct, by.known, p) : null, null],
    linearIn: () => [[0]],
  },
  lowering: { kind: 'decomposition', program: (p, inputs) => program('selectAndGatherAdd', inputs, (values, by) => gatheredExtrema(values, by, p, p.monoid)) },
  sample: draw => sampleSelection(draw, 'gather'),
  ulp: 4,
};

/** Each element of `values`, one for each window, shared equally among the elements at which `by` attains the window's extremum. */
export const selectAndScatterAddP: Primitive<SelectParams> = {
  name: 'selectAndScatterAdd',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, p) {
    const { values, by } = selection(inputs, 'selectAndScatterAdd');
    const counts = windowCounts(by.shape, p, 'selectAndScatterAdd');
    if (!sameShape(values.shape, counts)) throw new ShapeError(`selectAndScatterAdd: ${showShape(values.shape)} are not the ${showShape(counts)} windows of ${showShape(by.shape)}`);
    return [by];
  },
  evaluate(inputs, p, outputs) {
    const values = at(inputs, 0);
    const out = at(outputs, 0).data;
    // Windows overlap: shares add up in float64 and are rounded once.
    const sums = new Float64Array(out.length);
    visitSelected(at(inputs, 1), values.shape, p, (o, selected) => {
      const share = (values.data[o] ?? 0) / selected.length;
      for (const place of selected) sums[place] = (sums[place] ?? 0) + share;
    });
    out.set(sums);
  },
  rules: {
    kind: 'flat',
    jvp: ([, by], [t], p) => [t && by ? selectAndScatterAdd(t, by, p) : null],
    batch(x, mask, p, size) {
      return { outputs: [bind1(selectAndScatterAddP, alignBatch(x, mask, size), batched(p))], batched: [true] };
    },
  },
  linear: {
    transpose: ([ct], [, by], p) => [ct && by?.known ? selectAndGatherAdd(ct, by.known, p) : null, null],
    linearIn: () => [[0]],
  },
  lowering: { kind: 'decomposition', program: (p, inputs) => program('selectAndScatterAdd', inputs, (values, by) => scatteredExtrema(values, by, p, p.monoid)) },
  sample: draw => sampleSelection(draw, 'scatter'),
  ulp: 4,
};

function sampleSelection(draw: Draw, direction: 'gather' | 'scatter'): Sample<SelectParams> {
  const { shape, params } = drawWindows(draw);
  const dtype = draw.float();
  const values = direction === 'gather' ? shape : windowCounts(shape, params, 'sample');
  return { operands: [{ aval: { shape: values, dtype } }, { aval: { shape, dtype } }], params: { ...params, monoid: draw.pick(['max', 'min']) } };
}

export const selectAndGatherAdd = (values: AnyTensor, by: AnyTensor, p: SelectParams): AnyTensor => bind1(selectAndGatherAddP, [values, by], p);
export const selectAndScatterAdd = (values: AnyTensor, by: AnyTensor, p: SelectParams): AnyTensor => bind1(selectAndScatterAddP, [values, by], p);
