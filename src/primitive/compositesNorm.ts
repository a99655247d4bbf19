// Composites that normalise: layerNorm, rmsNorm, batchNorm, batchNormGiven. Their backward programs save the input and the statistics,
// which are small, and compute everything of the input's size again. Floor 2. Axes in attributes count from the end.
import { DTypeError, ShapeError } from '../error.ts';
import { range, sameShape, showAval, showShape, sizeOf } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { add, mul, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { composite } from './composite.ts';
import { first, fromEnd, inDType, indicesOf, meanOver, spread, sumOver, widened } from './compositesAxes.ts';
import { at } from './define.ts';
import { rsqrt } from './power.ts';

/** Statistics are taken over `axes`; scale and bias lie along the axes that are not in `shared`. All count from the end. */
interface Plan { readonly axes: readonly number[]; readonly shared: readonly number[]; readonly epsilon: number }
interface Statistics { readonly mean: AnyTensor; readonly variance: AnyTensor; readonly inverse: AnyTensor }

/** All axes of `x` but the listed ones, from the end. */
const otherAxes = (x: AnyTensor, axes: readonly number[]): number[] => range(x.shape.length).map(i => i - x.shape.length).filter(a => !axes.includes(a));
const inverseOf = (variance: AnyTensor, epsilon: number): AnyTensor => rsqrt(add(variance, constantLike(epsilon, variance)));

/** The variance is taken from deviations from the mean, so that a large mean costs no digits. */
function statisticsOf(x: AnyTensor, { axes, epsilon }: Plan): Statistics {
  const mean = meanOver(x, axes);
  const centred = sub(x, spread(mean, x, axes));
  const variance = meanOver(mul(centred, centred), axes);
  return { mean, variance, inverse: inverseOf(variance, epsilon) };
}
const normalised = (x: AnyTensor, mean: AnyTensor, inverse: AnyTensor, axes: readonly number[]): AnyTensor =>
  mul(sub(x, spread(mean, x, axes)), spread(inverse, x, axes));
const scaled = (x: AnyTensor, scale: AnyTensor, bias: AnyTensor, shared: readonly number[]): AnyTensor =>
  add(mul(x, spread(widened(scale), x, shared)), spread(widened(bias), x, shared));

/** Cotangents of input, scale and bias from that of the result. `unit` is the normalised input. */
function pulled(unit: AnyTensor, inverse: AnyTensor, scale: AnyTensor, ct: AnyTensor, { axes, shared }: Plan): { readonly x: AnyTensor; readonly scale: AnyTensor; readonly bias: AnyTensor } {
  const g = mul(ct, spread(widened(scale), ct, shared));
  const level = spread(meanOver(g, axes), g, axes);
  const slope = mul(unit, spread(meanOver(mul(g, unit), axes), g, axes));
  return { x: mul(spread(inverse, g, axes), sub(sub(g, level), slope)), scale: sumOver(mul(ct, unit), shared), bias: sumOver(ct, shared) };
}

function expectParameters(name: string, x: AnyTensor, kept: readonly number[], parameters: { readonly [what: string]: AnyTensor }): void {
  const shape = kept.map(a => at(x.shape, a + x.shape.length));
  const names = Object.keys(parameters).join(' and ');
  for (const p of Object.values(parameters)) {
    if (!sameShape(p.shape, shape)) throw new ShapeError(`${name}: ${showAval(avalOf(x))} wants ${names} of shape ${showShape(shape)}, got ${showAval(avalOf(p))}`);
    if (p.dtype !== x.dtype) throw new DTypeError(`${name}: dtypes differ: ${x.dtype} vs ${p.dtype} (use astype)`);
  }
}

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias along the last axis. Ba, Kiros, Hinton, "Layer Normalization", 2016.
 * scale and bias have the last axis's size.
 */
export function layerNorm(x: AnyTensor, scale: AnyTensor, bias: AnyTensor, epsilon = 1e-5): AnyTensor {
  fromEnd(x, -1, 'layerNorm');
  expectParameters('layerNorm', x, [-1], { scale, bias });
  const plan: Plan = { axes: [-1], shared: otherAxes(x, [-1]), epsilon };
  const value = (wide: AnyTensor, { mean, inverse }: Statistics, v: readonly AnyTensor[]): AnyTensor =>
    inDType(scaled(normalised(wide, mean, inverse, plan.axes), at(v, 1), at(v, 2), plan.shared), x.dtype);
  return first(composite('layerNorm', { epsilon }, [x, scale, bias], v => [value(widened(first(v)), statisticsOf(widened(first(v)), plan), v)], {
    forward: v => {
      const s = statisticsOf(widened(first(v)), plan);
      return [value(widened(first(v)), s, v), first(v), at(v, 1), s.mean, s.inverse];
    },
    backward: v => {
      const [input, weight, mean, inverse, ct] = [first(v), at(v, 1), at(v, 2), at(v, 3), at(v, 4)];
      const d = pulled(normalised(widened(input), mean, inverse, plan.axes), inverse, weight, widened(ct), plan);
      return [d.x, d.scale, d.bias].map(t => inDType(t, x.dtype));
    },
  }));
}

/**
 * x / sqrt(mean(x^2) + epsilon) * scale along the last axis. Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019.
 * scale has the last axis's size.
 */
export function rmsNorm(x: AnyTensor, scale: AnyTensor, epsilon = 1e-6): AnyTensor {
  fromEnd(x, -1, 'rmsNorm');
  expectParameters('rmsNorm', x, [-1], { scale });
  const axes = [-1];
  const shared = otherAxes(x, axes);
  const inverseRoot = (wide: AnyTensor): AnyTensor => inverseOf(meanOver(mul(wide, wide), axes), epsilon);
  const value = (wide: AnyTensor, inverse: AnyTensor, weight: AnyTensor): AnyTensor =>
    inDType(mul(mul(wide, spread(inverse, wide, axes)), spread(widened(weight), wide, shared)), x.dtype);
  return first(composite('rmsNorm', { epsilon }, [x, scale], v => [value(widened(first(v)), inverseRoot(widened(first(v))), at(v, 1))], {
    forward: v => {
      const inverse = inverseRoot(widened(first(v)));
      return [value(widened(first(v)), inverse, at(v, 1)), first(v), at(v, 1), inverse];
    },
    backward: v => {
      const [inverse, ct] = [at(v, 2), widened(at(v, 3))];
      const unit = mul(widened(first(v)), spread(inverse, first(v), axes));
      const g = mul(ct, spread(widened(at(v, 1)), ct, shared));
      const slope = mul(unit, spread(meanOver(mul(g, unit), axes), g, axes));
      return [mul(spread(inverse, g, axes), sub(g, slope)), sumOver(mul(ct, unit), shared)].map(t => inDType(t, x.dtype));
    },
  }));
}

/**
 * [y, mean, variance]: x brought to mean 0 and variance 1 over `axes`, then times scale plus bias, and the statistics that did it. The
 * variance is that of the elements themselves (divided by their number). scale, bias and the statistics have the axes that are left.
 * Ioffe, Szegedy, "Batch Normalization", 2015.
 */
export function batchNorm(x: AnyTensor, scale: AnyTensor, bias: AnyTensor, axes: readonly number[], epsilon = 1e-5): readonly [y: AnyTensor, mean: AnyTensor, variance: AnyTensor] {
  const a = axes.map(axis => fromEnd(x, axis, 'batchNorm')).sort((b, c) => b - c);
  expectParameters('batchNorm', x, otherAxes(x, a), { scale, bias });
  const plan: Plan = { axes: a, shared: a, epsilon };
  const count = sizeOf(indicesOf(x, a).map(i => at(x.shape, i)));
  const results = (v: readonly AnyTensor[], { mean, variance, inverse }: Statistics): AnyTensor[] => {
    const wide = widened(first(v));
    return [scaled(normalised(wide, mean, inverse, a), at(v, 1), at(v, 2), a), mean, variance].map(t => inDType(t, x.dtype));
  };
  const outs = composite('batchNorm', { axes: a, epsilon }, [x, scale, bias], v => results(v, statisticsOf(widened(first(v)), plan)), {
    forward: v => {
      const s = statisticsOf(widened(first(v)), plan);
      return [...results(v, s), first(v), at(v, 1), s.mean, s.inverse];
    },
    backward: v => {
      const [input, weight, mean, inverse] = [widened(first(v)), at(v, 1), at(v, 2), at(v, 3)];
      const [ct, ofMean, ofVariance] = [widened(at(v, 4)), widened(at(v, 5)), widened(at(v, 6))];
      const centred = sub(input, spread(mean, input, a));
      const d = pulled(mul(centred, spread(inverse, input, a)), inverse, weight, ct, plan);
      // Each element has a share of 1 / n in the mean, and 2 (x - mean) / n in the variance.
      const each = (t: AnyTensor): AnyTensor => spread(mul(constantLike(1 / count, t), t), input, a);
      const byStatistics = add(each(ofMean), mul(mul(constantLike(2, centred), centred), each(ofVariance)));
      return [add(d.x, byStatistics), d.scale, d.bias].map(t => inDType(t, x.dtype));
    },
  });
  return [at(outs, 0), at(outs, 1), at(outs, 2)];
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias, with given statistics of the axes that are not in `axes`. */
export function batchNormGiven(
  x: AnyTensor, scale: AnyTensor, bias: AnyTensor, mean: AnyTensor, variance: AnyTensor, axes: readonly number[], epsilon = 1e-5,
): AnyTensor {
  const a = axes.map(axis => fromEnd(x, axis, 'batchNorm')).sort((b, c) => b - c);
  expectParameters('batchNorm', x, otherAxes(x, a), { scale, bias });
  expectParameters('batchNorm', x, otherAxes(x, a), { mean, variance });
  return first(composite('batchNormGiven', { axes: a, epsilon }, [x, scale, bias, mean, variance], v => {
    const wide = widened(first(v));
    const unit = normalised(wide, widened(at(v, 3)), inverseOf(widened(at(v, 4)), epsilon), a);
    return [inDType(scaled(unit, at(v, 1), at(v, 2), a), x.dtype)];
  }));
}
