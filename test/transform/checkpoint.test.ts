// checkpoint: value and gradient are the function's own, to every order and under every transform; what is stored is the policy's.
import { describe, expect, it } from 'vitest';
import { checkJaxpr } from '../../src/ir/check.ts';
import { bodiesOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { CheckpointPolicy } from '../../src/transform/checkpoint.ts';
import { tap } from '../../src/transform/tap.ts';
import { linearizeJaxpr, transposeJaxpr } from '../../src/transform/differentiate.ts';
import { codeAndText } from '../tree/errors.ts';
import { add, cos, dot, exp, f64, grad, hessian, i32, jacrev, jit, jvp, linearize, list, lt, makeJaxpr, mul, neg, num, sin, sum, tanh, tensor, vjp, vmap, type T } from '../trace/language.ts';
import { expectClose, expectTreesClose } from './close.ts';
import { checkpoint, checkpointName, cond, customJvp, foriLoop, linearTranspose, scan } from './custom.ts';

const policies = ['nothing', 'everything', 'dots', { names: ['a'] }] as const;
type Policy = CheckpointPolicy;
const w = f64([[0.3, -0.2], [0.5, 0.9]]);
const x = f64([0.7, -0.4]);
/** A captured weight, products, names, a jitted part, and a loop. */
const body = (v: T): T => {
  const h = checkpointName(tanh(dot(v, w)), 'a');
  const g = jit((u: T) => mul(sin(dot(u, w)), exp(u)))(h);
  return foriLoop(0, 2, (_i: T, u: T) => sin(add(u, v)), checkpointName(g, 'b'));
};
const at = (policy: Policy) => checkpoint(body, { policy });
const scalar = (f: (v: T) => T) => (v: T): T => sum(mul(f(v), f64([1, 3])));

/** Names of the equations of a program and of all bodies inside. */
const names = (j: Jaxpr): string[] => j.eqns.flatMap(e => [e.primitive.name, ...bodiesOf(e.params).flatMap(names)]);
/** How often something stands in what is recorded, in the forward pass and in what is computed again. */
function counted(f: (v: T) => T, name: string): { readonly forward: number; readonly again: number } {
  const { jaxpr } = makeJaxpr(grad(f))(x);
  checkJaxpr(jaxpr);
  const count = (list: readonly string[]): number => list.filter(n => n === name).length;
  const again = jaxpr.eqns.flatMap(e => {
    const { recompute } = e.params;
    return typeof recompute === 'object' && recompute !== null && 'eqns' in recompute ? [count(names(recompute as Jaxpr))] : [];
  });
  const outside = jaxpr.eqns.filter(e => !('recompute' in e.params));
  return { forward: count(names({ ...jaxpr, eqns: outside })), again: again.reduce((a, b) => a + b, 0) };
}

it('forward mode is checkpointed again: reverse mode of it stores no more', () => {
  const deep = (v: T): T => tanh(sin(tanh(sin(v))));
  const tangent = (f: (v: T) => T) => (v: T): T => sum(jvp(f, [v], [x])[1]);
  const { jaxpr } = makeJaxpr(tangent(checkpoint(deep)))(x);
  expect(jaxpr.eqns.map(e => e.primitive.name)).toContain('checkpoint');
  expect(counted(tangent(checkpoint(deep)), 'tanh').forward).toBeLessThan(counted(tangent(deep), 'tanh').forward);
  expect(counted(tangent(checkpoint(deep)), 'tanh').again).toBeGreaterThan(0);
  expectClose(grad(tangent(checkpoint(deep)))(x), list(grad(tangent(deep))(x)), 1e-14);
});

describe.each(policies)('policy %j', policy => {
  const f = at(policy);
  it('value and gradient are the function\'s', () => {
    expectClose(f(x), list(body(x)), 1e-14);
    expectClose(grad(scalar(f))(x), list(grad(scalar(body))(x)), 1e-14);
    expectClose(jacrev(f)(x), list(jacrev(body)(x)), 1e-14);
    expectClose(vjp(f, x)[1](x)[0], list(vjp(body, x)[1](x)[0]), 1e-14);
  });
  it('forward mode too, and the linear half run forwards', () => {
    expectClose(jvp(f, [x], [f64([1, 2])])[1], list(jvp(body, [x], [f64([1, 2])])[1]), 1e-14);
    expectClose(linearize(f, x)[1](f64([1, 2])), list(jvp(body, [x], [f64([1, 2])])[1]), 1e-14);
    expectClose(vmap(linearize(f, x)[1])(f64([[1, 2], [3, 4]])), list(vmap(linearize(body, x)[1])(f64([[1, 2], [3, 4]]))), 1e-14);
  });
  it('to the second and third order, in every mixture', () => {
    expectClose(hessian(scalar(f))(x), list(hessian(scalar(body))(x)), 1e-13);
    const directional = (g: (v: T) => T) => (v: T): T => sum(mul(grad(scalar(g))(v), f64([2, -1])));
    expectClose(grad(directional(f))(x), list(grad(directional(body))(x)), 1e-13);
    const third = (g: (v: T) => T) => (v: T): T => sum(mul(grad(directional(g))(v), f64([1, 1])));
    expectClose(grad(third(f))(x), list(grad(third(body))(x)), 1e-12);
    expectClose(grad((v: T) => sum(jvp(f, [v], [x])[1]))(x), list(grad((v: T) => sum(jvp(body, [v], [x])[1]))(x)), 1e-13);
  });
  it('under jit, vmap, scan and cond', () => {
    const rows = f64([[0.7, -0.4], [0.1, 0.2], [0, 1]]);
    expectClose(jit(grad(scalar(jit(f))))(x), list(grad(scalar(body))(x)), 1e-14);
    expectClose(vmap(grad(scalar(f)))(rows), list(vmap(grad(scalar(body)))(rows)), 1e-14);
    expectClose(grad((v: T) => sum(vmap(f)(v)))(rows), list(grad((v: T) => sum(vmap(body)(v)))(rows)), 1e-14);
    const looped = (g: (v: T) => T) => (v: T): T => sum(scan((k: T, u: T) => [g(mul(k, u)), k], v, rows)[0]);
    expectClose(grad(looped(f))(x), list(grad(looped(body))(x)), 1e-13);
    expectClose(grad((v: T) => sum(mul(grad(looped(f))(v), x)))(x), list(grad((v: T) => sum(mul(grad(looped(body))(v), x)))(x)), 1e-12);
    const branched = (g: (v: T) => T) => (v: T): T => sum(cond(lt(sum(v), 1), g, neg, v));
    expectClose(grad(branched(f))(x), list(grad(branched(body))(x)), 1e-14);
    expectClose(grad((v: T) => sum(vmap(branched(f))(v)))(rows), list(grad((v: T) => sum(vmap(branched(body))(v)))(rows)), 1e-14);
  });
  it('a captured value is differentiated, as an argument is', () => {
    const f2 = (m: T): T => sum(checkpoint((v: T) => sin(dot(sin(v), m)), { policy })(x));
    const plain = (m: T): T => sum(sin(dot(sin(x), m)));
    expectClose(grad(f2)(w), list(grad(plain)(w)), 1e-14);
    expectClose(hessian(f2)(w), list(hessian(plain)(w)), 1e-13);
  });
});

describe('what is computed again', () => {
  const deep = (v: T): T => { const h = checkpointName(tanh(dot(v, w)), 'a'); return sum(sin(dot(exp(h), w))); };
  const run = (policy: Policy) => (v: T): T => checkpoint(deep, { policy })(v) as T;
  it('nothing stored: all of it that the residuals need', () => {
    expect(counted(run('nothing'), 'tanh')).toEqual({ forward: 0, again: 1 });
    expect(counted(run('nothing'), 'dotGeneral')).toEqual({ forward: 0, again: 2 });
    expect(counted((v: T) => mul(run('nothing')(v), run('nothing')(v)), 'tanh')).toEqual({ forward: 2, again: 2 });
  });
  it('everything stored: nothing', () => {
    expect(counted(run('everything'), 'tanh').again).toBe(0);
    expect(makeJaxpr(grad(run('everything')))(x).toString()).not.toContain('optimizationBarrier');
  });
  it('products stored: the rest, also where they stand in jitted parts', () => {
    expect(counted(run('dots'), 'dotGeneral').again).toBe(0);
    expect(counted(run('dots'), 'tanh').again).toBe(1);
    const nested = (v: T): T => sum(checkpoint((u: T) => jit((t: T) => sin(dot(exp(dot(t, w)), w)))(u), { policy: 'dots' })(v));
    expect(counted(nested, 'dotGeneral').again).toBe(0);
    expect(counted(nested, 'exp').again).toBe(1);
    expectClose(grad(nested)(x), list(grad((v: T) => sum(sin(dot(exp(dot(v, w)), w))))(x)), 1e-14);
  });
  it('products of elements are no contractions', () => {
    expect(counted((v: T) => sum(checkpoint((u: T) => sin(mul(u, exp(u))), { policy: 'dots' })(v)), 'mul').again).toBe(1);
  });
  it('what has an effect happens once, and what it gives is stored', () => {
    for (const policy of policies) {
      let calls = 0;
      const watched = (v: T): T => sum(checkpoint((u: T) => sin(exp(tap(sin(u), () => { calls++; }))), { policy })(v));
      expectClose(grad(watched)(x), list(grad((v: T) => sum(sin(exp(sin(v)))))(x)), 1e-14);
      expect(calls).toBe(1);
      expectClose(jit(grad(watched))(x), list(grad((v: T) => sum(sin(exp(sin(v)))))(x)), 1e-14);
      expect(calls).toBe(2);
    }
  });
  it('names stored: neither they nor what made them', () => {
    const stored = counted(run({ names: ['a'] }), 'tanh');
    expect(stored).toEqual({ forward: 1, again: 0 });
    expect(counted(run({ names: ['a'] }), 'dotGeneral').again).toBe(1);
    expect(counted(run({ names: ['b'] }), 'tanh').again).toBe(1);
  });
  it('a name alone changes nothing', () => {
    expectClose(grad((v: T) => sum(mul(checkpointName(v, 'n'), v)))(x), [1.4, -0.8]);
    expectClose(vmap((v: T) => checkpointName(v, 'n'))(x), [0.7, -0.4]);
  });
  it('behind a barrier that ties it to the cotangents', () => {
    const { jaxpr } = makeJaxpr(grad(run('nothing')))(x);
    const remat = jaxpr.eqns.find(e => e.primitive.name === 'rematTangent');
    const [inside] = bodiesOf(remat?.params ?? {});
    expect(inside?.eqns[0]?.primitive.name).toBe('optimizationBarrier');
    expect(inside?.eqns[0]?.inputs).toEqual(inside?.inputs);
    // Nothing reads an input but the barrier.
    expect(inside?.eqns.slice(1).some(e => e.inputs.some(a => inside.inputs.some(v => v === a)))).toBe(false);
  });
  it('where there is nothing to compute again, there is no barrier', () => {
    expect(makeJaxpr(grad((v: T) => sum(checkpoint((u: T) => mul(u, u))(v))))(x).toString()).not.toContain('optimizationBarrier');
  });
  it('in the second derivative too', () => {
    const text = makeJaxpr((v: T) => grad((u: T) => sum(grad(run('nothing'))(u)))(v))(x).toString();
    expect(text.split('optimizationBarrier').length).toBeGreaterThan(3);
  });
});

describe('the linear half', () => {
  it('transposed twice is itself', () => {
    const { jaxpr, consts } = makeJaxpr(at('nothing'))(x);
    const mask = jaxpr.inputs.map((_, i) => i >= consts.length);
    const l = linearizeJaxpr(jaxpr, mask);
    const linear = l.linear.inputs.map((_, i) => i >= l.residuals);
    const once = transposeJaxpr(l.linear, linear);
    const twice = transposeJaxpr(once, once.inputs.map((_, i) => i >= l.residuals));
    checkJaxpr(twice);
    const [, push] = linearize(at('nothing'), x);
    const back = linearTranspose(push, x);
    expectClose(linearTranspose((ct: T) => back(ct)[0], x)(f64([1, 2]))[0], list(push(f64([1, 2]))), 1e-14);
  });
  it('a derivative of a checkpointed gradient is transposed through calls, loops and barriers', () => {
    const slope = (f: (v: T) => T) => (t: T): T => jvp(grad(scalar(f)), [x], [t])[1];
    expectClose(linearTranspose(slope(at('nothing')), x)(f64([1, 2]))[0], list(linearTranspose(slope(body), x)(f64([1, 2]))[0]), 1e-13);
  });
  it('is differentiable in what it was taken at', () => {
    const f = (g: (v: T) => T) => (v: T): T => sum(linearize(g, v)[1](mul(v, v)));
    expectClose(grad(f(at('nothing')))(x), list(grad(f(body))(x)), 1e-13);
    expectClose(vmap(grad(f(at('nothing'))))(f64([[1, 2], [0.3, 0.4]])), list(vmap(grad(f(body)))(f64([[1, 2], [0.3, 0.4]]))), 1e-13);
  });
});

describe('functions of trees', () => {
  it('keep them: integers, several results, results that are arguments', () => {
    const f = (p: { a: T; n: T }, y: T): { z: T; n: T; a: T } => ({ z: sin(sin(mul(p.a, y))), n: add(p.n, 1), a: p.a });
    const g = checkpoint<ReturnType<typeof f>>(f);
    const p = { a: f64(0.3), n: i32(3) };
    expectTreesClose(g(p, f64(2)), f(p, f64(2)));
    const loss = (h: (...args: readonly unknown[]) => ReturnType<typeof f>) => (q: typeof p, y: T): T => { const r = h(q, y); return mul(r.z, r.a); };
    expectTreesClose(grad<unknown>(loss(g), { argnums: [0, 1] })(p, f64(2)), grad<unknown>(loss(f as never), { argnums: [0, 1] })(p, f64(2)));
    expect(list(vmap((a: T, y: T) => g({ a, n: i32(1) }, y).z, { inAxes: [0, null] })(f64([1, 2]), f64(1)))).toEqual(list(vmap((a: T, y: T) => f({ a, n: i32(1) }, y).z, { inAxes: [0, null] })(f64([1, 2]), f64(1))));
  });
  it('only what is differentiated', () => {
    const f = checkpoint((a: T, b: T) => sin(mul(sin(a), cos(b))));
    expectClose(grad((b: T) => f(f64(0.3), b))(f64(2)), num(grad((b: T) => sin(mul(sin(f64(0.3)), cos(b))))(f64(2))));
  });
  it('custom rules inside are kept', () => {
    const steep = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [sin(v), mul(t, mul(cos(v), 10))]);
    expectClose(grad(checkpoint((v: T) => sin(steep(v))))(f64(0.7)), Math.cos(Math.sin(0.7)) * 10 * Math.cos(0.7));
    expectClose(grad(grad(checkpoint(steep)))(f64(0.7)), -10 * Math.sin(0.7));
  });
  it('checkpoints nest', () => {
    const nested = checkpoint((v: T) => checkpoint((u: T) => sin(checkpoint((t: T) => sin(sin(t)))(u)))(sin(v)));
    const plain = (v: T): T => sin(sin(sin(sin(v))));
    expectClose(grad(nested)(f64(0.7)), num(grad(plain)(f64(0.7))));
    expectClose(grad(grad(nested))(f64(0.7)), num(grad(grad(plain))(f64(0.7))));
  });
});

describe('errors', () => {
  it('a policy that does not exist', () => {
    expect(codeAndText(() => checkpoint(body, { policy: 'some' as never }))).toEqual(['options', 'checkpoint: policy "some" does not exist; use \'nothing\', \'everything\', \'dots\' or { names: [...] }']);
  });
  it('arguments that are no tensors', () => {
    expect(codeAndText(() => checkpoint(body)(1))).toEqual(['static', 'checkpoint: the number 1 at [0] is not a tensor; wrap it: tensor(1), or list the argument in static']);
  });
  it('dtypes are kept', () => {
    expect(grad((v: T) => sum(sin(checkpoint((u: T) => sin(sin(u)))(v))))(tensor([1, 2])).dtype).toBe('f32');
  });
});
