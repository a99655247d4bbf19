// jvp and linearize: forward mode of functions over pytrees. vjp: reverse mode, with a pullback that owns its residuals.
// Floor 3.
import { hasTangent } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { Mask } from '../ir/primitive.ts';
import { filled, spread } from '../primitive/call.ts';
import { zerosLike, type TensorHandle } from '../trace/handle.ts';
import { unflatten, type Structure } from '../tree/tree.ts';
import { readArguments, readTangents, type Arguments } from './arguments.ts';
import { jvpJaxpr, linearizeJaxpr, pick, transposeJaxpr, type Linearized } from './differentiate.ts';
import { applyJaxpr, maskKey, Memo, stageFunction, type AnyFunction } from './staging.ts';
import type { Result, Tree } from './bodyTypes.ts';
import type { Applied, Tangents } from './lossTypes.ts';
import type { Tangent, TangentArgs } from './types.ts';

const jvpMemo = new Memo<{ readonly jaxpr: Jaxpr; readonly outActive: Mask }>();
const linearizeMemo = new Memo<Linearized>();
const transposeMemo = new Memo<Jaxpr>();

/** A tree of tangents: what has none stays null, what is symbolically zero becomes zeros. */
function tangentTree(structure: Structure, out: readonly TensorHandle[], tangents: readonly (TensorHandle | null)[]): unknown {
  return unflatten(structure, out.map((x, i) => tangents[i] ?? (hasTangent(x.aval) ? zerosLike(x.aval) : null)));
}

/**
 * Forward mode: the value of `f` at `primals`, and its derivative along `tangents` (the same trees; null at integer leaves).
 *
 * @returns `[y, dy]`
 * @throws `tree`, `shape` or `dtype` where primals and tangents differ.
 * @example
 * import { jvp, np, tensor } from 'cotangent';
 * const [y, dy] = jvp((x: ReturnType<typeof tensor<2>>) => np.multiply(x, x), [tensor(2)], [tensor(1)]);
 * y; // -> 4
 * dy; // -> 4
 */
export function jvp<A extends readonly unknown[], Takes extends readonly unknown[] = A, R extends Result = Tree, const T extends readonly unknown[] = TangentArgs<Takes>, K = unknown>(
  f: Applied<'jvp', A, Takes, R, (...args: Takes) => R, K>, primals: readonly [...A], tangents: Tangents<'jvp', Takes, T, K>,
): [R, Tangent<R>];
export function jvp(f: AnyFunction, primals: readonly unknown[], tangents: readonly unknown[]): [unknown, unknown] {
  const a = readArguments(primals, 'jvp');
  const t = readTangents(tangents, a.structure, a.avals, 'jvp');
  const { jaxpr, consts, out } = stageFunction('jvp', f, a.structure, a.avals);
  const active = [...consts.map(() => false), ...t.map(x => x !== null)];
  const d = jvpMemo.get(jaxpr, maskKey(active), j => jvpJaxpr(j, active));
  const results = applyJaxpr('jvp', d.jaxpr, [...consts, ...a.leaves, ...t.filter(x => x !== null)]);
  const n = jaxpr.outputs.length;
  const primalsOut = results.slice(0, n);
  return [unflatten(out, primalsOut), tangentTree(out, primalsOut, spread(results.slice(n), d.outActive))];
}

/** A staged function, linearised at concrete or traced arguments. */
export interface LinearMap {
  readonly args: Arguments;
  readonly out: readonly TensorHandle[];
  readonly outStructure: Structure;
  readonly residuals: readonly TensorHandle[];
  readonly linear: Jaxpr;
  /** Which leaves of the arguments, and of the results, carry tangents. */
  readonly active: Mask;
  readonly outActive: Mask;
}
export function linearizeAt(name: string, f: AnyFunction, args: readonly unknown[], wanted?: Mask): LinearMap {
  const a = readArguments(args, name);
  const { jaxpr, consts, out } = stageFunction(name, f, a.structure, a.avals);
  const active = a.avals.map((v, i) => hasTangent(v) && wanted?.[i] !== false);
  const mask = [...consts.map(() => false), ...active];
  const l = linearizeMemo.get(jaxpr, maskKey(mask), j => linearizeJaxpr(j, mask));
  const results = applyJaxpr(name, l.forward, [...consts, ...a.leaves]);
  const n = jaxpr.outputs.length;
  return { args: a, out: results.slice(0, n), outStructure: out, residuals: results.slice(n), linear: l.linear, active, outActive: l.outActive };
}
export const pullbackJaxpr = (m: LinearMap): Jaxpr => {
  const mask = m.linear.inputs.map((_, i) => i >= m.residuals.length);
  return transposeMemo.get(m.linear, maskKey(mask), j => transposeJaxpr(j, mask));
};

/**
 * The value of `f` and its derivative at that point as a linear function `push`, which shares the work of the value and may be
 * called many times. `push` works inside later transforms; it throws `leak` once the stage it was made in has ended.
 *
 * @returns `[y, push]`
 * @example
 * import { linearize, np, tensor } from 'cotangent';
 * const [y, push] = linearize((x: ReturnType<typeof tensor<2>>) => np.multiply(x, x), tensor(3));
 * y; // -> 9
 * push(tensor(2)); // -> 12
 */
export function linearize<A extends readonly unknown[], Takes extends readonly unknown[] = A, R extends Result = Tree, K = unknown>(
  f: Applied<'linearize', A, Takes, R, (...args: Takes) => R, K>, ...primals: A
): [R, (...tangents: TangentArgs<Takes>) => Tangent<R>];
export function linearize(f: AnyFunction, ...primals: readonly unknown[]): [unknown, (...tangents: readonly unknown[]) => unknown] {
  const m = linearizeAt('linearize', f, primals);
  const push = (...tangents: readonly unknown[]): unknown => {
    const t = readTangents(tangents, m.args.structure, m.args.avals, 'linearize');
    const avals = m.args.avals;
    const given = filled(pick(t, m.active), pick(avals, m.active));
    return tangentTree(m.outStructure, m.out, spread(applyJaxpr('linearize', m.linear, [...m.residuals, ...given]), m.outActive));
  };
  return [unflatten(m.outStructure, m.out), push];
}

/**
 * Reverse mode: the value of `f` and its pullback, a function from cotangents of the result to cotangents of the arguments
 * (null at integer leaves). The pullback owns its residuals, may be called many times, and works inside later transforms.
 *
 * @returns `[y, pull]`
 * @throws `leak` when `pull` is called after the stage it was made in has ended.
 * @example
 * import { np, tensor, vjp } from 'cotangent';
 * const [y, pull] = vjp((x: ReturnType<typeof tensor<2>>) => np.multiply(x, x), tensor(3));
 * y; // -> 9
 * pull(tensor(2))[0]; // -> 12
 */
export function vjp<A extends readonly unknown[], Takes extends readonly unknown[] = A, R extends Result = Tree, K = unknown>(
  f: Applied<'vjp', A, Takes, R, (...args: Takes) => R, K>, ...primals: A
): [R, (cotangents: Tangent<R>) => TangentArgs<Takes>];
export function vjp(f: AnyFunction, ...primals: readonly unknown[]): [unknown, (cotangents: unknown) => unknown] {
  const m = linearizeAt('vjp', f, primals);
  const outAvals = m.out.map(x => x.aval);
  const pull = (cotangents: unknown): unknown => {
    const cts = readTangents(cotangents, m.outStructure, outAvals, 'vjp');
    const given = filled(pick(cts, m.outActive), pick(outAvals, m.outActive));
    const back = spread(applyJaxpr('vjp', pullbackJaxpr(m), [...m.residuals, ...given]), m.active);
    return tangentTree(m.args.structure, m.args.leaves, back);
  };
  return [unflatten(m.outStructure, m.out), pull];
}

