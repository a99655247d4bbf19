// The scalar table of the Wasm emitter: every instruction of the language on four lanes of float32, int32 or mask.
// Floor 5. bool is a mask, all bits or none; i32 and u32 share lanes.
import { CotangentError } from '../../error.ts';
import type { DType } from '../../dtype/dtype.ts';
import type { Params, ScalarOp } from '../../ir/primitive.ts';
import { floatBits, type Lanes, type Vector } from './lanes.ts';
import type { ScalarContext } from './host.ts';
import { vectorMath } from './math.ts';
import { Type } from './module.ts';

/** The dtypes that have lanes. */
export type LaneDType = 'f32' | 'i32' | 'u32' | 'bool';
export const isLaneDType = (d: DType): d is LaneDType => d === 'f32' || d === 'i32' || d === 'u32' || d === 'bool';

type Emit = (c: ScalarContext, args: readonly Vector[]) => Vector;
interface Row { readonly float?: Emit; readonly int?: Emit; readonly unsigned?: Emit; readonly mask?: Emit }

const arg = (args: readonly Vector[], i: number): Vector => {
  const a = args[i];
  if (a === undefined) throw new CotangentError('jaxpr', `wasm: a scalar instruction lacks operand ${i}`);
  return a;
};
const unary = (f: (l: Lanes, a: Vector) => Vector): Emit => ({ lanes }, args) => f(lanes, arg(args, 0));
const binary = (f: (l: Lanes, a: Vector, b: Vector) => Vector): Emit => ({ lanes }, args) => f(lanes, arg(args, 0), arg(args, 1));
const compare = (float: (l: Lanes, a: Vector, b: Vector) => Vector, int: (l: Lanes, a: Vector, b: Vector, signed: boolean) => Vector): Row => ({
  float: binary(float), int: binary((l, a, b) => int(l, a, b, true)), unsigned: binary((l, a, b) => int(l, a, b, false)),
  // As unsigned numbers a set mask is greater than a clear one.
  mask: binary((l, a, b) => int(l, a, b, false)),
});
const onBits = (f: (l: Lanes, a: Vector, b: Vector) => Vector): Row => ({ int: binary(f), mask: binary(f) });

/** Integer division and remainder, lane by lane: x / 0 is all ones, x % 0 is x, MIN / -1 is MIN, MIN % -1 is 0. */
function divide(l: Lanes, a: Vector, b: Vector, signed: boolean, remainder: boolean): Vector {
  const { f } = l;
  const [x, y] = [f.local(Type.i32), f.local(Type.i32)];
  return l.eachLane([a, b], 'i32', () => {
    f.set(y).set(x);
    // The divisor is replaced by 1 where the machine would trap; the right answer is selected afterwards.
    const special = (): void => { f.get(y).bytes(0x45); if (signed) f.get(y).i32(-1).bytes(0x46, 0x72); };
    const quotient = (): void => { f.get(x).i32(1).get(y); special(); f.bytes(0x1b, signed ? (remainder ? 0x6f : 0x6d) : remainder ? 0x70 : 0x6e); };
    if (remainder) {
      // x % 0 is x; x % -1 is 0.
      f.get(x).i32(0).get(y).bytes(0x45, 0x1b);
      quotient();
      special();
      f.bytes(0x1b);
      return;
    }
    // x / 0 is -1; x / -1 is 0 - x, which wraps at MIN.
    f.i32(-1).i32(0).get(x).bytes(0x6b).get(y).bytes(0x45, 0x1b);
    quotient();
    special();
    f.bytes(0x1b);
  });
}
/** Shifts by amounts that differ from lane to lane; from the width on nothing, or the sign, is left. */
function shift(l: Lanes, a: Vector, by: Vector, op: 0x74 | 0x75 | 0x76): Vector {
  const { f } = l;
  const [x, n] = [f.local(Type.i32), f.local(Type.i32)];
  return l.eachLane([a, by], 'i32', () => {
    f.set(n).set(x);
    if (op === 0x75) { f.get(x).get(n).i32(31).get(n).i32(32).bytes(0x49, 0x1b, op); return; }
    f.get(x).get(n).bytes(op).i32(0).get(n).i32(32).bytes(0x49, 0x1b);
  });
}
/** NaN wins; of two numbers, the greater. */
const maximum = (l: Lanes, a: Vector, b: Vector): Vector => l.max(a, b);
const minimum = (l: Lanes, a: Vector, b: Vector): Vector => l.min(a, b);

const table: { readonly [O in ScalarOp]: Row } = {
  neg: { float: unary((l, a) => l.neg(a)), int: unary((l, a) => l.ineg(a)) },
  abs: { float: unary((l, a) => l.abs(a)), int: unary((l, a) => l.iabs(a)), unsigned: unary((_l, a) => a) },
  sign: {
    float: unary((l, a) => l.select(l.gt(a, l.float(0)), l.float(1), l.select(l.lt(a, l.float(0)), l.float(-1), a))),
    int: unary((l, a) => l.or(l.shiftRight(a, 31), l.and(l.igt(a, l.int(0)), l.int(1)))),
    unsigned: unary((l, a) => l.and(l.ine(a, l.int(0)), l.int(1))),
  },
  floor: { float: unary((l, a) => l.floor(a)), int: unary((_l, a) => a) },
  ceil: { float: unary((l, a) => l.ceil(a)), int: unary((_l, a) => a) },
  round: { float: unary((l, a) => l.nearest(a)), int: unary((_l, a) => a) },
  exp: {}, log: {}, tanh: {}, logistic: {}, expm1: {}, log1p: {}, sin: {}, cos: {}, erf: {}, erfinv: {}, pow: {},
  sqrt: { float: unary((l, a) => l.sqrt(a)) },
  rsqrt: { float: unary((l, a) => l.div(l.float(1), l.sqrt(a))) },
  isFinite: { float: unary((l, a) => l.lt(l.abs(a), l.float(Infinity))) },
  integerPow: {},
  add: { float: binary((l, a, b) => l.add(a, b)), int: binary((l, a, b) => l.iadd(a, b)) },
  sub: { float: binary((l, a, b) => l.sub(a, b)), int: binary((l, a, b) => l.isub(a, b)) },
  mul: { float: binary((l, a, b) => l.mul(a, b)), int: binary((l, a, b) => l.imul(a, b)) },
  div: { float: binary((l, a, b) => l.div(a, b)), int: binary((l, a, b) => divide(l, a, b, true, false)), unsigned: binary((l, a, b) => divide(l, a, b, false, false)) },
  rem: { int: binary((l, a, b) => divide(l, a, b, true, true)), unsigned: binary((l, a, b) => divide(l, a, b, false, true)) },
  max: { float: binary(maximum), int: binary((l, a, b) => l.imax(a, b)), unsigned: binary((l, a, b) => l.imax(a, b, false)), mask: binary((l, a, b) => l.or(a, b)) },
  min: { float: binary(minimum), int: binary((l, a, b) => l.imin(a, b)), unsigned: binary((l, a, b) => l.imin(a, b, false)), mask: binary((l, a, b) => l.and(a, b)) },
  eq: compare((l, a, b) => l.eq(a, b), (l, a, b) => l.ieq(a, b)),
  ne: compare((l, a, b) => l.ne(a, b), (l, a, b) => l.ine(a, b)),
  lt: compare((l, a, b) => l.lt(a, b), (l, a, b, s) => l.ilt(a, b, s)),
  le: compare((l, a, b) => l.le(a, b), (l, a, b, s) => l.ile(a, b, s)),
  gt: compare((l, a, b) => l.gt(a, b), (l, a, b, s) => l.igt(a, b, s)),
  ge: compare((l, a, b) => l.ge(a, b), (l, a, b, s) => l.ige(a, b, s)),
  and: onBits((l, a, b) => l.and(a, b)), or: onBits((l, a, b) => l.or(a, b)), xor: onBits((l, a, b) => l.xor(a, b)),
  not: { int: unary((l, a) => l.not(a)), mask: unary((l, a) => l.not(a)) },
  select: { float: choose, int: choose, mask: choose },
  clamp: {
    float: ({ lanes: l }, a) => minimum(l, maximum(l, arg(a, 1), arg(a, 0)), arg(a, 2)),
    int: ({ lanes: l }, a) => l.imin(l.imax(arg(a, 1), arg(a, 0)), arg(a, 2)),
    unsigned: ({ lanes: l }, a) => l.imin(l.imax(arg(a, 1), arg(a, 0), false), arg(a, 2), false),
  },
  convert: {}, bitcast: {},
  shiftLeft: { int: binary((l, a, b) => shift(l, a, b, 0x74)) },
  shiftRightLogical: { int: binary((l, a, b) => shift(l, a, b, 0x76)) },
  shiftRightArithmetic: { int: binary((l, a, b) => shift(l, a, b, 0x75)) },
  populationCount: { int: unary((l, a) => l.eachLane([a], 'i32', () => l.f.bytes(0x69))) },
  clz: { int: unary((l, a) => l.eachLane([a], 'i32', () => l.f.bytes(0x67))) },
  cbrt: {}, tan: {}, asin: {}, acos: {}, atan: {}, atan2: {}, sinh: {}, cosh: {}, asinh: {}, acosh: {}, atanh: {}, xlogy: {}, xlog1py: {},
  erfc: {}, lgamma: {}, digamma: {}, igammac: {}, besselI0e: {}, besselI1e: {},
  // These have parameters, or depend on the dtype: steps of their own, which the host runs.
  nextAfter: {}, reducePrecision: {}, sinc: {}, polygamma: {}, zeta: {}, igamma: {}, gammaDensity: {}, betainc: {}, betaDensity: {}, besselIe: {},
};
function choose({ lanes }: ScalarContext, args: readonly Vector[]): Vector { return lanes.select(arg(args, 0), arg(args, 1), arg(args, 2)); }

function rowOf(op: ScalarOp, from: LaneDType): Emit | undefined {
  const row = table[op];
  switch (from) {
    case 'f32': return row.float;
    case 'i32': return row.int;
    case 'u32': return row.unsigned ?? row.int;
    case 'bool': return row.mask;
    default: return from satisfies never;
  }
}

/** Whether the instruction exists on these lanes. */
export function hasScalar(op: ScalarOp, from: DType, to: DType): boolean {
  if (!isLaneDType(from) || !isLaneDType(to)) return false;
  if (op === 'convert') return true;
  if (op === 'bitcast') return from !== 'bool' && to !== 'bool';
  if (op === 'integerPow') return from !== 'bool';
  if (from === 'f32' && op in vectorMath) return true;
  return rowOf(op, from) !== undefined;
}

/** Emits one instruction; `hasScalar` says which exist. */
export function emitScalar(c: ScalarContext, op: ScalarOp, args: readonly Vector[], from: LaneDType, to: LaneDType, params: Params): Vector {
  const l = c.lanes;
  if (op === 'convert') return convert(l, arg(args, 0), from, to);
  if (op === 'bitcast') return arg(args, 0);
  if (op === 'integerPow') return integerPow(l, arg(args, 0), Number(params['exponent']), from === 'f32');
  const vector = from === 'f32' ? vectorMath[op] : undefined;
  if (vector !== undefined) return vector(c, arg(args, 0), args[1] ?? arg(args, 0));
  const emit = rowOf(op, from);
  if (emit === undefined) throw new CotangentError('unsupported', `wasm: no ${op} on ${from} lanes`);
  return emit(c, args);
}

function convert(l: Lanes, a: Vector, from: LaneDType, to: LaneDType): Vector {
  if (from === to) return a;
  const isInt = (d: LaneDType): boolean => d === 'i32' || d === 'u32';
  if (to === 'bool') return from === 'f32' ? l.ne(a, l.float(0)) : l.ine(a, l.int(0));
  if (from === 'bool') return l.and(a, to === 'f32' ? l.int(floatBits(1)) : l.int(1));
  if (isInt(from) && isInt(to)) return a;
  return to === 'f32' ? l.toFloat(a, from === 'i32') : l.toInt(a, to === 'i32');
}

/** By squaring; negative powers are the reciprocal. */
function integerPow(l: Lanes, x: Vector, exponent: number, float: boolean): Vector {
  const times = (a: Vector, b: Vector): Vector => float ? l.mul(a, b) : l.imul(a, b);
  let power: Vector | null = null;
  for (let n = Math.abs(exponent), square = x; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) power = power === null ? square : times(power, square);
    if (n > 1) square = times(square, square);
  }
  const positive = power ?? (float ? l.float(1) : l.int(1));
  return exponent < 0 ? l.div(l.float(1), positive) : positive;
}
