// threefry2x32 and randomBits: published known answers, JAX's bits, keys under vmap.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { randomBits, threefry2x32 } from '../../src/primitive/threefry.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { array, namesOf, program, run, run1, values } from './hostPrograms.ts';

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/prng/${name}`, import.meta.url), 'utf8');
const u32 = (xs: readonly number[]) => array([xs.length], 'u32', xs);

interface Golden { readonly shape: readonly number[]; readonly data: readonly number[] }
const seeds = ['0', '1', '42', '2147483647'];
function golden(seed: string, name: string): Golden {
  const all = JSON.parse(fixture('jax_0.10.2_prng_golden.json')) as Readonly<Record<string, Readonly<Record<string, Golden>>>>;
  const found = all[seed]?.[name];
  if (found === undefined) throw new Error(`no golden ${name} for seed ${seed}`);
  return found;
}

describe('threefry2x32', () => {
  const vectors = fixture('threefry2x32_kat.txt').split('\n').filter(l => /^[0-9a-f]{8}/.test(l)).map(l => l.trim().split(/\s+/).map(h => Number.parseInt(h, 16)));
  test('Random123\'s known answers', () => {
    expect(vectors.length).toBe(3);
    const column = (i: number) => u32(vectors.map(v => v[i] ?? NaN));
    const out = run((k0, k1, x0, x1) => threefry2x32(k0, k1, x0, x1), column(2), column(3), column(0), column(1));
    expect(out.map(values)).toEqual([vectors.map(v => v[4]), vectors.map(v => v[5])]);
  });
  test('refuses other dtypes and unequal shapes', () => {
    const one = u32([1]);
    expect(() => run((a, b, c, d) => threefry2x32(a, b, c, d), one, one, one, u32([1, 2]))).toThrow('threefry2x32: shapes differ');
    expect(() => run(x => threefry2x32(x, x, x, x), array([1], 'i32', 0))).toThrow('threefry2x32: takes u32 keys and counters, got i32[1]');
  });
});

describe('randomBits', () => {
  test.each(seeds)('JAX\'s bits for seed %s', seed => {
    const key = u32(golden(seed, 'key_data').data);
    for (const name of ['bits_5', 'bits_2x3']) {
      const { shape, data } = golden(seed, name);
      expect(run1(k => randomBits(k, shape), key)).toEqual(array(shape, 'u32', data));
    }
    expect(values(run1(k => randomBits(k, [5], 'u8'), key))).toEqual(golden(seed, 'bits_u8_5').data);
  });
  test('each key of a batch draws what it draws alone, by one equation', () => {
    const keys = seeds.map(s => golden(s, 'key_data').data);
    const { jaxpr } = batchJaxpr(program([{ shape: [2], dtype: 'u32' }], k => randomBits(k, [5])), seeds.length, [true]);
    expect(namesOf(jaxpr)).toEqual(['randomBits']);
    expect(values(evaluateJaxpr(jaxpr, [array([seeds.length, 2], 'u32', keys.flat())])[0])).toEqual(seeds.flatMap(s => golden(s, 'bits_5').data));
  });
  test('refusals', () => {
    expect(() => run1(k => randomBits(k, [5]), u32([1, 2, 3]))).toThrow('randomBits: a key has two words in its last axis, got [3]');
    expect(() => run1(k => randomBits(k, [5]), array([2], 'i32', 0))).toThrow('randomBits: a key has dtype u32, got i32[2]; make one with random.key(seed)');
    expect(() => run1(k => randomBits(k, [-1]), u32([1, 2]))).toThrow('randomBits: [-1] is not a shape');
  });
});
