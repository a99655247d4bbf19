// The largest error of every formula over every float32: `npx tsx test/bench/ulp.ts [name ...] [--stride=n] [--dtype=f64]`. Every n-th number;
// about two minutes a function and rung where n is 1. Functions of two operands: as many random pairs. Of float64 as many random numbers,
// half of them where the function is interesting, against the reference, which is itself a unit or a few off.
import { compiled, exactly, rungs, stated, ulps, type Precision } from '../backend/ulp.ts';
import { hasVector } from '../../src/compile/wasm/scalar.ts';
import { primitives } from '../../src/primitive/index.ts';

const args = process.argv.slice(2);
const named = args.filter(a => !a.startsWith('--'));
const stride = Number(args.find(a => a.startsWith('--stride='))?.slice(9) ?? 1);
const chunk = 2 ** 20;
const precision: Precision = args.includes('--dtype=f64') ? 'f64' : 'f32';
const numbers = (): Float32Array | Float64Array => precision === 'f32' ? new Float32Array(chunk) : new Float64Array(chunk);
const [x, y] = [numbers(), numbers()];
const width = x.BYTES_PER_ELEMENT / 4;
const anything = (to: Uint32Array, i: number): void => { for (let k = 0; k < width; k++) to[width * i + k] = Math.random() * 2 ** 32; };
const [xBits, yBits] = [new Uint32Array(x.buffer), new Uint32Array(y.buffer)];

for (const backend of rungs()) {
  for (const p of primitives) {
    const exact = exactly[p.name];
    if (exact === undefined || p.lowering.kind !== 'scalar' || !hasVector(p.lowering.op, precision) || (named.length > 0 && !named.includes(p.name))) continue;
    const operands = exact.length;
    const run = compiled(backend, p, operands, chunk, precision);
    const [lo, hi] = stated[p.name]?.grid ?? [0, 1];
    let [worst, at, other, sum, count] = [-1, 0, 0, 0, 0];
    for (let from = 0; from < 2 ** 32; from += chunk * stride) {
      for (let i = 0; i < chunk; i++) {
        if (precision === 'f32' && operands === 1) { xBits[i] = from + i * stride; continue; }
        anything(xBits, i);
        anything(yBits, i);
        if (i % 2 === 0) y[i] = (Math.random() - 0.5) * 40;
        if (i % 4 < 2) x[i] = lo + (hi - lo) * Math.random();
      }
      const got = operands === 1 ? run(x) : run(x, y);
      for (let i = 0; i < chunk; i++) {
        const error = ulps(got[i] ?? 0, exact(x[i] ?? 0, y[i] ?? 0), precision);
        if (error > worst) { worst = error; at = x[i] ?? 0; other = y[i] ?? 0; }
        if (error < Infinity) { sum += error; count++; }
      }
    }
    process.stdout.write(`${backend.rung.name.padEnd(8)} ${p.name.padEnd(10)} max ${worst.toFixed(3)} at ${at}${operands === 2 ? `, ${other}` : ''}, mean ${(sum / count).toFixed(3)}\n`);
  }
}
