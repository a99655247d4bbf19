// The loop IR: rows (parallel loops), then stages, each a nest of inner loops around effects on a shared graph of scalars.
// Floor 5: types only. Both emitters read it.
import type { DType } from '../dtype/dtype.ts';
import type { Var } from '../ir/jaxpr.ts';
import type { MonoidName, Params, ScalarOp } from '../ir/primitive.ts';
import type { Form, Guard, Loop } from './index-map.ts';

export type NodeId = number;
export type Scalar =
  | { readonly kind: 'constant'; readonly value: number }
  /** An element of a stored value. Outside its guards any value may be read: they protect the address alone. */
  | { readonly kind: 'load'; readonly from: Var; readonly at: Form; readonly guards: readonly Guard[] }
  /** An index as a number. */
  | { readonly kind: 'position'; readonly at: Form }
  /** bool: all guards hold. */
  | { readonly kind: 'test'; readonly guards: readonly Guard[] }
  /** A scalar instruction of operands of dtype `from`. */
  | { readonly kind: 'op'; readonly op: ScalarOp; readonly args: readonly NodeId[]; readonly from: DType; readonly params: Params }
  /** A finished accumulator. */
  | { readonly kind: 'accumulated'; readonly accumulator: number };
/** `bits`: the loops the value varies with; it is emitted at the innermost of them, once. `level`: how many reductions lie below. */
export type Node = Scalar & { readonly dtype: DType; readonly bits: number; readonly cost: number; readonly level: number };

export type Monoid = MonoidName;
/**
 * lanes: element j of the last reduced axis goes to lane j mod 16, lanes folded as a fixed tree. rows: sequential over the reduced
 * index. Either order follows from the reduction's own shape and axes alone.
 */
export interface Accumulator {
  readonly id: number; readonly monoid: Monoid; readonly dtype: DType; readonly value: NodeId;
  readonly loops: readonly Loop[]; readonly order: 'lanes' | 'rows'; readonly level: number;
}
/** Stores happen in the order of the loops. `update`: dropped outside its guards, and combined with what is there where it says how. */
export interface Store { readonly to: Var; readonly at: Form; readonly value: NodeId; readonly update?: { readonly guards: readonly Guard[]; readonly combine: Monoid | null } }
export interface Stage {
  /** The last is the vector loop, the others are sequential. */
  readonly loops: readonly Loop[];
  readonly accumulators: readonly Accumulator[];
  readonly stores: readonly Store[];
  /** Written to a scratch row here, and read from one here. */
  readonly keep: readonly NodeId[];
  readonly reuse: readonly NodeId[];
}
export interface Kernel {
  readonly kind: 'map' | 'lanes' | 'rows';
  readonly rows: readonly Loop[];
  readonly stages: readonly Stage[];
  readonly nodes: readonly Node[];
  readonly reads: readonly Var[];
  readonly writes: readonly Var[];
}

/** Operands of a node: of an index, the values that it is computed from. */
export function childrenOf(s: Scalar): readonly NodeId[] {
  if (s.kind === 'op') return s.args;
  const forms = [...('at' in s ? [s.at] : []), ...('guards' in s ? s.guards.map(g => g.index) : [])];
  return forms.some(f => f.nodes.length > 0) ? [...new Set(forms.flatMap(f => f.nodes))] : [];
}
/** The values that a store needs: what it stores, and where. */
export const operandsOf = (t: Store): readonly NodeId[] => [t.value, ...t.at.nodes, ...(t.update?.guards ?? []).flatMap(g => g.index.nodes)];
export const bitsOfLoops = (loops: readonly Loop[]): number => loops.reduce((m, l) => m | l.bit, 0);

/** What an instruction costs, in additions: from measurements of the polynomials. */
export const costOf: { readonly [O in ScalarOp]: number } = {
  neg: 1, abs: 1, sign: 3, floor: 1, ceil: 1, round: 1, exp: 12, expm1: 16, log: 14, log1p: 18, sqrt: 4, rsqrt: 6, sin: 18, cos: 18, tanh: 16,
  logistic: 14, erf: 20, erfinv: 30, isFinite: 2, integerPow: 4, add: 1, sub: 1, mul: 1, div: 4, rem: 8, pow: 30, max: 2, min: 2,
  eq: 1, ne: 1, lt: 1, le: 1, gt: 1, ge: 1, and: 1, or: 1, xor: 1, not: 1, select: 1, clamp: 3, convert: 2, bitcast: 0,
  shiftLeft: 2, shiftRightLogical: 2, shiftRightArithmetic: 2, populationCount: 4, clz: 4, nextAfter: 30, reducePrecision: 30,
  // Computed by the host: the crossing alone costs about as much as thirty additions.
  cbrt: 40, tan: 40, asin: 40, acos: 40, atan: 40, atan2: 50, sinh: 40, cosh: 40, asinh: 40, acosh: 40, atanh: 40, sinc: 60, xlogy: 40, xlog1py: 40,
  erfc: 60, lgamma: 100, digamma: 100, polygamma: 200, zeta: 200, igamma: 400, igammac: 400, gammaDensity: 200, betainc: 600, betaDensity: 200,
  besselI0e: 60, besselI1e: 60, besselIe: 200,
};
/** From here on a value is stored rather than computed twice. */
export const expensive = 8;
