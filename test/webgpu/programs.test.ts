// Random programs on WebGPU against the reference: of floats, and of all dtypes where nothing depends on rounding; a network that trains.
import { afterAll, describe, expect, it } from 'vitest';
import { dtypes } from '../../src/dtype/dtype.ts';
import { getBackend, jit, makeJaxpr, nn, np, optim, random, setBackend, tensor, tree, valueAndGrad, type Tensor } from '../../src/index.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { mixedProgram } from '../backend/mixedPrograms.ts';
import { randomProgram } from '../backend/randomPrograms.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = await softwareBackend();
const before = getBackend();
afterAll(async () => { await setBackend(before); backend.device.gpu.destroy(); });

describe('programs on webgpu', () => {
  it('random programs equal the reference', async () => {
    for (let k = 0; k < 40; k++) {
      const { jaxpr, inputs } = randomProgram(seed + k);
      await expectLikeReference(backend, jaxpr, inputs, 3e-4, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('random programs of mixed dtypes equal the reference', async () => {
    const known = dtypes.filter(d => d !== 'f64');
    for (let k = 0; k < 30; k++) {
      const { jaxpr, inputs } = mixedProgram(seed + k, 14, known);
      await expectLikeReference(backend, jaxpr, inputs, 1e-6, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('a kernel of many statements for elements that share a word is compiled in little time', async () => {
    // A maximum over 96 places of halves: seven hundred statements for each of the two elements of a word.
    const { jaxpr, inputs } = mixedProgram(1001439, 14, dtypes.filter(d => d !== 'f64'));
    await expectLikeReference(backend, jaxpr, inputs, 1e-6);
  });
  it('a result may lie where an operand of another result lay', async () => {
    // What the largest is added to is stored where the running sum lay, which the product is computed from.
    const { jaxpr } = makeJaxpr((x: Tensor<[5]>) => {
      const [sum, moved] = [np.cumsum(x), np.add(x, np.max(x))];
      return [np.cumsum(moved), np.cumsum(np.multiply(sum, moved))] as const;
    })(tensor([1, 2, 3, 4, 5]));
    const inputs = [{ shape: [5], dtype: 'f32' as const, data: Float32Array.of(1, 2, 4, 8, 16) }];
    await expectLikeReference(backend, jaxpr, inputs, 1e-6);
  });
  it('a network trains as on the reference', async () => {
    const losses = async (name: string): Promise<readonly number[]> => {
      await setBackend(name);
      const net = nn.seq(nn.dense(8), nn.relu, nn.dense(3));
      const x = random.normal(random.key(1), [16, 4]);
      const y = tensor(Array.from({ length: 16 }, (_, i) => i % 3), 'i32') as Tensor<[16], 'i32'>;
      const params = nn.init(net, random.key(0), x);
      const adam = optim.adam(0.05);
      const step = jit((p: typeof params, s: ReturnType<typeof adam.init<typeof params>>, a: typeof x, b: typeof y) => {
        const [loss, grads] = valueAndGrad((q: typeof params) => np.mean(nn.crossEntropy(nn.apply(net, q, a), b)))(p);
        const [updates, next] = adam.update(grads, s, p);
        return [optim.applyUpdates(p, updates), next, loss] as const;
      });
      let [p, s] = [params, adam.init(params)];
      const out: Tensor<[]>[] = [];
      for (let k = 0; k < 8; k++) { const [p2, s2, loss] = step(p, s, x, y); [p, s] = [p2, s2]; out.push(loss); }
      expect(tree.leaves(p).length).toBe(4);
      return Promise.all(out.map(l => l.item()));
    };
    const [want, got] = [await losses('reference'), await losses('webgpu')];
    expect(got.length).toBe(want.length);
    if (!runsKernels) return;
    got.forEach((l, k) => expect(Math.abs(l - (want[k] ?? NaN)), `step ${k}`).toBeLessThan(1e-5));
    expect(got.at(-1)).toBeLessThan(got[0] ?? 0);
  });
});
