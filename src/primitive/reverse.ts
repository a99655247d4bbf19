// reverse: the elements of some axes in opposite order. Its own inverse and transpose.
// Floor 2.
import { range, stridesOf } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { expectAxes } from './axes.ts';
import { at, expectCount, operand, view } from './define.ts';
import { moveElements } from './walk.ts';

type ReverseParams = { readonly axes: readonly number[] };

/** Reverses `axes` (strictly increasing). XLA's Rev. */
export const reverseP: Primitive<ReverseParams> = {
  name: 'reverse',
  properties: view,
  type(inputs, { axes }) {
    expectCount(inputs, 1, 'reverse');
    const x = operand(inputs, 0, 'reverse');
    expectAxes(axes, x.shape, 'reverse');
    return [x];
  },
  evaluate(inputs, { axes }, outputs) {
    const x = at(inputs, 0);
    const strides = stridesOf(x.shape);
    const last = axes.reduce((sum, a) => sum + (at(x.shape, a) - 1) * at(strides, a), 0);
    moveElements(x.data, at(outputs, 0).data, x.shape, strides.map((s, i) => axes.includes(i) ? -s : s), last);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { axes }) => [t ? reverse(t, axes) : null],
    batch: ([x], _batched, { axes }) => ({ outputs: x === undefined ? [] : [reverse(x, axes.map(a => a + 1))], batched: [true] }),
  },
  linear: {
    transpose: ([ct], _x, { axes }) => [ct ? reverse(ct, axes) : null],
    linearIn: () => [[0]],
  },
  lowering: {
    kind: 'element',
    element: (b, index, { axes }, [x]) => b.operand(0, index.map((i, d) => axes.includes(d) ? b.math.add(b.math.constant((x?.shape[d] ?? 1) - 1), b.math.scale(i, -1)) : i)),
  },
  sample(draw) {
    const shape = draw.shape(3);
    return { operands: [{ aval: { shape, dtype: draw.float() } }], params: { axes: range(shape.length).filter(() => draw.bool()) } };
  },
  ulp: 0,
};

export const reverse = (x: AnyTensor, axes: readonly number[]): AnyTensor => axes.length === 0 ? x : bind1(reverseP, [x], { axes });
