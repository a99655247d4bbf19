// tap: the identity that shows its operands to the host when the program runs. One record per observer, since parameters are data.
// Floor 2. An ordered effect: no pass drops, duplicates or reorders it. Knows nothing of trees or of what the observer does.
import { range, sizeOf } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import { bind } from '../trace/scope.ts';
import { addBatchAxis } from './broadcast.ts';
import { at, pure } from './define.ts';

/** How many leading axes of each operand are batch axes: the observer sees one example after another. */
export type TapParams = { readonly batchAxes: number };
/** Sees the operands of one example; they are the program's own memory, to be read at once and left alone. */
export type Observer = (values: readonly NDArray[]) => void;

/** Tangents pass by unseen: under grad the observer is called once, in the forward pass. */
export function tapRecord(name: string, observe: Observer): Primitive<TapParams> {
  const look = (x: readonly NDArray[], { batchAxes }: TapParams): void => {
    const examples = sizeOf((x[0]?.shape ?? []).slice(0, batchAxes));
    for (let i = 0; i < examples; i++) observe(x.map(v => example(v, batchAxes, i)));
  };
  const record: Primitive<TapParams> = {
    name,
    properties: { ...pure, effect: 'ordered' },
    type: inputs => inputs,
    evaluate(inputs, params, outputs) {
      look(inputs, params);
      inputs.forEach((x, i) => at(outputs, i).data.set(x.data));
    },
    rules: {
      kind: 'flat',
      jvp: (_x, t) => t,
      batch(x, batched, { batchAxes }, size) {
        const all = bind(record, x.map((v, i) => batched[i] === true ? v : addBatchAxis(v, size)), { batchAxes: batchAxes + 1 });
        return { outputs: x.map((v, i) => batched[i] === true ? at(all, i) : v), batched };
      },
    },
    // The forward pass showed the value; its transpose is the identity.
    linear: { transpose: cts => cts, linearIn: n => [range(n)] },
    lowering: { kind: 'host', looks: { passes: 0, look } },
    sample: draw => ({ operands: [{ aval: { shape: draw.shape(2), dtype: draw.float() } }], params: { batchAxes: 0 } }),
    ulp: 0,
  };
  return record;
}

/** The i-th example in row-major order of the batch axes, without copying. */
function example(x: NDArray, batchAxes: number, i: number): NDArray {
  const shape = x.shape.slice(batchAxes);
  const n = sizeOf(shape);
  return { shape, dtype: x.dtype, data: x.data.subarray(i * n, (i + 1) * n) };
}
