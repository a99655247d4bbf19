// Where two trees part that must be equal: the carry that enters a body and the one that leaves it, the results of two branches. As types and at
// run time, with the same words. Floor 3.
import type { DType } from '../dtype/dtype.ts';
import { CotangentError, ShapeError } from '../error.ts';
import { sameAval, showAval, type Aval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Shape, ShowTight } from '../shape/dim.ts';
import type { Equal } from '../shape/equal.ts';
import type { Fits, Same } from '../shape/same.ts';
import { leafCount, type Structure } from '../tree/tree.ts';
import type { RowsOf } from './types.ts';

/** One place where two trees part: the words for what stands there. */
export interface Misfit<Path extends string, Want extends string, Got extends string> { readonly path: Path; readonly want: Want; readonly got: Got }

/** Where `A` and `B` part: a union of `Misfit`, never where they agree as far as they are known; the rest is checked at run time. */
export type Differ<A, B, Path extends string = '', K = unknown> =
  Same<A, B, K> extends true ? never
  : 0 extends 1 & A ? never : 0 extends 1 & B ? never
  : [A] extends [Tensor<infer S, infer D>] ? [B] extends [Tensor<infer T, infer E>] ? LeavesDiffer<A, B, S, D, T, E, Path, K> : Unlike<A, B, Path, K>
  : [A] extends [readonly unknown[]] ? [B] extends [readonly unknown[]] ? ListsDiffer<A, B, Path, K> : Unlike<A, B, Path, K>
  : [A] extends [object] ? [B] extends [AnyTensor | readonly unknown[]] ? Unlike<A, B, Path, K> : [B] extends [object] ? ObjectsDiffer<A, B, Path, K> : Unlike<A, B, Path, K>
  : Unlike<A, B, Path, K>;

type Unlike<A, B, Path extends string, K> = Fits<B, A, K> extends true ? never : Misfit<Path, Word<A, K>, Word<B, K>>;
type LeavesDiffer<A, B, S extends Shape, D extends DType, T extends Shape, E extends DType, Path extends string, K> =
  Fits<B, A, K> extends true ? never
  : Equal<S, T, K> extends true ? Fits<E, D, K> extends true ? Same<S, T, K> extends true ? Misfit<Path, Word<A, K>, Word<B, K>> : never
    : Fits<D, E, K> extends true ? never : Misfit<Path, Word<A, K>, Word<B, K>>
  : Misfit<Path, Word<A, K>, Word<B, K>>;
type ListsDiffer<A extends readonly unknown[], B extends readonly unknown[], Path extends string, K> =
  number extends A['length'] | B['length'] ? Differ<A[number], B[number], `${Path}[]`, K>
  : Same<A['length'], B['length'], K> extends true ? ItemsDiffer<A, B, Path, K>
  : Misfit<Path, Word<A, K>, Word<B, K>>;
type ItemsDiffer<A, B, Path extends string, K, Index extends readonly unknown[] = []> =
  A extends readonly [infer a, ...infer RA] ? B extends readonly [infer b, ...infer RB] 
    ? Either<Differ<a, b, `${Path}[${Index['length']}]`, K>, ItemsDiffer<RA, RB, Path, K, [...Index, 0]>> : never : never;
/** The first of two that is not never. */
type Either<First, Second> = [First] extends [never] ? Second : First;
type ObjectsDiffer<A, B, Path extends string, K> = OneOf<{
  [Q in keyof A | keyof B]-?: Differ<Q extends keyof A ? A[Q] : undefined, Q extends keyof B ? B[Q] : undefined, Path extends '' ? `${Q & string}` : `${Path}.${Q & string}`, K>
}[keyof A | keyof B]>;
/** One member of a union, since one mistake is one message: an overloaded function is inferred from by its last signature. */
type OneOf<U> = (U extends unknown ? (f: (x: U) => void) => void : never) extends (f: infer F) => void ? F extends (x: infer One) => void ? One : never : never;

/** What stands at a place, in a word. */
export type Word<X, K = unknown> =
  [X] extends [Tensor<infer S, infer D>] ? X extends RowsOf<unknown> ? 'a key' : Same<D, DType, K> extends true ? `a tensor${ShowTight<S, K>}` : `${D}${ShowTight<S, K>}`
  : [X] extends [null] ? 'null' : [X] extends [undefined] ? 'nothing'
  : [X] extends [readonly unknown[]] ? number extends X['length'] ? 'a list' : `a list of ${X['length']}`
  : [X] extends [object] ? 'an object' : [X] extends [number] ? 'a number' : [X] extends [string] ? 'a string' : [X] extends [boolean] ? 'a boolean' : 'something else';

type AnyMisfit = Misfit<string, string, string>;
type At<Path extends string> = Path extends '' ? '' : ` at ${Path}`;
/** What is wrong with a carry that enters a body as `C` and leaves it as `R`; never where nothing is. */
export type CarryMessage<Name extends string, C, R, K = unknown> = CarryWords<Name, Differ<C, R, '', K>>;
type CarryWords<Name extends string, M> =
  M extends AnyMisfit ? `${Name}: the carry${At<M['path']>} enters the body as ${M['want']} and leaves it as ${M['got']}; they must be equal` : never;
/** What is wrong with two branches, by their names, that return `A` and `B`. */
export type BranchMessage<Name extends string, First extends string, A, Second extends string, B, K = unknown> = BranchWords<Name, First, Second, Differ<A, B, '', K>>;
type BranchWords<Name extends string, First extends string, Second extends string, M> =
  M extends AnyMisfit ? `${Name}: the result${At<M['path']>} is ${M['want']} in ${First} and ${M['got']} in ${Second}; branches must agree` : never;
/** What is wrong with an operation that combines two `A` into `B`. */
export type CombineMessage<Name extends string, A, B, K = unknown> = CombineWords<Name, Differ<A, B, '', K>>;
type CombineWords<Name extends string, M> =
  M extends AnyMisfit ? `${Name}: the function takes ${M['want']}${At<M['path']>} and returns ${M['got']}; they must be equal` : never;
/** What is wrong with a function that takes `A` where it is given `B`. */
export type TakesMessage<Words extends string, A, B, K = unknown> = Fits<B, A, K> extends true ? never : TakesWords<Words, Differ<A, B, '', K>>;
type TakesWords<Words extends string, M> = M extends AnyMisfit ? `${Words}${At<M['path']>} is ${M['got']}, the function takes ${M['want']}` : never;

// ---- at run time

/** A tree of avals: what `Differ` knows of a tree. */
export interface Shapes { readonly structure: Structure; readonly avals: readonly Aval[] }
interface Found { readonly path: string; readonly want: string; readonly got: string; readonly tree: boolean }

/** The first place where two trees part, null where they agree. The run-time twin of `Differ`. */
export function difference(want: Shapes, got: Shapes): Found | null {
  const words = (s: Structure | undefined, avals: readonly Aval[], leaf: number): string => {
    if (s === undefined) return 'nothing';
    if (s.kind === 'leaf') { const a = avals[leaf]; return a === undefined ? 'nothing' : showAval(a); }
    return s.kind === 'null' ? 'null' : s.kind === 'array' ? `a list of ${s.children.length}` : 'an object';
  };
  const visit = (a: Structure | undefined, b: Structure | undefined, i: number, j: number, path: string): Found | null => {
    const found = (tree: boolean): Found => ({ path, want: words(a, want.avals, i), got: words(b, got.avals, j), tree });
    if (a === undefined || b === undefined || a.kind !== b.kind) return found(true);
    if (a.kind === 'leaf') { const [x, y] = [want.avals[i], got.avals[j]]; return x !== undefined && y !== undefined && sameAval(x, y) ? null : found(false); }
    if (a.kind === 'array' && b.kind === 'array' && a.children.length !== b.children.length) return found(true);
    const [mine, theirs] = [children(a), children(b)];
    for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
      const [x, y] = [mine.get(key), theirs.get(key)];
      const below = visit(x?.child, y?.child, i + (x?.leaves ?? 0), j + (y?.leaves ?? 0), typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
      if (below !== null) return below;
    }
    return null;
  };
  return visit(want.structure, got.structure, 0, 0, '');
}
/** The children of a node by key or index, and how many leaves stand before each. */
function children(s: Structure): ReadonlyMap<string | number, { readonly child: Structure; readonly leaves: number }> {
  let leaves = 0;
  const list = s.kind === 'array' || s.kind === 'object' ? s.children : [];
  return new Map(list.map((child, i) => {
    const entry = { child, leaves };
    leaves += leafCount(child);
    return [s.kind === 'object' ? s.keys[i] ?? '' : i, entry];
  }));
}
const at = (path: string): string => path === '' ? '' : ` at ${path}`;
const failure = (tree: boolean, message: string): CotangentError => tree ? new CotangentError('tree', message) : new ShapeError(message);

/** Throws the words of `CarryMessage` where a carry changes. */
export function expectCarry(name: string, enters: Shapes, leaves: Shapes): void {
  const d = difference(enters, leaves);
  if (d !== null) throw failure(d.tree, `${name}: the carry${at(d.path)} enters the body as ${d.want} and leaves it as ${d.got}; they must be equal`);
}
/** Throws the words of `BranchMessage` where two branches differ. */
export function expectBranch(name: string, first: string, a: Shapes, second: string, b: Shapes): void {
  const d = difference(a, b);
  if (d !== null) throw failure(d.tree, `${name}: the result${at(d.path)} is ${d.want} in ${first} and ${d.got} in ${second}; branches must agree`);
}
/** Throws the words of `CombineMessage` where an operation does not give what it takes. */
export function expectCombined(name: string, takes: Shapes, gives: Shapes): void {
  const d = difference(takes, gives);
  if (d !== null) throw failure(d.tree, `${name}: the function takes ${d.want}${at(d.path)} and returns ${d.got}; they must be equal`);
}
