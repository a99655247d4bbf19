// Epilogues of products: the bits are those of the product and of a kernel of its own behind it, whatever is added, selected or kept; every
// rung, edges of blocks and panels, sums in several blocks, loops around products, results that take the place of an operand.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import { bestRung, WasmBackend } from '../../src/backend/wasm/backend.ts';
import { compileProgram, targetOf } from '../../src/backend/wasm/program.ts';
import { writesOf, type Step } from '../../src/compile/fuse.ts';
import { stepsOf } from '../../src/compile/steps.ts';
import type { Rung } from '../../src/compile/wasm/lanes.ts';
import { aval, range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { optimise } from '../../src/pass/passes.ts';
import { add, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { broadcastInDim, constantLike } from '../../src/primitive/broadcast.ts';
import { gt } from '../../src/primitive/comparison.ts';
import { convGeneral, convGeneralP } from '../../src/primitive/conv.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { exp } from '../../src/primitive/exponential.ts';
import { max } from '../../src/primitive/extremum.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { select } from '../../src/primitive/select.ts';
import { slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { stage } from '../../src/trace/scope.ts';
import { Choices } from '../../laws/draw.ts';
import { Dice } from './randomPrograms.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const rungs: readonly Rung[] = [{ name: 'simd', fma: false }, ...bestRung().fma ? [{ name: 'relaxed', fma: true } as const, { name: 'relaxed', fma: true, ordered: true } as const, { name: 'revectorized', fma: true, pairs: true } as const] : []];
const extents = [1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 17, 25, 31];

interface Case { readonly joined: Jaxpr; readonly apart: Jaxpr; readonly inputs: readonly NDArray[] }
/** A product and its operands: of two matrices, of several, or a convolution of any windows, groups and order of axes. */
interface Product { readonly operands: readonly Aval[]; of(x: AnyTensor, y: AnyTensor): AnyTensor }
function randomProduct(dice: Dice): Product {
  if (dice.below(3) === 0) {
    const { operands, params } = convGeneralP.sample(new Choices(range(80).map(() => dice.below(1e6)), 'f32'));
    return { operands: operands.map(o => o.aval), of: (x, y) => convGeneral(x, y, params) };
  }
  const [m, n] = [dice.pick(extents, 3), dice.pick(extents, 3)];
  const k = dice.pick([1, 2, 5, 16, 33, 300, 601], 5);
  const batch = dice.below(3) === 0 ? [dice.pick([2, 3], 2)] : [];
  const [ta, tb] = [dice.below(2) === 0, dice.below(2) === 0];
  const b = batch.length;
  return {
    operands: [aval([...batch, ...ta ? [k, m] : [m, k]], 'f32'), aval([...batch, ...tb ? [n, k] : [k, n]], 'f32')],
    of: (x, y) => dotGeneral(x, y, { lhsContract: [b + (ta ? 0 : 1)], rhsContract: [b + (tb ? 1 : 0)], lhsBatch: range(b), rhsBatch: range(b) }),
  };
}
/** A product, and a chain behind it: of itself, of vectors along its axes, of values of its shape. */
function randomCase(dice: Dice): Case {
  const product = randomProduct(dice);
  const { shape } = stage('product', product.operands, ([x, y]) => x === undefined || y === undefined ? [] : [product.of(x, y)]).jaxpr.outputs[0]?.aval ?? expect.fail('no product');
  const reversed = range(shape.length).reverse();
  const axis = dice.below(shape.length);
  const avals: readonly Aval[] = [...product.operands, aval([shape[axis] ?? 1], 'f32'), aval(shape.slice(axis + 1), 'f32'), aval(shape, 'f32'), aval(reversed.map(i => shape[i] ?? 1), 'f32'), aval(shape.map(n => n + 1), 'f32')];
  const links = range(1 + dice.below(4)).map(() => dice.below(10));
  const [keeps, two] = [dice.below(4) === 0, dice.below(4) === 0];
  const chain = (p: AnyTensor, [, , vector, inner, like, turned, larger]: readonly AnyTensor[], again: AnyTensor): readonly AnyTensor[] => {
    if (vector === undefined || inner === undefined || like === undefined || turned === undefined || larger === undefined) expect.fail('no operands');
    const link = (z: AnyTensor, i: number): AnyTensor => {
      switch (i) {
        case 0: return add(z, broadcastInDim(vector, shape, [axis]));
        case 1: return max(z, constantLike(0, z));
        case 2: return add(like, z);
        case 3: return mul(z, constantLike(0.37, z));
        case 4: return sub(broadcastInDim(inner, shape, range(shape.length).slice(axis + 1)), z);
        case 5: return select(gt(like, constantLike(0, like)), z, constantLike(0, z));
        case 6: return add(z, transpose(turned, reversed));
        case 7: return add(z, slice(larger, shape.map(() => 1), shape.map(n => n + 1)));
        // Another product, made behind this one.
        case 8: return mul(z, again);
        default: return neg(z);
      }
    };
    const out = links.reduce(link, p);
    return [out, ...keeps ? [p] : [], ...two ? [mul(out, p)] : []];
  };
  const made = ([x, y]: readonly AnyTensor[]): AnyTensor => x === undefined || y === undefined ? expect.fail('no operands') : product.of(x, y);
  const joined = stage('joined', avals, xs => { const p = made(xs); return chain(p, xs, made(xs.map((x, i) => i === 0 ? neg(x) : x))); }).jaxpr;
  const apart = stage('apart', avals, xs => { const [p = expect.fail('no product')] = optimizationBarrier([made(xs)]); return chain(p, xs, made(xs.map((x, i) => i === 0 ? neg(x) : x))); }).jaxpr;
  const special = dice.below(3) === 0;
  const inputs = avals.map((a): NDArray => ({
    ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, () => special && dice.below(12) === 0 ? dice.pick([NaN, Infinity, -Infinity, 0, -0], 0) : (dice.below(4001) - 2000) / 1000),
  }));
  return { joined, apart, inputs };
}
function run(backend: WasmBackend, jaxpr: Jaxpr, inputs: readonly NDArray[], donated = false): readonly Float32Array[] {
  const buffers = inputs.map(x => backend.upload(x.data, aval(x.shape, x.dtype)));
  const outs = backend.compile(jaxpr).run(buffers, buffers.map(() => donated));
  const values = jaxpr.outputs.map((o, i) => { const y = outs[i]; if (y === undefined) expect.fail('a result is missing'); return Float32Array.from(backend.downloadSync(y, o.aval), Number); });
  for (const x of new Set([...buffers, ...outs])) backend.release(x);
  return values;
}
const stepsFor = (j: Jaxpr, rung: Rung): readonly Step[] => stepsOf(optimise(j), targetOf(rung)).steps;
const epiloguesIn = (j: Jaxpr, rung: Rung): number => stepsFor(j, rung).filter(s => s.kind === 'equation' && s.epilogue !== undefined).length;

describe.each(rungs.map(r => [`${r.name}${r.ordered === true ? ', ordered' : ''}`, r] as const))('on rung %s', (_name, rung) => {
  const backend = new WasmBackend({ rung });
  it('an epilogue changes no bit, nor does it where an operand is donated', () => {
    const dice = new Dice(seed);
    let joined = 0;
    for (let i = 0; i < 60; i++) {
      const c = randomCase(dice);
      joined += epiloguesIn(c.joined, rung);
      const want = run(backend, c.apart, c.inputs);
      for (const donated of [false, true]) expect(run(backend, c.joined, c.inputs, donated), `SEED=${seed} program ${i}${donated ? ', donated' : ''}`).toEqual(want);
    }
    expect(joined).toBeGreaterThan(20);
  });
});

describe('what becomes an epilogue', () => {
  const rung = rungs[0] ?? bestRung();
  const [x, w, b, r] = [aval([8, 20], 'f32'), aval([20, 12], 'f32'), aval([12], 'f32'), aval([8, 12], 'f32')] as const;
  const dense = (p: AnyTensor, q: AnyTensor): AnyTensor => dotGeneral(p, q, { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
  const program = (f: (p: AnyTensor, bias: AnyTensor, like: AnyTensor) => readonly AnyTensor[]): readonly Step[] =>
    stepsFor(stage('f', [x, w, b, r], ([p, q, c, d]) => p === undefined || q === undefined || c === undefined || d === undefined ? [] : f(dense(p, q), broadcastInDim(c, [8, 12], [1]), d)).jaxpr, rung);
  it('bias, activation and residual: one step that writes one value', () => {
    const steps = program((p, bias, like) => [add(like, max(add(p, bias), constantLike(0, p)))]);
    expect(steps.map(s => [s.kind, writesOf(s).length])).toEqual([['equation', 1]]);
  });
  it('a product that is needed itself is stored beside it', () => {
    expect(program((p, bias) => [add(p, bias), p]).map(s => [s.kind, writesOf(s).length])).toEqual([['equation', 2]]);
  });
  it.each<readonly [string, (p: AnyTensor, square: AnyTensor, inner: AnyTensor) => AnyTensor]>([
    ['an operand that is made of the product itself', (p, square) => add(p, dense(p, square))],
    ['an operand that repeats within the rows', (p, _square, inner) => add(reshape(p, [2, 4, 12]), broadcastInDim(inner, [2, 4, 12], [1, 2]))],
  ])('%s changes no bit', (_what, f) => {
    const avals = [x, w, aval([12, 12], 'f32'), aval([4, 12], 'f32')];
    const whole = (apart: boolean): Jaxpr => stage('whole', avals, ([p, q, c, d]) => {
      if (p === undefined || q === undefined || c === undefined || d === undefined) return [];
      const made = dense(p, q);
      return [f(apart ? optimizationBarrier([made])[0] ?? made : made, c, d)];
    }).jaxpr;
    const inputs = avals.map((a, k): NDArray => ({ ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, (_, i) => Math.sin(i + k)) }));
    const backend = new WasmBackend({ rung });
    expect(run(backend, whole(false), inputs)).toEqual(run(backend, whole(true), inputs));
  });
  it('a step of gradient descent changes the weights in place', () => {
    const ct = aval([20, 8], 'f32');
    const { jaxpr } = stage('descent', [ct, r, b], ([p, q, w0]) => p === undefined || q === undefined || w0 === undefined ? [] : [sub(broadcastInDim(w0, [20, 12], [1]), mul(dense(p, q), constantLike(0.1, dense(p, q))))]);
    expect(epiloguesIn(jaxpr, rung)).toBe(1);
    const { jaxpr: own } = stage('descent', [ct, r, w], ([p, q, w0]) => p === undefined || q === undefined || w0 === undefined ? [] : [sub(w0, mul(dense(p, q), constantLike(0.1, dense(p, q))))]);
    const compiled = compileProgram(own, rung);
    expect([...compiled.inPlace.values()]).toEqual([compiled.jaxpr.inputs[2]]);
    // A product reads what it would write over.
    const square = aval([12, 12], 'f32');
    const { jaxpr: self } = stage('self', [square], ([p]) => p === undefined ? [] : [sub(p, dense(p, p))]);
    expect([epiloguesIn(self, rung), compileProgram(self, rung).inPlace.size]).toEqual([1, 0]);
  });
  it('not what costs much, what repeats the product, or what is summed', () => {
    expect(program(p => [exp(p)]).map(s => s.kind)).toEqual(['equation', 'kernel']);
    expect(program(p => [broadcastInDim(p, [3, 8, 12], [1, 2])]).map(s => s.kind)).toEqual(['equation', 'kernel']);
  });
});
