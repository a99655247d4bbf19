// Schedules: learning rates as functions of the step, which is 0 at the first one. Optax's names and formulas. Floor 7.
// A schedule computes in the dtype it is asked for (f32 where it is not), by tensors alone, so that it works inside jit and vmap.
import { listed } from '../shape/dim.ts';
import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { div, sub } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { le, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { cos } from '../primitive/exponential.ts';
import { max, min } from '../primitive/extremum.ts';
import { pow } from '../primitive/power.ts';
import { floor } from '../primitive/rounding.ts';
import { clamp, select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { plus, times } from './leaf.ts';
import { expectNatural, expectPositive } from './leafwise.ts';
import type { Schedule } from './rules.ts';

type Curve = (step: AnyTensor) => AnyTensor;
/** A schedule from a function of the step as a float. */
function curve(name: string, of: Curve): Schedule {
  return (step, dtype = 'f32') => {
    const count = handleOf(step, name);
    if (count.shape.length > 0) throw new CotangentError('shape', `${name}: the step is ${count.dtype}[${count.shape.join(', ')}], a schedule takes a scalar; use vmap for many steps`);
    return typed(of(convert(count, dtype)));
  };
}
function expectNumbers(name: string, numbers: { readonly [key: string]: number }): void {
  for (const [key, x] of Object.entries(numbers)) if (!Number.isFinite(x)) throw new CotangentError('value', `${name}: ${key} ${x} is not a finite number`);
}

/**
 * The same number at every step.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.constantSchedule(0.1)(tensor(7, 'i32')); // -> 0.1
 */
export function constantSchedule(value: number): Schedule {
  expectNumbers('constantSchedule', { value });
  return curve('constantSchedule', step => constantLike(value, step));
}

/** When a schedule begins. */
export interface TransitionOptions {
  /** The step from which on the number changes. Default 0. */
  readonly transitionBegin?: number;
}
/**
 * From one number to another by a power of the share of the steps that is left; it stays there.
 *
 * @throws `value` for numbers of steps that are not natural.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.polynomialSchedule(1, 0, 2, 10)(tensor(5, 'i32')); // -> 0.25
 */
export function polynomialSchedule(initValue: number, endValue: number, power: number, transitionSteps: number, options: TransitionOptions = {}): Schedule {
  const { transitionBegin = 0 } = optionsOf('polynomialSchedule', options, { transitionBegin: 'number' });
  const name = 'polynomialSchedule';
  expectNumbers(name, { initValue, endValue });
  expectPositive(name, 'power', power);
  expectNatural(name, 'transitionSteps', transitionSteps);
  expectNatural(name, 'transitionBegin', transitionBegin, 0);
  return curve(name, step => {
    const count = clamp(constantLike(0, step), plus(step, -transitionBegin), constantLike(transitionSteps, step));
    const left = sub(constantLike(1, step), div(count, constantLike(transitionSteps, step)));
    return plus(times(power === 1 ? left : pow(left, constantLike(power, step)), initValue - endValue), endValue);
  });
}

/**
 * From one number to another by equal steps; it stays there.
 *
 * @throws `value` for numbers of steps that are not natural.
 * @example
 * import { np, optim, vmap, type Scalar } from 'cotangent';
 * const warm = optim.linearSchedule(0, 1, 4);
 * vmap((step: Scalar<'i32'>) => warm(step))(np.arange(6, { dtype: 'i32' })); // -> [0, 0.25, 0.5, 0.75, 1, 1]
 */
export const linearSchedule = (initValue: number, endValue: number, transitionSteps: number, options: TransitionOptions = {}): Schedule =>
  polynomialSchedule(initValue, endValue, 1, transitionSteps, optionsOf('linearSchedule', options, { transitionBegin: 'number' }));

/** Steps at which a schedule changes, and the factors by which it does. */
export type Boundaries = { readonly [step: number]: number };
function boundariesOf(name: string, boundaries: Boundaries): readonly (readonly [number, number])[] {
  const sorted = Object.entries(boundaries).map(([step, factor]) => [Number(step), factor] as const).sort((a, b) => a[0] - b[0]);
  for (const [step, factor] of sorted) {
    expectNatural(name, 'the boundary', step, 0);
    if (!(factor >= 0 && factor < Infinity)) throw new CotangentError('value', `${name}: the factor ${factor} at step ${step} is not a number of at least 0`);
  }
  return sorted;
}
/**
 * A number that is multiplied by a factor at each boundary: decay by steps.
 *
 * @throws `value` for a boundary that is no natural number and a negative factor.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rate = optim.piecewiseConstantSchedule(1, { 10: 0.5, 20: 0.1 });
 * rate(tensor(9, 'i32')); // -> 1
 * rate(tensor(10, 'i32')); // -> 0.5
 * rate(tensor(25, 'i32')); // -> 0.05
 */
export function piecewiseConstantSchedule(initValue: number, boundariesAndScales: Boundaries = {}): Schedule {
  const name = 'piecewiseConstantSchedule';
  expectNumbers(name, { initValue });
  const boundaries = boundariesOf(name, boundariesAndScales);
  return curve(name, step => {
    let value = initValue;
    let result = constantLike(value, step);
    for (const [boundary, factor] of boundaries) {
      value *= factor;
      result = select(lt(step, constantLike(boundary, step)), result, constantLike(value, step));
    }
    return result;
  });
}

/**
 * A number that is multiplied by a factor at each boundary, and moves between those values along lines or half waves of the cosine.
 *
 * @throws `value` for boundaries that are not positive and negative factors.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.piecewiseInterpolateSchedule('linear', 1, { 10: 3 })(tensor(5, 'i32')); // -> 2
 */
export function piecewiseInterpolateSchedule(interpolateType: 'linear' | 'cosine', initValue: number, boundariesAndScales: Boundaries = {}): Schedule {
  const name = 'piecewiseInterpolateSchedule';
  expectNumbers(name, { initValue });
  const kind: string = interpolateType;
  if (kind !== 'linear' && kind !== 'cosine') throw new CotangentError('value', `${name}: ${JSON.stringify(kind)} is no way to interpolate; write 'linear' or 'cosine'`);
  const boundaries = boundariesOf(name, boundariesAndScales);
  if (boundaries[0]?.[0] === 0) throw new CotangentError('value', `${name}: the boundary 0 leaves no step before it; give another initValue`);
  return curve(name, step => {
    let [value, from] = [initValue, 0];
    const pieces = boundaries.map(([to, factor]) => {
      const [start, end] = [value, value * factor];
      const share = times(plus(step, -from), 1 / (to - from));
      const y = kind === 'linear' ? plus(times(share, end - start), start) : plus(times(plus(cos(times(share, Math.PI)), 1), (start - end) / 2), end);
      [value, from] = [end, to];
      return { to, y };
    });
    return pieces.reduceRight((later, { to, y }) => select(lt(step, constantLike(to, step)), y, later), constantLike(value, step));
  });
}

/** How an exponential decay goes. */
export interface ExponentialOptions extends TransitionOptions {
  /** Falls once in `transitionSteps`, not a little at each. Default false. */
  readonly staircase?: boolean;
  /** Where it ends: not below this, or not above it where the rate is above 1. Default no end. */
  readonly endValue?: number;
}
/**
 * A number times a rate to the power of step / transitionSteps.
 *
 * @throws `value` for numbers of steps that are not natural, and a rate that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.exponentialDecay(1, 10, 0.25)(tensor(5, 'i32')); // -> 0.5
 * optim.exponentialDecay(1, 10, 0.25, { staircase: true })(tensor(15, 'i32')); // -> 0.25
 */
export function exponentialDecay(initValue: number, transitionSteps: number, decayRate: number, options: ExponentialOptions = {}): Schedule {
  const { transitionBegin = 0, staircase = false, endValue } = optionsOf('exponentialDecay', options, { staircase: 'flag', endValue: 'number', transitionBegin: 'number' });
  const name = 'exponentialDecay';
  expectNumbers(name, { initValue, ...endValue === undefined ? {} : { endValue } });
  expectNatural(name, 'transitionSteps', transitionSteps);
  expectNatural(name, 'transitionBegin', transitionBegin, 0);
  expectPositive(name, 'decayRate', decayRate);
  return curve(name, step => {
    const count = plus(step, -transitionBegin);
    const share = div(count, constantLike(transitionSteps, step));
    const decayed = times(pow(constantLike(decayRate, step), staircase ? floor(share) : share), initValue);
    const value = select(le(count, constantLike(0, step)), constantLike(initValue, step), decayed);
    return endValue === undefined ? value : (decayRate < 1 ? max : min)(value, constantLike(endValue, step));
  });
}

/** How a cosine decay ends. */
export interface CosineOptions {
  /** The share of the first number that is left at the end. Default 0. */
  readonly alpha?: number;
  /** A power of the half wave. Default 1. */
  readonly exponent?: number;
}
/**
 * Down a half wave of the cosine, to `alpha` of the first number. Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
 *
 * @throws `value` for a number of steps that is not natural.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.cosineDecaySchedule(2, 10)(tensor(5, 'i32')); // -> 1
 */
export function cosineDecaySchedule(initValue: number, decaySteps: number, options: CosineOptions = {}): Schedule {
  const { alpha = 0, exponent = 1 } = optionsOf('cosineDecaySchedule', options, { alpha: 'number', exponent: 'number' });
  const name = 'cosineDecaySchedule';
  expectNumbers(name, { initValue, alpha });
  expectNatural(name, 'decaySteps', decaySteps);
  expectPositive(name, 'exponent', exponent);
  return curve(name, step => {
    const count = min(step, constantLike(decaySteps, step));
    const wave = times(plus(cos(times(div(count, constantLike(decaySteps, step)), Math.PI)), 1), 0.5);
    return times(plus(times(exponent === 1 ? wave : pow(wave, constantLike(exponent, step)), 1 - alpha), alpha), initValue);
  });
}

/**
 * One schedule after the other: each begins at its boundary, with 0 there.
 *
 * @throws `value` where there is not one boundary fewer than schedules, and boundaries do not rise.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rate = optim.joinSchedules([optim.constantSchedule(1), optim.linearSchedule(1, 0, 4)], [10]);
 * rate(tensor(9, 'i32')); // -> 1
 * rate(tensor(11, 'i32')); // -> 0.75
 */
export function joinSchedules(schedules: readonly [Schedule, ...Schedule[]], boundaries: readonly number[]): Schedule {
  const name = 'joinSchedules';
  if (schedules.length !== boundaries.length + 1) throw new CotangentError('value', `${name}: ${schedules.length} schedules want ${schedules.length - 1} boundaries, got ${boundaries.length}`);
  boundaries.forEach((b, i) => {
    expectNatural(name, 'the boundary', b, 0);
    if (i > 0 && b <= (boundaries[i - 1] ?? 0)) throw new CotangentError('value', `${name}: the boundary ${b} is not above ${boundaries[i - 1]}`);
  });
  return (step, dtype = 'f32') => {
    const count = handleOf(step, name);
    const [first, ...others] = schedules;
    return typed(others.reduce<AnyTensor>((before, schedule, i) => {
      const boundary = constantLike(boundaries[i] ?? 0, count);
      return select(lt(count, boundary), before, convert(schedule(typed(sub(count, boundary)), dtype), dtype));
    }, convert(first(step, dtype), dtype)));
  };
}

/**
 * Up by equal steps, then constant.
 *
 * @throws `value` for a number of steps that is not natural.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.warmupConstantSchedule(0, 1, 4)(tensor(3, 'i32')); // -> 0.75
 */
export const warmupConstantSchedule = (initValue: number, peakValue: number, warmupSteps: number): Schedule => linearSchedule(initValue, peakValue, warmupSteps);

/** What warm-up with a cosine may be told. */
export interface WarmupCosineOptions {
  /** Where it ends. Default 0. */
  readonly endValue?: number;
  /** A power of the half wave. Default 1. */
  readonly exponent?: number;
}
/**
 * Up by equal steps, then down a half wave of the cosine.
 *
 * @param decaySteps all steps, those of the warm-up included.
 * @throws `value` for numbers of steps that are not natural, and a decay that does not go beyond the warm-up.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rate = optim.warmupCosineDecaySchedule(0, 1, 10, 30);
 * rate(tensor(5, 'i32')); // -> 0.5
 * rate(tensor(20, 'i32')); // -> 0.5
 */
export function warmupCosineDecaySchedule(initValue: number, peakValue: number, warmupSteps: number, decaySteps: number, options: WarmupCosineOptions = {}): Schedule {
  const { endValue = 0, exponent = 1 } = optionsOf('warmupCosineDecaySchedule', options, { endValue: 'number', exponent: 'number' });
  const name = 'warmupCosineDecaySchedule';
  expectNumbers(name, { initValue, peakValue, endValue });
  expectNatural(name, 'warmupSteps', warmupSteps, 0);
  if (!(decaySteps > warmupSteps)) throw new CotangentError('value', `${name}: decaySteps ${decaySteps} counts the warm-up's ${warmupSteps} too, so it must be greater`);
  const decay = cosineDecaySchedule(peakValue, decaySteps - warmupSteps, { alpha: peakValue === 0 ? 0 : endValue / peakValue, exponent });
  return warmupSteps === 0 ? decay : joinSchedules([linearSchedule(initValue, peakValue, warmupSteps), decay], [warmupSteps]);
}

/**
 * Up by equal steps, then down by a rate.
 *
 * @throws `value` for numbers of steps that are not natural, and a rate that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.warmupExponentialDecaySchedule(0, 1, 4, 10, 0.25)(tensor(9, 'i32')); // -> 0.5
 */
export const warmupExponentialDecaySchedule = (initValue: number, peakValue: number, warmupSteps: number, transitionSteps: number, decayRate: number, options: ExponentialOptions = {}): Schedule =>
  joinSchedules([linearSchedule(initValue, peakValue, warmupSteps), exponentialDecay(peakValue, transitionSteps, decayRate, optionsOf('warmupExponentialDecaySchedule', options, { staircase: 'flag', endValue: 'number', transitionBegin: 'number' }))], [warmupSteps]);

/** One cycle of `sgdrSchedule`: a warm-up and a cosine. */
export interface Cycle extends WarmupCosineOptions {
  readonly initValue: number;
  readonly peakValue: number;
  readonly warmupSteps: number;
  /** All steps of the cycle. */
  readonly decaySteps: number;
}
/**
 * Warm restarts: cycles of a warm-up and a cosine, one after the other. Loshchilov, Hutter, 2017.
 *
 * @throws `value` for no cycles, and as {@link warmupCosineDecaySchedule}.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const cycle = { initValue: 0, peakValue: 1, warmupSteps: 0, decaySteps: 10 };
 * const rate = optim.sgdrSchedule([cycle, { ...cycle, decaySteps: 20 }]);
 * rate(tensor(5, 'i32')); // -> 0.5
 * rate(tensor(10, 'i32')); // -> 1
 * rate(tensor(20, 'i32')); // -> 0.5
 */
export function sgdrSchedule(cycles: readonly Cycle[]): Schedule {
  let end = 0;
  const ends = listed('sgdrSchedule', 'cycles', cycles).map(c => end += c.decaySteps);
  const [first, ...others] = cycles.map(({ initValue, peakValue, warmupSteps, decaySteps, ...options }) => warmupCosineDecaySchedule(initValue, peakValue, warmupSteps, decaySteps, options));
  if (first === undefined) throw new CotangentError('value', 'sgdrSchedule: no cycles');
  return joinSchedules([first, ...others], ends.slice(0, -1));
}

/** The shape of one cycle. */
export interface OnecycleOptions {
  /** The share of the steps that the rise takes. Default 0.3. */
  readonly pctStart?: number;
  /** The peak over the first number. Default 25. */
  readonly divFactor?: number;
  /** The first number over the last. Default 10000. */
  readonly finalDivFactor?: number;
}
/** The shape of one cycle of lines. */
export interface LinearOnecycleOptions extends OnecycleOptions {
  /** The share of the steps after which the first number is reached again. Default 0.85. */
  readonly pctFinal?: number;
}
function cycle(name: string, steps: number, peakValue: number, shares: readonly number[], factors: readonly number[]): readonly number[] {
  expectNatural(name, 'transitionSteps', steps);
  expectNumbers(name, { peakValue });
  for (const f of factors) expectPositive(name, 'the factor', f);
  const at = [...shares.map(s => Math.trunc(s * steps)), steps];
  if (!at.every((a, i) => a > (at[i - 1] ?? 0))) throw new CotangentError('value', `${name}: ${steps} steps cannot be cut at the shares ${shares.join(', ')}`);
  return at;
}
/**
 * One cycle: up a line, down a line to where it began, and down another to the end. Smith, Topin, "Super-convergence: very fast training of
 * neural networks using large learning rates", 2018.
 *
 * @throws `value` for a number of steps that is not natural, and shares that do not rise.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.linearOnecycleSchedule(100, 1)(tensor(30, 'i32')); // -> 1
 */
export function linearOnecycleSchedule(transitionSteps: number, peakValue: number, options: LinearOnecycleOptions = {}): Schedule {
  const { pctStart = 0.3, pctFinal = 0.85, divFactor = 25, finalDivFactor = 1e4 } = optionsOf('linearOnecycleSchedule', options, { pctFinal: 'number', pctStart: 'number', divFactor: 'number', finalDivFactor: 'number' });
  const [up = 0, down = 0, end = 0] = cycle('linearOnecycleSchedule', transitionSteps, peakValue, [pctStart, pctFinal], [divFactor, finalDivFactor]);
  return piecewiseInterpolateSchedule('linear', peakValue / divFactor, { [up]: divFactor, [down]: 1 / divFactor, [end]: 1 / finalDivFactor });
}
/**
 * One cycle of half waves of the cosine: up, and down to the end. Smith, Topin, 2018.
 *
 * @throws `value` for a number of steps that is not natural, and shares that do not rise.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.cosineOnecycleSchedule(100, 1)(tensor(30, 'i32')); // -> 1
 */
export function cosineOnecycleSchedule(transitionSteps: number, peakValue: number, options: OnecycleOptions = {}): Schedule {
  const { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = optionsOf('cosineOnecycleSchedule', options, { pctStart: 'number', divFactor: 'number', finalDivFactor: 'number' });
  const [up = 0, end = 0] = cycle('cosineOnecycleSchedule', transitionSteps, peakValue, [pctStart], [divFactor, finalDivFactor]);
  return piecewiseInterpolateSchedule('cosine', peakValue / divFactor, { [up]: divFactor, [end]: 1 / (divFactor * finalDivFactor) });
}
