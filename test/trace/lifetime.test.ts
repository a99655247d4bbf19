// What may be collected: caches know programs, never the user's tensors or functions.
import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { add, clearCache, f64, grad, jit, list, makeJaxpr, mul, num, sin, sum, tensor, vjp, vmap, type T } from './language.ts';
import { collect, isCollected } from './gc.ts';

const big = (): T => tensor(Array.from({ length: 1000 }, (_, i) => i / 1000));

describe('is collected', () => {
  it('(the measure itself: an object that nothing holds is, one that is held is not)', async () => {
    const held = {};
    expect([await isCollected(() => ({})), await isCollected(() => held)]).toEqual([true, false]);
  });
  it('a tensor that a jitted function captured, once the function is gone', async () => {
    expect(await isCollected(() => {
      const w = big();
      const f = jit((x: T) => sum(mul(sin(w), x)));
      num(f(big()));
      num(f(big()));
      return w;
    })).toBe(true);
  });
  it('and the function itself', async () => {
    expect(await isCollected(() => {
      const w = big();
      const plain = (x: T): T => sum(mul(w, x));
      num(jit(plain)(big()));
      return plain;
    })).toBe(true);
  });
  it('a tensor that a jitted function captured, under grad, vmap and grad of jit', async () => {
    expect(await isCollected(() => {
      const w = big();
      const f = jit((x: T) => sum(mul(sin(w), x)));
      list(grad(f)(big()));
      list(jit(grad(f))(big()));
      list(vmap((s: T) => f(mul(big(), s)))(tensor([1, 2])));
      return w;
    })).toBe(true);
  });
  it('a tensor that an unjitted gradient captured, once its result is read', async () => {
    let g: T | null = null;
    expect(await isCollected(() => {
      const w = big();
      g = grad((x: T) => sum(mul(mul(w, x), x)))(big());
      list(g);
      list(grad((x: T) => sum(mul(mul(w, x), x)))(big()));
      return w;
    })).toBe(true);
    expect(g === null).toBe(false);
  });
  it('what a result that was read was computed from', async () => {
    let y: T | null = null;
    expect(await isCollected(() => {
      const x = big();
      y = sum(mul(x, x));
      num(y);
      return x;
    })).toBe(true);
    expect(y === null).toBe(false);
  });
  it('captures of a jitted function whose cache was cleared', async () => {
    let live = (_: T): T => _;
    expect(await isCollected(() => {
      let w: T | null = big();
      const f = jit((x: T) => w === null ? x : add(w, x));
      list(f(big()));
      list(f(big()));
      clearCache(f);
      live = f;
      const captured = w;
      w = null;
      return captured;
    })).toBe(true);
    expect(list(live(f64(1)))).toEqual([1]);
  });
  it('residuals of a pullback, once it is gone', async () => {
    expect(await isCollected(() => {
      const x = big();
      const [, back] = vjp((v: T) => sum(mul(v, v)), x);
      list(back(tensor(1))[0]);
      return x;
    })).toBe(true);
  });
});

describe('is given back', () => {
  it('the memory of an executable that nobody holds: its pointers and its constants', async () => {
    const on = new WasmBackend();
    // A frame of its own: what it makes nobody holds.
    const made = (): { readonly address: number; readonly bytes: number } => {
      const { jaxpr } = makeJaxpr((x: T) => sum(sin(mul(x, x))))(big());
      const { table, program: { slotCount, pool } } = on.module(jaxpr);
      return { address: table, bytes: Math.ceil(4 * slotCount / 64) * 64 + 4 * pool.length };
    };
    const { address, bytes } = made();
    expect(on.heap.allocate(bytes, 'test')).not.toBe(address);
    await collect();
    expect(on.heap.allocate(bytes, 'test')).toBe(address);
  });
});

describe('is kept', () => {
  it('what a jitted function captured, while the function lives', async () => {
    let f = (_: T): T => _;
    expect(await isCollected(() => {
      const w = big();
      const made = jit((x: T) => sum(mul(w, x)));
      num(made(big()));
      f = made;
      return w;
    })).toBe(false);
    expect(num(f(big()))).toBeGreaterThan(0);
  });
});
