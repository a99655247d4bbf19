// Laws of first derivatives: forward mode against finite differences, reverse mode against forward mode, linearity, the chain rule.
// Pure predicates of a program at a point.
import { isFloat } from '../../src/dtype/dtype.ts';
import { sameAval, showAval } from '../../src/ir/aval.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { avalsOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { arrayOf, combine, inner, magnitudeOf, zerosOf, type Inner } from '../array.ts';
import { each, equal, identical, upTo } from '../close.ts';
import { cut } from '../cut.ts';
import { freeze } from '../freeze.ts';
import { addShares, judge, linearQuotients, noShare, quotients } from '../judge.ts';
import { agree, both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import { isSmooth } from '../smooth.ts';
import { some, type HostTangent, type Point } from '../point.ts';
import type { Random } from '../random.ts';
import { showList } from '../show.ts';
import type { NDArray } from '../../src/ir/primitive.ts';

/** Law 1, for the program's own derivative or, at second order, for that of its gradient. */
function againstDifferences(p: Point, random: Random): Verdict {
  const t = p.tangents(random);
  const held = freeze(p.jaxpr, p.inputs);
  const extra = held === null ? [] : p.run(held.measure, p.inputs);
  const judged = held === null ? p.jaxpr : held.frozen;
  const f = (x: readonly NDArray[]): readonly NDArray[] => p.run(judged, [...x, ...extra]);
  if (!p.forwardable) return pullAgainstDifferences(p, f, t, p.cotangents(random));
  const q = (p.taste === 'plain' ? quotients : linearQuotients)(f, p.inputs, t);
  const claimed = p.push(t);
  let share = noShare;
  for (let o = 0; o < claimed.length; o++) {
    const c = claimed[o];
    const quotient = q[o];
    if (!c || quotient === undefined) continue;
    const j = judge(c, quotient);
    share = addShares(share, j.share);
    if (j.differ !== null) {
      if (!isSmooth(p)) return silent;
      return broken({ what: `result ${o} of the jvp against central differences along\n${showList(t)}`, differ: j.differ, left: showList([c]), right: showList([{ ...c, data: quotient.derivative }]), program: p.jvp.jaxpr });
    }
  }
  return { kind: 'holds', share };
}
/** A program with reverse mode alone: the weighted sum of its results against its pullback. */
function pullAgainstDifferences(p: Point, f: (x: readonly NDArray[]) => readonly NDArray[], t: readonly HostTangent[], w: readonly HostTangent[]): Verdict {
  const [q] = quotients(x => [scalar(inner(f(x), w).value)], p.inputs, t);
  if (q === undefined) return silent;
  const { share, differ } = judge(scalar(inner(t, p.pull(w)).value), q);
  if (differ !== null && !isSmooth(p)) return silent;
  return differ === null ? { kind: 'holds', share } : broken({ what: `<v, J'w> against central differences of <f, w> along\n${showList(t)}`, differ, program: p.vjp.jaxpr });
}
const scalar = (x: number): NDArray => arrayOf({ shape: [], dtype: 'f64' }, () => x);

export const jvpIsDerivative: Law<Point> = {
  number: 1, name: 'jvp agrees with finite differences',
  holds: (p, random) => p.differentiable ? againstDifferences(p, random) : silent,
};
export const jvpOfGradient: Law<Point> = {
  number: 1, name: 'jvp of the gradient agrees with finite differences of the gradient',
  holds: (p, random) => p.differentiable && p.gradient.differentiable ? againstDifferences(p.gradient, random) : silent,
};

/** Exact: the derived programs hold the same equations for the value. */
export const primalIsValue: Law<Point> = {
  number: 2, name: 'the primal of jvp, linearize and vjp is f, exactly',
  holds(p, random) {
    const n = p.jaxpr.outputs.length;
    const same = (what: string, j: Jaxpr, inputs: readonly NDArray[]): Verdict => agree(what, p.run(j, inputs).slice(0, n), p.value, each(identical), j);
    return both(
      () => same('the primals of jvp against f', p.jvp.jaxpr, [...p.inputs, ...some(p.tangents(random))]),
      () => same('the values of linearize against f', p.linearized.forward, p.inputs),
      () => same('the values of vjp against f', p.vjp.jaxpr, [...p.inputs, ...some(p.cotangents(random).filter((_, i) => p.vjp.outActive[i]))]),
    );
  },
};

/** Two sums of products that must be equal, against the sum of the magnitudes of their terms. */
export function sameInner(what: string, a: Inner, b: Inner, size: number, program: Jaxpr): Verdict {
  const allowed = 1e-10 * Math.max(a.magnitude, b.magnitude) + 1e-13 * size;
  // Where f itself is NaN or infinite, products with it say nothing. (That a finite f has a finite derivative, law 1 sees.)
  if (!Number.isFinite(allowed)) return silent;
  if (Math.abs(a.value - b.value) <= allowed) return holds;
  return broken({ what, differ: `${a.value} against ${b.value} (allowed ${allowed.toExponential(1)})`, program });
}

export const reverseIsAdjoint: Law<Point> = {
  number: 3, name: '<Jv, w> = <v, J\'w>',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const v = p.tangents(random);
    const w = p.cotangents(random);
    return sameInner('<Jv, w> by jvp against <v, J\'w> by vjp', inner(p.push(v), w), inner(v, p.pull(w)), magnitudeOf(p.inputs, p.value), p.vjp.jaxpr);
  },
};

const mix = (a: number, xs: readonly HostTangent[], b: number, ys: readonly HostTangent[]): readonly HostTangent[] =>
  xs.map((x, i) => { const y = ys[i]; return x && y ? combine(a, x, b, y) : null; });
const zeros = (xs: readonly HostTangent[]): readonly HostTangent[] => xs.map(x => x && zerosOf(x));

function isLinear(name: string, p: Point, apply: (t: readonly HostTangent[]) => readonly HostTangent[], u: readonly HostTangent[], v: readonly HostTangent[], program: Jaxpr): Verdict {
  const [a, b] = [0.75, -1.5];
  const [fu, fv] = [apply(u), apply(v)];
  // Where the derivative is infinite or NaN, sums of it say nothing.
  if (![...fu, ...fv].every(x => x === null || x.data.every(Number.isFinite))) return silent;
  return both(
    () => agree(`${name} of 0.75 u - 1.5 v against 0.75 times that of u less 1.5 times that of v`, apply(mix(a, u, b, v)), mix(a, fu, b, fv), each(upTo(1e-9, magnitudeOf(p.inputs, fu, fv))), program),
    () => agree(`${name} of zeros against zeros`, apply(zeros(u)), zeros(fu), each(equal), program),
  );
}
export const jvpIsLinear: Law<Point> = {
  number: 4, name: 'jvp is linear in the tangent, zero at zero',
  holds: (p, random) => p.differentiable ? isLinear('jvp', p, t => p.push(t), p.tangents(random), p.tangents(random), p.jvp.jaxpr) : silent,
};
export const vjpIsLinear: Law<Point> = {
  number: 5, name: 'vjp is linear in the cotangent, zero at zero',
  holds: (p, random) => p.differentiable ? isLinear('vjp', p, t => p.pull(t), p.cotangents(random), p.cotangents(random), p.vjp.jaxpr) : silent,
};

export const chainRule: Law<Point> = {
  number: 6, name: 'jvp of a composition is the composition of jvps; of the identity, the identity',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const t = p.tangents(random);
    const given = [...p.inputs, ...some(t)];
    const nothing: Jaxpr = { numConsts: 0, inputs: p.jaxpr.inputs, eqns: [], outputs: p.jaxpr.inputs };
    const identity = jvpJaxpr(nothing, p.active).jaxpr;
    const [first, second] = cut(p.jaxpr, random.int(0, p.jaxpr.eqns.length));
    const head = jvpJaxpr(first, p.active);
    const tail = jvpJaxpr(second, head.outActive);
    const composed = p.run(tail.jaxpr, p.run(head.jaxpr, given));
    const whole = [...p.value, ...p.push(t).filter((_, i) => p.jvp.outActive[i])];
    return both(
      () => agree('jvp of the identity', p.run(identity, given), given, each(equal), identity),
      () => tail.outActive.every((active, i) => active === p.jvp.outActive[i])
        ? agree('jvp of the second half after jvp of the first, against jvp of the whole', composed, whole, each(upTo(1e-10, magnitudeOf(p.inputs, whole))), tail.jaxpr)
        : broken({ what: 'which results of a composition have tangents', differ: `${tail.outActive.join()} against ${p.jvp.outActive.join()}` }),
    );
  },
};

export const modesAgree: Law<Point> = {
  number: 7, name: 'jvp = linearize = jvp through double vjp',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const t = p.tangents(random);
    const forward = p.push(t);
    const close = each(upTo(1e-10, magnitudeOf(p.inputs, forward)));
    return both(
      () => agree('the linear half against jvp', p.pushLinear(t), forward, close, p.linearized.linear),
      () => {
        // The pullback is linear in the cotangents; its own pullback pushes tangents forward again.
        const g = p.gradient;
        const { jaxpr, outActive } = vjpJaxpr(g.jaxpr, g.jaxpr.inputs.map((_, i) => i >= p.inputs.length));
        const given = some(t).filter((_, i) => outActive[i]);
        const twice = p.run(jaxpr, [...g.inputs, ...given]).slice(g.jaxpr.outputs.length);
        return agree('vjp of the pullback against jvp', twice, some(forward.filter((_, i) => p.vjp.outActive[i])), close, jaxpr);
      },
    );
  },
};

/** Every derived program is well typed, and derivatives have the types of what they are derivatives of. */
export const gradientsKeepTypes: Law<Point> = {
  number: 16, name: 'dtype(gradient) = dtype(parameter)',
  holds(p) {
    const n = p.jaxpr.outputs.length;
    const outs = avalsOf(p.jaxpr.outputs);
    const expectTypes = (what: string, j: Jaxpr, want: readonly { readonly aval: Jaxpr['inputs'][number]['aval'] }[]): Verdict => {
      checkJaxpr(j, what);
      const got = avalsOf(j.outputs).slice(-want.length || j.outputs.length);
      const wrong = want.findIndex((w, i) => { const g = got[i]; return g === undefined || !sameAval(w.aval, g); });
      if (wrong < 0) return holds;
      const g = got[wrong];
      return broken({ what: `types of ${what}`, differ: `derivative ${wrong} is ${g === undefined ? 'missing' : showAval(g)}, its value is ${showAval(want[wrong]?.aval ?? { shape: [], dtype: 'f32' })}`, program: j });
    };
    checkJaxpr(p.jaxpr);
    if (!p.active.includes(true)) return silent;
    const { jvp } = p;
    const of = (mask: readonly boolean[]): { aval: Jaxpr['inputs'][number]['aval'] }[] => outs.filter((_, i) => mask[i]).map(aval => ({ aval }));
    return both(
      () => jvp.outActive.every((active, i) => !active || isFloat(outs[i]?.dtype ?? 'bool')) ? holds : broken({ what: 'tangents of jvp', differ: 'a result that is no float has one', program: jvp.jaxpr }),
      () => expectTypes('jvp', { ...jvp.jaxpr, outputs: jvp.jaxpr.outputs.slice(n) }, of(jvp.outActive)),
      () => expectTypes('linearize', p.linearized.linear, of(p.linearized.outActive)),
      () => expectTypes('vjp', { ...p.vjp.jaxpr, outputs: p.vjp.jaxpr.outputs.slice(n) }, p.jaxpr.inputs.filter((_, i) => p.active[i])),
    );
  },
};
