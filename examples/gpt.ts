// A character GPT on one page: `npx tsx examples/gpt.ts [--text FILE]`. Radford et al., "Improving language understanding by generative
// pre-training", 2018; blocks with norms first and turned positions (Su et al., "RoFormer", 2021). In training every place of a window
// predicts its next character at once. In writing only one place is new at a time: what attention needs of those before it, their keys
// and values, is kept in a cache, so that a step costs one place, not all. (transformer-block.ts makes a block by hand.)
// Shapes: windows N, characters T, vocabulary V, width W; a cache has room for C characters.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, dim, jit, lax, nn, np, optim, random, scan, tensor, train, zeros, type Dim, type Key, type Scalar, type Tensor } from 'cotangent';
import { textOf } from './text.ts';

type V = Dim<'vocabulary'>;
const width = 64;
const heads = 4;
const depth = 16; // of a head; the heads together are as wide as the model
const blocks = 3;
export const context = 64;
const positions = { rotary: true } as const;

/** A language model: what the parts are, and what is made of them. */
export function gpt(vocabulary: V) {
  const embed = nn.embedding(vocabulary, width); //                                                  [N, T]    -> [N, T, W]
  const block = nn.transformerBlock(width, heads, 4 * width, { causal: true, ...positions }); //     [N, T, W] -> [N, T, W]
  const decode = nn.seq(nn.layerNormOf(width), nn.dense(vocabulary)); //                             [N, T, W] -> [N, T, V]

  /** Logits of the next character at every place of a window. The blocks are one loop over stacked parameters. */
  const read = nn.seq(embed, nn.repeat(blocks, block), decode);
  const init = (key: Key) => nn.init(read, key, zeros([1, context], 'i32'));
  type Params = ReturnType<typeof init>;

  /** Logits after a prompt, and the caches of all blocks, stacked as their parameters are. */
  const start = ([e, b, d]: Params, prompt: Tensor<[1, number], 'i32'>) => {
    const empty = nn.attentionCache([1], context, heads, depth);
    const [h, caches] = scan((x, p) => nn.transformerBlockStep(p, empty, x, positions), nn.apply(embed, e, prompt), b);
    return { logits: nn.apply(decode, d, np.take(h, -1, { axis: 1 })), caches };
  };
  /** Logits after one more character, and the caches with it. */
  const step = ([e, b, d]: Params, caches: ReturnType<typeof start>['caches'], id: Tensor<[1], 'i32'>) => {
    const [h, next] = scan((x, [p, cache]) => nn.transformerBlockStep(p, cache, x, positions), nn.apply(embed, e, id.expandDims(1)), [b, caches]);
    return { logits: nn.apply(decode, d, h.squeeze(1)), caches: next };
  };
  /** Goes on after a prompt: draws each character among the `topK` likeliest; a low temperature prefers the likeliest of them. */
  const write = <T extends number>(params: Params, key: Key, prompt: Tensor<[1, number], 'i32'>, length: T, topK: number, temperature: Scalar) => {
    const [, written] = scan(({ logits, caches }, k) => {
      const [best, ids] = lax.topK(logits, topK);
      const id = np.takeAlongAxis(ids, random.categorical(k, best.div(temperature)).expandDims(1), 1).squeeze(1);
      return [step(params, caches, id), id];
    }, start(params, prompt), random.splitBatch(key, length));
    return written;
  };
  return { read, init, start, step, write };
}

interface Settings { readonly text: string; readonly steps?: number; readonly output?: train.Stream | null }
/** Learns a text and writes one that begins like it. */
export async function main({ text, steps = 400, output = process.stdout }: Settings) {
  const letters = data.characters(text);
  const ids = letters.encode(text);
  const model = gpt(dim('vocabulary', letters.vocabulary.length));
  const [initKey, orderKey, writeKey] = random.split(random.key(0), 3);
  const params = model.init(initKey);
  output?.write(`${letters.vocabulary.length} characters, ${nn.countParameters(params)} parameters\n`);

  const fitted = await train.fit({
    params,
    batches: data.batches(data.windows(await ids.data(), context), { size: 16, last: 'drop', key: orderKey }),
    loss: (p, { x, y }) => nn.crossEntropy(nn.apply(model.read, p, x), y),
    optimizer: optim.adamw(optim.warmupCosineDecaySchedule(0, 0.01, Math.ceil(steps / 10), steps), { weightDecay: 0.1 }),
    steps, output,
  });

  const half = context / 2;
  const write = jit(model.write, { static: [3, 4] });
  const sample = async (temperature: number): Promise<string> => {
    let written = text.slice(0, half);
    // A cache has room for one context: when it is full, the later half of it is the next prompt.
    for (let k = 0; k < 8; k++) {
      const prompt = letters.encode(written.slice(-half)).expandDims(0);
      written += letters.decode(await write(fitted.params, random.foldIn(writeKey, k), prompt, half, 5, tensor(temperature)).squeeze(1).js());
    }
    return written;
  };
  const began = performance.now();
  for (const temperature of [0.5, 1]) output?.write(`\n--- temperature ${temperature}, of the 5 likeliest\n${await sample(temperature)}\n`);
  output?.write(`\n${(16 * half / (performance.now() - began) * 1000).toFixed(0)} characters a second\n`);
  return { losses: fitted.losses, params: fitted.params, model, letters, sample };
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { text: { type: 'string' } } });
  await main({ text: await textOf(values.text) });
}
