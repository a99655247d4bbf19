// jvp, linearize, vjp: trees of tangents, what they refuse, and how long pullbacks and linear functions live.
import { describe, expect, it } from 'vitest';
import { codeAndText, here } from '../tree/errors.ts';
import { add, convert, dot, f64, grad, i32, jit, jvp, linearize, list, mul, neg, num, sin, sum, tensor, vjp, vmap, type T } from '../trace/language.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { negP } from '../../src/primitive/arithmetic.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { bind1, stage } from '../../src/trace/scope.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { expectClose } from './close.ts';

const x = f64(3);
/** What a record that computes something else than that which it is made from is for compilers. */
const madeOf = (f: (v: T) => T): Primitive['lowering'] => ({ kind: 'decomposition', program: (_params, avals) => stage('made', avals, xs => xs.map(v => f(handleOf(v))), { numbers: 'literals' }).jaxpr });

describe('what is remembered', () => {
  it('a transform is made once for equal programs', () => {
    const f = (v: T): T => mul(sin(v), v);
    const [first] = [grad(f)(x)];
    num(first);
    resetStatistics();
    expect(num(grad((v: T) => mul(sin(v), v))(x))).toBe(num(first));
    expect(statistics.staged).toBe(1);
  });
  it('programs that share a key by accident are told apart', () => {
    // Records of one name and different rules have equal hashes: only the comparison tells their programs apart.
    const twin = (slope: number): Primitive => ({
      ...negP, name: 'twin', lowering: madeOf(v => mul(v, slope)),
      evaluate([a], _p, [out]) { if (a && out) for (let i = 0; i < a.data.length; i++) out.data[i] = slope * (a.data[i] ?? 0); },
      rules: { kind: 'flat', jvp: (_x, [t]) => [t ? mul(handleOf(t), slope) : null], batch: ([a]) => ({ outputs: a === undefined ? [] : [bind1(twins[slope] ?? negP, [a], {})], batched: [true] }) },
    });
    const twins: { readonly [slope: number]: Primitive } = { 2: twin(2), 3: twin(3) };
    const at = (slope: number) => (v: T): T => bind1(twins[slope] ?? negP, [v], {});
    for (let i = 0; i < 3; i++) {
      for (const slope of [2, 3]) {
        expect(num(grad(at(slope))(x))).toBe(slope);
        expect(num(jvp(at(slope), [x], [f64(1)])[1])).toBe(slope);
        expect(num(linearize(at(slope), x)[1](f64(1)))).toBe(slope);
        expect(num(vjp(at(slope), x)[1](f64(1))[0])).toBe(slope);
        expect(list(vmap(at(slope))(f64([1, 2])))).toEqual([slope, 2 * slope]);
      }
    }
  });
});

describe('rules', () => {
  it('may write numbers, in every one of them', () => {
    const scaled = (v: AnyTensor): T => mul(handleOf(v), 2.5);
    const record: Primitive = {
      ...negP, name: 'scaled', lowering: madeOf(scaled), evaluate([a], _p, [out]) { if (a && out) for (let i = 0; i < a.data.length; i++) out.data[i] = 2.5 * (a.data[i] ?? 0); },
      rules: { kind: 'flat', jvp: (_x, [t]) => [t ? bind1(linear, [t], {}) : null], batch: ([a]) => ({ outputs: a === undefined ? [] : [scaled(a)], batched: [true] }) },
    };
    const linear: Primitive = { ...record, name: 'scaledTangent', linear: { transpose: ([ct]) => [ct ? scaled(ct) : null], linearIn: () => [[0]] } };
    const f = (v: T): T => bind1(record, [v], {});
    expect([num(grad(f)(x)), num(jvp(f, [x], [f64(2)])[1]), list(vmap(f)(f64([1, 2])))]).toEqual([2.5, 5, [2.5, 5]]);
    expect([num(jit(grad(f))(x)), list(vmap(grad(f))(f64([1, 2]))), num(grad(jit(f))(x))]).toEqual([2.5, [2.5, 2.5], 2.5]);
  });
  it('are refused where a tangent has another shape or dtype than its result', () => {
    const bad = (rule: (t: AnyTensor) => AnyTensor): Primitive => ({ ...negP, name: 'bad', rules: { kind: 'flat', jvp: (_x, [t]) => [t ? rule(t) : null], batch: () => ({ outputs: [], batched: [] }) } });
    const slope = (record: Primitive) => () => jvp((v: T) => bind1(record, [v], {}), [f64([1, 2])], [f64([1, 1])]);
    expect(codeAndText(slope(bad(t => sum(handleOf(t)))))).toEqual(['not-differentiable', 'bad: its jvp rule gives a tangent f64[] for a result f64[2]']);
    expect(codeAndText(slope(bad(t => convert(handleOf(t), 'f32'))))).toEqual(['not-differentiable', 'bad: its jvp rule gives a tangent f32[2] for a result f64[2]']);
  });
  it('that give an integer a tangent are not listened to', () => {
    const record: Primitive = { ...negP, name: 'rounded', lowering: madeOf(v => convert(neg(v), 'i32')), type: ([a]) => a === undefined ? [] : [{ shape: a.shape, dtype: 'i32' }], rules: { kind: 'flat', jvp: (_x, [t]) => [t ?? null], batch: () => ({ outputs: [], batched: [] }) } };
    const f = (v: T): T => mul(convert(bind1(record, [v], {}), 'f64'), v);
    expect([num(grad(f)(x)), num(jvp(f, [x], [f64(1)])[1])]).toEqual([-3, -3]);
  });
});

describe('jvp', () => {
  it('gives value and derivative along the tangents', () => {
    const [y, dy] = jvp((a: T, b: T) => mul(a, mul(a, b)), [f64(2), f64(5)], [f64(1), f64(10)]);
    expect([num(y), num(dy)]).toEqual([20, 60]);
  });
  it('takes null for a tangent that is zero, and zero where all are null', () => {
    expect(num(jvp((a: T, b: T) => mul(a, b), [f64(2), f64(5)], [null, f64(1)])[1])).toBe(2);
    expect(num(jvp((a: T, b: T) => mul(a, b), [f64(2), f64(5)], [null, null])[1])).toBe(0);
  });
  it('passes trees', () => {
    const [y, dy] = jvp<[{ s: T; n: T }, { s: T; n: null }]>((p: { v: [T, T] }) => ({ s: dot(p.v[0], p.v[1]), n: i32(1) }), [{ v: [f64([1, 2]), f64([3, 4])] }], [{ v: [f64([1, 0]), f64([0, 1])] }]);
    expect([num(y.s), num(y.n), num(dy.s), dy.n]).toEqual([11, 1, 5, null]);
  });
  it.each([
    ['a shape', [f64([1, 2])], [f64([1])], 'shape', 'jvp: tangent at [0] is f64[1], the value is f64[2]'],
    ['a dtype', [f64([1])], [tensor([1])], 'dtype', 'jvp: tangent at [0] is f32[1], the value is f64[1]'],
    ['a tree', [{ a: x }], [{ b: x }], 'tree', 'jvp: the trees differ at [0].b: expected nothing, got an object or a leaf'],
    ['a count', [x], [], 'tree', 'jvp: the trees differ at (root): expected an array of 1, got an array of 0'],
    ['a number', [{ a: x }], [{ a: 1 }], 'static', 'jvp: the number 1 at [0].a is not a tensor; wrap it: tensor(...)'],
    ['an integer with a tangent', [i32(1)], [i32(1)], 'not-differentiable', 'jvp: i32[] at [0] has no tangent; pass null'],
  ] as const)('refuses tangents that differ in %s', (_name, primals, tangents, code, text) => {
    expect(codeAndText(() => jvp((v: unknown) => v, primals, tangents))).toEqual([code, text]);
  });
});

describe('linearize', () => {
  it('is linear, reusable, and runs the function once', () => {
    resetStatistics();
    const [y, push] = linearize((v: T) => sin(mul(sin(v), 2)), x);
    const slope = 2 * Math.cos(3) * Math.cos(2 * Math.sin(3));
    expectClose(y, Math.sin(2 * Math.sin(3)));
    expectClose(push(f64(1)), slope);
    expectClose(push(f64(-4)), -4 * slope);
    expect(statistics.byName.get('sin')).toBe(2);
    expect(statistics.staged).toBe(1);
  });
  it('takes and gives trees; null is zero', () => {
    const [, push] = linearize<{ y: T }>((p: { a: T; n: T }, b: T) => ({ y: mul(mul(p.a, b), convert(p.n, 'f64')) }), { a: f64(2), n: i32(10) }, f64(5));
    expect(num(push({ a: f64(1), n: null }, f64(0)).y)).toBe(50);
    expect(num(push({ a: null, n: null }, f64(1)).y)).toBe(20);
  });
  it('refuses tangents of another shape', () => {
    const [, push] = linearize((v: T) => v, f64([1, 2]));
    expect(codeAndText(() => push(f64([1])))).toEqual(['shape', 'linearize: tangent at [0] is f64[1], the value is f64[2]']);
  });
});

describe('vjp', () => {
  it('the pullback is linear, reusable, and costs the function nothing', () => {
    resetStatistics();
    const [y, back] = vjp<T, [T, T]>((a: T, b: T) => dot(a, b), f64([[1, 2], [3, 4]]), f64([5, 6]));
    expect(list(y)).toEqual([17, 39]);
    expect(back(f64([1, 0])).map(list)).toEqual([[5, 6, 0, 0], [1, 2]]);
    expect(back(f64([1, 10])).map(list)).toEqual([[5, 6, 50, 60], [31, 42]]);
    expect(statistics.byName.get('dotGeneral')).toBe(5);
  });
  it('outlives what it was made from', async () => {
    const [, back] = vjp((v: T) => mul(v, v), x);
    await Promise.resolve();
    expect(num(back(f64(1))[0])).toBe(6);
  });
  it('works inside later stages', () => {
    const [, back] = vjp((v: T) => mul(v, mul(v, v)), x);
    expect(num(jit((ct: T) => back(ct)[0])(f64(2)))).toBe(54);
    expect(list(vmap((ct: T) => back(ct)[0])(f64([1, 2])))).toEqual([27, 54]);
    expect(num(grad((ct: T) => mul(ct, back(ct)[0]))(f64(2)))).toBe(108);
  });
  it('throws leak once the stage it was made in has ended, and says where that was', () => {
    let kept: (...ct: readonly unknown[]) => readonly [T] = () => [x];
    const line = here(1);
    jit((v: T) => { const [y, back] = vjp((u: T) => mul(u, u), v); kept = back; return y; })(x);
    const [code, text] = codeAndText(() => kept(f64(1)));
    expect(code).toBe('leak');
    expect(text).toMatch(/^Traced<f64\[\]> leaked: it was made inside jit called at .*, which has ended; return it from the function instead of storing it$/);
    expect(text).toContain(line);
  });
  it('so does a linear function', () => {
    let kept: (...t: readonly unknown[]) => T = () => x;
    grad((v: T) => { const [y, push] = linearize((u: T) => mul(u, u), v); kept = push; return y; })(x);
    expect(codeAndText(() => kept(f64(1)))[0]).toBe('leak');
  });
  it('refuses cotangents of another tree, shape or kind', () => {
    const [, back] = vjp<{ y: T; n: T }>((v: T) => ({ y: add(v, v), n: i32(2) }), f64([1, 2]));
    expect(codeAndText(() => back({ y: f64([1]), n: null }))).toEqual(['shape', 'vjp: tangent at y is f64[1], the value is f64[2]']);
    expect(codeAndText(() => back({ y: f64([1, 1]), n: i32(1) }))).toEqual(['not-differentiable', 'vjp: i32[] at n has no tangent; pass null']);
    expect(codeAndText(() => back([f64([1, 1])]))[0]).toBe('tree');
    expect(list(back({ y: f64([1, 10]), n: null })[0])).toEqual([2, 20]);
    expect(list(back({ y: null, n: null })[0])).toEqual([0, 0]);
  });
  it('a result that is an argument, and one that is given twice', () => {
    const [, back] = vjp<[T, T, T]>((v: T) => [v, v, mul(v, sum(v))], f64([1, 2]));
    expect(list(back([f64([1, 0]), f64([10, 0]), f64([0, 0])])[0])).toEqual([11, 0]);
  });
});
