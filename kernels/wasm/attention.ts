// Attention in tiles: a program of products and loops that takes a few queries at a time, each with all the keys it may see, so that no
// array of queries x keys stands in memory. Of causal attention the keys that no query of a band sees are left out.
// After Dao, Fu, Ermon, Rudra, Ré, "FlashAttention", 2022; rows of scores are kept whole, so nothing is rescaled and sums of weights keep
// the order that they have in the decomposition. Equal to it up to the order in which the gradients of keys and values are summed.
import type { DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { CompositeCall, CompositeKernel, CompositeKernels } from '../../src/pass/compositeKernels.ts';
import { add, div, mul, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { eq, ge, lt } from '../../src/primitive/comparison.ts';
import { inDType, shiftOf, sumAlong, along, widened } from '../../src/primitive/compositesAxes.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { at } from '../../src/primitive/define.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { exp } from '../../src/primitive/exponential.ts';
import { iota } from '../../src/primitive/iota.ts';
import { and } from '../../src/primitive/logical.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { select } from '../../src/primitive/select.ts';
import { sliceAxis } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { avalOf } from '../../src/trace/handle.ts';
import { bind, stage } from '../../src/trace/scope.ts';

export interface AttentionTiles {
  /** Bytes of scores up to which nothing is cut. */
  readonly whole: number;
  /** Bytes of scores of one tile, and the fewest and the most queries in it. */
  readonly bytes: number;
  readonly fewest: number;
  readonly most: number;
  /** Bands of queries of causal attention, at most: each leaves out the keys behind its last query. */
  readonly bands: number;
}
/** Measured on two machines: tiles stay in the second level cache, and packing the keys for each costs little. */
export const attentionTiles: AttentionTiles = { whole: 2 ** 20, bytes: 2 ** 18, fewest: 16, most: 128, bands: 4 };

/** Kernels of attention and of the halves of its reverse mode. */
export const attentionKernels = (tiles: AttentionTiles = attentionTiles): CompositeKernels => new Map<string, CompositeKernel>([
  ['attention', call => program(call, tiles, (v, p) => [forward(v, p).out])],
  ['attention.forward', call => program(call, tiles, (v, p) => {
    const { out, shift, sum } = forward(v, p);
    return [out, ...v.slice(0, p.operands).map((x, i) => repeatedTo(x, at(call.jaxpr.outputs, i + 1).aval.shape)), out, shift, sum];
  })],
  ['attention.backward', call => program(call, tiles, (v, p) => {
    const all = backward(v, p);
    return call.wanted.map((of, i) => summedTo(at(all, of), at(call.jaxpr.outputs, i).aval.shape.length));
  })],
]);

/** Batching repeats a residual that all examples share. */
export const repeatedTo = (x: AnyTensor, shape: readonly number[]): AnyTensor => x.shape.length === shape.length ? x : broadcastInDim(x, shape, range(x.shape.length).map(i => i + shape.length - x.shape.length));
/** Batching sums the cotangent of an operand that all examples share. */
export const summedTo = (x: AnyTensor, axes: number): AnyTensor => x.shape.length === axes ? x : reduceSum(x, range(x.shape.length - axes));

/** What is known of a call: examples, heads, queries and keys. */
export interface Heads {
  readonly causal: boolean;
  readonly scale: number;
  readonly masked: boolean;
  readonly lengths: boolean;
  readonly lead: readonly number[];
  readonly examples: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Shape of the mask aligned with [..., heads, queries, keys]. */
  readonly mask: readonly number[];
  /** How many of the operands are the composite's own inputs. */
  readonly operands: number;
}
/** And how the queries are cut. */
interface Plan extends Heads { readonly bands: readonly Band[] }
/** Queries first to last see keys 0 to `keys`, in tiles of `rows`. */
interface Band { readonly first: number; readonly last: number; readonly keys: number; readonly rows: number }

function program(call: CompositeCall, tiles: AttentionTiles, f: (inputs: readonly AnyTensor[], plan: Plan) => readonly AnyTensor[]): Jaxpr | null {
  const plan = planOf(call, tiles);
  if (plan === null) return null;
  const { jaxpr } = stage('attention', call.inputs, args => f(args, plan), { numbers: 'literals' });
  return { ...jaxpr, numConsts: call.jaxpr.numConsts };
}

function planOf(call: CompositeCall, tiles: AttentionTiles): Plan | null {
  const heads = headsOf(call);
  if (heads === null) return null;
  const bytes = call.inputs[0]?.dtype === 'f64' ? 8 : 4;
  if (heads.examples * heads.heads * heads.queries * heads.keys * bytes <= tiles.whole) return null;
  return { ...heads, bands: bandsOf(heads.queries, heads.keys, heads.causal, bytes, tiles) };
}
/** Null where batching gave axes to some operands only. */
export function headsOf({ attributes: { causal, scale, masked, lengths, axes, maskAxes }, inputs }: CompositeCall): Heads | null {
  const [query, key, value] = inputs;
  if (query === undefined || key === undefined || value === undefined || typeof scale !== 'number' || typeof axes !== 'number' || typeof maskAxes !== 'number') return null;
  const rank = query.shape.length;
  const lead = query.shape.slice(0, -3);
  const same = (shape: readonly number[]): boolean => shape.length === lead.length && shape.every((n, i) => n === lead[i]);
  // Where batching gave an axis to some operands only they do not go together any more.
  if (!same(key.shape.slice(0, -3)) || !same(value.shape.slice(0, -3))) return null;
  if (lengths === true && !same(at(inputs, masked === true ? 4 : 3).shape)) return null;
  const mask = masked === true ? alignedMask(at(inputs, 3).shape, rank, rank - axes, maskAxes) : [];
  if (mask === null) return null;
  const [queries = 0, heads = 0] = query.shape.slice(-3);
  const keys = key.shape.at(-3) ?? 0;
  return {
    causal: causal === true, scale, masked: masked === true, lengths: lengths === true, lead, examples: sizeOf(lead), heads, queries, keys, mask,
    operands: 3 + Number(masked === true) + Number(lengths === true),
  };
}
/** Axes that batching added stand in front of those that the mask had; the others are one. */
function alignedMask(shape: readonly number[], rank: number, added: number, own: number): readonly number[] | null {
  const extra = shape.length - own;
  if (extra !== 0 && extra !== added) return null;
  return [...shape.slice(0, extra), ...range(rank - shape.length).map(() => 1), ...shape.slice(extra)];
}
/** `n` cut into as many nearly equal parts as are needed for parts of at most `most`. */
const evenly = (n: number, most: number): number => Math.ceil(n / Math.ceil(n / most));
function bandsOf(queries: number, keys: number, causal: boolean, bytes: number, t: AttentionTiles): readonly Band[] {
  const rowsOf = (n: number, seen: number): number => evenly(n, Math.min(t.most, Math.max(t.fewest, Math.floor(t.bytes / (bytes * seen)))));
  const count = causal ? Math.max(1, Math.min(t.bands, Math.floor(queries / t.most))) : 1;
  const height = Math.ceil(queries / count);
  return range(count).flatMap((i): Band[] => {
    const [first, last] = [i * height, Math.min(queries, (i + 1) * height)];
    const seen = causal ? Math.min(keys, last) : keys;
    return last > first ? [{ first, last, keys: seen, rows: rowsOf(last - first, seen) }] : [];
  });
}

// ---- loops
/** `f` for each slice along the leading axis of the xs: what it carries, then its other results stacked. */
function eachSlice(xs: readonly AnyTensor[], carry: readonly AnyTensor[], f: (carry: readonly AnyTensor[], slices: readonly AnyTensor[]) => readonly AnyTensor[]): readonly AnyTensor[] {
  const length = at(xs, 0).shape[0] ?? 0;
  const inner = (x: AnyTensor): Aval => ({ shape: x.shape.slice(1), dtype: x.dtype });
  if (length === 1) {
    const out = f(carry, xs.map(x => reshape(x, inner(x).shape)));
    return out.map((y, i) => i < carry.length ? y : reshape(y, [1, ...y.shape]));
  }
  const { jaxpr, consts } = stage('attention', [...carry.map(avalOf), ...xs.map(inner)], args => f(args.slice(0, carry.length), args.slice(carry.length)), { numbers: 'literals' });
  return bind(scanP, [...consts, ...carry, ...xs], { jaxpr, numConsts: consts.length, numCarry: carry.length, length, reverse: false, unroll: 1 });
}
/** [examples, heads, length, depth] in the dtype of the computation. */
const headsFirst = (x: AnyTensor, { lead, examples }: Plan): AnyTensor => {
  const rank = lead.length;
  const turned = transpose(widened(x), [...range(rank), rank + 1, rank, rank + 2]);
  return reshape(turned, [examples, ...turned.shape.slice(rank)]);
};
const lengthsFirst = (x: AnyTensor, { lead }: Plan, dtype: DType): AnyTensor => {
  const rank = lead.length;
  const whole = reshape(x, [...lead, ...x.shape.slice(1)]);
  return inDType(transpose(whole, [...range(rank), rank + 1, rank, rank + 2]), dtype);
};
const times = (x: AnyTensor, factor: number): AnyTensor => mul(x, constantLike(factor, x));
const matmul = (x: AnyTensor, y: AnyTensor, xContract: number, yContract: number): AnyTensor => dotGeneral(x, y, { lhsContract: [xContract], rhsContract: [yContract], lhsBatch: [], rhsBatch: [] });

/** The mask as [examples or 1, heads or 1, queries or 1, keys or 1]. */
function maskOf(x: AnyTensor, { mask, lead, examples }: Plan): AnyTensor {
  const aligned = reshape(x, mask);
  const [ahead, own] = [mask.slice(0, lead.length), mask.slice(lead.length)];
  if (ahead.every(n => n === 1)) return reshape(aligned, [1, ...own]);
  const spread = broadcastInDim(aligned, [...lead, ...own], range(mask.length));
  return reshape(spread, [examples, ...own]);
}
/** What the loops over examples and heads run over, and which of it stays the same: a mask that is one for all. */
interface Head { readonly arrays: readonly AnyTensor[]; readonly mask: AnyTensor | null; readonly length: AnyTensor | null }
/** `f` for each head of each example; results are [examples, heads, ...]. */
function eachHead(arrays: readonly AnyTensor[], given: readonly AnyTensor[], p: Plan, f: (head: Head) => readonly AnyTensor[]): readonly AnyTensor[] {
  const mask = p.masked ? maskOf(at(given, 3), p) : null;
  const lengths = p.lengths ? reshape(inDType(at(given, p.masked ? 4 : 3), 'i32'), [p.examples]) : null;
  const inner = (x: AnyTensor): AnyTensor => reshape(x, x.shape.slice(1));
  const varies = (m: AnyTensor | null): boolean => m !== null && m.shape[0] !== 1;
  const byExample = [...varies(mask) ? [mask] : [], lengths].flatMap(x => x ?? []);
  return eachSlice([...arrays, ...byExample], [], (_, slices) => {
    const rest = slices.slice(arrays.length);
    const heads = mask === null ? null : varies(mask) ? at(rest, 0) : inner(mask);
    const length = lengths === null ? null : at(rest, rest.length - 1);
    return eachSlice([...slices.slice(0, arrays.length), ...heads !== null && varies(heads) ? [heads] : []], [], (_none, own) => f({
      arrays: own.slice(0, arrays.length), mask: heads === null ? null : varies(heads) ? at(own, arrays.length) : inner(heads), length,
    }));
  });
}
/** `f` for each tile of a band: a slice of each of the arrays, which queries and keys see each other; what it carries, then its other results joined. */
function eachTile(arrays: readonly AnyTensor[], h: Head, band: Band, carry: readonly AnyTensor[], causal: boolean, f: (carry: readonly AnyTensor[], slices: readonly AnyTensor[], seen: AnyTensor | null) => readonly AnyTensor[]): readonly AnyTensor[] {
  const mask = h.mask === null || h.mask.shape[1] === 1 ? h.mask : sliceAxis(h.mask, 1, 0, band.keys);
  const byQuery = mask !== null && mask.shape[0] !== 1;
  const all = byQuery ? [...arrays, mask] : arrays;
  const tile = (kept: readonly AnyTensor[], slices: readonly AnyTensor[], first: AnyTensor): readonly AnyTensor[] => {
    const scores = [at(slices, 0).shape[0] ?? 0, band.keys];
    const keyIndex = (): AnyTensor => iota(scores, 'i32', 1);
    const parts: AnyTensor[] = [];
    if (causal) parts.push(ge(add(iota(scores, 'i32', 0), broadcastInDim(first, scores, [])), keyIndex()));
    if (mask !== null) parts.push(broadcastInDim(byQuery ? at(slices, arrays.length) : mask, scores, [0, 1]));
    if (h.length !== null) parts.push(lt(keyIndex(), broadcastInDim(h.length, scores, [])));
    return f(kept, slices.slice(0, arrays.length), parts.length === 0 ? null : parts.reduce(and));
  };
  const full = Math.floor((band.last - band.first) / band.rows);
  const end = band.first + full * band.rows;
  const tiled = all.map(x => { const part = sliceAxis(x, 0, band.first, end); return reshape(part, [full, band.rows, ...part.shape.slice(1)]); });
  const starts = add(times(iota([full], 'i32', 0), band.rows), constant(band.first, [full], 'i32'));
  const main = eachSlice([...tiled, starts], carry, (kept, slices) => tile(kept, slices.slice(0, -1), at(slices, slices.length - 1)));
  const joined = main.map((y, i) => i < carry.length ? y : reshape(y, [full * band.rows, ...y.shape.slice(2)]));
  if (end === band.last) return joined;
  const left = tile(joined.slice(0, carry.length), all.map(x => sliceAxis(x, 0, end, band.last)), constant(end, [], 'i32'));
  return joined.map((y, i) => i < carry.length ? at(left, i) : concatenate([y, at(left, i)], 0));
}
const joinBands = (parts: readonly (readonly AnyTensor[])[]): readonly AnyTensor[] => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : range(only?.length ?? 0).map(i => concatenate(parts.map(b => at(b, i)), 0));
};
/** 0 along the first axis, summed: 0, or NaN where something there is infinite or NaN. What is multiplied by a share of 0 leaves that. */
const trace = (x: AnyTensor): AnyTensor => reduceSum(times(x, 0), [0]);
const spreadRows = (x: AnyTensor, like: AnyTensor): AnyTensor => broadcastInDim(x, like.shape, [1]);

// ---- the programs
function exponentials(query: AnyTensor, key: AnyTensor, seen: AnyTensor | null, given: AnyTensor | null): { readonly weights: AnyTensor; readonly shift: AnyTensor } {
  const all = matmul(query, key, 1, 1);
  const scores = seen === null ? all : select(seen, all, constantLike(-Infinity, all));
  const shift = given ?? shiftOf(scores, [-1]);
  return { weights: exp(sub(scores, along(shift, scores, -1))), shift };
}

/** The result, and for each query the shift and the sum of its exponentials: [..., heads, queries]. */
function forward(given: readonly AnyTensor[], p: Plan): { readonly out: AnyTensor; readonly shift: AnyTensor; readonly sum: AnyTensor } {
  const [query, key, value] = [times(headsFirst(at(given, 0), p), p.scale), headsFirst(at(given, 1), p), headsFirst(at(given, 2), p)];
  const [out, shift, sum] = eachHead([query, key, value], given, p, h => {
    const [q, k, v] = [at(h.arrays, 0), at(h.arrays, 1), at(h.arrays, 2)];
    return joinBands(p.bands.map(band => {
      const [ks, vs] = [k, v].map(x => sliceAxis(x, 0, 0, band.keys));
      const behind = band.keys < p.keys ? trace(sliceAxis(v, 0, band.keys, p.keys)) : null;
      return eachTile([q], h, band, [], p.causal, (_, [tile], seen) => {
        if (tile === undefined || ks === undefined || vs === undefined) return [];
        const { weights, shift: s } = exponentials(tile, ks, seen, null);
        const sums = sumAlong(weights, -1);
        const total = select(eq(sums, constantLike(0, sums)), constantLike(1, sums), sums);
        const product = matmul(weights, vs, 1, 0);
        const mixed = behind === null ? product : add(product, spreadRows(behind, product));
        return [div(mixed, along(total, mixed, -1)), s, total];
      });
    }));
  });
  const { dtype } = at(given, 0);
  const perQuery = (x: AnyTensor | undefined): AnyTensor => reshape(x ?? at([], 0), [...p.lead, p.heads, p.queries]);
  return { out: lengthsFirst(out ?? at([], 0), p, dtype), shift: perQuery(shift), sum: perQuery(sum) };
}

/** Cotangents of queries, keys and values from residuals and the cotangent of the result. */
function backward(v: readonly AnyTensor[], p: Plan): readonly AnyTensor[] {
  const [out, shift, sum, ct] = v.slice(p.operands);
  if (out === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
  const perHead = (x: AnyTensor): AnyTensor => reshape(x, [p.examples, p.heads, p.queries]);
  const [query, key, value] = [times(headsFirst(at(v, 0), p), p.scale), headsFirst(at(v, 1), p), headsFirst(at(v, 2), p)];
  const pulled = headsFirst(ct, p);
  const shares = div(pulled, along(perHead(sum), pulled, -1));
  const levels = sumAlong(mul(shares, headsFirst(out, p)), -1);
  const all = eachHead([query, key, value, shares, levels, perHead(shift)], v, p, h => {
    const [q, k, w, share, level, given] = h.arrays;
    if (q === undefined || k === undefined || w === undefined || share === undefined || level === undefined || given === undefined) return [];
    const zeros = (x: AnyTensor, n: number): AnyTensor => constant(0, [n, ...x.shape.slice(1)], x.dtype);
    const bands = p.bands.map(band => {
      const [ks, ws] = [k, w].map(x => sliceAxis(x, 0, 0, band.keys));
      const [ofKey, ofValue, ofQuery] = eachTile([q, share, level, given], h, band, [zeros(k, band.keys), zeros(w, band.keys)], p.causal, ([dk, dv], [tile, part, flat, kept], seen) => {
        if (dk === undefined || dv === undefined || tile === undefined || part === undefined || flat === undefined || kept === undefined || ks === undefined || ws === undefined) return [];
        const { weights } = exponentials(tile, ks, seen, kept);
        const ofWeights = matmul(part, ws, 1, 1);
        const moved = mul(weights, sub(ofWeights, along(flat, ofWeights, -1)));
        const ofScores = seen === null ? moved : select(seen, moved, constantLike(0, moved));
        return [add(dk, matmul(ofScores, tile, 0, 0)), add(dv, matmul(weights, part, 0, 0)), matmul(ofScores, ks, 1, 0)];
      });
      if (ofKey === undefined || ofValue === undefined || ofQuery === undefined) return [];
      if (band.keys === p.keys) return [ofQuery, ofKey, ofValue];
      const behind = (x: AnyTensor, own: AnyTensor): AnyTensor => {
        const left = trace(sliceAxis(x, 0, band.first, band.last));
        return concatenate([own, broadcastInDim(left, [p.keys - band.keys, ...own.shape.slice(1)], [1])], 0);
      };
      return [add(ofQuery, spreadRows(trace(sliceAxis(k, 0, band.keys, p.keys)), ofQuery)), behind(q, ofKey), behind(share, ofValue)];
    });
    const summed = (i: number): AnyTensor => bands.map(b => at(b, i)).reduce(add);
    return [times(at(joinBands(bands.map(b => b.slice(0, 1))), 0), p.scale), summed(1), summed(2)];
  });
  return all.map(x => lengthsFirst(x, p, ct.dtype));
}
