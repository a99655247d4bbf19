// Every dtype in the lanes of kernels, against the reference: integers, bools, float64 and special values to the bit, float16 to half a
// unit of its own or the bound of the function; reductions along and across rows; programs of mixed dtypes, whose cuts change no bit.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { bestRung } from '../../src/backend/wasm/backend.ts';
import { targetOf } from '../../src/backend/wasm/program.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { hasVector } from '../../src/compile/wasm/scalar.ts';
import { allocate, dtypeInfo, dtypes, isFloat, isInt, roundTo, type DType } from '../../src/dtype/dtype.ts';
import { sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Params, Primitive, ScalarOp } from '../../src/ir/primitive.ts';
import { reducePrecisionP } from '../../src/primitive/bits.ts';
import { reduceSumP } from '../../src/primitive/broadcast.ts';
import { bitcastP, convertP } from '../../src/primitive/convert.ts';
import { primitives } from '../../src/primitive/index.ts';
import { integerPowP } from '../../src/primitive/power.ts';
import { reduceMaxP, reduceMinP, reduceProdP } from '../../src/primitive/reduce.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { committed } from './hostEquations.ts';
import { mixedProgram } from './mixedPrograms.ts';
import { expectSameBytes, garbage, runPoisoned } from './poisoned.ts';
import { Dice } from './randomPrograms.ts';
import { boundOf, rungs } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backends = rungs();

const specials = [0, -0, 1, -1, NaN, Infinity, -Infinity, 0.5, -0.5, 1.5, 2.5, 3, 7, 8, 31, 32, 33, 127, -128, 255, 256, 65504, 65519, 65520, -65536, 6e-8, -3e-8, 2 ** -14, 2 ** -15, 2147483647, -2147483648, 4294967295, 1e10, -1e10, 1e-7, 3.3333];

/** All pairs of special values, then random ones of every size. */
function values(a: Aval, dice: Dice, position: number, kind: 'any' | 'moderate'): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  const { min, max } = dtypeInfo[a.dtype];
  for (let i = 0; i < data.length; i++) {
    const pair = position === 0 ? i % specials.length : Math.floor(i / specials.length) % specials.length;
    const random = (dice.below(20_001) - 10_000) / dice.pick([1, 10, 1000, 5000], 1);
    const x = kind === 'any' && i < specials.length ** 2 ? specials[pair] ?? 0 : kind === 'any' && isInt(a.dtype) ? min + dice.below(2 ** 20) * ((max - min) / (2 ** 20 - 1)) : random / (kind === 'moderate' ? 2000 : 1);
    // Saturated, so that the extremes are met.
    data[i] = isFloat(a.dtype) ? roundTo(a.dtype, x) : roundTo(a.dtype, Math.round(Math.min(Math.max(x || 0, min), max)));
  }
  return { ...a, data };
}
const digits: { readonly [D in DType]: number } = { f16: 2 ** -10, f32: 2 ** -23, f64: 2 ** -52, i32: 0, u32: 0, i8: 0, u8: 0, bool: 0 };
const leastOf: { readonly [D in DType]: number } = { f16: 2 ** -14, f32: 2 ** -126, f64: 2 ** -1022, i32: 0, u32: 0, i8: 0, u8: 0, bool: 0 };

/** Equal to the bit, or within `ulp` units in the last place of the dtype; zeros and infinities where rounding may go either way. */
function expectClose(got: readonly NDArray[], want: readonly NDArray[], ulp: number, what: () => string): void {
  got.forEach((g, k) => {
    const w = want[k] ?? expect.fail('a result is missing');
    for (let i = 0; i < g.data.length; i++) {
      const [a, b] = [g.data[i] ?? 0, w.data[i] ?? 0];
      if (Object.is(a, b) || (a === b && ulp > 0)) continue;
      const finite = Number.isFinite(a) && Number.isFinite(b);
      const unit = digits[g.dtype] * Math.max(Math.abs(a), Math.abs(b), leastOf[g.dtype]);
      const flushed = g.dtype === 'f32' && Math.abs(b) < leastOf.f32 && Math.abs(a) < leastOf.f32;
      // The last numbers before infinity and infinity are neighbours.
      const oneInfinite = Number.isFinite(a) ? Math.abs(b) === Infinity : Math.abs(a) === Infinity && Number.isFinite(b);
      const brim = ulp > 0 && oneInfinite && Math.min(Math.abs(a), Math.abs(b)) >= dtypeInfo[g.dtype].max * (1 - 4 * digits[g.dtype]) && Math.sign(a) === Math.sign(b);
      if (!(finite && Math.abs(a - b) <= ulp * unit) && !flushed && !brim) expect.fail(`${g.dtype} result ${k}, element ${i}: wasm ${a}, reference ${b}\n${what()}`);
    }
  });
}
/** The params to ask of an instruction on operands of this dtype: several, one, or none where it does not take the dtype. */
function paramsOf(p: Primitive, d: DType): readonly Params[] {
  if (p.name === convertP.name) return dtypes.map(dtype => ({ dtype }));
  if (p.name === bitcastP.name) return dtypes.map(dtype => ({ dtype }));
  if (p.name === integerPowP.name) return (isFloat(d) ? [-3, -1, 0, 1, 2, 3, 5] : [0, 1, 2, 3, 7]).map(exponent => ({ exponent }));
  if (p.name === reducePrecisionP.name) return [[5, 10], [8, 7], [8, 23], [11, 30], [4, 3], [2, 0], [8, 0], [5, 2], [11, 52], [1, 1]].map(([exponentBits = 8, mantissaBits = 0]) => ({ exponentBits, mantissaBits }));
  return [{}];
}
/** Rounding to the dtype is all the error there is. */
const correctlyRounded: ReadonlySet<ScalarOp> = new Set<ScalarOp>(['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'sqrt', 'isFinite', 'add', 'sub', 'mul', 'div', 'rem', 'max', 'min', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'select', 'clamp', 'convert', 'bitcast', 'nextAfter', 'reducePrecision']);

describe.each(backends.map(b => [b.rung.name, b] as const))('on rung %s', (_rung, backend) => {
  const scalars = primitives.flatMap((p: Primitive) => p.lowering.kind === 'scalar' ? [[p.name, p, p.lowering.op] as const] : []);
  it.each(scalars)('%s on every dtype', (name, p, op) => {
    const asked = new Set<DType>();
    for (const d of dtypes) {
      for (const params of paramsOf(p, d)) {
        const shape = [specials.length ** 2 + 203];
        for (const arity of name === 'select' || name === 'clamp' ? [3] : [1, 2]) {
          const avals = Array.from({ length: arity }, (_, i): Aval => ({ shape, dtype: name === 'select' && i === 0 ? 'bool' : d }));
          let jaxpr: Jaxpr;
          try { jaxpr = stage(name, avals, xs => bind(p, xs, params)).jaxpr; } catch { continue; }
          if (!jaxpr.eqns.every(e => targetOf(bestRung()).fusible(e))) continue;
          asked.add(d);
          const dice = new Dice(seed + asked.size);
          const inputs = avals.map((a, i) => values(a, dice, i, 'any'));
          const to = jaxpr.outputs[0]?.aval.dtype ?? d;
          // What the host computes is what the reference computes. Powers by squaring lose a unit a product.
          const power = op === 'integerPow' ? 6 : 0;
          const ulp = !isFloat(to) || correctlyRounded.has(op) ? 0 : d === 'f64' ? power + (hasVector(op, 'f64') ? boundOf(name, 'f64') : 0) : d === 'f16' ? Math.max(1, power / 2) : Math.max(1, p.ulp);
          expectClose(runPoisoned(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), ulp, () => `seed ${seed}\n${printJaxpr(jaxpr)}`);
        }
      }
    }
    // What has no lanes is in host-equations.json.
    const refused = committed().equations[name] ?? [];
    for (const d of dtypes) if (refused.includes(d)) expect(asked, name).not.toContain(d);
    if (refused.length === 0) expect(asked.size, name).toBeGreaterThan(0);
  });

  const shapes: readonly (readonly [shape: readonly number[], axes: readonly number[]])[] = [
    [[1], [0]], [[3], [0]], [[16], [0]], [[67], [0]], [[4099], [0]], [[5, 7], [1]], [[5, 7], [0]], [[9, 33], [0]], [[17, 4], [0]], [[6, 5, 8], [1]], [[6, 5, 8], [0, 2]], [[2, 3], []], [[0, 3], [0]], [[3, 0], [0]], [[300, 5], [0]], [[4096], [0]], [[8197], [0]], [[2, 4111], [1]], [[8, 3], [0]], [[7, 16], [0]], [[15, 5], [0]], [[3, 16, 5], [1]],
  ];
  it.each(([reduceSumP, reduceProdP, reduceMaxP, reduceMinP]).map(p => [p.name, p] as const))('%s on every dtype', (name, p) => {
    for (const d of dtypes) {
      for (const [shape, axes] of shapes) {
        let jaxpr: Jaxpr;
        try { jaxpr = stage(name, [{ shape, dtype: d }], xs => bind(p, xs, { axes })).jaxpr; } catch { continue; }
        const dice = new Dice(seed + sizeOf(shape));
        const extremum = p === reduceMaxP || p === reduceMinP;
        const operand = values({ shape, dtype: d }, dice, 0, extremum && sizeOf(shape) < 20 ? 'any' : isFloat(d) ? 'moderate' : 'any');
        // Of products only numbers near one stay in range.
        if (p === reduceProdP && isFloat(d)) for (let i = 0; i < operand.data.length; i++) operand.data[i] = roundTo(d, 1 + 0.3 * Math.sin(i * i + seed));
        const wide = evaluateJaxpr(jaxpr, [operand], 'wide');
        const want = evaluateJaxpr(jaxpr, [operand]);
        const got = runPoisoned(backend, jaxpr, [operand]);
        // The order of additions differs: an error for each, relative to the sum of magnitudes, in float32 or float64; then one rounding.
        const magnitude = isFloat(d) ? Array.from(operand.data).reduce((sum, x) => sum + Math.abs(x), 0) : 0;
        expect(got.map(g => g.shape)).toEqual(want.map(w => w.shape));
        got.forEach((g, k) => Array.from(g.data).forEach((a, i) => {
          const [b, c] = [want[k]?.data[i] ?? 0, wide[k]?.data[i] ?? 0];
          const inside = p === reduceSumP ? (d === 'f64' ? 2 ** -50 : 2 ** -22) * magnitude : p === reduceProdP ? Math.abs(c) * sizeOf(shape) * (d === 'f64' ? 2 ** -50 : 2 ** -22) : 0;
          const rounding = d === 'f16' ? digits.f16 * Math.max(Math.abs(c), leastOf.f16) : 0;
          if (!Object.is(a, b) && !(isFloat(d) && !extremum && Math.abs(a - c) <= inside + rounding) && !(a === 0 && b === 0)) expect.fail(`seed ${seed}: ${name} of ${d}[${shape.join()}] over ${axes.join()}, element ${i}: wasm ${a}, reference ${b}, exact ${c}`);
        }));
      }
    }
  });

  it('a NaN anywhere in a row or a column is its extremum, and in no other', () => {
    for (const d of ['f32', 'f64', 'f16'] as const) {
      const a: Aval = { shape: [68, 67], dtype: d };
      const data = allocate(d, 68 * 67);
      for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / 67) === i % 67 ? NaN : i % 11 - 5;
      const { jaxpr } = stage('extrema', [a], xs => [reduceMaxP, reduceMinP].flatMap(p => [0, 1].flatMap(axis => bind(p, xs, { axes: [axis] }))));
      const all = runPoisoned(backend, jaxpr, [{ ...a, data }]);
      // The last row has none.
      all.forEach((y, k) => y.data.forEach((v: number, i: number) => expect(Number.isNaN(v), `${d}, result ${k}, element ${i}: ${v}`).toBe(k % 2 === 0 || i < 67)));
    }
  });
  it('float16 sums are rounded once', () => {
    // 4096 + 1 is no half, and rounding after each addition would stay there.
    const shape = [1001];
    const jaxpr = stage('sum', [{ shape, dtype: 'f16' }], xs => bind(reduceSumP, xs, { axes: [0] })).jaxpr;
    const data = new Float32Array(1001).fill(1);
    data[0] = 4096;
    expect(runPoisoned(backend, jaxpr, [{ shape, dtype: 'f16', data }])[0]?.data[0]).toBe(roundTo('f16', 5096));
  });

  it('random programs of mixed dtypes equal the reference, and no cut changes a bit', () => {
    for (let k = 0; k < 60; k++) {
      const { jaxpr, inputs } = mixedProgram(seed + k);
      const what = (): string => `seed ${seed + k}\n${printJaxpr(jaxpr)}`;
      const plain = runPoisoned(backend, jaxpr, inputs);
      expectClose(plain, evaluateJaxpr(jaxpr, inputs), 1, what);
      const dice = new Dice(seed + k);
      const cut: Cut = j => j.eqns.flatMap(e => e.outputs.filter(() => dice.below(3) === 0));
      expectSameBytes(runPoisoned(backend, jaxpr, inputs, cut, garbage[1 + k % 2]), plain, what);
    }
  });
});
