// The kernels of fixed programs, as text to be read and compared: what a device with the limits of every desktop gets. `npm run wgsl` writes the files
// of golden/; the tests compare them. No device is needed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { defaultScan } from '../../kernels/wgsl/scan.ts';
import { byShape, chosenBy } from '../../kernels/wgsl/templates.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { keyOf } from '../../src/compile/wgsl/shader.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { compileProgram, type Limits } from '../../src/backend/webgpu/program.ts';
import { cond, grad, lax, makeJaxpr, nn, np, ones, optim, random, scan, whileLoop, zeros, type Key, type Scalar, type Tensor } from '../../src/index.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';

const rows = (): Tensor<[64, 256]> => zeros([64, 256]);
/** 40 queries of two heads, each of eight numbers: the last tile of rows is not full. */
type Heads = Tensor<[40, 2, 8]>;
const heads = (): Heads => zeros([40, 2, 8]);
type Layer = { readonly w: Tensor<[128, 64]>; readonly b: Tensor<[64]> };

/** Every program by the name of its file. */
const programs: { readonly [name: string]: () => Jaxpr } = {
  elementwise: () => makeJaxpr((x: Tensor<[64, 256]>, y: Tensor<[256]>) => np.multiply(np.exp(np.negative(np.square(x))), np.add(np.tanh(y), 1)))(rows(), zeros([256])).jaxpr,
  softmax: () => makeJaxpr((x: Tensor<[64, 256]>) => nn.softmax(x))(rows()).jaxpr,
  'softmax-online': () => makeJaxpr((x: Tensor<[64, 50304]>) => nn.softmax(x))(zeros([64, 50304])).jaxpr,
  turned: () => makeJaxpr((x: Tensor<[512, 256]>, y: Tensor<[250, 300], 'u8'>, z: Tensor<[64, 36], 'u8'>) => [np.transpose(x), np.astype(np.transpose(y), 'i32'), np.transpose(z)] as const)(zeros([512, 256]), zeros([250, 300], 'u8'), zeros([64, 36], 'u8')).jaxpr,
  'sum-subgroups': () => makeJaxpr((x: Tensor<[1_000_000]>) => np.sum(x))(zeros([1_000_000])).jaxpr,
  'layer-norm': () => makeJaxpr((p: { readonly scale: Tensor<[256]>; readonly bias: Tensor<[256]> }, x: Tensor<[64, 256]>) => nn.apply(nn.layerNorm, p, x))({ scale: ones([256]), bias: zeros([256]) }, rows()).jaxpr,
  gemm: () => makeJaxpr((x: Tensor<[512, 256]>, w: Tensor<[256, 512]>) => np.matmul(x, w))(zeros([512, 256]), zeros([256, 512])).jaxpr,
  conv: () => makeJaxpr((x: Tensor<[8, 28, 28, 8]>, k: Tensor<[3, 3, 8, 16]>) => lax.convGeneral(x, k, { strides: [1, 1], padding: 'same' }))(zeros([8, 28, 28, 8]), zeros([3, 3, 8, 16])).jaxpr,
  attention: () => makeJaxpr((q: Heads, k: Heads, v: Heads) => nn.attention(q, k, v, { causal: true }))(heads(), heads(), heads()).jaxpr,
  'attention-gradients': () => makeJaxpr((q: Heads, k: Heads, v: Heads, ct: Heads) => grad((all: readonly [Heads, Heads, Heads]): Scalar => np.sum(np.multiply(nn.attention(...all, { causal: true }), ct)))([q, k, v]))(heads(), heads(), heads(), heads()).jaxpr,
  random: () => makeJaxpr((k: Key) => random.bits(k, [100]))(random.key(0)).jaxpr,
  scatter: () => makeJaxpr((x: Tensor<[100, 16]>, i: Tensor<[40], 'i32'>) => grad((v: Tensor<[100, 16]>): Scalar => np.sum(np.square(np.take(v, i, { axis: 0 }))))(x))(zeros([100, 16]), zeros([40], 'i32')).jaxpr,
  cumsum: () => makeJaxpr((x: Tensor<[64, 256]>) => np.cumsum(x, { axis: 1 }))(rows()).jaxpr,
  'cumsum-long': () => makeJaxpr((x: Tensor<[100_000]>) => np.cumsum(x))(zeros([100_000])).jaxpr,
  sort: () => makeJaxpr((x: Tensor<[4096]>) => np.sort(x))(zeros([4096])).jaxpr,
  packed: () => makeJaxpr((x: Tensor<[5, 9], 'u8'>, y: Tensor<[5, 9], 'f16'>) => [np.add(x, 3), np.greater(y, 0), np.add(y, 0.5), np.max(x, { axis: 1 })] as const)(zeros([5, 9], 'u8'), zeros([5, 9], 'f16')).jaxpr,
  cond: () => makeJaxpr((p: Tensor<[], 'bool'>, x: Tensor<[64]>) => cond(p, (y: Tensor<[64]>): Tensor<[64]> => np.sin(y), (y: Tensor<[64]>): Tensor<[64]> => np.cumsum(y), x))(ones([], 'bool'), zeros([64])).jaxpr,
  scan: () => makeJaxpr((h: Tensor<[32]>, xs: Tensor<[20, 32]>) => scan((c: Tensor<[32]>, x: Tensor<[32]>) => { const next = np.tanh(np.add(c, x)); return [next, np.sum(next)] as const; }, h, xs))(zeros([32]), zeros([20, 32])).jaxpr,
  'while': () => makeJaxpr((x: Tensor<[64]>) => whileLoop((y: Tensor<[64]>) => np.less(np.sum(y), 100), (y: Tensor<[64]>): Tensor<[64]> => np.add(y, 1), x))(zeros([64])).jaxpr,
  'mlp-step': () => makeJaxpr((p: Layer, x: Tensor<[32, 128]>, labels: Tensor<[32], 'i32'>) => {
    const gradient = grad((q: Layer): Scalar => nn.crossEntropy(np.add(np.matmul(x, q.w), q.b), labels))(p);
    const sgd = optim.sgd(0.1);
    return optim.applyUpdates(p, sgd.update(gradient, sgd.init(p), p)[0]);
  })({ w: zeros([128, 64]), b: ones([64]) }, zeros([32, 128]), zeros([32], 'i32')).jaxpr,
};

/** What a desktop's browser has at least. */
const limits: Limits = { maxBindings: 10, maxBindingBytes: 2 ** 27, nativeHalf: false, scheduling: plainScheduling, scan: defaultScan, template: chosenBy({ workgroupBytes: 32768, invocations: 256, bindings: 10, bindingBytes: 2 ** 27 }, byShape) };
const withSubgroups: Limits = { ...limits, scheduling: { ...plainScheduling, subgroups: true } };
/** The kernels of a program, each once, in order. */
export function textOf(jaxpr: Jaxpr, on: Limits = limits): string {
  const { commands, arenaBytes } = compileProgram(jaxpr, on);
  const dispatches = dispatchesOf(commands);
  const seen = new Set<string>();
  const parts = dispatches.flatMap(({ name, shader: { code, bindings, groups }, slot }) => {
    const head = `// ${name}: ${groups} workgroups${slot === null ? '' : ', if it is chosen'}; ${bindings.map(b => `${keyOf(b.place.piece)} ${b.access}`).join(', ')}`;
    if (seen.has(code)) return [`${head}\n// (a kernel that stands above)\n`];
    seen.add(code);
    return [`${head}\n${code.trimEnd()}\n`];
  });
  return `// ${dispatches.length} dispatches, ${seen.size} kernels, ${arenaBytes} bytes for temporaries\n\n${parts.join('\n')}`;
}

const directory = new URL('golden/', import.meta.url);
const pathOf = (name: string): URL => new URL(`${name}.wgsl`, directory);
export const golden: readonly (readonly [name: string, emitted: () => string, committed: () => string])[] =
  Object.entries(programs).map(([name, program]) => [name, () => textOf(program(), name.endsWith('subgroups') ? withSubgroups : limits), () => readFileSync(pathOf(name), 'utf8')]);
/** The names of the files that are there. */
export const files = (): readonly string[] => readdirSync(directory).map(f => f.replace(/\.wgsl$/, '')).sort();

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const f of files()) rmSync(pathOf(f));
  for (const [name, emitted] of golden) writeFileSync(pathOf(name), emitted());
  console.log(`test/webgpu/golden: ${golden.length} files written; look at what changed: git diff test/webgpu/golden`);
}
