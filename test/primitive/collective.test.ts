// pmax, pmin and allGather over the axes that vmap names: values, nesting, ties, gradients, and what they refuse.
import { describe, expect, it } from 'vitest';
import * as collective from '../../src/primitive/collective.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { add, axisIndex, convert, f64, grad, i32, jit, jvp, list, mul, psum, shape, sin, sub, sum, vmap, type T } from '../trace/language.ts';

const pmax = (x: T, name: string): T => handleOf(collective.pmax(x, name));
const pmin = (x: T, name: string): T => handleOf(collective.pmin(x, name));
const allGather = (x: T, name: string, options?: { readonly axis?: number; readonly tiled?: boolean }): T => handleOf(collective.allGather(x, name, options));
const over = (f: (x: T) => T): ((x: T) => T) => vmap(f, { axisName: 'i' });

const x = f64([3, -1, 3, 2]);
const square = f64([[1, 2], [30, 20], [100, 200]]);

describe('pmax and pmin', () => {
  it('are the extremum at every position', () => {
    expect(list(over(v => pmax(v, 'i'))(x))).toEqual([3, 3, 3, 3]);
    expect(list(over(v => pmin(v, 'i'))(x))).toEqual([-1, -1, -1, -1]);
    expect(list(over(v => pmax(v, 'i'))(square))).toEqual([100, 200, 100, 200, 100, 200]);
    expect(list(vmap((v: T) => pmax(v, 'i'), { axisName: 'i', outAxes: null })(x))).toEqual([3]);
    expect(list(over(v => pmax(v, 'i'))(f64([1, NaN, 2])))).toEqual([NaN, NaN, NaN]);
  });
  it('of what is the same everywhere are that', () => {
    expect(list(over(v => add(mul(v, 0), pmin(f64(7), 'i')))(x))).toEqual([7, 7, 7, 7]);
  });
  it('of integers, the least one included', () => {
    expect(list(over(v => pmin(v, 'i'))(i32([-2147483648, 0, 5])))).toEqual([-2147483648, -2147483648, -2147483648]);
    expect(list(over(v => pmin(v, 'i'))(convert(i32([0, 1, 7]), 'u32')))).toEqual([0, 0, 0]);
  });
  it('over the outer and the inner of two axes', () => {
    const nested = (f: (v: T) => T): number[] => list(vmap((row: T) => vmap((v: T) => f(v), { axisName: 'j' })(row), { axisName: 'i' })(square));
    expect(nested(v => pmax(v, 'j'))).toEqual([2, 2, 30, 30, 200, 200]);
    expect(nested(v => pmax(v, 'i'))).toEqual([100, 200, 100, 200, 100, 200]);
    expect(nested(v => pmax(pmin(v, 'i'), 'j'))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(list(vmap((row: T) => vmap((v: T) => pmax(v, 'i'))(row), { axisName: 'i' })(square))).toEqual([100, 200, 100, 200, 100, 200]);
  });
  it('give the gradient to the winner, to equal ones in equal parts', () => {
    const cost = (f: typeof pmax) => (v: T): T => sum(over(w => mul(f(w, 'i'), convert(add(axisIndex('i'), i32(1)), 'f64')))(v));
    expect(list(grad(cost(pmax))(x))).toEqual([5, 0, 5, 0]);
    expect(list(grad(cost(pmin))(x))).toEqual([0, 10, 0, 0]);
    expect(jvp((v: T) => over(w => pmax(w, 'i'))(v), [x], [f64([1, 2, 5, 9])]).map(list)).toEqual([[3, 3, 3, 3], [3, 3, 3, 3]]);
    expect(list(grad((v: T) => sum(mul(over(w => pmax(mul(w, w), 'i'))(v), x)))(f64([1, -2, 1, 0])))).toEqual([0, -28, 0, 0]);
    // Each position's own gradient, inside the map: the positions do not know of each other's costs.
    expect(list(over(v => grad((w: T) => psum(pmax(w, 'i'), 'i'))(v))(f64([1, 4, 2])))).toEqual([0, 9, 0]);
    expect(list(over(v => grad((w: T) => psum(pmax(w, 'i'), 'i'))(v))(f64([4, 1, 4])))).toEqual([4.5, 0, 4.5]);
  });
});

describe('allGather', () => {
  it('has everything at every position', () => {
    const gathered = over(v => allGather(v, 'i'))(square);
    expect([shape(gathered), list(gathered).slice(6, 12)]).toEqual([[3, 3, 2], [1, 2, 30, 20, 100, 200]]);
    const apart = vmap((v: T) => allGather(v, 'i'), { axisName: 'i', outAxes: null })(square);
    expect([shape(apart), list(apart)]).toEqual([[3, 2], [1, 2, 30, 20, 100, 200]]);
  });
  it('along any axis, stacked or tiled', () => {
    const one = (options: { readonly axis?: number; readonly tiled?: boolean }): [readonly number[], number[]] => {
      const y = vmap((v: T) => allGather(v, 'i', options), { axisName: 'i', outAxes: null })(square);
      return [[...shape(y)], list(y)];
    };
    for (const axis of [1, -1]) expect(one({ axis })).toEqual([[2, 3], [1, 30, 100, 2, 20, 200]]);
    expect(one({ tiled: true })).toEqual([[6], [1, 2, 30, 20, 100, 200]]);
    const grid = f64([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
    const tiled = vmap((v: T) => allGather(v, 'i', { axis: 1, tiled: true }), { axisName: 'i', outAxes: null })(grid);
    expect([shape(tiled), list(tiled)]).toEqual([[2, 4], [1, 2, 5, 6, 3, 4, 7, 8]]);
  });
  it('under another map, and of what is the same everywhere', () => {
    const nested = vmap((row: T) => vmap((v: T) => allGather(v, 'i'), { axisName: 'j' })(row), { axisName: 'i' })(square);
    expect([shape(nested), list(nested).slice(0, 6)]).toEqual([[3, 2, 3], [1, 30, 100, 2, 20, 200]]);
    const same = vmap((_: T) => allGather(f64([7, 8]), 'i'), { axisName: 'i', outAxes: null })(x);
    expect(list(same)).toEqual([7, 8, 7, 8, 7, 8, 7, 8]);
  });
  it('gives back to each position what all made of its value', () => {
    const cost = (v: T): T => sum(over(w => mul(allGather(w, 'i'), f64([1, 10, 100, 1000])))(v));
    expect(list(grad(cost)(x))).toEqual([4, 40, 400, 4000]);
    const bent = (v: T): T => sum(over(w => mul(sum(sin(allGather(w, 'i'))), w))(v));
    const byHand = (v: T): T => mul(sum(sin(v)), sum(v));
    list(grad(bent)(x)).forEach((g, i) => expect(g).toBeCloseTo(list(grad(byHand)(x))[i] ?? NaN, 12));
    expect(list(over(v => grad((w: T) => sum(mul(allGather(w, 'i'), f64([1, 10, 100, 1000]))))(v))(x))).toEqual([4, 40, 400, 4000]);
    expect(list(jit((v: T) => grad(cost)(v))(x))).toEqual([4, 40, 400, 4000]);
  });
});

it('a mean and a spread over the axis, jitted', () => {
  const spread = jit((v: T) => over(w => sub(pmax(w, 'i'), pmin(w, 'i')))(v));
  expect(list(spread(x))).toEqual([4, 4, 4, 4]);
});

it('names the axis that is missing, and the one that is out of range', () => {
  expect(() => pmax(x, 'i')).toThrow("pmax: no axis named 'i' (none is bound); call it inside vmap(f, { axisName: 'i' })");
  expect(() => over(v => pmin(v, 'j'))(x)).toThrow("pmin: no axis named 'j' (bound: 'i')");
  expect(() => over(v => allGather(v, 'i', { axis: 2 }))(x)).toThrow('allGather: axis 2 is out of range for rank 1');
  expect(() => over(v => allGather(v, 'i', { tiled: true }))(x)).toThrow('allGather: axis 0 is out of range for rank 0');
});
