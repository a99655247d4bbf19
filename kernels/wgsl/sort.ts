// Lines in ascending order along an axis, equal keys in their order, NaN last: blocks are ordered by counting, then merged pairwise, each
// element finding its place in the other block by bisection; last, every operand is moved.
// The reference it equals: the record's own evaluation, to the bit.
import { isFloat, type DType } from '../../src/dtype/dtype.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, groupSize, invocationGroups, openInvocations, shaderText, type Placement, type Shader } from '../../src/compile/wgsl/shader.ts';

export interface SortShape {
  /** `outer * inner` lines of `n` elements that lie `inner` apart. */
  readonly outer: number; readonly n: number; readonly inner: number;
}
/** Elements that are ordered by counting: each looks at all others of its block. */
const block = 64;

/** How many orders, of u32 for each element, are written one after another: each but the first is made from the one before. */
export const ordersOf = (n: number): number => 1 + Math.max(0, Math.ceil(Math.log2(n / block)));

/** `orders`: where the orders are written, in turns; the last one written is the final one. */
export function sortShaders(s: SortShape, operands: readonly Var[], outputs: readonly Var[], orders: readonly [Var, Var], placement: Placement): readonly Shader[] {
  const [keys] = operands;
  if (keys === undefined) return [];
  const count = ordersOf(s.n);
  const at = (k: number): Var => orders[k % 2 === 0 ? 0 : 1];
  return [
    shader(s, placement, (c, b) => countingBody(c, b, s, keys, at(0)), keys.aval.dtype),
    ...Array.from({ length: count - 1 }, (_, k) => shader(s, placement, (c, b) => mergingBody(c, b, s, keys, at(k), at(k + 1), block * 2 ** k), keys.aval.dtype)),
    ...operands.map((x, k) => shader(s, placement, (c, b) => {
      const from = b.load(c, at(count - 1), 'i32(flat)');
      const out = outputs[k];
      if (out !== undefined) b.store(c, out, place(s, 'i'), b.load(c, x, place(s, `i32(${from.code})`)));
    }, null)),
  ];
}
const place = ({ inner }: SortShape, i: string): string => inner === 1 ? `start + ${i}` : `start + ${i} * ${inner}i`;

/** One invocation an element: `i` is its place in its line, `line0` where the order of its line begins, `start` where its line begins. */
function shader(s: SortShape, placement: Placement, body: (c: Code, b: Bindings) => void, keyed: DType | null): Shader {
  const [c, bindings] = [new Code(), new Bindings(placement)];
  const count = s.outer * s.n * s.inner;
  openInvocations(c, count);
  c.line(`let line = flat / ${s.n}u;`, `let i = i32(flat % ${s.n}u);`, `let line0 = i32(line * ${s.n}u);`, `let start = i32((line / ${s.inner}u) * ${s.n * s.inner}u + line % ${s.inner}u);`);
  body(c, bindings);
  return { code: shaderText(bindings, groupSize, c, keyed === null ? [] : [keyFunction(keyed)]), bindings: bindings.list, groups: invocationGroups(count) };
}
/** Unsigned words in the order of the keys: NaNs are one, after every number; -0 is 0. */
function keyFunction(d: DType): string {
  if (isFloat(d)) {
    return `fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}`;
  }
  if (d === 'i32' || d === 'i8') return 'fn key(x: i32) -> u32 { return bitcast<u32>(x) ^ 0x80000000u; }';
  return d === 'bool' ? 'fn key(x: bool) -> u32 { return select(0u, 1u, x); }' : 'fn key(x: u32) -> u32 { return x; }';
}
const keyAt = (c: Code, b: Bindings, s: SortShape, keys: Var, i: string): string => c.let('u32', `key(${b.load(c, keys, place(s, i)).code})`).code;

function countingBody(c: Code, b: Bindings, s: SortShape, keys: Var, order: Var): void {
  const own = keyAt(c, b, s, keys, 'i');
  c.line(`let begin = i - i % ${block}i;`, `let end = min(begin + ${block}i, ${s.n}i);`, 'var rank = begin;');
  c.block('for (var j = begin; j < end; j++)', () => {
    const other = keyAt(c, b, s, keys, 'j');
    c.line(`rank += select(0i, 1i, ${other} < ${own} || (${other} == ${own} && j < i));`);
  });
  b.store(c, order, 'line0 + rank', { code: 'u32(i)', type: 'u32' });
}
function mergingBody(c: Code, b: Bindings, s: SortShape, keys: Var, before: Var, after: Var, width: number): void {
  const mine = b.load(c, before, 'line0 + i');
  const own = keyAt(c, b, s, keys, `i32(${mine.code})`);
  // Of equal keys those of the left block come first.
  c.line(`let left = (i / ${width}i) % 2i == 0i;`, `let pair = i - i % ${2 * width}i;`, `let other = select(pair, pair + ${width}i, left);`);
  c.line(`var low = min(other, ${s.n}i);`, `var high = min(other + ${width}i, ${s.n}i);`, 'let first = low;');
  c.block('while (low < high)', () => {
    c.line('let middle = (low + high) / 2i;');
    const theirs = b.load(c, before, 'line0 + middle');
    const key = keyAt(c, b, s, keys, `i32(${theirs.code})`);
    c.line(`if (${key} < ${own} || (!left && ${key} == ${own})) { low = middle + 1i; } else { high = middle; }`);
  });
  b.store(c, after, `line0 + pair + i % ${width}i + (low - first)`, mine);
}
