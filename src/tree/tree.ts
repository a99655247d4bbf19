// Pytrees: leaves in plain objects (sorted keys), arrays, tuples and null. Floor 0: what a leaf is, the caller says.
import { CotangentError } from '../error.ts';

export type Structure =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly children: readonly Structure[] }
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly children: readonly Structure[] };

export interface Flat<L> { readonly leaves: readonly L[]; readonly structure: Structure }
export type IsLeaf<L> = (x: unknown) => x is L;

const leafStructure: Structure = { kind: 'leaf' };
const nullStructure: Structure = { kind: 'null' };

/**
 * The leaves of a tree in a fixed order (object keys sorted) and its structure.
 * Throws `tree` or `static` when it meets anything but leaves, null, arrays and plain objects; `where` names the operation.
 */
export function flatten<L>(tree: unknown, isLeaf: IsLeaf<L>, where: string): Flat<L> {
  const leaves: L[] = [];
  const structure = walk(tree, isLeaf, where, leaves, []);
  return { leaves, structure };
}

/** Whether the tree has this very structure; then its leaves, in the order of `flatten`, are added to `leaves`. Nothing is built on the way. */
export function matches<L>(structure: Structure, tree: unknown, isLeaf: IsLeaf<L>, leaves: L[]): boolean {
  switch (structure.kind) {
    case 'leaf': {
      if (!isLeaf(tree)) return false;
      leaves.push(tree);
      return true;
    }
    case 'null': return tree === null;
    case 'array': {
      const { children } = structure;
      if (isLeaf(tree) || !Array.isArray(tree) || tree.length !== children.length) return false;
      const items: readonly unknown[] = tree;
      for (let i = 0; i < children.length; i++) { const c = children[i]; if (c === undefined || !matches(c, items[i], isLeaf, leaves)) return false; }
      return true;
    }
    case 'object': {
      const { keys, children } = structure;
      if (isLeaf(tree) || !isPlainObject(tree) || Object.keys(tree).length !== keys.length) return false;
      for (let i = 0; i < keys.length; i++) {
        const [k, c] = [keys[i], children[i]];
        if (k === undefined || c === undefined || !Object.hasOwn(tree, k) || !matches(c, tree[k], isLeaf, leaves)) return false;
      }
      return true;
    }
    default: return structure satisfies never;
  }
}

function walk<L>(tree: unknown, isLeaf: IsLeaf<L>, where: string, leaves: L[], path: (string | number)[]): Structure {
  if (isLeaf(tree)) { leaves.push(tree); return leafStructure; }
  if (tree === null) return nullStructure;
  if (path.length > 256) throw new CotangentError('tree', `${where}: the tree is deeper than 256 levels (a cycle?)`);
  if (Array.isArray(tree)) {
    const items: readonly unknown[] = tree;
    return { kind: 'array', children: items.map((x, i) => { path.push(i); const s = walk(x, isLeaf, where, leaves, path); path.pop(); return s; }) };
  }
  if (isPlainObject(tree)) {
    const keys = Object.keys(tree).sort();
    return { kind: 'object', keys, children: keys.map(k => { path.push(k); const s = walk(tree[k], isLeaf, where, leaves, path); path.pop(); return s; }) };
  }
  throw notALeaf(tree, where, path);
}

/** An object literal, or an object without a prototype: what a tree may branch by. */
export function isPlainObject(x: unknown): x is { readonly [key: string]: unknown } {
  if (typeof x !== 'object' || x === null) return false;
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === Object.prototype || proto === null;
}

function notALeaf(x: unknown, where: string, path: readonly (string | number)[]): CotangentError {
  const at = path.length === 0 ? '' : ` at ${showPath(path)}`;
  if (typeof x === 'number') return new CotangentError('static', `${where}: the number ${x}${at} is not a tensor; wrap it: tensor(${x}), or list the argument in static`);
  if (typeof x === 'string' || typeof x === 'boolean') return new CotangentError('static', `${where}: the ${typeof x} ${JSON.stringify(x)}${at} is not a tensor; wrap it: tensor(...), or list the argument in static`);
  if (typeof x === 'function') return new CotangentError('static', `${where}: a function${at} is not a tensor; close over it, or list the argument in static`);
  if (x instanceof Promise) return new CotangentError('async', `${where}: a promise${at} is not a tensor; await it outside the transform`);
  const what = x === undefined ? 'undefined' : typeof x === 'object' ? `an instance of ${x?.constructor?.name ?? 'a class'}` : typeof x;
  return new CotangentError('tree', `${where}: ${what}${at} is not a tensor, null, array or plain object`);
}

/** `a.b[0]`: how a path into a tree is written. */
export const showPath = (path: readonly (string | number)[]): string =>
  path.map((p, i) => typeof p === 'number' ? `[${p}]` : i === 0 ? p : `.${p}`).join('') || '(root)';

/** Rebuilds a tree of the given structure from its leaves. The static type is the caller's knowledge. */
export function unflatten(structure: Structure, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (s: Structure): unknown => {
    switch (s.kind) {
      case 'leaf': return leaves[next++];
      case 'null': return null;
      case 'array': return s.children.map(build);
      case 'object': {
        const out: { [key: string]: unknown } = {};
        for (let i = 0; i < s.keys.length; i++) {
          const [k, child] = [s.keys[i], s.children[i]];
          if (k === undefined || child === undefined) continue;
          // Assigned, this name would be the prototype.
          if (k === '__proto__') Object.defineProperty(out, k, { value: build(child), enumerable: true, writable: true, configurable: true });
          else out[k] = build(child);
        }
        return out;
      }
      default: return s satisfies never;
    }
  };
  return build(structure);
}

export const leafCount = (s: Structure): number => s.kind === 'leaf' ? 1 : s.kind === 'null' ? 0 : s.children.reduce((n, c) => n + leafCount(c), 0);

/** A text that is equal for equal structures. */
export function structureKey(s: Structure): string {
  switch (s.kind) {
    case 'leaf': return '*';
    case 'null': return '-';
    case 'array': return `[${s.children.map(structureKey).join(',')}]`;
    case 'object': return `{${s.children.map((c, i) => `${JSON.stringify(s.keys[i])}:${structureKey(c)}`).join(',')}}`;
    default: return s satisfies never;
  }
}

/** Paths of the leaves, in the order of `flatten`. */
export function leafPaths(s: Structure, prefix: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  switch (s.kind) {
    case 'leaf': return [prefix];
    case 'null': return [];
    case 'array': return s.children.flatMap((c, i) => leafPaths(c, [...prefix, i]));
    case 'object': return s.children.flatMap((c, i) => leafPaths(c, [...prefix, s.keys[i] ?? '']));
    default: return s satisfies never;
  }
}

/**
 * What stands at each leaf position of `structure` in `tree`, which must have the same shape above its leaves (a leaf position may hold null).
 * Throws `tree` with the path where they part.
 */
export function leavesAt(structure: Structure, tree: unknown, where: string): readonly unknown[] {
  const found: unknown[] = [];
  const visit = (s: Structure, t: unknown, path: readonly (string | number)[]): void => {
    switch (s.kind) {
      case 'leaf': found.push(t); return;
      case 'null': if (t !== null) throw differs(where, path, 'null', t); return;
      case 'array': {
        if (!Array.isArray(t) || t.length !== s.children.length) throw differs(where, path, `an array of ${s.children.length}`, t);
        const items: readonly unknown[] = t;
        s.children.forEach((c, i) => visit(c, items[i], [...path, i]));
        return;
      }
      case 'object': {
        if (!isPlainObject(t)) throw differs(where, path, `an object with ${s.keys.join(', ')}`, t);
        const extra = Object.keys(t).find(k => !s.keys.includes(k));
        if (extra !== undefined) throw differs(where, [...path, extra], 'nothing', t[extra]);
        s.children.forEach((c, i) => { const k = s.keys[i] ?? ''; visit(c, t[k] === undefined ? null : t[k], [...path, k]); });
        return;
      }
      default: s satisfies never;
    }
  };
  visit(structure, tree, []);
  return found;
}
function differs(where: string, path: readonly (string | number)[], want: string, got: unknown): CotangentError {
  const what = got === null ? 'null' : Array.isArray(got) ? `an array of ${got.length}` : typeof got === 'object' ? 'an object or a leaf' : typeof got;
  return new CotangentError('tree', `${where}: the trees differ at ${showPath(path)}: expected ${want}, got ${what}`);
}
