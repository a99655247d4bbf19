// How rows may be spread over invocations: every candidate for a kernel, with what it needs, and the one that is taken unless somebody measures.
// Floor 5: decided from extents and lengths alone, so that a shape has one order of its sums on every machine.
import { isFloat } from '../../dtype/dtype.ts';
import { liveNodes } from '../lower.ts';
import type { Kernel, Stage } from '../kernel.ts';
import { defaultMapSchedule, type MapSchedule, type MapShape } from './mapSchedule.ts';
import { lengthOf } from './scalar.ts';
import { turnsOf } from './values.ts';

/** One invocation a row, which walks it from its first element to its last. */
export interface Serial { readonly kind: 'serial' }
/**
 * `lanes` invocations a row, in workgroups of `size`: several rows share one where they are short. `registers`: elements of a row that each
 * invocation holds from stage to stage; 0 where they are computed again.
 */
export interface Together { readonly kind: 'together'; readonly lanes: number; readonly size: number; readonly registers: number }
/** Each row in `parts`, whose results are folded by a kernel of its own; `lanes` invocations a part. */
export interface Split { readonly kind: 'split'; readonly parts: number; readonly lanes: number }
export type Schedule = Serial | Together | Split;
export function scheduleName(s: Schedule): string {
  switch (s.kind) {
    case 'serial': return 'serial';
    case 'together': return `${s.lanes} of ${s.size}${s.registers > 0 ? ' registers' : ''}`;
    case 'split': return `split by ${s.lanes}`;
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
}
export function rowShape(k: Kernel, stages: readonly Stage[]): RowShape {
  const walks = stages.filter(s => s.loops.length > 0);
  const keys = walks.map(s => s.loops.map(l => l.id).join());
  let statements = 0;
  for (const i of liveNodes(stages, k.nodes)) {
    const n = k.nodes[i];
    if (n !== undefined) statements += n.kind === 'op' ? lengthOf(n.op, n.from, n.dtype, n.params) : 1;
  }
  return {
    rows: turnsOf(k.rows), longest: Math.max(0, ...walks.map(s => turnsOf(s.loops))), along: k.kind === 'lanes',
    again: new Set(keys).size < keys.length, statements, folds: stages.some(s => s.accumulators.length > 0),
  };
}
/** Elements of a row that an invocation may hold: more would not stay in registers. */
const mostRegisters = 16;
/** Statements of straight code that a driver compiles in little time. */
const mostStatements = 2000;
/** Parts of a row: one workgroup folds them. */
const mostParts = 4096;

/** All that can run a kernel. */
export function schedulesOf(shape: RowShape): readonly Schedule[] {
  const out: Schedule[] = [{ kind: 'serial' }];
  if (!shape.folds) return out;
  if (!shape.along) return shape.longest >= 4 ? [...out, { kind: 'split', parts: partsAcross(shape), lanes: 1 }] : out;
  for (const [lanes, size] of [[4, 64], [16, 64], [64, 64], [256, 256]] as const) {
    out.push({ kind: 'together', lanes, size, registers: 0 });
    const registers = Math.ceil(shape.longest / lanes);
    if (shape.again && registers <= mostRegisters && registers * shape.statements <= mostStatements) out.push({ kind: 'together', lanes, size, registers });
  }
  for (const lanes of [64, 256] as const) if (shape.longest > lanes) out.push({ kind: 'split', parts: partsAlong(shape, lanes), lanes });
  return out;
}
/** Invocations that fill a large device. */
const enough = 2 ** 17;
/** Every invocation takes several elements; parts of few rows are many. */
const partsAlong = ({ rows, longest }: RowShape, lanes: number): number => Math.max(2, Math.min(Math.ceil(longest / (lanes * 8)), Math.ceil(enough / (lanes * rows)), mostParts));
const partsAcross = ({ rows, longest }: RowShape): number => Math.max(2, Math.min(Math.ceil(longest / 32), Math.floor(enough / rows), mostParts));

/** The schedule by default. */
export function defaultSchedule(shape: RowShape, candidates: readonly Schedule[]): Schedule {
  const { rows, longest, along } = shape;
  const find = (wanted: (s: Schedule) => boolean): Schedule | undefined => candidates.find(wanted);
  const together = (lanes: number): Schedule | undefined =>
    find(s => s.kind === 'together' && s.lanes === lanes && s.registers > 0) ?? find(s => s.kind === 'together' && s.lanes === lanes);
  const serial: Schedule = { kind: 'serial' };
  // Rows across memory are read by neighbours side by side: as long as there are many, or they are short, one invocation is enough.
  if (!along) return longest >= 128 && rows * 8 <= enough ? find(s => s.kind === 'split') ?? serial : serial;
  if (longest >= 4096 && rows * 16 <= enough / 256) return find(s => s.kind === 'split' && s.lanes === 256) ?? serial;
  if (longest < 8) return serial;
  return together(longest <= 32 ? 4 : longest <= 128 ? 16 : longest <= 1024 ? 64 : 256) ?? serial;
}

/** On a processor barriers cost more than neighbours in memory save: short rows are walked alone, others by a workgroup. */
export function softwareSchedule(shape: RowShape, candidates: readonly Schedule[]): Schedule {
  const usual = defaultSchedule(shape, candidates);
  if (usual.kind !== 'together') return usual;
  if (shape.longest <= 64) return { kind: 'serial' };
  return candidates.find(s => s.kind === 'together' && s.registers === 0 && s.lanes === (shape.longest >= 2048 ? 256 : 64)) ?? usual;
}

/** How kernels are emitted: which of the candidates, and whether the device has subgroups. */
export interface Scheduling {
  readonly subgroups: boolean;
  readonly choose: (shape: RowShape, candidates: readonly Schedule[]) => Schedule;
  readonly chooseMap: (shape: MapShape, candidates: readonly MapSchedule[]) => MapSchedule;
}
export const plainScheduling: Scheduling = { subgroups: false, choose: defaultSchedule, chooseMap: defaultMapSchedule };
/** Sums of floats are taken in blocks from this many elements on: the rounding of one addition grows with what is there already. */
export const block = 64;
export const inBlocks = (k: number, stage: Stage): boolean => k > 2 * block && stage.accumulators.some(a => a.monoid === 'add' && isFloat(a.dtype));
