// atan, atan2, asin, acos of float32: the inverses of the circular functions. Floor 5. Minimax polynomials; the bounds are
// measured by test/backend/math.test.ts, on every rung.
import { signBit } from './exponential.ts';
import { floatBits, type Words } from './words.ts';

/** pi / 2 and pi in two parts. */
const halfPi = [1.5707963705062866, -4.3711390001862426e-8] as const;
const wholePi = [3.1415927410125732, -8.742278000372485e-8] as const;
/** part - x, where `part` has two parts. */
const complement = <V>(l: Words<V>, [high, low]: readonly [number, number], x: V): V => l.add(l.float(high), l.kept(l.sub(l.float(low), x)));

/** atan on [0, 1]. */
function atanOfFraction<V>(l: Words<V>, t: V): V {
  const z = l.mul(t, t);
  const p = l.polynomial(z, [
    0.0029197228141129017, -0.01636413298547268, 0.043205857276916504, -0.07551723718643188, 0.10665785521268845, -0.14211003482341766,
    0.19993767142295837, -0.3333315315253258,
  ]);
  return l.fma(l.mul(t, z), p, t);
}
/** atan, at most 2 ulp: the complement of the reciprocal's beyond 1. */
export function atan<V>(l: Words<V>, x: V): V {
  const a = l.abs(x);
  const beyond = l.gt(a, l.float(1));
  const r = atanOfFraction(l, l.select(beyond, l.div(l.float(1), a), a));
  return l.or(l.select(beyond, complement(l, halfPi, r), r), signBit(l, x));
}
/** atan2(y, x), at most 2 ulp; signs of zeros and infinities count as IEEE 754 says. */
export function atan2<V>(l: Words<V>, y: V, x: V): V {
  const [a, b] = [l.abs(y), l.abs(x)];
  const steep = l.gt(a, b);
  const [small, large] = [l.select(steep, b, a), l.select(steep, a, b)];
  // Two infinities are as long as each other, and so are two zeros, whose angle is 0.
  const t = l.select(l.eq(a, b), l.and(l.gt(a, l.float(0)), l.float(1)), l.div(small, large));
  const r = atanOfFraction(l, t);
  const inQuarter = l.select(steep, complement(l, halfPi, r), r);
  const angle = l.select(l.shiftRight(x, 31), complement(l, wholePi, inQuarter), inQuarter);
  return l.or(angle, signBit(l, y));
}

/** (whether |x| > 1/2, y): asin |x| is y, or there pi / 2 - 2 y with y = asin(sqrt((1 - |x|) / 2)). NaN outside [-1, 1]. */
function asinParts<V>(l: Words<V>, x: V): readonly [V, V] {
  const a = l.abs(x);
  const half = l.float(0.5);
  const beyond = l.gt(a, half);
  const z = l.select(beyond, l.mul(l.sub(l.float(1), a), half), l.mul(a, a));
  const s = l.select(beyond, l.sqrt(z), a);
  const p = l.polynomial(z, [0.041714441031217575, 0.02447602152824402, 0.04540148749947548, 0.07495956867933273, 0.16666731238365173]);
  return [beyond, l.fma(l.mul(s, z), p, s)];
}
/** asin, at most 3 ulp. */
export function asin<V>(l: Words<V>, x: V): V {
  const [beyond, y] = asinParts(l, x);
  return l.or(l.select(beyond, complement(l, halfPi, l.add(y, y)), y), signBit(l, x));
}
/** acos, at most 2 ulp. */
export function acos<V>(l: Words<V>, x: V): V {
  const [beyond, y] = asinParts(l, x);
  const twice = l.add(y, y);
  const outer = l.select(l.shiftRight(x, 31), complement(l, wholePi, twice), twice);
  return l.select(beyond, outer, complement(l, halfPi, l.xor(y, l.and(x, l.int(floatBits(-0))))));
}
