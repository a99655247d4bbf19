// linearTranspose: the transpose of a linear function, without a point to linearise it at. Floor 3.
import { TransformError } from '../error.ts';
import { dtypeInfo, type DType } from '../dtype/dtype.ts';
import { hasTangent, showAval, type Aval } from '../ir/aval.ts';
import type { Tensor } from '../ir/tensor.ts';
import { filled } from '../primitive/call.ts';
import { flatten, unflatten } from '../tree/tree.ts';
import { readTangents } from './arguments.ts';
import { transposeJaxpr } from './differentiate.ts';
import { applyJaxpr, maskKey, Memo, stageFunction, type AnyFunction } from './staging.ts';
import type { Tangent, TangentArgs } from './types.ts';
import { avalsOf } from '../ir/jaxpr.ts';

/** Tensors, or their shapes and dtypes. */
export type Like<P> = P extends Tensor<infer S, infer D> ? P | { readonly shape: Readonly<S>; readonly dtype: D } : P extends null ? null : { readonly [K in keyof P]: Like<P[K]> };

const isLike = (x: unknown): x is Aval => typeof x === 'object' && x !== null && 'shape' in x && 'dtype' in x && Array.isArray(x.shape) && typeof x.dtype === 'string' && x.dtype in dtypeInfo;
const memo = new Memo<ReturnType<typeof transposeJaxpr>>();

/**
 * The transpose of a linear function: takes cotangents of its result, gives cotangents of its arguments. `f` must be linear in all of them
 * together; what it closes over is constant.
 *
 * @param like the arguments' trees, of tensors or of `{ shape, dtype }`; no values are read.
 * @throws `not-linear` when `f` is not linear, `not-differentiable` when an argument is no float.
 * @example
 * import { linearTranspose, np, tensor, zeros, type Tensor } from 'cotangent';
 * const tripled = (x: Tensor<[2]>) => np.multiply(x, 3);
 * linearTranspose(tripled, zeros([2]))(tensor([1, 2])); // -> [[3, 6]]
 */
export function linearTranspose<A extends readonly unknown[], R>(f: (...args: A) => R, ...like: { [I in keyof A]: Like<NoInfer<A>[I]> }): (cotangents: Tangent<R>) => TangentArgs<A>;
export function linearTranspose(f: AnyFunction, ...like: readonly unknown[]): (cotangents: unknown) => unknown {
  const { leaves, structure } = flatten(like, isLike, 'linearTranspose');
  const avals = leaves.map(({ shape, dtype }): { shape: readonly number[]; dtype: DType } => ({ shape, dtype }));
  const integer = avals.find(a => !hasTangent(a));
  if (integer !== undefined) throw new TransformError('not-differentiable', `linearTranspose: an argument is ${showAval(integer)}, linear functions take floats; close over it`);
  const { jaxpr, consts, out } = stageFunction('linearTranspose', f, structure, avals);
  const mask = jaxpr.inputs.map((_, i) => i >= consts.length);
  const outAvals = avalsOf(jaxpr.outputs);
  const transposed = memo.get(jaxpr, maskKey(mask), j => transposeJaxpr(j, mask));
  return cotangents => {
    const cts = readTangents(cotangents, out, outAvals, 'linearTranspose');
    return unflatten(structure, applyJaxpr('linearTranspose', transposed, [...consts, ...filled(cts, outAvals)]));
  };
}
