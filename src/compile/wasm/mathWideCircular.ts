// sin, cos, tan, asin, acos, atan, atan2 on four float64 lanes. The argument of the first three is reduced with a tail after Cody and Waite;
// where that does not reach, the host computes. Kernels and parts of pi from fdlibm (Sun Microsystems, 1993), the inverses by Remez' exchange
// with 45 digits. Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { byHostWide, type ScalarContext } from './host.ts';
import type { Vector, Wide } from './lanes.ts';
import { WideLanes } from './wide.ts';

/** pi / 2 in four parts; the first three have 33 bits, so that their products with integers below 2^20 are exact. */
const halfPiParts = [1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21] as const;
const halfPiTail = 8.47842766036889956997e-32;
/** Below it the quarter turns are fewer than 2^20. */
const reach = 1647099;

/** (a - b rounded, what the rounding lost), whichever is larger: D. Knuth, "The Art of Computer Programming" 2, 4.2.2. */
function difference(w: WideLanes, a: Wide, b: Wide): readonly [high: Wide, low: Wide] {
  const d = w.sub(a, b);
  const back = w.sub(d, a);
  return [d, w.sub(w.sub(a, w.sub(d, back)), w.add(b, back))];
}
/** (r, tail, k): x = r + tail + k pi / 2 with |r| <= pi / 4; k modulo 2^32. */
function quadrant(w: WideLanes, x: Wide): readonly [r: Wide, tail: Wide, k: Vector] {
  // Adding it leaves an integer in the low bits.
  const toInteger = w.constant(6755399441055744);
  const t = w.fma(x, w.constant(2 / Math.PI), toInteger);
  const n = w.sub(t, toInteger);
  const [p0, p1, p2] = halfPiParts;
  const first = w.sub(x, w.mul(n, w.constant(p0)));
  const [second, lost] = difference(w, first, w.mul(n, w.constant(p1)));
  const [third, more] = difference(w, second, w.mul(n, w.constant(p2)));
  const low = w.add(w.add(lost, more), w.mul(n, w.constant(-halfPiTail)));
  const r = w.add(third, low);
  return [r, w.sub(low, w.sub(r, third)), w.low(t)];
}
/** sin(r + tail). */
export function sine(w: WideLanes, r: Wide, tail: Wide, z: Wide): Wide {
  const p = w.polynomial(z, [
    1.58969099521155010221e-10, -2.50507602534068634195e-8, 2.75573137070700676789e-6, -1.98412698298579493134e-4, 8.33333333332248946124e-3,
  ]);
  const cube = w.mul(z, r);
  const half = w.sub(w.mul(tail, w.constant(0.5)), w.mul(cube, p));
  return w.sub(r, w.sub(w.sub(w.mul(z, half), tail), w.mul(cube, w.constant(-1.66666666666666324348e-1))));
}
/** cos(r + tail). */
export function cosine(w: WideLanes, r: Wide, tail: Wide, z: Wide): Wide {
  const p = w.mul(z, w.polynomial(z, [
    -1.13596475577881948265e-11, 2.08757232129817482790e-9, -2.75573143513906633035e-7, 2.48015872894767294178e-5, -1.38888888888741095749e-3,
    4.16666666666666019037e-2,
  ]));
  const [one, h] = [w.constant(1), w.mul(z, w.constant(0.5))];
  const head = w.sub(one, h);
  return w.add(head, w.add(w.sub(w.sub(one, head), h), w.sub(w.mul(z, p), w.mul(r, tail))));
}
type Circular = 'sin' | 'cos' | 'tan';
function circular(c: ScalarContext, op: Circular, x: Wide): Wide {
  const w = new WideLanes(c.lanes);
  const { l } = w;
  const [r, tail, k] = quadrant(w, x);
  const z = w.mul(r, r);
  const [s, t] = [sine(w, r, tail, z), cosine(w, r, tail, z)];
  const turns = op === 'cos' ? l.iadd(k, l.int(1)) : k;
  const odd = w.mask(l.shiftRight(l.shiftLeft(turns, 31), 31));
  // In odd quarters tan is minus the reciprocal.
  const y = op === 'tan' ? w.div(w.choose(odd, w.neg(t), s), w.choose(odd, s, t))
    : w.xor(w.choose(odd, t, s), w.fromWords(l.int(0), l.and(l.shiftLeft(turns, 30), l.int(-2147483648))));
  // Of -0 the reduction makes 0.
  const near = op === 'cos' ? y : w.choose(w.same(x, w.constant(0)), x, y);
  return w.rarely(w.atMost(w.constant(reach), w.abs(x)), near, () => byHostWide(c, op, [x]));
}
/** sin, at most 1 ulp. */
export const sin = (c: ScalarContext, x: Wide): Wide => circular(c, 'sin', x);
/** cos, at most 1 ulp. */
export const cos = (c: ScalarContext, x: Wide): Wide => circular(c, 'cos', x);
/** tan, at most 3 ulp: sin / cos. */
export const tan = (c: ScalarContext, x: Wide): Wide => circular(c, 'tan', x);

/** pi / 2 and pi in two parts. */
const halfPi = [1.5707963267948966, 6.123233995736766e-17] as const;
const wholePi = [3.141592653589793, 1.2246467991473532e-16] as const;
/** part - x, where `part` has two parts. */
const complement = (w: WideLanes, [high, low]: readonly [number, number], x: Wide): Wide => w.add(w.constant(high), w.sub(w.constant(low), x));

/** atan on [0, 1]. */
function atanOfFraction(w: WideLanes, t: Wide): Wide {
  const z = w.mul(t, t);
  const p = w.polynomial(z, [
    1.322497152310425e-5, -1.5215978316409826e-4, 8.313166413949703e-4, -2.884903095073505e-3, 7.19647211124374e-3, -1.3900514428910535e-2,
    2.198480299112824e-2, -2.990381599699828e-2, 3.664188318896207e-2, -4.219177552168827e-2, 4.72232166728171e-2, -5.2535183880553546e-2,
    5.8805277773758276e-2, -6.66640405139889e-2, 7.692279838567277e-2, -9.090907002934207e-2, 0.11111111007023367, -0.14285714282575035,
    0.1999999999995146, -0.3333333333333307,
  ]);
  return w.fma(w.mul(t, z), p, t);
}
/** atan, at most 2 ulp: the complement of the reciprocal's beyond 1. */
export function atan(w: WideLanes, x: Wide): Wide {
  const [a, one] = [w.abs(x), w.constant(1)];
  const beyond = w.less(one, a);
  const r = atanOfFraction(w, w.choose(beyond, w.div(one, a), a));
  return w.or(w.choose(beyond, complement(w, halfPi, r), r), w.signBit(x));
}
/** atan2(y, x), at most 2 ulp; signs of zeros and infinities count as IEEE 754 says. */
export function atan2(w: WideLanes, y: Wide, x: Wide): Wide {
  const [a, b] = [w.abs(y), w.abs(x)];
  const steep = w.less(b, a);
  const [small, large] = [w.choose(steep, b, a), w.choose(steep, a, b)];
  // Two infinities are as long as each other, and so are two zeros, whose angle is 0.
  const t = w.choose(w.same(a, b), w.and(w.less(w.constant(0), a), w.constant(1)), w.div(small, large));
  const r = atanOfFraction(w, t);
  const inQuarter = w.choose(steep, complement(w, halfPi, r), r);
  const angle = w.choose(w.mask(w.l.shiftRight(w.high(x), 31)), complement(w, wholePi, inQuarter), inQuarter);
  return w.or(angle, w.signBit(y));
}

/** (whether |x| > 1/2, y): asin |x| is y, or there pi / 2 - 2 y with y = asin(sqrt((1 - |x|) / 2)). NaN outside [-1, 1]. */
function asinParts(w: WideLanes, x: Wide): readonly [beyond: Wide, y: Wide] {
  const [a, half] = [w.abs(x), w.constant(0.5)];
  const beyond = w.less(half, a);
  const z = w.choose(beyond, w.mul(w.sub(w.constant(1), a), half), w.mul(a, a));
  const s = w.choose(beyond, w.sqrt(z), a);
  const p = w.polynomial(z, [
    3.2677043904054424e-2, -2.107754767384827e-2, 2.1763688400901676e-2, 3.6829593498960214e-3, 1.0786552637635206e-2, 1.1397771378145204e-2,
    1.3980962078954922e-2, 1.7351600032541353e-2, 2.2372215664105424e-2, 3.0381942683459e-2, 4.464285717512474e-2, 7.499999999970257e-2,
    0.16666666666666763,
  ]);
  return [beyond, w.fma(w.mul(s, z), p, s)];
}
/** asin, at most 3 ulp. */
export function asin(w: WideLanes, x: Wide): Wide {
  const [beyond, y] = asinParts(w, x);
  return w.or(w.choose(beyond, complement(w, halfPi, w.add(y, y)), y), w.signBit(x));
}
/** acos, at most 2 ulp. */
export function acos(w: WideLanes, x: Wide): Wide {
  const [beyond, y] = asinParts(w, x);
  const twice = w.add(y, y);
  const outer = w.choose(w.mask(w.l.shiftRight(w.high(x), 31)), complement(w, wholePi, twice), twice);
  return w.choose(beyond, outer, complement(w, halfPi, w.xor(y, w.signBit(x))));
}
