// Arithmetic on four float64 lanes, which take two vectors: each method emits one instruction for each half.
// Floor 5: beside lanes.ts, for float64 values and for float32 functions that need the range or the digits.
import type { Lanes, Value, Vector, Wide } from './lanes.ts';
import { CotangentError } from '../../error.ts';
import { Type } from './module.ts';

/** The vectors of a value. */
export const partsOf = (v: Value): readonly Vector[] => typeof v === 'number' ? [v] : [v.lo, v.hi];
/** A value of one vector. */
export function narrow(v: Value): Vector {
  if (typeof v === 'number') return v;
  throw new CotangentError('jaxpr', 'wasm: four 32-bit lanes wanted, float64 lanes given');
}
/** A value of two vectors. */
export function wide(v: Value): Wide {
  if (typeof v !== 'number') return v;
  throw new CotangentError('jaxpr', 'wasm: float64 lanes wanted, 32-bit lanes given');
}

/** The value with one of its lanes in the first place. */
export function laneFirst(l: Lanes, value: Value, lane: number): Value {
  if (lane === 0) return value;
  if (typeof value === 'number') return l.shuffle(value, value, [lane, lane, lane, lane]);
  const half = lane < 2 ? value.lo : value.hi;
  const at = 2 * (lane % 2);
  const lo = l.shuffle(half, half, [at, at + 1, at, at + 1]);
  return { lo, hi: lo };
}

export class WideLanes {
  readonly l: Lanes;
  constructor(l: Lanes) { this.l = l; }

  #one(op: number, { lo, hi }: Wide): Wide {
    const { f } = this.l;
    return { lo: f.get(lo).simd(op).into(Type.v128), hi: f.get(hi).simd(op).into(Type.v128) };
  }
  #two(op: number, a: Wide, b: Wide): Wide {
    const { f } = this.l;
    return { lo: f.get(a.lo).get(b.lo).simd(op).into(Type.v128), hi: f.get(a.hi).get(b.hi).simd(op).into(Type.v128) };
  }
  /** All bits of each 64-bit lane or none, as four 32-bit masks. */
  #compare(op: number, a: Wide, b: Wide): Vector { const m = this.#two(op, a, b); return this.low(m); }

  constant(x: number): Wide { const lo = this.l.double(x); return { lo, hi: lo }; }
  add(a: Wide, b: Wide): Wide { return this.#two(0xf0, a, b); }
  sub(a: Wide, b: Wide): Wide { return this.#two(0xf1, a, b); }
  mul(a: Wide, b: Wide): Wide { return this.#two(0xf2, a, b); }
  div(a: Wide, b: Wide): Wide { return this.#two(0xf3, a, b); }
  /** NaN in either operand is NaN. */
  min(a: Wide, b: Wide): Wide { return this.#two(0xf4, a, b); }
  max(a: Wide, b: Wide): Wide { return this.#two(0xf5, a, b); }
  /** b < a ? b : a. */
  pmin(a: Wide, b: Wide): Wide { return this.#two(0xf6, a, b); }
  /** a < b ? b : a. */
  pmax(a: Wide, b: Wide): Wide { return this.#two(0xf7, a, b); }
  abs(a: Wide): Wide { return this.#one(0xec, a); }
  neg(a: Wide): Wide { return this.#one(0xed, a); }
  sqrt(a: Wide): Wide { return this.#one(0xef, a); }
  ceil(a: Wide): Wide { return this.#one(0x74, a); }
  floor(a: Wide): Wide { return this.#one(0x75, a); }
  trunc(a: Wide): Wide { return this.#one(0x7a, a); }
  nearest(a: Wide): Wide { return this.#one(0x94, a); }
  and(a: Wide, b: Wide): Wide { return this.#two(0x4e, a, b); }
  or(a: Wide, b: Wide): Wide { return this.#two(0x50, a, b); }
  xor(a: Wide, b: Wide): Wide { return this.#two(0x51, a, b); }
  /** a & ~b */
  andNot(a: Wide, b: Wide): Wide { return this.#two(0x4f, a, b); }
  /** The number with these words in every lane. */
  words(low: number, high: number): Wide { const lo = this.l.pair(low, high); return { lo, hi: lo }; }
  signBit(a: Wide): Wide { return this.and(a, this.constant(-0)); }
  /** The first 21 binary digits: products of two such numbers are exact. */
  head(a: Wide): Wide { return this.and(a, this.words(0, -1)); }
  /** a * b + c: fused where the rung has it, else rounded twice. Only inside one equation's own formula. */
  fma(a: Wide, b: Wide, c: Wide): Wide {
    if (!this.l.rung.fma) return this.add(this.mul(a, b), c);
    const { f } = this.l;
    return { lo: f.get(a.lo).get(b.lo).get(c.lo).simd(0x107).into(Type.v128), hi: f.get(a.hi).get(b.hi).get(c.hi).simd(0x107).into(Type.v128) };
  }
  /** Horner's rule; coefficients from the highest power down. */
  polynomial(x: Wide, coefficients: readonly number[]): Wide {
    const [first = 0, ...rest] = coefficients;
    return rest.reduce((sum, c) => this.fma(sum, x, this.constant(c)), this.constant(first));
  }
  eq(a: Wide, b: Wide): Vector { return this.#compare(0x47, a, b); }
  ne(a: Wide, b: Wide): Vector { return this.#compare(0x48, a, b); }
  lt(a: Wide, b: Wide): Vector { return this.#compare(0x49, a, b); }
  gt(a: Wide, b: Wide): Vector { return this.#compare(0x4a, a, b); }
  le(a: Wide, b: Wide): Vector { return this.#compare(0x4b, a, b); }
  ge(a: Wide, b: Wide): Vector { return this.#compare(0x4c, a, b); }
  // comparisons that stay in 64-bit lanes
  same(a: Wide, b: Wide): Wide { return this.#two(0x47, a, b); }
  differ(a: Wide, b: Wide): Wide { return this.#two(0x48, a, b); }
  less(a: Wide, b: Wide): Wide { return this.#two(0x49, a, b); }
  atMost(a: Wide, b: Wide): Wide { return this.#two(0x4b, a, b); }
  nan(a: Wide): Wide { return this.#two(0x48, a, a); }
  /** `a` where the mask of 64-bit lanes is set, `b` elsewhere. */
  choose(m: Wide, a: Wide, b: Wide): Wide { return { lo: this.l.select(m.lo, a.lo, b.lo), hi: this.l.select(m.hi, a.hi, b.hi) }; }
  /** What is rarely needed: computed where some lane of the mask is set, and taken in these lanes alone, so that neighbours change no bit. */
  rarely(m: Wide, usual: Wide, rare: () => Wide): Wide {
    const { f } = this.l;
    const out = { lo: f.get(usual.lo).into(Type.v128), hi: f.get(usual.hi).into(Type.v128) };
    f.get(m.lo).get(m.hi).simd(0x50).simd(0x53);
    f.if(() => {
      const { lo, hi } = this.choose(m, rare(), usual);
      f.get(lo).set(out.lo).get(hi).set(out.hi);
    });
    return out;
  }
  /** Masks of 32 bits as masks of 64. */
  mask(m: Vector): Wide {
    const { f } = this.l;
    return { lo: f.get(m).simd(0xc7).into(Type.v128), hi: f.get(m).simd(0xc8).into(Type.v128) };
  }
  /** `a` where the mask of 32-bit lanes is set, `b` elsewhere. */
  select(m: Vector, a: Wide, b: Wide): Wide {
    const { lo, hi } = this.mask(m);
    return { lo: this.l.select(lo, a.lo, b.lo), hi: this.l.select(hi, a.hi, b.hi) };
  }

  /** The low words of the four lanes, and the high words. */
  low({ lo, hi }: Wide): Vector { return this.l.shuffle(lo, hi, [0, 2, 4, 6]); }
  high({ lo, hi }: Wide): Vector { return this.l.shuffle(lo, hi, [1, 3, 5, 7]); }
  /** The numbers with these low words and high words. */
  fromWords(low: Vector, high: Vector): Wide { return { lo: this.l.shuffle(low, high, [0, 4, 1, 5]), hi: this.l.shuffle(low, high, [2, 6, 3, 7]) }; }
  /** 2^n for integer lanes -1022 <= n <= 1023. */
  powerOfTwo(n: Vector): Wide { const { l } = this; return this.fromWords(l.int(0), l.shiftLeft(l.iadd(n, l.int(1023)), 20)); }
  #upper(a: Vector): Vector { return this.l.shuffle(a, a, [2, 3, 2, 3]); }
  /** From float32 lanes. */
  promote(a: Vector): Wide {
    const { f } = this.l;
    return { lo: f.get(a).simd(0x5f).into(Type.v128), hi: f.get(this.#upper(a)).simd(0x5f).into(Type.v128) };
  }
  /** To float32 lanes, rounded. */
  demote(a: Wide): Vector { const { lo, hi } = this.#one(0x5e, a); return this.l.shuffle(lo, hi, [0, 1, 4, 5]); }
  fromInt(a: Vector, signed = true): Wide {
    const { f } = this.l;
    const op = signed ? 0xfe : 0xff;
    return { lo: f.get(a).simd(op).into(Type.v128), hi: f.get(this.#upper(a)).simd(op).into(Type.v128) };
  }
  /** Truncates and saturates; NaN gives 0. */
  toInt(a: Wide, signed = true): Vector { const { lo, hi } = this.#one(signed ? 0xfc : 0xfd, a); return this.l.shuffle(lo, hi, [0, 1, 4, 5]); }
  /** The low 32 bits of integral lanes below 2^51 in magnitude: one addition, where `toInt` takes many instructions. */
  lowWord(a: Wide): Vector { return this.low(this.add(a, this.constant(6755399441055744))); }
}
