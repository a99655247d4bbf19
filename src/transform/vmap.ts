// vmap: a function of one example as a function of a batch. Floor 3.
import { CotangentError, ShapeError } from '../error.ts';
import { showAval } from '../ir/aval.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { optionsOf } from '../shape/options.ts';
import { withNamedAxis } from '../trace/axes.ts';
import { handleOf, type TensorHandle } from '../trace/handle.ts';
import { leafCount, leafPaths, showPath, unflatten, type Structure } from '../tree/tree.ts';
import { readArguments } from './arguments.ts';
import { batchJaxpr, type BatchedJaxpr } from './batch.ts';
import { applyJaxpr, maskKey, Memo, stageFunction, type AnyFunction } from './staging.ts';
import type { Tree } from './bodyTypes.ts';
import type { AxesOf, LiftArgs, LiftTree } from './types.ts';

/** An axis for every leaf below it: an index, null for "not mapped", or a tree of them that follows the value's own. */
export type AxisTree = number | null | readonly AxisTree[] | { readonly [key: string]: AxisTree };
export interface VmapOptions {
  /** Which axis of each argument is mapped: one for all, or a tuple with one a argument. Default 0. */
  readonly inAxes?: AxisTree;
  /** Where the mapped axis goes in the results; null for results that do not depend on it. Default 0. */
  readonly outAxes?: AxisTree;
  /** A name for the mapped axis, for psum and axisIndex inside. */
  readonly axisName?: string;
}
const memo = new Memo<BatchedJaxpr>();

/**
 * Maps `f` over an axis of its arguments at once, without a loop: the batch becomes an axis of every operation inside.
 *
 * @param options `inAxes` (default 0), `outAxes` (default 0), `axisName`.
 * @throws `shape` when the mapped axes differ in size, `axis` when an argument has no such axis.
 * @example
 * import { np, tensor, vmap } from 'cotangent';
 * const dot = (a: ReturnType<typeof tensor<[1, 2]>>, b: ReturnType<typeof tensor<[1, 2]>>) => np.dot(a, b);
 * vmap(dot)(tensor([[1, 2], [3, 4]]), tensor([[1, 1], [2, 2]])); // -> [3, 14]
 */
export function vmap<A extends readonly unknown[], R extends Tree, const In extends AxesOf<A> = 0, const O extends AxisTree = 0>(
  f: (...args: A) => R, options?: { readonly inAxes?: In; readonly outAxes?: O; readonly axisName?: string },
): <N extends number>(...args: LiftArgs<A, N, In>) => LiftTree<R, N, O>;
export function vmap(f: AnyFunction, options: VmapOptions = {}): (...args: never[]) => unknown {
  const { inAxes = 0, outAxes = 0, axisName } = optionsOf('vmap', options, { inAxes: 'any', outAxes: 'any', axisName: 'text' });
  return (...args: readonly unknown[]) => {
    const a = readArguments(args, 'vmap');
    if (Array.isArray(inAxes) && inAxes.length !== args.length) throw new CotangentError('value', `vmap: inAxes has ${inAxes.length} entries for ${args.length} arguments`);
    const axes = axesOfLeaves(inAxes, a.structure, 'inAxes').map((axis, i) => normalAxis(axis, a.leaves[i], i, a.structure));
    const size = mappedSize(axes, a.leaves, a.structure);
    const inner = a.avals.map((v, i) => axes[i] === null ? v : { shape: v.shape.filter((_, d) => d !== axes[i]), dtype: v.dtype });
    const { consts, jaxpr, out } = withNamedAxis(axisName ?? null, size, () => stageFunction('vmap', f, a.structure, inner));
    const outList = axesOfLeaves(outAxes, out, 'outAxes');
    const mask = [...consts.map(() => false), ...axes.map(x => x !== null)];
    const forced = outList.map(x => x !== null);
    const b = memo.get(jaxpr, `${size}|${maskKey(mask)}|${maskKey(forced)}|${axisName ?? ''}`, j => batchJaxpr(j, size, mask, forced, axisName ?? null));
    const results = applyJaxpr('vmap', b.jaxpr, [...consts, ...a.leaves.map((x, i) => { const axis = axes[i]; return axis === null || axis === undefined ? x : handleOf(moveAxis(x, axis, 0)); })]);
    return unflatten(out, results.map((y, i) => placeResult(y, outList[i] ?? null, b.outBatched[i] === true)));
  };
}

function placeResult(y: TensorHandle, axis: number | null, batched: boolean): TensorHandle {
  if (axis === null) {
    if (batched) throw new ShapeError(`vmap: outAxes is null for a result ${showAval(y.aval)} that depends on the mapped axis`, 'axis');
    return y;
  }
  const to = axis < 0 ? axis + y.shape.length : axis;
  if (!Number.isInteger(axis) || to < 0 || to >= y.shape.length) throw new ShapeError(`vmap: outAxes ${axis} is out of range for a result of rank ${y.shape.length}`, 'axis');
  return handleOf(moveAxis(y, 0, to));
}

/** One axis a leaf, from a tree of axes that is a prefix of the value's tree. */
function axesOfLeaves(axes: AxisTree, structure: Structure, what: string): readonly (number | null)[] {
  const out: (number | null)[] = [];
  const visit = (t: AxisTree, s: Structure): void => {
    if (typeof t === 'number' || t === null) { for (let i = leafCount(s); i > 0; i--) out.push(t); return; }
    if (Array.isArray(t) && s.kind === 'array' && t.length === s.children.length) {
      const items: readonly AxisTree[] = t;
      s.children.forEach((c, i) => visit(items[i] ?? null, c));
      return;
    }
    if (!Array.isArray(t) && s.kind === 'object' && Object.keys(t).every(k => s.keys.includes(k))) {
      const record: { readonly [key: string]: AxisTree } = Object.fromEntries(Object.entries(t));
      s.children.forEach((c, i) => visit(record[s.keys[i] ?? ''] ?? null, c));
      return;
    }
    throw new CotangentError('tree', `vmap: ${what} ${JSON.stringify(t)} does not follow the tree of the ${what === 'inAxes' ? 'arguments' : 'results'}`);
  };
  visit(axes, structure);
  return out;
}
const leafName = (structure: Structure, i: number): string => {
  const [arg, ...rest] = leafPaths(structure)[i] ?? [];
  return `argument ${String(arg)}${rest.length > 0 ? ` (${showPath(rest)})` : ''}`;
};
function normalAxis(axis: number | null, x: TensorHandle | undefined, i: number, structure: Structure): number | null {
  if (axis === null || x === undefined) return null;
  const d = axis < 0 ? axis + x.shape.length : axis;
  if (!Number.isInteger(axis) || d < 0 || d >= x.shape.length) throw new ShapeError(`vmap: axis ${axis} is out of range for ${leafName(structure, i)}, ${showAval(x.aval)}`, 'axis');
  return d;
}
function mappedSize(axes: readonly (number | null)[], leaves: readonly TensorHandle[], structure: Structure): number {
  let first = -1;
  axes.forEach((axis, i) => {
    if (axis === null) return;
    if (first < 0) { first = i; return; }
    const want = leaves[first]?.shape[axes[first] ?? 0];
    const got = leaves[i]?.shape[axis];
    if (want !== got) throw new ShapeError(`vmap: mapped axes differ in size: ${want} in ${leafName(structure, first)}, ${got} in ${leafName(structure, i)}`);
  });
  if (first < 0) throw new CotangentError('value', 'vmap: inAxes maps no argument; give at least one an axis');
  return leaves[first]?.shape[axes[first] ?? 0] ?? 0;
}
