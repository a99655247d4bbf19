// Products as strides: which loops of a general product are rows, columns, sums and batches of a matrix product. Floor 5.
import type { GemmShape } from '../../kernels/wasm/gemm.ts';
import { range, stridesOf } from '../ir/aval.ts';
import type { Eqn } from '../ir/jaxpr.ts';

interface Axis { readonly extent: number; readonly stride: number }

/** Neighbouring axes that are walked as one become one; axes of size 1 vanish. */
function merged(axes: readonly Axis[]): readonly Axis[] {
  const out: Axis[] = [];
  for (const a of axes) {
    if (a.extent === 1) continue;
    const last = out.at(-1);
    if (last !== undefined && last.stride === a.stride * a.extent) out[out.length - 1] = { extent: last.extent * a.extent, stride: a.stride };
    else out.push(a);
  }
  return out;
}
const numbersOf = (x: unknown): readonly number[] => Array.isArray(x) ? x.filter((n): n is number => typeof n === 'number') : [];

/** The matrix product that a float32 equation with the template `dot` is, or null where it is none. */
export function productShape(e: Eqn): GemmShape | null {
  const { lowering } = e.primitive;
  const [x, y] = e.inputs;
  const [out] = e.outputs;
  if (lowering.kind !== 'kernel' || lowering.template !== 'dot' || x === undefined || y === undefined || out === undefined || out.aval.dtype !== 'f32') return null;
  const [lhsContract, rhsContract, lhsBatch, rhsBatch] = [e.params['lhsContract'], e.params['rhsContract'], e.params['lhsBatch'], e.params['rhsBatch']].map(numbersOf);
  if (lhsContract === undefined || rhsContract === undefined || lhsBatch === undefined || rhsBatch === undefined) return null;
  const axesOf = (shape: readonly number[], which: readonly number[]): readonly Axis[] => { const s = stridesOf(shape); return which.map(i => ({ extent: shape[i] ?? 1, stride: s[i] ?? 1 })); };
  const free = (shape: readonly number[], used: readonly number[]): readonly number[] => range(shape.length).filter(i => !used.includes(i));
  const rows = axesOf(x.aval.shape, free(x.aval.shape, [...lhsContract, ...lhsBatch]));
  const columns = axesOf(y.aval.shape, free(y.aval.shape, [...rhsContract, ...rhsBatch]));
  const [xk, yk] = [axesOf(x.aval.shape, lhsContract), axesOf(y.aval.shape, rhsContract)];
  const sums = jointly(xk, yk);
  if (sums === null || [...x.aval.shape, ...y.aval.shape].includes(0)) return null;
  const outStrides = stridesOf(out.aval.shape);
  const [xb, yb] = [axesOf(x.aval.shape, lhsBatch), axesOf(y.aval.shape, rhsBatch)];
  const batch = xb.map((a, i) => ({ extent: a.extent, a: a.stride, b: yb[i]?.stride ?? 0, c: outStrides[i] ?? 0 })).filter(b => b.extent !== 1);
  // Rows and columns must each be one loop; what does not merge becomes a loop around the product.
  const m = merged(rows);
  const n = merged(columns);
  const cColumns = n.reduce((p, a) => p * a.extent, 1);
  const outerRows = m.slice(0, -1).map((a, i) => ({ extent: a.extent, a: a.stride, b: 0, c: cColumns * m.slice(i + 1).reduce((p, q) => p * q.extent, 1) }));
  const outerColumns = n.slice(0, -1).map((a, i) => ({ extent: a.extent, a: 0, b: a.stride, c: n.slice(i + 1).reduce((p, q) => p * q.extent, 1) }));
  const [lastRow, lastColumn] = [m.at(-1) ?? { extent: 1, stride: 0 }, n.at(-1) ?? { extent: 1, stride: 0 }];
  return {
    m: lastRow.extent, n: lastColumn.extent, k: sums.extent, aRow: lastRow.stride, aK: sums.a, bK: sums.b, bColumn: lastColumn.stride === 0 ? 1 : lastColumn.stride,
    cRow: cColumns, batch: [...batch, ...outerRows, ...outerColumns],
  };
}
/** The contracted axes of both operands as one loop, or null where they do not merge alike. */
function jointly(x: readonly Axis[], y: readonly Axis[]): { readonly extent: number; readonly a: number; readonly b: number } | null {
  const pairs = x.map((a, i) => ({ extent: a.extent, a: a.stride, b: y[i]?.stride ?? 0 })).filter(p => p.extent !== 1);
  // The order of a sum's axes is free: the longest strides go outside.
  pairs.sort((p, q) => q.a - p.a);
  let all = { extent: 1, a: 1, b: 1 };
  for (const [i, p] of [...pairs].reverse().entries()) {
    if (i > 0 && (p.a !== all.a * all.extent || p.b !== all.b * all.extent)) return null;
    all = i === 0 ? p : { extent: all.extent * p.extent, a: all.a, b: all.b };
  }
  return all;
}
