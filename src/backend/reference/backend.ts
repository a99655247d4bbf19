// The reference backend: plain TypeScript on host arrays. Every other backend is compared with it.
import { MemoryError } from '../../error.ts';
import type { HostArray } from '../../dtype/dtype.ts';
import { bytesOf, type Aval } from '../../ir/aval.ts';
import { inlineCalls } from '../../ir/inline.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import { splatArray } from '../../ir/ndarray.ts';
import type { NDArray } from '../../ir/primitive.ts';
import type { Backend, Buffer, Executable } from '../../trace/backend.ts';
import { evaluateJaxpr, located, prepare, runPrepared } from './evaluate.ts';

class HostBuffer implements Buffer {
  readonly array: NDArray;
  readonly bytes: number;
  constructor(array: NDArray) {
    this.array = array;
    this.bytes = bytesOf(array);
  }
}
function arrayOf(buffer: Buffer): NDArray {
  if (buffer instanceof HostBuffer) return buffer.array;
  throw new MemoryError('backend-mismatch', 'reference: the buffer belongs to another backend');
}
const wrap = (arrays: readonly NDArray[]): readonly Buffer[] => arrays.map(a => new HostBuffer(a));

export const referenceBackend: Backend = {
  name: 'reference',
  checkDType() { /* every dtype is supported */ },
  // Host data is immutable once a tensor owns it, so it can be shared.
  upload: (data: HostArray, a: Aval) => new HostBuffer({ shape: a.shape, dtype: a.dtype, data }),
  fill: (value: number, a: Aval) => new HostBuffer(splatArray(value, a)),
  download: (buffer: Buffer) => Promise.resolve(arrayOf(buffer).data.slice()),
  downloadSync: (buffer: Buffer) => arrayOf(buffer).data.slice(),
  interpret: (jaxpr: Jaxpr, inputs: readonly Buffer[]) => wrap(evaluateJaxpr(jaxpr, inputs.map(arrayOf))),
  compile(jaxpr: Jaxpr): Executable {
    const prepared = prepare(inlineCalls(jaxpr));
    return {
      run(inputs, _donated, program = jaxpr) {
        try {
          return wrap(runPrepared(prepared, inputs.map(arrayOf), 'exact'));
        } catch (error) { throw located(error, () => inlineCalls(program)); }
      },
    };
  },
  release() { /* the collector takes it */ },
};

