// nextAfter and reducePrecision: arithmetic on the bits of float lanes. Floor 5. Exact, subnormal numbers included.
import type { DType } from '../../dtype/dtype.ts';
import { floatBits, type Lanes, type Value, type Vector, type Wide } from './lanes.ts';
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
/** Away from zero. */
const outwards = (l: Lanes, a: Vector, b: Vector): Vector => l.not(l.xor(l.lt(a, b), l.gt(a, l.float(0))));
/** Zeros go to `least` with the sign of `b`, equal operands to `b`, NaN stays. */
function ends(l: Lanes, a: Vector, b: Vector, next: Vector, least: Vector): Vector {
  const sign = l.int(floatBits(-0));
  const fromZero = l.select(l.eq(a, l.float(0)), l.or(least, l.and(b, sign)), next);
  const unequal = l.select(l.eq(a, b), b, fromZero);
  return l.select(l.or(l.ne(a, a), l.ne(b, b)), l.float(NaN), unequal);
}
function nextFloat(l: Lanes, a: Vector, b: Vector): Vector {
  // Bits without their sign count the numbers from zero on.
  return ends(l, a, b, l.select(outwards(l, a, b), l.iadd(a, l.int(1)), l.isub(a, l.int(1))), l.int(1));
}
function nextHalf(l: Lanes, a: Vector, b: Vector): Vector {
  const away = outwards(l, a, b);
  const size = l.abs(a);
  // A half is every 2^13th float32, but 2^-24 apart below 2^-14, from where inwards they are subnormal.
  const step = l.int(2 ** 13);
  const normal = l.select(away, l.iadd(size, step), l.isub(size, step));
  const least = l.float(2 ** -24);
  const subnormal = l.select(away, l.add(size, least), l.sub(size, least));
  const bound = l.float(2 ** -14);
  const isSmall = l.or(l.lt(size, bound), l.andNot(l.eq(size, bound), away));
  const next = l.select(l.eq(size, l.float(Infinity)), l.float(65504), l.select(isSmall, subnormal, normal));
  return ends(l, a, b, l.or(next, l.and(a, l.int(floatBits(-0)))), least);
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
  const own = { f16: [5, 10], f32: [8, 23], f64: [11, 52] } as const;
  const [exponents, digits] = dtype === 'f16' || dtype === 'f64' ? own[dtype] : own.f32;
  const bias = exponentBits < exponents ? 2 ** (exponentBits - 1) - 1 : null;
  if (dtype === 'f64') return reduceDouble(l, wide(x), mantissaBits < digits ? mantissaBits : null, bias);
  const a = narrow(x);
  let y = mantissaBits < digits ? roundedBits(l, a, 23 - mantissaBits) : a;
  if (dtype === 'f16' && mantissaBits < digits) {
    // Below 2^-14 the digits of a half stand still: rounding is to multiples of one number, which adding a large one does.
    const large = l.float(2 ** (23 - 14 - mantissaBits));
    const size = l.abs(a);
    const small = l.or(l.sub(l.add(size, large), large), l.and(a, l.int(floatBits(-0))));
    y = l.select(l.lt(size, l.float(2 ** -14)), small, y);
  }
  if (bias !== null) {
    const sign = l.and(y, l.int(floatBits(-0)));
    const size = l.abs(y);
    y = l.select(l.ge(size, l.float(2 ** (bias + 1))), l.or(sign, l.float(Infinity)), l.select(l.lt(size, l.float(2 ** (1 - bias))), sign, y));
  }
  return l.select(l.lt(l.abs(a), l.float(Infinity)), y, a);
}
/** Without the last `dropped` bits: half of their range is added, less one where the last bit that stays is 0. */
function roundedBits(l: Lanes, a: Vector, dropped: number): Vector {
  const last = l.and(l.shiftRight(a, dropped, false), l.int(1));
  return l.and(l.iadd(a, l.iadd(last, l.int(2 ** (dropped - 1) - 1))), l.int(-(2 ** dropped)));
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
