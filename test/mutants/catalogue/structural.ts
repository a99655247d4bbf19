// Mistakes in the rules that move, join, cut, index and sort elements.
import { mutantsOf, type Mutant } from '../mutant.ts';

const definitions = 'test/numpy/definitions.test.ts';

export const structural: readonly Mutant[] = [
  ...mutantsOf('src/primitive/broadcast.ts', {
    'broadcastInDim: the tangent is dropped': ['laws.primitive:broadcastInDim', '[t ? broadcastInDim(t, shape, dims) : null]', '[null]'],
    'broadcastInDim: the batch axis moves no dims': ['laws.primitive:broadcastInDim', '[0, ...dims.map(d => d + 1)]', '[0, ...dims]'],
    'broadcastInDim: stretched axes are not summed': ['laws.primitive:broadcastInDim', 'dims.filter((d, i) => operandShape[i] === shape[d])', 'dims'],
    'broadcastInDim: repeated axes are not summed': ['laws.primitive:broadcastInDim', 'const summed = reduceSum(ct, range(shape.length).filter(d => !kept.has(d)));', 'const summed = reduceSum(ct, range(shape.length).filter(d => dims.includes(d) && !kept.has(d)));'],
    'broadcastInDim: axes of size 1 do not stretch': ['laws.primitive:broadcastInDim', 'x.shape[i] === 1 ? 0 : strides[i] ?? 0', 'strides[i] ?? 0'],
    'an operand without a batch axis gets it at the end': ['laws.primitive:mul', 'range(x.shape.length).map(i => i + 1))', 'range(x.shape.length))'],
  }),
  ...mutantsOf('src/primitive/reshape.ts', {
    'reshape: the transpose keeps the shape': ['laws.primitive:reshape', 'ct && x?.known === null ? reshape(ct, x.aval.shape) : null', 'ct ?? null'],
    'reshape: the batch axis goes last': ['laws.primitive:reshape', 'reshape(x, [size, ...shape])', 'reshape(x, [...shape, size])'],
  }),
  ...mutantsOf('src/primitive/transpose.ts', {
    'transpose: its own inverse': ['laws.primitive:transpose', 'transpose(ct, inverse(permutation))', 'transpose(ct, permutation)'],
    'transpose: the batch axis shifts nothing': ['laws.primitive:transpose', '[0, ...permutation.map(p => p + 1)]', '[...permutation, permutation.length]'],
    'moveAxis: one place too far': ['laws.primitive:sort', '[...others.slice(0, to), from, ...others.slice(to)]', '[...others.slice(0, to + 1), from, ...others.slice(to + 1)]'],
  }),
  ...mutantsOf('src/primitive/reverse.ts', {
    'reverse: the cotangent is not reversed': ['laws.primitive:reverse', 'ct ? reverse(ct, axes) : null', 'ct ?? null'],
    'reverse: the batch axis shifts nothing': ['laws.primitive:reverse', 'reverse(x, axes.map(a => a + 1))', 'reverse(x, axes)'],
    'reverse: begins one too late': ['laws.primitive:reverse', '(at(x.shape, a) - 1) * at(strides, a)', 'at(x.shape, a) * at(strides, a)'],
  }),
  ...mutantsOf('src/primitive/slice.ts', {
    'slice: the padding of the transpose is one too long': ['laws.primitive:slice', '(taken - 1) * at(strides, i) - 1', '(taken - 1) * at(strides, i)'],
    'slice: the holes of the transpose are one too wide': ['laws.primitive:slice', 'strides.map(s => s - 1)', 'strides'],
    'slice: the transpose pads the wrong end': ['laws.primitive:slice', `literal(0, { shape: [], dtype: ct.dtype }), start, high, strides`, `literal(0, { shape: [], dtype: ct.dtype }), high, start, strides`],
    'slice: the batch axis is sliced, too': ['laws.primitive:slice', '[1, ...strides])]', '[...strides, 1])]'],
    'slice: strides are ignored': ['test/primitive/structuralViews.test.ts', 'steps.map((s, i) => s * at(strides, i)), offset', 'steps, offset'],
    'pad: the tangent of the value is dropped': ['laws.primitive:pad', 'tValue ?? zerosLike(avalOf(value))', 'zerosLike(avalOf(value))'],
    'pad: the tangent is padded with the value': ['laws.primitive:pad', 'tValue ?? zerosLike(avalOf(value))', 'tValue ?? value'],
    'pad: cuts are not given back': ['laws.primitive:pad', 'pad(ct, zero, low.map(n => -n), high.map(n => -n), none)', 'pad(ct, zero, low.map(n => -Math.max(0, n)), high.map(n => -Math.max(0, n)), none)'],
    'pad: interior cotangents are off by one': ['laws.primitive:pad', 'interior.map(n => n + 1));\n      };', 'interior.map(n => Math.max(1, n)));\n      };'],
    'pad: the value gets the cotangents of all elements': ['laws.primitive:pad', 'select(insideMask(shape, low, high, interior), constant(0, ct.shape, ct.dtype), ct)', 'ct'],
    'pad: one value for all examples': ['laws.primitive:pad', 'broadcastInDim(value, padded.shape, [0])', 'broadcastInDim(sliceAxis(value, 0, 0, 1), padded.shape, [0])'],
  }),
  ...mutantsOf('src/primitive/concatenate.ts', {
    'concatenate: all cotangents from the beginning': ['laws.primitive:concatenate', 'sliceAxis(ct, axis, start, end)', 'sliceAxis(ct, axis, 0, end - start)'],
    'concatenate: the batch axis shifts nothing': ['laws.primitive:concatenate', 'concatenate(alignBatch(x, batched, size), axis + 1)', 'concatenate(alignBatch(x, batched, size), axis)'],
    'concatenate: a missing tangent is not zero': ['laws.primitive:concatenate', 's ?? zerosLike(avalOf(at(x, i)))', 's ?? at(x, i)'],
  }),
  ...mutantsOf('src/primitive/gather.ts', {
    'gather: tangents are filled with NaN': ['laws.primitive:gather', '[t && indices ? gather(t, indices, { ...params, mode: linearMode(params.mode) }) : null]', '[t && indices ? gather(t, indices, params) : null]'],
    'gather: cotangents outside land on the border': ['laws.primitive:gather', 'scatterAdd(zerosLike(x.aval), indices.known, ct, { ...params, mode: linearMode(params.mode) })', `scatterAdd(zerosLike(x.aval), indices.known, ct, { ...params, mode: 'clip' })`],
    'gather: batched indices of a batched operand are not paired': ['laws.primitive:gather', 'gather(xs, all, { ...params, axis: axis + 1, batchDims: batchDims + 1 })', 'gather(xs, all, { ...params, axis: axis + 1, batchDims })'],
    'gather: the axis of new examples stays where the indices stood': ['laws.primitive:gather', 'moveAxis(gather(x, indices, params), axis, 0)', 'gather(x, indices, params)'],
    'gather: indices of clip wrap': ['test/primitive/structuralIndexing.test.ts', 'i < 0 ? 0 : i >= count ? count - 1 : i', 'i < 0 ? 0 : i % count'],
    'gather: one index too many is inside': ['laws.primitive:gather', 'i < 0 || i >= count ? -1 :', 'i < 0 || i > count ? -1 :'],
    'scatterAdd: the tangent of the operand is dropped': ['laws.primitive:scatterAdd', 'scatterAdd(t ?? zerosLike(avalOf(x)), indices, tUpdates, params)', 'scatterAdd(zerosLike(avalOf(x)), indices, tUpdates, params)'],
    'scatterAdd: the operand itself is among the tangents': ['laws.primitive:scatterAdd', 'scatterAdd(t ?? zerosLike(avalOf(x)), indices, tUpdates, params)', 'scatterAdd(t ?? x, indices, tUpdates, params)'],
    'scatterAdd: updates that meet replace each other': ['laws.primitive:scatterAdd', 'sums[to + q] = (sums[to + q] ?? 0) + (updates[row + q] ?? 0)', 'sums[to + q] = (x.data[to + q] ?? 0) + (updates[row + q] ?? 0)'],
    'scatterAdd: cotangents of dropped updates are not zero': ['laws.primitive:scatterAdd', 'isLinear(updates) ? gather(ct, indices.known, { ...params, mode: linearMode(params.mode) }) : null', `isLinear(updates) ? gather(ct, indices.known, { ...params, mode: 'clip' }) : null`],
    'scatterAdd: paired indices stay unpaired under vmap': ['laws.primitive:scatterAdd', 'batchDims: shared ? 0 : batchDims + 1 })]', 'batchDims: shared ? 0 : batchDims })]'],
  }),
  ...mutantsOf('src/primitive/scatter.ts', {
    'scatterSet: what was replaced keeps its cotangent': ['laws.primitive:scatterSet', 'isLinear(x) ? scatterSet(ct, indices.known, zerosLike(updates.aval), p) : null', 'isLinear(x) ? ct : null'],
    'scatterSet: replaced updates have cotangents': ['laws.primitive:scatterSet', 'select(staying(places, x.aval, p), taken, constantLike(0, taken))', 'taken'],
    'scatterSet: the tangent of the updates is dropped': ['laws.primitive:scatterSet', 'tUpdates ?? zerosLike(avalOf(updates)), p) : null', 'zerosLike(avalOf(updates)), p) : null'],
    'scatterSet: the first update stays': ['test/primitive/scatter.test.ts', 'combine: (_old, update) => update,', 'combine: (old, update) => old || update,'],
    'scatterMul: the operand is no factor of the derivative': ['laws.primitive:scatterMul', 'mul(x, derivativeOfFactors(x, indices, updates, tUpdates, p))', 'derivativeOfFactors(x, indices, updates, tUpdates, p)'],
    'scatterMul: only the updates before count as factors': ['laws.primitive:scatterMul', 'mul(productOfOthers(false), productOfOthers(true))', 'productOfOthers(false)'],
    'scatterMax and scatterMin: ties do not share': ['laws.primitive:scatterMax', 'return div(total, scatterAdd(convert(byOperand, x.dtype), indices, convert(byUpdates, x.dtype), p));', 'return total;'],
    'scatterMax and scatterMin: updates that lose have a share': ['laws.primitive:scatterMin', 'choose(byUpdates, tUpdates, null) ?? constantLike(0, updates), p,', 'tUpdates ?? constantLike(0, updates), p,'],
    'scatter: paired indices stay unpaired under vmap': ['laws.primitive:scatterMul', 'batchDims: shared ? 0 : p.batchDims + 1 }', 'batchDims: shared ? 0 : p.batchDims }'],
  }),
  ...mutantsOf('src/primitive/dynamicSlice.ts', {
    'dynamicUpdateSlice: what was replaced keeps its cotangent': ['laws.primitive:dynamicUpdateSlice', 'isLinear(x) ? dynamicUpdateSlice(ct, zerosLike(update.aval), places) : null', 'isLinear(x) ? ct : null'],
    'dynamicUpdateSlice: the block itself is among the tangents': ['laws.primitive:dynamicUpdateSlice', 'tUpdate ?? zerosLike(avalOf(update))', 'tUpdate ?? update'],
    'dynamicUpdateSlice: one column too many of each example': ['laws.primitive:dynamicUpdateSlice', 'lt(within, constantLike(m, within))', 'lt(within, constantLike(m + 1, within))'],
    'dynamicSlice: starts of a batch are not clamped': ['laws.primitive:dynamicSlice', 'broadcastInDim(clamped(at(starts, axis), at(shape, axis) - n), [size, n], [0])', 'broadcastInDim(at(starts, axis), [size, n], [0])'],
    'dynamicSlice: the axis of new examples stays': ['laws.primitive:dynamicSlice', `moveAxis(gather(y, indices, { axis, mode: 'promise' }), axis, 0)`, `gather(y, indices, { axis, mode: 'promise' })`],
    'dynamicSlice: starts are clamped to the axis, not to the last block': ['test/primitive/dynamicSlice.test.ts', 'Math.min(Math.max(s.data[0] ?? 0, 0), at(shape, i) - at(sizes, i))', 'Math.min(Math.max(s.data[0] ?? 0, 0), at(shape, i) - 1)'],
    'dynamicSlice: the transpose places the block at the beginning': ['laws.primitive:dynamicSlice', 'dynamicUpdateSlice(zerosLike(x.aval), ct, starts.flatMap(s => s.known ?? []))', `dynamicUpdateSlice(zerosLike(x.aval), ct, starts.map(() => constant(0, [], 'i32')))`],
  }),
  ...mutantsOf('src/primitive/iota.ts', {
    'iota: counts along the last axis': ['test/primitive/structuralViews.test.ts', 'const inner = sizeOf(shape.slice(axis + 1));', 'const inner = 1;'],
  }),
  ...mutantsOf('src/primitive/sort.ts', {
    'sort: tangents stay where they are': ['laws.primitive:sort', `takeAlongAxis(s, order, axis, 'promise') : null`, 's : null'],
    'sort: the batch axis shifts nothing': ['laws.primitive:sort', 'bind(sortP, alignBatch(x, batched, size), { axis: axis + 1 })', 'bind(sortP, alignBatch(x, batched, size), { axis })'],
    'sort: negative keys are in opposite order': ['test/primitive/sort.test.ts', 'negative ? ~b : b ^ 0x8000_0000', 'negative ? b : b ^ 0x8000_0000'],
    'sort: NaN comes first': ['test/primitive/sort.test.ts', 'high[i] = key !== key ? 0xffff_ffff :', 'high[i] = key !== key ? 0 :'],
    'sort: -0 comes before 0': ['test/primitive/sort.test.ts', 'value[0] = key + 0;', 'value[0] = key;'],
    'sort: signed integers are sorted as unsigned ones': ['test/primitive/sort.test.ts', 'dtypeInfo[dtype].signed ? 0x8000_0000 : 0', '0'],
    'topK: of equal elements the last comes first': ['test/primitive/sort.test.ts', 'const backwards = (y: AnyTensor): AnyTensor => reverse(y, [axis]);\n  const order = at(sort(backwards(stopGradient(x)), [backwards(iota(x.shape, \'i32\', axis))], axis), 1);', 'const backwards = (y: AnyTensor): AnyTensor => reverse(y, [axis]);\n  const order = at(sort(stopGradient(x), [iota(x.shape, \'i32\', axis)], axis), 1);'],
  }),
  ...mutantsOf('src/primitive/threefry.ts', {
    'threefry: a rotation is wrong': ['test/primitive/structuralRandom.test.ts', '[13, 15, 26, 6, 17, 29, 16, 24]', '[13, 15, 26, 6, 17, 29, 16, 23]'],
    'threefry: the parity constant': ['test/primitive/structuralRandom.test.ts', '0x1bd11bda', '0x1bd11bdb'],
    'randomBits: every key draws the same': ['laws.primitive:randomBits', '[keys[2 * k] ?? 0, keys[2 * k + 1] ?? 0]', '[keys[0] ?? 0, keys[1] ?? 0]'],
  }),
  ...mutantsOf('src/primitive/alongAxis.ts', {
    'takeAlongAxis: the axis is not put back': ['laws.primitive:sort', '{ axis: last, batchDims: last }), last, axis)', '{ axis: last, batchDims: last }), axis, last)'],
  }),
  ...mutantsOf('src/primitive/gatherWindows.ts', {
    'gather in general: a window may begin outside': ['test/primitive/gatherWindows.test.ts', 'const start = min(max(given, zero), room);', 'const start = given;'],
    'gather in general: a window that sticks out counts as inside': ['test/primitive/gatherWindows.test.ts', 'and(ge(given, zero), le(given, room))', 'ge(given, zero)'],
    'gather in general: windows stand where the map has them': ['test/primitive/gatherWindows.test.ts', 'const ascending = [...windowAxes].sort((a, b) => a - b);', 'const ascending = windowAxes;'],
    'gather in general: entries are read in the order of the axes': ['test/primitive/gatherWindows.test.ts', 'const entry = d.startIndexMap.indexOf(axis);', 'const entry = d.startIndexMap.includes(axis) ? [...d.startIndexMap].sort((a, b) => a - b).indexOf(axis) : -1;'],
    'gather in general: batch axes keep the order of the indices': ['test/primitive/gatherWindows.test.ts', 'const starts = transpose(signed, [...plan.order, last]);', 'const starts = signed;'],
  }),
  ...mutantsOf('src/primitive/sharding.ts', {
    'shardingConstraint: the tangent is dropped': ['laws.primitive:shardingConstraint', 't ? shardingConstraint(t, spec) : null', 'null'],
    'shardingConstraint: the mapped axis takes the first wish': ['laws.primitive:shardingConstraint', `shardingConstraint(x, ['', ...spec])`, 'shardingConstraint(x, spec)'],
  }),
  ...mutantsOf('src/numpy/sets.ts', {
    'union1d: NaN is lost': [definitions, 'or(or(inA, inB), nan)', 'or(inA, inB)'],
    'setdiff1d: NaN of the first is lost': [definitions, 'or(among(at(flat, 0)), and(nan, anyNaN))', 'among(at(flat, 0))'],
    'setxor1d: NaN is lost': [definitions, 'or(ne(inA, inB), nan)', 'ne(inA, inB)'],
    'distinct: each NaN is an element': [definitions, 'and(ne(later, earlier), not(bothNaN))', 'ne(later, earlier)'],
    'nonzero: indices are not taken modulo the axis': [definitions, 'const index = rem(div(flat, constantLike(Math.max(1, at(strides, axis)), flat)), constantLike(Math.max(1, n), flat));', 'const index = div(flat, constantLike(Math.max(1, at(strides, axis)), flat));'],
  }),
  ...mutantsOf('src/lax/collective.ts', {
    'ppermute: positions that receive nothing keep what they took': [definitions, 'return select(broadcastTo(sent, taken.shape), taken, zero);', 'return taken;'],
    'allToAll: the named axis is not split': [definitions, 'moveAxis(collective.allGather(handle, axisName), from + 1, 0)', 'collective.allGather(handle, axisName)'],
    'psumScatter: without the sum': [definitions, 'moveAxis(collective.psum(handle, axisName), place, 0)', 'moveAxis(handle, place, 0)'],
  }),
  ...mutantsOf('src/lax/reduce.ts', {
    'reduce: the odd element at the end is dropped': [definitions, 'list = n === even ? combined : combined.map(', 'list = n >= even ? combined : combined.map('],
    'reduce: the pairs are exchanged': [definitions, 'combine(list.map(x => every(x, 0)), list.map(x => every(x, 1)))', 'combine(list.map(x => every(x, 1)), list.map(x => every(x, 0)))'],
    'reduceAnd: starts from no bits': [definitions, "bitwise('reduceAnd', and, -1, reduceMin)", "bitwise('reduceAnd', and, 0, reduceMin)"],
  }),
  ...mutantsOf('src/lax/shapes.ts', {
    'mulhi: the carry of the lower halves': [definitions, 'const t = add(mul(ah, bl), shiftRightLogical(mul(al, bl), c(16)));', 'const t = mul(ah, bl);'],
    'patches: features are one group': [definitions, '[...range(window.length), window.length, window.length + 2]', '[...range(window.length), window.length, window.length + 1]'],
  }),
  ...mutantsOf('src/shape/take.ts', {
    'take: the place after the last is inside': ['test/shape/differential.test.ts', 'index < 0 || index >= count', 'index < 0 || index > count'],
  }),
];
