// The public namespace `optim`: optimisers as composable pairs of functions, with Optax's names.

export { averagedWeights, ema, emaOfWeights, incrementalUpdate, periodicUpdate, type Averaged, type EmaOptions, type WeightsState } from './average.ts';
export {
  adaptiveGradClip, centralize, clip, clipByBlockRms, clipByGlobalNorm, clipByNorm, globalNorm, identity, keepParamsNonnegative, normalizeByUpdateNorm,
  scaleByParamBlockNorm, scaleByParamBlockRms, scaleByTrustRatio, setToZero, zeroNans,
  type AdaptiveClipOptions, type NormalizeOptions, type TrustRatioOptions,
} from './clipping.ts';
export { addDecayedWeights, addNoise, type DecayOptions, type NoiseState, type Noisy } from './decay.ts';
export type { Counted, CountedSlots, CountState, Slots, Slotted } from './leafwise.ts';
export { freeze, masked, partition, type Labels, type Leaf, type Mask, type Masked, type MaskedState, type Partitioned, type PartitionState, type Some } from './masks.ts';
export {
  scaleByAdam, scaleByAdamax, scaleByAdan, scaleByAmsgrad, scaleByBelief, scaleByLion, scaleByNovograd, scaleByRadam, scaleByYogi,
  type AdamOptions, type AdamState, type AdanOptions, type LionOptions, type Moments, type NovogradOptions, type RadamOptions, type YogiOptions,
} from './moments.ts';
export { lbfgs, scaleByLbfgs, type LbfgsOptions, type LbfgsRuleOptions, type LbfgsState, type Remembered } from './lbfgs.ts';
export { scaleByBacktrackingLinesearch, scaleByZoomLinesearch, type BacktrackingOptions, type LinesearchState, type Searched, type ZoomOptions } from './linesearch.ts';
export { monoid } from './monoid.ts';
export { muon, scaleByMuon, type MuonGroups, type MuonOptions, type MuonRuleOptions, type NewtonSchulz } from './muon.ts';
export { conjugateGradient, hvp, newtonCg, type ConjugateGradientOptions, type NewtonOptions } from './newton.ts';
export { applyUpdates, chain, type Extra, type NoState, type Optimizer, type StateKind, type StateOf, type StatesOf } from './optimizer.ts';
export {
  adabelief, adadelta, adagrad, adam, adamax, adamaxw, adamw, adan, amsgrad, lamb, lars, lion, nadam, nadamw, noisySgd, novograd, optimisticGradientDescent, radam,
  rmsprop, rprop, sgd, signSgd, yogi,
  type AdadeltaOptions, type LambOptions, type LarsOptions, type RmspropOptions, type SgdOptions, type WeightDecayOptions,
} from './optimizers.ts';
export { polyakSgd, scaleByPolyak, type PolyakOptions, type PolyakSgdOptions } from './polyak.ts';
export { reduceOnPlateau, type Plateaued, type PlateauOptions, type PlateauState } from './plateau.ts';
export {
  scale, scaleByLearningRate, scaleBySchedule, trace,
  type LearningRate, type RateState, type Schedule, type Traced, type TraceOptions, type TraceState,
} from './rules.ts';
export {
  constantSchedule, cosineDecaySchedule, cosineOnecycleSchedule, exponentialDecay, joinSchedules, linearOnecycleSchedule, linearSchedule, piecewiseConstantSchedule,
  piecewiseInterpolateSchedule, polynomialSchedule, sgdrSchedule, warmupConstantSchedule, warmupCosineDecaySchedule, warmupExponentialDecaySchedule,
  type Boundaries, type CosineOptions, type Cycle, type ExponentialOptions, type LinearOnecycleOptions, type OnecycleOptions, type TransitionOptions, type WarmupCosineOptions,
} from './schedules.ts';
export {
  scaleByAdadelta, scaleByOptimisticGradient, scaleByRms, scaleByRprop, scaleByRss, scaleBySign, scaleByStddev,
  type AdadeltaRuleOptions, type AdagradOptions, type OptimisticOptions, type RmsOptions, type RpropOptions,
} from './squares.ts';
export {
  applyIfFinite, injectHyperparams, lookahead, multiSteps,
  type Finite, type FiniteState, type Gathered, type Injected, type InjectState, type LookaheadState, type Looked, type MultiStepsOptions, type MultiStepsState,
} from './wrappers.ts';
