// Layers about sequences and shapes: both directions, the last step, reshape, permute, lambda; highway connections. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { sameAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { logistic } from '../primitive/exponential.ts';
import { reshape as reshaped } from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { transpose } from '../primitive/transpose.ts';
import { foldIn } from '../random/key.ts';
import type { Check } from '../shape/check.ts';
import { show, type First, type IsLiteral, type Product, type Shape, type Show } from '../shape/dim.ts';
import type { Fits, Same, When } from '../shape/same.ts';
import { transpose as permutedShape, type Transpose } from '../shape/transpose.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor } from '../trace/handle.ts';
import { twoWays, type FloatOf, type Kept, type Shaped, type TwoWays, type Width } from './branches.ts';
import { dense, type DenseParams } from './dense.ts';
import { expectInput } from './expect.ts';
import { constant } from './initializers.ts';
import type { Misfit, NoDim } from './misfit.ts';
import { composed, inLayer, meet, named, network, type AnyLayer, type Effects, type Net } from './net.ts';
import type { ButFeatures, Whole } from './image.ts';

const expectSequence = (name: string, x: unknown): AnyTensor => {
  const v = handleOf(typed(x), name);
  if (v.shape.length < 2) throw new ShapeError(`${name}: the input ${show(v.shape)} has no time axis; it takes [..., time, features]`);
  return v;
};
const backwards = (x: AnyTensor): AnyTensor => reverse(x, [x.shape.length - 2]);

/**
 * Two recurrent layers over [..., time, features], one from each end, their results side by side.
 * Schuster, Paliwal, "Bidirectional recurrent neural networks", 1997.
 *
 * @throws `shape` where the input has no time axis, or the layers differ on another axis than the last.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.bidirectional(nn.gru(8), nn.gru(8));
 * nn.apply(layer, nn.init(layer, random.key(0), zeros([2, 5, 3])), zeros([2, 5, 3])).shape; // -> [2, 5, 16]
 */
export function bidirectional<X, P, Y extends AnyTensor, E extends Effects, Q, Z extends AnyTensor, F extends Effects>(forth: (x: X) => Net<P, Y, E>, back: (x: X) => Net<Q, Z, F>): (x: X) => Net<[P, Q], TwoWays<Y, Z>['value'], [...E, ...F, ...TwoWays<Y, Z>['faults']]>;
export function bidirectional(forth: AnyLayer, back: AnyLayer): AnyLayer {
  return named('bidirectional', input => {
    const x = expectSequence('bidirectional', input);
    const parts = () => [['forth', meet(forth, x)], ['back', meet(back, backwards(x))]] as const;
    return composed({
      start(key) {
        const starts = parts().map(([name, spec], i) => inLayer(name, () => spec.start(foldIn(key, i))));
        return { params: starts.map(s => s.params), states: starts.flatMap(s => s.states) };
      },
      run(params, run) {
        if (!Array.isArray(params) || params.length !== 2) throw new CotangentError('tree', `bidirectional: two layers take a pair of parameter trees, got ${describe(params)}`);
        const trees: readonly unknown[] = params;
        const [y, z] = parts().map(([name, spec], i) => inLayer(name, () => expectSequence('bidirectional', spec.run(trees[i], run.at(i, name)))));
        if (y === undefined || z === undefined) throw new CotangentError('value', 'bidirectional: takes two layers');
        const answer = twoWays(y.shape, z.shape);
        if (typeof answer === 'string') throw new ShapeError(answer);
        return concatenate([y, backwards(z)], y.shape.length - 1);
      },
    });
  });
}

/** [..., time, features], or the message where there is no axis of time. */
type Sequence<S extends Shape, N extends number, D extends DType, K> =
  Check<Same<S['length'], 0, K> extends true ? `lastStep: the input ${Show<[N], K>} has no time axis; it takes [..., time, features]` : S, Tensor<[...S, N], D>, K>;
/** The axes before time; in an open network that turns out to have none, the message. */
type Steps<S extends Shape, N extends number> = S extends readonly [] ? [NoDim<`lastStep: the input ${Show<[N], When<N>>} has no time axis; it takes [..., time, features]`>] : ButFeatures<S>;
/**
 * The last step of [..., time, features]: what a classifier takes of a recurrent layer.
 *
 * @throws `shape` where there is no time axis, or it is empty.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.lastStep(tensor([[1, 2], [3, 4]])); // -> [3, 4]
 */
export const lastStep = <S extends Shape, N extends number, D extends DType, K = unknown>(x: Sequence<S, N, D, K>): Tensor<[...Steps<S, N>, N], D> => {
  const v = expectSequence('lastStep', x);
  const axis = v.shape.length - 2;
  const n = v.shape[axis] ?? 0;
  if (n === 0) throw new ShapeError(`lastStep: the time axis of ${show(v.shape)} is empty`);
  return typed(reshaped(sliceAxis(v, axis, n - 1, n), v.shape.filter((_, i) => i !== axis)));
};

/** The input of a plain function that is a layer: of an open shape any, so that another layer may follow; else what the rule says of it. */
type Fitting<S extends Shape, D extends DType, Answer, K> = [K] extends [infer _] ? First<S, K> extends 'open' ? Tensor<S, D> : Check<Answer, Tensor<S, D>, K> : never;
/** The first dim, or the message where examples have another number of elements. */
type Examples<S extends Shape, T extends Shape> =
  S extends readonly [infer n extends number, ...infer R extends Shape] ? OfSize<S, n, T, Product<R>, Product<T>, When<Product<R>>> : number;
type OfSize<S extends Shape, n extends number, T extends Shape, A extends number, B extends number, K> = Sizes<S, T, A, B, K> extends infer Answer extends string ? NoDim<Answer> : n;
type Sizes<S extends Shape, T extends Shape, A extends number, B extends number, K> =
  [IsLiteral<A, K>, IsLiteral<B, K>] extends [true, true] ? [A] extends [B] ? S : `reshape: examples of ${Show<S, K>} have ${A} elements, ${Show<T, K>} has ${B}` : S;
type SizesRule<S extends Shape, T extends Shape, K> = First<S, K> extends readonly [infer _, infer R extends Shape] ? Sizes<S, T, Product<R>, Product<T>, K> : S;
/**
 * A layer: each example of [n, ...] under another shape.
 *
 * @throws `shape` where an example has another number of elements.
 * @example
 * import { nn, zeros } from 'cotangent';
 * nn.reshape([7, 7, 64])(zeros([2, 3136])).shape; // -> [2, 7, 7, 64]
 */
export const reshape = <const T extends readonly number[]>(shape: T): (<S extends Shape, D extends DType, K = unknown>(x: Fitting<S, D, SizesRule<S, T, K>, K>) => Tensor<[Examples<S, T>, ...T], D>) => {
  const layer: AnyLayer = named('reshape', (x: AnyTensor) => {
    const v = handleOf(x, 'reshape');
    const [n, ...rest] = v.shape;
    if (n === undefined) throw new ShapeError('reshape: the input is a scalar; it needs a first axis of examples');
    if (sizeOf(rest) !== sizeOf(shape)) throw new ShapeError(`reshape: examples of ${show(v.shape)} have ${sizeOf(rest)} elements, ${show(shape)} has ${sizeOf(shape)}`);
    return typed(reshaped(v, [n, ...shape]));
  });
  return typed(layer);
};

/** As many dims as the permutation has, whatever is known of the shape, so that any layer may follow; where it is none of its axes, the message. */
type Permuted<S extends Shape, P extends readonly number[]> =
  number extends P['length'] ? Shape : { -readonly [I in keyof P]: AxisOf<S, P, I>[S extends readonly [unknown, ...unknown[]] | readonly [] ? 'known' : 'open'] };
interface AxisOf<S extends Shape, P extends readonly number[], I, K = unknown> {
  readonly whole: Whole<[S, P, I, K]>;
  readonly open: number;
  readonly known: Moved<S, Transpose<S, P, When<S>>, I, K>;
}
/** A message that came with the shape goes first, as does a new one. */
type Moved<S extends Shape, Answer, I, K> =
  I extends '0' ? First<S, K> extends readonly [infer d extends number, unknown] ? Fits<d, Misfit<unknown>, K> extends true ? d : Answered<Answer, I> : Answered<Answer, I> : Answered<Answer, I>;
type Answered<Answer, I> = Answer extends string ? I extends '0' ? NoDim<Answer> : number : Answer extends { readonly [J in I & PropertyKey]: infer d extends number } ? d : number;
/**
 * A layer: axis i of the result is axis `permutation[i]` of the input, the first axis included.
 *
 * @throws `axis` where the permutation is none of the input's axes.
 * @example
 * import { nn, zeros } from 'cotangent';
 * nn.permute([0, 2, 1])(zeros([2, 3, 4])).shape; // -> [2, 4, 3]
 */
export const permute = <const P extends readonly number[]>(permutation: P): (<S extends Shape, D extends DType, K = unknown>(x: Fitting<S, D, Transpose<S, P, K>, K>) => Tensor<Permuted<S, P>, D>) => {
  const layer: AnyLayer = named('permute', (x: AnyTensor) => {
    const v = handleOf(x, 'permute');
    permutedShape(v.shape, permutation);
    return typed(transpose(v, permutation.map(a => a < 0 ? a + v.shape.length : a)));
  });
  return typed(layer);
};

/**
 * A function as a layer with a name, by which paths and errors call it. What it returns need not be a tensor: pairs and records go on to the
 * next layer.
 *
 * @example
 * import { nn, np, tensor, type Tensor } from 'cotangent';
 * const doubled = nn.lambda('doubled', (x: Tensor<[2]>) => [x, np.multiply(x, 2)] as const);
 * nn.apply(doubled, null, tensor([1, 2])); // -> [[1, 2], [2, 4]]
 */
export const lambda = <X, Y>(name: string, f: (x: X) => Y): ((x: X) => Net<null, Y>) =>
  named(name, (x: X) => network({ init: () => null, apply: (_: null) => called(f, x) }));
function called<X, Y>(f: (x: X) => Y, x: X): Y {
  const given: unknown = f;
  if (typeof given !== 'function') throw new CotangentError('value', `lambda: ${describe(given)} stands where a function is wanted`);
  return f(x);
}

/** Parameters of a highway: the gate, and the layer it is about. */
export interface HighwayParams<P, N extends number, D extends Float> {
  readonly gate: DenseParams<N, N, D>;
  readonly layer: P;
}
/**
 * t f(x) + (1 - t) x, where the gate t is a sigmoid of a dense layer of x, whose bias starts at -1: at first most goes by.
 * Srivastava, Greff, Schmidhuber, "Highway networks", 2015.
 *
 * @throws `shape` where `f` does not keep shape and dtype.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.highway(nn.seq(nn.denseFrom(8, 8), nn.relu));
 * nn.init(block, random.key(0), zeros([2, 8])).gate.w.shape; // -> [8, 8]
 */
export function highway<X, P, Y, E extends Effects>(f: (x: X) => Net<P, Y, E>): (x: X) => Net<HighwayParams<P, Width<X>, FloatOf<Y>>, Shaped<X, Y>, [...E, ...Kept<'highway', X, Y>]>;
export function highway(f: AnyLayer): AnyLayer {
  return named('highway', (x: AnyTensor) => {
    const gate = meet(dense(expectInput('highway', x, null, null), { dtype: typed(x.dtype), biasInit: constant(-1) }), x);
    const spec = meet(f, x);
    return composed({
      start(key) {
        const inner = spec.start(foldIn(key, 1));
        return { params: { gate: inLayer('gate', () => gate.start(foldIn(key, 0))).params, layer: inner.params }, states: inner.states };
      },
      run(params, run) {
        const part = (name: 'gate' | 'layer'): unknown => typeof params === 'object' && params !== null ? Reflect.get(params, name) : params;
        const t = logistic(inLayer('gate', () => typed(gate.run(part('gate'), run))));
        const y = spec.run(part('layer'), run.at(1, 'layer'));
        if (!isTensor(y) || !sameAval(y.aval, handleOf(x, 'highway').aval)) throw new ShapeError(`highway: the layer makes ${describe(y)} of ${describe(x)}; it must keep shape and dtype`);
        return add(x, mul(t, sub(y, x)));
      },
    });
  });
}
