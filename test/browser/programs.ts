// Programs as people write them, run alike by Node and by a page on the built package: jit, grad, vmap, scan, convolutions, indexing, random
// numbers, dtypes, special values, and a short training run. What they compute is told as bytes, so that results can be compared to the bit.
import { bestRung } from '../../src/backend/wasm/backend.ts';
import {
  getBackend, grad, hessian, jit, jvp, lax, nn, np, optim, random, scan, setBackend, tensor, tree, valueAndGrad, vmap, zeros, type Scalar, type Tensor,
} from 'cotangent';

/** A tensor of any shape and dtype, as far as it is read here. */
interface Readable { readonly shape: readonly number[]; readonly dtype: string; data(): Promise<ArrayLike<number>> }
export interface Result { readonly dtype: string; readonly values: readonly (number | string)[] }
export interface Report { readonly backend: string; readonly rung: string; readonly results: { readonly [name: string]: Result }; readonly error?: string }

const ramp = (n: number, from: number, to: number): number[] => Array.from({ length: n }, (_, i) => from + (to - from) * i / (n - 1));
const specials = [0, -0, 1, -1, 0.5, -0.5, 2, -2.5, 88.7, -88.7, 104, 1e-30, -1e-6, 3e38, -3e38, 16777217, NaN, Infinity, -Infinity, 3.14159274];
const { abs, ceil, cos, exp, exp2, expm1, floor, log, log1p, log2, negative, reciprocal, round, sign, sin, sqrt, square, tan, tanh, arctan, arcsin, arccos, arcsinh, arccosh, arctanh, sinh, cosh, cbrt } = np;
const unary: { readonly [name: string]: (x: Tensor<[number]>) => Tensor<[number]> } = {
  abs, ceil, cos, exp, exp2, expm1, floor, log, log1p, log2, negative, reciprocal, round, sign, sin, sqrt, square, tan, tanh, arctan, arcsin, arccos, arcsinh, arccosh, arctanh,
  sinh, cosh, cbrt,
};

const net = nn.seq(nn.dense(16), nn.tanh, nn.dense(8), nn.gelu, nn.dense(1));
/** 60 steps of Adam on exclusive or: the losses, and the parameters in the end. */
function training(): { readonly [name: string]: Readable } {
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([[0], [1], [1], [0]]);
  const optimizer = optim.adam(0.03);
  let params = nn.init(net, random.key(3), zeros([4, 2]));
  type Params = typeof params;
  let state = optimizer.init(params);
  type State = typeof state;
  const step = jit((p: Params, s: State): [Params, State, Scalar] => {
    const [loss, gradient] = valueAndGrad((q: Params): Scalar => nn.squaredError(nn.apply(net, q, x), y))(p);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  });
  const losses: Record<string, Readable> = {};
  for (let i = 0; i < 60; i++) {
    const [p, s, loss] = step(params, state);
    [params, state] = [p, s];
    if (i % 10 === 9) losses[`the loss after ${i + 1} steps`] = loss;
  }
  return { ...losses, ...Object.fromEntries(tree.leaves(params).map((leaf, i) => [`parameter ${i} after the training`, leaf])) };
}

const image = (): Tensor<[1, 6, 6, 2]> => np.reshape(tensor(ramp(72, -1, 1)), [1, 6, 6, 2]);
const kernel = (): Tensor<[3, 3, 2, 4]> => np.reshape(np.sin(tensor(ramp(72, 0, 9))), [3, 3, 2, 4]);
const energy = (v: Tensor<[3]>): Scalar => np.sum(np.multiply(v, np.sin(v)));
const wave = (v: Tensor<[3]>): Tensor<[3]> => np.exp(np.cos(v));
type Cell = { readonly w: Tensor<[4, 4]>; readonly h: Tensor<[4]> };
/** A recurrent network of 20 steps, its sum. */
const recurrent = ({ w, h }: Cell): Scalar => {
  const [last, hs] = scan((carry: Tensor<[4]>, x: Scalar): [Tensor<[4]>, Tensor<[4]>] => {
    const next = np.tanh(np.add(np.matmul(carry, w), x));
    return [next, next];
  }, h, np.linspace(-1, 1, 20));
  return np.add(np.sum(last), np.mean(hs));
};
const cell = (): Cell => ({ w: np.reshape(np.cos(tensor(ramp(16, 0, 5))), [4, 4]), h: np.astype(tensor([0.1, 0.2, 0.3, 0.4]), 'f32') });

function inDoubles(): { readonly [name: string]: Readable } {
  const x = np.astype(tensor(ramp(41, -2, 2)), 'f64');
  return {
    'double precision': np.tanh(np.multiply(x, np.exp(x))),
    'angles that underflow': np.arctan2(np.astype(tensor([-3, 3, -0, 0, -5e-324]), 'f64').mul(1e-300), np.astype(tensor([1, 2, 3, -4, 5]), 'f64').mul(1e275)),
  };
}
/** Every program by name, those of float64 among them where there is such a thing. */
function programs(doubles: boolean): { readonly [name: string]: Readable } {
  const points = tensor([[0, 0.5, 1], [1, 1.5, 2], [-1, 3, 0.25], [2, 2, 2]]);
  const a = np.reshape(np.sin(tensor(ramp(35 * 23, 0, 40))), [35, 23]);
  const b = np.reshape(np.cos(tensor(ramp(23 * 17, 0, 30))), [23, 17]);
  const key = random.key(11);
  const special: Tensor<[number]> = tensor(specials);
  const integers = tensor([2147483647, -2147483648, 7, -7, 0, 5], 'i32');
  const halves = np.astype(tensor(ramp(37, -3, 3)), 'f16');
  const gradients = grad(recurrent)(cell());
  const filters = grad((k: Tensor<[3, 3, 2, 4]>): Scalar => np.sum(np.square(lax.convGeneral(image(), k, { strides: [2, 2], padding: 'same' }))));
  return {
    'a jitted chain': jit((x: Tensor<[35, 23]>) => np.multiply(np.add(np.exp(x), 1), np.tanh(np.subtract(x, 0.5))))(a),
    'a product': np.matmul(a, b),
    'softmax': nn.softmax(a),
    'sums': np.sum(a, { axis: 0 }),
    'gradients of a batch': vmap(grad(energy))(points),
    'a hessian': jit(hessian(energy))(tensor([0.5, 1, 2])),
    'a directional derivative': jvp(wave, [tensor([0.5, 1, 2])], [tensor([1, -1, 0.5])])[1],
    'a scan': recurrent(cell()),
    'the gradient of a scan in its weights': gradients.w,
    'the gradient of a scan in its start': gradients.h,
    'the filter gradient of a convolution': filters(kernel()),
    'lookups': np.take(a, tensor([3, 1, 4, 1, 5], 'i32'), { axis: 0 }),
    'a sort': np.sort(special),
    'running sums': np.cumsum(a, { axis: 1 }),
    'random bits': random.bits(key, [33]),
    'normal numbers': random.normal(key, [33]),
    'integers that wrap': np.add(integers, np.multiply(integers, integers)),
    'half precision': np.multiply(np.exp(halves), halves),
    ...doubles ? inDoubles() : {},
    ...Object.fromEntries(Object.entries(unary).map(([name, f]) => [`${name} at special values`, f(special)])),
    'maximum of special values': np.maximum(special, np.flip(special)),
    'power of special values': np.power(special, np.flip(special)),
    ...training(),
  };
}

/** Runs them all on the default backend, or on the one that is named; an error is told as its line. */
export async function runPrograms(backend?: string): Promise<Report> {
  const about = { backend: getBackend(), rung: bestRung().name };
  try {
    if (backend !== undefined) await setBackend(backend);
    const results: Record<string, Result> = {};
    for (const [name, x] of Object.entries(programs(getBackend() !== 'webgpu'))) results[name] = { dtype: x.dtype, values: Array.from(await x.data()) };
    return { ...about, backend: getBackend(), results };
  } catch (e) { return { ...about, results: {}, error: e instanceof Error ? e.message : String(e) }; }
}
