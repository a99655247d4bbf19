// Laws of shapes: broadcasting is a commutative, associative, idempotent operation with identity [], and its transpose sums; reshape and
// permute form groups; pad and slice, concatenate and split undo each other. Pure predicates of shapes and of arrays.
import { range, showShape, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { broadcastInDim } from '../../src/primitive/broadcast.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { pad, slice, sliceAxis } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { broadcast } from '../../src/shape/broadcast.ts';
import { literal, type TensorHandle } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';
import { arrayOf, direction, elementOf, permuted, zerosOf } from '../array.ts';
import { each, identical, upTo } from '../close.ts';
import { agree, both, broken, holds, type Law, type Verdict } from '../law.ts';
import type { Random } from '../random.ts';
import { asHandle } from '../untyped.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';

type Shape = readonly number[];
/** The result, or the message of the error. */
function attempt(f: () => Shape): string {
  try { return showShape(f()); } catch (error) { return error instanceof Error ? 'refused' : String(error); }
}
const same = (what: string, left: string, right: string): Verdict => left === right ? holds : broken({ what, differ: `${left} against ${right}` });

/** Three shapes, whether or not they broadcast: both sides must agree on that, too. */
export const broadcastIsMonoid: Law<readonly [Shape, Shape, Shape]> = {
  number: 36, name: 'broadcasting is commutative, associative, idempotent, with identity []',
  holds: ([a, b, c]) => both(
    () => same(`${showShape(a)} with ${showShape(b)}, and the other way round`, attempt(() => broadcast(a, b)), attempt(() => broadcast(b, a))),
    () => same(`${showShape(a)}, ${showShape(b)}, ${showShape(c)} in both groupings`, attempt(() => broadcast(broadcast(a, b), c)), attempt(() => broadcast(a, broadcast(b, c)))),
    () => same(`${showShape(a)} with itself`, attempt(() => broadcast(a, a)), showShape(a)),
    () => same(`${showShape(a)} with []`, attempt(() => broadcast(a, [])), showShape(a)),
    () => same(`[] with ${showShape(a)}`, attempt(() => broadcast([], a)), showShape(a)),
  ),
};

type Op = (x: TensorHandle) => AnyTensor;
const program = (a: Aval, f: Op): Jaxpr => stage('law', [a], ([x]) => x === undefined ? [] : [asHandle(f(x))], { numbers: 'literals' }).jaxpr;
const run = (x: NDArray, f: Op): readonly NDArray[] => evaluateJaxpr(program({ shape: x.shape, dtype: x.dtype }, f), [x]);

/** Broadcasting `x` to a larger shape: element by element what indexing says, and its transpose the sum over what was repeated. */
export const sumIsTransposeOfBroadcast: Law<readonly [x: NDArray, target: Shape]> = {
  number: 36, name: 'the transpose of broadcasting is the sum',
  holds([x, target], random) {
    const offset = target.length - x.shape.length;
    const stretch: Op = y => broadcastInDim(y, target, range(x.shape.length).map(i => offset + i));
    const source = (i: number): number => {
      let rest = i;
      let index = 0;
      let stride = 1;
      for (let d = target.length - 1; d >= 0; d--) {
        const k = rest % (target[d] ?? 1);
        rest = Math.floor(rest / (target[d] ?? 1));
        const own = x.shape[d - offset] ?? 1;
        if (d >= offset && own !== 1) index += k * stride;
        if (d >= offset) stride *= own;
      }
      return index;
    };
    const wanted = arrayOf({ shape: target, dtype: x.dtype }, i => elementOf(x, source(i)));
    if (x.dtype !== 'f64') return agree('broadcasting against indexing', run(x, stretch), [wanted], each(identical));
    const w = direction({ shape: target, dtype: 'f64' }, random);
    const sum = zerosOf(x);
    for (let i = 0; i < w.data.length; i++) { const k = source(i); sum.data[k] = elementOf(sum, k) + elementOf(w, i); }
    const j = program({ shape: x.shape, dtype: x.dtype }, stretch);
    const back = vjpJaxpr(j, [true]).jaxpr;
    return both(
      () => agree('broadcasting against indexing', run(x, stretch), [wanted], each(identical)),
      () => agree('its transpose against the sum', evaluateJaxpr(back, [x, w]).slice(1), [sum], each(upTo(1e-12, sizeOf(target)))),
    );
  },
};

function permutation(n: number, random: Random): number[] {
  const left = range(n);
  return range(n).flatMap(() => left.splice(random.int(0, left.length - 1), 1));
}
const inverse = (p: readonly number[]): number[] => p.map((_, i) => p.indexOf(i));
/** A shape with the same number of elements: two dims merged, one split, or ones added. */
function regrouped(shape: Shape, random: Random): Shape {
  const i = random.int(0, Math.max(0, shape.length - 1));
  switch (random.int(0, 2)) {
    case 0: return shape.length < 2 ? [sizeOf(shape)] : [...shape.slice(0, Math.min(i, shape.length - 2)), (shape[Math.min(i, shape.length - 2)] ?? 1) * (shape[Math.min(i, shape.length - 2) + 1] ?? 1), ...shape.slice(Math.min(i, shape.length - 2) + 2)];
    case 1: return [...shape.slice(0, i), 1, ...shape.slice(i)];
    default: { const n = shape[i] ?? 1; return n % 2 === 0 && n > 0 ? [...shape.slice(0, i), 2, n / 2, ...shape.slice(i + 1)] : [...shape].reverse(); }
  }
}

export const permutationsAct: Law<NDArray> = {
  number: 37, name: 'permuting axes is a group action, reshape forgets its way',
  holds(x, random) {
    const n = x.shape.length;
    const [p, q] = [permutation(n, random), permutation(n, random)];
    const [s, t] = [regrouped(x.shape, random), regrouped(x.shape, random)];
    const exactly = each(identical);
    return both(
      () => agree(`transpose ${showShape(p)} against indexing`, run(x, y => transpose(y, p)), [permuted(x, p)], exactly),
      () => agree(`transpose ${showShape(q)} after ${showShape(p)} against their product`, run(x, y => transpose(transpose(y, p), q)), run(x, y => transpose(y, q.map(i => p[i] ?? 0))), exactly),
      () => agree('a permutation and its inverse', run(x, y => transpose(transpose(y, p), inverse(p))), [x], exactly),
      () => agree(`reshape to ${showShape(t)} by way of ${showShape(s)} against the direct one`, run(x, y => reshape(reshape(y, s), t)), run(x, y => reshape(y, t)), exactly),
      () => agree('reshape there and back', run(x, y => reshape(reshape(y, s), x.shape)), [x], exactly),
      () => agree('reshape keeps the elements in their order', run(x, y => reshape(y, [sizeOf(x.shape)])), [{ ...x, shape: [sizeOf(x.shape)] }], exactly),
    );
  },
};

export const cutsUndo: Law<NDArray> = {
  number: 37, name: 'slice undoes pad, concatenate undoes split, split undoes concatenate',
  holds(x, random) {
    const exactly = each(identical);
    const low = x.shape.map(() => random.int(0, 2));
    const high = x.shape.map(() => random.int(0, 2));
    const interior = x.shape.map(() => random.int(0, 1));
    const value = literal(x.dtype === 'bool' ? 1 : 7, { shape: [], dtype: x.dtype });
    const strides = interior.map(k => k + 1);
    // Of an axis without elements nothing can be cut out again but nothing.
    const limit = x.shape.map((n, i) => (low[i] ?? 0) + (n === 0 ? 0 : (n - 1) * (strides[i] ?? 1) + 1));
    const axis = random.int(0, x.shape.length - 1);
    const n = x.shape[axis] ?? 0;
    const cut = random.int(0, n);
    return both(
      () => agree(`slice after pad [${low.join()}] [${high.join()}] [${interior.join()}]`, run(x, y => slice(pad(y, value, low, high, interior), low, limit, strides)), [x], exactly),
      () => agree('pad with negative amounts after pad', run(x, y => pad(pad(y, value, low, high), value, low.map(k => -k), high.map(k => -k))), [x], exactly),
      ...x.shape.length === 0 ? [] : [
        () => agree(`split at ${cut} of axis ${axis}, then concatenated`, run(x, y => concatenate([sliceAxis(y, axis, 0, cut), sliceAxis(y, axis, cut, n)], axis)), [x], exactly),
        () => agree('concatenated with itself, then split', run(x, y => sliceAxis(concatenate([y, y], axis), axis, n, 2 * n)), [x], exactly),
        () => agree('concatenation is associative', run(x, y => concatenate([concatenate([y, y], axis), y], axis)), run(x, y => concatenate([y, concatenate([y, y], axis)], axis)), exactly),
      ],
    );
  },
};
