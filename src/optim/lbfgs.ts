// L-BFGS: directions from the last few steps and changes of the gradient, which stand for the inverse of the Hessian. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import { hasTangent, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, gt } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { dynamicSlice, dynamicUpdateSlice } from '../primitive/dynamicSlice.ts';
import { min } from '../primitive/extremum.ts';
import { iota } from '../primitive/iota.ts';
import { sqrt } from '../primitive/power.ts';
import { reshape } from '../primitive/reshape.ts';
import { rem } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { optionsOf } from '../shape/options.ts';
import { scan } from '../transform/control.ts';
import { plus, working } from './leaf.ts';
import { advanced, countOf, entry, expectNatural, zeroCount } from './leafwise.ts';
import { scaleByZoomLinesearch, type Searched } from './linesearch.ts';
import { chain, optimizer, type NoState, type Optimizer, type Parameters, type StateKind, type Update } from './optimizer.ts';
import { scale, scaleByLearningRate, type LearningRate, type RateState } from './rules.ts';

/**
 * What L-BFGS remembers. Parameters and gradients stand in it as one vector of all numbers that have gradients, of f64 beside parameters of f64,
 * else f32; the last steps and changes of the gradient as the rows of a matrix that are overwritten in turn.
 */
export interface LbfgsState {
  readonly count: Scalar<'i32'>;
  readonly params: Tensor<readonly [number], Float>;
  readonly updates: Tensor<readonly [number], Float>;
  readonly diffParamsMemory: Tensor<readonly [number, number], Float>;
  readonly diffUpdatesMemory: Tensor<readonly [number, number], Float>;
  readonly weightsMemory: Tensor<readonly [number], Float>;
}
/** The kind of `LbfgsState`. */
export interface Remembered extends StateKind { readonly state: LbfgsState }
/** What the rule of L-BFGS may be told. */
export interface LbfgsRuleOptions {
  /** How many steps are remembered. Default 10. */
  readonly memorySize?: number;
  /** Whether what is not remembered is scaled by the last step's curvature (the first direction is then no longer than 1). Default true. */
  readonly scaleInitPrecond?: boolean;
}
const ruleKinds = { memorySize: 'number', scaleInitPrecond: 'flag' } as const;

const inner = (a: AnyTensor, b: AnyTensor): AnyTensor => reduceSum(mul(a, b), [0]);
const spread = (s: AnyTensor, x: AnyTensor): AnyTensor => broadcastInDim(s, x.shape, []);
type Loop = (f: (carry: AnyTensor, x: readonly AnyTensor[]) => readonly [AnyTensor, AnyTensor], init: AnyTensor, xs: readonly AnyTensor[], options: { readonly reverse?: boolean }) => readonly [AnyTensor, AnyTensor];
const along: Loop = typed(scan);

/** All numbers of the leaves that have gradients as one vector. */
function flat(params: Parameters, leaves: readonly Update[], dtype: 'f32' | 'f64'): AnyTensor {
  const parts = params.leaves.flatMap((p, i) => hasTangent(p.aval) ? [reshape(convert(leaves[i] ?? constantLike(0, p), dtype), [sizeOf(p.shape)])] : []);
  return parts.length === 0 ? constant(0, [0], dtype) : concatenate(parts, 0);
}
/** The vector back at its leaves. */
function spreadOut({ leaves }: Parameters, updates: readonly Update[], vector: AnyTensor): readonly Update[] {
  let at = 0;
  return leaves.map((p, i) => {
    if (!hasTangent(p.aval)) return updates[i] ?? null;
    const from = at;
    at += sizeOf(p.shape);
    return updates[i] ? convert(reshape(sliceAxis(vector, 0, from, at), p.shape), p.dtype) : null;
  });
}

/**
 * Updates times an approximation of the inverse Hessian that the last `memorySize` steps and changes of the updates make. It gives the direction
 * only (uphill, as gradients do): chain it with a negative scale and a line search, as `lbfgs` does. Liu, Nocedal, "On the limited memory BFGS
 * method for large scale optimization", 1989; Nocedal, Wright, "Numerical optimization", 2006, algorithm 7.4; as Optax's.
 *
 * @throws `value` where `memorySize` is no positive integer.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByLbfgs();
 * const [first, state] = rule.update([tensor([2, 8])], rule.init([tensor([1, 1])]), [tensor([1, 1])]);
 * first; // -> [[0.2425356, 0.9701425]]
 * rule.update([tensor([1, 1])], state, [tensor([0.5, 0.125])])[0]; // -> [[0.2325472, 0.1632076]]
 */
export function scaleByLbfgs(options: LbfgsRuleOptions = {}): Optimizer<[Remembered]> {
  const { memorySize = 10, scaleInitPrecond = true } = optionsOf('scaleByLbfgs', options, ruleKinds);
  const name = 'scaleByLbfgs';
  expectNatural(name, 'memorySize', memorySize);
  return optimizer([{
    name,
    init(params) {
      const dtype = working(params.leaves.filter(p => hasTangent(p.aval)));
      const n = params.leaves.reduce((sum, p) => sum + (hasTangent(p.aval) ? sizeOf(p.shape) : 0), 0);
      const zeros = (...shape: readonly number[]): AnyTensor => constant(0, shape, dtype);
      return { count: zeroCount(), params: zeros(n), updates: zeros(n), diffParamsMemory: zeros(memorySize, n), diffUpdatesMemory: zeros(memorySize, n), weightsMemory: zeros(memorySize) };
    },
    update(updates, state, params) {
      const dtype = working(params.leaves.filter(p => hasTangent(p.aval)));
      const [place, slope] = [flat(params, params.leaves, dtype), flat(params, updates, dtype)];
      const count = countOf(name, state);
      const kept = (which: string): AnyTensor => typed(entry(name, state, which));
      const later = gt(count, constantLike(0, count));
      const since = (now: AnyTensor, which: string): AnyTensor => { const d = sub(now, kept(which)); return select(spread(later, d), d, constantLike(0, d)); };
      const [step, bend] = [since(place, 'params'), since(slope, 'updates')];
      const curvature = inner(bend, step);
      const flatLine = eq(curvature, constantLike(0, curvature));
      const one = constantLike(1, curvature);
      const weight = select(flatLine, constantLike(0, one), div(one, select(flatLine, one, curvature)));
      // The row of the step that was made last; the one after it is the oldest.
      const size = constantLike(memorySize, count);
      const row = rem(plus(count, memorySize - 1), size);
      const zero = constant(0, [], 'i32');
      const into = (which: string, x: AnyTensor): AnyTensor => dynamicUpdateSlice(kept(which), reshape(x, [1, ...x.shape]), [row, ...x.shape.map(() => zero)]);
      const [steps, bends, weights] = [into('diffParamsMemory', step), into('diffUpdatesMemory', bend), into('weightsMemory', weight)];
      const order = rem(add(iota([memorySize], 'i32', 0), broadcastInDim(rem(count, size), [memorySize], [])), broadcastInDim(size, [memorySize], []));
      const pick = (table: AnyTensor, i: AnyTensor): AnyTensor => { const rest = table.shape.slice(1); return reshape(dynamicSlice(table, [i, ...rest.map(() => zero)], [1, ...rest]), rest); };

      const [inside, alphas] = along((v, [i]) => {
        const at = i ?? zero;
        const alpha = mul(pick(weights, at), inner(pick(steps, at), v));
        return [sub(v, mul(spread(alpha, v), pick(bends, at))), alpha];
      }, slope, [order], { reverse: true });
      const [direction] = along((v, [i, a]) => {
        const at = i ?? zero;
        const beta = mul(pick(weights, at), inner(pick(bends, at), v));
        return [add(v, mul(spread(sub(a ?? beta, beta), v), pick(steps, at))), beta];
      }, scaleInitPrecond ? mul(inside, spread(identityScale(later, curvature, bend, slope), inside)) : inside, [order, alphas], {});
      return {
        updates: spreadOut(params, updates, direction),
        state: { count: advanced(count), params: place, updates: slope, diffParamsMemory: steps, diffUpdatesMemory: bends, weightsMemory: weights },
      };
    },
  }]);
}
/** What the identity is scaled by: the last step's curvature; at the first step so that it is no longer than 1. */
function identityScale(later: AnyTensor, curvature: AnyTensor, bend: AnyTensor, slope: AnyTensor): AnyTensor {
  const one = constantLike(1, curvature);
  const bent = inner(bend, bend);
  const some = gt(bent, constantLike(0, bent));
  const measured = select(some, div(curvature, select(some, bent, one)), one);
  return select(later, measured, min(one, div(one, sqrt(inner(slope, slope)))));
}

/** What L-BFGS may be told. */
export interface LbfgsOptions<L extends LearningRate> extends LbfgsRuleOptions {
  /** A factor of the direction before the line search. Default 1. */
  readonly learningRate?: L;
  /** How the step is found. Default `scaleByZoomLinesearch({ initialGuessStrategy: 'one' })`; backtracking looks at no slopes, so directions may then point upwards. */
  readonly linesearch?: Optimizer<[Searched]>;
}
/**
 * L-BFGS with a zoom line search, for losses without noise: whole data, not batches. The loss is given to `update` as `{ value, valueFn }`.
 * Liu, Nocedal, 1989; as Optax's.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { np, optim, tensor, valueAndGrad, type Scalar } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 2]>>): Scalar => np.sum(np.multiply(np.square(np.subtract(x, 1)), tensor([1, 50])));
 * const rule = optim.lbfgs();
 * let x = tensor([3, -2]);
 * let state = rule.init(x);
 * for (let k = 0; k < 8; k++) {
 *   const [value, g] = valueAndGrad(f)(x);
 *   const [updates, next] = rule.update(g, state, x, { value, valueFn: f });
 *   x = optim.applyUpdates(x, updates);
 *   state = next;
 * }
 * np.allclose(x, tensor([1, 1])); // -> true
 */
export function lbfgs<const L extends LearningRate = number>(options: LbfgsOptions<L> = {}): Optimizer<[Remembered, RateState<L>, Searched]> {
  const { learningRate, linesearch = scaleByZoomLinesearch({ initialGuessStrategy: 'one' }), ...rule } = optionsOf('lbfgs', options, { ...ruleKinds, learningRate: 'any', linesearch: 'any' });
  const downhill: Optimizer<[NoState]> | Optimizer<[RateState<L>]> = learningRate === undefined ? scale(-1) : scaleByLearningRate(learningRate);
  return typed(chain(scaleByLbfgs(rule), downhill, linesearch));
}
