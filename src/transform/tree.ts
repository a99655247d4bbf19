// The `tree` namespace: functions over trees of tensors, typed so that a tree keeps its type. Floor 3, because tangents have their
// own type; what happens at run time stands in src/tree.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { hasTangent, range, sameAval, sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor, literal, type TensorHandle } from '../trace/handle.ts';
import { leavesOf, mapTrees, pathsOf, structureOf } from '../tree/map.ts';
import { leafCount, unflatten as rebuild, type Structure } from '../tree/tree.ts';
import type { Tangent, WidestIn } from './types.ts';

type Shape = readonly number[];

/** What stands at the leaves of a tree: tensors, and whatever else is no array, plain object or null. */
export type LeafOf<P> = P extends Tensor<infer _S, infer _D> ? P : P extends Value ? P : P extends null | undefined ? never
  : P extends readonly (infer E)[] ? LeafOf<E> : P extends object ? LeafOf<P[keyof P]> : P;
type Value = string | number | boolean | bigint | symbol | Promise<unknown> | ((...args: never[]) => unknown);
/** The tree with every leaf replaced by an `R`. */
export type Mapped<P, R> = P extends Tensor<infer _S, infer _D> ? R : P extends Value ? R : P extends null | undefined ? P : P extends object ? { [K in keyof P]: Mapped<P[K], R> } : R;

/**
 * Calls `f` with the tensors at each position of one tree or of several that branch alike; the result is the tree of its results.
 * `f` keeps the type of a tensor, so the tree keeps its type (`mapTo` is for all other results). Over parameters and their tangents,
 * in which integer leaves are null, `f` gets that null beside the leaf; where all trees have null, the result has null.
 *
 * @throws `tree` with the path at which the trees part.
 * @example
 * import { np, tensor, tree } from 'cotangent';
 * const params = { w: tensor([1, 2]), b: tensor(3) };
 * tree.map((x) => np.multiply(x, 2), params); // -> { b: 6, w: [2, 4] }
 */
export function map<P>(f: <S extends Shape, D extends DType>(leaf: Tensor<S, D>, ...others: Tensor<S, D>[]) => Tensor<S, D>, tree: P, ...others: NoInfer<P>[]): P;
export function map<P>(f: <S extends Shape, D extends DType>(leaf: Tensor<S, D>, tangent: Tensor<S, D> | null) => Tensor<S, D>, tree: P, tangents: Tangent<NoInfer<P>>): P;
export function map(f: Leafwise, ...trees: readonly unknown[]): unknown { return mapped(f, trees, 'tree.map'); }

/**
 * As `map`, for leaves and results of any type: numbers, names, shapes, promises. Everything is a leaf that is not null, an array or
 * a plain object.
 *
 * @throws `tree` with the path at which the trees part.
 * @example
 * import { tree, zeros } from 'cotangent';
 * tree.mapTo((x) => x.shape.length, { w: zeros([2, 3]), b: zeros([3]) }); // -> { b: 1, w: 2 }
 */
export function mapTo<P, R>(f: (leaf: LeafOf<NoInfer<P>>, ...others: never[]) => R, tree: P, ...others: readonly unknown[]): Mapped<P, R>;
export function mapTo(f: Leafwise, ...trees: readonly unknown[]): unknown { return mapped(f, trees, 'tree.mapTo'); }

type Leafwise = (...leaves: never[]) => unknown;
// The overloads say what f takes at the leaves; that the trees branch alike is checked.
const mapped = (f: Leafwise, trees: readonly unknown[], where: string): unknown => mapTrees(parts => f(...(parts as never[])), trees, where);

/**
 * As `map` over a tree of tangents and the tree of values it belongs to, tangents first: the result is a tree of tangents.
 *
 * @example
 * import { grad, np, tensor, tree } from 'cotangent';
 * const params = { w: tensor([1, 2]) };
 * const g = grad((p: typeof params) => np.sum(np.square(p.w)))(params);
 * tree.mapTangents((t, x) => (t === null ? null : np.add(t, x)), g, params); // -> { w: [3, 6] }
 */
export function mapTangents<P>(f: <S extends Shape, D extends DType>(tangent: Tensor<S, D> | null, leaf: Tensor<S, D>) => Tensor<S, D> | null, tangents: Tangent<NoInfer<P>>, tree: P): Tangent<P>;
export function mapTangents(f: Leafwise, ...trees: readonly unknown[]): unknown { return mapped(f, trees, 'tree.mapTangents'); }

/**
 * The leaves in a fixed order: arrays by index, objects by sorted keys.
 *
 * @throws `tree` where it meets undefined.
 * @example
 * import { tree } from 'cotangent';
 * tree.leaves({ b: 1, a: [2, null, 3] }); // -> [2, 3, 1]
 */
export function leaves<P>(tree: P): LeafOf<P>[] {
  // Which leaves a tree of this type has, the type says; finding them is done without it.
  return [...leavesOf(tree, 'tree.leaves')] as never[];
}

/**
 * How the tree branches, without its leaves: data, equal for equal trees, and what `unflatten` takes.
 *
 * @example
 * import { tree } from 'cotangent';
 * tree.structure([1, null]); // -> { kind: 'array', children: [{ kind: 'leaf' }, { kind: 'null' }] }
 */
export const structure = (tree: unknown): Structure => structureOf(tree, 'tree.structure');

/**
 * A tree of the given structure with these leaves, in the order of `leaves`.
 *
 * @throws `tree` where there are too few leaves or too many.
 * @example
 * import { tree } from 'cotangent';
 * tree.unflatten(tree.structure({ b: 1, a: [2] }), ['x', 'y']); // -> { a: ['x'], b: 'y' }
 */
export function unflatten(structure: Structure, leaves: readonly unknown[]): unknown {
  const wanted = leafCount(structure);
  if (leaves.length !== wanted) throw new CotangentError('tree', `tree.unflatten: the structure has ${wanted} leaves, ${leaves.length} given`);
  return rebuild(structure, leaves);
}

/**
 * How each leaf is reached, in the order of `leaves`.
 *
 * @example
 * import { tree } from 'cotangent';
 * tree.paths({ mlp: [{ w: 1, b: 2 }] }); // -> ['mlp[0].b', 'mlp[0].w']
 */
export const paths = (tree: unknown): readonly string[] => pathsOf(tree, 'tree.paths');

/**
 * Folds the leaves from the first to the last, starting with `initial`.
 *
 * @example
 * import { tree, zeros } from 'cotangent';
 * tree.reduce((n, x) => n + x.shape.length, { w: zeros([2, 3]), b: zeros([3]) }, 0); // -> 3
 */
export function reduce<P, R>(f: (sum: R, leaf: LeafOf<NoInfer<P>>) => R, tree: P, initial: R): R {
  return leaves(tree).reduce<R>((sum, leaf) => f(sum, leaf), initial);
}

/**
 * Whether the predicate holds at every leaf; true for a tree without leaves.
 *
 * @example
 * import { tree, zeros } from 'cotangent';
 * tree.all({ w: zeros([2]), b: zeros([]) }, (x) => x.dtype === 'f32'); // -> true
 */
export function all<P>(tree: P, predicate: (leaf: LeafOf<NoInfer<P>>) => boolean): boolean {
  return leaves(tree).every(leaf => predicate(leaf));
}

/**
 * The inner product of two trees of tensors as vectors: the sum, over all float leaves, of the products of their elements. It is f64 if a leaf
 * is, else f32. Integers, and what has null beside it (the tangents of integers), do not count.
 *
 * @throws `tree` with the path at which the trees part, `shape` or `dtype` where two leaves differ.
 * @example
 * import { tensor, tree } from 'cotangent';
 * tree.vdot({ w: tensor([1, 2]), b: tensor(3) }, { w: tensor([3, 4]), b: tensor(5) }); // -> 26
 */
export function vdot<P>(a: P, b: NoInfer<P> | NoInfer<Tangent<P>>): Tensor<[], WidestIn<P>>;
export function vdot(a: unknown, b: unknown): AnyTensor {
  const products: AnyTensor[] = [];
  mapTrees(pair => {
    if (pair.includes(null)) return null;
    const [s, t] = [factor(at(pair, 0)), factor(at(pair, 1))];
    if (!sameAval(s.aval, t.aval)) throw sameShape(s.shape, t.shape) ? new DTypeError(`tree.vdot: dtypes differ: ${showAval(s.aval)} vs ${showAval(t.aval)}`) : new ShapeError(`tree.vdot: shapes differ: ${showAval(s.aval)} vs ${showAval(t.aval)}`);
    if (hasTangent(s.aval)) products.push(reduceSum(mul(convert(s, wider(s.dtype)), convert(t, wider(t.dtype))), range(s.shape.length)));
    return null;
  }, [a, b], 'tree.vdot');
  const dtype = products.some(x => x.dtype === 'f64') ? 'f64' : 'f32';
  return products.map(x => convert(x, dtype)).reduce((sum, x) => add(sum, x), literal(0, { shape: [], dtype }));
}
function factor(x: unknown): TensorHandle {
  if (!isTensor(x)) throw new CotangentError('tree', `tree.vdot: ${describe(x)} is no tensor; wrap it: tensor(x)`);
  return handleOf(x, 'tree.vdot');
}
const wider = (dtype: DType): DType => dtype === 'f64' ? 'f64' : 'f32';
