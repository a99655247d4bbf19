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
export const blockLimit = 260;
/** Vectors of B, at most, that several sums walked as one read for a block. */
const nestLimit = 1900;
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
const plannedForPairs = new WeakMap<Eqn, ContractionShape | null>();
/** The product that a float32 contraction is, or null where there is nothing to multiply. `pairs`: where neighbouring vectors are computed as one. */
export function contractionOf(e: Eqn, pairs = false): ContractionShape | null {
  if (e.primitive.lowering.kind !== 'contraction') return null;
  const known = pairs ? plannedForPairs : planned;
  let shape = known.get(e);
  if (shape === undefined) known.set(e, shape = plannedAnew(e, pairs));
  return shape;
}
function plannedAnew(e: Eqn, pairs: boolean): ContractionShape | null {
  const { lowering } = e.primitive;
  const [out] = e.outputs;
  if (lowering.kind !== 'contraction' || out === undefined || out.aval.dtype !== 'f32') return null;
  const loops = lowering.contract(e.params, e.inputs.map(a => a.aval), out.aval);
  return 'eqns' in loops ? null : shapeOf(loops, pairs);
}

const nothing: OuterLoop = { extent: 1, a: 0, b: 0, c: 0 };
export function shapeOf(loops: readonly ContractionLoop[], pairs = false): ContractionShape | null {
  if (loops.some(l => l.extent === 0)) return null;
  const given = merged(loops.map(l => ({ extent: l.extent, a: l.lhs, b: l.rhs, c: l.out })));
  let best: ContractionShape | null = null;
  let least = Infinity;
  for (const swapped of [false, true]) {
    const list = swapped ? given.map(l => ({ ...l, a: l.b, b: l.a })) : given;
    for (const columns of [nothing, ...list.filter(l => l.a === 0 && l.c !== 0)]) {
      for (const rows of [nothing, ...list.filter(l => l.b === 0 && l.c !== 0 && l !== columns)]) {
        for (const packed of columns.b === 1 ? [false, true] : [true]) {
          for (const inner of innermostOf(list)) {
            const shape = arranged(list, { rows, columns, inner, packed, swapped });
            const cost = estimate(shape, pairs);
            if (cost < least) [best, least] = [shape, cost];
          }
        }
      }
    }
  }
  return best;
}

const isSum = (l: OuterLoop): boolean => l.c === 0;
/** The sums that may stand innermost. */
const innermostOf = (list: readonly OuterLoop[]): readonly OuterLoop[] => list.some(isSum) ? list.filter(isSum) : [nothing];
interface Choice { readonly rows: OuterLoop; readonly columns: OuterLoop; readonly inner: OuterLoop; readonly packed: boolean; readonly swapped: boolean }
/** Around the innermost sum stand the others, those that move least first, as far as a panel of B still fits; the last of them may be cut in two. */
function arranged(list: readonly OuterLoop[], { rows, columns, inner, packed, swapped }: Choice): ContractionShape {
  const rest = list.filter(l => l !== rows && l !== columns && l !== inner);
  const others = rest.filter(isSum).sort((p, q) => p.a + p.b - q.a - q.b);
  const limit = nestLimit / Math.min(3, Math.ceil(columns.extent / 4));
  const nest = [inner];
  const segments: OuterLoop[] = [];
  for (const l of others) {
    const fits = segments.length > 0 ? 1 : divisorUpTo(l.extent, limit / turns(nest));
    if (fits > 1) nest.unshift({ ...l, extent: fits });
    if (fits < l.extent) segments.push({ extent: l.extent / fits, a: l.a * fits, b: l.b * fits, c: 0 });
  }
  const around = rest.filter(l => !isSum(l));
  return { rows, columns, nest, segments, own: around.filter(l => l.b !== 0), shared: around.filter(l => l.b === 0), packed, swapped };
}
/** The largest divisor of n that is no larger than `most`. */
function divisorUpTo(n: number, most: number): number {
  for (let d = Math.min(n, Math.floor(most)); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

/** Cycles of one step of a block of rows x vectors: by multiplications, by loads, by the latency of a chain. */
const stepCycles = (rows: number, vectors: number): number => Math.max(rows * vectors / 2, (rows + vectors) / 2.5, 4) + 0.4;
/** Estimated cycles of all of it. Only comparisons matter. */
function estimate(s: ContractionShape, pairs: boolean): number {
  const [m, n, depth] = [s.rows.extent, s.columns.extent, turns(s.nest)];
  const again = turns(s.segments);
  const outer = turns(s.own) * turns(s.shared);
  const left = Math.ceil((n % panelColumns) / 4);
  const blocks = [{ count: Math.floor(n / panelColumns), rows: 3, vectors: 3 }, { count: left === 0 ? 0 : 1, rows: left === 1 ? 7 : left === 2 ? 4 : 3, vectors: left }];
  // Leaving a short innermost loop costs about as much as two more steps, a call of the kernel as five.
  const innermost = s.nest.at(-1) ?? nothing;
  const steps = depth + (s.nest.length > 1 ? 2 * depth / innermost.extent : 0) + 5;
  let cycles = 0;
  for (const b of blocks) {
    const full = Math.floor(m / b.rows);
    const last = m % b.rows;
    cycles += b.count * steps * (full * stepCycles(b.rows, b.vectors) + (last === 0 ? 0 : stepCycles(last, b.vectors)));
  }
  // What is read in short steps is fetched ahead.
  // Results that are scattered are not stored in pairs, so nothing that leads to them is.
  if (pairs && s.columns.c === 1 && n >= 16) cycles *= 0.55;
  cycles *= outer * again * (1 + 0.01 * Math.log2(1 + innermost.a + innermost.b));
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
