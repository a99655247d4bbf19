// How a concrete tensor is shown: NumPy's layout with an `f32[2,3]` prefix, long axes elided.
// Floor 1: knows host arrays and avals only.
import { isFloat, type HostArray } from '../dtype/dtype.ts';
import { showAval, sizeOf, type Aval } from '../ir/aval.ts';

/** Above this many elements axes longer than twice `edge` show only their ends. */
const threshold = 1000;
const edge = 3;
/** Significant decimal digits that a dtype is worth. */
const digits: { readonly [D in Aval['dtype']]: number } = { f32: 8, f64: 16, f16: 4, i32: 10, u32: 10, u8: 3, i8: 3, bool: 1 };

export function formatTensor(data: HostArray, a: Aval): string {
  const prefix = `${showAval(a)} `;
  const elide = sizeOf(a.shape) > threshold;
  const shown: number[] = [];
  const visit = (axis: number, offset: number, stride: number): void => {
    if (axis === a.shape.length) { shown.push(data[offset] ?? NaN); return; }
    const n = a.shape[axis] ?? 0;
    const inner = n === 0 ? 0 : stride / n;
    for (const i of indices(n, elide)) if (i !== null) visit(axis + 1, offset + i * inner, inner);
  };
  visit(0, 0, sizeOf(a.shape));
  const texts = columns(shown, a);
  let next = 0;
  const layout = (axis: number, indent: number): string => {
    if (axis === a.shape.length) return texts[next++] ?? '';
    const last = axis === a.shape.length - 1;
    const items = indices(a.shape[axis] ?? 0, elide).map(i => i === null ? '...' : layout(axis + 1, indent + 1));
    const separator = last ? ', ' : `,${'\n'.repeat(a.shape.length - 1 - axis)}${' '.repeat(indent + 1)}`;
    return `[${items.join(separator)}]`;
  };
  return prefix + layout(0, prefix.length);
}

function indices(n: number, elide: boolean): (number | null)[] {
  if (!elide || n <= 2 * edge) return Array.from({ length: n }, (_, i) => i);
  return [...Array.from({ length: edge }, (_, i) => i), null, ...Array.from({ length: edge }, (_, i) => n - edge + i)];
}

function columns(values: readonly number[], a: Aval): string[] {
  if (a.dtype === 'bool') return pad(values.map(v => v !== 0 ? 'true' : 'false'));
  if (!isFloat(a.dtype)) return pad(values.map(v => String(v)));
  const precision = Math.min(digits[a.dtype], 8);
  const finite = values.filter(v => Number.isFinite(v) && v !== 0).map(Math.abs);
  const most = Math.max(0, ...finite);
  const least = Math.min(Infinity, ...finite);
  const scientific = most >= 1e8 || (least < 1e-4 && least !== Infinity) || (least !== Infinity && most / least > 1e3 && least < 1e-3);
  const plain = values.map(v => special(v) ?? (scientific ? trimExponent(v.toExponential(precision - 1)) : shortest(v, precision, a)));
  // Decimal points line up: fractions are padded to the longest one.
  if (scientific) return pad(plain);
  const fraction = Math.max(...plain.map(t => (t.split('.')[1] ?? '').length), 0);
  return pad(plain.map(t => t.includes('.') ? t + ' '.repeat(fraction - (t.split('.')[1] ?? '').length) : t));
}
const special = (v: number): string | null => Number.isNaN(v) ? 'nan' : v === Infinity ? 'inf' : v === -Infinity ? '-inf' : null;
function shortest(v: number, precision: number, a: Aval): string {
  const text = a.dtype === 'f64' ? String(Number(v.toPrecision(precision))) : String(Number(v.toPrecision(Math.min(precision, 8))));
  const signed = Object.is(v, -0) ? '-0' : text;
  return signed.includes('.') || signed.includes('e') ? signed : `${signed}.`;
}
const trimExponent = (t: string): string => t.replace(/\.?0+e/, 'e').replace(/^(-?\d+)e/, '$1.e');
function pad(texts: readonly string[]): string[] {
  const width = Math.max(0, ...texts.map(t => t.length));
  return texts.map(t => t.padStart(width));
}
