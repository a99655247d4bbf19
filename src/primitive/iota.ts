// iota: 0, 1, 2, ... along one axis, repeated along the others. No operands, so no memory until it is needed.
// Floor 2.
import { DTypeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { expectAxis, expectShape } from './axes.ts';
import { at, expectCount, pure } from './define.ts';

type IotaParams = { readonly shape: readonly number[]; readonly dtype: DType; readonly axis: number };

/** XLA's Iota. */
export const iotaP: Primitive<IotaParams> = {
  name: 'iota',
  properties: { ...pure, cheap: true },
  type(inputs, { shape, dtype, axis }) {
    expectCount(inputs, 0, 'iota');
    expectShape(shape, 'iota');
    expectAxis(axis, shape, 'iota');
    if (dtype === 'bool') throw new DTypeError('iota: counts in numbers, not in bool; compare an iota instead');
    return [{ shape, dtype }];
  },
  evaluate(_inputs, { shape, axis }, outputs) {
    const { data } = at(outputs, 0);
    const n = at(shape, axis);
    const inner = sizeOf(shape.slice(axis + 1));
    for (let i = 0; i < data.length;) {
      for (let k = 0; k < n; k++) for (let r = 0; r < inner; r++) data[i++] = k;
    }
  },
  rules: {
    kind: 'flat',
    jvp: () => [null],
    // Without operands there is none to be batched; the rule is what a batch of it would be.
    batch: (_x, _batched, params) => ({ outputs: [bind1(iotaP, [], params)], batched: [false] }),
  },
  linear: null,
  lowering: { kind: 'element', element: (b, index, { axis }) => b.position(at(index, axis)) },
  sample(draw) {
    const shape = [draw.dim(), ...draw.shape(2)];
    return { operands: [], params: { shape, dtype: draw.bool() ? draw.float() : draw.integer(), axis: draw.int(0, shape.length - 1) } };
  },
  ulp: 0,
};

/** Indices along `axis`, as a tensor of the given shape. */
export const iota = (shape: readonly number[], dtype: DType, axis: number): AnyTensor => bind1(iotaP, [], { shape, dtype, axis });
