// Einstein summation over dotGeneral: operands are contracted two at a time, nothing is ever multiplied elementwise that a product
// would sum. Floor 7. Subscripts are checked by the shape rule before anything here runs.
import { agree } from '../dtype/agree.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { broadcastInDim, reduceSum } from '../primitive/broadcast.ts';
import { at } from '../primitive/define.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { slice } from '../primitive/slice.ts';
import { transpose } from '../primitive/transpose.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import { einsum as einsumShape, parseSubscripts, type Einsum } from '../shape/einsum.ts';
import { handleOf } from '../trace/handle.ts';
import type { AgreeAll, DTypeOfAll, ShapesOf } from './several.ts';
import { typed } from './typed.ts';

type EinsumRule<Subscripts extends string, Ts extends readonly AnyTensor[], K> = Both<AgreeAll<Ts, K>, Einsum<Subscripts, ShapesOf<Ts>, K>, K>;

/**
 * Einstein summation: each letter is an axis, letters that the output does not name are summed over, one that occurs twice in an operand
 * takes its diagonal, and `...` stands for leading axes that broadcast.
 *
 * @param subscripts `'bqd,bkd->bqk'`; the arrow is required.
 * @throws `shape` where subscripts and operands do not fit, `dtype` where the dtypes differ.
 * @example
 * einsum('ij,jk->ik', tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 1]])); // -> [[1, 2], [3, 4]]
 * einsum('ii->', tensor([[1, 2], [3, 4]])); // -> 5
 */
export const einsum = <const Subscripts extends string, const Ts extends readonly AnyTensor[], K = unknown>(
  subscripts: Check<EinsumRule<Subscripts, Ts, K>, Subscripts, K>, ...operands: Ts): Tensor<Ok<EinsumRule<Subscripts, Ts, K>, K>, DTypeOfAll<Ts, K>> =>
  typed(summed(typed(subscripts), operands.map(x => handleOf(x, 'einsum'))));

/** A tensor whose axes are named, each once. */
interface Labelled { readonly x: AnyTensor; readonly labels: readonly string[] }

function summed(subscripts: string, xs: readonly AnyTensor[]): AnyTensor {
  for (const x of xs) agree(at(xs, 0).dtype, x.dtype);
  const shape = einsumShape(subscripts, xs.map(x => x.shape));
  const parsed = parseSubscripts(subscripts);
  // Axes of `...` are named by their distance from the end, so that those of two operands meet as in broadcasting.
  const output = labelsOf(parsed.output, shape.length);
  const sizes = new Map(output.map((label, axis) => [label, at(shape, axis)]));
  let terms = parsed.operands.map((letters, i) => {
    const x = at(xs, i);
    return withoutStretched(diagonal({ x, labels: labelsOf(letters, x.shape.length) }), sizes);
  });
  while (terms.length > 1) terms = contractCheapest(terms, output);
  const last = sumOut(at(terms, 0), new Set(output));
  // What no operand had at full size, because all were 1, is 1 in the output too: it only has to be put back.
  const order = output.filter(label => last.labels.includes(label));
  const arranged = transpose(last.x, order.map(label => last.labels.indexOf(label)));
  return broadcastInDim(arranged, shape, order.map(label => output.indexOf(label)));
}

const lettersOf = (text: string): string[] => text.replace('...', '').split('');
/** One label an axis: the letter, or `.k` for the k-th axis of `...` from its end. */
function labelsOf(text: string, rank: number): readonly string[] {
  const dots = text.indexOf('...');
  if (dots < 0) return text.split('');
  const count = rank - lettersOf(text).length;
  return [...text.slice(0, dots).split(''), ...range(count).map(k => `.${count - k}`), ...text.slice(dots + 3).split('')];
}

/** Takes the diagonal of axes that have one name, until each has its own. */
function diagonal({ x, labels }: Labelled): Labelled {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { x, labels };
  const label = at(labels, second);
  const first = labels.indexOf(label);
  const others = range(labels.length).filter(axis => axis !== first && axis !== second);
  const n = at(x.shape, first);
  // With both axes last and flat, the diagonal is every (n + 1)-th element.
  const rest = others.map(axis => at(x.shape, axis));
  const flat = reshape(transpose(x, [...others, first, second]), [...rest, n * n]);
  const zeros = rest.map(() => 0);
  const taken = slice(flat, [...zeros, 0], [...rest, n * n], [...rest.map(() => 1), n + 1]);
  return diagonal({ x: taken, labels: [...others.map(axis => at(labels, axis)), label] });
}

/** Without the axes of length 1 that another operand stretches. */
function withoutStretched({ x, labels }: Labelled, sizes: ReadonlyMap<string, number>): Labelled {
  const kept = range(labels.length).filter(axis => !(at(labels, axis).startsWith('.') && x.shape[axis] === 1 && sizes.get(at(labels, axis)) !== 1));
  return { x: reshape(x, kept.map(axis => at(x.shape, axis))), labels: kept.map(axis => at(labels, axis)) };
}

/** Sums over the axes that nobody needs. */
function sumOut({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = range(labels.length).filter(axis => !needed.has(at(labels, axis)));
  return { x: reduceSum(x, axes), labels: labels.filter(label => needed.has(label)) };
}

/** Contracts the two terms whose product is smallest; it takes the place of the first. */
function contractCheapest(terms: readonly Labelled[], output: readonly string[]): Labelled[] {
  let best: { readonly i: number; readonly j: number; readonly size: number } | null = null;
  for (const i of range(terms.length)) {
    for (const j of range(terms.length).slice(i + 1)) {
      const size = sizeOfProduct(at(terms, i), at(terms, j), neededBeside(terms, i, j, output));
      if (best === null || size < best.size) best = { i, j, size };
    }
  }
  const { i, j } = best ?? { i: 0, j: 1 };
  const product = contractTwo(at(terms, i), at(terms, j), neededBeside(terms, i, j, output));
  return terms.flatMap((term, k) => k === i ? [product] : k === j ? [] : [term]);
}
const neededBeside = (terms: readonly Labelled[], i: number, j: number, output: readonly string[]): ReadonlySet<string> =>
  new Set([...output, ...terms.flatMap((term, k) => k === i || k === j ? [] : term.labels)]);
function sizeOfProduct(a: Labelled, b: Labelled, needed: ReadonlySet<string>): number {
  const kept = new Map<string, number>();
  for (const { x, labels } of [a, b]) labels.forEach((label, axis) => { if (needed.has(label)) kept.set(label, at(x.shape, axis)); });
  return sizeOf([...kept.values()]);
}

function contractTwo(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
  const shared = new Set(a.labels.filter(label => b.labels.includes(label)));
  const keep = new Set([...needed, ...shared]);
  const [left, right] = [sumOut(a, keep), sumOut(b, keep)];
  const batch = left.labels.filter(label => shared.has(label) && needed.has(label));
  const summedOver = left.labels.filter(label => shared.has(label) && !needed.has(label));
  const places = (term: Labelled, labels: readonly string[]): number[] => labels.map(label => term.labels.indexOf(label));
  const x = dotGeneral(left.x, right.x, {
    lhsContract: places(left, summedOver), rhsContract: places(right, summedOver), lhsBatch: places(left, batch), rhsBatch: places(right, batch),
  });
  const free = (term: Labelled): string[] => term.labels.filter(label => !shared.has(label));
  return { x, labels: [...batch, ...free(left), ...free(right)] };
}
