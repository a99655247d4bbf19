// grad and valueAndGrad: reverse mode of scalar functions over pytrees, staged once per call and remembered by structure.
// Floor 3.
import { ShapeError, TransformError } from '../error.ts';
import { hasTangent, showAval } from '../ir/aval.ts';
import { removeDead, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask } from '../ir/primitive.ts';
import { spread } from '../primitive/call.ts';
import { optionsOf } from '../shape/options.ts';
import { literal } from '../trace/handle.ts';
import { unflatten, type Structure } from '../tree/tree.ts';
import { activeLeaves, argumentNumbers, readArguments } from './arguments.ts';
import { vjpJaxpr } from './differentiate.ts';
import { applyJaxpr, maskKey, Memo, stageFunction, type AnyFunction, type Staged } from './staging.ts';
import type { Tree } from './bodyTypes.ts';
import type { Argnums, AuxOf, Loss, LossOptions, ValueOf } from './lossTypes.ts';
import type { Tangent, TangentsAt } from './types.ts';

export type GradOptions = LossOptions<number | readonly number[], boolean>;

const memo = new Memo<{ readonly jaxpr: Jaxpr; readonly seeded: boolean }>();

interface Gradient { readonly value: unknown; readonly aux: unknown; readonly grads: unknown }
function gradient(name: string, f: AnyFunction, args: readonly unknown[], { argnums = 0, hasAux = false }: GradOptions, wantValue: boolean): Gradient {
  const a = readArguments(args, name);
  const numbers = argumentNumbers(argnums, a, name);
  const active = activeLeaves(numbers, a, name);
  const staged = stageFunction(name, f, a.structure, a.avals);
  const { jaxpr, consts } = staged;
  const aux = expectScalar(staged, hasAux, name);
  const mask: Mask = [...consts.map(() => false), ...active];
  const d = memo.get(jaxpr, `${maskKey(mask)}${wantValue ? 'v' : ''}`, j => {
    const v = vjpJaxpr(j, mask, j.outputs.map((_, i) => i === 0));
    const outputs = wantValue ? v.jaxpr.outputs : v.jaxpr.outputs.slice(1);
    return { jaxpr: removeDead({ ...v.jaxpr, outputs }), seeded: v.outActive[0] === true };
  });
  const out = jaxpr.outputs[0]?.aval ?? { shape: [], dtype: 'f32' };
  const results = applyJaxpr(name, d.jaxpr, [...consts, ...a.leaves, ...(d.seeded ? [literal(1, out)] : [])]);
  const first = wantValue ? 1 : 0;
  const auxCount = jaxpr.outputs.length - 1;
  const grads = spread(results.slice(first + auxCount), active);
  const trees = numbers.map(n => {
    const r = a.ranges[n];
    return r === undefined ? null : unflatten(r.structure, grads.slice(r.start, r.end));
  });
  return { value: wantValue ? results[0] : null, aux: aux === null ? null : unflatten(aux, results.slice(first, first + auxCount)), grads: typeof argnums === 'number' ? trees[0] : trees };
}

/** Checks that the (first) result is a float scalar; returns the structure of aux. */
function expectScalar({ jaxpr, out }: Staged, hasAux: boolean, name: string): Structure | null {
  const pair = hasAux && out.kind === 'array' && out.children.length === 2 ? out : null;
  const value = hasAux ? pair?.children[0] : out;
  if (hasAux && pair === null) throw new TransformError('not-differentiable', `${name}: with hasAux the function must return [value, aux]`);
  const aval = jaxpr.outputs[0]?.aval;
  if (value?.kind !== 'leaf' || aval === undefined) {
    const tree = out.kind === 'array' ? `a list of ${out.children.length}, not a scalar; for [value, aux] give { hasAux: true }, else use vjp or jacrev` : `${out.kind === 'null' ? 'null' : 'an object'}, not a scalar; use vjp or jacrev`;
    throw new TransformError('not-differentiable', `${name}: the function returns ${tree}`);
  }
  if (aval.shape.length > 0) throw new ShapeError(`${name}: the function returns ${showAval(aval)}, not a scalar; sum or mean it, or use vjp or jacrev`);
  if (!hasTangent(aval)) throw new TransformError('not-differentiable', `${name}: the function returns ${showAval(aval)}, which has no derivative; use astype to a float dtype`);
  return pair?.children[1] ?? null;
}

/**
 * The gradient of a scalar function with respect to its first argument (or `argnums`): a function of the same arguments.
 * Integer, boolean and key leaves have gradient null. Reverse mode: linearize, then transpose.
 *
 * @throws `shape` when the function does not return a scalar, `not-differentiable` when it returns integers or bools.
 * @example
 * import { grad, np, tensor } from 'cotangent';
 * grad((x: ReturnType<typeof tensor<[1, 2, 3]>>) => np.sum(np.square(x)))(tensor([1, 2, 3])); // -> [2, 4, 6]
 */
export function grad<P, X extends readonly unknown[], R, K = unknown>(f: (p: P, ...x: X) => Loss<'grad', false, R, K>): (p: P, ...x: X) => Tangent<P>;
export function grad<A extends readonly unknown[], const I extends number | readonly number[] = 0, Aux extends boolean = false, R extends Tree = Tree, K = unknown>(
  f: (...args: A) => Loss<'grad', Aux, R, K>, options: LossOptions<Argnums<'grad', A, I, K>, Aux>,
): (...args: A) => Aux extends true ? [grads: TangentsAt<A, I>, aux: AuxOf<R>] : TangentsAt<A, I>;
export function grad(f: AnyFunction, options: GradOptions = {}): (...args: never[]) => unknown {
  optionsOf('grad', options, { hasAux: 'flag', argnums: 'any' });
  return (...args) => {
    const g = gradient('grad', f, args, options, false);
    return options.hasAux === true ? [g.grads, g.aux] : g.grads;
  };
}

/**
 * Value and gradient in one program: `[value, grads]`, with aux `[[value, aux], grads]`.
 *
 * @throws as {@link grad}.
 * @example
 * import { np, tensor, valueAndGrad } from 'cotangent';
 * const [value, g] = valueAndGrad((x: ReturnType<typeof tensor<[1, 2, 3]>>) => np.sum(np.square(x)))(tensor([1, 2, 3]));
 * value; // -> 14
 * g; // -> [2, 4, 6]
 */
export function valueAndGrad<P, X extends readonly unknown[], R, K = unknown>(
  f: (p: P, ...x: X) => Loss<'valueAndGrad', false, R, K>,
): (p: P, ...x: X) => [value: R, grads: Tangent<P>];
export function valueAndGrad<A extends readonly unknown[], const I extends number | readonly number[] = 0, Aux extends boolean = false, R extends Tree = Tree, K = unknown>(
  f: (...args: A) => Loss<'valueAndGrad', Aux, R, K>, options: LossOptions<Argnums<'valueAndGrad', A, I, K>, Aux>,
): (...args: A) => [value: Aux extends true ? [value: ValueOf<R>, aux: AuxOf<R>] : R, grads: TangentsAt<A, I>];
export function valueAndGrad(f: AnyFunction, options: GradOptions = {}): (...args: never[]) => unknown {
  optionsOf('valueAndGrad', options, { hasAux: 'flag', argnums: 'any' });
  return (...args) => {
    const g = gradient('valueAndGrad', f, args, options, true);
    return [options.hasAux === true ? [g.value, g.aux] : g.value, g.grads];
  };
}
