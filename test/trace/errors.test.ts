// Tracers that are asked for a value, used after their stage, or put where they do not belong: one line that names the caller's line.
import { describe, expect, it } from 'vitest';
import { isStaging } from '../../src/trace/scope.ts';
import { userLine } from '../../src/trace/source.ts';
import { codeAndText, here, rejection } from '../tree/errors.ts';
import { add, f64, grad, jit, jvp, linearize, list, makeJaxpr, mul, num, sum, tensor, vjp, vmap, type T } from './language.ts';

const x = f64(3);
const remedy = 'return it, or use np.where, cond or scan to depend on it';

describe('a tracer that is asked for its value', () => {
  const asks: { readonly [use: string]: (v: T) => unknown } = {
    'a JavaScript number': v => +v,
    'a JavaScript number (comparison)': v => (v as never) > 0,
    'a JavaScript value': v => (v as never as number) + 1,
    'valueOf()': v => v.valueOf(),
    iteration: v => Array.from(v as never),
    'iteration (spread)': v => [...(v as never as number[])],
    'JSON.stringify': v => JSON.stringify(v),
    'data()': v => v.data(),
    'dataSync()': v => v.dataSync(),
    'js()': v => (v as never as { js(): unknown }).js(),
    'jsSync()': v => (v as never as { jsSync(): unknown }).jsSync(),
    'item()': v => (v as never as { item(): unknown }).item(),
    'itemSync()': v => (v as never as { itemSync(): unknown }).itemSync(),
  };
  it.each(Object.entries(asks))('by %s', (use, ask) => {
    const line = here(1);
    const [code, text] = codeAndText(() => grad((v: T) => { ask(v); return v; })(x));
    expect(code).toBe('concretize');
    expect(text).toContain(line);
    expect(text.replace(/called at \S+;/, 'called at LINE;')).toBe(
      `Traced<f64[]> has no value yet, so ${use.replace(/ \(.*$/, '')} cannot work: it is traced inside grad called at LINE; ${remedy}`);
  });
  it('throws where it is asked, not in a promise', () => {
    let promise: unknown = null;
    codeAndText(() => jit((v: T) => { promise = v.data(); return v; })(x));
    expect(promise).toBe(null);
  });
  it.each([
    ['jit', (f: (v: T) => T) => jit(f)(x)],
    ['vmap', (f: (v: T) => T) => vmap(f)(f64([1, 2]))],
    ['jvp', (f: (v: T) => T) => jvp(f, [x], [x])],
    ['vjp', (f: (v: T) => T) => vjp(f, x)],
    ['linearize', (f: (v: T) => T) => linearize(f, x)],
    ['makeJaxpr', (f: (v: T) => T) => makeJaxpr(f)(x)],
  ])('inside %s, which is named', (name, transform) => {
    const asking = (v: T): T => { list(v); return v; };
    expect(codeAndText(() => transform(asking))[1]).toContain(name === 'jit' ? 'traced inside asking called at ' : `traced inside ${name} called at `);
  });
  it('an outer tracer names the outer transform', () => {
    expect(codeAndText(() => vmap((v: T) => grad((u: T) => { list(v); return u; })(v))(f64([1])))[1]).toContain('traced inside vmap called at');
  });
  it('its shape and dtype may be asked', () => {
    expect(num(grad((v: T) => mul(v, v.shape.length + (v.dtype === 'f64' ? 2 : 0)))(x))).toBe(2);
  });
  it('prints as what it is', () => {
    let text = '';
    grad((v: T) => { text = `${String(v)} ${String(mul(v, v))}`; return v; })(x);
    vmap((v: T) => { text += ` ${String(v)}`; return v; })(tensor([[1, 2, 3], [4, 5, 6]]));
    expect(text).toBe('Traced<f64[]> Traced<f64[]> Traced<f32[3]>');
  });
});

describe('a concrete tensor as a JavaScript value', () => {
  it.each([
    ['a comparison', () => (x as never) > 2, 'f64[] used as a JavaScript number; read it first: await x.item(), or use np functions'],
    ['a sum', () => (x as never as number) + 2, 'f64[] used as a JavaScript value; read it first: await x.item(), or use np functions'],
    ['iteration', () => [...(f64([1, 2]) as never as number[])], 'f64[2] is not iterable; read it first: await x.js(), or use np.split'],
  ] as const)('%s', (_name, f, text) => { expect(codeAndText(f)).toEqual(['concretize', text]); });
  it('item() of what is no scalar', () => {
    expect(codeAndText(() => (f64([1]) as never as { itemSync(): number }).itemSync())).toEqual(['shape', 'itemSync(): f64[1] is not a scalar; use data() or js()']);
  });
});

describe('a tracer after its stage', () => {
  let kept: T = x;
  const leak = (): string => {
    const line = here(1);
    grad((v: T) => { kept = mul(v, v); return kept; })(x);
    return line;
  };
  const uses: { readonly [use: string]: () => unknown } = {
    'an operation': () => add(kept, 1),
    'inside another transform': () => grad((v: T) => mul(v, kept))(x),
    'as an argument': () => jit((v: T) => v)(kept),
    'as a result': () => jit((_: T) => kept)(x),
    'in a program that is only looked at': () => makeJaxpr((_: T) => [kept])(x),
    'a read': () => kept.dataSync(),
    'a promise of a read': () => kept.data(),
    'a number': () => +kept,
    'JSON': () => JSON.stringify({ kept }),
  };
  it.each(Object.entries(uses))('%s', (_use, use) => {
    const line = leak();
    const [code, text] = codeAndText(use);
    expect(code).toBe('leak');
    expect(text).toContain(line);
    expect(text.replace(/called at \S+,/, 'called at LINE,')).toBe(
      'Traced<f64[]> leaked: it was made inside grad called at LINE, which has ended; return it from the function instead of storing it');
    expect(isStaging()).toBe(false);
  });
  it('still prints', () => {
    leak();
    expect(String(kept)).toBe('Traced<f64[]>');
  });
  it('a tracer of an open outer stage does not leak through an inner one', () => {
    let outer: T = x;
    expect(num(grad((v: T) => { jit((u: T) => { outer = v; return u; })(v); return mul(outer, outer); })(x))).toBe(6);
  });
  it('an inner tracer used by the outer function leaks', () => {
    let inner: T = x;
    expect(codeAndText(() => grad((v: T) => { jit((u: T) => { inner = u; return u; })(v); return mul(inner, v); })(x))[0]).toBe('leak');
  });
});

describe('an async function', () => {
  it.each([['grad', grad], ['jit', jit], ['vmap', vmap]] as const)('is refused by %s, and its own failure stays quiet', async (name, transform) => {
    const f = async (v: T): Promise<T> => { await Promise.resolve(); list(v); return v; };
    const [code, text] = codeAndText(() => transform(f)(f64([1])));
    expect(code).toBe('async');
    expect(text).toBe(`${name === 'jit' ? 'f' : name}: the function returns a promise; a program is staged at once, so read values outside the transform`);
    // An unhandled rejection in the next turns would fail this test file.
    await new Promise(resolve => { setTimeout(resolve, 5); });
  });
  it('one that reads its tracer gets that error first, as any function', async () => {
    const [code] = await rejection(async () => { jit((v: T) => v.data())(x); await Promise.resolve(); });
    expect(code).toBe('concretize');
  });
  it('a promise among the arguments is refused', () => {
    expect(codeAndText(() => jit((v: T) => v)(Promise.resolve(x)))).toEqual(['async', 'jit: a promise at [0] is not a tensor; await it outside the transform']);
  });
});

describe('what is no tensor', () => {
  it.each([
    [{ lr: 0.1 }, 'f: the number 0.1 at [0].lr is not a tensor; wrap it: tensor(0.1), or list the argument in static'],
    ['train', 'f: the string "train" at [0] is not a tensor; wrap it: tensor(...), or list the argument in static'],
    [[true], 'f: the boolean true at [0][0] is not a tensor; wrap it: tensor(...), or list the argument in static'],
    [() => x, 'f: a function at [0] is not a tensor; close over it, or list the argument in static'],
  ])('%o among the arguments of a jitted function', (argument, text) => {
    function f(v: T): T { return v; }
    expect(codeAndText(() => jit(f)(argument))).toEqual(['static', text]);
  });
  it('an operand', () => {
    expect(codeAndText(() => add({ shape: [], dtype: 'f32' } as never, x))[0]).toBe('static');
    expect(codeAndText(() => sum({ shape: [1] } as never))).toEqual(['static', 'reduceSum: an object is not a tensor; wrap it: tensor(...)']);
  });
});

describe('the line that is named', () => {
  it('is the first outside the library', () => {
    const own = new URL('../../src/', import.meta.url).href;
    const path = own.replace('file://', '');
    expect(userLine(`Error\n    at captureSource (${own}trace/source.ts:1:2)\n    at bind (${path}trace/scope.ts:3:4)\n    at loss (file:///home/me/train.ts:12:7)\n    at main (file:///home/me/main.ts:1:1)`)).toBe('/home/me/train.ts:12:7');
  });
  it.each([
    ['    at /home/me/app/(main)/train.ts:5:6', '/home/me/app/(main)/train.ts:5:6'],
    ['    at f (/home/me/app/(main)/train.ts:5:6)', '/home/me/app/(main)/train.ts:5:6'],
    ['    at async f (https://example.org/a.js:1:22)', 'https://example.org/a.js:1:22'],
    ['    at Object.<anonymous> (C:\\me\\train.ts:5:6)', 'C:\\me\\train.ts:5:6'],
    ['f@http://localhost:8080/a.js:1:22', 'http://localhost:8080/a.js:1:22'],
    ['    at new Promise (<anonymous>)', 'unknown line'],
    ['', 'unknown line'],
  ])('reads %j', (frame, line) => { expect(userLine(`Error\n${frame}`)).toBe(line); });
  it('passes over frames without a place', () => {
    expect(userLine('Error\n    at Array.map (<anonymous>)\n    at async Promise.all (index 0)\n    at f (/me/a.ts:1:2)')).toBe('/me/a.ts:1:2');
  });
  it('list of a tensor still works', () => { expect(list(x)).toEqual([3]); });
});
