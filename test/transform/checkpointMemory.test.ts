// What checkpoints are for: the peak of live bytes falls, and falls to the square root of the depth where loops of checkpoints nest.
import { describe, expect, it } from 'vitest';
import { peakBytes } from '../../src/ir/liveness.ts';
import { bytesOf } from '../../src/ir/aval.ts';
import { inlineCalls } from '../../src/ir/inline.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { CheckpointPolicy } from '../../src/transform/checkpoint.ts';
import { add, dot, exp, f64, grad, jit, lt, makeJaxpr, mul, neg, sin, sum, tanh, tensor, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';
import { checkpoint, checkpointName, cond, scan, whileLoop } from './custom.ts';

const zeros = (...shape: number[]): T => tensor(Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0), 'f64', shape);
const peak = (f: (...xs: readonly T[]) => unknown, ...xs: readonly T[]): number => peakBytes(makeJaxpr(f as never)(...xs).jaxpr);
const small = (x: T): T => lt(sum(x), 1);
const kib = 1024;

describe('peakBytes', () => {
  const v = zeros(128); // 1 KiB
  it('counts values from their making to their last use, and inputs throughout', () => {
    expect(peak(x => x, v)).toBe(kib);
    expect(peak(x => sin(x), v)).toBe(2 * kib);
    // Operand and result are alive together; what came before is not.
    expect(peak(x => sin(sin(sin(sin(x)))), v)).toBe(3 * kib);
    expect(peak(x => { const a = sin(x); return add(exp(tanh(neg(a))), a); }, v)).toBe(4 * kib);
    expect(peak(x => [sin(x), exp(x), tanh(x)], v)).toBe(4 * kib);
    expect(peak(x => sum(sin(x)), v)).toBe(2 * kib + 8);
  });
  it('expands calls, and adds what the body of a loop or branch needs, once', () => {
    expect(peak(x => jit((y: T) => sin(sin(y)))(x), v)).toBe(3 * kib);
    const looped = (n: number) => (x: T): T => scan((c: T) => [sin(sin(sin(c))), null], x, null, { length: n })[0];
    expect(peak(looped(3), v)).toBe(4 * kib);
    expect(peak(looped(1000), v)).toBe(4 * kib);
    expect(peak(x => whileLoop((c: T) => small(c), (c: T) => sin(sin(c)), x), v)).toBe(4 * kib);
    expect(peak(x => cond(small(x), (y: T) => add(sin(y), exp(y)), (y: T) => y, x), v)).toBe(5 * kib + 4);
  });
  it('a barrier owns nothing', () => {
    const program = inlineCalls(makeJaxpr(grad((x: T) => sum(checkpoint((y: T) => sin(sin(y)))(x))))(v).jaxpr);
    expect(program.eqns.map(e => e.primitive.name)).toContain('optimizationBarrier');
    const without: Jaxpr = { ...program, eqns: program.eqns.map(e => e.primitive.properties.barrier ? { ...e, primitive: { ...e.primitive, properties: { ...e.primitive.properties, barrier: false } } } : e) };
    expect(peakBytes(without)).toBeGreaterThan(peakBytes(program));
  });
});
describe('a chain of blocks', () => {
  const size = 64;
  const depth = 24;
  const w = zeros(size, size);
  const x = zeros(256, size);
  /** One product and eight elementwise operations, each with a residual. */
  const block = (h: T, m: T): T => { let y = checkpointName(dot(h, m), 'product'); for (let i = 0; i < 8; i++) y = sin(y); return y; };
  const chain = (one: (h: T, m: T) => T) => (m: T): T => { let h = x; for (let i = 0; i < depth; i++) h = one(h, m); return sum(h); };
  const bytes = (policy: CheckpointPolicy | null): number => peak(grad(chain(policy === null ? block : (h, m) => checkpoint(block, { policy })(h, m))) as never, w);
  const activation = bytesOf(x.aval);
  const plain = bytes(null);

  it('without a checkpoint holds every residual; with one, an activation a block', () => {
    expect(plain).toBeGreaterThan(depth * 8 * activation);
    expect(bytes('nothing')).toBeLessThan((depth + 14) * activation);
    expect(bytes('nothing')).toBeLessThan(plain / 5);
  });
  it('everything stored saves nothing; products stored cost one activation a block more', () => {
    expect(bytes('everything')).toBe(plain);
    expect(bytes('dots')).toBeGreaterThan(bytes('nothing') + (depth - 10) * activation);
    expect(bytes('dots')).toBeLessThan((2 * depth + 14) * activation);
    expect(bytes({ names: ['product'] })).toBe(bytes('dots'));
    expect(bytes({ names: ['other'] })).toBe(bytes('nothing'));
  });
  it('the second derivative too', () => {
    const second = (one: (h: T, m: T) => T): number => peak(grad((m: T) => sum(grad(chain(one))(m))) as never, w);
    expect(second((h, m) => checkpoint(block)(h, m))).toBeLessThan(second(block) / 3);
  });
});

describe('loops', () => {
  const width = 512;
  const c = zeros(width);
  const carry = width * 8;
  const w = zeros(width);
  const step = (h: T, m: T): T => sin(mul(sin(sin(h)), m));
  const repeat = (n: number, one: (h: T, m: T) => T) => (h: T, m: T): T => scan((k: T) => [one(k, m), null], h, null, { length: n })[0];
  const bytes = (f: (h: T, m: T) => T): number => peak(grad((m: T) => sum(f(c, m))) as never, w);
  it('a scan over a checkpointed step stores one carry a step', () => {
    const stored = bytes(repeat(1000, step)) / 1000;
    const recomputed = bytes(repeat(1000, checkpoint(step))) / 1000;
    expect(stored).toBeGreaterThan(4 * carry);
    expect(recomputed).toBeLessThan(1.1 * carry);
  });
  it('nested, memory grows as the square root of the number of steps', () => {
    const nested = (n: number): number => bytes(repeat(n, checkpoint(repeat(n, checkpoint(step)))));
    const [at100, at400, at1600] = [nested(10), nested(20), nested(40)];
    // Four times the steps: twice the bytes.
    expect((at400 - at100) / carry).toBeCloseTo(20, -1);
    expect((at1600 - at400) / (at400 - at100)).toBeCloseTo(2, 1);
    expect(at1600).toBeLessThan(bytes(repeat(1600, checkpoint(step))) / 10);
  });
  it('and the gradient is the same', () => {
    const h = f64([0.3, 0.7]);
    const m = f64([0.9, 1.1]);
    const plain = grad((u: T) => sum(repeat(9, step)(h, u)));
    const nested = grad((u: T) => sum(repeat(3, checkpoint(repeat(3, checkpoint(step))))(h, u)));
    expectClose(nested(m), [...plain(m).dataSync() as Float64Array], 1e-14);
    const second = (g: (u: T) => T) => grad((u: T) => sum(mul(g(u), u)));
    expectClose(second(nested)(m), [...second(plain)(m).dataSync() as Float64Array], 1e-13);
  });
  it('parameters that are stacked along the loop are not stored again', () => {
    const n = 100;
    const ws = zeros(n, width);
    const stacked = (one: (h: T, m: T) => T): number => peak(grad((m: T) => sum(scan((k: T, row: T) => [one(k, row), null], c, m)[0])) as never, ws);
    // Held: the parameters, their gradient, a carry a step.
    expect(stacked(checkpoint(step))).toBeLessThan(3.2 * n * carry);
  });
  it('programs do not grow with the number of steps', () => {
    const size = (n: number): number => makeJaxpr(grad((m: T) => sum(repeat(n, checkpoint(repeat(n, checkpoint(step))))(c, m))))(w).toString().replace(/\d+/g, '').length;
    expect(size(30)).toBe(size(3));
  });
});
