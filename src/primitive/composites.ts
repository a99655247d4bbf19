// Composites of the softmax family: softmax, logSoftmax, logsumexp, crossEntropy. Each is one named operation whose decomposition into
// primitives is its meaning; a backend may register a kernel for the name, tested against that decomposition.
// Floor 2. Axes in attributes count from the end.
import { DTypeError, ShapeError } from '../error.ts';
import { sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { eq, ge, lt } from './comparison.ts';
import { composite } from './composite.ts';
import { along, first, fromEnd, shifted, shiftOf, spread, sumAlong, sumOver } from './compositesAxes.ts';
import { convert } from './convert.ts';
import { at, expectDType } from './define.ts';
import { exp, log } from './exponential.ts';
import { iota } from './iota.ts';
import { and, not } from './logical.ts';
import { select } from './select.ts';

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

/** What is less than the greatest of each row, that, and the sum of exponentials. */
function shares(x: AnyTensor, axis: number): { readonly s: AnyTensor; readonly shift: AnyTensor; readonly sum: AnyTensor } {
  const shift = shiftOf(x, [axis]);
  const s = sub(x, along(shift, x, axis));
  return { s, shift, sum: sumAlong(exp(s), axis) };
}
/** softmax(x) from what was kept of it. */
const probabilities = (x: AnyTensor, shift: AnyTensor, sum: AnyTensor, axis: number): AnyTensor => div(exp(sub(x, along(shift, x, axis))), along(sum, x, axis));

/** x - log(sum(exp(x))) along `axis` (default the last), without overflow. */
export function logSoftmax(x: AnyTensor, axis = -1): AnyTensor {
  const a = fromEnd(x, axis, 'logSoftmax');
  const value = (v: AnyTensor): AnyTensor => {
    const s = shifted(v, a);
    return sub(s, along(log(sumAlong(exp(s), a)), v, a));
  };
  return first(composite('logSoftmax', { axis: a }, [x], v => [value(first(v))], {
    // Beside the input the greatest value and the sum of each row are kept, no array of probabilities.
    forward: v => {
      const { s, shift, sum } = shares(first(v), a);
      return [sub(s, along(log(sum), s, a)), first(v), shift, sum];
    },
    backward: ([x, shift, sum, ct]) => {
      if (x === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
      const p = probabilities(x, shift, sum, a);
      return [sub(ct, mul(p, along(sumAlong(ct, a), p, a)))];
    },
  }));
}

/**
 * log(sum(exp(x))) over some axes, without overflow. The backward program is handed the shift and the sum beside `x`: p is
 * exp(x - shift) / sum, as in softmax, and never exp(x - result), which would lose the digits of the result.
 */
export function logsumexp(x: AnyTensor, axes: readonly number[]): AnyTensor {
  const a = axes.map(axis => fromEnd(x, axis, 'logsumexp')).sort((b, c) => b - c);
  const parts = (v: AnyTensor): { readonly shift: AnyTensor; readonly sum: AnyTensor } => {
    const shift = shiftOf(v, a);
    return { shift, sum: sumOver(exp(sub(v, spread(shift, v, a))), a) };
  };
  return first(composite('logsumexp', { axes: a }, [x], v => {
    const { shift, sum } = parts(first(v));
    return [add(log(sum), shift)];
  }, {
    forward: v => {
      const { shift, sum } = parts(first(v));
      return [add(log(sum), shift), first(v), shift, sum];
    },
    backward: ([v, shift, sum, ct]) => {
      if (v === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
      // Where every element is -inf nothing has a share.
      const share = div(ct, select(eq(sum, constantLike(0, sum)), constantLike(1, sum), sum));
      return [mul(exp(sub(v, spread(shift, v, a))), spread(share, v, a))];
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
  const parts = (x: AnyTensor, ids: AnyTensor): { readonly loss: AnyTensor; readonly shift: AnyTensor; readonly sum: AnyTensor } => {
    const { s, shift, sum } = shares(x, -1);
    const logNorm = log(sum);
    const chosen = sumAlong(select(pick(x, ids), s, constantLike(0, s)), -1);
    const valid = and(ge(ids, constantLike(0, ids)), lt(ids, constantLike(at(x.shape, x.shape.length - 1), ids)));
    return { loss: select(valid, sub(logNorm, chosen), constantLike(NaN, logNorm)), shift, sum };
  };
  return first(composite('crossEntropy', {}, [logits, labels], v => [parts(first(v), at(v, 1)).loss], {
    forward: v => { const { loss, shift, sum } = parts(first(v), at(v, 1)); return [loss, first(v), at(v, 1), shift, sum]; },
    backward: ([x, ids, shift, sum, ct]) => {
      if (x === undefined || ids === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
      const p = probabilities(x, shift, sum, -1);
      const hot = convert(pick(p, ids), p.dtype);
      return [mul(sub(p, hot), along(ct, p, -1))];
    },
  }));
}

/** -sum(targets * log softmax(logits)) along the last axis, for soft targets of the logits' shape. A zero target contributes zero. */
export function crossEntropySoft(logits: AnyTensor, targets: AnyTensor): AnyTensor {
  fromEnd(logits, -1, 'crossEntropy');
  if (!sameShape(logits.shape, targets.shape)) throw new ShapeError(`crossEntropy: logits ${showAval(avalOf(logits))} and soft targets ${showAval(avalOf(targets))} differ in shape`);
  if (logits.dtype !== targets.dtype) throw new DTypeError(`crossEntropy: dtypes differ: ${logits.dtype} vs ${targets.dtype} (use astype)`);
  const zeroLike = (t: AnyTensor): AnyTensor => constantLike(0, t);
  // Where the target is zero the product is, too, even if the log-probability is -inf.
  const weighted = (y: AnyTensor, t: AnyTensor): AnyTensor => {
    const kept = not(eq(t, zeroLike(t)));
    return neg(sumAlong(select(kept, mul(t, select(kept, y, zeroLike(t))), zeroLike(t)), -1));
  };
  return first(composite('crossEntropySoft', {}, [logits, targets], v => [weighted(logSoftmax(first(v), -1), at(v, 1))], {
    // Beside the inputs the greatest logit and the sum of each row are kept, no array of probabilities.
    forward: v => {
      const [x, t] = [first(v), at(v, 1)];
      const { s, shift, sum } = shares(x, -1);
      return [weighted(sub(s, along(log(sum), x, -1)), t), x, t, shift, sum];
    },
    backward: ([x, t, shift, sum, ct]) => {
      if (x === undefined || t === undefined || shift === undefined || sum === undefined || ct === undefined) return [];
      const s = sub(x, along(shift, x, -1));
      const kept = not(eq(t, zeroLike(t)));
      const p = mul(div(exp(s), along(sum, x, -1)), along(sumAlong(t, -1), x, -1));
      const y = select(kept, sub(s, along(log(sum), x, -1)), zeroLike(t));
      return [mul(sub(p, t), along(ct, x, -1)), neg(mul(y, along(ct, x, -1)))];
    },
  }));
}
