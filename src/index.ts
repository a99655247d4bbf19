// The public face. Importing it installs the embedded backend (WebAssembly; the reference where there is none), the outermost level of
// tracing and the fluent methods.
import './trace/pending.ts';
import './numpy/methods.ts';
import { referenceBackend } from './backend/reference/backend.ts';
import { revectorized, revectorizedBackend, wasmBackend, wasmWorks } from './backend/wasm/backend.ts';
import { hasHardwareAdapter } from './backend/webgpu/acquire.ts';
import { webGpuBackend } from './backend/webgpu/backend.ts';
import { installBackend, registerBackend } from './trace/backend.ts';

registerBackend('reference', () => Promise.resolve(referenceBackend));
const wasm = wasmWorks();
if (wasm) {
  registerBackend('wasm', () => Promise.resolve(wasmBackend()));
  registerBackend(revectorized, async () => revectorizedBackend(), null);
}
installBackend(wasm ? wasmBackend() : referenceBackend);
registerBackend('webgpu', webGpuBackend, hasHardwareAdapter);

export * as np from './numpy/index.ts';
export * as lax from './lax/index.ts';
export * as nn from './nn/index.ts';
export * as optim from './optim/index.ts';
export * as random from './random/index.ts';
export * as tree from './transform/tree.ts';
export * as data from './data/index.ts';
export * as io from './io/index.ts';
export * as train from './train/index.ts';
export * as plot from './plot/index.ts';

export { stopGradient } from './numpy/convert.ts';
export { fromData, full, ones, onesLike, tensor, zeros, zerosLike } from './numpy/create.ts';
export { assertShape, dim, refine, withDim } from './numpy/dims.ts';
export { arange, eye, linspace } from './numpy/ranges.ts';
export { to } from './numpy/transfer.ts';
export { axisIndex, pmean, psum } from './lax/collective.ts';

export { checkpoint, checkpointName } from './transform/checkpoint.ts';
export { checked, describeViolation } from './transform/checked.ts';
export { checkNaN } from './transform/checkNaN.ts';
export { cond, foriLoop, scan, switchCase, whileLoop } from './transform/control.ts';
export { customBatching } from './transform/customBatching.ts';
export { customJvp, straightThrough } from './transform/customJvp.ts';
export { customVjp } from './transform/customVjp.ts';
export { jvp, linearize, vjp } from './transform/forward.ts';
export { grad, valueAndGrad } from './transform/grad.ts';
export { hessian, jacfwd, jacrev } from './transform/jacobian.ts';
export { clearCache, compile, explainMiss, jit } from './transform/jit.ts';
export { linearTranspose } from './transform/linearTranspose.ts';
export { evalShape, explain, makeJaxpr } from './transform/look.ts';
export { tune, tuning } from './transform/tune.ts';
export { debugPrint, tap } from './transform/tap.ts';
export { vmap } from './transform/vmap.ts';

export { trace } from './inspect/trace.ts';
export { definePrimitive } from './primitive/user.ts';
export { backends, getBackend, setBackend } from './trace/backend.ts';
export { scope } from './trace/scope.ts';

export type { Tuning } from './trace/tuning.ts';
export type { DType, Float, Int } from './dtype/dtype.ts';
export type { AnyTensor, Operand, Scalar, Tensor } from './ir/tensor.ts';
export type { Key } from './random/index.ts';
export type { Dim, Shape } from './shape/dim.ts';
export type { Tangent } from './transform/types.ts';
