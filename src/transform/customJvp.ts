// customJvp and straightThrough: functions over pytrees with a forward-mode rule of their own, staged at the call.
// Floor 3. What the rule means to the transforms, its record says.
import { hasTangent } from '../ir/aval.ts';
import { avalsOf } from '../ir/jaxpr.ts';
import { rememberCaptured } from '../primitive/captured.ts';
import { customJvpP } from '../primitive/customJvp.ts';
import { at } from '../primitive/define.ts';
import { optionsOf } from '../shape/options.ts';
import { bind } from '../trace/scope.ts';
import { unflatten } from '../tree/tree.ts';
import { readTangents } from './arguments.ts';
import { shareConsts } from './control.ts';
import { arrayOf, callable, callInsideRule, demanded, insideRule, pairOf, readCall, sameResult, tangentStructure, withoutUnused, type CustomCall, type CustomOptions, type Positions, type TangentsExcept } from './customRule.ts';
import { stageFunction, type AnyFunction, type Staged } from './staging.ts';
import type { Tangent, TangentArgs } from './types.ts';

/**
 * `f`, with a forward-mode rule of its own. `rule(primals, tangents)` returns `[y, dy]`: the value, and its derivative along the tangents,
 * in which it must be linear. Forward mode uses the rule, reverse mode its transpose. Tangents of integer leaves are null; so may be a `dy` that
 * is zero. The rule is given zeros where an argument has no tangent. Higher derivatives are those of the rule: let it call the function itself at
 * `primals` for a `y` whose derivative is the rule again.
 *
 * @param options `nondiff`: positions of arguments that are not differentiated and may be anything; their tangents are null.
 * @throws `capture` when `f` or the rule closes over a value that is being differentiated, `tree` or `shape` when the rule's `y` is not of the
 * type of `f`'s, `not-linear` when the rule is not linear in the tangents.
 * @example
 * import { customJvp, grad, np, tensor, type Scalar } from 'cotangent';
 * const softplus: (x: Scalar) => Scalar = customJvp(
 *   (x: Scalar) => np.log(np.add(np.exp(x), 1)),
 *   ([x], [dx]) => [softplus(x), np.divide(dx, np.add(np.exp(np.negative(x)), 1))],
 * );
 * grad(softplus)(tensor(0)); // -> 0.5
 */
export function customJvp<A extends readonly unknown[], R>(f: (...args: A) => R, rule: (primals: NoInfer<A>, tangents: TangentArgs<NoInfer<A>>) => readonly [NoInfer<R>, Tangent<NoInfer<R>>]): (...args: A) => R;
export function customJvp<A extends readonly unknown[], R, const N extends Positions>(
  f: (...args: A) => R, rule: (primals: NoInfer<A>, tangents: TangentsExcept<NoInfer<A>, N>) => readonly [NoInfer<R>, Tangent<NoInfer<R>>], options: { readonly nondiff: N },
): (...args: A) => R;
export function customJvp(f: AnyFunction, rule: AnyFunction, options: CustomOptions = {}): (...args: never[]) => unknown {
  const { nondiff = [] } = optionsOf('customJvp', options, { nondiff: 'any' });
  const custom = (...args: readonly unknown[]): unknown => {
    const inside = callInsideRule(custom, 'customJvp', f, args, nondiff);
    if (inside !== undefined) return inside.y;
    const call = readCall('customJvp', f, args, nondiff);
    const { diff, name, primal } = call;
    const staged = stageRule(custom, rule, call);
    const { jaxpr: trimmed, used: usesResults } = withoutUnused(staged.jaxpr, primal.jaxpr.outputs.length);
    const { jaxprs, consts } = shareConsts([primal, { ...staged, jaxpr: trimmed }]);
    const jaxpr = at(jaxprs, 0);
    rememberCaptured(jaxpr, consts);
    return unflatten(primal.out, bind(customJvpP, [...consts, ...diff.leaves], { name, jaxpr, rule: at(jaxprs, 1), numConsts: consts.length, usesResults }));
  };
  return custom;
}
/** primals, tangents of the float ones, results of the function -> results, tangents of the float ones. */
function stageRule(key: object, rule: AnyFunction, { diff, merge, primal }: CustomCall): Staged {
  const outAvals = avalsOf(primal.jaxpr.outputs);
  return stageFunction('customJvp', (xs: readonly unknown[], ts: readonly unknown[], y: unknown) => {
    const primals = merge(xs);
    const result = insideRule(key, { args: primals, y }, () => callable(rule)(primals, merge(ts, null)));
    const [value, dy] = pairOf('customJvp: the rule', 'dy', result);
    const tangents = readTangents(dy, primal.out, outAvals, 'customJvp: the rule\'s dy');
    return [sameResult('customJvp: the rule', value, primal), demanded(tangents, outAvals)];
  }, arrayOf(diff.structure, tangentStructure(diff.structure, diff.avals), primal.out), [...diff.avals, ...diff.avals.filter(hasTangent), ...outAvals]);
}

/**
 * `f` with the derivative of the identity: the value is `f(x)`, tangents and cotangents pass unchanged. For rounding, quantising, sampling.
 * Bengio, Léonard, Courville, "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation", 2013.
 *
 * @param f returns what it takes: the same tree, shapes and dtypes.
 * @throws as {@link customJvp}.
 * @example
 * import { grad, np, straightThrough, tensor, type Scalar } from 'cotangent';
 * const round = straightThrough((x: Scalar) => np.round(x));
 * round(tensor(1.7)); // -> 2
 * grad(round)(tensor(1.7)); // -> 1
 */
export function straightThrough<X>(f: (x: X) => NoInfer<X>): (x: X) => X {
  // The tangent of a tree of X's type is a tree of Tangent<X>, which TypeScript cannot see for an open X.
  const rule = ([x]: readonly [X], [dx]: readonly [Tangent<X>]): readonly [X, Tangent<X>] => [custom(x), dx];
  const custom: (x: X) => X = customJvp(f, rule as never);
  return custom;
}
