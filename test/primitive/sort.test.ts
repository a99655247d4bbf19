// The sort primitive: order, stability, signs, NaN, every axis, batching, derivatives; argsort and topK.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { argsort, sort, sortP, topK } from '../../src/primitive/sort.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import '../../src/transform/staging.ts';
import { application, array, counted, f32, i32, namesOf, program, Random, run, run1, values } from './hostPrograms.ts';

const sorted = (keys: NDArray, axis: number, ...carried: NDArray[]): number[][] =>
  run((k, ...vs) => sort(k ?? fail(), vs, axis), keys, ...carried).map(x => values(x));
const fail = (): never => { throw new Error('an operand is missing'); };

/** What the primitive means, by the host's stable sort. */
function expected(inputs: readonly NDArray[], axis: number): number[][] {
  const [keys] = inputs;
  if (keys === undefined) return [];
  const n = keys.shape[axis] ?? 0;
  const inner = keys.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const out = inputs.map(x => values(x));
  for (let start = 0; start < keys.data.length; start++) {
    if (Math.floor(start / inner) % n !== 0) continue;
    const key = (i: number): number => keys.data[start + i * inner] ?? 0;
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => key(i) - key(j));
    inputs.forEach((x, k) => order.forEach((from, to) => { const row = out[k]; if (row) row[start + to * inner] = x.data[start + from * inner] ?? 0; }));
  }
  return out;
}

describe('sort', () => {
  test('equal keys keep their order', () => {
    expect(sorted(i32([6], [2, 1, 2, 0, 1, 2]), 0, counted([6], 'i32'))).toEqual([[0, 1, 1, 2, 2, 2], [3, 1, 4, 0, 2, 5]]);
  });
  test('signed and unsigned keys are ordered by value', () => {
    expect(sorted(i32([4], [0, -1, 2147483647, -2147483648]), 0)).toEqual([[-2147483648, -1, 0, 2147483647]]);
    expect(sorted(array([3], 'u32', [4294967295, 0, 2147483648]), 0)).toEqual([[0, 2147483648, 4294967295]]);
    expect(sorted(array([3], 'i8', [3, -128, -1]), 0)).toEqual([[-128, -1, 3]]);
    expect(sorted(array([3], 'u8', [200, 3, 100]), 0)).toEqual([[3, 100, 200]]);
  });
  test('random samples agree with the host, each axis', () => {
    const random = new Random(5);
    for (let s = 0; s < 200; s++) {
      const a = application(sortP, random);
      const axis = Number(a.jaxpr.eqns[0]?.params['axis']);
      expect(evaluateJaxpr(a.jaxpr, a.inputs).map(x => values(x))).toEqual(expected(a.inputs, axis));
    }
  });
  test('batching is the map', () => {
    const random = new Random(6);
    for (let s = 0; s < 60; s++) {
      const a = application(sortP, random);
      const mask = a.inputs.map((_, i) => i === 0 || random.bool());
      const examples = Array.from({ length: 3 }, () => a.inputs.map((x, i) => mask[i] === true ? random.array(x, a.domains[i]) : x));
      const stacked = a.inputs.map((x, i) => mask[i] === true ? array([3, ...x.shape], x.dtype, examples.flatMap(e => values(e[i]))) : x);
      const { jaxpr } = batchJaxpr(a.jaxpr, 3, mask, a.jaxpr.outputs.map(() => true));
      const each = examples.map(e => evaluateJaxpr(a.jaxpr, e));
      expect(evaluateJaxpr(jaxpr, stacked).map(x => values(x))).toEqual(a.jaxpr.outputs.map((_, k) => each.flatMap(e => values(e[k]))));
    }
  });
  test('what does not fit is refused in one line', () => {
    expect(() => sorted(counted([2], 'i32'), 0, counted([3], 'i32'))).toThrow('sort: keys [2] and values [3] differ; sort an iota and gather with it');
    expect(() => sorted(counted([2], 'i32'), 1)).toThrow('sort: axis 1 is out of range for [2]');
  });
  test('floats: NaN last, zeros equal, infinities at the ends', () => {
    const keys = f32([8], [NaN, 1, 0, -0, -Infinity, Infinity, -1, NaN]);
    const [out, order] = sorted(keys, 0, counted([8], 'i32'));
    expect(out).toEqual([-Infinity, -1, 0, -0, 1, Infinity, NaN, NaN]);
    expect(order).toEqual([4, 6, 2, 3, 1, 5, 0, 7]);
    expect(sorted(array([4], 'f64', [1e-320, -1e-320, 1 + 2 ** -52, 1]), 0)).toEqual([[-1e-320, 1e-320, 1, 1 + 2 ** -52]]);
    expect(sorted(array([3], 'f64', [-1, -1 - 2 ** -52, -1]), 0)).toEqual([[-1 - 2 ** -52, -1, -1]]);
    // NaN has a sign, and bits that say nothing.
    const odd = new Float64Array(new Uint32Array([7, 0xfff8_0000, 0, 0x3ff0_0000, 0, 0x7ff8_0000]).buffer);
    expect(sorted({ shape: [3], dtype: 'f64', data: odd }, 0, counted([3]))).toEqual([[1, NaN, NaN], [1, 0, 2]]);
    expect(sorted(array([3], 'bool', [1, 0, 1]), 0, counted([3]))).toEqual([[0, 1, 1], [1, 0, 2]]);
  });
  test('tangents travel with their elements', () => {
    const j = program([{ shape: [3], dtype: 'f32' }, { shape: [3], dtype: 'f32' }], (k, v) => sort(k, [v], 0));
    const back = evaluateJaxpr(vjpJaxpr(j, [true, true]).jaxpr, [f32([3], [3, 1, 2]), f32([3], [0, 0, 0]), f32([3], [1, 10, 100]), f32([3], [2, 20, 200])]);
    expect(back.slice(2).map(values)).toEqual([[100, 1, 10], [200, 2, 20]]);
    // Values alone may carry tangents, and what is sorted by integers has some.
    expect(jvpJaxpr(j, [false, true]).outActive).toEqual([false, true]);
    const byInteger = program([{ shape: [2], dtype: 'i32' }, { shape: [2], dtype: 'f32' }], (k, v) => sort(k, [v], 0));
    expect(values(evaluateJaxpr(jvpJaxpr(byInteger, [false, true]).jaxpr, [i32([2], [1, 0]), f32([2], [5, 6]), f32([2], [7, 8])])[2])).toEqual([8, 7]);
  });
});

describe('argsort and topK', () => {
  test('where elements stood', () => {
    expect(values(run1(x => argsort(x, 0), f32([4], [3, NaN, 1, 3])))).toEqual([2, 0, 3, 1]);
    expect(run1(x => argsort(x, 1), array([2, 2], 'u8', [2, 1, 1, 2]))).toEqual(i32([2, 2], [1, 0, 0, 1]));
  });
  test('the greatest first, of equal ones the first, NaN before all', () => {
    const top = (x: NDArray, k: number, axis = 0): number[][] => run(y => topK(y ?? fail(), k, axis), x).map(values);
    expect(top(f32([5], [1, 4, 2, 4, 3]), 3)).toEqual([[4, 4, 3], [1, 3, 4]]);
    expect(top(f32([3], [Infinity, NaN, 1]), 2)).toEqual([[NaN, Infinity], [1, 0]]);
    expect(top(i32([3], [-2147483648, 5, 2147483647]), 3)).toEqual([[2147483647, 5, -2147483648], [2, 1, 0]]);
    expect(top(counted([2, 3]), 1, 1)).toEqual([[2, 5], [2, 2]]);
    expect(top(counted([2, 3]), 0, 1)).toEqual([[], []]);
    expect(() => top(counted([3]), 4)).toThrow('topK: k is 4, axis 0 of [3] has 3 elements');
  });
  test('the gradient of topK reaches what was taken, by one gather', () => {
    const j = program([{ shape: [4], dtype: 'f32' }], x => reduceSum(topK(x, 2, 0)[0], [0]));
    const { jaxpr } = vjpJaxpr(j, [true]);
    expect(namesOf(jaxpr).filter(n => n === 'sort')).toHaveLength(1);
    expect(values(evaluateJaxpr(jaxpr, [f32([4], [1, 4, 2, 3]), f32([], [1])])[1])).toEqual([0, 1, 0, 1]);
  });
});
