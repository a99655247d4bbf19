// Evaluates a program that is linear in some of its inputs, where values and tangents live in scopes of their own and no equation
// may mix them: flat equations are split by their operands, nested ones by their own linearize rule, since a linear map is its own derivative.
// Floor 2: knows primitives only by their records.
import { hasTangent } from '../ir/aval.ts';
import { Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf, literal, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind } from '../trace/scope.ts';
import { at } from './define.ts';

export interface Split {
  /** Null at linear outputs that are zero. */
  readonly outputs: readonly (TensorHandle | null)[];
  /** Which of them are linear: made from tangents. */
  readonly linear: Mask;
  /** Which of the others are zero whatever the inputs: a tangent that was written down as zero. */
  readonly zero: Mask;
}
/** The outputs of `j`, in which the masked inputs are tangents (null where zero) and all others values. */
export function evaluateLinear(j: Jaxpr, inputs: readonly TangentOf[], linear: Mask, transforms: ProgramTransforms): Split {
  const values = new Map<Atom, AnyTensor>();
  const tangents = new Map<Atom, TangentOf>();
  j.inputs.forEach((v, i) => {
    const x = inputs[i] ?? null;
    if (linear[i] === true) tangents.set(v, x);
    else values.set(v, x ?? zerosLike(v.aval));
  });
  const zeros = new Set<Atom>();
  const isZero = (a: Atom): boolean => a instanceof Var ? zeros.has(a) : a.value === 0;
  // Zeros are written down again where they are read: as a residual, nobody could tell that they are zero.
  const read = (a: Atom): AnyTensor => !(a instanceof Var) ? literal(a.value, a.aval) : zeros.has(a) ? zerosLike(a.aval) : values.get(a) ?? tangents.get(a) ?? zerosLike(a.aval);
  for (const e of j.eqns) {
    const mask = e.inputs.map(a => tangents.has(a));
    const given = e.inputs.some(a => (tangents.get(a) ?? null) !== null);
    const { rules } = e.primitive;
    if (!mask.includes(true)) {
      bind(e.primitive, e.inputs.map(read), e.params).forEach((y, i) => values.set(at(e.outputs, i), y));
      if (givesZeros(e, isZero)) e.outputs.forEach(v => zeros.add(v));
    } else if (e.primitive.properties.barrier) {
      // The identity of each operand by itself: values pass a barrier of their own, as tangents do.
      const pass = (linearOnes: boolean): void => {
        const places = e.inputs.flatMap((_, i) => mask[i] === linearOnes ? [i] : []);
        const passed = places.length === 0 || (linearOnes && !given) ? [] : bind(e.primitive, places.map(i => read(at(e.inputs, i))), e.params);
        places.forEach((i, k) => { if (linearOnes) tangents.set(at(e.outputs, i), passed[k] ?? null); else values.set(at(e.outputs, i), at(passed, k)); });
      };
      pass(false);
      pass(true);
    } else if (rules.kind === 'flat') {
      // Linear, so zero where all of its tangents are; what is no float has a value there.
      const ys = given || e.outputs.some(v => !hasTangent(v.aval)) ? bind(e.primitive, e.inputs.map(read), e.params) : [];
      e.outputs.forEach((v, i) => { if (given || hasTangent(v.aval)) tangents.set(v, given ? at(ys, i) : null); else values.set(v, at(ys, i)); });
    } else {
      // Zeros are passed as tangents too, so that the rule says which results are linear.
      const point = e.inputs.map((a, i) => mask[i] === true ? zerosLike(a.aval) : read(a));
      const out = rules.linearize(point, e.inputs.map((a, i) => mask[i] === true && hasTangent(a.aval) ? read(a) : null), e.params, transforms);
      e.outputs.forEach((v, i) => {
        const t = out.tangents[i] ?? null;
        if (t === null) values.set(v, at(out.primals, i));
        else tangents.set(v, given ? t : null);
      });
    }
  }
  return {
    outputs: j.outputs.map(o => tangents.has(o) ? optional(tangents.get(o) ?? null) : handleOf(read(o))),
    linear: j.outputs.map(o => tangents.has(o)),
    zero: j.outputs.map(isZero),
  };
}
/** Whether an equation's results are zero because all that it is linear in is; where it is linear in nothing, because all operands are and it keeps zeros. */
export function givesZeros({ primitive: { properties, linear }, params, inputs }: Eqn, isZero: (a: Atom) => boolean): boolean {
  const sets = (linear?.linearIn(inputs.length, params) ?? []).filter(s => s.length > 0);
  // What is linear in {0} and in {0, 1} keeps zeros where both are zero.
  const largest = sets.filter(s => !sets.some(t => t.length > s.length && s.every(i => t.includes(i))));
  if (largest.length > 0) return largest.some(set => set.every(i => { const a = inputs[i]; return a !== undefined && isZero(a); }));
  return properties.zeroPreserving && inputs.length > 0 && inputs.every(isZero);
}
const optional = (t: TangentOf): TensorHandle | null => t === null ? null : handleOf(t);
