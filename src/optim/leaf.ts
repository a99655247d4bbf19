// Arithmetic on single updates: with numbers, with scalars that are spread over them, means that decay, norms.
// Floor 7. Knows no rule and no state.
import type { DType } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { add, div, mul, neg } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { expm1 } from '../primitive/exponential.ts';
import { max } from '../primitive/extremum.ts';
import { sqrt } from '../primitive/power.ts';
import type { Update } from './optimizer.ts';

export const times = (x: AnyTensor, c: number): AnyTensor => c === 1 ? x : mul(x, constantLike(c, x));
export const plus = (x: AnyTensor, c: number): AnyTensor => c === 0 ? x : add(x, constantLike(c, x));
export const square = (x: AnyTensor): AnyTensor => mul(x, x);
/** The mean that decays: `decay` of what it was, and the rest of `x`. */
export const mean = (before: AnyTensor, x: AnyTensor, decay: number): AnyTensor => add(times(x, 1 - decay), times(before, decay));

/** In f16 squares of small gradients are 0, and so is 1e-8: without a guard that it can hold, 0 / 0 would follow. */
export const guard = (eps: number, dtype: DType): number => dtype === 'f16' ? Math.max(eps, 2 ** -14) : eps;
/** sqrt(x + epsRoot) + eps: what adaptive rules divide by. */
export function root(x: AnyTensor, eps: number, epsRoot = 0): AnyTensor {
  const r = sqrt(plus(x, epsRoot));
  return plus(r, guard(eps, r.dtype));
}

/** A scalar at the shape and dtype of `x`; converted once a dtype, which few trees have more than one of. */
export function spreading(scalar: AnyTensor): (x: AnyTensor) => AnyTensor {
  const converted = new Map<DType, AnyTensor>();
  return x => {
    let s = converted.get(x.dtype);
    if (s === undefined) converted.set(x.dtype, s = convert(scalar, x.dtype));
    return broadcastInDim(s, x.shape, []);
  };
}

/** The dtype in which scalars of a whole tree are computed: f64 beside parameters of f64, else f32. */
export const working = (leaves: readonly { readonly dtype: DType }[]): 'f64' | 'f32' => leaves.some(x => x.dtype === 'f64') ? 'f64' : 'f32';

/** The sum of the squares of one leaf, in the dtype given: in f16 squares overflow at 256. */
export function sumOfSquares(x: AnyTensor, dtype: DType): AnyTensor {
  const wide = convert(x, dtype);
  return reduceSum(square(wide), range(x.shape.length));
}
/** The Euclidean norm of one leaf, not below `least`, in f32 or f64. */
export function norm(x: AnyTensor, least = 0): AnyTensor {
  const n = sqrt(sumOfSquares(x, working([x])));
  return least === 0 ? n : max(n, constantLike(least, n));
}
/** The root of the mean square of one leaf, in f32 or f64. */
export function rootMeanSquare(x: AnyTensor): AnyTensor {
  const total = sumOfSquares(x, working([x]));
  return sqrt(div(total, constantLike(Math.max(1, x.shape.reduce((n, d) => n * d, 1)), total)));
}
/** The Euclidean norm of all leaves together, in f32 or f64. */
export function normOfAll(updates: readonly Update[]): AnyTensor {
  const leaves = updates.filter(x => x !== null);
  const dtype = working(leaves);
  return sqrt(leaves.map(x => sumOfSquares(x, dtype)).reduce((a, b) => add(a, b), constant(0, [], dtype)));
}

/** How often a rule has stepped, this step included, and the weights that follow from it. */
export class Steps {
  readonly count: AnyTensor;
  readonly #scalars = new Map<string, AnyTensor>();
  constructor(count: AnyTensor) { this.count = count; }
  /** A function of the count, in the dtype of `x`: a scalar, computed once. */
  scalar(name: string, x: AnyTensor, of: (steps: AnyTensor) => AnyTensor): AnyTensor {
    const key = `${name} ${x.dtype}`;
    let s = this.#scalars.get(key);
    if (s === undefined) {
      // In f16 a count stops at 2048.
      const wide = working([x]);
      this.#scalars.set(key, s = convert(of(convert(this.count, wide)), x.dtype));
    }
    return s;
  }
  /** 1 - decay^(count + later), the weight that a decaying mean has gathered, spread over `x`; without the cancellation that the difference would suffer. */
  weight(decay: number, x: AnyTensor, later = 0): AnyTensor {
    const weight = this.scalar(`weight ${decay} ${later}`, x, n => decay === 0 ? constantLike(1, n) : neg(expm1(times(plus(n, later), Math.log(decay)))));
    return broadcastInDim(weight, x.shape, []);
  }
  /** A decaying mean, corrected for having started at zero. */
  unbiased(m: AnyTensor, decay: number, later = 0): AnyTensor { return div(m, this.weight(decay, m, later)); }
}
