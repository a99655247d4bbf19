// jacfwd, jacrev, hessian: all columns, or all rows, of a derivative at once, by batching a linear program. Floor 3.
import type { Float } from '../dtype/dtype.ts';
import { ShapeError, TransformError } from '../error.ts';
import { hasTangent, range, showAval, sizeOf, type Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { Mask } from '../ir/primitive.ts';
import type { Scalar } from '../ir/tensor.ts';
import { eq } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { handleOf, isTensor, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { unflatten } from '../tree/tree.ts';
import { activeLeaves, argumentNumbers, readArguments } from './arguments.ts';
import { batchJaxpr } from './batch.ts';
import { pick } from './differentiate.ts';
import { linearizeAt, pullbackJaxpr, type LinearMap } from './forward.ts';
import { applyJaxpr, maskKey, Memo, type AnyFunction } from './staging.ts';
import type { OuterAt } from './types.ts';

export interface JacobianOptions { readonly argnums?: number | readonly number[] }
const memo = new Memo<Jaxpr>();

/** The identity matrix as a batch of unit vectors of the given shape. */
function unitVectors(a: Aval): TensorHandle {
  const n = sizeOf(a.shape);
  const one = convert(eq(iota([n, n], 'i32', 0), iota([n, n], 'i32', 1)), a.dtype);
  return handleOf(reshape(one, [n, ...a.shape]));
}

/** Runs a linear program on all unit vectors of its k-th linear input, the other linear inputs being zero. */
function applyToUnits(linear: Jaxpr, residuals: readonly TensorHandle[], avals: readonly Aval[], k: number, name: string): readonly TensorHandle[] {
  const mask: Mask = linear.inputs.map((_, i) => i === residuals.length + k);
  const aval = avals[k] ?? { shape: [], dtype: 'f32' };
  const size = sizeOf(aval.shape);
  const batched = memo.get(linear, `${size}|${maskKey(mask)}`, () => batchJaxpr(linear, size, mask, linear.outputs.map(() => true)).jaxpr);
  return applyJaxpr(name, batched, [...residuals, ...avals.map((a, i) => i === k ? unitVectors(a) : zerosLike(a))]);
}

/** blocks[out][in] as a tree of the results, each leaf a tree of the differentiated arguments. */
function blocksTree(m: LinearMap, argnums: number | readonly number[], numbers: readonly number[], blocks: readonly (readonly (TensorHandle | null)[])[]): unknown {
  return unflatten(m.outStructure, m.out.map((_, o) => {
    const row = blocks[o] ?? [];
    const trees = numbers.map(n => {
      const r = m.args.ranges[n];
      return r === undefined ? null : unflatten(r.structure, row.slice(r.start, r.end));
    });
    return typeof argnums === 'number' ? trees[0] : trees;
  }));
}
function blockShape(out: Aval, arg: Aval): Aval { return { shape: [...out.shape, ...arg.shape], dtype: out.dtype }; }

function prepare(name: string, f: AnyFunction, args: readonly unknown[], argnums: number | readonly number[]): { m: LinearMap; numbers: readonly number[] } {
  const a = readArguments(args, name);
  const numbers = argumentNumbers(argnums, a, name);
  const m = linearizeAt(name, f, args, activeLeaves(numbers, a, name));
  for (const y of m.out) if (!hasTangent(y.aval)) throw new TransformError('not-differentiable', `${name}: the function returns ${showAval(y.aval)}, which has no derivative; use astype to a float dtype`);
  return { m, numbers };
}

/**
 * The Jacobian by forward mode, a column at a time: cheaper where there are fewer inputs than outputs.
 * Each leaf of the result has the shape of an output leaf followed by the shape of an argument leaf.
 *
 * @example
 * import { jacfwd, np, tensor } from 'cotangent';
 * jacfwd((x: ReturnType<typeof tensor<[1, 2]>>) => np.multiply(x, x))(tensor([1, 2])); // -> [[2, 0], [0, 4]]
 */
export function jacfwd<A extends readonly unknown[], R, const I extends number | readonly number[] = 0>(f: (...args: A) => R, options?: { readonly argnums?: I }): (...args: A) => OuterAt<R, A, I>;
export function jacfwd(f: AnyFunction, { argnums = 0 }: JacobianOptions = {}): (...args: never[]) => unknown {
  return (...args: readonly unknown[]) => {
    const { m, numbers } = prepare('jacfwd', f, args, argnums);
    const columns = pick(range(m.args.leaves.length), m.active);
    const avals = pick(m.args.avals, m.active);
    const blocks = m.out.map((y): (TensorHandle | null)[] => m.args.avals.map((a, i) => m.active[i] === true ? zerosLike(blockShape(y.aval, a)) : null));
    const outs = pick(range(m.out.length), m.outActive);
    columns.forEach((leaf, k) => applyToUnits(m.linear, m.residuals, avals, k, 'jacfwd').forEach((y, j) => {
      const row = blocks[outs[j] ?? 0];
      const arg = avals[k];
      if (row === undefined || arg === undefined) return;
      // [n, ...out] -> [...out, n] -> [...out, ...arg]
      const last = moveAxis(y, 0, y.shape.length - 1);
      row[leaf] = handleOf(reshape(last, [...y.shape.slice(1), ...arg.shape]));
    }));
    return blocksTree(m, argnums, numbers, blocks);
  };
}

/**
 * The Jacobian by reverse mode, a row at a time: cheaper where there are fewer outputs than inputs.
 * Each leaf of the result has the shape of an output leaf followed by the shape of an argument leaf.
 *
 * @example
 * import { jacrev, np, tensor } from 'cotangent';
 * jacrev((x: ReturnType<typeof tensor<[1, 2]>>) => np.multiply(x, x))(tensor([1, 2])); // -> [[2, 0], [0, 4]]
 */
export function jacrev<A extends readonly unknown[], R, const I extends number | readonly number[] = 0>(f: (...args: A) => R, options?: { readonly argnums?: I }): (...args: A) => OuterAt<R, A, I>;
export function jacrev(f: AnyFunction, { argnums = 0 }: JacobianOptions = {}): (...args: never[]) => unknown {
  return (...args: readonly unknown[]) => {
    const { m, numbers } = prepare('jacrev', f, args, argnums);
    const pullback = pullbackJaxpr(m);
    const outs = pick(range(m.out.length), m.outActive);
    const avals = outs.flatMap(o => m.out[o]?.aval ?? []);
    const leaves = pick(range(m.args.leaves.length), m.active);
    const blocks = m.out.map((y): (TensorHandle | null)[] => m.args.avals.map((a, i) => m.active[i] === true ? zerosLike(blockShape(y.aval, a)) : null));
    outs.forEach((o, k) => applyToUnits(pullback, m.residuals, avals, k, 'jacrev').forEach((ct, j) => {
      const row = blocks[o];
      const leaf = leaves[j];
      const y = avals[k];
      if (row !== undefined && leaf !== undefined && y !== undefined) row[leaf] = handleOf(reshape(ct, [...y.shape, ...ct.shape.slice(1)]));
    }));
    return blocksTree(m, argnums, numbers, blocks);
  };
}

/**
 * The Hessian of a scalar function: forward over reverse. Over trees, block [a][b] has the shape of leaf a followed by that of leaf b.
 *
 * @example
 * import { hessian, np, tensor } from 'cotangent';
 * hessian((x: ReturnType<typeof tensor<[1, 2]>>) => np.sum(np.multiply(np.multiply(x, x), x)))(tensor([1, 2])); // -> [[6, 0], [0, 12]]
 */
export function hessian<A extends readonly unknown[], const I extends number | readonly number[] = 0>(f: (...args: A) => Scalar<Float>, options?: { readonly argnums?: I }): (...args: A) => OuterAt<Tangents<A, I>, A, I>;
export function hessian(f: AnyFunction, { argnums = 0 }: JacobianOptions = {}): (...args: never[]) => unknown {
  const scalar = (...args: never[]): unknown => {
    const y = f(...args);
    if (isTensor(y) && y.shape.length > 0) throw new ShapeError(`hessian: the function returns ${showAval(y.aval)}, not a scalar; sum or mean it, or use jacfwd of jacrev`);
    return y;
  };
  return (...args: readonly unknown[]) => jacfwd(jacrev(scalar, { argnums }), { argnums })(...(args as never[]));
}
type Tangents<A extends readonly unknown[], I> = I extends number ? A[I] : I extends readonly number[] ? { -readonly [K in keyof I]: A[I[K] & number] } : never;
