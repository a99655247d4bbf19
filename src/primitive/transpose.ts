// transpose: permutes the axes. Its own transpose, by the inverse permutation.
// Floor 2. Takes a complete permutation; defaults and negative axes are the public layer's.
import { ShapeError } from '../error.ts';
import { range, showShape, stridesOf } from '../ir/aval.ts';
import type { Draw, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, operand, view } from './define.ts';
import { moveElements } from './walk.ts';

type TransposeParams = { readonly permutation: readonly number[] };

/** Output axis i is operand axis `permutation[i]`. XLA's Transpose. */
export const transposeP: Primitive<TransposeParams> = {
  name: 'transpose',
  properties: view,
  type(inputs, { permutation }) {
    expectCount(inputs, 1, 'transpose');
    const x = operand(inputs, 0, 'transpose');
    const complete = permutation.length === x.shape.length && range(permutation.length).every(i => permutation.includes(i));
    if (!complete) throw new ShapeError(`transpose: ${showShape(permutation)} is not a permutation of the axes of ${showShape(x.shape)}`, 'axis');
    return [{ shape: permute(x.shape, permutation), dtype: x.dtype }];
  },
  evaluate(inputs, { permutation }, outputs) {
    const x = at(inputs, 0);
    const out = at(outputs, 0);
    moveElements(x.data, out.data, out.shape, permute(stridesOf(x.shape), permutation), 0);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { permutation }) => [t ? transpose(t, permutation) : null],
    batch: ([x], _batched, { permutation }) => ({
      outputs: x === undefined ? [] : [transpose(x, [0, ...permutation.map(p => p + 1)])],
      batched: [true],
    }),
  },
  linear: {
    transpose: ([ct], _x, { permutation }) => [ct ? transpose(ct, inverse(permutation)) : null],
    linearIn: () => [[0]],
  },
  lowering: { kind: 'element', element: (b, index, { permutation }) => b.operand(0, inverse(permutation).map(i => at(index, i))) },
  algebra: {
    compose: (outer, inner) => ({ permutation: permute(inner.permutation, outer.permutation) }),
    isIdentity: ({ permutation }) => permutation.every((p, i) => p === i),
    permutation: ({ permutation }) => permutation,
  },
  sample(draw) {
    const shape = draw.shape(3);
    return { operands: [{ aval: { shape, dtype: draw.float() } }], params: { permutation: drawPermutation(draw, shape.length) } };
  },
  ulp: 0,
};

/** `xs` in the order of the permutation. */
export const permute = (xs: readonly number[], permutation: readonly number[]): number[] => permutation.map(p => at(xs, p));
export const inverse = (permutation: readonly number[]): number[] => range(permutation.length).map(i => permutation.indexOf(i));

function drawPermutation(draw: Draw, n: number): number[] {
  const left = range(n);
  return range(n).flatMap(i => left.splice(draw.int(0, n - 1 - i), 1));
}

/** Does nothing, and records nothing, where no axis moves. */
export function transpose(x: AnyTensor, permutation: readonly number[]): AnyTensor {
  const unmoved = permutation.length === x.shape.length && permutation.every((p, i) => p === i);
  return unmoved ? x : bind1(transposeP, [x], { permutation });
}
/** Puts axis `from` at position `to`; the others keep their order. */
export function moveAxis(x: AnyTensor, from: number, to: number): AnyTensor {
  const others = range(x.shape.length).filter(i => i !== from);
  return transpose(x, [...others.slice(0, to), from, ...others.slice(to)]);
}
