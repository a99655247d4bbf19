// What the options of a reduction mean for a shape, and how one is carried out. Floor 7.
import type { AnyTensor } from '../ir/tensor.ts';
import { reshape } from '../primitive/reshape.ts';
import { axisIndices, type Axes } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf, type OptionKind } from '../shape/options.ts';
import { reduce } from '../shape/reduce.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/** The options once their types have been checked. */
export interface Options { readonly axis?: Axes; readonly keepdims?: boolean }
/** What a reduction does: the axes in increasing order, the shape of its result, and that shape with the axes kept. */
export interface Plan { readonly axes: readonly number[]; readonly shape: readonly number[]; readonly kept: readonly number[] }
/** What every reduction takes; some take one more option. */
export const reductionOptions = { axis: 'any', keepdims: 'flag' } as const;
export const varianceOptions = { ...reductionOptions, ddof: 'number' } as const;
type Kinds = { readonly [option: string]: OptionKind };
export function planOf(name: string, shape: Shape, options: unknown, kinds: Kinds = reductionOptions): Plan {
  const { axis, keepdims }: Options = typed(optionsOf(name, options, kinds) ?? {});
  return { axes: axisIndices(shape, axis).sort((a, b) => a - b), shape: reduce(shape, axis, keepdims ?? false), kept: reduce(shape, axis, true) };
}
/** A function of a tensor and its plan as a reduction. */
export function reduced(name: string, x: unknown, options: unknown, f: (x: AnyTensor, plan: Plan) => AnyTensor, kinds: Kinds = reductionOptions): never {
  const handle = handleOf(typed(x), name);
  const plan = planOf(name, handle.shape, options, kinds);
  return typed(reshape(f(handle, plan), plan.shape));
}
