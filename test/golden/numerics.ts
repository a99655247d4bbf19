// Functions and their slopes where formulas are 0 / 0, overflow or leave their domain, with what must come out: for every backend.
import { fromData, nn, np, type Float, type Shape, type Tensor } from '../../src/index.ts';
import * as primitives from '../../src/primitive/xlogy.ts';
import { typed } from '../../src/numpy/typed.ts';

export type T = Tensor<[number], Float>;
const filled = (x: T, ...values: readonly number[]): T => fromData(Float64Array.from(values), [values.length], x.dtype);
/** What is computed, where, what comes out there, and the slopes of the sum of it. Bounds are two units in the last place of the dtype. */
export type Line = readonly [name: string, f: (x: T) => Tensor<Shape, Float>, at: readonly number[], want: readonly number[], slopes: readonly number[]];
const log2 = Math.LN2;
export const lines: readonly Line[] = [
  ['pow(x, 2) at 0', x => np.power(x, 2), [0, -0, -3], [0, 0, 9], [0, 0, -6]],
  ['pow(x, 1) at 0', x => np.power(x, 1), [0, 2], [0, 2], [1, 1]],
  ['pow(x, 0) everywhere', x => np.power(x, 0), [0, -2, 1000], [1, 1, 1], [0, 0, 0]],
  ['pow(x, 0.5) at 0', x => np.power(x, 0.5), [0, 4], [0, 2], [Infinity, 0.25]],
  ['pow(x, y) by x at 0, exponents of a tensor', x => np.power(x, filled(x, 0, 1, 2, 3)), [0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]],
  ['pow(x, y) of negative bases, exponents of a tensor', x => np.power(x, filled(x, 2, 3, -1)), [-2, -2, -2], [4, -8, -0.5], [-4, 12, -0.25]],
  ['pow(0, y) by y', y => np.power(filled(y, 0, 0), y), [1, 2.5], [0, 0], [0, 0]],
  ['prod with one zero', x => np.prod(x), [2, 0, 3], [0], [0, 6, 0]],
  ['prod with two zeros', x => np.prod(x), [2, 0, 0, 3], [0], [0, 0, 0, 0]],
  ['cumprod with a zero', x => np.cumprod(x), [2, 0, 3], [2, 0, 0], [1, 8, 0]],
  ['cumprod with two zeros', x => np.cumprod(x), [2, 0, 0, 3], [2, 0, 0, 0], [1, 2, 0, 0]],
  ['norm at 0', x => np.linalg.norm(x), [0, 0, 0], [0], [0, 0, 0]],
  ['norm of 3 and 4', x => np.linalg.norm(x), [3, 4], [5], [0.6, 0.8]],
  ['hypot at 0', x => np.hypot(x, filled(x, 0, 0)), [0, 2], [0, 2], [0, 1]],
  ['sinc', x => np.sinc(x), [0, -0, 0.5], [1, 1, 2 / Math.PI], [0, 0, -4 / Math.PI]],
  ['xlogy(0, y) by y', y => typed(primitives.xlogy(filled(y, 0, 0, 2), y)), [0, 3, 1], [0, 0, 0], [0, 0, 2]],
  ['xlog1py(0, y) by y', y => typed(primitives.xlog1py(filled(y, 0, 0, 2), y)), [-1, 3, 0], [0, 0, 0], [0, 0, 2]],
  ['log(1 + exp(x)) as logaddexp', x => np.logaddexp(x, 0), [-1000, 1000, 0], [0, 1000, log2], [0, 1, 0.5]],
  ['softplus', x => nn.softplus(x), [-1000, 1000, 0], [0, 1000, log2], [0, 1, 0.5]],
  ['sigmoid', x => nn.sigmoid(x), [-1000, 1000, 0], [0, 1, 0.5], [0, 0, 0.25]],
  ['logSigmoid', x => nn.logSigmoid(x), [-1000, 1000, 0], [-1000, 0, -log2], [1, 0, 0.5]],
  ['silu', x => nn.silu(x), [-1000, 1000, 0], [-0, 1000, 0], [0, 1, 0.5]],
  ['tanh', x => np.tanh(x), [-1000, 1000, 0], [-1, 1, 0], [0, 0, 1]],
  ['logsumexp', x => np.logsumexp(x), [1000, 1000, -1000], [1000 + log2], [0.5, 0.5, 0]],
  ['where: a NaN in the branch not taken', x => np.where(np.greater(x, 0), x, filled(x, NaN, NaN)), [1, 2], [1, 2], [1, 1]],
  ['where: log of a negative in the branch not taken', x => np.where(np.greater(x, 0), np.log(x), x), [1, -1], [0, -1], [1, 1]],
  ['where: NaN taken is NaN', x => np.where(np.greater(x, 0), filled(x, NaN, 1), x), [1, -1], [NaN, -1], [0, 1]],
];
