// takeAlongAxis and flatIndex: NumPy's ways of naming elements, by an index for each line and by several indices at once, as gathers.
// Floor 2. No records: views, gather and scatter carry them.
import { ShapeError } from '../error.ts';
import { sameShape, showShape, sizeOf } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { add, mul } from './arithmetic.ts';
import { expectAxis } from './axes.ts';
import { constantLike } from './broadcast.ts';
import { ge, lt } from './comparison.ts';
import { convert } from './convert.ts';
import { max, min } from './extremum.ts';
import { gather, type GatherOptions, type IndexMode } from './gather.ts';
import { and } from './logical.ts';
import { select } from './select.ts';
import { moveAxis } from './transpose.ts';

/**
 * Runs a gather or a scatter that takes each line of an axis by itself: operands and result have their axis last, all others are
 * batch dims. Other than NumPy's, the shapes agree but for the axis.
 */
export function alongAxis(xs: readonly AnyTensor[], axis: number, f: (xs: readonly AnyTensor[], options: GatherOptions) => AnyTensor): AnyTensor {
  const [first] = xs;
  const last = (first?.shape.length ?? 0) - 1;
  for (const x of xs) {
    expectAxis(axis, x.shape, 'takeAlongAxis');
    const agrees = first !== undefined && x.shape.length === first.shape.length && x.shape.every((n, i) => i === axis || n === first.shape[i]);
    if (!agrees) throw new ShapeError(`takeAlongAxis: ${showShape(first?.shape ?? [])} and ${showShape(x.shape)} differ on another axis than ${axis}`);
  }
  return moveAxis(f(xs.map(x => moveAxis(x, axis, last)), { axis: last, batchDims: last }), last, axis);
}

/** `out[..., k, ...] = x[..., indices[..., k, ...], ...]` along one axis. NumPy's take_along_axis. */
export const takeAlongAxis = (x: AnyTensor, indices: AnyTensor, axis: number, mode: IndexMode = 'fill'): AnyTensor =>
  alongAxis([x, indices], axis, ([y = x, i = indices], options) => gather(y, i, { ...options, mode }));

/**
 * One index into several axes taken flat, from an index into each (all of one shape, in i32): what lies outside one axis is -1 and so
 * outside the flat axis; under `clip` and `promise` each index is clamped to its own axis. Throws where i32 cannot count the elements.
 */
export function flatIndex(dims: readonly number[], indices: readonly AnyTensor[], mode: IndexMode = 'fill'): AnyTensor {
  if (dims.length !== indices.length || dims.length === 0) throw new ShapeError(`flatIndex: ${indices.length} indices for the axes ${showShape(dims)}`, 'index');
  if (sizeOf(dims) > 2 ** 31 - 1) throw new ShapeError(`flatIndex: ${showShape(dims)} has more elements than i32 counts`, 'index');
  const clips = mode === 'clip' || mode === 'promise';
  let flat: AnyTensor | null = null;
  let inside: AnyTensor | null = null;
  indices.forEach((index, d) => {
    const [n, first] = [dims[d] ?? 0, indices[0]];
    if (!sameShape(index.shape, first?.shape ?? [])) throw new ShapeError(`flatIndex: indices ${showShape(first?.shape ?? [])} and ${showShape(index.shape)} differ in shape`, 'index');
    const i = convert(index, 'i32');
    const [zero, size] = [constantLike(0, i), constantLike(n, i)];
    const own = clips ? min(max(i, zero), constantLike(Math.max(0, n - 1), i)) : i;
    flat = flat === null ? own : add(mul(flat, size), own);
    const holds = and(ge(i, zero), lt(i, size));
    inside = inside === null ? holds : and(inside, holds);
  });
  if (flat === null || inside === null) throw new ShapeError('flatIndex: no indices', 'index');
  return clips ? flat : select(inside, flat, constantLike(-1, flat));
}
