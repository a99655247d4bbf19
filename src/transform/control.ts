// scan, foriLoop, whileLoop, cond, switchCase, map, associativeScan over pytrees: control flow that traces, in JAX's argument order.
// Floor 3.
import { CotangentError, ShapeError } from '../error.ts';
import { sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, Var, type Jaxpr } from '../ir/jaxpr.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { condP } from '../primitive/cond.ts';
import { lt } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { reverse as reverseAxes } from '../primitive/reverse.ts';
import { scanP } from '../primitive/scan.ts';
import { slice, sliceAxis } from '../primitive/slice.ts';
import { whileP } from '../primitive/while.ts';
import type { Check } from '../shape/check.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf, handleOf, literal, type TensorHandle } from '../trace/handle.ts';
import { bind, type Closed } from '../trace/scope.ts';
import { leafCount, structureKey, unflatten, type Structure } from '../tree/tree.ts';
import { expectBranch, expectCarry, expectCombined, type Shapes } from './agreement.ts';
import type { Bound, Branch, Branches, Combination, Condition, LoopBody, Predicate, Result, ScanBody, StackedResults, Tree } from './bodyTypes.ts';
import type { CarryRule, LengthRule, Steps, XsRule } from './flowTypes.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction, type Staged } from './staging.ts';
import type { LeadingDim, Stacked, UnstackTree } from './types.ts';
import { vmap } from './vmap.ts';

const shapesOf = ({ jaxpr, out }: Staged): Shapes => ({ structure: out, avals: avalsOf(jaxpr.outputs) });
const arrayOf = (...children: Structure[]): Structure => ({ kind: 'array', children });

/** Gives several programs over the same arguments one common list of captured values. */
export function shareConsts(closed: readonly Closed[]): { readonly jaxprs: readonly Jaxpr[]; readonly consts: readonly TensorHandle[] } {
  const consts: TensorHandle[] = [];
  for (const c of closed) for (const x of c.consts) if (!consts.some(y => y.cell === x.cell)) consts.push(x);
  const jaxprs = closed.map(({ jaxpr, consts: own }): Jaxpr => {
    const captured = consts.map(x => { const i = own.findIndex(y => y.cell === x.cell); return i < 0 ? new Var(x.aval) : at(jaxpr.inputs, i); });
    return { ...jaxpr, numConsts: consts.length, inputs: [...captured, ...jaxpr.inputs.slice(jaxpr.numConsts)] };
  });
  return { jaxprs, consts };
}

export interface ScanOptions<L = number> {
  /** Steps from the last slice to the first; ys keep the order of xs. */
  readonly reverse?: boolean;
  /** The number of steps, needed where xs is null. */
  readonly length?: L;
  /** Body copies per iteration: a hint to compilers, without meaning. */
  readonly unroll?: number;
}

/**
 * Runs `f(carry, x)` for each slice `x` along the leading axis of `xs`, and stacks its second results: `[carry, ys]`.
 * The program does not grow with the number of steps; reverse mode stores only what changes from step to step.
 *
 * @param init the carry before the first step; `f` must return a carry of the same tree, shapes and dtypes.
 * @param xs a tree of tensors with equal leading dims, or null with `length`.
 * @throws `shape` or `tree` when the carry changes, leading dims differ, or the length is negative.
 * @example
 * import { np, scan, tensor } from 'cotangent';
 * const [total, sums] = scan((c, x) => { const s = np.add(c, x); return [s, s]; }, tensor(0), tensor([1, 2, 3]));
 * total; // -> 6
 * sums; // -> [1, 3, 6]
 */
export function scan<const C, const X, CA = C, XA = UnstackTree<X>, R extends Result = readonly [CA | Tree, Tree], const L extends number = number, K = unknown>(
  f: ScanBody<'scan', C, CA, X, XA, R, (carry: CA, x: XA) => R, K>, init: Check<CarryRule<C, 'scan'>, C, K>, xs: Check<XsRule<X, 'scan', K>, X, K>, options?: ScanOptions<Check<LengthRule<X, L, K>, L, K>>,
): [carry: CA, ys: StackedResults<R, Steps<X, L>, K>];
export function scan(f: AnyFunction, init: unknown, xs: unknown, options: ScanOptions<unknown> = {}): [unknown, unknown] {
  const { reverse = false, length, unroll = 1 } = optionsOf('scan', options, { reverse: 'flag', length: 'any', unroll: 'number' });
  const carry = flattenTensors(init, 'scan: init');
  const stack = flattenTensors(xs, 'scan: xs');
  const steps = scanLength('scan', stack.leaves, length);
  const rows = stack.leaves.map(x => ({ shape: x.shape.slice(1), dtype: x.dtype }));
  const carryAvals = carry.leaves.map(avalOf);
  const { jaxpr, consts, out } = stageFunction('scan', f, arrayOf(carry.structure, stack.structure), [...carryAvals, ...rows]);
  if (out.kind !== 'array' || out.children.length !== 2) throw new CotangentError('tree', `scan: the function must return [carry, y], got the tree ${structureKey(out)}`);
  const leaving = at(out.children, 0);
  expectCarry('scan', { structure: carry.structure, avals: carryAvals }, { structure: leaving, avals: avalsOf(jaxpr.outputs).slice(0, leafCount(leaving)) });
  const results = bind(scanP, [...consts, ...carry.leaves, ...stack.leaves], { jaxpr, numConsts: consts.length, numCarry: carry.leaves.length, length: steps, reverse, unroll });
  const n = carry.leaves.length;
  return [unflatten(carry.structure, results.slice(0, n)), unflatten(at(out.children, 1), results.slice(n))];
}
function scanLength(name: string, leaves: readonly TensorHandle[], length: unknown): number {
  const dims = leaves.map(x => {
    const d = x.shape[0];
    if (d === undefined) throw new ShapeError(`${name}: xs has a scalar leaf ${showAval(x.aval)}; every leaf needs a leading axis`);
    return d;
  });
  const steps = length ?? dims[0];
  if (steps === undefined) throw new CotangentError('value', `${name}: xs has no leaf${name === 'scan' ? '; give { length }' : ''}`);
  if (typeof steps !== 'number' || !Number.isInteger(steps) || steps < 0) throw new ShapeError(`${name}: length ${typeof steps === 'number' ? steps : typeof steps} is not a natural number`);
  const other = dims.findIndex(d => d !== steps);
  if (other >= 0) throw new ShapeError(`${name}: xs have different lengths: leaf ${other} has ${dims[other]}, ${length === undefined ? 'leaf 0 has' : 'length is'} ${steps}`);
  return steps;
}

/**
 * Repeats `body` while `cond` holds. Forward mode works; reverse mode throws `forward-mode` and names `scan`, unless nothing that is carried
 * has a derivative (a search, a count, a loop over values that are not differentiated).
 *
 * @throws `shape` or `tree` when the carry changes, `dtype` when the condition is not a bool scalar.
 * @example
 * import { np, tensor, whileLoop } from 'cotangent';
 * whileLoop(x => np.less(x, 100), x => np.multiply(x, 2), tensor(3)); // -> 192
 */
export function whileLoop<const C, Q extends Result = Tensor<[], 'bool'>, R extends Result = C | Tree, K = unknown>(
  cond: Condition<'whileLoop', Q, (carry: C) => Q, K>, body: LoopBody<'whileLoop', C, R, (carry: C) => R, K>, init: Check<CarryRule<C, 'whileLoop'>, C, K>,
): C;
export function whileLoop(cond: AnyFunction, body: AnyFunction, init: unknown): unknown {
  const carry = flattenTensors(init, 'whileLoop: init');
  const avals = carry.leaves.map(avalOf);
  const c = stageFunction('whileLoop', cond, arrayOf(carry.structure), avals);
  const b = stageFunction('whileLoop', body, arrayOf(carry.structure), avals);
  expectCarry('whileLoop', { structure: carry.structure, avals }, shapesOf(b));
  const results = bind(whileP, [...c.consts, ...b.consts, ...carry.leaves], { cond: c.jaxpr, body: b.jaxpr, condConsts: c.consts.length, bodyConsts: b.consts.length });
  return unflatten(carry.structure, results);
}

/**
 * `body(i, carry)` for i = lower, ..., upper - 1. With concrete bounds it is a scan, so reverse mode works; with traced ones a while loop.
 *
 * @example
 * import { foriLoop, np, tensor } from 'cotangent';
 * foriLoop(0, 5, (i, c) => np.add(c, np.astype(i, 'f32')), tensor(0)); // -> 10
 */
export function foriLoop<const C, From, To, R extends Result = C | Tree, K = unknown>(
  lower: Bound<From, K>, upper: Bound<To, K>, body: LoopBody<'foriLoop', C, R, (i: Tensor<[], 'i32'>, carry: C) => R, K>, init: Check<CarryRule<C, 'foriLoop'>, C, K>,
): C;
export function foriLoop(lower: number | AnyTensor, upper: number | AnyTensor, body: AnyFunction, init: unknown): unknown {
  const enters = flattenTensors(init, 'foriLoop: init');
  const carried = { structure: enters.structure, avals: avalsOfTensors(enters.leaves) };
  const call = (i: unknown, c: unknown): unknown => {
    const out = (body as (...args: unknown[]) => unknown)(i, c);
    if (!(out instanceof Promise)) {
      const { leaves, structure } = flattenTensors(out, 'foriLoop: result');
      expectCarry('foriLoop', carried, { structure, avals: avalsOfTensors(leaves) });
    }
    return out;
  };
  if (typeof lower === 'number' && typeof upper === 'number') {
    if (!Number.isInteger(lower) || !Number.isInteger(upper)) throw new CotangentError('value', `foriLoop: bounds ${lower} and ${upper} must be integers`);
    const n = Math.max(0, upper - lower);
    const index: Aval = { shape: [n], dtype: 'i32' };
    const is = n === 0 ? literal(0, index) : add(iota([n], 'i32', 0), literal(lower, index));
    return scan((c: unknown, i: unknown) => [call(i, c), null] as const, init, is)[0];
  }
  const count: Aval = { shape: [], dtype: 'i32' };
  const bound = (b: number | AnyTensor): AnyTensor => {
    if (typeof b !== 'number') {
      const { aval } = handleOf(b, 'foriLoop');
      if (!sameAval(aval, count)) throw new CotangentError('dtype', `foriLoop: a bound is ${showAval(aval)}, it must be a number or ${showAval(count)}`);
      return b;
    }
    if (!Number.isInteger(b)) throw new CotangentError('value', `foriLoop: the bound ${b} must be an integer`);
    return literal(b, count);
  };
  const loop = whileLoop as (c: AnyFunction, b: AnyFunction, i: unknown) => unknown;
  const end = bound(upper);
  const [, carry] = loop(
    ([i]: readonly [AnyTensor, unknown]) => lt(i, end),
    ([i, c]: readonly [AnyTensor, unknown]) => [add(i, literal(1, count)), call(i, c)],
    [bound(lower), init],
  ) as readonly [unknown, unknown];
  return carry;
}

/**
 * `onTrue(...operands)` where `predicate` holds, else `onFalse(...operands)`. One branch runs; under vmap of the predicate both do, and the
 * result is selected.
 *
 * @throws `tree`, `shape` when the branches return different trees or shapes.
 * @example
 * import { cond, np, tensor } from 'cotangent';
 * cond(tensor(true), x => np.add(x, 1), x => np.subtract(x, 1), tensor(5)); // -> 6
 */
export function cond<A extends readonly unknown[], const R, P, R2 extends Result = R, K = unknown>(
  predicate: Predicate<P, K>, onTrue: (...operands: A) => R, onFalse: Branch<'cond', 'onTrue', R, 'onFalse', R2, (...operands: A) => R2, K>, ...operands: A
): R;
export function cond(predicate: AnyTensor, onTrue: AnyFunction, onFalse: AnyFunction, ...operands: readonly unknown[]): unknown {
  const p = handleOf(predicate, 'cond');
  if (p.dtype !== 'bool' || p.shape.length > 0) throw new CotangentError('dtype', `cond: the predicate is ${showAval(p.aval)}, it must be a bool scalar`);
  return branch('cond', handleOf(convert(p, 'i32')), [onFalse, onTrue], ['onFalse', 'onTrue'], operands, 1);
}

/**
 * `branches[index](...operands)`; an index outside is clamped, as in JAX.
 *
 * @example
 * import { np, switchCase, tensor } from 'cotangent';
 * switchCase(tensor(1, 'i32'), [x => x, x => np.multiply(x, 10)], tensor(5)); // -> 50
 */
export function switchCase<A extends readonly unknown[], const R, R1 extends Result = R, R2 extends Result = R, R3 extends Result = R, K = unknown>(
  index: Tensor<[], 'i32'>, branches: Branches<A, R, R1, R2, R3, K>, ...operands: A
): R;
export function switchCase(index: AnyTensor, branches: readonly unknown[], ...operands: readonly unknown[]): unknown {
  if (branches.length === 0) throw new CotangentError('value', 'switchCase: no branches');
  const i = handleOf(index, 'switchCase');
  if (i.dtype !== 'i32' || i.shape.length > 0) throw new CotangentError('dtype', `switchCase: the index is ${showAval(i.aval)}, it must be an i32 scalar`);
  return branch('switchCase', i, branches as readonly AnyFunction[], branches.map((_, k) => `branch ${k}`), operands);
}
function branch(name: string, index: TensorHandle, functions: readonly AnyFunction[], called: readonly string[], operands: readonly unknown[], model = 0): unknown {
  const { leaves, structure } = flattenTensors(operands, name);
  const staged = functions.map((f): Staged => stageFunction(name, f, structure, leaves.map(avalOf)));
  const first = at(staged, 0);
  staged.forEach((s, k) => expectBranch(name, at(called, model), shapesOf(at(staged, model)), at(called, k), shapesOf(s)));
  const { jaxprs, consts } = shareConsts(staged);
  return unflatten(first.out, bind(condP, [index, ...consts, ...leaves], { branches: jaxprs }));
}

/**
 * `f` of each slice along the leading axis, one after another (by scan): the memory of one example at a time. `batchSize` runs that many
 * at once by vmap.
 *
 * @example
 * import { lax, np, tensor } from 'cotangent';
 * lax.map(x => np.multiply(x, x), tensor([1, 2, 3])); // -> [1, 4, 9]
 */
export function map<const X, const Y, K = unknown>(f: (x: UnstackTree<X>) => Y, xs: Check<XsRule<X, 'map', K>, X, K>, options?: { readonly batchSize?: number }): Stacked<Y, LeadingDim<X>>;
export function map(f: AnyFunction, xs: unknown, options: { readonly batchSize?: number } = {}): unknown {
  const { batchSize } = optionsOf('map', options, { batchSize: 'number' });
  const call = f as (...args: unknown[]) => unknown;
  const one = (_c: unknown, x: unknown): readonly [null, unknown] => [null, call(x)];
  if (batchSize === undefined) return scan(one, null, xs)[1];
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new CotangentError('value', `map: batchSize ${batchSize} is not a positive integer`);
  const { leaves, structure } = flattenTensors(xs, 'map');
  const n = scanLength('map', leaves, undefined);
  const whole = Math.floor(n / batchSize);
  const batched = vmap(f as (x: unknown) => unknown) as (x: unknown) => unknown;
  const rowsOf = (from: number, to: number): readonly AnyTensor[] => leaves.map(x => sliceAxis(x, 0, from, to));
  const blocks = rowsOf(0, whole * batchSize).map(x => reshape(x, [whole, batchSize, ...x.shape.slice(1)]));
  const head = scan((_c: unknown, x: unknown) => [null, batched(x)] as const, null, unflatten(structure, blocks))[1];
  const headFlat = flattenTensors(head, 'map');
  const joined = headFlat.leaves.map(y => reshape(y, [whole * batchSize, ...y.shape.slice(2)]));
  if (whole * batchSize === n) return unflatten(headFlat.structure, joined);
  const rest = flattenTensors(batched(unflatten(structure, rowsOf(whole * batchSize, n))), 'map').leaves;
  return unflatten(headFlat.structure, joined.map((y, i) => concatenate([y, at(rest, i)], 0)));
}

/**
 * All prefixes of an associative operation along the leading axis, in logarithmically many steps. Blelloch, "Prefix Sums and Their
 * Applications", 1990. `f` combines trees whose leaves are batches.
 *
 * @example
 * import { lax, np, tensor } from 'cotangent';
 * lax.associativeScan((a, b) => np.add(a, b), tensor([1, 2, 3, 4])); // -> [1, 3, 6, 10]
 */
export function associativeScan<const X, R extends Result = X | Tree, K = unknown>(f: Combination<'associativeScan', X, R, (a: X, b: X) => R, K>, xs: Check<XsRule<X, 'associativeScan', K>, X, K>, options?: { readonly reverse?: boolean }): X;
export function associativeScan(f: AnyFunction, xs: unknown, options: { readonly reverse?: boolean } = {}): unknown {
  const { reverse = false } = optionsOf('associativeScan', options, { reverse: 'flag' });
  const call = f as (...args: unknown[]) => unknown;
  const { leaves, structure } = flattenTensors(xs, 'associativeScan');
  scanLength('associativeScan', leaves, undefined);
  const combine = (a: readonly AnyTensor[], b: readonly AnyTensor[]): readonly AnyTensor[] => {
    const out = flattenTensors(call(unflatten(structure, a), unflatten(structure, b)), 'associativeScan: result');
    expectCombined('associativeScan', { structure, avals: a.map(x => avalOf(x)) }, { structure: out.structure, avals: avalsOfTensors(out.leaves) });
    return out.leaves;
  };
  const flip = (list: readonly AnyTensor[]): readonly AnyTensor[] => reverse ? list.map(x => reverseAxes(x, [0])) : list;
  return unflatten(structure, flip(prefixes(combine, flip(leaves))));
}
function prefixes(combine: (a: readonly AnyTensor[], b: readonly AnyTensor[]) => readonly AnyTensor[], xs: readonly AnyTensor[]): readonly AnyTensor[] {
  const n = at(at(xs, 0).shape, 0);
  if (n < 2) return xs;
  const every = (list: readonly AnyTensor[], from: number, to: number, step: number): readonly AnyTensor[] =>
    list.map(x => slice(x, x.shape.map((_, d) => d === 0 ? from : 0), x.shape.map((s, d) => d === 0 ? to : s), x.shape.map((_, d) => d === 0 ? step : 1)));
  // Pairs are combined, their prefixes found, and the elements between them filled in.
  const odd = prefixes(combine, combine(every(xs, 0, n - 1, 2), every(xs, 1, n, 2)));
  const evens = n % 2 === 0 ? every(odd, 0, n / 2 - 1, 1) : odd;
  const rest = n > 2 ? combine(evens, every(xs, 2, n, 2)) : [];
  return xs.map((x, i) => interleave(n > 2 ? concatenate([sliceAxis(x, 0, 0, 1), at(rest, i)], 0) : sliceAxis(x, 0, 0, 1), at(odd, i)));
}
/** a0 b0 a1 b1 ...; a may have one more. */
function interleave(a: AnyTensor, b: AnyTensor): AnyTensor {
  const m = at(b.shape, 0);
  const tail = a.shape.slice(1);
  const column = (x: AnyTensor): AnyTensor => reshape(x, [m, 1, ...tail]);
  const pairs = reshape(concatenate([column(sliceAxis(a, 0, 0, m)), column(b)], 1), [2 * m, ...tail]);
  return at(a.shape, 0) === m ? pairs : concatenate([pairs, sliceAxis(a, 0, m, m + 1)], 0);
}
