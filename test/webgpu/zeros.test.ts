// Literal zeros as operands: drivers' compilers take x * 0 for 0 whatever x is, 0 / x too, and x + 0 for x, unless the zero is hidden.
import { afterAll, expect, it } from 'vitest';
import { np } from '../../src/index.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { stage } from '../../src/trace/scope.ts';
import { expectBitsOfReference, softwareBackend } from './harness.ts';

const untyped = <F>(f: unknown): F => f as F;
type Two = (a: AnyTensor | number, b: AnyTensor | number) => AnyTensor;
const [add, subtract, multiply, divide] = [np.add, np.subtract, np.multiply, np.divide].map(f => untyped<Two>(f)) as [Two, Two, Two, Two];
const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

it('keep NaN, infinities and the sign of zero', async () => {
  const { jaxpr } = stage('zeros', [{ shape: [6], dtype: 'f32' }], ([x = expect.fail('no operand')]) => [
    multiply(x, 0), multiply(-0, x), divide(0, x), divide(x, 0), add(x, 0), subtract(0, x), subtract(x, -0),
  ]);
  await expectBitsOfReference(backend, jaxpr, [{ shape: [6], dtype: 'f32', data: Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 2) }]);
});
