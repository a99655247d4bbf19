// Laws of what changes no value: stopGradient, and checkpoint, which changes no derivative either. Pure predicates of a program at a point.
import { avalsOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { stopGradient } from '../../src/primitive/stopGradient.ts';
import { evalJaxpr, stage } from '../../src/trace/scope.ts';
import { checkpoint } from '../../src/transform/checkpoint.ts';
import { magnitudeOf, zerosOf } from '../array.ts';
import { each, identical, upTo } from '../close.ts';
import { agree, both, silent, type Law } from '../law.ts';
import { Point } from '../point.ts';
import { asHandle, leavesOf, programOf } from '../untyped.ts';

const restaged = (j: Jaxpr, f: (xs: ReturnType<typeof evalJaxpr>) => ReturnType<typeof evalJaxpr>): Jaxpr => stage('law', avalsOf(j.inputs), f, { numbers: 'literals' }).jaxpr;

export const stopGradientStops: Law<Point> = {
  number: 11, name: 'stopGradient: the value passes, the derivative is 0',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const actives = p.active.flatMap((a, i) => a ? [i] : []);
    const stopped = actives[random.int(0, actives.length - 1)] ?? 0;
    const jaxpr = restaged(p.jaxpr, xs => evalJaxpr(p.jaxpr, xs.map((x, i) => i === stopped ? asHandle(stopGradient(x)) : x)));
    const q = new Point({ jaxpr, inputs: p.inputs, active: p.active, axis: p.axis });
    const t = p.tangents(random);
    const pushed = p.push(t.map((x, i) => i === stopped && x ? zerosOf(x) : x));
    const size = magnitudeOf(p.inputs, pushed);
    if (!pushed.every(x => x === null || x.data.every(Number.isFinite))) return silent;
    return both(
      () => agree(`the value with stopGradient on input ${stopped}`, q.value, p.value, each(identical), jaxpr),
      () => agree(`jvp with stopGradient on input ${stopped} against jvp with a zero tangent there`, q.push(t), pushed, each(upTo(1e-10, size)), q.jvp.jaxpr),
    );
  },
};

export const checkpointIsTransparent: Law<Point> = {
  number: 13, name: 'checkpoint(f) = f in value and gradient',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const f = checkpoint(programOf(p.jaxpr));
    const jaxpr = restaged(p.jaxpr, xs => leavesOf(f(...xs)));
    const q = new Point({ jaxpr, inputs: p.inputs, active: p.active, axis: p.axis });
    const t = p.tangents(random);
    const w = p.cotangents(random);
    const [pushed, pulled] = [p.push(t), p.pull(w)];
    const size = magnitudeOf(p.inputs, pushed, pulled);
    return both(
      () => agree('the value of checkpoint(f) against f', q.value, p.value, each(identical), jaxpr),
      () => agree('jvp of checkpoint(f) against jvp of f', q.push(t), pushed, each(upTo(1e-10, size)), q.jvp.jaxpr),
      () => agree('vjp of checkpoint(f) against vjp of f', q.pull(w), pulled, each(upTo(1e-10, size)), q.vjp.jaxpr),
    );
  },
};
