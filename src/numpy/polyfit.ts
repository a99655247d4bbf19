// The polynomial of least squares. Floor 7.
import { agree, floatOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { gt } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { sqrt } from '../primitive/power.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import type { Add, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

type Coefficients<S extends Shape, N extends number> = S extends readonly [number, infer K extends number] ? [Add<N, 1>, K] : [Add<N, 1>];
/** What a fit may be told. */
export interface PolyfitOptions<N extends number, D extends Float> {
  /** What each residual is multiplied by, before it is squared: 1 / the standard deviation of the point. */
  readonly w?: Tensor<[N], D>;
}
const epsilon: { readonly [D in Float]: number } = { f32: 2 ** -23, f64: 2 ** -52, f16: 2 ** -10 };

const floatOf = (x: AnyTensor): Float => typed(x.dtype);

/**
 * Least squares of `a c = y` by the modified Gram-Schmidt process on [a | y], as stable as Householder's reflections. Björck, "Solving linear least
 * squares problems by Gram-Schmidt orthogonalization", 1967. NaN where a column depends on those before it.
 */
function leastSquares(a: AnyTensor, y: AnyTensor): AnyTensor {
  const [m, n, k] = [at(a.shape, 0), at(a.shape, 1), at(y.shape, 1)];
  const least = epsilon[floatOf(a)] * m;
  const rows: { readonly pivot: AnyTensor; readonly after: AnyTensor; readonly right: AnyTensor }[] = [];
  let [rest, right] = [a, y];
  const lengthOf = (v: AnyTensor): AnyTensor => sqrt(reduceSum(mul(v, v), [0]));
  for (let j = 0; j < n; j++) {
    const column = sliceAxis(rest, 1, 0, 1);
    const whole = lengthOf(sliceAxis(a, 1, j, j + 1));
    const length = lengthOf(column);
    const pivot = select(gt(length, mul(whole, constantLike(least, whole))), length, constantLike(NaN, length));
    const unit = div(column, broadcastInDim(pivot, [m, 1], [1]));
    const cleared = (x: AnyTensor): readonly [AnyTensor, AnyTensor] => {
      const width = at(x.shape, 1);
      const wide = broadcastInDim(unit, [m, width], [0, 1]);
      const along = reduceSum(mul(wide, x), [0]);
      return [along, sub(x, mul(wide, broadcastInDim(along, [m, width], [1])))];
    };
    const [after, others] = cleared(sliceAxis(rest, 1, 1, n - j));
    const [part, remainder] = cleared(right);
    rows.push({ pivot, after, right: part });
    [rest, right] = [others, remainder];
  }
  // Back substitution, the last coefficient first: [1, k] each.
  let solved: AnyTensor | null = null;
  for (const { pivot, after, right: z } of rows.reverse()) {
    const known: AnyTensor = solved === null ? z : sub(z, reduceSum(mul(broadcastInDim(after, solved.shape, [0]), solved), [0]));
    const c: AnyTensor = reshape(div(known, broadcastInDim(pivot, [k], [0])), [1, k]);
    solved = solved === null ? c : concatenate([c, solved], 0);
  }
  return solved ?? y;
}

/**
 * The coefficients, highest power first, of the polynomial of a degree that comes nearest to the points (x, y) in least squares; of a matrix `y`, one
 * polynomial for each column. With derivatives, as all else. NaN where fewer than `degree + 1` of the `x` differ.
 *
 * @throws `shape` where there are fewer points than coefficients or `x` and `y` differ in length, `dtype` for integers and where dtypes differ.
 * @example
 * np.polyfit(tensor([0, 1, 2, 3]), tensor([1, 3, 5, 7]), 1); // -> [2, 1]
 * np.polyfit(tensor([0, 1, 2]), tensor([3, 4, 8]), 2); // -> [1.5, -0.5, 3]
 */
export const polyfit = <M extends number, D extends Float, S extends readonly [NoInfer<M>] | readonly [NoInfer<M>, number], const N extends number>(x: Tensor<[M], D>, y: Tensor<S, NoInfer<D>>, degree: N, options: PolyfitOptions<NoInfer<M>, NoInfer<D>> = {}): Tensor<Coefficients<S, N>, D> => {
  const { w } = optionsOf('polyfit', options, { w: 'any' });
  const [points, values] = [handleOf(x, 'polyfit'), handleOf(y, 'polyfit')];
  floatOnly('polyfit', points.dtype);
  agree(points.dtype, values.dtype);
  const [m = 0] = points.shape;
  if (points.shape.length !== 1 || values.shape.length < 1 || values.shape.length > 2 || values.shape[0] !== m) throw new ShapeError(`polyfit: x [${points.shape.join(', ')}] and y [${values.shape.join(', ')}] are no vectors of one length`);
  if (!Number.isSafeInteger(degree) || degree < 0) throw new ShapeError(`polyfit: the degree ${degree} is no natural number`);
  if (m < degree + 1) throw new ShapeError(`polyfit: ${m} points do not determine the ${degree + 1} coefficients of degree ${degree}`);
  const weights = w === undefined ? constantLike(1, points) : handleOf(w, 'polyfit');
  agree(points.dtype, weights.dtype);
  if (weights.shape.length !== 1 || weights.shape[0] !== m) throw new ShapeError(`polyfit: weights [${weights.shape.join(', ')}] for ${m} points`);
  // Powers from the lowest, each the one before times x; the columns are turned round.
  const columns = range(degree).reduce<readonly AnyTensor[]>((made, _) => [mul(made[0] ?? weights, points), ...made], [weights]);
  const k = values.shape[1] ?? 1;
  const right = mul(reshape(values, [m, k]), broadcastInDim(weights, [m, k], [0]));
  const found = leastSquares(concatenate(columns.map(c => reshape(c, [m, 1])), 1), right);
  return typed(values.shape.length === 1 ? reshape(found, [degree + 1]) : found);
};
