// optimizationBarrier: the identity on any number of values, through which no pass merges, moves or removes anything.
// Floor 2. Checkpointing recomputes behind it.
import { range } from '../ir/aval.ts';
import type { NoParams, Primitive, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind } from '../trace/scope.ts';
import { at, noParams, pure } from './define.ts';

/** XLA's OptimizationBarrier. Tangents and cotangents pass a barrier of their own. */
export const optimizationBarrierP: Primitive<NoParams> = {
  name: 'optimizationBarrier',
  properties: { ...pure, zeroPreserving: true, barrier: true },
  type: inputs => inputs,
  evaluate(inputs, _params, outputs) { inputs.forEach((x, i) => { at(outputs, i).data.set(x.data); }); },
  rules: {
    kind: 'flat',
    jvp: (_x, t) => barrierOfTangents(t),
    batch: (x, batched) => ({ outputs: optimizationBarrier(x), batched }),
  },
  linear: {
    transpose: cts => barrierOfTangents(cts),
    linearIn: n => [range(n)],
  },
  lowering: { kind: 'identity' },
  sample(draw) {
    return { operands: range(draw.int(1, 3)).map(() => ({ aval: { shape: draw.shape(2), dtype: draw.float() } })), params: noParams };
  },
  ulp: 0,
};

function barrierOfTangents(ts: readonly TangentOf[]): TangentOf[] {
  const present = ts.filter(t => t !== null);
  let next = 0;
  const passed = optimizationBarrier(present);
  return ts.map(t => t === null ? null : at(passed, next++));
}

export const optimizationBarrier = (xs: readonly AnyTensor[]): readonly AnyTensor[] => xs.length === 0 ? [] : bind(optimizationBarrierP, xs, noParams);
