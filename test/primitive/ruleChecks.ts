// What every record's rules must satisfy, on random samples: batching against one example at a time, tangents of both orders against
// central differences in float64, transposes against the inner product, for each set of inputs that it is linear in.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { hasTangent, sizeOf } from '../../src/ir/aval.ts';
import { avalsOf } from '../../src/ir/jaxpr.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import { stopGradientP } from '../../src/primitive/stopGradient.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, transposeJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { application, array, Random, values, type Application } from './hostPrograms.ts';

const samples = 40;

const moved = (xs: readonly NDArray[], ts: readonly (NDArray | null)[], h: number): NDArray[] =>
  xs.map((x, i) => { const t = ts[i]; return t ? { ...x, data: Float64Array.from(x.data, (v, k) => v + h * (t.data[k] ?? 0)) } : x; });
const inner = (xs: readonly NDArray[], ys: readonly NDArray[]): number =>
  xs.reduce((s, x, i) => s + values(x).reduce((r, v, k) => r + v * (ys[i]?.data[k] ?? 0), 0), 0);
/** Random tangents of some inputs. */
const tangents = (a: Application, active: readonly boolean[], random: Random): (NDArray | null)[] =>
  a.inputs.map((x, i) => active[i] === true ? random.array(x) : null);
const present = (ts: readonly (NDArray | null)[]): NDArray[] => ts.filter(t => t !== null);

/** Largest relative error of tangents against central differences; that of cotangents against tangents: <J t, w> = <t, J' w>. */
function derivativeErrors(a: Application, active: readonly boolean[], stops: boolean, random: Random): { tangent: number; cotangent: number } {
  const ts = tangents(a, active, random);
  const count = a.jaxpr.outputs.length;
  const got = evaluateJaxpr(jvpJaxpr(a.jaxpr, active, a.jaxpr.outputs.map(() => true)).jaxpr, [...a.inputs, ...present(ts)]).slice(count);
  const h = 1e-5;
  const [plus, minus] = [evaluateJaxpr(a.jaxpr, moved(a.inputs, ts, h)), evaluateJaxpr(a.jaxpr, moved(a.inputs, ts, -h))];
  const floatOutputs = plus.flatMap((y, o) => hasTangent(y) ? [{ above: values(y), below: values(minus[o]) }] : []);
  expect(got.length).toBe(floatOutputs.length);
  const errors = floatOutputs.flatMap(({ above, below }, o) => {
    return above.map((v, k) => {
      const difference = (v - (below[k] ?? NaN)) / (2 * h);
      // What is infinite or filled in for missing elements has no difference; its tangent is zero.
      const want = Number.isFinite(difference) && !stops ? difference : 0;
      return Math.abs((got[o]?.data[k] ?? NaN) - want) / (1 + Math.abs(want));
    });
  });
  const reverse = vjpJaxpr(a.jaxpr, active);
  const ws = a.jaxpr.outputs.flatMap((o, i) => reverse.outActive[i] === true ? [random.array(o.aval)] : []);
  const pulled = evaluateJaxpr(reverse.jaxpr, [...a.inputs, ...ws]).slice(count);
  const pushed = jvpJaxpr(a.jaxpr, active);
  const left = inner(evaluateJaxpr(pushed.jaxpr, [...a.inputs, ...present(ts)]).slice(count), ws);
  expect(pushed.outActive).toEqual(reverse.outActive);
  return { tangent: Math.max(0, ...errors), cotangent: Math.abs(inner(present(ts), pulled) - left) / (1 + Math.abs(left)) };
}

/** One block of tests for each record. */
export const describeRules = (primitives: readonly Primitive[]): void => describe.each(primitives.map(p => [p.name, p] as const))('%s', (_name, p) => {
  test('the equation types, and values have the stated shape', () => {
    const random = new Random(1);
    for (let s = 0; s < samples; s++) {
      const a = application(p, random);
      const out = evaluateJaxpr(a.jaxpr, a.inputs);
      expect(out.map(o => [o.dtype, o.shape, o.data.length])).toEqual(avalsOf(a.jaxpr.outputs).map(o => [o.dtype, o.shape, sizeOf(o.shape)]));
    }
  });

  test('batching is the map, for every set of batched inputs', () => {
    const random = new Random(2);
    const size = 3;
    for (let s = 0; s < samples; s++) {
      const a = application(p, random);
      for (let bits = 1; bits < 2 ** a.inputs.length; bits++) {
        const mask = a.inputs.map((_, i) => (bits >> i & 1) === 1);
        const examples = Array.from({ length: size }, () => a.inputs.map((x, i) => mask[i] === true ? random.array(x, a.domains[i]) : x));
        const stacked = a.inputs.map((x, i) => mask[i] === true ? array([size, ...x.shape], x.dtype, examples.flatMap(e => values(e[i]))) : x);
        const { jaxpr, outBatched } = batchJaxpr(a.jaxpr, size, mask, a.jaxpr.outputs.map(() => true));
        expect(outBatched.every(b => b)).toBe(true);
        const each = examples.map(e => evaluateJaxpr(a.jaxpr, e));
        const want = a.jaxpr.outputs.map((_, o) => each.flatMap(r => values(r[o])));
        expect(evaluateJaxpr(jaxpr, stacked).map(values)).toEqual(want);
      }
    }
  });

  test('tangents and cotangents agree with central differences, whichever inputs are active', () => {
    const random = new Random(3);
    for (let s = 0; s < samples; s++) {
      const a = application(p, random);
      for (let bits = 1; bits < 2 ** a.inputs.length; bits++) {
        const active = a.inputs.map((x, i) => hasTangent(x) && (bits >> i & 1) === 1);
        if (!active.includes(true)) continue;
        const errors = derivativeErrors(a, active, p === stopGradientP, random);
        expect(errors.tangent).toBeLessThan(1e-7);
        expect(errors.cotangent).toBeLessThan(1e-9);
      }
    }
  });

  test('the tangents\' own tangents and cotangents agree with central differences', () => {
    const random = new Random(5);
    for (let s = 0; s < samples; s++) {
      const a = application(p, random);
      const active = a.inputs.map(hasTangent);
      if (p === stopGradientP || !active.includes(true)) continue;
      const ts = tangents(a, active, random);
      const pushed: Application = { ...a, jaxpr: jvpJaxpr(a.jaxpr, active).jaxpr, inputs: [...a.inputs, ...present(ts)] };
      const errors = derivativeErrors(pushed, pushed.inputs.map(hasTangent), false, random);
      expect(errors.tangent).toBeLessThan(1e-6);
      expect(errors.cotangent).toBeLessThan(1e-9);
    }
  });

  test('the transpose, for each set of linear inputs', () => {
    const random = new Random(4);
    for (let s = 0; s < samples; s++) {
      const a = application(p, random);
      for (const set of a.linearIn) {
        const mask = a.inputs.map((_, i) => set.includes(i));
        const known = a.inputs.filter((_, i) => mask[i] !== true);
        const zeros = a.inputs.map((x, i) => mask[i] === true ? array(x.shape, x.dtype, 0) : x);
        const atZero = evaluateJaxpr(a.jaxpr, zeros);
        // Of nested sets only the greatest makes the result zero.
        const greatest = set.length === Math.max(...a.linearIn.map(other => other.length));
        if (set.length === a.inputs.length || p.properties.zeroPreserving && greatest) expect(inner(atZero, atZero)).toBe(0);
        const ws = a.jaxpr.outputs.map(o => random.array(o.aval));
        const back = evaluateJaxpr(transposeJaxpr(a.jaxpr, mask), [...known, ...ws]);
        const linear = evaluateJaxpr(a.jaxpr, a.inputs).map((y, o) => ({ ...y, data: Float64Array.from(y.data, (v, k) => v - (atZero[o]?.data[k] ?? 0)) }));
        const left = inner(linear, ws);
        expect(Math.abs(inner(a.inputs.filter((_, i) => mask[i] === true), back) - left)).toBeLessThan(1e-9 * (1 + Math.abs(left)));
      }
    }
  });
});
