// Programs longer than a kernel: cut near the middle of what grew too long, so that there are few kernels, each of them made in few attempts, however deep
// the program is.
import { expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { stepsOf } from '../../src/compile/steps.ts';
import { lengthOf } from '../../src/compile/wgsl/scalar.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul } from '../../src/primitive/arithmetic.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { lt, ne } from '../../src/primitive/comparison.ts';
import { and } from '../../src/primitive/logical.ts';
import { rem } from '../../src/primitive/rounding.ts';
import { select } from '../../src/primitive/select.ts';
import { stage } from '../../src/trace/scope.ts';

const shape = [16] as const;
/** `link` again and again, to a value and another one that does not change. */
const chain = (links: number, link: (z: AnyTensor, y: AnyTensor, k: number) => AnyTensor): Jaxpr => stage('chain', [{ shape, dtype: 'f32' }, { shape, dtype: 'f32' }], ([x = expect.fail('no operand'), y = expect.fail('no operand')]) => {
  let z: AnyTensor = x;
  for (let k = 0; k < links; k++) z = link(z, y, k);
  return [z];
}).jaxpr;
/** The remainder with the sign of the divisor, as `np.remainder` traces it. */
function floored(x: AnyTensor, y: AnyTensor): AnyTensor {
  const rest = rem(x, y);
  const zero = constantLike(0, x);
  return select(and(ne(rest, zero), ne(lt(rest, zero), lt(y, zero))), add(rest, y), rest);
}
const fusible = (): boolean => true;

it('a chain of instructions that are long on a target: the fewest kernels, but for one in two', () => {
  const most = 2000;
  const program = chain(160, (z, y, k) => add(floored(z, add(y, constantLike(k, y))), constantLike(1, z)));
  const { steps } = stepsOf(program, { maxStores: 4, length: { of: lengthOf, load: () => 1, most, inLoop: Infinity }, fusible });
  const lengths = steps.map(s => s.kind !== 'kernel' ? NaN : s.kernel.nodes.reduce((n, x) => n + (x.kind === 'op' ? lengthOf(x.op, x.from, x.dtype, x.params) : 0), 0));
  for (const n of lengths) expect(n).toBeLessThanOrEqual(most + 200);
  expect(steps.length).toBeLessThanOrEqual(2 * lengths.reduce((p, q) => p + q, 0) / most + 1);
});
it('a chain of thousands of equations: kernels of a hundred and more, in a stack of any size, and the same values', () => {
  const program = chain(3000, (z, y, k) => mul(add(z, mul(y, constantLike(k % 7, y))), constantLike(0.5, z)));
  const { steps } = stepsOf(program, { maxStores: 4, fusible });
  expect(steps.length).toBeLessThan(9000 / 100);
  const inputs = [1, 2].map(seed => ({ shape, dtype: 'f32' as const, data: Float32Array.from({ length: 16 }, (_, i) => (i * seed) % 5) }));
  const backend = new WasmBackend();
  const [y] = backend.compile(program).run(inputs.map(x => backend.upload(x.data, x)), [false, false]);
  expect(backend.downloadSync(y ?? expect.fail('no result'), { shape, dtype: 'f32' })).toEqual(evaluateJaxpr(program, inputs)[0]?.data);
});
