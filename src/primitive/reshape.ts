// reshape: the same elements in row-major order under another shape. Its own transpose.
// Floor 2. Takes a complete shape; -1 and named dims are the public layer's.
import { ShapeError } from '../error.ts';
import { sameShape, showShape, sizeOf } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { expectShape } from './axes.ts';
import { at, expectCount, operand, view } from './define.ts';

type ReshapeParams = { readonly shape: readonly number[] };

/** XLA's Reshape. */
export const reshapeP: Primitive<ReshapeParams> = {
  name: 'reshape',
  properties: view,
  type(inputs, { shape }) {
    expectCount(inputs, 1, 'reshape');
    const x = operand(inputs, 0, 'reshape');
    expectShape(shape, 'reshape');
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(`reshape: ${showShape(x.shape)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}`);
    }
    return [{ shape, dtype: x.dtype }];
  },
  evaluate(inputs, _params, outputs) { at(outputs, 0).data.set(at(inputs, 0).data); },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { shape }) => [t ? reshape(t, shape) : null],
    batch: ([x], _batched, { shape }, size) => ({ outputs: x === undefined ? [] : [reshape(x, [size, ...shape])], batched: [true] }),
  },
  linear: {
    transpose: ([ct], [x]) => [ct && x?.known === null ? reshape(ct, x.aval.shape) : null],
    linearIn: () => [[0]],
  },
  lowering: { kind: 'element', element: (b, index, { shape }, [x]) => b.operand(0, b.math.delinear(x?.shape ?? [], b.math.linear(shape, index))) },
  algebra: { compose: outer => outer, isIdentity: ({ shape }, x) => sameShape(shape, x.shape) },
  sample(draw) {
    const shape = draw.shape(3);
    const dtype = draw.float();
    const targets: [number[], ...number[][]] = [[sizeOf(shape)], [1, ...shape], [...shape].reverse(), [...shape.slice(1), shape[0] ?? 1]];
    return { operands: [{ aval: { shape, dtype } }], params: { shape: draw.pick(targets) } };
  },
  ulp: 0,
};

/** Does nothing, and records nothing, where the shape is the same. */
export function reshape(x: AnyTensor, shape: readonly number[]): AnyTensor {
  return sameShape(x.shape, shape) ? x : bind1(reshapeP, [x], { shape });
}
