// Laws of derivatives where they are easily wrong: ties share, and saturated inputs, zeros and kinks give what finite differences give
// wherever those can tell, never NaN. Pure predicates of an application of a primitive.
import { isFloat } from '../../src/dtype/dtype.ts';
import { range, sizeOf } from '../../src/ir/aval.ts';
import { noOrigin, Var, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { Application } from '../application.ts';
import { arrayOf, directionAt, elementOf, magnitudeOf, plus } from '../array.ts';
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

/** One-sided derivatives of each element of each result along `t`, above and below; NaN where there are none: at jumps, and where they change with the step. */
function sides(f: (x: readonly NDArray[]) => readonly NDArray[], x: readonly NDArray[], here: readonly NDArray[], t: readonly HostTangent[]): readonly { readonly above: Float64Array; readonly below: Float64Array }[] {
  const h = 2 ** -12;
  const [far, near, farBelow, nearBelow] = [h, h / 2, -h, -h / 2].map(s => f(x.map((v, i) => { const d = t[i]; return d ? plus(v, s, d) : v; })));
  return here.map((y, o) => {
    const slope = (whole: NDArray | undefined, half: NDArray | undefined, step: number): Float64Array => Float64Array.from(y.data, (v, e) => {
      const [a, b] = [((whole?.data[e] ?? NaN) - v) / step, ((half?.data[e] ?? NaN) - v) / (step / 2)];
      // At a jump the second is twice the first.
      return Math.abs(a - b) <= 0.01 * Math.max(1, Math.abs(b)) ? 2 * b - a : NaN;
    });
    return { above: slope(far?.[o], near?.[o], h), below: slope(farBelow?.[o], nearBelow?.[o], -h) };
  });
}
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a), Math.abs(b));
/** Beyond this many elements one case would take too long. */
const most = 48;

/**
 * At a kink, elements along which the result moves alike are tied: to each side the slopes are the same. Then their shares of the
 * derivative are the same, too, and add up to the slope along all of them together, wherever there is one. Where a record says that its
 * ties are ordered, shares may differ.
 */
export const tiedElementsShare: Law<Application> = {
  number: 14, name: 'tied elements have equal shares of the derivative, which add up',
  holds({ primitive, tied }, random) {
    const p = tied(random);
    if (!p.differentiable || !p.forwardable || freeze(p.jaxpr, p.inputs) !== null) return silent;
    const f = (x: readonly NDArray[]): readonly NDArray[] => p.run(p.jaxpr, x);
    const here = p.value;
    const kinked = sides(f, p.inputs, here, p.tangents(random)).some(({ above, below }) => above.some((a, e) => !near(a, below[e] ?? NaN)));
    const places = p.inputs.flatMap((x, i) => p.active[i] === true ? Array.from(x.data, (_, k) => ({ i, k })) : []);
    if (!kinked || places.length > most) return silent;
    const units = places.map(({ i, k }) => p.inputs.map((x, j) => p.active[j] === true ? arrayOf(x, e => j === i && e === k ? 1 : 0, true) : null));
    const slopes = units.map(t => sides(f, p.inputs, here, t));
    const shares = units.map(t => p.push(t));
    const shown = (group: readonly number[]): string => group.map(g => { const { i, k } = places[g] ?? { i: 0, k: 0 }; return `input ${i} element ${k}`; }).join(', ');
    for (let o = 0; o < here.length; o++) for (let e = 0; e < (here[o]?.data.length ?? 0); e++) {
      const above = (g: number): number => slopes[g]?.[o]?.above[e] ?? NaN;
      const below = (g: number): number => slopes[g]?.[o]?.below[e] ?? NaN;
      const share = (g: number): number => shares[g]?.[o]?.data[e] ?? 0;
      // NaN is near nothing: where there is no slope nothing is said.
      const atKink = range(units.length).filter(g => Math.abs(above(g) - below(g)) > 0.01);
      for (const first of atKink) {
        const group = atKink.filter(g => near(above(g), above(first)) && near(below(g), below(first)));
        if (group[0] !== first || group.length < 2) continue;
        const at = `result ${o}, element ${e}, at\n${showList(p.inputs)}\ntied: ${shown(group)}`;
        const odd = group.find(g => !near(share(g), share(first)));
        if (odd !== undefined && primitive.ties !== 'ordered') return broken({ what: `shares at a tie: ${at}`, differ: group.map(share).join(' and '), program: p.jvp.jaxpr });
        const together = p.inputs.map((x, j) => p.active[j] === true ? arrayOf(x, k => group.some(g => places[g]?.i === j && places[g].k === k) ? 1 : 0, true) : null);
        const whole = sides(f, p.inputs, here, together)[o];
        const [up, down] = [whole?.above[e] ?? NaN, whole?.below[e] ?? NaN];
        const sum = group.reduce((s, g) => s + share(g), 0);
        if (near(up, down) && !near(sum, up)) return broken({ what: `the sum of the shares at a tie against the slope along all of them: ${at}`, differ: `${sum} against ${up}`, program: p.jvp.jaxpr });
      }
    }
    return holds;
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
