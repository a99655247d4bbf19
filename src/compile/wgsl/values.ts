// Values of a kernel as statements of a shader: each node is computed once in the block that needs it, or in one around it; indices and guards.
// Floor 5: knows nodes and places, not how loops are walked.
import { CotangentError } from '../../error.ts';
import { isFloat, type DType } from '../../dtype/dtype.ts';
import { guardState, range, whole, type Form, type Guard, type Loop } from '../index-map.ts';
import { childrenOf, operandsOf, type Kernel, type Monoid, type Node, type NodeId, type Store } from '../kernel.ts';
import type { Code, Term, WordType } from './code.ts';
import { convert, settled, wordOf } from './convert.ts';
import { elementBytes, packed } from './packed.ts';
import { emitScalar } from './scalar.ts';
import { quad, type Quads } from './quads.ts';
import { checkCount, type Bindings, type Neighbours } from './shader.ts';

export const turnsOf = (loops: readonly Loop[]): number => loops.reduce((n, l) => n * l.extent, 1);

/** One of four neighbours: its number, and the block of all of them, in which the counter is that of the first. */
export interface Part { readonly of: Scope; readonly number: number }
/** Values known in a block of the shader, and in those around it. */
export class Scope {
  readonly #around: Scope | null;
  readonly #values = new Map<NodeId, Term>();
  /** Quotients and remainders by the number of their atom. */
  readonly #splits = new Map<number, string>();
  readonly #counters = new Map<Loop, string>();
  readonly #vectors = new Map<NodeId, Neighbours>();
  readonly #part: Part | null;
  /** `part`: which of four neighbours this is the block of. */
  constructor(around: Scope | null, part: Part | null = null) {
    this.#around = around;
    this.#part = part;
  }
  get part(): Part | null { return this.#part ?? this.#around?.part ?? null; }
  vector(i: NodeId, load: () => Neighbours): Neighbours {
    let known = this.#vectors.get(i);
    if (known === undefined) this.#vectors.set(i, known = load());
    return known;
  }
  get(i: NodeId): Term | undefined { return this.#values.get(i) ?? this.#around?.get(i); }
  set(i: NodeId, t: Term): Term { this.#values.set(i, t); return t; }
  split(atom: number): string | undefined { return this.#splits.get(atom) ?? this.#around?.split(atom); }
  setSplit(atom: number, name: string): string { this.#splits.set(atom, name); return name; }
  counter(l: Loop): string | undefined { return this.#counters.get(l) ?? this.#around?.counter(l); }
  setCounter(l: Loop, name: string): void { this.#counters.set(l, name); }
}

export class Values {
  readonly kernel: Kernel;
  readonly code: Code;
  readonly bindings: Bindings;
  /** Results of which an invocation writes whole words: the variable that its elements gather in, at the place `part` among them. */
  readonly words = new Map<Store, { readonly name: string; readonly perWord: number }>();
  /** Loads that take four neighbours at once, where elements are parts of four. */
  #together: ReadonlySet<NodeId> = new Set();
  constructor(kernel: Kernel, code: Code, bindings: Bindings) {
    this.kernel = kernel;
    this.code = code;
    this.bindings = bindings;
  }
  node(i: NodeId): Node {
    const n = this.kernel.nodes[i];
    if (n === undefined) throw new CotangentError('jaxpr', 'webgpu: a node is missing');
    return n;
  }
  /** From here on a loop is walked by fours. */
  byFours(q: Quads): void {
    this.#together = q.loads;
    this.bindings.asVectors(q.pieces);
  }
  /** The blocks of four neighbours along a loop, whose counter in the block around them is that of the first. */
  parts(l: Loop, around: Scope): readonly Scope[] {
    const first = around.counter(l) ?? missingCounter();
    return Array.from({ length: quad }, (_, number) => {
      const scope = new Scope(around, { of: around, number });
      scope.setCounter(l, number === 0 ? first : `(${first} + ${number}i)`);
      return scope;
    });
  }
  /** Names the counters of loops from their number among all turns, each of which is `step` turns of the innermost. */
  counters(loops: readonly Loop[], flat: string, scope: Scope, step = 1): void {
    let rest = flat;
    for (const l of [...loops].reverse()) {
      const outermost = l === loops[0];
      const by = l === loops.at(-1) ? step : 1;
      scope.setCounter(l, this.code.let('i32', `i32(${outermost ? rest : `${rest} % ${l.extent / by}u`})${by === 1 ? '' : ` * ${by}i`}`).code);
      if (!outermost) rest = this.code.let('u32', `${rest} / ${l.extent / by}u`).code;
    }
  }
  /** Computes what does not vary with the inner loops. Each node is looked at once, however many paths lead to it: there may be 2^n. */
  hoist(roots: readonly NodeId[], inner: number, scope: Scope): void {
    const seen = new Set<NodeId>();
    const visit = (i: NodeId): void => {
      if (seen.has(i)) return;
      seen.add(i);
      const n = this.node(i);
      if ((n.bits & inner) === 0) this.value(i, scope); else childrenOf(n).forEach(visit);
    };
    roots.forEach(visit);
  }
  value(i: NodeId, scope: Scope): Term {
    const known = scope.get(i);
    if (known !== undefined) return known;
    const n = this.node(i);
    const { part } = scope;
    if (n.kind !== 'load' || part === null || !this.#together.has(i)) return scope.set(i, this.#compute(n, scope));
    return scope.set(i, part.of.vector(i, () => this.bindings.loadFour(this.code, n.from, this.#address(n, part.of)))(part.number));
  }
  #address({ at, guards }: Node & { readonly kind: 'load' }, scope: Scope): string {
    const place = this.form(at, scope);
    const inForce = unsure(guards);
    return inForce.length === 0 ? place : `select(0i, ${place}, ${this.holds(inForce, scope)})`;
  }
  #compute(n: Node, scope: Scope): Term {
    const c = this.code;
    switch (n.kind) {
      // Named, so that no expression of literals alone is computed by the compiler of the shader.
      case 'constant': { const x = constantTerm(c, n.value, n.dtype); return { ...c.let(x.type, x.code), number: n.value }; }
      case 'load': return this.bindings.load(c, n.from, this.#address(n, scope));
      case 'position': {
        const at = c.let('i32', this.form(n.at, scope));
        return isFloat(n.dtype) && Math.max(...range(n.at, whole).map(Math.abs)) <= mostExact ? settled(c, n.dtype, c.let('f32', `f32(${at.code})`)) : convert(c, at, 'i32', n.dtype);
      }
      case 'test': return c.let('bool', this.holds(n.guards, scope));
      case 'op': return emitScalar(c, { op: n.op, args: n.args.map(a => this.value(a, scope)), from: n.from, to: n.dtype, params: n.params });
      case 'accumulated': throw new CotangentError('jaxpr', 'webgpu: a sum is read before it is complete');
      default: return n satisfies never;
    }
  }
  /** An index, as i32: no value has 2^31 elements, and neither has what a view of it walks over. */
  form(f: Form, scope: Scope): string {
    const [lo, hi] = range(f, whole);
    // Computed indices are guarded, whatever they are.
    if (f.nodes.length === 0) checkCount(Math.max(-lo, hi), () => 'the index of a view');
    const terms = f.terms.map(({ atom, coefficient: k }) => {
      const x = atom.kind === 'loop' ? scope.counter(atom) ?? missingCounter()
        : atom.kind === 'computed' ? asIndex(this.value(atom.node, scope))
          : scope.split(atom.id) ?? scope.setSplit(atom.id, this.code.let('i32', `i32(u32(${this.form(atom.of, scope)}) ${atom.kind === 'div' ? '/' : '%'} ${atom.by}u)`).code);
      return k === 1 ? x : `${k}i * ${x}`;
    });
    if (f.c !== 0 || terms.length === 0) terms.push(`${f.c}i`);
    return terms.length === 1 ? terms[0] ?? '0i' : `(${terms.join(' + ')})`;
  }
  holds(guards: readonly Guard[], scope: Scope): string {
    const tests = unsure(guards).flatMap(g => {
      const [lo, hi] = range(g.index, whole);
      const at = this.form(g.index, scope);
      return [...(lo >= g.lo ? [] : [`(${at} >= ${g.lo}i)`]), ...(hi < g.hi ? [] : [`(${at} < ${g.hi}i)`])];
    });
    // Both sides are computed in any case: each && would be a branch.
    return tests.length === 0 ? 'true' : `(${tests.join(' & ')})`;
  }

  /**
   * Everything is computed before anything is stored: a result may lie where a value lay that another result is computed from. `when`: a
   * condition of all stores.
   */
  stores(stores: readonly Store[], scope: Scope, when: string | null = null): void {
    for (const i of stores.flatMap(operandsOf)) this.value(i, scope);
    if (stores.length === 0) return;
    const all = (): void => { for (const t of stores) this.#store(t, scope); };
    if (when === null) all(); else this.code.block(`if (${when})`, all);
  }
  /** The same for four neighbours, whose stores are one. */
  storesOfFour(stores: readonly Store[], around: Scope, parts: readonly Scope[], when: string | null = null): void {
    for (const scope of parts) for (const t of stores) this.value(t.value, scope);
    if (stores.length === 0) return;
    const all = (): void => { for (const t of stores) this.bindings.storeFour(this.code, t.to, this.form(t.at, around), parts.map(p => this.value(t.value, p))); };
    if (when === null) all(); else this.code.block(`if (${when})`, all);
  }
  #store(t: Store, scope: Scope): void {
    const c = this.code;
    const d = t.to.aval.dtype;
    const value = this.value(t.value, scope);
    const gathered = this.words.get(t);
    if (gathered !== undefined) {
      c.line(`${gathered.name} |= ${packed(c, d, value).code} << (part % ${gathered.perWord}u * ${8 * elementBytes(d)}u);`);
      return;
    }
    const at = this.form(t.at, scope);
    const write = (): void => {
      const combine = t.update?.combine ?? null;
      if (combine === null) { this.bindings.store(c, t.to, at, value); return; }
      const place = c.let('i32', at).code;
      const old = this.bindings.load(c, t.to, place);
      this.bindings.store(c, t.to, place, settledFold(c, d, combined(c, combine, d, old, value)));
    };
    const guards = t.update?.guards ?? [];
    if (guards.length === 0) write(); else c.block(`if (${this.holds(guards, scope)})`, write);
  }
}

/** Whole numbers up to here are float32; others a device may round either way. */
const mostExact = 2 ** 24;
function missingCounter(): never { throw new CotangentError('jaxpr', 'webgpu: an index varies with a loop that is not walked'); }
const asIndex = (t: Term): string => t.type === 'i32' ? t.code : `i32(${t.code})`;
const unsure = (guards: readonly Guard[]): readonly Guard[] => guards.filter(g => guardState(g, whole) !== true);
/** Half precision is summed in float32 and bytes in words: rounded, or wrapped, once. */
export const foldDType = (d: DType): DType => d === 'f16' ? 'f32' : d === 'i8' ? 'i32' : d === 'u8' ? 'u32' : d;
export const foldType = (d: DType): WordType => wordOf(foldDType(d));
const settledFold = (c: Code, d: DType, x: Term): Term => isFloat(d) ? x : settled(c, d, x);
/** One step of a reduction. */
export function combined(c: Code, monoid: Monoid, dtype: DType, a: Term, b: Term): Term {
  const d = foldDType(dtype);
  if (d === 'bool') return emitScalar(c, { op: monoid === 'max' || monoid === 'add' ? 'or' : 'and', args: [a, b], from: d, to: d, params: {} });
  return emitScalar(c, { op: monoid, args: [a, b], from: d, to: d, params: {} });
}
export function constantTerm(c: Code, value: number, d: DType): Term {
  const type = wordOf(d);
  switch (type) {
    case 'f32': return c.float(value);
    case 'i32': return c.int(value);
    case 'u32': return c.unsigned(value);
    case 'bool': return c.bit(value !== 0);
    default: return type satisfies never;
  }
}
