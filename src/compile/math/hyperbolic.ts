// sinh, cosh, asinh, acosh, atanh of float32, by way of expm1 and log1p. Floor 5. The bounds are measured by
// test/backend/math.test.ts, on every rung.
import { expm1Quarter, log1p, signBit } from './exponential.ts';
import type { Words } from './words.ts';

/** Beyond it both are infinite. */
const end = 89.5;
/** sinh, at most 3 ulp: (e + e / (e + 1)) / 2 with e = expm1 |x|, of which a quarter overflows later than the result. */
export function sinh<V>(l: Words<V>, x: V): V {
  const [q, power] = expm1Quarter(l, l.pmin(l.abs(x), l.float(end)));
  const quarter = l.fma(power, q, l.sub(power, l.float(0.25)));
  const twice = l.add(quarter, quarter);
  return l.or(l.add(twice, l.div(quarter, l.add(twice, l.float(0.5)))), signBit(l, x));
}
/** cosh, at most 2 ulp: (e + 1 / e) / 2 with e = exp |x|. */
export function cosh<V>(l: Words<V>, x: V): V {
  const [q, power] = expm1Quarter(l, l.pmin(l.abs(x), l.float(end)));
  const quarter = l.fma(power, q, power);
  return l.add(l.add(quarter, quarter), l.div(l.float(0.125), quarter));
}

/** From here on the square of a number swallows 1. */
const large = 2 ** 28;
/** log1p(u), and log(2 u) where `beyond`. */
const logOf = <V>(l: Words<V>, beyond: V, u: V): V => l.add(log1p(l, u), l.and(beyond, l.float(Math.LN2)));
/** asinh, at most 2 ulp: log(|x| + sqrt(x^2 + 1)), written without cancellation. */
export function asinh<V>(l: Words<V>, x: V): V {
  const [a, one] = [l.abs(x), l.float(1)];
  const beyond = l.ge(a, l.float(large));
  const square = l.mul(a, a);
  const u = l.add(a, l.div(square, l.add(one, l.sqrt(l.add(square, one)))));
  return l.or(logOf(l, beyond, l.select(beyond, a, u)), signBit(l, x));
}
/** acosh, at most 3 ulp: log(x + sqrt(x^2 - 1)); NaN below 1. */
export function acosh<V>(l: Words<V>, x: V): V {
  const beyond = l.ge(x, l.float(large));
  const t = l.sub(x, l.float(1));
  const u = l.add(t, l.sqrt(l.mul(t, l.add(t, l.float(2)))));
  return l.or(logOf(l, beyond, l.select(beyond, x, u)), l.lt(t, l.float(0)));
}
/** atanh, at most 3 ulp: log1p(2 |x| / (1 - |x|)) / 2; infinite at -1 and 1, NaN outside. */
export function atanh<V>(l: Words<V>, x: V): V {
  const a = l.abs(x);
  const y = log1p(l, l.div(l.add(a, a), l.sub(l.float(1), a)));
  return l.or(l.mul(y, l.float(0.5)), signBit(l, x));
}
