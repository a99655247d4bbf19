// trace: every equation with its values, in the order in which they run, into bodies and out again.
import { describe, expect, it } from 'vitest';
import { add, div, f64, grad, i32, jit, jvp, list, lt, mul, neg, num, sin, sum, take, tanh, vmap, type T } from '../trace/language.ts';
import type { Step } from '../../src/inspect/trace.ts';
import { sin as sine } from '../../src/primitive/exponential.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { codeOf, here } from '../tree/errors.ts';
import { checkNaN, cond, scan, tap, trace, whileLoop } from '../transform/flow.ts';

/** All steps, and what the function returned. */
function run<R = T>(g: Generator<Step, R, undefined>): { readonly steps: Step[]; readonly result: R } {
  const steps: Step[] = [];
  for (;;) {
    const next = g.next();
    if (next.done === true) return { steps, result: next.value };
    steps.push(next.value);
  }
}
const names = (steps: readonly Step[]): string[] => steps.map(s => '. '.repeat(s.depth) + s.name);
const values = (s: Step | undefined): unknown[] => [s?.name, s?.inputs.map(list), s?.outputs.map(list)];
const x = f64(3);

describe('a flat program', () => {
  const f = (v: T): T => add(mul(v, v), 1);
  it('yields each equation with what it read and made, and returns the result', () => {
    const { steps, result } = run(trace(f)(x));
    expect(steps.map(values)).toEqual([['mul', [[3], [3]], [[9]]], ['add', [[9], [1]], [[10]]]]);
    expect(num(result)).toBe(10);
  });
  it('shows a step on a line', () => {
    expect(run(trace(f)(x)).steps.map(String)).toEqual(['mul f64[] 3. f64[] 3. -> f64[] 9.', 'add f64[] 9. f64[] 1. -> f64[] 10.']);
    expect(String(run(trace((v: T) => sum(v))(f64([[1, 2], [3, 4]]))).steps[0])).toBe('reduceSum f64[2,2] ... -> f64[] 10.');
  });
  it('knows the path and the line', () => {
    let line = '';
    const { steps: [step] } = run(trace((v: T) => scope('mlp', () => {
      line = here(1);
      return handleOf(sine(v));
    }))(x));
    expect([step?.path, step?.depth, step?.iterations]).toEqual(['mlp', 0, []]);
    expect(step?.line).toContain(line);
  });
  it('runs as it is asked: what is not asked for does not run', () => {
    const seen: string[] = [];
    const g = trace((v: T) => tap(tap(v, () => seen.push('a')), () => seen.push('b')))(x);
    expect(seen).toEqual([]);
    g.next();
    expect(seen).toEqual(['a']);
    g.next();
    expect([seen, g.next().done]).toEqual([['a', 'b'], true]);
  });
  it('captured values, unused arguments, constants, trees, arguments passed through', () => {
    const w = mul(x, 2);
    const { steps, result } = run(trace<{ a: T; b: [T, null]; c: T }>((p: { u: T; v: T }) => ({ a: mul(p.u, w), b: [p.u, null] as const, c: f64(7) }))({ u: x, v: x }));
    expect(steps.map(values)).toEqual([['mul', [[3], [6]], [[18]]]]);
    expect([num(result.a), num(result.b[0]), result.b[1], num(result.c)]).toEqual([18, 3, null, 7]);
    expect(run(trace((v: T) => v)(x)).steps).toEqual([]);
  });
  it('values of a step stay what they were', () => {
    const { steps } = run(trace((v: T) => scan((c: T) => [mul(c, 2), null], v, null, { length: 3 })[0])(x));
    expect(steps.filter(s => s.name === 'mul').map(s => list(s.outputs[0])[0])).toEqual([6, 12, 24]);
  });
});

describe('bodies', () => {
  it('a scan: the equations of each step, then the scan itself', () => {
    const { steps, result } = run(trace((v: T) => neg(scan((c: T, u: T) => [add(c, u), mul(c, u)], v, f64([1, 2]))[0]))(x));
    expect(names(steps)).toEqual(['. add', '. mul', '. add', '. mul', 'scan', 'neg']);
    expect(steps.map(s => s.iterations)).toEqual([[0], [0], [1], [1], [], []]);
    expect(values(steps[4])).toEqual(['scan', [[3], [1, 2]], [[6], [3, 8]]]);
    expect(num(result)).toBe(-6);
  });
  it('loops in loops, conditions and branches', () => {
    const nested = (v: T): T => scan((c: T) => [scan((d: T) => [add(d, 1), null], c, null, { length: 2 })[0], null], v, null, { length: 2 })[0];
    const { steps } = run(trace(nested)(x));
    expect(steps.map(s => [s.depth, ...s.iterations].join())).toEqual(['2,0,0', '2,0,1', '1,0', '2,1,0', '2,1,1', '1,1', '0']);
    const loop = (v: T): T => whileLoop((c: T) => lt(c, 5), (c: T) => cond(lt(c, 4), (u: T) => add(u, 1), (u: T) => mul(u, 2), c), v);
    expect(names(run(trace(loop)(x)).steps)).toEqual(['. lt', '. lt', '. convert', '. . add', '. cond', '. lt', '. lt', '. convert', '. . mul', '. cond', '. lt', 'while']);
  });
  it('calls of jitted functions, and a jitted function itself', () => {
    const inner = jit((v: T) => sin(v));
    expect(names(run(trace((v: T) => inner(mul(v, v)))(x)).steps)).toEqual(['mul', '. sin', 'call']);
    expect(names(run(trace(inner)(x)).steps)).toEqual(['sin']);
  });
  it('as deep as is asked for', () => {
    const nested = (v: T): T => scan((c: T) => [scan((d: T) => [add(d, 1), null], c, null, { length: 2 })[0], null], v, null, { length: 2 })[0];
    expect(names(run(trace(nested, { depth: 0 })(x)).steps)).toEqual(['scan']);
    expect(names(run(trace(nested, { depth: 1 })(x)).steps)).toEqual(['. scan', '. scan', 'scan']);
  });
});

describe('transforms', () => {
  const f = (v: T): T => tanh(mul(v, v));
  it('the forward and the backward pass of grad', () => {
    const { steps, result } = run(trace(grad(f))(f64(0.5)));
    expect(num(result)).toBe(num(grad(f)(f64(0.5))));
    expect(names(steps).slice(0, 2)).toEqual(['mul', 'tanh']);
    expect(steps.length).toBeGreaterThan(4);
  });
  it('jvp, and the batch of vmap', () => {
    const { steps, result } = run(trace<[T, T]>((v: T) => jvp(f, [v], [f64(1)]))(f64(0.5)));
    expect(result.map(num)).toEqual(jvp(f, [f64(0.5)], [f64(1)]).map(num));
    expect(names(steps)).toContain('tanh');
    const batched = run(trace(vmap(f))(f64([1, 2])));
    expect(batched.steps.map(s => s.outputs[0]?.shape)).toEqual([[2], [2]]);
  });
  it('watched programs are entered', () => {
    expect(names(run(trace((v: T) => checkNaN(f)(v))(x)).steps)).toEqual(['. mul', '. tanh', 'checkNaN']);
  });
});

describe('errors', () => {
  it('what the program throws, after the steps before it, those inside included', () => {
    const f = (v: T): T => checkNaN((u: T) => scan((c: T) => [div(add(c, -1), add(c, -1)), null], mul(u, u), null, { length: 3 })[0])(add(v, 0));
    const seen: string[] = [];
    expect(codeOf(() => { for (const s of trace(f)(x)) seen.push('. '.repeat(s.depth) + s.name); })).toBe('nan');
    // 9, then 8 / 8 = 1, then 0 / 0.
    expect(seen).toEqual(['add', '. mul', '. . add', '. . add', '. . div', '. . add', '. . add', '. . div']);
  });
  it('a tracer has no value to step with; ill-typed programs fail before the first step', () => {
    expect(codeOf(() => jit((v: T) => { for (const s of trace(sin)(v)) String(s); return v; })(x))).toBe('concretize');
    expect(codeOf(() => trace((v: T) => take(v, i32(0)))(x))).toBe('axis');
    expect(codeOf(() => trace(sin)(3))).toBe('static');
  });
});
