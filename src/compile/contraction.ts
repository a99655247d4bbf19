// Contractions as matrix products: which loop is the rows, the columns, the sum; the others run around them. Floor 5: strides only.
import type { ContractionLoop } from '../ir/primitive.ts';
import type { Eqn } from '../ir/jaxpr.ts';

/** A loop around products, in elements of A, B and C. Where C does not move it is summed over. */
export interface OuterLoop { readonly extent: number; readonly a: number; readonly b: number; readonly c: number }
export interface ContractionShape {
  readonly m: number; readonly n: number; readonly k: number;
  /** Strides in elements. The columns of C are contiguous. */
  readonly aRow: number; readonly aK: number; readonly bK: number; readonly bColumn: number; readonly cRow: number;
  /** Loops of the result. */
  readonly outer: readonly OuterLoop[];
  /** Loops of the sum besides k. */
  readonly sums: readonly OuterLoop[];
  /** B is the equation's first operand. */
  readonly swapped: boolean;
}

/** Loops that are walked as one become one; loops of one turn vanish. */
function merged(loops: readonly OuterLoop[]): OuterLoop[] {
  const list = loops.filter(l => l.extent !== 1);
  for (;;) {
    let found: readonly [OuterLoop, OuterLoop] | null = null;
    for (const p of list) for (const q of list) if (p !== q && p.a === q.a * q.extent && p.b === q.b * q.extent && p.c === q.c * q.extent) found = [p, q];
    if (found === null) return list;
    const [p, q] = found;
    list.splice(list.indexOf(p), 1);
    list[list.indexOf(q)] = { ...q, extent: p.extent * q.extent };
  }
}
const largest = (loops: readonly OuterLoop[]): OuterLoop | undefined => loops.reduce<OuterLoop | undefined>((best, l) => best === undefined || l.extent > best.extent ? l : best, undefined);

/** The product that a float32 contraction is, or null where there is nothing to multiply. */
export function contractionOf(e: Eqn): ContractionShape | null {
  const { lowering } = e.primitive;
  const [out] = e.outputs;
  if (lowering.kind !== 'contraction' || out === undefined || out.aval.dtype !== 'f32') return null;
  const loops = lowering.contract(e.params, e.inputs.map(a => a.aval), out.aval);
  return 'eqns' in loops ? null : shapeOf(loops);
}

export function shapeOf(loops: readonly ContractionLoop[]): ContractionShape | null {
  if (loops.some(l => l.extent === 0)) return null;
  const given = merged(loops.map(l => ({ extent: l.extent, a: l.lhs, b: l.rhs, c: l.out })));
  const contiguous = given.find(l => l.c === 1 && (l.a === 0) !== (l.b === 0));
  const swapped = contiguous !== undefined && contiguous.b === 0;
  const list = swapped ? given.map(l => ({ ...l, a: l.b, b: l.a })) : given;
  const columns = list.find(l => l.c === 1 && l.a === 0 && l.b !== 0);
  const rows = largest(list.filter(l => l !== columns && l.c !== 0 && l.b === 0 && l.a !== 0));
  const sum = largest(list.filter(l => l.c === 0));
  const rest = list.filter(l => l !== columns && l !== rows && l !== sum);
  return {
    m: rows?.extent ?? 1, n: columns?.extent ?? 1, k: sum?.extent ?? 1,
    aRow: rows?.a ?? 0, aK: sum?.a ?? 1, bK: sum?.b ?? 1, bColumn: columns?.b ?? 1, cRow: rows?.c ?? 0,
    outer: rest.filter(l => l.c !== 0), sums: rest.filter(l => l.c === 0), swapped,
  };
}
