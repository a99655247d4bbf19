// What a run does with its variables beside making steps: copies that it may donate, and who made what is not finite. Floor 7.

import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { fromData } from '../numpy/create.ts';
import type { Key } from '../random/key.ts';
import { isTensor } from '../trace/handle.ts';
import { checkNaN } from '../transform/checkNaN.ts';
import { valueAndGrad } from '../transform/grad.ts';
import { leavesOf, structureOf } from '../tree/map.ts';
import { unflatten } from '../tree/tree.ts';
import type { Variables, withState } from './step.ts';

/** Tensors of the same values that nobody else holds, so that they may be donated. */
export async function ownCopy(where: string, tree: unknown): Promise<unknown> {
  const leaves = leavesOf(tree, where);
  const copies = await Promise.all(leaves.map(async (x) => {
    if (!isTensor(x)) throw new CotangentError('tree', `${where}: a ${typeof x} among the variables is no tensor; wrap it: tensor(x)`);
    return fromData(await x.data(), x.shape, x.dtype);
  }));
  return unflatten(structureOf(tree, where), copies);
}

/** The error of a step whose loss or gradient was not finite: where it was made, found by running the step again, watched. */
export async function notFinite(where: string, loss: ReturnType<typeof withState>, { params, state }: Variables, batch: unknown, key: Key, value: number): Promise<CotangentError> {
  try {
    const watched = checkNaN((p: unknown) => valueAndGrad((q: unknown) => loss(q, batch, key, state)[0])(p), { infinities: true });
    await Promise.all(leavesOf(watched(params), where).filter(isTensor).map((x: AnyTensor) => x.data()));
  } catch (error) {
    if (error instanceof CotangentError && error.code === 'nan') return new CotangentError('nan', `${where}: the loss is ${value}: ${error.message}`, { cause: error });
    throw error;
  }
  return new CotangentError('nan', `${where}: the loss is ${value}, or a gradient is not finite; try a smaller learning rate`);
}
