// Arguments of transformed functions: which leaves are differentiated, and trees of tangents beside trees of values.
// Floor 3.
import { CotangentError, DTypeError, ShapeError, TransformError } from '../error.ts';
import { hasTangent, sameAval, sameShape, showAval, type Aval } from '../ir/aval.ts';
import type { Mask } from '../ir/primitive.ts';
import { isTensor, type TensorHandle } from '../trace/handle.ts';
import { leafCount, leafPaths, leavesAt, showPath, type Structure } from '../tree/tree.ts';
import { avalsOfTensors, flattenTensors } from './staging.ts';

/** Arguments of one call, flattened. */
export interface Arguments {
  readonly leaves: readonly TensorHandle[];
  readonly avals: readonly Aval[];
  readonly structure: Structure;
  /** Leaf range of each argument. */
  readonly ranges: readonly { readonly start: number; readonly end: number; readonly structure: Structure }[];
}
export function readArguments(args: readonly unknown[], where: string): Arguments {
  const { leaves, structure } = flattenTensors(args, where);
  let next = 0;
  const children = structure.kind === 'array' ? structure.children : [];
  const ranges = children.map(s => { const start = next; next += leafCount(s); return { start, end: next, structure: s }; });
  return { leaves, avals: avalsOfTensors(leaves), structure, ranges };
}

/** The argument positions of `argnums`, in order; negative ones count from the end. */
export function argumentNumbers(argnums: number | readonly number[], a: Arguments, where: string): readonly number[] {
  const list = typeof argnums === 'number' ? [argnums] : argnums;
  return list.map(n => {
    const i = n < 0 ? n + a.ranges.length : n;
    if (!Number.isInteger(n) || a.ranges[i] === undefined) throw new CotangentError('value', `${where}: argnums ${n} is out of range for ${a.ranges.length} arguments`);
    return i;
  });
}
/** True at the float leaves of the listed arguments. Throws where an argument has none. */
export function activeLeaves(argnums: readonly number[], a: Arguments, where: string): Mask {
  const active = a.leaves.map(() => false);
  for (const n of argnums) {
    const r = a.ranges[n];
    if (r === undefined) continue;
    let any = false;
    for (let i = r.start; i < r.end; i++) {
      const aval = a.avals[i];
      if (aval !== undefined && hasTangent(aval)) active[i] = any = true;
    }
    if (!any && r.end > r.start) throw new TransformError('not-differentiable', `${where}: argument ${n} has no floating point leaf (${a.avals.slice(r.start, r.end).map(showAval).join(', ')}); differentiate with respect to floats, or astype first`);
  }
  return active;
}

/** Tangents (or cotangents) beside values: one entry a leaf, null where there is none. Shapes and dtypes are checked. */
export function readTangents(tree: unknown, structure: Structure, avals: readonly Aval[], where: string): readonly (TensorHandle | null)[] {
  const paths = leafPaths(structure);
  return leavesAt(structure, tree, where).map((t, i) => {
    const want = avals[i];
    const at = () => paths[i] === undefined || paths[i]?.length === 0 ? '' : ` at ${showPath(paths[i] ?? [])}`;
    if (t === null || t === undefined || want === undefined) return null;
    if (!isTensor(t)) throw new CotangentError('static', `${where}: ${typeof t === 'number' ? `the number ${t}` : typeof t}${at()} is not a tensor; wrap it: tensor(...)`);
    if (!hasTangent(want)) throw new TransformError('not-differentiable', `${where}: ${showAval(want)}${at()} has no tangent; pass null`);
    if (!sameShape(t.shape, want.shape)) throw new ShapeError(`${where}: tangent${at()} is ${showAval(t.aval)}, the value is ${showAval(want)}`);
    if (!sameAval(t.aval, want)) throw new DTypeError(`${where}: tangent${at()} is ${showAval(t.aval)}, the value is ${showAval(want)}`);
    return t;
  });
}
