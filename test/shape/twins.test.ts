// The run-time twins at their edges: what random cases seldom meet, and what only run time can meet.
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/error.ts';
import { arange, iota } from '../../src/shape/arange.ts';
import { axisIndex, axisIndices } from '../../src/shape/axis.ts';
import { broadcast, broadcastTo } from '../../src/shape/broadcast.ts';
import { concatenate, stack } from '../../src/shape/concatenate.ts';
import { show, size } from '../../src/shape/dim.ts';
import { dot } from '../../src/shape/dot.ts';
import { dotGeneral } from '../../src/shape/dotGeneral.ts';
import { einsum, parseSubscripts } from '../../src/shape/einsum.ts';
import { expandDims, insertAxis } from '../../src/shape/expandDims.ts';
import { matmul } from '../../src/shape/matmul.ts';
import { pad } from '../../src/shape/pad.ts';
import { reduce } from '../../src/shape/reduce.ts';
import { reshape } from '../../src/shape/reshape.ts';
import { slice, sliceBounds } from '../../src/shape/slice.ts';
import { split, splitSizes } from '../../src/shape/split.ts';
import { squeeze } from '../../src/shape/squeeze.ts';
import { embedding, take } from '../../src/shape/take.ts';
import { swapaxes, transpose } from '../../src/shape/transpose.ts';
import { where } from '../../src/shape/where.ts';

/** The message and the code of the error that `f` throws. */
function complaint(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof ShapeError) return `${error.code} | ${error.message}`;
    throw error;
  }
  return 'no error';
}

const eight = [1, 2, 1, 3, 1, 2, 1, 2];

describe('scalars, empty arrays and rank 8', () => {
  test.each<readonly [string, () => unknown, unknown]>([
    ['scalars broadcast', () => broadcast([], []), []],
    ['0 equals 0, and 1 stretches to 0', () => broadcast([0, 1], [1, 0]), [0, 0]],
    ['rank 8 broadcasts', () => broadcast(eight, [2, 1, 2]), [1, 2, 1, 3, 1, 2, 1, 2]],
    ['a scalar is stretched', () => broadcastTo([], [0, 3]), [0, 3]],
    ['an inner dim of 0', () => matmul([2, 0], [0, 3]), [2, 3]],
    ['an empty batch', () => matmul([0, 2, 3], [3, 4]), [0, 2, 4]],
    ['vector times vector', () => matmul([3], [3]), []],
    ['a scalar scales', () => dot([], [2, 3]), [2, 3]],
    ['outer product', () => dotGeneral([2], [3], { lhsContract: [], rhsContract: [], lhsBatch: [], rhsBatch: [] }), [2, 3]],
    ['einsum of a scalar', () => einsum('->', [[]]), []],
    ['einsum of nothing but dots', () => einsum('...,...->...', [[2, 1], [3]]), [2, 3]],
    ['einsum without operands', () => parseSubscripts('->'), { operands: [''], output: '' }],
    ['a scalar reshaped', () => reshape([], [1, 1, 1]), [1, 1, 1]],
    ['a hole for one element', () => reshape([], [-1]), [1]],
    ['an empty batch keeps what its type promises', () => reshape([0, 28, 28], [0, -1]), [0, 784]],
    ['an empty array under any empty shape', () => reshape([0, 3], [7, 0]), [7, 0]],
    ['a scalar transposed', () => transpose([]), []],
    ['rank 8 transposed', () => transpose(eight), [2, 1, 2, 1, 3, 1, 2, 1]],
    ['an axis with itself', () => swapaxes([2, 3], 1, -1), [2, 3]],
    ['an axis for a scalar', () => expandDims([], -1), [1]],
    ['an axis at either end', () => [insertAxis([2], 1, 0), insertAxis([2], -2, 0)], [[2, 0], [0, 2]]],
    ['nothing to squeeze', () => squeeze([]), []],
    ['no axes to squeeze', () => squeeze([1, 2], []), [1, 2]],
    ['all ones', () => squeeze([1, 1, 1]), []],
    ['a scalar summed', () => reduce([], undefined, true), []],
    ['no axes at all', () => reduce([2, 3], []), [2, 3]],
    ['rank 8, every other axis', () => reduce(eight, [0, 2, -4, -2], true), eight],
    ['one operand joined', () => concatenate([[2, 0]], 1), [2, 0]],
    ['empty operands joined', () => concatenate([[0, 2], [0, 2]]), [0, 2]],
    ['scalars stacked', () => stack([[], [], []]), [3]],
    ['a piece of nothing', () => splitSizes([4], [0, 4, 0]), [[0], [4], [0]]],
    ['nothing in pieces', () => split([0, 2], 3), [[0, 2], [0, 2], [0, 2]]],
    ['cuts at both ends', () => split([4], [0, 4]), [[0], [4], [0]]],
    ['an empty range', () => slice([5], [[5, 5]]), [0]],
    ['no ranges', () => slice([2, 3], []), [2, 3]],
    ['the last one', () => slice([5], [[-1, null]]), [1]],
    ['steps that do not divide', () => slice([10], [[1, 10, 4]]), [3]],
    ['a scalar padded by nothing', () => pad([], []), []],
    ['cut to nothing', () => pad([4], [[-2, -2]]), [0]],
    ['gaps between no elements', () => pad([0, 1], [[0, 0, 5], [0, 0, 5]]), [0, 1]],
    ['a condition that is a scalar', () => where([], [2, 1], [3]), [2, 3]],
    ['one id', () => take([5, 6], [], 0), [6]],
    ['no ids', () => embedding([10, 3], [0]), [0, 3]],
    ['a range of nothing', () => arange(3, 3), [0]],
    ['a range against its step', () => arange(0, 3, -1), [0]],
    ['a range downwards', () => arange(3, 0, -2), [2]],
    ['a range in fractions', () => arange(0, 1, 0.25), [4]],
    ['counting along the last axis', () => iota([2, 3], -1), [2, 3]],
    ['all axes', () => axisIndices([2, 3], undefined), [0, 1]],
    ['-0 is 0', () => axisIndex([2, 3], -0) + 0, 0],
    ['how many elements', () => [size([]), size([2, 0]), size([60000, 784])], [1, 0, 47040000]],
    ['how a shape is written', () => [show([]), show([2, 3])], ['[]', '[2, 3]']],
  ])('%s', (_, f, expected) => {
    expect(f()).toEqual(expected);
  });
});

describe('what only run time can refuse', () => {
  test.each<readonly [() => unknown, string]>([
    [() => axisIndex([2, 3], 0.5), 'axis | axis 0.5 is out of range for [2, 3]'],
    [() => axisIndex([2, 3], Number.NaN), 'axis | axis NaN is out of range for [2, 3]'],
    [() => axisIndex([], 0), 'axis | axis 0 is out of range for []'],
    [() => axisIndices([2, 3], [0, -2]), 'axis | axis -2 of [2, 3] is given twice in [0, -2]'],
    [() => insertAxis([2], 3, 1), 'axis | axis 3 is out of range for inserting into [2]'],
    [() => insertAxis([2], 0.5, 1), 'axis | axis 0.5 is out of range for inserting into [2]'],
    [() => transpose([2, 3], [0.5, 1]), 'axis | transpose: [0.5, 1] is not a permutation of the axes of [2, 3]'],
    [() => transpose([2, 3], [0, 1, 0]), 'axis | transpose: [0, 1, 0] is not a permutation of the axes of [2, 3]'],
    [() => reshape([4], [-2, -2]), 'shape | reshape: -2 in [-2, -2] is not a dim'],
    [() => reshape([4], [2.5]), 'shape | reshape: 2.5 in [2.5] is not a dim'],
    [() => reshape([4], [Number.NaN, -1]), 'shape | reshape: NaN in [NaN, -1] is not a dim'],
    [() => reshape([5, 0], [0, 0, -1]), 'shape | reshape: [5, 0] (0 elements) does not divide into [0, 0, -1]'],
    [() => slice([4], [[0.5, 2]]), 'index | slice: 0.5 is not an integer on axis 0 of [4]'],
    [() => slice([4], [[0, 4, Number.NaN]]), 'index | slice: NaN is not an integer on axis 0 of [4]'],
    [() => sliceBounds([4], [[0, 5]]), 'index | slice: stop 5 exceeds 4 on axis 0 of [4]'],
    [() => sliceBounds([4], [[3, -2]]), 'index | slice: start 3 is after stop -2 on axis 0 of [4]'],
    [() => pad([4], [[0.5, 0]]), 'shape | pad: 0.5 on axis 0 of [4] is not an integer'],
    [() => split([4], 1.5), 'shape | split: 1.5 pieces'],
    [() => split([4], [0.5]), 'index | split: indices [0.5] are not ascending'],
    [() => splitSizes([4], [5, -1]), 'shape | split: -1 in [5, -1] is not a size'],
    [() => arange(0, Number.POSITIVE_INFINITY), 'shape | arange: from 0 to Infinity by 1 is not finite'],
    [() => arange(0, 1, 0), 'shape | arange: step is 0'],
    [() => einsum('ij', [[2, 3]]), "shape | einsum: 'ij' has no '->'"],
    [() => einsum('i...,...->...', [[2, 3], [4]]), 'shape | einsum: cannot broadcast [3] with [4]: 3 vs 4'],
    [() => matmul([2, 3, 4], [3, 4, 5]), 'shape | matmul: batch dims, cannot broadcast [2] with [3]: 2 vs 3'],
    [() => where([2], [3], [4]), 'shape | where: cannot broadcast [3] with [4]: 3 vs 4'],
  ])('%#', (f, expected) => {
    expect(complaint(f)).toBe(expected);
  });
});

test('bounds of a slice are indices from the start', () => {
  expect(sliceBounds([10, 4, 7], [[-3, null], ':', [1, -1, 2]])).toEqual([
    { start: 7, stop: 10, step: 1 },
    { start: 0, stop: 4, step: 1 },
    { start: 1, stop: 6, step: 2 },
  ]);
});

test('no twin gives its argument away', () => {
  const shape = [2, 3];
  const results = [
    broadcast(shape, []), broadcastTo(shape, shape), dot(shape, []), reshape(shape, shape), squeeze(shape), reduce(shape, []),
    concatenate([shape]), slice(shape, []), pad(shape, []), iota(shape), transpose(shape, [0, 1]), swapaxes(shape, 0, 0), where([], shape, []),
  ];
  for (const result of results) result.push(9);
  expect(shape).toEqual([2, 3]);
});
