// tap and debugPrint: looking at values while a program runs, wherever it runs. Floor 3.
import { CotangentError } from '../error.ts';
import { allocate } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { tapRecord, type TapParams } from '../primitive/tap.ts';
import { newHandle, type TensorHandle } from '../trace/handle.ts';
import { bind } from '../trace/scope.ts';
import { structureKey, unflatten } from '../tree/tree.ts';
import { flattenTensors } from './staging.ts';

/** One record per callback and tree, so that a program staged again with the same callback is the same program. */
const records = new WeakMap<object, Map<string, Primitive<TapParams>>>();

/** A tensor of its own with what the program holds at that moment. */
export function hostTensor({ shape, dtype, data }: NDArray): TensorHandle {
  const copy = allocate(dtype, data.length);
  copy.set(data);
  return newHandle({ shape, dtype }, { kind: 'host', data: copy });
}

/**
 * Shows `x` to `callback` when the program runs, and returns `x`. The callback gets a tree like `x` of concrete tensors: under jit at each
 * call, under grad once, in the forward pass, under vmap once for each example in order, in a scan at each step, in a cond where the
 * branch is taken. Calls happen in the order of the program, and none is left out or repeated; outside transforms they happen at once.
 * On WebGPU they happen when the device has come there: before whatever is read later is there.
 *
 * @param callback is called for its effect; what it returns is ignored, what it throws reaches whoever runs the program. Give one function,
 * not a new one for each call, and programs that contain it are compiled once. What it throws on WebGPU rejects the reads of the program's
 * results and of what is computed from them; where nobody reads those, the next read, or the end of the process, tells it.
 * @returns `x`, unchanged.
 * @throws `effect` under a vmapped `whileLoop`, or in a branch of a `cond` whose predicate vmap batches.
 * @example
 * import { jit, np, tap, tensor } from 'cotangent';
 * const seen: number[] = [];
 * const f = jit((x: ReturnType<typeof tensor<2>>) => np.multiply(tap(np.add(x, 1), (y) => seen.push(y.itemSync())), 10));
 * f(tensor(2)); // -> 30
 * f(tensor(3)); // -> 40
 * seen; // -> [3, 4]
 */
export function tap<X>(x: X, callback: (value: NoInfer<X>) => unknown): X {
  const { leaves, structure } = flattenTensors(x, 'tap');
  let known = records.get(callback);
  if (known === undefined) records.set(callback, known = new Map<string, Primitive<TapParams>>());
  const key = structureKey(structure);
  let record = known.get(key);
  // The tree was taken from a value of type X, and its leaves are tensors like that value's.
  if (record === undefined) known.set(key, record = tapRecord('tap', values => { callback(unflatten(structure, values.map(hostTensor)) as X); }));
  return unflatten(structure, bind(record, leaves, { batchAxes: 0 })) as X;
}

/** One callback per format, so that it is one record. */
const printers = new Map<string, (values: readonly AnyTensor[]) => void>();
const printersKept = 1024;

/**
 * Prints one line when the program runs: `format` with each `{}` replaced by a tensor. It prints when and where {@link tap} calls its
 * callback: under jit at each call, under grad once, under vmap for each example, in a scan at each step.
 *
 * @throws `value` where the number of holes is not the number of tensors; `effect` as {@link tap}.
 * @example
 * import { debugPrint, tensor } from 'cotangent';
 * debugPrint('loss {} at {}', tensor(0.5), tensor([1, 2])); // prints: loss 0.5 at [1., 2.]
 */
export function debugPrint(format: string, ...tensors: readonly AnyTensor[]): void {
  const parts = format.split('{}');
  if (parts.length - 1 !== tensors.length) throw new CotangentError('value', `debugPrint: the format ${JSON.stringify(format)} has ${parts.length - 1} holes {} for ${tensors.length} tensors`);
  let print = printers.get(format);
  if (print === undefined) {
    if (printers.size >= printersKept) printers.clear();
    printers.set(format, print = values => { console.log(parts.reduce((line, part, i) => `${line}${showOnLine(values[i - 1])}${part}`)); });
  }
  tap(tensors, print);
}

/** The elements as a tensor prints, on one line and without the type before them. */
function showOnLine(x: AnyTensor | undefined): string {
  if (x === undefined) return '';
  const text = String(x).slice(showAval({ shape: x.shape, dtype: x.dtype }).length + 1);
  return text.replace(/\s*\n\s*/g, ' ');
}
