// Programs for the tests of this folder: one of each kind of equation, parameter, literal and origin.
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { composite } from '../../src/primitive/composite.ts';
import { softmax } from '../../src/primitive/composites.ts';
import { iota } from '../../src/primitive/iota.ts';
import { pad } from '../../src/primitive/slice.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import type { AnyFunction } from '../../src/transform/staging.ts';
import { add, axisIndex, bits, cond, convert, dot, exp, f64, grad, i32, jit, lt, makeJaxpr, mul, psum, scan, sin, sum, take, tanh, tensor, valueAndGrad, vmap, where, type T } from '../trace/language.ts';

const captured = f64([[1, -2, 0.5], [0.25, 3, -1], [2, 0, 1]]);
const splat = (value: number): T => literal(value, { shape: [3], dtype: 'f64' });

const functions: { readonly [name: string]: readonly [f: AnyFunction, ...args: readonly T[]] } = {
  empty: [() => []],
  identity: [(x: T) => x, f64([1, 2, 3])],
  elementwise: [(x: T) => mul(sin(x), exp(tanh(x))), f64([1, 2, 3])],
  captures: [(x: T) => add(dot(captured, x), captured.shape.length), f64([1, 2, 3])],
  literals: [(x: T) => [NaN, Infinity, -Infinity, -0, 0, 0.1, 1e-300].reduce((y, v) => add(y, splat(v)), x), f64([1, 2, 3])],
  'integers and bools': [(x: T) => where(lt(x, i32([1, 2, 3])), add(x, -5), x), i32([3, 2, 1])],
  'many results': [(x: T) => ({ a: x, b: [add(x, x), splat(2)], c: x }), f64([1, 2, 3])],
  paths: [(x: T) => scope('mlp', () => add(scope('dense_0', () => mul(x, x)), scope('dense_1', () => sin(x)))), f64([1, 2, 3])],
  structural: [(x: T) => handleOf(pad(take(x, handleOf(iota([2], 'i32', 0))), literal(-1, { shape: [], dtype: 'f64' }), [1], [-1], [2])), f64([1, 2, 3])],
  draws: [(key: T) => convert(bits(key, [2, 3]), 'f32'), tensor([1, 2], 'u32')],
  calls: [(x: T) => jit((u: T) => jit((v: T) => mul(v, v))(add(u, x)))(x), f64([1, 2, 3])],
  composites: [(x: T) => [handleOf(softmax(x)), handleOf(composite('named', { axis: -1, list: [1, [2, 'x']], flag: true, none: null, deep: { k: Infinity } }, [x], ([v]) => v === undefined ? [] : [tanh(handleOf(v))])[0] ?? x)], f64([1, 2, 3])],
  gradient: [valueAndGrad((x: T) => sum(mul(handleOf(softmax(x)), dot(captured, x)))) as AnyFunction, f64([1, 2, 3])],
  'second order': [grad((x: T) => sum(mul(x, grad((y: T) => sum(sin(mul(x, y))))(x)))) as AnyFunction, f64([1, 2, 3])],
  loops: [(x: T) => scan((c: T, v: T) => [add(mul(c, v), captured.shape.length), mul(v, c)], sum(x), x), f64([1, 2, 3])],
  'gradient of a loop': [grad((x: T) => scan<[T, null]>((c: T, v: T) => [mul(c, v), null], sum(x), x)[0]) as AnyFunction, f64([1, 2, 3])],
  branches: [(x: T) => cond(lt(sum(x), 1), (u: T) => mul(u, captured.shape.length), sin, x), f64([1, 2, 3])],
  batched: [vmap((x: T) => add(psum(x, 'i'), convert(axisIndex('i'), 'f64')), { axisName: 'i' }) as AnyFunction, f64([1, 2, 3])],
};

/** Each program with its name, as it is staged. */
export const programs: readonly (readonly [name: string, jaxpr: Jaxpr, stage: () => Jaxpr])[] = Object.entries(functions).map(([name, [f, ...args]]) => {
  const stage = (): Jaxpr => makeJaxpr(f)(...args).jaxpr;
  return [name, stage(), stage];
});
