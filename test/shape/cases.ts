// Random questions to the shape rules, well-shaped and ill-shaped: each as the text of a type and as a call of its run-time twin.
import { agree, floatOnly, intOnly, sumDType } from '../../src/dtype/agree.ts';
import { dtypes, type DType } from '../../src/dtype/dtype.ts';
import { arange, iota } from '../../src/shape/arange.ts';
import { broadcast, broadcastTo } from '../../src/shape/broadcast.ts';
import { concatenate, stack } from '../../src/shape/concatenate.ts';
import { dot } from '../../src/shape/dot.ts';
import { dotGeneral } from '../../src/shape/dotGeneral.ts';
import { einsum } from '../../src/shape/einsum.ts';
import { expandDims } from '../../src/shape/expandDims.ts';
import { matmul } from '../../src/shape/matmul.ts';
import { pad, type Padding } from '../../src/shape/pad.ts';
import { reduce } from '../../src/shape/reduce.ts';
import { reshape } from '../../src/shape/reshape.ts';
import { slice, type Range } from '../../src/shape/slice.ts';
import { split, splitSizes } from '../../src/shape/split.ts';
import { squeeze } from '../../src/shape/squeeze.ts';
import { embedding, oneHot, take, takeIndex } from '../../src/shape/take.ts';
import { swapaxes, transpose } from '../../src/shape/transpose.ts';
import { where } from '../../src/shape/where.ts';

/** A source of random choices. */
export interface Source {
  /** A natural number below `n`. */
  below(n: number): number;
}

/** Choices that follow from a seed alone (mulberry32). */
export function source(seed: number): Source {
  let state = seed >>> 0;
  return {
    below(n) {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
    },
  };
}

/** A rule and what it is asked about, as the text of a type; the same with some numbers unknown; and the call of the twin. */
export interface Case { readonly type: string; readonly vague: string; readonly twin: () => unknown }

export const chance = (r: Source, percent: number): boolean => r.below(100) < percent;
export function pick<T>(r: Source, items: readonly [T, ...T[]]): T {
  return items[r.below(items.length)] ?? items[0];
}
export const list = <T>(n: number, item: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => item(index));
export const dim = (r: Source): number => pick(r, [0, 1, 1, 2, 3, 3, 4, 5, 7, 12, 64, 100, 784, 60000, 1 + r.below(9), r.below(5000)]);
export const smallDim = (r: Source): number => pick(r, [1, 2, 3, 4, 6, 8, 12]);
export const shape = (r: Source, most = 4): number[] => list(r.below(most + 1), () => dim(r));
export const axis = (r: Source, rank: number): number => r.below(2 * rank + (chance(r, 30) ? 3 : 0) || 1) - rank;
/** Now and then a dim is exchanged, an axis added or taken away. */
export function disturbed(r: Source, s: readonly number[]): number[] {
  const at = r.below(s.length || 1);
  switch (r.below(10)) {
    case 0: return s.map((d, i) => i === at ? dim(r) : d);
    case 1: return s.slice(1);
    case 2: return [...s, dim(r)];
    default: return [...s];
  }
}
/** `s` with some dims 1 and leading axes missing: it broadcasts with `s`. */
export const stretchable = (r: Source, s: readonly number[]): number[] =>
  disturbed(r, s.slice(r.below(s.length + 1)).map((d) => chance(r, 25) ? 1 : d));
function shuffled(r: Source, items: readonly number[]): number[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = r.below(i + 1);
    const held = result[i] ?? 0;
    result[i] = result[j] ?? 0;
    result[j] = held;
  }
  return result;
}
const size = (s: readonly number[]): number => s.reduce((product, d) => product * d, 1);

/** A value as the text of its literal type; numbers that are hidden as `number`. */
export function text(value: unknown, hidden: (n: number) => boolean = () => false): string {
  if (Array.isArray(value)) return `[${value.map((item) => text(item, hidden)).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && hidden(value)) return 'number';
  if (typeof value === 'object' && value !== null) return `{ ${Object.entries(value).map(([key, field]) => `${key}: ${text(field, hidden)}`).join('; ')} }`;
  return String(value);
}
export type Question = (rule: string, parts: readonly unknown[], twin: () => unknown) => Case;
export const asking = (r: Source): Question => (rule, parts, twin) => {
  const type = (hidden: (n: number) => boolean): string => `${rule}<${parts.map((part) => text(part, hidden)).join(', ')}>`;
  return { type: type(() => false), vague: type(() => chance(r, 25)), twin };
};

const ranges = (r: Source, s: readonly number[]): Range[] => list(r.below(s.length + 1) + (chance(r, 5) ? 1 : 0), (i) => {
  const d = s[i] ?? 3;
  const [low = 0, high = 0] = [r.below(d + 1), r.below(d + 1)].sort((a, b) => a - b);
  const start = chance(r, 30) ? low - d - (chance(r, 10) ? 2 : 0) : low + (chance(r, 8) ? 3 : 0);
  const stop = chance(r, 20) ? null : chance(r, 30) ? (high - d || high) - (chance(r, 10) ? d : 0) : high + (chance(r, 8) ? 5 : 0);
  if (chance(r, 25)) return ':';
  return chance(r, 40) ? [start || 0, stop, r.below(5) + (chance(r, 90) ? 1 : -1)] : [start || 0, stop];
});

const amount = (r: Source): number => r.below(9) - (chance(r, 30) ? 8 : 0);
const paddings = (r: Source, rank: number): Padding[] => list(r.below(rank + 1) + (chance(r, 6) ? 1 : 0), () =>
  chance(r, 30) ? [amount(r), amount(r), r.below(4) - (chance(r, 8) ? 3 : 0)] : [amount(r), amount(r)]);

/** Subscripts over a few letters, and shapes that mostly fit them. */
function summation(r: Source): readonly [string, number[][]] {
  const letters = ['i', 'j', 'k', 'l'] as const;
  const dims = new Map<string, number>(letters.map((letter) => [letter, smallDim(r)]));
  const dots = chance(r, 30) ? list(r.below(3), () => smallDim(r)) : null;
  const operands = list(1 + r.below(2), () => list(r.below(4), () => pick(r, letters)));
  const parts = operands.map((names) => {
    const cut = r.below(names.length + 1);
    const dimsOf = (part: readonly string[]): number[] => part.map((letter) => dims.get(letter) ?? 1);
    const withDots = dots !== null && chance(r, 80);
    return {
      label: withDots ? `${names.slice(0, cut).join('')}...${names.slice(cut).join('')}` : names.join(''),
      shape: disturbed(r, withDots ? [...dimsOf(names.slice(0, cut)), ...stretchable(r, dots), ...dimsOf(names.slice(cut))] : dimsOf(names)),
    };
  });
  const used = [...new Set(operands.flat())];
  const kept = used.filter(() => chance(r, 60)).concat(chance(r, 5) ? ['l'] : [], chance(r, 5) ? used.slice(0, 1) : []);
  const output = `${dots !== null && chance(r, 85) ? '...' : ''}${kept.join('')}`;
  const comma = chance(r, 20) ? ', ' : ',';
  const arrow = chance(r, 3) ? '' : chance(r, 20) ? ' -> ' : '->';
  const shapes = parts.map((part) => part.shape).slice(chance(r, 3) ? 1 : 0).concat(chance(r, 3) ? [[2]] : []);
  return [`${parts.map((part) => part.label).join(comma)}${arrow}${output}`, shapes];
}

/** One maker of random questions for each rule. */
export const makers: Readonly<Record<string, (r: Source) => Case>> = {
  Broadcast(r) {
    const s = shape(r);
    const [a, b] = [stretchable(r, s), stretchable(r, s)];
    return asking(r)('Broadcast', [a, b], () => broadcast(a, b));
  },
  BroadcastTo(r) {
    const t = shape(r);
    const s = stretchable(r, t);
    return asking(r)('BroadcastTo', [s, t], () => broadcastTo(s, t));
  },
  Where(r) {
    const s = shape(r, 3);
    const [c, a, b] = [stretchable(r, s), stretchable(r, s), stretchable(r, s)];
    return asking(r)('Where', [c, a, b], () => where(c, a, b));
  },
  MatMul(r) {
    const [batch, m, k, n] = [shape(r, 2), dim(r), dim(r), dim(r)];
    const a = disturbed(r, chance(r, 20) ? [k] : [...stretchable(r, batch), m, k]);
    const b = disturbed(r, chance(r, 20) ? [k] : [...stretchable(r, batch), k, n]);
    return asking(r)('MatMul', [a, b], () => matmul(a, b));
  },
  Dot(r) {
    const k = dim(r);
    const a = disturbed(r, chance(r, 15) ? [] : [...shape(r, 2), k]);
    const b = disturbed(r, chance(r, 30) ? [k] : [...shape(r, 1), k, dim(r)]);
    return asking(r)('Dot', [a, b], () => dot(a, b));
  },
  DotGeneral(r) {
    const [batch, contract] = [list(r.below(3), () => smallDim(r)), list(r.below(3), () => smallDim(r))];
    const operand = (): { readonly shape: number[]; readonly batch: number[]; readonly contract: number[] } => {
      const dims = [...batch, ...contract, ...list(r.below(2), () => smallDim(r))];
      const order = shuffled(r, dims.map((_, i) => i));
      const place = (index: number): number => order.indexOf(index) - (chance(r, 20) ? dims.length : 0) + (chance(r, 2) ? 1 : 0);
      return {
        shape: disturbed(r, order.map((index) => dims[index] ?? 1)),
        batch: batch.map((_, i) => place(i)),
        contract: contract.map((_, i) => place(batch.length + i)).slice(chance(r, 3) ? 1 : 0),
      };
    };
    const [a, b] = [operand(), operand()];
    const dimensions = { lhsContract: a.contract, rhsContract: b.contract, lhsBatch: a.batch, rhsBatch: b.batch };
    return asking(r)('DotGeneral', [a.shape, b.shape, dimensions], () => dotGeneral(a.shape, b.shape, dimensions));
  },
  Einsum(r) {
    const [subscripts, shapes] = summation(r);
    return asking(r)('Einsum', [subscripts, shapes], () => einsum(subscripts, shapes));
  },
  Reshape(r) {
    const factors = list(r.below(5), () => chance(r, 5) ? 0 : smallDim(r));
    const cut = r.below(factors.length + 1);
    const grouped = (items: readonly number[]): number[] => chance(r, 50) ? [...items] : [size(items.slice(0, cut)), ...items.slice(cut)];
    const s = grouped(factors);
    const target = disturbed(r, grouped(shuffled(r, factors)));
    const holes = chance(r, 50) ? 1 + (chance(r, 6) ? 1 : 0) : 0;
    const t = target.map((d, i) => i < holes ? -1 : d);
    const mixed = shuffled(r, t);
    return asking(r)('Reshape', [s, mixed], () => reshape(s, mixed));
  },
  Transpose(r) {
    const s = shape(r, 5);
    if (chance(r, 20)) return asking(r)('Transpose', [s], () => transpose(s));
    const order = shuffled(r, s.map((_, i) => i)).map((i) => chance(r, 20) ? i - s.length : i);
    const p = chance(r, 45) ? disturbed(r, order).map((i) => Math.min(i, 9)) : order;
    return asking(r)('Transpose', [s, p], () => transpose(s, p));
  },
  SwapAxes(r) {
    const s = shape(r, 5);
    const [a, b] = [axis(r, s.length), axis(r, s.length)];
    return asking(r)('SwapAxes', [s, a, b], () => swapaxes(s, a, b));
  },
  ExpandDims(r) {
    const s = shape(r);
    const a = axis(r, s.length + 1);
    return asking(r)('ExpandDims', [s, a], () => expandDims(s, a));
  },
  Squeeze(r) {
    const s = shape(r).map((d) => chance(r, 50) ? 1 : d);
    const ones = s.flatMap((d, i) => d === 1 || chance(r, 10) ? [chance(r, 30) ? i - s.length : i] : []);
    switch (r.below(3)) {
      case 0: return asking(r)('Squeeze', [s], () => squeeze(s));
      case 1: return asking(r)('Squeeze', [s, ones], () => squeeze(s, ones));
      default: {
        const a = ones[0] ?? axis(r, s.length);
        return asking(r)('Squeeze', [s, a], () => squeeze(s, a));
      }
    }
  },
  Reduce(r) {
    const s = shape(r, 5);
    const keep = chance(r, 50);
    const some = list(r.below(3), () => axis(r, s.length));
    const a = pick<number | number[] | undefined>(r, [axis(r, s.length), some, some, undefined]);
    return asking(r)('Reduce', [s, a, keep], () => reduce(s, a, keep));
  },
  Concatenate(r) {
    const s = [dim(r), ...shape(r, 3)];
    const a = axis(r, s.length);
    const at = a < 0 ? a + s.length : a;
    const operands = list(r.below(10) === 0 ? 0 : 1 + r.below(4), () => disturbed(r, s.map((d, i) => i === at ? dim(r) : d)));
    return asking(r)('Concatenate', [operands, a], () => concatenate(operands, a));
  },
  Stack(r) {
    const s = shape(r, 3);
    const a = axis(r, s.length + 1);
    const operands = list(1 + r.below(4), () => disturbed(r, s));
    return asking(r)('Stack', [operands, a], () => stack(operands, a));
  },
  Split(r) {
    const s = [chance(r, 60) ? smallDim(r) * smallDim(r) : dim(r), ...shape(r, 2)];
    const a = axis(r, s.length);
    const d = s.at(a) ?? 6;
    const cuts = list(r.below(4), () => r.below(d + 2)).sort((x, y) => x - y);
    const by = chance(r, 50) ? r.below(6) : chance(r, 85) ? cuts : cuts.reverse();
    return asking(r)('Split', [s, by, a], () => split(s, by, a));
  },
  SplitSizes(r) {
    const sizes = list(1 + r.below(4), () => dim(r));
    const s = [...shape(r, 2), sizes.reduce((sum, d) => sum + d, 0) + (chance(r, 20) ? 1 : 0)];
    const a = chance(r, 50) ? -1 : s.length - 1 + (chance(r, 10) ? 1 : 0);
    return asking(r)('SplitSizes', [s, sizes, a], () => splitSizes(s, sizes, a));
  },
  Slice(r) {
    const s = shape(r);
    const cuts = ranges(r, s);
    return asking(r)('Slice', [s, cuts], () => slice(s, cuts));
  },
  Pad(r) {
    const s = shape(r);
    const amounts = paddings(r, s.length);
    return asking(r)('Pad', [s, amounts], () => pad(s, amounts));
  },
  Take(r) {
    const [s, ids] = [shape(r), shape(r, 2)];
    if (chance(r, 15)) return asking(r)('Take', [s, ids], () => take(s, ids));
    const a = axis(r, s.length);
    return asking(r)('Take', [s, ids, a], () => take(s, ids, a));
  },
  TakeIndex(r) {
    const [s, id] = [[dim(r), ...shape(r, 3)], r.below(13) - 6];
    if (chance(r, 25)) return asking(r)('TakeIndex', [s, id], () => takeIndex([size(s)], id, 0) >= 0);
    const a = r.below(s.length) - (chance(r, 50) ? s.length : 0);
    return asking(r)('TakeIndex', [s, id, a], () => takeIndex(s, id, a < 0 ? a + s.length : a) >= 0);
  },
  Embedding(r) {
    const [table, ids] = [shape(r, 3), shape(r, 2)];
    return asking(r)('Embedding', [table, ids], () => embedding(table, ids));
  },
  OneHot(r) {
    const [ids, n] = [shape(r, 3), dim(r)];
    return asking(r)('OneHot', [ids, n], () => oneHot(ids, n));
  },
  Arange(r) {
    const [start, stop, step] = [dim(r), dim(r), chance(r, 8) ? 0 : 1 + r.below(12)];
    return asking(r)('Arange', [start, stop, step], () => arange(start, stop, step));
  },
  Iota(r) {
    const s = shape(r);
    const a = axis(r, s.length);
    return asking(r)('Iota', [s, a], () => iota(s, a));
  },
  Agree(r) {
    const d = dtypes[r.below(dtypes.length)] ?? 'f32';
    const e = chance(r, 40) ? d : dtypes[r.below(dtypes.length)] ?? 'f32';
    return asking(r)('Agree', [d, e], () => [agree(d, e)]);
  },
  Dtype(r) {
    const d: DType = dtypes[r.below(dtypes.length)] ?? 'f32';
    return pick(r, [
      asking(r)('SumDType', [d], () => sumDType(d)),
      asking(r)('FloatOnly', [d, 'exp'], () => floatOnly('exp', d) === d),
      asking(r)('IntOnly', [d, 'take'], () => intOnly('take', d) === d),
    ]);
  },
};
