// Where equations come from: paths and lines are outside the structure, inherited by what is derived, and named when a run fails.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { wasmBackend } from '../../src/backend/wasm/backend.ts';
import { CotangentError } from '../../src/error.ts';
import { hashJaxpr } from '../../src/ir/hash.ts';
import { inlineCalls } from '../../src/ir/inline.ts';
import { bodiesOf, noOrigin, type Jaxpr, type Origin } from '../../src/ir/jaxpr.ts';
import { originAt, withoutOrigins } from '../../src/ir/origins.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { negP } from '../../src/primitive/arithmetic.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { sin as sineOf } from '../../src/primitive/exponential.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { bind1, debug, evalJaxpr, inheritOrigin, scope, stage } from '../../src/trace/scope.ts';
import { cond, scan } from '../transform/flow.ts';
import { codeAndText, here } from '../tree/errors.ts';
import { add, f64, grad, jit, jvp, list, lt, makeJaxpr, mul, num, sin, sum, vmap, type T } from './language.ts';

afterEach(() => { debug.sources = false; });

const x = f64([1, 2, 3]);
/** Fails when it runs, on the host on every backend; differentiates as neg does. */
const failing: Primitive = { ...negP, name: 'failing', lowering: { kind: 'host' }, evaluate() { throw new CotangentError('value', 'failing: no'); } };
const paths = (j: Jaxpr): string[] => j.eqns.map(e => e.origin.path);
const message = (f: () => unknown): string => codeAndText(f)[1];

describe.each([['reference', () => referenceBackend], ['wasm', wasmBackend]] as const)('an error at a read names the line that recorded the failing equation, on %s', (_name, backend) => {
  // Where a tensor was used first, it belongs.
  const x = f64([1, 2, 3]);
  beforeAll(() => { installBackend(backend()); });
  afterAll(() => { installBackend(referenceBackend); });
  it('with debug.sources, in unjitted code', () => {
    debug.sources = true;
    const line = here(1);
    const y = bind1(failing, [mul(x, 2)], {});
    expect(message(() => list(y))).toMatch(new RegExp(`^failing: no \\(recorded in \\S*${line}:\\d+\\)$`));
  });
  it('and the path of its scope', () => {
    debug.sources = true;
    const y = scope('mlp', () => scope('dense_1', () => bind1(failing, [x], {})));
    expect(message(() => list(y))).toContain('(recorded in mlp/dense_1 at ');
  });
  it('each its own, also where equal programs share an executable', () => {
    debug.sources = true;
    const record: readonly (() => T)[] = [
      () => bind1(failing, [sin(x)], {}),
      () => bind1(failing, [sin(x)], {}),
      () => bind1(failing, [sin(x)], {}),
    ];
    const first = here(-4);
    const [file, line] = [first.replace(/:\d+$/, ''), Number(/\d+$/.exec(first)?.[0])];
    record.forEach((f, i) => expect(message(() => list(f()))).toContain(`${file}:${line + i}:`));
  });
  it('in jitted code always', () => {
    const line = here(1);
    const f = jit((v: T) => mul(bind1(failing, [v], {}), 2));
    expect(message(() => f(x))).toContain(line);
    expect(message(() => f(x))).toContain(line);
  });
  it('in two jitted functions of equal structure', () => {
    const line = here(1);
    const f = jit((v: T) => sin(bind1(failing, [v], {})));
    const g = jit((v: T) => sin(bind1(failing, [v], {})));
    expect(message(() => f(x))).toContain(line);
    expect(message(() => g(x))).toContain(line.replace(/\d+$/, n => String(Number(n) + 1)));
  });
  it('inside a jitted function that a jitted function calls', () => {
    const line = here(1);
    const inner = jit((v: T) => bind1(failing, [v], {}));
    const outer = jit((v: T) => scope('outer', () => sin(inner(v))));
    expect(message(() => outer(x))).toContain(`(recorded in outer at `);
    expect(message(() => outer(x))).toContain(line);
  });
  it('in the body of a loop, in a branch', () => {
    const line = here(1);
    const loop = (v: T): T => scope('loop', () => scan((c: T, y: T) => [add(c, scope('step', () => bind1(failing, [y], {}))), null], sum(mul(v, 0)), v)[0]);
    for (const f of [jit(loop), jit((v: T) => cond(lt(sum(v), 1000), loop, (w: T) => sum(w), v))]) expect(message(() => num(f(x)))).toMatch(new RegExp(`^failing: no \\(recorded in .*loop/step at .*${line.replace('.', '\\.')}`));
  });
  it('in derivatives, of the equation they are derived from', () => {
    const cubed: Primitive = { ...negP, name: 'cubed', rules: { kind: 'flat', jvp: (_v, [t]) => [t ? bind1(failing, [t], {}) : null], batch: negP.rules.kind === 'flat' ? negP.rules.batch.bind(negP.rules) : () => ({ outputs: [], batched: [] }) } };
    const line = here(1);
    const f = (v: T): T => sum(bind1(cubed, [v], {}));
    const tangent = (v: T): unknown => jvp(f, [v], [v])[1];
    expect(message(() => jit(tangent)(x))).toContain(line);
  });
  it('without debug.sources the path alone, and no more than there is', () => {
    expect(message(() => list(scope('mlp', () => bind1(failing, [x], {}))))).toBe('failing: no (recorded in mlp)');
    expect(message(() => list(bind1(failing, [x], {})))).toBe('failing: no');
  });
  it('an error of the user passes as it is', () => {
    const error = new Error('mine');
    const mine: Primitive = { ...negP, name: 'mine', lowering: { kind: 'host' }, evaluate() { throw error; } };
    const f = jit((v: T) => scope('s', () => bind1(mine, [v], {})));
    for (const call of [() => f(x), () => list(bind1(mine, [x], {})), () => list(bind1(mine, [x], {}))]) expect(call).toThrow(error);
  });
});

describe('paths', () => {
  it('nest, and end with their scope, exceptions included', () => {
    expect(() => scope('broken', () => { throw new Error('mine'); })).toThrow('mine');
    const j = makeJaxpr((v: T) => { const a = scope('a', () => { const b = scope('b', () => sin(v)); return mul(b, b); }); return mul(a, v); })(x).jaxpr;
    expect(paths(j)).toEqual(['a/b', 'a', '']);
  });
  it('are inherited by derivatives and batches', () => {
    const loss = (v: T): T => scope('loss', () => sum(mul(scope('net', () => sin(v)), v)));
    const derived = new Set(paths(inlineCalls(makeJaxpr(grad(loss))(x).jaxpr)));
    expect([...derived].sort()).toEqual(['loss', 'loss/net']);
    expect(new Set(paths(inlineCalls(makeJaxpr(vmap(loss))(f64([[1, 2], [3, 4]])).jaxpr)))).toEqual(new Set(['loss/net', 'loss']));
  });
  it('and lines, into the programs that jit stages', () => {
    const line = here(1);
    const loss = (v: T): T => handleOf(reduceSum(sineOf(v), [0]));
    const { jaxpr } = makeJaxpr((v: T) => grad(loss)(v))(x);
    expect(jaxpr.eqns.length).toBeGreaterThan(1);
    for (const e of jaxpr.eqns) expect(e.origin.source?.line).toContain(line);
  });
  it('unjitted stages capture none: it costs more than the operation', () => {
    const { jaxpr } = stage('test', [x.aval], ([v]) => v === undefined ? [] : [sin(v)]);
    expect(jaxpr.eqns.map(e => e.origin)).toEqual([noOrigin]);
  });
});

describe('a program that is recorded again for an equation', () => {
  const again = (j: Jaxpr, outer: Origin): Jaxpr => stage('test', [x.aval], args => {
    const before = inheritOrigin(outer);
    try {
      return evalJaxpr(j, args);
    } finally { inheritOrigin(before); }
  }).jaxpr;
  const outer: Origin = { path: 'outer', source: { line: 'outer.ts:1:1' } };
  it('has the origin of that equation, where its own is missing', () => {
    const bare = stage('test', [x.aval], ([v]) => v === undefined ? [] : [sin(v)]).jaxpr;
    expect(again(bare, outer).eqns.map(e => e.origin)).toEqual([outer]);
  });
  it('keeps its own path and line', () => {
    const own = makeJaxpr((v: T) => scope('own', () => sin(v)))(x).jaxpr;
    expect(again(own, outer).eqns.map(e => [e.origin.path, e.origin.source?.line])).toEqual([['own', own.eqns[0]?.origin.source?.line]]);
    const pathOnly = stage('test', [x.aval], ([v]) => v === undefined ? [] : [scope('own', () => sin(v))]).jaxpr;
    expect(again(pathOnly, outer).eqns.map(e => e.origin)).toEqual([{ path: 'own', source: outer.source }]);
  });
});

describe('programs without origins', () => {
  const nested = makeJaxpr((v: T) => scope('a', () => jit((u: T) => scope('b', () => mul(u, sin(u))))(v)))(x).jaxpr;
  it('are equal programs, all the way down', () => {
    const bare = withoutOrigins(nested);
    expect(hashJaxpr(bare)).toBe(hashJaxpr(nested));
    const origins = (j: Jaxpr): unknown[] => j.eqns.flatMap(e => [e.origin, ...bodiesOf(e.params).flatMap(origins)]);
    expect(origins(bare)).toEqual([noOrigin, noOrigin, noOrigin]);
    expect(origins(nested)).not.toContain(noOrigin);
  });
  it('are the same objects where there is nothing to drop', () => {
    const bare = withoutOrigins(nested);
    expect(withoutOrigins(bare)).toBe(bare);
  });
  it('originAt finds an equation by its place, and what it lacks around it', () => {
    expect(originAt(nested, [0]).path).toBe('a');
    expect(originAt(nested, [0, 0, 1]).path).toBe('b');
    expect(originAt(nested, [7])).toEqual(noOrigin);
    expect(originAt(withoutOrigins(nested), [0, 0, 0])).toEqual(noOrigin);
  });
  it('the values are those of the program', () => {
    expect(num(jit((v: T) => scope('s', () => sum(v)))(x))).toBe(6);
  });
});
