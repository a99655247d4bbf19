// How rows may be spread over invocations: every candidate for a kernel, with what it needs, and the one that is taken unless somebody measures.
// Floor 5: decided from extents and lengths, and where rows are long from the workgroup memory of the device: a program has one order of its
// sums on each machine.
import { isFloat } from '../../dtype/dtype.ts';
import { liveNodes } from '../lower.ts';
import type { Accumulator, Kernel, Stage } from '../kernel.ts';
import { defaultMapSchedule, type MapSchedule, type MapShape } from './mapSchedule.ts';
import { lengthOf } from './scalar.ts';
import { turnsOf } from './values.ts';

/** One invocation a row, which walks it from its first element to its last. */
export interface Serial { readonly kind: 'serial' }
/**
 * `lanes` invocations a row, in workgroups of `size`: several rows share one where they are short. `registers`: elements of a row that each
 * invocation holds from stage to stage; 0 where they are computed again, or lie in workgroup memory between stages (`memory`). `online`: greatest
 * values, and sums of exponentials over them, in one pass. `by`: neighbours that are taken at once. `subgroups`: whether they fold by subgroups first.
 */
export interface Together { readonly kind: 'together'; readonly lanes: number; readonly size: number; readonly registers: number; readonly by: 1 | 4; readonly memory: boolean; readonly online: boolean; readonly subgroups: boolean }
/** Each row in `parts`, whose results are folded by a kernel of its own; `lanes` invocations a part. */
export interface Split { readonly kind: 'split'; readonly parts: number; readonly lanes: number; readonly by: 1 | 4; readonly subgroups: boolean }
export type Schedule = Serial | Together | Split;
export function scheduleName(s: Schedule): string {
  const rest = s.kind === 'serial' ? '' : `${s.by === 1 ? '' : ' by fours'}${s.subgroups ? ' subgroups' : ''}`;
  switch (s.kind) {
    case 'serial': return 'serial';
    case 'together': return `${s.lanes} of ${s.size}${s.registers > 0 ? ' registers' : s.memory ? ' memory' : s.online ? ' online' : ''}${rest}`;
    case 'split': return `split by ${s.lanes}${rest}`;
    default: return s satisfies never;
  }
}

/** What a schedule depends on. */
export interface RowShape {
  readonly rows: number;
  /** The longest walk over a row. */
  readonly longest: number;
  /** Whether a row lies along memory: its neighbours are neighbours there. */
  readonly along: boolean;
  /** Whether a second stage walks the row again. */
  readonly again: boolean;
  /** Statements for one element. */
  readonly statements: number;
  readonly folds: boolean;
  /** Whether neighbours along a row can be taken by fours. */
  readonly fours: boolean;
  /** Bytes of workgroup memory for what an element leaves to later stages; null where it leaves nothing. */
  readonly held: number | null;
  /** Whether a greatest value and sums of exponentials over it can be taken in one pass. */
  readonly online: boolean;
  /** Bytes of workgroup memory that the device has. */
  readonly workgroupBytes: number;
  /** Whether the device has subgroups. */
  readonly subgroups: boolean;
}
export type RowAccess = Pick<RowShape, 'fours' | 'held' | 'online' | 'workgroupBytes' | 'subgroups'>;
const plainAccess: RowAccess = { fours: false, held: null, online: false, workgroupBytes: 0, subgroups: false };
export function rowShape(k: Kernel, stages: readonly Stage[], access: RowAccess = plainAccess): RowShape {
  const walks = stages.filter(s => s.loops.length > 0);
  const keys = walks.map(s => s.loops.map(l => l.id).join());
  let statements = 0;
  for (const i of liveNodes(stages, k.nodes)) {
    const n = k.nodes[i];
    if (n !== undefined) statements += n.kind === 'op' ? lengthOf(n.op, n.from, n.dtype, n.params) : 1;
  }
  return {
    rows: turnsOf(k.rows), longest: Math.max(0, ...walks.map(s => turnsOf(s.loops))), along: k.kind === 'lanes',
    again: new Set(keys).size < keys.length, statements, folds: stages.some(s => s.accumulators.length > 0), ...access,
  };
}
/** Elements of a row that an invocation may hold: more would not stay in registers. */
const mostRegisters = 16;
/** Statements of straight code that a driver compiles in little time. */
const mostStatements = 2000;
/** Parts of a row: one workgroup folds them. */
const mostParts = 4096;

/** Workgroup memory for folds: a word of each type for each invocation. */
const foldBytes = 3 * 1024;
/**
 * Statements of a loop's body in a row: SwiftShader takes exponential time for more, where they choose by tests that do not vary with the loop (a
 * maximum over 60 places of halves, 1,150 of them, a second, over 72 nine seconds, over 84 minutes), and a second for any of these outside of loops.
 */
export const longestBody = 800;
/** Statements of four neighbours. */
const mostOfFour = 400;

/** All that can run a kernel. */
export function schedulesOf(shape: RowShape): readonly Schedule[] {
  const out: Schedule[] = [{ kind: 'serial' }];
  const { longest, along, again, statements, fours, held, workgroupBytes } = shape;
  if (!shape.folds) return out;
  const folds = [false, ...shape.subgroups ? [true] : []];
  if (!along) return longest >= 4 ? [...out, ...folds.map((subgroups): Split => ({ kind: 'split', parts: partsAcross(shape), lanes: 1, by: 1, subgroups }))] : out;
  const ways = [1, ...fours && 4 * statements <= mostOfFour ? [4 as const] : []] as const;
  for (const [lanes, size] of [[4, 64], [16, 64], [64, 64], [256, 256]] as const) for (const by of ways) for (const subgroups of lanes === size ? folds : [false]) {
    const together: Together = { kind: 'together', lanes, size, registers: 0, by, memory: false, online: false, subgroups };
    out.push(together);
    const registers = by * Math.ceil(longest / (by * lanes));
    if (again && registers <= mostRegisters && registers * statements <= mostStatements) out.push({ ...together, registers });
    if (lanes !== largestGroup) continue;
    if (held !== null && held * longest + foldBytes <= workgroupBytes) out.push({ ...together, memory: true });
    if (shape.online) out.push({ ...together, online: true });
  }
  for (const lanes of [64, 256] as const) for (const by of ways) for (const subgroups of folds) if (longest > lanes * by) out.push({ kind: 'split', parts: partsAlong(shape, lanes), lanes, by, subgroups });
  return out;
}
const largestGroup = 256;
/** Invocations that fill a large device. */
const enough = 2 ** 17;
/** Every invocation takes several elements; parts of few rows are many. */
const partsAlong = ({ rows, longest }: RowShape, lanes: number): number => Math.max(2, Math.min(Math.ceil(longest / (lanes * 8)), Math.ceil(enough / (lanes * rows)), mostParts));
const partsAcross = ({ rows, longest }: RowShape): number => Math.max(2, Math.min(Math.ceil(longest / 32), Math.floor(enough / rows), mostParts));

/** The schedule by default: rows stay in registers or in workgroup memory where they fit, and are taken by fours, and folded by subgroups, where they can be. */
export function defaultSchedule(shape: RowShape, candidates: readonly Schedule[]): Schedule {
  const { rows, longest, along } = shape;
  const find = (...wanted: readonly ((s: Schedule) => boolean)[]): Schedule | undefined => {
    for (const w of wanted) { const found = candidates.filter(w).at(-1); if (found !== undefined) return found; }
    return undefined;
  };
  const together = (lanes: number): Schedule | undefined => {
    const way = (f: (s: Together) => boolean) => (s: Schedule): boolean => s.kind === 'together' && s.lanes === lanes && f(s);
    return find(way(s => s.registers > 0), way(s => s.memory), way(s => s.online), way(() => true));
  };
  const serial: Schedule = { kind: 'serial' };
  // Rows across memory are read by neighbours side by side: as long as there are many, or they are short, one invocation is enough.
  if (!along) return longest >= 128 && rows * 8 <= enough ? find(s => s.kind === 'split') ?? serial : serial;
  if (longest >= 4096 && rows * 16 <= enough / 256) return find(s => s.kind === 'split' && s.lanes === 256) ?? serial;
  if (longest < 8) return serial;
  return together(longest <= 32 ? 4 : longest <= 128 ? 16 : longest <= 1024 ? 64 : 256) ?? serial;
}

/** On a processor barriers cost more than neighbours in memory save: short rows are walked alone, others by a workgroup. */
export function softwareSchedule(shape: RowShape, candidates: readonly Schedule[]): Schedule {
  const plain = candidates.filter(s => s.kind === 'serial' || s.by === 1);
  const usual = defaultSchedule(shape, plain);
  if (usual.kind !== 'together') return usual;
  if (shape.longest <= 64) return { kind: 'serial' };
  return candidates.filter(s => s.kind === 'together' && s.registers === 0 && !s.memory && !s.online && s.by === 1 && s.lanes === (shape.longest >= 2048 ? 256 : 64)).at(-1) ?? usual;
}

/** How kernels are emitted: which of the candidates, whether the device has subgroups, and how much memory a workgroup has. */
export interface Scheduling {
  readonly subgroups: boolean;
  readonly workgroupBytes: number;
  readonly choose: (shape: RowShape, candidates: readonly Schedule[], kernel: Kernel) => Schedule;
  readonly chooseMap: (shape: MapShape, candidates: readonly MapSchedule[], kernel: Kernel) => MapSchedule;
}
export const plainScheduling: Scheduling = { subgroups: false, workgroupBytes: 16384, choose: defaultSchedule, chooseMap: defaultMapSchedule };
/** Sums of floats are taken in blocks from this many elements on: the rounding of one addition grows with what is there already. */
export const block = 64;
export const inBlocks = (k: number, accumulators: readonly Accumulator[]): boolean => k > 2 * block && accumulators.some(a => a.monoid === 'add' && isFloat(a.dtype));
