// Functions over whole trees: map over several at once, leaves, paths, reduce. Here everything is a leaf that is not null, an
// array or a plain object, so trees of numbers, names or promises work too. Floor 0: knows nothing of tensors.
import { CotangentError } from '../error.ts';
import { flatten, isPlainObject, leafPaths, showPath, type Structure } from './tree.ts';

/** What a tree may branch by. */
type Branch = null | readonly unknown[] | { readonly [key: string]: unknown };
const isBranch = (x: unknown): x is Branch => x === null || Array.isArray(x) || isPlainObject(x);
/** Everything that is neither a branch nor missing. */
export const isLeaf = (x: unknown): x is NonNullable<unknown> => x !== undefined && !isBranch(x);

const deepest = 256;

/**
 * Calls `f` with the leaves at each position of trees that branch alike, and returns the tree of its results. A null that stands
 * beside a leaf is passed as a leaf (so are the tangents of integers); where all are null the result is null.
 * Throws `tree` with the path where the trees part.
 */
export function mapTrees(f: (leaves: readonly unknown[]) => unknown, trees: readonly unknown[], where: string): unknown {
  const path: (string | number)[] = [];
  const below = (step: string | number, parts: readonly unknown[]): unknown => {
    path.push(step);
    const result = visit(parts);
    path.pop();
    return result;
  };
  const visit = (parts: readonly unknown[]): unknown => {
    if (path.length > deepest) throw new CotangentError('tree', `${where}: the tree is deeper than ${deepest} levels (a cycle?)`);
    const first = parts.find(x => x !== null);
    if (first === undefined && parts.includes(undefined)) throw new CotangentError('tree', `${where}: undefined at ${showPath(path)} is no leaf; write null`);
    if (first === undefined) return null;
    const differs = (got: unknown): CotangentError => new CotangentError('tree', `${where}: the trees differ at ${showPath(path)}: ${describe(first)} beside ${describe(got)}`);
    if (Array.isArray(first)) {
      const lists = parts.map(x => { if (!Array.isArray(x) || x.length !== first.length) throw differs(x); const items: readonly unknown[] = x; return items; });
      return first.map((_, i) => below(i, lists.map(l => l[i])));
    }
    if (isPlainObject(first)) {
      const keys = keysOf(first);
      const records = parts.map(x => { if (!isPlainObject(x) || keysOf(x).join('\0') !== keys.join('\0')) throw differs(x); return x; });
      const out: { [key: string]: unknown } = {};
      // Defined, not assigned: a key may be `__proto__`.
      for (const key of keys) Object.defineProperty(out, key, { value: below(key, records.map(r => r[key])), enumerable: true, writable: true, configurable: true });
      return out;
    }
    const branch = parts.find(x => x !== null && !isLeaf(x));
    if (branch !== undefined) throw differs(branch);
    if (parts.includes(undefined)) throw differs(undefined);
    return f(parts);
  };
  return visit(trees);
}
/** An optional key that is undefined is not there. */
const keysOf = (x: { readonly [key: string]: unknown }): readonly string[] => Object.keys(x).filter(k => x[k] !== undefined).sort();

function describe(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  if (Array.isArray(x)) return `an array of ${x.length}`;
  return isPlainObject(x) ? `an object with ${keysOf(x).join(', ') || 'no keys'}` : 'a leaf';
}

/** The leaves in a fixed order (object keys sorted). */
export const leavesOf = (tree: unknown, where: string): readonly NonNullable<unknown>[] => flatten(tree, isLeaf, where).leaves;
/** The branches without the leaves. */
export const structureOf = (tree: unknown, where: string): Structure => flatten(tree, isLeaf, where).structure;
/** How each leaf is reached, in the order of the leaves. */
export const pathsOf = (tree: unknown, where: string): readonly string[] => leafPaths(structureOf(tree, where)).map(showPath);
