// A program at a point: a jaxpr, inputs for it, and which of them carry tangents. What every law about programs speaks of.
// Derived programs are made once each. Knows the transforms; knows no law.
import { CotangentError } from '../src/error.ts';
import { isFloat } from '../src/dtype/dtype.ts';
import { hasTangent, type Aval } from '../src/ir/aval.ts';
import { avalsOf, type Atom, type Jaxpr } from '../src/ir/jaxpr.ts';
import type { Mask, NDArray } from '../src/ir/primitive.ts';
import { evaluateJaxpr } from '../src/backend/reference/evaluate.ts';
import { batchJaxpr } from '../src/transform/batch.ts';
import { jvpJaxpr, linearizeJaxpr, transposeJaxpr, vjpJaxpr, type JvpJaxpr, type Linearized } from '../src/transform/differentiate.ts';
import '../src/transform/staging.ts';
import { arrayOf, direction, directionAt, elementOf, zerosOf, type Taste } from './array.ts';
import { Random } from './random.ts';

/** A mapped axis under which a program is to be run: for operations such as psum, which mean nothing outside one. */
export interface NamedAxis { readonly name: string; readonly size: number }
/** A tangent or cotangent on the host; null where there is none. */
export type HostTangent = NDArray | null;

export interface PointSpec {
  readonly jaxpr: Jaxpr;
  readonly inputs: readonly NDArray[];
  /** Inputs that carry tangents; all floats by default. */
  readonly active?: Mask;
  readonly axis?: NamedAxis | null;
  readonly taste?: Taste;
  /** Other inputs of the same types, for batches. By default the elements of `inputs`, shuffled and slightly changed. */
  readonly example?: (random: Random) => readonly NDArray[];
}

export class Point {
  readonly jaxpr: Jaxpr;
  readonly inputs: readonly NDArray[];
  readonly active: Mask;
  readonly axis: NamedAxis | null;
  readonly taste: Taste;
  readonly #example: ((random: Random) => readonly NDArray[]) | null;
  readonly #made = new Map<string, unknown>();
  constructor(spec: PointSpec) {
    this.jaxpr = spec.jaxpr;
    this.inputs = spec.inputs;
    this.active = spec.active ?? avalsOf(spec.jaxpr.inputs).map(hasTangent);
    this.axis = spec.axis ?? null;
    this.taste = spec.taste ?? 'plain';
    this.#example = spec.example ?? null;
  }

  /** Where a batch axis stands in host values: after the named axis, if there is one. */
  get lead(): number { return this.axis === null ? 0 : 1; }
  /** The aval of host values for a value of the program. */
  lift(a: Aval): Aval { return this.axis === null ? a : { shape: [this.axis.size, ...a.shape], dtype: a.dtype }; }
  /** Whether it has derivatives to speak of: where a result is NaN or infinite, so may be what came before, and 0 times that is anything. */
  get differentiable(): boolean {
    return this.#once('differentiable', () => this.active.includes(true) && this.jaxpr.outputs.some(o => hasTangent(o.aval))
      && this.value.every(x => !isFloat(x.dtype) || x.data.every(Number.isFinite)));
  }
  /** Whether there is a forward mode: a rule for reverse mode alone refuses it, with a code of its own. */
  get forwardable(): boolean {
    return this.#once('forwardable', () => {
      try { return this.jvp.outActive.length >= 0; } catch (error) {
        if (refusesMode(error)) return false;
        throw error;
      }
    });
  }

  /** How far results of the public transforms, which round to their dtypes, may be apart. */
  get rounding(): number { return this.inputs.every(x => !isFloat(x.dtype) || x.dtype === 'f64') ? 1e-10 : this.inputs.some(x => x.dtype === 'f16') ? 3e-2 : 1e-4; }

  /** Runs a program made from this one, in float64; under the named axis if there is one. */
  run(j: Jaxpr, inputs: readonly NDArray[]): readonly NDArray[] { return evaluateJaxpr(this.closed(j), inputs, 'wide'); }
  /** The program with the named axis mapped away. */
  closed(j: Jaxpr): Jaxpr {
    const { axis } = this;
    if (axis === null) return j;
    let batched = closedPrograms.get(j);
    if (batched === undefined) {
      batched = batchJaxpr(j, axis.size, j.inputs.map(() => true), j.outputs.map(() => true), axis.name).jaxpr;
      closedPrograms.set(j, batched);
    }
    return batched;
  }

  get value(): readonly NDArray[] { return this.#once('value', () => this.run(this.jaxpr, this.inputs)); }
  get jvp(): JvpJaxpr { return this.#once('jvp', () => jvpJaxpr(this.jaxpr, this.active)); }
  get linearized(): Linearized { return this.#once('linearized', () => linearizeJaxpr(this.jaxpr, this.active)); }
  /** Which inputs of the linear half are tangents. */
  get linearMask(): Mask { return this.linearized.linear.inputs.map((_, i) => i >= this.linearized.residuals); }
  get transposed(): Jaxpr { return this.#once('transposed', () => transposeJaxpr(this.linearized.linear, this.linearMask)); }
  get vjp(): JvpJaxpr { return this.#once('vjp', () => vjpJaxpr(this.jaxpr, this.active)); }
  /** The values that the linear half reads. */
  get residuals(): readonly NDArray[] { return this.#once('residuals', () => this.run(this.linearized.forward, this.inputs).slice(this.jaxpr.outputs.length)); }
  /** The program that takes inputs, then cotangents, and gives cotangents only: a function to differentiate again. */
  get gradient(): Point {
    return this.#once('gradient', () => {
      const n = this.jaxpr.outputs.length;
      const { jaxpr, outActive } = this.vjp;
      const weights = this.jaxpr.outputs.filter((_, i) => outActive[i]).map(o => this.lift(o.aval));
      const weigh = (random: Random): NDArray[] => weights.map(a => direction(a, random));
      return new Point({
        jaxpr: { ...jaxpr, outputs: jaxpr.outputs.slice(n) }, inputs: [...this.inputs, ...weigh(new Random(3))],
        active: [...this.active, ...weights.map(() => false)], axis: this.axis, taste: this.taste,
        example: random => [...this.example(random), ...weigh(random)],
      });
    });
  }
  /** Other inputs of the same types. */
  example(random: Random): readonly NDArray[] {
    return this.#example === null ? this.inputs.map(x => jittered(x, random)) : this.#example(random);
  }
  /** A direction for the active inputs, null at the others. */
  tangents(random: Random): readonly HostTangent[] { return this.inputs.map((x, i) => this.active[i] === true ? directionAt(x, random) : null); }
  /** Cotangents for the results that are floats, null at the others. */
  cotangents(random: Random): readonly HostTangent[] { return this.jaxpr.outputs.map(o => hasTangent(o.aval) ? direction(this.lift(o.aval), random) : null); }

  /** Jv by the jvp program: one tangent a result, zeros where it is symbolically zero, null where there can be none. */
  push(tangents: readonly HostTangent[]): readonly HostTangent[] {
    const { jaxpr, outActive } = this.jvp;
    return this.#tangentsOf(this.run(jaxpr, [...this.inputs, ...some(tangents)]).slice(this.jaxpr.outputs.length), outActive);
  }
  /** Jv by the linear half. */
  pushLinear(tangents: readonly HostTangent[]): readonly HostTangent[] {
    return this.#tangentsOf(this.run(this.linearized.linear, [...this.residuals, ...some(tangents)]), this.linearized.outActive);
  }
  /** J'w by the vjp program: one cotangent an input, null at the inactive ones. */
  pull(cotangents: readonly HostTangent[]): readonly HostTangent[] {
    const { jaxpr, outActive } = this.vjp;
    const given = some(cotangents.filter((_, i) => outActive[i]));
    const back = this.run(jaxpr, [...this.inputs, ...given]).slice(this.jaxpr.outputs.length);
    return spread(back, this.active);
  }
  #tangentsOf(values: readonly NDArray[], outActive: Mask): readonly HostTangent[] {
    return spread(values, outActive).map((t, i) => {
      const o = this.jaxpr.outputs[i];
      return t ?? (o !== undefined && isFloat(o.aval.dtype) ? zerosOf(this.lift(o.aval)) : null);
    });
  }

  #once<A>(key: string, make: () => A): A {
    // Each key is used with one type: the getters above are its only callers.
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as A;
  }
}
/** A loop of unknown length has no reverse mode, a rule for reverse mode no forward mode: both say so. */
export const refusesMode = (error: unknown): boolean => error instanceof CotangentError && error.code === 'forward-mode';
const closedPrograms = new WeakMap<Jaxpr, Jaxpr>();

export const some = <A>(xs: readonly (A | null)[]): A[] => xs.filter(x => x !== null);
/** Puts the values at the places where the mask is true, null elsewhere. */
export function spread<A>(values: readonly A[], mask: Mask): (A | null)[] {
  let next = 0;
  return mask.map(m => m ? values[next++] ?? null : null);
}
function jittered(x: NDArray, random: Random): NDArray {
  const order = Array.from(x.data, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) { const k = random.int(0, i); [order[i], order[k]] = [order[k] ?? 0, order[i] ?? 0]; }
  const change = isFloat(x.dtype) ? () => 1 + 0.01 * random.uniform() : () => 1;
  return arrayOf(x, i => elementOf(x, order[i] ?? 0) * change(), x.data instanceof Float64Array);
}
/** The atoms that a program's equations from `from` on, and its results, read. */
export function readFrom(j: Jaxpr, from: number): ReadonlySet<Atom> {
  return new Set<Atom>([...j.outputs, ...j.eqns.slice(from).flatMap(e => e.inputs)]);
}
