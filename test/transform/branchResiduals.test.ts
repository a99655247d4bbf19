// Residuals of branches that are not taken are zeros: linear programs that divide by them make no NaN, whatever is done to them.
import { describe, expect, it } from 'vitest';
import { cond, grad, jit, lax, linearize, linearTranspose, np, tensor, vmap, zeros, type Scalar, type Tensor } from '../../src/index.ts';

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
  it('are no tangents: the product of a value with a padded constant differentiates', async () => {
    const f = (x: Tensor<[1]>): Scalar => np.sum(np.multiply(x, lax.pad(tensor([-1.5]), np.reshape(x, []), [[0, 0, 1]])));
    expect(await grad(f)(tensor([2])).js()).toEqual([-1.5]);
  });
  it('stay zeros inside a body that is transposed after vmap', async () => {
    // The tangent of a block that is replaced whole by a constant is a known zero of each example; `inner` gets it as an operand.
    const inner = jit((a: Tensor<[2]>, b: Tensor<[2]>): Tensor<[2]> => np.subtract(a, np.multiply(b, 2)));
    const f = (x: Tensor<[2]>, start: Scalar<'i32'>): Tensor<[2]> => inner(lax.dynamicUpdateSlice(x, tensor([5, 6]), [start]), x);
    const push = (t: Tensor<[2, 2]>): Tensor<[2, 2]> => vmap((start: Scalar<'i32'>, dx: Tensor<[2]>): Tensor<[2]> => linearize((y: Tensor<[2]>) => f(y, start), tensor([1, 2]))[1](dx))(tensor([0, 0], 'i32'), t);
    expect(await linearTranspose(push, zeros([2, 2]))(tensor([[1, 2], [3, 4]]))[0].js()).toEqual([[-2, -4], [-6, -8]]);
  });
});
