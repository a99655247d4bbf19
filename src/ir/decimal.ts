// How a number of a dtype is written: the shortest decimal that rounds back to it. Floor 1: numbers only.
import { isFloat, roundTo, type DType } from '../dtype/dtype.ts';

/** Significant decimal digits after which every value of the dtype is told from its neighbours. */
const enough: { readonly [D in DType]: number } = { f32: 9, f64: 17, f16: 5, i32: 10, u32: 10, u8: 3, i8: 3, bool: 1 };

/** The value with the fewest significant digits that is stored as `x` is. */
export function shortest(x: number, dtype: DType): number {
  // JavaScript's own numbers are double precision, and print so.
  if (!isFloat(dtype) || dtype === 'f64' || !Number.isFinite(x)) return x;
  const stored = roundTo(dtype, x);
  for (let digits = 1; digits < enough[dtype]; digits++) {
    const candidate = Number(stored.toPrecision(digits));
    if (Object.is(roundTo(dtype, candidate), stored)) return candidate;
  }
  return stored;
}

/** `nan`, `inf`, `-inf`; null for finite numbers. */
export const special = (x: number): string | null => Number.isNaN(x) ? 'nan' : x === Infinity ? 'inf' : x === -Infinity ? '-inf' : null;

/** One element as programs print it: `2.0`, `-0.0`, `3`, `true`. */
export function showElement(x: number, dtype: DType): string {
  if (dtype === 'bool') return x === 0 ? 'false' : 'true';
  const text = special(x) ?? (Object.is(x, -0) ? '-0' : String(shortest(x, dtype)));
  return isFloat(dtype) && /^-?\d+$/.test(text) ? `${text}.0` : text;
}
