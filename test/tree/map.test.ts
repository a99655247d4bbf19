// The tree namespace: what it computes, what it refuses, and the types that it keeps.
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/dtype/dtype.ts';
import type { Tensor } from '../../src/ir/tensor.ts';
import { literal } from '../../src/trace/handle.ts';
import { all, leaves, map, mapTangents, mapTo, paths, reduce, structure, unflatten } from '../../src/transform/tree.ts';
import type { Tangent } from '../../src/transform/types.ts';
import { codeAndText } from './errors.ts';

type Shape = readonly number[];
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the type is exactly the one that is stated. */
const typed = <T>() => <U>(value: U & (Equal<T, U> extends true ? unknown : { readonly expected: T })): U => value;
const numbers = (f: (...xs: number[]) => unknown) => (...xs: unknown[]): unknown => f(...xs.map(x => x === null ? -1 : Number(x)));

describe('mapTo', () => {
  it('rebuilds the tree around the results, keys sorted', () => {
    const result = mapTo((x: number) => x * 10, { w: [1, 2], b: null, a: 3 });
    expect(result).toEqual({ a: 30, b: null, w: [10, 20] });
    expect(Object.keys(result)).toEqual(['a', 'b', 'w']);
  });
  it('passes the leaves of several trees side by side', () => {
    expect(mapTo(numbers((x, y, z) => [x, y, z].join()), [1, { a: 2 }], [3, { a: 4 }], [5, { a: 6 }])).toEqual(['1,3,5', { a: '2,4,6' }]);
  });
  it('passes a null beside a leaf as a leaf, from whichever tree, and keeps null where all are null', () => {
    expect(mapTo(numbers((x, y) => `${x}:${y}`), { w: 1, n: null, z: null }, { w: 2, n: 3, z: null })).toEqual({ w: '1:2', n: '-1:3', z: null });
    expect(mapTo(numbers((x, y) => `${x}:${y}`), { w: 1, n: 3 }, { w: 2, n: null })).toEqual({ w: '1:2', n: '3:-1' });
  });
  it('takes strings, functions, class instances and promises for leaves', () => {
    const f = (): number => 1;
    const when = new Date(0);
    expect(mapTo(x => typeof x, ['a', f, when, Promise.resolve()])).toEqual(['string', 'function', 'object', 'object']);
  });
  it('keeps a key named __proto__ a key', () => {
    const tree: unknown = JSON.parse('{"__proto__": 1}');
    expect(Object.keys(mapTo(x => x, tree) as object)).toEqual(['__proto__']);
  });
  it('takes a key that is undefined for no key', () => {
    expect(mapTo(numbers((x, y) => x + y), { a: 1, b: undefined }, { a: 2 })).toEqual({ a: 3 });
  });
  it.each([
    [[{ a: 1 }, { b: 1 }], 'tree.mapTo: the trees differ at (root): an object with a beside an object with b'],
    [[{ a: [1, 2] }, { a: [1] }], 'tree.mapTo: the trees differ at a: an array of 2 beside an array of 1'],
    [[{ a: [1] }, { a: 1 }], 'tree.mapTo: the trees differ at a: an array of 1 beside a leaf'],
    [[{ a: { b: 1 } }, { a: null }], 'tree.mapTo: the trees differ at a: an object with b beside null'],
    [[[1], [{ x: 1 }]], 'tree.mapTo: the trees differ at [0]: a leaf beside an object with x'],
    [[1, undefined], 'tree.mapTo: the trees differ at (root): a leaf beside undefined'],
    [[[undefined]], 'tree.mapTo: undefined at [0] is no leaf; write null'],
  ])('refuses %j', ([first, ...rest], text) => {
    expect(codeAndText(() => mapTo((x: unknown) => x, first, ...rest))).toEqual(['tree', text]);
  });
  it('refuses a cycle in one line', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(codeAndText(() => mapTo(x => x, loop))).toEqual(['tree', 'tree.mapTo: the tree is deeper than 256 levels (a cycle?)']);
  });
});

describe('leaves, structure, paths, reduce, all', () => {
  const tree = { b: 3, a: [1, null, { z: 2 }] };
  it('list leaves and paths in one order', () => {
    expect(leaves(tree)).toEqual([1, 2, 3]);
    expect(paths(tree)).toEqual(['a[0]', 'a[2].z', 'b']);
    expect(unflatten(structure(tree), paths(tree))).toEqual({ b: 'b', a: ['a[0]', null, { z: 'a[2].z' }] });
  });
  it('unflatten refuses a wrong count', () => {
    expect(codeAndText(() => unflatten(structure(tree), [1, 2]))).toEqual(['tree', 'tree.unflatten: the structure has 3 leaves, 2 given']);
  });
  it('reduce goes from the first leaf to the last', () => {
    expect(reduce((text, x) => `${text}${x}`, tree, '>')).toBe('>123');
  });
  it('all asks every leaf and is true of no leaves', () => {
    expect([all(tree, x => x > 0), all(tree, x => x > 1), all([null], () => false)]).toEqual([true, false, true]);
  });
});

/** Trees with identical leaves. (Tensors refuse to be iterated, so no deep comparison looks inside them.) */
const expectSame = (got: unknown, want: unknown): void => {
  expect(paths(got)).toEqual(paths(want));
  const wanted = leaves(want);
  leaves(got).forEach((x, i) => expect(x === wanted[i]).toBe(true));
};

describe('types', () => {
  const twice = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => x;
  const sum = <S extends Shape, D extends DType>(x: Tensor<S, D>, _y: Tensor<S, D>): Tensor<S, D> => x;
  interface Params { w: Tensor<[2, 3]>; n: Tensor<[], 'i32'>; none: null; rest: [Tensor<[3]>, { scale: Tensor<[], 'f64'> }] }
  // The one place where these tests say what a handle's static type is.
  const leaf = (shape: number[], dtype: DType): never => literal(1, { shape, dtype }) as never;
  const params: Params = { w: leaf([2, 3], 'f32'), n: leaf([], 'i32'), none: null, rest: [leaf([3], 'f32'), { scale: leaf([], 'f64') }] };
  const tangents: Tangent<Params> = { w: leaf([2, 3], 'f32'), n: null, none: null, rest: [leaf([3], 'f32'), { scale: leaf([], 'f64') }] };

  it('a tree of tensors keeps its type', () => {
    expectSame(typed<Params>()(map(x => twice(x), params)), params);
    expectSame(typed<Params>()(map((x, y) => sum(x, y), params, params)), params);
    expectSame(typed<Params>()(map((x, y, z) => sum(sum(x, y), z), params, params, params)), params);
  });
  it('over parameters and tangents an integer leaf meets null', () => {
    let nulls = 0;
    expectSame(typed<Params>()(map((x, t) => { if (t === null) { nulls++; return x; } return sum(x, t); }, params, tangents)), params);
    expect(nulls).toBe(1);
    expectSame(typed<Tangent<Params>>()(mapTangents((t, x) => t === null ? null : sum(t, x), tangents, params)), tangents);
  });
  it('a generic optimiser step type-checks', () => {
    const step = <P>(p: P, t: Tangent<P>): P => map((x, g) => g === null ? x : sum(x, g), p, t);
    expectSame(typed<Params>()(step(params, tangents)), params);
  });
  it('other results make a tree of them', () => {
    const names = typed<{ w: string; n: string; none: null; rest: [string, { scale: string }] }>()(mapTo(x => `${x.dtype}[${x.shape.join()}]`, params));
    expect(names).toEqual({ w: 'f32[2,3]', n: 'i32[]', none: null, rest: ['f32[3]', { scale: 'f64[]' }] });
  });
  it('leaves are a union', () => {
    const found = typed<(Tensor<[], 'i32'> | Tensor<[2, 3]> | Tensor<[3]> | Tensor<[], 'f64'>)[]>()(leaves(params));
    expect(found.map(x => x.dtype)).toEqual(['i32', 'f32', 'f64', 'f32']);
  });
  it('an op that changes the type is no map of a tree to itself', () => {
    const rowed = (x: Tensor<[2, 3]>): Tensor<[3, 2]> => x as never;
    // @ts-expect-error a tangent may be null
    expect(leaves(map((x, t) => sum(x, t), params, tangents))).toHaveLength(4);
    // @ts-expect-error a function of one shape is no function of all leaves
    expect(leaves(map((x: Tensor<[2, 3]>) => rowed(x), { w: params.w }))).toHaveLength(1);
    // @ts-expect-error the second tree lacks a leaf
    expect(codeAndText(() => map((x, y) => sum(x, y), { w: params.w }, {}))[0]).toBe('tree');
  });
});
