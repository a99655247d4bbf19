// Runs a program in memory that is full of garbage: whatever it reads and nobody has written, a comparison of its results will show.
import { expect } from 'vitest';
import type { WasmBackend } from '../../src/backend/wasm/backend.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { bytesOf } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';

/** Words that are no small number in any dtype: NaN and -1; large; NaN in float16 and float32 with a payload. */
export const garbage: readonly number[] = [-1, 0x7f7f7f7f, 0x7fa5a5a5];

/** The backend must hold nothing else: all of its memory is written over. */
export function runPoisoned(on: WasmBackend, jaxpr: Jaxpr, inputs: readonly NDArray[], cut?: Cut, word = -1): readonly NDArray[] {
  expect(on.heap.liveBytes).toBe(0);
  // What it may take beyond what was ever taken: there memory is still zero, which is no garbage.
  const more = 2 ** 16 + 4 * [...jaxpr.inputs, ...jaxpr.eqns.flatMap(e => e.outputs)].reduce((n, v) => n + bytesOf(v.aval), 0);
  new Int32Array(on.memory, 0, Math.floor(Math.min(on.memory.byteLength, on.heap.end + more) / 4)).fill(word);
  // Operands first: of a backend of its own they lie where memory begins.
  const buffers = inputs.map(x => on.upload(x.data, x));
  const executable = on.module(jaxpr, cut);
  const bytes = executable.program.arenaBytes + executable.program.scratchBytes;
  on.withArena(bytes + 256, arena => { new Int32Array(on.memory, arena, bytes / 4 + 64).fill(word); });
  const outs = executable.run(buffers, buffers.map(() => false));
  // What lies behind temporaries and scratch memory is another's.
  on.withArena(bytes + 256, arena => { expect(new Set(new Int32Array(on.memory, arena + bytes, 64))).toEqual(new Set([word])); });
  const values = jaxpr.outputs.map((o, i): NDArray => ({ ...o.aval, data: on.downloadSync(outs[i] ?? expect.fail('a result is missing'), o.aval) }));
  for (const b of new Set([...buffers, ...outs])) on.release(b);
  return values;
}
/** The same bits: signs of zeros and payloads of NaN too, which one engine computes one way. */
export function expectSameBytes(got: readonly NDArray[], want: readonly NDArray[], what: () => string): void {
  got.forEach((y, i) => {
    const [a, b] = [new Uint8Array(y.data.buffer), new Uint8Array(want[i]?.data.buffer ?? new ArrayBuffer(0))];
    const at = a.findIndex((v, k) => v !== b[k]);
    if (a.length !== b.length || at >= 0) expect.fail(`result ${i} differs at byte ${at} of ${a.length}\n${what()}`);
  });
}
