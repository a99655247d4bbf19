// Transforms inside generic functions: a gradient with respect to a tensor with a type parameter in its shape has that shape, a loop carries
// it, a tree of such tensors is a tree. Nothing waits for the parameter.
import {
  checkpoint, cond, foriLoop, grad, hessian, jacfwd, jacrev, jit, jvp, lax, linearize, nn, np, optim, scan, tree, valueAndGrad, vjp, vmap, whileLoop, zeros, type Scalar, type Tangent, type Tensor,
} from '../../../src/index.ts';
import { is } from '../nn/is.ts';

type T<S extends readonly number[]> = Tensor<S>;
declare const loss: <N extends number>(x: T<[N, 784]>, y: Tensor<[N], 'i32'>) => Scalar;
declare const second: <N extends number>(p: T<[3]>, x: T<[N, 784]>, y: Tensor<[N], 'i32'>) => Scalar;
declare const one: <N extends number>(x: T<[N, 3]>) => Scalar;
declare const rows: <N extends number>(x: T<[N, 3]>) => T<[N]>;

export const tangent = <N extends number>(x: Tangent<T<[N, 784]>>): T<[N, 784]> => x;
export const wide = <N extends number, D extends 'f32' | 'f64'>(x: Tangent<Tensor<[N, 784], D>>): Tensor<[N, 784], D> => x;
export const ranks = <S extends readonly number[]>(x: Tangent<T<[...S, 784]>>): T<[...S, 784]> => x;
export const shapes = <S extends readonly number[]>(x: Tangent<T<S>>): T<S> => x;
export const trees = <N extends number>(x: Tangent<{ a: T<[N]>; b: readonly [T<[N, N]>, null, Tensor<[N], 'i32'>] }>): { a: T<[N]>; b: readonly [T<[N, N]>, null, null] } => x;

export const gradient = <N extends number>(x: T<[N, 784]>, y: Tensor<[N], 'i32'>): T<[N, 784]> => grad(loss)(x, y);
export const ofSecond = <N extends number>(p: T<[3]>, x: T<[N, 784]>, y: Tensor<[N], 'i32'>): T<[N, 784]> => grad(second, { argnums: 1 })(p, x, y);
export const ofLambda = <N extends number>(p: T<[3]>, x: T<[N, 784]>, y: Tensor<[N], 'i32'>): T<[N, 784]> => grad((z: T<[N, 784]>) => second(p, z, y))(x);
export const backwards = <N extends number>(x: T<[N, 3]>): T<[N, N, 3]> => jacrev(rows)(x);
export const forwards = <N extends number>(x: T<[N, 3]>): T<[N, N, 3]> => jacfwd(rows)(x);
export const twice = <N extends number>(x: T<[N, 3]>): T<[N, 3, N, 3]> => hessian(one)(x);
export const pushed = <N extends number>(x: T<[N, 3]>): [Scalar, Scalar] => jvp(one, [x], [x]);
export const pulled = <N extends number>(x: T<[N, 3]>, ct: T<[N]>): T<[N, 3]> => vjp((z: T<[N, 3]>) => rows(z), x)[1](ct)[0];
export const linear = <N extends number>(x: T<[N, 3]>): T<[N]> => linearize((z: T<[N, 3]>) => rows(z), x)[1](x);
export const descent = <N extends number>(p: { w: T<[N, 3]> }): { w: T<[N, 3]> } => {
  const [value, gradients] = valueAndGrad((q: typeof p) => one(q.w).add(nn.l2(q)))(p);
  const rule = optim.sgd(value.shape.length);
  return optim.applyUpdates(p, rule.update(gradients, rule.init(p), p)[0]);
};

export const shared = <N extends number, M extends number>(p: T<[N]>, x: T<[M, N]>): T<[M, N]> => vmap((q: T<[N]>, y: T<[N]>) => y.add(q), { inAxes: [null, 0] })(p, x);
export const sharedTree = <N extends number, M extends number>(p: { w: T<[N]> }, x: T<[M, N]>): T<[M, N]> => vmap((q: { w: T<[N]> }, y: T<[N]>) => y.add(q.w), { inAxes: [null, 0] })(p, x);
export const chosenAxes = <N extends number, M extends number>(p: { w: T<[N]>; x: T<[M, N]> }): T<[M, N]> => vmap((q: { w: T<[N]>; x: T<[N]> }) => q.x.add(q.w), { inAxes: [{ w: null, x: 0 }] })(p);

export const carried = <N extends number, K extends number>(start: T<[N]>, x: T<[K, N]>): [T<[N]>, T<[K, N]>] => scan((c, y) => [c.add(y), c], start, x);
export const carriedTree = <N extends number, K extends number>(start: { a: T<[N]>; b: Scalar }, x: T<[K, N]>): [{ a: T<[N]>; b: Scalar }, T<[K]>] => scan((c, y) => [{ a: c.a.add(y), b: c.b }, c.b], start, x);
export const repeated = <N extends number>(x: T<[N]>): T<[N]> => foriLoop(0, 3, (_, c) => c.add(1), x);
export const searched = <N extends number>(x: T<[N]>): { a: T<[N]> } => whileLoop(c => c.a.sum().less(3), c => ({ a: c.a.add(1) }), { a: x });
export const mapped = <N extends number, K extends number>(x: T<[K, N]>): T<[K]> => lax.map(row => row.sum(), x);
export const branched = <N extends number>(p: Scalar<'bool'>, x: T<[N]>): T<[N]> => cond(p, (y: T<[N]>) => y, (y: T<[N]>) => y.mul(2), x);
export const selected = <N extends number>(p: Scalar<'bool'>, x: { a: T<[N]>; b: Scalar }): { a: T<[N]>; b: Scalar } => tree.map(y => np.where(p, y, y.neg()), x);

export const leaves = <N extends number>(x: { a: T<[N]> }): T<[N]>[] => tree.leaves(x);
export const ranksOf = <N extends number>(x: { a: T<[N]> }): { a: number } => tree.mapTo(y => y.shape.length, x);
export const product = <N extends number>(x: { a: T<[N]> }): Scalar => tree.vdot(x, x);
export const norm = <N extends number>(x: { a: Tensor<[N], 'f64'> }): Scalar<'f64'> => optim.globalNorm(x);

// Functions that are generic themselves, by name: the dims of what they are given come out, in trees, tuples and optional arguments too.
declare const two: <N extends number, M extends number>(x: T<[N, M]>, y: T<[M]>) => [T<[N]>, T<[M]>];
declare const nested: <N extends number>(p: { w: T<[N, 3]>; k: [T<[N]>, null, Tensor<[N], 'i32'>] }, scale?: Scalar) => { y: T<[N]>; z: [T<[N, N]>] };
export const jvpNamed = <N extends number>(x: T<[N, 3]>): [T<[N]>, T<[N]>] => jvp(rows, [x], [x]);
export const jvpTwo = <N extends number, M extends number>(x: T<[N, M]>, y: T<[M]>): [[T<[N]>, T<[M]>], [T<[N]>, T<[M]>]] => jvp(two, [x, y], [x, y]);
export const vjpNamed = <N extends number>(x: T<[N, 3]>, ct: T<[N]>): T<[N, 3]> => vjp(rows, x)[1](ct)[0];
export const vjpTwo = <N extends number, M extends number>(x: T<[N, M]>, y: T<[M]>): [T<[N, M]>, T<[M]>] => vjp(two, x, y)[1]([x.sum({ axis: 1 }), y]);
export const linearNamed = <N extends number>(x: T<[N, 3]>): T<[N]> => linearize(rows, x)[1](x);
is<{ y: T<[5]>; z: [T<[5, 5]>] }>()(vjp(nested, { w: zeros([5, 3]), k: [zeros([5]), null, zeros([5], 'i32')] })[0]);
is<[T<[4]>, T<[4]>]>()(jvp(np.sin, [zeros([4])], [zeros([4])]));
is<[T<[4]>, { y: Scalar }]>()(linearize((a, b) => [a.mul(2), { y: b }], zeros([4]), zeros([]))[0]);
is<T<[4]>>()(jvp((a, i) => np.take(a, i), [zeros([4]), zeros([4], 'i32')], [zeros([4]), null])[1]);
is<T<[5, 3]>>()(jit(grad(one))(zeros([5, 3])));
is<T<[5, 3]>>()(checkpoint(grad(one))(zeros([5, 3])));
is<[Scalar, T<[5, 3]>]>()(jit(valueAndGrad(one))(zeros([5, 3])));
is<T<[5, 3, 5, 3]>>()(hessian(one)(zeros([5, 3])));
is<[T<[2, 3]>, T<[3, 3]>]>()(jacfwd(two, { argnums: -1 })(zeros([2, 3]), zeros([3])));
is<[T<[5, 3]>, T<[5, 3]>]>()(grad((a: T<[5, 3]>, b: T<[5, 3]>) => a.add(b).sum(), { argnums: [0, -1] })(zeros([5, 3]), zeros([5, 3])));
is<[T<[5, 3]>, [Scalar, { a: [Scalar] }]]>()(grad((a: T<[5, 3]>) => [a.sum(), [a.sum(), { a: [a.sum()] }]], { hasAux: true })(zeros([5, 3])));
is<[[Scalar, T<[5, 3]>], T<[5, 3]>]>()(valueAndGrad((a: T<[5, 3]>) => { const s = a.sum(); return [s, a]; }, { hasAux: true })(zeros([5, 3])));
is<[T<[4]>, { y: [T<[4]>, T<[4]>] }]>()(vmap((a: Scalar, b: Scalar) => [a, { y: [b, a] }])(zeros([4]), zeros([4])));
export const library = <P>(f: (p: P) => Scalar, p: P): Tangent<P> => grad(f)(p);
