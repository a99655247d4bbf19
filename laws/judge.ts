// The float64 judge of derivatives: central differences at two steps with Richardson's extrapolation, and what they cannot judge.
// Knows functions of host arrays only: no program, no record, no rule that it judges.
import type { NDArray } from '../src/ir/primitive.ts';
import { arrayOf, elementOf, magnitudeOf, plus } from './array.ts';

/** About ten times the cube root of epsilon: with Richardson's extrapolation truncation is far below rounding, which 1 / step amplifies. */
const step = 2 ** -14;
/** Relative disagreement of the two steps above which a point is a kink, a jump, or too curved, and is not judged. */
const smooth = 1e-4;
/** Relative tolerance of a judged derivative. */
const relative = 1e-7;
/** Rounding of the values in units of epsilon, per step, that a quotient may carry. */
const rounding = 2 ** 9 * 2 ** -52 / step;

/** How many numbers could be judged, and how many there were. */
export interface Share { readonly judged: number; readonly of: number }
export const noShare: Share = { judged: 0, of: 0 };
export const addShares = (a: Share, b: Share): Share => ({ judged: a.judged + b.judged, of: a.of + b.of });

/** What finite differences say of one result: the derivative of each element, whether they can be trusted there, whether it is finite at all. */
export interface Quotient { readonly derivative: Float64Array; readonly trusted: readonly boolean[]; readonly tolerance: Float64Array; readonly finite: readonly boolean[] }

/**
 * Difference quotients of `f` at `x` along `t` (null where an input stands still). `t` should be of the size of max(1, |x|). The
 * quotients at `step` and half of it agree where `f` is smooth; at a kink in x itself central differences agree, and the second
 * difference, which shrinks with the step where `f` is smooth, does not.
 */
export function quotients(f: (x: readonly NDArray[]) => readonly NDArray[], x: readonly NDArray[], t: readonly (NDArray | null)[]): readonly Quotient[] {
  const at = (s: number): readonly NDArray[] => f(x.map((v, i) => { const d = t[i]; return d ? plus(v, s, d) : v; }));
  const here = f(x);
  const [above, below, aboveHalf, belowHalf] = [at(step), at(-step), at(step / 2), at(-step / 2)];
  const size = magnitudeOf(x, here);
  return here.map((y, o) => {
    const n = y.data.length;
    const derivative = new Float64Array(n);
    const tolerance = new Float64Array(n);
    const trusted: boolean[] = [];
    const finite: boolean[] = [];
    for (let i = 0; i < n; i++) {
      const value = elementOf(y, i);
      const [up, down, upHalf, downHalf] = [above, below, aboveHalf, belowHalf].map(r => { const z = r[o]; return z === undefined ? NaN : elementOf(z, i); }) as [number, number, number, number];
      const whole = (up - down) / (2 * step);
      const half = (upHalf - downHalf) / step;
      const noise = rounding * Math.max(size, Math.abs(value));
      const scale = Math.max(Math.abs(whole), Math.abs(half));
      const bend = Math.abs((up - value) - (value - down)) / step;
      const bendHalf = 2 * Math.abs((upHalf - value) - (value - downHalf)) / step;
      derivative[i] = (4 * half - whole) / 3;
      tolerance[i] = noise;
      finite.push(Number.isFinite(value));
      trusted.push(Number.isFinite(value + up + down + upHalf + downHalf) && Math.abs(whole - half) <= smooth * scale + noise
        && (bendHalf <= smooth * scale + 4 * noise || bendHalf < 0.75 * bend));
    }
    return { derivative, trusted, tolerance, finite };
  });
}

/**
 * As `quotients`, where ties and kinks are likely: trusted only where the derivative is linear in the direction, for at a kink that the
 * direction passes along both steps agree. The quotients along each coordinate must add up to that along `t`.
 */
export function linearQuotients(f: (x: readonly NDArray[]) => readonly NDArray[], x: readonly NDArray[], t: readonly (NDArray | null)[]): readonly Quotient[] {
  const whole = quotients(f, x, t);
  const sums = whole.map(q => new Float64Array(q.derivative.length));
  const trusted = whole.map(q => [...q.trusted]);
  t.forEach((d, i) => {
    for (let k = 0; k < (d?.data.length ?? 0); k++) {
      const along = t.map((v, j) => v === null || d === null ? null : arrayOf(v, e => j === i && e === k ? elementOf(d, k) : 0, true));
      quotients(f, x, along).forEach((q, o) => q.derivative.forEach((v, e) => {
        const [sum, ok] = [sums[o], trusted[o]];
        if (sum === undefined || ok === undefined) return;
        sum[e] = (sum[e] ?? 0) + v;
        ok[e] = ok[e] === true && q.trusted[e] === true;
      }));
    }
  });
  return whole.map((q, o) => ({
    ...q, trusted: q.trusted.map((_, e) => {
      const [sum, v] = [sums[o]?.[e] ?? NaN, q.derivative[e] ?? NaN];
      return trusted[o]?.[e] === true && Math.abs(sum - v) <= smooth * Math.max(Math.abs(sum), Math.abs(v)) + 8 * (q.tolerance[e] ?? 0);
    }),
  }));
}

/** The verdict on one claimed derivative: where it parts from the quotient, and how much of it could be judged. */
export interface Judgement { readonly differ: string | null; readonly share: Share }
/** Compares a claimed derivative with the quotient wherever that is trusted. */
export function judge(claimed: NDArray, q: Quotient): Judgement {
  let judged = 0;
  let of = 0;
  let differ: string | null = null;
  for (let i = 0; i < claimed.data.length; i++) {
    if (q.finite[i] === true) of++;
    if (q.trusted[i] !== true) continue;
    judged++;
    const a = elementOf(claimed, i);
    const b = q.derivative[i] ?? NaN;
    const allowed = relative * Math.max(Math.abs(a), Math.abs(b)) + (q.tolerance[i] ?? 0);
    if (!(Math.abs(a - b) <= allowed)) differ ??= `element ${i}: derivative ${a}, finite differences ${b} (allowed ${allowed.toExponential(1)})`;
  }
  return { differ, share: { judged, of } };
}
