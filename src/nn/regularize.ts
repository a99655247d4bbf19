// Regularisers: penalties of whole trees of parameters. Floor 7. Leaves that are no floats take no part.
import { floatOnly } from '../dtype/agree.ts';
import { CotangentError, ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range, showAval } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { gt, ne } from '../primitive/comparison.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { iota } from '../primitive/iota.ts';
import { sqrt } from '../primitive/power.ts';
import { abs } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { flattenTensors } from '../transform/staging.ts';
import { structureKey } from '../tree/tree.ts';

/** The float dtypes in a tree. */
export type FloatsIn<P> =
  P extends Tensor<infer _S, infer D> ? Extract<D, Float> : P extends readonly (infer E)[] ? FloatsIn<E> : P extends null ? never : P extends object ? FloatsIn<P[keyof P]> : never;

const isFloat = (x: AnyTensor): boolean => x.dtype === 'f32' || x.dtype === 'f64' || x.dtype === 'f16';
function total(name: string, terms: readonly AnyTensor[]): AnyTensor {
  const sums = terms.map(t => reduceSum(t, range(t.shape.length)));
  const [first] = sums;
  if (first === undefined) return constant(0, [], 'f32');
  const other = sums.find(s => s.dtype !== first.dtype);
  if (other !== undefined) throw new CotangentError('dtype', `${name}: the tree holds ${first.dtype} and ${other.dtype}; give one dtype at a time`);
  return sums.slice(1).reduce<AnyTensor>((a, b) => add(a, b), first);
}
const floatsOf = (name: string, params: unknown): readonly AnyTensor[] => flattenTensors(params, `nn.${name}`).leaves.filter(isFloat);

/**
 * The sum of magnitudes of all parameters. Its derivative at 0 is 0. Tibshirani, "Regression shrinkage and selection via the lasso", 1996.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.l1([{ w: tensor([1, -2]) }, null]); // -> 3
 */
export const l1 = <P>(params: P): Scalar<FloatsIn<P>> => typed(total('l1', floatsOf('l1', params).map(x => abs(x))));

/**
 * The sum of squares of all parameters. (Multiply by half the rate for what optimisers call weight decay.)
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.l2([{ w: tensor([1, -2]) }, null]); // -> 5
 */
export const l2 = <P>(params: P): Scalar<FloatsIn<P>> => typed(total('l2', floatsOf('l2', params).map(x => mul(x, x))));

/**
 * `rates.l1` times the sum of magnitudes and `rates.l2` times the sum of squares of all parameters. Zou, Hastie, "Regularization and variable
 * selection via the elastic net", 2005.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.l1l2([{ w: tensor([1, -2]) }, null], { l1: 2, l2: 0.5 }); // -> 8.5
 */
export const l1l2 = <P>(params: P, rates: { readonly l1: number; readonly l2: number }): Scalar<FloatsIn<P>> => {
  const part = (x: AnyTensor, rate: number): AnyTensor => mul(x, constantLike(rate, x));
  return typed(total('l1l2', floatsOf('l1l2', params).map(x => add(part(abs(x), rates.l1), part(mul(x, x), rates.l2)))));
};

/**
 * How far the rows (or columns) of a matrix are from standing at right angles: the mean over pairs of the size of their cosine. Keras's
 * `OrthogonalRegularizer`, whose factor is yours to multiply by. Brock, Lim, Ritchie, Weston, "Neural photo editing with introspective adversarial
 * networks", 2017. Its derivative where a cosine is 0, and at rows of zeros, is 0.
 *
 * @throws `shape` where the weights are no matrix of at least two rows (columns), `dtype` for integers, `options` for another mode.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.orthogonalPenalty(tensor([[1, 0], [0, 2]])); // -> 0
 * nn.orthogonalPenalty(tensor([[3, 4], [1, 0]])); // -> 0.6
 */
export const orthogonalPenalty = <D extends Float>(weights: Tensor<readonly [number, number], D>, options: { readonly mode?: 'rows' | 'columns' } = {}): Scalar<D> => {
  const { mode = 'rows' } = optionsOf('orthogonalPenalty', options, { mode: ['rows', 'columns'] });
  const w = handleOf(weights, 'orthogonalPenalty');
  floatOnly('orthogonalPenalty', w.dtype);
  const axis = mode === 'rows' ? 0 : 1;
  const n = w.shape[axis] ?? 0;
  if (w.shape.length !== 2 || n < 2) throw new ShapeError(`orthogonalPenalty: ${showAval(w.aval)} is no matrix of at least two ${mode}`);
  const squares = reduceSum(mul(w, w), [1 - axis]);
  const least = constantLike(1e-12, squares);
  const enough = gt(squares, least);
  const unit = div(w, broadcastInDim(sqrt(select(enough, squares, least)), [...w.shape], [axis]));
  const cosines = dotGeneral(unit, unit, { lhsContract: [1 - axis], rhsContract: [1 - axis], lhsBatch: [], rhsBatch: [] });
  const others = ne(iota([n, n], 'i32', 0), iota([n, n], 'i32', 1));
  const sum = reduceSum(select(others, abs(cosines), constantLike(0, cosines)), [0, 1]);
  return typed(div(sum, constantLike(n * (n - 1), sum)));
};

/**
 * The sum of squares of the difference to another tree: parameters before, of a teacher, of a mean.
 *
 * @throws `tree` where the trees differ.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.l2Towards({ w: tensor([1, -2]) }, { w: tensor([1, 1]) }); // -> 9
 */
export const l2Towards = <P>(params: P, point: NoInfer<P>): Scalar<FloatsIn<P>> => {
  const [a, b] = [flattenTensors(params, 'nn.l2Towards'), flattenTensors(point, 'nn.l2Towards: the point')];
  if (structureKey(a.structure) !== structureKey(b.structure)) throw new CotangentError('tree', `l2Towards: the trees differ: ${structureKey(a.structure)} and ${structureKey(b.structure)}`);
  return typed(total('l2Towards', a.leaves.flatMap((x, i) => {
    const y = b.leaves[i];
    if (y === undefined || !isFloat(x)) return [];
    const e = sub(x, y);
    return [mul(e, e)];
  })));
};
