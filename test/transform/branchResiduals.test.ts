// Residuals of branches that are not taken are zeros: linear programs that divide by them make no NaN, whatever is done to them.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { cond, full, grad, jit, lax, linearize, linearTranspose, makeJaxpr, np, tensor, vmap, type Scalar, type Tensor } from '../../src/index.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { typed } from '../../src/numpy/typed.ts';
import { padP } from '../../src/primitive/slice.ts';
import { bind1 } from '../../src/trace/scope.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { linearizeJaxpr, transposeJaxpr } from '../../src/transform/differentiate.ts';

describe('the linear half of a branch', () => {
  // d sqrt = t / (2 sqrt): the residual is 0 where the other branch is taken.
  const f = (positive: Scalar<'bool'>, x: Scalar): Scalar => cond(positive, (v: Scalar) => np.sqrt(v), (v: Scalar) => np.multiply(v, 3), x);
  const taken = tensor([true, false]);
  const x = tensor([4, 9]);
  const push = (t: Tensor<[2]>): Tensor<[2]> => vmap((p: Scalar<'bool'>, v: Scalar, dv: Scalar): Scalar => linearize((y: Scalar) => f(p, y), v)[1](dv))(taken, x, t);

  it('is finite under vmap', async () => {
    expect(await push(tensor([1, 1])).js()).toEqual([0.25, 3]);
  });
  it('is finite when it is transposed after vmap', async () => {
    expect(await linearTranspose(push, x)(tensor([1, 1]))[0].js()).toEqual([0.25, 3]);
  });
});

describe('zeros that rules write down', () => {
  it('are no tangents: a padding that pads nothing', async () => {
    // The public function leaves such an equation out; a transform may make one.
    const padded = (x: Tensor<[1]>): Tensor<[1]> => typed(bind1(padP, [full([1], -1.5), np.reshape(x, [])], { low: [0], high: [0], interior: [1] }));
    expect(await grad((x: Tensor<[1]>): Scalar => np.sum(np.multiply(x, padded(x))))(tensor([2])).js()).toEqual([-1.5]);
  });
  it('stay zeros inside a body that is transposed after it was batched', () => {
    // The tangent of a block that is replaced whole by a constant is a known zero of each example; `inner` gets it as an operand.
    const inner = jit((a: Tensor<[2]>, b: Tensor<[2]>): Tensor<[2]> => np.subtract(a, np.multiply(b, 2)));
    const f = (x: Tensor<[2]>, update: Tensor<[2]>, start: Scalar<'i32'>): Tensor<[2]> => inner(lax.dynamicUpdateSlice(x, update, [start]), x);
    const { jaxpr } = makeJaxpr(f)(tensor([1, 2]), tensor([5, 6]), tensor(0, 'i32'));
    const { linear, residuals } = linearizeJaxpr(jaxpr, [true, false, false]);
    const batched = batchJaxpr(linear, 2, linear.inputs.map(() => true), linear.outputs.map(() => true)).jaxpr;
    const transposed = transposeJaxpr(batched, linear.inputs.map((_, i) => i >= residuals));
    const two = (dtype: 'f32' | 'i32', ...data: number[]): NDArray => ({ shape: data.length === 2 ? [2] : [2, 2], dtype, data: dtype === 'f32' ? Float32Array.from(data) : Int32Array.from(data) });
    const given = [...linear.inputs.slice(0, residuals).map(v => v.aval.dtype === 'i32' ? two('i32', 0, 0) : two('f32', 0, 0, 0, 0)), two('f32', 1, 2, 3, 4)];
    expect(evaluateJaxpr(transposed, given).map(x => [...x.data])).toEqual([[-2, -4, -6, -8]]);
  });
});
