// Composites of one element: gelu, silu, softplus and the logistic loss. Their backward programs save what went in and nothing else,
// and compute the derivative so that it is exact to rounding where the function saturates. Floor 2.
import { DTypeError, ShapeError } from '../error.ts';
import { sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { add, mul, neg, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { ge } from './comparison.ts';
import { composite } from './composite.ts';
import { first } from './compositesAxes.ts';
import { at, expectDType } from './define.ts';
import { exp, log1p, logistic, tanh } from './exponential.ts';
import { clamp, select } from './select.ts';
import { erf } from './special.ts';

/** Of the cube in the tanh form of gelu. */
const cubic = 0.044715;

/**
 * x * Phi(x), the Gaussian error linear unit. `approximate` uses the tanh form, as JAX does by default.
 * Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016.
 */
export function gelu(x: AnyTensor, approximate = true): AnyTensor {
  expectDType(avalOf(x), 'float', 'gelu');
  const times = (y: AnyTensor, factor: number): AnyTensor => mul(y, constantLike(factor, y));
  const onePlus = (y: AnyTensor): AnyTensor => add(constantLike(1, y), y);
  /** 2 Phi(y) - 1, and what the tanh is taken of, where it is. */
  const spread = (y: AnyTensor): { readonly spread: AnyTensor; readonly z: AnyTensor } => {
    if (!approximate) return { spread: erf(times(y, Math.SQRT1_2)), z: y };
    // Beyond 10 the tanh is 1 in every dtype; without the bound the cube would overflow and its derivative be inf * 0.
    const z = clamp(constantLike(-10, y), y, constantLike(10, y));
    return { spread: tanh(times(add(z, times(mul(z, mul(z, z)), cubic)), Math.sqrt(2 / Math.PI))), z };
  };
  const value = (y: AnyTensor): AnyTensor => mul(times(y, 0.5), onePlus(spread(y).spread));
  /** Phi(x) + x Phi'(x). */
  const slope = (y: AnyTensor): AnyTensor => {
    const { spread: t, z } = spread(y);
    const density = approximate
      ? mul(mul(onePlus(neg(t)), onePlus(t)), times(onePlus(times(mul(z, z), 3 * cubic)), Math.sqrt(0.5 / Math.PI)))
      : times(exp(times(mul(y, y), -0.5)), Math.sqrt(0.5 / Math.PI));
    return add(times(onePlus(t), 0.5), mul(y, density));
  };
  return first(composite('gelu', { approximate }, [x], v => [value(first(v))], {
    forward: v => [value(first(v)), first(v)],
    backward: v => [mul(at(v, 1), slope(first(v)))],
  }));
}
/** x / (1 + exp(-x)), also called swish. Ramachandran, Zoph, Le, "Searching for activation functions", 2017. */
export function silu(x: AnyTensor): AnyTensor {
  expectDType(avalOf(x), 'float', 'silu');
  const value = (v: AnyTensor): AnyTensor => mul(v, logistic(v));
  return first(composite('silu', {}, [x], v => [value(first(v))], {
    forward: v => [value(first(v)), first(v)],
    // s + x s (1 - s), where 1 - s is the sigmoid of -x: it keeps its digits where s is nearly 1.
    backward: v => {
      const y = first(v);
      const s = logistic(y);
      return [mul(at(v, 1), add(s, mul(mul(y, s), logistic(neg(y)))))];
    },
  }));
}

/** log(1 + exp(x)). Both branches are smooth at 0 and agree there in every derivative. */
function logOnePlusExp(x: AnyTensor): AnyTensor {
  const zero = constantLike(0, x);
  const positive = ge(x, zero);
  // exp never overflows: its argument is -|x|, as a choice between x and -x, so that its derivative at 0 is that of one branch.
  return add(select(positive, x, zero), log1p(exp(select(positive, neg(x), x))));
}

/** log(1 + exp(x)), without overflow. Its derivative is the sigmoid. */
export function softplus(x: AnyTensor): AnyTensor {
  expectDType(avalOf(x), 'float', 'softplus');
  return first(composite('softplus', {}, [x], v => [logOnePlusExp(first(v))], {
    forward: v => [logOnePlusExp(first(v)), first(v)],
    backward: v => [mul(at(v, 1), logistic(first(v)))],
  }));
}

/**
 * -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), element by element, for logits x and targets t of one shape.
 */
export function binaryCrossEntropy(logits: AnyTensor, targets: AnyTensor): AnyTensor {
  expectDType(avalOf(logits), 'float', 'binaryCrossEntropy');
  if (!sameShape(logits.shape, targets.shape)) throw new ShapeError(`binaryCrossEntropy: logits ${showAval(avalOf(logits))} and targets ${showAval(avalOf(targets))} differ in shape`);
  if (logits.dtype !== targets.dtype) throw new DTypeError(`binaryCrossEntropy: dtypes differ: ${logits.dtype} vs ${targets.dtype} (use astype)`);
  // Not softplus(x) - t x: where the target is right by a wide margin that difference would cancel.
  const value = (x: AnyTensor, t: AnyTensor): AnyTensor => add(mul(t, logOnePlusExp(neg(x))), mul(sub(constantLike(1, t), t), logOnePlusExp(x)));
  return first(composite('binaryCrossEntropy', {}, [logits, targets], v => [value(first(v), at(v, 1))], {
    forward: v => [value(first(v), at(v, 1)), first(v), at(v, 1)],
    // (1 - t) sigmoid(x) - t sigmoid(-x), not sigmoid(x) - t, for the same reason; by t it is -x.
    backward: v => {
      const [x, t, ct] = [first(v), at(v, 1), at(v, 2)];
      const byLogit = sub(mul(sub(constantLike(1, t), t), logistic(x)), mul(t, logistic(neg(x))));
      return [mul(ct, byLogit), neg(mul(ct, x))];
    },
  }));
}
