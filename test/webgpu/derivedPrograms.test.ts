// Derivatives and batches of random programs on WebGPU against the reference.
import { describe, expect, it } from 'vitest';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { arrayOf, elementOf, stack } from '../../laws/array.ts';
import { refusesMode, Point } from '../../laws/point.ts';
import { Random } from '../../laws/random.ts';
import { randomProgram } from '../backend/randomPrograms.ts';
import { expectLikeReference, refusal, softwareBackend } from './harness.ts';
import { missing } from './missing.ts';

// The same programs each time: a software adapter needs minutes to compile some of the shaders that chance makes.
const seed = Number(process.env['SEED'] ?? 20);
const count = 12;
const backend = await softwareBackend();

/** Compares a program with the reference; false where it is refused for what is listed. */
async function agrees(jaxpr: Jaxpr, inputs: readonly NDArray[], bound: number, what: () => string): Promise<boolean> {
  const refused = refusal(backend, jaxpr);
  if (refused !== null) {
    expect(missing, refused).toContain(/no (?:kernel for )?(\w+) of /.exec(refused)?.[1]);
    return false;
  }
  await expectLikeReference(backend, jaxpr, inputs, bound, what);
  return true;
}
const rounded = (x: NDArray): NDArray => arrayOf(x, i => elementOf(x, i));
const some = (xs: readonly (NDArray | null)[]): readonly NDArray[] => xs.filter(x => x !== null);
type Derived = readonly [name: string, (p: Point, random: Random) => readonly [Jaxpr, readonly NDArray[]]];
const derived: readonly Derived[] = [
  ['f', p => [p.jaxpr, p.inputs]],
  ['jvp', (p, random) => [p.jvp.jaxpr, [...p.inputs, ...some(p.tangents(random))]]],
  ['vjp', (p, random) => [p.vjp.jaxpr, [...p.inputs, ...some(p.cotangents(random).filter((_, i) => p.vjp.outActive[i]))]]],
  ['vmap', (p, random) => { const examples = [p.example(random), p.inputs]; return [batchJaxpr(p.jaxpr, 2, p.inputs.map(() => true)).jaxpr, p.inputs.map((x, i) => stack(examples.map(e => e[i] ?? x), x, 0))]; }],
];

describe('random programs on webgpu', () => {
  it('their derivatives and batches equal the reference', async () => {
    let compared = 0;
    for (let k = 0; k < count; k++) {
      const random = new Random(seed + k);
      const point = new Point(randomProgram(seed + k, 9));
      for (const [name, make] of derived) {
        try {
          const [jaxpr, given] = make(point, random);
          const inputs = given.map(rounded);
          const what = (): string => `${name}, seed ${seed + k}\n${printJaxpr(jaxpr)}`;
          // Errors of a dozen bounded equations, of derivatives and of their sums.
          if (await agrees(jaxpr, inputs, name === 'f' || name === 'vmap' ? 3e-4 : 3e-3, what)) compared++;
        } catch (error) { if (!refusesMode(error)) throw error; }
      }
    }
    expect(compared).toBeGreaterThan(2 * count);
  });
});
