// What a run does with its variables beside making steps: how it begins, with copies that it may donate, and who made what is not finite. Floor 7.

import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { fromData } from '../numpy/create.ts';
import { typed } from '../numpy/typed.ts';
import type { Optimizer, StateKind } from '../optim/optimizer.ts';
import type { Key } from '../random/key.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { checkNaN } from '../transform/checkNaN.ts';
import { valueAndGrad } from '../transform/grad.ts';
import { leavesOf, structureOf } from '../tree/map.ts';
import { unflatten } from '../tree/tree.ts';
import { trainStep, withState, type Variables } from './step.ts';

/** Tensors of the same values that nobody else holds, so that they may be donated. */
export async function ownCopy<T>(where: string, tree: T): Promise<T> {
  const leaves = leavesOf(tree, where);
  const copies = await Promise.all(leaves.map(async (x) => {
    if (!isTensor(x)) throw new CotangentError('tree', `${where}: ${describe(x)} among the variables is no tensor; wrap it: tensor(x)`);
    return fromData(await x.data(), x.shape, x.dtype);
  }));
  return typed(unflatten(structureOf(tree, where), copies));
}

/** What each function of `train` cannot do without: the test of an option, and what to say where it fails. */
const wanted: { readonly [name: string]: readonly [test: (option: unknown) => boolean, say: string] } = {
  params: [option => option !== undefined, 'there are no params; write params: nn.init(net, random.key(0), x)'],
  loss: [option => typeof option === 'function', 'there is no loss; give a function of parameters and batch'],
  optimizer: [option => has(option, 'init'), 'optimizer is no optimiser; call the function that makes it: optim.adam(1e-3)'],
  batches: [option => has(option, 'epoch'), "batches is no loader; write data.batches(data.source({ x, y }), { size: 32, last: 'drop' })"],
  batch: [option => option !== undefined, 'there is no batch; give a few examples: batch: { x, y }'],
};
const has = (x: unknown, method: string): boolean => typeof x === 'object' && x !== null && method in x;
/** Refuses options that lack what a run needs, with what to write instead. */
export function demand(where: string, options: { readonly [name: string]: unknown }, names: readonly string[]): void {
  for (const name of names) {
    const [test, say] = wanted[name] ?? [() => true, ''];
    if (!test(options[name])) throw new CotangentError('options', `${where}: ${say}`);
  }
}

/** What every run begins with: its loss, of either kind, the variables before the first step, and the jitted step. */
export interface Begun { readonly loss: ReturnType<typeof withState>; readonly initial: Variables; readonly run: ReturnType<typeof trainStep> }
export function begin(where: string, options: { readonly params: unknown; readonly loss: unknown; readonly state?: unknown; readonly key?: unknown }, optimizer: Optimizer<readonly StateKind[]>): Begun {
  if (options.key !== undefined && !isTensor(options.key)) throw new CotangentError('options', `${where}: the key is ${describe(options.key)}; write key: random.key(0)`);
  const loss = withState(options.loss, options.state !== undefined, where);
  return { loss, initial: { params: options.params, optimizer: optimizer.init(options.params), state: options.state ?? null }, run: trainStep(loss, optimizer) };
}

/** The error of a step whose loss or gradient was not finite: where it was made, found by running the step again, watched. */
export async function notFinite(where: string, loss: ReturnType<typeof withState>, { params, state }: Variables, batch: unknown, key: Key, value: number): Promise<CotangentError> {
  try {
    const watched = checkNaN((p: unknown) => valueAndGrad((q: unknown) => loss(q, batch, key, state)[0])(p), { infinities: true });
    await Promise.all(leavesOf(watched(params), where).filter(isTensor).map((x: AnyTensor) => x.data()));
  } catch (error) {
    if (error instanceof CotangentError && error.code === 'nan') return new CotangentError('nan', `${where}: the loss is ${value}: ${error.message}`, { cause: error });
    // Where the watched program cannot run (memory), no equation is named.
    if (!(error instanceof CotangentError && error.code === 'unsupported')) throw error;
  }
  return new CotangentError('nan', `${where}: the loss is ${value}, or a gradient is not finite; try a smaller learning rate`);
}
