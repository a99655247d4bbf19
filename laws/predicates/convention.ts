// Laws of derivatives where they are easily wrong: ties share, and saturated inputs, zeros and kinks give what finite differences give
// wherever those can tell, never NaN. Pure predicates of an application of a primitive.
import { isFloat } from '../../src/dtype/dtype.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import { noOrigin, Var, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { Application } from '../application.ts';
import { arrayOf, directionAt, elementOf, magnitudeOf } from '../array.ts';
import { each, upTo } from '../close.ts';
import { freeze } from '../freeze.ts';
import { judge, quotients } from '../judge.ts';
import { agree, both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import { Point, type HostTangent } from '../point.ts';
import type { Random } from '../random.ts';
import { showList } from '../show.ts';

/** The derivative along `t` against the quotients there, at a point where other directions may lie on a kink. */
function along(what: string, p: Point, t: readonly HostTangent[]): Verdict {
  const q = quotients(x => p.run(p.jaxpr, x), p.inputs, t);
  const claimed = p.push(t);
  return both(...claimed.map((c, o) => () => {
    const quotient = q[o];
    if (c === null || quotient === undefined) return silent;
    const { differ } = judge(c, quotient);
    return differ === null ? holds : broken({ what: `${what}, at\n${showList(p.inputs)}\nalong\n${showList(t)}`, differ, left: showList([c]), right: showList([{ ...c, data: quotient.derivative }]), program: p.jvp.jaxpr });
  }));
}
const reversedAlong = (x: NDArray, axis: number): NDArray => {
  const n = x.shape[axis] ?? 1;
  const rest = sizeOf(x.shape.slice(axis + 1));
  return arrayOf(x, i => { const k = Math.floor(i / rest) % n; return elementOf(x, i + (n - 1 - 2 * k) * rest); }, true);
};

/** Of operands or elements that are interchangeable and equal, none is preferred; and moving all of them together moves the result with them. */
export const tiesShare: Law<Application> = {
  number: 14, name: 'ties share the derivative equally',
  holds({ primitive, params, point: { jaxpr, inputs } }, random) {
    const { properties, lowering } = primitive;
    const [x] = inputs;
    if (x === undefined || !isFloat(x.dtype) || !jaxpr.outputs.some(o => isFloat(o.aval.dtype))) return silent;
    const close = each(upTo(1e-10, magnitudeOf(inputs)));
    if (properties.commutative) {
      const p = new Point({ jaxpr, inputs: inputs.map((v, i) => i < 2 ? x : v) });
      const [s, t, ...rest] = p.tangents(random);
      if (!s || !t) return silent;
      return both(
        () => agree('the derivative at equal operands, tangents exchanged', p.push([t, s, ...rest]), p.push([s, t, ...rest]), close, p.jvp.jaxpr),
        () => along('the derivative when equal operands move together', p, [s, s, ...rest.map(() => null)]),
      );
    }
    if (lowering.kind !== 'reduction') return silent;
    const axes = lowering.axes(params);
    const p = new Point({ jaxpr, inputs: [arrayOf(x, () => elementOf(x, 0), true)] });
    const [t] = p.tangents(random);
    if (!t) return silent;
    return both(
      ...axes.map(axis => () => agree(`the derivative at equal elements, tangents reversed along axis ${axis}`, p.push([reversedAlong(t, axis)]), p.push([t]), close, p.jvp.jaxpr)),
      () => along('the derivative when equal elements move together', p, [arrayOf(t, () => 1, true)]),
    );
  },
};

/** Zeros of both signs, small and saturating magnitudes, and the integers where powers and logarithms are special. */
const hard: readonly number[] = [0, -0, 1, -1, 0.5, -0.5, 2, 3, -2, 40, -40, 1000, -1000];

/** The operation on every combination of hard numbers, as one application. */
function gridOf({ primitive, params, avals }: Application, random: Random): { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[] } {
  const shape = [avals.reduce((n, a) => isFloat(a.dtype) ? n * hard.length : n, 1)];
  let repeat = 1;
  const inputs = avals.map(a => {
    const every = repeat;
    if (!isFloat(a.dtype)) return arrayOf({ shape, dtype: a.dtype }, () => random.int(0, 1));
    repeat *= hard.length;
    return arrayOf({ shape, dtype: a.dtype }, i => hard[Math.floor(i / every) % hard.length] ?? 0);
  });
  const vars = inputs.map(x => new Var({ shape, dtype: x.dtype }));
  const outputs = primitive.type(vars.map(v => v.aval), params).map(a => new Var(a));
  return { jaxpr: { numConsts: 0, inputs: vars, eqns: [{ primitive, params, inputs: vars, outputs, origin: noOrigin }], outputs }, inputs };
}

/** Partial derivatives of elementwise operations, one operand at a time, and of their gradients. */
export const hardPartials: Law<Application> = {
  number: 15, name: 'derivatives at zeros, ties and saturated inputs are what finite differences say, and never NaN where those are finite',
  holds(a, random) {
    if (!a.primitive.properties.elementwise || !a.point.differentiable || freeze(a.point.jaxpr, a.point.inputs) !== null || !a.avals.every(v => v.dtype === 'f64' || v.dtype === 'bool')) return silent;
    const { jaxpr, inputs } = gridOf(a, random);
    return both(...inputs.flatMap((x, i) => isFloat(x.dtype) ? [() => {
      const p = new Point({ jaxpr, inputs, active: inputs.map((_, k) => k === i) });
      const t = inputs.map((y, k) => k === i ? directionAt(y, random) : null);
      if (!p.forwardable) return silent;
      return both(
        () => along(`the derivative with respect to operand ${i}`, p, t),
        () => p.gradient.differentiable ? along(`the second derivative with respect to operand ${i}`, p.gradient, [...t, ...p.gradient.inputs.slice(t.length).map(() => null)]) : silent,
      );
    }] : []));
  },
};
