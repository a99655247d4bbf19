// definePrimitive: what a user's primitive gets from its decomposition, which rules of the user's take its place, and what is refused.
import { describe, expect, it } from 'vitest';
import { definePrimitive, grad, hessian, jit, jvp, makeJaxpr, np, setBackend, tensor, vjp, vmap, type AnyTensor, type Float, type Scalar, type Shape, type Tensor } from '../../src/index.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { avalOf } from '../../src/trace/handle.ts';
import type { Draw } from '../../src/ir/primitive.ts';

// Host functions run on the reference alone.
await setBackend('reference');

const anyFloats = (draw: Draw) => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] });
type Floats = Tensor<Shape, Float>;

describe('a decomposed primitive', () => {
  const { primitive, call: swish } = definePrimitive({
    name: 'test.swish',
    decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>) => np.divide(x, np.add(np.exp(np.negative(x)), 1)),
    sample: anyFloats,
  });
  const value = (x: number): number => x / (1 + Math.exp(-x));
  const slope = (x: number): number => { const s = 1 / (1 + Math.exp(-x)); return s + x * s * (1 - s); };

  it('computes, keeps its type and stands in programs under its name', () => {
    const y: Tensor<[2]> = swish(tensor([1, -2]));
    expect(y.jsSync()).toEqual([Math.fround(value(1)), expect.closeTo(value(-2), 6)]);
    const { jaxpr } = makeJaxpr((x: Tensor<[2]>) => swish(x))(tensor([1, 2]));
    expect(jaxpr.eqns.map(e => e.primitive.name)).toEqual(['test.swish']);
    expect(checkJaxpr(jaxpr)).toBe(jaxpr);
  });
  it('is differentiated to any order', () => {
    expect(grad((x: Scalar) => swish(x))(tensor(0.7)).itemSync()).toBeCloseTo(slope(0.7), 6);
    const second = grad((x: Scalar<'f64'>) => grad((y: Scalar<'f64'>) => swish(y))(x))(tensor(0.7, 'f64'));
    expect(second.itemSync()).toBeCloseTo((slope(0.7 + 1e-4) - slope(0.7 - 1e-4)) / 2e-4, 6);
    const [y, dy] = jvp((x: Tensor<[2]>) => swish(x), [tensor([1, 2])], [tensor([1, 0])]);
    expect([...y.jsSync(), ...dy.jsSync()]).toEqual([value(1), value(2), slope(1), 0].map(v => expect.closeTo(v, 5)));
    expect(hessian((x: Tensor<[2]>) => np.sum(swish(x)))(tensor([0, 1])).jsSync()[0]).toEqual([0.5, 0]);
  });
  it('is batched, jitted, and both around grad', () => {
    const xs = tensor([-1, 0, 2]);
    const expected = [-1, 0, 2].map(x => expect.closeTo(slope(x), 5));
    expect(vmap(grad((x: Scalar) => swish(x)))(xs).jsSync()).toEqual(expected);
    expect(jit(vmap(grad((x: Scalar) => swish(x))))(xs).jsSync()).toEqual(expected);
    expect(vmap((x: Scalar) => swish(x))(xs).jsSync()).toEqual([-1, 0, 2].map(x => expect.closeTo(value(x), 5)));
  });
  it('is transposed where its decomposition is linear', () => {
    const { call: twice } = definePrimitive({ name: 'test.twice', decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>) => np.add(x, x), linearIn: () => [[0]], sample: anyFloats });
    const { call: outer } = definePrimitive({
      name: 'test.outer', decomposition: (x: Scalar) => np.multiply(x, x), sample: () => ({ operands: [{ aval: { shape: [], dtype: 'f32' } }] }),
      jvp: ([x], [t]) => [x && t ? twice(np.multiply(x, t)) : null],
    });
    expect(grad(outer)(tensor(3)).itemSync()).toBe(6);
  });
  it('has a sample of complete parameters', () => {
    const draw: Draw = { int: lo => lo, pick: ([x]) => x, bool: () => true, shape: () => [2], dim: () => 1, float: () => 'f32', integer: () => 'i32' };
    const { operands, params } = primitive.sample(draw);
    expect(primitive.type(operands.map(o => o.aval), params)).toEqual([{ shape: [2], dtype: 'f32' }]);
  });
});

describe('parameters and several results', () => {
  const { call: divide } = definePrimitive({
    name: 'test.divmod',
    decomposition: (x: Tensor<Shape>, { by }: { readonly by: number }) => [np.floorDivide(x, by), np.remainder(x, by)] as const,
    sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: 'f32' } }], params: { by: 2 } }),
  });
  it('pass', () => {
    const [q, r] = divide(tensor([7, -7]), { by: 2 });
    expect([q.jsSync(), r.jsSync()]).toEqual([[3, -4], [1, 1]]);
    expect(divide(tensor([7, -7]), { by: 4 })[1].jsSync()).toEqual([3, 1]);
    expect(String(makeJaxpr((x: Tensor<[1]>) => divide(x, { by: 3 }))(tensor([1])))).toContain('by=3');
  });
});

describe('stated rules', () => {
  it('take the place of the derived ones', () => {
    const seen: string[] = [];
    const { call } = definePrimitive({
      name: 'test.stated',
      decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>) => np.multiply(x, x),
      evaluate([x], _params, [out]) {
        seen.push('evaluate');
        x?.data.forEach((v, i) => { if (out !== undefined) out.data[i] = v * v; });
      },
      jvp([x], [t]) { seen.push('jvp'); return [x && t ? np.multiply(np.multiply(x, 20), t) : null]; },
      batch([x], batched) { seen.push('batch'); return { outputs: x === undefined ? [] : [np.multiply(x, x)], batched }; },
      sample: anyFloats,
    });
    expect(call(tensor([3])).jsSync()).toEqual([9]);
    expect(grad((x: Scalar) => call(x))(tensor(3)).itemSync()).toBe(60);
    expect(vmap((x: Scalar) => call(x))(tensor([1, 2])).jsSync()).toEqual([1, 4]);
    expect(new Set(seen)).toEqual(new Set(['evaluate', 'jvp', 'batch']));
  });
  it('transpose a linear primitive that states no jvp: it is its own tangent', () => {
    const { call } = definePrimitive({
      name: 'test.linearAlone', decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>, y: Tensor<S, D>) => np.subtract(np.multiply(x, 3), y), sample: anyFloats,
      linearIn: () => [[0, 1]], transpose: ([ct]) => [ct ? np.multiply(ct, 100) : null, ct ? np.multiply(ct, -100) : null],
    });
    const f = (x: Scalar): Scalar => call(x, tensor(1));
    // The rule is wrong by purpose: what comes out shows that it was used, and that what does not move got a zero tangent.
    expect(grad(f)(tensor(2)).itemSync()).toBe(100);
    expect(jvp(f, [tensor(2)], [tensor(1)]).map(t => t.itemSync())).toEqual([5, 3]);
  });
  it('transpose what a jvp rule puts among the tangents', () => {
    const { call: third } = definePrimitive({
      name: 'test.third', decomposition: (x: Scalar) => np.divide(x, 3), sample: () => ({ operands: [{ aval: { shape: [], dtype: 'f32' } }] }),
      linearIn: () => [[0]], transpose: ([ct]) => [ct ? np.multiply(ct, 100) : null],
    });
    const { call } = definePrimitive({
      name: 'test.ofThird', decomposition: (x: Scalar) => np.divide(x, 3), sample: () => ({ operands: [{ aval: { shape: [], dtype: 'f32' } }] }),
      jvp: (_x, [t]) => [t ? third(t as Scalar) : null],
    });
    expect(grad(call)(tensor(1)).itemSync()).toBe(100);
  });
  it('may not capture tensors', () => {
    const { call } = definePrimitive({ name: 'test.capturingRule', decomposition: (x: Scalar) => np.multiply(x, 2), jvp: (_x, [t]) => [t ? np.multiply(t, k) : null], sample: () => ({ operands: [] }) });
    const k: Tensor<Shape, Float> = tensor(2);
    expect(() => grad(call)(tensor(1))).toThrow('test.capturingRule: a rule captures f32[]; it may read its arguments only');
  });
  it('are refused where a tangent has another type', () => {
    const { call } = definePrimitive({ name: 'test.bad', decomposition: (x: Tensor<[2]>) => np.multiply(x, 2), jvp: ([x]) => [x ? np.sum(x) : null], sample: () => ({ operands: [{ aval: { shape: [2], dtype: 'f32' } }] }) });
    expect(() => grad((x: Tensor<[2]>) => np.sum(call(x)))(tensor([1, 2]))).toThrow('test.bad: its jvp rule gives a tangent f32[] for a result f32[2]');
  });
});

describe('a hosted primitive', () => {
  const { primitive, call: fact } = definePrimitive<(x: Tensor<Shape>) => Tensor<Shape>>({
    name: 'test.factorial',
    type: ([x]) => x === undefined ? [] : [x],
    evaluate([x], _params, [out]) {
      x?.data.forEach((v, i) => { let f = 1; for (let k = 2; k <= v; k++) f *= k; if (out !== undefined) out.data[i] = f; });
    },
    sample: anyFloats,
  });
  it('computes, jitted too, and is batched example by example', () => {
    expect(fact(tensor([3, 5])).jsSync()).toEqual([6, 120]);
    expect(jit((x: Tensor<Shape>) => fact(x))(tensor([4])).jsSync()).toEqual([24]);
    expect(vmap((x: Tensor<[2]>) => fact(x))(tensor([[1, 2], [3, 4]])).jsSync()).toEqual([[1, 2], [6, 24]]);
    expect(primitive.lowering.kind).toBe('host');
  });
  it('has no derivative unless it states one', () => {
    expect(() => grad((x: Tensor<[1]>) => np.sum(fact(x) as Tensor<[1]>))(tensor([3]))).toThrow('test.factorial: has no derivative; give definePrimitive a jvp or a decomposition');
    const { call } = definePrimitive<(x: Scalar) => Scalar>({
      name: 'test.hostedSquare', type: ([x]) => x === undefined ? [] : [x], sample: () => ({ operands: [{ aval: { shape: [], dtype: 'f32' } }] }),
      evaluate([x], _params, [out]) { if (x !== undefined && out !== undefined) out.data[0] = (x.data[0] ?? 0) ** 2; },
      jvp: ([x], [t]) => [x && t ? np.multiply(np.multiply(x, 2), t) : null],
    });
    const [y, pull] = vjp(call, tensor(5));
    expect([y.itemSync(), pull(tensor(1))[0].itemSync()]).toEqual([25, 10]);
  });
});

describe('definePrimitive refuses', () => {
  const sample = anyFloats;
  it('a name that is taken, by a built-in or by another user', () => {
    const decomposition = (x: Floats): Floats => x;
    expect(() => definePrimitive({ name: 'add', decomposition, sample })).toThrow("definePrimitive: a primitive named 'add' exists already; choose another name");
    definePrimitive({ name: 'test.once', decomposition, sample });
    expect(() => definePrimitive({ name: 'test.once', decomposition, sample })).toThrow("named 'test.once' exists already");
    expect(() => definePrimitive({ name: '', decomposition, sample })).toThrow('definePrimitive: the name is empty');
  });
  it('a decomposition that captures a tensor', () => {
    const captured: AnyTensor = tensor([1, 2]);
    const { call } = definePrimitive({ name: 'test.capturing', decomposition: (x: Tensor<[2]>) => np.add(x, captured), sample });
    expect(() => call(tensor([1, 2]))).toThrow('test.capturing: the decomposition captures f32[2]; pass it as an operand');
  });
  it('arguments that are neither tensors nor parameters', () => {
    const { call } = definePrimitive({ name: 'test.strict', decomposition: (x: Floats) => x, sample });
    expect(() => (call as (...args: unknown[]) => unknown)(tensor(1), 3)).toThrow('test.strict: takes tensors, then at most one plain object of parameters');
    expect(() => (call as (...args: unknown[]) => unknown)([1], tensor(1))).toThrow('test.strict: an object is not a tensor; wrap it: tensor(...)');
    expect(avalOf(call(tensor(1)))).toEqual({ shape: [], dtype: 'f32' });
  });
});
