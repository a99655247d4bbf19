// shardingConstraint: the identity with a wish, over which axes of a mesh of devices each axis is spread. For what scales out.
// Floor 2. Tangents and cotangents carry the same wish; a mapped axis is spread over nothing.
import { ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import type { Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, operand, view } from './define.ts';

/** The mesh axis of each axis, '' for none. */
type ShardingParams = { readonly spec: readonly string[] };

/** The operand itself. StableHLO's custom call `Sharding`. */
export const shardingConstraintP: Primitive<ShardingParams> = {
  name: 'shardingConstraint',
  properties: view,
  type(inputs, { spec }) {
    expectCount(inputs, 1, 'shardingConstraint');
    const x = operand(inputs, 0, 'shardingConstraint');
    if (spec.length !== x.shape.length) throw new ShapeError(`shardingConstraint: ${spec.length} entries for the axes of ${showShape(x.shape)}; pass one for each, null where an axis is not spread`, 'axis');
    const twice = spec.find((name, i) => name !== '' && spec.indexOf(name) !== i);
    if (twice !== undefined) throw new ShapeError(`shardingConstraint: the mesh axis '${twice}' is given to two axes of ${showShape(x.shape)}`, 'axis');
    return [x];
  },
  evaluate(inputs, _params, outputs) { at(outputs, 0).data.set(at(inputs, 0).data); },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { spec }) => [t ? shardingConstraint(t, spec) : null],
    batch: ([x], _batched, { spec }) => ({ outputs: x === undefined ? [] : [shardingConstraint(x, ['', ...spec])], batched: [true] }),
  },
  linear: {
    transpose: ([ct], _x, { spec }) => [ct ? shardingConstraint(ct, spec) : null],
    linearIn: () => [[0]],
  },
  lowering: { kind: 'element', element: (b, index) => b.operand(0, index) },
  sample(draw) {
    const shape = draw.shape(3);
    return { operands: [{ aval: { shape, dtype: draw.float() } }], params: { spec: shape.map((_, i) => draw.bool() ? `mesh${i}` : '') } };
  },
  ulp: 0,
};

/** `x` with the wish that axis i be spread over the mesh axis `spec[i]`; null or '' is none. */
export const shardingConstraint = (x: AnyTensor, spec: readonly (string | null)[]): AnyTensor => bind1(shardingConstraintP, [x], { spec: spec.map(name => name ?? '') });
