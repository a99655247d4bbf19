// Adversarial examples on one page: a classifier is trained, and then the same gradient is taken with respect to the image instead of the
// parameters. A step along its sign that people hardly see makes the network wrong; the same step along random signs does not.
// `npx tsx examples/adversarial.ts --out fooled.svg`. Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2015.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { data, fromData, grad, io, jit, nn, np, optim, plot, random, tensor, train, vmap, zeros, type Scalar, type Tensor } from 'cotangent';

const pixels = 784;
type Images<N extends number> = Tensor<[N, typeof pixels]>;
type Labels<N extends number> = Tensor<[N], 'i32'>;

const net = nn.seq(nn.dense(128), nn.relu, nn.dense(128), nn.relu, nn.dense(10));
export const start = (seed: number) => nn.init(net, random.key(seed), zeros([1, pixels]));
export type Params = ReturnType<typeof start>;

export const loss = <N extends number>(p: Params, x: Images<N>, y: Labels<N>): Scalar => nn.crossEntropy(nn.apply(net, p, x), y);
export const accuracy = <N extends number>(p: Params, x: Images<N>, y: Labels<N>): Scalar => nn.accuracy(nn.apply(net, p, x), y);

/** The images moved by epsilon, each pixel up or down as the direction says, and kept between black and white. */
const moved = <N extends number>(x: Images<N>, direction: Images<N>, epsilon: Scalar): Images<N> => np.clip(x.add(np.sign(direction).mul(epsilon)), 0, 1);
/** Moved to where, to first order, the loss grows most among all moves of no pixel by more than epsilon. */
export const attacked = <N extends number>(p: Params, x: Images<N>, y: Labels<N>, epsilon: Scalar): Images<N> => moved(x, grad(loss, { argnums: 1 })(p, x, y), epsilon);

export interface Settings { readonly train: number; readonly test: number; readonly epochs: number; readonly out?: string; readonly log?: (line: string) => void }
