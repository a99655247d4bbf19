// Random parameters with their gradients: trees with leaves of several dtypes, integers, empty and null ones among them.
// Knows no optimiser.
import type { Aval } from '../../src/ir/aval.ts';
import { hasTangent } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { isTensor } from '../../src/trace/handle.ts';
import { flatten, unflatten, type Structure } from '../../src/tree/tree.ts';
import { arrayOf, elementOf } from '../array.ts';
import type { Random } from '../random.ts';
import { tensorsOf, type AnyRule } from '../untyped.ts';

/** Parameters in the order of their leaves, and the gradients of a few steps: none for integers. */
export interface Trees {
  readonly structure: Structure;
  readonly params: readonly NDArray[];
  readonly gradients: readonly (readonly (NDArray | null)[])[];
}
/** A rule with something to train, and what is claimed of it. */
export interface Training extends Trees {
  readonly rule: AnyRule;
  readonly claims: { readonly rests: boolean; readonly descends: boolean; readonly steps: number };
}
/** Parameters of a user's, of which only the numbers may change. */
export interface Like { readonly structure: Structure; readonly avals: readonly Aval[]; readonly values: readonly NDArray[] }

const leaf = (...shape: readonly number[]): Aval => ({ shape, dtype: 'f32' });
const wide = (...shape: readonly number[]): Aval => ({ shape, dtype: 'f64' });
const whole = (...shape: readonly number[]): Aval => ({ shape, dtype: 'i32' });
/** Forms of parameters, from the plainest on. */
const forms: readonly (readonly [avals: readonly Aval[], tree: (xs: readonly unknown[]) => unknown])[] = [
  [[leaf(3)], ([a]) => ({ a })],
  [[leaf(2, 3), leaf(3)], ([w, b]) => [{ b, w }, null]],
  [[wide(2, 2), leaf(), whole(2)], ([a, b, n]) => ({ a, inner: [b, { n, none: null }] })],
  [[leaf(4)], ([a]) => a],
  [[leaf(0), wide(2), leaf(2, 1, 2)], ([a, b, c]) => [a, [b, c]]],
  [[whole(), leaf(2)], ([count, w]) => ({ count, w })],
];
/** Numbers neither near 0 nor large, so that no rule divides by nothing and none overflows. */
const drawn = (aval: Aval, random: Random, scale: number): NDArray => arrayOf(aval, () => hasTangent(aval) ? Math.fround(scale * random.signed()) : random.int(0, 5));

/** Random trees, or such as `like` has. */
export function trees(random: Random, like: Like | null): Trees {
  const [avals, tree] = forms[random.int(0, forms.length - 1)] ?? [[leaf(1)], ([a]: readonly unknown[]) => a];
  const structure = like?.structure ?? flatten(tree(tensorsOf(avals.map(a => arrayOf(a, () => 0)))), isTensor, 'laws.optimiser').structure;
  // The leaves come in the order of the tree, whose keys are sorted.
  const ordered = like?.avals ?? flatten(tree(avals), (x): x is Aval => avals.some(a => a === x), 'laws.optimiser').leaves;
  const params = like === null ? ordered.map(a => drawn(a, random, 2))
    : like.values.map(v => hasTangent(v) ? arrayOf(v, i => elementOf(v, i) + 0.1 * random.signed()) : v);
  const gradients = [0, 1, 2].map(() => ordered.map(a => hasTangent(a) ? drawn(a, random, 1.5) : null));
  return { structure, params, gradients };
}
/** A list of leaves as the tree of their tensors. */
export const treeOf = (structure: Structure, leaves: readonly (NDArray | null)[]): unknown =>
  unflatten(structure, leaves.map(x => x === null ? null : tensorsOf([x])[0] ?? null));
