// What every peer computes, on the same numbers: data, initial weights, shapes, and how many operations or bytes a step takes.
// Knows no peer.

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32), and normal ones from two of them (Box and Muller). */
export function generator(seed) {
  let state = seed >>> 0;
  const uniformOne = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normalOne = () => Math.sqrt(-2 * Math.log(uniformOne() + 1e-12)) * Math.cos(2 * Math.PI * uniformOne());
  return { uniformOne, normalOne };
}
const filled = (size, at) => Float32Array.from({ length: size }, (_, i) => at(i));
export const uniform = (seed, size) => { const g = generator(seed); return filled(size, () => g.uniformOne()); };
export const normal = (seed, size, deviation = 1) => { const g = generator(seed); return filled(size, () => g.normalOne() * deviation); };
const classes = (seed, size, count) => { const g = generator(seed); return Int32Array.from({ length: size }, () => Math.floor(g.uniformOne() * count)); };
const oneHot = (labels, count) => { const rows = new Float32Array(labels.length * count); labels.forEach((c, i) => { rows[i * count + c] = 1; }); return rows; };
const zeros = size => new Float32Array(size);

/** A perceptron 784-256-10 on 128 rows. The input has no gradient. */
export const MLP = { B: 128, I: 784, H: 256, O: 10, lr: 0.1, adamLr: 1e-3 };
MLP.flopsPerStep = 2 * MLP.B * (2 * MLP.I * MLP.H + 3 * MLP.H * MLP.O);
export function mlpData() {
  const { B, I, H, O } = MLP;
  const lab = classes(2, B, O);
  return { x: uniform(1, B * I), lab, y: oneHot(lab, O), w1: normal(3, I * H, Math.sqrt(2 / I)), b1: zeros(H), w2: normal(4, H * O, Math.sqrt(2 / H)), b2: zeros(O) };
}

/** LeNet-5 on 64 images of 28 x 28, first layer padded by 2, pooling 2 x 2. Data are NCHW, kernels OIHW. */
export const LENET = { B: 64, lr: 0.05 };
LENET.flopsPerStep = 2 * LENET.B * (2 * 28 * 28 * 6 * 25 + 3 * 10 * 10 * 16 * 150 + 3 * (400 * 120 + 120 * 84 + 84 * 10));
export function lenetData() {
  const { B } = LENET;
  const lab = classes(12, B, 10);
  return {
    x: uniform(11, B * 28 * 28), lab, y: oneHot(lab, 10), k1: normal(13, 6 * 25, Math.sqrt(2 / 25)), c1: zeros(6), k2: normal(14, 16 * 6 * 25, Math.sqrt(2 / 150)), c2: zeros(16),
    w1: normal(15, 400 * 120, Math.sqrt(2 / 400)), b1: zeros(120), w2: normal(16, 120 * 84, Math.sqrt(2 / 120)), b2: zeros(84), w3: normal(17, 84 * 10, Math.sqrt(2 / 84)), b3: zeros(10),
  };
}

/** One pre-norm transformer block with causal attention on 4 sequences of 64, mean squared error. */
export const TF = { B: 4, T: 64, D: 128, Hh: 4, F: 512, lr: 0.01 };
TF.flopsPerStep = 3 * (2 * TF.B * TF.T * (4 * TF.D ** 2 + 2 * TF.D * TF.F) + 4 * TF.B * TF.T ** 2 * TF.D);
export function tfData() {
  const { B, T, D, F } = TF;
  const square = seed => normal(seed, D * D, Math.sqrt(1 / D));
  const ones = () => zeros(D).fill(1);
  return {
    x: normal(21, B * T * D), y: normal(22, B * T * D), g1: ones(), be1: zeros(D), wq: square(23), wk: square(24), wv: square(25), wo: square(26),
    g2: ones(), be2: zeros(D), wf: normal(27, D * F, Math.sqrt(1 / D)), bf: zeros(F), wp: normal(28, F * D, Math.sqrt(1 / F)), bp: zeros(D),
  };
}

/** Rows and columns of the elementwise cases unless they name others. */
export const EW = { R: 1024, C: 1024 };

const products = [[64, 64, 64], [128, 128, 128], [256, 256, 256], [512, 512, 512], [1024, 1024, 1024], [2048, 2048, 2048], [128, 784, 256], [64, 400, 120], [1024, 64, 1024]];
const layers = [
  { b: 1, ci: 64, h: 56, co: 64, ks: 3, pad: 1 }, { b: 8, ci: 64, h: 56, co: 64, ks: 3, pad: 1 },
  { b: 64, ci: 1, h: 28, co: 6, ks: 5, pad: 2 }, { b: 64, ci: 6, h: 14, co: 16, ks: 5, pad: 0 },
];
const convolutions = ['NCHW', 'NHWC'].flatMap(layout => layers.map(l => ({ ...l, layout })));
const outputs = p => (p.h + 2 * p.pad - p.ks + 1) ** 2;
const nameOf = p => `${p.b}x${p.ci}x${p.h}x${p.h}->${p.co} ${p.ks}x${p.ks} ${p.layout}`;
const convFlops = p => 2 * p.b * p.co * outputs(p) * p.ci * p.ks ** 2;
/** Arrays of 2^20 numbers that each operation reads and writes. */
const arrays = { add: 3, fused: 5, chain: 2, exp: 2, tanh: 2, erf: 2, gelu: 2, softmax: 2, layernorm: 2, sum: 1, rowsum: 1, colsum: 1, transpose: 2, cumsum: 2, sort: 2 };
const small = [['add', 64, 64], ['fused', 64, 64], ['softmax', 512, 64], ['layernorm', 512, 128]];

/** Every case: `method` of a peer with `args` makes it ready. `product`: the matrix product that a convolution is, once its windows are copied out. */
export const cases = [
  ...products.map(([m, k, n]) => ({ suite: 'gemm', name: `gemm ${m}x${k}x${n}`, method: 'gemm', args: [{ m, k, n }], flops: 2 * m * k * n })),
  ...Object.entries(arrays).map(([op, count]) => ({ suite: 'elementwise', name: `${op} 1024x1024`, method: 'ew', args: [op, EW.R, EW.C], bytes: 4 * count * EW.R * EW.C })),
  ...small.map(([op, r, c]) => ({ suite: 'elementwise', name: `${op} ${r}x${c}`, method: 'ew', args: [op, r, c], bytes: 4 * arrays[op] * r * c })),
  ...convolutions.map(p => ({ suite: 'conv', name: `conv ${nameOf(p)}`, method: 'conv', args: [p], flops: convFlops(p), product: { m: p.b * outputs(p), k: p.ci * p.ks ** 2, n: p.co } })),
  ...convolutions.map(p => ({ suite: 'conv', name: `conv d/dx ${nameOf(p)}`, method: 'convGradient', args: [p, 'input'], flops: convFlops(p), product: { m: p.b * p.h ** 2, k: p.co * p.ks ** 2, n: p.ci } })),
  ...convolutions.map(p => ({ suite: 'conv', name: `conv d/dw ${nameOf(p)}`, method: 'convGradient', args: [p, 'kernel'], flops: convFlops(p), product: { m: p.ci * p.ks ** 2, k: p.b * outputs(p), n: p.co } })),
  { suite: 'train', name: 'mlp sgd', method: 'mlp', args: ['sgd'], flops: MLP.flopsPerStep },
  { suite: 'train', name: 'mlp adam', method: 'mlp', args: ['adam'], flops: MLP.flopsPerStep },
  { suite: 'train', name: 'lenet avg', method: 'lenet', args: ['avg'], flops: LENET.flopsPerStep },
  { suite: 'train', name: 'lenet max', method: 'lenet', args: ['max'], flops: LENET.flopsPerStep },
  { suite: 'train', name: 'transformer', method: 'transformer', args: [], flops: TF.flopsPerStep },
];
