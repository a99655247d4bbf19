// How a concrete tensor is shown: NumPy's layout with an `f32[2,3]` prefix, columns aligned, long axes elided, long rows wrapped.
// Floor 1: knows host arrays and avals only.
import { isFloat, type DType, type HostArray } from '../dtype/dtype.ts';
import { showAval, sizeOf, type Aval } from '../ir/aval.ts';
import { shortest, showElement, special } from '../ir/decimal.ts';

/** Above this many elements, axes longer than twice `edge` show only their ends. */
const threshold = 1000;
const edge = 3;
const lineWidth = 100;
/** At most this many digits behind the point. */
const precision = 8;

export function formatTensor(data: HostArray, a: Aval): string {
  const prefix = `${showAval(a)} `;
  // A scalar has room for all its digits.
  if (a.shape.length === 0) return prefix + showElement(data[0] ?? NaN, a.dtype).replace(/\.0$/, '.');
  const elide = sizeOf(a.shape) > threshold;
  const shown: number[] = [];
  const visit = (axis: number, offset: number, stride: number): void => {
    if (axis === a.shape.length) { shown.push(data[offset] ?? NaN); return; }
    const n = a.shape[axis] ?? 0;
    const inner = n === 0 ? 0 : stride / n;
    for (const i of indices(n, elide)) if (i !== null) visit(axis + 1, offset + i * inner, inner);
  };
  visit(0, 0, sizeOf(a.shape));
  const texts = columns(shown, a.dtype);
  let next = 0;
  const layout = (axis: number, indent: number): string => {
    if (axis === a.shape.length) return texts[next++] ?? '';
    const items = indices(a.shape[axis] ?? 0, elide).map(i => i === null ? '...' : layout(axis + 1, indent + 1));
    if (axis === a.shape.length - 1) return `[${wrapped(items, indent + 1)}]`;
    // A blank line more for each axis that ends.
    return `[${items.join(`,${'\n'.repeat(a.shape.length - 1 - axis)}${' '.repeat(indent + 1)}`)}]`;
  };
  return prefix + layout(0, prefix.length);
}

/** The indices that are shown, null for those left out. */
function indices(n: number, elide: boolean): (number | null)[] {
  const first = (k: number, from = 0): number[] => Array.from({ length: k }, (_, i) => from + i);
  return !elide || n <= 2 * edge ? first(n) : [...first(edge), null, ...first(edge, n - edge)];
}

/** One row, in lines no longer than the width, continued under its first element. */
function wrapped(items: readonly string[], indent: number): string {
  let text = '';
  let column = indent;
  items.forEach((item, i) => {
    const piece = i === items.length - 1 ? item : `${item},`;
    if (i > 0 && column + 1 + piece.length > lineWidth) {
      text += `\n${' '.repeat(indent)}`;
      column = indent;
    } else if (i > 0) {
      text += ' ';
      column++;
    }
    text += piece;
    column += piece.length;
  });
  return text;
}

/** The elements as texts of one width, decimal points under one another. */
function columns(values: readonly number[], dtype: DType): readonly string[] {
  const texts = !isFloat(dtype) ? values.map(v => showElement(v, dtype)) : isScientific(values) ? scientific(values, dtype) : decimal(values, dtype);
  const width = Math.max(0, ...texts.map(t => t.length));
  return texts.map(t => t.padStart(width));
}

function isScientific(values: readonly number[]): boolean {
  const sizes = values.filter(v => Number.isFinite(v) && v !== 0).map(Math.abs);
  if (sizes.length === 0) return false;
  const [most, least] = [Math.max(...sizes), Math.min(...sizes)];
  return most >= 1e8 || least < 1e-4;
}

function decimal(values: readonly number[], dtype: DType): readonly string[] {
  const texts = values.map(v => special(v) ?? pointed(v, shortest(v, dtype).toFixed(precision).replace(/0+$/, '')));
  const fraction = Math.max(0, ...texts.map(fractionLength));
  // Special values stand to the right.
  return texts.map(t => t.includes('.') ? t + ' '.repeat(fraction - fractionLength(t)) : t);
}
const fractionLength = (t: string): number => t.includes('.') ? t.length - t.indexOf('.') - 1 : 0;
const pointed = (v: number, text: string): string => Object.is(v, -0) ? '-0.' : text;

function scientific(values: readonly number[], dtype: DType): readonly string[] {
  const parts = values.map(v => {
    const name = special(v);
    if (name !== null) return { name, mantissa: '', exponent: '' };
    const [mantissa = '', exponent = ''] = shortest(v, dtype).toExponential().split('e');
    const digits = Math.min(precision, fractionLength(mantissa));
    const [rounded = '', power = ''] = digits < fractionLength(mantissa) ? v.toExponential(digits).split('e') : [mantissa, exponent];
    return { name: null, mantissa: Object.is(v, -0) ? `-${rounded}` : rounded, exponent: power };
  });
  const fraction = Math.max(1, ...parts.map(p => fractionLength(p.mantissa)));
  return parts.map(({ name, mantissa, exponent }) => {
    if (name !== null) return name;
    const whole = mantissa.includes('.') ? mantissa : `${mantissa}.`;
    return `${whole}${'0'.repeat(fraction - fractionLength(whole))}e${exponent.startsWith('-') ? '-' : '+'}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
  });
}
