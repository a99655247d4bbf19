// The registry: every built-in primitive under its name, and those that users add. Floor 2.
// Tables over all operations, the deserialiser and the laws derive from it; no rule asks it.
import { CotangentError } from '../error.ts';
import type { Params, Primitive } from '../ir/primitive.ts';
import { argmaxP, argminP } from './argmax.ts';
import { addP, divP, mulP, negP, subP } from './arithmetic.ts';
import { betaDensityP, betaincP } from './beta.ts';
import { besselI0eP, besselI1eP, besselIeP } from './bessel.ts';
import { clzP, nextAfterP, populationCountP, reducePrecisionP } from './bits.ts';
import { optimizationBarrierP } from './barrier.ts';
import { broadcastInDimP, reduceSumP } from './broadcast.ts';
import { callP } from './call.ts';
import { checkpointP, rematTangentP } from './checkpoint.ts';
import { checkpointNameP } from './checkpointName.ts';
import { checkNaNP } from './checkNaN.ts';
import { allGatherP, axisIndexP, pmaxP, pminP, psumP } from './collective.ts';
import { eqP, geP, gtP, leP, ltP, neP } from './comparison.ts';
import { compositeP, linearCompositeP } from './composite.ts';
import { condP } from './cond.ts';
import { concatenateP } from './concatenate.ts';
import { convGeneralP } from './conv.ts';
import { bitcastP, convertP } from './convert.ts';
import { customEndP } from './customEnd.ts';
import { customJvpP } from './customJvp.ts';
import { customVjpP } from './customVjp.ts';
import { cumlogsumexpP, cummaxP, cumminP, cumprodP, cumsumP } from './cumulative.ts';
import { dotGeneralP } from './dot.ts';
import { dynamicSliceP, dynamicUpdateSliceP } from './dynamicSlice.ts';
import { scanP } from './scan.ts';
import { whileP } from './while.ts';
import { cosP, expm1P, expP, log1pP, logP, logisticP, sinP, tanhP } from './exponential.ts';
import { maxP, minP } from './extremum.ts';
import { digammaP, lgammaP, polygammaP, zetaP } from './gamma.ts';
import { gatherP, scatterAddP } from './gather.ts';
import { acoshP, asinhP, atanhP, coshP, sinhP } from './hyperbolic.ts';
import { gammaDensityP, igammacP, igammaP } from './incompleteGamma.ts';
import { iotaP } from './iota.ts';
import { linearRecurrenceP } from './linearRecurrence.ts';
import { andP, notP, orP, shiftLeftP, shiftRightArithmeticP, shiftRightLogicalP, xorP } from './logical.ts';
import { cbrtP, integerPowP, powP, rsqrtP, sqrtP } from './power.ts';
import { reduceMaxP, reduceMinP, reduceProdP } from './reduce.ts';
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from './reduceWindow.ts';
import { reshapeP } from './reshape.ts';
import { reverseP } from './reverse.ts';
import { absP, ceilP, floorP, isFiniteP, remP, roundP, signP } from './rounding.ts';
import { scatterMaxP, scatterMinP, scatterMulP, scatterSetP } from './scatter.ts';
import { clampP, selectP } from './select.ts';
import { selectAndGatherAddP, selectAndScatterAddP } from './selectWindow.ts';
import { padP, sliceP } from './slice.ts';
import { erfcP, erfinvP, erfP } from './special.ts';
import { sortP } from './sort.ts';
import { shardingConstraintP } from './sharding.ts';
import { stopGradientP } from './stopGradient.ts';
import { randomBitsP, threefry2x32P } from './threefry.ts';
import { transposeP } from './transpose.ts';
import { acosP, asinP, atan2P, atanP, sincP, tanP } from './trigonometric.ts';
import { throwViolationP } from './violation.ts';
import { xlog1pyP, xlogyP } from './xlogy.ts';

/** The built-in records by name. */
export const builtins = {
  neg: negP, add: addP, sub: subP, mul: mulP, div: divP, rem: remP,
  abs: absP, sign: signP, floor: floorP, ceil: ceilP, round: roundP, isFinite: isFiniteP,
  exp: expP, expm1: expm1P, log: logP, log1p: log1pP, sin: sinP, cos: cosP, tanh: tanhP, logistic: logisticP, erf: erfP, erfinv: erfinvP,
  tan: tanP, asin: asinP, acos: acosP, atan: atanP, atan2: atan2P, sinh: sinhP, cosh: coshP, asinh: asinhP, acosh: acoshP, atanh: atanhP, sinc: sincP,
  erfc: erfcP, lgamma: lgammaP, digamma: digammaP, polygamma: polygammaP, zeta: zetaP,
  igamma: igammaP, igammac: igammacP, gammaDensity: gammaDensityP, betainc: betaincP, betaDensity: betaDensityP,
  besselI0e: besselI0eP, besselI1e: besselI1eP, besselIe: besselIeP, xlogy: xlogyP, xlog1py: xlog1pyP,
  cbrt: cbrtP, sqrt: sqrtP, rsqrt: rsqrtP, pow: powP, integerPow: integerPowP,
  max: maxP, min: minP, clamp: clampP, select: selectP,
  eq: eqP, ne: neP, lt: ltP, le: leP, gt: gtP, ge: geP,
  and: andP, or: orP, xor: xorP, not: notP,
  shiftLeft: shiftLeftP, shiftRightLogical: shiftRightLogicalP, shiftRightArithmetic: shiftRightArithmeticP,
  populationCount: populationCountP, clz: clzP, nextAfter: nextAfterP, reducePrecision: reducePrecisionP,
  convert: convertP, bitcast: bitcastP,
  broadcastInDim: broadcastInDimP, reshape: reshapeP, transpose: transposeP, reverse: reverseP,
  slice: sliceP, pad: padP, concatenate: concatenateP, gather: gatherP, scatterAdd: scatterAddP, iota: iotaP, sort: sortP,
  reduceSum: reduceSumP, reduceMax: reduceMaxP, reduceMin: reduceMinP, reduceProd: reduceProdP, argmax: argmaxP, argmin: argminP,
  dotGeneral: dotGeneralP, convGeneral: convGeneralP,
  reduceWindowSum: reduceWindowSumP, reduceWindowMax: reduceWindowMaxP, reduceWindowMin: reduceWindowMinP,
  selectAndGatherAdd: selectAndGatherAddP, selectAndScatterAdd: selectAndScatterAddP,
  cumsum: cumsumP, cumprod: cumprodP, cummax: cummaxP, cummin: cumminP, cumlogsumexp: cumlogsumexpP, linearRecurrence: linearRecurrenceP,
  dynamicSlice: dynamicSliceP, dynamicUpdateSlice: dynamicUpdateSliceP,
  scatterSet: scatterSetP, scatterMul: scatterMulP, scatterMin: scatterMinP, scatterMax: scatterMaxP,
  threefry2x32: threefry2x32P, randomBits: randomBitsP,
  stopGradient: stopGradientP, optimizationBarrier: optimizationBarrierP, shardingConstraint: shardingConstraintP,
  checkNaN: checkNaNP, throwViolation: throwViolationP,
  call: callP, composite: compositeP, linearComposite: linearCompositeP,
  psum: psumP, pmax: pmaxP, pmin: pminP, allGather: allGatherP, axisIndex: axisIndexP,
  scan: scanP, cond: condP, while: whileP,
  customJvp: customJvpP, customVjp: customVjpP, customEnd: customEndP,
  checkpoint: checkpointP, rematTangent: rematTangentP, checkpointName: checkpointNameP,
} satisfies { readonly [name: string]: Primitive };

/** The names of the built-in primitives: the keys of exhaustive tables. */
export type PrimitiveName = keyof typeof builtins;
/** All built-in primitives. */
export const primitives: readonly Primitive[] = Object.values(builtins);

const byName = new Map<string, Primitive>(primitives.map(p => [p.name, p]));

/** The record of that name, built in or registered. */
export const primitiveByName = (name: string): Primitive | undefined => byName.get(name);

/** Makes a record known by its name, so that programs that use it can be stored and read back. Throws where the name is taken. */
export function registerPrimitive<P extends Params>(primitive: Primitive<P>): Primitive<P> {
  if (byName.has(primitive.name)) throw new CotangentError('value', `definePrimitive: a primitive named '${primitive.name}' exists already; choose another name`);
  byName.set(primitive.name, primitive);
  return primitive;
}
