// Values of a program that is being built: a tracer, and what it is at the program's inputs where that is known. And how an earlier
// value is made to fit where another shape, dtype or domain is wanted. Total: anything fits anywhere.
import { dtypeInfo, isFloat, type DType } from '../src/dtype/dtype.ts';
import { range, sameShape, sizeOf, type Aval } from '../src/ir/aval.ts';
import { emptyArray } from '../src/ir/ndarray.ts';
import type { Domain, NDArray, Params, Primitive } from '../src/ir/primitive.ts';
import { evaluateJaxpr } from '../src/backend/reference/evaluate.ts';
import { addP, mulP } from '../src/primitive/arithmetic.ts';
import { broadcastInDimP, reduceSumP } from '../src/primitive/broadcast.ts';
import { gtP } from '../src/primitive/comparison.ts';
import { convertP } from '../src/primitive/convert.ts';
import { logisticP, sinP } from '../src/primitive/exponential.ts';
import { reshapeP } from '../src/primitive/reshape.ts';
import { clampP } from '../src/primitive/select.ts';
import { padP, sliceP } from '../src/primitive/slice.ts';
import { literal, type TensorHandle } from '../src/trace/handle.ts';
import { bind } from '../src/trace/scope.ts';
import { arrayOf, liesIn } from './array.ts';

export interface Value { readonly x: TensorHandle; readonly value: NDArray | null }

/** Records an operation and, where its operands are known, computes it. */
export function applyAll<P extends Params>(primitive: Primitive<P>, operands: readonly Value[], params: P): readonly Value[] {
  const results = bind(primitive, operands.map(v => v.x), params);
  const known = operands.flatMap(v => v.value ?? []);
  if (known.length < operands.length || primitive.properties.namedAxis) return results.map(x => ({ x, value: null }));
  const values = results.map(r => emptyArray(r.aval));
  primitive.evaluate(known, params, values, (body, args) => evaluateJaxpr(body, args));
  return results.map((x, i) => ({ x, value: values[i] ?? null }));
}
function apply<P extends Params>(primitive: Primitive<P>, operands: readonly Value[], params: P): Value {
  const [y] = applyAll(primitive, operands, params);
  if (y === undefined) throw new Error(`${primitive.name} has no result`);
  return y;
}
export const splat = (value: number, aval: Aval): Value => ({ x: literal(value, aval), value: arrayOf(aval, () => value) });

/** The value with another dtype, shape and, where the record asks for one, domain. `k` chooses among ways. */
export function fit(v: Value, aval: Aval, domain: Domain | undefined, k: number): Value {
  return withDomain(withShape(withDType(v, aval.dtype), aval.shape, k), domain, k);
}

function withDType(v: Value, dtype: DType): Value {
  if (v.x.dtype === dtype) return v;
  return dtype === 'bool' ? apply(gtP, [v, splat(0, v.x.aval)], {}) : apply(convertP, [v], { dtype });
}

function withShape(v: Value, shape: readonly number[], k: number): Value {
  const own = v.x.shape;
  if (sameShape(own, shape)) return v;
  const n = sizeOf(shape);
  const offset = shape.length - own.length;
  const stretches = offset >= 0 && own.every((d, i) => d === 1 || d === shape[offset + i]);
  if (stretches) return apply(broadcastInDimP, [v], { shape, dims: range(own.length).map(i => offset + i) });
  if (sizeOf(own) === n) return apply(reshapeP, [v], { shape });
  // Everything summed, then repeated; or the elements in a row, cut or padded.
  if (k % 2 === 0 && v.x.dtype !== 'bool') return apply(broadcastInDimP, [apply(reduceSumP, [v], { axes: range(own.length) })], { shape, dims: [] });
  const row = own.length === 1 ? v : apply(reshapeP, [v], { shape: [sizeOf(own)] });
  const size = sizeOf(own);
  const start = size > n ? k % (size - n + 1) : 0;
  const cut = size > n ? apply(sliceP, [row], { start: [start], limit: [start + n], strides: [1] })
    : apply(padP, [row, splat(0, { shape: [], dtype: v.x.dtype })], { low: [0], high: [n - size], interior: [0] });
  return shape.length === 1 ? cut : apply(reshapeP, [cut], { shape });
}

function withDomain(v: Value, domain: Domain | undefined, k: number): Value {
  const { aval } = v.x;
  if (v.value !== null && liesIn(v.value, domain)) return v;
  if (!isFloat(aval.dtype)) {
    if (domain === undefined || aval.dtype === 'bool') return v;
    const { min, max } = dtypeInfo[aval.dtype];
    const lo = Math.max(min, Math.ceil(Math.min(...domain.intervals.map(i => i[0]))));
    const hi = Math.min(max, Math.floor(Math.max(...domain.intervals.map(i => i[1]))));
    return apply(clampP, [splat(lo, aval), v, splat(hi, aval)], {});
  }
  const wide = domain?.intervals.filter(([lo, hi]) => hi - lo > 0.01) ?? [];
  const [lo, hi] = wide[k % Math.max(1, wide.length)] ?? [-2, 2];
  if (lo <= -1 && hi >= 1) return apply(sinP, [v], {});
  const width = hi - lo;
  return apply(addP, [apply(mulP, [apply(logisticP, [v], {}), splat(0.96 * width, aval)], {}), splat(lo + 0.02 * width, aval)], {});
}
