// What a call makes and what it does not: one module and one instance a program, one memory a backend, fixed when it starts; views that are made
// anew when memory has grown; the cache of executables, which forgets the least recently used; memory of programs that were forgotten.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { aval } from '../../src/ir/aval.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { clearExecutables, executableFor } from '../../src/trace/executables.ts';
import { stage } from '../../src/trace/scope.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { add, compile, jit, list, num, sin, sum, tensor, type T } from '../trace/language.ts';

/** Counts what is constructed while `f` runs. */
async function constructed(f: () => void | Promise<void>): Promise<{ readonly [name: string]: number }> {
  const engine: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (typeof engine !== 'object' || engine === null) return {};
  const names = ['Module', 'Instance', 'Memory'] as const;
  const counts = { Module: 0, Instance: 0, Memory: 0 };
  const own = names.map((name): unknown => Reflect.get(engine, name));
  names.forEach((name, i) => {
    const made = own[i];
    if (typeof made === 'function') Reflect.set(engine, name, new Proxy(made, { construct: (target, args) => { counts[name]++; return Reflect.construct(target, args) as object; } }));
  });
  try { await f(); } finally { names.forEach((name, i) => { Reflect.set(engine, name, own[i]); }); }
  return counts;
}
const backend = new WasmBackend();
beforeAll(() => { installBackend(backend); });
afterAll(() => { installBackend(referenceBackend); });
beforeEach(() => { clearExecutables(); resetStatistics(); });

describe('a call', () => {
  it('makes no module, no instance and no memory: these are made once a program', async () => {
    const f = jit((x: T) => sum(sin(add(x, x))));
    const x = tensor([1, 2, 3]);
    expect(await constructed(() => { num(f(x)); })).toEqual({ Module: 1, Instance: 1, Memory: 0 });
    expect(await constructed(() => { for (let i = 0; i < 500; i++) num(f(x)); })).toEqual({ Module: 0, Instance: 0, Memory: 0 });
    // An equal program of another function has the same executable.
    expect(await constructed(() => { num(jit((y: T) => sum(sin(add(y, y))))(x)); })).toEqual({ Module: 0, Instance: 0, Memory: 0 });
  });
  it('finds nothing left to make where the function was compiled before', async () => {
    const f = jit((x: T) => sin(sum(add(x, 3))));
    const x = tensor([1, 2, 3]);
    expect(await constructed(() => compile(f, x))).toEqual({ Module: 1, Instance: 1, Memory: 0 });
    expect(await constructed(() => { num(f(x)); })).toEqual({ Module: 0, Instance: 0, Memory: 0 });
  });
  it('reads and writes where memory is now, after it has grown', () => {
    const f = jit((x: T) => add(x, 1));
    const x = tensor([1, 2, 3]);
    const y = f(x);
    const before = backend.memory;
    backend.heap.allocate(before.byteLength, 'growth');
    expect([before.byteLength, backend.memory.byteLength > 0]).toEqual([0, true]);
    expect([list(y), list(f(x)), list(f(f(y))), list(add(tensor([5]), 1))]).toEqual([[2, 3, 4], [2, 3, 4], [4, 5, 6], [6]]);
  });
});

describe('a donated buffer', () => {
  const a = aval([5], 'f32');
  const twoOf = stage('sum', [a, a], ([x, y]) => x === undefined || y === undefined ? [] : [mul(x, y), mul(x, constantLike(3, x))]).jaxpr;
  const upload = (x: number): ReturnType<WasmBackend['upload']> => backend.upload(new Float32Array(5).fill(x), a);
  it('takes the result where it dies, and is left alone where another operand is the same', () => {
    const [x, y] = [upload(2), upload(5)];
    const run = backend.compile(twoOf);
    const [product, other] = run.run([x, y], [true, true]);
    expect([product, other].some(r => r === x || r === y)).toBe(true);
    expect([product, other].map(r => backend.downloadSync(r ?? expect.fail('no result'), a)[4])).toEqual([10, 6]);
    const z = upload(4);
    const results = run.run([z, z], [true, true]);
    expect(results.includes(z)).toBe(false);
    expect([z, ...results].map(r => backend.downloadSync(r, a)[4])).toEqual([4, 16, 12]);
  });
  it('is none where it was not donated', () => {
    const [x, y] = [upload(2), upload(5)];
    const results = backend.compile(twoOf).run([x, y], [false, false]);
    expect(results.some(r => r === x || r === y)).toBe(false);
    expect([x, y].map(r => backend.downloadSync(r, a)[0])).toEqual([2, 5]);
  });
});

it('a backend has one memory, not shared, whose maximum is fixed when it starts', () => {
  const limits: unknown[] = [];
  const engine: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (typeof engine !== 'object' || engine === null) expect.fail('no engine');
  const own: unknown = Reflect.get(engine, 'Memory');
  if (typeof own !== 'function') expect.fail('no memory');
  Reflect.set(engine, 'Memory', new Proxy(own, { construct: (target, args) => { limits.push(args[0]); return Reflect.construct(target, args) as object; } }));
  try {
    const [whole, small] = [new WasmBackend(), new WasmBackend({ maximum: 3 * 65536 + 5 })];
    expect(limits).toEqual([{ initial: 256, maximum: 65536 }, { initial: 3, maximum: 3 }]);
    for (const b of [whole, small]) expect(Object.prototype.toString.call(b.memory)).toBe('[object ArrayBuffer]');
  } finally { Reflect.set(engine, 'Memory', own); }
});

describe('the cache of executables', () => {
  const program = (n: number): ReturnType<typeof stage>['jaxpr'] => stage('test', [aval([n], 'f32')], ([x]) => x === undefined ? [] : [mul(x, constantLike(n, x))]).jaxpr;
  // The limit of the cache: so many programs it keeps.
  const limit = 512;
  /** Neither compiles nor runs, so that a thousand programs cost nothing. */
  const idle = { ...referenceBackend, name: 'idle', compile: () => ({ run: () => [] }) };
  it('keeps what was used last, and forgets what was used longest ago', () => {
    const ask = (n: number): number => { const before = statistics.compiled; executableFor(idle, program(n)); return statistics.compiled - before; };
    for (let n = 1; n <= limit; n++) ask(n);
    expect([statistics.compiled, ask(1), ask(limit)]).toEqual([limit, 0, 0]);
    // One more: the second is the oldest now.
    expect([ask(limit + 1), ask(1), ask(2)]).toEqual([1, 0, 1]);
    for (let n = 0; n < 3 * limit; n++) { ask(10_000 + n); ask(1); }
    expect([ask(1), ask(limit)]).toEqual([0, 1]);
  });
  it('does not keep a jitted function from what it found: its own program stays', () => {
    const own = program(7);
    executableFor(idle, own);
    for (let n = 0; n < limit; n++) executableFor(idle, program(20_000 + n));
    const before = statistics.compiled;
    executableFor(idle, own);
    expect(statistics.compiled).toBe(before);
    executableFor(idle, program(7));
    expect(statistics.compiled).toBe(before + 1);
  });
});
