// tune, tuning: measured choices between the kernels of a backend, for who wants them faster than their shapes alone tell.
// Floor 3: stages a function and hands its program on.
import { CotangentError } from '../error.ts';
import { currentBackend } from '../trace/backend.ts';
import type { Tuning } from '../trace/tuning.ts';
import { makeJaxpr } from './look.ts';

/**
 * Measures the kernels that `f(...args)` needs on the device of the current backend, by the device's own clock, and uses the fastest from now
 * on: what was compiled before is compiled anew. Kernels of products, convolutions and attention are measured in all their tiles, maps, rows and
 * running values in all their schedules. One is used only where its results equal those of the plain one: to the bit, where sums are exact. What is known already is not measured again. Results may differ in their last bits from those of other choices: keep
 * what is returned, and give it to `setBackend('webgpu', { tuning })` for runs that are to be the same.
 * Nothing of `f` is computed.
 *
 * @throws `unsupported` where the backend has one kernel for each equation, or the adapter is software: times there say nothing of a GPU.
 * @example
 * import { np, ones, tune, type Tensor } from 'cotangent';
 * const why = await tune((x: Tensor<[64, 32]>) => np.sum(x), ones([64, 32])).then(() => '', (error: unknown) => String(error));
 * why.includes('tune'); // -> true
 */
export async function tune<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Promise<Tuning> {
  const backend = currentBackend();
  const { tunable } = backend;
  if (tunable === undefined) throw new CotangentError('unsupported', `tune: the backend ${backend.name} has one kernel for each equation; use setBackend('webgpu')`);
  await tunable.tune(makeJaxpr(f)(...args).jaxpr);
  return tunable.tuning;
}
/**
 * The measured choices that the current backend uses: given to `setBackend`, or found by `tune`. Plain data for JSON.
 *
 * @example
 * import { tuning } from 'cotangent';
 * tuning().choices.length; // -> 0
 */
export const tuning = (): Tuning => currentBackend().tunable?.tuning ?? { version: 1, choices: [] };
