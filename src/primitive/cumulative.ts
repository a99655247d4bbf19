// cumsum, cumprod, cummax, cummin, cumlogsumexp: reductions of everything up to each element of an axis, in linear time.
// Floor 2. Running values are kept in float64 and rounded when stored; integers wrap. Derivatives divide by nothing that can be zero.
import { isFloat } from '../dtype/dtype.ts';
import type { Domain, Draw, NDArray, Primitive, RecurrenceStep, Sample, TangentOf, TransposeRule } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { div, mul, sub } from './arithmetic.ts';
import { expectAxis } from './axes.ts';
import { constantLike } from './broadcast.ts';
import { eq } from './comparison.ts';
import { convert } from './convert.ts';
import { at, expectCount, expectDType, operand, pure, type Accepts } from './define.ts';
import { exp } from './exponential.ts';
import { linearRecurrence, previous, type AlongParams } from './linearRecurrence.ts';
import { select } from './select.ts';
import { visitLines } from './walk.ts';

interface CumulativeSpec {
  readonly name: string;
  readonly accepts: Accepts;
  /** One step of floats, and of integers where the float step would lose bits. */
  readonly step: (running: number, x: number) => number;
  readonly recurrence: RecurrenceStep;
  readonly integerStep?: (running: number, x: number) => number;
  jvp(x: AnyTensor, t: AnyTensor, out: AnyTensor, p: AlongParams): TangentOf;
  /** Where it is linear. The record is made once: its batching rule applies itself. */
  readonly linear?: TransposeRule<AlongParams>;
  readonly domain: Domain;
  readonly ulp: number;
}

function sampleAlong(draw: Draw, domain: Domain): Sample<AlongParams> {
  const shape = [...draw.shape(1), draw.dim(), ...draw.shape(1)];
  return { operands: [{ aval: { shape, dtype: draw.float() }, domain }], params: { axis: draw.int(0, shape.length - 1), reverse: draw.bool() } };
}

function cumulative(spec: CumulativeSpec): Primitive<AlongParams> {
  const { name } = spec;
  const record: Primitive<AlongParams> = {
    name,
    properties: spec.linear === undefined ? pure : { ...pure, zeroPreserving: true },
    type(inputs, { axis }) {
      expectCount(inputs, 1, name);
      const x = operand(inputs, 0, name);
      expectDType(x, spec.accepts, name);
      expectAxis(axis, x.shape, name);
      return [x];
    },
    evaluate(inputs, { axis, reverse }, outputs) {
      const x = at(inputs, 0);
      accumulate(x, axis, reverse, at(outputs, 0), isFloat(x.dtype) ? spec.step : spec.integerStep ?? spec.step);
    },
    rules: {
      kind: 'flat',
      jvp: ([x], [t], p, [out]) => [t && x && out ? spec.jvp(x, t, out, p) : null],
      batch: ([x], _batched, { axis, reverse }) => ({ outputs: x === undefined ? [] : [bind1(record, [x], { axis: axis + 1, reverse })], batched: [true] }),
    },
    linear: spec.linear ?? null,
    lowering: { kind: 'recurrence', step: spec.recurrence, along: p => p },
    sample: draw => sampleAlong(draw, spec.domain),
    ulp: spec.ulp,
  };
  return record;
}

function accumulate(x: NDArray, axis: number, reverse: boolean, out: NDArray, step: (running: number, x: number) => number): void {
  visitLines(x.shape, axis, reverse, (first, n, stride) => {
    let running = x.data[first] ?? 0;
    out.data[first] = running;
    for (let k = 1, i = first + stride; k < n; k++, i += stride) {
      running = step(running, x.data[i] ?? 0);
      out.data[i] = running;
    }
  });
}

const everywhere: Domain = { intervals: [[-2, 2]] };

/** The sum of all elements up to each one. XLA's ReduceWindow over a prefix, with add. */
export const cumsumP: Primitive<AlongParams> = cumulative({
  name: 'cumsum', recurrence: 'add', accepts: 'number', domain: everywhere, ulp: 4,
  step: (s, x) => s + x, integerStep: (s, x) => (s + x) | 0,
  jvp: (_x, t, _out, p) => cumsum(t, p),
  linear: {
    transpose: ([ct], _x, { axis, reverse }) => [ct ? cumsum(ct, { axis, reverse: !reverse }) : null],
    linearIn: () => [[0]],
  },
});

/** The product of all elements up to each one. */
export const cumprodP = cumulative({
  name: 'cumprod', recurrence: 'mul', accepts: 'number', domain: everywhere, ulp: 4,
  step: (s, x) => s * x, integerStep: Math.imul,
  // p[k] = x[k] p[k-1], so dp[k] = x[k] dp[k-1] + dx[k] p[k-1]: zeros are harmless.
  jvp: (x, t, out, p) => linearRecurrence(x, mul(t, previous(out, p, 1)), p),
});

/** The mean of the tangents of those elements so far that equal the extremum so far; the count starts again at each new extremum. */
function tiesSoFar(x: AnyTensor, t: AnyTensor, out: AnyTensor, p: AlongParams): AnyTensor {
  const attained = eq(x, out);
  // A NaN equals nothing: from it on the count is 0, and 0 / 0 passes the NaN on.
  const continues = convert(eq(out, previous(out, p, 0)), x.dtype);
  const total = linearRecurrence(continues, select(attained, t, constantLike(0, t)), p);
  return div(total, linearRecurrence(continues, convert(attained, x.dtype), p));
}
/** The greatest element up to each one; NaN from the first NaN on. */
export const cummaxP = cumulative({ name: 'cummax', recurrence: 'max', accepts: 'any', domain: everywhere, ulp: 0, step: (s, x) => Math.max(s, x), jvp: tiesSoFar });
/** The least element up to each one; NaN from the first NaN on. */
export const cumminP = cumulative({ name: 'cummin', recurrence: 'min', accepts: 'any', domain: everywhere, ulp: 0, step: (s, x) => Math.min(s, x), jvp: tiesSoFar });

/** x - y; 0 where they are equal, infinities included. */
const difference = (x: AnyTensor, y: AnyTensor): AnyTensor => select(eq(x, y), constantLike(0, x), sub(x, y));
/** log of the sum of exp of all elements up to each one, without overflow. */
export const cumlogsumexpP = cumulative({
  name: 'cumlogsumexp', recurrence: 'logAddExp', accepts: 'float', domain: everywhere, ulp: 8,
  step: logAddExp,
  // The weights of softmax over a prefix: those so far shrink by exp(y[k-1] - y[k]), the new one is exp(x[k] - y[k]).
  jvp: (x, t, out, p) => linearRecurrence(exp(difference(previous(out, p, 0), out)), mul(exp(difference(x, out)), t), p),
});
function logAddExp(a: number, b: number): number {
  const greatest = Math.max(a, b);
  return Number.isFinite(greatest) ? greatest + Math.log1p(Math.exp(-Math.abs(a - b))) : greatest;
}

export const cumsum = (x: AnyTensor, p: AlongParams): AnyTensor => bind1(cumsumP, [x], p);
export const cumprod = (x: AnyTensor, p: AlongParams): AnyTensor => bind1(cumprodP, [x], p);
export const cummax = (x: AnyTensor, p: AlongParams): AnyTensor => bind1(cummaxP, [x], p);
export const cummin = (x: AnyTensor, p: AlongParams): AnyTensor => bind1(cumminP, [x], p);
export const cumlogsumexp = (x: AnyTensor, p: AlongParams): AnyTensor => bind1(cumlogsumexpP, [x], p);
