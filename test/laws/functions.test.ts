// laws.program and laws.layer on functions of users: right ones pass, each kind of wrong one is found.
import { expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { customJvp, customVjp, jit, nn, np, scan, tensor, vmap, type Scalar } from '../../src/index.ts';

const x = tensor([0.5, -1, 2]);
type X = typeof x;

it('passes what is right: float32, trees, closures, nested transforms', () => {
  const scale = tensor([1, 2, 3]);
  const f = ({ a, b }: { readonly a: X; readonly b: readonly [X, null] }) => ({
    sum: np.sum(np.multiply(np.tanh(a), scale)), soft: nn.softmax(np.add(a, b[0])),
    mapped: vmap((s: Scalar) => np.multiply(s, s))(a), jitted: jit((y: X) => np.exp(y))(b[0]),
  });
  const report = laws.program(f, { a: x, b: [tensor([1, 1, 0.5]), null] });
  expect(report.share.of).toBeGreaterThan(40);
  expect(new Set(report.laws.map(l => l.number))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31]));
});
it('passes loops and integers', () => {
  const f = (y: X, ids: ReturnType<typeof index>) => scan((c: Scalar, v: Scalar) => [np.add(np.multiply(c, v), 1), np.sin(c)] as const, np.sum(np.take(y, ids)), y);
  expect(laws.programWith({ runs: 3 }, f, x, index([0, 2, 2])).runs).toBe(3);
});
const index = (ids: readonly number[]) => tensor([...ids], 'i32');

it('passes layers', () => {
  const net = nn.seq(nn.dense(3), nn.layerNorm, nn.gelu, nn.residual(nn.dense(3)), nn.softmax);
  expect(laws.layer(net, tensor([[1, -2], [0.5, 3]]), { runs: 2, seed: 3 }).share.judged).toBeGreaterThan(10);
  expect(laws.layer(nn.sigmoid, x, { runs: 2 }).runs).toBe(2);
});

it('finds a custom forward rule that is wrong', () => {
  const f = customJvp((y: X) => np.square(y), ([y], [dy]) => [np.square(y), np.multiply(y, dy)]);
  expect(() => laws.program(f, x)).toThrow(/law 1 does not hold/);
});
it('finds a custom reverse rule that is wrong, though it has no forward mode', () => {
  const f = customVjp((y: X) => np.square(y), (y: X) => [np.square(y), y] as const, (y, ct) => [np.multiply(ct, y)] as const);
  expect(() => laws.program(f, x)).toThrow(/law 1 does not hold[^]*<v, J'w> against central differences/);
  const right = customVjp((y: X) => np.square(y), (y: X) => [np.square(y), y] as const, (y, ct) => [np.multiply(ct, np.multiply(y, 2))] as const);
  expect(laws.program(right, x).share.judged).toBeGreaterThan(0);
});
it('finds a function that depends on something outside that changes', () => {
  let calls = 0;
  expect(() => laws.program((y: X) => np.multiply(y, ++calls), x)).toThrow(/law 23 does not hold[^]*it is another program/);
});
it('finds a function that is not differentiable where it is used', () => {
  expect(() => laws.program((y: X) => np.abs(y), np.multiply(x, 0))).toThrow(/could judge 0 of/);
});
