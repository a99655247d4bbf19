// max and min of two tensors: NaN propagates, ties share the gradient equally.
// Floor 2. Knows comparisons and select.
import type { Primitive, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, mul } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { gt, lt } from './comparison.ts';
import { at, noParams } from './define.ts';
import { elementwise } from './elementwise.ts';
import { choose } from './select.ts';

/** `wins(a, b)` says where the first operand alone is the result; where neither wins, both have half a share. */
const extremum = (name: 'max' | 'min', scalar: (a: number, b: number) => number, wins: (a: AnyTensor, b: AnyTensor) => AnyTensor): Primitive => elementwise({
  name, op: name, arity: 2, accepts: 'number', commutative: true, zeroPreserving: true, ulp: 0,
  scalar: { float: scalar },
  jvp(x, [s, t]) {
    if (!s && !t) return null;
    const a = at(x, 0);
    const b = at(x, 1);
    return choose(wins(a, b), s, choose(wins(b, a), t, addTangents(half(s), half(t))));
  },
});
const half = (t: TangentOf | undefined): TangentOf => t ? mul(constantLike(0.5, t), t) : null;

export const maxP = extremum('max', (a, b) => Math.max(a, b), gt);
export const minP = extremum('min', (a, b) => Math.min(a, b), lt);

export const max = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(maxP, [x, y], noParams);
export const min = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(minP, [x, y], noParams);
