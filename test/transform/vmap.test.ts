// vmap: axes of arguments and results over trees, nesting, names of axes, and what it refuses.
import { describe, expect, it } from 'vitest';
import { codeAndText } from '../tree/errors.ts';
import { add, axisIndex, broadcast, convert, dot, f64, grad, i32, jit, jvp, list, mul, pmean, psum, shape, sin, sub, sum, tensor, transpose, vmap, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';

const m = tensor([[1, 2, 3], [4, 5, 6]]);
const identity = (x: T): T => x;

describe('axes', () => {
  it('maps axis 0 of every argument and result by default', () => {
    expect(list(vmap((x: T, y: T) => sum(mul(x, y)))(m, m))).toEqual([14, 77]);
  });
  it.each([[0, [6, 15]], [1, [5, 7, 9]], [-1, [5, 7, 9]], [-2, [6, 15]]] as const)('inAxes %d', (inAxes, sums) => {
    expect(list(vmap((x: T) => sum(x), { inAxes })(m))).toEqual(sums);
  });
  it('the other axes keep their order, wherever the mapped one stood and goes', () => {
    const cube = tensor(Array.from({ length: 24 }, (_, i) => i), 'f32', [2, 3, 4]);
    const at = (i: number, j: number, k: number): number => 12 * i + 4 * j + k;
    const last = vmap(identity, { inAxes: 2 })(cube);
    expect([shape(last), list(last)]).toEqual([[4, 2, 3], [0, 1, 2, 3].flatMap(k => [0, 1].flatMap(i => [0, 1, 2].map(j => at(i, j, k))))]);
    const back = vmap(identity, { inAxes: 2, outAxes: 2 })(cube);
    expect([shape(back), list(back)]).toEqual([[2, 3, 4], list(cube)]);
    const moved = vmap(identity, { outAxes: 2 })(cube);
    expect([shape(moved), list(moved)]).toEqual([[3, 4, 2], [0, 1, 2].flatMap(j => [0, 1, 2, 3].flatMap(k => [0, 1].map(i => at(i, j, k))))]);
  });
  it('one program, mapped over other arguments of it, is not confused with itself', () => {
    const f = (x: T, y: T): T => sub(x, y);
    const row = tensor([10, 20, 30]);
    for (let i = 0; i < 2; i++) {
      expect(list(vmap(f)(m, m))).toEqual([0, 0, 0, 0, 0, 0]);
      expect(list(vmap(f, { inAxes: [0, null] })(m, row))).toEqual([-9, -18, -27, -6, -15, -24]);
      expect(list(vmap(f, { inAxes: [null, 0] })(row, m))).toEqual([9, 18, 27, 6, 15, 24]);
    }
  });
  it('null arguments are not mapped', () => {
    expect(list(vmap((x: T, y: T) => add(x, y), { inAxes: [0, null] })(m, tensor([10, 20, 30])))).toEqual([11, 22, 33, 14, 25, 36]);
    expect(list(vmap((x: T, y: T) => add(x, y), { inAxes: [null, 1] })(tensor([1, 2]), m))).toEqual([2, 6, 3, 7, 4, 8]);
  });
  it.each([
    [0, [2, 3], [1, 2, 3, 4, 5, 6]],
    [1, [3, 2], [1, 4, 2, 5, 3, 6]],
    [-1, [3, 2], [1, 4, 2, 5, 3, 6]],
    [-2, [2, 3], [1, 2, 3, 4, 5, 6]],
  ] as const)('outAxes %d', (outAxes, wanted, elements) => {
    const y = vmap(identity, { outAxes })(m);
    expect([shape(y), list(y)]).toEqual([wanted, elements]);
  });
  it('outAxes null for what does not depend on the mapped axis; a copy each otherwise', () => {
    const f = (_: T): T => tensor([7, 8]);
    expect(shape(vmap(f, { outAxes: null })(m))).toEqual([2]);
    expect(list(vmap(f)(m))).toEqual([7, 8, 7, 8]);
    expect(list(vmap(f, { outAxes: 1 })(m))).toEqual([7, 7, 8, 8]);
  });
  it('trees of axes follow the trees of values; one axis stands for a whole subtree', () => {
    interface P { w: T; b: T; n: null }
    const f = (p: P, x: T): { y: T; p: T } => ({ y: add(sum(mul(p.w, x)), p.b), p: p.b });
    const p: P = { w: m, b: tensor(100), n: null };
    const out = vmap<{ y: T; p: T }>(f, { inAxes: [{ w: 0, b: null, n: null }, null], outAxes: { y: 0, p: null } })(p, tensor([1, 1, 1]));
    expect([list(out.y), list(out.p)]).toEqual([[106, 115], [100]]);
    const all = vmap<{ y: T; p: T }>(f, { inAxes: [0, null] })({ w: m, b: tensor([10, 20]), n: null }, tensor([1, 1, 1]));
    expect([list(all.y), list(all.p)]).toEqual([[16, 35], [10, 20]]);
  });
  it('a key that an axis tree lacks is not mapped', () => {
    expect(list(vmap((p: { w: T; b: T }) => add(p.w, p.b), { inAxes: [{ w: 1 }] })({ w: m, b: tensor([10, 20]) }))).toEqual([11, 24, 12, 25, 13, 26]);
  });
  it('arrays in arrays', () => {
    const [y, z] = vmap<[T, T]>((p: readonly [T, T]) => [p[1], p[0]], { inAxes: [[0, 1]], outAxes: [1, 0] })([m, transpose(m)]);
    expect([list(y), list(z)]).toEqual([[1, 4, 2, 5, 3, 6], [1, 2, 3, 4, 5, 6]]);
  });
  it('an axis of size 1, and of size 0', () => {
    expect(list(vmap((x: T) => mul(x, 2))(tensor([5])))).toEqual([10]);
    const empty = vmap((x: T) => sum(x))(tensor([], 'f32', [0, 3]));
    expect([shape(empty), list(empty)]).toEqual([[0], []]);
  });
});

describe('nesting', () => {
  it('swapping two vmaps swaps the axes', () => {
    const [x, y] = [tensor([1, 2, 3]), tensor([10, 20])];
    const f = (u: T, v: T): T => sub(mul(u, v), u);
    const xy = vmap((u: T) => vmap((v: T) => f(u, v))(y))(x);
    const yx = vmap((v: T) => vmap((u: T) => f(u, v))(x))(y);
    expect(list(xy)).toEqual(list(transpose(yx)));
  });
  it('three deep, with captured values of every level', () => {
    const [x, y, z] = [tensor([1, 2]), tensor([3, 5]), tensor([7, 11, 13])];
    const out = vmap((a: T) => vmap((b: T) => vmap((c: T) => add(mul(a, b), mul(b, c)))(z))(y))(x);
    expect(shape(out)).toEqual([2, 2, 3]);
    expect(list(out)).toEqual([1, 2].flatMap(a => [3, 5].flatMap(b => [7, 11, 13].map(c => a * b + b * c))));
  });
  it('a product with unbatched weights stays one product', () => {
    const w = tensor([[1, 0], [0, 2], [3, 0]]);
    expect(list(vmap((x: T) => dot(x, w))(m))).toEqual([10, 4, 22, 10]);
  });
  it('commutes with jit, jvp and grad', () => {
    const x = f64([0.1, 0.5]);
    const f = (v: T): T => mul(sin(v), v);
    const want = [0.1, 0.5].map(v => Math.sin(v) + v * Math.cos(v));
    expectClose(vmap(grad(f))(x), want);
    expectClose(jit(vmap(grad(f)))(x), want);
    expectClose(vmap(jit(grad(f)))(x), want);
    expectClose(jvp(vmap(f), [x], [f64([1, 1])])[1], want);
    expectClose(grad((v: T) => sum(vmap(f)(v)))(x), want);
  });
});

describe('names of axes', () => {
  const x = f64([1, 2, 3]);
  it('psum, pmean and axisIndex', () => {
    expect(list(vmap((v: T) => psum(v, 'i'), { axisName: 'i' })(x))).toEqual([6, 6, 6]);
    expect(list(vmap((v: T) => sub(v, pmean(v, 'i')), { axisName: 'i' })(x))).toEqual([-1, 0, 1]);
    expect(list(vmap((v: T) => add(mul(v, 10), convert(axisIndex('i'), 'f64')), { axisName: 'i' })(x))).toEqual([10, 21, 32]);
  });
  it('of a value that is the same at every position, psum is that many times it', () => {
    expect(list(vmap((_: T) => psum(f64(5), 'i'), { axisName: 'i', outAxes: null })(x))).toEqual([15]);
  });
  it('two names, summed over either or both', () => {
    const both = (over: (v: T) => T): T => vmap((row: T) => vmap((v: T) => over(v), { axisName: 'j' })(row), { axisName: 'i' })(f64([[1, 2], [10, 20], [100, 200]]));
    expect(list(both(v => psum(v, 'i')))).toEqual([111, 222, 111, 222, 111, 222]);
    expect(list(both(v => psum(v, 'j')))).toEqual([3, 3, 30, 30, 300, 300]);
    expect(list(both(v => psum(psum(v, 'i'), 'j')))).toEqual([333, 333, 333, 333, 333, 333]);
    expect(list(both(v => add(v, convert(add(mul(axisIndex('i'), 2), axisIndex('j')), 'f64'))))).toEqual([1, 3, 12, 23, 104, 205]);
  });
  it('an inner axis of the same name hides the outer one', () => {
    const y = vmap((row: T) => vmap((v: T) => psum(v, 'i'), { axisName: 'i' })(row), { axisName: 'i' })(f64([[1, 2], [10, 20]]));
    expect(list(y)).toEqual([3, 3, 30, 30]);
  });
  it('the same program is mapped under a name and not, and the two are not confused', () => {
    const square = f64([[1, 2, 3], [10, 20, 30], [100, 200, 300]]);
    const f = (v: T): T => psum(v, 'i');
    expect(list(vmap(f, { axisName: 'i' })(x))).toEqual([6, 6, 6]);
    // The inner map has no name: psum sums over the outer one.
    expect(list(vmap((row: T) => vmap(f)(row), { axisName: 'i' })(square)).slice(0, 3)).toEqual([111, 222, 333]);
    expect(list(vmap(f, { axisName: 'i' })(x))).toEqual([6, 6, 6]);
  });
  it('inside jit, at two sizes', () => {
    const f = jit((v: T) => sub(v, pmean(v, 'i')));
    expect(list(vmap((v: T) => f(v), { axisName: 'i' })(x))).toEqual([-1, 0, 1]);
    expect(list(vmap((v: T) => f(v), { axisName: 'i' })(f64([1, 5])))).toEqual([-2, 2]);
    expect(list(jit(vmap((v: T) => psum(v, 'i'), { axisName: 'i' }))(x))).toEqual([6, 6, 6]);
  });
  it('inside jit of what is the same at every position, or of nothing', () => {
    expect(list(vmap((v: T) => add(v, jit((u: T) => psum(u, 'i'))(f64(5))), { axisName: 'i' })(x))).toEqual([16, 17, 18]);
    expect(list(vmap((v: T) => add(mul(v, 10), jit(() => convert(axisIndex('i'), 'f64'))()), { axisName: 'i' })(x))).toEqual([10, 21, 32]);
  });
  it('under grad: inside and outside the mapped function', () => {
    // sum over i of (v_i - mean)^2: the gradient is 2 (v - mean).
    const spread = (v: T): T => sum(vmap((u: T) => { const d = sub(u, pmean(u, 'i')); return mul(d, d); }, { axisName: 'i' })(v));
    expectClose(grad(spread)(x), [-2, 0, 2]);
    expectClose(grad((v: T) => sum(mul(grad(spread)(v), f64([1, 2, 4]))))(x), [1, 2, 4].map(w => 2 * (w - 7 / 3)));
    // Each position differentiates the sum of squares over all: the pullback sums cotangents over the axis.
    expectClose(vmap(grad((u: T) => psum(mul(u, u), 'i')), { axisName: 'i' })(x), [6, 12, 18]);
  });
  it('refuses a name that is not bound, and says which are', () => {
    expect(codeAndText(() => psum(x, 'i'))).toEqual(['axis', "psum: no axis named 'i' (none is bound); call it inside vmap(f, { axisName: 'i' })"]);
    expect(codeAndText(() => vmap((v: T) => psum(v, 'k'), { axisName: 'i' })(x))).toEqual(
      ['axis', "psum: no axis named 'k' (bound: 'i'); call it inside vmap(f, { axisName: 'k' })"]);
  });
  it('a name is bound no longer after an exception', () => {
    expect(() => vmap(() => { throw new Error('mine'); }, { axisName: 'i' })(x)).toThrow('mine');
    expect(codeAndText(() => psum(x, 'i'))[1]).toContain('none is bound');
  });
});

describe('refuses', () => {
  const pair = (x: T, y: T): T => add(sum(x), sum(y));
  it.each([
    ['an axis out of range', () => vmap(identity, { inAxes: 2 })(m), 'axis', 'vmap: axis 2 is out of range for argument 0, f32[2,3]'],
    ['a negative one', () => vmap(identity, { inAxes: [-3] })(m), 'axis', 'vmap: axis -3 is out of range for argument 0, f32[2,3]'],
    ['a fraction', () => vmap(identity, { inAxes: 0.5 })(m), 'axis', 'vmap: axis 0.5 is out of range for argument 0, f32[2,3]'],
    ['a scalar', () => vmap(identity)(tensor(1)), 'axis', 'vmap: axis 0 is out of range for argument 0, f32[]'],
    ['an axis inside a tree', () => vmap((p: { w: [T] }) => p.w[0], { inAxes: [{ w: [5] }] })({ w: [m] }), 'axis', 'vmap: axis 5 is out of range for argument 0 (w[0]), f32[2,3]'],
    ['sizes that differ', () => vmap(pair)(m, transpose(m)), 'shape', 'vmap: mapped axes differ in size: 2 in argument 0, 3 in argument 1'],
    ['no mapped argument', () => vmap(identity, { inAxes: null })(m), 'value', 'vmap: inAxes maps no argument; give at least one an axis'],
    ['a wrong count of inAxes', () => vmap(pair, { inAxes: [0] })(m, m), 'value', 'vmap: inAxes has 1 entries for 2 arguments'],
    ['inAxes of another tree', () => vmap((p: [T, T]) => p[0], { inAxes: [[0, 0, 0]] })([m, m]), 'tree', 'vmap: inAxes [0,0,0] does not follow the tree of the arguments'],
    ['a key of inAxes that the argument lacks', () => vmap((p: { w: T }) => p.w, { inAxes: [{ w: 0, bias: 0 }] })({ w: m }), 'tree', 'vmap: inAxes {"w":0,"bias":0} does not follow the tree of the arguments'],
    ['outAxes of another tree', () => vmap(identity, { outAxes: [0] })(m), 'tree', 'vmap: outAxes [0] does not follow the tree of the results'],
    ['outAxes out of range', () => vmap(identity, { outAxes: 2 })(m), 'axis', 'vmap: outAxes 2 is out of range for a result of rank 2'],
    ['negative outAxes out of range', () => vmap(identity, { outAxes: -3 })(m), 'axis', 'vmap: outAxes -3 is out of range for a result of rank 2'],
    ['outAxes that are a fraction', () => vmap(identity, { outAxes: 0.5 })(m), 'axis', 'vmap: outAxes 0.5 is out of range for a result of rank 2'],
    ['outAxes null for what is mapped', () => vmap(identity, { outAxes: null })(m), 'axis', 'vmap: outAxes is null for a result f32[2,3] that depends on the mapped axis'],
    ['a number', () => vmap(identity)(3), 'static', 'vmap: the number 3 at [0] is not a tensor; wrap it: tensor(3), or list the argument in static'],
  ] as const)('%s', (_name, f, code, text) => {
    expect(codeAndText(f)).toEqual([code, text]);
  });
});

describe('dtypes', () => {
  it('integers and bools are mapped too', () => {
    expect(list(vmap((x: T, y: T) => add(x, y))(i32([1, 2]), i32([10, 20])))).toEqual([11, 22]);
    expect(list(vmap((x: T) => broadcast(x, [2]))(tensor([1, 0], 'bool')))).toEqual([1, 1, 0, 0]);
  });
});
