// Every named tile of the template of products against the reference, on shapes with edges, of operands that are stored any way.
import { describe, it } from 'vitest';
import { tileName, tiles } from '../../kernels/wgsl/gemm.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { check, named, product, seed, ways } from './products.ts';

describe('products in tiles of', () => {
  it.each(tiles.map((t, i) => [tileName(t), t, i] as const))('%s', async (name, t, i) => {
    const dice = new Dice(seed + i);
    const edge = (n: number): number => dice.pick([n, n + 4, n - 3, n + 1], n);
    const [a, b] = ways[(seed + i) % 4] ?? ways[0];
    await check([product(edge(t.rows), edge(t.columns), edge(t.depth), a, b)], named(name), new RegExp(`${name}$`));
  }, 60_000);
});
