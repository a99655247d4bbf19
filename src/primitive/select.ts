// select and clamp: choosing between values element by element.
// Floor 2. Knows comparisons and logic. The tangent of a select is a select, so what was not chosen never reaches a derivative.
import { DTypeError, ShapeError } from '../error.ts';
import { sameShape, showAval } from '../ir/aval.ts';
import type { NoParams, Primitive, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents } from './arithmetic.ts';
import { alignBatch, constantLike } from './broadcast.ts';
import { gt, le, lt } from './comparison.ts';
import { at, expectCount, expectSame, isLinear, noParams, operand } from './define.ts';
import { between, elementwise, elementwiseProperties, everywhere } from './elementwise.ts';
import { and, or } from './logical.ts';

/** `select(pred, onTrue, onFalse)`: all of one shape, `pred` bool, the other two of one dtype. XLA's Select. */
export const selectP: Primitive<NoParams> = {
  name: 'select',
  properties: { ...elementwiseProperties, zeroPreserving: true },
  type(inputs) {
    expectCount(inputs, 3, 'select');
    const pred = operand(inputs, 0, 'select');
    const onTrue = operand(inputs, 1, 'select');
    if (pred.dtype !== 'bool') throw new DTypeError(`select: the predicate must be bool, got ${showAval(pred)} (compare it with 0)`);
    expectSame(onTrue, operand(inputs, 2, 'select'), 'select');
    if (!sameShape(pred.shape, onTrue.shape)) throw new ShapeError(`select: shapes differ, ${showAval(pred)} vs ${showAval(onTrue)}; primitives do not broadcast (use np.where)`);
    return [onTrue];
  },
  evaluate(inputs, _params, outputs) {
    const pred = at(inputs, 0).data;
    const onTrue = at(inputs, 1).data;
    const onFalse = at(inputs, 2).data;
    const { data } = at(outputs, 0);
    for (let i = 0; i < data.length; i++) data[i] = (pred[i] === 0 ? onFalse[i] : onTrue[i]) ?? 0;
  },
  rules: {
    kind: 'flat',
    jvp: (x, [, s, t]) => [choose(at(x, 0), s, t)],
    batch: (x, batched, _params, size) => ({ outputs: [bind1(selectP, alignBatch(x, batched, size), noParams)], batched: [true] }),
  },
  linear: {
    transpose([ct], [p, onTrue, onFalse]) {
      if (!ct || !p?.known) return [null, null, null];
      return [null, isLinear(onTrue) ? choose(p.known, ct, null) : null, isLinear(onFalse) ? choose(p.known, null, ct) : null];
    },
    linearIn: () => [[1, 2]],
  },
  lowering: { kind: 'scalar', op: 'select' },
  sample(draw) {
    const shape = draw.shape();
    const value = { aval: { shape, dtype: draw.float() }, domain: everywhere };
    return { operands: [{ aval: { shape, dtype: 'bool' }, domain: between(0, 1) }, value, value], params: noParams };
  },
  ulp: 0,
};

/** `onTrue` where `pred` holds, else `onFalse`. */
export const select = (pred: AnyTensor, onTrue: AnyTensor, onFalse: AnyTensor): AnyTensor => bind1(selectP, [pred, onTrue, onFalse], noParams);

/** A select between tangents, either of which may be the symbolic zero. */
export function choose(pred: AnyTensor, onTrue: TangentOf | undefined, onFalse: TangentOf | undefined): TangentOf {
  if (onTrue) return select(pred, onTrue, onFalse ?? constantLike(0, onTrue));
  return onFalse ? select(pred, constantLike(0, onFalse), onFalse) : null;
}

/**
 * `clamp(lo, x, hi)` is `min(max(x, lo), hi)`, of one shape and dtype; NaN in any operand gives NaN. XLA's Clamp.
 * As in JAX, the derivative with respect to x is 1 strictly between the bounds and 0 on them.
 */
export const clampP = elementwise({
  name: 'clamp', op: 'clamp', arity: 3, accepts: 'number', zeroPreserving: true, ulp: 0,
  domains: [between(-1.5, -0.2), everywhere, between(0.2, 1.5)],
  scalar: { float: (lo, x, hi) => Math.min(Math.max(x, lo), hi) },
  jvp(x, [l, t, h]) {
    const lo = at(x, 0);
    const middle = at(x, 1);
    const hi = at(x, 2);
    const byLo = l ? choose(and(lt(middle, lo), le(lo, hi)), l, null) : null;
    const byX = t ? choose(and(lt(lo, middle), lt(middle, hi)), t, null) : null;
    const byHi = h ? choose(or(gt(middle, hi), gt(lo, hi)), h, null) : null;
    return addTangents(addTangents(byLo, byX), byHi);
  },
});
export const clamp = (lo: AnyTensor, x: AnyTensor, hi: AnyTensor): AnyTensor => bind1(clampP, [lo, x, hi], noParams);
