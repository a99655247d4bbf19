// linearRecurrence: h[k] = a[k] h[k-1] + b[k] along one axis, in linear time. Its tangents and cotangents are linear recurrences.
// Floor 2. What the derivatives of cumulative products, extrema and log-sums are made of; state-space layers use it as it is.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, mul } from './arithmetic.ts';
import { expectAxis } from './axes.ts';
import { alignBatch, constant } from './broadcast.ts';
import { at, expectCount, expectDType, expectSame, operand, pure } from './define.ts';
import { pad } from './slice.ts';
import { visitLines } from './walk.ts';

/** Along which axis; `reverse` begins at its end. */
export type AlongParams = { readonly axis: number; readonly reverse: boolean };

export const linearRecurrenceP: Primitive<AlongParams> = {
  name: 'linearRecurrence',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, { axis }) {
    expectCount(inputs, 2, 'linearRecurrence');
    const a = operand(inputs, 0, 'linearRecurrence');
    expectDType(a, 'float', 'linearRecurrence');
    expectSame(a, operand(inputs, 1, 'linearRecurrence'), 'linearRecurrence');
    expectAxis(axis, a.shape, 'linearRecurrence');
    return [a];
  },
  evaluate(inputs, { axis, reverse }, outputs) {
    const a = at(inputs, 0).data;
    const b = at(inputs, 1);
    const out = at(outputs, 0).data;
    visitLines(b.shape, axis, reverse, (first, n, step) => {
      // The first factor has nothing to multiply: infinite, it would make a NaN of the zero before the beginning.
      let h = b.data[first] ?? 0;
      out[first] = h;
      for (let k = 1, i = first + step; k < n; k++, i += step) {
        h = (a[i] ?? 0) * h + (b.data[i] ?? 0);
        out[i] = h;
      }
    });
  },
  rules: {
    kind: 'flat',
    jvp([a], [s, t], p, [h]) {
      if (a === undefined || h === undefined || (!s && !t)) return [null];
      const driven = addTangents(s ? mul(s, previous(h, p, 0)) : null, t);
      return [driven ? linearRecurrence(a, driven, p) : null];
    },
    batch: (x, batched, { axis, reverse }, size) => ({ outputs: [bind1(linearRecurrenceP, alignBatch(x, batched, size), { axis: axis + 1, reverse })], batched: [true] }),
  },
  linear: {
    transpose([ct], [a], { axis, reverse }) {
      if (!ct || !a?.known) return [null, null];
      const back = { axis, reverse: !reverse };
      // Cotangents run the other way, and meet the factor of the step that they come from.
      return [null, linearRecurrence(previous(a.known, back, 0), ct, back)];
    },
    linearIn: () => [[1]],
  },
  lowering: { kind: 'recurrence', step: 'affine', along: p => p },
  sample(draw) {
    const shape = [...draw.shape(1), draw.dim(), ...draw.shape(1)];
    const aval = { shape, dtype: draw.float() };
    return { operands: [{ aval }, { aval }], params: { axis: draw.int(0, shape.length - 1), reverse: draw.bool() } };
  },
  ulp: 2,
};

/** Each element's predecessor along the axis, `beginning` where there is none. */
export function previous(x: AnyTensor, { axis, reverse }: AlongParams, beginning: number): AnyTensor {
  const along = (n: number): number[] => x.shape.map((_, i) => i === axis ? n : 0);
  return pad(x, constant(beginning, [], x.dtype), along(reverse ? -1 : 1), along(reverse ? 1 : -1));
}
export const linearRecurrence = (a: AnyTensor, b: AnyTensor, p: AlongParams): AnyTensor => bind1(linearRecurrenceP, [a, b], p);
