// Staging: scopes, `bind` (the one place where an operation enters a program) and `stage`.
// Floor 1: knows nothing of transforms or of how programs run; the outermost level is installed by `pending.ts`.
import { MemoryError } from '../error.ts';
import type { Aval } from '../ir/aval.ts';
import { noOrigin, Var, type Atom, type Eqn, type Jaxpr, type Origin, type Source } from '../ir/jaxpr.ts';
import type { Params, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import type { Cell, StageScope } from './cell.ts';
import { handleOf, leaked, literal, newHandle, TensorHandle } from './handle.ts';
import { captureSource } from './source.ts';

/** What happens to operations outside every scope. */
export interface Outermost { record(primitive: Primitive, params: Params, inputs: readonly Cell[], avals: readonly Aval[], origin: Origin): readonly TensorHandle[] }
let outermost: Outermost | null = null;
export const installOutermost = (o: Outermost): void => { outermost = o; };

/** A program together with the values its first inputs stand for: tensors of the scope around it, concrete, pending or traced. */
export interface Closed { readonly jaxpr: Jaxpr; readonly consts: readonly TensorHandle[] }

/** `debug.sources` captures the user's line of every operation, unjitted ones included (about 7 microseconds each). */
export const debug = { sources: false };

const scopes: Scope[] = [];
/** Depth of the innermost scope that takes all operations, or -1. */
let floor = -1;
export const isStaging = (): boolean => floor >= 0;
/** Whether what is staged now must know its lines: origins are outside structural hashes, so no equal program may stand in for it. */
export const wantsOrigins = (): boolean => debug.sources || scopes.at(-1)?.options.sources === true;
/** Whether numbers become literals of the program (jit) or rank-0 inputs (everything else, so that values stay outside the hash). */
export const numbersAreLiterals = (): boolean => scopes[floor]?.options.numbers === 'literals';

let path = '';
let inherited: Origin | null = null;

/**
 * Names what `f` records: equations inside carry the path, and errors, `explain` and profiles show it.
 *
 * @example
 * import { scope, makeJaxpr, np, zeros } from 'cotangent';
 * const f = (x: ReturnType<typeof zeros<[3]>>) => scope('double', () => np.multiply(x, 2));
 * makeJaxpr(f)(zeros([3])).jaxpr.eqns[0]?.origin.path; // -> 'double'
 */
export function scope<R>(name: string, f: () => R): R {
  const outer = path;
  path = outer === '' ? name : `${outer}/${name}`;
  try { return f(); } finally { path = outer; }
}
/** Runs `f` with paths that start anew: a program that is kept is called from other places, and what expands the call joins the paths. */
export function withOwnPaths<R>(f: () => R): R {
  const outer = path;
  path = '';
  try { return f(); } finally { path = outer; }
}
/** Makes equations recorded from now on inherit an origin; returns what to restore. */
export function inheritOrigin(origin: Origin | null): Origin | null {
  const before = inherited;
  inherited = origin;
  return before;
}

export interface ScopeOptions {
  /** Operations that touch none of its tracers are recorded here too (false only for linearize's tangent half). */
  readonly takesAll: boolean;
  readonly numbers: 'literals' | 'inputs';
  readonly sources: boolean;
}

export class Scope implements StageScope {
  readonly name: string;
  readonly options: ScopeOptions;
  readonly source: Source = captureSource();
  readonly depth: number;
  open = true;
  readonly #eqns: Eqn[] = [];
  readonly #captured = new Map<Cell, Var>();
  readonly #held: TensorHandle[] = [];
  readonly #args: Var[] = [];
  constructor(name: string, options: ScopeOptions) {
    this.name = name;
    // Who looks for lines wants those of the stages inside, too.
    this.options = options.sources || !wantsOrigins() ? options : { ...options, sources: true };
    this.depth = scopes.push(this) - 1;
    settle();
  }
  input(a: Aval): TensorHandle {
    const v = new Var(a);
    this.#args.push(v);
    return this.#tracer(v);
  }
  atom(cell: Cell): Atom {
    const s = cell.state;
    if (s.kind === 'literal' && !(s.lifted && this.options.numbers === 'inputs')) return { value: s.value, aval: cell.aval };
    if (s.kind === 'tracer') {
      if (s.scope === this) return s.variable;
      if (!s.scope.open) throw leaked(cell);
    }
    let v = this.#captured.get(cell);
    if (v === undefined) {
      this.#captured.set(cell, v = new Var(cell.aval));
      this.#held.push(new TensorHandle(cell, false));
      cell.captured = true;
    }
    return v;
  }
  emit(primitive: Primitive, params: Params, inputs: readonly Cell[], avals: readonly Aval[]): TensorHandle[] {
    const outputs = avals.map(a => new Var(a));
    this.#eqns.push({ primitive, params, inputs: inputs.map(c => this.atom(c)), outputs, origin: originNow(this.options.sources) });
    return outputs.map(v => this.#tracer(v));
  }
  close(): void {
    this.open = false;
    scopes.length = this.depth;
    settle();
  }
  finish(outputs: readonly AnyTensor[]): Closed {
    const outs = outputs.map(o => this.atom(handleOf(o, this.name).cell));
    return {
      jaxpr: { numConsts: this.#captured.size, inputs: [...this.#captured.values(), ...this.#args], eqns: this.#eqns, outputs: outs },
      consts: this.#held,
    };
  }
  #tracer(variable: Var): TensorHandle { return newHandle(variable.aval, { kind: 'tracer', scope: this, variable }); }
}
function settle(): void {
  floor = scopes.length - 1;
  while (floor >= 0 && scopes[floor]?.options.takesAll === false) floor--;
}
function originNow(sources: boolean): Origin {
  if (inherited !== null) return inherited;
  const source = sources || debug.sources ? captureSource() : null;
  return source === null && path === '' ? noOrigin : { path, source };
}

/** Records one operation: in the deepest scope that owns one of its inputs, but never outside the innermost scope that takes all. */
export function bind<P extends Params>(primitive: Primitive<P>, inputs: readonly AnyTensor[], params: P): readonly TensorHandle[] {
  let level = floor;
  const cells = inputs.map(x => handleOf(x, primitive.name).cell);
  for (const cell of cells) {
    if (cell.state.kind !== 'tracer') continue;
    if (!cell.state.scope.open) throw leaked(cell);
    level = Math.max(level, cell.state.scope.depth);
  }
  const avals = primitive.type(cells.map(c => c.aval), params);
  const target = scopes[level];
  const only = cells.length === 1 && primitive.properties.splat ? cells[0]?.state : undefined;
  if (only?.kind === 'literal' && !(only.lifted && target?.options.numbers !== 'literals')) return avals.map(a => literal(only.value, a));
  if (target !== undefined) return target.emit(primitive, params, cells, avals);
  if (outermost === null) throw new MemoryError('unsupported', 'nothing records operations: import from cotangent, not from its inner files');
  return outermost.record(primitive, params, cells, avals, originNow(false));
}
/** `bind` of a primitive with one result. */
export function bind1<P extends Params>(primitive: Primitive<P>, inputs: readonly AnyTensor[], params: P): TensorHandle {
  const [out] = bind(primitive, inputs, params);
  if (out === undefined) throw new MemoryError('unsupported', `${primitive.name} has no result`);
  return out;
}

const ordinary: ScopeOptions = { takesAll: true, numbers: 'inputs', sources: false };
/** Runs `f` once on tracers. What it captures becomes the first inputs. */
export function stage(name: string, avals: readonly Aval[], f: (args: readonly TensorHandle[]) => readonly AnyTensor[], options: Partial<ScopeOptions> = {}): Closed {
  const scope = new Scope(name, { ...ordinary, ...options });
  try {
    return scope.finish(f(avals.map(a => scope.input(a))));
  } finally { scope.close(); }
}

/** The value of an atom under an environment. */
export const lookup = (env: ReadonlyMap<Var, TensorHandle>) => (a: Atom): TensorHandle => {
  if (!(a instanceof Var)) return literal(a.value, a.aval);
  const x = env.get(a);
  if (x === undefined) throw new MemoryError('unsupported', 'malformed jaxpr: a variable is read before it is written');
  return x;
};
/** The origin of an equation that is recorded again for another one: its own, and what that lacks from the other's. */
function within(outer: Origin | null, own: Origin): Origin {
  if (outer === null || (own.source !== null && own.path !== '')) return own;
  return own === noOrigin ? outer : { path: own.path || outer.path, source: own.source ?? outer.source };
}
/** Records every equation again on other values; origins are inherited. */
export function evalJaxpr(jaxpr: Jaxpr, args: readonly TensorHandle[]): readonly TensorHandle[] {
  const env = new Map<Var, TensorHandle>();
  jaxpr.inputs.forEach((v, i) => { const x = args[i]; if (x !== undefined) env.set(v, x); });
  const read = lookup(env);
  const before = inheritOrigin(null);
  try {
    for (const e of jaxpr.eqns) {
      inheritOrigin(within(before, e.origin));
      bind(e.primitive, e.inputs.map(read), e.params).forEach((x, i) => { const v = e.outputs[i]; if (v !== undefined) env.set(v, x); });
    }
  } finally { inheritOrigin(before); }
  return jaxpr.outputs.map(read);
}
