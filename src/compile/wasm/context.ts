// Where an emitter stands: the open loops with their counters, how many lanes are asked for, and what is computed already.
// Floor 5: knows index maps and locals, no instruction.
import { guardState, type Guard, type Loop, type Ranges } from '../index-map.ts';
import type { NodeId } from '../kernel.ts';
import type { Value } from './lanes.ts';

/** A loop's value: a local plus an offset known now, or the offset alone. */
export interface Counter { readonly local: number | null; readonly add: number }
type Env = ReadonlyMap<Loop, Counter>;
/** `lane`: whose value a computed index takes. */
export interface Context { readonly env: Env; readonly lanes: number; readonly lane: number; readonly ranges: Ranges; readonly memo: Map<NodeId, Value> }

/** The context of one lane further along the vector loop. */
export function shifted(x: Context, v: Loop | null, lane: number): Context {
  if (v === null || lane === 0) return x;
  const env = new Map(x.env);
  const old = env.get(v);
  if (old !== undefined) env.set(v, { local: old.local, add: old.add + lane });
  return { ...x, env, lane };
}
/** Inside more loops. */
export function open(x: Context, more: readonly (readonly [Loop, Counter])[], lanes: number, ranges: Ranges): Context {
  return { env: new Map([...x.env, ...more]), lanes, lane: 0, ranges, memo: new Map(x.memo) };
}
/** What was computed before the vector loop is known inside. */
export function inside(before: Context | undefined, x: Context): Context {
  for (const [i, value] of before?.memo ?? []) if (!x.memo.has(i)) x.memo.set(i, value);
  return x;
}
/** The guards that may fail here. */
export function unsure(guards: readonly Guard[], x: Context): readonly Guard[] { return guards.filter(g => guardState(g, x.ranges) !== true); }
