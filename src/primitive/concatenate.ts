// concatenate: tensors one after another along an axis. Its transpose slices.
// Floor 2.
import { DTypeError, ShapeError } from '../error.ts';
import { range, showShape, sizeOf, type Aval } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { expectAxis } from './axes.ts';
import { alignBatch } from './broadcast.ts';
import { at, operand, pure } from './define.ts';
import { sliceAxis } from './slice.ts';

type ConcatenateParams = { readonly axis: number };

/** Joins any positive number of operands whose other axes agree. XLA's Concatenate. */
export const concatenateP: Primitive<ConcatenateParams> = {
  name: 'concatenate',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, { axis }) {
    const first = operand(inputs, 0, 'concatenate');
    expectAxis(axis, first.shape, 'concatenate');
    inputs.forEach((x, i) => { expectJoinable(first, x, i, axis); });
    const total = inputs.reduce((n, x) => n + at(x.shape, axis), 0);
    return [{ shape: first.shape.map((n, i) => i === axis ? total : n), dtype: first.dtype }];
  },
  evaluate(inputs, { axis }, outputs) {
    const out = at(outputs, 0);
    const inner = sizeOf(out.shape.slice(axis + 1));
    const outer = sizeOf(out.shape.slice(0, axis));
    const row = at(out.shape, axis) * inner;
    let start = 0;
    for (const x of inputs) {
      const n = at(x.shape, axis) * inner;
      for (let r = 0; r < outer; r++) {
        const to = r * row + start;
        const from = r * n;
        for (let k = 0; k < n; k++) out.data[to + k] = x.data[from + k] ?? 0;
      }
      start += n;
    }
  },
  rules: {
    kind: 'flat',
    jvp: (x, t, { axis }) => [t.some(s => s !== null) ? concatenate(t.map((s, i) => s ?? zerosLike(avalOf(at(x, i)))), axis) : null],
    batch: (x, batched, { axis }, size) => ({ outputs: [concatenate(alignBatch(x, batched, size), axis + 1)], batched: [true] }),
  },
  linear: {
    transpose([ct], inputs, { axis }) {
      let end = 0;
      return inputs.map(x => {
        const start = end;
        end += at(x.aval.shape, axis);
        return ct && x.known === null ? sliceAxis(ct, axis, start, end) : null;
      });
    },
    linearIn: n => [range(n)],
  },
  lowering: {
    kind: 'element',
    element(b, index, { axis }, inputs) {
      // From the last operand backwards: each stands before the place where the next begins.
      const here = at(index, axis);
      const starts = inputs.map((_, k) => inputs.slice(0, k).reduce((n, x) => n + at(x.shape, axis), 0));
      const places = (k: number) => ({ index: here, lo: at(starts, k), hi: at(starts, k) + at(at(inputs, k).shape, axis) });
      const element = (k: number, exists: readonly ReturnType<typeof places>[]) =>
        b.operand(k, index.map((i, d) => d === axis ? b.math.add(here, b.math.constant(-at(starts, k))) : i), exists);
      // What remains is the last one's, without a test; before its beginning there is nothing to read.
      const from = (k: number): ReturnType<typeof element> => k === inputs.length - 1
        ? element(k, [places(k)]) : b.guarded([places(k)], () => element(k, []), () => from(k + 1));
      return from(0);
    },
  },
  sample(draw) {
    const shape = [draw.dim(), ...draw.shape(2)];
    const dtype = draw.float();
    const axis = draw.int(0, shape.length - 1);
    const operands = range(draw.int(1, 3)).map(() => ({ aval: { shape: shape.map((n, i) => i === axis ? draw.dim() : n), dtype } }));
    return { operands, params: { axis } };
  },
  ulp: 0,
};

function expectJoinable(first: Aval, x: Aval, i: number, axis: number): void {
  const agrees = x.shape.length === first.shape.length && x.shape.every((n, d) => d === axis || n === first.shape[d]);
  if (!agrees) throw new ShapeError(`concatenate: operand ${i} of shape ${showShape(x.shape)} does not join ${showShape(first.shape)} along axis ${axis}`);
  if (x.dtype !== first.dtype) throw new DTypeError(`concatenate: dtypes differ: ${first.dtype} vs ${x.dtype} (use astype)`);
}

/** Does nothing, and records nothing, for a single operand. */
export function concatenate(xs: readonly AnyTensor[], axis: number): AnyTensor {
  const [only] = xs;
  return only !== undefined && xs.length === 1 ? only : bind1(concatenateP, xs, { axis });
}
