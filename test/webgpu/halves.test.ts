// Half precision where a device keeps halves: no software adapter does, so Dawn's null backend checks every candidate of every template, and the
// kernels that have none, and runs nothing. What halves taken out of words compute is tested beside the other dtypes.
import { expect, it } from 'vitest';
import { defaultScan } from '../../kernels/wgsl/scan.ts';
import { defaultMapSchedule } from '../../src/compile/wgsl/mapSchedule.ts';
import { defaultSchedule } from '../../src/compile/wgsl/schedule.ts';
import { grad, lax, makeJaxpr, nn, np, scan, vjp, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';

process.env['WEBGPU_ADAPTER'] = 'null';
const { dispatchesOf } = await import('../../src/backend/webgpu/commands.ts');
const { product, programOf, ways } = await import('./products.ts');
const { softwareBackend } = await import('./harness.ts');

type Half<S extends readonly number[]> = Tensor<S, 'f16'>;
type Heads = Half<[40, 2, 8]>;
type Image = Half<[2, 12, 12, 4]>;
type Norm = { readonly scale: Half<[64]>; readonly bias: Half<[64]> };
const [matrix, heads, image, kernel, norm] = [zeros([64, 96], 'f16'), zeros([40, 2, 8], 'f16'), zeros([2, 12, 12, 4], 'f16'), zeros([3, 3, 4, 8], 'f16'), { scale: zeros([64], 'f16'), bias: zeros([64], 'f16') }];
const convolved = (x: Image, k: Half<[3, 3, 4, 8]>): Half<[2, 12, 12, 8]> => lax.convGeneral(x, k, { strides: [1, 1], padding: 'same' });
const programs: { readonly [name: string]: () => Jaxpr } = {
  products: () => programOf([...ways.map(([a, b]) => product(64, 64, 64, a, b)), product(32, 32, 20, false, true, [3]), product(4, 8, 4096, false, false), product(1, 64, 256, false, false), product(64, 1, 256, true, false)], 'f16'),
  'a layer': () => makeJaxpr((x: Half<[64, 96]>, w: Half<[96, 64]>, b: Half<[64]>) => nn.relu(np.add(np.matmul(x, w), b)))(matrix, zeros([96, 64], 'f16'), zeros([64], 'f16')).jaxpr,
  'convolutions and their gradients': () => makeJaxpr((x: Image, k: Half<[3, 3, 4, 8]>, ct: Half<[2, 12, 12, 8]>) => { const [y, pull] = vjp(convolved, x, k); return [y, pull(ct)] as const; })(image, kernel, zeros([2, 12, 12, 8], 'f16')).jaxpr,
  'attention and its gradients': () => makeJaxpr((q: Heads, k: Heads, v: Heads) => { const [y, pull] = vjp((a: Heads, b: Heads, c: Heads): Heads => nn.attention(a, b, c, { causal: true }), q, k, v); return [y, pull(y)] as const; })(heads, heads, heads).jaxpr,
  softmax: () => makeJaxpr((x: Half<[64, 96]>, long: Half<[4, 50304]>) => [nn.softmax(x), nn.logSoftmax(x), nn.softmax(long)] as const)(matrix, zeros([4, 50304], 'f16')).jaxpr,
  'cross entropy': () => makeJaxpr((x: Half<[64, 96]>, labels: Tensor<[64], 'i32'>) => grad((y: Half<[64, 96]>): Scalar<'f16'> => nn.crossEntropy(y, labels))(x))(matrix, zeros([64], 'i32')).jaxpr,
  'layer norm': () => makeJaxpr((p: Norm, x: Half<[32, 64]>) => grad((q: readonly [Norm, Half<[32, 64]>]): Scalar<'f16'> => np.sum(np.square(nn.apply(nn.layerNorm, q[0], q[1]))))([p, x]))(norm, zeros([32, 64], 'f16')).jaxpr,
  'maps and reductions': () => makeJaxpr((x: Half<[64, 96]>) => [np.exp(x), np.transpose(x), np.sum(x), np.max(x, { axis: 1 }), np.mean(x, { axis: 0 }), np.argmax(x, { axis: 1 }), np.power(x, x), np.astype(x, 'f32'), np.tanh(np.sin(x))] as const)(matrix).jaxpr,
  'gather and scatter': () => makeJaxpr((x: Half<[64, 96]>, i: Tensor<[40], 'i32'>) => [np.take(x, i, { axis: 0 }), grad((v: Half<[64, 96]>): Scalar<'f16'> => np.sum(np.square(np.take(v, i, { axis: 0 }))))(x)] as const)(matrix, zeros([40], 'i32')).jaxpr,
  pooling: () => makeJaxpr((x: Image) => grad((y: Image): Scalar<'f16'> => np.sum(nn.maxPool(2)(y)))(x))(image).jaxpr,
  'scans and sorts': () => makeJaxpr((x: Half<[64, 96]>, long: Half<[100_000]>) => [np.cumsum(x, { axis: 1 }), np.cumsum(long), np.sort(x, { axis: 1 }), np.sort(long)] as const)(matrix, zeros([100_000], 'f16')).jaxpr,
  loops: () => makeJaxpr((h: Half<[32]>, xs: Half<[5, 32]>) => scan((c: Half<[32]>, x: Half<[32]>) => { const next = np.tanh(np.add(c, x)); return [next, np.sum(next)] as const; }, h, xs))(zeros([32], 'f16'), zeros([5, 32], 'f16')).jaxpr,
};

const seen = new Map<string, Set<string>>();
it.each(Object.entries(programs))('%s', async (name, program) => {
  const jaxpr = program();
  const names = new Set<string>();
  seen.set(name, names);
  let most = 1;
  for (let k = 0; k < most; k++) {
    const backend = await softwareBackend({
      nativeHalf: true, mapSchedule: defaultMapSchedule, schedule: defaultSchedule, scan: defaultScan,
      choose: p => { most = Math.max(most, p.candidates.length); return p.candidates[k] ?? p.preferred; },
    });
    expect(backend.device.gpu.features.has('shader-f16')).toBe(true);
    const executable = backend.compile(jaxpr);
    const dispatches = dispatchesOf(executable.program.commands);
    for (const d of dispatches) names.add(d.name);
    expect(dispatches.some(d => d.shader.code.includes('f16') || d.shader.code.includes('vec4h'))).toBe(true);
    await executable.ready();
    backend.device.gpu.destroy();
  }
});
it('templates have been among them: products of all kinds, convolutions, and both halves of attention', () => {
  const all = [...seen.values()].flatMap(names => [...names]);
  for (const name of [/^dotGeneral \d+x\d+x\d+/, /^dotGeneral .*split/, /^conv\w* \d+x\d+x\d+/, /^attention /]) expect(all.filter(n => name.test(n)), `${name}: ${all.join(', ')}`).not.toEqual([]);
});
