// Contractions as matrix products: which loop is the rows, which the columns, which sums stay in registers; the others run around them.
// Chosen by the least estimated time, from extents and strides alone. Floor 5: strides only, no instructions.
import type { ContractionLoop } from '../ir/primitive.ts';
import type { Eqn } from '../ir/jaxpr.ts';

/** A loop around products, in elements of A, B and C. Where C does not move it is summed over. */
export interface OuterLoop { readonly extent: number; readonly a: number; readonly b: number; readonly c: number }
export interface ContractionShape {
  /** A moves along the rows, B along the columns, C along both. */
  readonly rows: OuterLoop;
  readonly columns: OuterLoop;
  /** Sums that stay in registers, the innermost last. Where there is one alone it may be long: it is cut into blocks. */
  readonly nest: readonly OuterLoop[];
  /** Sums around them, whose turns add to C. */
  readonly segments: readonly OuterLoop[];
  /** Loops of the result along which B moves, and along which it stays. */
  readonly own: readonly OuterLoop[];
  readonly shared: readonly OuterLoop[];
  /** Whether B is copied into panels; else its columns are contiguous and read where they are. */
  readonly packed: boolean;
  /** B is the equation's first operand. */
  readonly swapped: boolean;
}

/** Products of one block of a sum: with them a panel of B stays in the first level cache. */
export const blockLimit = 400;
/** The same, where several short sums are walked as one. */
const nestLimit = 640;
/** Columns of B that a register block takes, in the estimate. */
const panelColumns = 12;

/** Loops that are walked as one become one; loops of one turn vanish. */
export function merged(loops: readonly OuterLoop[]): OuterLoop[] {
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
const turns = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);

const planned = new WeakMap<Eqn, ContractionShape | null>();
/** The product that a float32 contraction is, or null where there is nothing to multiply. */
export function contractionOf(e: Eqn): ContractionShape | null {
  if (e.primitive.lowering.kind !== 'contraction') return null;
  let shape = planned.get(e);
  if (shape === undefined) planned.set(e, shape = plannedAnew(e));
  return shape;
}
function plannedAnew(e: Eqn): ContractionShape | null {
  const { lowering } = e.primitive;
  const [out] = e.outputs;
  if (lowering.kind !== 'contraction' || out === undefined || out.aval.dtype !== 'f32') return null;
  const loops = lowering.contract(e.params, e.inputs.map(a => a.aval), out.aval);
  return 'eqns' in loops ? null : shapeOf(loops);
}

const nothing: OuterLoop = { extent: 1, a: 0, b: 0, c: 0 };
export function shapeOf(loops: readonly ContractionLoop[]): ContractionShape | null {
  if (loops.some(l => l.extent === 0)) return null;
  const given = merged(loops.map(l => ({ extent: l.extent, a: l.lhs, b: l.rhs, c: l.out })));
  let best: ContractionShape | null = null;
  let least = Infinity;
  for (const swapped of [false, true]) {
    const list = swapped ? given.map(l => ({ ...l, a: l.b, b: l.a })) : given;
    for (const columns of [nothing, ...list.filter(l => l.a === 0 && l.c !== 0)]) {
      for (const rows of [nothing, ...list.filter(l => l.b === 0 && l.c !== 0 && l !== columns)]) {
        for (const packed of columns.b === 1 ? [false, true] : [true]) {
          const shape = arranged(list, rows, columns, packed, swapped);
          const cost = estimate(shape);
          if (cost < least) [best, least] = [shape, cost];
        }
      }
    }
  }
  return best;
}

/** Sums from the inside out: the longest innermost, then those that still fit into registers' reach. */
function arranged(list: readonly OuterLoop[], rows: OuterLoop, columns: OuterLoop, packed: boolean, swapped: boolean): ContractionShape {
  const rest = list.filter(l => l !== rows && l !== columns);
  const sums = rest.filter(l => l.c === 0).sort((p, q) => q.extent - p.extent);
  const [inner = { extent: 1, a: 0, b: 0, c: 0 }, ...others] = sums;
  const nest = [inner];
  while (others[0] !== undefined && turns(nest) * others[0].extent <= nestLimit) nest.unshift(...others.splice(0, 1));
  const around = rest.filter(l => l.c !== 0);
  return { rows, columns, nest, segments: others, own: around.filter(l => l.b !== 0), shared: around.filter(l => l.b === 0), packed, swapped };
}

/** Cycles of one step of a block of rows x vectors: by multiplications, by loads, by the latency of a chain. */
const stepCycles = (rows: number, vectors: number): number => Math.max(rows * vectors / 2, (rows + vectors) / 2.5, 4) + 0.4;
/** Estimated cycles of all of it. Only comparisons matter. */
function estimate(s: ContractionShape): number {
  const [m, n, depth] = [s.rows.extent, s.columns.extent, turns(s.nest)];
  const again = turns(s.segments);
  const outer = turns(s.own) * turns(s.shared);
  const left = Math.ceil((n % panelColumns) / 4);
  const blocks = [{ count: Math.floor(n / panelColumns), rows: 3, vectors: 3 }, { count: left === 0 ? 0 : 1, rows: left === 1 ? 7 : left === 2 ? 4 : 3, vectors: left }];
  // Leaving a short innermost loop costs about as much as two more steps, a call of the kernel as five.
  const steps = depth + (s.nest.length > 1 ? 2 * depth / (s.nest.at(-1)?.extent ?? 1) : 0) + 5;
  let cycles = 0;
  for (const b of blocks) {
    const full = Math.floor(m / b.rows);
    const last = m % b.rows;
    cycles += b.count * steps * (full * stepCycles(b.rows, b.vectors) + (last === 0 ? 0 : stepCycles(last, b.vectors)));
  }
  cycles *= outer * again;
  const innermost = s.nest.at(-1) ?? nothing;
  if (s.packed) cycles += turns(s.own) * again * depth * Math.max(n, 4) * (s.columns.b === 1 ? 0.6 : innermost.b === 1 ? 0.9 : 2);
  else if (m > 8) {
    // Rows of B that lie far apart share sets of the cache and pages: they are read again for each block of rows.
    const lines = depth * Math.ceil(Math.min(n, panelColumns) / 16 + 0.5);
    const apart = Math.abs(innermost.b) * 4;
    if (lines > 400 || (apart >= 512 && depth > 48)) cycles *= 1.3;
  }
  // Sums that come back to memory, and results that are scattered.
  const writes = again * Math.max(1, Math.ceil(depth / blockLimit));
  return cycles + outer * writes * m * n * (s.columns.c === 1 ? 0.4 : 2);
}
