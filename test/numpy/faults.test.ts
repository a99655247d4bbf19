// Faults that were measured in other libraries, none of which may occur here: one test each, on every backend there is.
import { beforeAll, describe, expect, it } from 'vitest';
import { arange, backends, fromData, full, grad, jacfwd, jacrev, jit, jvp, nn, np, ones, setBackend, tensor, vmap, zeros, type Scalar, type Tensor } from '../../src/index.ts';

describe.each(backends().filter(name => name !== 'webgpu'))('%s', (backend) => {
  beforeAll(async () => { await setBackend(backend); });

  describe('derivatives', () => {
    it('the gradient of a slice is zero outside of it, jitted too', () => {
      const f = (x: Tensor<[4]>): Scalar => x.slice([[1, 3]]).sum();
      expect(grad(f)(arange(4, { dtype: 'f32' })).jsSync()).toEqual([0, 1, 1, 0]);
      expect(jit(grad(f))(arange(4, { dtype: 'f32' })).jsSync()).toEqual([0, 1, 1, 0]);
    });
    it('Jacobians have the output first, square or not, in both modes', () => {
      const a = tensor([[1, 2, 3], [4, 5, 6]]);
      const f = (x: Tensor<[3]>): Tensor<[2]> => np.matmul(a, x);
      expect(jacfwd(f)(ones([3])).jsSync()).toEqual([[1, 2, 3], [4, 5, 6]]);
      expect(jacrev(f)(ones([3])).jsSync()).toEqual([[1, 2, 3], [4, 5, 6]]);
      const square = (x: Tensor<[2]>): Tensor<[2]> => np.matmul(tensor([[1, 2], [3, 4]]), x);
      expect(jacfwd(square)(ones([2])).jsSync()).toEqual([[1, 2], [3, 4]]);
      expect(jacrev(square)(ones([2])).jsSync()).toEqual([[1, 2], [3, 4]]);
    });
    it('the primal beside a tangent is the value: integer remainder', () => {
      const f = (x: Scalar): [Scalar, Scalar<'i32'>] => [x, np.remainder(np.astype(x, 'i32'), -3)];
      const [[, r]] = jvp(f, [tensor(7)], [tensor(1)]);
      expect(r.itemSync()).toBe(-2);
      const [y, dy] = jvp((x: Scalar) => np.remainder(x, 3), [tensor(-7)], [tensor(1)]);
      expect([y.itemSync(), dy.itemSync()]).toEqual([2, 1]);
    });
    it('prod with zeros', () => {
      const g = grad((x: Tensor<[3]>) => np.prod(x));
      expect(g(tensor([2, 0, 5])).jsSync()).toEqual([0, 10, 0]);
      expect(g(tensor([0, 0, 5])).jsSync()).toEqual([0, 0, 0]);
    });
    it('powers at 0', () => {
      expect(grad((x: Scalar) => np.power(x, 2))(tensor(0)).itemSync()).toBe(0);
      expect(grad((x: Scalar) => np.power(x, tensor(2)))(tensor(0)).itemSync()).toBe(0);
      expect(grad((x: Scalar) => np.power(x, 1))(tensor(0)).itemSync()).toBe(1);
      expect(grad((x: Scalar) => np.power(x, 0))(tensor(0)).itemSync()).toBe(0);
      expect(grad((x: Scalar) => grad((y: Scalar) => np.power(y, 2))(x))(tensor(0)).itemSync()).toBe(2);
    });
    it('far out: softplus, sigmoid, silu', () => {
      const at = (f: (x: Scalar) => Scalar, x: number): number => grad(f)(tensor(x)).itemSync();
      expect([at((x) => np.logaddexp(x, 0), 89), at((x) => np.logaddexp(x, 0), -200), at((x) => np.logaddexp(0, x), 1000)]).toEqual([1, 0, 1]);
      expect([at(nn.softplus, 89), at(nn.sigmoid, -88), at(nn.sigmoid, 200), at(nn.silu, 100)]).toEqual([1, expect.closeTo(0, 6), 0, 1]);
      expect(at((x) => np.logaddexp(x, 0), 0)).toBe(0.5);
      expect(grad((x: Scalar) => grad((y: Scalar) => np.logaddexp(y, 0))(x))(tensor(0)).itemSync()).toBeCloseTo(0.25, 6);
    });
    it('pass through a cast between floats', () => {
      const f = (x: Tensor<[2]>): Scalar => np.astype(np.sum(np.square(np.astype(x, 'f64'))), 'f32');
      expect(grad(f)(tensor([1, 2])).jsSync()).toEqual([2, 4]);
      expect(grad(f)(tensor([1, 2])).dtype).toBe('f32');
    });
    it('where never passes a NaN from the branch that was not chosen, if that branch is made safe', () => {
      const safe = (x: Tensor<[2]>): Scalar => {
        const positive = np.greater(x, 0);
        return np.sum(np.where(positive, np.sqrt(np.where(positive, x, 1)), 0));
      };
      expect(grad(safe)(tensor([4, 0])).jsSync()).toEqual([0.25, 0]);
    });
  });

  describe('values', () => {
    it('batched products have the broadcast shape', () => {
      const y = np.matmul(ones([2, 1, 2, 2]), ones([1, 2, 2]));
      expect(y.shape).toEqual([2, 1, 2, 2]);
      expect(y.jsSync()).toEqual([[[[2, 2], [2, 2]]], [[[2, 2], [2, 2]]]]);
    });
    it('a million tenths sum to a hundred thousand', () => {
      const total = np.sum(full([1_000_000], 0.1)).itemSync();
      expect(Math.abs(total / 1e5 - 1)).toBeLessThan(1e-5);
      expect(Math.abs(np.mean(full([1_000_000], 0.1)).itemSync() / 0.1 - 1)).toBeLessThan(1e-5);
    });
    it('take(-1) is the last element', () => {
      expect(np.take(tensor([10, 20, 30]), tensor([-1, -3], 'i32')).jsSync()).toEqual([30, 10]);
      expect(np.take(tensor([10, 20, 30]), -1).itemSync()).toBe(30);
      expect(np.take(tensor([10, 20, 30]), tensor([-1], 'i8'), { mode: 'clip' }).jsSync()).toEqual([30]);
    });
    it('an index outside is never an arbitrary element', () => {
      expect(np.take(tensor([10, 20]), tensor([2, -3], 'i32')).jsSync()).toEqual([NaN, NaN]);
      expect(np.take(tensor([10, 20], 'i32'), tensor([2], 'i32')).jsSync()).toEqual([-2147483648]);
      expect(np.take(tensor([10, 20], 'u8'), tensor([2], 'i32')).jsSync()).toEqual([255]);
      expect(np.take(tensor([10, 20]), tensor([5, -9], 'i32'), { mode: 'clip' }).jsSync()).toEqual([20, 10]);
      // @ts-expect-error the compiler says so as well
      expect(() => np.take(tensor([10, 20]), 2)).toThrow('take: index 2 is outside axis 0 of [2]');
    });
    it('NaN propagates through every extremum', () => {
      const x = tensor([1, NaN, 3]);
      expect([np.max(x).itemSync(), np.min(x).itemSync(), np.argmax(x).itemSync(), np.argmin(x).itemSync()]).toEqual([NaN, NaN, 1, 1]);
      expect(np.maximum(x, 2).jsSync()).toEqual([2, NaN, 3]);
      expect(np.clip(x, 0, 2).jsSync()).toEqual([1, NaN, 2]);
    });
    it('exp is finite up to the end of its range', () => {
      const x = [88.4, 88.7].map(Math.fround);
      np.exp(tensor(x)).jsSync().forEach((y, i) => { expect(Math.abs(y / Math.exp(x[i] ?? 0) - 1)).toBeLessThan(1e-6); });
      expect(np.exp(tensor(89)).itemSync()).toBe(Infinity);
    });
    it('tanh near 0, sine far out', () => {
      // Within two units in the last place: the peer was 1 % off.
      expect(Math.abs(np.tanh(tensor(1e-6)).itemSync() / 1e-6 - 1)).toBeLessThan(2.4e-7);
      expect(np.sin(tensor(1e6)).itemSync()).toBeCloseTo(Math.sin(1e6), 6);
      expect(np.cos(tensor(1e6)).itemSync()).toBeCloseTo(Math.cos(1e6), 6);
    });
    it('f64 is computed in f64', () => {
      const x = fromData(new Float64Array([0.1, 1.7]), [2]);
      // To the three or four units in the last place that float64 functions are allowed: float32 has half the digits.
      const near = (y: readonly number[], exact: readonly number[]): void => { exact.forEach((e, i) => { expect(Math.abs((y[i] ?? NaN) / e - 1)).toBeLessThan(1e-15); }); };
      near(np.exp(x).jsSync(), [Math.exp(0.1), Math.exp(1.7)]);
      near(np.tanh(x).jsSync(), [Math.tanh(0.1), Math.tanh(1.7)]);
      expect(np.sum(x).itemSync()).toBe(0.1 + 1.7);
    });
    it('41 / 41 is 1', () => {
      const n = arange(1, 200, 1, { dtype: 'f32' });
      expect(np.divide(n, n).jsSync()).toEqual(Array.from({ length: 199 }, () => 1));
      expect(np.floorDivide(n, n).jsSync()).toEqual(Array.from({ length: 199 }, () => 1));
    });
    it('softmax sums of large logits stay finite', () => {
      expect(np.logsumexp(tensor([1000, 1000, -1000])).itemSync()).toBeCloseTo(1000 + Math.log(2), 3);
      expect(grad((x: Tensor<[2]>) => np.logsumexp(x))(tensor([1000, 0])).jsSync()).toEqual([1, 0]);
      expect(np.logsumexp(tensor([-Infinity, -Infinity])).itemSync()).toBe(-Infinity);
      expect(np.logsumexp(tensor([Infinity, 0])).itemSync()).toBe(Infinity);
    });
  });

  describe('tracers', () => {
    it('refuse to be asked which branch to take', () => {
      const f = jit((x: Scalar) => ((x as unknown as number) > 0 ? x : np.negative(x)));
      expect(() => f(tensor(1))).toThrow(/has no value yet/);
    });
    it('that leaked refuse to compute', () => {
      const leaked: Scalar[] = [];
      vmap((x: Scalar) => { leaked.push(x); return x; })(zeros([2]));
      const [tracer] = leaked;
      expect(() => np.add(tracer ?? zeros([]), 1)).toThrow(/leaked: it was made inside vmap/);
    });
  });
});
