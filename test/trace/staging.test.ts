// Staging: what a program is made of, what is captured and how, and which scope an operation goes to.
import { describe, expect, it } from 'vitest';
import { hashJaxpr, sameJaxpr } from '../../src/ir/hash.ts';
import { Var, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { serialise } from '../../src/ir/serialise.ts';
import { constantLike, numberLike } from '../../src/primitive/broadcast.ts';
import { handleOf, literal, type TensorHandle } from '../../src/trace/handle.ts';
import { isStaging, numbersAreLiterals, stage, type Closed } from '../../src/trace/scope.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { add, f64, grad, jit, list, makeJaxpr, mul, num, sin, sub, sum, tensor, transpose, type T } from './language.ts';

const x = f64([1, 2, 3]);
const [a, b, c] = [f64([1, 1, 1]), f64([2, 2, 2]), f64([3, 3, 3])];
const names = (j: Jaxpr): string[] => j.eqns.map(e => e.primitive.name);
const stage1 = (f: (v: T) => T): Closed => stage('test', [x.aval], ([v]) => v === undefined ? [] : [f(v)]);
/** Which tensors the captured inputs stand for. */
const capturedAre = (consts: readonly TensorHandle[], ...tensors: readonly T[]): boolean =>
  consts.length === tensors.length && consts.every((h, i) => h.cell === tensors[i]?.cell);

describe('what is captured', () => {
  it('becomes the first inputs, in the order of first use, once each', () => {
    const { jaxpr, consts } = makeJaxpr((v: T) => add(mul(b, v), add(mul(a, b), mul(b, a))))(x);
    expect(String(jaxpr.numConsts)).toBe('2');
    expect(capturedAre(consts, b, a)).toBe(true);
    expect(jaxpr.inputs).toHaveLength(3);
  });
  it('is the same by identity, not by value', () => {
    const twin = f64([1, 1, 1]);
    expect(makeJaxpr((v: T) => add(add(v, a), twin))(x).consts).toHaveLength(2);
  });
  it('is captured as a result, too', () => {
    const { jaxpr, consts } = makeJaxpr((_: T) => [a, b, a])(x);
    expect(capturedAre(consts, a, b)).toBe(true);
    expect(jaxpr.outputs).toEqual([jaxpr.inputs[0], jaxpr.inputs[1], jaxpr.inputs[0]]);
  });
  it('a pending tensor is not forced', () => {
    resetStatistics();
    const pending = mul(a, b);
    const { consts } = makeJaxpr((v: T) => mul(v, pending))(x);
    expect([capturedAre(consts, pending), pending.cell.state.kind, statistics.executed]).toEqual([true, 'pending', 0]);
  });
  it('a tracer of an outer stage is an input of the inner program', () => {
    let inner: Closed | null = null;
    const outer = stage1(v => {
      const square = mul(v, v);
      inner = stage1(u => add(mul(u, square), square));
      return square;
    });
    if (inner === null) throw new Error('not staged');
    const { jaxpr, consts }: Closed = inner;
    expect([jaxpr.numConsts, consts.map(t => t.cell.state.kind)]).toEqual([1, ['tracer']]);
    expect(names(outer.jaxpr)).toEqual(['mul']);
  });
  it('what only dead code reads is not captured', () => {
    const { consts } = makeJaxpr((v: T) => { sin(a); return mul(v, b); })(x);
    expect(capturedAre(consts, b)).toBe(true);
  });
  it('a large constant is an input: neither baked in nor hashed', () => {
    const program = (value: number): Jaxpr => {
      const w = tensor(Array.from({ length: 100_000 }, (_, i) => i + value));
      return makeJaxpr((v: T) => sum(mul(w, v)))(w).jaxpr;
    };
    const [first, second] = [program(0), program(1)];
    expect([hashJaxpr(first) === hashJaxpr(second), sameJaxpr(first, second)]).toEqual([true, true]);
    expect(serialise({ jaxpr: first, consts: [] }).length).toBeLessThan(1000);
  });
});

describe('literals', () => {
  it('splats are part of the program and own no memory', () => {
    const { jaxpr, consts } = stage1(v => add(mul(v, literal(2, v.aval)), literal(0, v.aval)));
    expect(consts).toEqual([]);
    expect(jaxpr.eqns.map(e => e.inputs.filter(i => !(i instanceof Var)).map(i => i instanceof Var ? null : i.value))).toEqual([[2], [0]]);
  });
  it('views of literals are literals', () => {
    const { jaxpr } = stage1(v => add(v, sum(transpose(literal(3, { shape: [2, 3], dtype: 'f64' })), [1])));
    expect(names(jaxpr)).toEqual(['reduceSum', 'add']);
  });
  it('numbers are literals under jit and makeJaxpr, inputs in unjitted transforms, 0 and 1 literals everywhere', () => {
    expect(makeJaxpr((v: T) => mul(v, 0.5))(x).jaxpr.numConsts).toBe(0);
    expect(stage1(v => mul(v, 0.5)).jaxpr.numConsts).toBe(1);
    expect(stage1(v => add(mul(v, 1), 0)).jaxpr.numConsts).toBe(0);
    expect(stage('jit', [x.aval], ([v]) => v === undefined ? [] : [grad((u: T) => sum(mul(u, 0.5)))(v)], { numbers: 'literals' }).jaxpr.numConsts).toBe(0);
  });
  it('a number keeps to the dtype of its tensor: refused where it does not fit', () => {
    expect(() => numberLike(0.5, { shape: [], dtype: 'i32' }, 'add')).toThrow('add: the number 0.5 is not a value of i32; use astype on the tensor or round the number');
    expect(() => numberLike(300, { shape: [], dtype: 'u8' }, 'add')).toThrow('is not a value of u8');
    expect(num(numberLike(0.1, { shape: [], dtype: 'f32' }, 'add'))).toBe(Math.fround(0.1));
  });
});

describe('where operations go', () => {
  it('while a stage is open, operations on concrete tensors are recorded, not run', () => {
    resetStatistics();
    const { jaxpr, consts } = makeJaxpr((v: T) => mul(add(a, b), v))(x);
    expect([names(jaxpr), consts.length, statistics.executed]).toEqual([['add', 'mul'], 2, 0]);
  });
  it('an operation on outer tracers alone goes to the innermost stage', () => {
    let inner: Jaxpr | null = null;
    const { jaxpr } = stage1(v => { inner = stage1(u => add(mul(v, v), u)).jaxpr; return v; });
    expect(inner === null ? [] : names(inner)).toEqual(['mul', 'add']);
    expect(names(jaxpr)).toEqual([]);
  });
  it('three deep, each operation once, in the stage that was open', () => {
    const seen: string[][] = [];
    const top = stage1(u => {
      const two = stage1(v => {
        const three = stage1(w => mul(mul(u, v), mul(v, w)));
        seen.push(names(three.jaxpr));
        return sub(u, v);
      });
      seen.push(names(two.jaxpr));
      return sin(u);
    });
    expect([...seen, names(top.jaxpr)]).toEqual([['mul', 'mul', 'mul'], ['sub'], ['sin']]);
  });
  it('outside every stage nothing is staged', () => {
    expect([isStaging(), numbersAreLiterals()]).toEqual([false, false]);
    stage1(v => { expect(isStaging()).toBe(true); return v; });
    expect(isStaging()).toBe(false);
  });
  it('constants of rules take the shape and dtype of their tensor', () => {
    const half = handleOf(constantLike(0.5, tensor([1, 2], 'f16')));
    expect([half.shape, half.dtype, list(half)]).toEqual([[2], 'f16', [0.5, 0.5]]);
  });
});

describe('exceptions', () => {
  const thrown = new Error('mine');
  const throwing = (): never => { throw thrown; };
  it.each([
    ['makeJaxpr', () => makeJaxpr(throwing)(x)],
    ['jit', () => jit(throwing)(x)],
    ['grad', () => grad(throwing)(x)],
    ['grad in jit in grad', () => grad((v: T) => sum(jit((u: T) => grad(throwing)(u))(v)))(x)],
  ])('of the function pass unchanged through %s, and the scopes are closed', (_name, call) => {
    let error: unknown;
    try {
      call();
    } catch (e) { error = e; }
    expect(error).toBe(thrown);
    expect(isStaging()).toBe(false);
    expect(list(add(x, 1))).toEqual([2, 3, 4]);
    expect(list(grad((v: T) => sum(mul(v, v)))(x))).toEqual([2, 4, 6]);
  });
  it('a wrong shape inside a transform is raised at its line, and leaves no scope open', () => {
    expect(() => grad((v: T) => sum(add(v, f64([1, 2]))))(x)).toThrow('add: shapes differ, f64[3] vs f64[2]');
    expect(isStaging()).toBe(false);
  });
  it('a captured tensor may be one that failed before', () => {
    expect(() => jit((v: T) => { mul(c, v); throw thrown; })(x)).toThrow(thrown);
    expect(list(jit((v: T) => mul(c, v))(x))).toEqual([3, 6, 9]);
  });
});
