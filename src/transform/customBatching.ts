// customBatching: a function over pytrees with a batching rule of its own. Floor 3.
import { CotangentError, ShapeError, TraceError } from '../error.ts';
import { sameAval, showAval } from '../ir/aval.ts';
import type { Batched, Mask } from '../ir/primitive.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { customBatchingRecord, type CustomBatchingParams } from '../primitive/customBatching.ts';
import { at } from '../primitive/define.ts';
import { avalOf, handleOf } from '../trace/handle.ts';
import { bind, evalJaxpr } from '../trace/scope.ts';
import { leafCount, leavesAt, structureKey, unflatten, type Structure } from '../tree/tree.ts';
import { readArguments } from './arguments.ts';
import { stageFunction, type AnyFunction } from './staging.ts';
import type { Mapped } from './tree.ts';

type Shape = readonly number[];
/** The tree with shapes unknown: a batched leaf has one more axis, in front. */
export type Reshaped<P> = P extends Tensor<infer _S, infer D> ? Tensor<Shape, D> : P extends null ? null : { [K in keyof P]: Reshaped<P[K]> };

/**
 * `f`, with a batching rule of its own. Under vmap `rule(axisSize, inBatched, ...args)` is called instead: `inBatched` has the arguments' trees with
 * a boolean at each leaf; batched leaves carry the batch axis first. It returns `[out, outBatched]`, the latter in the result's tree, or one boolean for
 * all of it. Derivatives are those of `f` as written, so inside `grad` the rule is used only where vmap is applied first.
 *
 * @throws `capture` when the rule closes over a tensor, or `f` over a batched one, `tree` or `shape` when the rule's result is not a batch of `f`'s.
 * @example
 * import { customBatching, np, tensor, vmap, type Scalar } from 'cotangent';
 * const plusOne = customBatching((x: Scalar) => np.add(x, 1), (size, [batched], x) => [np.add(x, batched ? size : 1), batched]);
 * plusOne(tensor(0)); // -> 1
 * vmap(plusOne)(tensor([0, 1])); // -> [2, 3]
 */
export function customBatching<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  rule: (axisSize: number, inBatched: { readonly [I in keyof A]: Mapped<NoInfer<A>[I], boolean> }, ...args: { [I in keyof A]: Reshaped<NoInfer<A>[I]> }) => readonly [Reshaped<NoInfer<R>>, Mapped<NoInfer<R>, boolean> | boolean],
): (...args: A) => R;
export function customBatching(f: AnyFunction, rule: AnyFunction): (...args: never[]) => unknown {
  /** The trees that this function has met, under the words by which its equations name them. */
  const known = new Map<string, { readonly args: Structure; readonly out: Structure }>();
  const record = customBatchingRecord((inputs, batched, params, size) => {
    const trees = known.get(params.trees);
    if (trees === undefined) throw new CotangentError('unsupported', `customBatching: ${params.name} was not called with these trees here`);
    return batchByRule(rule, trees.args, trees.out, inputs, batched, params, size);
  });
  return (...args: readonly unknown[]) => {
    const { leaves, avals, structure } = readArguments(args, 'customBatching');
    const { jaxpr, consts, out } = stageFunction('customBatching', f, structure, avals);
    const trees = `${structureKey(structure)} -> ${structureKey(out)}`;
    known.set(trees, { args: structure, out });
    return unflatten(out, bind(record, [...consts, ...leaves], { name: f.name || 'the function', jaxpr, numConsts: consts.length, trees }));
  };
}

function batchByRule(rule: AnyFunction, args: Structure, out: Structure, inputs: readonly AnyTensor[], batched: Mask, p: CustomBatchingParams, size: number): Batched {
  const captured = batched.slice(0, p.numConsts).indexOf(true);
  if (captured >= 0) throw new TraceError('capture', `customBatching: ${p.name} captures ${showAval(at(p.jaxpr.inputs, captured).aval)}, which is batched; pass it as an argument`);
  const own = inputs.slice(p.numConsts).map(x => handleOf(x));
  const mask = batched.slice(p.numConsts);
  let outBatched: Mask = [];
  // A stage of its own: numbers in the rule are literals, and what it captures is found here.
  const staged = stageFunction('customBatching', (...xs: readonly unknown[]) => {
    const result = (rule as (...xs: readonly unknown[]) => unknown)(size, unflatten(args, mask), ...xs);
    if (!Array.isArray(result) || result.length !== 2) throw new CotangentError('tree', 'customBatching: the rule must return [out, outBatched]');
    const pair: readonly unknown[] = result;
    outBatched = readMask(pair[1], out);
    return pair[0];
  }, args, own.map(avalOf), { numbers: 'literals' });
  const [first] = staged.consts;
  if (first !== undefined) throw new TraceError('capture', `customBatching: the rule of ${p.name} captures ${showAval(first.aval)}; a batching rule sees its arguments alone, pass it as an argument`);
  if (structureKey(staged.out) !== structureKey(out)) throw new CotangentError('tree', `customBatching: the rule returns the tree ${structureKey(staged.out)}, the function ${structureKey(out)}; they must be equal`);
  staged.jaxpr.outputs.forEach((o, i) => {
    const one = at(p.jaxpr.outputs, i).aval;
    const want = outBatched[i] === true ? { shape: [size, ...one.shape], dtype: one.dtype } : one;
    if (!sameAval(o.aval, want)) throw new ShapeError(`customBatching: the rule returns ${showAval(o.aval)} as result ${i}, ${outBatched[i] === true ? 'batched' : 'not batched'} it must be ${showAval(want)}`);
  });
  return { outputs: evalJaxpr(staged.jaxpr, own), batched: outBatched };
}
/** One boolean a leaf of the result. */
function readMask(tree: unknown, out: Structure): Mask {
  if (typeof tree === 'boolean') return Array.from({ length: leafCount(out) }, () => tree);
  return leavesAt(out, tree, 'customBatching: outBatched').map(b => {
    if (typeof b !== 'boolean') throw new CotangentError('tree', `customBatching: outBatched has ${typeof b} where a boolean is wanted`);
    return b;
  });
}
