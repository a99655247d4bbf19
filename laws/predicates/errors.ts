// The law of errors: what is wrong in a function is said in the same words wherever the function stands: plain, jitted, batched,
// differentiated, checkpointed, in a loop, in a branch. A pure predicate of a program at a point.
import { CotangentError } from '../../src/error.ts';
import { hasTangent, range } from '../../src/ir/aval.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { lt } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { literal, type TensorHandle } from '../../src/trace/handle.ts';
import { both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import type { Random } from '../random.ts';
import {
  asHandle, checkpoint, cond, customJvp, customVjp, foriLoop, grad, jit, jvp, linearize, map, onReference, programOf, scan, switchCase, tensorsOf, vjp, vmap, whileLoop,
  type TensorFunction,
} from '../untyped.ts';

type Mistake = readonly [name: string, make: (y: TensorHandle) => unknown];
const one = (shape: readonly number[], dtype: TensorHandle['dtype']): TensorHandle => literal(1, { shape, dtype });
const longer = (y: TensorHandle): TensorHandle => one([...y.shape, 7], y.dtype);
const no = literal(0, { shape: [], dtype: 'bool' });
const other = (y: TensorHandle): TensorHandle => asHandle(convert(y, y.dtype === 'f32' ? 'f64' : 'f32'));

const mistakes: readonly Mistake[] = [
  ['shapes that differ', y => add(y, longer(y))],
  ['dtypes that differ', y => add(y, other(y))],
  ['a reshape that loses elements', y => reshape(y, [...y.shape, 3, 0, 2, 1].concat(y.shape.includes(0) ? [] : [5]).map(n => n === 0 ? 11 : n))],
  ['an axis that is not there', y => reduceSum(y, [y.shape.length])],
  ['pieces of other ranks', y => concatenate([y, longer(y)], 0)],
  ['a carry that changes its shape', y => scan(() => [[longer(y)], []], [y], null, { length: 2 })],
  ['a carry that changes its dtype', y => scan(([c]) => [[other(c ?? y)], []], [y], null, { length: 2 })],
  ['a carry that changes its tree', y => scan(([c]) => [c === undefined ? [] : [c, c], []], [y], null, { length: 2 })],
  ['a negative length', y => scan(c => [c, []], [y], null, { length: -1 })],
  ['no length', y => scan(c => [c, []], [y], null)],
  ['slices of ragged leaves', y => scan(c => [c, []], [y], [one([2], 'f64'), one([3], 'f64')])],
  ['slices of a scalar', y => map(v => v ?? y, asHandle(reduceSum(y, range(y.shape.length))))],
  ['a batch of no examples', y => map(v => v ?? y, one([2], 'f64'), { batchSize: 0 })],
  ['branches that differ in shape', y => cond(no, v => v, () => longer(y), y)],
  ['branches that differ in dtype', y => switchCase(one([], 'i32'), [v => v, v => other(v ?? y)], y)],
  ['branches that differ in their tree', y => cond(no, v => [v], v => v, y)],
  ['a predicate that is no bool', y => cond(one([], 'i32'), v => v, v => v, y)],
  ['no branches', y => switchCase(one([], 'i32'), [], y)],
  ['a while carry that changes', y => whileLoop(() => no, () => [longer(y)], [y])],
  ['a condition that is no bool', y => whileLoop(() => one([2], 'bool'), c => c, [y])],
  ['a bound that is no integer', y => foriLoop(0, 1.5, (_i, c) => c, [y])],
  ['a gradient of what is no scalar', y => grad(() => one([2], 'f64'))(asHandle(convert(y, 'f64')))],
  ['a gradient by an integer', y => grad(() => one([], 'f64'))(asHandle(convert(y, 'i32')))],
  ['a tangent of another shape', y => jvp(v => v, [asHandle(convert(y, 'f64'))], [one([...y.shape, 7], 'f64')])],
  ['axes that are not there', y => vmap(v => v, { inAxes: y.shape.length })(y)],
  ['a rule that returns another shape', y => customJvp(v => v, () => [longer(y), null])(asHandle(convert(y, 'f64')))],
  ['a rule that returns no pair', y => customVjp(v => v, v => [v, v, v] as never, () => [])(asHandle(convert(y, 'f64')))],
  ['a comparison of unequal shapes', y => lt(y, longer(y))],
];

/** Places where a function may stand; each stages it once, on the example that the program was made for. */
type Place = readonly [name: string, put: (f: TensorFunction, x: TensorHandle) => unknown];
const scalarOf = (f: TensorFunction): TensorFunction => x => { f(...x === undefined ? [] : [x]); return one([], 'f64'); };
const places: readonly Place[] = [
  ['jit', (f, x) => jit(f)(x)],
  ['vmap', (f, x) => vmap(f)(literal(1, { shape: [2, ...x.shape], dtype: x.dtype }))],
  ['grad', (f, x) => hasTangent(x.aval) ? grad(scalarOf(f))(x) : f(x)],
  ['jvp', (f, x) => hasTangent(x.aval) ? jvp(f, [x], [x]) : f(x)],
  ['vjp', (f, x) => vjp(f, x)],
  ['linearize', (f, x) => linearize(f, x)],
  ['checkpoint', (f, x) => checkpoint(f)(x)],
  ['customJvp', (f, x) => customJvp(f, () => [x, x])(x)],
  ['a scan', (f, x) => scan(c => { f(...c); return [c, []]; }, [x], null, { length: 2 })],
  ['a while loop', (f, x) => whileLoop(() => no, c => { f(...c); return c; }, [x])],
  ['a branch', (f, x) => cond(no, f, f, x)],
  ['grad of vmap of jit of a scan', (f, x) => grad(() => { vmap(jit(y => scan(c => { f(...y === undefined ? [] : [y]); return [c, []]; }, [], null, { length: 1 })))(literal(1, { shape: [2, ...x.shape], dtype: x.dtype })); return one([], 'f64'); })(one([], 'f64'))],
];

const said = (run: () => unknown): string => {
  try { run(); } catch (error) {
    if (error instanceof CotangentError) return `${error.constructor.name} ${error.code}: ${error.message}`;
    return `not an error of ours: ${String(error)}`;
  }
  return 'nothing';
};

export const errorsAreTheSame: Law<{ readonly jaxpr: Parameters<typeof programOf>[0]; readonly inputs: Parameters<typeof tensorsOf>[0] }> = {
  number: 25, name: 'the same errors jitted, batched, differentiated, in loops and branches, and plain',
  holds({ jaxpr, inputs }, random: Random): Verdict {
    const xs = tensorsOf(inputs);
    const [x, ...rest] = xs;
    if (x === undefined || jaxpr.outputs.length === 0) return silent;
    const [name, make] = mistakes[random.int(0, mistakes.length - 1)] ?? ['', () => null];
    const o = random.int(0, jaxpr.outputs.length - 1);
    const wrong: TensorFunction = v => {
      const y = (programOf(jaxpr)(v ?? x, ...rest) as readonly TensorHandle[])[o];
      return y === undefined ? [] : make(y);
    };
    return onReference(() => {
      const plain = said(() => wrong(x));
      if (plain === 'nothing' || plain.includes('\n') || plain.startsWith('not')) return broken({ what: `${name}, plain`, differ: plain, program: jaxpr });
      return both(...places.map(([place, put]) => () => {
        const there = said(() => put(wrong, x));
        return there === plain ? holds : broken({ what: `${name}, inside ${place}, against plain`, differ: 'another error', left: there, right: plain, program: jaxpr });
      }));
    });
  },
};
