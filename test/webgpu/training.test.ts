// Small networks trained on WebGPU and on the reference: the same losses, within what float32 allows; memory that does not grow.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { getBackend, jit, nn, np, optim, random, setBackend, tensor, valueAndGrad, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

const before = getBackend();
beforeAll(installSoftwareGpu);
afterAll(async () => { await setBackend(before); });

/** Losses of a run, some in the midst and the last; `memory` is read at each. */
async function mlp(steps: number, memory: () => number): Promise<{ readonly losses: readonly number[]; readonly bytes: readonly number[] }> {
  const net = nn.seq(nn.dense(16), nn.tanh, nn.dense(1));
  const [x, y] = [tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), tensor([[0], [1], [1], [0]])];
  const optimizer = optim.adam(0.02);
  let params = nn.init(net, random.key(3), zeros([4, 2]));
  type Params = typeof params;
  let state = optimizer.init(params);
  type State = typeof state;
  const step = jit((p: Params, s: State, a: Tensor<[4, 2]>, b: Tensor<[4, 1]>): [Params, State, Scalar] => {
    const [loss, gradient] = valueAndGrad((q: Params): Scalar => nn.squaredError(nn.apply(net, q, a), b))(p);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  }, { donate: [0, 1] });
  const [losses, bytes]: [number[], number[]] = [[], []];
  for (let k = 0; k < steps; k++) {
    const [p, s, loss] = step(params, state, x, y);
    [params, state] = [p, s];
    if (k % 20 === 19) { losses.push(await loss.item()); bytes.push(memory()); }
    loss[Symbol.dispose]();
  }
  return { losses, bytes };
}
async function conv(steps: number): Promise<readonly number[]> {
  const net = <N extends number>(x: Tensor<[N, 8, 8, 1]>) => nn.from(x, nn.conv(4, 3, { padding: 'same' }), nn.tanh, nn.avgPool(2), nn.conv(6, 3), nn.relu, nn.flatten, nn.dense(3))(x);
  const x = np.reshape(np.sin(np.linspace(0, 511, 512)), [8, 8, 8, 1]) as Tensor<[8, 8, 8, 1]>;
  const labels = tensor([0, 1, 2, 0, 1, 2, 0, 1], 'i32');
  const optimizer = optim.sgd(0.1);
  let params = nn.init(net, random.key(5), x);
  type Params = typeof params;
  let state = optimizer.init(params);
  type State = typeof state;
  const step = jit((p: Params, s: State, images: Tensor<[8, 8, 8, 1]>): [Params, State, Scalar] => {
    const [loss, gradient] = valueAndGrad((q: Params): Scalar => nn.crossEntropy(nn.apply(net, q, images), labels))(p);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  }, { donate: [0, 1] });
  const losses: number[] = [];
  for (let k = 0; k < steps; k++) {
    const [p, s, loss] = step(params, state, x);
    [params, state] = [p, s];
    losses.push(await loss.item());
  }
  return losses;
}
/** Rounding of single steps grows with their number: a thousand units in the last place over some dozens of steps. */
function expectNear(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  if (!runsKernels) return;
  got.forEach((g, i) => { expect(Math.abs(g - (want[i] ?? NaN))).toBeLessThan(1e-4); });
}
const used = (): number => { const b = currentBackend(); return b instanceof WebGpuBackend ? b.device.pool.used + b.device.pool.pooled : 0; };

it('a multilayer perceptron with Adam, its state donated', async () => {
  await setBackend('reference');
  const want = await mlp(200, () => 0);
  await setBackend('webgpu');
  const { losses, bytes } = await mlp(200, used);
  expectNear(losses, want.losses);
  expect((want.losses.at(-1) ?? NaN) < 0.5 * (want.losses[0] ?? NaN)).toBe(true);
  expect(bytes.at(-1)).toBe(bytes[3]);
});
it('a network of convolutions', async () => {
  await setBackend('reference');
  const want = await conv(6);
  await setBackend('webgpu');
  expectNear(await conv(6), want);
});
