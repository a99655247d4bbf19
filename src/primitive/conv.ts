// convGeneral: convolutions of any number of spatial axes. Its gradients, with respect to the input and to the kernel, are convolutions.
// Floor 2. As in machine learning the kernel is not turned round: a cross-correlation. XLA's Convolution, JAX's conv_general_dilated.
import { DTypeError, ShapeError } from '../error.ts';
import { range, showShape, sizeOf, stridesOf, type Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { ContractionLoop, Draw, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { literal } from '../trace/handle.ts';
import { bind1, stage } from '../trace/scope.ts';
import { add, addTangents, mul } from './arithmetic.ts';
import { broadcastInDim, constant, reduceSum } from './broadcast.ts';
import { eq } from './comparison.ts';
import { concatenate } from './concatenate.ts';
import { convolve, type ConvParams } from './convolve.ts';
import { at, expectCount, expectDType, operand, pure } from './define.ts';
import { iota } from './iota.ts';
import { and } from './logical.ts';
import { reshape } from './reshape.ts';
import { reverse } from './reverse.ts';
import { rem } from './rounding.ts';
import { select } from './select.ts';
import { pad, slice, sliceAxis } from './slice.ts';
import { moveAxis } from './transpose.ts';
import { dilatedLength, transposedWindows, windowCounts, type PaddingPair, type WindowParams } from './window.ts';

export type { ConvParams } from './convolve.ts';

/** `out[n, o, p] = sum over c, k of lhs[n, c, p * stride + k * dilation - low] * rhs[o, c, k]`, where what lies outside is zero. */
export const convGeneralP: Primitive<ConvParams> = {
  name: 'convGeneral',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, p) {
    expectCount(inputs, 2, 'convGeneral');
    const x = operand(inputs, 0, 'convGeneral');
    const w = operand(inputs, 1, 'convGeneral');
    expectDType(x, 'number', 'convGeneral');
    if (x.dtype !== w.dtype) throw new DTypeError(`convGeneral: dtypes differ: ${x.dtype} vs ${w.dtype} (use astype)`);
    if (x.shape.length < 2 || x.shape.length !== w.shape.length) throw new ShapeError(`convGeneral: input ${showShape(x.shape)} and kernel ${showShape(w.shape)} need one rank, of 2 or more`);
    expectAxesOf(p.lhs, x.shape, 'input');
    expectAxesOf(p.rhs, w.shape, 'kernel');
    expectAxesOf(p.out, x.shape, 'result');
    const groups = expectGroups(x.shape, w.shape, p);
    const counts = windowCounts(pick(x.shape, spatial(p.lhs)), windowsOf(w.shape, p), 'convGeneral');
    const shape = new Array<number>(x.shape.length).fill(0);
    [at(pick(x.shape, p.lhs), 0) / groups.batch, at(w.shape, at(p.rhs, 0)), ...counts].forEach((n, i) => { shape[at(p.out, i)] = n; });
    return [{ shape, dtype: x.dtype }];
  },
  // Each element of the result takes a product with the kernel's window and input features: all of the kernel but its output features.
  flops: ([, w], p, [out]) => 2 * sizeOf(out?.shape ?? []) * sizeOf((w?.shape ?? []).filter((_, i) => i !== p.rhs[0])),
  evaluate(inputs, p, outputs) { convolve(at(inputs, 0), at(inputs, 1), at(outputs, 0), p); },
  rules: {
    kind: 'flat',
    jvp: ([x, w], [s, t], p) => [addTangents(s && w ? convGeneral(s, w, p) : null, t && x ? convGeneral(x, t, p) : null)],
    batch([x, w], batched, p, size) {
      if (x === undefined || w === undefined) return { outputs: [], batched: [] };
      return { outputs: [batchedConv(x, w, batched[0] === true, batched[1] === true, p, size)], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, w], p) {
      if (!ct || x === undefined || w === undefined || sizeOf(ct.shape) === 0) return [null, null];
      if (w.known) return [cotangentOfInput(ct, x.aval.shape, w.known, p), null];
      return [null, x.known ? cotangentOfKernel(ct, x.known, w.aval.shape, p) : null];
    },
    linearIn: () => [[0], [1]],
  },
  lowering: { kind: 'contraction', contract: (p, inputs, out) => needsPadding(p) ? preparedProgram(p, inputs, out) : convLoops(p, inputs, out) },
  sample(draw) {
    const n = draw.int(1, 2);
    const [featureGroups, batchGroups] = draw.pick<readonly [number, number]>([[1, 1], [1, 2], [2, 1], [3, 1], [1, 2]]);
    const channels = draw.int(1, 2);
    const window = range(n).map(() => draw.int(1, 3));
    const params: ConvParams = {
      strides: window.map(() => draw.int(1, 2)), lhsDilation: window.map(() => draw.int(1, 2)), rhsDilation: window.map(() => draw.int(1, 2)),
      padding: window.map(() => [draw.int(-1, 2), draw.int(-1, 2)]),
      featureGroups, batchGroups, lhs: drawAxes(draw, n), rhs: drawAxes(draw, n), out: drawAxes(draw, n),
    };
    const dtype = draw.float();
    // At least three elements, so that what negative padding leaves is an axis still.
    const input = [batchGroups * (draw.int(0, 7) === 7 ? 0 : draw.int(1, 2)), channels * featureGroups, ...window.map(() => draw.int(3, 5))];
    const kernel = [draw.int(1, 2) * featureGroups * batchGroups, channels, ...window];
    return { operands: [{ aval: { shape: place(input, params.lhs), dtype } }, { aval: { shape: place(kernel, params.rhs), dtype } }], params };
  },
  ulp: 4,
};

const needsPadding = (p: ConvParams): boolean => p.padding.some(([low, high]) => low !== 0 || high !== 0) || p.lhsDilation.some(n => n !== 1);
/** The same convolution without padding and holes: of an input that has them made, or by phases where that multiplies much by nothing. */
const preparedProgram = (p: ConvParams, inputs: readonly Aval[], out: Aval): Jaxpr => isPhased(p, inputs, out) ? phasedProgram(p, inputs, out) : paddedProgram(p, inputs);
const hasPhases = (p: ConvParams, axis: number): boolean => at(p.lhsDilation, axis) > 1 && at(p.strides, axis) === 1 && at(p.rhsDilation, axis) === 1;
/** Multiplications that phases must save: they are more kernels. */
const worthPhases = 2 ** 22;
function isPhased(p: ConvParams, [, w]: readonly Aval[], out: Aval): boolean {
  const holes = p.lhsDilation.reduce((n, every, axis) => hasPhases(p, axis) ? n * every : n, 1);
  return w !== undefined && holes > 1 && sizeOf(out.shape) * sizeOf(w.shape) / Math.max(1, at(w.shape, at(p.rhs, 0))) * (1 - 1 / holes) >= worthPhases;
}
/**
 * Along an axis with holes `every` apart only every so manieth place of the kernel meets a number, and which depends on the phase of the place in
 * the result. The places of one phase are a convolution of the input without its holes with those places of the kernel; the phases are put
 * together at the end. The other places of the kernel meet zeros: where one is infinite or NaN, so is the phase.
 */
export function phasedProgram(p: ConvParams, inputs: readonly Aval[], out: Aval): Jaxpr {
  return stage('convGeneral', inputs, ([x, w]) => {
    if (x === undefined || w === undefined) return [];
    const cut = range(p.lhsDilation.length).filter(axis => hasPhases(p, axis));
    const every = (axis: number): number => at(p.lhsDilation, axis);
    const ownOf = (axis: number): number => at(spatial(p.out), axis);
    const inKernel = (axis: number): number => at(spatial(p.rhs), axis);
    const positions = (axis: number): number => Math.ceil(at(out.shape, ownOf(axis)) / every(axis));
    /** The first place of the kernel that meets a number in a phase. */
    const firstOf = (axis: number, phase: number): number => { const n = every(axis); return (((at(p.padding, axis)[0] - phase) % n) + n) % n; };
    const nothing = (shape: readonly number[]): AnyTensor => constant(0, shape, w.dtype);
    const phase = (phases: readonly number[]): AnyTensor => {
      const firsts = cut.map((axis, i) => firstOf(axis, at(phases, i)));
      const counts = cut.map((axis, i) => Math.max(0, Math.ceil((at(w.shape, inKernel(axis)) - at(firsts, i)) / every(axis))));
      const met = cut.map((axis, i) => eq(rem(iota(w.shape, 'i32', inKernel(axis)), constant(every(axis), w.shape, 'i32')), constant(at(firsts, i), w.shape, 'i32'))).reduce(and);
      const unmet = mul(select(met, nothing(w.shape), w), nothing(w.shape));
      if (counts.includes(0)) {
        const shape = out.shape.map((n, a) => { const axis = cut.find(c => ownOf(c) === a); return axis === undefined ? n : positions(axis); });
        return broadcastInDim(reduceSum(unmet, range(w.shape.length).filter(a => a !== p.rhs[0])), shape, [at(p.out, 1)]);
      }
      const steps = w.shape.map((_, a) => { const axis = cut.find(c => inKernel(c) === a); return axis === undefined ? 1 : every(axis); });
      const starts = w.shape.map((_, a) => { const i = cut.findIndex(c => inKernel(c) === a); return i < 0 ? 0 : at(firsts, i); });
      const own = slice(w, starts, w.shape, steps);
      const kept = [at(p.rhs, 0), at(p.rhs, 1)].sort((a, b) => a - b);
      const kernel = add(own, broadcastInDim(reduceSum(unmet, range(w.shape.length).filter(a => !kept.includes(a))), own.shape, kept));
      const padding = p.padding.map((pair, axis): PaddingPair => {
        const i = cut.indexOf(axis);
        if (i < 0) return pair;
        const first = (at(phases, i) + at(firsts, i) - pair[0]) / every(axis);
        return [-first, positions(axis) + first + at(counts, i) - 1 - at(x.shape, at(spatial(p.lhs), axis))];
      });
      return convGeneral(x, kernel, { ...p, padding, lhsDilation: p.lhsDilation.map((n, axis) => cut.includes(axis) ? 1 : n) });
    };
    const joined = (phases: readonly number[]): AnyTensor => {
      const axis = cut[phases.length];
      if (axis === undefined) return phase(phases);
      const own = ownOf(axis);
      const parts = range(every(axis)).map(k => { const y = joined([...phases, k]); return reshape(y, [...y.shape.slice(0, own + 1), 1, ...y.shape.slice(own + 1)]); });
      const all = concatenate(parts, own + 1);
      return sliceAxis(reshape(all, [...all.shape.slice(0, own), at(all.shape, own) * every(axis), ...all.shape.slice(own + 2)]), own, 0, at(out.shape, own));
    };
    return [joined([])];
  }, { numbers: 'literals' }).jaxpr;
}
/** The same convolution of the input with its padding and its holes made. */
function paddedProgram(p: ConvParams, inputs: readonly Aval[]): Jaxpr {
  return stage('convGeneral', inputs, ([x, w]) => {
    if (x === undefined || w === undefined) return [];
    const along = (values: readonly number[]): number[] => { const all = x.shape.map(() => 0); spatial(p.lhs).forEach((a, i) => { all[a] = at(values, i); }); return all; };
    const wide = pad(x, literal(0, { shape: [], dtype: x.dtype }), along(p.padding.map(([low]) => low)), along(p.padding.map(([, high]) => high)), along(p.lhsDilation.map(n => n - 1)));
    return [convGeneral(wide, w, { ...p, padding: p.padding.map((): PaddingPair => [0, 0]), lhsDilation: p.lhsDilation.map(() => 1) })];
  }, { numbers: 'literals' }).jaxpr;
}
/** Groups, examples, places and features of the result; channels and places of the window are summed over. */
function convLoops(p: ConvParams, [x, w]: readonly Aval[], out: Aval): readonly ContractionLoop[] {
  if (x === undefined || w === undefined) return [];
  const [xs, ws, os] = [stridesOf(x.shape), stridesOf(w.shape), stridesOf(out.shape)];
  const [batchAxis = 0, featureAxis = 0] = p.lhs;
  const [filterAxis = 0, channelAxis = 0] = p.rhs;
  const [outBatch = 0, outFeature = 0] = p.out;
  const groups = p.featureGroups * p.batchGroups;
  const [examples, features, channels] = [at(out.shape, outBatch), at(w.shape, filterAxis) / groups, at(w.shape, channelAxis)];
  const groupStep = p.batchGroups > 1 ? examples * at(xs, batchAxis) : channels * at(xs, featureAxis);
  return [
    { extent: groups, lhs: groupStep, rhs: features * at(ws, filterAxis), out: features * at(os, outFeature) },
    { extent: examples, lhs: at(xs, batchAxis), rhs: 0, out: at(os, outBatch) },
    ...spatial(p.out).map((a, i) => ({ extent: at(out.shape, a), lhs: at(xs, at(spatial(p.lhs), i)) * at(p.strides, i), rhs: 0, out: at(os, a) })),
    { extent: features, lhs: 0, rhs: at(ws, filterAxis), out: at(os, outFeature) },
    ...spatial(p.rhs).map((a, i) => ({ extent: at(w.shape, a), lhs: at(xs, at(spatial(p.lhs), i)) * at(p.rhsDilation, i), rhs: at(ws, a), out: 0 })),
    { extent: channels, lhs: at(xs, featureAxis), rhs: at(ws, channelAxis), out: 0 },
  ];
}
const pick = (xs: readonly number[], axes: readonly number[]): number[] => axes.map(a => at(xs, a));
const spatial = (axes: readonly number[]): readonly number[] => axes.slice(2);
/** Exchanges what the first two axes are: batch and features, output and input features. */
const exchanged = ([a = 0, b = 0, ...rest]: readonly number[]): number[] => [b, a, ...rest];
/** Sizes in the order batch, features, space, put where the axes stand. */
function place(sizes: readonly number[], axes: readonly number[]): number[] {
  const shape = sizes.map(() => 0);
  sizes.forEach((n, i) => { shape[at(axes, i)] = n; });
  return shape;
}
/** Channels last, first, or in an odd place. */
const drawAxes = (draw: Draw, n: number): number[] =>
  draw.pick([[0, n + 1, ...range(n).map(i => i + 1)], range(n + 2), [n + 1, n, ...range(n)], [1, 0, ...range(n).map(i => n + 1 - i)]]);

const windowsOf = (kernel: readonly number[], p: ConvParams): WindowParams => ({
  window: pick(kernel, spatial(p.rhs)), strides: p.strides, padding: p.padding, baseDilation: p.lhsDilation, windowDilation: p.rhsDilation,
});

function expectAxesOf(axes: readonly number[], shape: readonly number[], what: string): void {
  const complete = axes.length === shape.length && range(axes.length).every(i => axes.includes(i));
  if (!complete) throw new ShapeError(`convGeneral: ${showShape(axes)} are not the axes of the ${what} ${showShape(shape)}`, 'axis');
}
function expectGroups(x: readonly number[], w: readonly number[], { featureGroups, batchGroups, lhs, rhs }: ConvParams): { readonly batch: number } {
  const [examples = 0, features = 0] = pick(x, lhs);
  const [filters = 0, channels = 0] = pick(w, rhs);
  for (const n of [featureGroups, batchGroups]) if (!Number.isInteger(n) || n < 1) throw new ShapeError(`convGeneral: ${n} groups`);
  if (featureGroups > 1 && batchGroups > 1) throw new ShapeError(`convGeneral: ${featureGroups} feature groups and ${batchGroups} batch groups exclude each other`);
  if (channels * featureGroups !== features) {
    const wants = featureGroups === 1 ? `${channels}` : `${channels} x ${featureGroups} groups`;
    throw new ShapeError(`convGeneral: input ${showShape(x)} has ${features} channels, kernel ${showShape(w)} wants ${wants}`);
  }
  const groups = featureGroups * batchGroups;
  if (filters % groups !== 0) throw new ShapeError(`convGeneral: the ${filters} output features of kernel ${showShape(w)} do not divide into ${groups} groups`);
  if (examples % batchGroups !== 0) throw new ShapeError(`convGeneral: the ${examples} examples of input ${showShape(x)} do not divide into ${batchGroups} groups`);
  return { batch: batchGroups };
}

/** Splits an axis into [count, rest]. */
const splitAxis = (x: AnyTensor, axis: number, count: number): AnyTensor =>
  reshape(x, [...x.shape.slice(0, axis), count, at(x.shape, axis) / count, ...x.shape.slice(axis + 1)]);
/** Takes axis `from` out and makes it the outer part of what is then axis `into`. */
function mergeAxis(x: AnyTensor, from: number, into: number): AnyTensor {
  const y = moveAxis(x, from, into);
  return reshape(y, [...y.shape.slice(0, into), at(y.shape, into) * at(y.shape, into + 1), ...y.shape.slice(into + 2)]);
}

/**
 * One convolution whatever is batched: further examples where the kernel is shared, further output features where the input is,
 * further groups where neither is. Batch axes come first, so the axes of `p` count from the second one.
 */
function batchedConv(x: AnyTensor, w: AnyTensor, xBatched: boolean, wBatched: boolean, p: ConvParams, size: number): AnyTensor {
  const groups = p.featureGroups * p.batchGroups;
  const [batchAxis = 0, featureAxis = 0] = p.lhs;
  const [filterAxis = 0] = p.rhs;
  const [outBatch = 0, outFeature = 0] = p.out;
  if (size === 0) {
    // Zero groups are no groups: the result is empty, and its shape is all there is to it.
    const [out] = convGeneralP.type([x, w].map((y, i) => ({ shape: (i === 0 ? xBatched : wBatched) ? y.shape.slice(1) : y.shape, dtype: y.dtype })), p);
    return constant(0, [0, ...out?.shape ?? []], x.dtype);
  }
  // The outer part of an axis of the result, brought to the front.
  const front = (y: AnyTensor, axis: number): AnyTensor => moveAxis(splitAxis(y, axis, size), axis, 0);
  if (xBatched && wBatched) {
    const grouped = p.batchGroups > 1 ? { ...p, batchGroups: p.batchGroups * size } : { ...p, featureGroups: p.featureGroups * size };
    return front(convGeneral(mergeAxis(x, 0, p.batchGroups > 1 ? batchAxis : featureAxis), mergeAxis(w, 0, filterAxis), grouped), outFeature);
  }
  if (xBatched) {
    const folded = p.batchGroups === 1 ? mergeAxis(x, 0, batchAxis) : mergeInside(x, batchAxis, p.batchGroups);
    return front(convGeneral(folded, w, p), outBatch);
  }
  if (groups === 1) return front(convGeneral(x, mergeAxis(w, 0, filterAxis), p), outFeature);
  const y = splitAxis(convGeneral(x, mergeInside(w, filterAxis, groups), p), outFeature, groups);
  return mergeAxis(front(y, outFeature + 1), outFeature + 1, outFeature + 1);
}
/** Takes the leading axis into axis `axis` of the others, inside its groups: [groups, batch, rest]. */
const mergeInside = (x: AnyTensor, axis: number, groups: number): AnyTensor =>
  mergeAxis(mergeAxis(splitAxis(x, axis + 1, groups), 0, axis + 1), axis, axis);

/** The cotangent, spread by the strides, convolved with the reversed kernel, whose input and output features change places. */
function cotangentOfInput(ct: AnyTensor, x: readonly number[], w: AnyTensor, p: ConvParams): AnyTensor {
  const groups = p.featureGroups * p.batchGroups;
  const [filterAxis = 0, channelAxis = 0] = p.rhs;
  // A group's input features are its own: they become output features of the transposed kernel.
  const kernel = groups === 1 ? w : mergeAxis(splitAxis(w, filterAxis, groups), filterAxis, channelAxis);
  const t = transposedWindows(pick(x, spatial(p.lhs)), pick(ct.shape, spatial(p.out)), windowsOf(w.shape, p));
  const back = convGeneral(ct, reverse(kernel, [...spatial(p.rhs)].sort((a, b) => a - b)), {
    strides: t.strides, padding: t.padding, lhsDilation: t.baseDilation, rhsDilation: p.rhsDilation,
    featureGroups: groups, batchGroups: 1, lhs: p.out, rhs: exchanged(p.rhs), out: p.lhs,
  });
  if (p.batchGroups === 1) return back;
  const [batchAxis = 0, featureAxis = 0] = p.lhs;
  return mergeAxis(splitAxis(back, featureAxis, groups), featureAxis, batchAxis);
}
/** The input convolved with the cotangent: examples are summed over, features are examples, the kernel's window is the result's space. */
function cotangentOfKernel(ct: AnyTensor, x: AnyTensor, w: readonly number[], p: ConvParams): AnyTensor {
  const [input, counts, window] = [pick(x.shape, spatial(p.lhs)), pick(ct.shape, spatial(p.out)), pick(w, spatial(p.rhs))];
  // The windows begin where those of the convolution do, and end so that as many fit as the kernel has places.
  const padding = p.padding.map(([low], i): PaddingPair => {
    const reach = dilatedLength(at(counts, i), at(p.strides, i)) + dilatedLength(at(window, i), at(p.rhsDilation, i)) - 1;
    return [low, reach - low - dilatedLength(at(input, i), at(p.lhsDilation, i))];
  });
  return convGeneral(x, ct, {
    strides: p.rhsDilation, padding, lhsDilation: p.lhsDilation, rhsDilation: p.strides,
    featureGroups: p.batchGroups, batchGroups: p.featureGroups, lhs: exchanged(p.lhs), rhs: exchanged(p.out), out: exchanged(p.rhs),
  });
}
export const convGeneral = (x: AnyTensor, kernel: AnyTensor, params: ConvParams): AnyTensor => bind1(convGeneralP, [x, kernel], params);
