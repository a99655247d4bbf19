// Conversions between the lanes of any two dtypes. Floor 5. Floats become integers by truncation, saturate, and NaN becomes 0; integers
// wrap; everything but 0 is true; what becomes a float is rounded once.
import { dtypeInfo, type DType } from '../../dtype/dtype.ts';
import { roundHalf } from '../math/half.ts';
import { floatBits } from '../math/words.ts';
import { demoteToHalf } from './half.ts';
import type { Lanes, Value, Vector } from './lanes.ts';
import { narrow, wide, WideLanes } from './wide.ts';

/** Brings a lane that an instruction computed back into its dtype: f16 is rounded, narrow integers wrap. */
export function settled(l: Lanes, d: DType, x: Value): Value {
  switch (d) {
    case 'f16': return roundHalf(l, narrow(x));
    case 'u8': return l.and(narrow(x), l.int(255));
    case 'i8': return l.shiftRight(l.shiftLeft(narrow(x), 24), 24);
    case 'f32': case 'f64': case 'i32': case 'u32': case 'bool': return x;
    default: return d satisfies never;
  }
}

/** Integer lanes, saturated to the bounds of a narrow dtype. */
function bounded(l: Lanes, x: Vector, d: DType): Vector {
  const { bytes, min, max } = dtypeInfo[d];
  return bytes === 1 ? l.imin(l.imax(x, l.int(min)), l.int(max)) : x;
}
function fromInteger(l: Lanes, x: Vector, from: DType, to: DType): Value {
  const signed = from !== 'u32';
  switch (to) {
    case 'f32': return l.toFloat(x, signed);
    case 'f16': return roundHalf(l, l.toFloat(x, signed));
    case 'f64': return new WideLanes(l).fromInt(x, signed);
    case 'bool': return l.ine(x, l.int(0));
    case 'i32': case 'u32': case 'i8': case 'u8': return settled(l, to, x);
    default: return to satisfies never;
  }
}
function fromFloat(l: Lanes, x: Vector, to: DType): Value {
  switch (to) {
    case 'f32': return x;
    case 'f16': return roundHalf(l, x);
    case 'f64': return new WideLanes(l).promote(x);
    case 'bool': return l.ne(x, l.float(0));
    case 'i32': case 'u32': case 'i8': case 'u8': return bounded(l, l.toInt(x, to !== 'u32'), to);
    default: return to satisfies never;
  }
}
function fromDouble(l: Lanes, x: Value, to: DType): Value {
  const w = new WideLanes(l);
  switch (to) {
    case 'f64': return x;
    case 'f32': return w.demote(wide(x));
    case 'f16': return demoteToHalf(l, wide(x));
    case 'bool': return w.ne(wide(x), w.constant(0));
    case 'i32': case 'u32': case 'i8': case 'u8': return bounded(l, w.toInt(wide(x), to !== 'u32'), to);
    default: return to satisfies never;
  }
}
/** The values in another dtype. */
export function convert(l: Lanes, x: Value, from: DType, to: DType): Value {
  if (from === to) return x;
  switch (from) {
    case 'f64': return fromDouble(l, x, to);
    case 'f32': case 'f16': return from === 'f16' && to === 'f32' ? x : fromFloat(l, narrow(x), to);
    case 'bool': return to === 'f32' || to === 'f16' ? l.and(narrow(x), l.int(floatBits(1))) : fromInteger(l, l.and(narrow(x), l.int(1)), 'i32', to);
    case 'i32': case 'u32': case 'i8': case 'u8': return fromInteger(l, narrow(x), from, to);
    default: return from satisfies never;
  }
}
