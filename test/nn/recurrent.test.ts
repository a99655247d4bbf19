// rnn, gru, lstm: against plain loops over plain numbers, gradients against finite differences, states, directions, programs that do not
// grow with time, and errors.
import { describe, expect, test } from 'vitest';
import { grad, jit, makeJaxpr, nn, np, optim, random, scan, tensor, tree, valueAndGrad, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
import * as laws from 'cotangent/laws';
import { countEqns } from '../../src/ir/jaxpr.ts';
import { codeAndText } from '../tree/errors.ts';

const f64 = { dtype: 'f64' } as const;
const key = random.key(3);
const [B, T, U] = [2, 5, 4] as const;
const x = random.normal(random.foldIn(key, 1), [2, 5, 3], f64);
const initial = random.normal(random.foldIn(key, 2), [2, 4], f64);
const other = random.normal(random.foldIn(key, 3), [2, 4], f64);
const numbers = (t: AnyTensor): number[] => Array.from(t.dataSync());
function expectClose(got: AnyTensor, want: readonly number[], tolerance = 1e-12): void {
  const list = numbers(got);
  expect(list.length).toBe(want.length);
  list.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(tolerance); });
}
/** Every bias away from zero, so that a forgotten one shows. */
const filled = <P>(params: P): P => tree.map(((p: Tensor<[], 'f64'>) => np.add(p, np.multiply(random.normal(random.foldIn(key, 9), p.shape, f64), 0.3))) as never, params as never) as P;

// ---- the definitions, in plain numbers
type Matrix = readonly (readonly number[])[];
const sigma = (v: number): number => 1 / (1 + Math.exp(-v));
const sum = (n: number, term: (i: number) => number): number => { let s = 0; for (let i = 0; i < n; i++) s += term(i); return s; };
interface Step { readonly h: Matrix; readonly c: Matrix }
type Cell = (state: Step, x: Matrix) => Step;
const rows = (f: (b: number, u: number) => number): Matrix => Array.from({ length: B }, (_, b) => Array.from({ length: U }, (__, u) => f(b, u)));
const entry = (m: Matrix, i: number, k: number): number => m[i]?.[k] ?? NaN;
/** x wx + b of gate g, or h wh of it, where the weights have `gates` of them. */
const affine = (m: Matrix, w: readonly number[], gates: number, g: number, b: number, u: number): number => sum(m[0]?.length ?? 0, i => entry(m, b, i) * (w[(i * gates + g) * U + u] ?? NaN));

const rnnPlain = (p: { wx: number[]; wh: number[]; b: number[] }): Cell => ({ h, c }, v) =>
  ({ c, h: rows((b, u) => Math.tanh(affine(v, p.wx, 1, 0, b, u) + affine(h, p.wh, 1, 0, b, u) + (p.b[u] ?? NaN))) });
const gruPlain = (p: { wx: number[]; wh: number[]; b: number[]; bh: number[] }): Cell => ({ h, c }, v) => {
  const z = (g: number, b: number, u: number): number => affine(v, p.wx, 3, g, b, u) + (p.b[g * U + u] ?? NaN);
  const y = (g: number, b: number, u: number): number => affine(h, p.wh, 3, g, b, u);
  return { c, h: rows((b, u) => {
    const [r, keep] = [sigma(z(0, b, u) + y(0, b, u)), sigma(z(1, b, u) + y(1, b, u))];
    return (1 - keep) * Math.tanh(z(2, b, u) + r * (y(2, b, u) + (p.bh[u] ?? NaN))) + keep * entry(h, b, u);
  }) };
};
const lstmPlain = (p: { wx: number[]; wh: number[]; b: number[] }): Cell => ({ h, c }, v) => {
  const z = (g: number, b: number, u: number): number => affine(v, p.wx, 4, g, b, u) + affine(h, p.wh, 4, g, b, u) + (p.b[g * U + u] ?? NaN);
  const memory = rows((b, u) => sigma(z(1, b, u)) * entry(c, b, u) + sigma(z(0, b, u)) * Math.tanh(z(2, b, u)));
  return { c: memory, h: rows((b, u) => sigma(z(3, b, u)) * Math.tanh(entry(memory, b, u))) };
};
const plainParams = <P>(params: P): { [K in keyof P]: number[] } => Object.fromEntries(Object.entries(params as never).map(([k, v]) => [k, numbers(v as AnyTensor)])) as never;
/** Outputs [B, T, U] in a row. */
function looped(cell: Cell, start: Step, reverse = false): number[] {
  const data = x.jsSync();
  const out: number[][][] = Array.from({ length: B }, () => Array.from({ length: T }, () => []));
  let state = start;
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    state = cell(state, data.map(row => row[t] ?? []));
    state.h.forEach((h, b) => { const line = out[b]; if (line !== undefined) line[t] = [...h]; });
  }
  return out.flat(2);
}
const none: Step = { h: rows(() => 0), c: rows(() => 0) };
const given: Step = { h: initial.jsSync(), c: other.jsSync() };

const cases = [
  { name: 'rnn', zero: nn.rnn(U, f64), from: nn.rnn(U, { ...f64, initial }), back: nn.rnn(U, { ...f64, initial, reverse: true }), cell: rnnPlain, weights: [[3, 4], [4, 4], [4]] },
  { name: 'gru', zero: nn.gru(U, f64), from: nn.gru(U, { ...f64, initial }), back: nn.gru(U, { ...f64, initial, reverse: true }), cell: gruPlain, weights: [[3, 3, 4], [4, 3, 4], [3, 4], [4]] },
  { name: 'lstm', zero: nn.lstm(U, f64), from: nn.lstm(U, { ...f64, initial: { h: initial, c: other } }), back: nn.lstm(U, { ...f64, initial: { h: initial, c: other }, reverse: true }), cell: lstmPlain, weights: [[3, 4, 4], [4, 4, 4], [4, 4]] },
] as const;
type Loose = (v: AnyTensor) => nn.Net<never, AnyTensor>;

describe.each(cases)('$name', ({ zero, from, back, cell, weights }) => {
  const layer = zero as never as Loose;
  const params = filled(nn.init(layer, key, x));
  const plain = (cell as (p: never) => Cell)(plainParams(params) as never);
  test('has named parameters', () => {
    const fresh = nn.init(layer, key, x) as { wx: AnyTensor; wh: AnyTensor; b: AnyTensor; bh?: AnyTensor };
    expect([fresh.wx, fresh.wh, fresh.b, ...fresh.bh === undefined ? [] : [fresh.bh]].map(w => w.shape)).toEqual(weights);
    expect(numbers(fresh.wx).slice(0, 4)).not.toEqual(numbers(fresh.wh).slice(0, 4));
  });
  test('is the plain loop, from zero and from a given state, forwards and backwards', () => {
    expectClose(nn.apply(layer, params, x), looped(plain, none));
    expectClose(nn.apply(from as never as Loose, params, x), looped(plain, given));
    expectClose(nn.apply(back as never as Loose, params, x), looped(plain, given, true));
    expectClose(jit((v: typeof x) => nn.apply(layer, params, v))(x), looped(plain, none));
  });
  test('takes one sequence, many axes of them, and vmap', () => {
    const want = looped(plain, none);
    expectClose(nn.apply(layer, params, np.take(x, 0, { axis: 0 })), want.slice(0, T * U));
    expectClose(nn.apply(layer, params, np.reshape(x, [2, 1, 5, 3])), want);
    expectClose(vmap((v: Tensor<[5, 3], 'f64'>) => nn.apply(layer, params, v) as Tensor<[5, 4], 'f64'>)(x), want);
  });
  test('obeys the laws: derivatives of every order, batching, jit', () => {
    const report = laws.programWith({ runs: 2, seed: 5 }, (p: typeof params, v: AnyTensor) => nn.apply(layer, p, v), params, np.slice(x, [':', [0, 2]]));
    expect(report.share.judged).toBeGreaterThan(0);
  });
  test('neither its program nor that of its gradient grows with time', () => {
    const size = (time: number): readonly number[] => {
      const v = zeros([2, time, 3], 'f64');
      const loss = (p: typeof params): Scalar<'f64'> => np.sum(nn.apply(layer, p, v)) as Scalar<'f64'>;
      return [countEqns(makeJaxpr(loss)(params).jaxpr), countEqns(makeJaxpr(grad(loss as never) as typeof loss)(params).jaxpr)];
    };
    expect(size(1000)).toEqual(size(10));
  });
});

describe('cells', () => {
  const slice = (t: number): Tensor<[2, 3], 'f64'> => np.take(x, t, { axis: 1 });
  const lp = filled(nn.init(nn.lstm(U, f64), key, x));
  const gp = filled(nn.init(nn.gru(U, f64), key, x));
  const rp = filled(nn.init(nn.rnn(U, f64), key, x));
  test('take one step each', () => {
    const first = (ys: AnyTensor): number[] => numbers(np.take(ys, 0, { axis: 1 }));
    expectClose(nn.rnnCell(rp, initial, slice(0)), first(nn.apply(nn.rnn(U, { ...f64, initial }), rp, x)));
    expectClose(nn.gruCell(gp, initial, slice(0)), first(nn.apply(nn.gru(U, { ...f64, initial }), gp, x)));
    expectClose(nn.lstmCell(lp, { h: initial, c: other }, slice(0)).h, first(nn.apply(nn.lstm(U, { ...f64, initial: { h: initial, c: other } }), lp, x)));
  });
  test('make the layer by scan, and hand over the last state', () => {
    const cut = [np.slice(x, [':', [0, 2]]), np.slice(x, [':', [2, 5]])] as const;
    const run = (s: nn.LstmState<[2, 4], 'f64'>, v: AnyTensor): readonly [nn.LstmState<[2, 4], 'f64'>, Tensor<[number, 2, 4], 'f64'>] =>
      scan((state: nn.LstmState<[2, 4], 'f64'>, u: Tensor<[2, 3], 'f64'>) => { const next = nn.lstmCell(lp, state, u); return [next, next.h]; }, s, np.swapaxes(v as Tensor<[2, number, 3], 'f64'>, 0, 1));
    const [middle, head] = run({ h: initial, c: other }, cut[0]);
    const [, tail] = run(middle, cut[1]);
    expectClose(np.swapaxes(np.concatenate([head, tail], 0), 0, 1), looped(lstmPlain(plainParams(lp)), given));
  });
  test('have gradients by the initial state', () => {
    const loss = (h: typeof initial): Scalar<'f64'> => np.sum(nn.apply(nn.gru(U, { ...f64, initial: h }), gp, x));
    const g = grad(loss)(initial);
    const h = 1e-5;
    const at = (d: number): number => loss(np.add(initial, np.multiply(np.equal(np.reshape(np.arange(8), [2, 4]), 5).astype('f64'), d))).itemSync();
    expect(numbers(g)[5]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 8);
  });
});

test('a state of fewer axes stands for all sequences', () => {
  const p = nn.init(nn.gru(U, f64), key, x);
  const row = np.take(initial, 0, { axis: 0 });
  const both = np.stack([row, row]);
  for (const state of [row, np.reshape(row, [1, 4])]) expectClose(nn.apply(nn.gru(U, { ...f64, initial: state }), p, x), numbers(nn.apply(nn.gru(U, { ...f64, initial: both }), p, x)));
});
test('the forget gate of an LSTM starts open', () => { expect(nn.init(nn.lstm(2), key, zeros([1, 3])).b.jsSync()).toEqual([[0, 0], [1, 1], [0, 0], [0, 0]]); });

test('a GRU learns to remember the first of its inputs', () => {
  const net = nn.seq(nn.gru(8), nn.dense(2));
  const bits = tensor([0, 1, 1, 0, 1, 0, 0, 1], 'i32');
  const noise = random.normal(key, [8, 6, 1]);
  const first = np.expandDims(np.expandDims(np.subtract(np.multiply(np.astype(bits, 'f32'), 2), 1), 1), 2);
  const inputs = np.concatenate([first, np.multiply(noise, 0.3)], 1);
  let p = nn.init(net, key, inputs);
  const adam = optim.adam(2e-2);
  let state = adam.init(p);
  const loss = (q: typeof p): Scalar => nn.crossEntropy(np.take(nn.apply(net, q, inputs), -1, { axis: 1 }), bits);
  const step = jit((q: typeof p, s: typeof state): [typeof p, typeof state, Scalar] => {
    const [value, g] = valueAndGrad(loss)(q);
    const [updates, next] = adam.update(g, s, q);
    return [optim.applyUpdates(q, updates), next, value];
  });
  let last = NaN;
  for (let k = 0; k < 60; k++) {
    const [q, s, value] = step(p, state);
    [p, state] = [q, s];
    last = value.itemSync();
  }
  expect(last).toBeLessThan(0.1);
});

describe('what does not fit', () => {
  const layer = nn.gru(U) as never as Loose;
  const p = nn.init(layer, key, zeros([5, 3])) as never;
  test.each([
    ['no time axis', () => layer(zeros([3])), 'shape', 'gru: the input [3] has no time axis; it takes [..., time, features]'],
    ['another width', () => nn.apply(layer, p, zeros([5, 2])), 'shape', 'gru: the input: f32[5,2] does not fit weights f32[3,3,4]: the last axis of one is not the first of the other'],
    ['another dtype', () => layer(zeros([5, 3], 'f64')), 'dtype', 'gru: the layer has dtype f32, the input f64 (use astype, or the option dtype)'],
    ['no units', () => nn.gru(0), 'value', 'gru: 0 is not a number of features; give a positive integer'],
    ['parameters of another layer', () => nn.apply(layer, { w: zeros([3, 4]) } as never, zeros([5, 3])), 'tree', 'gru: its parameter wx is missing from an object with w; make parameters with nn.init'],
    ['a state of another width', () => nn.apply(nn.gru(U, { initial: zeros([3]) as never }) as never as Loose, p, zeros([5, 3])), 'shape', 'gru: the state h is [3], the input wants [4]'],
    ['a state of another batch', () => nn.apply(nn.gru(U, { initial: zeros([3, 4]) }) as never as Loose, p, zeros([2, 5, 3])), 'shape', 'gru: the state h is [3, 4], the input wants [2, 4]'],
    ['a state of another dtype', () => nn.apply(nn.gru(U, { initial: zeros([4], 'f64') as never }) as never as Loose, p, zeros([5, 3])), 'dtype', 'gru: the layer has dtype f32, the state h f64 (use astype)'],
    ['half an initial state', () => nn.apply(nn.lstm(U, { initial: { h: zeros([4]) } as never }), nn.init(nn.lstm(U), key, zeros([5, 3])), zeros([5, 3])), 'tree', 'lstm: initial: its parameter c is missing from an object with h; make parameters with nn.init'],
    ['a cell of another batch', () => nn.gruCell(p, zeros([3, 4]), zeros([2, 3]) as never), 'shape', 'gru: the state h is [3, 4], the input wants [2, 4]'],
  ] as const)('%s', (_, f, code, text) => { expect(codeAndText(f)).toEqual([code, text]); });
});
