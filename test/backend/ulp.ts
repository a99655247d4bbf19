// How far a float32 result is from the exact value, in units in the last place, and functions on whole arrays on each rung.
import v8 from 'node:v8';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { bestRung, WasmBackend } from '../../src/backend/wasm/backend.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { noParams } from '../../src/primitive/define.ts';
import { complementaryErrorFunction, errorFunction, inverseErrorFunction } from '../../src/primitive/errorFunction.ts';
import { logisticOf } from '../../src/primitive/exponential.ts';
import { powerOf } from '../../src/primitive/power.ts';
import { xlog1pyOf, xlogyOf } from '../../src/primitive/xlogy.ts';
import { bind, stage } from '../../src/trace/scope.ts';

/** The functions that have polynomials, in float64, each right to a few of its own units in the last place. */
export const exactly: { readonly [name: string]: (x: number, y: number) => number } = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tanh: Math.tanh, logistic: logisticOf,
  erf: errorFunction, erfc: complementaryErrorFunction, erfinv: inverseErrorFunction, pow: powerOf, rem: (x, y) => x % y, cbrt: Math.cbrt,
  tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: Math.atan2, xlogy: xlogyOf, xlog1py: xlog1pyOf,
  sinh: Math.sinh, cosh: Math.cosh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
};

/** One backend for each rung of this machine. */
export function rungs(): readonly WasmBackend[] {
  // Node 20 has the fused instructions behind a flag.
  if (bestRung().name === 'simd') v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  const plain = new WasmBackend({ rung: { name: 'simd', fma: false } });
  return bestRung().name === 'simd' ? [plain] : [plain, new WasmBackend()];
}

/** A primitive of float32 vectors of `n` elements, compiled alone. */
export function compiled(backend: WasmBackend, p: Primitive, operands: number, n: number): (...xs: readonly Float32Array[]) => Float32Array {
  const a = aval([n], 'f32');
  const executable = backend.compile(stage(p.name, Array.from({ length: operands }, () => a), xs => bind(p, xs, noParams)).jaxpr);
  return (...xs) => {
    const inputs = xs.map(x => backend.upload(x, a));
    const [out] = executable.run(inputs, inputs.map(() => false));
    if (out === undefined) throw new Error(`${p.name} has no result`);
    const data = backend.downloadSync(out, a);
    for (const b of [...inputs, out]) backend.release(b);
    if (!(data instanceof Float32Array)) throw new Error(`${p.name} gives no float32`);
    return data;
  };
}

type Precision = 'f32' | 'f64';
/** The least normal number, the digits behind the first, and the greatest number. */
const formats = { f32: { least: 2 ** -126, digits: 23, greatest: 3.4028234663852886e38 }, f64: { least: 2 ** -1022, digits: 52, greatest: Number.MAX_VALUE } } as const;
const bits = new DataView(new ArrayBuffer(8));
/** The distance of neighbours at x. */
function spacing(x: number, { least, digits }: (typeof formats)[Precision]): number {
  if (Math.abs(x) < least) return least * 2 ** -digits;
  bits.setFloat64(0, x);
  return 2 ** (((bits.getUint32(0) >>> 20) & 2047) - 1023 - digits);
}
/**
 * Units in the last place between a result and the exact value; Infinity where a special value is missed: NaN, infinities, zeros and their
 * signs. A subnormal result may be zero, of the same sign. Of float64 the exact value is itself a float64: half a unit is not seen.
 */
export function ulps(got: number, exact: number, precision: Precision = 'f32'): number {
  const format = formats[precision];
  const { least, digits, greatest } = format;
  const rounded = precision === 'f32' ? Math.fround(exact) : exact;
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
