// The fixed point example: it solves its equation, and its derivatives are those of going back through every step, to the second order.
import { expect, test } from 'vitest';
import { grad, jit, np, tensor, vmap, zeros, type Scalar, type Tensor } from 'cotangent';
import { example, fixedPoint, layer, loss, unrolled, type Params, type State } from '../../examples/fixed-point.ts';

const params = example(3);
const target: State = tensor([0.5, -0.5, 0.25, -0.25, 0, 0.125]);
const start = zeros([6]);
const far = async (a: Tensor<readonly number[]>, b: Tensor<readonly number[]>): Promise<number> => {
  const [x, y] = [await a.data(), await b.data()];
  return x.reduce((most, v, i) => Math.max(most, Math.abs(v - (y[i] ?? NaN))), 0);
};
const through = (p: Params): Scalar => np.sum(np.square(np.subtract(unrolled(p), target)));
const implicit = (p: Params): Scalar => loss(p, target);

test('solves the equation', async () => {
  const z = fixedPoint(layer, params, start);
  expect(await far(z, layer(params, z))).toBeLessThan(3e-6);
  expect(await far(z, unrolled(params))).toBeLessThan(3e-6);
});

test('the gradient is that of the unrolled steps, plain, jitted and mapped', async () => {
  const want = grad(through)(params);
  for (const got of [grad(implicit)(params), jit(grad(implicit))(params)]) {
    expect(await far(got.w, want.w)).toBeLessThan(3e-5);
    expect(await far(got.x, want.x)).toBeLessThan(3e-5);
  }
  const inputs = np.stack([params.x, np.multiply(params.x, -2)]);
  const each = vmap((x: State) => grad(implicit)({ w: params.w, x }).x)(inputs);
  expect(await far(each, vmap((x: State) => grad(through)({ w: params.w, x }).x)(inputs))).toBeLessThan(3e-5);
});

test('so is the gradient of a gradient', async () => {
  const again = (f: (p: Params) => Scalar) => grad((x: State) => np.sum(np.square(grad(f)({ w: params.w, x }).x)));
  expect(await far(again(implicit)(params.x), again(through)(params.x))).toBeLessThan(1e-3);
});
