// A callback that runs programs while a program runs: neither disturbs the other, even when memory grows.
import { describe, expect, it } from 'vitest';
import { fromData, getBackend, jit, np, scan, tap, zeros, type Tensor } from '../../src/index.ts';

describe('a callback inside a running program', () => {
  it('may compute, call the same function again, and make memory grow', () => {
    expect(getBackend()).toBe('wasm');
    const seen: number[] = [];
    let depth = 0;
    const f: (x: Tensor<[3]>) => Tensor<[3]> = jit((x: Tensor<[3]>) => {
      const y = np.multiply(np.exp(x), 2);
      const z = tap(y, v => {
        seen.push(Number(np.sum(v).itemSync()));
        if (depth++ === 0) f(fromData(Float32Array.of(1, 1, 1), [3]));
        // Larger than what is free: the memory moves.
        np.sum(np.add(zeros([4_000_000]), 1)).itemSync();
      });
      return np.add(np.add(z, y), np.multiply(x, 0));
    });
    const out = [...f(fromData(Float32Array.of(0, 1, 2), [3])).dataSync()];
    [1, Math.E, Math.E ** 2].forEach((e, i) => expect(out[i]).toBeCloseTo(4 * e, 4));
    expect(seen[0]).toBeCloseTo(2 * (1 + Math.E + Math.E ** 2), 4);
    expect(seen[1]).toBeCloseTo(6 * Math.E, 4);
  });
  it('an error in it leaves the backend as it was', () => {
    const f = jit((x: Tensor<[2]>) => np.add(tap(np.square(x), () => { throw new Error('mine'); }), 1));
    expect(() => f(fromData(Float32Array.of(1, 2), [2])).dataSync()).toThrow('mine');
    expect(np.add(fromData(Float32Array.of(1, 2), [2]), 1).jsSync()).toEqual([2, 3]);
  });
  it('runs at each step of a loop', () => {
    const seen: number[] = [];
    const total = jit((xs: Tensor<[4]>) => scan((c: Tensor<[]>, x: Tensor<[]>) => [tap(np.add(c, x), v => { seen.push(Number(v.itemSync())); }), null], zeros([]), xs)[0]);
    expect(total(fromData(Float32Array.of(1, 2, 3, 4), [4])).itemSync()).toBe(10);
    expect(seen).toEqual([1, 3, 6, 10]);
  });
});
