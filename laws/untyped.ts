// The public transforms for functions whose types are not known: lists of tensors to trees of tensors. The one place where the laws cast.
// Values are read on the reference backend, which is put back to the user's afterwards.
import { referenceBackend } from '../src/backend/reference/backend.ts';
import type { Jaxpr } from '../src/ir/jaxpr.ts';
import type { NDArray } from '../src/ir/primitive.ts';
import type { AnyTensor } from '../src/ir/tensor.ts';
import type { Optimizer, StateKind } from '../src/optim/optimizer.ts';
import { constant } from '../src/primitive/broadcast.ts';
import { currentBackend, installBackend, type Backend } from '../src/trace/backend.ts';
import { handleOf, isTensor, newHandle, type TensorHandle } from '../src/trace/handle.ts';
import '../src/trace/pending.ts';
import { evalJaxpr } from '../src/trace/scope.ts';
import { checkpoint as typedCheckpoint, type CheckpointPolicy } from '../src/transform/checkpoint.ts';
import * as control from '../src/transform/control.ts';
import { customBatching as typedCustomBatching } from '../src/transform/customBatching.ts';
import { customJvp as typedCustomJvp } from '../src/transform/customJvp.ts';
import { customVjp as typedCustomVjp } from '../src/transform/customVjp.ts';
import { jvp as typedJvp, linearize as typedLinearize, vjp as typedVjp } from '../src/transform/forward.ts';
import { grad as typedGrad } from '../src/transform/grad.ts';
import { jacfwd as typedJacfwd, jacrev as typedJacrev } from '../src/transform/jacobian.ts';
import { jit as typedJit } from '../src/transform/jit.ts';
import { linearTranspose as typedLinearTranspose } from '../src/transform/linearTranspose.ts';
import { tap as typedTap } from '../src/transform/tap.ts';
import type { AnyFunction } from '../src/transform/staging.ts';
import { vmap as typedVmap } from '../src/transform/vmap.ts';
import { flatten } from '../src/tree/tree.ts';

/** A function of tensors. What it returns is a tree of them. */
export type TensorFunction = (...xs: readonly TensorHandle[]) => unknown;

// Each transform takes any function of trees of tensors; its static type follows shapes that are not known here.
const untyped = <F>(transform: unknown): F => transform as F;
export const grad = untyped<(f: TensorFunction, options?: { readonly argnums?: number | readonly number[] }) => TensorFunction>(typedGrad);
export const jit = untyped<(f: TensorFunction) => TensorFunction>(typedJit);
export const vmap = untyped<(f: TensorFunction, options?: { readonly inAxes?: number | readonly (number | null)[]; readonly outAxes?: number | readonly (number | null)[]; readonly axisName?: string }) => TensorFunction>(typedVmap);
export const jvp = untyped<(f: TensorFunction, primals: readonly TensorHandle[], tangents: readonly (TensorHandle | null)[]) => [unknown, unknown]>(typedJvp);
export const vjp = untyped<(f: TensorFunction, ...primals: readonly TensorHandle[]) => [unknown, (cotangents: unknown) => readonly unknown[]]>(typedVjp);
export const linearize = untyped<(f: TensorFunction, ...primals: readonly TensorHandle[]) => [unknown, (...tangents: readonly (TensorHandle | null)[]) => unknown]>(typedLinearize);
const untypedJacobian = (transform: unknown): (f: TensorFunction, argnums: readonly number[]) => TensorFunction => {
  const typed = untyped<(f: TensorFunction, options: { readonly argnums: readonly number[] }) => TensorFunction>(transform);
  return (f, argnums) => typed(f, { argnums });
};
export const jacfwd = untypedJacobian(typedJacfwd);
export const jacrev = untypedJacobian(typedJacrev);

/** Lists of tensors: what the loops and branches of random programs carry, slice and return. */
export type Tensors = readonly TensorHandle[];
export interface LoopOptions { readonly reverse?: boolean; readonly length?: number; readonly unroll?: number }
export const scan = untyped<(f: (carry: Tensors, x: Tensors) => readonly [Tensors, Tensors], init: Tensors, xs: Tensors | null, options?: LoopOptions) => readonly [Tensors, Tensors]>(control.scan);
export const map = untyped<(f: TensorFunction, xs: TensorHandle, options?: { readonly batchSize?: number }) => unknown>(control.map);
export const whileLoop = untyped<(test: (carry: Tensors) => TensorHandle, body: (carry: Tensors) => Tensors, init: Tensors) => Tensors>(control.whileLoop);
export const foriLoop = untyped<(lower: number | TensorHandle, upper: number | TensorHandle, body: (i: TensorHandle, carry: Tensors) => Tensors, init: Tensors) => Tensors>(control.foriLoop);
export const cond = untyped<(predicate: TensorHandle, onTrue: TensorFunction, onFalse: TensorFunction, ...operands: Tensors) => unknown>(control.cond);
export const switchCase = untyped<(index: TensorHandle, branches: readonly TensorFunction[], ...operands: Tensors) => unknown>(control.switchCase);
export const checkpoint = untyped<(f: TensorFunction, options?: { readonly policy?: CheckpointPolicy }) => TensorFunction>(typedCheckpoint);
export const customJvp = untyped<(f: TensorFunction, rule: (primals: Tensors, tangents: readonly (TensorHandle | null)[]) => readonly [unknown, unknown]) => TensorFunction>(typedCustomJvp);
export const customVjp = untyped<(f: TensorFunction, fwd: (...xs: Tensors) => readonly [unknown, unknown], bwd: (residuals: Tensors, ct: unknown) => readonly unknown[]) => TensorFunction>(typedCustomVjp);
export const customBatching = untyped<(f: TensorFunction, rule: (size: number, batched: readonly boolean[], ...xs: Tensors) => readonly [unknown, boolean]) => TensorFunction>(typedCustomBatching);
export const linearTranspose = untyped<(f: TensorFunction, ...like: Tensors) => (cotangents: unknown) => readonly unknown[]>(typedLinearTranspose);
export const tap = untyped<(x: TensorHandle, callback: (value: TensorHandle) => unknown) => TensorHandle>(typedTap);
/** Any function, as a function of tensors. */
export const asTensorFunction = (f: AnyFunction): TensorFunction => untyped<TensorFunction>(f);

/** A program as a function that returns the list of its results. */
export const programOf = (j: Jaxpr): TensorFunction => (...xs) => evalJaxpr(j, xs);
/** Tensors of host arrays; the arrays are shared, as nothing writes to them. */
export const tensorsOf = (xs: readonly NDArray[]): TensorHandle[] => xs.map(x => newHandle({ shape: x.shape, dtype: x.dtype }, { kind: 'host', data: x.data }));
export const asHandle = (x: AnyTensor): TensorHandle => handleOf(x);
/** The tensors of a tree, in the order of its leaves. */
export const leavesOf = (tree: unknown): readonly TensorHandle[] => flatten(tree, isTensor, 'laws').leaves;

/** Every tensor of the tree that `f` gives, run and read on the reference backend. */
export function readAll(f: () => unknown): readonly NDArray[] {
  return onReference(() => leavesOf(f()).map(x => ({ shape: x.shape, dtype: x.dtype, data: x.dataSync() })));
}
/** Runs `f` with the reference backend as the current one. */
export function onReference<R>(f: () => R): R {
  const before = installed();
  if (before === referenceBackend) return f();
  installBackend(referenceBackend);
  try { return f(); } finally { if (before !== null) installBackend(before); }
}
function installed(): Backend | null {
  try { return currentBackend(); } catch { return null; }
}

/** A gradient transformation of trees whose types are not known. */
export interface AnyRule {
  readonly parts: Optimizer<readonly StateKind[]>['parts'];
  init(params: unknown): unknown;
  update(grads: unknown, state: unknown, params: unknown, extra?: unknown): [updates: unknown, state: unknown];
}
/** An optimiser, as a rule for any tree. */
export const ruleOf = (o: { readonly parts: Optimizer<readonly StateKind[]>['parts'] }): AnyRule => untyped<AnyRule>(o);
/** One step, with the loss and a loss function for the rules that ask for them. */
export const stepOf = (rule: AnyRule, grads: unknown, state: unknown, params: unknown, value: number, valueFn: (params: unknown) => unknown): [unknown, unknown] =>
  rule.update(grads, state, params, { value: constant(value, [], 'f32'), valueFn });
/** The same, jitted: the loss is an argument. */
export function jittedStepOf(rule: AnyRule, valueFn: (params: unknown) => unknown): (grads: unknown, state: unknown, params: unknown, value: number) => [unknown, unknown] {
  const step = untyped<(f: AnyFunction) => (...args: readonly unknown[]) => [unknown, unknown]>(typedJit)((grads: unknown, state: unknown, params: unknown, value: unknown) => rule.update(grads, state, params, { value, valueFn }));
  return (grads: unknown, state: unknown, params: unknown, value: number) => step(grads, state, params, tensorsOf([{ shape: [], dtype: 'f32', data: Float32Array.of(value) }])[0]);
}
