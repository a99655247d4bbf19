// The polynomials of the wasm backend against the reference, in units in the last place, on every rung: dense grids, random bits of the whole
// range, the neighbourhood of every threshold; special values exactly. `npx tsx test/bench/ulp.ts` asks every float32.
import { describe, expect, it } from 'vitest';
import { hasVector } from '../../src/compile/wasm/scalar.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { Dice } from './randomPrograms.ts';
import { boundOf, compiled, exactly, rungs, stated, ulps, type Precision } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 1e-30, -1e-30, 2 ** -126, -(2 ** -126), 3.4028234663852886e38, -3.4028234663852886e38, 16777216, 16777217, -16777215, 1e10, 1e-10];

type Floats = Float32Array | Float64Array;
const zeros = { f32: (n: number): Floats => new Float32Array(n), f64: (n: number): Floats => new Float64Array(n) } as const;
/** Operands of one element each, as many as a compiled function takes at once. */
function operands(name: string, precision: Precision, count: number): readonly [Floats, Floats] {
  const dice = new Dice(seed);
  const [x, y] = [zeros[precision](count), zeros[precision](count)];
  const width = x.BYTES_PER_ELEMENT / 4;
  const [xBits, yBits] = [new Uint32Array(x.buffer), new Uint32Array(y.buffer)];
  const { grid: [lo, hi], thresholds } = stated[name] ?? { grid: [0, 1], thresholds: [] };
  const half = count / 2;
  const word = (): number => (dice.below(2 ** 16) * 2 ** 16 + dice.below(2 ** 16)) >>> 0;
  const anything = (to: Uint32Array, i: number): void => { for (let k = 0; k < width; k++) to[i * width + k] = word(); };
  for (let i = 0; i < count; i++) {
    if (i < half) x[i] = lo + ((hi - lo) * (i + (precision === 'f64' ? dice.below(1000) / 1000 : 0))) / half; else anything(xBits, i);
    // A second operand of every size, and of the kinds that decide: small integers and halves.
    const kind = i % 3;
    if (kind === 0) anything(yBits, i); else y[i] = kind === 1 ? (dice.below(2001) - 1000) / 25 : dice.below(41) / 2 - 10;
  }
  let at = 0;
  for (const a of special) for (const b of special) { x[at] = a; y[at] = b; at++; }
  for (const t of precision === 'f32' ? thresholds : [...thresholds, ...doubleThresholds]) {
    for (const sign of [1, -1]) {
      for (let k = -128; k <= 128; k++) {
        x[at] = sign * t;
        xBits[at * width] = (xBits[at * width] ?? 0) + k;
        at++;
      }
    }
  }
  return [x, y];
}
/** Where float64 functions leave their range, or one formula for another. */
const doubleThresholds = [709.782712893384, 708.3964185322641, 745.1332191019411, 710.4758600739439, 2 ** -1022, 5e-324, 1647099, 0.5 * Math.LN2, 1, 2, 6, 28, 2 ** 54, 1.3e154];

const count = 2 ** 17;
const formulas = (['f32', 'f64'] as const).flatMap(precision => primitives.flatMap((p: Primitive) => {
  const { lowering, name } = p;
  return lowering.kind === 'scalar' && hasVector(lowering.op, precision) ? [{ name, precision, p }] : [];
}));
describe.each(rungs().map(b => [b.rung.name, b] as const))('on rung %s', (_rung, backend) => {
  it.each(formulas)('$name of $precision stays within its bound', ({ name, precision, p }) => {
    const ulp = boundOf(name, precision);
    if (precision === 'f32') expect(ulp).toBeLessThanOrEqual(p.ulp);
    const exact = exactly[name] ?? expect.fail(`state the meaning of ${name}`);
    const two = exact.length === 2;
    const n = precision === 'f32' ? count : count / 4;
    const [x, y] = operands(name, precision, n);
    const run = compiled(backend, p, two ? 2 : 1, n, precision);
    const got = two ? run(x, y) : run(x);
    expect(got).toHaveLength(n);
    for (let i = 0; i < n; i++) {
      const [a, b, g] = [x[i] ?? 0, y[i] ?? 0, got[i] ?? 0];
      const error = ulps(g, exact(a, b), precision);
      if (!(error <= ulp)) expect.fail(`seed ${seed}: ${name}(${a}${two ? `, ${b}` : ''}) is ${g}, not ${exact(a, b)}: ${error} ulp`);
    }
  });

  it('no lane depends on its neighbours', () => {
    // What is rarely needed is computed for a whole vector: the others must not notice.
    for (const { name, precision, p } of formulas) {
      const two = (exactly[name]?.length ?? 1) === 2;
      const of = (f: (i: number) => number): Floats => { const x = zeros[precision](64); for (let i = 0; i < 64; i++) x[i] = f(i); return x; };
      const usual = (i: number): number => (i - 32) / 40;
      const mixed = (i: number): number => i % 4 === 1 ? [2 ** 31, -3e38, NaN, Infinity, 0.99999, 1][(i >> 2) % 6] ?? 0 : usual(i);
      const divisor = of(() => 0.01);
      const run = compiled(backend, p, two ? 2 : 1, 64, precision);
      const [a, b] = two ? [run(of(usual), divisor), run(of(mixed), divisor)] : [run(of(usual)), run(of(mixed))];
      const others = (xs: Floats): number[] => [...xs].filter((_v, i) => i % 4 !== 1);
      expect(others(b), name).toEqual(others(a));
    }
  });
});

it('a missed special value is infinitely far', () => {
  expect(ulps(1, NaN)).toBe(Infinity);
  expect(ulps(-0, 0)).toBe(Infinity);
  expect(ulps(0, -1e-40)).toBe(Infinity);
  expect(ulps(-0, -1e-40)).toBe(0);
  expect(ulps(Infinity, 3e38)).toBe(Infinity);
  expect(ulps(1, 1 + 2 ** -24)).toBe(0.5);
  expect(ulps(1, 1 + 2 ** -52, 'f64')).toBe(1);
  expect(ulps(1e-310, 2e-310, 'f64')).toBeGreaterThan(1e10);
});
