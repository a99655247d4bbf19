// Gather and scatter in general, with JAX's dimension numbers: windows of one size at computed places. Floor 0.
// The last axis of the indices holds, for each window, a start along each of the axes that `startIndexMap` lists.
import { ShapeError } from '../error.ts';
import { show, type Compare, type First, type IsLiteral, type Last, type Shape, type Show, type ShowDim, listed } from './dim.ts';
import type { Same } from './same.ts';

/** What the axes of a gather mean. Lists of axes are ascending, except `startIndexMap` and the batching ones, which go in pairs. */
export interface GatherDimensions {
  /** Axes of the result that run over a window. */
  readonly offsetDims: readonly number[];
  /** Axes of the operand along which the window is 1 and that the result does not have. */
  readonly collapsedSliceDims: readonly number[];
  /** Which axis of the operand each entry of an index speaks of. */
  readonly startIndexMap: readonly number[];
  /** Axes of the operand that run together with `startIndicesBatchingDims`. */
  readonly operandBatchingDims?: readonly number[];
  readonly startIndicesBatchingDims?: readonly number[];
}
/** What the axes of a scatter mean: the same, seen from the updates. */
export interface ScatterDimensions {
  /** Axes of the updates that run over a window. */
  readonly updateWindowDims: readonly number[];
  /** Axes of the operand along which the window is 1 and that the updates do not have. */
  readonly insertedWindowDims: readonly number[];
  /** Which axis of the operand each entry of an index speaks of. */
  readonly scatterDimsToOperandDims: readonly number[];
  /** Axes of the operand that run together with `scatterIndicesBatchingDims`. */
  readonly operandBatchingDims?: readonly number[];
  readonly scatterIndicesBatchingDims?: readonly number[];
}

type ListOf<L> = L extends readonly number[] ? L : readonly [];
type Known<D extends GatherDimensions> =
  number extends D['offsetDims']['length'] | D['collapsedSliceDims']['length'] | D['startIndexMap']['length'] | ListOf<D['operandBatchingDims']>['length'] ? false
  : number extends D['offsetDims'][number] | D['collapsedSliceDims'][number] | ListOf<D['operandBatchingDims']>[number] ? false : true;

// ---- gather ---------------------------------------------------------------------------------------------------------------

/** The shape of the windows that a gather collects. */
export type Gather<S extends Shape, Ids extends Shape, D extends GatherDimensions, Sizes extends Shape, K = unknown> =
  Known<D> extends false ? Shape
  : number extends Sizes['length'] ? Shape
  : Kept<S, Sizes, [...D['collapsedSliceDims'], ...ListOf<D['operandBatchingDims']>], S, Sizes, K> extends infer W
    ? W extends Shape
      ? number extends W['length'] ? Shape
      : W['length'] extends D['offsetDims']['length']
        ? Last<Ids, K> extends readonly [infer B extends Shape, infer n extends number]
          ? Entries<n, D['startIndexMap']['length'], K> extends true ? Interleave<B, W, D['offsetDims'], K>
            : `gather: indices ${Show<Ids, K>} have ${ShowDim<n, K>} entries for ${D['startIndexMap']['length']} indexed axes`
          : Last<Ids, K> extends 'none' ? `gather: indices ${Show<Ids, K>} have no axis for their entries` : Shape
        : `gather: ${D['offsetDims']['length']} offset dims for ${W['length']} kept axes of ${Show<S, K>}`
      : W
    : never;
type Entries<n extends number, m extends number, K> = Same<n, m, K> extends true ? true : IsLiteral<n, K> extends true ? false : true;
/** The sizes along the axes that the result keeps, or a message. */
type Kept<Rest extends Shape, RestSizes extends Shape, Dropped extends readonly number[], S extends Shape, Sizes extends Shape, K, I extends readonly unknown[] = [], Out extends Shape = []> =
  First<Rest, K> extends readonly [infer d extends number, infer RS extends Shape]
    ? RestSizes extends readonly [infer n extends number, ...infer RN extends Shape]
      ? TooLong<n, d, K> extends true ? `gather: a window of ${ShowDim<n, K>} does not fit into axis ${I['length']} of ${Show<S, K>}`
      : I['length'] extends Dropped[number]
        ? Entries<n, 1, K> extends true ? Kept<RS, RN, Dropped, S, Sizes, K, [...I, 0], Out>
          : `gather: the window along axis ${I['length']} of ${Show<S, K>}, which the result does not have, is ${ShowDim<n, K>}, not 1`
        : Kept<RS, RN, Dropped, S, Sizes, K, [...I, 0], [...Out, n]>
      : SizesMessage<S, Sizes, K>
    : First<Rest, K> extends 'none' ? RestSizes extends readonly [] ? Out : SizesMessage<S, Sizes, K>
    : Shape;
type SizesMessage<S extends Shape, Sizes extends Shape, K> = `gather: ${Sizes['length']} slice sizes for ${Show<S, K>}`;
type TooLong<n extends number, d extends number, K> =
  IsLiteral<n, K> extends true ? IsLiteral<d, K> extends true ? Compare<n, d> extends '>' ? true : false : false : false;
/** The axes of the windows at the listed places, those of the indices at the others. */
type Interleave<B extends Shape, W extends Shape, Places extends readonly number[], K, Out extends Shape = []> =
  Out['length'] extends Places[number]
    ? W extends readonly [infer w extends number, ...infer RW extends Shape] ? Interleave<B, RW, Places, K, [...Out, w]> : Shape
    : First<B, K> extends readonly [infer b extends number, infer RB extends Shape] ? Interleave<RB, W, Places, K, [...Out, b]>
    : First<B, K> extends 'none' ? W extends readonly [] ? Out : `gather: offset dims [${Joined<Places>}] are not all axes of the result` : Shape;
type Joined<L extends readonly number[]> = L extends readonly [infer n extends number] ? `${n}` : L extends readonly [infer n extends number, ...infer R extends readonly number[]] ? `${n}, ${Joined<R>}` : '';

/** The dimension numbers of a gather with nothing left out. */
export type CompleteGather = Required<GatherDimensions>;
export const completeGather = (d: GatherDimensions): CompleteGather => ({ ...d, operandBatchingDims: d.operandBatchingDims ?? [], startIndicesBatchingDims: d.startIndicesBatchingDims ?? [] });

/** The run-time twin of `Gather`. */
export function gather(shape: Shape, ids: Shape, dimensions: GatherDimensions, sizes: Shape): number[] {
  expectLists('gather', dimensions, ['offsetDims', 'collapsedSliceDims', 'startIndexMap']);
  listed('gather', 'sliceSizes', sizes);
  const d = completeGather(dimensions);
  const dropped = [...d.collapsedSliceDims, ...d.operandBatchingDims];
  shape.forEach((n, axis) => {
    const size = sizes[axis];
    if (size === undefined) throw new ShapeError(`gather: ${sizes.length} slice sizes for ${show(shape)}`);
    if (!Number.isInteger(size) || size < 0) throw new ShapeError(`gather: ${size} in ${show(sizes)} is not a size`);
    if (size > n) throw new ShapeError(`gather: a window of ${size} does not fit into axis ${axis} of ${show(shape)}`);
    if (dropped.includes(axis) && size !== 1) throw new ShapeError(`gather: the window along axis ${axis} of ${show(shape)}, which the result does not have, is ${size}, not 1`);
  });
  if (sizes.length !== shape.length) throw new ShapeError(`gather: ${sizes.length} slice sizes for ${show(shape)}`);
  const window = sizes.filter((_, axis) => !dropped.includes(axis));
  if (window.length !== d.offsetDims.length) throw new ShapeError(`gather: ${d.offsetDims.length} offset dims for ${window.length} kept axes of ${show(shape)}`);
  const entries = ids[ids.length - 1];
  if (entries === undefined) throw new ShapeError(`gather: indices ${show(ids)} have no axis for their entries`);
  if (entries !== d.startIndexMap.length) throw new ShapeError(`gather: indices ${show(ids)} have ${entries} entries for ${d.startIndexMap.length} indexed axes`);
  const batch = ids.slice(0, -1);
  const rank = batch.length + window.length;
  if (!d.offsetDims.every(axis => Number.isInteger(axis) && axis >= 0 && axis < rank) || new Set(d.offsetDims).size !== window.length) throw new ShapeError(`gather: offset dims ${show(d.offsetDims)} are not all axes of the result`);
  expectAxes('gather', shape, ids, d);
  const [fromWindow, fromBatch] = [[...window], [...batch]];
  return Array.from({ length: rank }, (_, axis) => (d.offsetDims.includes(axis) ? fromWindow : fromBatch).shift() ?? 0);
}
/** What only run time checks: that lists name axes, each once, ascending where they must be. */
function expectAxes(op: string, shape: Shape, ids: Shape, d: CompleteGather): void {
  const ascending = (list: readonly number[]): boolean => list.every((axis, i) => i === 0 || axis > (list[i - 1] ?? 0));
  for (const [what, list] of [['offset dims', d.offsetDims], ['collapsed dims', d.collapsedSliceDims]] as const) {
    if (!ascending(list)) throw new ShapeError(`${op}: ${what} ${show(list)} are not ascending`, 'axis');
  }
  const named = [...d.collapsedSliceDims, ...d.operandBatchingDims];
  for (const [what, list, rank] of [
    ['collapsed and batching dims', named, shape.length], ['indexed and batching axes', [...d.startIndexMap, ...d.operandBatchingDims], shape.length],
    ['batching dims of the indices', d.startIndicesBatchingDims, ids.length - 1],
  ] as const) {
    const bad = list.some(axis => !Number.isInteger(axis) || axis < 0 || axis >= rank) || new Set(list).size !== list.length;
    if (bad) throw new ShapeError(`${op}: ${what} ${show(list)} are not different axes of ${show(what.endsWith('indices') ? ids.slice(0, -1) : shape)}`, 'axis');
  }
  if (d.operandBatchingDims.length !== d.startIndicesBatchingDims.length) {
    throw new ShapeError(`${op}: ${d.operandBatchingDims.length} batching dims of the operand, ${d.startIndicesBatchingDims.length} of the indices`, 'axis');
  }
  d.operandBatchingDims.forEach((axis, i) => {
    const [n, m] = [shape[axis], ids[d.startIndicesBatchingDims[i] ?? 0]];
    if (n !== m) throw new ShapeError(`${op}: batching axis ${axis} of ${show(shape)} is ${n}, axis ${d.startIndicesBatchingDims[i]} of the indices ${show(ids)} is ${m}`);
  });
}

// ---- scatter --------------------------------------------------------------------------------------------------------------

/** `S` itself where the updates are the windows that a gather of these dimension numbers would collect. */
export type Scatter<S extends Shape, Ids extends Shape, U extends Shape, D extends ScatterDimensions, K = unknown> =
  number extends D['updateWindowDims']['length'] | D['insertedWindowDims']['length'] | D['scatterDimsToOperandDims']['length'] | ListOf<D['operandBatchingDims']>['length'] | U['length'] ? S
  : number extends D['updateWindowDims'][number] | D['insertedWindowDims'][number] | ListOf<D['operandBatchingDims']>[number] ? S
  : Last<Ids, K> extends readonly [infer B extends Shape, infer n extends number]
    ? Entries<n, D['scatterDimsToOperandDims']['length'], K> extends true
      ? Parted<U, D['updateWindowDims']> extends readonly [infer W extends Shape, infer UB extends Shape]
        ? Batches<UB, B, K> extends true
          ? WindowFits<S, W, [...D['insertedWindowDims'], ...ListOf<D['operandBatchingDims']>], S, U, K>
          : `scatter: updates ${Show<U, K>} have batch dims ${Show<UB, K>}, the indices ${Show<B, K>}`
        : never
      : `scatter: indices ${Show<Ids, K>} have ${ShowDim<n, K>} entries for ${D['scatterDimsToOperandDims']['length']} indexed axes`
    : Last<Ids, K> extends 'none' ? `scatter: indices ${Show<Ids, K>} have no axis for their entries` : S;
/** [the axes of the updates that run over a window, the others]. */
type Parted<U extends Shape, Places extends readonly number[], I extends readonly unknown[] = [], W extends Shape = [], B extends Shape = []> =
  U extends readonly [infer u extends number, ...infer R extends Shape]
    ? I['length'] extends Places[number] ? Parted<R, Places, [...I, 0], [...W, u], B> : Parted<R, Places, [...I, 0], W, [...B, u]>
    : [W, B];
type Batches<UB extends Shape, B extends Shape, K> =
  First<UB, K> extends readonly [infer u extends number, infer RU extends Shape]
    ? First<B, K> extends readonly [infer b extends number, infer RB extends Shape]
      ? Same<u, b, K> extends true ? Batches<RU, RB, K> : Same<u, number, K> extends true ? Batches<RU, RB, K> : Same<b, number, K> extends true ? Batches<RU, RB, K> : false
      : First<B, K> extends 'none' ? false : true
    : First<B, K> extends readonly [infer _, infer __] ? false : true;
type WindowFits<Rest extends Shape, W extends Shape, Dropped extends readonly number[], S extends Shape, U extends Shape, K, I extends readonly unknown[] = []> =
  First<Rest, K> extends readonly [infer d extends number, infer RS extends Shape]
    ? I['length'] extends Dropped[number] ? WindowFits<RS, W, Dropped, S, U, K, [...I, 0]>
    : W extends readonly [infer w extends number, ...infer RW extends Shape]
      ? TooLong<w, d, K> extends true ? `scatter: a window of ${ShowDim<w, K>} does not fit into axis ${I['length']} of ${Show<S, K>}` : WindowFits<RS, RW, Dropped, S, U, K, [...I, 0]>
      : WindowCount<S, U, K>
    : First<Rest, K> extends 'none' ? W extends readonly [] ? S : WindowCount<S, U, K> : S;
type WindowCount<S extends Shape, U extends Shape, K> = `scatter: updates ${Show<U, K>} do not have a window dim for each kept axis of ${Show<S, K>}`;

/** Dimension numbers of a caller without types: an object with these lists. */
function expectLists(op: string, dimensions: object, names: readonly string[]): void {
  const given: unknown = dimensions;
  const entries = new Map<string, unknown>(typeof given === 'object' && given !== null ? Object.entries(given) : []);
  const missing = names.find((name) => !Array.isArray(entries.get(name)));
  if (missing !== undefined) throw new ShapeError(`${op}: the dimension numbers have no list ${missing}; write { ${names.map((name) => `${name}: []`).join(', ')} }`);
}

/** The gather that reads what a scatter writes, and the sizes of its windows. Throws what `Scatter` says. */
export function scattered(shape: Shape, ids: Shape, updates: Shape, d: ScatterDimensions): { readonly dimensions: CompleteGather; readonly sizes: readonly number[] } {
  expectLists('scatter', d, ['updateWindowDims', 'insertedWindowDims', 'scatterDimsToOperandDims']);
  const entries = ids[ids.length - 1];
  if (entries === undefined) throw new ShapeError(`scatter: indices ${show(ids)} have no axis for their entries`);
  if (entries !== d.scatterDimsToOperandDims.length) throw new ShapeError(`scatter: indices ${show(ids)} have ${entries} entries for ${d.scatterDimsToOperandDims.length} indexed axes`);
  const window = updates.filter((_, axis) => d.updateWindowDims.includes(axis));
  const [own, theirs] = [updates.filter((_, axis) => !d.updateWindowDims.includes(axis)), ids.slice(0, -1)];
  if (own.length !== theirs.length || own.some((n, i) => n !== theirs[i])) throw new ShapeError(`scatter: updates ${show(updates)} have batch dims ${show(own)}, the indices ${show(theirs)}`);
  const dropped = [...d.insertedWindowDims, ...(d.operandBatchingDims ?? [])];
  const count = new ShapeError(`scatter: updates ${show(updates)} do not have a window dim for each kept axis of ${show(shape)}`);
  const rest = [...window];
  const sizes = shape.map((n, axis) => {
    if (dropped.includes(axis)) return 1;
    const size = rest.shift();
    if (size === undefined) throw count;
    if (size > n) throw new ShapeError(`scatter: a window of ${size} does not fit into axis ${axis} of ${show(shape)}`);
    return size;
  });
  if (rest.length > 0) throw count;
  const dimensions: CompleteGather = {
    offsetDims: d.updateWindowDims, collapsedSliceDims: d.insertedWindowDims, startIndexMap: d.scatterDimsToOperandDims,
    operandBatchingDims: d.operandBatchingDims ?? [], startIndicesBatchingDims: d.scatterIndicesBatchingDims ?? [],
  };
  if (!d.updateWindowDims.every(axis => Number.isInteger(axis) && axis >= 0 && axis < updates.length)) throw new ShapeError(`scatter: window dims ${show(d.updateWindowDims)} are not all axes of the updates ${show(updates)}`, 'axis');
  expectAxes('scatter', shape, ids, dimensions);
  return { dimensions, sizes };
}
/** The run-time twin of `Scatter`. */
export function scatter(shape: Shape, ids: Shape, updates: Shape, d: ScatterDimensions): number[] {
  scattered(shape, ids, updates, d);
  return [...shape];
}
