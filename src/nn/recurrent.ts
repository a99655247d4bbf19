// rnn, gru, lstm: recurrent layers over [..., time, features] by scan, and their cells as plain functions. Floor 7.
// Inputs are multiplied for all times at once; only what depends on the state stays in the loop.
import { DTypeError, ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { range, sameShape, showAval, showShape } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { logistic, tanh } from '../primitive/exponential.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { foldIn, type Key } from '../random/key.ts';
import type { Shape, Show } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { Same, When } from '../shape/same.ts';
import { avalOf, handleOf } from '../trace/handle.ts';
import { scan } from '../transform/control.ts';
import { expectFeatures, expectInput, parameter, parameterOf, started } from './expect.ts';
import { lecunNormal, type Initializer } from './initializers.ts';
import type { Faults, Takes } from './misfit.ts';
import { named, network, type Net } from './net.ts';

/** Parameters of an `rnn`: input weights, state weights, bias. */
export interface RnnParams<I extends number, U extends number, D extends Float = 'f32'> {
  readonly wx: Tensor<[I, U], D>;
  readonly wh: Tensor<[U, U], D>;
  readonly b: Tensor<[U], D>;
}
/** Parameters of a `gru`; its gates are, in order, reset, update, candidate. `bh` is the candidate's bias inside the reset gate. */
export interface GruParams<I extends number, U extends number, D extends Float = 'f32'> {
  readonly wx: Tensor<[I, 3, U], D>;
  readonly wh: Tensor<[U, 3, U], D>;
  readonly b: Tensor<[3, U], D>;
  readonly bh: Tensor<[U], D>;
}
/** Parameters of an `lstm`; its gates are, in order, input, forget, candidate, output. */
export interface LstmParams<I extends number, U extends number, D extends Float = 'f32'> {
  readonly wx: Tensor<[I, 4, U], D>;
  readonly wh: Tensor<[U, 4, U], D>;
  readonly b: Tensor<[4, U], D>;
}
/** The state of an LSTM: its output `h`, its memory `c`. */
export interface LstmState<S extends Shape, D extends Float = 'f32'> {
  readonly c: Tensor<S, D>;
  readonly h: Tensor<S, D>;
}

/** What a recurrent layer may be told. */
export interface RecurrentOptions<H, D extends Float = 'f32'> {
  /** Of the parameters, the input and the output. Default f32. */
  readonly dtype?: D;
  /** The state before the first step; axes before its last broadcast over the input's. Default zero. */
  readonly initial?: H;
  /** How input weights start. Default LeCun normal; see `nn.initializers`. */
  readonly init?: Initializer;
  /** How state weights start. Default LeCun normal; orthogonal ones keep gradients through many steps. */
  readonly recurrentInit?: Initializer;
  /** Steps from the last time to the first; outputs keep the order of the inputs. */
  readonly reverse?: boolean;
}
/** The message where there is no axis of time. The axes before the features stay together, so that in an open network any layer may come before. */
type TimeRule<Name extends string, S extends Shape, I extends number, K> =
  Same<S['length'], 0, K> extends true ? `${Name}: the input ${Show<[I], K>} has no time axis; it takes [..., time, features]` : S;
type State<U extends number, D extends Float> = Tensor<[...Shape, NoInfer<U>], D>;

// ---- cells: one step of each

/** The product over the last axis of `x` with the first of `w`. */
function product(what: string, x: AnyTensor, w: AnyTensor): AnyTensor {
  const [a, b] = [avalOf(handleOf(x, what)), avalOf(handleOf(w, what))];
  const last = a.shape.length - 1;
  if (last < 0 || a.shape[last] !== b.shape[0]) throw new ShapeError(`${what}: ${showAval(a)} does not fit weights ${showAval(b)}: the last axis of one is not the first of the other`);
  if (a.dtype !== b.dtype) throw new DTypeError(`${what}: dtypes differ: ${a.dtype} against weights of ${b.dtype} (use astype)`);
  return dotGeneral(x, w, { lhsContract: [last], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
}
/** A bias added to the last axes. */
function biased(what: string, z: AnyTensor, b: AnyTensor): AnyTensor {
  const lead = z.shape.length - b.shape.length;
  if (lead < 0 || !sameShape(z.shape.slice(lead), b.shape)) throw new ShapeError(`${what}: a bias ${showShape(b.shape)} does not fit ${showShape(z.shape)}`);
  return add(z, broadcastInDim(b, z.shape, range(b.shape.length).map(i => lead + i)));
}
/** One gate of [..., gates, units]. */
function gate(z: AnyTensor, i: number): AnyTensor {
  const axis = z.shape.length - 2;
  return reshape(sliceAxis(z, axis, i, i + 1), z.shape.filter((_, d) => d !== axis));
}
/** What a step needs of its input: x wx + b, which does not depend on the state. */
const projected = (kind: Kind, params: unknown, x: AnyTensor): AnyTensor =>
  biased(kind.name, product(`${kind.name}: the input`, x, parameter(kind.name, params, 'wx')), parameter(kind.name, params, 'b'));
/** The state's own part of the gates. */
const recurred = (kind: Kind, params: unknown, h: AnyTensor): AnyTensor => product(`${kind.name}: the state`, h, parameter(kind.name, params, 'wh'));

/** A kind of recurrence: its gates and one step, given the projected input z. States are lists whose first is the output. */
interface Kind {
  readonly name: 'rnn' | 'gru' | 'lstm';
  /** 0 where the weights have no axis of gates. */
  readonly gates: number;
  readonly states: readonly string[];
  start(units: number, dtype: Float): { readonly [name: string]: AnyTensor };
  step(params: unknown, state: readonly AnyTensor[], z: AnyTensor): readonly AnyTensor[];
}
const first = (state: readonly AnyTensor[]): AnyTensor => state[0] ?? constant(0, [], 'f32');

const rnnKind: Kind = {
  name: 'rnn', gates: 0, states: ['h'],
  start: (units, dtype) => ({ b: constant(0, [units], dtype) }),
  step: (params, state, z) => [tanh(add(z, recurred(rnnKind, params, first(state))))],
};
const gruKind: Kind = {
  name: 'gru', gates: 3, states: ['h'],
  start: (units, dtype) => ({ b: constant(0, [3, units], dtype), bh: constant(0, [units], dtype) }),
  step(params, state, z) {
    const h = first(state);
    const y = recurred(gruKind, params, h);
    const [r, u] = [0, 1].map(i => logistic(add(gate(z, i), gate(y, i))));
    const inner = biased('gru', gate(y, 2), parameter('gru', params, 'bh'));
    const candidate = tanh(add(gate(z, 2), mul(r ?? inner, inner)));
    return [add(candidate, mul(u ?? h, sub(h, candidate)))];
  },
};
const lstmKind: Kind = {
  name: 'lstm', gates: 4, states: ['h', 'c'],
  // An open forget gate at the start.
  start: (units, dtype) => ({ b: concatenate([0, 1, 0, 0].map(v => constant(v, [1, units], dtype)), 0) }),
  step(params, state, z) {
    const h = first(state);
    const y = add(z, recurred(lstmKind, params, h));
    const c = add(mul(logistic(gate(y, 1)), state[1] ?? h), mul(logistic(gate(y, 0)), tanh(gate(y, 2))));
    return [mul(logistic(gate(y, 3)), tanh(c)), c];
  },
};

/**
 * One step of a simple recurrent network: tanh(x wx + h wh + b). Elman, "Finding structure in time", 1990.
 *
 * @returns the new state, which is the output.
 * @throws `shape`, `dtype`, `tree` where parameters, state and input do not fit.
 * @example
 * import { nn, ones, zeros } from 'cotangent';
 * const params = { wx: ones([2, 1]), wh: ones([1, 1]), b: zeros([1]) };
 * nn.rnnCell(params, zeros([1]), ones([2])); // -> [0.9640276]
 */
export function rnnCell<I extends number, U extends number, D extends Float, S extends Shape>(params: RnnParams<I, U, D>, h: Tensor<[...S, NoInfer<U>], NoInfer<D>>, x: Tensor<[...NoInfer<S>, NoInfer<I>], NoInfer<D>>): Tensor<[...S, U], D> {
  return typed(first(cellStep(rnnKind, params, [h], x)));
}
/**
 * One step of a gated recurrent unit: r = sigma(x wr + h ur + br), u = sigma(x wu + h uu + bu), n = tanh(x wn + bn + r (h un + bh)), and the new
 * state is (1 - u) n + u h. Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, with the reset gate after the product.
 *
 * @returns the new state, which is the output.
 * @throws as {@link rnnCell}.
 * @example
 * import { nn, ones, random, zeros } from 'cotangent';
 * const params = nn.init(nn.gru(4), random.key(0), zeros([1, 2]));
 * nn.gruCell(params, zeros([4]), ones([2])).shape; // -> [4]
 */
export function gruCell<I extends number, U extends number, D extends Float, S extends Shape>(params: GruParams<I, U, D>, h: Tensor<[...S, NoInfer<U>], NoInfer<D>>, x: Tensor<[...NoInfer<S>, NoInfer<I>], NoInfer<D>>): Tensor<[...S, U], D> {
  return typed(first(cellStep(gruKind, params, [h], x)));
}
/**
 * One step of a long short-term memory: c' = sigma(f) c + sigma(i) tanh(g), h' = sigma(o) tanh(c'), with i, f, g, o the gates of x wx + h wh + b.
 * Hochreiter, Schmidhuber, "Long short-term memory", 1997; Gers, Schmidhuber, Cummins, "Learning to forget", 2000.
 *
 * @returns the new state; its `h` is the output.
 * @throws as {@link rnnCell}.
 * @example
 * import { nn, ones, random, zeros } from 'cotangent';
 * const params = nn.init(nn.lstm(4), random.key(0), zeros([1, 2]));
 * nn.lstmCell(params, { c: zeros([4]), h: zeros([4]) }, ones([2])).h.shape; // -> [4]
 */
export function lstmCell<I extends number, U extends number, D extends Float, S extends Shape>(params: LstmParams<I, U, D>, state: LstmState<[...S, NoInfer<U>], NoInfer<D>>, x: Tensor<[...NoInfer<S>, NoInfer<I>], NoInfer<D>>): LstmState<[...S, U], D> {
  const [h, c] = cellStep(lstmKind, params, [state.h, state.c], x);
  return typed({ c, h });
}
function cellStep(kind: Kind, params: unknown, state: readonly AnyTensor[], x: AnyTensor): readonly AnyTensor[] {
  const z = projected(kind, params, handleOf(x, kind.name));
  const batch = x.shape.slice(0, -1);
  const units = z.shape.at(-1) ?? 0;
  return kind.step(params, state.map((h, i) => expectState(kind, i, h, [...batch, units], false)), z);
}
/** A state of the wanted shape; one of fewer axes, or with axes of one, is repeated where `repeats`. */
function expectState(kind: Kind, i: number, h: AnyTensor, shape: readonly number[], repeats: boolean): AnyTensor {
  const own = handleOf(h, kind.name).shape;
  if (sameShape(own, shape)) return h;
  const lead = shape.length - own.length;
  const fits = repeats && own.length > 0 && lead >= 0 && own.every((n, d) => n === shape[lead + d] || (n === 1 && d < own.length - 1));
  if (!fits) throw new ShapeError(`${kind.name}: the state ${kind.states[i] ?? ''} is ${showShape(own)}, the input wants ${showShape(shape)}`);
  return broadcastInDim(reshape(h, own.filter((n, d) => n === shape[lead + d])), shape, range(own.length).flatMap(d => own[d] === shape[lead + d] ? [lead + d] : []));
}

// ---- layers: a cell along the time axis

function recurrent(kind: Kind, units: number, { dtype = 'f32', initial, reverse = false, init = lecunNormal, recurrentInit = lecunNormal }: RecurrentOptions<unknown, Float>): never {
  expectFeatures(kind.name, units);
  const { gates } = kind;
  const layer = (x: AnyTensor): Net<unknown, unknown> => {
    const width = expectInput(kind.name, x, null, dtype);
    const time = x.shape.length - 2;
    if (time < 0) throw new ShapeError(`${kind.name}: the input ${showShape(x.shape)} has no time axis; it takes [..., time, features]`);
    const batch = x.shape.slice(0, time);
    const weights = (start: Initializer, key: Key, inputs: number): AnyTensor => {
      const w = started(kind.name, start, key, [inputs, Math.max(1, gates) * units], dtype);
      return gates === 0 ? w : reshape(w, [inputs, gates, units]);
    };
    return network({
      init: key => ({ wx: weights(init, foldIn(key, 0), width), wh: weights(recurrentInit, foldIn(key, 1), units), ...kind.start(units, dtype) }),
      apply(params: unknown): AnyTensor {
        const steps = moveAxis(projected(kind, params, x), time, 0);
        const gated = gates === 0 ? [units] : [gates, units];
        for (const [name, shape] of [['wh', [units, ...gated]], ['b', gated]] as const) parameterOf(kind.name, params, name, shape);
        const zero = constant(0, [...batch, units], dtype);
        const state = kind.states.map((name, i) => {
          const h = initial === undefined ? zero : expectState(kind, i, kind.states.length === 1 ? typed(initial) : parameter(`${kind.name}: initial`, initial, name), [...batch, units], true);
          if (h.dtype !== dtype) throw new DTypeError(`${kind.name}: the layer has dtype ${dtype}, the state ${name} ${h.dtype} (use astype)`);
          return h;
        });
        const [, ys] = scan((s: readonly AnyTensor[], z: AnyTensor) => { const next = [...kind.step(params, s, z)]; return [next, first(next)] as const; }, state, steps, { reverse });
        return moveAxis(typed(ys), 0, time);
      },
    });
  };
  return typed(named(kind.name, layer));
}

/**
 * A layer: a simple recurrent network over [..., time, features], h' = tanh(x wx + h wh + b) at each time; see {@link rnnCell}. Weights are
 * drawn LeCun normal, the bias is zero.
 *
 * @param options `dtype`, `initial` (the first state), `reverse`.
 * @throws `shape` where the input has no time axis, or parameters or the initial state do not fit.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.rnn(16);
 * nn.apply(layer, nn.init(layer, random.key(0), zeros([2, 50, 8])), zeros([2, 50, 8])).shape; // -> [2, 50, 16]
 */
export const rnn = <const U extends number, D extends Float = 'f32'>(units: U, options: RecurrentOptions<State<U, D>, D> = {}): (<S extends Shape, I extends number, E extends DType>(x: Tensor<[...S, I], E>) => Net<RnnParams<I, U, NoInfer<D>>, Tensor<[...S, U], NoInfer<D>>, [...Takes<'rnn', D>[E], ...Faults<TimeRule<'rnn', S, I, When<S>>, When<S>>]>) =>
  recurrent(rnnKind, units, optionsOf('rnn', options, { dtype: 'dtype', initial: 'any', init: 'function', recurrentInit: 'function', reverse: 'flag' }));
/**
 * A layer: gated recurrent units over [..., time, features]; see {@link gruCell}. Weights are drawn LeCun normal, biases are zero.
 *
 * @param options `dtype`, `initial` (the first state), `reverse`.
 * @throws as {@link rnn}.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.gru(16);
 * nn.apply(layer, nn.init(layer, random.key(0), zeros([2, 50, 8])), zeros([2, 50, 8])).shape; // -> [2, 50, 16]
 */
export const gru = <const U extends number, D extends Float = 'f32'>(units: U, options: RecurrentOptions<State<U, D>, D> = {}): (<S extends Shape, I extends number, E extends DType>(x: Tensor<[...S, I], E>) => Net<GruParams<I, U, NoInfer<D>>, Tensor<[...S, U], NoInfer<D>>, [...Takes<'gru', D>[E], ...Faults<TimeRule<'gru', S, I, When<S>>, When<S>>]>) =>
  recurrent(gruKind, units, optionsOf('gru', options, { dtype: 'dtype', initial: 'any', init: 'function', recurrentInit: 'function', reverse: 'flag' }));
/**
 * A layer: a long short-term memory over [..., time, features]; see {@link lstmCell}. Weights are drawn LeCun normal; biases are zero, but
 * one at the forget gate. Jozefowicz, Zaremba, Sutskever, "An empirical exploration of recurrent network architectures", 2015.
 *
 * @param options `dtype`, `initial` (the first state, `{ c, h }`), `reverse`.
 * @throws as {@link rnn}.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.lstm(16);
 * nn.apply(layer, nn.init(layer, random.key(0), zeros([2, 50, 8])), zeros([2, 50, 8])).shape; // -> [2, 50, 16]
 */
export const lstm = <const U extends number, D extends Float = 'f32'>(units: U, options: RecurrentOptions<{ readonly c: State<U, D>; readonly h: State<U, D> }, D> = {}): (<S extends Shape, I extends number, E extends DType>(x: Tensor<[...S, I], E>) => Net<LstmParams<I, U, NoInfer<D>>, Tensor<[...S, U], NoInfer<D>>, [...Takes<'lstm', D>[E], ...Faults<TimeRule<'lstm', S, I, When<S>>, When<S>>]>) =>
  recurrent(lstmKind, units, optionsOf('lstm', options, { dtype: 'dtype', initial: 'any', init: 'function', recurrentInit: 'function', reverse: 'flag' }));
