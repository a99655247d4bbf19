// checkpointName: the identity, with a name by which a checkpoint's policy may ask for the value to be stored.
// Floor 2.
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, operand, view } from './define.ts';

type NameParams = { readonly name: string };

export const checkpointNameP: Primitive<NameParams> = {
  name: 'checkpointName',
  properties: { ...view, elementwise: true },
  type(inputs) {
    expectCount(inputs, 1, 'checkpointName');
    return [operand(inputs, 0, 'checkpointName')];
  },
  evaluate(inputs, _params, outputs) { at(outputs, 0).data.set(at(inputs, 0).data); },
  rules: {
    kind: 'flat',
    jvp: (_x, [t]) => [t ?? null],
    batch: ([x], _batched, params) => ({ outputs: x === undefined ? [] : [bind1(checkpointNameP, [x], params)], batched: [true] }),
  },
  linear: { transpose: ([ct]) => [ct ?? null], linearIn: () => [[0]] },
  lowering: { kind: 'element', element: (b, index) => b.operand(0, index) },
  sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }], params: { name: 'sample' } }),
  algebra: { isIdentity: () => true },
  ulp: 0,
};

export const checkpointName = (x: AnyTensor, name: string): AnyTensor => bind1(checkpointNameP, [x], { name });
