// A primitive of one's own, on one page: what it means, its derivative, how it is proved, and what the proof says of a wrong rule;
// `npx tsx examples/primitive.ts`. The primitive is snake, x + sin(x)^2: an activation that keeps growing and keeps turning, so that a network
// of it goes on with a wave where tanh goes flat. Ziyin, Hartwig, Ueda, "Neural networks fail to learn periodic functions and how to fix it", 2020.
import { pathToFileURL } from 'node:url';
import { definePrimitive, grad, jit, makeJaxpr, nn, np, optim, random, tensor, valueAndGrad, vmap, type Float, type Scalar, type Shape, type Tensor } from 'cotangent';
import * as laws from 'cotangent/laws';

/** The meaning, in what there is already: derivatives, batches and kernels all follow from it, and this alone would do. */
const meaning = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => np.add(x, np.square(np.sin(x)));

export const { primitive, call: snake } = definePrimitive({
  name: 'snake',
  decomposition: meaning,
  // Who knows a better derivative states it: 1 + 2 sin x cos x is 1 + sin 2x, one sine for a sine and a cosine.
  jvp: ([x], [t]) => [x === undefined || t === undefined || t === null ? null : np.multiply(t, np.add(np.sin(np.multiply(x, 2)), 1))],
  // A random well-typed application. From it the laws make their cases, and numbers to go with them.
  sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] }),
});

/** A linear primitive says in which operands, and how it is transposed. Here differences of neighbours, with nothing before the first. */
export const { primitive: differences, call: difference } = definePrimitive({
  name: 'difference',
  decomposition: <N extends number, D extends Float>(x: Tensor<[N], D>): Tensor<[N], D> => np.subtract(x, np.where(np.equal(place(x), 0), 0, np.roll(x, 1))),
  linearIn: () => [[0]],
  // Each element counts once for itself and once, negatively, for the one after it.
  transpose: ([ct]) => [ct === undefined || ct === null ? null : np.subtract(ct, np.where(np.equal(place(ct), np.size(ct) - 1), 0, np.roll(ct, -1)))],
  sample: draw => ({ operands: [{ aval: { shape: [draw.dim()], dtype: draw.float() } }] }),
});
const place = <S extends Shape>(x: Tensor<S, Float>): Tensor<S, 'i32'> => np.reshape(np.arange(np.size(x), { dtype: 'i32' }), x.shape);

/** The same with a slip of the pen in its derivative: sin x for sin 2x. */
export const { primitive: slipped } = definePrimitive({
  name: 'slippedSnake',
  decomposition: meaning,
  jvp: ([x], [t]) => [x === undefined || t === undefined || t === null ? null : np.multiply(t, np.add(np.sin(x), 1))],
  sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] }),
});

/** What the laws say of a primitive: how much they tried, or what they found. */
export function judged(p: typeof primitive, runs: number, seed: number): string {
  try {
    const { share } = laws.primitive(p, { runs, seed });
    return `${p.name}: every law holds for ${runs} random programs; ${share.judged} of ${share.of} derivatives judged by differences`;
  } catch (error) {
    if (error instanceof laws.LawError) return error.message;
    throw error;
  }
}

/** Points of a wave to learn from, and points beyond them. */
const wave = (from: number, to: number): { readonly x: Tensor<[64, 1]>; readonly y: Tensor<[64, 1]> } => {
  const x = np.expandDims(np.linspace(from, to, 64), 1);
  return { x, y: np.add(np.sin(x), np.multiply(x, 0.5)) };
};
/** A primitive is a function of tensors, so it is a layer. */
const networkOf = (activation: typeof snake) => nn.seq(nn.dense(32), activation, nn.dense(32), activation, nn.dense(1));

/** Trains on the wave between -5 and 5, for a while; the mean squared errors there and from 5 to 8. */
export async function learn(activation: typeof snake, steps: number): Promise<readonly [inside: number, beyond: number]> {
  const [known, unknown] = [wave(-5, 5), wave(5, 8)];
  const network = networkOf(activation);
  let params = nn.init(network, random.key(0), known.x);
  const optimizer = optim.adam(3e-3);
  let state = optimizer.init(params);
  const loss = (p: typeof params, { x, y }: typeof known): Scalar => nn.squaredError(nn.apply(network, p, x), y);
  const step = jit((p: typeof params, s: typeof state): readonly [typeof params, typeof state] => {
    const [, gradient] = valueAndGrad(loss)(p, known);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next];
  });
  for (let k = 0; k < steps; k++) [params, state] = step(params, state);
  return [await loss(params, known).item(), await loss(params, unknown).item()];
}

async function main(): Promise<void> {
  const x = tensor([0, 0.5, 1]);
  console.log(String(makeJaxpr((v: typeof x) => snake(v))(x)));
  console.log(`slopes ${JSON.stringify(await vmap(grad((v: Scalar) => snake(v)))(x).js())}`);
  console.log(judged(primitive, 40, 1));
  console.log(judged(differences, 40, 1));
  console.log(judged(slipped, 40, 1));
  for (const [name, activation] of Object.entries({ snake, tanh: nn.tanh })) {
    const [inside, beyond] = await learn(activation, 2000);
    console.log(`${name}: mean squared error ${inside.toFixed(4)} where it learnt, ${beyond.toFixed(4)} beyond`);
  }
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
