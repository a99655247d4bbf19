// Whatever a transform returns is well typed: the checker re-types every equation of every program, over programs that use each
// kind of rule.
import { describe, expect, it } from 'vitest';
import { checkJaxpr } from '../../src/ir/check.ts';
import { inlineCalls } from '../../src/ir/inline.ts';
import { removeDead, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { composite } from '../../src/primitive/composite.ts';
import { logSoftmax, softmax } from '../../src/primitive/composites.ts';
import { gelu } from '../../src/primitive/compositesActivation.ts';
import { layerNorm } from '../../src/primitive/compositesNorm.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, linearizeJaxpr, transposeJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { add, broadcast, convert, dot, exp, f64, grad, i32, jit, lt, makeJaxpr, max, mul, sin, stopGradient, sub, sum, take, tanh, transpose, vjp, vmap, where, type T } from '../trace/language.ts';

const x = f64([0.3, -0.7, 0.9]);
const w = f64([[1, -2, 0.5], [0.25, 3, -1], [2, 0, 1]]);

/** Scalar functions of a vector of three. */
const programs: { readonly [name: string]: (v: T) => T } = {
  elementwise: v => sum(mul(sin(v), exp(tanh(v)))),
  product: v => sum(dot(w, tanh(dot(w, v)))),
  'both sides of a product': v => { const m = mul(w, broadcast(dot(w, v), [3, 3])); return sum(dot(m, transpose(m))); },
  'select and max': v => sum(where(lt(v, mul(v, v)), max(v, sin(v)), mul(v, 3))),
  gather: v => sum(mul(take(mul(v, v), i32([2, 0, 0, 1])), 2)),
  'integers beside floats': v => sum(mul(v, convert(convert(mul(v, 4), 'i32'), 'f64'))),
  'stopped gradient': v => sum(mul(v, stopGradient(mul(v, v)))),
  jit: v => jit((u: T) => sum(mul(u, sin(v))))(mul(v, v)),
  'jit that ignores an argument': v => jit((_: T, u: T) => sum(u))(v, sin(v)),
  vmap: v => sum(vmap((u: T) => mul(u, sum(sin(v))))(v)),
  grad: v => sum(grad((u: T) => sum(sin(mul(u, v))))(v)),
  'vmap of grad': v => sum(vmap(grad((u: T) => mul(u, sin(mul(u, sum(v))))))(v)),
  vjp: v => sum(vjp((u: T) => mul(u, v), v)[1](sin(v))[0]),
  composite: v => sum(handleOf(composite('c', { k: 1 }, [v], ([u]) => u === undefined ? [] : [tanh(handleOf(u))])[0] ?? v)),
  softmax: v => sum(mul(handleOf(softmax(v)), v)),
  'composites of the library': v => sum(mul(handleOf(gelu(handleOf(logSoftmax(v)))), handleOf(layerNorm(v, sin(v), v)))),
  'constant in the argument': _ => f64(2),
  'result is the argument': v => sum(v),
};

describe.each(Object.entries(programs))('%s', (name, f) => {
  const { jaxpr } = makeJaxpr(f)(x);
  const lifted = { ...jaxpr, numConsts: 0 };
  const active = jaxpr.inputs.map(v => v.aval.dtype === 'f64');
  const second = (transformed: Jaxpr): Jaxpr => ({ ...transformed, numConsts: 0 });
  it('as staged, without dead code, and with calls expanded', () => {
    checkJaxpr(jaxpr, name);
    checkJaxpr(removeDead(jaxpr), name);
    expect(inlineCalls(checkJaxpr(inlineCalls(jaxpr), name)).eqns.some(e => e.primitive.properties.expands)).toBe(false);
  });
  it('jvp, and jvp of jvp', () => {
    const once = jvpJaxpr(lifted, active, [true]).jaxpr;
    checkJaxpr(once, `jvp of ${name}`);
    expect(checkJaxpr(jvpJaxpr(once, once.inputs.map(v => v.aval.dtype === 'f64')).jaxpr, `jvp of jvp of ${name}`).outputs.length).toBeGreaterThanOrEqual(2);
  });
  it('linearize, transpose, and their derivatives', () => {
    const { forward, linear, residuals } = linearizeJaxpr(lifted, active, [true]);
    checkJaxpr(forward, `forward of ${name}`);
    checkJaxpr(linear, `linear of ${name}`);
    const mask = linear.inputs.map((_, i) => i >= residuals);
    const back = checkJaxpr(transposeJaxpr(linear, mask), `transpose of ${name}`);
    expect(back.outputs.map(o => o.aval)).toEqual(linear.inputs.slice(residuals).map(v => v.aval));
    checkJaxpr(linearizeJaxpr(back, back.inputs.map(v => v.aval.dtype === 'f64')).linear, `linear of transpose of ${name}`);
  });
  it('vjp, and vjp of vjp', () => {
    const once = checkJaxpr(vjpJaxpr(lifted, active).jaxpr, `vjp of ${name}`);
    checkJaxpr(vjpJaxpr(once, once.inputs.map(v => v.aval.dtype === 'f64')).jaxpr, `vjp of vjp of ${name}`);
    expect(once.inputs.length).toBeGreaterThanOrEqual(lifted.inputs.length);
  });
  it('vmap, twice, over every argument and over the last alone, and of the derivatives', () => {
    const every = lifted.inputs.map(() => true);
    const last = lifted.inputs.map((_, i) => i === lifted.inputs.length - 1);
    const twice = (j: Jaxpr, mask: readonly boolean[]): void => {
      const one = checkJaxpr(batchJaxpr(j, 2, mask).jaxpr, `vmap of ${name}`);
      checkJaxpr(batchJaxpr(one, 4, mask, [true]).jaxpr, `vmap of vmap of ${name}`);
    };
    twice(lifted, every);
    twice(lifted, last);
    const v = vjpJaxpr(lifted, active).jaxpr;
    twice(v, v.inputs.map((_, i) => i === lifted.inputs.length - 1));
    const j = jvpJaxpr(lifted, active, [true]).jaxpr;
    twice(j, j.inputs.map(() => true));
    expect(checkJaxpr(vjpJaxpr(batchJaxpr(lifted, 2, every, [true]).jaxpr, active).jaxpr, `vjp of vmap of ${name}`).numConsts).toBe(0);
  });
  it('the functions agree: makeJaxpr of grad, hessian by jvp of grad, vmap of grad', () => {
    checkJaxpr(makeJaxpr(grad(f))(x).jaxpr);
    checkJaxpr(makeJaxpr(grad((v: T) => sum(sub(grad(f)(v), add(v, v)))))(x).jaxpr);
    expect(checkJaxpr(second(makeJaxpr(vmap(grad(f)))(w).jaxpr)).outputs.map(o => o.aval.shape)).toEqual([[3, 3]]);
  });
});
