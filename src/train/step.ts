// One step of training as one program: loss, gradient, update, and whether all of it was finite. Floor 7.
// Knows nothing of epochs, files or terminals.

import { CotangentError, ShapeError } from '../error.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import { applyUpdates, type Optimizer, type StateKind } from '../optim/optimizer.ts';
import { foldIn, type Key } from '../random/key.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { valueAndGrad } from '../transform/grad.ts';
import { jit } from '../transform/jit.ts';
import { leavesOf, mapTrees } from '../tree/map.ts';

/** The loss of a batch: a function of the parameters. */
export type Loss<P, T> = (params: P, batch: T, key: Key) => Scalar;
/** The loss of a batch for a network that keeps state: its value and the next state. */
export type StatefulLoss<P, T, S> = (params: P, batch: T, key: Key, state: S) => readonly [Scalar, S];

/** Everything that a step changes. */
export interface Variables {
  readonly params: unknown;
  readonly optimizer: unknown;
  /** The network's state; null where it keeps none. */
  readonly state: unknown;
}

/** What a step gives: where something was not finite, the variables are those from before, and `finite` is false. */
export interface Stepped {
  readonly variables: Variables;
  readonly loss: Scalar;
  readonly finite: Scalar<'bool'>;
}

type AnyLoss = (params: unknown, batch: unknown, key: Key, state: unknown) => readonly [Scalar, unknown];

/** A loss of either kind as one that returns `[loss, state]`. */
export const withState = (loss: unknown, stateful: boolean, where: string): AnyLoss => {
  const f: (...args: readonly unknown[]) => unknown = typed(loss);
  if (!stateful && f.length > 3) throw new CotangentError('options', `${where}: the loss takes a state, and there is none; give the first one: state: nn.initState(net, x)`);
  return stateful
    ? (params, batch, key, state) => pairOf(where, f(params, batch, key, state))
    : (params, batch, key) => [valueOf(where, f(params, batch, key)), null];
};
/** What a loss without state must return. A promise, a tree or nothing is left to what differentiates it. */
function valueOf(where: string, value: unknown): Scalar {
  if (Array.isArray(value)) throw new CotangentError('options', `${where}: the loss returns ${describe(value)}, a loss without state returns a scalar; for [loss, next state] give the first state: state: nn.initState(net, x)`);
  return expectScalar(where, value);
}
function pairOf(where: string, value: unknown): readonly [Scalar, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw new CotangentError('options', `${where}: the loss returns ${describe(value)}, with the option state it returns [loss, next state]; return both, or leave state out`);
  const pair: readonly unknown[] = value;
  return [expectScalar(where, pair[0]), pair[1]];
}
function expectScalar(where: string, value: unknown): Scalar {
  if (value instanceof Promise) throw new CotangentError('async', `${where}: the loss returns a promise; a loss is a pure function of tensors, await outside of it`);
  if (!isTensor(value)) throw new CotangentError('options', `${where}: the loss is ${describe(value)}, no tensor; return a scalar: nn.crossEntropy(nn.apply(net, params, x), y)`);
  if (value.shape.length > 0) throw new ShapeError(`${where}: the loss is ${describe(value)}, no scalar; take its np.mean or np.sum`);
  return typed(value);
}

const loose = (x: AnyTensor): Tensor<readonly number[]> => typed(x);
/** 0 where all elements are finite, NaN otherwise: 0 * x is. */
const poison = (x: AnyTensor): Scalar => typed(np.astype(np.sum(np.multiply(loose(x), 0)), 'f32'));

/**
 * The step of a loss and an optimiser, jitted. The variables are donated: their memory becomes that of the next ones.
 * Where the loss or a gradient is not finite nothing changes, so that the last good parameters are never lost.
 */
export function trainStep(loss: AnyLoss, optimizer: Optimizer<readonly StateKind[]>): (variables: Variables, batch: unknown, runKey: Key, step: Scalar<'i32'>) => Stepped {
  const f = (variables: Variables, batch: unknown, runKey: Key, step: Scalar<'i32'>): Stepped => {
    const { params, state } = variables;
    const key = foldIn(runKey, step);
    const [[value, next], gradient] = valueAndGrad((p: unknown) => loss(p, batch, key, state), { hasAux: true })(params);
    const [updates, optimizerState] = optimizer.update(typed(gradient), typed(variables.optimizer), params, typed({ value, valueFn: (p: unknown) => loss(p, batch, key, state)[0] }));
    const after: Variables = { params: applyUpdates(params, typed(updates)), optimizer: optimizerState, state: next };
    const parts = [value, ...leavesOf(gradient, 'train').map(g => typed(g))].map(poison);
    const finite = np.equal(parts.reduce((a, b) => np.add(a, b)), 0);
    const kept = (pair: readonly unknown[]): unknown => np.where(finite, typed(pair[0]), typed(pair[1]));
    return { variables: typed(mapTrees(kept, [after, variables], 'train')), loss: value, finite };
  };
  return jit(f, { donate: [0] });
}
