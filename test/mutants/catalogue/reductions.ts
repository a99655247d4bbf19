// Mistakes in the rules that sum: reductions, products of matrices, convolutions, windows, running sums.
import { mutantsOf, type Mutant } from '../mutant.ts';

export const reductions: readonly Mutant[] = [
  ...mutantsOf('src/primitive/broadcast.ts', {
    'reduceSum: the cotangent is spread along the wrong axes': ['laws.primitive:reduceSum', '[broadcastInDim(ct, shape, range(shape.length).filter(i => !axes.includes(i)))]', '[broadcastInDim(ct, shape, range(ct.shape.length))]'],
    'reduceSum: the batch axis is summed': ['laws.primitive:reduceSum', '[reduceSum(x, axes.map(a => a + 1))]', '[reduceSum(x, axes)]'],
    'reduceSum: long rows lose an element': ['test/primitive/structuralReduce.test.ts', 'sumOf(data, start + half, n - half)', 'sumOf(data, start + half, half)'],
  }),
  ...mutantsOf('src/primitive/reduce.ts', {
    'reduceMax and reduceMin: ties have a share each': ['laws.primitive:reduceMax', 'return [div(total, reduceSum(convert(attained, x.dtype), axes))];', 'return [total];'],
    'reduceMax and reduceMin: all elements have a share': ['laws.primitive:reduceMin', 'reduceSum(select(attained, t, constantLike(0, t)), axes)', 'reduceSum(t, axes)'],
    'reduceMax and reduceMin: the batch axis is reduced': ['laws.primitive:reduceMax', 'bind1(record, [x], { axes: axes.map(a => a + 1) })', 'bind1(record, [x], { axes })'],
    'reduceMax: NaN is passed over': ['test/primitive/structuralReduce.test.ts', 'if (v !== v) return NaN;', 'if (v !== v) continue;'],
    'reduceMax and reduceMin: nothing is the greatest': ['test/primitive/structuralReduce.test.ts', '-sign * Infinity', 'sign * Infinity'],
    'reduceProd: one term of the product rule': ['laws.primitive:reduceProd', 'tangent = add(mul(da, b), mul(a, db));', 'tangent = mul(da, b);'],
    'reduceProd: the missing partner is 0': ['laws.primitive:reduceProd', 'upper(primal, 1), upper(tangent, 0)', 'upper(primal, 0), upper(tangent, 0)'],
    'reduceProd: the primal is stale': ['laws.primitive:reduceProd', 'primal = mul(a, b);', 'primal = a;'],
    'reduceProd: products of integers lose their low bits': ['test/primitive/structuralReduce.test.ts', '(a: number, b: number) => a * b : Math.imul', '(a: number, b: number) => a * b : (a: number, b: number) => a * b'],
  }),
  ...mutantsOf('src/primitive/argmax.ts', {
    'argmax: the last of equal elements': ['test/primitive/structuralIndexing.test.ts', 'if (sign * v > sign * (data[start + best] ?? 0)) best = i;', 'if (sign * v >= sign * (data[start + best] ?? 0)) best = i;'],
    'argmax: the batch axis shifts nothing': ['laws.primitive:argmax', '{ axis: axis + 1, dtype }', '{ axis, dtype }'],
  }),
  ...mutantsOf('src/primitive/dot.ts', {
    'dotGeneral: the second tangent is dropped': ['laws.primitive:dotGeneral', 't && x ? dotGeneral(x, t, dims) : null', 'null'],
    'dotGeneral: the operands of the second tangent are exchanged': ['laws.primitive:dotGeneral', 't && x ? dotGeneral(x, t, dims) : null', 't && x ? dotGeneral(t, x, dims) : null'],
    'dotGeneral: the batch axis of the left operand stays behind the shared ones': ['laws.primitive:dotGeneral', 'moveAxis(dotGeneral(x, y, { ...dims, ...lhs }), batchDims, 0)', 'dotGeneral(x, y, { ...dims, ...lhs })'],
    'dotGeneral: the batch axis of the right operand is one off': ['laws.primitive:dotGeneral', 'x.shape.length - dims.lhsContract.length;', 'x.shape.length - dims.lhsContract.length - dims.lhsBatch.length;'],
    'dotGeneral: only one operand\'s batch axis is a batch axis': ['laws.primitive:dotGeneral', 'lhsBatch: [0, ...lhs.lhsBatch], rhsBatch: [0, ...rhs.rhsBatch]', 'lhsBatch: [...lhs.lhsBatch, 0], rhsBatch: [0, ...rhs.rhsBatch]'],
    'dotGeneral: contracted axes of the left cotangent keep their order': ['laws.primitive:dotGeneral', '...byPartner(d.lhsContract, d.rhsContract)]);', '...d.lhsContract]);'],
    'dotGeneral: contracted axes of the right cotangent keep their order': ['laws.primitive:dotGeneral', '...byPartner(d.rhsContract, d.lhsContract),', '...d.rhsContract,'],
    'dotGeneral: the left cotangent is contracted over the left free axes': ['laws.primitive:dotGeneral', 'lhsContract: plan.rhsFree,', 'lhsContract: plan.lhsFree,'],
    'dotGeneral: the result is not put in the operand\'s order': ['laws.primitive:dotGeneral', 'transpose(x, range(places.length).map(i => places.indexOf(i)))', 'transpose(x, places)'],
  }),
  ...mutantsOf('src/primitive/contraction.ts', {
    'contraction: the last panel is packed by the first rows': ['test/primitive/structuralDot.test.ts', 'const f = base + (free[p + r] ?? 0);', 'const f = base + (free[r] ?? 0);'],
    'contraction: a tile takes the wrong column': ['test/primitive/structuralDot.test.ts', 's21 += x2 * y1;', 's21 += x1 * y2;'],
    'contraction: sums of integers do not wrap': ['test/primitive/structuralDot.test.ts', 's = (s + Math.imul(x[i + (xs[k] ?? 0)] ?? 0, y[j + (ys[k] ?? 0)] ?? 0)) | 0;', 's += (x[i + (xs[k] ?? 0)] ?? 0) * (y[j + (ys[k] ?? 0)] ?? 0);'],
  }),
  ...mutantsOf('src/primitive/conv.ts', {
    'convGeneral: the tangent of the kernel is dropped': ['laws.primitive:convGeneral', 't && x ? convGeneral(x, t, p) : null', 'null'],
    'convGeneral: the kernel is not turned round for the input\'s cotangent': ['laws.primitive:convGeneral', 'reverse(kernel, [...spatial(p.rhs)].sort((a, b) => a - b))', 'kernel'],
    'convGeneral: input and output features do not change places': ['laws.primitive:convGeneral', 'lhs: p.out, rhs: exchanged(p.rhs), out: p.lhs,', 'lhs: p.out, rhs: p.rhs, out: p.lhs,'],
    'convGeneral: strides and dilations do not change places': ['laws.primitive:convGeneral', 'strides: p.rhsDilation, padding, lhsDilation: p.lhsDilation, rhsDilation: p.strides,', 'strides: p.strides, padding, lhsDilation: p.lhsDilation, rhsDilation: p.rhsDilation,'],
    'convGeneral: the groups of the kernel\'s cotangent': ['laws.primitive:convGeneral', 'featureGroups: p.batchGroups, batchGroups: p.featureGroups,', 'featureGroups: p.featureGroups, batchGroups: p.batchGroups,'],
    'convGeneral: the kernel of a group sees the features of another': ['laws.primitive:convGeneral', 'groups === 1 ? w : mergeAxis(splitAxis(w, filterAxis, groups), filterAxis, channelAxis)', 'groups === 1 ? w : mergeAxis(splitAxis(w, filterAxis, at(w.shape, filterAxis) / groups), filterAxis + 1, channelAxis)'],
    'convGeneral: examples are not folded into their groups': ['laws.primitive:convGeneral', 'p.batchGroups === 1 ? mergeAxis(x, 0, batchAxis) : mergeInside(x, batchAxis, p.batchGroups)', 'mergeAxis(x, 0, batchAxis)'],
    'convGeneral: kernels of a batch are not folded into their groups': ['laws.primitive:convGeneral', 'convGeneral(x, mergeInside(w, filterAxis, groups), p)', 'convGeneral(x, mergeAxis(w, 0, filterAxis), p)'],
    'convGeneral: the padding of the kernel\'s cotangent begins one later': ['laws.primitive:convGeneral', 'return [low, reach - low - dilatedLength(at(input, i), at(p.lhsDilation, i))];', 'return [low - 1, reach - low + 1 - dilatedLength(at(input, i), at(p.lhsDilation, i))];'],
  }),
  ...mutantsOf('src/primitive/convolve.ts', {
    'convolve: the kernel\'s dilation is ignored': ['test/primitive/conv.test.ts', 'times(pick(xs, spatial), p.rhsDilation)', 'pick(xs, spatial)'],
    'convolve: the low padding is ignored': ['test/primitive/conv.test.ts', 'low[axis] = before;', 'low[axis] = 0;'],
    'convolve: every group sees the first group\'s features': ['test/primitive/conv.test.ts', 'Int32Array.of(g * groupStep)', 'Int32Array.of(0)'],
  }),
  ...mutantsOf('src/primitive/window.ts', {
    'windows: the padding of the transpose is one too long': ['laws.primitive:reduceWindowSum', 'const low = window - 1 - (p.padding[i]?.[0] ?? 0);', 'const low = window - (p.padding[i]?.[0] ?? 0);'],
    'windows: strides and holes do not change places': ['laws.primitive:reduceWindowSum', 'return { ...p, padding, strides: p.baseDilation, baseDilation: p.strides };', 'return { ...p, padding };'],
    'windows: an element before the first is inside': ['laws.primitive:reduceWindowMax', 'Number.isInteger(i) && i >= 0 && i < n', 'Number.isInteger(i) && i < n'],
    'windows: the batch axis goes last': ['laws.primitive:reduceWindowSum', 'window: [1, ...p.window],', 'window: [...p.window, 1],'],
    'windows: one window too few': ['laws.primitive:reduceWindowMin', 'Math.floor(free / (p.strides[i] ?? 1)) + 1', 'Math.ceil(free / (p.strides[i] ?? 1))'],
  }),
  ...mutantsOf('src/primitive/reduceWindow.ts', {
    'reduceWindowSum: the cotangent stays under the same windows': ['laws.primitive:reduceWindowSum', 'reduceWindowSum(ct, transposedWindows(x.aval.shape, ct.shape, p))', 'reduceWindowSum(ct, p)'],
    'reduceWindowMax: padding counts as 0': ['test/primitive/window.test.ts', `(monoid === 'max' ? -Infinity : Infinity)`, '0'],
    'reduceWindowMean: padding is counted': ['test/primitive/window.test.ts', 'div(reduceWindowSum(x, p), reduceWindowSum(constantLike(1, x), p))', 'div(reduceWindowSum(x, p), constantLike(p.window.reduce((a, b) => a * b, 1), reduceWindowSum(x, p)))'],
  }),
  ...mutantsOf('src/primitive/selectWindow.ts', {
    'selectAndGatherAdd: ties do not share': ['laws.primitive:selectAndGatherAdd', 'empty ? 0 : sum / selected.length', 'empty ? 0 : sum'],
    'selectAndScatterAdd: ties do not share': ['laws.primitive:selectAndScatterAdd', 'const share = (values.data[o] ?? 0) / selected.length;', 'const share = values.data[o] ?? 0;'],
    'selectAndScatterAdd: overlapping windows overwrite each other': ['laws.primitive:selectAndScatterAdd', 'sums[place] = (sums[place] ?? 0) + share', 'sums[place] = share'],
    'selectAndGatherAdd: only the first of equal elements': ['test/primitive/window.test.ts', 'else if (v === best) selected.push(place);', 'else if (v === best) selected = [place];'],
  }),
  ...mutantsOf('src/primitive/cumulative.ts', {
    'cumsum: cotangents run the same way': ['laws.primitive:cumsum', 'cumsum(ct, { axis, reverse: !reverse })', 'cumsum(ct, { axis, reverse })'],
    'cumulative: a batch runs forwards': ['laws.primitive:cumprod', '{ axis: axis + 1, reverse }', '{ axis: axis + 1, reverse: false }'],
    'cumprod: the product before the first element is 0': ['laws.primitive:cumprod', 'previous(out, p, 1)', 'previous(out, p, 0)'],
    'cumprod: the product is not of the elements before': ['laws.primitive:cumprod', 'mul(t, previous(out, p, 1))', 'mul(t, out)'],
    'cummax and cummin: ties do not share': ['laws.primitive:cummax', 'return div(total, linearRecurrence(continues, convert(attained, x.dtype), p));', 'return total;'],
    'cummax and cummin: the count does not start again': ['laws.primitive:cummin', 'const continues = convert(eq(out, previous(out, p, 0)), x.dtype);', 'const continues = constantLike(1, x);'],
    'cumlogsumexp: weights so far grow': ['laws.primitive:cumlogsumexp', 'difference(previous(out, p, 0), out)', 'difference(out, previous(out, p, 0))'],
    'cumlogsumexp: the smaller term overflows': ['test/primitive/cumulative.test.ts', 'Math.exp(-Math.abs(a - b))', 'Math.exp(a - b)'],
  }),
  ...mutantsOf('src/primitive/linearRecurrence.ts', {
    'linearRecurrence: the state is not the one before': ['laws.primitive:linearRecurrence', 's ? mul(s, previous(h, p, 0)) : null', 's ? mul(s, h) : null'],
    'linearRecurrence: the tangent of the factors is dropped': ['laws.primitive:linearRecurrence', 'addTangents(s ? mul(s, previous(h, p, 0)) : null, t)', 't ?? null'],
    'linearRecurrence: cotangents meet their own factor': ['laws.primitive:linearRecurrence', 'linearRecurrence(previous(a.known, back, 0), ct, back)', 'linearRecurrence(a.known, ct, back)'],
    'previous: the element after': ['laws.primitive:cumprod', 'along(reverse ? -1 : 1), along(reverse ? 1 : -1)', 'along(reverse ? 1 : -1), along(reverse ? -1 : 1)'],
  }),
  ...mutantsOf('src/primitive/walk.ts', {
    'lines of an axis begin in the wrong place': ['test/primitive/cumulative.test.ts', 'Math.floor(line / inner) * n * inner + line % inner', 'Math.floor(line / inner) * n + line % inner'],
  }),
];
