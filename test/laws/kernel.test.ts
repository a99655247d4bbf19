// The kernel itself: its judge sees what it should, its choices are total, its reports can be followed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationOf } from '../../laws/application.ts';
import { arrayOf, valuesIn } from '../../laws/array.ts';
import { each, equal, identical, upTo } from '../../laws/close.ts';
import { cut } from '../../laws/cut.ts';
import * as laws from '../../laws/index.ts';
import { judge, linearQuotients, quotients } from '../../laws/judge.ts';
import { Point } from '../../laws/point.ts';
import { formIsAlphaInvariant, formSeesDifferences, renamed } from '../../laws/predicates/form.ts';
import { isSmooth } from '../../laws/smooth.ts';
import { Random } from '../../laws/random.ts';
import { np, tensor } from '../../src/index.ts';
import { sameJaxpr } from '../../src/ir/hash.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { max, min } from '../../src/primitive/extremum.ts';
import { builtins, primitives } from '../../src/primitive/index.ts';
import { clamp } from '../../src/primitive/select.ts';
import { stopGradient } from '../../src/primitive/stopGradient.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { asHandle } from '../../laws/untyped.ts';

const f64 = (...xs: readonly number[]): NDArray => arrayOf({ shape: [xs.length], dtype: 'f64' }, i => xs[i] ?? 0);
const one = f64(1, 1, 1, 1, 1, 1);
const each1 = (f: (x: number) => number) => ([x]: readonly NDArray[]): readonly NDArray[] => x === undefined ? [] : [arrayOf(x, i => f(x.data[i] ?? 0))];
const along = (x: NDArray): NDArray => ({ ...one, shape: x.shape, data: one.data.slice(0, x.data.length) });
const quotient = (f: (x: number) => number, ...at: readonly number[]) => { const x = f64(...at); return quotients(each1(f), [x], [along(x)])[0]; };

describe('the judge', () => {
  const smooth: readonly (readonly [name: string, f: (x: number) => number, df: (x: number) => number, at: readonly number[]])[] = [
    ['sin', Math.sin, Math.cos, [0, 1, -2, 3]],
    ['exp', Math.exp, Math.exp, [0, 1, -2, 3]],
    ['1 / x', x => 1 / x, x => -1 / x / x, [0.2, 1, -3]],
    ['tanh, saturated', Math.tanh, () => 0, [1000, -1000, 40]],
    ['x^5 near 0', x => x ** 5, x => 5 * x ** 4, [0, 1e-3, 0.1]],
    ['a constant', () => 3, () => 0, [0, 1]],
  ];
  it.each(smooth)('agrees with the derivative of %s, and with no other to one part in a million', (_name, f, df, at) => {
    const q = quotient(f, ...at);
    if (q === undefined) throw new Error('no result');
    const right = f64(...at.map(df));
    expect(judge(right, q)).toEqual({ differ: null, share: { judged: at.length, of: at.length } });
    at.forEach((x, i) => {
      if (Math.abs(df(x)) < 1e-2) return;
      const wrong = right.data.slice();
      wrong[i] = df(x) * (1 + 1e-6);
      expect(judge({ ...right, data: wrong }, q).differ).toContain(`element ${i}: derivative`);
    });
    const nan = right.data.slice();
    nan[0] = NaN;
    expect(judge({ ...right, data: nan }, q).differ).toContain('derivative NaN');
  });

  const kinked: readonly (readonly [name: string, f: (x: number) => number, at: number])[] = [
    ['|x| at 0', Math.abs, 0], ['|x| beside 0', Math.abs, 1e-4], ['relu at 0', x => Math.max(x, 0), 0], ['a step', Math.sign, 0], ['floor at 1', Math.floor, 1],
    ['sqrt at 0', Math.sqrt, 0], ['log at 0', Math.log, 0], ['1 / x beside 0', x => 1 / x, 1e-3], ['sin(1 / x) where it turns fast', x => Math.sin(1 / x), 0.01], ['cbrt at 0', Math.cbrt, 0],
  ];
  it.each(kinked)('does not judge %s', (_name, f, at) => {
    const q = quotient(f, at);
    if (q === undefined) throw new Error('no result');
    expect(judge(f64(123), q).differ).toBeNull();
    expect(judge(f64(123), q).share.judged).toBe(0);
  });

  it('does not judge a kink that the direction passes along, where it is told to look', () => {
    // The median of three equal numbers is linear along any one direction, and in no neighbourhood.
    const median = ([x]: readonly NDArray[]): readonly NDArray[] => [f64(x === undefined ? 0 : [...x.data].sort((a, b) => a - b)[1] ?? 0)];
    const [x, t] = [f64(0, 0, 0), f64(0.3, -0.7, 0.9)];
    expect(quotients(median, [x], [t])[0]?.trusted).toEqual([true]);
    expect(linearQuotients(median, [x], [t])[0]?.trusted).toEqual([false]);
    expect(linearQuotients(median, [f64(0, 1, 2)], [t])[0]?.trusted).toEqual([true]);
  });

  const pointOf = (f: (x: AnyTensor) => AnyTensor, ...xs: readonly number[]): Point => new Point({
    jaxpr: stage('test', [{ shape: [xs.length], dtype: 'f64' }], ([x]) => x === undefined ? [] : [asHandle(f(x))]).jaxpr, inputs: [f64(...xs)],
  });
  it('knows where a step of a program lies on its kink', () => {
    const ten = literal(10, { shape: [2], dtype: 'f64' });
    expect(isSmooth(pointOf(x => clamp(x, x, ten), 1, 2))).toBe(false);
    expect(isSmooth(pointOf(x => max(x, x), 1, 2))).toBe(false);
    expect(isSmooth(pointOf(x => min(mul(x, x), ten), 1, 2))).toBe(true);
  });
});

describe('equality up to rounding', () => {
  it('is relative, and knows the size of what cancelled', () => {
    expect(upTo(1e-9, 1)(f64(1), f64(1 + 5e-10))).toBeNull();
    expect(upTo(1e-9, 1)(f64(1), f64(1 + 5e-9))).toContain('element 0');
    expect(upTo(1e-9, 1)(f64(1e-20), f64(2e-20))).toBeNull();
    expect(upTo(1e-9, 1)(f64(1e-6), f64(1.001e-6))).not.toBeNull();
    expect(upTo(1e-9, 1)(f64(NaN, Infinity), f64(NaN, Infinity))).toBeNull();
    expect(upTo(1e-9, 1)(f64(Infinity), f64(1e300))).not.toBeNull();
  });
  it('tells zeros apart only where it is asked to', () => {
    expect(identical(f64(0), f64(-0))).not.toBeNull();
    expect(equal(f64(0), f64(-0))).toBeNull();
    expect(identical(f64(NaN), f64(NaN))).toBeNull();
  });
  it('compares types, and lists by their length', () => {
    expect(equal(f64(1), { shape: [1], dtype: 'f32', data: Float32Array.of(1) })).toBe('f64[1] against f32[1]');
    expect(each(equal)([f64(1)], [f64(1), f64(2)])).toBe('1 results against 2');
    expect(each(equal)([null, f64(1)], [f64(1), f64(1)])).toBe('result 0, none against f64[1]');
  });
});

describe('choices', () => {
  it('are total: any raw numbers are a well-typed sample of every primitive', () => {
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 12 }), fc.constantFrom(...primitives), (raw, p) => {
      const { avals, params, inputs } = applicationOf(p, raw);
      expect(p.type(avals, params).length).toBeGreaterThanOrEqual(0);
      inputs.forEach(x => { expect(x.data.length).toBe(x.shape.reduce((n, d) => n * d, 1)); });
    }), { numRuns: 300 });
  });
  it('cover ranks, dims and repeated dims', () => {
    const shapes = fc.sample(laws.shapes(3), { numRuns: 400, seed: 3 });
    expect(new Set(shapes.map(s => s.length))).toEqual(new Set([0, 1, 2, 3]));
    expect(new Set(shapes.flat())).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    expect(shapes.filter(s => s.includes(0)).length).toBeLessThan(120);
    expect(shapes.filter(s => s.length > 1 && new Set(s).size < s.length).length).toBeGreaterThan(60);
  });
  it('values keep to their domain, ties tie, integers keep to their bounds', () => {
    const random = new Random(1);
    const domain = { intervals: [[-3, -2], [5, 6]] } as const;
    const x = valuesIn({ shape: [200], dtype: 'f64' }, domain, random);
    expect(x.data.every(v => (v >= -3 && v <= -2) || (v >= 5 && v <= 6))).toBe(true);
    expect(x.data.some(v => v < 0) && x.data.some(v => v > 0)).toBe(true);
    expect(new Set(valuesIn({ shape: [200], dtype: 'f64' }, domain, random, 'ties').data).size).toBe(2);
    expect(valuesIn({ shape: [200], dtype: 'u8' }, { intervals: [[-1, 3]] }, random, 'special').data.every(v => v >= 0 && v <= 3)).toBe(true);
  });
});

describe('reports', () => {
  const wrong = { ...builtins.sin, name: 'wrongSine' };
  const broken = (): laws.LawError => {
    const p = { ...wrong, rules: { ...builtins.sin.rules, jvp: ([x]: readonly AnyTensor[], [t]: readonly (AnyTensor | null)[]) => [t && x ? mul(t, x) : null] } } as typeof builtins.sin;
    try { laws.primitive(p, { runs: 20, seed: 77, only: [1] }); } catch (error) { if (error instanceof laws.LawError) return error; throw error; }
    throw new Error('it holds');
  };
  it('name the law, the shrunk program, both results and the seed, which finds it again', () => {
    const error = broken();
    expect(error).toMatchObject({ law: 1, subject: 'wrongSine', seed: 77 });
    expect(error.message).toMatch(/^law 1 does not hold for wrongSine: jvp agrees with finite differences\n/);
    expect(error.message).toContain('{ lambda ; a:f64[');
    expect(error.message).toContain('= wrongSine a in (b,) }');
    expect(error.message).toContain('input 0 (active): f64[');
    expect(error.message).toMatch(/element \d+: derivative \S+, finite differences \S+ \(allowed/);
    expect(error.message).toMatch(/left:\n.*\n.*right:\n/);
    expect(error.message).toMatch(/again: SEED=77$/);
    expect(broken().message).toBe(error.message);
  });
  it('refuse samples that cannot be judged', () => {
    const p = { ...builtins.abs, name: 'kinkedSamples', sample: () => ({ operands: [{ aval: { shape: [4], dtype: 'f64' as const }, domain: { intervals: [[0, 0]] } }] as const, params: {} }) };
    expect(() => laws.primitive(p, { runs: 10, only: [1] })).toThrow(/finite differences could judge 0 of \d+ derivatives, less than 80 %/);
  });
  it('call a law by its number', () => {
    const report = laws.primitive(builtins.tanh, { runs: 6, only: [3, 17] });
    expect(new Set(report.laws.map(l => l.number))).toEqual(new Set([3, 17]));
    expect(laws.showReport(report)).toMatch(/^tanh: 6 cases, laws 3 17, \d+ ms, seed \d+$/);
  });
  it('count an error of the system as a broken law', () => {
    const p = { ...builtins.cos, name: 'throwingBatch', rules: { ...builtins.cos.rules, batch: () => { throw new Error('no batching rule'); } } } as typeof builtins.cos;
    expect(() => laws.primitive(p, { runs: 10, seed: 1 })).toThrow(/an error was thrown: Error: no batching rule/);
  });
});

describe('programs', () => {
  it('are cut anywhere without a change', () => {
    const { jaxpr } = stage('test', [{ shape: [2], dtype: 'f64' }], ([x]) => x === undefined ? [] : [asHandle(mul(mul(x, x), x))]);
    for (let k = 0; k <= jaxpr.eqns.length; k++) {
      const [first, second] = cut(jaxpr, k);
      const p = new Point({ jaxpr: second, inputs: new Point({ jaxpr: first, inputs: [f64(2, 3)] }).value });
      expect([...p.value[0]?.data ?? []]).toEqual([8, 27]);
    }
  });
  it('renamed are the same, and changed are not', () => {
    const { point } = applicationOf(builtins.composite, [3, 1, 4]);
    expect(sameJaxpr(renamed(point.jaxpr), point.jaxpr)).toBe(true);
    expect(formIsAlphaInvariant.holds(point, new Random(0)).kind).toBe('holds');
    expect(formSeesDifferences.holds(point, new Random(0)).kind).not.toBe('broken');
  });
  it('with stopGradient are judged with its value held', () => {
    const f = (x: ReturnType<typeof vector>) => np.sum(np.multiply(x, stopped(x)));
    expect(laws.program(f, vector([1, 2, 3])).share).toMatchObject({ judged: 6, of: 6 });
  });
});
const vector = (xs: readonly number[]) => tensor([...xs], 'f64');
const stopped = <X extends AnyTensor>(x: X): X => stopGradient(x) as X;
