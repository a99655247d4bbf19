// populationCount and clz on integers, nextAfter and reducePrecision on floats: operations on the bits of a number. Floor 2.
import { CotangentError } from '../error.ts';
import { dtypeInfo, roundHalfEven, type DType } from '../dtype/dtype.ts';
import type { NoParams, Primitive, ScalarOp } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { alignBatch } from './broadcast.ts';
import { at, expectCount, expectDType, expectSame, noParams, operand } from './define.ts';
import { awayFromZero, between, elementwise, elementwiseProperties } from './elementwise.ts';

const countOf = (name: ScalarOp, zeroPreserving: boolean, count: (a: number, width: number) => number): Primitive => elementwise({
  name, op: name, arity: 1, accepts: 'integer', zeroPreserving, ulp: 0, domains: [between(-100, 100)],
  scalar: { float: () => NaN, integer: (a, _b, dtype) => count(a, 8 * dtypeInfo[dtype].bytes) },
  jvp: () => null,
});
/** How many bits are set, in the operand's dtype. */
export const populationCountP = countOf('populationCount', true, (a, width) => {
  let count = 0;
  for (let rest = width === 32 ? a | 0 : a & 255; rest !== 0; rest &= rest - 1) count++;
  return count;
});
/** How many bits are clear above the highest one that is set: the width for 0. */
export const clzP = countOf('clz', false, (a, width) => width === 32 ? Math.clz32(a) : Math.clz32(a & 255) - 24);

/** What floats of each dtype are: how many digits follow the leading one, and the least exponent of a normal number. */
const formats: { readonly [D in DType]?: { readonly mantissaBits: number; readonly exponentBits: number } } = {
  f64: { mantissaBits: 52, exponentBits: 11 }, f32: { mantissaBits: 23, exponentBits: 8 }, f16: { mantissaBits: 10, exponentBits: 5 },
};
const formatOf = (dtype: DType): { readonly mantissaBits: number; readonly exponentBits: number } => formats[dtype] ?? { mantissaBits: 52, exponentBits: 11 };
/** The exponent e with 2^e <= |x| < 2^(e + 1), for x neither 0 nor infinite. */
function exponentOf(x: number): number {
  const m = Math.abs(x);
  if (m < 2 ** -1000) return exponentOf(m * 2 ** 100) - 100;
  const guess = Math.floor(Math.log2(m));
  // The logarithm of a number just below a power rounds up to it.
  return guess > 1023 || 2 ** guess > m ? guess - 1 : 2 ** (guess + 1) <= m ? guess + 1 : guess;
}

/** The number of a dtype that follows `a` towards `b`: `b` where they are equal, NaN where either is. */
export function nextAfterOf(a: number, b: number, dtype: DType): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  if (a === b) return b;
  const { max } = dtypeInfo[dtype];
  const { mantissaBits, exponentBits } = formatOf(dtype);
  const least = 2 ** (2 - 2 ** (exponentBits - 1) - mantissaBits);
  if (a === 0) return b > 0 ? least : -least;
  const outwards = (a < b) === (a > 0);
  if (Math.abs(a) === Infinity) return Math.sign(a) * max;
  if (outwards && Math.abs(a) === max) return Math.sign(a) * Infinity;
  const exponent = exponentOf(a);
  // Inwards from a power of two the numbers lie twice as close.
  const below = !outwards && Math.abs(a) === 2 ** exponent ? 1 : 0;
  const step = Math.max(least, 2 ** Math.max(-1074, exponent - below - mantissaBits));
  const next = Math.abs(a) + (outwards ? step : -step);
  return Math.sign(a) * next;
}
/** The next number of the dtype after the first operand towards the second. The derivative is the first operand's: it moves along. */
export const nextAfterP: Primitive<NoParams> = {
  name: 'nextAfter',
  properties: elementwiseProperties,
  type(inputs) {
    expectCount(inputs, 2, 'nextAfter');
    const x = operand(inputs, 0, 'nextAfter');
    expectSame(x, operand(inputs, 1, 'nextAfter'), 'nextAfter');
    expectDType(x, 'float', 'nextAfter');
    return [x];
  },
  evaluate(inputs, _params, outputs) {
    const { data: x, dtype } = at(inputs, 0);
    const { data: y } = at(inputs, 1);
    const { data } = at(outputs, 0);
    for (let i = 0; i < data.length; i++) data[i] = nextAfterOf(x[i] ?? 0, y[i] ?? 0, dtype);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [s]) => [s ?? null],
    batch: (x, batched, _params, size) => ({ outputs: [bind1(nextAfterP, alignBatch(x, batched, size), noParams)], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'scalar', op: 'nextAfter' },
  sample(draw) {
    const aval = { shape: draw.shape(), dtype: draw.float() };
    return { operands: [{ aval, domain: awayFromZero }, { aval, domain: awayFromZero }], params: noParams };
  },
  ulp: 0.5,
};

type Precision = { readonly exponentBits: number; readonly mantissaBits: number };
/**
 * A float rounded to fewer digits and a smaller range: ties to even, beyond the range infinite, below it 0 (a zero of its sign; there are no
 * subnormal numbers), as XLA's ReducePrecision. Without a digit to be even, ties go to the even biased exponent.
 */
export function roundToPrecision(x: number, { exponentBits, mantissaBits }: Precision, dtype: DType): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const own = formatOf(dtype);
  let value = x;
  if (mantissaBits < own.mantissaBits) {
    // Below the least normal number of the dtype the digits stand still.
    const exponent = Math.max(exponentOf(x), 2 - 2 ** (own.exponentBits - 1));
    const digits = Math.abs(x) / 2 ** exponent * 2 ** mantissaBits;
    const tie = mantissaBits === 0 && digits === 1.5;
    const rounded = tie ? (exponent % 2 === 0 ? 2 : 1) : roundHalfEven(digits);
    value = Math.sign(x) * (rounded / 2 ** mantissaBits * 2 ** exponent);
  }
  if (exponentBits >= own.exponentBits || value === 0 || !Number.isFinite(value)) return value;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = exponentOf(value);
  return exponent > bias ? Math.sign(x) * Infinity : exponent <= -bias ? (x < 0 ? -0 : 0) : value;
}
/**
 * `reducePrecision(x, { exponentBits, mantissaBits })`: as if x had been stored in such a float. Rounding is the identity to the derivative, as
 * it is in a conversion; tangents are not rounded themselves.
 */
export const reducePrecisionP: Primitive<Precision> = {
  name: 'reducePrecision',
  properties: { ...elementwiseProperties, zeroPreserving: true },
  type(inputs, { exponentBits, mantissaBits }) {
    expectCount(inputs, 1, 'reducePrecision');
    const x = operand(inputs, 0, 'reducePrecision');
    expectDType(x, 'float', 'reducePrecision');
    if (!Number.isInteger(exponentBits) || exponentBits < 1) throw new CotangentError('value', `reducePrecision: exponentBits is ${exponentBits}, not an integer from 1 on`);
    if (!Number.isInteger(mantissaBits) || mantissaBits < 0) throw new CotangentError('value', `reducePrecision: mantissaBits is ${mantissaBits}, not an integer from 0 on`);
    return [x];
  },
  evaluate(inputs, params, outputs) {
    const { data: x, dtype } = at(inputs, 0);
    const { data } = at(outputs, 0);
    for (let i = 0; i < data.length; i++) data[i] = roundToPrecision(x[i] ?? 0, params, dtype);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t]) => [t ?? null],
    batch: ([x], _batched, params) => ({ outputs: x === undefined ? [] : [bind1(reducePrecisionP, [x], params)], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'scalar', op: 'reducePrecision' },
  sample(draw) {
    const dtype = draw.float();
    // Difference quotients in float64 do not see the last two bits.
    const params = dtype === 'f64' ? { exponentBits: 11, mantissaBits: draw.int(50, 52) } : { exponentBits: draw.int(5, 8), mantissaBits: draw.int(3, 23) };
    return { operands: [{ aval: { shape: draw.shape(), dtype }, domain: awayFromZero }], params };
  },
  ulp: 0.5,
};

export const populationCount = (x: AnyTensor): AnyTensor => bind1(populationCountP, [x], noParams);
export const clz = (x: AnyTensor): AnyTensor => bind1(clzP, [x], noParams);
export const nextAfter = (x: AnyTensor, y: AnyTensor): AnyTensor => bind1(nextAfterP, [x, y], noParams);
export const reducePrecision = (x: AnyTensor, params: Precision): AnyTensor => bind1(reducePrecisionP, [x], params);
