// Nanoseconds per element of every scalar instruction on wasm, and of the same in plain JavaScript (the record's own loop over Math):
// `npx tsx test/bench/scalars.ts [name ...] [--dtype=f64] [--fma] [--elements=1048576]`. The least of up to 400 runs, or of those in a second, over
// 2^18 elements, which stay in the cache, so that instructions are measured and not memory; of JavaScript the least of three.
import v8 from 'node:v8';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { allocate, isDType, isFloat, roundTo, type DType } from '../../src/dtype/dtype.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Choices } from '../../laws/draw.ts';

const args = process.argv.slice(2);
const count = Number(args.find(a => a.startsWith('--elements='))?.slice(11) ?? 2 ** 18);
const named = args.filter(a => !a.startsWith('--'));
const asked = args.find(a => a.startsWith('--dtype='))?.slice(8);
const dtype: DType = isDType(asked) ? asked : 'f32';
// Node 20 and 22 have the fused instructions behind this flag.
if (args.includes('--fma')) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const backend = new WasmBackend(args.includes('--fma') ? {} : { rung: { name: 'simd', fma: false } });

/** The least time of a run and of the reference's, in nanoseconds per element. */
function measure(p: Primitive): readonly [wasm: number, javascript: number] {
  const { operands, params } = p.sample(new Choices([], 'f32'));
  const avals = operands.map(o => ({ shape: [count], dtype: o.aval.dtype === 'bool' ? 'bool' as const : dtype }));
  const { jaxpr } = stage(p.name, avals, xs => bind(p, xs, params));
  const data = avals.map((a, k) => {
    const [lo, hi] = operands[k]?.domain?.intervals[0] ?? [-2, 2];
    const values = allocate(a.dtype, count);
    for (let i = 0; i < count; i++) {
      const x = lo + (hi - lo) * ((Math.imul(i + 1, 2654435761 + k) >>> 0) / 2 ** 32);
      values[i] = roundTo(a.dtype, isFloat(a.dtype) ? x : Math.round(x));
    }
    return { ...a, data: values };
  });
  const inputs = data.map(x => backend.upload(x.data, x));
  const executable = backend.compile(jaxpr);
  const donated = inputs.map(() => false);
  let best = Infinity;
  const deadline = process.hrtime.bigint() + 1_000_000_000n;
  for (let run = 0; run < 3 || (run < 400 && process.hrtime.bigint() < deadline); run++) {
    const begin = process.hrtime.bigint();
    const [out] = executable.run(inputs, donated);
    best = Math.min(best, Number(process.hrtime.bigint() - begin));
    if (out !== undefined) backend.release(out);
  }
  for (const b of inputs) backend.release(b);
  const out = jaxpr.outputs[0]?.aval ?? avals[0];
  let javascript = Infinity;
  if (out !== undefined) {
    const result = { ...out, data: allocate(out.dtype, count) };
    for (let run = 0; run < 3; run++) {
      const begin = process.hrtime.bigint();
      p.evaluate(data, params, [result], () => []);
      javascript = Math.min(javascript, Number(process.hrtime.bigint() - begin));
    }
  }
  return [best / count, javascript / count];
}

process.stdout.write(`${dtype}, rung ${backend.rung.name}, ns per element: wasm, JavaScript\n`);
for (const p of primitives) {
  if (p.lowering.kind !== 'scalar' || (named.length > 0 && !named.includes(p.name))) continue;
  try {
    const [wasm, javascript] = measure(p);
    process.stdout.write(`${p.name.padEnd(20)} ${wasm.toFixed(3).padStart(8)} ${javascript.toFixed(2).padStart(8)}\n`);
  } catch (error) { process.stdout.write(`${p.name.padEnd(20)} ${error instanceof Error ? error.message : String(error)}\n`); }
}
