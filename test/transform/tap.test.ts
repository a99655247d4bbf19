// tap and debugPrint: once for each time the program reaches them, in order, whatever transforms are around.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { add, f64, grad, hessian, i32, jacfwd, jacrev, jit, jvp, linearize, list, lt, makeJaxpr, mul, neg, num, sin, sum, tensor, valueAndGrad, vjp, vmap, type T } from '../trace/language.ts';
import { commonSubexpressions, deadCode, optimise } from '../../src/pass/passes.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { codeAndText, codeOf } from '../tree/errors.ts';
import { expectClose } from './close.ts';
import { cond, debugPrint, foriLoop, map, scan, switchCase, tap, whileLoop } from './flow.ts';

/** A tap that keeps what it saw. */
function recorder(): { readonly seen: number[][]; readonly look: (x: T) => T } {
  const seen: number[][] = [];
  const keep = (v: T): void => { seen.push(list(v)); };
  return { seen, look: x => tap(x, keep) };
}
const x = f64(3);

describe('outside transforms', () => {
  it('calls at once, also when nobody reads the result, and returns the value', () => {
    const { seen, look } = recorder();
    const y = look(mul(x, x));
    expect(seen).toEqual([[9]]);
    expect(num(add(y, 1))).toBe(10);
    expect(seen).toEqual([[9]]);
  });
  it('sees a tree of tensors as it is', () => {
    const seen: unknown[] = [];
    const p = { w: f64([1, 2]), b: [i32(3), null] };
    const out = tap(p, (v: typeof p) => { seen.push([list(v.w), v.b[0]?.dtype, v.b[1], v.w.shape]); });
    expect(seen).toEqual([[[1, 2], 'i32', null, [2]]]);
    expect([list(out.w), list(out.b[0]), out.b[1]]).toEqual([[1, 2], [3], null]);
  });
  it('gives the callback values of its own, which stay what they were', () => {
    const kept: T[] = [];
    scan((c: T, v: T) => [tap(add(c, v), (w: T) => { kept.push(w); }), null], f64(0), f64([1, 2, 3]));
    expect(kept.map(num)).toEqual([1, 3, 6]);
  });
  it('passes on what the callback throws, and forgets it', () => {
    expect(() => tap(x, () => { throw new Error('mine'); })).toThrow('mine');
    expect(num(mul(x, 2))).toBe(6);
  });
  it('a callback may compute and read', () => {
    const seen: number[] = [];
    tap(x, (v: T) => { seen.push(num(mul(v, v))); });
    expect(seen).toEqual([9]);
  });
});

describe('jit', () => {
  it('calls at each call, once, though the result is dropped', () => {
    const { seen, look } = recorder();
    const f = jit((v: T) => { look(mul(v, v)); return add(v, 1); });
    expect([num(f(f64(2))), num(f(f64(3))), num(f(f64(3)))]).toEqual([3, 4, 4]);
    expect(seen).toEqual([[4], [9], [9]]);
  });
  it('compiles a program with a callback once', () => {
    const { look } = recorder();
    const f = jit((v: T) => look(mul(v, 2)));
    resetStatistics();
    for (let i = 0; i < 5; i++) num(f(x));
    expect(statistics.compiled).toBe(1);
  });
  it('keeps the order of the program between different callbacks', () => {
    const order: string[] = [];
    const f = jit((v: T) => {
      const a = tap(sin(v), () => order.push('a'));
      const b = tap(mul(v, v), () => order.push('b'));
      tap(v, () => order.push('c'));
      return add(b, a);
    });
    num(f(x));
    expect(order).toEqual(['a', 'b', 'c']);
  });
  it('inside a jitted function that is called in a jitted function', () => {
    const { seen, look } = recorder();
    const inner = jit((v: T) => look(add(v, 1)));
    num(jit((v: T) => mul(inner(inner(v)), 2))(f64(1)));
    expect(seen).toEqual([[2], [3]]);
  });
});

describe('derivatives', () => {
  const f = (look: (v: T) => T) => (v: T): T => sin(look(mul(v, v)));
  it.each<[string, (g: (v: T) => T) => unknown]>([
    ['grad', g => num(grad(g)(x))],
    ['valueAndGrad', g => num(valueAndGrad(g)(x)[1])],
    ['grad under jit', g => num(jit(grad(g))(x))],
    ['grad of jit', g => num(grad(jit(g))(x))],
    ['grad of grad', g => num(grad(grad(g))(x))],
    ['grad of grad of grad', g => num(grad(grad(grad(g)))(x))],
    ['jvp', g => num(jvp(g, [x], [f64(1)])[1])],
    ['linearize', g => { const [, push] = linearize(g, x); return [num(push(f64(1))), num(push(f64(2)))]; }],
    ['vjp', g => { const [, pull] = vjp(g, x); return [num(pull(f64(1))[0]), num(pull(f64(2))[0])]; }],
    ['hessian', g => num(hessian(g)(x))],
  ])('%s calls once, in the forward pass', (_name, run) => {
    const { seen, look } = recorder();
    run(f(look));
    expect(seen).toEqual([[9]]);
  });
  it('the derivative passes through', () => {
    const { look } = recorder();
    const g = (v: T): T => sin(mul(v, v));
    expectClose(grad(f(look))(x), num(grad(g)(x)));
    expectClose(grad(grad(f(look)))(x), num(grad(grad(g))(x)));
  });
  it('is called though the value is not asked for, and unread', () => {
    const { seen, look } = recorder();
    grad((v: T) => { look(neg(v)); return mul(v, v); })(x);
    expect(seen).toEqual([[-3]]);
  });
  it('jacobians evaluate the function once', () => {
    for (const jacobian of [jacfwd, jacrev]) {
      const { seen, look } = recorder();
      expect(list(jacobian((v: T) => look(mul(v, v)))(f64([1, 2])))).toEqual([2, 0, 0, 4]);
      expect(seen).toEqual([[1, 4]]);
    }
  });
  it('a new callback at each call is called, not the one before', () => {
    const called: number[] = [];
    for (let i = 0; i < 12; i++) num(grad((v: T) => tap(mul(v, v), () => called.push(i)))(x));
    expect(called).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('vmap', () => {
  it('calls for each example in order', () => {
    const { seen, look } = recorder();
    expect(list(vmap((v: T) => mul(look(add(v, 1)), 2))(f64([1, 2, 3])))).toEqual([4, 6, 8]);
    expect(seen).toEqual([[2], [3], [4]]);
  });
  it('calls once for what is the same for all examples', () => {
    const { seen, look } = recorder();
    expect(list(vmap((v: T) => mul(v, look(x)))(f64([1, 2])))).toEqual([3, 6]);
    expect(seen).toEqual([[3]]);
  });
  it('nested: the outer axis first, with values of rank 1', () => {
    const { seen, look } = recorder();
    const f = vmap(vmap((v: T) => sum(look(v))));
    expect(list(f(f64([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])))).toEqual([3, 7, 11, 15]);
    expect(seen).toEqual([[1, 2], [3, 4], [5, 6], [7, 8]]);
  });
  it('a tree with leaves that are not batched: each call sees them, and they stay unbatched', () => {
    const seen: number[][] = [];
    const f = vmap((v: T) => tap([v, x], ([a, b]: [T, T]) => { seen.push([num(a), num(b)]); }), { outAxes: [0, null] });
    const [a, b] = f(f64([1, 2])) as unknown as [T, T];
    expect([list(a), num(b)]).toEqual([[1, 2], 3]);
    expect(seen).toEqual([[1, 3], [2, 3]]);
  });
  it('vmap of grad, and an empty batch', () => {
    const { seen, look } = recorder();
    expect(list(vmap(grad((v: T) => mul(look(v), v)))(f64([1, 2])))).toEqual([2, 4]);
    expect(list(vmap((v: T) => look(v))(f64([])))).toEqual([]);
    expect(seen).toEqual([[1], [2]]);
  });
});

describe('control flow', () => {
  it('scan calls at each step, forward in the order of the steps, under grad once each', () => {
    const loss = (look: (v: T) => T) => (w: T): T => scan((c: T, v: T) => [look(mul(c, add(w, v))), null], f64(1), f64([0, 1, 2]))[0];
    const { seen, look } = recorder();
    expectClose(grad(loss(look))(f64(1)), num(grad(loss(v => v))(f64(1))));
    expect(seen).toEqual([[1], [2], [6]]);
    num(jit(grad(grad(loss(look))))(f64(1)));
    expect(seen).toEqual([[1], [2], [6], [1], [2], [6]]);
  });
  it('a value that is the same at each step is shown at each step', () => {
    const { seen, look } = recorder();
    num(grad((w: T) => scan((c: T) => [mul(c, look(sin(w))), null], f64(1), null, { length: 3 })[0])(f64(0)));
    expect(seen).toEqual([[0], [0], [0]]);
  });
  it('a reverse scan calls from the last slice to the first, length 0 never', () => {
    const { seen, look } = recorder();
    const last = (xs: T): T => scan((c: T, v: T) => [add(c, look(v)), null], f64(0), xs, { reverse: true })[0];
    expect(num(last(f64([1, 2, 3])))).toBe(6);
    expect(num(last(f64([])))).toBe(0);
    expect(seen).toEqual([[3], [2], [1]]);
  });
  it('a cond calls in the branch taken alone', () => {
    const order: string[] = [];
    const f = (v: T): T => cond(lt(v, 0), (u: T) => tap(neg(u), () => order.push('negative')), (u: T) => tap(mul(u, u), () => order.push('positive')), v);
    expect([num(f(f64(-2))), num(f(f64(3))), num(grad(f)(f64(3))), num(jit(f)(f64(-1)))]).toEqual([2, 9, 6, 1]);
    expect(order).toEqual(['negative', 'positive', 'positive', 'negative']);
  });
  it('loops of both kinds, switchCase and map', () => {
    const { seen, look } = recorder();
    whileLoop((v: T) => lt(v, 10), (v: T) => look(mul(v, 2)), f64(3));
    foriLoop(0, 2, (_i: T, v: T) => look(add(v, 1)), f64(0));
    switchCase(i32(1), [(v: T) => v, (v: T) => look(v)], f64(7));
    map((v: T) => look(v), f64([8, 9]));
    expect(seen.flat()).toEqual([6, 12, 1, 2, 7, 8, 9]);
  });
  it('a condition with a tap is asked at each step', () => {
    const { seen, look } = recorder();
    num(whileLoop((v: T) => lt(look(v), 10), (v: T) => mul(v, 2), f64(3)));
    expect(seen).toEqual([[3], [6], [12]]);
  });
  it('vmap of a scan: the examples of each step', () => {
    const { seen, look } = recorder();
    const f = vmap((w: T) => scan((c: T, v: T) => [look(add(c, mul(w, v))), null], f64(0), f64([1, 2]))[0]);
    expect(list(f(f64([1, 10])))).toEqual([3, 30]);
    expect(seen).toEqual([[1], [10], [3], [30]]);
  });
  it('vmap of a cond whose predicate is not batched', () => {
    const { seen, look } = recorder();
    vmap((v: T) => cond(lt(x, 0), (u: T) => look(u), (u: T) => look(mul(u, 10)), v))(f64([1, 2]));
    expect(seen).toEqual([[10], [20]]);
  });
});

describe('what is refused', () => {
  const { look } = recorder();
  it('an effect in a branch that vmap would run for all', () => {
    const f = (v: T): T => cond(lt(v, 0), (u: T) => look(u), (u: T) => u, v);
    const [code, text] = codeAndText(() => vmap(f)(f64([1, -1])));
    expect([code, text]).toEqual(['effect', expect.stringMatching(/^cond: .*move it out of the branches/)]);
    expect(codeOf(() => vmap(grad(f))(f64([1, -1])))).toBe('effect');
  });
  it('an effect in a while loop under vmap, in its body or in its condition', () => {
    const body = (v: T): T => whileLoop((u: T) => lt(u, 10), (u: T) => look(mul(u, 2)), v);
    const test = (v: T): T => whileLoop((u: T) => lt(look(u), 10), (u: T) => mul(u, 2), v);
    const nested = (v: T): T => whileLoop((u: T) => lt(u, 10), (u: T) => scan((c: T) => [look(mul(c, 2)), null], u, null, { length: 1 })[0], v);
    for (const f of [body, test, nested]) {
      const [code, text] = codeAndText(() => vmap(f)(f64([1, 3])));
      expect([code, text]).toEqual(['effect', expect.stringMatching(/^whileLoop: under vmap .*use scan/)]);
    }
  });
  it('arguments that are no tensors', () => {
    expect(codeOf(() => tap(3, () => undefined))).toBe('static');
  });
});

describe('passes', () => {
  it('keep effects, each of them, in order', () => {
    const seen: number[] = [];
    const show = (v: T): void => { seen.push(num(v)); };
    const { jaxpr } = makeJaxpr((v: T) => {
      tap(mul(v, v), show);
      tap(mul(v, v), show);
      scan((c: T) => { tap(c, show); tap(c, show); return [c, null]; }, v, null, { length: 1 });
      return add(v, 1);
    })(x);
    for (const program of [deadCode.run(jaxpr), commonSubexpressions.run(jaxpr), optimise(jaxpr)]) {
      seen.length = 0;
      evaluateJaxpr(program, [{ shape: [], dtype: 'f64', data: Float64Array.of(3) }]);
      expect(seen).toEqual([9, 9, 3, 3]);
    }
  });
  it('staging and looking call nothing', () => {
    const { seen, look } = recorder();
    expect(String(makeJaxpr((v: T) => look(v))(x))).toContain('tap[batchAxes=0]');
    expect(seen).toEqual([]);
  });
});

describe('debugPrint', () => {
  afterEach(() => { vi.restoreAllMocks(); });
  const lines = (): string[] => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => { printed.push(line); });
    return printed;
  };
  it('fills the holes and prints one line', () => {
    const printed = lines();
    debugPrint('x = {}, n = {}, m = {}!', f64(0.5), i32(3), tensor([[1, 2], [3, 4]]));
    debugPrint('here');
    expect(printed).toEqual(['x = 0.5, n = 3, m = [[1., 2.], [3., 4.]]!', 'here']);
  });
  it('prints when the program runs', () => {
    const printed = lines();
    const f = jit((v: T) => { debugPrint('v {}', v); return mul(v, v); });
    expect(printed).toEqual([]);
    num(f(f64(2)));
    num(grad(f)(f64(3)));
    list(vmap(f)(f64([4, 5])));
    expect(printed).toEqual(['v 2.', 'v 3.', 'v 4.', 'v 5.']);
  });
  it('refuses a format with more or fewer holes', () => {
    expect(codeAndText(() => debugPrint('{} {}', x))).toEqual(['value', 'debugPrint: the format "{} {}" has 2 holes {} for 1 tensors']);
    expect(codeOf(() => debugPrint('none', x))).toBe('value');
    expect(codeOf(() => debugPrint('{}', 3))).toBe('static');
  });
});
