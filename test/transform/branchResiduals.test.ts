// Residuals of branches that are not taken are zeros: linear programs that divide by them make no NaN, whatever is done to them.
import { describe, expect, it } from 'vitest';
import { cond, linearize, linearTranspose, np, tensor, vmap, type Scalar, type Tensor } from '../../src/index.ts';

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
