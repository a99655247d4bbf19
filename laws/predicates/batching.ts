// Laws of vmap: it is the stack of what the function gives for each example, for every choice of batched arguments and axes, and it
// commutes with itself and with jvp. Pure predicates of a program at a point.
import { isFloat } from '../../src/dtype/dtype.ts';
import { range } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Mask, NDArray } from '../../src/ir/primitive.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, transposeJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { arrayOf, combine, direction, magnitudeOf, permuted, sliceAt, stack, swapped, zerosOf } from '../array.ts';
import { each, upTo } from '../close.ts';
import { agree, both, broken, silent, type Law, type Verdict } from '../law.ts';
import { some, type Point } from '../point.ts';
import type { Random } from '../random.ts';
import { programOf, readAll, tensorsOf, vmap } from '../untyped.ts';

/** Every way to batch a few arguments, but not none of them; for many arguments: all, each alone, and some at random. */
export function masksOf(n: number, random: Random): readonly Mask[] {
  if (n === 0) return [];
  if (n <= 2) return range(2 ** n - 1).map(m => range(n).map(i => ((m + 1) >> i) % 2 === 1));
  const some = range(n).map(() => random.bool());
  const alone = random.int(0, n - 1);
  return [range(n).map(() => true), range(n).map(i => i === alone), some.includes(true) ? some : range(n).map(i => i !== alone)];
}
/** A random mask with at least one true. */
const maskOf = (n: number, random: Random): Mask => { const one = random.int(0, n - 1); return range(n).map(i => random.bool() || i === one); };
const close = (p: Point, values: readonly NDArray[]): ReturnType<typeof each> => each(upTo(1e-10, magnitudeOf(p.inputs, values)));
const sizes = [2, 3, 1, 0] as const;

interface Batch { readonly size: number; readonly mask: Mask; readonly examples: readonly (readonly NDArray[])[]; readonly stacked: readonly NDArray[] }
function batchAt(p: Point, size: number, mask: Mask, random: Random): Batch {
  const examples = range(size).map(k => k === 0 ? p.inputs : p.example(random).map((x, i) => mask[i] === true ? x : p.inputs[i] ?? x));
  const stacked = p.inputs.map((x, i) => mask[i] === true ? stack(examples.map(e => e[i] ?? x), x, p.lead) : x);
  return { size, mask, examples, stacked };
}

/** The batched program against the program on each example. Results that it calls unbatched are the same for all of them. */
function isStackOfMap(p: Point, { size, mask, examples, stacked }: Batch): Verdict {
  const { jaxpr, outBatched } = batchJaxpr(p.jaxpr, size, mask);
  const together = p.run(jaxpr, stacked);
  const apart = examples.map(e => p.run(p.jaxpr, e));
  const wanted = together.map((y, o) => {
    const each = apart.map(r => r[o] ?? y);
    const first = each[0];
    return outBatched[o] !== true && first !== undefined ? first : stack(each, p.value[o] ?? y, p.lead);
  });
  const varies = outBatched.findIndex((b, o) => !b && apart.some(r => { const [a, c] = [r[o], apart[0]?.[o]]; return a !== undefined && c !== undefined && close(p, [a])([a], [c]) !== null; }));
  if (varies >= 0) return broken({ what: `vmap with batched arguments ${mask.join()}`, differ: `result ${varies} depends on the example, but its batching rule calls it unbatched`, program: jaxpr });
  const unbatched = together.map((y, o) => outBatched[o] === true || size > 0 ? y : wanted[o] ?? y);
  return agree(`vmap over ${size} examples, arguments batched: ${mask.join()}, against the stack of map`, unbatched, wanted, close(p, wanted), jaxpr);
}

export const vmapIsStackOfMap: Law<Point> = {
  number: 17, name: 'vmap(f) = stack . map f for all batched arguments',
  holds(p, random) {
    const masks = masksOf(p.inputs.length, random);
    return both(...masks.map(mask => () => isStackOfMap(p, batchAt(p, sizes[random.int(0, 5)] ?? 2, mask, random))));
  },
};

/** What all positions of a named axis share, an operation over that axis meets at each of them. */
export const sharedAlongAxis: Law<Point> = {
  number: 17, name: 'what the positions of a named axis share counts once for each of them',
  holds(p, random) {
    const { axis } = p;
    if (axis === null || p.inputs.length === 0) return silent;
    const shared = maskOf(p.inputs.length, random);
    const one = p.inputs.map((x, i) => shared[i] === true ? sliceAt(x, 0, 0) : x);
    const copies = p.inputs.map((x, i) => { const y = one[i] ?? x; return shared[i] === true ? stack(range(axis.size).map(() => y), y, 0) : x; });
    const { jaxpr } = batchJaxpr(p.jaxpr, axis.size, shared.map(s => !s), p.jaxpr.outputs.map(() => true), axis.name);
    const want = p.run(p.jaxpr, copies);
    return agree(`over the axis ${axis.name} of size ${axis.size}, inputs shared: ${shared.join()}, against copies of them`, evaluateJaxpr(jaxpr, one, 'wide'), want, close(p, want), jaxpr);
  },
};

/** The same through the public `vmap`, with axes anywhere. */
export const vmapTakesAnyAxes: Law<Point> = {
  number: 17, name: 'vmap(f) = stack . map f for all in and out axes',
  holds(p, random) {
    if (p.inputs.length === 0 || p.axis !== null || p.inputs.some(x => x.dtype === 'f16')) return silent;
    const b = batchAt(p, random.int(1, 3), maskOf(p.inputs.length, random), random);
    const signed = (axis: number, rank: number): number => random.bool() ? axis : axis - rank;
    const inAxes = p.inputs.map((x, i) => b.mask[i] === true ? random.int(0, x.shape.length) : null);
    const placed = b.stacked.map((x, i) => { const axis = inAxes[i] ?? null; return axis === null ? x : moved(x, 0, axis); });
    const outAxes = p.value.map(y => random.int(0, y.shape.length));
    const f = vmap(programOf(p.jaxpr), {
      inAxes: inAxes.map((a, i) => a === null ? null : signed(a, (p.inputs[i]?.shape.length ?? 0) + 1)),
      outAxes: outAxes.map((a, o) => signed(a, (p.value[o]?.shape.length ?? 0) + 1)),
    });
    const wanted = p.value.map((y, o) => moved(stack(b.examples.map(e => p.run(p.jaxpr, e)[o] ?? y), y, 0), 0, outAxes[o] ?? 0));
    const got = readAll(() => f(...tensorsOf(placed)));
    return agree(`vmap with inAxes ${JSON.stringify(inAxes)}, outAxes ${JSON.stringify(outAxes)} against the stack of map`, got.map(widened), wanted.map(widened), each(upTo(p.rounding, magnitudeOf(p.inputs, wanted))));
  },
};
const widened = (x: NDArray): NDArray => x.data instanceof Float32Array ? arrayOf(x, i => x.data[i] ?? 0, true) : x;
/** Moves one axis. */
function moved(x: NDArray, from: number, to: number): NDArray {
  const order = range(x.shape.length).filter(i => i !== from);
  order.splice(to, 0, from);
  return permuted(x, order);
}

export const vmapsSwap: Law<Point> = {
  number: 18, name: 'vmap . vmap swaps axes',
  holds(p, random) {
    const n = p.inputs.length;
    if (n === 0) return silent;
    const [inner, outer] = [maskOf(n, random), maskOf(n, random)];
    const [m, k] = [random.int(1, 2), 3];
    const { lead } = p;
    // Inputs as outer . inner wants them: [k, m, ...] where both masks say so.
    const given = p.inputs.map((x, i) => {
      const one = (): NDArray => p.example(random)[i] ?? x;
      const row = (): NDArray => inner[i] === true ? stack(range(m).map(one), x, lead) : one();
      if (outer[i] !== true) return row();
      const rows = range(k).map(row);
      return stack(rows, rows[0] ?? x, lead);
    });
    const all = p.jaxpr.outputs.map(() => true);
    const nest = (j: Jaxpr, a: number, first: Mask, b: number, second: Mask): Jaxpr => batchJaxpr(batchJaxpr(j, a, first, all).jaxpr, b, second, all).jaxpr;
    const one = p.run(nest(p.jaxpr, m, inner, k, outer), given);
    const otherProgram = nest(p.jaxpr, k, outer, m, inner);
    const other = p.run(otherProgram, given.map((x, i) => inner[i] === true && outer[i] === true ? swapped(x, lead, lead + 1) : x));
    return agree(`vmap(vmap(f)) with batched ${inner.join()} inside, ${outer.join()} outside, against the other order with axes swapped`, one, other.map(y => swapped(y, lead, lead + 1)), close(p, one), otherProgram);
  },
};

export const vmapOfGradient: Law<Point> = {
  number: 19, name: 'vmap(grad) = per-example gradients',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const g = p.gradient;
    // Cotangents are batched or not as arguments are.
    return isStackOfMap(g, batchAt(g, 2, maskOf(g.inputs.length, random), random));
  },
};

/** Reverse mode of the batched program: a batched argument's cotangents are those of each example, a shared one's is their sum. */
export const reverseOfVmap: Law<Point> = {
  number: 19, name: 'vjp(vmap) = vmap(vjp), summed over examples where an argument is shared',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const b = batchAt(p, 2, maskOf(p.inputs.length, random), random);
    const all = (k: number): Mask => range(k).map(() => true);
    const n = p.jaxpr.outputs.length;
    const batched = batchJaxpr(p.jaxpr, b.size, b.mask, all(n)).jaxpr;
    const reversed = vjpJaxpr(batched, p.active);
    const each = p.vjp;
    const weights = p.jaxpr.outputs.map((o, i) => each.outActive[i] === true ? stack(range(b.size).map(() => direction(p.lift(o.aval), random)), p.lift(o.aval), p.lead) : null);
    const given = some(weights);
    const perExample = batchJaxpr(each.jaxpr, b.size, [...b.mask, ...given.map(() => true)], all(each.jaxpr.outputs.length)).jaxpr;
    const [want, values] = [p.run(perExample, [...b.stacked, ...given]).slice(n), p.run(batched, b.stacked)];
    // Where one example is NaN or infinite, so may be a branch that another does not take: selects pass values, not the products behind them.
    if (![...want, ...values].every(x => !isFloat(x.dtype) || x.data.every(Number.isFinite))) return silent;
    // A batching rule may make a result depend on a tangent that its example does not depend on; the cotangent there is zero.
    const seeds = p.jaxpr.outputs.flatMap((o, i) => reversed.outActive[i] === true ? [weights[i] ?? stack(range(b.size).map(() => zerosOf(p.lift(o.aval))), p.lift(o.aval), p.lead)] : []);
    const got = p.run(reversed.jaxpr, [...b.stacked, ...seeds]).slice(n);
    const shared = p.active.flatMap((a, i) => a ? [b.mask[i] !== true] : []);
    return agree(`vjp(vmap) with batched arguments ${b.mask.join()} against vmap(vjp)`, got, want.map((x, i) => shared[i] === true ? summed(x, p.lead) : x), close(p, [...want, ...b.stacked]), reversed.jaxpr);
  },
};
/** The linear half, batched and then transposed, is its transpose, batched: batching keeps what is linear linear. */
export const transposeOfVmap: Law<Point> = {
  number: 19, name: 'transpose(vmap) = vmap(transpose) on linear programs',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const { linear } = p.linearized;
    const all = (k: number): Mask => range(k).map(() => true);
    const both = [p.residuals, p.run(p.linearized.forward, p.example(random)).slice(p.jaxpr.outputs.length)];
    const residuals = p.residuals.map((x, i) => stack(both.map(r => r[i] ?? x), x, p.lead));
    const given = [...residuals, ...linear.outputs.map(o => { const a = p.lift(o.aval); return stack([direction(a, random), direction(a, random)], a, p.lead); })];
    const reversed = transposeJaxpr(batchJaxpr(linear, 2, all(linear.inputs.length), all(linear.outputs.length)).jaxpr, p.linearMask);
    const want = p.run(batchJaxpr(p.transposed, 2, all(p.transposed.inputs.length), all(p.transposed.outputs.length)).jaxpr, given);
    return agree('the transpose of the batched linear half against its batched transpose', p.run(reversed, given), want, close(p, [...want, ...given]), reversed);
  },
};
/** The sum along one axis. */
function summed(x: NDArray, axis: number): NDArray {
  const slices = range(x.shape[axis] ?? 0).map(k => sliceAt(x, axis, k));
  return slices.reduce((a, b) => combine(1, a, 1, b));
}

export const vmapOfJvp: Law<Point> = {
  number: 20, name: 'vmap(jvp) = jvp(vmap)',
  holds(p, random) {
    if (!p.differentiable) return silent;
    const b = batchAt(p, 2, maskOf(p.inputs.length, random), random);
    const { active } = p;
    const tangents = b.stacked.flatMap((x, i) => active[i] === true ? [direction(x, random)] : []);
    const given = [...b.stacked, ...tangents];
    const n = p.jaxpr.outputs.length;
    const all = (k: number): Mask => range(k).map(() => true);
    const forced = all(n);
    const inside = jvpJaxpr(p.jaxpr, active, p.jaxpr.outputs.map(() => true));
    const batchedJvp = batchJaxpr(inside.jaxpr, b.size, [...b.mask, ...b.mask.filter((_, i) => active[i])], all(inside.jaxpr.outputs.length)).jaxpr;
    const batched = batchJaxpr(p.jaxpr, b.size, b.mask, forced).jaxpr;
    const jvpOfBatched = jvpJaxpr(batched, active, forced).jaxpr;
    const left = p.run(batchedJvp, given);
    return agree(`vmap(jvp) with batched arguments ${b.mask.join()} against jvp(vmap)`, left, p.run(jvpOfBatched, given), close(p, left), batchedJvp);
  },
};
