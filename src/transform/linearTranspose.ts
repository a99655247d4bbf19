// linearTranspose: the transpose of a linear function, without a point to linearise it at. Floor 3.
import { TransformError } from '../error.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { hasTangent, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, removeDead, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { at } from '../primitive/define.ts';
import { evaluateLinear } from '../primitive/evaluateLinear.ts';
import { evalJaxpr, Scope, stage } from '../trace/scope.ts';
import { zerosLike } from '../trace/handle.ts';
import { flatten, unflatten } from '../tree/tree.ts';
import { readTangents } from './arguments.ts';
import { closed, pick, transposeJaxpr } from './differentiate.ts';
import { transforms } from './engine.ts';
import { applyJaxpr, Memo, stageFunction, type AnyFunction } from './staging.ts';
import type { Tangent, TangentArgs } from './types.ts';

/** Tensors, or their shapes and dtypes. */
export type Like<P> = P extends Tensor<infer S, infer D> ? P | { readonly shape: Readonly<S>; readonly dtype: D } : P extends null ? null : { readonly [K in keyof P]: Like<P[K]> };

const isLike = (x: unknown): x is Aval => typeof x === 'object' && x !== null && 'shape' in x && 'dtype' in x && Array.isArray(x.shape) && typeof x.dtype === 'string' && x.dtype in dtypeInfo;
const memo = new Memo<Jaxpr>();

interface LinearPart {
  /** known inputs -> residuals. */
  readonly known: Jaxpr;
  /** residuals, linear inputs -> linear outputs. */
  readonly linear: Jaxpr;
  readonly residuals: number;
  readonly outLinear: Mask;
}
/** Parts a program that is linear in its inputs after the first `count`: what is made from known values alone, and the rest. */
function linearPart(j: Jaxpr, count: number): LinearPart {
  const forward = new Scope('linearTranspose', { takesAll: true, numbers: 'inputs', sources: false });
  const linear = new Scope('linearTranspose (linear)', { takesAll: false, numbers: 'literals', sources: false });
  try {
    const inputs = j.inputs.map((v, i) => i < count ? forward.input(v.aval) : linear.input(v.aval));
    const out = evaluateLinear(j, inputs, j.inputs.map((_, i) => i >= count), transforms());
    const outLinear = out.outputs.map((y, i) => y !== null && out.linear[i] === true);
    const affine = out.outputs.findIndex((y, i) => y !== null && hasTangent(y.aval) && out.linear[i] !== true && out.zero[i] !== true);
    if (affine >= 0) throw new TransformError('not-linear', `linearTranspose: result ${affine} does not depend on the arguments, a linear function would be 0 there`);
    const lin = linear.finish(pick(out.outputs, outLinear).filter(y => y !== null));
    return { known: closed(removeDead(forward.finish(lin.consts).jaxpr), 'linearTranspose'), linear: { ...lin.jaxpr, numConsts: 0 }, residuals: lin.consts.length, outLinear };
  } finally { linear.close(); forward.close(); }
}
/** known inputs, cotangents of the outputs -> cotangents of the linear inputs. */
function transposed(j: Jaxpr, count: number): Jaxpr {
  const { known, linear, residuals, outLinear } = linearPart(j, count);
  const back = transposeJaxpr(linear, linear.inputs.map((_, i) => i >= residuals));
  return stage('linearTranspose', [...avalsOf(j.inputs.slice(0, count)), ...avalsOf(j.outputs)], args =>
    evalJaxpr(back, [...evalJaxpr(known, args.slice(0, count)), ...pick(args.slice(count), outLinear)])).jaxpr;
}

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
  const avals = leaves.map(({ shape, dtype }): Aval => ({ shape, dtype }));
  const integer = avals.find(a => !hasTangent(a));
  if (integer !== undefined) throw new TransformError('not-differentiable', `linearTranspose: an argument is ${showAval(integer)}, linear functions take floats; close over it`);
  const { jaxpr, consts, out } = stageFunction('linearTranspose', f, structure, avals);
  const outAvals = avalsOf(jaxpr.outputs);
  const back = memo.get(jaxpr, '', j => transposed(j, consts.length));
  return cotangents => {
    const cts = readTangents(cotangents, out, outAvals, 'linearTranspose');
    return unflatten(structure, applyJaxpr('linearTranspose', back, [...consts, ...cts.map((ct, i) => ct ?? zerosLike(at(outAvals, i)))]));
  };
}
