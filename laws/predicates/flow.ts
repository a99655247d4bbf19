// Laws of control flow and of rules: a loop is its steps written out, a branch is the one taken, a custom rule that says what its body says
// is its body; in value, in forward mode, in reverse mode, and at second order. And effects happen once, in order, whatever derives the
// program. Pure predicates of a program at a point.
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { effectOfJaxpr, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { magnitudeOf } from '../array.ts';
import { each, identical, upTo } from '../close.ts';
import { agree, both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import { Point, refusesMode, some, type HostTangent } from '../point.ts';
import type { Random } from '../random.ts';
import { seenWhile } from '../seen.ts';
import { jit, onReference, programOf, tensorsOf } from '../untyped.ts';
import { expanded, hasCalls, hasControl, unrolled } from '../unroll.ts';

/** Says nothing where one of both has no such mode. */
function unlessRefused(verdict: () => Verdict): Verdict {
  try { return verdict(); } catch (error) {
    if (refusesMode(error)) return silent;
    throw error;
  }
}
/** Two programs that say the same, the other one made without the rules in question. */
function sameProgram(what: string, p: Point, other: Jaxpr, random: Random): Verdict {
  const q = new Point({ jaxpr: other, inputs: p.inputs, active: p.active });
  const value = (): Verdict => agree(`the value of ${what} against f`, q.value, p.value, each(identical), other);
  if (!p.differentiable) return value();
  // Rules are written, too, because a body's own derivative is infinite or NaN somewhere.
  const finite = (xs: readonly HostTangent[]): boolean => xs.every(x => x === null || x.data.every(Number.isFinite));
  const [t, u, w] = [p.tangents(random), p.tangents(random), p.cotangents(random)];
  const pushed = (): Verdict => {
    const want = q.push(t);
    return !finite(want) ? silent : agree(`jvp of f against jvp of ${what}`, p.push(t), want, each(upTo(1e-10, magnitudeOf(p.inputs, q.value, want))), p.jvp.jaxpr);
  };
  const pulled = (): Verdict => {
    const want = q.pull(w);
    return !finite(want) ? silent : agree(`vjp of f against vjp of ${what}`, p.pull(w), want, each(upTo(1e-10, magnitudeOf(p.inputs, q.value, want))), p.vjp.jaxpr);
  };
  const second = (name: string, derive: (x: Point) => readonly HostTangent[]): Verdict => {
    if (!p.gradient.differentiable) return silent;
    const want = derive(q.gradient);
    return !finite(want) ? silent : agree(`${name} of the gradient of f against that of ${what}`, derive(p.gradient), want, each(upTo(1e-8, magnitudeOf(p.inputs, q.gradient.inputs, q.gradient.value, want))), p.gradient.jaxpr);
  };
  return both(
    value,
    () => unlessRefused(pushed), () => unlessRefused(pulled),
    () => unlessRefused(() => second('jvp', x => x.push([...u, ...x.inputs.slice(u.length).map(() => null)]))),
    () => unlessRefused(() => second('vjp', x => x.pull(some(u)).slice(0, u.length))),
  );
}

export const loopsAreUnrolled: Law<Point> = {
  number: 24, name: 'a loop is its steps, a branch the one taken, in value and derivatives',
  holds: (p, random) => p.axis === null && hasControl(p.jaxpr) ? sameProgram('f with its loops written out', p, unrolled(p.jaxpr, p.inputs), random) : silent,
};
export const rulesAgreeWithBodies: Law<Point> = {
  number: 12, name: 'custom rules, checkpoints and composites agree with their bodies, in value and derivatives',
  holds: (p, random) => p.axis === null && hasCalls(p.jaxpr) ? sameProgram('f with its calls expanded', p, expanded(p.jaxpr), random) : silent,
};

export const effectsHappenOnce: Law<Point> = {
  number: 21, name: 'effects happen once and in order under every transform',
  holds(p, random) {
    if (effectOfJaxpr(p.jaxpr) === 'none') return silent;
    const plain = seenWhile(() => evaluateJaxpr(p.jaxpr, p.inputs));
    const same = (what: string, run: () => unknown): Verdict => unlessRefused(() => {
      const seen = seenWhile(run);
      return seen.join('\n') === plain.join('\n') ? holds : broken({ what: `what ${what} shows against what f shows`, differ: `${seen.length} against ${plain.length} values`, left: seen.join('\n'), right: plain.join('\n'), program: p.jaxpr });
    });
    const xs = tensorsOf(p.inputs);
    const read = (f: () => unknown): void => { onReference(f); };
    const calls = [
      () => same('f with its calls expanded', () => evaluateJaxpr(expanded(p.jaxpr), p.inputs)),
      () => same('f call by need', () => { read(() => { programOf(p.jaxpr)(...xs); }); }),
      () => same('jit(f)', () => { read(() => { jit(programOf(p.jaxpr))(...xs); }); }),
      () => same('f with its loops written out', () => evaluateJaxpr(unrolledQuietly(p), p.inputs)),
    ];
    if (!p.differentiable) return both(...calls);
    const [t, w] = [some(p.tangents(random)), p.cotangents(random)];
    return both(
      ...calls,
      () => same('jvp of f', () => evaluateJaxpr(p.jvp.jaxpr, [...p.inputs, ...t])),
      () => same('linearize of f', () => evaluateJaxpr(p.linearized.forward, p.inputs)),
      () => same('vjp of f', () => evaluateJaxpr(p.vjp.jaxpr, [...p.inputs, ...some(w.filter((_, i) => p.vjp.outActive[i]))])),
      () => same('vjp of vjp of f', () => evaluateJaxpr(p.gradient.vjp.jaxpr, [...p.gradient.inputs, ...some(p.gradient.cotangents(random).filter((_, i) => p.gradient.vjp.outActive[i]))])),
    );
  },
};
/** Writing a loop out runs it. */
function unrolledQuietly(p: Point): Jaxpr {
  let result = p.jaxpr;
  const showing = seenWhile(() => { result = unrolled(p.jaxpr, p.inputs); });
  return showing.length >= 0 ? result : p.jaxpr;
}
