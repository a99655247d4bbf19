// Values as text for the reports of laws. Knows host arrays only.
import type { NDArray } from '../src/ir/primitive.ts';
import { formatTensor } from '../src/trace/format.ts';

/** One line a value, in the printing of tensors; `none` where there is no tangent. */
export const showList = (xs: readonly (NDArray | null)[]): string => xs.map(showArray).join('\n');
/** Floats keep all their digits where they are few, so that a report can be tried again. */
export function showArray(x: NDArray | null): string {
  if (x === null) return 'none';
  if (x.data.length > 16) return formatTensor(x.data, x);
  return `${x.dtype}[${x.shape.join(',')}] ${nest(Array.from(x.data, v => Object.is(v, -0) ? '-0' : String(v)), x.shape)}`;
}
function nest(values: readonly string[], shape: readonly number[]): string {
  const [n, ...rest] = shape;
  if (n === undefined) return values[0] ?? '';
  const each = n === 0 ? 0 : values.length / n;
  return `[${Array.from({ length: n }, (_, i) => nest(values.slice(i * each, (i + 1) * each), rest)).join(', ')}]`;
}
