// Two partial results of a reduction as one. Floor 5.
import { isFloat, type DType } from '../../dtype/dtype.ts';
import type { Monoid } from '../kernel.ts';
import type { Lanes, Value } from './lanes.ts';
import { narrow, wide, WideLanes } from './wide.ts';

/** Two partial results as one: neither rounded to half nor wrapped to a byte before the end. */
export function combine(l: Lanes, monoid: Monoid, dtype: DType, x: Value, y: Value): Value {
  if (dtype === 'f64') {
    const w = new WideLanes(l);
    const [a, b] = [wide(x), wide(y)];
    switch (monoid) {
      case 'add': return w.add(a, b);
      case 'mul': return w.mul(a, b);
      case 'max': return w.max(a, b);
      case 'min': return w.min(a, b);
      default: return monoid satisfies never;
    }
  }
  const [a, b] = [narrow(x), narrow(y)];
  if (dtype === 'bool') return monoid === 'max' ? l.or(a, b) : l.and(a, b);
  const float = isFloat(dtype);
  switch (monoid) {
    case 'add': return float ? l.add(a, b) : l.iadd(a, b);
    case 'mul': return float ? l.mul(a, b) : l.imul(a, b);
    case 'max': return float ? l.max(a, b) : l.imax(a, b, dtype !== 'u32');
    case 'min': return float ? l.min(a, b) : l.imin(a, b, dtype !== 'u32');
    default: return monoid satisfies never;
  }
}
