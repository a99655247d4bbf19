// The composites that exist from the start: softmax, logSoftmax, crossEntropy, layerNorm, gelu. Each is one named operation whose
// decomposition into primitives is its meaning; a backend may register a kernel for the name, tested against that decomposition.
// Floor 2. Axes in attributes count from the end.
import { DTypeError, ShapeError } from '../error.ts';
import { range, sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from './broadcast.ts';
import { and, not } from './logical.ts';
import { eq, ge, lt } from './comparison.ts';
import { composite } from './composite.ts';
import { convert } from './convert.ts';
import { at, expectDType } from './define.ts';
import { exp, log, tanh } from './exponential.ts';
import { iota } from './iota.ts';
import { rsqrt } from './power.ts';
import { reduceMax } from './reduce.ts';
import { isFinite } from './rounding.ts';
import { clamp, select } from './select.ts';
import { erf } from './special.ts';
import { stopGradient } from './stopGradient.ts';

/** An axis counted from the end, -1 being the last. */
function fromEnd(x: AnyTensor, axis: number, name: string): number {
  const rank = x.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) throw new ShapeError(`${name}: axis ${axis} is out of range for ${showAval(avalOf(x))}`, 'axis');
  expectDType(avalOf(x), 'float', name);
  return axis < 0 ? axis : axis - rank;
}
/** A reduced value at the shape of `x` again. */
const along = (y: AnyTensor, x: AnyTensor, axis: number): AnyTensor => broadcastInDim(y, x.shape, range(x.shape.length).filter(i => i !== axis + x.shape.length));
const sumAlong = (x: AnyTensor, axis: number): AnyTensor => reduceSum(x, [axis + x.shape.length]);
/** x less its greatest value along the axis; where that is infinite nothing is subtracted, so that -inf stays -inf. */
function shifted(x: AnyTensor, axis: number): AnyTensor {
  const greatest = reduceMax(x, [axis + x.shape.length]);
  const safe = select(isFinite(greatest), greatest, constantLike(0, greatest));
  return sub(x, along(stopGradient(safe), x, axis));
}
const first = (xs: readonly AnyTensor[]): AnyTensor => at(xs, 0);

/** exp(x) / sum(exp(x)) along `axis` (default the last), without overflow. */
export function softmax(x: AnyTensor, axis = -1): AnyTensor {
  const a = fromEnd(x, axis, 'softmax');
  const value = (v: AnyTensor): AnyTensor => {
    const e = exp(shifted(v, a));
    return div(e, along(sumAlong(e, a), v, a));
  };
  return first(composite('softmax', { axis: a }, [x], v => [value(first(v))], {
    forward: v => { const p = value(first(v)); return [p, p]; },
    backward: v => {
      const p = first(v);
      const weighted = mul(p, at(v, 1));
      return [sub(weighted, mul(p, along(sumAlong(weighted, a), p, a)))];
    },
  }));
}

/** x - log(sum(exp(x))) along `axis` (default the last), without overflow. */
export function logSoftmax(x: AnyTensor, axis = -1): AnyTensor {
  const a = fromEnd(x, axis, 'logSoftmax');
  const value = (v: AnyTensor): AnyTensor => {
    const s = shifted(v, a);
    return sub(s, along(log(sumAlong(exp(s), a)), v, a));
  };
  return first(composite('logSoftmax', { axis: a }, [x], v => [value(first(v))], {
    forward: v => { const y = value(first(v)); return [y, exp(y)]; },
    backward: v => {
      const p = first(v);
      const ct = at(v, 1);
      return [sub(ct, mul(p, along(sumAlong(ct, a), p, a)))];
    },
  }));
}

/**
 * -log softmax(logits)[label] along the last axis: logits [..., classes], integer labels [...] -> losses [...].
 * A label outside 0..classes-1 gives NaN, never a silent zero.
 */
export function crossEntropy(logits: AnyTensor, labels: AnyTensor): AnyTensor {
  fromEnd(logits, -1, 'crossEntropy');
  expectDType(avalOf(labels), 'integer', 'crossEntropy');
  if (!sameShape(logits.shape.slice(0, -1), labels.shape)) throw new ShapeError(`crossEntropy: logits ${showAval(avalOf(logits))} want one label for each row, got ${showAval(avalOf(labels))}`);
  const pick = (x: AnyTensor, ids: AnyTensor): AnyTensor => eq(along(ids, x, -1), iota(x.shape, ids.dtype, x.shape.length - 1));
  const value = (x: AnyTensor, ids: AnyTensor): AnyTensor => {
    const s = shifted(x, -1);
    const logNorm = log(sumAlong(exp(s), -1));
    const chosen = sumAlong(select(pick(x, ids), s, constantLike(0, s)), -1);
    const valid = and(ge(ids, constantLike(0, ids)), lt(ids, constantLike(at(x.shape, x.shape.length - 1), ids)));
    return select(valid, sub(logNorm, chosen), constantLike(NaN, logNorm));
  };
  return first(composite('crossEntropy', {}, [logits, labels], v => [value(first(v), at(v, 1))], {
    forward: v => { const s = shifted(first(v), -1); const e = exp(s); return [value(first(v), at(v, 1)), div(e, along(sumAlong(e, -1), e, -1)), at(v, 1)]; },
    backward: v => {
      const p = first(v);
      const hot = convert(pick(p, at(v, 1)), p.dtype);
      return [mul(sub(p, hot), along(at(v, 2), p, -1))];
    },
  }));
}

/** -sum(targets * log softmax(logits)) along the last axis, for soft targets of the logits' shape. A zero target contributes zero. */
export function crossEntropySoft(logits: AnyTensor, targets: AnyTensor): AnyTensor {
  fromEnd(logits, -1, 'crossEntropy');
  if (!sameShape(logits.shape, targets.shape)) throw new ShapeError(`crossEntropy: logits ${showAval(avalOf(logits))} and soft targets ${showAval(avalOf(targets))} differ in shape`);
  if (logits.dtype !== targets.dtype) throw new DTypeError(`crossEntropy: dtypes differ: ${logits.dtype} vs ${targets.dtype} (use astype)`);
  return first(composite('crossEntropySoft', {}, [logits, targets], v => {
    const t = at(v, 1);
    const y = logSoftmax(first(v), -1);
    const zero = constantLike(0, t);
    // Where the target is zero the product is, too, even if the log-probability is -inf.
    const kept = not(eq(t, zero));
    return [neg(sumAlong(select(kept, mul(t, select(kept, y, zero)), zero), -1))];
  }));
}

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias along the last axis. Ba, Kiros, Hinton, "Layer Normalization", 2016.
 * scale and bias have the last axis's size.
 */
export function layerNorm(x: AnyTensor, scale: AnyTensor, bias: AnyTensor, epsilon = 1e-5): AnyTensor {
  fromEnd(x, -1, 'layerNorm');
  const n = at(x.shape, x.shape.length - 1);
  for (const p of [scale, bias]) if (!sameShape(p.shape, [n])) throw new ShapeError(`layerNorm: ${showAval(avalOf(x))} wants scale and bias of shape [${n}], got ${showAval(avalOf(p))}`);
  return first(composite('layerNorm', { epsilon }, [x, scale, bias], v => {
    const y = first(v);
    const width = constant(n, y.shape.slice(0, -1), y.dtype);
    const centred = sub(y, along(div(sumAlong(y, -1), width), y, -1));
    const variance = div(sumAlong(mul(centred, centred), -1), width);
    const inverse = rsqrt(add(variance, constantLike(epsilon, variance)));
    const last = [y.shape.length - 1];
    const wide = (p: AnyTensor): AnyTensor => broadcastInDim(p, y.shape, last);
    return [add(mul(mul(centred, along(inverse, y, -1)), wide(at(v, 1))), wide(at(v, 2)))];
  }));
}

/**
 * x * Phi(x), the Gaussian error linear unit. `approximate` uses the tanh form, as JAX does by default.
 * Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016.
 */
export function gelu(x: AnyTensor, approximate = true): AnyTensor {
  expectDType(avalOf(x), 'float', 'gelu');
  return first(composite('gelu', { approximate }, [x], v => {
    const y = first(v);
    const c = (value: number): AnyTensor => constantLike(value, y);
    if (!approximate) return [mul(mul(y, c(0.5)), add(c(1), erf(mul(y, c(Math.SQRT1_2)))))];
    // Beyond 10 the tanh is 1 in every dtype; without the bound the cube would overflow and its derivative be inf * 0.
    const z = clamp(c(-10), y, c(10));
    const inner = mul(c(Math.sqrt(2 / Math.PI)), add(z, mul(c(0.044715), mul(z, mul(z, z)))));
    return [mul(mul(y, c(0.5)), add(c(1), tanh(inner)))];
  }));
}
