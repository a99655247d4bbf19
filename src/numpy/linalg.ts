// The namespace `np.linalg`: norms of vectors. Floor 7.
import { floatOnly } from '../dtype/agree.ts';
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Floats, Reduced, ReduceAxes, ReduceOptions } from '../ir/tensor.ts';
import { div, mul } from '../primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, lt, ne } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { and } from '../primitive/logical.ts';
import { pow, sqrt } from '../primitive/power.ts';
import { reduceMax, reduceMin } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { abs, isFinite } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { stopGradient } from '../primitive/stopGradient.ts';
import type { Axes } from '../shape/axis.ts';
import { sizeOf } from '../ir/aval.ts';
import type { Shape } from '../shape/dim.ts';
import { stretched } from './operands.ts';
import { reduced, reductionOptions, type Plan } from './reductionPlan.ts';

/** As a reduction's options; `ord` is the exponent p of the norm (default 2): 0 counts what is not 0, plus and minus infinity give the extremes. */
export interface NormOptions<Axis, Keep> extends ReduceOptions<Axis, Keep> { readonly ord?: number }

const normOptions = { ...reductionOptions, ord: 'number' } as const;
/** Scaled by the greatest element, so that squares neither overflow nor vanish. Where all are 0, or one is infinite or NaN, there is no slope. */
function euclidean(x: AnyTensor, { axes, kept }: Plan): AnyTensor {
  const size = stopGradient(reduceMax(abs(x), axes));
  const scalable = and(isFinite(size), lt(constantLike(0, size), size));
  const scale = select(scalable, size, constantLike(1, size));
  const scaled = div(x, stretched(reshape(scale, kept), x.shape));
  const total = reduceSum(mul(scaled, scaled), axes);
  return select(scalable, mul(scale, sqrt(select(scalable, total, constantLike(1, total)))), size);
}
function normOf(x: AnyTensor, plan: Plan, ord: number): AnyTensor {
  floatOnly('vectorNorm', x.dtype);
  if (Number.isNaN(ord)) throw new CotangentError('value', 'vectorNorm: ord is NaN; pass a number');
  const { axes } = plan;
  if (sizeOf(axes.map(a => x.shape[a] ?? 1)) === 0) return reduceSum(abs(x), axes);
  if (ord === 2) return euclidean(x, plan);
  if (ord === 1) return reduceSum(abs(x), axes);
  if (ord === 0) return reduceSum(convert(ne(x, constantLike(0, x)), x.dtype), axes);
  if (ord === Infinity) return reduceMax(abs(x), axes);
  if (ord === -Infinity) return reduceMin(abs(x), axes);
  const total = reduceSum(pow(abs(x), constantLike(ord, x)), axes);
  const none = eq(total, constantLike(0, total));
  const safe = select(none, constantLike(1, total), total);
  return select(none, constantLike(0, total), pow(safe, constantLike(1 / ord, total)));
}

/**
 * The norm of vectors along the axes, or of all elements: `sum(|x|^p)^(1/p)`, without overflow where p is 2. Its derivative at 0 is 0.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range or given twice, `value` for a NaN order.
 * @example
 * np.linalg.vectorNorm(tensor([3, 4])); // -> 5
 * np.linalg.vectorNorm(tensor([[3, -4], [1, 1]]), { ord: 1, axis: 1 }); // -> [7, 2]
 * grad((x: Tensor<[2]>) => np.linalg.vectorNorm(x))(zeros([2])); // -> [0, 0]
 */
export const vectorNorm = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'vectorNorm', K>, options?: NormOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('vectorNorm', x, options, (t, plan) => normOf(t, plan, options?.ord ?? 2), normOptions);

export { vectorNorm as norm };
