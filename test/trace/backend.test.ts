// Backends own tensors: which one is current, where a forced tensor lives, and what happens when two meet.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { MemoryError } from '../../src/error.ts';
import type { HostArray } from '../../src/dtype/dtype.ts';
import { backends, getBackend, installBackend, registerBackend, setBackend, type Backend, type Buffer } from '../../src/trace/backend.ts';
import { clearExecutables } from '../../src/trace/executables.ts';
import { newHandle } from '../../src/trace/handle.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { codeAndText, rejection } from '../tree/errors.ts';
import { add, f64, grad, jit, list, mul, neg, num, sin, sum, tensor, type T } from './language.ts';

/** A second backend: the reference one in other clothes, which counts, knows no f64, and remembers what it released. */
function another(name: string): Backend & { readonly uploads: HostArray[]; readonly released: Buffer[]; readonly adopted: Buffer[]; compiled: number } {
  const uploads: HostArray[] = [];
  const released: Buffer[] = [];
  const adopted: Buffer[] = [];
  return {
    ...referenceBackend, name, uploads, released, adopted, compiled: 0,
    checkDType(dtype) { if (dtype === 'f64') throw new MemoryError('unsupported', `${name}: no f64 on this device; use astype('f32') or the reference backend`); },
    upload(data, aval) { uploads.push(data); return referenceBackend.upload(data, aval); },
    compile(jaxpr) { this.compiled++; return referenceBackend.compile(jaxpr); },
    release(buffer) { released.push(buffer); },
    adopt(_owner, buffer) { adopted.push(buffer); },
    downloadSync(buffer, aval) {
      if (aval.dtype === 'u8') throw new MemoryError('unsupported', `${name}: no reads at once on this device; use await x.data()`);
      return referenceBackend.downloadSync(buffer, aval);
    },
  };
}
let other = another('other');
let made = 0;
beforeEach(() => {
  other = another('other');
  made = 0;
  registerBackend('reference', () => Promise.resolve(referenceBackend));
  registerBackend('other', () => { made++; return Promise.resolve(other); });
  clearExecutables();
  resetStatistics();
});
afterEach(() => { installBackend(referenceBackend); });

describe('setBackend', () => {
  it('chooses by name; auto takes the last that was registered', async () => {
    expect([getBackend(), backends()]).toEqual(['reference', ['reference', 'other']]);
    await setBackend('other');
    expect(getBackend()).toBe('other');
    await setBackend('reference');
    expect(getBackend()).toBe('reference');
    await setBackend('auto');
    expect(getBackend()).toBe('other');
  });
  it('refuses a name that is not there, lists those that are, and changes nothing', async () => {
    expect(await rejection(() => setBackend('webgpu2'))).toEqual(['unsupported', 'setBackend: no backend "webgpu2"; there are reference, other']);
    expect(await rejection(() => setBackend('toString'))).toEqual(['unsupported', 'setBackend: no backend "toString"; there are reference, other']);
    expect(getBackend()).toBe('reference');
  });
  it('makes a backend once: its tensors are still its own after coming back', async () => {
    await setBackend('other');
    const x = mul(tensor([1, 2]), 2);
    list(x);
    await setBackend('reference');
    await setBackend('other');
    expect([list(add(x, 1)), made]).toEqual([[3, 5], 1]);
  });
  it('asks again after a failure', async () => {
    let tries = 0;
    registerBackend('flaky', () => ++tries === 1 ? Promise.reject(new MemoryError('unsupported', 'flaky: no adapter; use wasm')) : Promise.resolve(another('flaky')));
    expect(await rejection(() => setBackend('flaky'))).toEqual(['unsupported', 'flaky: no adapter; use wasm']);
    expect(getBackend()).toBe('reference');
    await setBackend('flaky');
    expect(getBackend()).toBe('flaky');
  });
});

describe('a tensor', () => {
  it('from host data belongs to no backend until it is used', async () => {
    const x = tensor([1, 2]);
    expect([list(x), x.cell.state.kind]).toEqual([[1, 2], 'host']);
    await setBackend('other');
    expect([list(mul(x, 2)), x.cell.state.kind, other.uploads.length]).toEqual([[2, 4], 'buffer', 1]);
  });
  it('that is pending runs where it is forced', async () => {
    const y = sin(tensor([0]));
    await setBackend('other');
    list(y);
    expect(y.cell.state.kind === 'buffer' && y.cell.state.backend).toBe(other);
  });
  it('that is forced stays where it is, and can be read', async () => {
    const y = mul(tensor([1, 2]), 3);
    list(y);
    await setBackend('other');
    expect(list(y)).toEqual([3, 6]);
    expect(Array.from<number>(await y.data())).toEqual([3, 6]);
  });
  it('does not mix with another backend: the reader and the way out are named', async () => {
    const y = mul(tensor([1, 2]), 3);
    list(y);
    await setBackend('other');
    const at = (reader: string): [string, string] => ['backend-mismatch', `${reader}: an operand lives on reference, the current backend is other; move it: await to(x, 'other')`];
    expect(codeAndText(() => list(sin(add(tensor([1, 1]), y))))).toEqual(at('add'));
    expect(await rejection(() => mul(y, 2).data())).toEqual(at('mul'));
    expect(codeAndText(() => jit((v: T) => sin(add(v, v)))(y))).toEqual(at('add'));
    expect(codeAndText(() => list(grad((v: T) => sum(mul(v, y)))(tensor([1, 1]))))).toEqual(at('grad'));
  });
  it('after a mismatch nothing is lost: back on its backend it computes', async () => {
    const y = mul(tensor([1, 2]), 3);
    list(y);
    const z = add(y, 1);
    await setBackend('other');
    expect(codeAndText(() => list(z))[0]).toBe('backend-mismatch');
    await setBackend('reference');
    expect(list(z)).toEqual([4, 7]);
  });
  it('splats belong to none', async () => {
    const f = (v: T): T => sum(mul(v, 0.5));
    expect(num(grad(f)(tensor(2)))).toBe(0.5);
    await setBackend('other');
    expect(num(grad(f)(tensor(2)))).toBe(0.5);
  });
  it('of a dtype that the backend lacks is refused with the remedy when it is used', async () => {
    await setBackend('other');
    expect(codeAndText(() => list(sin(f64([1]))))).toEqual(['unsupported', "other: no f64 on this device; use astype('f32') or the reference backend"]);
    expect(list(sin(tensor([0])))).toEqual([0]);
  });
  it('that cannot be read at once says so, and can be awaited', async () => {
    await setBackend('other');
    const y = add(tensor([1], 'u8'), 1);
    expect(codeAndText(() => list(y))).toEqual(['unsupported', 'other: no reads at once on this device; use await x.data()']);
    expect(Array.from<number>(await y.data())).toEqual([2]);
    expect(String(y)).toBe('Tensor<u8[1]> (other: no reads at once on this device; use await x.data())');
  });
});

describe('caches', () => {
  it('executables and traces are by backend', async () => {
    const f = jit((v: T) => sum(mul(v, v)));
    f(tensor([1])); f(tensor([2]));
    await setBackend('other');
    f(tensor([1])); f(tensor([2]));
    expect([statistics.staged, statistics.compiled, other.compiled]).toEqual([2, 2, 1]);
  });
  it('a structure that one backend has seen twice is new to the other', async () => {
    const run = (): number[] => list(sin(mul(tensor([1]), 2)));
    run(); run();
    await setBackend('other');
    run();
    expect(other.compiled).toBe(0);
    run();
    expect(other.compiled).toBe(1);
  });
});

describe('memory', () => {
  it('buffers have owners: every result is adopted', async () => {
    await setBackend('other');
    list(sin(tensor([1])));
    jit((v: T) => [v, mul(v, v)])(tensor([2]));
    // The two uploads, the read result, and the two of the call.
    expect(other.adopted.length).toBeGreaterThanOrEqual(3);
  });
  it('a disposed tensor gives its buffer back, when nobody waits for it', async () => {
    await setBackend('other');
    const y = neg(tensor([1, 2]));
    list(y);
    const waiting = neg(y);
    y[Symbol.dispose]();
    expect(other.released).toHaveLength(0);
    expect([list(waiting), other.released.length]).toEqual([[1, 2], 1]);
    waiting[Symbol.dispose]();
    waiting[Symbol.dispose]();
    expect(other.released).toHaveLength(2);
  });
  it('using gives it back at the end of the block', async () => {
    await setBackend('other');
    const before = other.released.length;
    {
      using y = neg(tensor([1, 2]));
      list(y);
    }
    expect(other.released.length - before).toBe(1);
  });
  it('a disposed tensor throws at every use', () => {
    const y = tensor([1, 2]);
    y[Symbol.dispose]();
    for (const use of [() => add(y, 1), () => list(y), () => y.data(), () => jit((v: T) => v)(y), () => JSON.stringify(y)]) {
      expect(codeAndText(use)).toEqual(['disposed', 'f32[2] was disposed and has no value any more']);
    }
    expect(String(y)).toBe('Tensor<f32[2]> (disposed)');
    expect([y.shape, y.dtype]).toEqual([[2], 'f32']);
  });
  it('disposing what is recorded, captured or traced harms nobody else', () => {
    const x = tensor([1, 2]);
    const y = mul(x, 3);
    x[Symbol.dispose]();
    expect(list(y)).toEqual([3, 6]);
    expect(num(grad((v: T) => { const s = mul(v, v); const r = add(s, v); s[Symbol.dispose](); return r; })(tensor(2)))).toBe(5);
  });
  it('host data goes in as it is, and no read gives that array out', () => {
    const data = Float32Array.of(1, 2);
    const x = newHandle({ shape: [2], dtype: 'f32' }, { kind: 'host', data });
    const read = (): HostArray => x.dataSync();
    const first = read();
    list(mul(x, 1));
    const second = read();
    expect([first === data, second === data, first === second, Array.from<number>(second)]).toEqual([false, false, false, [1, 2]]);
    second.fill(99);
    expect(list(x)).toEqual([1, 2]);
  });
});
