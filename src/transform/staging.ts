// Functions over pytrees as programs over tensors: staging, applying, and remembering transforms of equal programs.
// Floor 3: what all transforms of functions share.
import { CotangentError, TraceError } from '../error.ts';
import type { Aval } from '../ir/aval.ts';
import { hashJaxpr, sameJaxpr } from '../ir/hash.ts';
import { removeDead, type Atom, type Jaxpr } from '../ir/jaxpr.ts';
import { withoutOrigins } from '../ir/origins.ts';
import { callP } from '../primitive/call.ts';
import { describe } from '../trace/describe.ts';
import { isTensor, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, isStaging, stage, wantsOrigins, type Closed, type ScopeOptions } from '../trace/scope.ts';
import { statistics } from '../trace/statistics.ts';
import { flatten, unflatten, type Flat, type Structure } from '../tree/tree.ts';
import { batchJaxpr } from './batch.ts';
import { jvpJaxpr, linearizeJaxpr, transposeJaxpr } from './differentiate.ts';
import { installTransforms } from './engine.ts';

/** Any function; its argument and result trees are checked when it is staged. */
export type AnyFunction = (...args: never[]) => unknown;

export const flattenTensors = (tree: unknown, where: string): Flat<TensorHandle> => flatten(tree, isTensor, where);
export const avalsOfTensors = (xs: readonly TensorHandle[]): Aval[] => xs.map(x => x.aval);

/** A staged function: its program, what it captured, and the tree of its result. */
export interface Staged extends Closed { readonly out: Structure }

/** Runs `f` once on tracers of the given avals, arranged in the trees of `structure` (an array of arguments). */
export function stageFunction(name: string, f: AnyFunction, structure: Structure, avals: readonly Aval[], options: Partial<ScopeOptions> = {}): Staged {
  let out: Structure = { kind: 'null' };
  statistics.staged++;
  const closed = stage(name, avals, args => {
    const result = callWith(f, unflatten(structure, args));
    if (isPromise(result)) throw new TraceError('async', `${name}: the function returns a promise; a program is staged at once, so read values outside the transform`);
    const flat = flattenTensors(result, `${name}: result`);
    out = flat.structure;
    return flat.leaves;
  }, options);
  return { ...withoutUnused(removeDead(closed.jaxpr), closed.consts), out };
}

/** Without the captured inputs that only dead equations read: they would pin their values for nothing. */
function withoutUnused(jaxpr: Jaxpr, consts: readonly TensorHandle[]): Closed {
  if (jaxpr.numConsts === 0) return { jaxpr, consts };
  const unused = new Set<Atom>(jaxpr.inputs.slice(0, jaxpr.numConsts));
  for (const e of jaxpr.eqns) for (const a of e.inputs) unused.delete(a);
  for (const o of jaxpr.outputs) unused.delete(o);
  const keep = jaxpr.inputs.slice(0, jaxpr.numConsts).map(v => !unused.has(v));
  if (keep.every(Boolean)) return { jaxpr, consts };
  const inputs = jaxpr.inputs.filter((_, i) => keep[i] !== false);
  const kept = consts.filter((_, i) => keep[i] === true);
  return { jaxpr: { ...jaxpr, numConsts: kept.length, inputs }, consts: kept };
}
// The arguments were rebuilt from the structure of what the caller passed, so they are what f takes.
function callWith(f: AnyFunction, args: unknown): unknown {
  const given: unknown = f;
  if (typeof given !== 'function') throw new CotangentError('value', `${describe(given)} stands where a function is wanted`);
  return f(...(args as never[]));
}
function isPromise(x: unknown): boolean {
  const pending = typeof x === 'object' && x !== null && 'then' in x && typeof x.then === 'function';
  // The promise's own failure is not the user's to handle: the stage has already failed.
  if (pending && x instanceof Promise) x.catch(() => undefined);
  return pending;
}

/** Inside a stage the program's equations are recorded one by one; outside, it is one pending call. */
export function applyJaxpr(name: string, jaxpr: Jaxpr, args: readonly TensorHandle[]): readonly TensorHandle[] {
  return isStaging() || args.some(x => x.cell.state.kind === 'tracer') ? evalJaxpr(jaxpr, args) : bind(callP, args, { name, jaxpr });
}

/** How many programs with one key are remembered. */
const sharing = 4;
/** A bounded memory of transforms. A staged program is closed, so its transform depends on nothing but its structure. */
export class Memo<R> {
  readonly #entries = new Map<string, { readonly jaxpr: Jaxpr; readonly result: R }[]>();
  readonly #limit: number;
  constructor(limit = 256) { this.#limit = limit; }
  get(jaxpr: Jaxpr, detail: string, make: (jaxpr: Jaxpr) => R): R {
    if (wantsOrigins()) return make(jaxpr);
    const key = `${hashJaxpr(jaxpr)}|${detail}`;
    const found = this.#entries.get(key);
    const same = found?.find(e => sameJaxpr(e.jaxpr, jaxpr));
    if (same !== undefined) return same.result;
    // Kept without origins, as are the results: equal programs share them, and a captured line would hold the user's functions.
    const kept = withoutOrigins(jaxpr);
    const entry = { jaxpr: kept, result: make(kept) };
    // Programs that differ in their records alone (callbacks) share a key: only the latest are worth keeping.
    if (found !== undefined) { if (found.push(entry) > sharing) found.shift(); } else {
      if (this.#entries.size >= this.#limit) for (const oldest of this.#entries.keys()) { this.#entries.delete(oldest); break; }
      this.#entries.set(key, [entry]);
    }
    return entry.result;
  }
}
export const maskKey = (mask: readonly boolean[]): string => mask.map(m => m ? '1' : '0').join('');

installTransforms({ jvp: jvpJaxpr, linearize: linearizeJaxpr, transpose: transposeJaxpr, batch: batchJaxpr, axisName: null });
