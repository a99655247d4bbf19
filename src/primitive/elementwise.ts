// The one builder of elementwise records: same shapes in, same shape out, one scalar function per element.
// Floor 2: knows no primitive by name; the families (arithmetic, comparison, ...) call it.
import { isFloat, type DType } from '../dtype/dtype.ts';
import type { Aval } from '../ir/aval.ts';
import type { Algebra, Domain, Draw, NDArray, NoParams, Primitive, Properties, ScalarOp, TangentOf, TransposeRule, Violation } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { alignBatch } from './broadcast.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, expectDType, expectSame, noParams, operand, pure, type Accepts } from './define.ts';

/** The meaning on one element, in float64. Integer results wrap when stored; give `integer` where float arithmetic would lose bits. */
export interface ScalarFunctions {
  readonly float: (a: number, b: number, c: number) => number;
  readonly integer?: (a: number, b: number, dtype: DType) => number;
}
export interface ElementwiseSpec {
  readonly name: string;
  readonly op: ScalarOp;
  readonly arity: 1 | 2 | 3;
  readonly accepts: Accepts;
  /** `bool` for comparisons; otherwise the operands' dtype. */
  readonly result?: DType;
  readonly scalar: ScalarFunctions;
  /** The tangent of the result, from the operands, their tangents and the result. */
  jvp(x: readonly AnyTensor[], t: readonly TangentOf[], out: AnyTensor): TangentOf;
  readonly linear?: TransposeRule<NoParams>;
  /** Where samples of each operand are drawn. */
  readonly domains?: readonly Domain[];
  readonly commutative?: boolean;
  readonly zeroPreserving?: boolean;
  readonly algebra?: Algebra<NoParams>;
  violations?(x: readonly AnyTensor[]): readonly Violation[];
  readonly ulp: number;
}

/** Of every elementwise record, those that are not built here included. */
export const elementwiseProperties: Properties = { ...pure, elementwise: true, cheap: true };

export const everywhere: Domain = { intervals: [[-2, 2]] };
export const positive: Domain = { intervals: [[0.1, 3]] };
export const awayFromZero: Domain = { intervals: [[-3, -0.2], [0.2, 3]] };
export const between = (lo: number, hi: number): Domain => ({ intervals: [[lo, hi]] });
/** Few values, so that two operands are often equal. */
export const tying: Domain = { intervals: [[-2, 2], [0, 0], [1, 1]] };

export function elementwise(spec: ElementwiseSpec): Primitive {
  const { name, arity, scalar } = spec;
  const type = (inputs: readonly Aval[]): readonly Aval[] => {
    expectCount(inputs, arity, name);
    const a = operand(inputs, 0, name);
    for (let i = 1; i < arity; i++) expectSame(a, operand(inputs, i, name), name);
    expectDType(a, spec.accepts, name);
    return [{ shape: a.shape, dtype: spec.result ?? a.dtype }];
  };
  const record: Primitive = {
    name,
    properties: { ...elementwiseProperties, commutative: spec.commutative ?? false, zeroPreserving: spec.zeroPreserving ?? false },
    type,
    evaluate(inputs, _params, outputs) { applyScalar(scalar, inputs, at(outputs, 0)); },
    rules: {
      kind: 'flat',
      jvp: (x, t, _params, outs) => [spec.jvp(x, t, at(outs, 0))],
      batch: (x, batched, _params, size) => ({ outputs: [bind1(record, alignBatch(x, batched, size), noParams)], batched: [true] }),
    },
    linear: spec.linear ?? null,
    lowering: { kind: 'scalar', op: spec.op },
    sample(draw) {
      const aval = { shape: draw.shape(), dtype: drawDType(draw, spec.accepts) };
      return { operands: Array.from({ length: arity }, (_, i) => ({ aval, domain: spec.domains?.[i] ?? everywhere })), params: noParams };
    },
    ...(spec.algebra === undefined ? {} : { algebra: spec.algebra }),
    ...(spec.violations === undefined ? {} : { violations: (x: readonly AnyTensor[]) => spec.violations?.(x) ?? [] }),
    ulp: spec.ulp,
  };
  return record;
}

/** Floats where they are accepted, so that derivatives are judged as often as possible. */
function drawDType(draw: Draw, accepted: Accepts): DType {
  switch (accepted) {
    case 'bool': return 'bool';
    case 'integer': return draw.integer();
    case 'integer or bool': return draw.bool() ? 'bool' : draw.integer();
    case 'float':
    case 'number':
    case 'signed':
    case 'any': return draw.float();
    default: return accepted satisfies never;
  }
}

function applyScalar(scalar: ScalarFunctions, inputs: readonly NDArray[], out: NDArray): void {
  const { data } = out;
  const { data: x, dtype } = at(inputs, 0);
  const n = data.length;
  const y = inputs[1]?.data;
  const z = inputs[2]?.data;
  if (!isFloat(dtype) && scalar.integer !== undefined) {
    const f = scalar.integer;
    for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, y?.[i] ?? 0, dtype);
    return;
  }
  const f = scalar.float;
  if (y === undefined) { for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, 0, 0); return; }
  if (z === undefined) { for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, y[i] ?? 0, 0); return; }
  for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, y[i] ?? 0, z[i] ?? 0);
}
