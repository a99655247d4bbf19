// Loop IR to WGSL. A map runs one invocation an element; a reduction one invocation a row where rows are short or lie across memory, else
// one workgroup a row, whose lanes fold through workgroup memory in a fixed tree. Kept rows are computed again.
// Floor 5: emits one shader for one kernel.
import { CotangentError } from '../../error.ts';
import { isFloat, type DType } from '../../dtype/dtype.ts';
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { guardState, IndexSpace, range, whole, type Form, type Guard, type Loop } from '../index-map.ts';
import { bitsOfLoops, childrenOf, operandsOf, type Accumulator, type Kernel, type Monoid, type Node, type NodeId, type Stage, type Store } from '../kernel.ts';
import { unitOf } from '../lower.ts';
import { Code, type Term, type WordType } from './code.ts';
import { settled, wordOf } from './convert.ts';
import { elementBytes, packed } from './packed.ts';
import { emitScalar } from './scalar.ts';
import { Bindings, groupSize, invocationGroups, openInvocations, shaderText, type Placement, type Shader } from './shader.ts';
import { serialLoops } from './update.ts';

/** Rows up to this long are folded by one invocation: a tree with barriers costs more. */
const shortRow = 64;
/** Rows from here on get wide workgroups. */
const longRow = 2048;
const wideGroup = 256;

/** `span`: a part of the arena that is bound as one, for kernels of many values. */
export const emitShader = (k: Kernel, placement: Placement, span: { readonly offset: number; readonly bytes: number } | null = null): Shader => new ShaderEmitter(k, new Bindings(placement, span)).run();
export const turnsOf = (loops: readonly Loop[]): number => loops.reduce((n, l) => n * l.extent, 1);

/** Values known in a block of the shader, and in those around it. */
class Scope {
  readonly #around: Scope | null;
  readonly #values = new Map<NodeId, Term>();
  /** Quotients and remainders by the number of their atom. */
  readonly #splits = new Map<number, string>();
  constructor(around: Scope | null) { this.#around = around; }
  get(i: NodeId): Term | undefined { return this.#values.get(i) ?? this.#around?.get(i); }
  set(i: NodeId, t: Term): Term { this.#values.set(i, t); return t; }
  split(atom: number): string | undefined { return this.#splits.get(atom) ?? this.#around?.split(atom); }
  setSplit(atom: number, name: string): string { this.#splits.set(atom, name); return name; }
}

class ShaderEmitter {
  readonly #k: Kernel;
  readonly #c = new Code();
  readonly #bindings: Bindings;
  readonly #shared: string[] = [];
  /** Results of which an invocation writes whole words: the variable that its elements gather in. */
  readonly #words = new Map<Store, { readonly name: string; readonly perWord: number }>();

  constructor(k: Kernel, bindings: Bindings) {
    this.#k = k;
    this.#bindings = bindings;
  }
  #node(i: NodeId): Node {
    const n = this.#k.nodes[i];
    if (n === undefined) throw new CotangentError('jaxpr', 'webgpu: a node is missing');
    return n;
  }

  run(): Shader {
    const { kind, rows } = this.#k;
    // Rows are walked already.
    const stages = this.#k.stages.map(s => ({ ...s, loops: s.loops.filter(l => !rows.includes(l)) }));
    const longest = Math.max(0, ...stages.map(s => turnsOf(s.loops)));
    if (stages.some(s => s.stores.some(t => t.update !== undefined))) return this.#updates(stages);
    const perRow = kind === 'lanes' && longest > shortRow;
    const count = turnsOf(rows);
    const perWord = kind === 'map' && count > 1 && stages.every(s => s.loops.length === 0 && s.accumulators.length === 0) ? this.#ownedWords(stages.flatMap(s => s.stores), rows) : 1;
    if (perWord > 1) return this.#wordByWord(stages, rows, perWord);
    const size = perRow && longest >= longRow ? wideGroup : groupSize;
    if (perRow) {
      this.#c.line('let flat = workgroup.y * workgroups.x + workgroup.x;', `if (flat >= ${count}u) { return; }`);
    } else openInvocations(this.#c, count);
    this.#counters(rows, 'flat');
    const scope = new Scope(null);
    for (const s of stages) this.#stage(s, scope, perRow ? size : 1);
    return this.#shader(perRow ? count : invocationGroups(count), size);
  }
  #shader(groups: number, size: number): Shader {
    return { code: shaderText(this.#bindings, size, this.#c, this.#shared), bindings: this.#bindings.list, groups };
  }

  /** Finds the stores of narrow elements in their order; returns how many of the narrowest share a word. */
  #ownedWords(stores: readonly Store[], rows: readonly Loop[]): number {
    const count = turnsOf(rows);
    let most = 1;
    for (const t of stores) {
      const perWord = this.#bindings.ownedPerWord(t.to);
      // The last word is its own where it ends with the value.
      const whole = count === sizeOf(t.to.aval.shape) || count % perWord === 0;
      if (perWord === 1 || !whole || !isFlat(t.at, rows) || stores.some(other => other !== t && other.to === t.to)) continue;
      this.#words.set(t, { name: this.#c.fresh('word'), perWord });
      most = Math.max(most, perWord);
    }
    return most;
  }
  /** A map whose invocations compute as many elements as share a word. */
  #wordByWord(stages: readonly Stage[], rows: readonly Loop[], perWord: number): Shader {
    const c = this.#c;
    const count = turnsOf(rows);
    openInvocations(c, Math.ceil(count / perWord));
    for (const { name } of this.#words.values()) c.line(`var ${name} = 0u;`);
    c.block(`for (var part = 0u; part < ${perWord}u; part++)`, () => {
      c.line(`let element = flat * ${perWord}u + part;`);
      if (count % perWord !== 0) c.line(`if (element >= ${count}u) { break; }`);
      this.#counters(rows, 'element');
      const scope = new Scope(null);
      for (const s of stages) this.#stage(s, scope, 1);
      for (const [t, word] of this.#words) {
        if (word.perWord === perWord) continue;
        const last = `part % ${word.perWord}u == ${word.perWord - 1}u${count % word.perWord === 0 ? '' : ` || element + 1u == ${count}u`}`;
        c.block(`if (${last})`, () => {
          this.#bindings.storeWord(c, t.to, `i32(element - part % ${word.perWord}u)`, word.name);
          c.line(`${word.name} = 0u;`);
        });
      }
    });
    for (const [t, word] of this.#words) if (word.perWord === perWord) this.#bindings.storeWord(c, t.to, `i32(flat * ${perWord}u)`, word.name);
    return this.#shader(invocationGroups(Math.ceil(count / perWord)), groupSize);
  }

  /** Names the counters of loops from their number among all turns. */
  #counters(loops: readonly Loop[], flat: string): void {
    let [rest, first] = [flat, true];
    for (const l of [...loops].reverse()) {
      const outermost = l === loops[0];
      this.#c.line(`let ${counter(l)} = i32(${outermost ? rest : `${rest} % ${l.extent}u`});`);
      if (!outermost) {
        const next = this.#c.fresh('q');
        this.#c.line(`let ${next} = ${rest} / ${l.extent}u;`);
        rest = next;
      }
      first = false;
    }
    if (first) this.#c.line(`_ = ${flat};`);
  }

  #stage(s: Stage, rowScope: Scope, lanes: number): void {
    const c = this.#c;
    const inner = bitsOfLoops(s.loops);
    const roots = [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)];
    // What does not vary with the inner loops is computed once, before them.
    this.#hoist(roots, inner, rowScope);
    const totals = s.accumulators.map(a => ({ a, variable: c.variable(foldType(a.dtype), this.#unit(a)) }));
    const body = (): void => {
      const scope = new Scope(rowScope);
      for (const { a, variable } of totals) {
        const x = this.#value(a.value, scope);
        c.line(`${variable.code} = ${c.as(variable.type, this.#combine(a.monoid, a.dtype, variable, x))};`);
      }
      this.#stores(s.stores, scope);
    };
    if (s.loops.length === 0) {
      if (lanes > 1 && s.stores.length > 0) c.block('if (lane == 0u)', body); else body();
    } else {
      const t = c.fresh('t');
      c.block(`for (var ${t} = ${lanes > 1 ? 'lane' : '0u'}; ${t} < ${turnsOf(s.loops)}u; ${t} += ${lanes}u)`, () => {
        this.#counters(s.loops, t);
        body();
      });
    }
    for (const { a, variable } of totals) {
      if (lanes > 1 && s.loops.length > 0) this.#fold(a, variable, lanes);
      const total = settled(c, a.dtype, variable);
      // Named, since later stages read it after the variable's own block.
      this.#k.nodes.forEach((n, i) => { if (n.kind === 'accumulated' && n.accumulator === a.id) rowScope.set(i, total); });
    }
  }
  /** A fixed tree over the lanes of the workgroup. */
  #fold(a: Accumulator, total: Term, lanes: number): void {
    const c = this.#c;
    const type = total.type === 'bool' ? 'u32' : total.type;
    const array = `fold_${type}`;
    const declaration = `var<workgroup> ${array}: array<${type}, ${lanes}>;`;
    if (!this.#shared.includes(declaration)) this.#shared.push(declaration);
    const put = (x: Term): string => total.type === 'bool' ? `select(0u, 1u, ${x.code})` : x.code;
    const take = (at: string): Term => total.type === 'bool' ? c.let('bool', `${array}[${at}] != 0u`) : c.let(type, `${array}[${at}]`);
    c.line(`${array}[lane] = ${put(total)};`, 'workgroupBarrier();');
    for (let w = lanes / 2; w >= 1; w /= 2) {
      c.block(`if (lane < ${w}u)`, () => { c.line(`${array}[lane] = ${put(this.#combine(a.monoid, a.dtype, take('lane'), take(`lane + ${w}u`)))};`); });
      c.line('workgroupBarrier();');
    }
    c.line(`${total.code} = ${take('0u').code};`, 'workgroupBarrier();');
  }
  #unit({ monoid, dtype }: Accumulator): string { return constantTerm(this.#c, unitOf(monoid, dtype), foldDType(dtype)).code; }
  #combine(monoid: Monoid, dtype: DType, a: Term, b: Term): Term {
    const d = foldDType(dtype);
    if (d === 'bool') return emitScalar(this.#c, { op: monoid === 'max' || monoid === 'add' ? 'or' : 'and', args: [a, b], from: d, to: d, params: {} });
    return emitScalar(this.#c, { op: monoid, args: [a, b], from: d, to: d, params: {} });
  }

  /** Everything is computed before anything is stored: a result may lie where a value lay that another result is computed from. */
  #stores(stores: readonly Store[], scope: Scope): void {
    for (const i of stores.flatMap(operandsOf)) this.#value(i, scope);
    for (const t of stores) this.#store(t, scope);
  }
  #store(t: Store, scope: Scope): void {
    const d = t.to.aval.dtype;
    const value = this.#value(t.value, scope);
    const word = this.#words.get(t);
    if (word !== undefined) {
      this.#c.line(`${word.name} |= ${packed(this.#c, d, value).code} << (part % ${word.perWord}u * ${8 * elementBytes(d)}u);`);
      return;
    }
    const at = this.#form(t.at, scope);
    const write = (): void => {
      const combine = t.update?.combine ?? null;
      if (combine === null) { this.#bindings.store(this.#c, t.to, at, value); return; }
      const place = this.#c.let('i32', at).code;
      const old = this.#bindings.load(this.#c, t.to, place);
      this.#bindings.store(this.#c, t.to, place, settledFold(this.#c, d, this.#combine(combine, d, old, value)));
    };
    const guards = t.update?.guards ?? [];
    if (guards.length === 0) write(); else this.#c.block(`if (${this.#holds(guards, scope)})`, write);
  }

  /** Updates: loops whose turns may meet at one place run in their order inside an invocation, the others side by side. */
  #updates(stages: readonly Stage[]): Shader {
    const { rows } = this.#k;
    const stores = stages.flatMap(s => s.stores);
    // What is folded is folded within an invocation, and so are the loops that are walked beside it.
    const folds = stages.some(s => s.accumulators.length > 0);
    const inner = stages.flatMap(s => s.loops);
    const meeting = serialLoops([...rows, ...inner], stores);
    const serial = folds ? rows.filter(l => meeting.includes(l)) : meeting;
    const free = [...rows, ...folds ? [] : inner].filter(l => !serial.includes(l));
    const count = turnsOf(free);
    openInvocations(this.#c, count);
    this.#counters(free, 'flat');
    const scope = new Scope(null);
    const bits = bitsOfLoops(serial);
    if (!folds) this.#hoist(stores.flatMap(operandsOf), bits, scope);
    const nest = (k: number): void => {
      const l = serial[k];
      if (l === undefined) {
        const inside = new Scope(scope);
        if (folds) for (const s of stages) this.#stage(s, inside, 1); else this.#stores(stores, inside);
        return;
      }
      this.#c.block(`for (var ${counter(l)} = 0i; ${counter(l)} < ${l.extent}i; ${counter(l)}++)`, () => nest(k + 1));
    };
    nest(0);
    return this.#shader(invocationGroups(count), groupSize);
  }

  // ---- values
  /** Computes what does not vary with the inner loops. Each node is looked at once, however many paths lead to it: there may be 2^n. */
  #hoist(roots: readonly NodeId[], inner: number, scope: Scope): void {
    const seen = new Set<NodeId>();
    const visit = (i: NodeId): void => {
      if (seen.has(i)) return;
      seen.add(i);
      const n = this.#node(i);
      if ((n.bits & inner) === 0) this.#value(i, scope); else childrenOf(n).forEach(visit);
    };
    roots.forEach(visit);
  }
  #value(i: NodeId, scope: Scope): Term {
    const known = scope.get(i);
    if (known !== undefined) return known;
    return scope.set(i, this.#compute(this.#node(i), scope));
  }
  #compute(n: Node, scope: Scope): Term {
    const c = this.#c;
    switch (n.kind) {
      // Named, so that no expression of literals alone is computed by the compiler of the shader.
      case 'constant': { const x = constantTerm(c, n.value, n.dtype); return { ...c.let(x.type, x.code), number: n.value }; }
      case 'load': {
        const at = this.#form(n.at, scope);
        const guards = unsure(n.guards);
        return this.#bindings.load(c, n.from, guards.length === 0 ? at : `select(0i, ${at}, ${this.#holds(guards, scope)})`);
      }
      case 'position': return settled(c, n.dtype, n.dtype === 'bool' ? c.let('bool', `${this.#form(n.at, scope)} != 0i`) : c.let(wordOf(n.dtype), `${wordOf(n.dtype)}(${this.#form(n.at, scope)})`));
      case 'test': return c.let('bool', this.#holds(n.guards, scope));
      case 'op': return emitScalar(c, { op: n.op, args: n.args.map(a => this.#value(a, scope)), from: n.from, to: n.dtype, params: n.params });
      case 'accumulated': throw new CotangentError('jaxpr', 'webgpu: a sum is read before it is complete');
      default: return n satisfies never;
    }
  }
  /** An index, as i32: no buffer has 2^31 elements. */
  #form(f: Form, scope: Scope): string {
    const terms = f.terms.map(({ atom, coefficient: k }) => {
      const x = atom.kind === 'loop' ? counter(atom)
        : atom.kind === 'computed' ? this.#asIndex(this.#value(atom.node, scope))
          : scope.split(atom.id) ?? scope.setSplit(atom.id, this.#c.let('i32', `i32(u32(${this.#form(atom.of, scope)}) ${atom.kind === 'div' ? '/' : '%'} ${atom.by}u)`).code);
      return k === 1 ? x : `${k}i * ${x}`;
    });
    if (f.c !== 0 || terms.length === 0) terms.push(`${f.c}i`);
    return terms.length === 1 ? terms[0] ?? '0i' : `(${terms.join(' + ')})`;
  }
  #asIndex(t: Term): string { return t.type === 'i32' ? t.code : `i32(${t.code})`; }
  #holds(guards: readonly Guard[], scope: Scope): string {
    const tests = unsure(guards).flatMap(g => {
      const [lo, hi] = range(g.index, whole);
      const at = this.#form(g.index, scope);
      return [...(lo >= g.lo ? [] : [`(${at} >= ${g.lo}i)`]), ...(hi < g.hi ? [] : [`(${at} < ${g.hi}i)`])];
    });
    // Both sides are computed in any case: each && would be a branch.
    return tests.length === 0 ? 'true' : `(${tests.join(' & ')})`;
  }
}

/** Writes one value over another of its size. */
export function copyKernel(to: Var, from: Var): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(to.aval.shape));
  const at = space.at(loop);
  return {
    kind: 'map', rows: [loop], reads: [from], writes: [to],
    nodes: [{ kind: 'load', from, at, guards: [], dtype: to.aval.dtype, bits: loop.bit, cost: 1, level: 0 }],
    stages: [{ loops: [], accumulators: [], stores: [{ to, at, value: 0 }], keep: [], reuse: [] }],
  };
}

/** Whether a form is the number of a turn among all turns of the loops. */
function isFlat(f: Form, loops: readonly Loop[]): boolean {
  const walked = loops.filter(l => l.extent > 1);
  const strides = walked.map((_, i) => turnsOf(walked.slice(i + 1)));
  const terms = f.terms.filter(t => t.atom.kind !== 'loop' || t.atom.extent > 1);
  return f.c === 0 && terms.length === walked.length && walked.every((l, i) => terms.some(t => t.atom === l && t.coefficient === strides[i]));
}
const counter = (l: Loop): string => `i${l.id}`;
const unsure = (guards: readonly Guard[]): readonly Guard[] => guards.filter(g => guardState(g, whole) !== true);
/** Half precision is summed in float32 and bytes in words: rounded, or wrapped, once. */
const foldDType = (d: DType): DType => d === 'f16' ? 'f32' : d === 'i8' ? 'i32' : d === 'u8' ? 'u32' : d;
const foldType = (d: DType): WordType => wordOf(foldDType(d));
const settledFold = (c: Code, d: DType, x: Term): Term => isFloat(d) ? x : settled(c, d, x);
function constantTerm(c: Code, value: number, d: DType): Term {
  const type = wordOf(d);
  switch (type) {
    case 'f32': return c.float(value);
    case 'i32': return c.int(value);
    case 'u32': return c.unsigned(value);
    case 'bool': return c.bit(value !== 0);
    default: return type satisfies never;
  }
}
