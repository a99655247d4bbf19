// Contractions of floats as products: rows, columns, sums and batches may each be several loops, so plain, transposed and batched products
// are one thing, and so are convolutions and their gradients, whose patches are gathered while tiles are staged. Strides only, no instructions.
import { merged, type OuterLoop } from '../../src/compile/contraction.ts';
import type { Eqn } from '../../src/ir/jaxpr.ts';

/** The loops of a product: A moves along rows and sums, B along columns and sums, the result along rows and columns, all along batches. */
export interface Product { readonly batches: readonly OuterLoop[]; readonly rows: readonly OuterLoop[]; readonly columns: readonly OuterLoop[]; readonly sums: readonly OuterLoop[] }
export type Stride = (l: OuterLoop) => number;
export const strideA: Stride = l => l.a;
export const strideB: Stride = l => l.b;
export const strideC: Stride = l => l.c;
export const turns = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);
export const innermost = (loops: readonly OuterLoop[]): OuterLoop => loops.at(-1) ?? { extent: 1, a: 0, b: 0, c: 0 };

/** The product that loops are, or null where nothing is summed, or the result has neither rows nor columns. */
export function productOf(loops: readonly OuterLoop[]): Product | null {
  // The contiguous loop last: neighbours in a tile are neighbours in memory.
  const by = (stride: Stride) => (p: OuterLoop, q: OuterLoop): number => stride(q) - stride(p);
  const outer = loops.filter(l => l.c !== 0);
  const rows = outer.filter(l => l.a !== 0 && l.b === 0).sort(by(strideC));
  const columns = outer.filter(l => l.a === 0 && l.b !== 0).sort(by(strideC));
  const sums = loops.filter(l => l.c === 0).sort(by(l => Math.max(Math.abs(l.a), Math.abs(l.b))));
  if ((rows.length === 0 && columns.length === 0) || sums.length === 0 || loops.some(l => l.extent === 0)) return null;
  return { rows, columns, batches: outer.filter(l => !rows.includes(l) && !columns.includes(l)), sums };
}
/** The product of an equation, or null where it is none of float32; `halves`: or of halves, which are summed in float32 and rounded once. */
export function productOfEquation({ primitive: { lowering }, params, inputs, outputs }: Eqn, halves: boolean): Product | null {
  const [out] = outputs;
  if (lowering.kind !== 'contraction' || out === undefined || (out.aval.dtype !== 'f32' && !(halves && out.aval.dtype === 'f16')) || inputs.some(a => a.aval.dtype !== out.aval.dtype)) return null;
  const loops = lowering.contract(params, inputs.map(a => a.aval), out.aval);
  return 'eqns' in loops ? null : productOf(merged(loops.map(l => ({ extent: l.extent, a: l.lhs, b: l.rhs, c: l.out }))));
}
export const loopsOf = ({ rows, columns, sums, batches }: Product): readonly OuterLoop[] => [...rows, ...columns, ...sums, ...batches];
/** The loops of the result, in the order in which a walk of an epilogue counts its steps. */
export const resultLoops = ({ rows, columns, batches }: Product): readonly OuterLoop[] => [...rows, ...columns, ...batches];

/** By how many elements the number among the turns of loops moves: an expression of a name. Divisions are by constants. */
export function offset(loops: readonly OuterLoop[], number: string, stride: Stride): string {
  let around = 1;
  const terms: string[] = [];
  const all = turns(loops);
  for (const l of [...loops].reverse()) {
    const quotient = around === 1 ? number : `${number} / ${around}u`;
    const digit = around * l.extent === all ? quotient : `(${quotient}) % ${l.extent}u`;
    const by = stride(l);
    if (by !== 0) terms.push(by === 1 ? `i32(${digit})` : `${by}i * i32(${digit})`);
    around *= l.extent;
  }
  return terms.length === 0 ? '0i' : terms.join(' + ');
}
