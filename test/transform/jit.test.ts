// jit: one trace a signature, static arguments by value, captures kept, donation, and what the caches know.
import { beforeEach, describe, expect, it } from 'vitest';
import { clearExecutables } from '../../src/trace/executables.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { codeAndText } from '../tree/errors.ts';
import { add, clearCache, compile, convert, evalShape, explain, explainMiss, f64, grad, i32, jit, list, makeJaxpr, mul, neg, num, sin, sum, tensor, vmap, type T } from '../trace/language.ts';

beforeEach(() => { clearExecutables(); resetStatistics(); });
const x = tensor([1, 2, 3]);
const square = (v: T): T => sum(mul(v, v));

describe('tracing', () => {
  it('happens once a signature', () => {
    const f = jit(square);
    f(x); f(tensor([4, 5, 6])); f(mul(x, x));
    expect(statistics.staged).toBe(1);
    f(tensor([1, 2])); f(tensor([3, 4]));
    expect(statistics.staged).toBe(2);
    f(f64([1, 2]));
    expect(statistics.staged).toBe(3);
  });
  it('each function has its own traces; equal ones share the executable', () => {
    const [f, g] = [jit((v: T) => square(v)), jit((v: T) => square(v))];
    expect([num(f(x)), num(g(x)), statistics.staged, statistics.compiled]).toEqual([14, 14, 2, 1]);
  });
  it('runs when it is called, and gives concrete results', () => {
    const y = jit(square)(x);
    expect(statistics.executed).toBeGreaterThan(0);
    expect(y.cell.state.kind).toBe('buffer');
  });
  it('passes trees, null included, and keeps the function\'s name', () => {
    const f = jit<{ b: [T, null]; a: T }>(function step(p: { w: T; none: null }, [v]: [T]) { return { b: [mul(p.w, v), p.none], a: v }; });
    const out = f({ w: tensor(2), none: null }, [tensor(3)]);
    expect([num(out.a), num(out.b[0]), out.b[1], f.name]).toEqual([3, 6, null, 'step']);
  });
  it('a tree of another structure is another signature, the order of keys is not', () => {
    const f = jit((p: { [k: string]: T }) => Object.values(p).reduce((s, v) => add(s, v)));
    f({ a: x, b: x }); f({ b: x, a: x });
    expect(statistics.staged).toBe(1);
    f({ a: x, c: x });
    expect(statistics.staged).toBe(2);
  });
  it('a result that is an argument, a capture, a literal, or given twice', () => {
    const w = tensor([7]);
    const out = jit<T[]>((v: T) => [v, w, sum(mul(v, 0)), v])(x);
    expect(out.map(list)).toEqual([[1, 2, 3], [7], [0], [1, 2, 3]]);
  });
  it('forces a pending argument together with the others, once', () => {
    const s = sin(x);
    const f = jit((a: T, b: T) => add(a, b));
    f(s, mul(s, 2));
    expect(statistics.byName.get('sin')).toBe(1);
  });
  it('no arguments', () => { expect(num(jit(() => square(x))())).toBe(14); });
});

describe('static arguments', () => {
  const power = (v: T, n: number, name: string): T => Array.from({ length: n - 1 }).reduce<T>(y => mul(y, v), name === 'minus' ? neg(v) : v);
  it('are part of the program, and compare by value', () => {
    const f = jit(power, { static: [1, 2] });
    expect([num(f(tensor(2), 3, 'plus')), num(f(tensor(2), 3, 'plus')), statistics.staged]).toEqual([8, 8, 1]);
    expect([num(f(tensor(2), 4, 'plus')), num(f(tensor(2), 3, 'minus')), statistics.staged]).toEqual([16, -8, 3]);
  });
  it.each<readonly [string, unknown, unknown, boolean]>([
    ['equal plain data', { a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }, true],
    ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['a number and its text', 1, '1', false],
    ['0 and -0', 0, -0, false],
    ['NaN', NaN, NaN, true],
    ['null and undefined', null, undefined, false],
    ['true and its text', true, 'true', false],
    ['a number and a bigint', 1, 1n, false],
    ['lists of other lengths', [1, 2], [1, 2, 3], false],
    ['a list and its text', [1], '[1]', false],
    ['text that looks like two', ['a,b'], ['a', 'b'], false],
    ['functions, by identity', sin, neg, false],
    ['one function', sin, sin, true],
  ])('%s', (_name, a, b, equal) => {
    const f = jit((v: T, _s: unknown) => v, { static: [1] });
    f(x, a); f(x, b);
    expect(statistics.staged).toBe(equal ? 1 : 2);
  });
  it('class instances compare by identity', () => {
    class Config { readonly n: number; constructor(n: number) { this.n = n; } }
    const f = jit((v: T, c: Config) => mul(v, c.n), { static: [1] });
    const c = new Config(2);
    f(x, c); f(x, c); f(x, new Config(2));
    expect(statistics.staged).toBe(2);
  });
  it('may be counted from the end', () => {
    const f = jit((v: T, n: number) => mul(v, n), { static: [-1] });
    expect(list(f(x, 2))).toEqual([2, 4, 6]);
  });
  it('refuse tensors, and positions that are not there', () => {
    expect(codeAndText(() => jit((v: T) => v, { static: [0] })(x))).toEqual(['static', 'jit: a tensor is listed in static; pass it as an ordinary argument']);
    expect(codeAndText(() => jit((v: T, _c: unknown) => v, { static: [1] })(x, { w: [x] }))[0]).toBe('static');
    expect(codeAndText(() => jit(square, { static: [1] })(x))).toEqual(['value', 'square: static 1 is out of range for 1 arguments']);
    expect(codeAndText(() => jit(square, { static: [0.5] })(x))).toEqual(['value', 'square: static 0.5 is out of range for 1 arguments']);
  });
  it('that are not listed are refused with the remedy', () => {
    expect(codeAndText(() => jit(power)(x, 3, 'plus'))).toEqual(['static', 'power: the number 3 at [1] is not a tensor; wrap it: tensor(3), or list the argument in static']);
  });
});

describe('captures', () => {
  it('are kept from the first trace, as in JAX', () => {
    let w = tensor(2);
    const f = jit((v: T) => mul(v, w));
    expect(num(f(tensor(1)))).toBe(2);
    w = tensor(5);
    expect(num(f(tensor(1)))).toBe(2);
    clearCache(f);
    expect(num(f(tensor(1)))).toBe(5);
  });
  it('with check: true a changed tensor, number or branch throws', () => {
    let w = tensor(2);
    let k = 3;
    let minus = false;
    const f = jit((v: T) => { const y = mul(mul(v, w), k); return minus ? neg(y) : y; }, { check: true });
    const changed = 'jit: what the function closes over has changed since it was traced; pass it as an argument';
    expect([num(f(tensor(1))), num(f(tensor(2)))]).toEqual([6, 12]);
    w = tensor(2);
    expect(codeAndText(() => f(tensor(1)))).toEqual(['capture', changed]);
    clearCache(f);
    expect(num(f(tensor(1)))).toBe(6);
    k = 4;
    expect(codeAndText(() => f(tensor(1)))).toEqual(['capture', changed]);
    k = 3;
    minus = true;
    expect(codeAndText(() => f(tensor(1)))).toEqual(['capture', changed]);
    minus = false;
    expect(num(f(tensor(1)))).toBe(6);
  });
  it('of an outer tracer make a trace that is used once: never stale, never leaked', () => {
    let outer: T = tensor(0);
    const g = jit((u: T) => mul(u, outer));
    const f = grad((v: T) => { outer = v; return g(v); });
    expect([num(f(tensor(3))), num(f(tensor(4)))]).toEqual([6, 8]);
    outer = tensor(10);
    expect(num(g(tensor(2)))).toBe(20);
    // This trace captured nothing traced: it is kept, with its capture.
    expect(num(vmap((v: T) => { outer = v; return g(v); })(tensor([5])))).toBe(50);
  });
  it('that are disposed outside stay in the trace', () => {
    const w = tensor(3);
    const f = jit((v: T) => mul(v, w));
    f(tensor(1));
    w[Symbol.dispose]();
    expect(num(f(tensor(2)))).toBe(6);
    expect(codeAndText(() => jit((v: T) => mul(v, w))(x))[0]).toBe('disposed');
  });
});

describe('explainMiss, maxTraces, clearCache, compile', () => {
  it('explainMiss says what changed since the last trace', () => {
    const f = jit(function loss(p: { w: T; b: T | null }, n: number, v: T) { return add(sum(mul(p.w, n)), sum(v)); }, { static: [1] });
    const call = (p: object, n: unknown, v: T): string => { f(p, n, v); return explainMiss(f); };
    expect(explainMiss(f)).toBe('never called');
    expect(call({ w: x, b: null }, 1, x)).toBe('loss: first call');
    expect(call({ w: x, b: null }, 1, x)).toBe('loss: first call');
    expect(call({ w: tensor([1, 2]), b: null }, 1, x)).toBe('loss: argument 0 (w) changed from f32[3] to f32[2]');
    expect(call({ w: tensor([1, 2]), b: null }, 2, x)).toBe('loss: a static value changed from 1 to 2');
    expect(call({ w: tensor([1, 2]), b: null }, 2, tensor([[1]]))).toBe('loss: argument 2 changed from f32[3] to f32[1,1]');
    expect(call({ w: tensor([1, 2]), b: x }, 2, tensor([[1]]))).toBe('loss: the tree of the arguments changed from [{"b":-,"w":*},*] to [{"b":*,"w":*},*]');
    clearCache(f);
    expect(explainMiss(f)).toBe('never called');
  });
  it('names dtypes, and the axes around the call', () => {
    const f = jit((v: T) => sin(v));
    f(tensor(1)); f(f64(1));
    expect(explainMiss(f)).toBe('jit: argument 0 changed from f32[] to f64[]');
    vmap((v: T) => f(v), { axisName: 'i' })(f64([1, 2]));
    expect(explainMiss(f)).toBe('jit: the named axes around the call changed');
  });
  it('maxTraces throws at one more, says why, and leaves the others working', () => {
    const f = jit(square, { maxTraces: 2 });
    f(x); f(tensor([1, 2])); f(x);
    expect(codeAndText(() => f(tensor([1])))).toEqual(['retrace', 'square: traced more than maxTraces = 2 times; square: argument 0 changed from f32[2] to f32[1]']);
    expect([num(f(x)), statistics.staged]).toEqual([14, 2]);
    clearCache(f);
    expect(num(f(tensor([1])))).toBe(1);
  });
  it('compile traces and compiles, and runs nothing', async () => {
    const f = jit(square);
    await compile(f, x);
    expect([statistics.staged, statistics.compiled, statistics.executed]).toEqual([1, 1, 0]);
    expect([num(f(x)), statistics.staged, statistics.compiled]).toEqual([14, 1, 1]);
  });
  it('they refuse what is not jitted', () => {
    for (const [name, f] of [['explainMiss', explainMiss], ['clearCache', clearCache]] as const) {
      expect(codeAndText(() => f(square))).toEqual(['value', `${name}: the function is not jitted; pass what jit(f) returned`]);
    }
  });
  it('a failed trace is no trace', () => {
    let broken = true;
    const f = jit((v: T) => { if (broken) throw new Error('mine'); return square(v); }, { maxTraces: 1 });
    expect(() => f(x)).toThrow('mine');
    broken = false;
    expect(num(f(x))).toBe(14);
  });
});

describe('donation', () => {
  const f = jit(function update(p: T, g: T) { return add(p, g); }, { donate: [0] });
  it('takes the tensor: using it afterwards throws and names the call', () => {
    const p = tensor([1, 2]);
    expect(list(f(p, tensor([10, 20])))).toEqual([11, 22]);
    const gone = 'f32[2] was donated to update and has no value any more; use its result, or do not donate it';
    for (const use of [() => add(p, 1), () => list(p), () => p.data(), () => f(p, tensor([1, 1])), () => grad(square)(p), () => JSON.stringify(p)]) {
      expect(codeAndText(use)).toEqual(['donated', gone]);
    }
    expect(String(p)).toBe('Tensor<f32[2]> (donated)');
    expect(p.shape).toEqual([2]);
    expect(statistics.donationsCopied).toBe(0);
  });
  it('of every leaf of a tree', () => {
    const g = jit<{ w: T; b: T }>((p: { w: T; b: T }) => ({ w: mul(p.w, 2), b: add(p.b, 1) }), { donate: [0] });
    const p = { w: tensor(1), b: tensor(2) };
    const q = g(p);
    expect([num(q.w), num(q.b)]).toEqual([2, 3]);
    expect([p.w, p.b].map(t => codeAndText(() => list(t))[0])).toEqual(['donated', 'donated']);
  });
  it('copies where a recorded operation still waits for the value', () => {
    const p = tensor([3, 4]);
    const norm = sum(mul(p, p));
    expect(list(f(p, p.shape.length === 1 ? tensor([0, 1]) : p))).toEqual([3, 5]);
    expect([statistics.donationsCopied, num(norm)]).toEqual([1, 25]);
  });
  it('copies where the value is passed twice', () => {
    const p = tensor([3, 4]);
    expect(list(f(p, p))).toEqual([6, 8]);
    expect([statistics.donationsCopied, codeAndText(() => list(p))[0]]).toEqual([1, 'donated']);
  });
  it('copies where a trace has captured it', () => {
    const w = tensor([1, 1]);
    const uses = jit((v: T) => mul(v, w));
    uses(tensor([2, 2]));
    expect(list(f(w, w.shape.length === 1 ? tensor([5, 5]) : w))).toEqual([6, 6]);
    expect(statistics.donationsCopied).toBe(1);
    expect(list(uses(tensor([2, 2])))).toEqual([2, 2]);
    const itself = jit((v: T) => add(v, captured), { donate: [0] });
    const captured = tensor([1, 2]);
    expect(list(itself(captured))).toEqual([2, 4]);
    expect(list(itself(tensor([10, 10])))).toEqual([11, 12]);
  });
  it('an unjitted gradient that captured it and is done keeps nobody from donating', () => {
    const w = tensor([2, 3]);
    // A gradient that is the captured value itself may share its memory.
    list(grad((v: T) => sum(mul(sin(v), w)))(tensor([1, 1])));
    resetStatistics();
    list(f(w, tensor([0, 0])));
    expect(statistics.donationsCopied).toBe(0);
  });
  it('of a pending tensor, a literal, a result', () => {
    const pending = mul(tensor([1, 2]), 3);
    expect(list(f(pending, tensor([1, 1])))).toEqual([4, 7]);
    expect(codeAndText(() => list(pending))[0]).toBe('donated');
    let p = tensor([0, 0]);
    for (let i = 0; i < 5; i++) p = f(p, tensor([1, 2]));
    expect([list(p), statistics.donationsCopied]).toEqual([[5, 10], 0]);
  });
  it('inside another transform is none: the tracer stays usable', () => {
    expect(num(grad((v: T) => add(f(v, v), v))(tensor(2)))).toBe(3);
  });
  it('a call that fails takes nothing', () => {
    const p = tensor([1, 2]);
    expect(() => f(p, tensor([1]))).toThrow('add: shapes differ');
    expect(list(p)).toEqual([1, 2]);
  });
  it('refuses positions that are not there; counts from the end', () => {
    expect(codeAndText(() => jit(square, { donate: [1] })(x))).toEqual(['value', 'square: donate 1 is out of range for 1 arguments']);
    const g = jit((_a: T, b: T) => neg(b), { donate: [-1] });
    const b = tensor(1);
    g(x, b);
    expect(codeAndText(() => list(b))[0]).toBe('donated');
    expect(list(x)).toEqual([1, 2, 3]);
  });
});

describe('looking inside', () => {
  it('makeJaxpr looks through jit at the top', () => {
    expect(String(makeJaxpr(jit(square))(x))).toBe(String(makeJaxpr(square)(x)));
  });
  it('evalShape computes nothing', () => {
    expect(evalShape((v: T, n: T) => ({ y: sum(v), z: [convert(v, 'i32'), n, null] }), x, i32([[1]]))).toEqual(
      { y: { shape: [], dtype: 'f32' }, z: [{ shape: [3], dtype: 'i32' }, { shape: [1, 1], dtype: 'i32' }, null] });
    expect(statistics.executed).toBe(0);
  });
  it('explain counts and prints', () => {
    const text = explain((v: T) => jit(square)(sin(v)))(x);
    expect(text).toContain('staged: 4 equations, 1 inputs (0 captured), effect none');
    expect(text).toContain('after inline: 3 equations');
    expect(text).toContain('primitives: sin 1, mul 1, reduceSum 1');
    expect(text).toContain('inputs: 12 bytes; outputs: 4 bytes (f32[])');
  });
});
