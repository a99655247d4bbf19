// Programs as text, in JAX's notation.
import { describe, expect, it } from 'vitest';
import { showElement, shortest } from '../../src/ir/decimal.ts';
import { composite } from '../../src/primitive/composite.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { add, convert, f64, i32, jit, lt, makeJaxpr, mul, sin, sum, tensor, where, type T } from '../trace/language.ts';

const x = tensor([1, 2, 3]);
const text = (f: (...xs: never[]) => unknown, ...args: readonly T[]): string => String(makeJaxpr(f)(...args));

describe('printJaxpr', () => {
  it('a short program is one line', () => {
    expect(text((a: T, b: T) => mul(a, b), x, x)).toBe('{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = mul a b in (c,) }');
  });
  it('captured inputs stand before the semicolon', () => {
    expect(text((a: T) => mul(x, a), x)).toBe('{ lambda a:f32[3]; b:f32[3]. let c:f32[3] = mul a b in (c,) }');
  });
  it('no inputs, no equations, several results', () => {
    expect(text(() => [])).toBe('{ lambda ; . let in () }');
    expect(text((a: T) => [a, a], x)).toBe('{ lambda ; a:f32[3]. let in (a, a) }');
    expect(text(() => literal(2, { shape: [], dtype: 'f32' }))).toBe('{ lambda ; . let in (2.0:f32[],) }');
  });
  it('several equations are a line each, parameters in brackets', () => {
    expect(text((a: T) => sum(mul(sin(a), 2), [0]), x)).toBe([
      '{ lambda ; a:f32[3]. let',
      '    b:f32[3] = sin a',
      '    c:f32[3] = mul b 2.0:f32[3]',
      '    d:f32[] = reduceSum[axes=(0,)] c',
      '  in (d,) }'].join('\n'));
  });
  it('bodies are indented programs', () => {
    expect(text((a: T) => jit(function square(b: T) { return add(mul(b, b), b); })(a), x)).toBe([
      '{ lambda ; a:f32[3]. let',
      '    b:f32[3] = call[jaxpr={ lambda ; a:f32[3]. let',
      '        b:f32[3] = mul a a',
      '        c:f32[3] = add b a',
      '      in (c,) } name=square] a',
      '  in (b,) }'].join('\n'));
  });
  it('literals as their dtype has them', () => {
    expect(text((a: T) => add(add(a, 3), -4), i32(1))).toContain('3:i32[]');
    expect(text((a: T) => where(lt(a, 0.1), literal(NaN, a.aval), literal(-Infinity, a.aval)), x)).toContain('select b nan:f32[3] -inf:f32[3]');
    expect(text((a: T) => mul(a, 0.1), x)).toContain('0.1:f32[3]');
    expect(text((a: T) => mul(a, 0.1), f64(1))).toContain('0.1:f64[]');
    expect(text(() => literal(1, { shape: [2], dtype: 'bool' }))).toContain('true:bool[2]');
  });
  it('parameters of every kind, records in the order of their keys', () => {
    expect(text((a: T) => handleOf(composite('c', { z: [1, 'two', [true, null]], b: -0, a: { y: 1, x: Infinity } }, [a], ([v]) => v === undefined ? [] : [v])[0] ?? a), x))
      .toContain('composite[attributes={a:{x:inf y:1} b:-0 z:(1,two,(true,none))} backward=none forward=none jaxpr={ lambda ; a:f32[3]. let in (a,) } name=c] a');
  });
  it('more than 26 variables go on with aa, ab', () => {
    const many = text((a: T) => Array.from({ length: 30 }).reduce<T>(y => add(y, a), a), x);
    expect(many).toContain('z:f32[3] = add y a');
    expect(many).toContain('ab:f32[3] = add aa a');
  });
  it('types are printed with each variable', () => {
    expect(text((a: T) => convert(a, 'i32'), f64([[1, 2]]))).toBe('{ lambda ; a:f64[1,2]. let b:i32[1,2] = convert[dtype=i32] a in (b,) }');
  });
});

describe('elements', () => {
  it('are the shortest decimals that round back', () => {
    expect([0.1, 1 / 3, 16777216, 1e-45, 3.4028234663852886e38].map(v => shortest(Math.fround(v), 'f32'))).toEqual([0.1, 0.33333334, 16777216, 1e-45, 3.4028235e38]);
    expect([0.0999755859375, 65504, 5.960464477539063e-8].map(v => shortest(v, 'f16'))).toEqual([0.1, 65500, 6e-8]);
    expect(shortest(0.1 + 0.2, 'f64')).toBe(0.1 + 0.2);
  });
  it('every float32 of a sample prints as itself', () => {
    const words = new Uint32Array(1);
    const floats = new Float32Array(words.buffer);
    for (let i = 0; i < 5000; i++) {
      words[0] = Math.imul(i, 2654435761);
      const v = floats[0] ?? 0;
      expect(Math.fround(shortest(v, 'f32'))).toBe(v);
    }
  });
  it('special values have names', () => {
    expect([NaN, Infinity, -Infinity, -0, 0, 5].map(v => showElement(v, 'f32'))).toEqual(['nan', 'inf', '-inf', '-0.0', '0.0', '5.0']);
    expect([5, -5].map(v => showElement(v, 'i32'))).toEqual(['5', '-5']);
    expect([0, 1].map(v => showElement(v, 'bool'))).toEqual(['false', 'true']);
    expect(showElement(1e21, 'f64')).toBe('1e+21');
  });
});
