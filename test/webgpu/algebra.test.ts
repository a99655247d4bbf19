// What compilers of shaders would simplify, were it not hidden from them: on SwiftShader alone (x + 0.7) + 0.3 became x + 1, x / 0.7 was multiplied by
// the inverse, and (x / y) * y was x where y is zero. Every value is the reference's to the bit, whatever is computed near it.
import { afterAll, it } from 'vitest';
import { makeJaxpr, np, zeros, type Tensor } from '../../src/index.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { expectBitsOfReference, softwareBackend } from './harness.ts';

const untyped = <F>(f: unknown): F => f as F;
type Two = (a: AnyTensor | number, b: AnyTensor | number) => AnyTensor;
const [add, sub, mul, div, max, min] = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum].map(f => untyped<Two>(f)) as [Two, Two, Two, Two, Two, Two];
const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

const special = [0, -0, 1, -3, Infinity, -Infinity, NaN];
const pairs = [...special.flatMap(x => special.map(y => [x, y] as const)), ...Array.from({ length: 79 }, (_, i) => [5 * Math.sin(i + 1), 5 * Math.cos(3 * i)] as const)];
const n = pairs.length;
const inputs = [pairs.map(p => p[0]), pairs.map(p => p[1]), pairs.map((_, i) => 2 * Math.sin(7 * i))].map(v => ({ shape: [n], dtype: 'f32' as const, data: Float32Array.from(v) }));
type Three = (x: AnyTensor, y: AnyTensor, z: AnyTensor) => AnyTensor;
const cases: { readonly [about: string]: readonly Three[] } = {
  'an operand that comes back': [
    (x, y) => sub(add(x, y), y), (x, y) => sub(add(x, y), x), (x, y) => add(sub(x, y), y), (x, y) => add(y, sub(x, y)), (x, y) => sub(x, sub(x, y)), (x, y) => sub(x, add(x, y)),
    (x, y) => div(mul(x, y), y), (x, y) => mul(div(x, y), y), (x, y) => mul(y, div(x, y)), (x, y) => div(x, div(x, y)), (x, y) => div(x, mul(x, y)), (x, y) => div(div(x, y), x),
    x => sub(x, x), x => div(x, x),
  ],
  // Each product has one reader: only then compilers would find it.
  'a common factor': [(x, y, z) => add(mul(x, y), mul(x, z)), (_, y, z) => sub(mul(y, z), mul(y, y)), x => add(mul(x, 0.7), mul(x, 0.3)), (_, y, z) => add(mul(y, 0.6), mul(z, 0.6))],
  'two literals of sums': [
    x => add(add(x, 0.7), 0.3), x => sub(add(x, 1e8), 1e8), x => add(sub(x, 1e8), 1e8), x => sub(sub(x, 0.7), 0.3), x => sub(0.7, add(x, 0.3)), x => sub(0.7, sub(x, 0.3)), x => sub(0.7, sub(0.3, x)), x => add(0.7, sub(0.3, x)),
  ],
  'two literals of products': [
    x => mul(mul(x, 0.7), 0.3), x => div(div(x, 0.7), 0.3), x => div(mul(x, 0.7), 0.3), x => mul(div(x, 0.7), 0.3), x => div(0.7, mul(x, 0.3)), x => div(0.7, div(x, 0.3)), x => div(0.7, div(0.3, x)), x => mul(mul(x, 1e30), 1e30),
  ],
  'divisors that have no exact inverse': [x => div(x, 3), x => div(x, 0.7), x => div(x, -10)],
  'zeros of both signs': [(x, y) => max(x, y), (x, y) => min(x, y), x => max(x, 0), x => max(0, x), x => min(x, 0), x => min(-0, x), x => max(-0, x)],
};
it.each(Object.keys(cases))('%s', async about => {
  const x = zeros([n]);
  const { jaxpr } = makeJaxpr((x: Tensor<[number]>, y: Tensor<[number]>, z: Tensor<[number]>) => (cases[about] ?? []).map(f => f(x, y, z)))(x, x, x);
  await expectBitsOfReference(backend, jaxpr, inputs);
});
