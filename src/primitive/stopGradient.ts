// stopGradient: the identity whose derivative is zero.
// Floor 2.
import { hasTangent } from '../ir/aval.ts';
import type { NoParams, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, noParams, operand, view } from './define.ts';

/** Passes values and stops tangents. */
export const stopGradientP: Primitive<NoParams> = {
  name: 'stopGradient',
  properties: { ...view, elementwise: true },
  type(inputs) {
    expectCount(inputs, 1, 'stopGradient');
    return [operand(inputs, 0, 'stopGradient')];
  },
  evaluate(inputs, _params, outputs) { at(outputs, 0).data.set(at(inputs, 0).data); },
  rules: {
    kind: 'flat',
    jvp: () => [null],
    batch: ([x]) => ({ outputs: x === undefined ? [] : [bind1(stopGradientP, [x], noParams)], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'element', element: (b, index) => b.operand(0, index) },
  sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }], params: noParams }),
  ulp: 0,
};

/** Does nothing, and records nothing, on values that have no tangents. */
export const stopGradient = (x: AnyTensor): AnyTensor => hasTangent(avalOf(x)) ? bind1(stopGradientP, [x], noParams) : x;
