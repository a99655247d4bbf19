// What users define themselves on WebGPU: what has a decomposition runs, what is a function of the host is refused in words that say what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customVjp, definePrimitive, explain, getBackend, grad, jit, linearize, np, scan, setBackend, tensor, type Float, type Scalar, type Shape, type Tensor } from '../../src/index.ts';
import { expectComputed } from './harness.ts';
import { installSoftwareGpu } from './software.ts';

const before = getBackend();
beforeAll(async () => { await installSoftwareGpu(); await setBackend('webgpu'); });
afterAll(async () => { await setBackend(before); });

describe('a primitive of the user', () => {
  it('that has a function of the host beside its decomposition runs by the latter, in bodies and with calls inside', async () => {
    let asked = 0;
    const cube = jit((x: Tensor<Shape>) => np.multiply(np.multiply(x, x), x));
    const { call } = definePrimitive({
      name: 'test.webgpu.cube', decomposition: (x: Tensor<Shape>) => cube(x),
      evaluate([x], _params, [out]) { asked++; x?.data.forEach((v, i) => { if (out !== undefined) out.data[i] = v ** 3; }); },
      sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: 'f32' } }] }),
    });
    expectComputed(await call(tensor([2, -1])).data(), [8, -1]);
    const turns = (x: Tensor<[2]>): Tensor<[2]> => scan((c: Tensor<[2]>, _: null) => [np.add(call(c) as Tensor<[2]>, 1), null], x, null, { length: 2 })[0];
    expectComputed(await jit(turns)(tensor([0, 1])).js(), [2, 9]);
    expectComputed(await grad((x: Tensor<[2]>) => np.sum(call(x)) as Scalar)(tensor([2, 1])).js(), [12, 3]);
    expect(asked).toBe(0);
  });
  it('that is a function of the host is refused when it is compiled, with the remedy', async () => {
    const { call } = definePrimitive<(x: Tensor<Shape, Float>) => Tensor<Shape, Float>>({
      name: 'test.webgpu.hosted', type: ([x]) => x === undefined ? [] : [x], evaluate() { /* Nobody asks. */ }, sample: () => ({ operands: [] }),
    });
    await expect((async () => call(tensor([1])).data())()).rejects.toThrow(
      "webgpu: test.webgpu.hosted is a function of the host, which no device runs; give definePrimitive a decomposition, or run it elsewhere: setBackend('wasm')");
  });
});

it('forward mode through a reverse-mode rule says that it is that', async () => {
  const steep = (x: Scalar): Scalar => customVjp((v: Scalar) => np.sin(v), (v: Scalar) => [np.sin(v), v], (v: Scalar, ct: Scalar) => [np.multiply(ct, v)])(x);
  await expect((async () => linearize(steep, tensor(1))[1](tensor(1)).item())()).rejects.toThrow(/^customVjp: .* has a reverse-mode rule only; jvp, linearize and jacfwd need customJvp/);
});

it('explain shows the program after each pass, then its dispatches', () => {
  const text = explain((x: Tensor<[3]>) => np.sum(np.multiply(np.sin(x), np.sin(x))))(tensor([1, 2, 3]));
  expect(text).toContain('after common subexpressions: 3 equations\n');
  expect(text).toMatch(/\nafter dead code: the same\nkernels \(webgpu\): 1 dispatches in the program, 1 pipelines\n/);
});
