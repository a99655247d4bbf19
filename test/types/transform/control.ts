// Types of loops: carries and slices of any tree, lengths, generic and named dims, annotated bodies.
import { cond, foriLoop, lax, np, scan, switchCase, tensor, zeros, type AnyTensor, type Dim, type Tensor, type Scalar } from '../../../src/index.ts';
import { is } from '../nn/is.ts';
declare const n: number;
declare const T: Dim<'time'>;
export const g1 = <N extends number, M extends number>(xs: Tensor<[N, M]>): Tensor<[N, M]> => scan((c: Tensor<[M]>, x: Tensor<[M]>) => [np.add(c, x), x], xs as never as Tensor<[M]>, xs)[1];
export const g2 = <N extends number, M extends number>(a: Tensor<[N, M]>, b: Tensor<[N]>): Tensor<[N]> => scan((c, { b }) => [np.add(c, 1), b], zeros([]), { a, b })[1];
export const g3 = <X>(x: X): unknown => scan((c: X, _x: unknown) => [c, null], x, tensor([1]))[0];
export const g4 = <N extends number>(steps: N): Tensor<[N]> => scan((c) => [np.add(c, 1), c], zeros([]), null, { length: steps })[1];
export const g5 = (x: AnyTensor): unknown => scan((c, v) => [np.add(c, 1), v], zeros([]), x)[1];
export const g6 = (x: readonly AnyTensor[]): unknown => scan((c, v) => [np.add(c, 1), v[0] ?? c], zeros([]), [...x])[1];
is<[Tensor<[]>, Tensor<[10]>]>()(scan((c) => [np.add(c, 1), c], zeros([]), null, { length: 10 }));
is<[Tensor<[]>, Tensor<[number]>]>()(scan((c) => [np.add(c, 1), c], zeros([]), null, { length: n }));
is<[Tensor<[]>, null]>()(scan((c) => [np.add(c, 1), null], zeros([]), null, { length: n }));
is<[readonly [Tensor<[]>, Tensor<[], 'i32'>], { s: Tensor<[Dim<'time'>]> }]>()(scan(([c, k], x: Tensor<[]>) => [[np.add(c, x), np.add(k, 1)], { s: x }], [zeros([]), zeros([], 'i32')], zeros([T])));
is<[Tensor<[]>, Tensor<[number]>]>()(scan((c, x) => [np.add(c, x), x], zeros([]), zeros([n])));
scan((c, { a, b }) => [np.add(c, a), b], zeros([]), { a: zeros([n]), b: zeros([4]) });
is<Tensor<[4]>>()(lax.map(x => np.multiply(x, x), zeros([4])));
is<Tensor<[4]>>()(lax.map((x: Scalar) => np.multiply(x, x), zeros([4])));
is<Tensor<[4]>>()(lax.associativeScan((a, b) => np.add(a, b), zeros([4])));
export const g7 = <N extends number>(x: Tensor<[N]>): Tensor<[N]> => lax.associativeScan((a, b) => np.add(a, b), x);

type State = [Tensor<[]>, Tensor<[], 'i32'>];
declare const state: State;
is<State>()(scan((c: State, x: Tensor<[]>) => [c, x], state, zeros([3]))[0]);
is<State>()(scan((c: State, x: Tensor<[]>) => [c, x], [zeros([]), zeros([], 'i32')], zeros([3]))[0]);
is<[null, Tensor<[4]>]>()(scan((c, [a, b]) => [c, [null, np.add(np.sum(a), b)]], null, [zeros([4, 2]), zeros([4])])[1]);
is<{ readonly a: readonly [Tensor<[]>, { readonly b: Tensor<[3]> }] }>()(scan(c => [c, null], { a: [zeros([]), { b: zeros([3]) }] }, null, { length: 3 })[0]);

// Bodies and branches that are generic functions, by name, keep the dims of what they are given; so do carries that are computed in the call.
declare const step: <N extends number, M extends number>(h: Tensor<[N]>, x: Tensor<[M]>) => [Tensor<[N]>, Tensor<[M]>];
declare const c: Tensor<[4]>;
declare const xs: Tensor<[10, 3]>;
is<[Tensor<[4]>, Tensor<[10, 3]>]>()(scan(step, c, xs));
export const g8 = <N extends number, M extends number>(h: Tensor<[N]>, x: Tensor<[M, N]>): [Tensor<[N]>, Tensor<[M, N]>] => scan(step, h, x);
export const g9 = <N extends number, M extends number>(x: Tensor<[M, N]>): [Tensor<[N]>, Tensor<[M, N]>] => scan(step, x.sum({ axis: 0 }), x);
export const g10 = <N extends number, M extends number>(x: Tensor<[M, N]>): [Tensor<[N]>, Tensor<[M, N]>] => scan((h, r) => [h.add(r), r], x.sum({ axis: 0 }), x);
export const g11 = <N extends number>(p: Scalar<'bool'>, x: Tensor<[N]>): Tensor<[N]> => cond(p, np.sin, np.cos, x);
export const g12 = <N extends number>(i: Scalar<'i32'>, x: Tensor<[N]>): Tensor<[N]> => switchCase(i, [np.sin, np.cos, y => y.add(1), np.tanh, np.exp], x);
export const g13 = <N extends number>(x: Tensor<[N]>): Tensor<[N]> => foriLoop(0, 3, (_, h) => np.sin(h), x);
is<Tensor<[4]>>()(switchCase(tensor(0, 'i32'), [np.sin, np.cos], c));
// Unknown dims are checked at run time, null is a tree, a body that throws is any body.
is<Tensor<[number]>>()(scan((h: Tensor<[number]>, x) => [np.concatenate([h, x]).slice([[0, 4]]), null], c, xs)[0]);
is<null>()(foriLoop(0, 3, () => null, null));
is<Tensor<[4]>>()(foriLoop(0, 3, (): never => { throw new Error('never'); }, c));
is<readonly [Tensor<[4]>, { readonly a: readonly [Tensor<[4]>, Tensor<[]>] }]>()(cond(tensor(true), (h, k) => [h, { a: [h, k] }], (h, k) => [h, { a: [h, k] }], c, tensor(0)));
