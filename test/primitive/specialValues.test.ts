// Special functions in float64 against published digits, and at poles, branch points, ends of their domains, infinities and NaN.
import { describe, expect, it } from 'vitest';
import type { Params, Primitive } from '../../src/ir/primitive.ts';
import { betaDensityP, betaincP } from '../../src/primitive/beta.ts';
import { besselI0eP, besselI1eP, besselIeP } from '../../src/primitive/bessel.ts';
import { digammaP, lgammaP, polygammaP, zetaP } from '../../src/primitive/gamma.ts';
import { acoshP, asinhP, atanhP, coshP, sinhP } from '../../src/primitive/hyperbolic.ts';
import { gammaDensityP, igammacP, igammaP } from '../../src/primitive/incompleteGamma.ts';
import { cbrtP } from '../../src/primitive/power.ts';
import { erfcP } from '../../src/primitive/special.ts';
import { acosP, asinP, atan2P, atanP, sincP, tanP } from '../../src/primitive/trigonometric.ts';
import { xlog1pyP, xlogyP } from '../../src/primitive/xlogy.ts';
import { stated, ulps } from '../backend/ulp.ts';
import { applyTo, on, vector } from './elementwiseHarness.ts';
import * as digits from './specialDigits.ts';

const inf = Infinity;
/** One element of a record, in float64 unless it says otherwise. */
const at = <P extends Params>(record: Primitive<P>, params: P, args: readonly number[], dtype: 'f32' | 'f64' = 'f64'): number =>
  applyTo(record, args.map(x => vector(dtype, [x])), params).data[0] ?? NaN;
const order = (n: number): { readonly order: number } => ({ order: n });
const orders = (orderA: number, orderB: number): { readonly orderA: number; readonly orderB: number } => ({ orderA, orderB });
const without = { orderA: 0, orderB: 0, shiftA: 0, shiftB: 0 } as const;

type Precision = 'f32' | 'f64';
type Table = readonly [name: string, table: digits.Digits, tolerance: number, value: (dtype: Precision, ...args: number[]) => number];
const plain = (name: string, record: Primitive, table: digits.Digits, tolerance: number): Table => [name, table, tolerance, (dtype, ...args) => at(record, {}, args, dtype)];
/** Largest relative errors. Deep in the tails of distributions the exponent itself is rounded: there they grow to 2e-13. */
const tables: readonly Table[] = [
  plain('tan', tanP, digits.tanDigits, 1e-15), plain('asin', asinP, digits.asinDigits, 1e-15), plain('acos', acosP, digits.acosDigits, 1e-15),
  plain('atan', atanP, digits.atanDigits, 1e-15), plain('atan2', atan2P, digits.atan2Digits, 1e-15), plain('sinh', sinhP, digits.sinhDigits, 1e-15),
  plain('cosh', coshP, digits.coshDigits, 1e-15), plain('asinh', asinhP, digits.asinhDigits, 1e-15), plain('acosh', acoshP, digits.acoshDigits, 1e-15),
  plain('atanh', atanhP, digits.atanhDigits, 1e-15), plain('cbrt', cbrtP, digits.cbrtDigits, 1e-15),
  ['sinc', digits.sincDigits, 1e-14, (d, n, x) => at(sincP, order(n ?? 0), [x ?? 0], d)],
  plain('xlogy', xlogyP, digits.xlogyDigits, 1e-15), plain('xlog1py', xlog1pyP, digits.xlog1pyDigits, 1e-15),
  plain('erfc', erfcP, digits.erfcDigits, 2e-15), plain('lgamma', lgammaP, digits.lgammaDigits, 2e-15), plain('digamma', digammaP, digits.digammaDigits, 1e-14),
  ['polygamma', digits.polygammaDigits, 2e-13, (d, n, x) => at(polygammaP, order(n ?? 0), [x ?? 0], d)],
  ['zeta', digits.zetaDigits, 2e-15, (d, s, q) => at(zetaP, order(0), [s ?? 0, q ?? 0], d)],
  ['zeta by s', digits.zetaDerivativeDigits, 1e-14, (d, n, s, q) => at(zetaP, order(n ?? 0), [s ?? 0, q ?? 0], d)],
  ['bessel', digits.besselDigits, 2e-15, (d, n, x) => n === 0 ? at(besselI0eP, {}, [x ?? 0], d) : n === 1 ? at(besselI1eP, {}, [x ?? 0], d) : at(besselIeP, order(n ?? 0), [x ?? 0], d)],
  ['igamma', digits.igammaDigits, 2e-13, (d, a, x) => at(igammaP, order(0), [a ?? 0, x ?? 0], d)],
  plain('igammac', igammacP, digits.igammacDigits, 2e-13),
  ['igamma by a', digits.igammaGradDigits, 3e-12, (d, n, a, x) => at(igammaP, order(n ?? 0), [a ?? 0, x ?? 0], d)],
  ['gammaDensity', digits.gammaDensityDigits, 2e-13, (d, a, x) => at(gammaDensityP, { order: 0, shift: 0 }, [a ?? 0, x ?? 0], d)],
  ['betainc', digits.betaincDigits, 2e-13, (d, a, b, x) => at(betaincP, orders(0, 0), [a ?? 0, b ?? 0, x ?? 0], d)],
  ['betainc by a and b', digits.betaincGradDigits, 1e-13, (d, m, n, a, b, x) => at(betaincP, orders(m ?? 0, n ?? 0), [a ?? 0, b ?? 0, x ?? 0], d)],
  ['betaDensity', digits.betaDensityDigits, 2e-13, (d, a, b, x) => at(betaDensityP, without, [a ?? 0, b ?? 0, x ?? 0], d)],
];

describe('digits', () => {
  it.each(tables)('%s', (_name, table, tolerance, value) => {
    const worst = table.map(row => {
      const got = value('f64', ...row.slice(0, -1));
      const want = row.at(-1) ?? NaN;
      return { row, got, error: Math.abs(got - want) <= tolerance * Math.abs(want) ? 0 : Math.abs(got / want - 1) };
    }).filter(r => !(r.error <= tolerance));
    expect(worst).toEqual([]);
  });
  it('stand for every special function, and hold it to 1e-12; its derivatives by parameters to 3e-12', () => {
    const held = new Set(tables.map(([name]) => name));
    const functions = ['cbrt', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh', 'erfc', 'lgamma', 'digamma', 'polygamma', 'zeta', 'igamma', 'igammac', 'betainc', 'bessel'];
    expect(functions.filter(name => !held.has(name))).toEqual([]);
    expect(tables.filter(([name, , tolerance]) => tolerance > (name.includes(' by ') ? 3e-12 : 1e-12)).map(([name]) => name)).toEqual([]);
    for (const [name, table] of tables) expect(table.length, name).toBeGreaterThanOrEqual(5);
  });
  it.each(tables)('%s in float32: the exact value at the rounded arguments, to one unit in the last place', (_name, table, _tolerance, value) => {
    const worst = table.map(row => {
      // Orders are small integers, which float32 has.
      const args = row.slice(0, -1).map(Math.fround);
      const [got, exact] = [value('f32', ...args), value('f64', ...args)];
      return { args, got, exact, error: ulps(got, exact) };
    }).filter(r => !(r.error <= 1));
    expect(worst).toEqual([]);
  });
  it('what has a formula of its own in float32 on wasm stays within 4 units in the last place', () => {
    expect(Object.entries(stated).filter(([, { single }]) => !(single <= 4)).map(([name]) => name)).toEqual([]);
  });
  it('P and Q are complements, where neither is small; so are the two tails of the beta distribution', () => {
    for (const a of [0.2, 1, 3, 14.9, 15.1, 800, 25_000]) {
      for (const z of [-1, -0.1, 0, 0.1, 1, 2]) {
        const x = Math.max(0.01, a + z * Math.sqrt(a));
        expect(Math.abs(at(igammaP, order(0), [a, x]) + at(igammacP, {}, [a, x]) - 1)).toBeLessThan(1e-15);
      }
    }
    for (const [a, b] of [[0.3, 0.7], [2, 5], [14, 20], [400, 900]] as const) {
      for (const x of [0.125, 0.25, 0.3125, 0.5, 0.875]) {
        expect(Math.abs(at(betaincP, orders(0, 0), [a, b, x]) + at(betaincP, orders(0, 0), [b, a, 1 - x]) - 1)).toBeLessThan(2e-14);
      }
    }
  });
  it('are the same on both sides of each seam between two methods', () => {
    const step = (f: (x: number) => number, x: number): number => Math.abs(f(x * (1 + 2e-16)) / f(x * (1 - 2e-16)) - 1);
    for (const x of [1, 6, -1]) expect(step(y => at(erfcP, {}, [y]), x)).toBeLessThan(1e-13);
    for (const x of [1e-3, 0.5, 3, 10, -0.5, -10.5]) expect(step(y => at(lgammaP, {}, [y]), x)).toBeLessThan(1e-14);
    for (const x of [2, 10, -0.75]) expect(step(y => at(digammaP, {}, [y]), x)).toBeLessThan(1e-14);
    for (const x of [8, 8 - 1e-12]) for (const p of [besselI0eP, besselI1eP]) expect(step(y => at(p, {}, [y]), x)).toBeLessThan(1e-15);
    for (const a of [15, 20_000]) for (const z of [0.8, 0.9, 1.1]) expect(step(y => at(igammaP, order(0), [y, z * a]), a)).toBeLessThan(1e-11);
    for (const b of [1, 15]) expect(step(y => at(betaincP, orders(0, 0), [20, y, 0.7]), b)).toBeLessThan(1e-13);
  });
});

/** Values at single points, as JAX 0.10 has them unless it says otherwise. */
const expectValues = (record: Primitive, points: readonly (readonly number[])[]): void => {
  for (const row of points) expect(at(record, {}, row.slice(0, -1)), `${record.name}(${row.slice(0, -1).join(', ')})`).toBe(row.at(-1));
};
describe('ends, poles and branch points', () => {
  it('circular functions', () => {
    expect(on(tanP, 'f64', [0, -0, inf, -inf, NaN])).toEqual([0, -0, NaN, NaN, NaN]);
    expect(on(asinP, 'f64', [0, -0, 1, -1, 1.0000000001, -2, inf, NaN])).toEqual([0, -0, Math.PI / 2, -Math.PI / 2, NaN, NaN, NaN, NaN]);
    expect(on(acosP, 'f64', [1, -1, 2, -1.5, NaN])).toEqual([0, Math.PI, NaN, NaN, NaN]);
    expect(on(atanP, 'f64', [inf, -inf, -0, NaN])).toEqual([Math.PI / 2, -Math.PI / 2, -0, NaN]);
    expectValues(atan2P, [
      [0, 0, 0], [-0, 0, -0], [0, -0, Math.PI], [-0, -0, -Math.PI], [1, 0, Math.PI / 2], [inf, inf, Math.PI / 4], [inf, -inf, 3 * Math.PI / 4], [-1, inf, -0],
      [1, -inf, Math.PI], [NaN, 1, NaN], [1, NaN, NaN],
    ]);
    expect([0, -0, 1, -3, 1e300, inf, -inf, NaN].map(x => at(sincP, order(0), [x]) + 0)).toEqual([1, 1, 0, 0, 0, 0, 0, NaN]);
    expect([1, 3, 5].map(n => at(sincP, order(n), [0]) + 0)).toEqual([0, 0, 0]);
  });
  it('hyperbolic functions and roots', () => {
    expect(on(sinhP, 'f64', [0, -0, 1000, -1000, inf, NaN])).toEqual([0, -0, inf, -inf, inf, NaN]);
    expect(on(coshP, 'f64', [0, 1000, -1000, -inf, NaN])).toEqual([1, inf, inf, inf, NaN]);
    expect(on(asinhP, 'f64', [0, -0, inf, -inf, NaN])).toEqual([0, -0, inf, -inf, NaN]);
    expect(on(acoshP, 'f64', [1, 0.999, -5, inf, NaN])).toEqual([0, NaN, NaN, inf, NaN]);
    expect(on(atanhP, 'f64', [0, -0, 1, -1, 1.5, NaN])).toEqual([0, -0, inf, -inf, NaN, NaN]);
    expect(on(cbrtP, 'f64', [0, -0, 8, -27, inf, -inf, NaN])).toEqual([0, -0, 2, -3, inf, -inf, NaN]);
  });
  it('logarithms times something', () => {
    expectValues(xlogyP, [[0, 0, 0], [0, -2, 0], [0, inf, 0], [0, NaN, NaN], [NaN, 1, NaN], [1, 0, -inf], [-1, 0, inf], [2, -1, NaN], [1, inf, inf]]);
    expectValues(xlog1pyP, [[0, -1, 0], [0, -2, 0], [0, inf, 0], [0, NaN, NaN], [NaN, 1, NaN], [1, -1, -inf], [2, -1.5, NaN]]);
  });
  it('the error function\'s complement', () => {
    expect(on(erfcP, 'f64', [0, -0, inf, -inf, 28, 1000, -1000, NaN])).toEqual([1, 1, 0, 2, 0, 0, 2, NaN]);
    // Below the least normal number, and above 0.
    expect(at(erfcP, {}, [27])).toBeGreaterThan(5.2e-319);
    expect(at(erfcP, {}, [27])).toBeLessThan(5.3e-319);
  });
  it('the gamma function and what follows from it', () => {
    expect(on(lgammaP, 'f64', [0, -0, -1, -2, -1e10, inf, -inf, 1e308, NaN])).toEqual([inf, inf, inf, inf, inf, inf, inf, inf, NaN]);
    expect(on(lgammaP, 'f64', [1, 2]).map(x => x + 0)).toEqual([0, 0]);
    expect(on(digammaP, 'f64', [0, -0, -1, -2, -1e10, inf, -inf, NaN])).toEqual([NaN, NaN, NaN, NaN, NaN, inf, NaN, NaN]);
    // JAX has NaN at Infinity, where both tend to 0.
    expect([0, -1, -7, inf, NaN].map(x => at(polygammaP, order(1), [x]))).toEqual([inf, inf, inf, 0, NaN]);
    expect([0, -1, -7, inf, NaN].map(x => at(polygammaP, order(2), [x]) + 0)).toEqual([NaN, NaN, NaN, 0, NaN]);
    expect(at(polygammaP, order(1), [-inf])).toBeNaN();
  });
  it('zeta', () => {
    const zeta = (s: number, q: number): number => at(zetaP, order(0), [s, q]);
    expect([zeta(1, 2), zeta(0.5, 2), zeta(-1, 2), zeta(NaN, 1), zeta(2, NaN)]).toEqual([inf, NaN, NaN, NaN, NaN]);
    expect([zeta(2, 0), zeta(3, 0), zeta(2, -1), zeta(3, -1), zeta(2.5, -1), zeta(2.5, -1.5)]).toEqual([inf, NaN, inf, NaN, NaN, NaN]);
    // The limits, where JAX has NaN.
    expect([zeta(2, inf), zeta(inf, 2), zeta(inf, 1), zeta(inf, 0.5)]).toEqual([0, 0, 1, inf]);
    expect([zeta(1e300, 40), zeta(1e300, 0.5), zeta(2, 1e300)]).toEqual([0, inf, 1e-300]);
    expect(at(zetaP, order(2), [1e300, 3e38])).toBe(0);
  });
  it('incomplete gamma functions', () => {
    // [a, x, P, Q]; JAX has NaN instead of the limits at (0, 0.5) and (Infinity, 1).
    const points: readonly (readonly [a: number, x: number, P: number, Q: number])[] = [
      [0, 0, NaN, NaN], [0, 1, 1, 0], [0, 0.5, 1, 0], [1, 0, 0, 1], [1, inf, 1, 0], [inf, 1, 0, 1], [inf, inf, 1, 0], [-1, 1, NaN, NaN], [1, -1, NaN, NaN],
      [0.5, 0, 0, 1], [0, inf, 1, 0], [NaN, 1, NaN, NaN], [1, NaN, NaN, NaN], [inf, 0, 0, 1], [1e300, 1e305, 1, 0], [1e300, 1, 0, 1], [3, 1e300, 1, 0],
    ];
    for (const [a, x, P, Q] of points) expect([at(igammaP, order(0), [a, x]), at(igammacP, {}, [a, x])], `(${a}, ${x})`).toEqual([P, Q]);
    expect([at(igammaP, order(1), [2, 0]), at(igammaP, order(1), [2, inf]), at(igammaP, order(1), [inf, 2]), at(igammaP, order(1), [-1, 2])]).toEqual([0, 0, 0, NaN]);
    const density = (a: number, x: number): number => at(gammaDensityP, { order: 0, shift: 0 }, [a, x]);
    expect([density(1, 0), density(2, 0), density(0.5, 0), density(0, 1), density(2, inf), density(-1, 1), density(1, -1)]).toEqual([1, 0, inf, 0, 0, NaN, NaN]);
  });
  it('the incomplete beta function', () => {
    const points: readonly (readonly [a: number, b: number, x: number, value: number])[] = [
      [0, 1, 0.5, 1], [0, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0.5, 0], [1, 0, 0, 0], [1, 0, 1, 1], [0, 0, 0.5, NaN], [inf, 1, 0.5, 0], [1, inf, 0.5, 1], [inf, 1, 1, 1],
      [1, inf, 0, 0], [inf, inf, 0.5, NaN], [-1, 1, 0.5, NaN], [1, -1, 0.5, NaN], [1, 1, -0.1, NaN], [1, 1, 1.1, NaN], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, NaN, NaN],
      [NaN, 1, 0.5, NaN], [0, inf, 0.5, 1], [inf, 0, 0.5, 0], [inf, 0, 1, 1], [1, 1, 0.25, 0.25], [1e300, 1, 0.5, 0],
    ];
    for (const [a, b, x, value] of points) expect(at(betaincP, orders(0, 0), [a, b, x]), `(${a}, ${b}, ${x})`).toBe(value);
    const density = (a: number, b: number, x: number): number => at(betaDensityP, without, [a, b, x]);
    expect([density(1, 3, 0), density(2, 3, 0), density(2, 1, 1), density(3, 2, 1), density(0.5, 3, 0), density(3, 0.5, 1), density(1, 1, 2)].map(v => Math.round(1e12 * v) / 1e12))
      .toEqual([3, 0, 2, 0, inf, inf, NaN]);
  });
  it('Bessel functions', () => {
    expect(on(besselI0eP, 'f64', [0, -0, inf, -inf, NaN])).toEqual([1, 1, 0, 0, NaN]);
    expect(on(besselI1eP, 'f64', [0, -0, inf, -inf, NaN])).toEqual([0, -0, 0, -0, NaN]);
    expect([0, inf, -inf, NaN].map(x => at(besselIeP, order(2), [x]))).toEqual([0, 0, 0, NaN]);
  });
  it('parameters that are no orders are refused', () => {
    const f64 = { shape: [2], dtype: 'f64' } as const;
    expect(() => polygammaP.type([f64], order(0))).toThrow('polygamma: order is 0, not an integer from 1 on');
    expect(() => besselIeP.type([f64], order(1.5))).toThrow('besselIe: order is 1.5, not an integer from 2 on');
    expect(() => zetaP.type([f64, { shape: [3], dtype: 'f64' }], order(0))).toThrow('zeta: shapes differ, f64[2] vs f64[3]; primitives do not broadcast (use np)');
    expect(() => igammaP.type([{ shape: [], dtype: 'i32' }, { shape: [], dtype: 'i32' }], order(0))).toThrow('igamma: takes float dtypes, got i32[] (use astype)');
  });
});
