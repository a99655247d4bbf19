// The public namespace `train`: the training loop, and what helps to set one up.

export { fit, type EarlyStopping, type FitOptions, type Fitted, type MetricValues, type Metrics, type Progress, type Validation } from './fit.ts';
export { findLearningRate, type RateOptions, type RateTest } from './learningRate.ts';
export { overfit, type Overfitted, type OverfitOptions } from './overfit.ts';
export { duration, reporter, statusBar, statusLine, type Reporter, type Status, type Stream } from './progress.ts';
export type { Position } from './run.ts';
export type { Loss, StatefulLoss } from './step.ts';
