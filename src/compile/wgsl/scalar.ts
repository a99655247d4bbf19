// The scalar table of the WGSL emitter: every instruction of the language on words of any dtype. Floor 5. f16 is float32, rounded to half
// after each instruction; u8 and i8 are words that wrap after each; f64 does not exist.
import { CotangentError } from '../../error.ts';
import { dtypeInfo, isFloat, type DType } from '../../dtype/dtype.ts';
import type { Params, ScalarOp } from '../../ir/primitive.ts';
import { cbrt } from '../math/cubeRoot.ts';
import { nextFloat, nextHalf, reducePrecision } from '../math/digits.ts';
import { erf, erfinv } from '../math/errorFunction.ts';
import { exp, expm1, log, log1p, logistic, tanh, xlog1py, xlogy } from '../math/exponential.ts';
import { acosh, asinh, atanh, cosh, sinh } from '../math/hyperbolic.ts';
import { acos, asin, atan, atan2 } from '../math/inverse.ts';
import type { Words } from '../math/words.ts';
import { cos, sin, tan } from './circular.ts';
import { Code, type Term } from './code.ts';
import { convert, hasWord, settled, wordOf } from './convert.ts';
import { countLeadingZeros, divide, populationCount, remainder, shift, type Shift } from './integer.ts';
import { erfc, floatRemainder, pow } from './power.ts';
import { arities, special } from './special/special.ts';

/** One instruction: its operands, of dtype `from`. */
export interface ScalarCall { readonly op: ScalarOp; readonly args: readonly Term[]; readonly from: DType; readonly to: DType; readonly params: Params }
type Emit = (c: Code, call: ScalarCall) => Term;
/** By kind of word; what is not there does not exist. */
interface Row { readonly float?: Emit; readonly int?: Emit; readonly mask?: Emit }

const arg = ({ args }: ScalarCall, i: number): Term => {
  const a = args[i];
  if (a === undefined) throw new CotangentError('jaxpr', `webgpu: a scalar instruction lacks operand ${i}`);
  return a;
};
const unary = (f: (c: Code, a: Term) => Term): Emit => (c, call) => f(c, arg(call, 0));
const binary = (f: (c: Code, a: Term, b: Term) => Term): Emit => (c, call) => f(c, arg(call, 0), arg(call, 1));
/** Functions that every emitter shares: their result is a float, whatever bits they worked on. */
const shared = (f: (l: Words<Term>, a: Term) => Term): Row => ({ float: (c, call) => asFloat(c, f(c, arg(call, 0))) });
const sharedOfTwo = (f: (l: Words<Term>, a: Term, b: Term) => Term): Row => ({ float: (c, call) => asFloat(c, f(c, arg(call, 0), arg(call, 1))) });
/** Near zero, where subnormal numbers on the way would be flushed, the function is its slope. */
const linearAtZero = (row: Row, slope: number): Row => ({
  ...row,
  float: (c, call) => {
    const x = arg(call, 0);
    const y = row.float?.(c, call) ?? x;
    return c.select(c.lt(c.abs(x), c.float(2 ** -64)), slope === 1 ? c.let('f32', c.f32(x)) : c.mul(x, c.float(slope)), y);
  },
});
/** Special functions, by their parameters. */
const ofFamily = (name: Parameters<typeof special>[0]): Row => ({ float: (c, call) => special(name, c, call.params, call.args.slice(0, arities[name] ?? 1)) });
const asFloat = (c: Code, x: Term): Term => x.type === 'f32' ? x : c.let('f32', c.f32(x));
/** Signed or unsigned by the dtype. */
const integers = (f: (c: Code, type: 'i32' | 'u32', a: Term, b: Term) => Term): Emit => (c, call) => f(c, integerType(call.from), arg(call, 0), call.args[1] ?? arg(call, 0));
const integerType = (d: DType): 'i32' | 'u32' => wordOf(d) === 'u32' ? 'u32' : 'i32';
const infix = (op: string): Emit => integers((c, type, a, b) => c.let(type, `${c.as(type, a)} ${op} ${c.as(type, b)}`));
const compare = (op: string, float: (c: Code, a: Term, b: Term) => Term): Row => ({
  float: binary(float), int: integers((c, type, a, b) => c.let('bool', `${c.as(type, a)} ${op} ${c.as(type, b)}`)),
  // False is less than true.
  mask: binary((c, a, b) => c.let('bool', `select(0u, 1u, ${c.bool(a)}) ${op} select(0u, 1u, ${c.bool(b)})`)),
});
const onBits = (op: '&' | '|' | '^', mask: (c: Code, a: Term, b: Term) => Term): Row => ({ int: infix(op), mask: binary(mask) });
const unchanged: Emit = (_c, call) => arg(call, 0);
const widthOf = (d: DType): number => 8 * dtypeInfo[d].bytes;
const shifts = (kind: Shift): Row => ({ int: (c, call) => shift(c, kind, integerType(call.from), arg(call, 0), arg(call, 1), widthOf(call.from)) });
const choose: Emit = (c, call) => {
  const type = wordOf(call.from);
  return c.let(type, `select(${c.as(type, arg(call, 2))}, ${c.as(type, arg(call, 1))}, ${c.bool(arg(call, 0))})`);
};

const table: { readonly [O in ScalarOp]: Row } = {
  neg: { float: unary((c, a) => c.neg(a)), int: integers((c, type, a) => c.let(type, `${type === 'i32' ? '0i' : '0u'} - ${c.as(type, a)}`)) },
  abs: { float: unary((c, a) => c.abs(a)), int: integers((c, type, a) => c.let(type, `abs(${c.as(type, a)})`)) },
  sign: {
    float: unary((c, a) => c.let('f32', `select(select(${c.f32(a)}, -1.0f, ${c.f32(a)} < 0.0f), 1.0f, ${c.f32(a)} > 0.0f)`)),
    int: integers((c, type, a) => type === 'i32' ? c.let(type, `sign(${c.i32(a)})`) : c.let(type, `min(${c.u32(a)}, 1u)`)),
  },
  floor: { float: unary((c, a) => c.floor(a)), int: unchanged },
  ceil: { float: unary((c, a) => c.ceil(a)), int: unchanged },
  round: { float: unary((c, a) => c.nearest(a)), int: unchanged },
  sqrt: { float: unary((c, a) => c.sqrt(a)) },
  rsqrt: { float: unary((c, a) => c.div(c.float(1), c.sqrt(a))) },
  isFinite: { float: unary((c, a) => c.let('bool', `(${c.u32(a)} & 0x7f800000u) != 0x7f800000u`)) },
  integerPow: { float: power, int: power },
  add: { float: binary((c, a, b) => c.add(a, b)), int: infix('+') },
  sub: { float: binary((c, a, b) => c.sub(a, b)), int: infix('-') },
  mul: { float: binary((c, a, b) => c.mul(a, b)), int: infix('*') },
  div: { float: binary((c, a, b) => c.div(a, b)), int: integers(divide) },
  rem: { float: binary(floatRemainder), int: integers(remainder) },
  max: { float: binary((c, a, b) => c.max(a, b)), int: integers((c, type, a, b) => c.let(type, `max(${c.as(type, a)}, ${c.as(type, b)})`)), mask: binary((c, a, b) => c.or(a, b)) },
  min: { float: binary((c, a, b) => c.min(a, b)), int: integers((c, type, a, b) => c.let(type, `min(${c.as(type, a)}, ${c.as(type, b)})`)), mask: binary((c, a, b) => c.and(a, b)) },
  eq: compare('==', (c, a, b) => c.eq(a, b)), ne: compare('!=', (c, a, b) => c.ne(a, b)),
  lt: compare('<', (c, a, b) => c.lt(a, b)), le: compare('<=', (c, a, b) => c.le(a, b)),
  gt: compare('>', (c, a, b) => c.gt(a, b)), ge: compare('>=', (c, a, b) => c.ge(a, b)),
  and: onBits('&', (c, a, b) => c.and(a, b)), or: onBits('|', (c, a, b) => c.or(a, b)), xor: onBits('^', (c, a, b) => c.xor(a, b)),
  not: { int: integers((c, type, a) => c.let(type, `~${c.as(type, a)}`)), mask: unary((c, a) => c.not(a)) },
  select: { float: choose, int: choose, mask: choose },
  clamp: {
    float: (c, call) => c.min(c.max(arg(call, 1), arg(call, 0)), arg(call, 2)),
    int: (c, call) => { const type = integerType(call.from); return c.let(type, `min(max(${c.as(type, arg(call, 1))}, ${c.as(type, arg(call, 0))}), ${c.as(type, arg(call, 2))})`); },
  },
  convert: {}, bitcast: {},
  shiftLeft: shifts('left'), shiftRightLogical: shifts('logical'), shiftRightArithmetic: shifts('arithmetic'),
  populationCount: { int: (c, call) => populationCount(c, integerType(call.from), arg(call, 0), widthOf(call.from)) },
  clz: { int: (c, call) => countLeadingZeros(c, integerType(call.from), arg(call, 0), widthOf(call.from)) },
  nextAfter: { float: (c, call) => asFloat(c, (call.from === 'f16' ? nextHalf : nextFloat)(c, arg(call, 0), arg(call, 1))) },
  reducePrecision: { float: (c, call) => asFloat(c, reducePrecision<Term>(c, arg(call, 0), call.from === 'f16' ? 'f16' : 'f32', Number(call.params['exponentBits']), Number(call.params['mantissaBits']))) },
  exp: shared(exp), expm1: linearAtZero(shared(expm1), 1), log: shared(log), log1p: shared(log1p), tanh: shared(tanh), logistic: shared(logistic),
  erf: linearAtZero(shared(erf), 2 / Math.sqrt(Math.PI)), erfinv: shared(erfinv), cbrt: shared(cbrt), asin: shared(asin), acos: shared(acos), atan: shared(atan), atan2: sharedOfTwo(atan2),
  sinh: linearAtZero(shared(sinh), 1), cosh: shared(cosh), asinh: shared(asinh), acosh: shared(acosh), atanh: shared(atanh),
  xlogy: sharedOfTwo(xlogy), xlog1py: sharedOfTwo(xlog1py),
  sin: { float: unary(sin) }, cos: { float: unary(cos) }, tan: { float: unary(tan) }, pow: { float: binary(pow) }, erfc: { float: unary(erfc) },
  besselI0e: ofFamily('besselI0e'), besselI1e: ofFamily('besselI1e'),
  lgamma: ofFamily('lgamma'), digamma: ofFamily('digamma'), sinc: ofFamily('sinc'), polygamma: ofFamily('polygamma'), zeta: ofFamily('zeta'),
  igamma: ofFamily('igamma'), igammac: ofFamily('igammac'), gammaDensity: ofFamily('gammaDensity'), betainc: ofFamily('betainc'),
  betaDensity: ofFamily('betaDensity'), besselIe: ofFamily('besselIe'),
};

/** By squaring; negative powers are the reciprocal. */
function power(c: Code, call: ScalarCall): Term {
  const { from, params } = call;
  const exponent = Number(params['exponent']);
  const type = wordOf(from);
  const times = (a: Term, b: Term): Term => isFloat(from) ? c.mul(a, b) : c.let(type, `${a.code} * ${b.code}`);
  let result: Term | null = null;
  for (let n = Math.abs(exponent), square = arg(call, 0); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = result === null ? square : times(result, square);
    if (n > 1) square = times(square, square);
  }
  const positive = result ?? (isFloat(from) ? c.float(1) : type === 'i32' ? c.int(1) : c.unsigned(1));
  return exponent >= 0 ? positive : c.div(c.float(1), positive);
}

/** Of words in their dtype these give words in their dtype: nothing is rounded or wrapped after them. */
const settles: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'sign', 'floor', 'ceil', 'round', 'max', 'min', 'clamp', 'select', 'rem', 'and', 'or', 'xor', 'populationCount', 'clz', 'isFinite', 'eq', 'ne', 'lt', 'le', 'gt', 'ge',
]);
const keepsDType = (op: ScalarOp, d: DType): boolean => settles.has(op) || (isFloat(d) && (op === 'neg' || op === 'abs'));

function rowOf(op: ScalarOp, from: DType): Emit | undefined {
  if (!hasWord(from)) return undefined;
  const row = table[op];
  return isFloat(from) ? row.float : from === 'bool' ? row.mask : row.int;
}
/** Whether the instruction exists on words of these dtypes. */
export function hasScalar(op: ScalarOp, from: DType, to: DType): boolean {
  if (!hasWord(from) || !hasWord(to)) return false;
  if (op === 'convert') return true;
  if (op === 'bitcast') return from !== 'bool' && to !== 'bool' && from !== 'f16' && to !== 'f16';
  return rowOf(op, from) !== undefined;
}
/** Emits one instruction; `hasScalar` says which exist. */
export function emitScalar(c: Code, call: ScalarCall): Term {
  const { op, from, to } = call;
  if (op === 'convert') return convert(c, arg(call, 0), from, to);
  if (op === 'bitcast') { const type = wordOf(to); return settled(c, to, c.let(type, c.as(type, arg(call, 0)))); }
  const emit = rowOf(op, from);
  if (emit === undefined) throw new CotangentError('unsupported', `webgpu: no ${op} of ${from}`);
  const raw = emit(c, call);
  return keepsDType(op, from) ? raw : settled(c, to, raw);
}

const lengths = new Map<string, number>();
/** Statements that an instruction becomes. Functions are inlined where they are called, and are slower to compile: they count four times. */
export function lengthOf(op: ScalarOp, from: DType, to: DType, params: Params): number {
  if (!hasScalar(op, from, to)) return 1;
  const key = `${op} ${from} ${to} ${JSON.stringify(params)}`;
  const known = lengths.get(key);
  if (known !== undefined) return known;
  const c = new Code();
  const operand = (k: number): Term => ({ code: `x${k}`, type: op === 'select' && k === 0 ? 'bool' : wordOf(from) });
  emitScalar(c, { op, args: [operand(0), operand(1), operand(2)], from, to, params });
  const n = c.lines.length + 4 * c.functions.reduce((sum, f) => sum + f.split('\n').length, 0);
  lengths.set(key, n);
  return n;
}
