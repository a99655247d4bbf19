// The structural hash and the comparison that verifies it.
import { describe, expect, it } from 'vitest';
import { hashJaxpr, sameJaxpr, sameParam } from '../../src/ir/hash.ts';
import { Var, type Eqn, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Param } from '../../src/ir/primitive.ts';
import { literal } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { add, f64, grad, i32, jit, makeJaxpr, mul, sin, sub, sum, tensor, vmap, type T } from '../trace/language.ts';
import { programs } from './programs.ts';

const x = f64([1, 2, 3]);
const staged = (f: (...xs: never[]) => unknown, ...args: readonly T[]): Jaxpr => makeJaxpr(f)(...args).jaxpr;

describe.each(programs)('%s', (_name, jaxpr, stage) => {
  it('is equal to itself staged again, in hash and structure, though no variable is', () => {
    const again = stage();
    expect(hashJaxpr(again)).toBe(hashJaxpr(jaxpr));
    expect(sameJaxpr(again, jaxpr)).toBe(true);
    expect(again.inputs.some(v => jaxpr.inputs.includes(v))).toBe(false);
  });
  it('is not equal to any other', () => {
    for (const [, other] of programs) {
      if (other === jaxpr) continue;
      expect(sameJaxpr(other, jaxpr)).toBe(false);
      expect(hashJaxpr(other)).not.toBe(hashJaxpr(jaxpr));
    }
  });
});

describe('what the hash depends on', () => {
  const base = (v: T): T => add(mul(v, v), sin(v));
  const different: readonly (readonly [string, Jaxpr])[] = [
    ['the primitive', staged((v: T) => sub(mul(v, v), sin(v)), x)],
    ['the order of operands', staged((v: T) => add(sin(v), mul(v, v)), x)],
    ['the order of equations', staged((v: T) => { const s = sin(v); return add(mul(v, v), s); }, x)],
    ['the shape', staged(base, f64([1, 2]))],
    ['the rank', staged(base, f64([[1, 2, 3]]))],
    ['the dtype', staged(base, tensor([1, 2, 3]))],
    ['a literal', staged((v: T) => add(mul(v, 2), sin(v)), x)],
    ['another literal', staged((v: T) => add(mul(v, 3), sin(v)), x)],
    ['the zero of a literal', staged((v: T) => add(mul(v, literal(0, v.aval)), sin(v)), x)],
    ['its sign', staged((v: T) => add(mul(v, literal(-0, v.aval)), sin(v)), x)],
    ['the results', staged((v: T) => [base(v), v], x)],
    ['which value is the result', staged((v: T) => { const m = mul(v, v); const y = add(m, sin(v)); return [m, y][0]; }, x)],
    ['a captured input instead of an argument', staged((v: T) => add(mul(v, x), sin(v)), x)],
    ['a call around it', staged((v: T) => jit(base)(v), x)],
    ['a parameter', staged((v: T) => sum(v, [0]), f64([[1, 2], [3, 4]]))],
    ['another parameter', staged((v: T) => sum(v, [1]), f64([[1, 2], [3, 4]]))],
    ['the size of a mapped axis', staged((v: T) => vmap((u: T) => mul(u, u))(v), f64([1, 2, 3, 4]))],
    ['', staged(base, x)],
  ];
  it.each(different)('%s', (name, jaxpr) => {
    for (const [other, j] of different) {
      expect([name, other, hashJaxpr(j) === hashJaxpr(jaxpr), sameJaxpr(j, jaxpr)]).toEqual([name, other, name === other, name === other]);
    }
  });
  it('not origins, not names of jitted functions that are the same, not the values of captures', () => {
    const scoped = staged((v: T) => scope('a', () => base(v)), x);
    expect([hashJaxpr(scoped), sameJaxpr(scoped, staged(base, x))]).toEqual([hashJaxpr(staged(base, x)), true]);
    const over = (w: T): Jaxpr => staged((v: T) => mul(v, w), x);
    expect([hashJaxpr(over(x)), sameJaxpr(over(x), over(f64([7, 8, 9])))]).toEqual([hashJaxpr(over(f64([7, 8, 9]))), true]);
    const g = (v: T): T => grad((u: T) => sum(sin(u)))(v);
    expect(hashJaxpr(staged(g, x))).toBe(hashJaxpr(staged(g, x)));
  });
});

describe('the comparison', () => {
  it('sees what variable is read, where two have the same type', () => {
    const first = staged((a: T, b: T) => add(mul(a, b), a), x, x);
    const second = staged((a: T, b: T) => add(mul(a, b), b), x, x);
    expect(sameJaxpr(first, second)).toBe(false);
  });
  it('NaN literals are equal, 0 and -0 are not', () => {
    const withLiteral = (value: number): Jaxpr => staged((v: T) => add(v, literal(value, v.aval)), x);
    expect(sameJaxpr(withLiteral(NaN), withLiteral(NaN))).toBe(true);
    expect(sameJaxpr(withLiteral(0), withLiteral(-0))).toBe(false);
  });
  it('a variable of one program matches one of the other alone', () => {
    const [v, w] = [new Var({ shape: [], dtype: 'f32' }), new Var({ shape: [], dtype: 'f32' })];
    const eqns: readonly Eqn[] = [];
    const twoInputs = (outputs: readonly Var[]): Jaxpr => ({ numConsts: 0, inputs: [v, w], eqns, outputs });
    expect(sameJaxpr(twoInputs([v, w]), twoInputs([w, v]))).toBe(false);
    expect(sameJaxpr(twoInputs([v, v]), twoInputs([v, w]))).toBe(false);
  });
  it('parameters compare by value, whatever the order of keys', () => {
    const equal: readonly (readonly [Param, Param])[] = [[{ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 }], [NaN, NaN], [[], []]];
    const unequal: readonly (readonly [Param, Param])[] = [[0, -0], [[1, 2], [2, 1]], [[1], [1, 1]], [{ a: 1 }, { b: 1 }], [{ a: 1 }, { a: 1, b: 1 }], ['1', 1], [null, 0], [[], {}], [false, null]];
    expect(equal.map(([a, b]) => sameParam(a, b))).toEqual(equal.map(() => true));
    expect(unequal.map(([a, b]) => sameParam(a, b) || sameParam(b, a))).toEqual(unequal.map(() => false));
  });
});

describe('collisions', () => {
  it('there are none among 20,000 small programs that differ in one place', () => {
    const v = new Var({ shape: [3], dtype: 'f64' });
    const { eqns } = staged((a: T) => mul(a, 2), x);
    const [eqn] = eqns;
    if (eqn === undefined) throw new Error('no equation');
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      const out = new Var(v.aval);
      const lit = { value: i % 2 === 0 ? i : 1 / i, aval: v.aval };
      seen.add(hashJaxpr({ numConsts: 0, inputs: [v], eqns: [{ ...eqn, inputs: [v, lit], outputs: [out] }], outputs: [out] }));
    }
    expect(seen.size).toBe(20_000);
  });
  it('integers as literals and parameters spread over both halves of the key', () => {
    const halves = [new Set<string>(), new Set<string>()];
    for (let i = 0; i < 1000; i++) hashJaxpr(staged((a: T) => add(a, i), i32([1]))).split('.').forEach((half, k) => halves[k]?.add(half));
    expect(halves.map(h => h.size).every(n => n > 990)).toBe(true);
  });
});
