// Dead code, effects, counts and inlining.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { allocate } from '../../src/dtype/dtype.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { inlineCalls } from '../../src/ir/inline.ts';
import { countEqns, effectOfJaxpr, removeDead, strongest, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Effect, NDArray, Primitive } from '../../src/ir/primitive.ts';
import { negP } from '../../src/primitive/arithmetic.ts';
import { softmax } from '../../src/primitive/composites.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { bind1, scope, stage } from '../../src/trace/scope.ts';
import { add, f64, grad, jit, makeJaxpr, mul, sin, sum, type T } from '../trace/language.ts';
import { programs } from './programs.ts';

const x = f64([1, 2, 3]);
const staged = (f: (v: T) => T): Jaxpr => stage('test', [x.aval], ([v]) => v === undefined ? [] : [f(v)]).jaxpr;
const withEffect = (effect: Effect): Primitive => ({ ...negP, name: effect, properties: { ...negP.properties, effect } });
const names = (j: Jaxpr): string[] => j.eqns.map(e => e.primitive.name);

describe('removeDead', () => {
  it('drops what nobody needs, all the way up, and keeps the order', () => {
    const j = staged(v => { const used = sin(v); mul(sin(mul(v, v)), v); return add(used, v); });
    expect(names(j)).toEqual(['sin', 'mul', 'sin', 'mul', 'add']);
    expect(names(checkJaxpr(removeDead(j)))).toEqual(['sin', 'add']);
  });
  it('keeps effects, and what they need', () => {
    const j = staged(v => { bind1(withEffect('ordered'), [mul(v, v)], {}); bind1(withEffect('unordered'), [v], {}); bind1(withEffect('none'), [v], {}); return v; });
    expect(names(removeDead(j))).toEqual(['mul', 'ordered', 'unordered']);
  });
  it('gives a program without dead code back as it is', () => {
    const j = staged(v => sin(v));
    expect(removeDead(j)).toBe(j);
  });
});

describe('effects', () => {
  it('of an equation are the strongest of its own and its bodies', () => {
    const inner = (effect: Effect) => staged(v => jit((u: T) => { bind1(withEffect(effect), [u], {}); return u; })(v));
    // Staged bodies have lost their dead code, but no effect.
    expect((['none', 'unordered', 'ordered'] as const).map(e => effectOfJaxpr(inner(e)))).toEqual(['none', 'unordered', 'ordered']);
    expect([strongest('none', 'unordered'), strongest('ordered', 'unordered'), strongest('unordered', 'unordered')]).toEqual(['unordered', 'ordered', 'unordered']);
  });
  it('a call with an effect inside is not dead', () => {
    const j = staged(v => { jit((u: T) => { bind1(withEffect('ordered'), [u], {}); return u; })(v); return v; });
    expect(names(removeDead(j))).toEqual(['call']);
  });
});

describe('counts', () => {
  it('count nested equations too', () => {
    expect(countEqns(makeJaxpr((v: T) => jit((u: T) => mul(u, sin(u)))(v))(x).jaxpr)).toBe(3);
  });
});

describe('inlineCalls', () => {
  it.each(programs.filter(([name]) => name !== 'draws'))('%s: nothing expands, the types hold, the values are the same', (_name, jaxpr) => {
    const flat = checkJaxpr(inlineCalls(jaxpr));
    expect(flat.eqns.some(e => e.primitive.properties.expands)).toBe(false);
    const inputs = jaxpr.inputs.map(({ aval }, i): NDArray => ({ ...aval, data: allocate(aval.dtype, sizeOf(aval.shape)).map((_: number, k: number) => (k + 1 + i) / 4) }));
    const values = (j: Jaxpr): number[][] => evaluateJaxpr(j, inputs).map(a => Array.from<number>(a.data));
    expect(values(flat)).toEqual(values(jaxpr));
  });
  it('joins the path of a call and the paths inside', () => {
    const f = jit((u: T) => scope('inner', () => sin(u)));
    const pathOf = (outer: string): string | undefined => inlineCalls(makeJaxpr((v: T) => scope(outer, () => f(v)))(x).jaxpr).eqns[0]?.origin.path;
    // One trace, called from two places.
    expect([pathOf('first'), pathOf('second')]).toEqual(['first/inner', 'second/inner']);
  });
  it('does not repeat the path of a body that was staged in place', () => {
    const j = makeJaxpr((v: T) => scope('outer', () => scope('mlp', () => handleOf(softmax(v)))))(x).jaxpr;
    expect(new Set(inlineCalls(j).eqns.map(e => e.origin.path))).toEqual(new Set(['outer/mlp']));
    const g = makeJaxpr((v: T) => scope('outer', () => grad((u: T) => scope('loss', () => sum(handleOf(softmax(u)))))(v)))(x).jaxpr;
    expect(new Set(inlineCalls(g).eqns.map(e => e.origin.path))).toEqual(new Set(['outer/loss']));
  });
  it('expands only what is wanted', () => {
    const j = staged(v => jit((u: T) => sin(u))(jit((u: T) => mul(u, u))(v)));
    const [first] = j.eqns;
    expect(names(inlineCalls(j, e => e === first))).toEqual(['mul', 'call']);
  });
});
