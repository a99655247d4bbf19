// Pytrees: flatten and unflatten, structures, paths, and what is refused as a leaf. The leaves here are texts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatten, leafCount, leafPaths, leavesAt, showPath, structureKey, unflatten } from '../../src/tree/tree.ts';
import { codeAndText } from './errors.ts';

class Box { readonly id: number; constructor(id: number) { this.id = id; } }
const isBox = (x: unknown): x is Box => x instanceof Box;
const flat = (tree: unknown) => flatten(tree, isBox, 'f');
const [a, b, c] = [new Box(1), new Box(2), new Box(3)];

describe('flatten', () => {
  it('takes object keys in sorted order, arrays by index, and passes null', () => {
    expect(flat({ w: a, b: [b, null, { z: c }] }).leaves).toEqual([b, c, a]);
  });
  it('gives the same structure whatever the order of the keys', () => {
    expect(flat({ x: a, y: b }).structure).toEqual(flat({ y: b, x: a }).structure);
  });
  it('takes one leaf for a tree', () => {
    expect(flat(a)).toEqual({ leaves: [a], structure: { kind: 'leaf' } });
  });
  it('passes objects without a prototype', () => {
    const bare: { [key: string]: unknown } = { __proto__: null };
    bare['k'] = a;
    expect(flat(bare).leaves).toEqual([a]);
  });
  it.each([
    [{ lr: 0.1 }, 'static', 'f: the number 0.1 at lr is not a tensor; wrap it: tensor(0.1), or list the argument in static'],
    [[a, { mode: 'train' }], 'static', 'f: the string "train" at [1].mode is not a tensor; wrap it: tensor(...), or list the argument in static'],
    [true, 'static', 'f: the boolean true is not a tensor; wrap it: tensor(...), or list the argument in static'],
    [{ act: () => 0 }, 'static', 'f: a function at act is not a tensor; close over it, or list the argument in static'],
    [{ x: undefined }, 'tree', 'f: undefined at x is not a tensor, null, array or plain object'],
    [[new Date(0)], 'tree', 'f: an instance of Date at [0] is not a tensor, null, array or plain object'],
    [[10n], 'tree', 'f: bigint at [0] is not a tensor, null, array or plain object'],
    [[Promise.resolve(1)], 'async', 'f: a promise at [0] is not a tensor; await it outside the transform'],
  ])('refuses %o', (tree, code, text) => {
    expect(codeAndText(() => flat(tree))).toEqual([code, text]);
  });
  it('refuses a cycle in one line instead of overflowing the stack', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(codeAndText(() => flat(loop))).toEqual(['tree', 'f: the tree is deeper than 256 levels (a cycle?)']);
  });
});

/** Random trees of boxes. */
const trees = fc.letrec<{ readonly tree: unknown }>(tie => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    fc.nat(9).map(id => new Box(id)), fc.constant(null), fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('__proto__', 'constructor')), tie('tree'), { maxKeys: 3, noNullPrototype: true })),
})).tree;

describe('laws', () => {
  it('unflatten is the inverse of flatten', () => {
    fc.assert(fc.property(trees, tree => {
      const { leaves, structure } = flat(tree);
      expect(leaves).toHaveLength(leafCount(structure));
      const again = unflatten(structure, leaves);
      expect(again).toEqual(tree);
      expect(flat(again)).toEqual({ leaves, structure });
    }));
  });
  it('keys of structures are equal exactly where structures are', () => {
    fc.assert(fc.property(trees, trees, (s, t) => {
      const [x, y] = [flat(s).structure, flat(t).structure];
      expect(structureKey(x) === structureKey(y)).toBe(JSON.stringify(x) === JSON.stringify(y));
    }));
  });
  it('there is one path a leaf, and no two are equal', () => {
    fc.assert(fc.property(trees, tree => {
      const { structure } = flat(tree);
      const paths = leafPaths(structure);
      expect(paths).toHaveLength(leafCount(structure));
      expect(new Set(paths.map(p => JSON.stringify(p))).size).toBe(paths.length);
    }));
  });
});

describe('structureKey', () => {
  it('tells arrays from objects, null from an empty array, and quotes keys', () => {
    expect(structureKey(flat({ 'a"': [a, null], b: [] }).structure)).toBe('{"a\\"":[*,-],"b":[]}');
  });
});

describe('showPath', () => {
  it('writes a path as code does', () => {
    expect([['layers', 0, 'w'], [1, 'b'], []].map(showPath)).toEqual(['layers[0].w', '[1].b', '(root)']);
  });
});

describe('leavesAt', () => {
  const { structure } = flat({ w: a, rest: [b, null] });
  it('gives what stands at the leaves, a null included', () => {
    expect(leavesAt(structure, { w: null, rest: [c, null] }, 'f')).toEqual([c, null]);
  });
  it('takes a missing key for null', () => {
    expect(leavesAt(structure, { rest: [c, null] }, 'f')).toEqual([c, null]);
  });
  it.each([
    [{ w: a, rest: [b] }, 'f: the trees differ at rest: expected an array of 2, got an array of 1'],
    [{ w: a, rest: [b, c] }, 'f: the trees differ at rest[1]: expected null, got an object or a leaf'],
    [{ w: a, rest: [b, null], v: c }, 'f: the trees differ at v: expected nothing, got an object or a leaf'],
    [[a, b], 'f: the trees differ at (root): expected an object with rest, w, got an array of 2'],
    [null, 'f: the trees differ at (root): expected an object with rest, w, got null'],
  ])('refuses %o', (tree, text) => {
    expect(codeAndText(() => leavesAt(structure, tree, 'f'))).toEqual(['tree', text]);
  });
});
