// Index expressions: an affine form over atoms, an atom being a loop, a quotient or remainder of another form, or a computed value.
// Views are never objects: asking for an element through a view rewrites its index. Everything is decided by intervals.
// Floor 5: knows loops and numbers only. Forms are interned, so equal forms are one object.
import type { Guard as GuardOf, IndexMath } from '../ir/primitive.ts';

/** A loop of one kernel. `bit` marks it in the sets of loops that forms and values vary with. */
export interface Loop { readonly kind: 'loop'; readonly id: number; readonly extent: number; readonly bit: number }
interface Split { readonly kind: 'div' | 'mod'; readonly id: number; readonly of: Form; readonly by: number; readonly bits: number }
/** A computed integer between two bounds: the value of a scalar node, by its number. */
interface Computed { readonly kind: 'computed'; readonly id: number; readonly node: number; readonly lo: number; readonly hi: number; readonly bits: number }
export type Atom = Loop | Split | Computed;
export interface Term { readonly atom: Atom; readonly coefficient: number }
/** c + sum(coefficient * atom). `nodes`: the scalar nodes whose values it needs. */
export interface Form { readonly id: number; readonly c: number; readonly terms: readonly Term[]; readonly bits: number; readonly nodes: readonly number[] }
export type Guard = GuardOf<Form>;
export type Range = readonly [lo: number, hi: number];
/** The values that a loop takes where the question is asked. */
export type Ranges = (l: Loop) => Range;

export const whole: Ranges = l => [0, l.extent - 1];
const bitsOf = (a: Atom): number => a.kind === 'loop' ? a.bit : a.bits;
const none: readonly number[] = [];
const nodesOf = (a: Atom): readonly number[] => a.kind === 'loop' ? none : a.kind === 'computed' ? [a.node] : a.of.nodes;

export const maxLoops = 30;

/** The forms of one kernel. */
export class IndexSpace implements IndexMath<Form> {
  readonly #forms = new Map<string, Form>();
  readonly #splits = new Map<string, Split>();
  readonly #computed = new Map<string, Computed>();
  #atoms = 0;
  #loops = 0;

  loop(extent: number): Loop {
    return { kind: 'loop', id: this.#atoms++, extent, bit: 1 << this.#loops++ };
  }
  /** One loop over both, in the place of the inner one. */
  merged(a: Loop, b: Loop): Loop { return { kind: 'loop', id: this.#atoms++, extent: a.extent * b.extent, bit: b.bit }; }
  get loopCount(): number { return this.#loops; }

  #make(c: number, terms: readonly Term[]): Form {
    const kept = terms.filter(t => t.coefficient !== 0).sort((a, b) => a.atom.id - b.atom.id);
    let key = String(c);
    let bits = 0;
    for (const t of kept) { key += `,${t.atom.id}*${t.coefficient}`; bits |= bitsOf(t.atom); }
    let form = this.#forms.get(key);
    if (form === undefined) {
      const nodes = kept.every(t => t.atom.kind === 'loop') ? none : [...new Set(kept.flatMap(t => nodesOf(t.atom)))];
      this.#forms.set(key, form = { id: this.#forms.size, c, terms: kept, bits, nodes });
    }
    return form;
  }
  constant(n: number): Form { return this.#make(n, []); }
  at(loop: Loop): Form { return this.#make(0, [{ atom: loop, coefficient: 1 }]); }
  /** The value of a node, which lies in lo..hi and varies with the loops in `bits`. */
  computed(node: number, lo: number, hi: number, bits: number): Form {
    if (lo === hi) return this.constant(lo);
    const key = `${node}:${lo}:${hi}`;
    let atom = this.#computed.get(key);
    if (atom === undefined) this.#computed.set(key, atom = { kind: 'computed', id: this.#atoms++, node, lo, hi, bits });
    return this.#make(0, [{ atom, coefficient: 1 }]);
  }
  scale(a: Form, k: number): Form { return k === 1 ? a : this.#make(a.c * k, a.terms.map(t => ({ atom: t.atom, coefficient: t.coefficient * k }))); }
  add(a: Form, b: Form): Form {
    if (a.terms.length === 0 && a.c === 0) return b;
    if (b.terms.length === 0 && b.c === 0) return a;
    const sum = new Map<Atom, number>(a.terms.map(t => [t.atom, t.coefficient]));
    for (const t of b.terms) sum.set(t.atom, (sum.get(t.atom) ?? 0) + t.coefficient);
    // n (y div n) + y mod n is y: a reshape undoes another.
    for (const [atom, k] of sum) {
      if (atom.kind !== 'mod') continue;
      const quotient = this.#splits.get(`div${atom.of.id}/${atom.by}`);
      if (quotient === undefined || sum.get(quotient) !== k * atom.by) continue;
      sum.delete(atom);
      sum.delete(quotient);
      return this.add(this.#make(a.c + b.c, [...sum].map(([x, c]) => ({ atom: x, coefficient: c }))), this.scale(atom.of, k));
    }
    return this.#make(a.c + b.c, [...sum].map(([atom, coefficient]) => ({ atom, coefficient })));
  }
  /** The part divisible by n leaves exactly; what remains vanishes when its interval fits in one period. */
  divMod(a: Form, n: number): readonly [Form, Form] {
    if (n === 1) return [a, this.constant(0)];
    const cq = Math.floor(a.c / n);
    const quotient = this.#make(cq, a.terms.filter(t => t.coefficient % n === 0).map(t => ({ atom: t.atom, coefficient: t.coefficient / n })));
    const rest = this.#make(a.c - cq * n, a.terms.filter(t => t.coefficient % n !== 0));
    const [lo, hi] = range(rest, whole);
    const period = Math.floor(lo / n);
    if (period === Math.floor(hi / n)) return [this.add(quotient, this.constant(period)), this.add(rest, this.constant(-period * n))];
    // Made non-negative, so that machine division, which truncates, is floor division.
    const shift = lo < 0 ? Math.ceil(-lo / n) : 0;
    const positive = this.add(rest, this.constant(shift * n));
    const q = this.#make(-shift, [{ atom: this.#split('div', positive, n), coefficient: 1 }]);
    const r = this.#make(0, [{ atom: this.#split('mod', positive, n), coefficient: 1 }]);
    return [this.add(quotient, q), r];
  }
  #split(kind: 'div' | 'mod', of: Form, by: number): Split {
    const key = `${kind}${of.id}/${by}`;
    let s = this.#splits.get(key);
    if (s === undefined) this.#splits.set(key, s = { kind, id: this.#atoms++, of, by, bits: of.bits });
    return s;
  }
  linear(shape: readonly number[], index: readonly Form[]): Form {
    let sum = this.constant(0);
    shape.forEach((n, i) => { const x = index[i]; if (x !== undefined) sum = this.add(this.scale(sum, n), x); });
    return sum;
  }
  delinear(shape: readonly number[], position: Form): readonly Form[] {
    const out: Form[] = shape.map(() => this.constant(0));
    // The first axis of more than one element takes what is left: it needs no remainder.
    const first = shape.findIndex(n => n !== 1);
    let rest = position;
    for (let i = shape.length - 1; i >= 0; i--) {
      const n = shape[i] ?? 1;
      if (n === 1) continue;
      if (i === first) { out[i] = rest; break; }
      const [q, r] = this.divMod(rest, Math.max(n, 1));
      rest = q;
      out[i] = r;
    }
    return out;
  }
  /** The form with loops `a` (outer) and `b` replaced by one loop over both, where it walks them as one. */
  merge(f: Form, a: Loop, b: Loop, one: Loop): Form {
    if ((f.bits & (a.bit | b.bit)) === 0) return f;
    const k = coefficientOf(f, b);
    return this.#make(f.c, [...f.terms.filter(t => t.atom !== a && t.atom !== b), { atom: one, coefficient: k }]);
  }
}

function atomRange(a: Atom, env: Ranges): Range {
  if (a.kind === 'loop') return env(a);
  if (a.kind === 'computed') return [a.lo, a.hi];
  const [lo, hi] = range(a.of, env);
  const [first, last] = [Math.floor(lo / a.by), Math.floor(hi / a.by)];
  if (a.kind === 'div') return [first, last];
  return first === last ? [lo - first * a.by, hi - first * a.by] : [0, a.by - 1];
}
/** The interval of a form's values. */
export function range(f: Form, env: Ranges): Range {
  let lo = f.c;
  let hi = f.c;
  for (const { atom, coefficient: k } of f.terms) {
    const [l, h] = atomRange(atom, env);
    lo += k > 0 ? k * l : k * h;
    hi += k > 0 ? k * h : k * l;
  }
  return [lo, hi];
}
/** Whether a guard holds everywhere (true), nowhere (false), or somewhere (null). */
export function guardState(g: Guard, env: Ranges): boolean | null {
  const [lo, hi] = range(g.index, env);
  if (lo >= g.lo && hi < g.hi) return true;
  return hi < g.lo || lo >= g.hi ? false : null;
}
/** The coefficient of a loop as a term of its own. */
export const coefficientOf = (f: Form, l: Loop): number => f.terms.find(t => t.atom === l)?.coefficient ?? 0;
/** How far one step of a loop moves the form, or null when the loop also hides inside a quotient or remainder. */
export const strideOf = (f: Form, l: Loop): number | null => f.terms.some(t => t.atom.kind !== 'loop' && (bitsOf(t.atom) & l.bit) !== 0) ? null : coefficientOf(f, l);
/** Whether loops a (outer) and b are walked as one: neither hides, and a's step is b's whole length. */
export const walksAsOne = (f: Form, a: Loop, b: Loop): boolean => {
  const [sa, sb] = [strideOf(f, a), strideOf(f, b)];
  return sa !== null && sb !== null && sa === b.extent * sb;
};
