// attention: scaled dot-product attention as one composite. Its forward program saves the inputs, the result, and two numbers for each
// query (the greatest score and the sum of exponentials); the backward program computes the weights again. Nothing of size
// queries x keys outlives either. Floor 2.
// Dao, Fu, Ermon, Rudra, Ré, "FlashAttention", 2022.
import { DTypeError, ShapeError } from '../error.ts';
import { range, showAval, showShape } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { attention as attentionShape } from '../shape/attention.ts';
import { avalOf } from '../trace/handle.ts';
import { div, mul, sub } from './arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from './broadcast.ts';
import { eq, ge, lt } from './comparison.ts';
import { composite } from './composite.ts';
import { along, first, inDType, shiftOf, sumAlong, widened } from './compositesAxes.ts';
import { at, expectDType } from './define.ts';
import { dotGeneral } from './dot.ts';
import { exp } from './exponential.ts';
import { iota } from './iota.ts';
import { and } from './logical.ts';
import { select } from './select.ts';
import { transpose } from './transpose.ts';

export interface AttentionOptions {
  /** Query t sees keys 0 to t only. */
  readonly causal?: boolean;
  /** Which keys each query sees: bool, broadcasting to [..., heads, queries, keys]. */
  readonly mask?: AnyTensor | undefined;
  /** How many keys there are in each example: integers, of the leading axes' shape. */
  readonly keyLengths?: AnyTensor | undefined;
  /** What the products are multiplied by: 1 / sqrt(depth) by default. */
  readonly scale?: number | undefined;
}

/**
 * softmax(query key' * scale) value for each head: queries [..., T, heads, depth], keys [..., S, heads, depth] and values [..., S, heads,
 * features] give [..., T, heads, features]. A query that sees no key gives zeros. Vaswani et al., "Attention is all you need", 2017.
 */
export function attention(query: AnyTensor, key: AnyTensor, value: AnyTensor, { causal = false, mask, keyLengths, scale }: AttentionOptions = {}): AnyTensor {
  expectOperands(query, key, value);
  const factor = scale ?? 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  const scores = [...query.shape.slice(0, -3), at(query.shape, query.shape.length - 2), at(query.shape, query.shape.length - 3), at(key.shape, key.shape.length - 3)];
  if (mask !== undefined) expectMask(mask, scores);
  if (keyLengths !== undefined) expectLengths(keyLengths, query);
  const extra = [mask, keyLengths].flatMap(x => x ?? []);
  const what: What = { causal, scale: factor, masked: mask !== undefined, lengths: keyLengths !== undefined };
  const inputs = [query, key, value, ...extra];
  // Batching adds axes in front: with the ranks that they had, a kernel can tell which.
  const ranks = { axes: query.shape.length, maskAxes: mask?.shape.length ?? 0 };
  return first(composite('attention', { ...what, ...ranks }, inputs, v => [attend(v, what).out], {
    forward: v => {
      const { out, shift, sum } = attend(v, what);
      return [out, ...v, out, shift, sum];
    },
    backward: v => pullback(v.slice(0, inputs.length), v.slice(inputs.length), what),
  }));
}

export interface What { readonly causal: boolean; readonly scale: number; readonly masked: boolean; readonly lengths: boolean }

function expectOperands(query: AnyTensor, key: AnyTensor, value: AnyTensor): void {
  for (const [name, x] of [['queries', query], ['keys', key], ['values', value]] as const) {
    expectDType(avalOf(x), 'float', 'attention');
    if (x.dtype !== query.dtype) throw new DTypeError(`attention: dtypes differ: queries are ${query.dtype}, ${name} ${x.dtype} (use astype)`);
  }
  attentionShape(query.shape, key.shape, value.shape);
}
function expectMask(mask: AnyTensor, scores: readonly number[]): void {
  if (mask.dtype !== 'bool') throw new DTypeError(`attention: the mask must be bool, got ${showAval(avalOf(mask))} (compare it with 0)`);
  const offset = scores.length - mask.shape.length;
  if (offset < 0 || mask.shape.some((n, i) => n !== 1 && n !== scores[i + offset])) {
    throw new ShapeError(`attention: a mask ${showShape(mask.shape)} does not broadcast to [..., heads, queries, keys] ${showShape(scores)}`);
  }
}
function expectLengths(lengths: AnyTensor, query: AnyTensor): void {
  expectDType(avalOf(lengths), 'integer', 'attention: key lengths');
  const batch = query.shape.slice(0, -3);
  if (showShape(lengths.shape) !== showShape(batch)) throw new ShapeError(`attention: queries ${showShape(query.shape)} want key lengths of shape ${showShape(batch)}, got ${showShape(lengths.shape)}`);
}

// ---- the programs -------------------------------------------------------------------------------------------------------
// Inside, heads stand before lengths: scores are [..., heads, queries, keys].

/** Batch axes and heads run together; the axes contracted count from the end. */
function product(x: AnyTensor, y: AnyTensor, xHeads: number, yHeads: number, xContract: number, yContract: number): AnyTensor {
  const rank = x.shape.length;
  const batch = range(rank - 3);
  return dotGeneral(x, y, { lhsContract: [rank + xContract], rhsContract: [rank + yContract], lhsBatch: [...batch, rank + xHeads], rhsBatch: [...batch, rank + yHeads] });
}
/** Heads before lengths, or the other way round. */
const exchanged = (x: AnyTensor): AnyTensor => {
  const rank = x.shape.length;
  return transpose(x, [...range(rank - 3), rank - 2, rank - 3, rank - 1]);
};
const times = (x: AnyTensor, factor: number): AnyTensor => mul(x, constantLike(factor, x));

/** exp(score - shift), 0 where a query does not see a key; the greatest score of each query unless it is given; the scaled queries. */
function exponentials(v: readonly AnyTensor[], what: What, given?: AnyTensor): { readonly weights: AnyTensor; readonly shift: AnyTensor; readonly query: AnyTensor; readonly seen: AnyTensor | null } {
  const query = times(widened(first(v)), what.scale);
  const all = product(query, widened(at(v, 1)), -2, -2, -1, -1);
  const seen = visible(v, what, all);
  const scores = seen === null ? all : select(seen, all, constantLike(-Infinity, all));
  const shift = given ?? shiftOf(scores, [-1]);
  return { weights: exp(sub(scores, along(shift, scores, -1))), shift, query, seen };
}
/** Which keys each query sees, at the shape of the scores; null for all. */
function visible(v: readonly AnyTensor[], { causal, masked, lengths }: What, scores: AnyTensor): AnyTensor | null {
  const rank = scores.shape.length;
  const keyIndex = (): AnyTensor => iota(scores.shape, 'i32', rank - 1);
  const parts: AnyTensor[] = [];
  if (causal) parts.push(ge(iota(scores.shape, 'i32', rank - 2), keyIndex()));
  if (masked) {
    const mask = at(v, 3);
    parts.push(broadcastInDim(mask, scores.shape, range(mask.shape.length).map(i => i + rank - mask.shape.length)));
  }
  if (lengths) parts.push(lt(keyIndex(), broadcastInDim(inDType(at(v, v.length - 1), 'i32'), scores.shape, range(rank - 3))));
  return parts.length === 0 ? null : parts.reduce(and);
}

/** The result, and for each query the shift and the sum of its exponentials (1 where it sees no key). */
export function attend(v: readonly AnyTensor[], what: What): { readonly out: AnyTensor; readonly shift: AnyTensor; readonly sum: AnyTensor } {
  const { weights, shift } = exponentials(v, what);
  const sums = sumAlong(weights, -1);
  const sum = select(eq(sums, constantLike(0, sums)), constantLike(1, sums), sums);
  // Divided after the product, which has fewer elements.
  const mixed = product(weights, widened(at(v, 2)), -3, -2, -1, -3);
  return { out: inDType(exchanged(div(mixed, along(sum, mixed, -1))), first(v).dtype), shift, sum };
}

/** Cotangents of queries, keys and values. With weights p and their cotangents c, those of the scores are p (c - sum(p c)), and that sum is <ct, out>. */
export function pullback(v: readonly AnyTensor[], [out, shift, sum, ct]: readonly AnyTensor[], what: What): readonly AnyTensor[] {
  if (out === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
  const { weights, query, seen } = exponentials(v, what, shift);
  const [key, value] = [widened(at(v, 1)), widened(at(v, 2))];
  const pulled = exchanged(widened(ct));
  const share = div(pulled, along(sum, pulled, -1));
  const level = reduceSum(mul(share, exchanged(widened(out))), [share.shape.length - 1]);
  const ofWeights = product(share, value, -3, -2, -1, -1);
  const all = mul(weights, sub(ofWeights, along(level, ofWeights, -1)));
  // What is not seen has no share, not even in NaN.
  const ofScores = seen === null ? all : select(seen, all, constantLike(0, all));
  const ofQuery = times(product(ofScores, key, -3, -2, -1, -3), what.scale);
  const ofKey = product(ofScores, query, -3, -2, -2, -3);
  const ofValue = product(weights, share, -3, -3, -2, -2);
  return [ofQuery, ofKey, ofValue].map(t => inDType(exchanged(t), ct.dtype));
}
