// The largest error of every polynomial over every float32: `npx tsx test/bench/ulp.ts [name ...] [--stride=n]`. Every n-th number;
// about two minutes a function and rung where n is 1. Functions of two operands: as many random pairs.
import { compiled, exactly, rungs, ulps } from '../backend/ulp.ts';
import { primitives } from '../../src/primitive/index.ts';

const args = process.argv.slice(2);
const named = args.filter(a => !a.startsWith('--'));
const stride = Number(args.find(a => a.startsWith('--stride='))?.slice(9) ?? 1);
const chunk = 2 ** 20;
const x = new Float32Array(chunk);
const y = new Float32Array(chunk);
const [xBits, yBits] = [new Uint32Array(x.buffer), new Uint32Array(y.buffer)];

for (const backend of rungs()) {
  for (const p of primitives) {
    const exact = exactly[p.name];
    if (exact === undefined || (named.length > 0 && !named.includes(p.name))) continue;
    const operands = exact.length;
    const run = compiled(backend, p, operands, chunk);
    let [worst, at, other, sum, count] = [-1, 0, 0, 0, 0];
    for (let from = 0; from < 2 ** 32; from += chunk * stride) {
      for (let i = 0; i < chunk; i++) {
        xBits[i] = from + i * stride;
        if (operands === 2) { xBits[i] = Math.random() * 2 ** 32; yBits[i] = Math.random() * 2 ** 32; if (i % 2 === 0) y[i] = (Math.random() - 0.5) * 40; if (i % 4 < 2) x[i] = Math.random() * 4; }
      }
      const got = operands === 1 ? run(x) : run(x, y);
      for (let i = 0; i < chunk; i++) {
        const error = ulps(got[i] ?? 0, exact(x[i] ?? 0, y[i] ?? 0));
        if (error > worst) { worst = error; at = x[i] ?? 0; other = y[i] ?? 0; }
        if (error < Infinity) { sum += error; count++; }
      }
    }
    process.stdout.write(`${backend.rung.name.padEnd(8)} ${p.name.padEnd(10)} max ${worst.toFixed(3)} at ${at}${operands === 2 ? `, ${other}` : ''}, mean ${(sum / count).toFixed(3)}\n`);
  }
}
