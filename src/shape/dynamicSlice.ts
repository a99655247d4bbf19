// dynamicSlice and dynamicUpdateSlice: a block of known size at a computed place. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Compare, type First, type IsDynamic, type IsLiteral, type Shape, type Show } from './dim.ts';

/** The sizes of the block, where it fits into `S` and there is a start for each axis. */
export type DynamicSlice<S extends Shape, Starts extends number, Sizes extends Shape, K = unknown> = Block<'dynamicSlice', S, Starts, Sizes, Sizes, K>;
/** `S`, where the block `U` fits into it and there is a start for each axis. */
export type DynamicUpdateSlice<S extends Shape, U extends Shape, Starts extends number, K = unknown> = Block<'dynamicUpdateSlice', S, Starts, U, S, K>;

type Block<Op extends string, S extends Shape, Starts extends number, Sizes extends Shape, Result extends Shape, K> =
  number extends Sizes['length'] ? Result
  : IsLiteral<S['length'], K> extends true
    ? S['length'] extends Sizes['length']
      ? number extends Starts ? Fitting<Op, S, Sizes, S, Sizes, Result, K>
      : Starts extends S['length'] ? Fitting<Op, S, Sizes, S, Sizes, Result, K>
      : `${Op}: ${Starts} starts for ${Show<S, K>}`
      : `${Op}: a block of ${Show<Sizes, K>} in ${Show<S, K>}: ranks differ`
    : IsDynamic<S, K> extends true ? Result : Result;
type Fitting<Op extends string, Rest extends Shape, RestSizes, S extends Shape, Sizes extends Shape, Result, K, I extends readonly unknown[] = []> =
  First<Rest, K> extends readonly [infer d extends number, infer R extends Shape]
    ? RestSizes extends readonly [infer n extends number, ...infer RN]
      ? TooLong<n, d, K> extends true ? `${Op}: a block of ${Show<Sizes, K>} does not fit into ${Show<S, K>} along axis ${I['length']}` : Fitting<Op, R, RN, S, Sizes, Result, K, [...I, 0]>
      : Result
    : Result;
type TooLong<n extends number, d extends number, K> =
  IsLiteral<n, K> extends true ? IsLiteral<d, K> extends true ? Compare<n, d> extends '>' ? true : false : false : false;

function expectBlock(op: string, shape: Shape, starts: number, sizes: Shape): void {
  if (sizes.length !== shape.length) throw new ShapeError(`${op}: a block of ${show(sizes)} in ${show(shape)}: ranks differ`);
  if (starts !== shape.length) throw new ShapeError(`${op}: ${starts} starts for ${show(shape)}`, 'index');
  sizes.forEach((n, axis) => {
    if (!Number.isInteger(n) || n < 0) throw new ShapeError(`${op}: ${n} in ${show(sizes)} is not a size`);
    if (n > (shape[axis] ?? 0)) throw new ShapeError(`${op}: a block of ${show(sizes)} does not fit into ${show(shape)} along axis ${axis}`);
  });
}
/** The run-time twin of `DynamicSlice`. */
export function dynamicSlice(shape: Shape, starts: number, sizes: Shape): number[] {
  expectBlock('dynamicSlice', shape, starts, sizes);
  return [...sizes];
}
/** The run-time twin of `DynamicUpdateSlice`. */
export function dynamicUpdateSlice(shape: Shape, update: Shape, starts: number): number[] {
  expectBlock('dynamicUpdateSlice', shape, starts, update);
  return [...shape];
}
