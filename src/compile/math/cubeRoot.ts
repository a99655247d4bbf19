// cbrt of float32. Floor 5. The bound is measured by test/backend/math.test.ts, on every rung.
import { signBit } from './exponential.ts';
import type { Words } from './words.ts';

/** The cube root on [1, 8): a polynomial start that is right to three digits, and one step of Halley's iteration. */
export function cubeRoot<V>(l: Words<V>, m: V): V {
  const y = l.polynomial(m, [-4.3209147406741977e-4, 9.583656676113605e-3, -8.37741419672966e-2, 0.44919171929359436, 0.6272957921028137]);
  const cube = l.mul(l.mul(y, y), y);
  return l.sub(y, l.div(l.mul(y, l.sub(cube, m)), l.add(l.add(cube, cube), m)));
}
/** cbrt, at most 1 ulp. */
export function cbrt<V>(l: Words<V>, x: V): V {
  const a = l.abs(x);
  const tiny = l.lt(a, l.float(1.1754943508222875e-38));
  const normal = l.select(tiny, l.mul(a, l.float(2 ** 24)), a);
  const k = l.isub(l.shiftRight(normal, 23), l.int(127));
  // floor(k / 3): the products of these small integers with 1/3 are never so wrong that they cross an integer.
  const third = l.toInt(l.floor(l.mul(l.add(l.toFloat(k), l.float(0.5)), l.float(1 / 3))));
  const rest = l.isub(k, l.iadd(third, l.iadd(third, third)));
  // The mantissa with the exponent that is left, in [1, 8).
  const m = l.or(l.and(normal, l.int(0x007fffff)), l.shiftLeft(l.iadd(rest, l.int(127)), 23));
  const root = cubeRoot(l, m);
  const exponent = l.isub(third, l.and(tiny, l.int(8)));
  const scaled = l.or(l.mul(root, l.shiftLeft(l.iadd(exponent, l.int(127)), 23)), signBit(l, x));
  const finite = l.and(l.gt(a, l.float(0)), l.lt(a, l.float(Infinity)));
  return l.select(finite, scaled, x);
}
