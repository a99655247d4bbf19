// The polynomials of the wasm backend against float64, in units in the last place, on every rung: dense grids, random bits of the whole
// range, the neighbourhood of every threshold; special values exactly. `npx tsx test/bench/ulp.ts` asks every float32.
import { describe, expect, it } from 'vitest';
import { vectorMath } from '../../src/compile/wasm/math.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { Dice } from './randomPrograms.ts';
import { compiled, exactly, rungs, ulps } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** The stated bounds: what every float32 was measured to stay within, rounded up. `grid`: where the function is interesting. */
const stated: { readonly [name: string]: { readonly ulp: number; readonly grid: readonly [lo: number, hi: number]; readonly thresholds: readonly number[] } } = {
  exp: { ulp: 2, grid: [-104, 89], thresholds: [-126 * Math.LN2, -103.97, 128 * Math.LN2] },
  expm1: { ulp: 2, grid: [-18, 2], thresholds: [-17.4, 128 * Math.LN2, 0.5 * Math.LN2, -0.5 * Math.LN2] },
  log: { ulp: 1, grid: [0, 4], thresholds: [2 ** -126, 1, Math.SQRT1_2, Math.SQRT2, 3.4e38] },
  log1p: { ulp: 2, grid: [-1, 4], thresholds: [-1, Math.SQRT1_2 - 1, Math.SQRT2 - 1, 2 ** 24, 2 ** 127, 3.4e38] },
  sin: { ulp: 2, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI, 1e4 * Math.PI, 2 ** 30, 1e37] },
  cos: { ulp: 2, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI / 2, 1e4 * Math.PI, 2 ** 30, 1e37] },
  tanh: { ulp: 3, grid: [-10, 10], thresholds: [9.01, 10] },
  logistic: { ulp: 3, grid: [-104, 20], thresholds: [-88.72, -87.33, 16.6] },
  erf: { ulp: 3, grid: [-4, 4], thresholds: [3.93, 3.83] },
  erfinv: { ulp: 4, grid: [-1, 1], thresholds: [1, Math.sqrt(1 - Math.exp(-5)), 0.9999] },
  pow: { ulp: 2, grid: [0, 4], thresholds: [1] },
  cbrt: { ulp: 1, grid: [-30, 30], thresholds: [1, 2, 8, 2 ** -126] },
  tan: { ulp: 4, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI / 2, 1e4 * Math.PI, 2 ** 30, 1e37] },
  asin: { ulp: 3, grid: [-1, 1], thresholds: [0.5, 1] },
  acos: { ulp: 2, grid: [-1, 1], thresholds: [0.5, 1] },
  atan: { ulp: 2, grid: [-4, 4], thresholds: [1, 1e8] },
  atan2: { ulp: 2, grid: [-4, 4], thresholds: [1, 2.5] },
  sinh: { ulp: 3, grid: [-90, 90], thresholds: [129 * Math.LN2, 128 * Math.LN2, 0.5 * Math.LN2] },
  cosh: { ulp: 2, grid: [-90, 90], thresholds: [129 * Math.LN2, 128 * Math.LN2, 0.5 * Math.LN2] },
  asinh: { ulp: 2, grid: [-10, 10], thresholds: [2 ** 28, 1e19, 3.4e38] },
  acosh: { ulp: 3, grid: [0.9, 4], thresholds: [1, 2 ** 28, 1e19, 3.4e38] },
  atanh: { ulp: 2, grid: [-1, 1], thresholds: [1, 0.2] },
  erfc: { ulp: 3, grid: [-4, 10.1], thresholds: [0.25, 9.19, 10.05] },
  xlogy: { ulp: 2, grid: [0, 4], thresholds: [1] },
  xlog1py: { ulp: 3, grid: [-1, 4], thresholds: [1] },
  rem: { ulp: 0, grid: [-50, 50], thresholds: [1, 2.5] },
};
const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 1e-30, -1e-30, 2 ** -126, -(2 ** -126), 3.4028234663852886e38, -3.4028234663852886e38, 16777216, 16777217, -16777215, 1e10, 1e-10];

/** Operands of one element each, as many as a compiled function takes at once. */
function operands(name: string, count: number): readonly [Float32Array, Float32Array] {
  const dice = new Dice(seed);
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  const [xBits, yBits] = [new Uint32Array(x.buffer), new Uint32Array(y.buffer)];
  const { grid: [lo, hi], thresholds } = stated[name] ?? { grid: [0, 1], thresholds: [] };
  const half = count / 2;
  const word = (): number => (dice.below(2 ** 16) * 2 ** 16 + dice.below(2 ** 16)) >>> 0;
  for (let i = 0; i < count; i++) {
    if (i < half) x[i] = lo + ((hi - lo) * i) / half; else xBits[i] = word();
    // A second operand of every size, and of the kinds that decide: small integers and halves.
    const kind = i % 3;
    if (kind === 0) yBits[i] = word(); else y[i] = kind === 1 ? (dice.below(2001) - 1000) / 25 : dice.below(41) / 2 - 10;
  }
  let at = 0;
  for (const a of special) for (const b of special) { x[at] = a; y[at] = b; at++; }
  for (const t of thresholds) {
    for (const sign of [1, -1]) {
      for (let k = -128; k <= 128; k++) {
        x[at] = sign * t;
        xBits[at] = (xBits[at] ?? 0) + k;
        at++;
      }
    }
  }
  return [x, y];
}

const count = 2 ** 17;
describe.each(rungs().map(b => [b.rung.name, b] as const))('on rung %s', (_rung, backend) => {
  const found = primitives.filter((p: Primitive) => p.lowering.kind === 'scalar' && p.lowering.op in vectorMath);
  it.each(found.map(p => [p.name, p] as const))('%s stays within its bound', (name, p) => {
    const { ulp } = stated[name] ?? expect.fail(`state a bound for ${name}`);
    const exact = exactly[name] ?? expect.fail(`state the meaning of ${name}`);
    expect(ulp).toBeLessThanOrEqual(Math.max(p.ulp, 0));
    const two = exact.length === 2;
    const [x, y] = operands(name, count);
    const run = compiled(backend, p, two ? 2 : 1, count);
    const got = two ? run(x, y) : run(x);
    expect(got).toHaveLength(count);
    for (let i = 0; i < count; i++) {
      const [a, b, g] = [x[i] ?? 0, y[i] ?? 0, got[i] ?? 0];
      const error = ulps(g, exact(a, b));
      if (!(error <= ulp)) expect.fail(`seed ${seed}: ${name}(${a}${two ? `, ${b}` : ''}) is ${g}, not ${exact(a, b)}: ${error} ulp`);
    }
  });

  it('no lane depends on its neighbours', () => {
    // What is rarely needed is computed for a whole vector: the others must not notice.
    for (const p of found) {
      const name = p.name;
      const two = (exactly[name]?.length ?? 1) === 2;
      const usual = Float32Array.from({ length: 64 }, (_, i) => (i - 32) / 40);
      const mixed = usual.map((v, i) => i % 4 === 1 ? [2 ** 31, -3e38, NaN, Infinity, 0.99999, 1][(i >> 2) % 6] ?? 0 : v);
      const divisor = usual.map(() => 0.01);
      const run = compiled(backend, p, two ? 2 : 1, 64);
      const [a, b] = two ? [run(usual, divisor), run(mixed, divisor)] : [run(usual), run(mixed)];
      const others = (xs: Float32Array): Float32Array => xs.filter((_v, i) => i % 4 !== 1);
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
});
