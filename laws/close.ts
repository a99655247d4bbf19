// When two results count as equal: to the bit, or up to rounding. Approximate equality is not transitive, so these are `Close`, not `Eq`.
// Knows host arrays only.
import { sameShape, showAval } from '../src/ir/aval.ts';
import type { NDArray } from '../src/ir/primitive.ts';
import { elementOf } from './array.ts';

/** Where two values part, in words; null where they agree. */
export type Close<A> = (left: A, right: A) => string | null;

const typesDiffer = (x: NDArray, y: NDArray): string | null =>
  x.dtype === y.dtype && sameShape(x.shape, y.shape) && x.data.length === y.data.length ? null : `${showAval(x)} against ${showAval(y)}`;

function elementwise(agree: (a: number, b: number, i: number) => boolean): Close<NDArray> {
  return (x, y) => {
    const differ = typesDiffer(x, y);
    if (differ !== null) return differ;
    for (let i = 0; i < x.data.length; i++) {
      const a = elementOf(x, i);
      const b = elementOf(y, i);
      if (!agree(a, b, i)) return `element ${i}: ${a} against ${b}`;
    }
    return null;
  };
}

/** Equal to the bit, except that all NaNs are one. */
export const identical: Close<NDArray> = elementwise((a, b) => Object.is(a, b));
/** Equal as numbers: -0 is 0, NaN is NaN. */
export const equal: Close<NDArray> = elementwise((a, b) => a === b || (a !== a && b !== b));
/**
 * Equal up to rounding: relative to the elements themselves, and to a thousandth of that relative to `magnitude`, the size of the numbers
 * from which they were computed (a sum that cancels keeps the error of its terms). Integers and bools are equal or not.
 */
export function upTo(relative: number, magnitude: number): Close<NDArray> {
  const floor = 1e-3 * relative * magnitude;
  const near = elementwise((a, b) => a === b || (a !== a && b !== b) || (Number.isFinite(a - b) && Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b)) + floor));
  return (x, y) => (x.data instanceof Float64Array || x.data instanceof Float32Array ? near : equal)(x, y);
}
/** Lists that agree element by element. Null stands for "no tangent" and agrees with itself. */
export const each = (close: Close<NDArray>): Close<readonly (NDArray | null)[]> => (xs, ys) => {
  if (xs.length !== ys.length) return `${xs.length} results against ${ys.length}`;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i] ?? null;
    const y = ys[i] ?? null;
    const differ = x === null || y === null ? (x === y ? null : `${x === null ? 'none' : showAval(x)} against ${y === null ? 'none' : showAval(y)}`) : close(x, y);
    if (differ !== null) return xs.length === 1 ? differ : `result ${i}, ${differ}`;
  }
  return null;
};
