// Tensors put together from nested lists of blocks, and functions applied over axes one after the other. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { reshape } from '../primitive/reshape.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { agree } from '../dtype/agree.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor } from '../trace/handle.ts';
import { typed } from './typed.ts';

/** A tensor, or lists of them to one depth. */
export type Blocks<D extends DType = DType> = Tensor<Shape, D> | readonly Blocks<D>[];

function depthOf(blocks: unknown): number {
  if (!Array.isArray(blocks)) {
    if (isTensor(blocks)) return 0;
    throw new CotangentError('static', `block: ${describe(blocks)} is neither a tensor nor a list of blocks; wrap it: tensor(...)`);
  }
  const items: readonly unknown[] = blocks;
  if (items.length === 0) throw new ShapeError('block: a list of blocks is empty');
  const depths = items.map(depthOf);
  const [first = 0] = depths;
  const other = depths.find(d => d !== first);
  if (other !== undefined) throw new ShapeError(`block: blocks at depth ${first} beside blocks at depth ${other}; nest all to one depth`);
  return first + 1;
}
const leavesOf = (blocks: unknown): readonly AnyTensor[] => Array.isArray(blocks) ? blocks.flatMap(leavesOf) : [handleOf(typed(blocks), 'block')];

/**
 * One tensor of nested lists of blocks: the innermost lists are joined along the last axis, the lists of those along the axis before it, and so on.
 *
 * @throws `shape` where the lists are of several depths, one is empty, or blocks do not fit each other; `dtype` where dtypes differ.
 * @example
 * const [a, b] = [np.eye(2), np.zeros([2, 1])];
 * np.block([[a, b], [np.ones([1, 3])]]); // -> [[1, 0, 0], [0, 1, 0], [1, 1, 1]]
 */
export const block = <D extends DType>(blocks: Blocks<D>): Tensor<Shape, D> => {
  const depth = depthOf(blocks);
  const leaves = leavesOf(blocks);
  const [first] = leaves;
  for (const x of leaves) if (first !== undefined) agree(first.dtype, x.dtype);
  const rank = Math.max(depth, ...leaves.map(x => x.shape.length));
  const joined = (part: unknown, level: number): AnyTensor => {
    if (Array.isArray(part)) return concatenate(part.map(p => joined(p, level - 1)), rank - level);
    const handle = handleOf(typed(part), 'block');
    return reshape(handle, [...Array.from({ length: rank - handle.shape.length }, () => 1), ...handle.shape]);
  };
  return typed(depth === 0 ? first : joined(blocks, depth));
};

/**
 * A function applied over one axis after the other. Where it takes the axis away, the axis comes back with one element.
 *
 * @throws `axis` where an axis is out of range, `shape` where the function changes the rank by more than one.
 * @example
 * np.applyOverAxes((x, axis) => np.sum(x, { axis }), tensor([[1, 2], [3, 4]]), [0, 1]); // -> [[10]]
 */
export const applyOverAxes = <S extends Shape, D extends DType>(f: (x: Tensor<Shape, D>, axis: number) => Tensor<Shape, D>, x: Tensor<S, D>, axes: number | readonly number[]): Tensor<{ [I in keyof S]: number }, D> => {
  const handle = handleOf(x, 'applyOverAxes');
  return typed((typeof axes === 'number' ? [axes] : axes).reduce<AnyTensor>((y, given) => {
    const axis = axisIndex(handle.shape, given);
    const next = handleOf(f(typed(y), axis), 'applyOverAxes');
    if (next.shape.length === y.shape.length) return next;
    if (next.shape.length !== y.shape.length - 1) throw new ShapeError(`applyOverAxes: the function made [${next.shape.join(', ')}] of [${y.shape.join(', ')}]; it may keep the axis or take it away`);
    return reshape(next, [...next.shape.slice(0, axis), 1, ...next.shape.slice(axis)]);
  }, handle));
};
