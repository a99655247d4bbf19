// checkNaN: a function that stops at the first NaN. Floor 3.
import { checkNaNP } from '../primitive/checkNaN.ts';
import { optionsOf } from '../shape/options.ts';
import { bind } from '../trace/scope.ts';
import { unflatten } from '../tree/tree.ts';
import { underlying } from './jit.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction } from './staging.ts';

export interface CheckNaNOptions {
  /** Stop at infinities, too. */
  readonly infinities?: boolean;
}

/**
 * `f` with every equation watched: where one makes a NaN that was not among its operands, reading the result throws and names the
 * equation, where in the program it stands (the path of `scope`, the line, the step of a loop) and the ranges of its operands. Of
 * `grad(f)` it finds the first one, forward or backward; under jit the call throws (on WebGPU, the read). A debugging aid: it stages at each
 * call; on Wasm the reference runs it, on WebGPU the host looks at the operands and results of every equation. A NaN that `where` would hide is found, too.
 *
 * @throws `nan` at the read.
 * @example
 * import { checkNaN, grad, np, tensor } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 0]>>) => np.sum(np.sqrt(x));
 * f(tensor([1, 0])); // -> 1
 * const g = checkNaN((x: ReturnType<typeof tensor<[1, -4]>>) => np.sum(np.log(x)))(tensor([1, -4]));
 * g.itemSync(); // throws checkNaN: log made NaN at [1] of f32[2] from operands f32[2] in -4..1
 */
export function checkNaN<F extends AnyFunction>(f: F, options?: CheckNaNOptions): F;
export function checkNaN(f: AnyFunction, options: CheckNaNOptions = {}): (...args: readonly unknown[]) => unknown {
  const { infinities = false } = optionsOf('checkNaN', options, { infinities: 'flag' });
  return (...args) => {
    const { leaves, structure } = flattenTensors(args, 'checkNaN');
    const { jaxpr, consts, out } = stageFunction('checkNaN', underlying(f), structure, avalsOfTensors(leaves), { sources: true });
    return unflatten(out, bind(checkNaNP, [...consts, ...leaves], { jaxpr, infinities }));
  };
}
