// jacfwd, jacrev, hessian: all columns, or all rows, of a derivative at once, by batching a linear program. Floor 3.
import { ShapeError, TransformError } from '../error.ts';
import { hasTangent, range, showAval, sizeOf, type Aval } from '../ir/aval.ts';
import { avalsOf, removeDead, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask } from '../ir/primitive.ts';
import { add } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { spread } from '../primitive/call.ts';
import { eq } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf, isTensor, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { unflatten, type Structure } from '../tree/tree.ts';
import { activeLeaves, argumentNumbers, readArguments, type Arguments } from './arguments.ts';
import { batchJaxpr } from './batch.ts';
import { jvpJaxpr, pick } from './differentiate.ts';
import { linearizeAt, pullbackJaxpr } from './forward.ts';
import { applyJaxpr, avalsOfTensors, maskKey, Memo, stageFunction, type AnyFunction } from './staging.ts';
import type { Result } from './bodyTypes.ts';
import type { Argnums, Differentiable, Loss } from './lossTypes.ts';
import type { OuterAt, TangentsAt } from './types.ts';

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
  const batched = memo.get(linear, `${size}|${maskKey(mask)}`, j => batchJaxpr(j, size, mask, j.outputs.map(() => true)).jaxpr);
  return applyJaxpr(name, batched, [...residuals, ...avals.map((a, i) => i === k ? unitVectors(a) : zerosLike(a))]);
}

/** blocks[out][in] as a tree of the results, each leaf a tree of the differentiated arguments. */
function blocksTree(args: Arguments, out: Structure, argnums: number | readonly number[], numbers: readonly number[], blocks: readonly (readonly (TensorHandle | null)[])[]): unknown {
  return unflatten(out, blocks.map(row => {
    const trees = numbers.map(n => {
      const r = args.ranges[n];
      return r === undefined ? null : unflatten(r.structure, row.slice(r.start, r.end));
    });
    return typeof argnums === 'number' ? trees[0] : trees;
  }));
}
function blockShape(out: Aval, arg: Aval): Aval { return { shape: [...out.shape, ...arg.shape], dtype: out.dtype }; }

function expectFloats(outs: readonly Aval[], name: string): void {
  for (const y of outs) if (!hasTangent(y)) throw new TransformError('not-differentiable', `${name}: the function returns ${showAval(y)}, which has no derivative; use astype to a float dtype`);
}

/**
 * The Jacobian by forward mode, a column at a time: cheaper where there are fewer inputs than outputs.
 * Each leaf of the result has the shape of an output leaf followed by the shape of an argument leaf.
 *
 * @example
 * import { jacfwd, np, tensor } from 'cotangent';
 * jacfwd((x: ReturnType<typeof tensor<[1, 2]>>) => np.multiply(x, x))(tensor([1, 2])); // -> [[2, 0], [0, 4]]
 */
export function jacfwd<A extends readonly unknown[], R extends Result, const I extends number | readonly number[] = 0, K = unknown>(
  f: (...args: A) => Differentiable<'jacfwd', R, K>, options?: { readonly argnums?: Argnums<'jacfwd', A, I, K> },
): (...args: A) => OuterAt<R, A, I>;
export function jacfwd(f: AnyFunction, options: JacobianOptions = {}): (...args: never[]) => unknown {
  const { argnums = 0 } = optionsOf('jacfwd', options, { argnums: 'any' });
  return (...args: readonly unknown[]) => {
    const a = readArguments(args, 'jacfwd');
    const numbers = argumentNumbers(argnums, a, 'jacfwd');
    const active = activeLeaves(numbers, a, 'jacfwd');
    const { jaxpr, consts, out } = stageFunction('jacfwd', f, a.structure, a.avals);
    const outAvals = avalsOf(jaxpr.outputs);
    expectFloats(outAvals, 'jacfwd');
    const avals = pick(a.avals, active);
    const { program, outActive } = columns(jaxpr, [...consts.map(() => false), ...active], avals);
    const results = applyJaxpr('jacfwd', program, [...consts, ...a.leaves, ...unitTangents(avals)]);
    const starts = startsOf(avals);
    const tangents = spread(results, outActive);
    const blocks = outAvals.map((y, o) => {
      const t = tangents[o];
      return spread(avals.map((x, k) => {
        const block = blockShape(y, x);
        if (!t) return zerosLike(block);
        // [n, ...out] -> [...out, n] -> [...out, ...arg]
        const start = starts[k] ?? 0;
        const rows = handleOf(sliceAxis(t, 0, start, start + sizeOf(x.shape)));
        return handleOf(reshape(moveAxis(rows, 0, rows.shape.length - 1), block.shape));
      }), active);
    });
    return blocksTree(a, out, argnums, numbers, blocks);
  };
}

/** The tangents of the results along every unit vector of the active inputs together, as one batch; the values are computed once. */
function columns(jaxpr: Jaxpr, active: Mask, avals: readonly Aval[]): Columns {
  const size = avals.reduce((n, x) => n + sizeOf(x.shape), 0);
  return columnsMemo.get(jaxpr, maskKey(active), () => {
    const d = jvpJaxpr(jaxpr, active);
    const n = jaxpr.outputs.length;
    const { jaxpr: batched } = batchJaxpr(d.jaxpr, size, d.jaxpr.inputs.map((_, i) => i >= active.length), d.jaxpr.outputs.map((_, o) => o >= n));
    return { program: removeDead({ ...batched, outputs: batched.outputs.slice(n) }), outActive: d.outActive };
  });
}
interface Columns { readonly program: Jaxpr; readonly outActive: Mask }
const columnsMemo = new Memo<Columns>();
/** Where the unit vectors of each leaf begin in the batch. */
function startsOf(avals: readonly Aval[]): readonly number[] {
  let next = 0;
  return avals.map(x => { const start = next; next += sizeOf(x.shape); return start; });
}
/** The unit vectors of all leaves, one after another: for each leaf its part of every one of them. */
function unitTangents(avals: readonly Aval[]): readonly TensorHandle[] {
  const starts = startsOf(avals);
  const size = avals.reduce((n, x) => n + sizeOf(x.shape), 0);
  return avals.map((x, k) => {
    const shape = [size, sizeOf(x.shape)];
    const column = iota(shape, 'i32', 1);
    const one = convert(eq(iota(shape, 'i32', 0), add(column, constantLike(starts[k] ?? 0, column))), x.dtype);
    return handleOf(reshape(one, [size, ...x.shape]));
  });
}

/**
 * The Jacobian by reverse mode, a row at a time: cheaper where there are fewer outputs than inputs.
 * Each leaf of the result has the shape of an output leaf followed by the shape of an argument leaf.
 *
 * @example
 * import { jacrev, np, tensor } from 'cotangent';
 * jacrev((x: ReturnType<typeof tensor<[1, 2]>>) => np.multiply(x, x))(tensor([1, 2])); // -> [[2, 0], [0, 4]]
 */
export function jacrev<A extends readonly unknown[], R extends Result, const I extends number | readonly number[] = 0, K = unknown>(
  f: (...args: A) => Differentiable<'jacrev', R, K>, options?: { readonly argnums?: Argnums<'jacrev', A, I, K> },
): (...args: A) => OuterAt<R, A, I>;
export function jacrev(f: AnyFunction, options: JacobianOptions = {}): (...args: never[]) => unknown {
  const { argnums = 0 } = optionsOf('jacrev', options, { argnums: 'any' });
  return (...args: readonly unknown[]) => {
    const a = readArguments(args, 'jacrev');
    const numbers = argumentNumbers(argnums, a, 'jacrev');
    const m = linearizeAt('jacrev', f, args, activeLeaves(numbers, a, 'jacrev'));
    expectFloats(avalsOfTensors(m.out), 'jacrev');
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
    return blocksTree(m.args, m.outStructure, argnums, numbers, blocks);
  };
}

/**
 * The Hessian of a scalar function: forward over reverse. Over trees, block [a][b] has the shape of leaf a followed by that of leaf b.
 *
 * @example
 * import { hessian, np, tensor } from 'cotangent';
 * hessian((x: ReturnType<typeof tensor<[1, 2]>>) => np.sum(np.multiply(np.multiply(x, x), x)))(tensor([1, 2])); // -> [[6, 0], [0, 12]]
 */
export function hessian<A extends readonly unknown[], R extends Result, const I extends number | readonly number[] = 0, K = unknown>(
  f: (...args: A) => Loss<'hessian', false, R, K>, options?: { readonly argnums?: Argnums<'hessian', A, I, K> },
): (...args: A) => OuterAt<TangentsAt<A, I>, A, I>;
export function hessian(f: AnyFunction, options: JacobianOptions = {}): (...args: never[]) => unknown {
  const { argnums = 0 } = optionsOf('hessian', options, { argnums: 'any' });
  const scalar = (...args: never[]): unknown => {
    const y = f(...args);
    if (isTensor(y) && y.shape.length > 0) throw new ShapeError(`hessian: the function returns ${showAval(y.aval)}, not a scalar; sum or mean it, or use jacfwd of jacrev`);
    return y;
  };
  return (...args: readonly unknown[]) => jacfwd(jacrev(scalar, { argnums }), { argnums })(...(args as never[]));
}
