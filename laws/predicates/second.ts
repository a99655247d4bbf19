// Laws of higher derivatives: the Hessian is symmetric, forward over reverse is reverse over reverse, to order three; Jacobians agree.
// Pure predicates of a program at a point.
import { hasTangent } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { inner, magnitudeOf } from '../array.ts';
import { each, upTo } from '../close.ts';
import { agree, both, silent, type Law } from '../law.ts';
import { some, spread, type HostTangent, type Point } from '../point.ts';
import { jacfwd, jacrev, programOf, readAll, tensorsOf } from '../untyped.ts';
import { sameInner } from './derivative.ts';

/** The Hessian of the weighted sum of results, times u: the tangent of the gradient. */
const hessianTimes = (g: Point, u: readonly HostTangent[]): readonly HostTangent[] => g.push([...u, ...g.inputs.slice(u.length).map(() => null)]);
const finite = (xs: readonly HostTangent[]): boolean => xs.every(x => x === null || x.data.every(Number.isFinite));

export const hessianIsSymmetric: Law<Point> = {
  number: 8, name: 'the Hessian is symmetric; forward over reverse = reverse over reverse',
  holds(p, random) {
    if (!p.differentiable || p.taste !== 'plain') return silent;
    const g = p.gradient;
    const [u, v] = [p.tangents(random), p.tangents(random)];
    const hu = hessianTimes(g, u);
    const hv = hessianTimes(g, v);
    if (!finite([...hu, ...hv])) return silent;
    const size = magnitudeOf(p.inputs, hu, hv);
    return both(
      () => sameInner('<v, Hu> against <u, Hv>', inner(some(v), hu), inner(some(u), hv), size, g.jvp.jaxpr),
      () => {
        const { jaxpr, outActive } = vjpJaxpr(g.jaxpr, g.active);
        const given = some(v).filter((_, i) => outActive[i]);
        const back = spread(p.run(jaxpr, [...g.inputs, ...given]).slice(g.jaxpr.outputs.length), p.active);
        return agree('reverse over reverse against forward over reverse', some(back), hv, each(upTo(1e-8, size)), jaxpr);
      },
    );
  },
};

/** The third derivative along u, v and w does not depend on their order. */
export const thirdIsSymmetric: Law<Point> = {
  number: 8, name: 'the third derivative is symmetric',
  holds(p, random) {
    if (!p.differentiable || p.taste !== 'plain') return silent;
    const n = p.jaxpr.outputs.length;
    // Along x + a u + b v: each jvp takes the tangents of the inputs alone, so that those of tangents are zero.
    const first = jvpJaxpr(p.jaxpr, p.active);
    const tangents = first.jaxpr.inputs.length - p.inputs.length;
    const still = (k: number): boolean[] => Array.from({ length: k }, () => false);
    const second = jvpJaxpr({ ...first.jaxpr, outputs: first.jaxpr.outputs.slice(n) }, [...p.active, ...still(tangents)]);
    const m = first.jaxpr.outputs.length - n;
    const third = jvpJaxpr({ ...second.jaxpr, outputs: second.jaxpr.outputs.slice(m) }, [...p.active, ...still(2 * tangents)]);
    const k = second.jaxpr.outputs.length - m;
    const [u, v, w] = [some(p.tangents(random)), some(p.tangents(random)), some(p.tangents(random))];
    const along = (a: readonly NDArray[], b: readonly NDArray[], c: readonly NDArray[]): readonly NDArray[] => p.run(third.jaxpr, [...p.inputs, ...a, ...b, ...c]).slice(k);
    const [left, right] = [along(u, v, w), along(w, u, v)];
    if (!finite([...left, ...right])) return silent;
    return agree('the third derivative along u, v, w against that along w, u, v', left, right, each(upTo(1e-8, magnitudeOf(p.inputs, left, right))), third.jaxpr);
  },
};

export const jacobiansAgree: Law<Point> = {
  number: 9, name: 'jacfwd = jacrev',
  holds(p) {
    if (!p.differentiable || p.axis !== null || p.taste !== 'plain') return silent;
    const results = p.jaxpr.outputs.flatMap((o, i) => p.vjp.outActive[i] && hasTangent(o.aval) ? [i] : []);
    const argnums = p.active.flatMap((a, i) => a ? [i] : []);
    // Where f is NaN or infinite it has no Jacobian: modes may differ in what they make of 0 times NaN.
    if (results.length === 0 || argnums.length === 0 || !finite(results.map(i => p.value[i] ?? null))) return silent;
    const f = programOf({ ...p.jaxpr, outputs: p.jaxpr.outputs.filter((_, i) => results.includes(i)) });
    const xs = tensorsOf(p.inputs);
    const forward = readAll(() => jacfwd(f, argnums)(...xs));
    const reverse = readAll(() => jacrev(f, argnums)(...xs));
    return agree('jacfwd against jacrev', forward, reverse, each(upTo(p.rounding, magnitudeOf(p.inputs, forward))));
  },
};
