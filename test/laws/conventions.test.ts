// Laws 14 and 15 on what users write: ties share, and derivatives at zeros, kinks, empty axes and saturated inputs are finite and right.
import { describe, expect, it } from 'vitest';
import { grad, jvp, nn, np, tensor, type AnyTensor } from '../../src/index.ts';
import { onReference } from '../../laws/untyped.ts';

type T = ReturnType<typeof vector>;
const vector = (xs: readonly number[]) => tensor([...xs], 'f64');
const scalar = (x: number) => np.reshape(vector([x]), []);
const list = (x: AnyTensor): readonly number[] => onReference(() => Array.from(x.dataSync() as Float64Array));
/** The gradient of the sum of `f` at `xs`. */
const gradient = (f: (x: T) => AnyTensor, ...xs: readonly number[]): readonly number[] =>
  onReference(() => list(grad((x: T) => np.sum(f(x) as T))(vector(xs))));
const expectClose = (got: readonly number[], want: readonly number[]): void => {
  expect(got).toHaveLength(want.length);
  want.forEach((w, i) => { expect(got[i]).toBeCloseTo(w, 12); });
};

describe('ties', () => {
  const cases: readonly (readonly [name: string, f: (x: T) => AnyTensor, at: readonly number[], want: readonly number[]])[] = [
    ['max of equal operands', x => np.maximum(np.slice(x, [[0, 1]]), np.slice(x, [[1, 2]])), [3, 3], [0.5, 0.5]],
    ['min of equal operands', x => np.minimum(np.slice(x, [[0, 1]]), np.slice(x, [[1, 2]])), [3, 3], [0.5, 0.5]],
    ['max of one value twice', x => np.maximum(x, x), [3, -1], [1, 1]],
    ['the greatest of three, two equal', x => np.max(x), [1, 4, 4], [0, 0.5, 0.5]],
    ['the greatest of four equal', x => np.max(x), [2, 2, 2, 2], [0.25, 0.25, 0.25, 0.25]],
    ['the least of three, two equal', x => np.min(x), [1, 4, 1], [0.5, 0, 0.5]],
    ['relu at 0', x => nn.relu(x), [0, -0, 1, -1], [0, 0, 1, 0]],
    ['abs at 0', x => np.abs(x), [0, -0, 1, -1], [0, 0, 1, -1]],
    ['sign, floor, ceil, round at their steps', x => np.add(np.sign(x), np.add(np.floor(x), np.add(np.ceil(x), np.round(x)))), [0, 1, 0.5, -0.5], [0, 0, 0, 0]],
    ['clip at its bounds', x => np.clip(x, -1, 1), [-1, 1, 0, 2, -2], [0.5, 0.5, 1, 0, 0]],
  ];
  it.each(cases)('%s', (_name, f, at, want) => { expectClose(gradient(f, ...at), want); });
  it('argmax and argmin take the first', () => {
    expect(list(np.argmax(vector([1, 3, 3])))).toEqual([1]);
    expect(list(np.argmin(vector([3, 1, 1])))).toEqual([1]);
  });
});

describe('zeros, kinks and saturated inputs', () => {
  const cases: readonly (readonly [name: string, f: (x: T) => AnyTensor, at: readonly number[], want: readonly number[]])[] = [
    ['prod with one zero', x => np.prod(x), [2, 0, 3], [0, 6, 0]],
    ['prod with two zeros', x => np.prod(x), [2, 0, 0, 3], [0, 0, 0, 0]],
    ['cumprod with a zero', x => np.cumprod(x), [2, 0, 3], [1, 8, 0]],
    ['square at 0', x => np.square(x), [0, -0], [0, 0]],
    ['pow(x, 2) at 0', x => np.power(x, 2), [0, -0, -3], [0, 0, -6]],
    ['pow(x, 3) with a tensor exponent at 0', x => np.power(x, np.full([1], 3, 'f64')), [0], [0]],
    ['pow(x, 1) at 0', x => np.power(x, np.full([1], 1, 'f64')), [0], [1]],
    ['pow(x, 0) everywhere', x => np.power(x, np.full([3], 0, 'f64')), [0, -2, 1000], [0, 0, 0]],
    ['pow(0, y) by its exponent', y => np.power(np.full([2], 0, 'f64'), y), [1, 2.5], [0, 0]],
    ['tanh', x => np.tanh(x), [-1000, 1000, 0], [0, 0, 1]],
    ['sigmoid', x => nn.sigmoid(x), [-1000, 1000, 0], [0, 0, 0.25]],
    ['softplus', x => nn.softplus(x), [-1000, 1000, 0], [0, 1, 0.5]],
    ['silu', x => nn.silu(x), [-1000, 1000, 0], [0, 1, 0.5]],
    ['gelu', x => nn.gelu(x), [-1000, 1000, 0], [0, 1, 0.5]],
    ['exp far below', x => np.exp(x), [-1000], [0]],
    ['expm1 far below', x => np.expm1(x), [-1000, 0], [0, 1]],
    ['logsumexp of large values', x => np.logsumexp(x), [1000, 1000, -1000], [0.5, 0.5, 0]],
    ['logaddexp of equal infinities is out of reach, of large values is not', x => np.logaddexp(x, np.full([2], 1000, 'f64')), [1000, -1000], [0.5, 0]],
    ['softmax, weighted', x => np.multiply(nn.softmax(x), vector([0, 1, 2])), [1000, 0, -1000], [0, 0, 0]],
    ['logSoftmax of one entry', x => np.slice(nn.logSoftmax(x), [[0, 1]]), [1000, 0, -1000], [0, 0, 0]],
    ['where with a NaN in the branch not taken', x => np.where(np.greater(x, 0), x, np.full([2], NaN, 'f64')), [1, 2], [1, 1]],
    ['where with log of a negative in the branch not taken', x => np.where(np.greater(x, 0), np.log(x), x), [2, -1], [0.5, 1]],
    ['std of equal values', x => np.multiply(np.var(x), 1), [3, 3, 3], [0, 0, 0]],
    ['sqrt of what is far from 0', x => np.sqrt(x), [1e300, 4], [5e-151, 0.25]],
  ];
  it.each(cases)('%s', (_name, f, at, want) => { expectClose(gradient(f, ...at), want); });

  it('second derivatives at zeros', () => {
    const second = (f: (x: ReturnType<typeof scalar>) => ReturnType<typeof scalar>, at: number): readonly number[] => onReference(() => list(grad(grad(f))(scalar(at))));
    expectClose(second(x => np.square(x), 0), [2]);
    expectClose(second(x => np.power(x, 2), 0), [2]);
    expectClose(second(x => np.power(x, 3), 0), [0]);
    expectClose(second(x => np.tanh(x), 0), [0]);
    expectClose(second(x => np.multiply(x, np.abs(x)), 0), [0]);
    expectClose(second(x => nn.sigmoid(x), 1000), [0]);
  });

  it('empty axes: sums are 0, products 1, and gradients have no elements or pass by', () => {
    const empty = np.reshape(vector([]), [0, 2]);
    for (const f of [np.sum, np.prod] as const) {
      const g = onReference(() => grad((x: typeof empty) => np.sum(f(x, { axis: 0 }) as T))(empty));
      expect(g.shape).toEqual([0, 2]);
      expect(list(g)).toEqual([]);
    }
    expect(list(np.sum(empty, { axis: 0 }))).toEqual([0, 0]);
    expect(list(np.prod(empty, { axis: 0 }))).toEqual([1, 1]);
    expectClose(gradient(x => np.concatenate([x, np.reshape(vector([]), [0])], 0), 1, 2), [1, 1]);
  });

  it('a tangent of zero is zero even where the derivative is large', () => {
    const [, dy] = onReference(() => jvp((x: T) => np.sqrt(x), [vector([1e-300, 4])], [vector([0, 1])]));
    expectClose(list(dy), [0, 0.25]);
  });
});
