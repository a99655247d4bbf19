// Linear memory: blocks that never overlap and join again, values that move out by age and come back unharmed, growth beyond 2 GiB, and errors
// of memory after which the program goes on.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { engine } from '../../src/backend/wasm/engine.ts';
import { bytesOf } from '../../src/backend/wasm/memory.ts';
import { Heap } from '../../src/backend/wasm/heap.ts';
import { aval, range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul, negP } from '../../src/primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { tanh } from '../../src/primitive/exponential.ts';
import { pad } from '../../src/primitive/slice.ts';
import { literal } from '../../src/trace/handle.ts';
import { bind1, stage } from '../../src/trace/scope.ts';
import { codeAndText } from '../tree/errors.ts';
import { mixedProgram } from './mixedPrograms.ts';
import { Dice, randomProgram } from './randomPrograms.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const KiB = 2 ** 10;
const MiB = 2 ** 20;
const page = 65536;
const { Memory } = engine();
const heapOf = (pages: number, budget = Infinity): Heap => new Heap(new Memory({ initial: 1, maximum: pages }), 1024, budget, pages);

function run(on: WasmBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): readonly NDArray[] {
  const buffers = inputs.map(x => on.upload(x.data, x));
  const outs = on.compile(jaxpr).run(buffers, buffers.map(() => false));
  const values = jaxpr.outputs.map((o, i): NDArray => ({ ...o.aval, data: on.downloadSync(outs[i] ?? expect.fail('a result is missing'), o.aval) }));
  for (const b of new Set([...buffers, ...outs])) on.release(b);
  return values;
}
const filled = (a: Aval, value: number): NDArray => ({ ...a, data: new Float32Array(sizeOf(a.shape)).fill(value) });

describe('blocks', () => {
  it('never overlap, hold what was asked for and a vector more, and lie at multiples of 64', () => {
    const heap = heapOf(2000);
    const dice = new Dice(seed);
    const live: { readonly at: number; readonly end: number }[] = [];
    for (let i = 0; i < 4000; i++) {
      if (live.length > 60 || (live.length > 0 && dice.below(3) === 0)) {
        const [gone] = live.splice(dice.below(live.length), 1);
        heap.free(gone?.at ?? 0);
        continue;
      }
      const bytes = dice.pick([0, 1, 63, 64, 65, 127, 128, 500, 4032, 4033, 5000, 100 * KiB, 300 * KiB], 1) + dice.below(3) * dice.below(70);
      const at = heap.allocate(bytes, 'test');
      expect(at % 64, `seed ${seed}`).toBe(0);
      expect(at).toBeGreaterThan(0);
      expect(at + bytes + 16).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
      for (const b of live) if (at < b.end && b.at < at + bytes + 16) expect.fail(`seed ${seed}, step ${i}: ${at}..${at + bytes} overlaps ${b.at}..${b.end}`);
      live.push({ at, end: at + bytes + 16 });
    }
  });
  it('join with both neighbours: memory is whole again, in whatever order it came back', () => {
    for (let k = 0; k < 30; k++) {
      const heap = heapOf(200);
      const dice = new Dice(seed + k);
      const blocks = range(40).map(() => heap.allocate(20 * KiB + dice.below(200 * KiB), 'test'));
      const high = heap.memory.buffer.byteLength;
      while (blocks.length > 0) heap.free(blocks.splice(dice.below(blocks.length), 1)[0] ?? 0);
      const first = heap.allocate(high - 2 * page, 'all of it');
      expect([first, heap.memory.buffer.byteLength], `seed ${seed + k}`).toEqual([1024, high]);
    }
  });
  it('that are freed serve the next of their size, small ones without a search', () => {
    const heap = heapOf(100);
    for (const bytes of [100, 3000, 50_000]) {
      const [a, b] = [heap.allocate(bytes, 'test'), heap.allocate(bytes, 'test')];
      heap.free(a);
      expect(heap.allocate(bytes, 'test')).toBe(a);
      heap.free(b);
      heap.free(a);
    }
    // Twice freed is once freed.
    const c = heap.allocate(100, 'test');
    heap.free(c);
    heap.free(c);
    expect(heap.allocate(100, 'test')).not.toBe(heap.allocate(100, 'test'));
  });
  it('of many small values join as well, once there are many', () => {
    const heap = heapOf(2000);
    const blocks = range(30_000).map(() => heap.allocate(1000, 'test'));
    const high = heap.memory.buffer.byteLength;
    for (const b of blocks) heap.free(b);
    // All but what is kept for small values, a megabyte.
    heap.allocate(high - 3 * MiB - 64 * page, 'test');
    expect(heap.memory.buffer.byteLength).toBeLessThan(1.3 * high);
    expect(heap.end).toBeLessThanOrEqual(high);
  });
  it('of growing sizes: memory stays under twice what lives at once', () => {
    // Each replaces the one before: an allocator that does not join what is free would need all of them.
    const heap = heapOf(6000);
    let last = heap.allocate(MiB, 'test');
    let peak = 0;
    for (let bytes = MiB; bytes < 40 * MiB; bytes = Math.ceil(bytes * 1.07)) {
      const next = heap.allocate(bytes, 'test');
      peak = Math.max(peak, 2 * bytes);
      heap.free(last);
      last = next;
    }
    expect(heap.memory.buffer.byteLength).toBeLessThan(2 * peak);
  });
  it('grow the memory by a quarter at least, never beyond its maximum, and a free end is used', () => {
    const heap = heapOf(1000);
    heap.allocate(700 * page, 'test');
    const before = heap.memory.buffer.byteLength / page;
    heap.free(heap.allocate(before * page - 701 * page, 'the rest'));
    const last = heap.allocate((1000 - 702) * page, 'test');
    expect(heap.memory.buffer.byteLength / page).toBeLessThanOrEqual(1000);
    expect(last).toBeLessThan(702 * page);
    const growing = heapOf(1000);
    for (let i = 0; i < 400; i++) growing.allocate(page, 'test');
    const sizes = new Set<number>();
    const other = heapOf(1000);
    for (let i = 0; i < 400; i++) { other.allocate(page, 'test'); sizes.add(other.memory.buffer.byteLength); }
    expect(sizes.size).toBeLessThan(35);
  });
});

describe('the budget', () => {
  const four = (): { readonly heap: Heap; readonly values: ReturnType<Heap['buffer']>[] } => {
    const heap = heapOf(100, 4 * page);
    const values = range(4).map(i => { const b = heap.buffer(page, 'test'); new Uint8Array(heap.memory.buffer, b.address, page).fill(i + 1); return b; });
    return { heap, values };
  };
  const away = (values: readonly { readonly moved: ArrayBuffer | null }[]): readonly boolean[] => values.map(b => b.moved !== null);
  it('moves out the least recently used first', () => {
    const { heap, values } = four();
    expect(away(values)).toEqual([false, false, false, false]);
    // The first is used: it has a second chance.
    heap.touch(values[0] ?? expect.fail('no value'), 'test');
    const fifth = heap.buffer(page, 'test');
    expect([away(values), heap.liveBytes, heap.statistics.evictions]).toEqual([[false, true, false, false], 4 * page, 1]);
    const sixth = heap.buffer(2 * page, 'test');
    expect([away(values), fifth.moved, sixth.moved]).toEqual([[false, true, true, true], null, null]);
  });
  it('never moves what a program is running on', () => {
    const { heap, values } = four();
    for (const b of values) b.place.pins++;
    heap.buffer(page, 'test');
    expect([away(values), heap.liveBytes]).toEqual([[false, false, false, false], 5 * page]);
    const second = values[1] ?? expect.fail('no value');
    second.place.pins--;
    heap.buffer(page, 'test');
    expect(away(values)).toEqual([false, true, false, false]);
  });
  it('brings back every byte, and grows by a quarter where what moved out was needed after all', () => {
    const { heap, values } = four();
    const first = values[0] ?? expect.fail('no value');
    range(3).forEach(() => { heap.buffer(page, 'test'); });
    expect([first.moved?.byteLength, first.address]).toEqual([page, 0]);
    const at = heap.touch(first, 'test');
    expect([first.moved, heap.statistics.reloads, heap.budget]).toEqual([null, 1, 5 * page]);
    expect(new Set(new Uint8Array(heap.memory.buffer, at, page))).toEqual(new Set([1]));
  });
  it('of what is given back, wherever it is, nothing stays', () => {
    const { heap, values } = four();
    heap.buffer(page, 'test');
    for (const b of values) heap.release(b);
    expect([heap.liveBytes, away(values)]).toEqual([page, [false, false, false, false]]);
    expect(codeAndText(() => heap.touch(values[0] ?? expect.fail('no value'), 'test'))).toEqual(['disposed', 'test: the value was released']);
  });
  it('reads what moved out where it is: reading is not working', () => {
    const on = new WasmBackend({ budget: 2 * page });
    const a = aval([page / 4], 'f32');
    const values = range(5).map(i => on.upload(filled(a, i).data, a));
    values.forEach((b, i) => expect(on.downloadSync(b, a)[page / 4 - 1]).toBe(i));
    expect([on.heap.statistics.evictions, on.heap.statistics.reloads]).toEqual([3, 0]);
  });
  it('smaller than the work of one program holds it all the same', () => {
    const on = new WasmBackend({ budget: 64 });
    const { jaxpr } = stage('sum', range(6).map(() => aval([1000], 'f32')), xs => [xs.reduce<AnyTensor>((s, x) => add(s, x), constantLike(0, xs[0] ?? expect.fail('no operand')))]);
    const inputs = range(6).map(i => filled(aval([1000], 'f32'), i));
    for (let k = 0; k < 3; k++) expect(run(on, jaxpr, inputs)[0]?.data[999]).toBe(15);
  });
});

describe('out of memory', () => {
  const a = aval([MiB / 4], 'f32');
  const double = stage('double', [a], ([x]) => x === undefined ? [] : [mul(x, constantLike(2, x))]).jaxpr;
  it('is an error that names the request and what lives; what was there still is, and the program goes on', () => {
    const on = new WasmBackend({ maximum: 8 * MiB });
    const x = on.upload(filled(a, 3).data, a);
    const huge = aval([4 * MiB], 'f32');
    const [code, text] = codeAndText(() => on.upload(new Float32Array(4 * MiB), huge));
    expect(code).toBe('out-of-memory');
    expect(text).toBe(`upload: out of memory: ${16 * MiB + 64} bytes wanted, ${MiB} bytes live in linear memory of ${on.memory.byteLength}, at most ${8 * MiB}; free tensors (using, donate) or use smaller batches`);
    expect(on.downloadSync(x, a)[MiB / 4 - 1]).toBe(3);
    const [y] = on.compile(double).run([x], [false]);
    expect(on.downloadSync(y ?? expect.fail('no result'), a)[0]).toBe(6);
  });
  it('comes only when nothing can move: what is not in use makes room first, and comes back', () => {
    const on = new WasmBackend({ maximum: 8 * MiB, budget: Infinity });
    const values = range(20).map(i => on.upload(filled(a, i).data, a));
    expect(on.memory.byteLength).toBeLessThanOrEqual(8 * MiB);
    expect(on.heap.statistics.evictions).toBeGreaterThan(10);
    const doubled = values.map(x => on.compile(double).run([x], [false])[0] ?? expect.fail('no result'));
    doubled.forEach((y, i) => expect(on.downloadSync(y, a)[7]).toBe(2 * i));
    values.forEach((x, i) => expect(on.downloadSync(x, a)[7]).toBe(i));
  });
  it('is none where the operands of the running program would have to move', () => {
    const on = new WasmBackend({ maximum: 8 * MiB });
    const large = aval([MiB], 'f32');
    const x = on.upload(filled(large, 7).data, large);
    const twice = stage('large', [large], ([v]) => v === undefined ? [] : [mul(v, constantLike(2, v))]).jaxpr;
    expect(codeAndText(() => on.compile(twice).run([x], [false]))[0]).toBe('out-of-memory');
    expect([x.moved, x.place.pins]).toEqual([null, 0]);
    // In its own place there is room.
    const [y] = on.compile(twice).run([x], [true]);
    expect([y === x, on.downloadSync(x, large)[MiB - 1]]).toEqual([true, 14]);
  });
  it('in the results or the temporaries of a program takes nothing with it', () => {
    const on = new WasmBackend({ maximum: 8 * MiB });
    const x = on.upload(filled(a, 1).data, a);
    const small = stage('one temporary', [a], ([v]) => v === undefined ? [] : [reduceSum(cumsum(tanh(v), { axis: 0, reverse: false }), [0])]).jaxpr;
    const inputs = [filled(a, 0.5)];
    const before = run(on, small, inputs);
    const wide = stage('many results', [a], ([v]) => v === undefined ? [] : range(9).map(i => add(v, constantLike(i, v)))).jaxpr;
    const [code, text] = codeAndText(() => on.compile(wide).run([x], [false]));
    expect([code, text.startsWith('result f32[262144] of a program: out of memory: 1048640 bytes wanted, ')]).toEqual(['out-of-memory', true]);
    // Running values stand in memory: a program of nine of them needs an arena of nine.
    const deep = stage('many temporaries', [a], ([v]) => { if (v === undefined) return []; const kept = range(9).map(i => cumsum(mul(v, constantLike(i, v)), { axis: 0, reverse: false })); return [kept.reduce((s, y) => cumsum(add(s, y), { axis: 0, reverse: true }))]; }).jaxpr;
    expect(codeAndText(() => on.compile(deep).run([x], [false]))[1]).toMatch(/^temporaries of a program: out of memory: /);
    const live = on.heap.liveBytes;
    expect(live).toBe(MiB);
    // The arena that had to go is nobody's: what is allocated now must not be written over by a program that has a smaller one.
    const bystanders = range(3).map(i => on.upload(filled(a, i).data, a));
    expect(run(on, small, inputs)).toEqual(before);
    bystanders.forEach((b, i) => expect(new Set(on.downloadSync(b, a))).toEqual(new Set([i])));
    expect(on.downloadSync(x, a)[0]).toBe(1);
  });
});

it('what is chosen by a guard is read inside the value, also where memory ends', () => {
  const on = new WasmBackend({ maximum: 4 * page });
  const a = aval([1, 5], 'f32');
  const { jaxpr } = stage('pad', [a], ([x]) => x === undefined ? [] : [pad(x, literal(0, { shape: [], dtype: 'f32' }), [1, 100], [1, 3], [0, 0])], { numbers: 'literals' });
  const executable = on.module(jaxpr);
  const hole = on.heap.allocate(20_000, 'a place for the rest');
  on.heap.allocate(4 * page - on.heap.end - 128 - 64, 'all but the end');
  const x = on.upload(Float32Array.of(1, 2, 3, 4, 5), a);
  expect(x.address + 128).toBe(on.memory.byteLength);
  on.heap.free(hole);
  const [y] = executable.run([x], [false]);
  expect(on.downloadSync(y ?? expect.fail('no result'), aval([3, 108], 'f32'))).toEqual(evaluateJaxpr(jaxpr, [{ ...a, data: Float32Array.of(1, 2, 3, 4, 5) }])[0]?.data);
});

it('random programs read nothing beyond the end of memory, whichever operand lies there', () => {
  for (let k = 0; k < 60; k++) {
    const { jaxpr, inputs } = k % 2 === 0 ? randomProgram(seed + k) : mixedProgram(seed + k);
    const on = new WasmBackend({ maximum: 256 * page });
    const executable = on.module(jaxpr);
    const hole = on.heap.allocate(8 * MiB, 'a place for the rest');
    const at = (seed + k) % inputs.length;
    const others = inputs.map((x, i) => i === at ? null : on.upload(x.data, x));
    const last = inputs[at] ?? expect.fail('no operand');
    const room = Math.ceil(bytesOf(last) / 64) * 64 + 64;
    on.heap.allocate(256 * page - on.heap.end - room - 64, 'all but the end');
    const own = on.upload(last.data, last);
    expect(own.address + Math.max(room, 128)).toBe(on.memory.byteLength);
    on.heap.free(hole);
    const operands = others.map(b => b ?? own);
    try { executable.run(operands, operands.map(() => false)); } catch (error) { expect.fail(`seed ${seed + k}, operand ${at}: ${String(error)}\n${printJaxpr(jaxpr)}`); }
  }
});

describe('far away', () => {
  // Pages that nobody writes take no memory: a block of 2 GiB puts everything else above it.
  const far = new WasmBackend();
  const near = new WasmBackend();
  far.heap.allocate(2 ** 31, 'far');
  it('beyond 2 GiB programs give the same bits, and host equations read the same values', () => {
    for (let k = 0; k < 40; k++) {
      const { jaxpr, inputs } = k % 2 === 0 ? randomProgram(seed + k) : mixedProgram(seed + k);
      const want = run(near, jaxpr, inputs);
      run(far, jaxpr, inputs).forEach((y, i) => expect(y, `seed ${seed + k}\n${printJaxpr(jaxpr)}`).toEqual(want[i]));
    }
    const b = far.upload(new Float32Array(1), aval([1], 'f32'));
    expect(b.address).toBeGreaterThan(2 ** 31);
    const onHost: Primitive = { ...negP, name: 'onHost', lowering: { kind: 'host' } };
    const { jaxpr } = stage('host', [aval([3], 'f32')], ([x]) => x === undefined ? [] : [add(bind1(onHost, [x], {}), x), bind1(onHost, [x], {})]);
    expect(run(far, jaxpr, [filled(aval([3], 'f32'), 5)]).map(y => [...y.data])).toEqual([[0, 0, 0], [-5, -5, -5]]);
  });
  it('memory ends at 4 GiB', () => {
    const last = far.heap.allocate(2 ** 30, 'far');
    expect(last).toBeGreaterThan(2 ** 31);
    expect(codeAndText(() => far.heap.allocate(2 ** 30, 'more'))[0]).toBe('out-of-memory');
    expect(far.memory.byteLength).toBeLessThanOrEqual(2 ** 32);
    expect(codeAndText(() => far.heap.allocate(2 ** 32 + 2 ** 20, 'too much'))[0]).toBe('out-of-memory');
  });
});
