// Axes as functions: from numbers to pixels, linear or logarithmic, with ticks at numbers that people read. Floor 7, pure.

/** How an axis runs. */
export type AxisScale = 'linear' | 'log';

export interface Tick { readonly value: number; readonly label: string }
export interface Scale {
  readonly ticks: readonly Tick[];
  /** The pixel of a number; undefined for one that has no place: not finite, or from 0 down on a logarithmic axis. */
  readonly at: (value: number) => number | undefined;
}

/** A number in few characters. */
export function label(value: number, digits?: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e6 || size < 1e-3) return value.toExponential().length > 7 ? value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e') : value.toExponential().replace('e+', 'e');
  return digits === undefined ? String(Number(value.toPrecision(4))) : value.toFixed(digits);
}

/** Bounds that are apart, and far enough for float64 to hold numbers between. */
function apart(low: number, high: number): readonly [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high / 2 - low / 2 > Math.max(size * 1e-10, 1e-290)) return [low, high];
  const room = size > 1e-280 ? Math.min(size * 0.1, 1e307) : 1;
  return [Math.max(low - room, -Number.MAX_VALUE), Math.min(high + room, Number.MAX_VALUE)];
}

/** The step of 1, 2 or 5 times a power of ten that makes about `count` ticks. */
function niceStep(low: number, high: number, count: number): number {
  const rough = high / count - low / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead < Math.SQRT2 ? 1 : lead < Math.sqrt(10) ? 2 : lead < Math.sqrt(50) ? 5 : 10) * power;
}

function linearTicks(low: number, high: number, count: number, whole = false): Tick[] {
  const step = Math.max(niceStep(low, high, count), whole ? 1 : 0);
  const digits = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(14))).filter(Number.isFinite);
  const large = Math.max(...values.map(Math.abs));
  // One notation for all of an axis.
  const exponent = large >= 1e6 || large < 1e-3;
  return values.map((value) => ({ value, label: value === 0 ? '0' : exponent ? label10(value, step) : value.toFixed(digits) }));
}

/** Exponent notation with the digits that tell ticks `step` apart. */
function label10(value: number, step: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9));
  return value.toExponential(Math.min(12, digits)).replace(/(\.\d*?)0+e/, '$1e').replace('.e', 'e').replace('e+', 'e');
}

/**
 * A linear axis over the numbers from `low` to `high`. With `nice` it ends at ticks.
 * With `whole`, ticks are integers. Bounds that coincide are moved apart.
 */
export function linearScale(bounds: readonly [number, number], pixels: readonly [number, number], { count = 6, nice = false, whole = false } = {}): Scale {
  let [low, high] = apart(...bounds);
  if (nice) {
    const step = niceStep(low, high, count);
    const [wideLow, wideHigh] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
    if (Number.isFinite(wideLow) && Number.isFinite(wideHigh)) [low, high] = [wideLow, wideHigh];
  }
  const [from, to] = pixels;
  // Halved, so that the span of the greatest numbers is finite.
  const span = high / 2 - low / 2;
  return {
    ticks: linearTicks(low, high, count, whole),
    at: (v) => Number.isFinite(v) ? from + (v / 2 - low / 2) / span * (to - from) : undefined,
  };
}

/** A logarithmic axis; the bounds are positive. Ticks are powers of ten, with 2 and 5 between where these are few. */
export function logScale(bounds: readonly [number, number], pixels: readonly [number, number], { count = 6 } = {}): Scale {
  let [low, high] = bounds.map(Math.log10) as [number, number];
  const room = Math.max(0.05 * (high - low), 0.02);
  [low, high] = [low - room, high + room];
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / (count + 2)));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k).filter((p) => p % stride === 0);
  const leads = powers.length >= 3 ? [1] : [1, 2, 5];
  const fine = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, k) => Math.floor(low) + k).flatMap((p) => leads.map((lead) => Number(`${lead}e${p}`)));
  const inside = (v: number): boolean => v > 0 && Math.log10(v) >= low - 1e-9 && Math.log10(v) <= high + 1e-9;
  const values = (powers.length >= 3 ? powers.map((p) => Number(`1e${p}`)) : fine).filter(inside);
  // Less than about half a decade: linear ticks read better.
  const ticks = values.length >= 2 ? values.map((value) => ({ value, label: label(value) })) : linearTicks(10 ** low, 10 ** high, count).filter(({ value }) => inside(value));
  const [from, to] = pixels;
  return { ticks, at: (v) => Number.isFinite(v) && v > 0 ? from + (Math.log10(v) - low) / (high - low) * (to - from) : undefined };
}
