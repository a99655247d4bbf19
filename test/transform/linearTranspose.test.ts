// linearTranspose: the transpose of a linear function, and the refusal of one that is not.
import { describe, expect, it } from 'vitest';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { dynamicUpdateSlice } from '../../src/primitive/dynamicSlice.ts';
import { pad } from '../../src/primitive/slice.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { evalJaxpr, stage } from '../../src/trace/scope.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { transposeJaxpr } from '../../src/transform/differentiate.ts';
import { codeAndText, codeOf } from '../tree/errors.ts';
import { add, div, dot, exp, f64, grad, i32, jit, jvp, list, listAll, lt, makeJaxpr, mul, num, sin, stopGradient, sub, sum, tensor, transpose, vmap, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';
import { cond, linearTranspose, scan } from './custom.ts';

const m = f64([[1, 2], [3, 4], [5, 6]]);

describe('linearTranspose', () => {
  it('of products, sums, views', () => {
    expect(list(linearTranspose((v: T) => dot(m, v), f64([0, 0]))(f64([1, 10, 100]))[0])).toEqual([531, 642]);
    expect(list(linearTranspose((v: T) => sum(v), m)(f64(2))[0])).toEqual([2, 2, 2, 2, 2, 2]);
    expect(list(linearTranspose((v: T) => transpose(mul(v, m)), m)(f64([[1, 0, 0], [0, 0, 1]]))[0])).toEqual([1, 0, 0, 0, 0, 6]);
  });
  it('needs no values: shapes and dtypes will do', () => {
    expect(list(linearTranspose((v: T) => dot(m, v), { shape: [2], dtype: 'f64' })(f64([1, 0, 0]))[0])).toEqual([1, 2]);
  });
  it('of trees, linear in all arguments together', () => {
    const back = linearTranspose<readonly [{ a: T; b: T }, T]>((p: { a: T; b: T }, c: T) => ({ s: add(mul(p.a, 2), p.b), t: sub(c, p.a) }), { a: f64(0), b: f64(0) }, f64(0));
    expect(listAll(back({ s: f64(1), t: f64(10) }))).toEqual([-8, 1, 10]);
    expect(listAll(back({ s: null, t: f64(10) }))).toEqual([-10, 0, 10]);
  });
  it('under and over the other transforms', () => {
    const back = linearTranspose((v: T) => mul(v, 3), f64(0));
    expect(list(vmap((ct: T) => back(ct)[0])(f64([1, 2])))).toEqual([3, 6]);
    expect(num(grad((ct: T) => mul(ct, back(ct)[0]))(f64(5)))).toBe(30);
    expect(num(jit((k: T, ct: T) => linearTranspose((v: T) => mul(v, k), f64(0))(ct)[0])(f64(7), f64(2)))).toBe(14);
    expect(num(grad((k: T) => linearTranspose((v: T) => mul(v, mul(k, k)), f64(0))(f64(2))[0])(f64(3)))).toBe(12);
    expect(list(linearTranspose((v: T) => vmap((u: T) => mul(u, 2))(v), f64([0, 0]))(f64([1, 2]))[0])).toEqual([2, 4]);
  });
  it('of loops, branches and calls in which values and linear inputs meet', () => {
    const x = f64(0.7);
    const f = (v: T): T => scan((k: T, u: T) => [sin(mul(k, u)), null], jit((u: T) => mul(exp(u), u))(cond(lt(v, 1), (u: T) => mul(u, u), sin, v)), f64([1, 2]))[0];
    expectClose(linearTranspose((t: T) => jvp(f, [x], [t])[1], x)(f64(2))[0], 2 * num(grad(f)(x)));
    const looped = linearTranspose((v: T) => scan((k: T, u: T) => [add(mul(k, u), v), k], v, f64([2, 3]))[0], f64(0));
    expect(num(looped(f64(1))[0])).toBe(10);
  });
  it('through a barrier that values and linear inputs pass together', () => {
    const tied = (v: T): T => { const [k, t] = optimizationBarrier([f64(5), v]).map(y => handleOf(y)); return k === undefined || t === undefined ? v : mul(k, t); };
    expect(num(linearTranspose(tied, f64(0))(f64(2))[0])).toBe(10);
  });
  it('twice is the function again', () => {
    const f = (v: T): T => dot(m, v);
    const back = linearTranspose(f, f64([0, 0]));
    const again = linearTranspose((ct: T) => back(ct)[0], f64([0, 0, 0]));
    expect(list(again(f64([1, 10]))[0])).toEqual(list(f(f64([1, 10]))));
  });
  it('computes nothing of the function', () => {
    const back = linearTranspose((v: T) => div(dot(m, v), 2), f64([0, 0]));
    expect(makeJaxpr((ct: T) => back(ct)[0])(f64([1, 2, 3])).jaxpr.eqns.map(e => e.primitive.name).filter(n => n === 'dotGeneral').length).toBe(1);
  });
});

describe('zeros that a batching rule has repeated', () => {
  it('are zeros still: updates with zeros, padding of zeros', () => {
    const zero = (...shape: number[]): T => literal(0, { shape, dtype: 'f64' });
    const starts = i32([0, 1]);
    const clear = (v: T): T => vmap((u: T, s: T) => handleOf(dynamicUpdateSlice(u, zero(1), [s])))(v, starts);
    expect(list(linearTranspose(clear, zero(2, 2))(f64([[1, 2], [3, 4]]))[0])).toEqual([0, 2, 3, 0]);
    // Program to program, too: a linear body is batched, then transposed.
    const { jaxpr } = stage('clear', [{ shape: [], dtype: 'i32' }, { shape: [2], dtype: 'f64' }], ([s, u]) => s === undefined || u === undefined ? [] : [dynamicUpdateSlice(u, zero(1), [s])], { numbers: 'literals' });
    const [back] = evalJaxpr(transposeJaxpr(batchJaxpr(jaxpr, 2, [true, true]).jaxpr, [false, true]), [starts, f64([[1, 2], [3, 4]])]);
    expect(list(back)).toEqual([0, 2, 3, 0]);
    const frame = (v: T): T => vmap((u: T) => handleOf(pad(zero(1), u, [1], [1], [0])))(v);
    expect(list(linearTranspose(frame, zero(2))(f64([[1, 2, 3], [4, 5, 6]]))[0])).toEqual([4, 10]);
  });
});

describe('what is not linear is refused', () => {
  it.each([
    ['a square', (v: T) => mul(v, v), 'mul is not linear in operands 0 and 1: '],
    ['a sine', (v: T) => sin(v), 'sin is not linear: '],
    ['a quotient', (v: T) => div(1, v), 'div is not linear in operand 1: '],
    ['a stopped value', (v: T) => stopGradient(v), 'stopGradient is not linear: '],
  ] as const)('%s', (_name, f, text) => {
    const [code, words] = codeAndText(() => linearTranspose(f, f64(1))(f64(1)));
    expect(code).toBe('not-linear');
    expect(words.startsWith(text)).toBe(true);
  });
  it('what is added, or returned, though no argument has a part in it; zeros are', () => {
    expect(codeOf(() => linearTranspose((v: T) => add(mul(v, 2), 1), f64(1))(f64(1)))).toBe('not-linear');
    expect(codeAndText(() => linearTranspose((v: T) => [v, f64(3)], f64(1))([f64(1), f64(1)]))).toEqual(['not-linear', 'linearTranspose: result 1 does not depend on the arguments, a linear function would be 0 there']);
    expect(list(linearTranspose((v: T) => [mul(v, 2), literal(0, { shape: [2], dtype: 'f64' })], f64(1))([f64(1), f64([1, 1])])[0])).toEqual([2]);
  });
  it('integers, and cotangents of another type', () => {
    expect(codeAndText(() => linearTranspose((v: T) => v, i32(1)))).toEqual(['not-differentiable', 'linearTranspose: an argument is i32[], linear functions take floats; close over it']);
    expect(codeAndText(() => linearTranspose((v: T) => v, f64(1))(tensor(1)))).toEqual(['dtype', 'linearTranspose: tangent is f32[], the value is f64[]']);
    expect(codeOf(() => linearTranspose((v: T) => v, 3))).toBe('static');
  });
});
