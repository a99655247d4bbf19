// Images and kernels taken apart: examples, spatial axes, features, in either layout. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type First, type IsDynamic, type Last, type Shape, type Show } from './dim.ts';
import type { Stop } from './same.ts';
import type { Layout } from './window.ts';

type Pattern<L> = [L] extends ['NHWC'] ? '[n, ...space, c]' : '[n, c, ...space]';
/**
 * [examples, spatial dims, features, as many entries as axes before the first spatial one], or a stop. A batch of images has at
 * least one spatial axis.
 */
export type Image<Op extends string, X extends Shape, L extends Layout, K> =
  Layout extends L ? Stop<Shape>
  : First<X, K> extends readonly [infer n extends number, infer R extends Shape]
    ? [L] extends ['NHWC']
      ? Last<R, K> extends readonly [infer Space extends Shape, infer c extends number] ? Spatial<Op, X, n, Space, c, [0], L, K> : NoImage<Op, X, L, Last<R, K>, K>
      : First<R, K> extends readonly [infer c extends number, infer Space extends Shape] ? Spatial<Op, X, n, Space, c, [0, 0], L, K> : NoImage<Op, X, L, First<R, K>, K>
    : NoImage<Op, X, L, First<X, K>, K>;
type Spatial<Op extends string, X extends Shape, n extends number, Space extends Shape, c extends number, Offset, L extends Layout, K> =
  First<Space, K> extends 'none' ? NoImage<Op, X, L, 'none', K> : [n, Space, c, Offset];
type NoImage<Op extends string, X extends Shape, L extends Layout, End, K> =
  End extends 'none' ? Stop<`${Op}: input ${Show<X, K>} must be ${Pattern<L>}`>
  : IsDynamic<X, K> extends true ? Stop<Shape> : Stop<`${Op}: the rank of ${Show<X, K>} is generic`>;

/** Examples, spatial dims and features put together again. */
export type ImageOf<n extends number, Space extends Shape, c extends number, L extends Layout> = [L] extends ['NHWC'] ? [n, ...Space, c] : [n, c, ...Space];

/** [window, input features, output features], or a stop. */
export type Kernel<Op extends string, W extends Shape, L extends Layout, K> =
  [L] extends ['NHWC']
    ? Last<W, K> extends readonly [infer R extends Shape, infer o extends number]
      ? Last<R, K> extends readonly [infer Window extends Shape, infer c extends number] ? [Window, c, o] : NoKernel<Op, W, L, Last<R, K>, K>
      : NoKernel<Op, W, L, Last<W, K>, K>
    : First<W, K> extends readonly [infer o extends number, infer R extends Shape]
      ? First<R, K> extends readonly [infer c extends number, infer Window extends Shape] ? [Window, c, o] : NoKernel<Op, W, L, First<R, K>, K>
      : NoKernel<Op, W, L, First<W, K>, K>;
type NoKernel<Op extends string, W extends Shape, L extends Layout, End, K> =
  End extends 'none' ? Stop<`${Op}: kernel ${Show<W, K>} must be ${[L] extends ['NHWC'] ? '[...window, in, out]' : '[out, in, ...window]'}`>
  : IsDynamic<W, K> extends true ? Stop<Shape> : Stop<`${Op}: the rank of ${Show<W, K>} is generic`>;

/** The parts of a batch of images; `offset` is the first spatial axis. */
export interface ImageParts { readonly examples: number; readonly space: readonly number[]; readonly features: number; readonly offset: number }

/** The run-time twin of `Image`. */
export function image(op: string, shape: Shape, layout: Layout): ImageParts {
  const [examples = 0, ...rest] = shape;
  if (shape.length < 3) throw new ShapeError(`${op}: input ${show(shape)} must be ${layout === 'NHWC' ? '[n, ...space, c]' : '[n, c, ...space]'}`);
  if (layout === 'NHWC') return { examples, space: rest.slice(0, -1), features: rest.at(-1) ?? 0, offset: 1 };
  return { examples, space: rest.slice(1), features: rest[0] ?? 0, offset: 2 };
}
/** The run-time twin of `ImageOf`. */
export const imageOf = (examples: number, space: Shape, features: number, layout: Layout): number[] =>
  layout === 'NHWC' ? [examples, ...space, features] : [examples, features, ...space];

export interface KernelParts { readonly window: readonly number[]; readonly input: number; readonly output: number }
/** The run-time twin of `Kernel`. */
export function kernel(op: string, shape: Shape, layout: Layout): KernelParts {
  if (shape.length < 2) throw new ShapeError(`${op}: kernel ${show(shape)} must be ${layout === 'NHWC' ? '[...window, in, out]' : '[out, in, ...window]'}`);
  if (layout === 'NHWC') return { window: shape.slice(0, -2), input: shape.at(-2) ?? 0, output: shape.at(-1) ?? 0 };
  return { window: shape.slice(2), input: shape[1] ?? 0, output: shape[0] ?? 0 };
}
