// Values of a wrong kind, as callers without types give them: every one is refused in one line that names what was given.
import { describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import * as all from '../../src/index.ts';
import { data, jit, lax, nn, np, ones, optim, plot, random, tensor, tensor as make, zeros } from '../../src/index.ts';

const x = make([[1, 2, 3], [4, 5, 6]]);
const v1 = make([1, 2, 3]);
const image = zeros([1, 5, 5, 2]);
const kernel = zeros([3, 3, 2, 4]);
const key = random.key(0);
/** Called as JavaScript calls it. */
type Loose = { readonly [name: string]: (...args: readonly unknown[]) => unknown };
const loose = (namespace: object): Loose => namespace as Loose;
const [L, N, A, P, R, O, D] = [lax, np, nn, plot, random, optim, data].map(loose) as [Loose, Loose, Loose, Loose, Loose, Loose, Loose];
const call = (namespace: Loose, name: string, ...args: readonly unknown[]): unknown => {
  const f = namespace[name];
  if (f === undefined) throw new Error(`there is no ${name}`);
  return f(...args);
};
const refused = async (f: () => unknown): Promise<string> => {
  try {
    const made = await f();
    return `nothing was refused: ${String(made)}`;
  } catch (error) {
    return error instanceof CotangentError ? error.message : `${String(error)} is no error of the library's`;
  }
};

describe('paddings, strides, windows', () => {
  it.each<readonly [string, () => unknown, string]>([
    ["padding 'SAME'", () => call(L, 'convGeneral', image, kernel, { padding: 'SAME' }), `conv: padding "SAME" is not 'valid', 'same', a number or a list of pairs [low, high]`],
    ['paddings without pairs', () => call(L, 'convGeneral', image, kernel, { padding: [1, 1] }), 'conv: padding [1, 1] holds 1, no pair [low, high]'],
    ['a pair of three', () => call(L, 'convGeneral', image, kernel, { padding: [[1, 1, 1], [0, 0]] }), 'conv: padding [1,1,1, 0,0] holds [1, 1, 1], no pair [low, high]'],
    ['padding true', () => call(L, 'convGeneral', image, kernel, { padding: true }), "conv: padding true is not 'valid', 'same', a number or a list of pairs [low, high]"],
    ['a stride in words', () => call(L, 'convGeneral', image, kernel, { strides: 'two' }), 'conv: strides "two" is no list; write [2, 3]'],
    ['a fractional padding', () => call(L, 'convGeneral', image, kernel, { padding: [[0.5, 1], [0, 0]] }), 'conv: padding 0.5 on axis 1 of [1, 5, 5, 2] is not an integer'],
    ['a number beside a transposed convolution', () => call(L, 'convTranspose', image, kernel, { padding: 1 }), "convTranspose: padding 1 is not 'valid', 'same' or a list of pairs [low, high]"],
    ['a pooling', () => nn.maxPool(2, { padding: 'SAME' as never })(image as never), `pool: padding "SAME" is not 'valid', 'same', a number or a list of pairs [low, high]`],
    ['a layer', () => nn.init(nn.conv(4, 3, { padding: 'SAME' as never }) as never, key, image), `conv: padding "SAME" is not 'valid', 'same', a number or a list of pairs [low, high]`],
    ['a reduction by another name', () => call(L, 'reduceWindow', x, 'median', 2), 'reduceWindow: "median" is no reduction; take one of sum, max, min, mean'],
  ])('%s', async (_name, f, message) => { expect(await refused(f)).toBe(message); });
});
describe('shapes, axes, dtypes', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['a fractional dim of a broadcast', () => call(N, 'broadcastTo', x, [1.5, 2, 3]), 'broadcastInDim: [1.5, 2, 3] is not a shape; dims are natural numbers'],
    ['a negative one', () => call(L, 'broadcast', x, [-1]), 'broadcastInDim: [-1, 2, 3] is not a shape; dims are natural numbers'],
    ['a shape in words', () => call(N, 'zeros', 'wide'), 'zeros: shape "wide" is no list; write [2, 3]'],
    ['a shape that is an object', () => call(N, 'reshape', x, { rows: 2 }), 'reshape: shape an object is no list; write [2, 3]'],
    ['a draw', () => call(R, 'normal', key, 3), 'random: shape 3 is no list; write [2, 3]'],
    ['axes', () => call(N, 'sum', x, { axis: 'rows' }), 'axes: the value "rows" is no list; write [2, 3]'],
    ['a permutation', () => call(N, 'transpose', x, 1), 'transpose: the permutation 1 is no list; write [2, 3]'],
    ['a dtype', () => call(N, 'astype', x, 'float32'), '"float32" is no dtype; dtypes are f32, f64, f16, i32, u32, u8, i8, bool'],
    ['a dtype of zeros', () => call(N, 'zeros', [2], 'int'), '"int" is no dtype; dtypes are f32, f64, f16, i32, u32, u8, i8, bool'],
    ['tensors that are no list', () => call(N, 'concatenate', x), 'concatenate: the tensors an object is no list; write [2, 3]'],
    ['subscripts', () => call(N, 'einsum', 3, x), "einsum: the subscripts are 3, no text such as 'ij, jk -> ik'"],
    ['dimension numbers', () => call(L, 'gather', x, zeros([1, 1], 'i32'), {}, [1, 3]), 'gather: the dimension numbers have no list offsetDims; write { offsetDims: [], collapsedSliceDims: [], startIndexMap: [] }'],
    ['a fill value in words', () => call(N, 'full', [2], 'much'), '"much" is no number'],
    ['a slope in words', () => nn.leakyRelu(x, { slope: 'steep' as never }), 'leakyRelu: slope is "steep"; write a number'],
  ])('%s', async (_name, f, message) => { expect(await refused(f)).toContain(message); });
  it('what was refused left nothing behind', () => { expect(np.add(x, 1).jsSync()).toEqual([[2, 3, 4], [5, 6, 7]]); });
});
describe('functions and objects', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['a layer', () => nn.init(call(A, 'seq', 5, nn.relu) as never, key, x), 'layer layer_0: the number 5 is no layer; a layer is a function of its input, as nn.dense(10) and nn.relu are'],
    ['a network', () => call(A, 'network', { init: () => null }), 'nn.network: it wants a function apply; write nn.network({ init, apply })'],
    ['a lambda', () => nn.apply(call(A, 'lambda', 'f', 5) as never, null as never, x), 'the number 5 stands where a function is wanted'],
    ['an optimiser that was not called', () => call(O, 'chain', optim.sgd), 'chain: a function is no optimiser; call the function that makes it: optim.sgd(0.1)'],
    ['a wrapped one', () => (call(O, 'lookahead', 'sgd', 5, 0.5) as optim.Optimizer<[]>).init({ w: x } as never), 'optim: what is wrapped is no optimiser; call the function that makes it: optim.sgd(0.1)'],
    ['a jitted number', () => (jit as unknown as (f: unknown) => (x: unknown) => unknown)(5)(x), 'the number 5 stands where a function is wanted'],
    ['a title', () => call(P, 'curves', { a: [1, 2] }, { title: 7 }), 'plot.curves: title is 7; write text'],
    ['images that are no tensor', () => call(D, 'flipLeftRight', key, [[1]]), 'data.flipLeftRight: an object is not a tensor; wrap it: tensor(...)'],
  ])('%s', async (_name, f, message) => { expect(await refused(f)).toContain(message); });
  it('ones still are ones', () => { expect(ones([2]).jsSync()).toEqual([1, 1]); expect(tensor(3).itemSync()).toBe(3); });
});
describe('options', () => {
  const v = make([1, 2, 3]);
  const ids = make([0, 1], 'i32');
  it.each<readonly [string, readonly unknown[], string]>([
    ['sort', [x, { descending: 'x' }], 'sort: descending is "x"; write true or false'],
    ['searchsorted', [v, v, { side: 'x' }], 'searchsorted: side is "x"; write one of "left", "right"'],
    ['sum', [x, { keepdims: 1 }], 'sum: keepdims is 1; write true or false'],
    ['sum', [x, { keepDims: true }], 'sum: keepDims is no option; write keepdims'],
    ['sum', [x, { dim: 1 }], 'sum: dim is no option; the options are axis, keepdims'],
    ['var', [x, { ddoff: 1 }], 'var: ddoff is no option; write ddof'],
    ['nanmax', [x, { keepdims: 'no' }], 'nanmax: keepdims is "no"; write true or false'],
    ['argmax', [x, { keepdims: null }], 'argmax: keepdims is null; write true or false'],
    ['var', [x, { ddof: '1' }], 'var: ddof is "1"; write a number'],
    ['tril', [x, { k: 0.5 }], 'tril: k is 0.5; write an integer'],
    ['median', [x, { keepdims: [] }], 'median: keepdims is a list; write true or false'],
    ['quantile', [x, 0.5, { method: 'median_unbiased' }], 'quantile: method is "median_unbiased"; write one of "linear", "lower", "higher", "nearest", "midpoint"'],
    ['meshgrid', [[v, v], { indexing: 'ji' }], 'meshgrid: indexing is "ji"; write one of "xy", "ij"'],
    ['convolve', [v, v, { mode: 'wrap' }], 'convolve: mode is "wrap"; write one of "full", "same", "valid"'],
    ['take', [x, ids, { mode: 'wrap' }], 'take: mode is "wrap"; write one of "fill", "clip", "promise"'],
    ['isclose', [x, x, { rtol: '1' }], 'isclose: rtol is "1"; write a number'],
    ['digitize', [v, v, { right: 0 }], 'digitize: right is 0; write true or false'],
    ['flatnonzero', [v], 'flatnonzero: the options are null, no object; write { size: 1 }'],
  ])('np.%s %#', async (name, args, message) => { expect(await refused(() => call(N, name, ...args))).toBe(message); });
});
describe('callbacks', () => {
  const one = make(1);
  const made = (name: string, ...args: readonly unknown[]): (x: unknown) => unknown => call(loose(all), name, ...args) as (x: unknown) => unknown;
  it.each<readonly [string, () => unknown]>(Object.entries({
    jit: () => made('jit', 5)(one), grad: () => made('grad', 5)(one), vmap: () => made('vmap', 'f')(v1), valueAndGrad: () => made('valueAndGrad', null)(one),
    jvp: () => call(loose(all), 'jvp', 5, [one], [one]), vjp: () => call(loose(all), 'vjp', 5, one), scan: () => call(loose(all), 'scan', 5, one, v1), cond: () => call(loose(all), 'cond', make(true), 5, 6, one), 'cond, of one': () => call(loose(all), 'cond', make(true), (a: unknown) => a, 6, one),
    whileLoop: () => call(loose(all), 'whileLoop', 5, (a: unknown) => a, one), 'whileLoop, body': () => call(loose(all), 'whileLoop', () => make(false), 5, one), foriLoop: () => call(loose(all), 'foriLoop', 0, 2, 5, one), switchCase: () => call(loose(all), 'switchCase', make(0, 'i32'), [5], one),
    'tree.map': () => call(loose(all.tree), 'map', 5, { a: one }), checkpoint: () => made('checkpoint', 5)(one), makeJaxpr: () => made('makeJaxpr', 5)(one), evalShape: () => call(loose(all), 'evalShape', 5, one), hessian: () => made('hessian', 5)(one),
    jacfwd: () => made('jacfwd', 5)(v1), jacrev: () => made('jacrev', 5)(v1), linearize: () => call(loose(all), 'linearize', 5, one), customJvp: () => made('customJvp', 5, 5)(one), customVjp: () => made('customVjp', 5, 5, 5)(one),
    linearTranspose: () => made('linearTranspose', 5, one)(one), scope: () => call(loose(all), 'scope', 5), checked: () => made('checked', 5)(one), explain: () => made('explain', 5)(one),
  }))('%s', async (_name, f) => { expect(await refused(f)).toMatch(/function/u); });
});
