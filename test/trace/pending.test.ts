// Call-by-need: nothing runs until it is read, nothing costly runs twice, and a loop is one stable program a step.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { wasmBackend } from '../../src/backend/wasm/backend.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { negP } from '../../src/primitive/arithmetic.ts';
import { convGeneral } from '../../src/primitive/conv.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { sort } from '../../src/primitive/sort.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { clearExecutables } from '../../src/trace/executables.ts';
import { pendingLimits } from '../../src/trace/pending.ts';
import { handleOf, newHandle } from '../../src/trace/handle.ts';
import { bind1 } from '../../src/trace/scope.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { add, bits, convert, div, dot, exp, grad, i32, list, lt, max, mean, mul, num, sin, sub, sum, take, tensor, valueAndGrad, vmap, type T } from './language.ts';

beforeEach(() => { clearExecutables(); resetStatistics(); });

const fresh = (): T => tensor([1, 2, 3]);
const x = fresh();
const noise = (n: number, s: number): number[] => Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 + s) * 0.3);
const ran = (name: string): number => statistics.byName.get(name) ?? 0;

describe('nothing runs until it is read', () => {
  it('and then what is needed, once', () => {
    const y = sin(mul(x, x));
    add(y, 1);
    expect(statistics.executed).toBe(0);
    const first = list(y);
    expect(statistics.executed).toBe(2);
    expect(list(y)).toEqual(first);
    expect(statistics.executed).toBe(2);
  });
  it('errors of shape and dtype come at once', () => {
    const y = sin(x);
    expect(() => add(y, tensor([1, 2]))).toThrow('add: shapes differ, f32[3] vs f32[2]');
    expect(() => add(y, i32([1, 2, 3]))).toThrow('add: dtypes differ: f32 vs i32');
    expect(statistics.executed).toBe(0);
  });
  it('a gradient is one pending call: asking for one result computes all', () => {
    const [value, g] = valueAndGrad((v: T) => sum(mul(sin(v), v)))(x);
    expect(statistics.executed).toBe(0);
    num(value);
    const executed = statistics.executed;
    list(g);
    expect(statistics.executed).toBe(executed);
    expect(executed).toBeGreaterThan(0);
  });
  it('reads of one tick are one program, whatever their order', async () => {
    const pair = (): [T, T] => { const s = sum(x); return [mul(s, 2), add(s, 1)]; };
    const [a, b] = pair();
    await Promise.all([b.data(), a.data()]);
    expect([statistics.programs, ran('reduceSum')]).toEqual([1, 1]);
    const [c, d] = pair();
    expect([num(d), num(c), statistics.programs, ran('reduceSum')]).toEqual([7, 12, 3, 2]);
  });
  it('a cheap value that two recorded operations share runs once, though they are read apart', () => {
    const s = sin(x);
    const [a, b] = [mul(s, 2), add(s, 1)];
    list(a);
    list(b);
    expect(ran('sin')).toBe(1);
  });
  it('a read that fails does not take others of its tick with it', async () => {
    const failing: Primitive = { ...negP, name: 'failing', evaluate() { throw new Error('mine'); } };
    const results = await Promise.allSettled([sin(x).data(), bind1(failing, [x], {}).data(), mul(x, 2).data()]);
    expect(results.map(r => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]?.status === 'rejected' && String(results[1].reason)).toBe('Error: mine');
  });
  it('what failed fails again, and what it was made from is unharmed', () => {
    let fails = true;
    const once: Primitive = { ...negP, name: 'once', evaluate(inputs, params, outputs, run) { if (fails) throw new Error('mine'); negP.evaluate(inputs, params, outputs, run); } };
    const s = sum(x);
    const y = bind1(once, [s], {});
    expect(() => list(y)).toThrow('mine');
    expect(() => list(y)).toThrow('mine');
    fails = false;
    expect([list(y), list(s)]).toEqual([[-6], [6]]);
  });
});

describe('structures', () => {
  it('are interpreted at first sight, compiled at the second, hit afterwards', () => {
    const steps = [0, 1, 2, 3].map(() => { list(sin(mul(x, x))); return [statistics.compiled, statistics.hits]; });
    expect(steps).toEqual([[0, 0], [1, 0], [1, 1], [1, 2]]);
  });
  it('numbers are inputs: a changing one is no new program, nested bodies included', () => {
    for (const lr of [0.1, 0.09, 0.081, 0.0729, 0.06]) expect(num(sub(tensor(1), mul(tensor(1), lr)))).toBeCloseTo(1 - lr, 6);
    expect(statistics.compiled).toBe(1);
    for (const scale of [0.5, 0.25, 0.125, 2, 3]) expect(num(grad((v: T) => mul(mul(v, scale), v))(tensor(3)))).toBe(6 * scale);
    expect(statistics.compiled).toBe(2);
  });
  it('a captured tensor is an input: a rebound one is neither stale nor a new program', () => {
    let w = tensor(2);
    const f = (v: T): T => mul(v, w);
    const values = [2, 5, 7, 9].map(v => { w = tensor(v); return [num(grad(f)(tensor(1))), list(vmap(f)(x))[2]]; });
    expect(values).toEqual([[2, 6], [5, 15], [7, 21], [9, 27]]);
    expect(statistics.compiled).toBe(2);
  });
  it('that share a key by accident are told apart', () => {
    // Records of one name and different meaning have equal hashes: only the comparison tells their programs apart.
    const twin = (name: string, factor: number): Primitive => ({ ...negP, name, evaluate([a], _p, [out]) { if (a && out) for (let i = 0; i < a.data.length; i++) out.data[i] = factor * (a.data[i] ?? 0); } });
    const [double, triple] = [twin('times', 2), twin('times', 3)];
    for (let i = 0; i < 4; i++) expect([list(bind1(double, [x], {})), list(bind1(triple, [x], {}))]).toEqual([[2, 4, 6], [3, 6, 9]]);
    expect(statistics.compiled).toBe(2);
  });
});

// ---- nothing costly runs twice
const [D, B, STEPS] = [8, 4, 60];
interface P { w1: T; w2: T }
const params = (): P => ({ w1: tensor(noise(D * D, 1), 'f32', [D, D]), w2: tensor(noise(D, 2), 'f32', [D, 1]) });
const batch = (s: number): [T, T] => [tensor(noise(B * D, s), 'f32', [B, D]), tensor(noise(B, s + 0.5), 'f32', [B, 1])];
const logits = (p: P, v: T): T => dot(max(dot(v, p.w1), 0), p.w2);
const loss = (p: P, v: T, y: T): T => { const d = sub(logits(p, v), y); return mean(mul(d, d)); };
const sgd = (p: P, g: P, lr: number): P => ({ w1: sub(p.w1, mul(g.w1, lr)), w2: sub(p.w2, mul(g.w2, lr)) });
const stepOf = valueAndGrad<[T, P]>(loss);

const conv = (v: T, w: T): T => handleOf(convGeneral(v, w, { strides: [1, 1], padding: [[0, 0], [0, 0]], lhsDilation: [1, 1], rhsDilation: [1, 1], lhs: [0, 3, 1, 2], rhs: [3, 2, 0, 1], out: [0, 3, 1, 2], featureGroups: 1, batchGroups: 1 }));
const ordered = (v: AnyTensor): AnyTensor => sort(v, [], 0)[0] ?? v;

const scripts: { readonly [name: string]: () => Promise<unknown> } = {
  async 'a state read through every step'() { let s = fresh(); for (let i = 0; i < STEPS; i++) { s = sin(add(mul(s, 2), 1)); await mean(s).data(); } },
  async 'a hidden layer read after its loss'() { const p = params(); for (let i = 0; i < STEPS; i++) { const [v, y] = batch(i); const h = dot(v, p.w1); const d = sub(dot(h, p.w2), y); await mean(mul(d, d)).data(); await h.data(); } },
  async 'accuracy recorded after the loss was read'() { const p = params(); for (let i = 0; i < STEPS; i++) { const [v, y] = batch(i); const z = logits(p, v); const d = sub(z, y); await mean(mul(d, d)).data(); await mean(convert(lt(z, y), 'f32')).data(); } },
  async 'loss and accuracy recorded together, read one after the other'() { const p = params(); for (let i = 0; i < STEPS; i++) { const [v, y] = batch(i); const z = logits(p, v); const d = sub(z, y); const l = mean(mul(d, d)); const a = mean(convert(lt(z, y), 'f32')); await l.data(); await a.data(); } },
  async 'training, loss read every 10 steps'() { let p = params(); for (let i = 0; i < STEPS; i++) { const [l, g] = stepOf(p, ...batch(i)); p = sgd(p, g, 0.01); if (i % 10 === 9) await l.data(); } await p.w1.data(); await p.w2.data(); },
  async 'training, loss never read, a schedule in JavaScript numbers'() { let p = params(); for (let i = 0; i < STEPS; i++) p = sgd(p, grad<P>(loss)(p, ...batch(i)), 0.01 * 0.97 ** i); await Promise.all([p.w1.data(), p.w2.data()]); },
  async 'training with an average of the parameters'() { let p = params(); let e = p; for (let i = 0; i < STEPS; i++) { const [l, g] = stepOf(p, ...batch(i)); p = sgd(p, g, 0.01); e = { w1: add(mul(e.w1, 0.9), mul(p.w1, 0.1)), w2: add(mul(e.w2, 0.9), mul(p.w2, 0.1)) }; if (i % 10 === 9) await l.data(); } await Promise.all([e.w1.data(), e.w2.data(), p.w1.data()]); },
  async 'evaluation of 60 batches, the sum read'() { const p = params(); let a = tensor(0); for (let i = 0; i < STEPS; i++) a = add(a, loss(p, ...batch(i))); await a.data(); },
  async 'an old parameter kept and read later'() { let p = params(); let old = p; for (let i = 0; i < STEPS; i++) { const [l, g] = stepOf(p, ...batch(i)); p = sgd(p, g, 0.01); if (i === 20) old = p; if (i % 10 === 9) await l.data(); } await Promise.all([p.w1.data(), p.w2.data()]); await old.w1.data(); await old.w2.data(); },
  async 'gathers and draws that are used twice'() { const table = tensor(noise(20, 3), 'f32', [10, 2]); for (let i = 0; i < STEPS; i++) { const rows = take(table, i32([i % 10, (i * 7) % 10])); const drawn = convert(bits(tensor([i, 1], 'u32'), [2, 2]), 'f32'); const y = mul(rows, drawn); await sum(y).data(); await mul(y, rows).data(); } },
  async 'a convolution, an order and running sums that are used twice'() { const [image, kernel] = [tensor(noise(2 * 5 * 5, 1), 'f32', [1, 5, 5, 2]), tensor(noise(2 * 2 * 2 * 3, 2), 'f32', [2, 2, 2, 3])]; for (let i = 0; i < STEPS; i++) { const y = conv(mul(image, i), kernel); const z = handleOf(cumsum(ordered(reshape(y, [48])), { axis: 0, reverse: false })); await sum(z).data(); await mul(z, 2).data(); await sum(y).data(); } },
  async 'a softmax by hand, its parts read together'() { const [v] = batch(1); for (let i = 0; i < STEPS; i++) { const z = exp(sub(mul(v, i), 1)); const q = div(z, sum(z)); await Promise.all([q.data(), sum(q).data()]); } },
  async 'a chain that outgrows the limit, with a sum of each link kept'() { let s = fresh(); const sums: T[] = []; for (let i = 0; i < 700; i++) { s = add(s, 1); sums.push(sum(s)); } for (const t of sums) await t.data(); },
};
const costly = ['dotGeneral', 'reduceSum', 'gather', 'randomBits', 'scatterAdd', 'convGeneral', 'sort', 'cumsum'];
async function costs(script: () => Promise<unknown>): Promise<{ readonly counts: { readonly [name: string]: number }; readonly executed: number; readonly programs: number }> {
  clearExecutables();
  resetStatistics();
  await script();
  return { counts: Object.fromEntries(costly.map(name => [name, ran(name)])), executed: statistics.executed, programs: statistics.programs };
}
/** As if every operation ran where it is recorded: then each runs once. */
async function eager(script: () => Promise<unknown>): ReturnType<typeof costs> {
  const limit = pendingLimits.equations;
  pendingLimits.equations = 0;
  try {
    return await costs(script);
  } finally { pendingLimits.equations = limit; }
}

describe('no product, reduction, gather or draw runs twice', () => {
  afterEach(() => { installBackend(referenceBackend); });
  const everywhere = Object.entries(scripts).flatMap(([name, script]) => [[name, 'reference', script], [name, 'wasm', script]] as const);
  it.each(everywhere)('%s (%s)', async (_name, backend, script) => {
    installBackend(backend === 'wasm' ? wasmBackend() : referenceBackend);
    const each = await eager(script);
    const lazy = await costs(script);
    expect(lazy.counts).toEqual(each.counts);
    expect(Object.values(each.counts).some(n => n >= STEPS)).toBe(true);
    // A cheap operation may be repeated where that saves memory: once, then it is kept.
    expect(lazy.executed).toBeLessThanOrEqual(2 * each.executed);
  });
  it('cheap operations are not repeated without end either: twice the steps, about twice the work', async () => {
    const executed = async (steps: number): Promise<number> => (await costs(async () => {
      let s = x;
      for (let i = 0; i < steps; i++) { s = sin(add(mul(s, 2), 1)); await mean(s).data(); }
    })).executed;
    expect(await executed(80)).toBeLessThanOrEqual(2 * await executed(40) + 10);
  });
  it('a training loop is a program a step, read or not', async () => {
    const { programs } = await costs(scripts['training, loss never read, a schedule in JavaScript numbers'] ?? (() => Promise.resolve()));
    expect(Math.abs(programs - STEPS)).toBeLessThanOrEqual(1);
    expect(statistics.hits).toBeGreaterThanOrEqual(STEPS - 4);
    expect(statistics.compiled).toBeLessThanOrEqual(3);
  });
  it('random programs with random reads: each costly operation runs at most once, and values are right', () => {
    const runs = new Map<number, number>();
    const counted: Primitive = {
      ...negP, name: 'counted', properties: { ...negP.properties, cheap: false },
      evaluate(inputs, params, outputs, run) { const id = Number(params['id']); runs.set(id, (runs.get(id) ?? 0) + 1); negP.evaluate(inputs, {}, outputs, run); },
    };
    const command = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('neg', 'add', 'costly', 'call'), a: fc.nat(5), b: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('read'), a: fc.nat(8), b: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop'), a: fc.nat(8), b: fc.constant(0) }) },
    );
    fc.assert(fc.property(fc.array(command, { maxLength: 40 }), fc.constantFrom(3, 7, 512), (commands, limit) => {
      const before = pendingLimits.equations;
      pendingLimits.equations = limit;
      runs.clear();
      let ids = 0;
      try {
        const values: [T, number][] = [[tensor(1), 1], [tensor(2), 2]];
        const pick = (back: number): [T, number] => values[Math.max(0, values.length - 1 - back)] ?? [tensor(0), 0];
        for (const { kind, a, b } of commands) {
          const [[p, v], [q, w]] = [pick(a), pick(b)];
          if (kind === 'neg') values.push([mul(p, -1), -v]);
          else if (kind === 'add') values.push([add(p, q), Math.fround(v + w)]);
          else if (kind === 'costly') values.push([bind1(counted, [p], { id: ids++ }), -v]);
          else if (kind === 'call') { const id = ids++; values.push([grad((u: T) => mul(bind1(counted, [u], { id }), -1))(p), 1]); }
          else if (kind === 'drop' && values.length > 2) values.splice(Math.max(0, values.length - 1 - a), 1);
          else if (kind === 'read') expect(num(p)).toBe(v);
        }
        for (const [t, v] of values) expect(num(t)).toBe(v);
        for (const [id, n] of runs) expect([id, n]).toEqual([id, 1]);
      } finally { pendingLimits.equations = before; }
    }), { numRuns: 150 });
  });
});

describe('chains that are never read', () => {
  it('of 50,000 operations are cut: no stack overflow, nothing recomputed', () => {
    let s = x;
    for (let i = 0; i < 50_000; i++) s = add(s, 1);
    expect(statistics.cuts).toBeGreaterThanOrEqual(90);
    expect(list(s)).toEqual([50_001, 50_002, 50_003]);
    expect(statistics.executed).toBe(50_000);
    expect(statistics.compiled).toBeLessThanOrEqual(2);
  });
  it('two that cross are cut too', () => {
    let [a, b] = [tensor(0), tensor(1)];
    for (let i = 0; i < 4000; i++) [a, b] = [sub(b, a), mul(a, -1)];
    const [p, q] = [num(a), num(b)];
    // The same, by JavaScript.
    let [u, v] = [0, 1];
    for (let i = 0; i < 4000; i++) [u, v] = [Math.fround(v - u), Math.fround(-u)];
    expect([p, q]).toEqual([u, v]);
    expect(statistics.executed).toBeLessThanOrEqual(8000 * 1.2);
  });
  it('that pin much memory are cut before they are long', () => {
    const big = (value: number): T => newHandle({ shape: [1 << 16], dtype: 'f32' }, { kind: 'host', data: new Float32Array(1 << 16).fill(value) });
    const limit = pendingLimits.bytes;
    pendingLimits.bytes = 2 ** 20;
    try {
      let s = big(1);
      for (let i = 0; i < 12; i++) s = add(s, big(i));
      expect(statistics.cuts).toBeGreaterThanOrEqual(2);
      expect(list(sum(s))[0]).toBe(67 * 2 ** 16);
    } finally { pendingLimits.bytes = limit; }
  });
});
