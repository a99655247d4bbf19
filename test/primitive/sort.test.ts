// The sort primitive: order, stability, signs, every axis, batching.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { sort, sortP } from '../../src/primitive/sort.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import '../../src/transform/staging.ts';
import { application, array, counted, i32, Random, run, values } from './hostPrograms.ts';

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
    expect(() => sorted(array([2], 'f32', [1, 0]), 0)).toThrow('sort: takes integers, got f32[2]; sort an iota and gather with it');
    expect(() => sorted(counted([2], 'i32'), 0, counted([3], 'i32'))).toThrow('sort: keys [2] and values [3] differ; sort an iota and gather with it');
    expect(() => sorted(counted([2], 'i32'), 1)).toThrow('sort: axis 1 is out of range for [2]');
  });
});
