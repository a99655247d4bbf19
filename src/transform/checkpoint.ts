// checkpoint: a function whose backward pass computes again what it did not store; checkpointName marks what a policy may store.
// Floor 3.
import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { checkpointP } from '../primitive/checkpoint.ts';
import { checkpointName as named } from '../primitive/checkpointName.ts';
import type { CheckpointPolicy } from '../primitive/rematerialise.ts';
import { optionsOf } from '../shape/options.ts';
import { bind } from '../trace/scope.ts';
import { unflatten } from '../tree/tree.ts';
import { readArguments } from './arguments.ts';
import { stageFunction, type AnyFunction } from './staging.ts';

export type { CheckpointPolicy };
export interface CheckpointOptions {
  /**
   * What is stored for the backward pass, beside the arguments: `'nothing'` (default), `'everything'` (as without checkpoint), `'dots'` (results of
   * matrix products and convolutions), or `{ names }`, the values that {@link checkpointName} gave one of these names. What happens inside a loop is
   * computed again in any case: to choose there, checkpoint the loop's body.
   */
  readonly policy?: CheckpointPolicy;
}

/**
 * `f`, which stores (almost) nothing for reverse mode and computes it again in the backward pass: less memory for one more forward pass.
 * Values, gradients and types are `f`'s own. Checkpoint the blocks of a deep network, or the body of a `scan`; checkpoints nest.
 * Chen, Xu, Zhang, Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016.
 *
 * @param options `policy`: see {@link CheckpointOptions}.
 * @throws `options` for a policy that does not exist.
 * @example
 * import { checkpoint, grad, np, tensor, type Scalar } from 'cotangent';
 * const block = checkpoint((x: Scalar) => np.sin(np.sin(x)));
 * grad(block)(tensor(0)); // -> 1
 */
export function checkpoint<F extends AnyFunction>(f: F, options: CheckpointOptions = {}): F {
  optionsOf('checkpoint', options, { policy: 'any' });
  const policy = readPolicy(options.policy ?? 'nothing');
  const name = f.name || 'checkpoint';
  const call = (...args: readonly unknown[]): unknown => {
    const { leaves, avals, structure } = readArguments(args, 'checkpoint');
    const { jaxpr, consts, out } = stageFunction('checkpoint', f, structure, avals);
    return unflatten(out, bind(checkpointP, [...consts, ...leaves], { name, jaxpr, policy }));
  };
  Object.defineProperty(call, 'name', { value: name });
  // Takes and gives the same trees as f, which TypeScript cannot follow.
  return call as AnyFunction as F;
}
function readPolicy(policy: CheckpointPolicy): CheckpointPolicy {
  if (policy === 'nothing' || policy === 'everything' || policy === 'dots') return policy;
  const given: unknown = policy;
  if (typeof given === 'object' && given !== null && 'names' in given && Array.isArray(given.names)) return { names: given.names.map(String) };
  throw new CotangentError('options', `checkpoint: policy ${JSON.stringify(given)} does not exist; use 'nothing', 'everything', 'dots' or { names: [...] }`);
}

/**
 * `x`, under a name by which the policy `{ names }` of {@link checkpoint} stores it. Without one it changes nothing.
 *
 * @example
 * import { checkpoint, checkpointName, grad, np, tensor, type Scalar } from 'cotangent';
 * const block = checkpoint((x: Scalar) => np.sin(checkpointName(np.exp(x), 'wide')), { policy: { names: ['wide'] } });
 * grad(block)(tensor(0)); // -> 0.5403
 */
export function checkpointName<X extends AnyTensor>(x: X, name: string): X {
  // The identity has the type of its operand.
  return named(x, name) as X;
}
