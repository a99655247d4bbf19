// A character LSTM on one page: `npx tsx examples/char-lstm.ts [--text FILE]`. Hochreiter, Schmidhuber, "Long short-term memory", 1997;
// Karpathy, "The unreasonable effectiveness of recurrent neural networks", 2015. It reads a text one character at a time, keeps in a
// state what it may need, and says what comes next; what it says, fed back to it, is a text of its own. Training reads windows at once,
// `nn.lstm`; writing goes step by step, `nn.lstmCell`, with the same parameters. Both are loops inside one program.
// Shapes: windows N, characters T, vocabulary V, embedding E, units U.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, dim, jit, nn, optim, random, scan, tensor, train, zeros, type Dim, type Key, type Scalar, type Tensor } from 'cotangent';
import { textOf } from './text.ts';

type V = Dim<'vocabulary'>;
type Id = Scalar<'i32'>;

/** A language model: what the parts are, and what is made of them. */
export function languageModel<E extends number, U extends number>(vocabulary: V, embedding: E, units: U) {
  const embed = nn.embedding(vocabulary, embedding); // [N, T]    -> [N, T, E]
  const recur = nn.lstm(units); //                      [N, T, E] -> [N, T, U]
  const decode = nn.dense(vocabulary); //               [N, T, U] -> [N, T, V]

  /** Logits of the next character at every place of a window. */
  const read = nn.seq(embed, recur, decode);
  const init = (key: Key) => nn.init(read, key, zeros([1, 1], 'i32'));
  type Params = ReturnType<typeof init>;
  type State = nn.LstmState<[U]>;

  /** The same for one character, after those that the state remembers. */
  const step = ([e, r, d]: Params, state: State, id: Id): [logits: Tensor<[V]>, next: State] => {
    const next = nn.lstmCell(r, state, nn.apply(embed, e, id));
    return [nn.apply(decode, d, next.h), next];
  };

  /** Goes on after a prompt, by drawing each next character with its probability; a low temperature prefers the likely. */
  const write = <T extends number>(params: Params, key: Key, prompt: Tensor<[number], 'i32'>, length: T, temperature: Scalar): Tensor<[T], 'i32'> => {
    const blank = { logits: zeros([vocabulary]), state: { h: zeros([units]), c: zeros([units]) } };
    const after = (state: State, id: Id) => {
      const [logits, next] = step(params, state, id);
      return { logits, state: next };
    };
    const [prompted] = scan(({ state }, id) => [after(state, id), null], blank, prompt);
    const [, written] = scan(({ logits, state }, k) => {
      const id = random.categorical(k, logits.div(temperature));
      return [after(state, id), id];
    }, prompted, random.splitBatch(key, length));
    return written;
  };
  return { read, init, step, write };
}

interface Settings { readonly text: string; readonly steps?: number; readonly units?: number; readonly output?: train.Stream | null }
/** Learns a text and writes one that begins like it. */
export async function main({ text, steps = 400, units = 128, output = process.stdout }: Settings) {
  const letters = data.characters(text);
  const ids = letters.encode(text);
  const model = languageModel(dim('vocabulary', letters.vocabulary.length), 32, units);
  const [initKey, orderKey, writeKey] = random.split(random.key(0), 3);

  const fitted = await train.fit({
    params: model.init(initKey),
    batches: data.batches(data.windows(await ids.data(), 64), { size: 16, last: 'drop', key: orderKey }),
    loss: (params, { x, y }) => nn.crossEntropy(nn.apply(model.read, params, x), y),
    optimizer: optim.chain(optim.clipByGlobalNorm(1), optim.adam(optim.cosineDecaySchedule(0.01, steps))),
    steps, output,
  });

  const prompt = text.slice(0, 12);
  const write = jit(model.write, { static: [3] });
  const samples: string[] = [];
  for (const temperature of [0.5, 1, 1.5]) {
    const written = prompt + letters.decode(await write(fitted.params, writeKey, letters.encode(prompt), 240, tensor(temperature)).js());
    samples.push(written);
    output?.write(`\n--- temperature ${temperature}\n${written}\n`);
  }
  return { losses: fitted.losses, params: fitted.params, model, letters, samples };
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { text: { type: 'string' } } });
  await main({ text: await textOf(values.text) });
}
