// Laws of linear programs: the transpose is the adjoint, an involution, and reverses composition.
// Pure predicates of a program at a point; a linear program is the linear half of one, or one with a set of its inputs.
import { hasTangent } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Mask, NDArray } from '../../src/ir/primitive.ts';
import { transposeJaxpr } from '../../src/transform/differentiate.ts';
import { combine, direction, inner, magnitudeOf, zerosOf } from '../array.ts';
import { each, equal, upTo } from '../close.ts';
import { cut } from '../cut.ts';
import { agree, both, silent, type Law, type Verdict } from '../law.ts';
import type { Point } from '../point.ts';
import type { Random } from '../random.ts';
import { sameInner } from './derivative.ts';

/** A program that is linear in the masked inputs, the others being known. */
export interface LinearProgram { readonly point: Point; readonly jaxpr: Jaxpr; readonly mask: Mask; readonly known: readonly NDArray[] }

const arrange = <A>(mask: Mask, known: readonly A[], linear: readonly A[]): A[] => {
  let [k, l] = [0, 0];
  return mask.flatMap(m => { const x = m ? linear[l++] : known[k++]; return x === undefined ? [] : [x]; });
};
const linearInputs = (l: LinearProgram): Jaxpr['inputs'] => l.jaxpr.inputs.filter((_, i) => l.mask[i]);
const tangents = (l: LinearProgram, random: Random): NDArray[] => linearInputs(l).map(v => direction(l.point.lift(v.aval), random));
const cotangents = (l: LinearProgram, random: Random): NDArray[] => l.jaxpr.outputs.map(o => direction(l.point.lift(o.aval), random));
const apply = (l: LinearProgram, v: readonly NDArray[]): readonly NDArray[] => l.point.run(l.jaxpr, arrange(l.mask, l.known, v));

/** The linear half of a program at a point. */
export const linearHalf = (p: Point): LinearProgram => ({ point: p, jaxpr: p.linearized.linear, mask: p.linearMask, known: p.residuals });

/** The transpose as a linear program in the cotangents. */
function transposed(l: LinearProgram): LinearProgram {
  const jaxpr = transposeJaxpr(l.jaxpr, l.mask);
  return { point: l.point, jaxpr, mask: jaxpr.inputs.map((_, i) => i >= l.known.length), known: l.known };
}

/** Where a residual is infinite or NaN the map is none. */
const isMap = (l: LinearProgram): boolean => l.jaxpr.outputs.every(o => hasTangent(o.aval)) && l.known.every(x => x.data.every(Number.isFinite));

/**
 * The map of the masked inputs is linear up to what the others alone give (a sum of a linear and a known value is linear in the first),
 * and its transpose is its adjoint.
 */
export function transposeIsAdjoint(l: LinearProgram, random: Random): Verdict {
  if (!isMap(l) || !linearInputs(l).every(v => hasTangent(v.aval))) return silent;
  const t = transposed(l);
  const [u, v, w] = [tangents(l, random), tangents(l, random), cotangents(l, random)];
  const offset = apply(l, u.map(x => zerosOf(x)));
  const linear = (x: readonly NDArray[]): NDArray[] => apply(l, x).map((y, i) => combine(1, y, -1, offset[i] ?? zerosOf(y)));
  const [lu, lv] = [linear(u), linear(v)];
  const size = magnitudeOf(l.known, lu, lv, offset);
  const [a, b] = [0.75, -1.5];
  return both(
    () => agree('the map of 0.75 u - 1.5 v against 0.75 times that of u less 1.5 times that of v',
      linear(u.map((x, i) => combine(a, x, b, v[i] ?? x))), lu.map((x, i) => combine(a, x, b, lv[i] ?? x)), each(upTo(1e-9, size)), l.jaxpr),
    () => sameInner('<Lv, w> against <v, L\'w>', inner(lv, w), inner(v, apply(t, w)), size, t.jaxpr),
    () => agree('the transpose of zeros against zeros', apply(t, w.map(x => zerosOf(x))), u.map(x => zerosOf(x)), each(equal), t.jaxpr),
  );
}
/** Transposing twice gives the linear part of the map back. */
export function transposeIsInvolution(l: LinearProgram, random: Random): Verdict {
  if (!isMap(l)) return silent;
  const twice = transposed(transposed(l));
  const v = tangents(l, random);
  const offset = apply(l, v.map(x => zerosOf(x)));
  const once = apply(l, v).map((y, i) => combine(1, y, -1, offset[i] ?? zerosOf(y)));
  return agree('the transpose of the transpose against the map', apply(twice, v), once, each(upTo(1e-10, magnitudeOf(l.known, once, offset))), twice.jaxpr);
}

export const linearHalfTransposes: Law<Point> = {
  number: 10, name: 'transpose is an involution on linear programs',
  holds: (p, random) => p.differentiable ? both(() => transposeIsAdjoint(linearHalf(p), random), () => transposeIsInvolution(linearHalf(p), random)) : silent,
};

export const transposeReversesComposition: Law<Point> = {
  number: 10, name: 'the transpose of a composition is the composition of transposes, reversed',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const l = linearHalf(p);
    if (!isMap(l)) return silent;
    const { residuals } = p.linearized;
    const [first, second] = cut(l.jaxpr, random.int(0, l.jaxpr.eqns.length));
    // What passes between the halves is linear where it depends on a tangent.
    const dependent = new Set<unknown>(l.jaxpr.inputs.slice(residuals));
    for (const e of l.jaxpr.eqns) if (e.inputs.some(a => dependent.has(a))) e.outputs.forEach(v => dependent.add(v));
    const linear = second.inputs.map(v => dependent.has(v));
    const between = p.run({ ...first, inputs: l.jaxpr.inputs }, arrange(l.mask, l.known, tangents(l, random)));
    const known = between.filter((_, i) => !linear[i]);
    const head: LinearProgram = { ...l, jaxpr: { ...first, outputs: first.outputs.filter((_, i) => linear[i]) } };
    const tail: LinearProgram = { point: p, jaxpr: second, mask: linear, known };
    const w = cotangents(l, random);
    const whole = apply(transposed(l), w);
    const parts = apply(transposed(head), apply(transposed(tail), w));
    return agree('transpose of the first half after that of the second, against that of the whole', parts, whole, each(upTo(1e-10, magnitudeOf(p.inputs, whole))), transposed(l).jaxpr);
  },
};
