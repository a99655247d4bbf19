// A transformer of one block on one page: embedding, causal attention by einsum, layer norms, an MLP; and a run that teaches it to
// go on with what it has seen: `npx tsx examples/transformer-block.ts`. Vaswani et al., "Attention is all you need", 2017.
// Shapes: batch B, time T (t looks at s), width W, heads H, depth D of a head, vocabulary V.
import { pathToFileURL } from 'node:url';
import { jit, lax, nn, np, optim, random, valueAndGrad, type Key, type Scalar, type Tensor } from 'cotangent';

interface AttentionParams<W extends number, H extends number, D extends number, F extends 'f32' | 'f64'> {
  readonly q: Tensor<[W, H, D], F>;
  readonly k: Tensor<[W, H, D], F>;
  readonly v: Tensor<[W, H, D], F>;
  readonly out: Tensor<[H, D, W], F>;
}

/** A layer: every position attends to itself and to those before it, in several heads at once. */
export const attention = <const W extends number, const H extends number, const D extends number, F extends 'f32' | 'f64'>(width: W, heads: H, depth: D, dtype: F) =>
  <B extends number, T extends number>(x: Tensor<[B, T, W], F>): nn.Net<AttentionParams<W, H, D, F>, Tensor<[B, T, W], F>> => nn.network({
    init(key: Key): AttentionParams<W, H, D, F> {
      const [q, k, v, out] = random.split(key, 4);
      const weights = (each: Key): Tensor<[W, H, D], F> => np.divide(random.normal(each, [width, heads, depth], { dtype }), Math.sqrt(width));
      return { q: weights(q), k: weights(k), v: weights(v), out: np.divide(random.normal(out, [heads, depth, width], { dtype }), Math.sqrt(heads * depth)) };
    },
    apply(p: AttentionParams<W, H, D, F>) {
      const [q, k, v] = [np.einsum('btw,whd->bthd', x, p.q), np.einsum('bsw,whd->bshd', x, p.k), np.einsum('bsw,whd->bshd', x, p.v)];
      const scores = np.divide(np.einsum('bthd,bshd->bhts', q, k), Math.sqrt(depth));
      const times = lax.iota('i32', x.shape[1]);
      const past = np.greaterEqual(np.expandDims(times, 1), times); // [T, T]
      const mixed = np.einsum('bhts,bshd->bthd', nn.softmax(np.where(past, scores, -Infinity)), v);
      return np.einsum('bthd,hdw->btw', mixed, p.out);
    },
  });

/** A layer: adds to each position a vector of its own. */
export const positions = <const T extends number, const W extends number, F extends 'f32' | 'f64'>(time: T, width: W, dtype: F) =>
  <B extends number>(x: Tensor<[B, T, W], F>): nn.Net<Tensor<[T, W], F>, Tensor<[B, T, W], F>> => nn.network({
    init: (key: Key) => np.multiply(random.normal(key, [time, width], { dtype }), 0.1),
    apply: (table: Tensor<[T, W], F>) => np.add(x, table),
  });

/** Sizes of a transformer. */
export interface Sizes<V extends number, T extends number, W extends number, H extends number, D extends number, M extends number, F extends 'f32' | 'f64'> {
  readonly vocabulary: V;
  readonly time: T;
  readonly width: W;
  readonly heads: H;
  readonly depth: D;
  readonly hidden: M;
  readonly dtype: F;
}

/** Logits of the next token at each position of ids [B, T]. */
export const transformer = <const V extends number, const T extends number, const W extends number, const H extends number, const D extends number, const M extends number, F extends 'f32' | 'f64'>(
  { vocabulary, time, width, heads, depth, hidden, dtype }: Sizes<V, T, W, H, D, M, F>,
) => <B extends number>(ids: Tensor<[B, T], 'i32'>) => nn.from(
  ids,
  nn.embedding(vocabulary, width, { dtype }),
  positions(time, width, dtype),
  nn.residual((x: Tensor<[B, T, W], F>) => nn.from(x, nn.layerNorm, attention(width, heads, depth, dtype))(x)),
  nn.residual((x: Tensor<[B, T, W], F>) => nn.from(x, nn.layerNorm, nn.dense(hidden, { dtype }), nn.gelu, nn.dense(width, { dtype }))(x)),
  nn.layerNorm,
  nn.dense(vocabulary, { dtype }),
)(ids);

async function main(): Promise<void> {
  const net = transformer({ vocabulary: 8, time: 11, width: 32, heads: 2, depth: 16, hidden: 64, dtype: 'f32' });
  const [paramsKey, dataKey] = random.split(random.key(0));
  // Three random tokens, over and over: after the first three each one can be told by looking back.
  const sequences = (key: Key): Tensor<[32, 12], 'i32'> => {
    const period = np.astype(np.remainder(random.bits(key, [32, 3]), 8), 'i32');
    return np.concatenate([period, period, period, period], 1);
  };
  const split = (s: Tensor<[32, 12], 'i32'>): [Tensor<[32, 11], 'i32'>, Tensor<[32, 11], 'i32'>] => [np.slice(s, [':', [0, -1]]), np.slice(s, [':', [1, null]])];
  let params = nn.init(net, paramsKey, split(sequences(dataKey))[0]);
  type Params = typeof params;
  const adam = optim.adam(3e-3);
  let state = adam.init(params);
  const loss = (p: Params, ids: Tensor<[32, 11], 'i32'>, next: Tensor<[32, 11], 'i32'>): Scalar => nn.crossEntropy(nn.apply(net, p, ids), next);
  const step = jit((p: Params, s: typeof state, key: Key): [Params, typeof state, Scalar] => {
    const [value, gradient] = valueAndGrad(loss)(p, ...split(sequences(key)));
    const [updates, after] = adam.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), after, value];
  }, { donate: [0, 1] });
  console.log(`${nn.countParameters(params)} parameters; the first two guesses of eleven are blind: ${(2 / 11 * Math.log(8)).toFixed(3)} is the best loss there is`);
  for (let k = 1; k <= 300; k++) {
    let value: Scalar;
    [params, state, value] = step(params, state, random.foldIn(dataKey, k));
    if (k % 50 === 0) console.log(`step ${k}  loss ${(await value.item()).toFixed(4)}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
