// Pytrees: plain objects, arrays and null around leaves.
import fc from 'fast-check';

/** A tree of leaves: what transforms take and give. */
export type Tree<L> = L | null | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

/**
 * Trees around the given leaves, up to three levels deep.
 *
 * @example
 * import fc from 'fast-check';
 * import { trees } from 'cotangent/laws';
 * fc.sample(trees(fc.constant(1)), 3).length; // -> 3
 */
export function trees<L>(leaf: fc.Arbitrary<L>): fc.Arbitrary<Tree<L>> {
  const { tree } = fc.letrec<{ tree: Tree<L> }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      { weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.array(tie('tree'), { maxLength: 3 }) },
      { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('w', 'b', 'a', 'scale'), tie('tree'), { maxKeys: 3, noNullPrototype: true }) },
    ),
  }));
  return tree;
}
