// What a differentiated loop stores, in bytes: what changes from step to step, once; what does not, not at all.
import { expect, it } from 'vitest';
import { add, broadcast, dot, grad, makeJaxpr, mul, neg, sin, sub, sum, tanh, type T } from '../trace/language.ts';
import { bytesOf } from '../../src/ir/aval.ts';
import { Var, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { logistic } from '../../src/primitive/exponential.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { linearizeJaxpr } from '../../src/transform/differentiate.ts';
import { foriLoop, scan } from './flow.ts';

const [hidden, width, batch, steps] = [64, 8, 4, 1000];
const zeros = (...shape: number[]): T => literal(0, { shape, dtype: 'f32' });
const sigmoid = (x: T): T => handleOf(logistic(x));
interface Weights { wz: T; wr: T; wn: T; uz: T; ur: T; un: T; b: T }
const weights: Weights = { wz: zeros(width, hidden), wr: zeros(width, hidden), wn: zeros(width, hidden), uz: zeros(hidden, hidden), ur: zeros(hidden, hidden), un: zeros(hidden, hidden), b: zeros(hidden) };

/** A gated recurrent unit. The recurrent weights pass through a nonlinearity, which is the same at each step. */
const step = (p: Weights, h: T, x: T): T => {
  const z = sigmoid(add(add(dot(x, p.wz), dot(h, sin(p.uz))), broadcast(p.b, [batch, hidden])));
  const r = sigmoid(add(dot(x, p.wr), dot(h, sin(p.ur))));
  const n = tanh(add(dot(x, p.wn), mul(r, dot(h, sin(p.un)))));
  return add(mul(sub(1, z), n), mul(z, h));
};
const gru = (p: Weights, xs: T): T => {
  const [h, ys] = scan((c: T, x: T) => { const next = step(p, c, x); return [next, next]; }, zeros(batch, hidden), xs);
  return add(sum(h), sum(ys));
};

/** What the tangents need of the values, in bytes; inputs of the program exist anyway and cost nothing. */
function residualBytes(j: Jaxpr, active: number): number {
  const l = linearizeJaxpr(j, j.inputs.map((_, i) => i < active));
  const inputs = new Set<unknown>(l.forward.inputs);
  const stored = new Set(l.forward.outputs.slice(j.outputs.length).filter(o => o instanceof Var && !inputs.has(o)));
  return [...stored].reduce((n, o) => n + bytesOf(o.aval), 0);
}
const weightBytes = Object.values(weights).reduce((n, w) => n + bytesOf(w.aval), 0);
const active = Object.keys(weights).length;

it('a recurrent network of 1,000 steps stores at most 1.1 times what its steps store', () => {
  const loop = residualBytes(makeJaxpr(gru)(weights, zeros(steps, batch, width)).jaxpr, active);
  // The state is given: its part is counted with the step.
  const once = makeJaxpr(step)(weights, zeros(batch, hidden), zeros(batch, width)).jaxpr;
  const oneStep = residualBytes(once, active + 1) + bytesOf({ shape: [batch, hidden], dtype: 'f32' });
  // The step alone stores sin and cos of the recurrent weights; the loop stores them once, not a thousand times.
  const invariant = 6 * bytesOf(weights.uz.aval);
  expect(oneStep).toBeGreaterThan(invariant);
  expect(loop).toBeLessThanOrEqual(1.1 * (steps * (oneStep - invariant) + invariant));
  // Were the weights stacked, the loop would store twenty times as much.
  expect(loop).toBeLessThan(0.2 * steps * weightBytes);
});

it('forward mode stores nothing: no result of the loop is longer than the carry', () => {
  const { jaxpr } = makeJaxpr((p: Weights, xs: T) => scan((c: T, x: T) => [step(p, c, x), null], zeros(batch, hidden), xs)[0])(weights, zeros(steps, batch, width));
  const largest = (j: Jaxpr): number => Math.max(...j.eqns.flatMap(e => e.outputs.map(v => bytesOf(v.aval))));
  expect(largest(jaxpr)).toBe(bytesOf({ shape: [batch, hidden], dtype: 'f32' }));
});

it('slices of xs, and what is a y already, are not stored a second time', () => {
  const loss = (w: T, xs: T): T => { const [, ys] = scan((c: T, x: T) => { const y = mul(x, w); return [c, mul(y, y)]; }, zeros(), xs); return sum(ys); };
  // The residuals are x (an input), y and w.
  expect(residualBytes(makeJaxpr(loss)(zeros(), zeros(steps)).jaxpr, 1)).toBe(4 * steps);
  const squares = (w: T, xs: T): T => { const [, ys] = scan((c: T, x: T) => { const y = mul(x, w); return [add(c, sum(mul(y, y))), y]; }, zeros(), xs); return sum(mul(ys, ys)); };
  expect(residualBytes(makeJaxpr(squares)(zeros(), zeros(steps)).jaxpr, 1)).toBe(4 * steps);
});

it('what is computed from captured values alone is computed once, outside the loop, in both directions', () => {
  const f = (w: T): T => foriLoop(0, 1000, (_i: T, c: T) => mul(c, sin(neg(w))), zeros());
  const { jaxpr } = makeJaxpr(grad(f))(zeros());
  const count = (j: Jaxpr, name: string): number => j.eqns.filter(e => e.primitive.name === name).length;
  const inside = (j: Jaxpr): number => j.eqns.filter(e => e.primitive.name === 'scan').map(e => e.params['jaxpr'] as Jaxpr).reduce((n, b) => n + count(b, 'sin') + count(b, 'cos'), 0);
  expect([count(jaxpr, 'sin'), count(jaxpr, 'cos'), inside(jaxpr)]).toEqual([1, 1, 0]);
});

it('second derivatives store a fixed number of stacks, whatever the length', () => {
  const f = (n: number) => (w: T): T => scan((c: T, x: T) => [tanh(add(mul(c, w), x)), null], zeros(), zeros(n))[0];
  const perStep = (n: number): number => residualBytes(makeJaxpr(grad(f(n)))(zeros()).jaxpr, 1) / n;
  expect(perStep(2000)).toBeCloseTo(perStep(1000), 0);
  expect(perStep(2000)).toBeLessThan(100);
});
