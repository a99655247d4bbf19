// Contractions as kernels of the loop IR: any dtype, any loops, at the speed of a reduction. Products of float32 have a template of their own.
// Floor 5. Half precision is summed in float32 and bytes in words; the result is rounded, or wraps, once.
import type { DType } from '../dtype/dtype.ts';
import { Var, type Eqn } from '../ir/jaxpr.ts';
import type { ContractionLoop } from '../ir/primitive.ts';
import { merged, type OuterLoop } from './contraction.ts';
import { IndexSpace, type Form, type Loop } from './index-map.ts';
import { bitsOfLoops, type Kernel, type Node, type NodeId, type Scalar } from './kernel.ts';

/** In what sums of a dtype run. */
const summedIn: { readonly [D in DType]: DType } = { f16: 'f32', f32: 'f32', f64: 'f64', i8: 'i32', u8: 'i32', i32: 'i32', u32: 'u32', bool: 'i32' };
type Pair = readonly [OuterLoop, Loop];

/** The kernel of a contraction that multiplies something. */
export function contractionKernel(e: Eqn, loops: readonly ContractionLoop[]): Kernel | null {
  const [lhs, rhs] = e.inputs;
  const [out] = e.outputs;
  if (!(lhs instanceof Var) || !(rhs instanceof Var) || out === undefined) return null;
  const space = new IndexSpace();
  const pairs = merged(loops.map(l => ({ extent: l.extent, a: l.lhs, b: l.rhs, c: l.out }))).map((l): Pair => [l, space.loop(l.extent)]);
  const neighbours = ([l]: Pair): boolean => l.a <= 1 && l.b <= 1 && l.a + l.b > 0;
  // The result's innermost loop last, and of the sum's the one that is contiguous in both operands.
  const rows = pairs.filter(([l]) => l.c !== 0).sort(([p], [q]) => q.c - p.c);
  const sums = pairs.filter(([l]) => l.c === 0).sort((p, q) => Number(neighbours(p)) - Number(neighbours(q)));
  const [row, sum] = [rows.at(-1), sums.at(-1)];
  const across = row !== undefined && (sum === undefined || neighbours(row) || !neighbours(sum));

  const nodes: Node[] = [];
  const node = (s: Scalar, dtype: DType, bits: number, level = 0): NodeId => nodes.push({ ...s, dtype, bits, cost: 1, level }) - 1;
  const place = (stride: (l: OuterLoop) => number, of: readonly Pair[]): Form => of.reduce((at, [l, loop]) => space.add(at, space.scale(space.at(loop), stride(l))), space.constant(0));
  const dtype = summedIn[out.aval.dtype];
  const converted = (id: NodeId, from: DType, to: DType, level = 0): NodeId => from === to ? id : node({ kind: 'op', op: 'convert', args: [id], from, params: {} }, to, nodes[id]?.bits ?? 0, level);
  const loaded = (v: Var, at: Form): NodeId => converted(node({ kind: 'load', from: v, at, guards: [] }, v.aval.dtype, at.bits), v.aval.dtype, dtype);
  const [x, y] = [loaded(lhs, place(l => l.a, pairs)), loaded(rhs, place(l => l.b, pairs))];
  const product = node({ kind: 'op', op: 'mul', args: [x, y], from: dtype, params: {} }, dtype, bitsOfLoops(pairs.map(([, l]) => l)));
  const own = rows.map(([, l]) => l);
  const store = (value: NodeId): { readonly to: Var; readonly at: Form; readonly value: NodeId } => ({ to: out, at: place(l => l.c, rows), value });
  const common = { nodes, reads: [...new Set([lhs, rhs])], writes: [out], rows: own };
  if (sums.length === 0) {
    const value = converted(product, dtype, out.aval.dtype);
    return { ...common, kind: 'map', stages: [{ loops: own, accumulators: [], stores: [store(value)], keep: [], reuse: [] }] };
  }
  const order = across ? 'rows' : 'lanes';
  const total = converted(node({ kind: 'accumulated', accumulator: 0 }, dtype, bitsOfLoops(own), 1), dtype, out.aval.dtype, 1);
  const inner = sums.map(([, l]) => l);
  return {
    ...common, kind: order,
    stages: [
      { loops: inner, accumulators: [{ id: 0, monoid: 'add', dtype, value: product, loops: inner, order, level: 0 }], stores: [], keep: [], reuse: [] },
      { loops: [], accumulators: [], stores: [store(total)], keep: [], reuse: [] },
    ],
  };
}
