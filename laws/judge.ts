// The float64 judge of derivatives: central differences with Richardson's extrapolation, and what they cannot judge.
// Knows functions of host arrays only: no program, no record, no rule that it judges.
import type { NDArray } from '../src/ir/primitive.ts';
import { arrayOf, elementOf, magnitudeOf, plus } from './array.ts';

/** The cube root of epsilon is 2^-17; with Richardson's extrapolation larger steps lose less to rounding, which 1 / step amplifies. */
const step = 2 ** -12;
/** Relative disagreement of two steps above which a point is a kink, a jump, or too curved, and is not judged. */
const smooth = 1e-3;
/** Relative tolerance of a judged derivative, and of two extrapolations that must agree for it to be judged. */
const relative = 1e-7;
/** Rounding of the values in units of epsilon, per step, that a quotient may carry. */
const rounding = 2 ** 9 * 2 ** -52 / (step / 4);

/** How many numbers could be judged, and how many there were. */
export interface Share { readonly judged: number; readonly of: number }
export const noShare: Share = { judged: 0, of: 0 };
export const addShares = (a: Share, b: Share): Share => ({ judged: a.judged + b.judged, of: a.of + b.of });

/** What finite differences say of one result: the derivative of each element, whether they can be trusted there, whether it is finite at all. */
export interface Quotient { readonly derivative: Float64Array; readonly trusted: readonly boolean[]; readonly tolerance: Float64Array; readonly finite: readonly boolean[] }

/**
 * Difference quotients of `f` at `x` along `t` (null where an input stands still). `t` should be of the size of max(1, |x|). Central
 * differences at three steps, each half of the one before, give two extrapolations, which agree where `f` is smooth. At a kink in x
 * itself they agree, too; but there the second difference does not shrink with the step.
 */
export function quotients(f: (x: readonly NDArray[]) => readonly NDArray[], x: readonly NDArray[], t: readonly (NDArray | null)[]): readonly Quotient[] {
  const at = (s: number): readonly NDArray[] => f(x.map((v, i) => { const d = t[i]; return d ? plus(v, s, d) : v; }));
  const here = f(x);
  const sides = [step, -step, step / 2, -step / 2, step / 4, -step / 4].map(at);
  const size = magnitudeOf(x, here);
  return here.map((y, o) => {
    const n = y.data.length;
    const derivative = new Float64Array(n);
    const tolerance = new Float64Array(n);
    const trusted: boolean[] = [];
    const finite: boolean[] = [];
    const side = (k: number, i: number): number => sides[k]?.[o]?.data[i] ?? NaN;
    for (let i = 0; i < n; i++) {
      const value = elementOf(y, i);
      const noise = rounding * Math.max(size, Math.abs(value));
      const whole = (side(0, i) - side(1, i)) / (2 * step);
      const half = (side(2, i) - side(3, i)) / step;
      const quarter = (side(4, i) - side(5, i)) / (step / 2);
      const scale = Math.max(Math.abs(half), Math.abs(quarter));
      const coarse = (4 * half - whole) / 3;
      const fine = (4 * quarter - half) / 3;
      const bend = Math.abs((side(2, i) - value) - (value - side(3, i))) / (step / 2);
      const bendHalf = Math.abs((side(4, i) - value) - (value - side(5, i))) / (step / 4);
      derivative[i] = fine;
      // What the extrapolations differ by is an estimate of the error of both.
      tolerance[i] = noise + 8 * Math.abs(coarse - fine);
      finite.push(Number.isFinite(value));
      trusted.push(Number.isFinite(value + whole + half + quarter) && Math.abs(half - quarter) <= smooth * scale + noise
        && Math.abs(coarse - fine) <= relative * scale + noise && (bendHalf <= 0.01 * smooth * scale + 4 * noise || bendHalf < 0.75 * bend));
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
    if (!(Number.isFinite(a) && Math.abs(a - b) <= allowed)) differ ??= `element ${i}: derivative ${a}, finite differences ${b} (allowed ${allowed.toExponential(1)})`;
  }
  return { differ, share: { judged, of } };
}
