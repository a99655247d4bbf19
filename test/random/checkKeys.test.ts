// A key used twice is found, with both places; keys used as they should be are not.
import { describe, expect, test } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as np from '../../src/numpy/index.ts';
import * as random from '../../src/random/index.ts';
import { cond, scan } from '../../src/transform/control.ts';
import { grad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import { vmap } from '../../src/transform/vmap.ts';
import { make, numbers } from '../nn/tensors.ts';

const key = random.key(0);
const check = (f: (k: random.Key) => unknown): unknown => random.checkKeys(f)(key);

describe('refuses', () => {
  test.each([
    ['two draws', k => [random.normal(k, [2]), random.uniform(k, [2])], 'random.uniform: the key was used before, by random.normal at '],
    ['a draw after a split', k => [random.split(k), random.bits(k, [2])], 'random.bits: the key was used before, by random.split at '],
    ['two splits', k => [random.split(k), random.split(k, 3)], 'random.split: the key was used before, by random.split at '],
    ['the same number folded in twice', k => [random.foldIn(k, 3), random.foldIn(k, 3)], 'random.foldIn: the key was used before, by random.foldIn at '],
    ['a fold after a draw', k => [random.gamma(k, 2, [2]), random.foldIn(k, 3)], 'random.foldIn: the key was used before, by random.gamma at '],
    ['a seed used again', () => [random.normal(random.key(5), [2]), random.normal(random.key(5), [2])], 'random.normal: the key was used before, by random.normal at '],
    ['inside jit', k => jit((q: random.Key) => [random.normal(q, [2]), random.permutation(q, 3)])(k), 'random.permutation: the key was used before, by random.normal at '],
    ['inside vmap', k => vmap((q: random.Key) => np.add(random.normal(q, [2]), random.exponential(q, [2])))(random.splitBatch(k, 3)), 'random.exponential: the key was used before, by random.normal at '],
    ['inside grad, of a captured key', k => grad((x: Scalar): Scalar => np.multiply(x, np.add(random.normal(k, []), random.normal(k, []))))(make([], 1)), 'random.normal: the key was used before, by random.normal at '],
    ['a poisson and a choice', k => [random.poisson(k, 3, [2]), random.choice(k, 3, [2])], 'random.choice: the key was used before, by random.poisson at '],
  ] as readonly (readonly [string, (k: random.Key) => unknown, string])[])('%s', (_name, wrong, words) => {
    let caught: unknown;
    try { check(wrong); } catch (error) { caught = error; }
    expect(caught).toBeInstanceOf(CotangentError);
    const { message, code } = caught as CotangentError;
    expect(code).toBe('key-reuse');
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
    // Both places, in this file.
    expect(message.match(/checkKeys\.test\.ts:\d+:\d+/g)?.length).toBe(2);
  });
  test('a jitted function is looked through, whether it has run before or not', () => {
    const f = jit((k: random.Key): Tensor<[2]> => np.add(random.normal(k, [2]), random.uniform(k, [2])));
    f(key);
    expect(() => random.checkKeys(f)(key)).toThrow('the key was used before');
  });
});

describe('accepts', () => {
  test.each([
    ['keys that were split', k => random.split(k, 3).map(q => numbers(random.beta(q, 1, 2, [2])))],
    ['different numbers folded in', k => [0, 1, 2].map(i => numbers(random.normal(random.foldIn(k, i), [2])))],
    ['a step folded in', k => scan((c: Scalar, i: Scalar<'i32'>) => [np.add(c, random.normal(random.foldIn(k, i), [])), null] as const, make([], 0), np.arange(3, { dtype: 'i32' }))],
    ['each branch its own use of an operand', k => cond(make([], 1, 'bool'), (q: random.Key) => random.normal(q, [2]), (q: random.Key) => random.uniform(q, [2]), k)],
    ['draws that split inside', k => { const [a, b, c] = random.split(k, 3); return [random.permutation(a, 10), random.dirichlet(b, make([2], 1)), random.wald(c, 1, [3])]; }],
  ] as readonly (readonly [string, (k: random.Key) => unknown])[])('%s', (_name, right) => { expect(() => check(right)).not.toThrow(); });
  test('what is not watched, and draws are the same', () => {
    const twice = (k: random.Key): number[] => [...numbers(random.normal(k, [2])), ...numbers(random.normal(k, [2]))];
    expect(twice(key).slice(0, 2)).toEqual(twice(key).slice(2));
    const once = (k: random.Key): number[] => numbers(random.normal(k, [2]));
    expect(random.checkKeys(once)(key)).toEqual(once(key));
    // After an error nothing is watched any more.
    expect(() => random.checkKeys(twice)(key)).toThrow('used before');
    expect(twice(key).length).toBe(4);
  });
});
