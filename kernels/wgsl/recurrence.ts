// Running values along an axis, one invocation a line: sums, products, extrema, log-sums, and h[k] = a[k] h[k-1] + b[k].
// The reference it equals: the records' own evaluation, up to the rounding of float32; sums carry what rounding lost.
import type { RecurrenceStep } from '../../src/ir/primitive.ts';
import { isFloat, type DType } from '../../src/dtype/dtype.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { exp, log1p } from '../../src/compile/math/exponential.ts';
import { Code, type Term } from '../../src/compile/wgsl/code.ts';
import { settled, wordOf } from '../../src/compile/wgsl/convert.ts';
import { emitScalar } from '../../src/compile/wgsl/scalar.ts';
import { Bindings, groupSize, invocationGroups, openInvocations, shaderText, type Placement, type Shader } from '../../src/compile/wgsl/shader.ts';

export interface RecurrenceShape {
  /** `outer * inner` lines of `n` elements that lie `inner` apart. */
  readonly outer: number; readonly n: number; readonly inner: number;
  readonly reverse: boolean;
  readonly step: RecurrenceStep;
  readonly dtype: DType;
}

export function recurrenceShader({ outer, n, inner, reverse, step, dtype }: RecurrenceShape, operands: readonly Var[], out: Var, placement: Placement): Shader {
  const [c, bindings] = [new Code(), new Bindings(placement)];
  openInvocations(c, outer * inner);
  c.line(`let first = i32((flat / ${inner}u) * ${n * inner}u + flat % ${inner}u)${reverse ? ` + ${(n - 1) * inner}i` : ''};`, 'var at = first;');
  const type = wordOf(dtype);
  const load = (v: Var | undefined): Term => bindings.load(c, v ?? out, 'at');
  // Half precision runs in float32 and is rounded where it is stored.
  const h = c.variable(type, c.as(type, load(operands.at(-1))));
  const lost = step === 'add' && type === 'f32' ? c.variable('f32', '0.0f') : null;
  const write = (): void => bindings.store(c, out, 'at', settled(c, dtype, h));
  write();
  c.block(`for (var k = 1i; k < ${n}i; k++)`, () => {
    c.line(`at ${reverse ? '-' : '+'}= ${inner}i;`);
    const xs = operands.map(load);
    if (lost !== null) compensated(c, h, lost, xs[0] ?? h); else c.line(`${h.code} = ${c.as(type, next(c, step, dtype, h, xs))};`);
    write();
  });
  return { code: shaderText(bindings, groupSize, c), bindings: bindings.list, groups: invocationGroups(outer * inner) };
}
/** Kahan's sum: the next number is corrected by what the last addition lost. An infinity or NaN loses nothing. */
function compensated(c: Code, h: Term, lost: Term, x: Term): void {
  const y = c.sub(x, lost);
  const total = c.kept(c.add(h, y));
  const error = c.kept(c.sub(c.kept(c.sub(total, h)), y));
  c.line(`${lost.code} = select(0.0f, ${error.code}, (${c.u32(total)} & 0x7f800000u) != 0x7f800000u);`, `${h.code} = ${total.code};`);
}
/** One step: from the running value and the operands to the next. */
export function next(c: Code, step: RecurrenceStep, dtype: DType, h: Term, xs: readonly Term[]): Term {
  const [x = h, b = x] = xs;
  switch (step) {
    case 'affine': return c.fma(x, h, b);
    case 'logAddExp': {
      const greatest = c.max(h, x);
      const more = log1p<Term>(c, exp<Term>(c, c.neg(c.abs(c.sub(h, x)))));
      return c.select(c.lt(c.abs(greatest), c.float(Infinity)), c.let('f32', c.f32(c.add(greatest, more))), greatest);
    }
    case 'add': case 'mul': case 'max': case 'min': {
      if (dtype === 'bool') return emitScalar(c, { op: step === 'max' || step === 'add' ? 'or' : 'and', args: [h, x], from: 'bool', to: 'bool', params: {} });
      const d = isFloat(dtype) ? 'f32' : dtype;
      return emitScalar(c, { op: step, args: [h, x], from: d, to: d, params: {} });
    }
    default: return step satisfies never;
  }
}
