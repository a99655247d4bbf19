// The random programs of the laws, of every primitive and every transform in one another, in float32 on WebGPU against the reference. They hold steps,
// roots and poles at which rounding decides: so the reference is asked how far its own results move when its inputs move by a few roundings.
import { afterAll, expect, it } from 'vitest';
import { isFloat } from '../../src/dtype/dtype.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { bodiesOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { ordinary, programAt } from '../../laws/elaborate.ts';
import { Random } from '../../laws/random.ts';
import { refusal, run, softwareBackend } from './harness.ts';
import { missing } from './missing.ts';
import { runsKernels } from './software.ts';
import { inSingles } from './suites/narrowed.ts';

const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

const used = ordinary(primitives);
const own: ReadonlySet<Primitive> = new Set(primitives);
const isOwn = (j: Jaxpr): boolean => j.eqns.every(e => own.has(e.primitive) && bodiesOf(e.params).every(isOwn));
/** The n-th program, with its inputs; null where it calls functions of the host (test/webgpu/effects is about those). */
function lawProgram(n: number): { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[] } | null {
  const random = new Random(n);
  const numbers = (count: number, most: number): number[] => Array.from({ length: count }, () => random.int(0, most));
  const steps = Array.from({ length: random.int(1, 6) }, () => ({ op: random.int(0, 9999), a: random.int(0, 7), b: random.int(0, 7), k: random.int(0, 99999) }));
  const point = programAt(used, { inputs: numbers(16, 999), seed: random.int(0, 1e9), steps });
  return !isOwn(point.jaxpr) ? null : { jaxpr: inSingles(point.jaxpr), inputs: point.inputs.map(x => x.dtype === 'f64' ? { shape: x.shape, dtype: 'f32', data: Float32Array.from(x.data) } : x) };
}
/** Float inputs moved by up to four roundings. */
const moved = (inputs: readonly NDArray[], random: Random): readonly NDArray[] => inputs.map(x => x.dtype === 'f32' ? { ...x, data: Float32Array.from(x.data, v => v * (1 + random.int(-4, 4) * 2 ** -23)) } : x);
/** Beyond this share of its size, or of 1, a result says nothing. */
const loose = 1e-2;
/** What WebGPU may be away from the reference: forty times what that moves by, or some roundings in each of a few dozen equations. */
const bound = (value: number, moves: number): number => 40 * moves + 3e-5 * Math.max(1, Math.abs(value));

/** Compares; how many numbers could be judged, of how many. */
async function judge(jaxpr: Jaxpr, inputs: readonly NDArray[], what: () => string): Promise<{ readonly judged: number; readonly of: number }> {
  const want = evaluateJaxpr(jaxpr, inputs);
  const random = new Random(7);
  const others = [evaluateJaxpr(jaxpr, inputs, 'wide'), ...Array.from({ length: 6 }, () => evaluateJaxpr(jaxpr, moved(inputs, random)))];
  const got = await run(backend, jaxpr, inputs);
  let [judged, of] = [0, 0];
  want.forEach((w, i) => {
    for (let k = 0; k < w.data.length; k++) {
      of++;
      const [a, b] = [got[i]?.data[k] ?? NaN, w.data[k] ?? NaN];
      const around = others.map(o => o[i]?.data[k] ?? NaN);
      if (around.every(o => Object.is(o, b)) && Object.is(a, b)) { judged++; continue; }
      const moves = Math.max(...around.map(o => Math.abs(o - b)));
      const steady = isFloat(w.dtype) && Number.isFinite(b) ? moves <= loose * Math.max(1, Math.abs(b)) : around.every(o => Object.is(o, b));
      if (!steady) continue;
      judged++;
      const agrees = isFloat(w.dtype) && Number.isFinite(b) ? Math.abs(a - b) <= bound(b, moves) : a === b || Object.is(a, b);
      if (!agrees) expect.fail(`result ${i}, element ${k}: got ${a}, reference ${b}, which moves by ${moves}\n${what()}`);
    }
  });
  return { judged, of };
}

// The same programs each time: a software adapter needs minutes to compile some of the shaders that chance makes.
const start = Number(process.env['SEED'] ?? 100);
const count = Number(process.env['COUNT'] ?? 10);
it('the programs of the laws are right', async () => {
  let [compared, judged, of] = [0, 0, 0];
  for (let n = start; n < start + count; n++) {
    const program = lawProgram(n);
    if (program === null) continue;
    const { jaxpr, inputs } = program;
    const refused = refusal(backend, jaxpr);
    if (refused !== null) { expect(missing, refused).toContain(/no (?:kernel for )?(\w+) of /.exec(refused)?.[1]); continue; }
    compared++;
    if (!runsKernels) { await backend.compile(jaxpr).ready(); continue; }
    const share = await judge(jaxpr, inputs, () => `program ${n}\n${printJaxpr(jaxpr)}`);
    [judged, of] = [judged + share.judged, of + share.of];
  }
  expect(compared).toBeGreaterThan(0.7 * count);
  if (runsKernels) expect(judged / of).toBeGreaterThan(0.8);
}, 600_000);
