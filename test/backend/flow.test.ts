// Loops, branches, custom rules, checkpoints and watches on the WebAssembly backend: random programs of them and their derivatives equal
// the reference; a differentiated loop takes the memory that its residuals take, and checkpoints give it back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each, upTo } from '../../laws/close.ts';
import { arrayOf, magnitudeOf, stack } from '../../laws/array.ts';
import { programAt } from '../../laws/elaborate.ts';
import { refusesMode, some, type Point } from '../../laws/point.ts';
import { Random } from '../../laws/random.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { bestRung, WasmBackend, wasmBackend } from '../../src/backend/wasm/backend.ts';
import { compileProgram } from '../../src/backend/wasm/program.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { bytesOf } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import { logistic } from '../../src/primitive/exponential.ts';
import { builtins as b } from '../../src/primitive/index.ts';
import { sqrt } from '../../src/primitive/power.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { checkpoint } from '../transform/custom.ts';
import { checkNaN, cond, scan, tap, whileLoop } from '../transform/flow.ts';
import { add, broadcast, dot, grad, jit, list, lt, makeJaxpr, mul, num, sin, sub, sum, tanh, tensor, vmap, type T } from '../trace/language.ts';
import { codeAndText } from '../tree/errors.ts';
import { expectSameBytes, garbage, runPoisoned } from './poisoned.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const wasm = wasmBackend();
beforeAll(() => { installBackend(wasm); });
afterAll(() => { installBackend(referenceBackend); });

/** Programs run on a backend of their own, in memory that is full of garbage. */
const own = new WasmBackend();
const rounded = (x: NDArray): NDArray => arrayOf(x, i => x.data[i] ?? 0);

describe('random programs', () => {
  // Few operations, so that most steps are loops, branches and rules.
  const few: readonly Primitive[] = [b.mul, b.sin, b.add, b.gt, b.select, b.convert, b.dotGeneral, b.cumsum, b.gather, b.reduceMax];
  const random = new Random(seed);
  const numbers = (n: number, hi: number): number[] => Array.from({ length: n }, () => random.int(0, hi));
  const program = (): Point => programAt(few, {
    inputs: numbers(16, 999), seed: random.int(0, 1e9),
    steps: Array.from({ length: random.int(2, 10) }, () => ({ op: random.int(0, 9999), a: random.int(0, 7), b: random.int(0, 7), k: random.int(0, 99999) })),
  });
  const derived: readonly (readonly [name: string, (p: Point) => readonly [Jaxpr, readonly NDArray[]]])[] = [
    ['f', p => [p.jaxpr, p.inputs]],
    ['jvp', p => [p.jvp.jaxpr, [...p.inputs, ...some(p.tangents(random))]]],
    ['vjp', p => [p.vjp.jaxpr, [...p.inputs, ...some(p.cotangents(random).filter((_, i) => p.vjp.outActive[i]))]]],
    ['vmap of vjp', p => { const examples = [p.gradient.inputs, p.gradient.example(random)]; const { jaxpr } = p.gradient; return [batchJaxpr(jaxpr, 2, jaxpr.inputs.map(() => true)).jaxpr, p.gradient.inputs.map((x, i) => stack(examples.map(e => e[i] ?? x), x, 0))]; }],
    ['vmap', p => { const examples = [p.example(random), p.inputs]; return [batchJaxpr(p.jaxpr, 2, p.inputs.map(() => true)).jaxpr, p.inputs.map((x, i) => stack(examples.map(e => e[i] ?? x), x, 0))]; }],
  ];
  it('equal the reference, and so do their derivatives and batches', () => {
    let compared = 0;
    for (let k = 0; k < 60; k++) {
      const p = program();
      for (const [name, make] of derived) {
        try {
          const [j, given] = make(p);
          const inputs = given.map(rounded);
          const want = evaluateJaxpr(j, inputs);
          const got = runPoisoned(own, j, inputs);
          const differ = each(upTo(1e-8, magnitudeOf(inputs, want)))(got, want);
          if (differ !== null) expect.fail(`${name}, program ${k} of seed ${seed}: wasm against reference: ${differ}\n${printJaxpr(j)}`);
          // Bodies of loops and branches are fused, too: no cut of theirs may change a bit.
          const cut: Cut = q => q.eqns.flatMap(e => e.outputs.filter(() => random.int(0, 2) === 0));
          if (k % 3 === 0) expectSameBytes(runPoisoned(own, j, inputs, cut, garbage[1 + k % 2]), got, () => `${name}, program ${k} of seed ${seed}: a cut changes it\n${printJaxpr(j)}`);
          compared++;
        } catch (error) { if (!refusesMode(error)) throw error; }
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});

describe('loops', () => {
  const half = tensor(0.5);
  it('of no steps, of nothing, without a carry, in both directions', () => {
    for (const shape of [[], [2], [0], [3, 0]]) {
      for (const length of [0, 1, 3]) {
        const c = literal(0.5, { shape, dtype: 'f32' });
        const f = (h: T, w: T): [T, T, T] => {
          const [last, ys] = scan((s: T) => [sin(mul(s, w)), add(s, 1)], h, null, { length });
          const [, same] = scan<[null, T]>((_: null, y: T) => [null, y], null, ys, { reverse: true });
          return [last, ys, same];
        };
        const [last, ys, same] = jit<[T, T, T]>(f)(c, c);
        expect([last.shape, ys.shape, same.shape]).toEqual([shape, [length, ...shape], [length, ...shape]]);
        expect(list(same)).toEqual(list(ys));
        expect(jit<[T, T]>(grad((h: T, w: T) => sum(f(h, w)[0]), { argnums: [0, 1] }))(c, c).map(g => g.shape)).toEqual([shape, shape]);
      }
    }
  });
  it('the unroll hint changes nothing, a carry may be exchanged, a while loop may never start', () => {
    const swap = (unroll: number): unknown[] => scan<[[T, T], null]>(([p, q]: [T, T]) => [[q, add(p, q)], null], [tensor(0), tensor(1)], null, { length: 10, unroll })[0].map(num);
    expect([swap(1), swap(3), swap(10)]).toEqual([[55, 89], [55, 89], [55, 89]]);
    const double = jit((v: T) => whileLoop((c: T) => lt(c, 100), (c: T) => mul(c, 2), v));
    expect([num(double(tensor(3))), num(double(tensor(100)))]).toEqual([192, 100]);
    expect(list(jit(vmap((v: T) => whileLoop((c: T) => lt(c, 100), (c: T) => whileLoop((d: T) => lt(d, mul(c, 2)), (d: T) => add(d, 1), c), v)))(tensor([3, 100, 49, 1])))).toEqual([192, 100, 196, 128]);
  });
  it('taps inside are called at each step, in order', () => {
    const seen: number[] = [];
    const f = (v: T): T => scan((c: T, x: T) => [tap(add(c, x), (y: T) => seen.push(num(y))), null], half, v)[0];
    num(jit(f)(tensor([1, 2, 3])));
    num(jit(grad((x: T) => mul(x, f(mul(tensor([1, 2, 3]), broadcast(x, [3]))))))(tensor(1)));
    expect(seen).toEqual([1.5, 3.5, 6.5, 1.5, 3.5, 6.5]);
  });
});

describe('checkNaN', () => {
  const root = (x: T): T => handleOf(sqrt(x));
  const said = (f: () => unknown): string => { const [code, text] = codeAndText(f); expect(code).toBe('nan'); return text; };
  it('is thrown here, too: plain, jitted, at the step of a loop, in a branch, with path and line', () => {
    const f = (x: T): T => scan((c: T, v: T) => [add(c, scope('deep', () => root(v))), null], tensor(0), x)[0];
    const x = tensor([4, 9, -1]);
    for (const g of [checkNaN(f), jit(checkNaN(f)), checkNaN(jit(f))]) {
      expect(said(() => num(g(x)))).toMatch(/^checkNaN: sqrt made NaN at \[\] of .*step 2 of scan \(counted from 0\) \(recorded in deep at .*flow\.test\.ts:\d+/);
    }
    expect(said(() => list(vmap(checkNaN(f))(tensor([[4, 9], [4, -1]]))))).toMatch(/^checkNaN: sqrt made NaN at \[1\] of f32\[2\] .*step 1 of scan/);
  });
  it('backward: the first equation of the gradient', () => {
    const g = checkNaN(grad((x: T) => sum(root(mul(x, x)))));
    expect(said(() => list(g(tensor([0, 2]))))).toMatch(/^checkNaN: mul made NaN at \[0\] of f32\[2\]/);
    expect(list(g(tensor([3, 2])))).toEqual([1, 1]);
    expect(said(() => num(checkNaN((x: T) => cond(lt(x, 0), (y: T) => root(y), (y: T) => y, x))(tensor(-1))))).toMatch(/^checkNaN: sqrt made NaN/);
  });
});

describe('memory of a differentiated loop, in bytes of temporaries', () => {
  const arena = (f: (...xs: readonly T[]) => unknown, ...xs: readonly T[]): number => compileProgram(makeJaxpr(f as never)(...xs).jaxpr, bestRung()).arenaBytes;
  const zeros = (...shape: number[]): T => literal(0, { shape, dtype: 'f32' });
  it('a recurrent network of 1,000 steps: each step costs its residuals, its result and the cotangent of that', () => {
    const [hidden, width, batch] = [64, 8, 4];
    const sigmoid = (x: T): T => handleOf(logistic(x));
    const step = (h: T, x: T, w: T, uz: T, ur: T, un: T): T => {
      const z = sigmoid(add(dot(x, w), dot(h, sin(uz))));
      const r = sigmoid(add(dot(x, w), dot(h, sin(ur))));
      const n = tanh(add(dot(x, w), mul(r, dot(h, sin(un)))));
      return add(mul(sub(1, z), n), mul(z, h));
    };
    const loss = (w: T, uz: T, ur: T, un: T, xs: T): T => { const [h, ys] = scan((c: T, x: T) => { const next = step(c, x, w, uz, ur, un); return [next, next]; }, zeros(batch, hidden), xs); return add(sum(h), sum(ys)); };
    const bytes = (steps: number): number => arena(grad(loss, { argnums: [0, 1, 2, 3] }), zeros(width, hidden), zeros(hidden, hidden), zeros(hidden, hidden), zeros(hidden, hidden), zeros(steps, batch, width));
    const unit = bytesOf(zeros(batch, hidden).aval);
    // z, 1 - z, r, n, h, their slopes and un h: nine residuals; were the weights stacked, a step would cost 48 more.
    expect((bytes(2000) - bytes(1000)) / 1000).toBeLessThanOrEqual(1.1 * 11 * unit);
    expect(bytes(1000)).toBeLessThanOrEqual(1.1 * 1000 * 11 * unit);
  });
  it('with checkpoints one carry a step; nested, the square root', () => {
    const width = 512;
    const carry = 4 * width;
    const step = (h: T, m: T): T => sin(mul(sin(sin(h)), m));
    const repeat = (n: number, one: (h: T, m: T) => T) => (h: T, m: T): T => scan((k: T) => [one(k, m), null], h, null, { length: n })[0];
    const bytes = (f: (h: T, m: T) => T): number => arena(grad((m: T) => sum(f(zeros(width), m))), zeros(width)) / carry;
    expect(bytes(repeat(1000, step)) / 1000).toBeGreaterThan(3);
    expect(bytes(repeat(1000, checkpoint(step))) / 1000).toBeLessThan(1.1);
    const nested = (n: number): number => bytes(repeat(n, checkpoint(repeat(n, checkpoint(step)))));
    expect((nested(40) - nested(20)) / (nested(20) - nested(10))).toBeCloseTo(2, 1);
    expect(nested(40)).toBeLessThan(100);
  });
});
