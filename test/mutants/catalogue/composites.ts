// Mistakes in composites: values that overflow, masks that are dropped, backward programs that forget a term.
import { mutantsOf, type Mutant } from '../mutant.ts';

const composites = 'test/primitive/composites.test.ts';
const loss = 'test/nn/loss.test.ts';

export const compositeMutants: readonly Mutant[] = [
  ...mutantsOf('src/primitive/compositesAxes.ts', {
    'shifts: rows of -inf become NaN': [composites, 'select(isFinite(greatest), greatest, constantLike(0, greatest))', 'greatest'],
    'shifts: nothing is subtracted': ['test/nn/activation.test.ts', 'export const shifted = (x: AnyTensor, axis: number): AnyTensor => sub(x, along(shiftOf(x, [axis]), x, axis));', 'export const shifted = (x: AnyTensor, axis: number): AnyTensor => axis < -99 ? along(x, x, axis) : x;'],
    'means: divided by the rank': [composites, 'constantLike(sizeOf(indicesOf(x, axes).map(a => at(x.shape, a))), sum)', 'constantLike(x.shape.length, sum)'],
    'axes from the end are one off': [composites, 'axes.map(a => a + x.shape.length)', 'axes.map(a => a === -1 ? a + x.shape.length : a + x.shape.length - 1)'],
    'f16 is not widened': [composites, `x.dtype === 'f16' ? convert(x, 'f32') : x`, 'x'],
  }),
  ...mutantsOf('src/primitive/composites.ts', {
    'softmax: the backward half forgets the sum': [composites, 'return [sub(weighted, mul(p, along(sumAlong(weighted, a), p, a)))];', 'return [weighted];'],
    'softmax: the sum of cotangents is not weighted': [composites, 'mul(p, along(sumAlong(weighted, a), p, a))', 'mul(p, along(sumAlong(at(v, 1), a), p, a))'],
    'logSoftmax: the backward half forgets the probabilities': [composites, 'sub(ct, mul(p, along(sumAlong(ct, a), p, a)))', 'sub(ct, along(sumAlong(ct, a), p, a))'],
    'logSoftmax: probabilities are kept': [composites, 'return [sub(s, along(log(sum), s, a)), first(v), shift, sum];', 'return [sub(s, along(log(sum), s, a)), first(v), shift, sum, exp(s)];'],
    'crossEntropy: probabilities are kept': [composites, 'return [loss, first(v), at(v, 1), shift, sum]; }', 'return [loss, first(v), at(v, 1), shift, sum, exp(first(v))]; }'],
    'logsumexp: rows without a share are divided by 0': [composites, 'div(ct, select(eq(sum, constantLike(0, sum)), constantLike(1, sum), sum))', 'div(ct, sum)'],
    'logsumexp: the shift is not added again': [composites, 'return [add(log(sum), shift), first(v), shift, sum];', 'return [log(sum), first(v), shift, sum];'],
    'crossEntropy: the sign of the backward half': [loss, 'mul(sub(p, hot), along(ct, p, -1))', 'mul(sub(hot, p), along(ct, p, -1))'],
    'crossEntropy: the backward half forgets the cotangent': [loss, 'mul(sub(p, hot), along(ct, p, -1))', 'sub(p, hot)'],
    'crossEntropy: a label outside counts as zero loss': [loss, 'select(valid, sub(logNorm, chosen), constantLike(NaN, logNorm))', 'sub(logNorm, chosen)'],
    'crossEntropy: the label after the last one is valid': [loss, 'lt(ids, constantLike(at(x.shape, x.shape.length - 1), ids))', 'lt(ids, constantLike(at(x.shape, x.shape.length - 1) + 1, ids))'],
    'crossEntropySoft: a class that is ruled out costs NaN': [loss, 'select(kept, mul(t, select(kept, y, zeroLike(t))), zeroLike(t))', 'mul(t, y)'],
    'crossEntropySoft: the targets are taken to add up to 1': [composites, 'mul(div(exp(s), along(sum, x, -1)), along(sumAlong(t, -1), x, -1))', 'div(exp(s), along(sum, x, -1))'],
    'crossEntropySoft: the slope by the targets forgets the sum': [composites, 'const y = select(kept, sub(s, along(log(sum), x, -1)), zeroLike(t));', 'const y = select(kept, s, zeroLike(t));'],
    'crossEntropySoft: probabilities are kept': [composites, 'return [weighted(sub(s, along(log(sum), x, -1)), t), x, t, shift, sum];', 'return [weighted(sub(s, along(log(sum), x, -1)), t), x, t, shift, sum, exp(s)];'],
  }),
  ...mutantsOf('src/primitive/compositesActivation.ts', {
    'gelu: a digit of the constant': ['test/nn/activation.test.ts', 'const cubic = 0.044715;', 'const cubic = 0.044175;'],
    'gelu: the cube overflows': ['test/nn/activation.test.ts', 'const z = clamp(constantLike(-10, y), y, constantLike(10, y));', 'const z = y;'],
    'gelu: the slope forgets the density': [composites, 'return add(times(onePlus(t), 0.5), mul(y, density));', 'return times(onePlus(t), 0.5);'],
    'gelu: the slope of the cube is not 3': [composites, '3 * cubic', '2 * cubic'],
    'silu: s (1 - s) without x': [composites, 'mul(mul(y, s), logistic(neg(y)))', 'mul(s, logistic(neg(y)))'],
    'softplus: the slope is that of the other branch': [composites, '[mul(at(v, 1), logistic(first(v)))]', '[mul(at(v, 1), logistic(neg(first(v))))]'],
    'softplus: overflows': ['test/nn/activation.test.ts', 'add(select(positive, x, zero), log1p(exp(select(positive, neg(x), x))))', 'log1p(exp(select(positive, x, add(x, zero))))'],
    'binaryCrossEntropy: small losses cancel': [loss, 'add(mul(t, logOnePlusExp(neg(x))), mul(sub(constantLike(1, t), t), logOnePlusExp(x)))', 'sub(logOnePlusExp(x), mul(t, x))'],
    'binaryCrossEntropy: targets have no cotangent': [composites, 'return [mul(ct, byLogit), neg(mul(ct, x))];', 'return [mul(ct, byLogit), constantLike(0, x)];'],
  }),
  ...mutantsOf('src/primitive/compositesNorm.ts', {
    'norms: epsilon is dropped': ['test/nn/norm.test.ts', 'rsqrt(add(variance, constantLike(epsilon, variance)))', 'rsqrt(add(variance, constantLike(0 * epsilon, variance)))'],
    'norms: the second moment instead of the variance': [composites, 'const variance = meanOver(mul(centred, centred), axes);', 'const variance = meanOver(mul(x, x), axes);'],
    'norms: the backward half forgets that the mean moves': [composites, 'sub(sub(g, level), slope)', 'sub(g, slope)'],
    'norms: the backward half forgets that the variance moves': [composites, 'sub(sub(g, level), slope)', 'sub(g, level)'],
    'norms: the scale\'s cotangent is not of the normalised input': [composites, 'scale: sumOver(mul(ct, unit), shared), bias', 'scale: sumOver(ct, shared), bias'],
    'rmsNorm: the backward half forgets that the scale moves': [composites, 'mul(spread(inverse, g, axes), sub(g, slope))', 'mul(spread(inverse, g, axes), g)'],
    'batchNorm: axes stay in the order in which they were given': [composites, `fromEnd(x, axis, 'batchNorm')).sort((b, c) => b - c);\n  expectParameters('batchNorm', x, otherAxes(x, a), { scale, bias });\n  const`, `fromEnd(x, axis, 'batchNorm'));\n  expectParameters('batchNorm', x, otherAxes(x, a), { scale, bias });\n  const`],
    'batchNorm: cotangents of the statistics are dropped': [composites, '[add(d.x, byStatistics), d.scale, d.bias]', '[d.x, d.scale, d.bias]'],
    'batchNorm: the factor 2 of the variance': [composites, 'mul(constantLike(2, centred), centred)', 'centred'],
  }),
  ...mutantsOf('src/primitive/compositesAttention.ts', {
    'attention: a query does not see its own key': ['test/nn/attention.test.ts', `ge(iota(scores.shape, 'i32', rank - 2), keyIndex())`, `lt(keyIndex(), iota(scores.shape, 'i32', rank - 2))`],
    'attention: the mask is dropped in the backward half': [composites, 'const scores = seen === null ? all : select(seen, all, constantLike(-Infinity, all));', 'const scores = seen === null || given !== undefined ? all : select(seen, all, constantLike(-Infinity, all));'],
    'attention: queries that see nothing are NaN': [composites, 'const sum = select(eq(sums, constantLike(0, sums)), constantLike(1, sums), sums);', 'const sum = select(eq(sums, constantLike(0, sums)), sums, sums);'],
    'attention: the cotangent of queries is not scaled': [composites, 'times(product(ofScores, key, -3, -2, -1, -3), what.scale)', 'product(ofScores, key, -3, -2, -1, -3)'],
    'attention: the backward half forgets the level': [composites, 'mul(weights, sub(ofWeights, along(level, ofWeights, -1)))', 'mul(weights, ofWeights)'],
    'attention: keys are contracted with the unscaled queries': [composites, 'return { weights: exp(sub(scores, along(shift, scores, -1))), shift, query, seen };', 'return { weights: exp(sub(scores, along(shift, scores, -1))), shift, query: widened(first(v)), seen };'],
    'attention: the last key of each example is not seen': ['test/nn/attention.test.ts', `broadcastInDim(inDType(at(v, v.length - 1), 'i32'), scores.shape, range(rank - 3))`, `sub(broadcastInDim(inDType(at(v, v.length - 1), 'i32'), scores.shape, range(rank - 3)), constantLike(1, keyIndex()))`],
  }),
];
