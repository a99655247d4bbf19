// How far a float32 result is from the exact value, in units in the last place, and functions on whole arrays on each rung.
import v8 from 'node:v8';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { bestRung, WasmBackend } from '../../src/backend/wasm/backend.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { noParams } from '../../src/primitive/define.ts';
import { errorFunction, inverseErrorFunction } from '../../src/primitive/errorFunction.ts';
import { logisticOf } from '../../src/primitive/exponential.ts';
import { powerOf } from '../../src/primitive/power.ts';
import { bind, stage } from '../../src/trace/scope.ts';

/** The functions that have polynomials, in float64, each right to a few of its own units in the last place. */
export const exactly: { readonly [name: string]: (x: number, y: number) => number } = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tanh: Math.tanh, logistic: logisticOf,
  erf: errorFunction, erfinv: inverseErrorFunction, pow: powerOf, rem: (x, y) => x % y,
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

const least = 2 ** -126;
const bits = new DataView(new ArrayBuffer(8));
/** The distance of float32 neighbours at x. */
function spacing(x: number): number {
  if (Math.abs(x) < least) return 2 ** -149;
  bits.setFloat64(0, x);
  return 2 ** (((bits.getUint32(0) >>> 20) & 2047) - 1023 - 23);
}
/**
 * Units in the last place between a float32 result and the exact value; Infinity where a special value is missed: NaN, infinities, zeros
 * and their signs. A subnormal result may be zero, of the same sign.
 */
export function ulps(got: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(got, rounded)) return Math.abs(got) === Infinity || got !== got ? 0 : Math.abs(got - exact) / spacing(exact);
  if (exact !== exact || got !== got) return Infinity;
  if (Math.abs(exact) < least) return exact !== 0 && Math.abs(got) < least && Object.is(Math.sign(got) < 0 || Object.is(got, -0), exact < 0) ? 0 : Infinity;
  if (Math.abs(rounded) === Infinity || Math.abs(got) === Infinity) {
    // Next to the greatest number an error of less than a unit may go either way, as long as the exact value is finite.
    const near = Math.abs(exact) > 3.4028234e38 && Math.abs(exact) < 3.4028240e38 && Math.abs(got) > 3.4028230e38 && Math.sign(got) === Math.sign(exact);
    return near ? 1 : Infinity;
  }
  return Math.abs(got - exact) / spacing(exact);
}
