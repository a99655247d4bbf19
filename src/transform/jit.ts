// jit: a function traced once per signature and run as one executable, with donated buffers and static arguments.
// Floor 3. Everything a jitted function remembers hangs on the function object, weakly.
import { CotangentError, TraceError } from '../error.ts';
import { sameAval, showAval, type Aval } from '../ir/aval.ts';
import { sameJaxpr } from '../ir/hash.ts';
import { callP } from '../primitive/call.ts';
import { optionsOf } from '../shape/options.ts';
import { currentBackend } from '../trace/backend.ts';
import { executableFor } from '../trace/executables.ts';
import { isTensor, type TensorHandle } from '../trace/handle.ts';
import { force, newConcrete, sharesBuffer, withBuffers } from '../trace/pending.ts';
import { axisEnvironment } from '../trace/axes.ts';
import { bind, isStaging, withOwnPaths } from '../trace/scope.ts';
import { statistics } from '../trace/statistics.ts';
import { leafPaths, matches, showPath, structureKey, unflatten, type Structure } from '../tree/tree.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction, type Staged } from './staging.ts';

export interface JitOptions {
  /** Indices of arguments whose buffers the program may overwrite. Using such a tensor afterwards throws `donated`. */
  readonly donate?: readonly number[];
  /** Indices of arguments that are part of the program (numbers, strings, booleans, functions, plain data); they compare by value. */
  readonly static?: readonly number[];
  /** Throws `retrace` when more signatures than this have been traced. */
  readonly maxTraces?: number;
  /** Stages again at every call and throws `capture` when what the function closes over has changed. */
  readonly check?: boolean;
}

interface Signature { readonly structure: Structure; readonly structureKey: string; readonly avals: readonly Aval[]; readonly statics: string; readonly backend: string; readonly axes: string }
interface Trace { readonly signature: Signature; readonly staged: Staged }
interface Jitted {
  readonly name: string;
  readonly f: AnyFunction;
  readonly options: JitOptions;
  traces: Trace[];
  lastMiss: string;
}
const jitted = new WeakMap<AnyFunction, Jitted>();

/**
 * Traces `f` once per signature (shapes, dtypes, tree, static values, backend), compiles the program, and runs it at each call.
 * What `f` captures is kept from its first trace, as in JAX. Returns exactly `f`'s type.
 *
 * @param options `donate`, `static`, `maxTraces`, `check`: see {@link JitOptions}.
 * @throws `static` for numbers among the arguments, `async` for an async function, `retrace` above `maxTraces`.
 * @example
 * import { jit, np, tensor } from 'cotangent';
 * const f = jit((x: ReturnType<typeof tensor<[1, 2, 3]>>) => np.sum(np.square(x)));
 * f(tensor([1, 2, 3])); // -> 14
 */
export function jit<F extends AnyFunction>(f: F, options: JitOptions = {}): F {
  optionsOf('jit', options, { donate: 'any', static: 'any', maxTraces: 'number', check: 'flag' });
  const state: Jitted = { name: f.name || 'jit', f, options, traces: [], lastMiss: '' };
  const call = (...args: unknown[]): unknown => callJitted(state, args);
  Object.defineProperty(call, 'name', { value: state.name });
  jitted.set(call, state);
  // jit returns exactly its argument's type: the wrapper takes and gives the same trees, which TypeScript cannot follow.
  return call as AnyFunction as F;
}

/** The call of a trace that fits, found without building anything: the common case of a training loop. */
function fittingCall(state: Jitted, args: readonly unknown[]): { readonly leaves: readonly TensorHandle[]; readonly staged: Staged } | null {
  if (state.options.static !== undefined || state.options.check === true) return null;
  const [backend, axes] = [currentBackend().name, axisEnvironment()];
  for (const { signature, staged } of state.traces) {
    if (signature.backend !== backend || signature.axes !== axes) continue;
    const leaves: TensorHandle[] = [];
    if (matches(signature.structure, args, isTensor, leaves) && leaves.every((x, i) => { const a = signature.avals[i]; return a !== undefined && sameAval(x.aval, a); })) return { leaves, staged };
  }
  return null;
}

interface Call { readonly leaves: readonly TensorHandle[]; readonly signature: Signature; readonly statics: readonly number[] }
function readCall(state: Jitted, args: readonly unknown[]): Call {
  const statics = positions(state, 'static', args.length);
  const dynamic = statics.length === 0 ? args : args.filter((_, i) => !statics.includes(i));
  const { leaves, structure } = flattenTensors(dynamic, state.name);
  return {
    leaves, statics,
    signature: { structure, structureKey: structureKey(structure), avals: avalsOfTensors(leaves), statics: statics.map(i => staticKey(args[i])).join(';'), backend: currentBackend().name, axes: axisEnvironment() },
  };
}
const none: ReadonlySet<TensorHandle> = new Set();
function donatedLeaves(state: Jitted, args: readonly unknown[]): ReadonlySet<TensorHandle> {
  if (state.options.donate === undefined) return none;
  const donated = new Set<TensorHandle>();
  for (const i of positions(state, 'donate', args.length)) for (const x of flattenTensors(args[i], state.name).leaves) donated.add(x);
  return donated;
}
/** The argument positions that an option lists; negative ones count from the end. */
function positions(state: Jitted, option: 'static' | 'donate', count: number): readonly number[] {
  return (state.options[option] ?? []).map(n => {
    const i = n < 0 ? n + count : n;
    if (!Number.isInteger(n) || i < 0 || i >= count) throw new CotangentError('value', `${state.name}: ${option} ${n} is out of range for ${count} arguments`);
    return i;
  });
}
const sameSignature = (a: Signature, b: Signature): boolean => a.structureKey === b.structureKey && a.statics === b.statics && a.backend === b.backend
  && a.axes === b.axes && a.avals.length === b.avals.length && a.avals.every((x, i) => { const y = b.avals[i]; return y !== undefined && sameAval(x, y); });

function traceFor(state: Jitted, args: readonly unknown[], { signature, statics }: Call): Staged {
  const known = state.traces.find(t => sameSignature(t.signature, signature));
  if (known !== undefined && state.options.check !== true) return known.staged;
  if (known === undefined) {
    const miss = describeMiss(state, signature, statics);
    const { maxTraces } = state.options;
    if (maxTraces !== undefined && state.traces.length >= maxTraces) throw new TraceError('retrace', `${state.name}: traced more than maxTraces = ${maxTraces} times; ${miss}`);
    state.lastMiss = miss;
  }
  const g = statics.length === 0 ? state.f : withStatics(state.f, args, statics);
  const staged = withOwnPaths(() => stageFunction(state.name, g, signature.structure, signature.avals, { numbers: 'literals', sources: true }));
  if (known !== undefined) {
    const same = sameJaxpr(staged.jaxpr, known.staged.jaxpr) && staged.consts.every((c, i) => c.cell === known.staged.consts[i]?.cell);
    if (!same) throw new TraceError('capture', `${state.name}: what the function closes over has changed since it was traced; pass it as an argument`);
    return known.staged;
  }
  // A trace that captured a tracer belongs to the stage around it: it is used once and not kept.
  if (staged.consts.every(c => c.cell.state.kind !== 'tracer')) {
    // What the trace captured stays alive with it: a donation elsewhere copies instead.
    for (const c of staged.consts) c.cell.handles++;
    state.traces.push({ signature, staged });
  }
  return staged;
}
function withStatics(f: AnyFunction, args: readonly unknown[], statics: readonly number[]): AnyFunction {
  return (...dynamic: never[]) => {
    let next = 0;
    return f(...(args.map((a, i) => statics.includes(i) ? a : dynamic[next++]) as never[]));
  };
}

function tracedCall(state: Jitted, args: readonly unknown[]): { readonly leaves: readonly TensorHandle[]; readonly staged: Staged } {
  const read = readCall(state, args);
  return { leaves: read.leaves, staged: traceFor(state, args, read) };
}
function callJitted(state: Jitted, args: readonly unknown[]): unknown {
  const { leaves, staged } = fittingCall(state, args) ?? tracedCall(state, args);
  const donated = donatedLeaves(state, args);
  const inputs = staged.consts.length === 0 ? leaves : [...staged.consts, ...leaves];
  if (isStaging() || inputs.some(x => x.cell.state.kind === 'tracer')) {
    return unflatten(staged.out, bind(callP, inputs, { name: state.name, jaxpr: staged.jaxpr }));
  }
  const backend = currentBackend();
  const cells = inputs.map(x => x.cell);
  force(cells);
  const reusable = donated.size === 0 ? inputs.map(() => false) : inputs.map((x, i) => donated.has(x) && i >= staged.consts.length && x.cell.handles === 1 && x.cell.uses === 0 && !sharesBuffer(x.cell) && cells.indexOf(x.cell) === cells.lastIndexOf(x.cell));
  statistics.programs++;
  const outs = withBuffers(cells, backend, staged.jaxpr, buffers => executableFor(backend, staged.jaxpr, reusable).run(buffers, reusable, staged.jaxpr));
  const results = outs.map((buffer, i) => newConcrete(staged.jaxpr.outputs[i]?.aval ?? { shape: [], dtype: 'f32' }, backend, buffer));
  // After the results have taken over what was donated: what nobody took goes back now.
  for (const x of donated) {
    if (reusable[inputs.indexOf(x)] !== true) statistics.donationsCopied++;
    x.drop('donated', state.name);
  }
  return unflatten(staged.out, results);
}

let identities = 0;
const identity = new WeakMap<object, number>();
/** Equal for equal static values: data by value, functions and class instances by identity. */
function staticKey(x: unknown): string {
  if (isTensor(x)) throw new TraceError('static', 'jit: a tensor is listed in static; pass it as an ordinary argument');
  if (typeof x === 'function' || (typeof x === 'object' && x !== null && !Array.isArray(x) && Object.getPrototypeOf(x) !== Object.prototype)) {
    let id = identity.get(x);
    if (id === undefined) identity.set(x, id = ++identities);
    return `#${id}`;
  }
  if (Array.isArray(x)) return `[${x.map(staticKey).join()}]`;
  if (typeof x === 'object' && x !== null) return `{${Object.entries(x).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => `${JSON.stringify(k)}:${staticKey(v)}`).join()}}`;
  if (typeof x === 'symbol') throw new TraceError('static', 'jit: a symbol is listed in static; use a string');
  return Object.is(x, -0) ? '-0' : typeof x === 'string' ? JSON.stringify(x) : typeof x === 'bigint' ? `${x}n` : String(x);
}

function describeMiss(state: Jitted, s: Signature, statics: readonly number[]): string {
  const last = state.traces.at(-1)?.signature;
  if (last === undefined) return `${state.name}: first call`;
  if (s.structureKey !== last.structureKey) return `${state.name}: the tree of the arguments changed from ${last.structureKey} to ${s.structureKey}`;
  if (s.statics !== last.statics) return `${state.name}: a static value changed from ${last.statics} to ${s.statics}`;
  if (s.backend !== last.backend) return `${state.name}: the backend changed from ${last.backend} to ${s.backend}`;
  const i = s.avals.findIndex((a, k) => { const b = last.avals[k]; return b === undefined || !sameAval(a, b); });
  const [was, is] = [last.avals[i], s.avals[i]];
  if (was === undefined || is === undefined) return `${state.name}: the named axes around the call changed`;
  const [place, ...rest] = leafPaths(s.structure)[i] ?? [];
  // Static arguments have no leaves: the others are numbered as the caller passes them.
  let argument = Number(place);
  for (const n of [...statics].sort((x, y) => x - y)) if (n <= argument) argument++;
  return `${state.name}: argument ${argument}${rest.length === 0 ? '' : ` (${showPath(rest)})`} changed from ${showAval(was)} to ${showAval(is)}`;
}

function stateOf(f: AnyFunction, where: string): Jitted {
  const state = jitted.get(f);
  if (state === undefined) throw new CotangentError('value', `${where}: the function is not jitted; pass what jit(f) returned`);
  return state;
}

/**
 * Why the last call of a jitted function was traced again, in one line: which argument changed, from what to what.
 *
 * @example
 * import { explainMiss, jit, np, zeros } from 'cotangent';
 * const f = jit((x: ReturnType<typeof zeros<readonly number[]>>) => np.sum(x));
 * f(zeros([3])); f(zeros([4]));
 * explainMiss(f); // -> 'jit: argument 0 changed from f32[3] to f32[4]'
 */
export const explainMiss = (f: AnyFunction): string => stateOf(f, 'explainMiss').lastMiss || 'never called';

/**
 * Traces and compiles a jitted function for these arguments without running it, so that the first call is as fast as the others: on WebGPU
 * it resolves when the device has every kernel, and rejects where the device refuses one.
 *
 * @example
 * import { compile, jit, np, zeros } from 'cotangent';
 * const f = jit((x: ReturnType<typeof zeros<[3]>>) => np.add(x, 1));
 * await compile(f, zeros([3]));
 * f(zeros([3])); // -> [1, 1, 1]
 */
export async function compile<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Promise<void> {
  const state = stateOf(f, 'compile');
  const { leaves, staged } = tracedCall(state, args);
  const given = donatedLeaves(state, args);
  const donated = [...staged.consts.map(() => false), ...leaves.map(x => given.has(x))];
  await Promise.resolve();
  await executableFor(currentBackend(), staged.jaxpr, donated).ready?.(donated);
}

/**
 * Forgets the traces of a jitted function, and what they captured.
 *
 * @example
 * import { clearCache, jit, np, tensor } from 'cotangent';
 * let scale = tensor(2);
 * const f = jit((x: typeof scale) => np.multiply(x, scale));
 * f(tensor(3)); // -> 6
 * scale = tensor(5);
 * f(tensor(3)); // -> 6
 * clearCache(f);
 * f(tensor(3)); // -> 15
 */
export function clearCache(f: AnyFunction): void {
  const state = stateOf(f, 'clearCache');
  for (const t of state.traces) for (const c of t.staged.consts) c.cell.handles--;
  state.traces = [];
  state.lastMiss = '';
}

/** The program that a jitted function, or any other, stages for these arguments. Jitted ones are looked through. */
export const underlying = (f: AnyFunction): AnyFunction => jitted.get(f)?.f ?? f;
