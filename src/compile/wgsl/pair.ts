// Numbers as unevaluated sums of two float32, about 48 bits: what float64 lanes are to the other emitter. Dekker's and Knuth's exact sums and
// products (T. J. Dekker, "A floating-point technique for extending the available precision", 1971), in which no step may be simplified or fused.
// Floor 5.
import type { Words } from '../math/words.ts';

export interface Pair<V> { readonly high: V; readonly low: V }

/** a + b exactly, for |a| >= |b|. */
export function quickSum<V>(l: Words<V>, a: V, b: V): Pair<V> {
  const high = l.kept(l.add(a, b));
  return { high, low: l.sub(b, l.kept(l.sub(high, a))) };
}
/** a + b exactly. */
export function exactSum<V>(l: Words<V>, a: V, b: V): Pair<V> {
  const high = l.kept(l.add(a, b));
  const part = l.kept(l.sub(high, a));
  return { high, low: l.add(l.kept(l.sub(a, l.kept(l.sub(high, part)))), l.kept(l.sub(b, part))) };
}
/** The first 12 bits, and the rest: products of such halves are exact. */
function halves<V>(l: Words<V>, a: V): readonly [V, V] {
  const first = l.and(a, l.int(-4096));
  return [first, l.sub(a, first)];
}
/** a * b exactly, where neither overflows nor underflows. */
export function exactProduct<V>(l: Words<V>, a: V, b: V): Pair<V> {
  const high = l.kept(l.mul(a, b));
  const [[a1, a2], [b1, b2]] = [halves(l, a), halves(l, b)];
  const first = l.kept(l.sub(l.mul(a1, b1), high));
  return { high, low: l.add(l.kept(l.add(l.kept(l.add(first, l.mul(a1, b2))), l.mul(a2, b1))), l.mul(a2, b2)) };
}
export function addPairs<V>(l: Words<V>, a: Pair<V>, b: Pair<V>): Pair<V> {
  const sum = exactSum(l, a.high, b.high);
  return quickSum(l, sum.high, l.add(sum.low, l.add(a.low, b.low)));
}
export function timesPair<V>(l: Words<V>, a: V, b: Pair<V>): Pair<V> {
  const product = exactProduct(l, a, b.high);
  return quickSum(l, product.high, l.add(product.low, l.mul(a, b.low)));
}
export function mulPairs<V>(l: Words<V>, a: Pair<V>, b: Pair<V>): Pair<V> {
  const product = exactProduct(l, a.high, b.high);
  return quickSum(l, product.high, l.add(product.low, l.add(l.mul(a.high, b.low), l.mul(a.low, b.high))));
}
/** A number known to float64 precision. */
export function constantPair<V>(l: Words<V>, x: number): Pair<V> {
  const high = Math.fround(x);
  return { high: l.float(high), low: l.float(x - high) };
}
