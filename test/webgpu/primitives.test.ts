// Every primitive on WebGPU, by a software adapter, against the reference; what has no kernel is an error that names it, and is listed.
import { describe, expect, it } from 'vitest';
import { sampleProgram, scalarPrimitives, specialProgram, testable, toleranceOf, type SampleProgram } from '../backend/samples.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { expectLikeReference, refusal, softwareBackend } from './harness.ts';
import { missing } from './missing.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Series and continued fractions take a second to compile each time: one sample of them, and what test/webgpu/special.test.ts measures. */
const roundsOf = (p: Primitive): number => p.properties.elementwise && !p.properties.cheap && p.lowering.kind === 'scalar' ? 1 : 4;
const backend = await softwareBackend();

async function expectReference(p: Primitive, { jaxpr, inputs, what }: SampleProgram): Promise<void> {
  const refused = refusal(backend, jaxpr);
  if (refused !== null) {
    // float64 does not exist on a GPU; whatever else is refused is on the list.
    if (!/\bf64\b/.test(refused)) expect(missing, refused).toContain(p.name);
    return;
  }
  await backend.compile(jaxpr).ready();
  await expectLikeReference(backend, jaxpr, inputs, toleranceOf(p), what);
}

describe('every primitive on webgpu', () => {
  it.each(testable.map(p => [p.name, p] as const))('%s equals the reference, or is refused by name', async (_name, p) => {
    for (let k = 0; k < roundsOf(p); k++) await expectReference(p, sampleProgram(p, seed, k));
  });
  it.each(scalarPrimitives.map(p => [p.name, p] as const))('%s at special values', async (_name, p) => { await expectReference(p, specialProgram(p)); });
  it('what is listed as missing is missing', () => {
    const there = missing.filter(name => {
      const p = testable.find(x => x.name === name) ?? expect.fail(`there is no ${name}`);
      return Array.from({ length: 12 }, (_, k) => refusal(backend, sampleProgram(p, seed, k).jaxpr)).every(r => r === null);
    });
    expect(there).toEqual([]);
  });
});
