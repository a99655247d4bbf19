// The inner product of trees: its value, what does not count, its derivative, its type, what it refuses.
import { expect, test } from 'vitest';
import { grad, jit, np, tensor, tree, zeros, type Scalar } from '../../src/index.ts';
import { codeAndText } from './errors.ts';

const a = { w: tensor([[1, 2], [3, 4]]), rest: [tensor(5), null] as const, n: tensor([7, 8], 'i32') };
const b = { w: tensor([[2, 0], [1, -1]]), rest: [tensor(10), null] as const, n: tensor([1, 1], 'i32') };

test('sums the products of all floats, wherever they stand; integers do not count', async () => {
  expect(await tree.vdot(a, b).item()).toBe(2 + 3 - 4 + 50);
  expect(await jit((x: typeof a, y: typeof a) => tree.vdot(x, y))(a, b).item()).toBe(51);
  expect(await tree.vdot([zeros([0])], [zeros([0])]).item()).toBe(0);
  expect(await tree.vdot({}, {}).item()).toBe(0);
});

test('takes tangents, whose integers are null', async () => {
  const gradient = grad((x: typeof a): Scalar => np.sum(x.w.square()))(a);
  expect(await tree.vdot(a, gradient).item()).toBe(2 * 30);
});

test('its derivative is the other tree', async () => {
  const gradient = grad((x: typeof a): Scalar => tree.vdot(x, b))(a);
  expect([await gradient.w.js(), await gradient.rest[0].item(), gradient.n]).toEqual([[[2, 0], [1, -1]], 10, null]);
});

test('is f64 where a leaf is, f32 of f16', async () => {
  const wide = [tensor(0.1, 'f64'), tensor(2)] as const;
  const product: Scalar<'f64'> = tree.vdot(wide, wide);
  expect([product.dtype, await product.item()]).toEqual(['f64', 0.1 * 0.1 + 4]);
  // In f16 there are no numbers over 65504.
  const halves = tensor([300, 300], 'f16');
  const sum: Scalar = tree.vdot(halves, halves);
  expect([sum.dtype, await sum.item()]).toEqual(['f32', 180000]);
});

test('refuses trees that part, shapes and dtypes that differ, and plain numbers', () => {
  const anyhow: (x: unknown, y: unknown) => unknown = tree.vdot;
  expect(codeAndText(() => anyhow({ w: tensor(1) }, [tensor(1)]))).toEqual(['tree', expect.stringMatching(/^tree\.vdot: the trees differ/)]);
  expect(codeAndText(() => anyhow([zeros([2])], [zeros([1])]))).toEqual(['shape', 'tree.vdot: shapes differ: f32[2] vs f32[1]']);
  expect(codeAndText(() => anyhow([zeros([2], 'f64')], [zeros([2])]))).toEqual(['dtype', 'tree.vdot: dtypes differ: f64[2] vs f32[2]']);
  expect(codeAndText(() => anyhow([1], [2]))).toEqual(['tree', 'tree.vdot: the number 1 is no tensor; wrap it: tensor(x)']);
  // @ts-expect-error the second tree lacks a leaf
  expect(codeAndText(() => tree.vdot({ w: tensor(1), b: tensor(1) }, { w: tensor(1) }))[0]).toBe('tree');
});
