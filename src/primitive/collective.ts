// psum, pmax, pmin, allGather and axisIndex: operations over the axis that vmap names. They vanish when that axis is batched.
// Floor 2. The sum and the gathering are linear: psum's transpose is psum, allGather's is psum at one's own position.
import { CotangentError, ShapeError } from '../error.ts';
import { aval } from '../ir/aval.ts';
import type { NestedRules, Params, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { sizeOfNamedAxis } from '../trace/axes.ts';
import { bind1 } from '../trace/scope.ts';
import { div, mul } from './arithmetic.ts';
import { addBatchAxis, constant, constantLike, reduceSum } from './broadcast.ts';
import { eq } from './comparison.ts';
import { convert } from './convert.ts';
import { at, expectCount, expectDType, operand, pure } from './define.ts';
import { dynamicSlice } from './dynamicSlice.ts';
import { iota } from './iota.ts';
import { reduceMax, reduceMin } from './reduce.ts';
import { reshape } from './reshape.ts';
import { moveAxis } from './transpose.ts';

type AxisParams = { readonly axisName: string; readonly size: number };

const unbound = (name: string, { axisName }: AxisParams): CotangentError =>
  new CotangentError('axis', `${name}: the axis '${axisName}' is not mapped here; the program was staged inside vmap(f, { axisName: '${axisName}' }) and must be batched before it runs`);

/** The sum over the named axis, at every position of it. */
export const psumP: Primitive<AxisParams> = {
  name: 'psum',
  properties: { ...pure, zeroPreserving: true, namedAxis: true },
  type(inputs) { expectCount(inputs, 1, 'psum'); return [operand(inputs, 0, 'psum')]; },
  evaluate(_inputs, params) { throw unbound('psum', params); },
  rules: {
    kind: 'nested',
    ...linearDual(() => psumP),
    // An unbatched value is the same at every position: its sum is n times it.
    batch: batchAxis(() => psumP, (x, batched, n) => reduceSum(batched ? x : addBatchAxis(x, n), [0])),
  },
  linear: { transpose: ([ct], _x, params) => [ct ? bind1(psumP, [ct], params) : null], linearIn: () => [[0]] },
  lowering: { kind: 'program' },
  sample: draw => ({ operands: [{ aval: aval(draw.shape(2), draw.float()) }], params: { axisName: 'sample', size: 2 } }),
  ulp: 4,
};

/** The extremum over the named axis, at every position of it; NaN wins. Ties share the gradient equally, as in reduceMax. */
function extremum(name: 'pmax' | 'pmin', reduce: (x: AnyTensor, axes: readonly number[]) => AnyTensor): Primitive<AxisParams> {
  const dual: NestedRules<AxisParams>['jvp'] = ([x], [t], params) => {
    if (x === undefined) return { primals: [], tangents: [] };
    const out = bind1(record, [x], params);
    if (!t) return { primals: [out], tangents: [null] };
    const winners = convert(eq(x, out), x.dtype);
    const share = div(winners, bind1(psumP, [winners], params));
    return { primals: [out], tangents: [bind1(psumP, [mul(share, t)], params)] };
  };
  const record: Primitive<AxisParams> = {
    name,
    properties: { ...pure, zeroPreserving: true, namedAxis: true },
    type(inputs) {
      expectCount(inputs, 1, name);
      const x = operand(inputs, 0, name);
      expectDType(x, 'number', name);
      return [x];
    },
    evaluate(_inputs, params) { throw unbound(name, params); },
    rules: { kind: 'nested', jvp: dual, linearize: dual, batch: batchAxis(() => record, (x, batched) => batched ? reduce(x, [0]) : x) },
    linear: null,
    lowering: { kind: 'program' },
    sample: draw => ({ operands: [{ aval: aval(draw.shape(2), draw.float()) }], params: { axisName: 'sample', size: 2 } }),
    ulp: 0,
  };
  return record;
}
export const pmaxP = extremum('pmax', reduceMax);
export const pminP = extremum('pmin', reduceMin);

/** The values of all positions along the named axis, stacked along a new first axis, at every position of it. */
export const allGatherP: Primitive<AxisParams> = {
  name: 'allGather',
  properties: { ...pure, zeroPreserving: true, namedAxis: true },
  type(inputs, { size }) {
    expectCount(inputs, 1, 'allGather');
    const { shape, dtype } = operand(inputs, 0, 'allGather');
    return [aval([size, ...shape], dtype)];
  },
  evaluate(_inputs, params) { throw unbound('allGather', params); },
  rules: {
    kind: 'nested',
    ...linearDual(() => allGatherP),
    // Another axis, which stands first in the operand, stands second in what is gathered.
    batch: batchAxis(() => allGatherP, (x, batched, n) => batched ? x : addBatchAxis(x, n), y => moveAxis(y, 1, 0)),
  },
  linear: {
    transpose([ct], [x], params) {
      if (!ct || x === undefined) return [null];
      const { shape } = x.aval;
      const start = [bind1(axisIndexP, [], params), ...shape.map(() => constant(0, [], 'i32'))];
      return [reshape(dynamicSlice(bind1(psumP, [ct], params), start, [1, ...shape]), shape)];
    },
    linearIn: () => [[0]],
  },
  lowering: { kind: 'program' },
  sample: draw => ({ operands: [{ aval: aval(draw.shape(2), draw.float()) }], params: { axisName: 'sample', size: 3 } }),
  ulp: 0,
};

/** The position along the named axis, i32. */
export const axisIndexP: Primitive<AxisParams> = {
  name: 'axisIndex',
  properties: { ...pure, namedAxis: true },
  type(inputs) { expectCount(inputs, 0, 'axisIndex'); return [aval([], 'i32')]; },
  evaluate(_inputs, params) { throw unbound('axisIndex', params); },
  rules: {
    kind: 'nested',
    jvp: (_x, _t, params) => ({ primals: [bind1(axisIndexP, [], params)], tangents: [null] }),
    linearize: (_x, _t, params) => ({ primals: [bind1(axisIndexP, [], params)], tangents: [null] }),
    batch: (_x, _batched, params, size, { axisName }) => axisName === params.axisName
      ? { outputs: [iota([size], 'i32', 0)], batched: [true] }
      : { outputs: [bind1(axisIndexP, [], params)], batched: [false] },
  },
  linear: null,
  lowering: { kind: 'program' },
  sample: () => ({ operands: [], params: { axisName: 'sample', size: 2 } }),
  ulp: 0,
};

/** Rules of an operation that is linear in its one operand. */
function linearDual<P extends Params>(primitive: () => Primitive<P>): Pick<NestedRules<P>, 'jvp' | 'linearize'> {
  const dual: NestedRules<P>['jvp'] = ([x], [t], params) => ({
    primals: x === undefined ? [] : [bind1(primitive(), [x], params)], tangents: [t ? bind1(primitive(), [t], params) : null],
  });
  return { jvp: dual, linearize: dual };
}
/**
 * The batching rule of an operation of one operand: `over` where the axis that it names is the one that is being mapped, and its result the
 * same at every position; else the operation itself, and `after` puts the batch axis of its result first.
 */
function batchAxis(
  primitive: () => Primitive<AxisParams>, over: (x: AnyTensor, batched: boolean, size: number) => AnyTensor, after: (y: AnyTensor) => AnyTensor = y => y,
): NestedRules<AxisParams>['batch'] {
  return (inputs, mask, params, size, { axisName }) => {
    const x = at(inputs, 0);
    const batched = mask[0] === true;
    if (axisName === params.axisName) return { outputs: [over(x, batched, size)], batched: [false] };
    const y = bind1(primitive(), [x], params);
    return { outputs: [batched ? after(y) : y], batched: [batched] };
  };
}

/**
 * The sum of `x` over the axis that an enclosing `vmap(f, { axisName })` maps, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 */
export const psum = (x: AnyTensor, axisName: string): AnyTensor => bind1(psumP, [x], { axisName, size: sizeOfNamedAxis(axisName, 'psum') });
/** The mean of `x` over the named axis. */
export const pmean = (x: AnyTensor, axisName: string): AnyTensor => div(psum(x, axisName), constantLike(sizeOfNamedAxis(axisName, 'pmean'), x));
/**
 * The greatest value of `x` over the named axis, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 */
export const pmax = (x: AnyTensor, axisName: string): AnyTensor => bind1(pmaxP, [x], { axisName, size: sizeOfNamedAxis(axisName, 'pmax') });
/** The least value over the named axis. */
export const pmin = (x: AnyTensor, axisName: string): AnyTensor => bind1(pminP, [x], { axisName, size: sizeOfNamedAxis(axisName, 'pmin') });
/**
 * The values of `x` at all positions along the named axis, at every position of it: stacked along a new axis `axis` (default 0), or, `tiled`,
 * one after another along the axis that is there.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 */
export function allGather(x: AnyTensor, axisName: string, { axis = 0, tiled = false }: { readonly axis?: number; readonly tiled?: boolean } = {}): AnyTensor {
  const size = sizeOfNamedAxis(axisName, 'allGather');
  const rank = x.shape.length + (tiled ? 0 : 1);
  const place = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(place) || place < 0 || place >= rank) throw new ShapeError(`allGather: axis ${axis} is out of range for rank ${rank}`, 'axis');
  const gathered = moveAxis(bind1(allGatherP, [x], { axisName, size }), 0, place);
  return tiled ? reshape(gathered, x.shape.map((d, i) => i === place ? size * d : d)) : gathered;
}
/** The position along the named axis, an i32 scalar. */
export const axisIndex = (axisName: string): AnyTensor => bind1(axisIndexP, [], { axisName, size: sizeOfNamedAxis(axisName, 'axisIndex') });
