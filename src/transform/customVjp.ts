// customVjp: a function over pytrees with a reverse-mode rule of its own, staged at the call.
// Floor 3. What the rule means to the transforms, its record says.
import { CotangentError } from '../error.ts';
import { hasTangent } from '../ir/aval.ts';
import { avalsOf } from '../ir/jaxpr.ts';
import { rememberCaptured } from '../primitive/captured.ts';
import { customVjpP } from '../primitive/customVjp.ts';
import { at } from '../primitive/define.ts';
import { optionsOf } from '../shape/options.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { bind } from '../trace/scope.ts';
import { unflatten, type Structure } from '../tree/tree.ts';
import { readTangents, type Arguments } from './arguments.ts';
import { shareConsts } from './control.ts';
import { arrayOf, callable, callInsideRule, demanded, insideRule, pairOf, readCall, sameResult, tangentStructure, withoutUnused, type CustomCall, type CustomOptions, type Listed, type Positions, type Unlisted } from './customRule.ts';
import { stageFunction, type AnyFunction, type Staged } from './staging.ts';
import type { Tangent } from './types.ts';

/** Cotangents of arguments; null stands for a whole argument whose cotangent is zero. */
export type Cotangents<A extends readonly unknown[]> = { readonly [I in keyof A]: Tangent<A[I]> | null };

/**
 * `f`, with a reverse-mode rule of its own. `fwd(...args)` returns `[y, residuals]`; `bwd(residuals, ct)` takes the cotangent of `y` (null at
 * integer leaves) and returns a tuple with a cotangent for each argument, null where it is zero. Higher derivatives are those of `fwd` and `bwd`: let
 * `fwd` call the function itself for a `y` whose derivative is the rule again. Forward mode has no rule and throws.
 *
 * @param options `nondiff`: positions of arguments that are not differentiated and may be anything; `f` and `fwd` get them in place, `bwd` as
 * its first arguments, and they have no cotangent.
 * @throws `forward-mode` under jvp and jacfwd, `capture` when `f`, `fwd` or `bwd` closes over a value that is being differentiated,
 * `tree`, `shape` or `dtype` when `y` or a cotangent is not of the type of `f`'s or of its argument.
 * @example
 * import { customVjp, grad, np, tensor, type Scalar } from 'cotangent';
 * const gentle = customVjp((x: Scalar) => np.multiply(x, x), (x) => [np.multiply(x, x), x], (x, ct) => [np.minimum(np.multiply(np.multiply(x, 2), ct), 1)]);
 * grad(gentle)(tensor(3)); // -> 1
 */
export function customVjp<A extends readonly unknown[], R, Res>(f: (...args: A) => R, fwd: (...args: NoInfer<A>) => readonly [NoInfer<R>, Res], bwd: (residuals: NoInfer<Res>, ct: Tangent<NoInfer<R>>) => Cotangents<NoInfer<A>>): (...args: A) => R;
export function customVjp<A extends readonly unknown[], R, Res, const N extends Positions>(
  f: (...args: A) => R, fwd: (...args: NoInfer<A>) => readonly [NoInfer<R>, Res],
  bwd: (...args: [...nondiff: Listed<NoInfer<A>, N>, residuals: NoInfer<Res>, ct: Tangent<NoInfer<R>>]) => Cotangents<Unlisted<NoInfer<A>, N>>, options: { readonly nondiff: N },
): (...args: A) => R;
export function customVjp(f: AnyFunction, fwd: AnyFunction, bwd: AnyFunction, options: CustomOptions = {}): (...args: never[]) => unknown {
  const { nondiff = [] } = optionsOf('customVjp', options, { nondiff: 'any' });
  const custom = (...args: readonly unknown[]): unknown => {
    const inside = callInsideRule(custom, 'customVjp', f, args, nondiff);
    if (inside !== undefined) return inside.y;
    const call = readCall('customVjp', f, args, nondiff);
    const { diff, name, primal } = call;
    const forward = stageForward(custom, fwd, call);
    const { jaxpr: trimmed, used: usesResults } = withoutUnused(forward.jaxpr, primal.jaxpr.outputs.length);
    const backward = stageBackward(custom, bwd, call, forward);
    const { jaxprs, consts } = shareConsts([primal, { ...forward, jaxpr: trimmed }, backward]);
    const jaxpr = at(jaxprs, 0);
    rememberCaptured(jaxpr, consts);
    const params = { name, jaxpr, forward: at(jaxprs, 1), backward: at(jaxprs, 2), numConsts: consts.length, usesResults };
    return unflatten(primal.out, bind(customVjpP, [...consts, ...diff.leaves], params));
  };
  return custom;
}

/** arguments, results of the function -> results, residuals. */
const stageForward = (key: object, fwd: AnyFunction, { diff, merge, primal }: CustomCall): Staged =>
  stageFunction('customVjp', (xs: readonly unknown[], own: unknown) => {
    const args = merge(xs);
    const [y, residuals] = pairOf('customVjp: fwd', 'residuals', insideRule(key, { args, y: own }, () => callable(fwd)(...args)));
    return [sameResult('customVjp: fwd', y, primal), residuals];
  }, arrayOf(diff.structure, primal.out), [...diff.avals, ...avalsOf(primal.jaxpr.outputs)]);

/** residuals, cotangents of the float results -> cotangents of the float arguments. */
function stageBackward(key: object, bwd: AnyFunction, { diff, nondiff, primal }: CustomCall, forward: Staged): Staged {
  const outAvals = avalsOf(primal.jaxpr.outputs);
  const residuals: Structure = forward.out.kind === 'array' ? at(forward.out.children, 1) : { kind: 'null' };
  const residualAvals = avalsOf(forward.jaxpr.outputs).slice(outAvals.length);
  return stageFunction('customVjp', (res: unknown, ct: unknown) => cotangentsOf(insideRule(key, null, () => callable(bwd)(...nondiff, res, ct)), diff),
    arrayOf(residuals, tangentStructure(primal.out, outAvals)), [...residualAvals, ...outAvals.filter(hasTangent)]);
}
/** The cotangents of the float leaves, in order. */
function cotangentsOf(result: unknown, { ranges, avals }: Arguments): readonly TensorHandle[] {
  if (!Array.isArray(result) || result.length !== ranges.length) {
    throw new CotangentError('tree', `customVjp: bwd must return a tuple of ${ranges.length} cotangent${ranges.length === 1 ? '' : 's'}, one for each differentiable argument, got ${Array.isArray(result) ? `${result.length}` : 'no array'}`);
  }
  const list: readonly unknown[] = result;
  return ranges.flatMap(({ start, end, structure }, i) => {
    const own = avals.slice(start, end);
    const given = list[i] === null ? own.map(() => null) : readTangents(list[i], structure, own, `customVjp: bwd, argument ${i}`);
    return demanded(given, own);
  });
}
