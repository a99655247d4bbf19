// The public namespace `optim`: optimisers as composable pairs of functions, with Optax's names.

export { applyUpdates, chain, type NoState, type Optimizer, type StateKind, type StateOf, type StatesOf } from './optimizer.ts';
export { adam, sgd, type SgdOptions } from './optimizers.ts';
export {
  scale, scaleByAdam, scaleByLearningRate, trace,
  type AdamOptions, type AdamState, type CountState, type Counted, type LearningRate, type Moments, type RateState, type Schedule, type TraceOptions, type TraceState,
  type Traced,
} from './rules.ts';
