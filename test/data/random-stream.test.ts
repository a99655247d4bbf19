import { describe, expect, it } from 'vitest';
import { RandomStream, shuffledIndices } from '../../src/data/random-stream.ts';

describe('RandomStream', () => {
  it('gives the same numbers on every machine', () => {
    const stream = new RandomStream(123, 4);
    expect([stream.bits(), stream.bits(), stream.uniform(), stream.between(-1, 1), stream.below(10), stream.bell()]).toEqual([72827851, 5506363, 0.4330323338508606, 0.9791306257247925, 8, -1.8849996512908505]);
  });

  it('is uniform, stays in its ranges, and has the moments it promises', () => {
    const stream = new RandomStream(0, 0);
    const count = 200_000;
    const tenths = new Uint32Array(10);
    let [sum, squares, most] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const tenth = stream.below(10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      const bell = stream.bell();
      sum += bell;
      squares += bell * bell;
      most = Math.max(most, Math.abs(bell));
    }
    for (const tenth of tenths) expect(Math.abs(tenth - count / 10)).toBeLessThan(5 * Math.sqrt(count * 0.09));
    expect(Math.abs(sum / count)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.02);
    expect(most).toBeLessThan(3.4642);
  });

  it('gives neighbouring streams that do not resemble each other', () => {
    // Over 4,000 neighbouring streams the first number is as uniform as over one stream.
    const quarters = new Uint32Array(16);
    for (let index = 0; index < 4000; index++) {
      const here = Math.floor(4 * new RandomStream(1, index).uniform());
      const next = Math.floor(4 * new RandomStream(1, index + 1).uniform());
      quarters[4 * here + next] = (quarters[4 * here + next] ?? 0) + 1;
    }
    for (const pair of quarters) expect(Math.abs(pair - 250)).toBeLessThan(80);
  });
});

describe('shuffledIndices', () => {
  it('is a permutation that the seed decides', () => {
    for (const count of [0, 1, 2, 1000]) expect(shuffledIndices(count, 3).sort()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
    expect(shuffledIndices(100, 3)).toEqual(shuffledIndices(100, 3));
    expect(shuffledIndices(100, 3)).not.toEqual(shuffledIndices(100, 4));
  });

  it('reaches all orders equally often', () => {
    const orders = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = shuffledIndices(3, seed).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
