// psum and axisIndex: operations over the axis that vmap names. They vanish when that axis is batched.
// Floor 2. Linear: psum's transpose is the cotangent, copied.
import { CotangentError } from '../error.ts';
import { aval } from '../ir/aval.ts';
import type { NestedRules, Params, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { sizeOfNamedAxis } from '../trace/axes.ts';
import { bind1 } from '../trace/scope.ts';
import { addBatchAxis, constantLike, reduceSum } from './broadcast.ts';
import { div } from './arithmetic.ts';
import { at, expectCount, operand, pure } from './define.ts';
import { iota } from './iota.ts';

type AxisParams = { readonly axisName: string; readonly size: number };

const unbound = (name: string, { axisName }: AxisParams): CotangentError =>
  new CotangentError('axis', `${name}: the axis '${axisName}' is not mapped here; the program was staged inside vmap(f, { axisName: '${axisName}' }) and must be batched before it runs`);

/** The sum over the named axis, at every position of it. */
export const psumP: Primitive<AxisParams> = {
  name: 'psum',
  properties: { ...pure, zeroPreserving: true, namedAxis: true },
  type(inputs) { expectCount(inputs, 1, 'psum'); return [operand(inputs, 0, 'psum')]; },
  evaluate(_inputs, params) { throw unbound('psum', params); },
  rules: axisRules(() => psumP, (x, batched, { axisName, size }, n, mapped) => {
    if (mapped !== axisName) return { y: bind1(psumP, [x], { axisName, size }), batched };
    // An unbatched value is the same at every position: its sum is n times it.
    return { y: reduceSum(batched ? x : addBatchAxis(x, n), [0]), batched: false };
  }),
  linear: { transpose: ([ct], _x, params) => [ct ? bind1(psumP, [ct], params) : null], linearIn: () => [[0]] },
  lowering: { kind: 'program' },
  sample: draw => ({ operands: [{ aval: aval(draw.shape(2), draw.float()) }], params: { axisName: 'sample', size: 2 } }),
  ulp: 4,
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

type BatchOne<P extends Params> = (x: AnyTensor, batched: boolean, params: P, size: number, mapped: string | null) => { readonly y: AnyTensor; readonly batched: boolean };
/** Rules of a linear operation of one operand whose batching depends on which axis is being mapped. */
function axisRules<P extends Params>(primitive: () => Primitive<P>, batchOne: BatchOne<P>): NestedRules<P> {
  const dual: NestedRules<P>['jvp'] = ([x], [t], params) => ({
    primals: x === undefined ? [] : [bind1(primitive(), [x], params)], tangents: [t ? bind1(primitive(), [t], params) : null],
  });
  return {
    kind: 'nested', jvp: dual, linearize: dual,
    batch(inputs, mask, params, size, { axisName }) {
      const out = batchOne(at(inputs, 0), mask[0] === true, params, size, axisName);
      return { outputs: [out.y], batched: [out.batched] };
    },
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
/** The position along the named axis, an i32 scalar. */
export const axisIndex = (axisName: string): AnyTensor => bind1(axisIndexP, [], { axisName, size: sizeOfNamedAxis(axisName, 'axisIndex') });
