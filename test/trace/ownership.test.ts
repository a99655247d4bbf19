// Who may free or overwrite memory, and when: on a backend that spoils whatever is released or donated, nobody may notice.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { bytesOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { splatArray } from '../../src/ir/ndarray.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { installBackend, type Backend, type Buffer } from '../../src/trace/backend.ts';
import { clearExecutables } from '../../src/trace/executables.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { add, grad, jit, list, makeJaxpr, mul, neg, sum, tensor, vjp, type T } from './language.ts';

class Spoilt implements Buffer {
  readonly array: NDArray;
  readonly bytes: number;
  readonly owners = new Set<object>();
  alive = true;
  constructor(array: NDArray) {
    this.array = array;
    this.bytes = bytesOf(array);
  }
}
/** Counts what lives; fills what is dead with NaN, and refuses to read it. */
class StrictBackend implements Backend {
  readonly name = 'strict';
  alive = 0;
  #of(b: Buffer): Spoilt {
    if (!(b instanceof Spoilt)) throw new Error('a buffer of another backend');
    if (!b.alive) throw new Error('a buffer is used after it was released');
    return b;
  }
  #make(array: NDArray): Spoilt { this.alive++; return new Spoilt(array); }
  #kill(b: Spoilt): void { this.alive--; b.alive = false; b.array.data.fill(NaN); }
  checkDType(): void { /* all */ }
  upload(data: NDArray['data'], a: Aval): Buffer { return this.#make({ ...a, data: data.slice() }); }
  fill(value: number, a: Aval): Buffer { return this.#make(splatArray(value, a)); }
  downloadSync(b: Buffer): NDArray['data'] { return this.#of(b).array.data.slice(); }
  download(b: Buffer): Promise<NDArray['data']> { return Promise.resolve(this.downloadSync(b)); }
  interpret(jaxpr: Jaxpr, inputs: readonly Buffer[]): readonly Buffer[] { return this.#run(jaxpr, inputs, []); }
  compile(jaxpr: Jaxpr): { run(inputs: readonly Buffer[], donated: readonly boolean[]): readonly Buffer[] } {
    return { run: (inputs, donated) => this.#run(jaxpr, inputs, donated) };
  }
  /** Results that are inputs share their buffer; the first donated input of the right size is overwritten by a result. */
  #run(jaxpr: Jaxpr, inputs: readonly Buffer[], donated: readonly boolean[]): readonly Buffer[] {
    const given = inputs.map(b => this.#of(b));
    const arrays = evaluateJaxpr(jaxpr, given.map(b => b.array));
    const free = given.filter((b, i) => donated[i] === true && !arrays.includes(b.array));
    return arrays.map(array => {
      const same = given.find(b => b.array === array);
      if (same !== undefined) return same;
      const place = free.find(b => b.array.data.length === array.data.length && b.array.dtype === array.dtype);
      if (place === undefined) return this.#make({ ...array, data: array.data.slice() });
      free.splice(free.indexOf(place), 1);
      place.array.data.set(array.data);
      return place;
    });
  }
  adopt(owner: object, b: Buffer): void { this.#of(b).owners.add(owner); }
  release(b: Buffer, owner?: object): void {
    const s = this.#of(b);
    if (owner !== undefined && !s.owners.delete(owner)) throw new Error('a buffer is given up by who does not own it');
    if (s.owners.size === 0) this.#kill(s);
  }
}

let strict = new StrictBackend();
beforeEach(() => { strict = new StrictBackend(); installBackend(strict); clearExecutables(); resetStatistics(); });
afterEach(() => { installBackend(referenceBackend); });
const forced = (...values: number[]): T => { const x = neg(tensor(values.map(v => -v))); list(x); return x; };

describe('dispose', () => {
  it('gives back at once what nobody else needs', () => {
    const x = forced(1, 2);
    const before = strict.alive;
    x[Symbol.dispose]();
    expect(strict.alive).toBe(before - 1);
  });
  it('waits for a recorded operation, and then gives back', () => {
    const x = forced(1, 2);
    const y = neg(x);
    x[Symbol.dispose]();
    const before = strict.alive;
    expect([list(y), strict.alive]).toEqual([[-1, -2], before]);
  });
  it('waits for what has run without being kept, and may be asked for', () => {
    const x = forced(1, 2);
    const cheap = mul(x, 3);
    expect(list(sum(cheap))).toEqual([9]);
    x[Symbol.dispose]();
    expect(list(cheap)).toEqual([3, 6]);
  });
  it('spares a result that shares the buffer', () => {
    const x = forced(1, 2);
    const same = jit((v: T) => v)(x);
    x[Symbol.dispose]();
    expect(list(add(same, 1))).toEqual([2, 3]);
    const before = strict.alive;
    same[Symbol.dispose]();
    expect(strict.alive).toBe(before - 1);
  });
  it('spares residuals of a pullback', () => {
    const x = forced(1, 2);
    const [y, back] = vjp((v: T) => sum(mul(v, v)), x);
    list(y);
    x[Symbol.dispose]();
    expect(list(back(tensor(1))[0])).toEqual([2, 4]);
  });
  it('spares what a stage captured, then and later', () => {
    const x = forced(1, 2);
    const { jaxpr, consts } = makeJaxpr((v: T) => mul(v, x))(x);
    const f = jit((v: T) => mul(v, x));
    list(f(forced(1, 1)));
    x[Symbol.dispose]();
    expect([jaxpr.numConsts, consts.map(list), list(f(forced(2, 2)))]).toEqual([1, [[1, 2]], [2, 4]]);
    const w = forced(3, 4);
    expect(list(grad((v: T) => { using own = w; return sum(mul(own, v)); })(forced(1, 1)))).toEqual([3, 4]);
  });
});

describe('donation', () => {
  const update = jit((p: T) => mul(p, 2), { donate: [0] });
  it('overwrites in place: no new buffer', () => {
    let p = forced(1, 2);
    list(p);
    p = update(p);
    const before = strict.alive;
    for (let i = 0; i < 5; i++) p = update(p);
    expect([list(p), strict.alive, statistics.donationsCopied]).toEqual([[64, 128], before, 0]);
  });
  it('gives back at once what no result could take', () => {
    const p = forced(1, 2);
    const before = strict.alive;
    const total = jit((v: T) => sum(v), { donate: [0] })(p);
    expect([list(total), strict.alive]).toEqual([[3], before]);
  });
  it('copies for what has run without being kept, and may be asked for', () => {
    const p = forced(1, 2);
    const cheap = mul(p, 3);
    expect(list(sum(cheap))).toEqual([9]);
    expect(list(update(p))).toEqual([2, 4]);
    expect([list(cheap), statistics.donationsCopied]).toEqual([[3, 6], 1]);
  });
  it('copies for a result that shares the buffer', () => {
    const p = forced(1, 2);
    const same = jit((v: T) => v)(p);
    expect(list(update(p))).toEqual([2, 4]);
    expect(list(same)).toEqual([1, 2]);
  });
  it('of a splat', () => {
    const zero = mul(forced(1, 2), 0);
    expect(list(update(zero))).toEqual([0, 0]);
    expect(list(jit((p: T, q: T) => add(p, q), { donate: [0] })(tensor(0), tensor(1)))).toEqual([1]);
  });
});

describe('any sequence', () => {
  it.each([['the strict backend', () => new StrictBackend()], ['wasm', () => new WasmBackend({ budget: 2 ** 20 })]] as const)('on %s: operations, reads, disposals, donations, gradients and captures compute what they should', (_name, make) => {
    const kinds = ['make', 'neg', 'add', 'sum', 'alias', 'read', 'dispose', 'donate', 'donateTwice', 'grad', 'capture', 'call', 'vjp'] as const;
    // One linear memory for all runs: what an earlier run left behind is there to be trodden on.
    const strictly = make().name === 'strict';
    let once = true;
    const command = fc.record({ kind: fc.constantFrom(...kinds), a: fc.nat(6), b: fc.nat(6) });
    fc.assert(fc.property(fc.array(command, { maxLength: 40 }), commands => {
      if (once || strictly) installBackend(make());
      once = false;
      let made = 0;
      const values: [T, readonly number[]][] = [];
      const captures: [(v: T) => T, readonly number[]][] = [];
      const fresh = (): [T, readonly number[]] => { made++; return [tensor([made, made + 0.5]), [made, made + 0.5]]; };
      const take = (i: number): [T, readonly number[]] => values[i % Math.max(1, values.length)] ?? fresh();
      const drop = (t: T): void => { values.splice(0, values.length, ...values.filter(([u]) => u !== t)); };
      for (const { kind, a, b } of commands) {
        const [[x, v], [y, w]] = [take(a), take(b)];
        const sums = v.map((p, i) => Math.fround(p + (w[i] ?? 0)));
        switch (kind) {
          case 'make': values.push(fresh()); break;
          case 'neg': values.push([neg(x), v.map(p => -p)]); break;
          case 'add': values.push([add(x, y), sums]); break;
          case 'sum': expect(list(sum(x))).toEqual([Math.fround(0 + (v[0] ?? 0) + (v[1] ?? 0))]); break;
          case 'alias': values.push([jit((p: T) => p)(x), v]); break;
          case 'read': expect(list(x)).toEqual(v); break;
          case 'dispose': drop(x); x[Symbol.dispose](); break;
          case 'donate': drop(x); values.push([jit((p: T) => neg(p), { donate: [0] })(x), v.map(p => -p)]); break;
          case 'donateTwice': if (x !== y) { drop(x); drop(y); values.push([jit((p: T, q: T) => add(p, q), { donate: [0, 1] })(x, y), sums]); } break;
          case 'grad': values.push([grad((p: T) => sum(mul(p, y)))(x), w]); break;
          case 'capture': { const f = jit((p: T) => add(p, x)); list(f(y)); captures.push([f, v]); break; }
          case 'call': { const found = captures[a % Math.max(1, captures.length)]; if (found !== undefined) { const [f, k] = found; values.push([f(y), w.map((p, i) => Math.fround(p + (k[i] ?? 0)))]); } break; }
          case 'vjp': { const [, back] = vjp((p: T) => neg(p), x); values.push([back(y)[0], w.map(p => -p)]); break; }
          default: kind satisfies never;
        }
      }
      for (const [t, v] of values) expect(list(t)).toEqual(v);
    }), { numRuns: 300 });
  });
});
