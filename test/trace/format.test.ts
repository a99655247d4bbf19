// Printing: NumPy's layout behind the type, aligned, elided, wrapped; through Node's inspect too.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { allocate, type DType } from '../../src/dtype/dtype.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import { formatTensor } from '../../src/trace/format.ts';
import { grad, mul, tensor, vmap, type T } from './language.ts';

const show = (values: readonly number[], shape: readonly number[] = [values.length], dtype: DType = 'f32'): string => {
  const data = allocate(dtype, sizeOf(shape));
  data.set(values);
  return formatTensor(data, { shape, dtype });
};
const counting = (shape: readonly number[], dtype: DType = 'i32'): string => show(Array.from({ length: sizeOf(shape) }, (_, i) => i), shape, dtype);

describe('scalars', () => {
  it.each([[1.5, '1.5'], [14, '14.'], [0, '0.'], [-0, '-0.'], [NaN, 'nan'], [Infinity, 'inf'], [-Infinity, '-inf'], [0.1, '0.1'], [1e-20, '1e-20'], [3e38, '3e+38']])('%d', (v, text) => {
    expect(show([v], [])).toBe(`f32[] ${text}`);
  });
  it('of other dtypes', () => {
    expect([show([7], [], 'i32'), show([1], [], 'bool'), show([1 / 3], [], 'f64'), show([0.1], [], 'f16')]).toEqual(['i32[] 7', 'bool[] true', 'f64[] 0.3333333333333333', 'f16[] 0.1']);
  });
});

describe('vectors', () => {
  it('floats: the shortest decimals, points under one another', () => {
    expect(show([1, 2, 3])).toBe('f32[3] [1., 2., 3.]');
    expect(show([1.5, 2.25, -10])).toBe('f32[3] [  1.5 ,   2.25, -10.  ]');
    expect(show([0.1, 1 / 3])).toBe('f32[2] [0.1       , 0.33333334]');
    expect(show([0.1, 1 / 3], [2], 'f64')).toBe('f64[2] [0.1       , 0.33333333]');
  });
  it('special values', () => {
    expect(show([1.5, NaN, Infinity, -Infinity, -0])).toBe('f32[5] [ 1.5,  nan,  inf, -inf, -0. ]');
    expect(show([NaN, NaN])).toBe('f32[2] [nan, nan]');
  });
  it('very large and very small values in scientific notation, all of them', () => {
    expect(show([1e-5, 2500])).toBe('f32[2] [1.0e-05, 2.5e+03]');
    expect(show([1e8, 0, -1.25, NaN])).toBe('f32[4] [ 1.00e+08,  0.00e+00, -1.25e+00,       nan]');
    expect(show([1e-300, 1e300], [2], 'f64')).toBe('f64[2] [1.0e-300, 1.0e+300]');
    expect(show([99999999, 0.001])).toContain('1.e+08'.replace('1.', '1.0'));
    expect(show([12345678.123456789, 1e9], [2], 'f64')).toBe('f64[2] [1.23456781e+07, 1.00000000e+09]');
  });
  it('integers and bools to the right', () => {
    expect(show([1, -20, 300], [3], 'i32')).toBe('i32[3] [  1, -20, 300]');
    expect(show([1, 0], [2], 'bool')).toBe('bool[2] [ true, false]');
    expect(show([0, 255], [2], 'u8')).toBe('u8[2] [  0, 255]');
    expect(show([4294967295, 0], [2], 'u32')).toBe('u32[2] [4294967295,          0]');
  });
  it('empty', () => {
    expect([show([]), show([], [0, 3]), show([], [2, 0])]).toEqual(['f32[0] []', 'f32[0,3] []', 'f32[2,0] [[],\n          []]']);
  });
});

describe('higher ranks', () => {
  it('rows under one another', () => {
    expect(counting([2, 3])).toBe('i32[2,3] [[0, 1, 2],\n          [3, 4, 5]]');
  });
  it('a blank line for each axis that ends', () => {
    expect(counting([2, 2, 2])).toBe([
      'i32[2,2,2] [[[0, 1],',
      '             [2, 3]],',
      '',
      '            [[4, 5],',
      '             [6, 7]]]'].join('\n'));
    expect(counting([2, 1, 1, 1])).toBe('i32[2,1,1,1] [[[[0]]],\n\n\n              [[[1]]]]');
  });
  it('rank 8', () => {
    expect(counting([1, 1, 1, 1, 1, 1, 1, 2])).toBe('i32[1,1,1,1,1,1,1,2] [[[[[[[[0, 1]]]]]]]]');
  });
});

describe('long ones', () => {
  it('up to a thousand elements are shown, in lines of at most 100 columns', () => {
    const lines = counting([1000]).split('\n');
    expect(lines.length).toBeGreaterThan(30);
    expect(Math.max(...lines.map(l => l.length))).toBeLessThanOrEqual(100);
    expect([lines[0]?.slice(0, 20), lines.at(-1)?.trim().slice(-4)]).toEqual(['i32[1000] [  0,   1,', '999]']);
    expect(lines[1]?.startsWith(' '.repeat(11))).toBe(true);
  });
  it('above, their ends', () => {
    expect(counting([1001])).toBe('i32[1001] [   0,    1,    2, ...,  998,  999, 1000]');
    expect(counting([100, 100])).toBe([
      'i32[100,100] [[   0,    1,    2, ...,   97,   98,   99],',
      '              [ 100,  101,  102, ...,  197,  198,  199],',
      '              [ 200,  201,  202, ...,  297,  298,  299],',
      '              ...,',
      '              [9700, 9701, 9702, ..., 9797, 9798, 9799],',
      '              [9800, 9801, 9802, ..., 9897, 9898, 9899],',
      '              [9900, 9901, 9902, ..., 9997, 9998, 9999]]'].join('\n'));
  });
  it('short axes of large tensors are shown whole', () => {
    const text = counting([600, 2]);
    expect(text.split('\n')).toHaveLength(7);
    expect(text).toContain('[1198, 1199]]');
  });
  it('what is left out has no say in the width', () => {
    const values = Array.from({ length: 2000 }, (_, i) => i === 1000 ? 1e30 : 1);
    expect(show(values)).toBe('f32[2000] [1., 1., 1., ..., 1., 1., 1.]');
  });
});

describe('a tensor', () => {
  it('prints so as text, in templates, and through inspect at any depth', () => {
    const x = tensor([1, 2]);
    expect([String(x), inspect(x), inspect({ a: [x] })]).toEqual(['f32[2] [1., 2.]', 'f32[2] [1., 2.]', '{ a: [ f32[2] [1., 2.] ] }']);
  });
  it('that is pending is computed to be printed', () => {
    expect(String(mul(tensor([1, 2]), 3))).toBe('f32[2] [3., 6.]');
  });
  it('that is traced prints its type, inside nested values too', () => {
    let text = '';
    vmap((x: T) => grad((y: T) => { text = inspect({ x, y }); return y; })(mul(x, 1)))(tensor([1, 2, 3]));
    expect(text).toBe('{ x: Traced<f32[]>, y: Traced<f32[]> }');
  });
  it('as JSON is its nested numbers', () => {
    expect(JSON.stringify({ w: tensor([[1, 2], [3, 4]]), n: tensor(5, 'i32'), b: tensor([1, 0], 'bool') })).toBe('{"w":[[1,2],[3,4]],"n":5,"b":[true,false]}');
  });
});
