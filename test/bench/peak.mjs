// The most that one core does with 128-bit vectors: twelve independent chains, as WebAssembly on the rung that runs, and in C where there is a compiler.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionBuilder, ModuleBuilder, Type } from '../../dist/src/compile/wasm/module.js';

const chains = 12;
const turns = 200_000;
export const flops = 8 * chains * turns;

/** A function that does `flops` operations, by fused or separate multiplication and addition. */
export function peakLoop(fma) {
  const module = new ModuleBuilder([]);
  const f = new FunctionBuilder(1);
  const sums = Array.from({ length: chains }, () => f.local(Type.v128));
  const [x, y] = [f.local(Type.v128), f.local(Type.v128)];
  const bits = n => new Int32Array(Float32Array.of(n).buffer)[0];
  const splat = (n, local) => f.v128([0, 1, 2, 3].map(() => bits(n))).set(local);
  splat(0.999, x);
  splat(1e-6, y);
  sums.forEach((s, i) => splat(0.1 * i, s));
  const counter = f.local(Type.i32);
  f.loop(counter, 0, turns, 1, () => {
    for (const s of sums) {
      if (fma) f.get(s).get(x).get(y).simd(0x105).set(s);
      else f.get(s).get(x).simd(0xe6).get(y).simd(0xe4).set(s);
    }
  });
  // The results are stored, so that nothing is left out.
  for (const s of sums) f.get(0).get(s).memory(0x0b, 2, 0);
  module.add(f, 'run');
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { e: { m: memory } });
  return () => exports.run(64);
}

const program = `
#include <stdio.h>
#include <time.h>
#include <immintrin.h>
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define DECLARE(i) __m128 r##i = _mm_set1_ps(0.1f * i);
#define KEEP(i) __asm__ volatile("" :: "x"(r##i));
#define FUSED(i) __asm__ volatile("vfmadd213ps %2, %1, %0" : "+x"(r##i) : "x"(a), "x"(b));
#define SEPARATE(i) { __m128 t; __asm__ volatile("vmulps %2, %3, %1\\n\\tvaddps %1, %0, %0" : "+x"(r##i), "=&x"(t) : "x"(a), "x"(b)); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
#define LOOP(name, STEP) static double name(void) { __m128 a = _mm_set1_ps(0.999f), b = _mm_set1_ps(1e-6f); EACH(DECLARE) double t = now(); \\
  for (long i = 0; i < 2000000; i++) { EACH(STEP) } t = now() - t; EACH(KEEP) return 8 * 12 * 2e6 / t * 1e-9; }
LOOP(fused, FUSED) LOOP(separate, SEPARATE)
int main(void) { double f = 0, s = 0; for (int k = 0; k < 20; k++) { double x = fused(), y = separate(); if (x > f) f = x; if (y > s) s = y; } printf("%.1f %.1f", f, s); return 0; }
`;
/** GFLOP/s of the same loops in C: `[fused, separate]`, or null without a compiler. */
export function peakInC() {
  const folder = mkdtempSync(join(tmpdir(), 'peak-'));
  try {
    writeFileSync(join(folder, 'peak.c'), program);
    execFileSync('gcc', ['-O2', '-march=native', '-o', join(folder, 'peak'), join(folder, 'peak.c')], { stdio: 'ignore' });
    return execFileSync(join(folder, 'peak'), { encoding: 'utf8' }).split(' ').map(Number);
  } catch { return null; } finally { rmSync(folder, { recursive: true }); }
}
