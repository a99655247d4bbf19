// The public face. Importing it installs the reference backend and the outermost level of tracing.
import './trace/pending.ts';
import { referenceBackend } from './backend/reference/backend.ts';
import { installBackend, registerBackend } from './trace/backend.ts';

registerBackend('reference', () => Promise.resolve(referenceBackend));
installBackend(referenceBackend);

export * as np from './numpy/index.ts';
export { fromData, full, ones, tensor, zeros } from './numpy/create.ts';
export { grad, valueAndGrad } from './transform/grad.ts';
export { jvp, linearize, vjp } from './transform/forward.ts';
export { vmap } from './transform/vmap.ts';
export { clearCache, compile, explainMiss, jit } from './transform/jit.ts';
export { hessian, jacfwd, jacrev } from './transform/jacobian.ts';
export { evalShape, explain, makeJaxpr } from './transform/look.ts';
export { scope } from './trace/scope.ts';
export { backends, getBackend, setBackend } from './trace/backend.ts';
export type { DType } from './dtype/dtype.ts';
export type { AnyTensor, Scalar, Tensor } from './ir/tensor.ts';
export type { Dim } from './shape/dim.ts';
export type { Tangent } from './transform/types.ts';
