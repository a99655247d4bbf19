// The gradient of a loss over a whole tree of parameters against finite differences: along random directions, and at single numbers.
// Quotients that lie on kinks or drown in rounding are not judged; the judge says how many it could judge.
import { expect } from 'vitest';
import { quotients, type Share } from '../../laws/judge.ts';
import { fromData, grad, jit, tree, type AnyTensor, type Scalar } from 'cotangent';

const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const tensors = <P>(params: P): AnyTensor[] => tree.leaves(params) as AnyTensor[];

/** The tree with other numbers in its leaves. */
export function withNumbers<P>(params: P, values: Float64Array): P {
  let at = 0;
  const leaves = tensors(params).map(x => {
    const n = x.shape.reduce((a, b) => a * b, 1);
    at += n;
    return fromData(values.slice(at - n, at), [...x.shape]);
  });
  return tree.unflatten(tree.structure(params), leaves) as P;
}
/** Numbers in [-1, 1] that follow from a seed. */
function drawn(n: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * Expects the gradient to agree with difference quotients to `tolerance` relative to the greater of 1 and the derivative, wherever these
 * can be trusted.
 */
export function expectGradient<P>(name: string, loss: (p: P) => Scalar<'f64'>, params: P, { directions = 6, coordinates = 24, tolerance = 1e-6 } = {}): void {
  const x = Float64Array.from(tensors(params).flatMap(numbers));
  const value = jit(loss);
  const g = Float64Array.from(tensors(jit(grad(loss))(params)).flatMap(numbers));
  expect(g.length).toBe(x.length);
  expect(Math.max(...g.map(Math.abs))).toBeGreaterThan(1e-3);
  let share: Share = { judged: 0, of: 0 };
  const judge = (along: Float64Array): void => {
    const at = (s: number): Float64Array => x.map((v, i) => v + s * (along[i] ?? 0));
    const one = (s: number) => ({ shape: [], dtype: 'f64' as const, data: Float64Array.of(s) });
    const [q] = quotients(([s]) => [one(value(withNumbers(params, at(s?.data[0] ?? 0))).itemSync())], [one(0)], [one(1)]);
    const claimed = g.reduce((sum, v, i) => sum + v * (along[i] ?? 0), 0);
    const measured = q?.derivative[0] ?? NaN;
    const trusted = q?.trusted[0] === true;
    share = { judged: share.judged + (trusted ? 1 : 0), of: share.of + 1 };
    if (trusted) expect(Math.abs(claimed - measured) / Math.max(1, Math.abs(measured)), `${name}: ${claimed} against ${measured}`).toBeLessThan(tolerance);
  };
  // Short directions: at 1 a step of the quotients would leave the neighbourhood in which a deep network is smooth.
  for (let d = 0; d < directions; d++) judge(drawn(x.length, d + 1).map(v => v / Math.sqrt(x.length)));
  const step = Math.max(1, Math.floor(x.length / coordinates));
  for (let i = 0; i < x.length; i += step) judge(x.map((_, j) => i === j ? 1 : 0));
  console.log(`${name}: ${x.length} parameters, judged ${share.judged} of ${share.of} quotients`);
  expect(share.judged / share.of).toBeGreaterThanOrEqual(0.8);
}

/** Expects two trees of tensors to agree to `tolerance`, relative to the greatest number of each leaf. */
export function expectTreesAgree(got: unknown, want: unknown, tolerance: number): void {
  const [a, b] = [tensors(got).map(numbers), tensors(want).map(numbers)];
  expect(a.map(x => x.length)).toEqual(b.map(x => x.length));
  a.forEach((x, i) => {
    const y = b[i] ?? [];
    const size = Math.max(1e-3, ...y.map(Math.abs));
    x.forEach((v, j) => { expect(Math.abs(v - (y[j] ?? NaN)) / size, `leaf ${i}, element ${j}: ${v} against ${y[j]}`).toBeLessThan(tolerance); });
  });
}
