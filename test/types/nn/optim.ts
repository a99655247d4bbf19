// Types of optimisers: states inferred from parameters, null where there is no gradient, chains flat.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as nn from '../../../src/nn/index.ts';
import * as optim from '../../../src/optim/index.ts';
import * as random from '../../../src/random/index.ts';
import { valueAndGrad } from '../../../src/transform/grad.ts';
import { jit } from '../../../src/transform/jit.ts';
import { is } from './is.ts';

interface Params { readonly w: Tensor<[3, 2]>; readonly steps: Tensor<[], 'i32'>; readonly key: random.Key }
declare const params: Params;
interface Grads { readonly w: Tensor<[3, 2]>; readonly steps: null; readonly key: null }
declare const grads: Grads;

const adam = optim.adam(1e-3);
const state = adam.init(params);
is<Scalar<'i32'>>()(state[0].count);
is<Tensor<[3, 2]>>()(state[0].mu.w);
is<null>()(state[0].nu.steps);
is<null>()(state[1]);
const [updates, next] = adam.update(grads, state, params);
is<Tensor<[3, 2]>>()(updates.w);
is<null>()(updates.key);
is<Tensor<[3, 2]>>()(next[0].mu.w);
is<Params>()(optim.applyUpdates(params, updates));

is<[null]>()(optim.sgd(0.1).init(params));
is<Tensor<[3, 2]>>()(optim.sgd(0.1, { momentum: 0.9, nesterov: true }).init(params)[0].trace.w);
is<Scalar<'i32'>>()(optim.sgd(step => { is<Scalar<'i32'>>()(step); return zeros([]); }).init(params)[0].count);
is<[null]>()(optim.sgd(zeros([])).init(params));
is<[]>()(optim.chain().init(params));
const nested = optim.chain(optim.chain(optim.scale(2), optim.trace(0.9)), optim.scaleByAdam());
const flat = optim.chain(optim.scale(2), optim.chain(optim.trace(0.9), optim.scaleByAdam()));
is<typeof nested>()(flat);
is<null>()(flat.init(params)[0]);
is<Tensor<[3, 2]>>()(flat.init(params)[2].mu.w);

// A whole step: nothing is annotated but the loss.
const net = nn.seq(nn.dense(8), nn.relu, nn.dense(2));
const p = nn.init(net, random.key(0), zeros([1, 3]));
const s = adam.init(p);
const loss = <N extends number>(q: typeof p, x: Tensor<[N, 3]>, y: Tensor<[N], 'i32'>): Scalar => nn.crossEntropy(nn.apply(net, q, x), y);
const step = jit(<N extends number>(q: typeof p, t: typeof s, x: Tensor<[N, 3]>, y: Tensor<[N], 'i32'>): [typeof p, typeof s, Scalar] => {
  const [value, g] = valueAndGrad(loss<N>)(q, x, y);
  const [u, after] = adam.update(g, t, q);
  return [optim.applyUpdates(q, u), after, value];
}, { donate: [0, 1] });
const [p2, s2, value] = step(p, s, zeros([4, 3]), zeros([4], 'i32'));
is<typeof p>()(p2);
is<typeof s>()(s2);
is<Scalar>()(value);
step(p2, s2, zeros([5, 3]), zeros([5], 'i32'));

// Wrapped rules: their states hold those of the rules within, null where a parameter is left out.
const grouped = optim.partition({ fast: optim.adam(1e-2), slow: optim.sgd(0.1, { momentum: 0.9 }) }, path => path === 'w' ? 'fast' : 'slow');
const groups = grouped.init(params);
is<Tensor<[3, 2]> | null>()(groups[0].fast[0].mu.w);
is<Tensor<[3, 2]> | null>()(groups[0].slow[0].trace.w);
is<null>()(groups[0].slow[1]);
is<Tensor<[3, 2]>>()(optim.multiSteps(adam, 4).init(params)[0].accGrads.w);
is<Tensor<[3, 2]>>()(optim.lookahead(adam, 5, 0.5).init(params)[0].inner[0].mu.w);
is<Tensor<[3, 2]>>()(optim.rmsprop(0.1, { centered: true, momentum: 0.9 }).init(params)[2].trace.w);
is<Tensor<[3, 2]>>()(optim.rmsprop(0.1).init(params)[0].nu.w);
is<Scalar>()(optim.globalNorm(params.w));
is<Scalar<'f64'>>()(optim.globalNorm([params.w, zeros([2], 'f64')]));
const injected = optim.injectHyperparams(h => optim.adam(h.rate), { rate: 0.1 });
is<Tensor<[3, 2]>>()(injected.init(params)[0].inner[0].mu.w);
