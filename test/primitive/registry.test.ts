// The registry: every record under its own name, users' records beside them, no name twice.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtins, primitiveByName, primitives, registerPrimitive } from '../../src/primitive/index.ts';
import { Random } from './hostPrograms.ts';

test('each record stands under its own name, once', () => {
  for (const [name, record] of Object.entries(builtins)) {
    expect(record.name).toBe(name);
    expect(primitiveByName(name)).toBe(record);
  }
  expect(new Set(primitives).size).toBe(primitives.length);
});

test('every record that a file of this floor defines is registered', () => {
  const folder = new URL('../../src/primitive/', import.meta.url);
  const defined = readdirSync(folder).flatMap(f => [...readFileSync(new URL(f, folder), 'utf8').matchAll(/^export const (\w+)P\b/gm)].map(m => m[1] ?? ''));
  expect(defined.length).toBeGreaterThan(60);
  expect(Object.keys(builtins).sort()).toEqual(defined.sort());
});

test('a user\'s record is found by its name, and no name can be taken twice', () => {
  const mine = { ...builtins.neg, name: 'registryTestNegation' };
  expect(registerPrimitive(mine)).toBe(mine);
  expect(primitiveByName('registryTestNegation')).toBe(mine);
  expect(() => registerPrimitive({ ...mine })).toThrow("a primitive named 'registryTestNegation' exists already; choose another name");
  expect(() => registerPrimitive({ ...builtins.neg })).toThrow("a primitive named 'neg' exists already");
  expect(primitiveByName('noSuchPrimitive')).toBeUndefined();
});

test('every sample is well typed', () => {
  const random = new Random(6);
  for (const p of primitives) for (let s = 0; s < 20; s++) {
    const { operands, params } = p.sample(random);
    expect(p.type(operands.map(o => o.aval), params).every(a => a.shape.every(n => Number.isInteger(n) && n >= 0)), p.name).toBe(true);
  }
});
