// The scalar table of the Wasm emitter: every instruction of the language on four lanes of any dtype.
// Floor 5. f32 in one vector, f64 in two; f16 as float32, rounded to half after each instruction; i32 and u32 share lanes; i8 and u8 as
// int32, sign or zero extended, wrapped after each instruction; bool is a mask, all bits or none.
import { CotangentError } from '../../error.ts';
import { dtypeInfo, isFloat, type DType } from '../../dtype/dtype.ts';
import type { Params, ScalarOp } from '../../ir/primitive.ts';
import { convert, settled } from './convert.ts';
import { byHost, byHostWide, isHostFunction, type ScalarContext } from './host.ts';
import { nextAfter, reducePrecision } from './digits.ts';
import { countLeadingZeros, divide, populationCount, remainderOf, shift, shiftBy, type Shift } from './integer.ts';
import type { Lanes, Value, Vector, Wide } from './lanes.ts';
import { vectorMath, wideMath } from './math.ts';
import { narrow, wide, WideLanes } from './wide.ts';

/** One instruction: its operands, of dtype `from`, and which of them are known numbers. */
export interface ScalarCall {
  readonly op: ScalarOp;
  readonly args: readonly Value[];
  readonly from: DType;
  readonly to: DType;
  readonly params: Params;
  readonly constants: readonly (number | null)[];
}
type Emit = (l: Lanes, call: ScalarCall) => Value;
/** By kind of lanes. `unsigned` stands for `int` where the sign matters; what is not there does not exist. */
interface Row { readonly float?: Emit; readonly double?: Emit; readonly int?: Emit; readonly unsigned?: Emit; readonly mask?: Emit }

const arg = (args: readonly Value[], i: number): Value => {
  const a = args[i];
  if (a === undefined) throw new CotangentError('jaxpr', `wasm: a scalar instruction lacks operand ${i}`);
  return a;
};
const unary = (f: (l: Lanes, a: Vector) => Vector): Emit => (l, { args }) => f(l, narrow(arg(args, 0)));
const binary = (f: (l: Lanes, a: Vector, b: Vector) => Vector): Emit => (l, { args }) => f(l, narrow(arg(args, 0)), narrow(arg(args, 1)));
const ternary = (f: (l: Lanes, a: Vector, b: Vector, c: Vector) => Vector): Emit => (l, { args }) => f(l, narrow(arg(args, 0)), narrow(arg(args, 1)), narrow(arg(args, 2)));
const unaryWide = (f: (w: WideLanes, a: Wide) => Value): Emit => (l, { args }) => f(new WideLanes(l), wide(arg(args, 0)));
const binaryWide = (f: (w: WideLanes, a: Wide, b: Wide) => Value): Emit => (l, { args }) => f(new WideLanes(l), wide(arg(args, 0)), wide(arg(args, 1)));

type OnVectors = (l: Lanes, a: Vector, b: Vector) => Vector;
const compare = (float: OnVectors, double: (w: WideLanes, a: Wide, b: Wide) => Vector, int: (l: Lanes, a: Vector, b: Vector, signed: boolean) => Vector): Row => ({
  float: binary(float), double: binaryWide(double), int: binary((l, a, b) => int(l, a, b, true)), unsigned: binary((l, a, b) => int(l, a, b, false)),
  // As unsigned numbers a set mask is greater than a clear one.
  mask: binary((l, a, b) => int(l, a, b, false)),
});
const onBits = (f: OnVectors): Row => ({ int: binary(f), mask: binary(f) });
const unchanged: Emit = (_l, { args }) => arg(args, 0);
const widthOf = (d: DType): number => 8 * dtypeInfo[d].bytes;
const shifts = (kind: Shift): Row => ({
  int: (l, { args, from, constants: [, amount] }) => {
    const [a, width] = [narrow(arg(args, 0)), widthOf(from)];
    return typeof amount === 'number' ? shiftBy(l, kind, a, amount, width) : shift(l, kind, a, narrow(arg(args, 1)), width);
  },
});
const choose: Emit = (l, { args }) => l.select(narrow(arg(args, 0)), narrow(arg(args, 1)), narrow(arg(args, 2)));

const table: { readonly [O in ScalarOp]: Row } = {
  neg: { float: unary((l, a) => l.neg(a)), double: unaryWide((w, a) => w.neg(a)), int: unary((l, a) => l.ineg(a)) },
  abs: { float: unary((l, a) => l.abs(a)), double: unaryWide((w, a) => w.abs(a)), int: unary((l, a) => l.iabs(a)), unsigned: unchanged },
  sign: {
    float: unary((l, a) => l.select(l.gt(a, l.float(0)), l.float(1), l.select(l.lt(a, l.float(0)), l.float(-1), a))),
    double: unaryWide((w, a) => w.select(w.gt(a, w.constant(0)), w.constant(1), w.select(w.lt(a, w.constant(0)), w.constant(-1), a))),
    int: unary((l, a) => l.or(l.shiftRight(a, 31), l.and(l.igt(a, l.int(0)), l.int(1)))),
    unsigned: unary((l, a) => l.and(l.ine(a, l.int(0)), l.int(1))),
  },
  floor: { float: unary((l, a) => l.floor(a)), double: unaryWide((w, a) => w.floor(a)), int: unchanged },
  ceil: { float: unary((l, a) => l.ceil(a)), double: unaryWide((w, a) => w.ceil(a)), int: unchanged },
  round: { float: unary((l, a) => l.nearest(a)), double: unaryWide((w, a) => w.nearest(a)), int: unchanged },
  sqrt: { float: unary((l, a) => l.sqrt(a)), double: unaryWide((w, a) => w.sqrt(a)) },
  rsqrt: { float: unary((l, a) => l.div(l.float(1), l.sqrt(a))), double: unaryWide((w, a) => w.div(w.constant(1), w.sqrt(a))) },
  isFinite: { float: unary((l, a) => l.lt(l.abs(a), l.float(Infinity))), double: unaryWide((w, a) => w.lt(w.abs(a), w.constant(Infinity))) },
  integerPow: { float: power, double: power, int: power },
  add: { float: binary((l, a, b) => l.add(a, b)), double: binaryWide((w, a, b) => w.add(a, b)), int: binary((l, a, b) => l.iadd(a, b)) },
  sub: { float: binary((l, a, b) => l.sub(a, b)), double: binaryWide((w, a, b) => w.sub(a, b)), int: binary((l, a, b) => l.isub(a, b)) },
  mul: { float: binary((l, a, b) => l.mul(a, b)), double: binaryWide((w, a, b) => w.mul(a, b)), int: binary((l, a, b) => l.imul(a, b)) },
  div: {
    float: binary((l, a, b) => l.div(a, b)), double: binaryWide((w, a, b) => w.div(a, b)),
    int: binary((l, a, b) => divide(l, a, b, true)), unsigned: binary((l, a, b) => divide(l, a, b, false)),
  },
  rem: { int: binary((l, a, b) => remainderOf(l, a, b, true)), unsigned: binary((l, a, b) => remainderOf(l, a, b, false)) },
  // NaN wins; of two numbers, the greater.
  max: {
    float: binary((l, a, b) => l.max(a, b)), double: binaryWide((w, a, b) => w.max(a, b)),
    int: binary((l, a, b) => l.imax(a, b)), unsigned: binary((l, a, b) => l.imax(a, b, false)), mask: binary((l, a, b) => l.or(a, b)),
  },
  min: {
    float: binary((l, a, b) => l.min(a, b)), double: binaryWide((w, a, b) => w.min(a, b)),
    int: binary((l, a, b) => l.imin(a, b)), unsigned: binary((l, a, b) => l.imin(a, b, false)), mask: binary((l, a, b) => l.and(a, b)),
  },
  eq: compare((l, a, b) => l.eq(a, b), (w, a, b) => w.eq(a, b), (l, a, b) => l.ieq(a, b)),
  ne: compare((l, a, b) => l.ne(a, b), (w, a, b) => w.ne(a, b), (l, a, b) => l.ine(a, b)),
  lt: compare((l, a, b) => l.lt(a, b), (w, a, b) => w.lt(a, b), (l, a, b, s) => l.ilt(a, b, s)),
  le: compare((l, a, b) => l.le(a, b), (w, a, b) => w.le(a, b), (l, a, b, s) => l.ile(a, b, s)),
  gt: compare((l, a, b) => l.gt(a, b), (w, a, b) => w.gt(a, b), (l, a, b, s) => l.igt(a, b, s)),
  ge: compare((l, a, b) => l.ge(a, b), (w, a, b) => w.ge(a, b), (l, a, b, s) => l.ige(a, b, s)),
  and: onBits((l, a, b) => l.and(a, b)), or: onBits((l, a, b) => l.or(a, b)), xor: onBits((l, a, b) => l.xor(a, b)),
  not: { int: unary((l, a) => l.not(a)), mask: unary((l, a) => l.not(a)) },
  select: { float: choose, double: (l, { args }) => new WideLanes(l).select(narrow(arg(args, 0)), wide(arg(args, 1)), wide(arg(args, 2))), int: choose, mask: choose },
  clamp: {
    float: ternary((l, lo, x, hi) => l.min(l.max(x, lo), hi)),
    double: (l, { args }) => { const w = new WideLanes(l); return w.min(w.max(wide(arg(args, 1)), wide(arg(args, 0))), wide(arg(args, 2))); },
    int: ternary((l, lo, x, hi) => l.imin(l.imax(x, lo), hi)), unsigned: ternary((l, lo, x, hi) => l.imin(l.imax(x, lo, false), hi, false)),
  },
  convert: {}, bitcast: {},
  shiftLeft: shifts('left'), shiftRightLogical: shifts('logical'), shiftRightArithmetic: shifts('arithmetic'),
  populationCount: { int: (l, { args, from }) => populationCount(l, narrow(arg(args, 0)), widthOf(from)) },
  clz: { int: (l, { args, from }) => countLeadingZeros(l, narrow(arg(args, 0)), widthOf(from)) },
  nextAfter: { float: following, double: following }, reducePrecision: { float: reduced, double: reduced },
  // Of float32 lanes by polynomials, else by the host.
  exp: {}, log: {}, tanh: {}, logistic: {}, expm1: {}, log1p: {}, sin: {}, cos: {}, erf: {}, erfinv: {}, pow: {},
  cbrt: {}, tan: {}, asin: {}, acos: {}, atan: {}, atan2: {}, sinh: {}, cosh: {}, asinh: {}, acosh: {}, atanh: {}, xlogy: {}, xlog1py: {},
  erfc: {}, lgamma: {}, digamma: {}, igammac: {}, besselI0e: {}, besselI1e: {},
  // These have parameters, or depend on the dtype: steps of their own, which the host runs.
  sinc: {}, polygamma: {}, zeta: {}, igamma: {}, gammaDensity: {}, betainc: {}, betaDensity: {}, besselIe: {},
};

function following(l: Lanes, { args, from }: ScalarCall): Value { return nextAfter(l, arg(args, 0), arg(args, 1), from); }
function reduced(l: Lanes, { args, from, params }: ScalarCall): Value {
  return reducePrecision(l, arg(args, 0), from, Number(params['exponentBits']), Number(params['mantissaBits']));
}
/** By squaring; negative powers are the reciprocal. */
function power(l: Lanes, { args, from, params }: ScalarCall): Value {
  const w = new WideLanes(l);
  const exponent = Number(params['exponent']);
  const x = arg(args, 0);
  const times = (a: Value, b: Value): Value => from === 'f64' ? w.mul(wide(a), wide(b)) : isFloat(from) ? l.mul(narrow(a), narrow(b)) : l.imul(narrow(a), narrow(b));
  const one = from === 'f64' ? w.constant(1) : isFloat(from) ? l.float(1) : l.int(1);
  let result: Value | null = null;
  for (let n = Math.abs(exponent), square = x; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = result === null ? square : times(result, square);
    if (n > 1) square = times(square, square);
  }
  const positive = result ?? one;
  if (exponent >= 0) return positive;
  return from === 'f64' ? w.div(w.constant(1), wide(positive)) : l.div(l.float(1), narrow(positive));
}

/** Of lanes in their dtype these give lanes in their dtype: nothing is rounded or wrapped after them. */
const settles: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'sign', 'floor', 'ceil', 'round', 'max', 'min', 'clamp', 'select', 'rem', 'and', 'or', 'xor', 'populationCount', 'clz', 'isFinite', 'eq', 'ne', 'lt', 'le', 'gt', 'ge',
]);
const keepsDType = (op: ScalarOp, d: DType): boolean => settles.has(op) || (isFloat(d) && (op === 'neg' || op === 'abs'));

function rowOf(op: ScalarOp, from: DType): Emit | undefined {
  const row = table[op];
  switch (from) {
    case 'f32': case 'f16': return row.float;
    case 'f64': return row.double;
    case 'i32': case 'i8': return row.int;
    case 'u32': case 'u8': return row.unsigned ?? row.int;
    case 'bool': return row.mask;
    default: return from satisfies never;
  }
}

/** Whether the instruction exists on these lanes. */
export function hasScalar(op: ScalarOp, from: DType, to: DType): boolean {
  if (op === 'convert') return true;
  if (op === 'bitcast') return from !== 'bool' && to !== 'bool';
  return rowOf(op, from) !== undefined || hasVector(op, from) || (isFloat(from) && isHostFunction(op));
}

/** Whether the instruction has a formula of its own on float lanes: a polynomial, right to the bound of its record. */
export const hasVector = (op: ScalarOp, from: DType): boolean => isFloat(from) && op in (from === 'f64' ? wideMath : vectorMath);
/** Whether the host computes the instruction, lane by lane. */
export const laneByLane = (op: ScalarOp, from: DType): boolean => isHostFunction(op) && isFloat(from) && rowOf(op, from) === undefined && !hasVector(op, from);

/** Emits one instruction; `hasScalar` says which exist. */
export function emitScalar(c: ScalarContext, call: ScalarCall): Value {
  const l = c.lanes;
  const { op, args, from, to } = call;
  if (op === 'convert') return convert(l, arg(args, 0), from, to);
  if (op === 'bitcast') return settled(l, to, arg(args, 0));
  const raw = unsettled(c, call);
  return keepsDType(op, from) ? raw : settled(l, to, raw);
}
function unsettled(c: ScalarContext, call: ScalarCall): Value {
  const { op, args, from } = call;
  const emit = rowOf(op, from);
  if (emit !== undefined) return emit(c.lanes, call);
  const [x, y] = [arg(args, 0), args[1] ?? arg(args, 0)];
  const [vector, double] = [vectorMath[op], wideMath[op]];
  if (vector !== undefined && (from === 'f32' || from === 'f16')) return vector(c, narrow(x), narrow(y));
  if (double !== undefined && from === 'f64') return double(c, wide(x), wide(y));
  if (!isHostFunction(op) || !isFloat(from)) throw new CotangentError('unsupported', `wasm: no ${op} on ${from} lanes`);
  return from === 'f64' ? byHostWide(c, op, args) : byHost(c, op, args.map(narrow));
}
