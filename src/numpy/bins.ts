// Bins of histograms: their edges, and which elements they hold. Floor 7; stands apart so that histograms of one axis and of several share it.
import { CotangentError, ShapeError } from '../error.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { eq, ge, le, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { and, or } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { handleOf } from '../trace/handle.ts';
import { fromData } from './create.ts';
import { max, min } from './reduce.ts';
import { typed } from './typed.ts';

/** Which bins hold which elements of a vector: [elements, bins]. Bins hold their lower edge, the last one its upper edge too. */
export function membership(flat: AnyTensor, edges: AnyTensor): AnyTensor {
  const n = at(edges.shape, 0) - 1;
  const shape = [at(flat.shape, 0), n];
  const [v, low, high] = [broadcastInDim(flat, shape, [0]), broadcastInDim(sliceAxis(edges, 0, 0, n), shape, [1]), broadcastInDim(sliceAxis(edges, 0, 1, n + 1), shape, [1])];
  const isLast = broadcastInDim(convert(fromData(Int32Array.from(range(n), i => i === n - 1 ? 1 : 0), [n], 'i32'), 'bool'), shape, [1]);
  return and(ge(v, low), or(lt(v, high), and(isLast, le(v, high))));
}
export function edgesOf(name: string, x: AnyTensor, bins: number, limits: readonly [number, number] | undefined): AnyTensor {
  if (!Number.isSafeInteger(bins) || bins < 1) throw new ShapeError(`${name}: ${bins} bins; pass a positive integer`);
  const steps = fromData(Float64Array.from(range(bins + 1), i => i / bins), [bins + 1], x.dtype === 'f64' ? 'f64' : 'f32');
  const t: AnyTensor = convert(handleOf(steps, name), x.dtype);
  if (limits !== undefined) {
    const [low, high] = limits;
    if (!(low < high)) throw new CotangentError('value', `${name}: the range from ${low} to ${high} is empty`);
    return typed(fromData(Float64Array.from(range(bins + 1), i => i === bins ? high : low + (high - low) * (i / bins)), [bins + 1], typed(x.dtype)));
  }
  const flat = reshape(x, [sizeOf(x.shape)]);
  const least: AnyTensor = min(typed(flat));
  const greatest: AnyTensor = max(typed(flat));
  // Where all elements are one number the bins are put round it, as in NumPy.
  const half = constantLike(0.5, least);
  const flatLine = eq(least, greatest);
  const [low, high] = [select(flatLine, sub(least, half), least), select(flatLine, sub(greatest, constantLike(-0.5, greatest)), greatest)];
  const wide = (y: AnyTensor): AnyTensor => broadcastInDim(y, t.shape, []);
  const one = constantLike(1, t);
  const mixed = sub(mul(wide(high), t), mul(wide(low), sub(t, one)));
  return mixed;
}
