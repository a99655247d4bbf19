// The vocabulary in which elementary functions of float32 are written once and emitted by every backend: arithmetic on 32 bit words that
// are floats, integers or masks as the operation reads them. Floor 5: knows no instructions; what a value V is, the emitter says.

export interface Words<V> {
  float(x: number): V;
  int(n: number): V;

  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  /** a < b ? b : a, so `a` where either is NaN. */
  pmax(a: V, b: V): V;
  /** b < a ? b : a, so `a` where either is NaN. */
  pmin(a: V, b: V): V;
  abs(a: V): V;
  neg(a: V): V;
  sqrt(a: V): V;
  floor(a: V): V;
  trunc(a: V): V;
  nearest(a: V): V;
  /** a * b + c, fused or rounded twice. */
  fma(a: V, b: V, c: V): V;
  /** The value as it was rounded: no optimiser may look through it and simplify (a + b) - b. */
  kept(a: V): V;
  /** Horner's rule; coefficients from the highest power down. */
  polynomial(x: V, coefficients: readonly number[]): V;

  // Comparisons of floats give masks: all bits or none.
  eq(a: V, b: V): V;
  ne(a: V, b: V): V;
  lt(a: V, b: V): V;
  gt(a: V, b: V): V;
  le(a: V, b: V): V;
  ge(a: V, b: V): V;

  iadd(a: V, b: V): V;
  isub(a: V, b: V): V;
  shiftLeft(a: V, by: number): V;
  shiftRight(a: V, by: number, signed?: boolean): V;
  /** Truncates. */
  toInt(a: V): V;
  toFloat(a: V): V;

  not(a: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** a & ~b */
  andNot(a: V, b: V): V;
  /** `a` where the mask is set, `b` elsewhere. */
  select(mask: V, a: V, b: V): V;
  /** What is rarely needed: computed only where the mask is set. */
  rarely(mask: V, usual: V, rare: () => V): V;
}

const view = new DataView(new ArrayBuffer(4));
/** The bits of a float32. */
export function floatBits(x: number): number { view.setFloat32(0, x, true); return view.getInt32(0, true); }
