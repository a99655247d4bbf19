// The one builder of elementwise records: same shapes in, same shape out, one scalar function per element.
// Floor 2: knows no primitive by name; the families (arithmetic, comparison, ...) call it.
import type { DType } from '../dtype/dtype.ts';
import type { Aval } from '../ir/aval.ts';
import type { Domain, NDArray, NoParams, Primitive, ScalarOp, TangentOf, TransposeRule } from '../ir/primitive.ts';
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
  readonly arity: 1 | 2;
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
  readonly ulp: number;
}

const everywhere: Domain = { intervals: [[-2, 2]] };
export const positive: Domain = { intervals: [[0.1, 3]] };
export const awayFromZero: Domain = { intervals: [[-3, -0.2], [0.2, 3]] };
export const between = (lo: number, hi: number): Domain => ({ intervals: [[lo, hi]] });

export function elementwise(spec: ElementwiseSpec): Primitive {
  const { name, arity, scalar } = spec;
  const type = (inputs: readonly Aval[]): readonly Aval[] => {
    expectCount(inputs, arity, name);
    const a = operand(inputs, 0, name);
    if (arity === 2) expectSame(a, operand(inputs, 1, name), name);
    expectDType(a, spec.accepts, name);
    return [{ shape: a.shape, dtype: spec.result ?? a.dtype }];
  };
  const record: Primitive = {
    name,
    properties: { ...pure, elementwise: true, cheap: true, commutative: spec.commutative ?? false, zeroPreserving: spec.zeroPreserving ?? false },
    type,
    evaluate(inputs, _params, outputs) {
      const a = at(inputs, 0);
      applyScalar(scalar, a, arity === 2 ? at(inputs, 1) : null, at(outputs, 0));
    },
    rules: {
      kind: 'flat',
      jvp: (x, t, _params, outs) => [spec.jvp(x, t, at(outs, 0))],
      batch: (x, batched, _params, size) => ({ outputs: [bind1(record, alignBatch(x, batched, size), noParams)], batched: [true] }),
    },
    linear: spec.linear ?? null,
    lowering: { kind: 'scalar', op: spec.op },
    sample(draw) {
      const dtype = spec.accepts === 'bool' ? 'bool' : spec.accepts === 'integer' || spec.accepts === 'integer or bool' ? draw.integer() : draw.float();
      const aval = { shape: draw.shape(), dtype };
      return { operands: Array.from({ length: arity }, (_, i) => ({ aval, domain: spec.domains?.[i] ?? everywhere })), params: noParams };
    },
    ulp: spec.ulp,
  };
  return record;
}

function applyScalar(scalar: ScalarFunctions, a: NDArray, b: NDArray | null, out: NDArray): void {
  const { data } = out;
  const x = a.data;
  const n = data.length;
  const isFloatInput = a.dtype === 'f32' || a.dtype === 'f64' || a.dtype === 'f16';
  if (!isFloatInput && scalar.integer !== undefined) {
    const f = scalar.integer;
    const y = b?.data;
    for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, y?.[i] ?? 0, a.dtype);
    return;
  }
  const f = scalar.float;
  if (b === null) { for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, 0, 0); return; }
  const y = b.data;
  for (let i = 0; i < n; i++) data[i] = f(x[i] ?? 0, y[i] ?? 0, 0);
}
