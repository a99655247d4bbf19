// Laws of jit: it changes neither values nor gradients, and a second call traces nothing. Pure predicates of a program at a point,
// judged through the public transforms on the reference backend.
import { inlineCalls } from '../../src/ir/inline.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { hasTangent, range } from '../../src/ir/aval.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul } from '../../src/primitive/arithmetic.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { statistics } from '../../src/trace/statistics.ts';
import { direction, magnitudeOf } from '../array.ts';
import { each, identical, upTo } from '../close.ts';
import { agree, both, broken, holds, silent, type Law } from '../law.ts';
import type { Point } from '../point.ts';
import { Random } from '../random.ts';
import { asHandle, grad, jit, leavesOf, onReference, programOf, readAll, tensorsOf, type TensorFunction } from '../untyped.ts';

export const jitIsValue: Law<Point> = {
  number: 21, name: 'jit(f) = f, exactly',
  holds(p) {
    const program = p.closed(p.jaxpr);
    const f = programOf(program);
    const xs = tensorsOf(p.inputs);
    const plain = evaluateJaxpr(program, p.inputs);
    return both(
      () => agree('f with its calls expanded against f', evaluateJaxpr(inlineCalls(program), p.inputs), plain, each(identical), program),
      () => agree('jit(f) against f', readAll(() => jit(f)(...xs)), plain, each(identical), program),
      () => agree('f call by need against f', readAll(() => f(...xs)), plain, each(identical), program),
      () => agree('f inside jit of jit against f', readAll(() => jit((...ys) => jit(f)(...ys))(...xs)), plain, each(identical), program),
    );
  },
};

/** A scalar function of the results: their weighted sum. */
function weighted(p: Point, f: TensorFunction): TensorFunction {
  const program = p.closed(p.jaxpr);
  const random = new Random(11);
  const weights = tensorsOf(program.outputs.map(o => direction({ shape: o.aval.shape, dtype: 'f64' }, random)));
  return (...xs) => {
    const terms = leavesOf(f(...xs)).flatMap((y, i): AnyTensor[] => {
      const w = weights[i];
      return w !== undefined && hasTangent(y.aval) ? [reduceSum(mul(convert(y, 'f64'), w), range(y.shape.length))] : [];
    });
    const [first, ...rest] = terms;
    return first === undefined ? [] : asHandle(rest.reduce((sum, t) => add(sum, t), first));
  };
}

export const gradOfJit: Law<Point> = {
  number: 22, name: 'grad(jit f) = jit(grad f) = grad f',
  holds(p) {
    if (!p.differentiable) return silent;
    const f = programOf(p.closed(p.jaxpr));
    const xs = tensorsOf(p.inputs);
    const argnums = p.active.flatMap((a, i) => a ? [i] : []);
    const plain = readAll(() => grad(weighted(p, f), { argnums })(...xs));
    const close = each(upTo(p.rounding, magnitudeOf(p.inputs, plain)));
    return both(
      () => agree('grad(jit f) against grad f', readAll(() => grad(weighted(p, jit(f)), { argnums })(...xs)), plain, close),
      () => agree('jit(grad f) against grad f', readAll(() => jit(grad(weighted(p, f), { argnums }))(...xs)), plain, close),
    );
  },
};

export const secondCallTracesNothing: Law<Point> = {
  number: 23, name: 'a second call does not retrace',
  holds(p) {
    if (p.inputs.length === 0) return silent;
    const f = jit(programOf(p.closed(p.jaxpr)));
    return onReference(() => {
      readAll(() => f(...tensorsOf(p.inputs)));
      const { staged, compiled } = statistics;
      readAll(() => f(...tensorsOf(p.inputs)));
      const again = statistics.staged - staged;
      const recompiled = statistics.compiled - compiled;
      return again === 0 && recompiled === 0 ? holds : broken({ what: 'the second call of jit(f)', differ: `it staged ${again} functions and compiled ${recompiled} programs`, program: p.jaxpr });
    });
  },
};
