// repeat: the unrolled network with stacked parameters, in values, gradients and draws; programs and residuals that do not grow with depth;
// a transformer of twelve blocks that learns.
import { describe, expect, test } from 'vitest';
import { grad, jit, nn, np, optim, random, tensor, tree, valueAndGrad, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
import { attention, positions } from '../../examples/transformer-block.ts';
import { bodiesOf, countEqns, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { linearizeJaxpr } from '../../src/transform/differentiate.ts';
import { makeJaxpr } from '../../src/transform/look.ts';
import { codeAndText } from '../tree/errors.ts';

const key = random.key(7);
const tensors = (t: unknown): AnyTensor[] => tree.leaves(t) as AnyTensor[];
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
/** Copy i of stacked parameters. */
const copyOf = <P>(params: P, i: number): P => tree.unflatten(tree.structure(params), tensors(params).map(x => np.take(x, i, { axis: 0 }))) as P;
function expectClose(got: unknown, want: unknown, tolerance: number): void {
  const [a, b] = [tensors(got), tensors(want)];
  expect(a.map(x => [x.shape, x.dtype])).toEqual(b.map(x => [x.shape, x.dtype]));
  a.forEach((x, i) => {
    const w = numbers(b[i] ?? zeros([0]));
    numbers(x).forEach((v, k) => { const e = w[k] ?? NaN; expect(Math.abs(v - e) / (1 + Math.abs(e)), `leaf ${i}, element ${k}: ${v} against ${e}`).toBeLessThanOrEqual(tolerance); });
  });
}

const f64 = { dtype: 'f64' } as const;
const block = nn.residual(nn.seq(nn.layerNormOf(6, f64), nn.dense(9, f64), nn.gelu, nn.dense(6, f64)));
const x = random.normal(random.foldIn(key, 1), [4, 6], f64);
const net = nn.repeat(3, block);
const params = nn.init(net, key, x);
type P = typeof params;
const target = np.sin(x);
/** The same network, written out: copy after copy. */
const unrolled = (p: P, v: typeof x): typeof x => {
  let h = v;
  for (let i = 0; i < 3; i++) {
    const [norm, wide, , narrow] = p;
    const at = { axis: 0 } as const;
    h = nn.apply(block, [
      { scale: np.take(norm.scale, i, at), bias: np.take(norm.bias, i, at) }, { w: np.take(wide.w, i, at), b: np.take(wide.b, i, at) }, null,
      { w: np.take(narrow.w, i, at), b: np.take(narrow.b, i, at) },
    ], h);
  }
  return h;
};
const lossOf = (f: (p: P, v: typeof x) => typeof x) => (p: P, v: typeof x): Scalar<'f64'> => nn.squaredError(f(p, v), target);
const loss = lossOf((p, v) => nn.apply(net, p, v));

describe('the repeated network is the unrolled one', () => {
  test('in value, jitted, batched and plain', () => {
    const want = unrolled(params, x);
    expectClose(nn.apply(net, params, x), want, 1e-12);
    expectClose(jit((p: P, v: typeof x) => nn.apply(net, p, v))(params, x), want, 1e-12);
    expectClose(vmap((v: Tensor<[6], 'f64'>) => nn.apply(net, params, v))(x), want, 1e-12);
  });
  test('in its gradient by parameters and input, to 1e-10, whatever is stored', () => {
    const want = grad(lossOf(unrolled), { argnums: [0, 1] })(params, x);
    expect(Math.max(...tensors(want).flatMap(numbers).map(Math.abs))).toBeGreaterThan(1e-2);
    expectClose(grad(loss, { argnums: [0, 1] })(params, x), want, 1e-10);
    expectClose(jit(grad(loss, { argnums: [0, 1] }))(params, x), want, 1e-10);
    for (const policy of [true, 'dots', 'everything'] as const) {
      const again = nn.repeat(3, block, { checkpoint: policy });
      expectClose(grad(lossOf((p, v) => nn.apply(again, p, v)), { argnums: [0, 1] })(params, x), want, 1e-10);
    }
  });
  test('in its second derivative', () => {
    const along = (l: typeof loss) => (v: typeof x): Scalar<'f64'> => np.sum(np.multiply(grad(l, { argnums: 1 })(params, v), target));
    expectClose(grad(along(loss))(x), grad(along(lossOf(unrolled)))(x), 1e-10);
  });
  test('with initial parameters of its layer for each split key', () => {
    const keys = random.split(key, 3);
    keys.forEach((k, i) => { expectClose(copyOf(params, i), nn.init(block, k, x), 0); });
    const [a, b] = [numbers(np.take(params[1].w, 0, { axis: 0 })), numbers(np.take(params[1].w, 1, { axis: 0 }))];
    expect(a).not.toEqual(b);
  });
  test('where repeats nest, and where there are no parameters', () => {
    const nested = nn.repeat(2, nn.repeat(3, nn.denseFrom(6, 6, f64)));
    const q = nn.init(nested, key, x);
    expect([q.w.shape, q.b.shape]).toEqual([[2, 3, 6, 6], [2, 3, 6]]);
    const flat = nn.repeat(6, nn.denseFrom(6, 6, f64));
    expectClose(nn.apply(nested, q, x), nn.apply(flat, { w: np.reshape(q.w, [6, 6, 6]), b: np.reshape(q.b, [6, 6]) }, x), 1e-13);
    expectClose(nn.apply(nn.repeat(3, nn.tanh), null, x), np.tanh(np.tanh(np.tanh(x))), 0);
    expect(nn.init(nn.repeat(3, nn.tanh), key, x)).toBe(null);
  });
});

describe('what it costs', () => {
  const deep = (n: number): { readonly jaxpr: Jaxpr; readonly gradient: Jaxpr; readonly init: Jaxpr } => {
    const l = nn.repeat(n, block);
    const p = nn.init(l, key, x);
    const f = (q: typeof p, v: typeof x): Scalar<'f64'> => nn.squaredError(nn.apply(l, q, v), target);
    return { jaxpr: makeJaxpr(f)(p, x).jaxpr, gradient: makeJaxpr(grad(f))(p, x).jaxpr, init: makeJaxpr((k: random.Key) => nn.init(l, k, x))(key).jaxpr };
  };
  test('programs do not grow with depth: value, gradient, init', () => {
    const [few, many] = [deep(12), deep(48)];
    for (const which of ['jaxpr', 'gradient', 'init'] as const) {
      expect(countEqns(many[which]), which).toBe(countEqns(few[which]));
    }
    const scans = (j: Jaxpr): number => j.eqns.reduce((n, e) => n + (e.primitive === scanP ? 1 : 0) + bodiesOf(e.params).reduce((m, b) => m + scans(b), 0), 0);
    expect([scans(few.jaxpr), scans(few.gradient), scans(few.init)]).toEqual([1, 2, 0]);
  });
  test('init draws once for each leaf that is drawn, and computes nothing else', () => {
    const { init } = deep(12);
    const draws = (j: Jaxpr): number => j.eqns.reduce((n, e) => n + (e.primitive.name === 'threefry2x32' ? 1 : 0) + bodiesOf(e.params).reduce((m, b) => m + draws(b), 0), 0);
    const one = makeJaxpr((k: random.Key) => nn.init(block, k, x))(key).jaxpr;
    // One more: the split itself.
    expect(draws(init)).toBe(draws(one) + 1);
    expect(JSON.stringify(init.eqns.map(e => e.primitive.name))).not.toMatch(/scan|dotGeneral|layerNorm/);
  });
  test('checkpoint stores each copy\'s input, not its inside', () => {
    const stored = (l: (v: typeof x) => nn.Net<P, typeof x>): number => {
      const j = makeJaxpr((q: P, v: typeof x) => nn.apply(l, q, v))(params, x).jaxpr;
      const { forward } = linearizeJaxpr(j, j.inputs.map(() => true));
      return forward.outputs.slice(j.outputs.length).reduce((n, o) => n + o.aval.shape.reduce((a, b) => a * b, 1), 0);
    };
    const [all, few] = [stored(net), stored(nn.repeat(3, block, { checkpoint: true }))];
    // Parameters (but the last bias, which no derivative asks for), and one [4, 6] a copy.
    expect(few).toBe(nn.countParameters(params) - 3 * 6 + 3 * 4 * 6);
    expect(all).toBeGreaterThan(few + 3 * 4 * 9);
  });
});

describe('what does not fit', () => {
  test.each([0, -1, 1.5, NaN])('%s copies', n => { expect(codeAndText(() => nn.repeat(n as never, nn.denseFrom(6, 6)))).toEqual(['value', `repeat: ${n} is not a number of copies; give a positive integer`]); });
  // What the compiler refuses.
  const loose = (n: number, layer: (v: never) => unknown): (v: AnyTensor) => nn.Net<unknown, AnyTensor> => nn.repeat(n as never, layer as never) as never;
  test('a layer that changes the shape', () => {
    expect(codeAndText(() => nn.apply(loose(3, nn.dense(5)), { w: zeros([3, 4, 5]), b: zeros([3, 5]) }, zeros([2, 4]))))
      .toEqual(['shape', 'layer dense: repeat: the layer makes f32[2,5] of f32[2,4]; it must keep shape and dtype']);
  });
  test('a layer that changes the tree', () => {
    expect(codeAndText(() => nn.apply(loose(2, nn.fanout(nn.relu, nn.relu)), [null, null], zeros([2]))))
      .toEqual(['tree', 'layer fanout: repeat: the layer makes the tree [*,*] of *; it must keep the tree']);
  });
  test('parameters of another depth, or of none', () => {
    const l = nn.repeat(3, nn.denseFrom(4, 4));
    const p = nn.init(nn.repeat(2, nn.denseFrom(4, 4)), key, zeros([2, 4]));
    expect(codeAndText(() => nn.apply(l, p as never, zeros([2, 4])))).toEqual(['shape', 'repeat: parameter b is [2, 4], a stack of 3 begins with 3; make parameters with nn.init']);
    expect(codeAndText(() => nn.apply(l, { w: zeros([4, 4]), b: zeros([]) } as never, zeros([2, 4])))[0]).toBe('shape');
  });
});

describe('a causal transformer of twelve blocks', () => {
  const [time, width] = [8, 16] as const;
  const heads = nn.residual(<B extends number>(v: Tensor<[B, 8, 16]>) => nn.from(v, nn.layerNorm, attention(width, 2, 8, 'f32'))(v));
  const mlp = nn.residual(nn.seq(nn.layerNormOf(16), nn.dense(32), nn.gelu, nn.dense(16)));
  const blockOf = <B extends number>(v: Tensor<[B, 8, 16]>) => nn.from(v, heads, mlp)(v);
  const gpt = <B extends number>(v: Tensor<[B, 8], 'i32'>) => nn.from(v, nn.embedding(5, width), positions(time, width, 'f32'), nn.repeat(12, blockOf, { checkpoint: 'dots' }), nn.layerNorm, nn.dense(5))(v);
  // Each token is the one before plus the one before that, modulo five.
  const sequences = tensor(Array.from({ length: 16 }, (_, k) => {
    const s = [k % 5, (2 * k + Math.floor(k / 5)) % 5];
    while (s.length < 9) s.push(((s.at(-1) ?? 0) + (s.at(-2) ?? 0)) % 5);
    return s;
  }), 'i32') as Tensor<[16, 9], 'i32'>;
  const [ids, next] = [np.slice(sequences, [':', [0, 8]]), np.slice(sequences, [':', [1, 9]])];

  test('learns to go on, in a program as long as that of one block', () => {
    let p = nn.init(gpt, key, ids);
    expect(p[2][1][1].w.shape).toEqual([12, 16, 32]);
    const adam = optim.adam(3e-3);
    let state = adam.init(p);
    const crossEntropy = (q: typeof p): Scalar => nn.crossEntropy(nn.apply(gpt, q, ids), next);
    const step = jit((q: typeof p, s: typeof state): [typeof p, typeof state, Scalar] => {
      const [value, g] = valueAndGrad(crossEntropy)(q);
      const [updates, after] = adam.update(g, s, q);
      return [optim.applyUpdates(q, updates), after, value];
    });
    const losses: number[] = [];
    for (let k = 0; k < 12; k++) {
      const [q, s, value] = step(p, state);
      [p, state] = [q, s];
      losses.push(value.itemSync());
    }
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(0.75 * (losses[0] ?? NaN));
  });
  test('does not look ahead', () => {
    const p = nn.init(gpt, key, ids);
    const one = np.slice(ids, [[0, 1], ':']);
    const other = np.where(np.equal(np.arange(8), 7), np.remainder(np.add(one, 1), 5), one);
    const [a, b] = [nn.apply(gpt, p, one).jsSync()[0], nn.apply(gpt, p, other).jsSync()[0]];
    expect(a?.slice(0, 7)).toEqual(b?.slice(0, 7));
    expect(a?.[7]).not.toEqual(b?.[7]);
  });
});
