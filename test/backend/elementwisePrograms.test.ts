// Random programs of elementwise float functions on every rung: each equation is judged alone, on the operands that wasm itself computed, so
// that no error of an earlier one hides or excuses it. Then the same bits: under random cuts of the fusion, in poisoned memory, after the engine's
// optimiser has been at work.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { WasmBackend } from '../../src/backend/wasm/backend.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { hasVector } from '../../src/compile/wasm/scalar.ts';
import { allocate, roundTo, type Float } from '../../src/dtype/dtype.ts';
import { aval, sizeOf } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { noParams } from '../../src/primitive/define.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind1, stage } from '../../src/trace/scope.ts';
import { Dice } from './randomPrograms.ts';
import { boundOf, rungs, ulps } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const floats: readonly Float[] = ['f32', 'f64', 'f16'];
const a1 = aval([1], 'f32');
/** The elementwise functions of one or two floats, without parameters, whose result is a float. */
const functions = primitives.flatMap((p: Primitive) => {
  if (p.lowering.kind !== 'scalar' || !p.properties.elementwise) return [];
  for (const arity of [1, 2]) {
    try {
      const [out] = stage(p.name, Array.from({ length: arity }, () => a1), xs => [bind1(p, xs, noParams)]).jaxpr.outputs;
      if (out?.aval.dtype === 'f32') return [{ p, arity, op: p.lowering.op }];
    } catch { /* Another number of operands, or parameters, or no floats. */ }
  }
  return [];
});
/** Nothing, one, primes, and the edges of vectors and unrolled loops. */
const shapes: readonly (readonly number[])[] = [[], [0], [1], [2], [3], [4], [5], [7], [8], [13], [15], [16], [17], [31], [32], [33], [64], [67], [129], [1, 1], [3, 0], [5, 7], [2, 16], [3, 17], [4, 4, 3], [2, 3, 5, 1]];
const specials = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, -0.5, 2, -2, 3, 1e-30, -1e-30, 2 ** -126, 2 ** -1022, 3.4028234663852886e38, -65504, 65520, 88.7, -88.7, 709.7, 16777217, 1e10];

interface Drawn { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[]; readonly dtype: Float }
function draw(k: number): Drawn {
  const dice = new Dice(seed + 7919 * k);
  const dtype = dice.pick(floats, 'f32');
  const shape = dice.pick(shapes, [5]);
  const avals = Array.from({ length: 2 + dice.below(2) }, () => aval(shape, dtype));
  const { jaxpr } = stage('elementwise', avals, xs => {
    const values: AnyTensor[] = [...xs];
    for (let i = 0; i < 8; i++) {
      const f = functions[dice.below(functions.length)] ?? expect.fail('no functions');
      values.push(bind1(f.p, Array.from({ length: f.arity }, () => values[dice.below(values.length)] ?? expect.fail('no values')), noParams));
    }
    return values.slice(xs.length);
  });
  const inputs = avals.map((a): NDArray => {
    const data = allocate(a.dtype, sizeOf(a.shape));
    for (let i = 0; i < data.length; i++) {
      const kind = dice.below(4);
      data[i] = roundTo(dtype, kind === 0 ? dice.pick(specials, 0) : kind === 1 ? (dice.below(20_001) - 10_000) / 10_000 : (dice.below(20_001) - 10_000) / 500);
    }
    return { ...a, data };
  });
  return { jaxpr, inputs, dtype };
}
function run(backend: WasmBackend, { jaxpr, inputs }: Drawn, cut?: Cut, times = 1): readonly NDArray[] {
  const buffers = inputs.map(x => backend.upload(x.data, x));
  const executable = backend.module(jaxpr, cut);
  let outs = executable.run(buffers, buffers.map(() => false));
  for (let k = 1; k < times; k++) { for (const b of new Set(outs)) backend.release(b); outs = executable.run(buffers, buffers.map(() => false)); }
  const values = jaxpr.outputs.map((o, i): NDArray => { const b = outs[i] ?? expect.fail('a result is missing'); return { ...o.aval, data: backend.downloadSync(b, o.aval).slice() }; });
  for (const b of new Set([...buffers, ...outs])) backend.release(b);
  return values;
}
/** What is allocated next holds these bytes. */
function poison(backend: WasmBackend): void {
  const blocks = [16, 64, 256, 1024, 4096, 2 ** 18].flatMap(n => [n, n, n]).map(n => backend.upload(new Int32Array(n).fill(0x7fa5a5a5), aval([n], 'i32')));
  for (const b of blocks) backend.release(b);
}
/** The same numbers, signs of zeros included. The sign and the digits of a NaN no engine promises. */
const expectSameBits = (got: readonly NDArray[], want: readonly NDArray[], what: string): void => got.forEach((y, i) => {
  const expected = want[i]?.data ?? expect.fail('a result is missing');
  const at = y.data.findIndex((v: number, k: number) => !Object.is(v, expected[k]));
  if (at >= 0 || y.data.length !== expected.length) expect.fail(`result ${i} differs at element ${at}: ${y.data.join(', ')}\nfrom ${expected.join(', ')}\n${what}`);
});

/** Each equation, on the operands that wasm computed, within the bound of its function. */
function expectBounds({ jaxpr, inputs, dtype }: Drawn, got: readonly NDArray[], what: string): void {
  const known = new Map([...jaxpr.inputs.map((v, i) => [v, inputs[i]] as const), ...jaxpr.outputs.flatMap((v, i) => 'slot' in v ? [[v, got[i]] as const] : [])]);
  for (const e of jaxpr.eqns) {
    const operands = e.inputs.map(x => ('slot' in x ? known.get(x) : undefined) ?? expect.fail('an operand is no result'));
    const f = functions.find(g => g.p === e.primitive) ?? expect.fail('no such function');
    const alone = stage(f.p.name, operands, xs => [bind1(f.p, xs, noParams)]).jaxpr;
    const exact = evaluateJaxpr(alone, operands, 'wide')[0]?.data ?? expect.fail('no result');
    const y = e.outputs[0] === undefined ? undefined : known.get(e.outputs[0]);
    // Of half precision the function is right to float32 and rounded.
    const bound = dtype === 'f16' ? 0.51 : hasVector(f.op, dtype) ? boundOf(f.p.name, dtype) : f.p.ulp;
    y?.data.forEach((g, i) => {
      const error = ulps(g, exact[i] ?? 0, dtype);
      if (!(error <= bound)) expect.fail(`${f.p.name}(${operands.map(x => x.data[i]).join(', ')}) of ${dtype} is ${g}, not ${exact[i]}: ${error} ulp\n${what}`);
    });
  }
}

describe.each(rungs().map(b => [b.rung.name, b] as const))('elementwise programs on rung %s', (_rung, backend) => {
  it('every equation is within its bound, whatever it is fused with and whatever memory held', () => {
    expect(functions.length).toBeGreaterThan(40);
    for (let k = 0; k < 60; k++) {
      const program = draw(k);
      const what = `seed ${seed}, program ${k}\n${printJaxpr(program.jaxpr)}`;
      const plain = run(backend, program);
      expectBounds(program, plain, what);
      const dice = new Dice(seed + k);
      const cut: Cut = j => j.eqns.flatMap(e => e.outputs.filter(() => dice.below(2) === 0));
      poison(backend);
      expectSameBits(run(backend, program, cut), plain, `${what}\ncut, in poisoned memory`);
    }
  });
  it('tiers change no bit', () => {
    for (let k = 1000; k < 1006; k++) {
      const program = draw(k);
      expectSameBits(run(backend, program, undefined, 400), run(backend, program), `seed ${seed}, program ${k}\n${printJaxpr(program.jaxpr)}`);
    }
  });
});
