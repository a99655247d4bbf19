// Line searches: how far along a direction to go, by looking at the loss there. Floor 7. Optax's names, defaults and order of trials.
// Knows no direction: what comes before in the chain made it.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { hasTangent, range } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { optionsOf } from '../shape/options.ts';
import { whileLoop } from '../transform/control.ts';
import { jvp } from '../transform/forward.ts';
import { unflatten } from '../tree/tree.ts';
import { spreading, times, working } from './leaf.ts';
import { each, expectAtLeast, expectNatural, expectPositive, scalarEntry } from './leafwise.ts';
import { optimizer, valueOf, type Given, type Optimizer, type Parameters, type StateKind, type Update } from './optimizer.ts';

/** Where a line search ended: the step, as a factor of the direction, and how many points it looked at. The float is f64 beside parameters of f64, else f32. */
export interface LinesearchState {
  readonly learningRate: Tensor<[], Float>;
  readonly steps: Scalar<'i32'>;
}
/** The kind of `LinesearchState`. */
export interface Searched extends StateKind { readonly state: LinesearchState }

type Wide = 'f32' | 'f64';
type Num = Scalar<'f32'>;
type Flag = Scalar<'bool'>;
const num = (x: AnyTensor): Num => typed(x);
const int = (x: AnyTensor): Scalar<'i32'> => typed(x);
const loop: (c: (s: readonly AnyTensor[]) => AnyTensor, b: (s: readonly AnyTensor[]) => readonly AnyTensor[], init: readonly AnyTensor[]) => readonly AnyTensor[] = typed(whileLoop);
const sum = (a: Num, b: Num): Num => num(add(a, b));
const minus = (a: Num, b: Num): Num => num(sub(a, b));
const prod = (a: Num, b: Num): Num => num(mul(a, b));
const quotient = (a: Num, b: Num): Num => num(div(a, b));
const by = (a: Num, c: number): Num => num(times(a, c));
const choose = (p: Flag, a: readonly Num[], b: readonly Num[]): Num[] => a.map((x, i) => num(np.where(p, x, b[i] ?? x)));
const or = (a: Flag, b: Flag): Flag => np.logicalOr(a, b);
const and = (a: Flag, b: Flag): Flag => np.logicalAnd(a, b);
const not = (a: Flag): Flag => np.logicalNot(a);

/** The loss along the direction: its value and slope where one is, and as functions of the step. */
interface Line {
  readonly dtype: Wide;
  readonly value: Num;
  readonly slope: Num;
  at(step: Num): Num;
  with(step: Num): readonly [value: Num, slope: Num];
}
function lineOf(name: string, updates: readonly Update[], { leaves, structure }: Parameters, given: Given): Line {
  const { valueFn } = given;
  if (valueFn === null) throw new CotangentError('value', `${name}: needs the loss; call update(grads, state, params, { value, valueFn: loss })`);
  const dtype = working(leaves.filter(p => hasTangent(p.aval)));
  const moved = (step: AnyTensor): unknown => {
    const factor = spreading(step);
    return unflatten(structure, leaves.map((p, i) => { const u = updates[i]; return u ? add(p, mul(factor(p), u)) : p; }));
  };
  const at = (step: Num): Num => num(convert(typed(valueFn(moved(step))), dtype));
  const value = given.value === null ? at(num(constant(0, [], dtype))) : num(valueOf(name, given, dtype));
  const slope = updates.map((u, i) => { const g = given.grads[i]; return u && g ? reduceSum(mul(convert(u, dtype), convert(g, dtype)), range(u.shape.length)) : null; })
    .filter(x => x !== null).reduce((a, b) => add(a, b), constant(0, [], dtype));
  const along: (f: (step: Num) => Num, xs: readonly Num[], ts: readonly Num[]) => readonly [Num, Num] = typed(jvp);
  return { dtype, value, slope: num(slope), at, with: step => along(at, [step], [num(constantLike(1, step))]) };
}
const started = ({ leaves }: Parameters): unknown => ({ learningRate: constant(1, [], working(leaves.filter(p => hasTangent(p.aval)))), steps: constant(0, [], 'i32') });
function scaledBy(updates: readonly Update[], rate: AnyTensor, steps: AnyTensor): { readonly updates: readonly Update[]; readonly state: unknown } {
  const factor = spreading(rate);
  return { updates: each(updates, g => mul(g, factor(g))), state: { learningRate: rate, steps } };
}
/** What is not negative, and infinite where it is no number: then nothing was found there. */
const violation = (x: Num): Num => num(np.where(np.isnan(x), Infinity, np.maximum(x, 0)));

/** What backtracking may be told. */
export interface BacktrackingOptions {
  /** How often a step may be made shorter. Default 20. */
  readonly maxBacktrackingSteps?: number;
  /** The part of what the slope promises that the loss must fall by. Default 1e-4. */
  readonly slopeRtol?: number;
  /** What a step that is too long is multiplied by. Default 0.8. */
  readonly decreaseFactor?: number;
  /** The first step is the last one found, times this. Default 1.5. */
  readonly increaseFactor?: number;
  /** The longest step. Default 1. */
  readonly maxLearningRate?: number;
}
/**
 * Updates, which must point downwards, times a step that is made shorter until the loss falls enough (Armijo). Where none is found the last one is
 * taken; where the loss is no number, none. The loss is given to `update` as `{ value, valueFn }`; without `value` it is computed.
 * Nocedal, Wright, "Numerical optimization", 2006, algorithm 3.1; as Optax's.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { grad, np, optim, tensor, type Scalar } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 2]>>): Scalar => np.sum(np.square(x));
 * const rule = optim.chain(optim.sgd(4), optim.scaleByBacktrackingLinesearch());
 * const x = tensor([1, 2]);
 * const [updates] = rule.update(grad(f)(x), rule.init(x), x, { valueFn: f });
 * np.less(f(optim.applyUpdates(x, updates)), f(x)); // -> true
 */
export function scaleByBacktrackingLinesearch(options: BacktrackingOptions = {}): Optimizer<[Searched]> {
  const { maxBacktrackingSteps = 20, slopeRtol = 1e-4, decreaseFactor = 0.8, increaseFactor = 1.5, maxLearningRate = 1 } = optionsOf('scaleByBacktrackingLinesearch', options, {
    maxBacktrackingSteps: 'number', slopeRtol: 'number', decreaseFactor: 'number', increaseFactor: 'number', maxLearningRate: 'number',
  });
  const name = 'scaleByBacktrackingLinesearch';
  expectNatural(name, 'maxBacktrackingSteps', maxBacktrackingSteps);
  expectAtLeast(name, 'slopeRtol', slopeRtol);
  if (!(decreaseFactor > 0 && decreaseFactor < 1)) throw new CotangentError('value', `${name}: decreaseFactor ${decreaseFactor} is not in (0, 1)`);
  expectAtLeast(name, 'increaseFactor', increaseFactor, 1);
  expectPositive(name, 'maxLearningRate', maxLearningRate);
  return optimizer([{
    name, init: started,
    update(updates, state, params, given) {
      const line = lineOf(name, updates, params, given);
      const before = num(scalarEntry(name, state, 'learningRate', line.dtype));
      const first = np.minimum(np.multiply(before, increaseFactor), maxLearningRate);
      const [rate, count, error] = loop(([, k, e]) => and(np.greater(num(e ?? first), 0), np.lessEqual(int(k ?? first), maxBacktrackingSteps)), ([t, k]) => {
        const i = int(k ?? first);
        const step = num(np.where(np.greater(i, 0), np.multiply(num(t ?? first), decreaseFactor), num(t ?? first)));
        const error = np.subtract(np.subtract(line.at(step), line.value), np.multiply(step, np.multiply(line.slope, slopeRtol)));
        return [step, np.add(i, 1), violation(num(error))];
      }, [first, constant(0, [], 'i32'), constant(Infinity, [], line.dtype)]);
      const found = num(np.where(np.isinf(num(error ?? first)), 0, num(rate ?? first)));
      return scaledBy(updates, found, count ?? first);
    },
  }]);
}

/** What the zoom line search may be told. */
export interface ZoomOptions {
  /** How many points it may look at. Default 20. */
  readonly maxLinesearchSteps?: number;
  /** The longest step. Default: any. */
  readonly maxLearningRate?: number;
  /** By how much either condition may be missed. Default 0. */
  readonly tol?: number;
  /** What a step that is too short is multiplied by. Default 2. */
  readonly increaseFactor?: number;
  /** The part of what the slope promises that the loss must fall by. Default 1e-4. */
  readonly slopeRtol?: number;
  /** The part of the first slope that the last one may have. Default 0.9. */
  readonly curvRtol?: number;
  /** How near to the first loss, in parts of it, slopes are believed rather than differences, which drown in rounding there. Default 1e-6. */
  readonly approxDecRtol?: number;
  /** The shortest interval that is looked into. Default 1e-5. */
  readonly stepsizePrecision?: number;
  /** The first step: the last one found (`keep`), or 1. Default `keep`. */
  readonly initialGuessStrategy?: 'keep' | 'one';
}
const zoomKinds = {
  maxLinesearchSteps: 'number', maxLearningRate: 'number', tol: 'number', increaseFactor: 'number', slopeRtol: 'number', curvRtol: 'number', approxDecRtol: 'number', stepsizePrecision: 'number', initialGuessStrategy: ['keep', 'one'],
} as const;
/** The least point of the cubic through three values with a slope at the first, and of the parabola through two: NaN where there is none. */
function cubicMinimum(a: Num, fa: Num, slope: Num, b: Num, fb: Num, c: Num, fc: Num): Num {
  const [db, dc] = [minus(b, a), minus(c, a)];
  const denominator = prod(np.square(prod(db, dc)), minus(db, dc));
  const [eb, ec] = [minus(minus(fb, fa), prod(slope, db)), minus(minus(fc, fa), prod(slope, dc))];
  const cubic = quotient(minus(prod(np.square(dc), eb), prod(np.square(db), ec)), denominator);
  const square = quotient(minus(prod(prod(np.square(db), db), ec), prod(prod(np.square(dc), dc), eb)), denominator);
  const radical = minus(np.square(square), by(prod(cubic, slope), 3));
  return sum(a, quotient(minus(np.sqrt(radical), square), by(cubic, 3)));
}
function parabolaMinimum(a: Num, fa: Num, slope: Num, b: Num, fb: Num): Num {
  const db = minus(b, a);
  const square = quotient(minus(minus(fb, fa), prod(slope, db)), np.square(db));
  return minus(a, quotient(slope, by(square, 2)));
}
/** The state of a search: floats and flags by name, so that it stands as a list in the loop. */
const floats = ['step', 'value', 'slope', 'low', 'valueLow', 'slopeLow', 'high', 'valueHigh', 'slopeHigh', 'ref', 'valueRef', 'safe', 'valueSafe'] as const;
type Floats = { readonly [N in typeof floats[number]]: Num };
interface Search extends Floats { readonly count: Scalar<'i32'>; readonly found: Flag; readonly done: Flag; readonly failed: Flag }
const listed = (s: Search): readonly AnyTensor[] => [...floats.map(n => s[n]), s.count, s.found, s.done, s.failed];
function named(list: readonly AnyTensor[]): Search {
  const [count, found, done, failed] = list.slice(floats.length);
  return typed({ ...Object.fromEntries(floats.map((n, i) => [n, list[i]])), count, found, done, failed });
}

/**
 * Updates, which must point downwards, times a step after which the loss has fallen enough and its slope is flatter (the strong Wolfe
 * conditions): steps grow until an interval is found that holds one, then the interval is narrowed by cubics and parabolas. Where none is found in
 * time, the best step after which the loss has fallen. The loss is given to `update` as `{ value, valueFn }`; without `value` it is computed.
 * Nocedal, Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6; Hager, Zhang, "Algorithm 851", 2006; as Optax's.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { grad, np, optim, tensor, type Scalar } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 2]>>): Scalar => np.sum(np.square(x));
 * const rule = optim.chain(optim.sgd(0.01), optim.scaleByZoomLinesearch());
 * const x = tensor([1, 2]);
 * const [updates] = rule.update(grad(f)(x), rule.init(x), x, { value: f(x), valueFn: f });
 * f(optim.applyUpdates(x, updates)); // -> 3.528
 */
export function scaleByZoomLinesearch(options: ZoomOptions = {}): Optimizer<[Searched]> {
  const { maxLinesearchSteps = 20, maxLearningRate = Infinity, tol = 0, increaseFactor = 2, slopeRtol = 1e-4, curvRtol = 0.9, approxDecRtol = 1e-6, stepsizePrecision = 1e-5, initialGuessStrategy = 'keep' } = optionsOf('scaleByZoomLinesearch', options, zoomKinds);
  const name = 'scaleByZoomLinesearch';
  expectNatural(name, 'maxLinesearchSteps', maxLinesearchSteps);
  if (!(maxLearningRate > 0)) throw new CotangentError('value', `${name}: maxLearningRate ${maxLearningRate} is not positive`);
  for (const [what, x] of Object.entries({ tol, slopeRtol, curvRtol, approxDecRtol, stepsizePrecision })) expectAtLeast(name, what, x);
  if (!(increaseFactor > 1 && increaseFactor < Infinity)) throw new CotangentError('value', `${name}: increaseFactor ${increaseFactor} is not above 1`);

  const search = (line: Line, guess: Num): Search => {
    const { value: start, slope: descent } = line;
    /** By how much a point misses the first condition, and both. */
    const misses = (step: Num, value: Num, slope: Num): readonly [decrease: Num, all: Num] => {
      const armijo = minus(minus(value, start), by(prod(step, descent), slopeRtol));
      const near = np.maximum(minus(slope, by(descent, 2 * slopeRtol - 1)), minus(minus(value, start), by(np.abs(start), approxDecRtol)));
      const decrease = violation(np.minimum(near, armijo));
      return [decrease, np.maximum(decrease, violation(minus(np.abs(slope), by(np.abs(descent), curvRtol))))];
    };
    const next = (s: Search): Search => {
      const first = np.equal(s.count, 0);
      const longer = num(np.where(first, guess, by(s.step, increaseFactor)));
      const [left, right] = [np.minimum(s.low, s.high), np.maximum(s.low, s.high)];
      const width = minus(right, left);
      const inside = (x: Num, margin: number): Flag => and(np.greater(x, sum(left, by(width, margin))), np.less(x, minus(right, by(width, margin))));
      const cubic = cubicMinimum(s.low, s.valueLow, s.slopeLow, s.high, s.valueHigh, s.ref, s.valueRef);
      const parabola = parabolaMinimum(s.low, s.valueLow, s.slopeLow, s.high, s.valueHigh);
      const middle = num(np.where(inside(cubic, 0.2), cubic, np.where(inside(parabola, 0.1), parabola, by(sum(s.low, s.high), 0.5))));
      const step = num(np.where(s.found, middle, maxLearningRate === Infinity ? longer : np.minimum(longer, maxLearningRate)));
      const [value, slope] = line.with(step);
      const here = [step, value, slope];
      const [decrease, error] = misses(step, value, slope);
      const fits = np.lessEqual(decrease, tol);
      const good = np.lessEqual(error, tol);
      const last = np.greaterEqual(np.add(s.count, 1), maxLinesearchSteps);
      const [low, high, before, safe] = [[s.low, s.valueLow, s.slopeLow], [s.high, s.valueHigh, s.slopeHigh], [s.step, s.value, s.slope], [s.safe, s.valueSafe]];

      // Steps that grow: an interval is found where the loss rises again, or the slope does.
      const rises = or(np.greater(decrease, 0), and(np.greaterEqual(value, s.value), not(first)));
      const turns = and(np.greaterEqual(slope, 0), not(rises));
      const interval = or(or(rises, turns), good);
      const grown = { low: choose(turns, here, before), high: choose(turns, before, here), safe: choose(fits, here, safe) };
      const longest: Flag = maxLearningRate === Infinity ? typed(constantLike(0, good)) : np.greaterEqual(longer, maxLearningRate);
      const grownDone = or(good, and(longest, not(interval)));

      // An interval that narrows: `low` is the best end, and the loss falls from it into the interval.
      const above = or(np.greater(decrease, 0), np.greaterEqual(value, s.valueLow));
      const crosses = and(np.greaterEqual(prod(slope, minus(s.high, s.low)), 0), not(above));
      const narrowed = {
        low: choose(above, low, here), high: choose(crosses, low, choose(above, here, high)),
        safe: choose(and(fits, np.less(value, s.valueSafe)), here, safe),
        ref: choose(or(above, crosses), high, low),
      };
      const stuck = and(np.lessEqual(width, stepsizePrecision), np.greater(narrowed.safe[0] ?? step, 0));

      const triple = (which: 'low' | 'high'): Num[] => choose(s.found, narrowed[which], grown[which]);
      const [[lo = step, vLo = value, sLo = slope], [hi = step, vHi = value, sHi = slope]] = [triple('low'), triple('high')];
      const [kept = step, vKept = value] = choose(s.found, narrowed.safe, grown.safe);
      const [ref = step, vRef = value] = choose(s.found, narrowed.ref, grown.low);
      const done: Flag = typed(np.where(s.found, good, grownDone));
      const failed = and(not(done), or(last, and(s.found, stuck)));
      const retreats = and(failed, or(np.greater(kept, 0), np.isinf(decrease)));
      const [end = step, vEnd = value] = choose(retreats, [kept, vKept], here);
      return {
        step: end, value: vEnd, slope, low: lo, valueLow: vLo, slopeLow: sLo, high: hi, valueHigh: vHi, slopeHigh: sHi, ref, valueRef: vRef, safe: kept, valueSafe: vKept,
        count: np.add(s.count, 1), found: or(s.found, interval), done, failed,
      };
    };
    const zero = num(constantLike(0, start));
    const no: Flag = typed(constant(0, [], 'bool'));
    const begin: Search = {
      step: zero, value: start, slope: descent, low: zero, valueLow: start, slopeLow: descent, high: zero, valueHigh: start, slopeHigh: descent, ref: zero, valueRef: start, safe: zero, valueSafe: start,
      count: typed(constant(0, [], 'i32')), found: no, done: no, failed: no,
    };
    return named(loop(list => { const s = named(list); return not(or(s.done, s.failed)); }, list => listed(next(named(list))), listed(begin)));
  };
  return optimizer([{
    name, init: started,
    update(updates, state, params, given) {
      const line = lineOf(name, updates, params, given);
      const before = num(scalarEntry(name, state, 'learningRate', line.dtype));
      const { step, count } = search(line, initialGuessStrategy === 'one' ? num(constantLike(1, before)) : before);
      return scaledBy(updates, step, count);
    },
  }]);
}
