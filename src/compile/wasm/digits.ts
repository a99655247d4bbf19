// nextAfter and reducePrecision: arithmetic on the bits of float lanes. Floor 5. Exact, subnormal numbers included.
import type { DType } from '../../dtype/dtype.ts';
import { nextFloat, nextHalf, reducePrecision as reduceSingle } from '../math/digits.ts';
import type { Lanes, Value, Vector, Wide } from './lanes.ts';
import { Type } from './module.ts';
import { narrow, wide, WideLanes } from './wide.ts';

/** Words of 64 bits, in the two vectors of float64 lanes. */
const addWords = (l: Lanes, a: Wide, b: Wide): Wide => {
  const half = (x: Vector, y: Vector): Vector => l.f.get(x).get(y).simd(0xce).into(Type.v128);
  return { lo: half(a.lo, b.lo), hi: half(a.hi, b.hi) };
};
const shiftWords = (l: Lanes, a: Wide, by: number): Wide => {
  const half = (x: Vector): Vector => l.f.get(x).i32(by).simd(0xcd).into(Type.v128);
  return { lo: half(a.lo), hi: half(a.hi) };
};
const word = (l: Lanes, n: bigint): Wide => { const lo = l.pair(Number(BigInt.asIntN(32, n)), Number(BigInt.asIntN(32, n >> 32n))); return { lo, hi: lo }; };

/** The next number after `a` towards `b`. */
export function nextAfter(l: Lanes, a: Value, b: Value, dtype: DType): Value {
  if (dtype === 'f64') return nextDouble(l, wide(a), wide(b));
  return dtype === 'f16' ? nextHalf(l, narrow(a), narrow(b)) : nextFloat(l, narrow(a), narrow(b));
}
function nextDouble(l: Lanes, a: Wide, b: Wide): Wide {
  const w = new WideLanes(l);
  const zero = w.constant(0);
  const away = l.not(l.xor(w.lt(a, b), w.gt(a, zero)));
  const next = w.select(away, addWords(l, a, word(l, 1n)), addWords(l, a, word(l, -1n)));
  const fromZero = w.select(w.eq(a, zero), w.or(word(l, 1n), w.and(b, w.constant(-0))), next);
  const unequal = w.select(w.eq(a, b), b, fromZero);
  return w.select(l.or(w.ne(a, a), w.ne(b, b)), w.constant(NaN), unequal);
}

/** Fewer digits, ties to even, and a smaller range: infinite beyond it, a zero of its sign below. */
export function reducePrecision(l: Lanes, x: Value, dtype: DType, exponentBits: number, mantissaBits: number): Value {
  if (dtype !== 'f64') return reduceSingle(l, narrow(x), dtype === 'f16' ? 'f16' : 'f32', exponentBits, mantissaBits);
  return reduceDouble(l, wide(x), mantissaBits < 52 ? mantissaBits : null, exponentBits < 11 ? 2 ** (exponentBits - 1) - 1 : null);
}
function reduceDouble(l: Lanes, x: Wide, mantissaBits: number | null, bias: number | null): Wide {
  const w = new WideLanes(l);
  let y = x;
  if (mantissaBits !== null) {
    const dropped = BigInt(52 - mantissaBits);
    const last = w.and(shiftWords(l, x, 52 - mantissaBits), word(l, 1n));
    const more = addWords(l, last, word(l, (1n << (dropped - 1n)) - 1n));
    y = w.and(addWords(l, x, more), word(l, -(1n << dropped)));
  }
  if (bias !== null) {
    const sign = w.and(y, w.constant(-0));
    const size = w.abs(y);
    y = w.select(w.ge(size, w.constant(2 ** (bias + 1))), w.or(sign, w.constant(Infinity)), w.select(w.lt(size, w.constant(2 ** (1 - bias))), sign, y));
  }
  return w.select(w.lt(w.abs(x), w.constant(Infinity)), y, x);
}
