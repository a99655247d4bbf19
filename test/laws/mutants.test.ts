// The negative control: realistic mistakes in rules, each of which some law must find. (`npm run mutants` tries many more.)
import { expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { range } from '../../src/ir/aval.ts';
import type { FlatRules, Params, Primitive, TransposeRule } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { eq, gt } from '../../src/primitive/comparison.ts';
import { at } from '../../src/primitive/define.ts';
import { gather } from '../../src/primitive/gather.ts';
import { builtins } from '../../src/primitive/index.ts';
import { log } from '../../src/primitive/exponential.ts';
import { pow } from '../../src/primitive/power.ts';
import { select } from '../../src/primitive/select.ts';
import { pad } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';

/** Rules bind the record they belong to, so a mutant is the record itself, changed for the time of one run. */
function lawThatFinds<P extends Params, K extends keyof Primitive<P>>(record: Primitive<P>, field: K, mutant: Primitive<P>[K]): number | null {
  const original = Object.getOwnPropertyDescriptor(record, field);
  Object.defineProperty(record, field, { value: mutant, configurable: true, writable: true });
  try {
    laws.primitive(record, { runs: 120, seed: 5 });
    return null;
  } catch (error) {
    if (error instanceof laws.LawError) return error.law;
    throw error;
  } finally {
    if (original !== undefined) Object.defineProperty(record, field, original);
  }
}
const flat = <P extends Params>(p: Primitive<P>): FlatRules<P> => {
  if (p.rules.kind !== 'flat') throw new Error(`${p.name} is nested`);
  return p.rules;
};
const linearOf = <P extends Params>(p: Primitive<P>): TransposeRule<P> => {
  if (p.linear === null) throw new Error(`${p.name} is not linear`);
  return p.linear;
};
const jvp = <P extends Params>(p: Primitive<P>, rule: FlatRules<P>['jvp']): (() => number | null) => () => lawThatFinds(p, 'rules', { ...flat(p), jvp: rule });
const batch = <P extends Params>(p: Primitive<P>, rule: FlatRules<P>['batch']): (() => number | null) => () => lawThatFinds(p, 'rules', { ...flat(p), batch: rule });
const transposed = <P extends Params>(p: Primitive<P>, rule: TransposeRule<P>['transpose']): (() => number | null) => () => lawThatFinds(p, 'linear', { ...linearOf(p), transpose: rule });
const b = builtins;
const greater = (x: AnyTensor, y: AnyTensor): AnyTensor => select(gt(x, y), x, y);
const zero = (x: AnyTensor): AnyTensor => constantLike(0, x);

const mutants: readonly (readonly [name: string, run: () => number | null])[] = [
  ['sub: its transpose forgets to negate', transposed(b.sub, ([ct]) => [ct ?? null, ct ?? null])],
  ['sub: its jvp forgets to negate where only the second operand moves', jvp(b.sub, (_x, [s, t]) => [s && t ? sub(s, t) : s ?? t ?? null])],
  ['mul: its jvp loses a term', jvp(b.mul, (x, [s, t]) => [s ? mul(s, at(x, 1)) : t ? mul(at(x, 0), t) : null])],
  ['tanh: its jvp squares the operand, not the result', jvp(b.tanh, ([x], [t]) => [t && x ? mul(t, sub(constantLike(1, x), mul(x, x))) : null])],
  ['sin: its jvp is one part in a hundred thousand off', () => { const own = flat(b.sin); return jvp(b.sin, (x, t, p, o) => own.jvp(x, t, p, o).map(y => y && mul(y, constantLike(1.00001, y))))(); }],
  ['reduceSum: its batching rule does not shift the axes', batch(b.reduceSum, ([x], _m, { axes }) => ({ outputs: x ? [reduceSum(x, axes)] : [], batched: [true] }))],
  ['broadcastInDim: its transpose does not sum over stretched axes', transposed(b.broadcastInDim, ([ct], [x], { shape, dims }) => {
    if (!ct || x === undefined) return [null];
    const sum = reduceSum(ct, range(shape.length).filter(d => !dims.includes(d)));
    return [x.aval.shape.every((n, i) => n === sum.shape[i]) ? sum : pad(sum, zero(reduceSum(sum, range(sum.shape.length))), dims.map(() => 0), x.aval.shape.map((n, i) => n - at(sum.shape, i)))];
  })],
  ['transpose: its transpose does not invert the permutation', transposed(b.transpose, ([ct], _x, { permutation }) => [ct ? transpose(ct, permutation) : null])],
  ['transpose: its batching rule permutes by the inverse', batch(b.transpose, ([x], _m, { permutation }) => ({ outputs: x ? [transpose(x, [0, ...range(permutation.length).map(i => permutation.indexOf(i) + 1)])] : [], batched: [true] }))],
  ['select: its transpose exchanges the branches', () => { const own = linearOf(b.select); return transposed(b.select, (ct, x, p, t) => { const [i, s, f] = own.transpose(ct, x, p, t); return [i ?? null, f ?? null, s ?? null]; })(); }],
  ['max: its jvp prefers the first of equal operands', jvp(b.max, (x, [s, t]) => {
    const some = s ?? t;
    return [some ? select(eq(at(x, 0), greater(at(x, 0), at(x, 1))), s ?? zero(some), t ?? zero(some)) : null];
  })],
  ['reduceMax: its jvp adds up what ties should share', jvp(b.reduceMax, ([x], [t], { axes }, [out]) => {
    if (!t || !x || !out) return [null];
    const wins = eq(x, broadcastInDim(out, x.shape, range(x.shape.length).filter(i => !axes.includes(i))));
    return [reduceSum(select(wins, t, zero(t)), axes)];
  })],
  ['pow: its jvp is NaN at zero', jvp(b.pow, ([x, y], [s, t], _p, [out]) => {
    if (!x || !y || !out) return [null];
    const byBase = s ? mul(s, mul(y, pow(x, sub(y, constantLike(1, y))))) : null;
    const byExponent = t ? mul(t, mul(out, log(x))) : null;
    return [byBase && byExponent ? add(byBase, byExponent) : byBase ?? byExponent];
  })],
  ['gather: its batching rule leaves the batch axis where the index axis was', () => { const own = flat(b.gather); return batch(b.gather, (x, m, p, n) => m[0] === true || p.batchDims > 0 ? own.batch(x, m, p, n) : { outputs: [gather(at(x, 0), at(x, 1), p)], batched: [true] })(); }],
  ['pad: its jvp forgets the padding value', jvp(b.pad, ([x, v], [t], p) => [x && v && t ? pad(t, zero(v), p.low, p.high, p.interior) : null])],
  ['psum: its transpose passes the cotangent', transposed(b.psum, ([ct]) => [ct ?? null])],
  ['exp: its evaluation skips an element', () => { const own = b.exp.evaluate.bind(b.exp); return lawThatFinds(b.exp, 'evaluate', (x, p, out, run) => { own(x, p, out, run); if (at(out, 0).data.length > 2) at(out, 0).data[2] = 0; }); }],
  ['slice: its type rule is one too long', () => { const own = b.slice.type.bind(b.slice); return lawThatFinds(b.slice, 'type', (x, p) => own(x, p).map(a => ({ ...a, shape: a.shape.map(n => n + 1) }))); }],
  ['sub: claims to be commutative', () => lawThatFinds(b.sub, 'properties', { ...b.sub.properties, commutative: true })],
  ['reverse: claims to be elementwise', () => lawThatFinds(b.reverse, 'properties', { ...b.reverse.properties, elementwise: true })],
  ['cos: claims to keep zeros', () => lawThatFinds(b.cos, 'properties', { ...b.cos.properties, zeroPreserving: true })],
  ['div: claims to round nothing', () => lawThatFinds(b.div, 'ulp', 0)],
];

it.each(mutants)('%s', (_name, run) => { expect(run()).not.toBeNull(); });
it('the records are whole again', () => { expect(laws.primitive(b.sub, { runs: 10, seed: 1 }).runs).toBe(10); });
