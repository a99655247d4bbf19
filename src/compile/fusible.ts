// What may be part of a fused kernel, on every target: an equation without effects whose lowering says how one element is computed, of dtypes and by
// instructions that the target has. Floor 5: asks records for their lowering, never for their name.
import type { DType } from '../dtype/dtype.ts';
import { effectOf, type Atom, type Eqn } from '../ir/jaxpr.ts';
import type { ScalarOp } from '../ir/primitive.ts';

/** The dtype that a scalar instruction reads: a selection's is that of what it selects. Without operands it is that of the result. */
export const readBy = (op: ScalarOp, inputs: readonly Atom[], result: DType): DType => inputs[op === 'select' ? 1 : 0]?.aval.dtype ?? result;

/** What a target has. */
export interface Instructions { scalar(op: ScalarOp, from: DType, to: DType): boolean; element(d: DType): boolean }
export const fusibleOn = (has: Instructions) => (e: Eqn): boolean => {
  if (effectOf(e) !== 'none' || e.primitive.properties.barrier) return false;
  const { lowering } = e.primitive;
  switch (lowering.kind) {
    case 'scalar': return e.outputs.every(({ aval: { dtype } }) => has.scalar(lowering.op, readBy(lowering.op, e.inputs, dtype), dtype));
    case 'element': case 'reduction': return [...e.inputs, ...e.outputs].every(a => has.element(a.aval.dtype));
    case 'update': case 'recurrence': case 'sort': case 'identity': case 'decomposition': case 'contraction': case 'program': case 'control': case 'host': return false;
    default: return lowering satisfies never;
  }
};
