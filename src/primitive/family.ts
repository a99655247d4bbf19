// The builder of elementwise records that have parameters: families of functions that differentiation carries from one member to another.
// Floor 2: knows no primitive by name.
import { CotangentError } from '../error.ts';
import type { Aval } from '../ir/aval.ts';
import type { Domain, Draw, Params, Primitive, ScalarOp, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { alignBatch } from './broadcast.ts';
import { at, expectCount, expectDType, expectSame, operand } from './define.ts';
import { elementwiseProperties, everywhere } from './elementwise.ts';

/** Parameters of a family: small numbers, orders of derivatives above all. */
export interface FamilyParams extends Params { readonly [name: string]: number }

export interface FamilySpec<P extends FamilyParams> {
  readonly name: string;
  readonly op: ScalarOp;
  readonly arity: 1 | 2 | 3;
  /** The least value of each parameter, which must be an integer. */
  readonly least: P;
  /** The meaning of a member on one element, in float64. */
  scalar(params: P): (a: number, b: number, c: number) => number;
  /** The tangent of the result, from the operands, their tangents, the parameters and the result. */
  jvp(x: readonly AnyTensor[], t: readonly TangentOf[], params: P, out: AnyTensor): TangentOf;
  sample(draw: Draw): P;
  readonly domains?: readonly Domain[];
  readonly ulp: number;
}

/** Floats of one shape and dtype in, the same out. Not cheap: series and continued fractions are computed once. */
export function family<P extends FamilyParams>(spec: FamilySpec<P>): Primitive<P> {
  const { name, arity } = spec;
  const record: Primitive<P> = {
    name,
    properties: { ...elementwiseProperties, cheap: false },
    type(inputs: readonly Aval[], params) {
      expectCount(inputs, arity, name);
      const a = operand(inputs, 0, name);
      for (let i = 1; i < arity; i++) expectSame(a, operand(inputs, i, name), name);
      expectDType(a, 'float', name);
      for (const [key, least] of Object.entries(spec.least)) {
        const value = params[key];
        if (value === undefined || !Number.isSafeInteger(value) || value < least) throw new CotangentError('value', `${name}: ${key} is ${value}, not an integer from ${least} on`);
      }
      return [a];
    },
    evaluate(inputs, params, outputs) {
      const { data } = at(outputs, 0);
      const f = spec.scalar(params);
      const [x, y, z] = [inputs[0]?.data, inputs[1]?.data, inputs[2]?.data];
      for (let i = 0; i < data.length; i++) data[i] = f(x?.[i] ?? 0, arity > 1 ? y?.[i] ?? 0 : 0, arity > 2 ? z?.[i] ?? 0 : 0);
    },
    rules: {
      kind: 'flat',
      jvp: (x, t, params, outs) => [t.some(v => v !== null) ? spec.jvp(x, t, params, at(outs, 0)) : null],
      batch: (x, batched, params, size) => ({ outputs: [bind1(record, alignBatch(x, batched, size), params)], batched: [true] }),
    },
    linear: null,
    lowering: { kind: 'scalar', op: spec.op },
    sample(draw) {
      const aval = { shape: draw.shape(), dtype: draw.float() };
      return { operands: Array.from({ length: arity }, (_, i) => ({ aval, domain: spec.domains?.[i] ?? everywhere })), params: spec.sample(draw) };
    },
    ulp: spec.ulp,
  };
  return record;
}
