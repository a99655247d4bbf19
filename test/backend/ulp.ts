// How far a result is from the exact value, in units in the last place; the bounds of functions; functions on whole arrays on each rung.
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { bestRung, WasmBackend } from '../../src/backend/wasm/backend.ts';
import { roundTo, type Float } from '../../src/dtype/dtype.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { noParams } from '../../src/primitive/define.ts';
import { scaledBessel0, scaledBessel1 } from '../../src/primitive/besselFunction.ts';
import { complementaryErrorFunction, errorFunction, inverseErrorFunction } from '../../src/primitive/errorFunction.ts';
import { logisticOf } from '../../src/primitive/exponential.ts';
import { digammaOf, logGamma } from '../../src/primitive/gammaFunction.ts';
import { powerOf } from '../../src/primitive/power.ts';
import { atan2Of } from '../../src/primitive/trigonometric.ts';
import { xlog1pyOf, xlogyOf } from '../../src/primitive/xlogy.ts';
import { bind, stage } from '../../src/trace/scope.ts';

export type Precision = 'f32' | 'f64';
/** The functions that have polynomials, in float64, each right to a few of its own units in the last place. */
export const exactly: { readonly [name: string]: (x: number, y: number) => number } = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tanh: Math.tanh, logistic: logisticOf,
  erf: errorFunction, erfc: complementaryErrorFunction, erfinv: inverseErrorFunction, pow: powerOf, rem: (x, y) => x % y, cbrt: Math.cbrt,
  tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: atan2Of, xlogy: xlogyOf, xlog1py: xlog1pyOf,
  lgamma: logGamma, digamma: digammaOf, besselI0e: scaledBessel0, besselI1e: scaledBessel1, sinh: Math.sinh, cosh: Math.cosh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
};

interface Bound {
  /** Units in the last place of float32: what every float32 was measured to stay within, rounded up. */
  readonly single: number;
  /** Of float64, against the exact value: measured with 64 digits and more on millions of arguments, rounded up. */
  readonly double?: number;
  /** How far off the reference is itself in float64; 1 where it asks the engine. */
  readonly reference?: number;
  /** Where the function is interesting. */
  readonly grid: readonly [lo: number, hi: number];
  readonly thresholds: readonly number[];
}
/** The bounds of the functions that have formulas of their own on wasm. */
export const stated: { readonly [name: string]: Bound } = {
  exp: { single: 2, double: 1, grid: [-104, 89], thresholds: [-126 * Math.LN2, -103.97, 128 * Math.LN2] },
  expm1: { single: 2, double: 2, grid: [-18, 2], thresholds: [-17.4, 128 * Math.LN2, 0.5 * Math.LN2, -0.5 * Math.LN2] },
  log: { single: 1, double: 1, grid: [0, 4], thresholds: [2 ** -126, 1, Math.SQRT1_2, Math.SQRT2, 3.4e38] },
  log1p: { single: 2, double: 2, grid: [-1, 4], thresholds: [-1, Math.SQRT1_2 - 1, Math.SQRT2 - 1, 2 ** 24, 2 ** 127, 3.4e38] },
  sin: { single: 2, double: 1, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI, 1e4 * Math.PI, 2 ** 30, 1e37] },
  cos: { single: 2, double: 1, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI / 2, 1e4 * Math.PI, 2 ** 30, 1e37] },
  tanh: { single: 3, double: 3, grid: [-10, 10], thresholds: [9.01, 10] },
  logistic: { single: 3, double: 3, grid: [-104, 20], thresholds: [-88.72, -87.33, 16.6] },
  erf: { single: 3, double: 2, reference: 4, grid: [-4, 4], thresholds: [3.93, 3.83] },
  erfinv: { single: 4, double: 5, reference: 4, grid: [-1, 1], thresholds: [1, Math.sqrt(1 - Math.exp(-5)), 0.9999] },
  pow: { single: 2, double: 2, grid: [0, 4], thresholds: [1] },
  cbrt: { single: 1, double: 1, grid: [-30, 30], thresholds: [1, 2, 8, 2 ** -126] },
  tan: { single: 4, double: 3, grid: [-40, 40], thresholds: [Math.PI / 4, Math.PI / 2, 1e4 * Math.PI, 2 ** 30, 1e37] },
  asin: { single: 3, double: 3, grid: [-1, 1], thresholds: [0.5, 1] },
  acos: { single: 2, double: 2, grid: [-1, 1], thresholds: [0.5, 1] },
  atan: { single: 2, double: 2, grid: [-4, 4], thresholds: [1, 1e8] },
  atan2: { single: 2, double: 2, grid: [-4, 4], thresholds: [1, 2.5] },
  sinh: { single: 3, double: 3, grid: [-90, 90], thresholds: [129 * Math.LN2, 128 * Math.LN2, 0.5 * Math.LN2] },
  cosh: { single: 2, double: 2, grid: [-90, 90], thresholds: [129 * Math.LN2, 128 * Math.LN2, 0.5 * Math.LN2] },
  asinh: { single: 2, double: 2, grid: [-10, 10], thresholds: [2 ** 28, 1e19, 3.4e38] },
  acosh: { single: 3, double: 3, grid: [0.9, 4], thresholds: [1, 2 ** 28, 1e19, 3.4e38] },
  atanh: { single: 3, double: 2, grid: [-1, 1], thresholds: [1, 0.2] },
  erfc: { single: 3, double: 5, reference: 8, grid: [-4, 10.1], thresholds: [0.25, 9.19, 10.05] },
  xlogy: { single: 2, double: 2, grid: [0, 4], thresholds: [1] },
  xlog1py: { single: 3, double: 2, grid: [-1, 4], thresholds: [1] },
  rem: { single: 0, double: 0, reference: 0, grid: [-50, 50], thresholds: [1, 2.5] },
  lgamma: { single: 4, grid: [-20, 20], thresholds: [1, 2, 3, 10, 2.4570247382208006, 2.747682646727413, 2 ** 23] },
  digamma: { single: 4, grid: [-20, 20], thresholds: [1.4616321449683622, 0.5040830082644554, 1.57349847316239, 1, 2 ** 23] },
  besselI0e: { single: 1, grid: [-20, 20], thresholds: [8] },
  besselI1e: { single: 1, grid: [-20, 20], thresholds: [8] },
};
/** How far a result may be from that of the reference in wide mode. */
export function boundOf(name: string, precision: Precision): number {
  const { single, double, reference = 1 } = stated[name] ?? {};
  const bound = precision === 'f32' ? single : double === undefined ? undefined : double + reference;
  if (bound === undefined) throw new Error(`state a bound for ${name} of ${precision}`);
  return bound;
}

/** One backend for each rung of this machine. */
export function rungs(): readonly WasmBackend[] {
  const plain = new WasmBackend({ rung: { name: 'simd', fma: false } });
  return bestRung().name === 'simd' ? [plain] : [plain, new WasmBackend()];
}

type Floats = Float32Array | Float64Array;
/** A primitive of vectors of `n` elements, compiled alone. */
export function compiled(backend: WasmBackend, p: Primitive, operands: number, n: number, dtype: Precision = 'f32'): (...xs: readonly Floats[]) => Floats {
  const a = aval([n], dtype);
  const executable = backend.compile(stage(p.name, Array.from({ length: operands }, () => a), xs => bind(p, xs, noParams)).jaxpr);
  return (...xs) => {
    const inputs = xs.map(x => backend.upload(x, a));
    const [out] = executable.run(inputs, inputs.map(() => false));
    if (out === undefined) throw new Error(`${p.name} has no result`);
    const data = backend.downloadSync(out, a);
    for (const b of [...inputs, out]) backend.release(b);
    if (data instanceof Float32Array || data instanceof Float64Array) return data;
    throw new Error(`${p.name} gives no floats`);
  };
}

/** The least normal number, the digits behind the first, and the greatest number. */
const formats = { f16: { least: 2 ** -14, digits: 10, greatest: 65504 }, f32: { least: 2 ** -126, digits: 23, greatest: 3.4028234663852886e38 }, f64: { least: 2 ** -1022, digits: 52, greatest: Number.MAX_VALUE } } as const;
const bits = new DataView(new ArrayBuffer(8));
/** The distance of neighbours at x. */
function spacing(x: number, { least, digits }: (typeof formats)[Float]): number {
  if (Math.abs(x) < least) return least * 2 ** -digits;
  bits.setFloat64(0, x);
  return 2 ** (((bits.getUint32(0) >>> 20) & 2047) - 1023 - digits);
}
/**
 * Units in the last place between a result and the exact value; Infinity where a special value is missed: NaN, infinities, zeros and their
 * signs. A subnormal result may be zero, of the same sign. Of float64 the exact value is itself a float64: half a unit is not seen.
 */
export function ulps(got: number, exact: number, precision: Float = 'f32'): number {
  const format = formats[precision];
  const { least, digits, greatest } = format;
  const rounded = roundTo(precision, exact);
  if (Object.is(got, rounded)) return Math.abs(got) === Infinity || got !== got ? 0 : Math.abs(got - exact) / spacing(exact, format);
  if (exact !== exact || got !== got) return Infinity;
  const sameSign = Object.is(got, -0) || got < 0 ? exact < 0 : exact > 0;
  if (Math.abs(exact) < least && got === 0) return sameSign ? 0 : Infinity;
  if (Math.abs(rounded) === Infinity || Math.abs(got) === Infinity) {
    // Next to the greatest number an error of less than a unit may go either way, as long as the exact value is finite: of float64 that is not known.
    const unit = 2 ** -digits;
    const brim = Math.min(Math.abs(exact), Math.abs(got)) > greatest * (1 - 4 * unit) && (precision === 'f64' || Math.abs(exact) < greatest * (1 + unit));
    return brim && sameSign ? 1 : Infinity;
  }
  if (got === 0 || exact === 0) return Infinity;
  return Math.abs(got - exact) / spacing(exact, format);
}
