// Values in linear memory: how many bytes they take, and typed views of them for the records' reference rules. Floor 6.
import { roundF16, type HostArray } from '../../dtype/dtype.ts';
import { elementBytes } from '../../compile/wasm/memory.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import type { Eqn } from '../../ir/jaxpr.ts';
import type { NDArray } from '../../ir/primitive.ts';
import { evaluateJaxpr } from '../reference/evaluate.ts';

export const bytesOf = (a: Aval): number => elementBytes(a.dtype) * sizeOf(a.shape);

/** A typed view of a value in linear memory. */
export function viewOf(memory: ArrayBuffer, address: number, a: Aval): NDArray {
  const n = sizeOf(a.shape);
  return { shape: a.shape, dtype: a.dtype, data: view(memory, n === 0 ? 0 : address, a, n) };
}
function view(memory: ArrayBuffer, at: number, a: Aval, n: number): HostArray {
  switch (a.dtype) {
    case 'f32': case 'f16': return new Float32Array(memory, at, n);
    case 'f64': return new Float64Array(memory, at, n);
    case 'i32': return new Int32Array(memory, at, n);
    case 'u32': return new Uint32Array(memory, at, n);
    case 'i8': return new Int8Array(memory, at, n);
    case 'u8': case 'bool': return new Uint8Array(memory, at, n);
    default: return a.dtype satisfies never;
  }
}

/** Runs an equation that has no kernel by its record's own meaning, on views of linear memory. */
export function runOnHost(e: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[]): void {
  for (const o of outputs) o.data.fill(0);
  e.primitive.evaluate(inputs, e.params, outputs, (body, args) => evaluateJaxpr(body, args));
  for (const o of outputs) if (o.dtype === 'f16') for (let i = 0; i < o.data.length; i++) o.data[i] = roundF16(o.data[i] ?? 0);
}
